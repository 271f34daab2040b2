"""Do two exported states of the stand-in describe the same cloud?

Left out is what the services or the clients add: ids, etags, fingerprints, times, generations, records of revisions and runs,
labels of tools, the hosts of links, the order of sets.

usage: same.py A.json B.json: prints each difference; exit status 1 when there are any
"""

import json
import pathlib
import re
import sys

# Fields that the service sets, or that say who wrote the resource and not what it is.
# A command of gcloud beta leaves another launch stage behind.
ADDED = set(
    """
    id uid etag fingerprint labelFingerprint createTime updateTime creationTimestamp timeCreated updated insertTime creationTime
    generation observedGeneration metageneration resourceVersion uniqueId oauth2ClientId settingsVersion creationRecord
    mutationRecord mutationRecords userUpdateTime scheduleTime lastTransitionTime revisionId revisionCreateTime client
    clientVersion launchStage creator lastModifier latestReadyRevision latestCreatedRevision trafficStatuses conditions terminalCondition
    latestCreatedExecution executionCount nextRotationTime rdbNextSnapshotTime rdbSnapshotStartTime pscAutoConnections users
    subnetworkUsers kind expireTime generateTime selfLinkWithId clientSpecifiedPayloadChecksum lastEnableTime serverCaCert
    serverCaCerts replicationStatus domainStatus
    """.split()
)
TOOL_LABELS = {"goog-terraform-provisioned", "client.knative.dev/nonce", "run.googleapis.com/startupProbeType"}
TOOL_ANNOTATIONS = re.compile(r"run\.googleapis\.com/(client-|operation-id)|serving\.knative\.dev/(creator|lastModifier)")
RECORDS = re.compile(r"/(revisions|executions)/|/managedZones/[^/]+/rrsets/.*/(SOA|NS)$")
LINK = re.compile(r"^(https?:)?//[a-z]+\.googleapis\.com/(compute/)?((v1|v2|beta|alpha)/)?")
# The fields by which the elements of a list are known.
KEYS = ("priority", "name", "key", "mountPath", "hosts", "paths", "group", "location", "role", "type", "service")
ORDERED = {"args", "command", "containers", "tests", "items"}


def named_volumes(template):
    """gcloud makes up the names of secret volumes: each is called after its secret and paths, here and in the mounts."""
    names = {}
    for volume in template.get("volumes") or []:
        secret = volume.get("secret")
        paths = ",".join(item["path"] for item in secret.get("items") or []) if secret else ""
        names[volume["name"]] = f"{secret['secret']}:{paths}" if secret else volume["name"]

    def renamed(holder, key):
        return dict(holder, **{key: [dict(one, name=names.get(one["name"], one["name"])) for one in holder.get(key) or []]})

    template = renamed(template, "volumes")
    return dict(template, containers=[renamed(container, "volumeMounts") for container in template["containers"]])


def one_a_protocol(rules):
    """Firewall rules of one protocol are one rule."""
    ports = {}
    for rule in rules:
        ports.setdefault(rule.get("IPProtocol"), set()).update(rule.get("ports") or [])
    return [{"IPProtocol": protocol, "ports": sorted(found)} for protocol, found in ports.items()]


def plain(value, name=""):
    """The value without what is left out. What is zero, false or empty is the same as what is absent."""
    if name in ("allowed", "denied") and isinstance(value, list):
        value = one_a_protocol(value)
    if isinstance(value, dict):
        if isinstance(value.get("containers"), list) and value.get("volumes"):
            value = named_volumes(value)
        found = {}
        for key, inner in value.items():
            if key in ADDED and not (key == "id" and name == "cleanupPolicies"):
                continue
            if name in ("labels", "userLabels", "resourceLabels") and key in TOOL_LABELS:
                continue
            if name == "annotations" and TOOL_ANNOTATIONS.match(key):
                continue
            known = plain(inner, key)
            if known in (None, False, "", 0, []) and not isinstance(known, dict) or known == {} and inner != {}:
                continue
            found[key] = known
        return found
    if isinstance(value, list):
        items = [plain(inner, name) for inner in value]
        return items if name in ORDERED else sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, str):
        return LINK.sub("", value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def known(state):
    """Resources and policies by their paths."""
    resources = {path: plain(found) for path, found in state["resources"].items() if not RECORDS.search(path)}
    return resources | {f"policy of {path}": plain(found) for path, found in state["policies"].items()}


def by_key(items):
    """A list as a dict where its elements have names, so that a difference points at the element."""
    for key in KEYS:
        if items and all(isinstance(item, dict) and isinstance(item.get(key), str | int) for item in items):
            if len({item[key] for item in items}) == len(items):
                return {f"{key}={item[key]}": item for item in items}
    return None


def walk(one, other, at):
    if one == other:
        return
    if isinstance(one, list) and isinstance(other, list) and by_key(one) and by_key(other):
        one, other = by_key(one), by_key(other)
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from walk(one.get(key), other.get(key), f"{at}.{key}")
    else:
        yield f"{at}: {json.dumps(one)} and {json.dumps(other)}"


def differences(one, other):
    """Each difference as a line."""
    one, other = known(one), known(other)
    for path in sorted(one.keys() | other.keys()):
        if path not in other or path not in one:
            yield f"{path}: only in the {'first' if path in one else 'second'}"
        else:
            yield from walk(one[path], other[path], path)


if __name__ == "__main__":
    found = list(differences(*(json.loads(pathlib.Path(path).read_text()) for path in sys.argv[1:3])))
    print(*found, f"{len(found)} differences", sep="\n")
    sys.exit(bool(found))
