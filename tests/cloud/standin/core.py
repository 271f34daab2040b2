"""Store, errors, operations and helpers shared by every service."""

import base64
import hashlib
import json
import re
import threading
import time
import uuid

lock = threading.RLock()
STORE = {}  # "service:path" -> resource; paths carry project ids, never numbers
POLICY = {}  # "service:path" -> IAM policy
OPS = {}  # operation name -> operation
STRICT = set()  # extra checks: 'apis' (API enabled), 'agents' (service agent exists), 'cmek' (key grant), 'images'
NUMBERS = {}  # project id -> number

REASON = {
    400: "invalid",
    403: "forbidden",
    404: "notFound",
    409: "alreadyExists",
    412: "conditionNotMet",
    429: "rateLimitExceeded",
}
RPC = {3: 400, 5: 404, 6: 409, 7: 403, 9: 400}


class ApiError(Exception):
    """An API error. reason overrides errors[].reason; details go into error.details."""

    def __init__(self, code, status, msg, reason=None, details=None):
        super().__init__(msg)
        self.code, self.status, self.msg = code, status, msg
        self.reason, self.details = reason or REASON.get(code, "backendError"), details

    def body(self):
        e = {
            "code": self.code,
            "message": self.msg,
            "status": self.status,
            "errors": [{"message": self.msg, "domain": "global", "reason": self.reason}],
        }
        if self.details:
            e["details"] = self.details
        return {"error": e}


def bad(msg, **kw):
    return ApiError(400, "INVALID_ARGUMENT", msg, **kw)


def missing(msg):
    return ApiError(404, "NOT_FOUND", msg)


def exists(msg):
    return ApiError(409, "ALREADY_EXISTS", msg)


def precondition(msg):
    return ApiError(400, "FAILED_PRECONDITION", msg, reason="failedPrecondition")


def now(offset=0):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(time.time() + offset))


def digits(s, n=18):
    return str(int(hashlib.sha1(s.encode()).hexdigest(), 16))[:n]


def uid(s):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, s))


def etag(o):
    return base64.b64encode(hashlib.sha1(json.dumps(o, sort_keys=True).encode()).digest()[:9]).decode()


def same_tag(a, b):
    return a.replace("-", "+").replace("_", "/").rstrip("=") == b.replace("-", "+").replace("_", "/").rstrip(
        "="
    )  # clients may re-encode bytes url-safe


def last(path):
    return path.rsplit("/", 1)[-1]


def copy(o):
    return json.loads(json.dumps(o))


def number(project):
    """The project's number: the same one for the same id, in every run."""
    return NUMBERS.setdefault(project, "1" + digits(project, 11))


def canon(s):
    """projects/<number>/… and locations of a project -> the form with the project id."""

    def f(m):
        for pid, n in NUMBERS.items():
            if n == m.group(1):
                return "projects/" + pid
        return m.group(0)

    return re.sub(r"projects/(\d+)", f, s)


def by_number(s):
    return re.sub(r"^projects/([^/]+)", lambda m: "projects/" + (m.group(1) if m.group(1).isdigit() else number(m.group(1))), s)


def merge(dst, src):
    for k, v in src.items():
        if isinstance(v, dict) and isinstance(dst.get(k), dict):
            merge(dst[k], v)
        elif v is None:
            dst.pop(k, None)
        else:
            dst[k] = v
    return dst


def fill(o, **defaults):
    """Server-set defaults: only where the client sent nothing."""
    for k, v in defaults.items():
        if o.get(k) is None:
            o[k] = v
    return o


PRESENT = {
    "maxRetries",
    "replicaCount",
    "manualInstanceCount",
    "sampleRate",
}  # fields whose zero is not the same as 'not set'


def _zero(k, v):
    if isinstance(v, dict):
        return v == {} and k in ("labels", "annotations", "userLabels")
    if isinstance(v, str):
        return v == "" or re.fullmatch(r"[A-Z][A-Z_]*_UNSPECIFIED", v)
    return v is None or v is False or v == [] or (v == 0 and k not in PRESENT)


