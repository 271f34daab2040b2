"""A cloud for one environment: the stand-in, gcloud behind the shim, and a copy of the environment's scripts."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
STAGES = ["1-governance.sh", "2-foundation.sh", "3-services.sh"]
LIMIT = 600  # seconds that a script may take

# A gcloud without credentials, questions, look-ups of a metadata server or files of the person's own.
QUIET = {
    "BIGQUERYRC": os.devnull,
    "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
    "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
    "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false",
    "CLOUDSDK_CORE_DISABLE_FILE_LOGGING": "true",
    "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
    "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
    "CLOUDSDK_SURVEY_DISABLE_PROMPTS": "true",
    "GCE_METADATA_ROOT": "127.0.0.1:9",
}
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Gcloud:
    """The server that runs gcloud's code (gcloud_server.py), and the folder with the shim that stands in PATH."""

    def __init__(self, scratch):
        self.socket = scratch / "gcloud.socket"
        self.folder = scratch / "bin"
        self.folder.mkdir()
        environment = os.environ | QUIET | {"CLOUDSDK_CONFIG": str(scratch / "gcloud-config")}
        command = [HERE.parent / "gcloud" / "python", HERE / "gcloud_server.py", self.socket]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        if not self.process.stdout.readline():
            raise SystemExit("gcloud's code cannot be loaded; see above")
        subprocess.run(["go", "build", "-o", self.folder / "gcloud", HERE / "shim.go"], check=True)
        # The installed bq, which asks gcloud for no credentials where it is given a token.
        bq = self.folder / "bq"
        bq.write_text(f'#!/bin/sh\nexec "{shutil.which("bq")}" --oauth_access_token=stand-in "$@"\n', encoding="utf-8")
        bq.chmod(0o755)

    def close(self):
        self.process.kill()
        self.process.wait()


class Cloud:
    """One stand-in, in a process of its own."""

    def __init__(self, scratch):
        scratch.mkdir()
        command = [sys.executable, "-m", "standin", scratch]
        self.process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, text=True)
        self.port, self.certificate = self.process.stdout.readline().split()

    def close(self):
        self.process.kill()
        self.process.wait()

    def control(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.port}/__{path}"
        request = urllib.request.Request(url, data, method=method or ("GET" if body is None else "PUT"))
        with DIRECT.open(request) as answer:
            return json.load(answer)

    def state(self):
        """What is there, as people see it."""
        return self.control("state")

    def save(self):
        return self.control("store")

    def restore(self, saved):
        self.control("store", saved)

    def requests(self):
        """What has been asked for since the last call of this."""
        found = self.control("requests")
        self.control("requests", method="DELETE")
        return found

    def environment(self):
        """Leads gcloud here."""
        return {
            "CLOUDSDK_PROXY_TYPE": "http",
            "CLOUDSDK_PROXY_ADDRESS": "127.0.0.1",
            "CLOUDSDK_PROXY_PORT": self.port,
            "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE": self.certificate,
        }


class Ran:
    """How a script ended."""

    def __init__(self, label, done):
        self.label, self.status, self.said = label, done.returncode, done.stdout

    @property
    def last(self):
        return self.said.rstrip("\n").rpartition("\n")[2]

    def __str__(self):
        return f"{self.label} ended with {self.status}:\n{self.said[-3000:]}"


class Place:
    """The scripts of one environment, in a folder of their own, on one cloud."""

    def __init__(self, example, environment, cloud, gcloud, scratch, real_gcloud=False):
        self.name, self.cloud = f"{example.name}/{environment}", cloud
        self.scripts = scratch / "gcloud"
        shutil.copytree(example / "gcloud" / environment, self.scripts)
        self.elsewhere = scratch / "elsewhere"
        if (example / "iam" / environment / "elsewhere").is_dir():
            shutil.copytree(example / "iam" / environment / "elsewhere", self.elsewhere)
        lock = tomllib.loads((example / "ravelin.lock").read_text(encoding="utf-8"))
        self.facts = lock["facts"][environment]
        project = next(line for line in (self.scripts / "lib.sh").read_text().splitlines() if line.startswith("project="))
        self.project = project.partition("=")[2]
        # A number that the blueprint knows stands in what came out.
        known = re.search(r"\bservice-(\d+)@", "".join(path.read_text() for path in self.scripts.glob("*.sh")))
        self.numbers = {self.project: known[1]} if known else {}
        self.stages = [stage for stage in STAGES if (self.scripts / stage).exists()]
        self.stages_run = []  # of each: its name, the cloud before and after, what it asked for
        self.variables = os.environ | QUIET | cloud.environment() | {"CLOUDSDK_CONFIG": str(scratch / "gcloud-config")}
        if not real_gcloud:
            self.variables |= {"GCLOUD_SERVER": str(gcloud.socket), "PATH": f"{gcloud.folder}:{os.environ['PATH']}"}

    def run(self, script, *arguments, folder=None, text="", **variables):
        """Runs a script of the environment, as a person would from its folder."""
        command = ["bash", script, *arguments]
        done = subprocess.run(
            command,
            cwd=folder or self.scripts,
            env=self.variables | variables,
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT,
        )
        return Ran(" ".join([self.name, script, *arguments]), done)
