"""Cloud Run: the calls of both APIs."""

import re

from . import check, policy
from .core import (
    OPS,
    STORE,
    ApiError,
    bad,
    canon,
    children,
    copy,
    drop,
    exists,
    fill,
    last,
    lro,
    missing,
    now,
    number,
    prune,
    uid,
    update,
)
from .runforms import KINDS, K, execution_v1, from_v1, revision_v1, to_v1
from .runs import settle, write

SERVER = {
    "uri",
    "urls",
    "conditions",
    "terminalCondition",
    "latestReadyRevision",
    "latestCreatedRevision",
    "trafficStatuses",
    "generation",
    "observedGeneration",
    "reconciling",
    "etag",
    "creator",
    "lastModifier",
    "createTime",
    "updateTime",
    "uid",
    "deleteTime",
    "expireTime",
    "satisfiesPzs",
    "executionCount",
    "latestCreatedExecution",
}


def show(o):
    return {k: v for k, v in o.items() if not k.startswith("_")}


def v2(m, path, q, body):
    mt = re.match(
        r"^/(v[12])/projects/([^/]+)/locations/([^/]+)(?:/(\w+)(?:/([^/:]+))?(?:/(\w+)(?:/([^/:]+))?)?)?(?::(\w+))?$",
        path,
    )
    if not mt:
        raise missing("no route " + path)
    ver, proj, loc, kind, name, sub, subname, verb = mt.groups()
    proj = canon("projects/" + proj)[9:]
    check.location(path)
    if kind is None:
        return {"locations": []}
    base = "projects/%s/locations/%s/%s" % (proj, loc, kind)
    key = "run:%s/%s" % (base, name)
    if kind == "operations":
        p = "projects/%s/locations/%s/operations/%s" % (proj, loc, name)
        if p not in OPS:
            raise missing("operation")
        return OPS[p]
    gone = lambda: missing(
        "Resource '%s' of kind '%s' in region '%s' in project '%s' does not exist."
        % (name, KINDS.get(kind, kind).upper(), loc, proj)
    )
    if verb in ("getIamPolicy", "setIamPolicy", "testIamPermissions"):
        if key not in STORE:
            raise gone()
        if verb == "testIamPermissions":
            return {"permissions": body.get("permissions", [])}
        return policy.get(key) if verb == "getIamPolicy" else policy.put(key, body)
    if kind not in KINDS:
        raise missing("no route " + path)
    parent = "projects/%s/locations/%s" % (proj, loc)
    typ = {"@type": "type.googleapis.com/google.cloud.run.v2." + KINDS[kind]}
    if sub:
        full = "%s/%s/%s" % (key, sub, subname)
        if subname is None:
            return {sub: [show(v) for v in children("%s/%s" % (key, sub))]}
        if full not in STORE:
            raise missing("not found")
        return show(STORE[full])
    if name is None and m == "GET":
        return {kind: [show(v) for v in children("run:" + base)]}
    if m == "POST" and name is None:
        name = next(v[0] for k, v in q.items() if k.lower().replace("_", "").endswith("id"))
        if "run:%s/%s" % (base, name) in STORE:
            raise exists("Resource '%s' already exists." % name)
        if q.get("validateOnly") == ["true"]:
            return lro(parent, {})
        o, fail = write(kind, proj, loc, name, {k: v for k, v in body.items() if k not in SERVER}, None)
        return lro(parent, dict(show(o), **typ), error=fail and fail[:2], meta=dict(show(o), **typ))
    if key not in STORE:
        if m == "PATCH" and q.get("allowMissing") == ["true"]:
            return v2("POST", path.rsplit("/", 1)[0], {"id": [name]}, body)
        raise gone()
    old = STORE[key]
    if verb == "run":
        return lro(parent, run_job(old))
    if m == "GET":
        return show(old)
    if m == "DELETE":
        drop(key)
        return lro(parent, dict(show(old), deleteTime=now(), **typ))
    mask = (q.get("updateMask") or [None])[0]
    body = {k: v for k, v in body.items() if k not in SERVER}
    if mask and mask != "*":
        new = {k: v for k, v in copy(old).items() if k not in SERVER and not k.startswith("_")}
        update(new, body, mask)
    else:
        new = body
    o, fail = write(kind, proj, loc, name, new, old)
    return lro(parent, dict(show(o), **typ), error=fail and fail[:2], meta=dict(show(o), **typ))


def run_job(job):
    n = job["executionCount"] = job.get("executionCount", 0) + 1
    name = "%s/executions/%s-%05d" % (job["name"], last(job["name"]), n)
    e = {
        "name": name,
        "uid": uid(name),
        "generation": "1",
        "job": last(job["name"]),
        "createTime": now(),
        "startTime": now(),
        "completionTime": now(),
        "succeededCount": job["template"].get("taskCount", 1),
        "taskCount": job["template"].get("taskCount", 1),
        "conditions": [{"type": "Completed", "state": "CONDITION_SUCCEEDED", "lastTransitionTime": now()}],
        "template": job["template"]["template"],
    }
    STORE["run:" + name] = e
    job["latestCreatedExecution"] = {"name": last(name), "createTime": now(), "completionTime": now()}
    return e


