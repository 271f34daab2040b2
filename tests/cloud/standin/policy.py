"""IAM policies of any resource."""

import re

from .core import NUMBERS, POLICY, STORE, STRICT, ApiError, bad, canon, etag, same_tag

EMAIL = r"[^@\s:]+@[^@\s:]+\.[^@\s:]+"
ROLE = re.compile(r"^(roles/[A-Za-z0-9_.]+|(projects|organizations)/[^/]+/roles/[A-Za-z0-9_.]+)$")
# service agents that exist only once their API is enabled or the identity was created: domain -> API
AGENT = {
    "serverless-robot-prod": "run",
    "gcp-sa-iap": "iap",
    "gcp-sa-pubsub": "pubsub",
    "gcp-sa-cloud-sql": "sqladmin",
    "gcp-sa-secretmanager": "secretmanager",
    "cloud-redis": "redis",
    "gcp-sa-firestore": "firestore",
    "gcp-sa-memorystore": "memorystore",
    "gcp-sa-artifactregistry": "artifactregistry",
    "gcp-sa-binaryauthorization": "binaryauthorization",
    "gcp-sa-eventarc": "eventarc",
    "gcp-sa-logging": "logging",
    "gs-project-accounts": "storage",
    "gcp-sa-cloudscheduler": "cloudscheduler",
    "gcp-sa-cloudtasks": "cloudtasks",
    "gcp-sa-workflows": "workflows",
    "gcp-sa-monitoring-notification": "monitoring",
}
# agents that enabling the API does not create (it takes `services identity create`, a look-up, or first use)
LAZY = {"gs-project-accounts", "gcp-sa-logging", "gcp-sa-iap", "gcp-sa-cloud-sql", "gcp-sa-secretmanager", "cloud-redis", "gcp-sa-firestore", "gcp-sa-memorystore"}


def _content(p):
    return {k: v for k, v in p.items() if k != "etag"}


def get(key):
    p = POLICY.get(key) or {"version": 1, "bindings": []}
    return dict(_content(p), etag=etag(_content(p)))


def agent_exists(email):
    m = re.match(r"service-(\d+)@([a-z0-9-]+)\.iam\.gserviceaccount\.com$", email)
    if not m or m.group(2) not in AGENT:
        return True
    pid = next((p for p, n in NUMBERS.items() if n == m.group(1)), None)
    if not pid:
        return False
    if "agents" not in STRICT:
        return True
    api = AGENT[m.group(2)] + ".googleapis.com"
    svc = STORE.get("serviceusage:projects/%s/services/%s" % (pid, api), {})
    return bool(svc.get("_identity")) or (m.group(2) not in LAZY and svc.get("state") == "ENABLED")


def check_member(m, project, on_project):
    if m in ("allUsers", "allAuthenticatedUsers"):
        if on_project:
            raise bad("Project does not support %s as a member in a Binding of a Policy." % m)
        return
    if re.match(r"deleted:(user|group|serviceAccount|principal|principalSet):", m):
        return
    kind, _, rest = m.partition(":")
    if (
        kind
        not in (
            "user",
            "group",
            "serviceAccount",
            "domain",
            "principal",
            "principalSet",
            "projectOwner",
            "projectEditor",
            "projectViewer",
        )
        or not rest
    ):
        raise bad("The member %s is of an unknown type. Please set a valid type prefix for the member." % m)
    if kind in ("user", "group", "serviceAccount") and not re.fullmatch(EMAIL, rest.split("[")[0]):
        raise bad("Invalid argument: member %s is not an e-mail address." % m)
    if kind in ("principal", "principalSet"):
        w = re.match(
            r"//iam\.googleapis\.com/projects/([^/]+)/locations/global/workloadIdentityPools/([^/]+)/(subject|group|attribute\.[^/]+|\*)",
            rest,
        )
        if not rest.startswith("//") or ("workloadIdentityPools" in rest and not w):
            raise bad("Invalid principal set or principal: %s" % m)
        if w:
            if not w.group(1).isdigit():
                raise bad("Invalid principal: %s: the project must be given by number." % m)
            pid = canon("projects/" + w.group(1))
            pool = STORE.get("iam:%s/locations/global/workloadIdentityPools/%s" % (pid, w.group(2)))
            if not pid.split("/")[1].isdigit() and (not pool or pool.get("state") == "DELETED"):
                raise bad(
                    "Identity Pool does not exist (projects/%s/locations/global/workloadIdentityPools/%s). Please check that you specified a valid resource name as returned in the `name` attribute in the configuration API."
                    % w.group(1, 2)
                )
    if kind == "serviceAccount":
        sa = re.match(r"[^@]+@([^.@]+)\.iam\.gserviceaccount\.com$", rest)
        gone = sa and sa.group(1) == project and "iam:projects/%s/serviceAccounts/%s" % (project, rest) not in STORE
        if gone or not agent_exists(rest):
            raise bad("Service account %s does not exist." % rest)


def put(key, body, masked=False):
    """setIamPolicy. masked: the method has an updateMask and, without it, leaves auditConfigs alone."""
    want, cur = body.get("policy") or {}, get(key)
    if want.get("etag") and not same_tag(want["etag"], cur["etag"]):
        raise ApiError(
            409,
            "ABORTED",
            "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.",
            reason="aborted",
        )
    m = re.search(r"projects/([^/]+)", key)
    project = m.group(1) if m else None
    out = {}
    for b in want.get("bindings") or []:
        if not ROLE.match(b.get("role", "")):
            raise bad("Role (%s) does not exist in the resource's hierarchy." % b.get("role"))
        if b.get("condition") and want.get("version") != 3:
            raise bad("Policy with conditions must have version 3.")
        for x in b.get("members") or []:
            check_member(x, project, key.startswith("cloudresourcemanager:"))
        c = b.get("condition") or None
        slot = out.setdefault((b["role"], str(sorted((c or {}).items()))), {"role": b["role"], "members": []})
        slot["members"] = sorted(set(slot["members"]) | set(b.get("members") or []))
        if c:
            slot["condition"] = c
    p = {"version": want.get("version") or 1, "bindings": [v for _, v in sorted(out.items()) if v["members"]]}
    if not any(b.get("condition") for b in p["bindings"]) and p["version"] == 3:
        p["version"] = 1
    mask = body.get("updateMask") or ""
    audit = want.get("auditConfigs") if (not masked or "auditConfigs" in mask) else cur.get("auditConfigs")
    if audit:
        p["auditConfigs"] = audit
    POLICY[key] = p
    return get(key)


def has_role(project, member, role, *keys):
    """Does the member hold the role on the project or on one of the resources? Conditions count as held."""
    for k in ("cloudresourcemanager:projects/" + project,) + keys:
        for b in (POLICY.get(k) or {}).get("bindings", []):
            if b["role"] in (role, "roles/owner") and ({member, "allUsers", "allAuthenticatedUsers"} & set(b["members"])):
                return True
    return False


def forget(email):
    """Deleting a service account leaves deleted: members behind."""
    for p in POLICY.values():
        for b in p.get("bindings", []):
            b["members"] = sorted(
                ("deleted:serviceAccount:%s?uid=%s" % (email, 1) if x == "serviceAccount:" + email else x) for x in b["members"]
            )
