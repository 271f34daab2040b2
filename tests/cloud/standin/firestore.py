"""Firestore: databases, composite indexes, and what is deleted by its time. No documents."""

from . import check
from .core import STORE, bad, children, digits, exists, fill, lro, missing, precondition, uid

LOCATIONS = check.REGIONS - {"asia-southeast3"} | {"eur3", "nam5", "nam7"}
FIXED = ("locationId", "cmekConfig", "databaseEdition")
SCOPES = {
    "FIRESTORE_NATIVE": ("ANY_API", {"COLLECTION", "COLLECTION_GROUP"}),
    "DATASTORE_MODE": ("DATASTORE_MODE_API", {"COLLECTION_GROUP", "COLLECTION_RECURSIVE"}),
}


def database(c, r, old):
    if not (r.get("cmekConfig") or {}).get("kmsKeyName"):
        r.pop("cmekConfig", None)  # gcloud sends an empty one
    else:
        check.cmek(r["cmekConfig"]["kmsKeyName"], "gcp-sa-firestore", c.project)
        fill(r["cmekConfig"], activeKeyVersion=[r["cmekConfig"]["kmsKeyName"] + "/cryptoKeyVersions/1"])
    if r.get("locationId") not in LOCATIONS:
        raise bad("Database location ID '%s' is not valid." % r.get("locationId"))
    fill(
        r,
        type="FIRESTORE_NATIVE",
        concurrencyMode="PESSIMISTIC",
        appEngineIntegrationMode="DISABLED",
        databaseEdition="STANDARD",
        deleteProtectionState="DELETE_PROTECTION_DISABLED",
        pointInTimeRecoveryEnablement="POINT_IN_TIME_RECOVERY_DISABLED",
        uid=uid(c.path),
    )
    on = r["pointInTimeRecoveryEnablement"] == "POINT_IN_TIME_RECOVERY_ENABLED"
    r["versionRetentionPeriod"] = "604800s" if on else "3600s"
    for field in FIXED if old else ():
        if r.get(field) != old.get(field):
            raise bad("The field %s is immutable." % field)


def protected(c, r):
    if r["deleteProtectionState"] == "DELETE_PROTECTION_ENABLED":
        raise precondition("Delete protection is enabled for the database.")


def mode_of(project, name):
    found = STORE.get("firestore:projects/%s/databases/%s" % (project, name))
    if not found:
        raise missing("The database %s does not exist for project %s" % (name, project))
    return found["type"]


def indexes(c, project, name, group, index):
    parent = "projects/%s/databases/%s" % (project, name)
    mode = mode_of(project, name)
    if c.method == "GET" and not index:
        found = children(c.key)
        return {"indexes": found} if found else {}
    if c.method != "POST":
        return None
    r = {key: (c.body or {})[key] for key in ("queryScope", "apiScope", "fields") if (c.body or {}).get(key)}
    fill(r, queryScope="COLLECTION", apiScope="ANY_API")
    api, scopes = SCOPES[mode]
    if r["apiScope"] != api or r["queryScope"] not in scopes:
        raise bad("%s and %s are not for a database of %s." % (r["apiScope"], r["queryScope"], mode))
    held = [next(iter(set(field) & {"order", "arrayConfig"}), None) for field in r["fields"]]
    if len(held) < 2:
        raise bad("this index is not necessary, configure using single field index controls")
    if None in held or held.count("arrayConfig") > 1 or (mode == "DATASTORE_MODE" and "arrayConfig" in held):
        raise bad("The fields of the index cannot be held so: %s" % r["fields"])
    last = r["fields"][-1].get("order", "ASCENDING")
    r["fields"].append({"fieldPath": "__name__", "order": last})
    for one in children(c.key):
        if all(one[key] == r[key] for key in ("queryScope", "apiScope", "fields")):
            raise exists("index already exists")
    r.update(name="%s/%s" % (c.path, "CICAg" + digits(c.path + str(r), 8)), state="READY", density="SPARSE_ALL")
    STORE["firestore:" + r["name"]] = r
    return lro(parent, r, meta={"@type": "type.googleapis.com/google.firestore.admin.v1.IndexOperationMetadata", "index": r["name"]})


def fields(c, project, name, group, field):
    parent = "projects/%s/databases/%s" % (project, name)
    mode_of(project, name)
    if c.method == "GET" and not field:
        found = [one for one in children(c.key) if "ttlConfig" in one]
        return {"fields": found} if found else {}
    if c.method == "GET":
        return STORE.get(c.key) or {"name": c.path, "indexConfig": {"usesAncestorConfig": True}}
    if c.method != "PATCH":
        return None
    if c.mask() != "ttlConfig":
        raise bad("Only the time to live of a field can be changed here.")
    if "ttlConfig" not in (c.body or {}):
        STORE.pop(c.key, None)
        return lro(parent, {"name": c.path})
    for other in children(c.key.rsplit("/", 1)[0]):
        if other["name"] != c.path:
            raise precondition("Only one TTL field is allowed per collection group.")
    STORE[c.key] = {"name": c.path, "ttlConfig": {"state": "ACTIVE"}, "indexConfig": {"usesAncestorConfig": True}}
    return lro(parent, STORE[c.key])