def prune(o):
    """proto3 JSON leaves zero values out; empty messages stay, they mean 'set'."""
    if isinstance(o, dict):
        return {k: prune(v) for k, v in o.items() if not _zero(k, v)}
    return [prune(v) for v in o] if isinstance(o, list) else o


def camel(s):
    return re.sub(r"_([a-z])", lambda m: m.group(1).upper(), s)


def update(dst, body, mask):
    """Field-mask update: a path in the mask that the body lacks is cleared. No mask, or '*': what the body carries."""
    if not mask or mask == "*":
        for k, v in body.items():
            dst[k] = v
        return dst
    for p in mask.split(","):
        parts = [x.strip("`") for x in (camel(p.strip()).split(".") if "`" not in p else [p])]
        d, s = dst, body
        for x in parts[:-1]:
            s = s.get(x) if isinstance(s, dict) else None
            if not isinstance(d.get(x), dict):
                d[x] = {}
            d = d[x]
        v = s.get(parts[-1]) if isinstance(s, dict) else None
        if v is None:
            d.pop(parts[-1], None)
        else:
            d[parts[-1]] = v
    return dst


def lro(parent, resource=None, error=None, meta=None, name=None):
    """A google.longrunning operation that is already done."""
    name = name or ("%s/operations/" % parent if parent else "operations/") + "op-" + uuid.uuid4().hex[:12]
    op = {
        "name": name,
        "done": True,
        "metadata": dict(
            {
                "@type": "type.googleapis.com/google.cloud.common.OperationMetadata",
                "createTime": now(),
                "endTime": now(),
            },
            **(meta or {})
        ),
    }
    if error:
        op["error"] = {"code": error[0], "message": error[1]}
    else:
        op["response"] = dict({"@type": "type.googleapis.com/google.protobuf.Empty"}, **copy(resource or {}))
    OPS[name] = op
    return op


def children(key):
    """Stored resources directly below 'svc:parent/collection'; a '-' in the path matches any segment."""
    rx = re.compile(re.escape(key).replace(r"/\-/", "/[^/]+/") + r"/[^/]+$")
    return [v for k, v in STORE.items() if rx.match(k)]


def drop(key):
    """Delete a resource with everything below it and its policies."""
    STORE.pop(key, None)
    for d in (STORE, POLICY):
        for k in [k for k in d if k == key or k.startswith(key + "/")]:
            del d[k]


def store():
    """Everything, as JSON can carry it."""
    return {"store": STORE, "policies": POLICY, "operations": OPS, "numbers": NUMBERS}


def restore(saved):
    """What `store` gave, changed or not."""
    saved = copy(saved)
    for part, name in ((STORE, "store"), (POLICY, "policies"), (OPS, "operations"), (NUMBERS, "numbers")):
        part.clear()
        part.update(saved[name])


def export():
    """The resources and policies as people see them."""
    live = {k: {x: y for x, y in v.items() if not x.startswith("_")} for k, v in STORE.items()}
    return {
        "resources": dict(sorted(live.items())),
        "policies": dict(sorted((k, v) for k, v in POLICY.items() if v.get("bindings") or v.get("auditConfigs"))),
    }


def not_found(c):
    if c.svc == "iam" and "serviceAccounts" in c.path:
        return "Unknown service account"
    if c.svc == "secretmanager":
        return "Secret%s [%s] not found." % (" Version" if "/versions/" in c.path else "", by_number(c.path))
    if c.svc == "pubsub":
        return "Resource not found (resource=%s)." % last(c.path)
    return "Resource '%s' was not found" % c.path


def already(c):
    if c.svc == "secretmanager":
        return "Secret [%s] already exists." % by_number(c.path)
    return "Resource '%s' already exists" % c.path
