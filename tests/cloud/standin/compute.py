"""Compute Engine: the calls."""

import re
import uuid

from . import check, policy
from .core import (
    OPS,
    STORE,
    ApiError,
    bad,
    canon,
    children,
    copy,
    digits,
    drop,
    etag,
    merge,
    missing,
    now,
    number,
    same_tag,
    update,
)
from .loadbalancing import (
    FINGERPRINT,
    LABELLED,
    created,
    defaults,
    listed,
    removed,
    url_map,
)
from .networks import ROOT, refs, users


def handle(svc, m, path, q, body, host):
    mt = re.match(r"^/compute/(v1|beta|alpha)/projects/([^/]+)(?:/(.*))?$", path)
    if not mt:
        raise missing("no route " + path)
    ver, proj, rest = mt.groups()
    proj = canon("projects/" + proj)[9:]
    number(proj)
    check.api("compute", proj)
    parts = (rest or "").strip("/").split("/")
    root = "projects/" + proj
    if not rest:
        return {
            "kind": "compute#project",
            "name": proj,
            "id": number(proj),
            "selfLink": ROOT + root,
            "defaultServiceAccount": "%s-compute@developer.gserviceaccount.com" % number(proj),
            "xpnProjectStatus": "UNSPECIFIED_XPN_PROJECT_STATUS",
        }
    show = lambda r: {x: y for x, y in r.items() if not x.startswith("_")}
    if parts[0] == "aggregated":
        out = {}
        for k, v in sorted(STORE.items()):
            x = re.match(r"compute:%s/(global|regions/[^/]+|zones/[^/]+)/%s/" % (re.escape(root), parts[1]), k)
            if x and listed([v], q):
                out.setdefault(x.group(1), {parts[1]: []})[parts[1]].append(show(v))
        return {"kind": "compute#aggregatedList", "items": out}
    if parts[0] in ("regions", "zones") and len(parts) <= 2:
        one = lambda n: {"kind": "compute#region", "name": n, "status": "UP", "selfLink": ROOT + root + "/regions/" + n}
        if len(parts) == 1:
            return {"items": [one(n) for n in sorted(check.REGIONS)]}
        check.location("projects/%s/regions/%s/" % (proj, parts[1]))
        return one(parts[1])
    n = 1 if parts[0] == "global" else 2
    scope, rp = "/".join(parts[:n]), parts[n:]
    if parts[0] == "regions":
        check.location("%s/%s/" % (root, scope))
    coll, base = rp[0], "%s/%s/%s" % (root, scope, rp[0])

    def op(kind, path):
        name = "operation-" + uuid.uuid4().hex[:16]
        o = {
            "kind": "compute#operation",
            "id": digits(name),
            "name": name,
            "operationType": kind,
            "status": "DONE",
            "progress": 100,
            "targetLink": ROOT + path,
            "targetId": digits(path),
            "user": "operator@example.com",
            "insertTime": now(),
            "startTime": now(),
            "endTime": now(),
            "selfLink": ROOT + "%s/%s/operations/%s" % (root, scope, name),
        }
        if scope != "global":
            o[scope.split("/")[0][:-1]] = ROOT + root + "/" + scope
        OPS["compute:" + name] = o
        return o

    if coll == "operations":
        if "compute:" + rp[1] not in OPS:
            raise missing("op")
        return OPS["compute:" + rp[1]]
    if coll == "securityPolicies" and rp[1:2] == ["listPreconfiguredExpressionSets"]:
        return {
            "preconfiguredExpressionSets": {
                "wafRules": {"expressionSets": [{"id": s + "-v422-stable"} for s in check.SETS.split("|")[:12]]}
            }
        }
    if len(rp) == 1:
        if m == "GET":
            return {
                "kind": "compute#list",
                "id": base,
                "items": listed([show(v) for v in children("compute:" + base)], q),
            }
        return insert(coll, base, scope, proj, root, body, op)
    key, tgt = "compute:%s/%s" % (base, rp[1]), "%s/%s" % (base, rp[1])
    if coll == "urlMaps" and rp[2:] == ["validate"]:
        u = refs(copy(body["resource"]), proj)
        url_map(u)
        return {"result": {"loadSucceeded": True, "testPassed": True}}
    if key not in STORE:
        raise missing("The resource '%s' was not found" % tgt)
    r = STORE[key]
    if len(rp) == 2:
        if m == "GET":
            return show(r)
        if m == "DELETE":
            u = users(r["selfLink"]) or (r.get("users") or [None])[0]
            if u:
                raise ApiError(
                    400,
                    "FAILED_PRECONDITION",
                    "The %s resource '%s' is already being used by '%s'" % (coll[:-1], tgt, u.replace(ROOT, "")),
                    reason="resourceInUseByAnotherResource",
                )
            removed(coll, r, key)
            drop(key)
            return op("delete", tgt)
        if body.get("fingerprint") and r.get("fingerprint") and not same_tag(body["fingerprint"], r["fingerprint"]):
            raise ApiError(412, "FAILED_PRECONDITION", "Supplied fingerprint does not match current metadata fingerprint.")
        new = copy(r)
        body = refs({k: v for k, v in body.items() if k not in ("fingerprint",)}, proj)
        if m == "PUT":
            new = dict(
                {
                    k: r[k]
                    for k in r
                    if k
                    in (
                        "kind",
                        "id",
                        "creationTimestamp",
                        "selfLink",
                        "region",
                        "name",
                        "labelFingerprint",
                        "securityPolicy",
                    )
                },
                **body
            )
        elif q.get("paths") or coll == "securityPolicies" and q.get("updateMask"):
            update(new, body, (q.get("updateMask") or q["paths"])[0])
        else:
            merge(new, body)
        return store(coll, new, key, scope, proj, r, op, "patch" if m == "PATCH" else "update", tgt)
    verb = rp[2]
    if verb == "getIamPolicy":
        return policy.get(key)
    if verb == "setIamPolicy":
        return policy.put(key, {"policy": body.get("policy") or body})
    new, pr = copy(r), int((q.get("priority") or [-1])[0])
    rules = new.get("rules", [])
    hit = [x for x in rules if x["priority"] == pr]
    if verb in ("getRule", "patchRule", "removeRule") and not hit:
        raise bad(
            "Invalid value for field 'priority': '%d'. The security policy does not contain a rule at priority %d." % (pr, pr)
        )
    if verb == "getRule":
        return hit[0]
    if verb == "addRule":
        rules.append(body)
    elif verb == "patchRule":
        merge(hit[0], body)
    elif verb == "removeRule":
        if pr == 2147483647:
            raise bad("Cannot remove the default rule.")
        rules.remove(hit[0])
    elif verb == "setLabels":
        if body.get("labelFingerprint") and not same_tag(body["labelFingerprint"], r.get("labelFingerprint", "")):
            raise ApiError(412, "FAILED_PRECONDITION", "Labels fingerprint either invalid or resource labels have changed")
        new["labels"] = body.get("labels") or {}
        if not new["labels"]:
            del new["labels"]
    elif verb == "expandIpCidrRange":
        if not check.cidr(r["ipCidrRange"]).subnet_of(check.cidr(body["ipCidrRange"])):
            raise bad(
                "Invalid value for field 'ipCidrRange': '%s'. The new range must contain the old one." % body["ipCidrRange"]
            )
        new["ipCidrRange"] = body["ipCidrRange"]
    elif verb == "removePeering":
        new["peerings"] = [p for p in new.get("peerings", []) if p["name"] != body["name"]]
    elif verb.startswith("set"):
        for k, v in refs(body, proj).items():
            if k != "fingerprint":
                new.update({k: v}) if v else new.pop(k, None)
    else:
        raise missing("no route " + path)
    return store(coll, new, key, scope, proj, r, op, verb, tgt)


