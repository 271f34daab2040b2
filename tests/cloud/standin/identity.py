"""Service accounts, identity pools, and who passes Identity-Aware Proxy."""

import re

from . import check, policy
from .core import (
    STORE,
    bad,
    digits,
    exists,
    fill,
    last,
    lro,
    missing,
    not_found,
    now,
    prune,
    update,
)


def wif_pool(c, r, old):
    fill(r, state="ACTIVE")


def wif_provider(c, r, old):
    fill(r, state="ACTIVE")
    m = r.get("attributeMapping") or {}
    if "google.subject" not in m:
        raise bad("The attribute mapping must define google.subject.")
    for k in m:
        if not re.fullmatch(r"google\.(subject|groups)|attribute\.[a-z0-9_]{1,100}", k):
            raise bad("Attribute mapping target %s is not valid." % k)
    if "token.actions.githubusercontent.com" in r.get("oidc", {}).get("issuerUri", "") and "assertion." not in r.get("attributeCondition", ""):
        raise bad("The attribute condition must reference one of the provider's claims.")
    if "oidc" in r and not r["oidc"].get("issuerUri", "").startswith("https://"):
        raise bad("The issuer URI must start with https://.")


def soft(c, r):
    r.update(state="DELETED", expireTime=now(2592000))
    return True


def undelete(c):
    STORE[c.key].update(state="ACTIVE")
    return lro("/".join(c.path.split("/")[:4]), STORE[c.key])


def toggle_sa(c):
    if c.key not in STORE:
        raise missing(not_found(c))
    STORE[c.key]["disabled"] = c.verb == "disable"
    return {}


def service_accounts(c, proj, email):
    if email is None:
        if c.method != "POST":
            return None
        a = c.body["accountId"]
        check.name(a, r"[a-z]([-a-z0-9]{4,28}[a-z0-9])", "account_id")
        em = "%s@%s.iam.gserviceaccount.com" % (a, proj)
        k = "%s/%s" % (c.key, em)
        if k in STORE:
            raise exists("Service account %s already exists within project projects/%s." % (a, proj))
        STORE[k] = dict(
            prune(c.body.get("serviceAccount", {})),
            name=k[4:],
            email=em,
            projectId=proj,
            uniqueId="1" + digits(k, 20),
            oauth2ClientId="1" + digits(k, 20),
            etag="MDEwMjE5MjA=",
        )
        return STORE[k]
    if proj == "-" or "@" not in email:  # look-up by e-mail in any project, or by unique id
        for k, v in STORE.items():
            if re.match(r"iam:projects/[^/]+/serviceAccounts/[^/]+$", k) and email in (v["email"], v["uniqueId"]):
                c.path, c.project = k[4:], v["projectId"]
    if c.method == "PATCH" and c.key in STORE:
        update(STORE[c.key], prune(c.body.get("serviceAccount", {})), c.body.get("updateMask"))
        return STORE[c.key]
    if c.method == "DELETE" and c.key in STORE:
        policy.forget(last(c.path))
    return None


def iap_web(c, proj, kind, name):
    if c.verb == "testIamPermissions" or c.method == "GET" and not c.verb:
        return {"permissions": []}
    ok = (
        "compute:projects/%s/global/backendServices/%s" % (proj, name) in STORE
        if kind == "compute"
        else (
            "run:projects/%s/locations/%s/services/%s" % (proj, kind.replace("cloud_run-", ""), name) in STORE
            if kind.startswith("cloud_run-")
            else True
        )
    )
    if not ok:
        raise missing("Requested entity was not found.")
    return policy.get(c.key) if c.verb == "getIamPolicy" else policy.put(c.key, c.body)
