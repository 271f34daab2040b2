"""BigQuery: datasets, tables, and queries that grant. Spanner: that something is there."""

import re

from . import check, policy
from .core import STORE, bad, exists, fill, lro, missing

# What a dataset calls three roles when it lists who has them.
OLDER = {"roles/bigquery.dataViewer": "READER", "roles/bigquery.dataEditor": "WRITER", "roles/bigquery.dataOwner": "OWNER"}
FIELDS = {"user": "userByEmail", "serviceAccount": "userByEmail", "group": "groupByEmail", "domain": "domain"}
GRANT = re.compile(r'GRANT `([^`]+)` ON (SCHEMA|TABLE) `([^`]+)` TO "([^"]+)"')


def reference(path, coll):
    return {"projectId": path[1], "datasetId": path[3]} | ({"tableId": path[5]} if coll == "table" else {})


def entry(role, member):
    """Who has a role, as a dataset lists it."""
    kind, _, rest = member.partition(":")
    field, value = (FIELDS[kind], rest) if kind in FIELDS else ("iamMember", member)
    return {"role": OLDER.get(role, role), field: value}


# Whom a new dataset lets in, unless it is said: those with a basic role on the project. Who makes it owns it too.
BASIC = [{"role": "WRITER", "specialGroup": "projectWriters"}, {"role": "OWNER", "specialGroup": "projectOwners"}, {"role": "READER", "specialGroup": "projectReaders"}]
EXPIRATIONS = ("defaultTableExpirationMs", "defaultPartitionExpirationMs")


def access(c):
    bindings = policy.get(c.key)["bindings"]
    basic = STORE[c.key].get("_basic", [])
    return basic + [entry(binding["role"], member) for binding in bindings for member in binding["members"]]


def lets_in(c, entries):
    """What a dataset lists, as a policy and as basic roles."""
    if not any(one["role"] == "OWNER" for one in entries):
        raise bad("Cannot remove all owners from a dataset.")
    basic = [one for one in entries if one.get("specialGroup", "").startswith("project")]
    bindings = []
    for one in entries:
        if one in basic:
            continue
        role = next((role for role, older in OLDER.items() if older == one["role"]), one["role"])
        member = one.get("iamMember")
        if "domain" in one:
            member = "domain:" + one["domain"]
        elif "groupByEmail" in one:
            member = "group:" + one["groupByEmail"]
        elif "userByEmail" in one:
            kind = "serviceAccount:" if one["userByEmail"].endswith("gserviceaccount.com") else "user:"
            member = kind + one["userByEmail"]
        bindings.append({"role": role, "members": [member]})
    STORE[c.key]["_basic"] = basic
    policy.put(c.key, {"policy": policy.get(c.key) | {"bindings": bindings}})


def settled(r):
    for field in EXPIRATIONS:
        if int(r.get(field) or 0) == 0:
            r.pop(field, None)
        elif field == EXPIRATIONS[0] and int(r[field]) < 3_600_000:
            raise bad("Default table expiration time must be at least an hour.")
        else:
            r[field] = str(r[field])
    r["labels"] = {key: value for key, value in (r.get("labels") or {}).items() if value is not None}


def datasets(c, project, name):
    if name is None:
        location = c.body.get("location", "US")
        if location.lower() not in check.REGIONS | {"eu", "us"}:
            raise bad("Invalid value for location: %s is not a valid value" % location)
        made = create(c, "dataset", c.body["datasetReference"]["datasetId"], r"[A-Za-z0-9_]{1,1024}")
        made["location"] = location if "-" in location else location.upper()
        settled(made)
        lets_in(c, made.pop("access", None) or [*BASIC, {"role": "OWNER", "userByEmail": "operator@example.com"}])
        return shown(c)
    if c.method == "PATCH":
        old, new = found(c), dict(c.body)
        if new.get("location", old["location"]) != old["location"]:
            raise bad("Dataset location cannot be changed.")
        entries = new.pop("access", None)
        for field in (*EXPIRATIONS, "description", "labels"):
            if field in new:
                old[field] = new[field]
        settled(old)
        if entries is not None:
            lets_in(c, entries)
        return shown(c)
    return shown(c) if c.method == "GET" else None


def shown(c):
    return {key: value for key, value in found(c).items() if not key.startswith("_")} | {"access": access(c), "etag": "BwXyZ"}


def tables(c, project, dataset, name):
    if name is None:
        if "bigquery:projects/%s/datasets/%s" % (project, dataset) not in STORE:
            raise missing("Not found: Dataset %s:%s" % (project, dataset))
        return create(c, "table", c.body["tableReference"]["tableId"], r"[A-Za-z0-9_-]{1,1024}")
    return None if c.verb or c.method != "GET" else found(c)


def create(c, coll, name, form):
    check.name(name, form, coll + "Id")
    c.path += "/" + name
    if c.key in STORE:
        raise exists("Already Exists: %s" % c.path)
    STORE[c.key] = fill(dict(c.body), kind="bigquery#" + coll)
    STORE[c.key][coll + "Reference"] = reference(c.path.split("/"), coll)
    return STORE[c.key]


def found(c):
    if c.key not in STORE:
        raise missing("Not found: %s" % c.path)
    return STORE[c.key]


def query(c, project, name):
    """A job that has granted, at once."""
    if name is None:
        granted(c.body["configuration"]["query"])
        name = (c.body.get("jobReference") or {}).get("jobId") or "job_1"
    return {
        "kind": "bigquery#job",
        "id": "%s:US.%s" % (project, name),
        "jobReference": {"projectId": project, "jobId": name, "location": "US"},
        "configuration": {"jobType": "QUERY", "query": {"query": "GRANT", "useLegacySql": False}},
        "status": {"state": "DONE"},
        "statistics": {"query": {"statementType": "GRANT"}},
    }


def granted(asked):
    said = GRANT.fullmatch(asked["query"])
    if not said or asked.get("useLegacySql", True):
        raise bad("Syntax error: Unexpected keyword")
    role, kind, path, member = said.groups()
    names = path.split(".")
    if len(names) != (2 if kind == "SCHEMA" else 3):
        raise bad("%s is no %s" % (path, kind))
    if role == "roles/bigquery.jobUser":
        raise bad("Role %s is not supported for this resource." % role)
    key = "bigquery:projects/%s/datasets/%s" % (names[0], names[1]) + ("/tables/" + names[2] if kind == "TABLE" else "")
    if key not in STORE:
        raise missing("Not found: %s %s" % (kind, path))
    now = policy.get(key)
    policy.put(key, {"policy": now | {"bindings": now["bindings"] + [{"role": role, "members": [member]}]}})


def results(c, project, name):
    return {
        "kind": "bigquery#getQueryResultsResponse",
        "jobReference": {"projectId": project, "jobId": name, "location": "US"},
        "jobComplete": True,
        "totalRows": "0",
    }


def spanner(c, project):
    """An instance or a database that somebody makes."""
    if c.method != "POST" or c.verb:
        return None
    c.path += "/" + (c.body.get("instanceId") or c.body["createStatement"].split()[-1].strip("`"))
    STORE[c.key] = {"name": c.path, "state": "READY"}
    return lro(c.path, STORE[c.key])
