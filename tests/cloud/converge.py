"""From nothing to what was promised, and no further."""

import base64
import hashlib
import re

from cloud import HERE

STRICT = ["apis", "agents", "cmek"]  # APIs must be enabled, agents must exist, keys must be granted
NEVER = re.compile(r"^created 0, updated 0, unchanged \d+$")


def begin(place):
    """What stands before the first stage."""
    place.cloud.control("strict", STRICT)
    place.cloud.control("numbers", place.numbers)
    asked = "".join(path.read_text(encoding="utf-8") for path in sorted(place.elsewhere.glob("*.yaml")))
    resources = sorted(set(re.findall(r"^- resource: (\S+)$", asked, re.MULTILINE)))
    given = place.run("given.sh", place.project, *resources, folder=HERE)
    if given.status != 0:
        raise RuntimeError(given)


def secrets(place):
    """Puts values into secrets until nothing is missing: as often as the highest version that is pinned."""
    script = place.scripts / "secrets.sh"
    if not script.exists():
        return
    text = script.read_text(encoding="utf-8")
    made = place.run("secrets.sh", "--generate")
    if made.status != 0:
        raise RuntimeError(made)
    fetched = re.findall(r"^(?:fetches|logs_in) (\S+) ", text, re.MULTILINE)
    for name in re.findall(r"^secret (\S+) ", text, re.MULTILINE):
        if name in fetched:
            continue
        pinned = [int(version) for version in re.findall(rf"^needs {name} (\d+)$", text, re.MULTILINE)]
        for _ in range(max(pinned, default=1)):
            place.run("secrets.sh", name, text="a value from standard input")


def elsewhere(place, about=""):
    """What the owners of other projects run, between foundation and services; those whose grants are about something."""
    for script in sorted(place.elsewhere.glob("*.sh")):
        if about not in script.read_text(encoding="utf-8"):
            continue
        ran = place.run(script.name, folder=place.elsewhere)
        if ran.status != 0:
            raise RuntimeError(ran)


def first(place):
    """The stages in the documented order; each as it ended. Notes the cloud before and after each, and what it asked for."""
    for stage in place.stages:
        if stage == "3-services.sh":
            elsewhere(place)
            secrets(place)
        before = place.cloud.save()
        place.cloud.requests()
        ran = place.run(stage)
        if "cryptoKeyVersions.useToEncrypt" in ran.said:
            # What lies under a key of another project waits for its owner, who needs the agents of the first run.
            elsewhere(place, "cryptoKeyEncrypterDecrypter")
            before = place.cloud.save()
            place.cloud.requests()
            ran = place.run(stage)
        place.stages_run.append((stage, before, place.cloud.state(), place.cloud.requests()))
        yield ran


def files_are_whole(place, checks):
    """A secret that holds a file beside the blueprint is named by the hash of its bytes."""
    for path, version in place.cloud.save()["store"].items():
        named = re.search(r"/secrets/\S+-([0-9a-f]{8})/versions/1$", path)
        if named:
            held = base64.b64decode(version["_data"])
            whole = hashlib.sha256(held).hexdigest()[:8] == named[1]
            checks.check(f"{place.name}: {path} holds its file and not a byte more", whole, held)


def passwords_are_kept(place, checks):
    """The password of each user is the newest version of its secret, also after a rotation, which has to be pinned then."""
    script = place.scripts / "secrets.sh"
    text = script.read_text(encoding="utf-8") if script.exists() else ""
    users = re.findall(r"^logs_in (\S+) (\S+) (\S+) (\S+)(?: (\S+))?$", text, re.MULTILINE)
    if not users:
        return
    good = place.cloud.save()
    for name, project, instance, user, host in users:
        for version in (1, 2):
            if version == 2:
                ran = place.run("secrets.sh", "--rotate", name)
                checks.check(f"{ran.label} sets another password", ran.status == 0, ran)
            store = place.cloud.save()["store"]
            secret = store[f"secretmanager:projects/{project}/secrets/{name}/versions/{version}"]
            kept = store[f"sql:projects/{project}/instances/{instance}/users/{user}@{host}"]["_passwords"]
            same = kept[version - 1 :] == [base64.urlsafe_b64decode(secret["_data"]).decode()]
            checks.check(f"{place.name}: the password of {user} is version {version} of {name}", same)
    ran = place.run("secrets.sh", "--check")
    told = all(re.search(rf"^{name} .*version 2 is", ran.said, re.MULTILINE) for name, *_ in users)
    checks.check(f"{ran.label} tells a password that is not pinned", ran.status == 1 and told, ran)
    # A user who is not there gets the password that there is.
    place.cloud.restore(good)
    saved = place.cloud.save()
    for _, project, instance, user, host in users:
        del saved["store"][f"sql:projects/{project}/instances/{instance}/users/{user}@{host}"]
    place.cloud.restore(saved)
    ran = place.run("secrets.sh", "--check")
    checks.check(f"{ran.label} tells a user who is not there", ran.status == 1 and "is not there" in ran.said, ran)
    ran = place.run("secrets.sh", "--generate")
    found = place.cloud.save()["store"]
    back = all(
        found[path]["_passwords"] == good["store"][path]["_passwords"]
        for path in (f"sql:projects/{at}/instances/{i}/users/{user}@{host}" for _, at, i, user, host in users)
    )
    checks.check(f"{ran.label} makes the user again", ran.status == 0 and back, ran)
    place.cloud.restore(good)


def prove(place, checks):
    begin(place)
    for ran in first(place):
        made = ran.status == 0 and re.match(r"created [1-9]", ran.last)
        if not checks.check(f"{ran.label} makes everything", made, ran):
            return False
    files_are_whole(place, checks)
    passwords_are_kept(place, checks)
    good = place.cloud.state()
    place.cloud.requests()
    for stage in place.stages:
        ran = place.run(stage)
        checks.check(f"{ran.label} a second time changes nothing", ran.status == 0 and NEVER.match(ran.last), ran)
    checks.check(f"{place.name}: the second run leaves the cloud as it was", place.cloud.state() == good)
    ran = place.run("verify.sh")
    return checks.check(f"{ran.label} finds every fact", ran.status == 0, ran)