def v1(m, path, q, body, host):
    mt = re.match(r"^/apis/([a-z.]+)/(v1\w*)/namespaces/([^/]+)/(\w+)(?:/([^/:]+))?(?::(\w+))?$", path)
    if not mt:
        raise missing("no route " + path)
    grp, ver, ns, coll, name, verb = mt.groups()
    proj = canon("projects/" + ns)[9:]
    x = re.match(r"^([a-z]+-[a-z]+\d+)-run\.", host)
    loc = x.group(1) if x else "-"
    kind = {"workerpools": "workerPools"}.get(coll, coll)
    base = "run:projects/%s/locations/%s/%s" % (proj, loc, kind)
    if loc != "-":
        check.location(base + "/")
    if kind == "domainmappings":
        return domain_mapping(m, base, proj, loc, name, body)
    if kind in ("revisions", "executions", "routes", "configurations", "tasks"):
        conv = {"revisions": revision_v1, "executions": execution_v1}.get(kind, lambda r: {})
        found = [
            v
            for k, v in sorted(STORE.items())
            if k.startswith("run:projects/%s/" % proj) and ("/%s/" % kind) in k and (not name or last(k) == name)
        ]
        if not name:
            return {
                "apiVersion": "%s/%s" % (grp, ver),
                "kind": "List",
                "items": [conv(v) for v in found],
                "metadata": {},
            }
        if not found:
            raise missing("Resource '%s' of kind '%s' in region '%s' in project '%s' does not exist." % (name, kind, loc, proj))
        return conv(found[0])
    if kind not in KINDS:
        raise missing("no route " + path)
    if name is None and m == "GET":
        return {
            "apiVersion": "%s/%s" % (grp, ver),
            "kind": "List",
            "items": [to_v1(v, kind) for v in children(base)],
            "metadata": {},
        }
    if m == "POST" and name is None:
        name = body["metadata"]["name"]
        if base + "/" + name in STORE:
            raise exists("Resource '%s' already exists." % name)
    elif base + "/" + name not in STORE:
        raise missing(
            "Resource '%s' of kind '%s' in region '%s' in project '%s' does not exist." % (name, KINDS[kind].upper(), loc, proj)
        )
    old = STORE.get(base + "/" + name)
    if verb == "run":
        return execution_v1(run_job(old))
    if m == "GET":
        return to_v1(old, kind)
    if m == "DELETE":
        drop(base + "/" + name)
        return {"apiVersion": "v1", "kind": "Status", "status": "Success"}
    if m == "PUT" and old and body["metadata"].get("resourceVersion") not in (None, old["etag"]):
        raise ApiError(
            409,
            "ABORTED",
            "Conflict for resource '%s': version '%s' was specified but current version is '%s'."
            % (name, body["metadata"]["resourceVersion"], old["etag"]),
            reason="aborted",
        )
    new = from_v1(body, kind)
    if q.get("dryRun"):
        new["name"] = base[4:] + "/" + name
        keep = dict(STORE)
        o = prune(new)
        try:
            settle(o, kind, proj, loc, old)
        finally:
            STORE.clear()
            STORE.update(keep)
        return to_v1(o, kind)
    return to_v1(write(kind, proj, loc, name, new, old)[0], kind)


def domain_mapping(m, base, proj, loc, name, body):
    show = lambda r: {k: v for k, v in r.items() if not k.startswith("_")}
    if m == "GET" and name is None:
        return {
            "apiVersion": "domains.cloudrun.com/v1",
            "kind": "DomainMappingList",
            "items": [show(v) for v in children(base)],
        }
    if m == "POST":
        name = body["metadata"]["name"]
        if base + "/" + name in STORE:
            raise exists("Resource '%s' already exists." % name)
        if "run:projects/%s/locations/%s/services/%s" % (proj, loc, body["spec"]["routeName"]) not in STORE:
            raise bad("Route '%s' does not exist." % body["spec"]["routeName"])
        r = copy(body)
        r["metadata"].update(
            namespace=number(proj),
            generation=1,
            uid=uid(base + name),
            resourceVersion="AAA",
            creationTimestamp=now(),
            selfLink="/apis/domains.cloudrun.com/v1/namespaces/%s/domainmappings/%s" % (number(proj), name),
        )
        r["metadata"].setdefault("labels", {})["cloud.googleapis.com/location"] = loc
        r["metadata"].setdefault("annotations", {}).update(
            {K + "creator": "operator@example.com", K + "lastModifier": "operator@example.com"}
        )
        fill(r["spec"], certificateMode="AUTOMATIC")
        ok = lambda t: {"type": t, "status": "True", "lastTransitionTime": now()}
        recs = (
            [{"name": name.split(".")[0], "rrdata": "ghs.googlehosted.com.", "type": "CNAME"}]
            if name.count(".") > 1
            else [{"rrdata": "216.239.32.21", "type": "A"}]
        )
        r["status"] = {
            "observedGeneration": 1,
            "mappedRouteName": r["spec"]["routeName"],
            "resourceRecords": recs,
            "conditions": [ok("Ready"), ok("CertificateProvisioned"), ok("DomainRoutable")],
        }
        STORE[base + "/" + name] = r
        return r
    if base + "/" + name not in STORE:
        raise missing("Resource '%s' of kind 'DOMAIN_MAPPING' in region '%s' in project '%s' does not exist." % (name, loc, proj))
    if m == "DELETE":
        return STORE.pop(base + "/" + name) and {}
    return show(STORE[base + "/" + name])


def handle(svc, m, path, q, body, host):
    mt = re.search(r"/(?:namespaces|projects)/([^/]+)", path)
    if path.endswith("/authorizeddomains"):
        return {"domains": [{"id": "example.com", "name": "example.com"}]}
    check.api("run", canon("projects/" + mt.group(1))[9:] if mt else None)
    everywhere = re.match(r"^/v1/projects/([^/]+)/locations/-/services$", path)
    if everywhere and m == "GET":
        base = "run:projects/%s/locations/-/services" % canon("projects/" + everywhere.group(1))[9:]
        found = [to_v1(v, "services") for v in children(base)]
        return {"apiVersion": "serving.knative.dev/v1", "kind": "List", "items": found, "metadata": {}}
    if re.match(r"^/v[12]/", path):
        return v2(m, path, q, body)
    return v1(m, path, q, body, host)
