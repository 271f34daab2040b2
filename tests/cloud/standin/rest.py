"""Resource-oriented REST: create, get, list, update, delete, IAM and operations for every service that follows the pattern.
What a service adds (defaults, checks, custom verbs) stands in services.py."""

import re

from . import check, policy
from . import services as tables
from .core import (
    OPS,
    STORE,
    ApiError,
    already,
    by_number,
    canon,
    children,
    copy,
    drop,
    etag,
    exists,
    fill,
    last,
    lro,
    missing,
    not_found,
    now,
    number,
    prune,
    same_tag,
    update,
)


class Call:
    """One request: service, method, path (version and numbers removed), verb after the colon, query, body."""

    def __init__(self, svc, method, ver, path, verb, q, body, host, raw):
        self.svc, self.method, self.ver, self.path, self.verb, self.q, self.body, self.host, self.raw = (
            svc,
            method,
            ver,
            path,
            verb,
            q,
            body,
            host,
            raw,
        )
        m = re.match(r"projects/([^/]+)", path)
        self.project = m.group(1) if m else None
        m = re.search(r"/(?:locations|regions)/([^/]+)", path)
        self.location = m.group(1) if m else None
        self.id = self.parent = self.coll = None

    @property
    def key(self):
        return self.svc + ":" + self.path

    def arg(self, k, default=None):
        return (self.q.get(k) or self.q.get(re.sub("([A-Z])", lambda m: "_" + m.group(1).lower(), k)) or [default])[0]

    def mask(self):
        return self.arg("updateMask") or (self.body or {}).get("updateMask")


def parse(svc, method, path, q, body, host):
    m = re.match(r"^(?:/(?:bigquery|dns|storage|sql))?/(v\d\w*)/(.*)$", path)
    if not m:
        raise missing("no route " + path)
    ver, rest = m.group(1), canon(m.group(2))
    verb = None
    if ":" in last(rest) and not (svc == "dns"):
        rest, verb = rest.rsplit(":", 1)
    return Call(svc, method, ver, rest.strip("/"), verb, q, body, host, path)


def handle(svc, method, path, q, body, host):
    c = parse(svc, method, path, q, body, host)
    check.location(path)
    if c.project and not c.project.isdigit():
        number(c.project)
    if re.search(r"(^|/)operations/", c.path):
        op = OPS.get(c.path) or OPS.get(by_number(c.path))
        if not op:
            raise missing("operation " + c.path)
        return op
    if svc not in tables.NO_PROJECT_API:
        check.api(svc, c.project)
    for rx, f in tables.ROUTES.get(svc, ()):
        m = re.fullmatch(rx, c.path)
        if m:
            r = f(c, *m.groups())
            if r is not None:
                return r
    if c.verb in ("getIamPolicy", "setIamPolicy", "testIamPermissions"):
        return iam(c)
    if c.verb:
        f = tables.VERBS.get((svc, c.verb))
        if not f:
            raise missing("no route %s %s" % (method, path))
        return f(c)
    if method == "POST" or (method == "PUT" and svc in tables.PUT_CREATES):
        return create(c)
    if method == "GET":
        return get(c)
    if method in ("PATCH", "PUT"):
        return patch(c)
    if method == "DELETE":
        return delete(c)
    raise missing("no route %s %s" % (method, path))


def iam(c):
    if c.verb == "testIamPermissions":
        return {"permissions": (c.body or {}).get("permissions", [])}
    if c.svc not in tables.IAM_ANYWHERE and c.key not in STORE:
        raise missing(not_found(c))
    if c.verb == "getIamPolicy":
        return policy.get(c.key)
    return policy.put(c.key, c.body, masked=c.svc == "cloudresourcemanager")


def public(c, r):
    """The resource as the API shows it: names carry the project number where the service does so."""
    r = {k: v for k, v in r.items() if not k.startswith("_")}
    if isinstance(r.get("name"), str) and (c.svc, c.coll) in tables.NUMBERED:
        r["name"] = by_number(r["name"])
    return r


def target(c):
    """Set parent, collection and id of a path that names a resource."""
    seg = c.path.split("/")
    c.id, c.coll, c.parent = seg[-1], seg[-2] if len(seg) > 1 else "", "/".join(seg[:-2])


