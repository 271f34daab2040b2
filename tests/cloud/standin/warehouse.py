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


def access(c):
    bindings = policy.get(c.key)["bindings"]
    mine = [{"role": "OWNER", "specialGroup": "projectOwners"}, {"role": "READER", "specialGroup": "projectReaders"}]
    return mine + [entry(binding["role"], member) for binding in bindings for member in binding["members"]]


def datasets(c, project, name):
    if name is None:
        return create(c, "dataset", c.body["datasetReference"]["datasetId"], r"[A-Za-z0-9_]{1,1024}")
    if c.method != "GET":
        return None
    return found(c) | {"access": access(c)}


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
