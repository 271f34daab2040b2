"""The listener: a proxy that ends the TLS of every *.googleapis.com host, and control paths for the tests."""

import json
import re
import ssl
import subprocess
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import _SocketWriter
from urllib.parse import parse_qs, unquote, urlparse

from . import cloudrun, compute, core, dns, faults, rest, sqladmin
from .core import ApiError, lock

ROUTES = {"compute": compute.handle, "sql": sqladmin.handle, "run": cloudrun.handle, "dns": dns.handle}
ALIAS = {"sqladmin": "sql", "www": "storage"}
REQUESTS = []  # every request since the last reset, as a dict

HOST = re.compile(r"(?:[a-z]+-[a-z]+\d+-)?([a-z0-9]+)\.googleapis\.com")


def control(method, path, body):
    """The control paths. Those that change something answer with what there is now."""
    if path == "/__state":  # what people see: the input of compare.py
        return core.export()
    if path == "/__store":  # all of it, to be put back later, changed or not
        if method == "PUT":
            core.restore(body)
        return core.store()
    if path == "/__numbers":  # project id -> number; a project that stands not here gets one that follows from its id
        if method == "PUT":
            core.NUMBERS.update(body)
        return core.NUMBERS
    if path == "/__requests":
        if method == "DELETE":
            REQUESTS.clear()
        return REQUESTS
    if path == "/__faults":
        if method == "PUT":
            faults.put(body)
        return faults.PLANNED
    if path == "/__strict":
        if method == "PUT":
            core.STRICT.clear()
            core.STRICT.update(body)
        return sorted(core.STRICT)
    raise core.missing(f"no control path {path}")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    tunnel = None  # the host that the client asked the proxy for

    def log_message(self, *args):
        """Nothing: the requests are kept for /__requests."""

    def do_CONNECT(self):
        self.send_response(200, "Connection Established")
        self.end_headers()
        self.wfile.flush()
        try:
            tls = self.server.tls.wrap_socket(self.connection, server_side=True)
        except (ssl.SSLError, OSError):
            self.close_connection = True
            return
        self.connection = self.request = tls
        self.rfile, self.wfile = tls.makefile("rb"), _SocketWriter(tls)
        self.tunnel, self.close_connection = self.path.rsplit(":", 1)[0], False

    def answer(self):
        url = urlparse(self.path)
        path = unquote(url.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            body = {"_raw": raw.decode("utf8", "replace")}
        if path.startswith("/__") and not self.tunnel:
            with lock:
                code, out = attempt(lambda: control(self.command, path, body))
            return self.send(code, out)

        host = self.tunnel or url.hostname or ""
        known = HOST.fullmatch(host)
        service = ALIAS.get(known[1], known[1]) if known else host
        with lock:
            fault = faults.due(self.command, service, path)
            if fault in faults.BEFORE:
                code, out = 0, None
            elif fault and fault != "lost":
                code, out = attempt(lambda: faults.answer(fault))
            else:
                handle = ROUTES.get(service, rest.handle)
                query = parse_qs(url.query)
                code, out = attempt(lambda: handle(service, self.command, path, query, core.copy(body), host))
            command = re.search(r"command/(\S+)", self.headers.get("User-Agent", ""))
            REQUESTS.append(
                {
                    "method": self.command,
                    "service": service,
                    "path": faults.known(path),
                    "status": code,
                    "fault": fault,
                    "command": command and command[1],
                }
            )
        if fault in faults.SILENT:
            if fault == "timeout":
                time.sleep(faults.PATIENCE)
            self.close_connection = True
            return None
        return self.send(code, out)

    def send(self, code, out):
        data = json.dumps(out).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer


def attempt(handle):
    """The status and the body of an answer."""
    try:
        return 200, handle()
    except ApiError as e:
        return e.code, e.body()
    except Exception as e:
        traceback.print_exc()
        return 500, {"error": {"code": 500, "message": f"the stand-in failed: {e!r}", "status": "INTERNAL"}}


def certificate(folder):
    """A throw-away certificate for the hosts that are answered for."""
    pem, key = folder / "standin.pem", folder / "standin.key"
    names = "DNS:*.googleapis.com,DNS:googleapis.com,DNS:*.google.com,DNS:*.run.app"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=standin"]
    made += ["-addext", f"subjectAltName={names}", "-keyout", key, "-out", pem]
    subprocess.run(made, check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    return pem, context


class Server(ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, 128


def main(folder):
    """Listens on a free port; prints it and the certificate's path, once both are there."""
    pem, context = certificate(Path(folder))
    server = Server(("127.0.0.1", 0), Handler)
    server.tls = context
    print(server.server_address[1], pem, flush=True)
    server.serve_forever()