def done(c, r, letter, resource=None):
    ops = tables.LRO.get((c.svc, c.coll), tables.LRO.get((c.svc, "*"), ""))
    if letter not in ops:
        return resource if resource is not None else {}
    parent = "/".join(c.path.split("/")[:4]) if c.project else ""
    meta = {"target": c.path, "verb": {"c": "create", "u": "update", "d": "delete"}[letter], "apiVersion": c.ver}
    error = r.pop("_error", None) if r else None
    return lro(parent, resource, error=error, meta=meta)


def create(c):
    body = prune(c.body or {})
    if c.method == "PUT":
        target(c)
    else:
        c.parent, c.coll = (c.path.rsplit("/", 1) + [""])[:2] if "/" in c.path else ("", c.path)
        ids = [
            v[0]
            for k, v in c.q.items()
            if k.lower().replace("_", "").endswith("id") and k.lower() not in ("requestid", "request_id")
        ]
        ids += [last(body["name"])] if body.get("name") else []
        c.id = ids[0] if ids else tables.server_id(c, body)
        c.path += "/" + c.id
    up = c.parent.split("/")
    if len(up) > 1 and up[-2] not in tables.CONTAINERS and c.svc + ":" + c.parent not in STORE:
        raise missing("%s not found." % c.parent)
    rx = tables.ID_RX.get((c.svc, c.coll), tables.ID_RX.get((c.svc, "*")))
    if rx:
        check.name(c.id, rx, field=c.coll + "_id")
    old = STORE.get(c.key)
    if old:
        raise exists(already(c))
    r = fill(body, createTime=now(), updateTime=now()) if (c.svc, c.coll) not in tables.NO_TIMES else body
    r["name"] = c.path if (c.svc, c.coll) not in tables.SHORT_NAME else c.id
    f = tables.DEFAULTS.get((c.svc, c.coll))
    if f:
        f(c, r, None)
    if c.svc in tables.ETAGS:
        r["etag"] = etag(r)
    if c.arg("validateOnly") == "true":
        return done(c, r, "c", public(c, r))
    error = r.get("_error")
    if not error:
        STORE[c.key] = r
    return done(c, r, "c", public(c, r))


def get(c):
    seg = c.path.split("/")
    if c.key in STORE:
        target(c)
        return public(c, STORE[c.key])
    if len(seg) % 2 == 1:
        c.coll = seg[-1]
        items = [public(c, x) for x in children(c.key)]
        return {tables.LIST_KEY.get((c.svc, c.coll), c.coll): items} if items else {}
    raise missing(not_found(c))


def patch(c):
    if c.key not in STORE:
        if c.arg("allowMissing") == "true" or c.path.split("/")[-2] in tables.UPSERT:
            c.method, c.path, c.q = "POST", c.path.rsplit("/", 1)[0], dict(c.q, id=[last(c.path)])
            return create(c)
        raise missing(not_found(c))
    target(c)
    r, body = STORE[c.key], c.body or {}
    wrap = tables.WRAPPED.get((c.svc, c.coll))
    if wrap:
        body = dict(body.get(wrap, {}), updateMask=body.get("updateMask"))
    mask = c.arg("updateMask") or body.pop("updateMask", None)
    if body.get("etag") and r.get("etag") and not same_tag(body["etag"], r["etag"]) and c.svc in tables.ETAGS:
        raise ApiError(409, "ABORTED", "etag mismatch", reason="aborted")
    keep = {k: r[k] for k in ("name", "createTime", "uid") if k in r}
    before = copy(r)
    body = prune({k: v for k, v in body.items() if k not in ("etag",)})
    if c.method == "PUT" and not mask:
        r.clear()
        r.update(body)
    else:
        update(r, body, mask)
    r.update(keep)
    if "updateTime" in before:
        r["updateTime"] = now()
    f = tables.DEFAULTS.get((c.svc, c.coll))
    if f:
        f(c, r, before)
    if c.svc in tables.ETAGS:
        r["etag"] = etag({k: v for k, v in r.items() if k not in ("etag", "updateTime")})
    return done(c, r, "u", public(c, r))


def delete(c):
    if c.key not in STORE:
        raise missing(not_found(c))
    target(c)
    r = STORE[c.key]
    f = tables.ON_DELETE.get((c.svc, c.coll))
    if f and f(c, r):
        return done(c, r, "d", public(c, r))  # soft-deleted
    drop(c.key)
    return done(c, None, "d")