def insert(coll, base, scope, proj, root, body, op):
    n = body.get("name")
    check.name(n)
    key = "compute:%s/%s" % (base, n)
    if key in STORE:
        raise ApiError(409, "ALREADY_EXISTS", "The resource '%s/%s' already exists" % (base, n))
    r = refs({k: v for k, v in copy(body).items() if v is not None}, proj)
    r.update(kind="compute#" + coll[:-1], id=digits(key), creationTimestamp=now(), selfLink=ROOT + "%s/%s" % (base, n))
    if scope != "global":
        r[scope.split("/")[0][:-1]] = ROOT + root + "/" + scope
    res = store(coll, r, key, scope, proj, None, op, "insert", "%s/%s" % (base, n))
    created(coll, r, key, proj)
    return res


def store(coll, r, key, scope, proj, old, op, kind, tgt):
    """Checks, defaults, fingerprints; then the resource is in the store and the operation done."""
    defaults(coll, r, key, scope, proj, old)
    r.pop("fingerprint", None)
    if coll in FINGERPRINT:
        r["fingerprint"] = etag({k: v for k, v in r.items() if k not in ("labels", "labelFingerprint")})
    if coll in LABELLED:
        r["labelFingerprint"] = etag(r.get("labels") or {})
    STORE[key] = r
    return op(kind, tgt)
