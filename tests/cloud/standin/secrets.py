"""Secret Manager and Cloud KMS."""

from . import check, policy
from .core import (
    STORE,
    STRICT,
    bad,
    by_number,
    children,
    etag,
    fill,
    last,
    missing,
    not_found,
    now,
    number,
    precondition,
)


# What an algorithm begins with, by the purpose of its key.
PURPOSES = {
    "ENCRYPT_DECRYPT": ("GOOGLE_SYMMETRIC_", "EXTERNAL_SYMMETRIC_"),
    "ASYMMETRIC_SIGN": ("EC_SIGN_", "RSA_SIGN_", "PQ_SIGN_"),
    "ASYMMETRIC_DECRYPT": ("RSA_DECRYPT_",),
    "MAC": ("HMAC_",),
}


def kms_key(c, r, old):
    fill(
        r,
        versionTemplate={"protectionLevel": "SOFTWARE", "algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION"},
        destroyScheduledDuration="2592000s",
        purpose="ENCRYPT_DECRYPT",
    )
    template = r["versionTemplate"]
    if not template["algorithm"].startswith(PURPOSES[r["purpose"]]):
        raise bad("The algorithm %s cannot be used with purpose %s." % (template["algorithm"], r["purpose"]))
    if bool(r.get("rotationPeriod")) != bool(r.get("nextRotationTime")):
        raise bad("rotation_period and next_rotation_time must be set together.")
    if r.get("rotationPeriod") and r["purpose"] != "ENCRYPT_DECRYPT":
        raise bad("Automatic rotation is not supported with purpose %s." % r["purpose"])
    if old:
        for field in ("purpose", "destroyScheduledDuration"):
            if r[field] != old[field]:
                raise bad("The field %s is immutable." % field)
        if template["protectionLevel"] != old["versionTemplate"]["protectionLevel"]:
            raise bad("The field version_template.protection_level is immutable.")
        return
    v = {
        "name": c.path + "/cryptoKeyVersions/1",
        "state": "ENABLED",
        "createTime": now(),
        "generateTime": now(),
        "protectionLevel": template["protectionLevel"],
        "algorithm": template["algorithm"],
    }
    STORE["cloudkms:" + v["name"]] = v
    if r["purpose"] == "ENCRYPT_DECRYPT":
        r["primary"] = v


def secret(c, r, old):
    rep = r.get("replication") or {}
    if not rep or ("userManaged" in rep and not rep["userManaged"].get("replicas")):
        raise bad("Secret.replication must be provided, with at least one location.")
    for x in (rep.get("userManaged") or {}).get("replicas", []):
        if x["location"] not in check.REGIONS:
            raise bad("%s is not a valid location." % x["location"])
        check.cmek((x.get("customerManagedEncryption") or {}).get("kmsKeyName"), "gcp-sa-secretmanager", c.project)
    check.cmek(
        ((rep.get("automatic") or {}).get("customerManagedEncryption") or {}).get("kmsKeyName"),
        "gcp-sa-secretmanager",
        c.project,
    )
    if r.get("rotation") and not r.get("topics"):
        raise bad("Topics must be set when rotation is set.")
    agent = "serviceAccount:service-%s@gcp-sa-secretmanager.iam.gserviceaccount.com" % number(c.project)
    for t in r.get("topics", []):
        if "pubsub:" + t["name"] not in STORE and "projects/%s/" % c.project in t["name"]:
            raise missing("Pub/Sub topic [%s] not found." % t["name"])
        if "agents" in STRICT and not policy.has_role(c.project, agent, "roles/pubsub.publisher", "pubsub:" + t["name"]):
            raise precondition("The service agent %s lacks publish permission on topic [%s]." % (agent[15:], t["name"]))


def add_version(c):
    if c.key not in STORE:
        raise missing(not_found(c))
    n = 1 + max([int(last(v["name"])) for v in children(c.key + "/versions")] + [0])
    v = {
        "name": "%s/versions/%d" % (c.path, n),
        "state": "ENABLED",
        "createTime": now(),
        "_data": c.body.get("payload", {}).get("data", ""),
        "replicationStatus": {"automatic": {}},
        "etag": etag(n),
        "clientSpecifiedPayloadChecksum": "dataCrc32c" in c.body.get("payload", {}),
    }
    STORE[c.key + "/versions/%d" % n] = v
    return dict({k: x for k, x in v.items() if k != "_data"}, name=by_number(v["name"]))


def version(c):
    """The stored secret version that the path names; 'latest' is the newest one."""
    base, n = c.key.rsplit("/", 1)
    if n == "latest":
        n = str(max([int(last(v["name"])) for v in children(base)] + [0]))
    v = STORE.get(base + "/" + n)
    if not v:
        raise missing(not_found(c))
    return v


def secret_version(c, *_):
    if c.method == "GET" and not c.verb or c.verb in ("access", "enable", "disable", "destroy"):
        v = version(c)
        if c.verb == "access":
            if v["state"] != "ENABLED":
                raise precondition("Secret Version [%s] is in %s state." % (by_number(v["name"]), v["state"]))
            return {"name": by_number(v["name"]), "payload": {"data": v["_data"]}}
        if c.verb:
            v["state"] = {"enable": "ENABLED", "disable": "DISABLED", "destroy": "DESTROYED"}[c.verb]
        return dict({k: x for k, x in v.items() if k != "_data"}, name=by_number(v["name"]))


def kms_version(c, *_):
    v = STORE.get(c.key)
    if v is None:
        raise missing(not_found(c))
    if c.verb == "destroy":
        v.update(state="DESTROY_SCHEDULED", destroyTime=now(2592000))
    if c.verb == "restore":
        v.update(state="DISABLED")
    return v
