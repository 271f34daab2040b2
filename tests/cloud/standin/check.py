"""Input checks that the real APIs make and that cost little here."""

import ipaddress
import re

from . import policy
from .core import STORE, STRICT, ApiError, bad, missing, number

REGIONS = set(
    """africa-south1 asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2 asia-southeast1
asia-southeast2 asia-southeast3 australia-southeast1 australia-southeast2 europe-central2 europe-north1 europe-north2 europe-southwest1 europe-west1 europe-west10
europe-west12 europe-west2 europe-west3 europe-west4 europe-west6 europe-west8 europe-west9 me-central1 me-central2 me-west1
northamerica-northeast1 northamerica-northeast2 northamerica-south1 southamerica-east1 southamerica-west1 us-central1 us-east1 us-east4
us-east5 us-south1 us-west1 us-west2 us-west3 us-west4""".split()
)
APIS = set(
    """accessapproval accesscontextmanager aiplatform apikeys appengine artifactregistry autoscaling bigquery bigquerystorage binaryauthorization certificatemanager cloudapis
cloudasset cloudbilling cloudbuild clouddeploy cloudfunctions cloudidentity cloudkms cloudquotas cloudresourcemanager cloudscheduler cloudtasks cloudtrace
compute container containeranalysis containerscanning datastore dns domains essentialcontacts eventarc eventarcpublishing file firebase firestore iam iamcredentials iap
identitytoolkit logging memorystore monitoring networkconnectivity networkmanagement networksecurity networkservices orgpolicy oslogin pubsub
recaptchaenterprise redis run secretmanager securitycenter servicecontrol servicedirectory servicemanagement servicenetworking serviceusage spanner
sql-component sqladmin storage storage-api storage-component sts telemetry vpcaccess websecurityscanner workflowexecutions workflows workstations""".split()
)
ALWAYS_ON = {
    "serviceusage",
    "cloudbilling",
    "openidconnect",
    "oauth2",
    "storage",
    "servicemanagement",
    "iamcredentials",
}


def name(n, rx=r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", field="resource.name"):
    if not isinstance(n, str) or not re.fullmatch(rx, n):
        raise bad("Invalid value for field '%s': '%s'. Must be a match of regex '%s'" % (field, n, rx))


def location(path):
    m = re.search(r"/(locations|regions)/([^/:]+)", path)
    if m and m.group(2) not in REGIONS and m.group(2) not in ("-", "global", "us", "eu", "asia", "europe"):
        if m.group(1) == "regions":
            raise missing("The resource '%s' was not found" % path[: m.end()].lstrip("/"))
        raise ApiError(403, "PERMISSION_DENIED", "Location %s is not found or access is unauthorized." % m.group(2))


def cidr(c, field="resource.ipCidrRange", v6=False):
    """A canonical range: no host bits."""
    try:
        return ipaddress.ip_network(c)
    except ValueError:
        pass
    raise bad("Invalid value for field '%s': '%s'. Must be a valid CIDR range in canonical form." % (field, c))


def api(svc, project):
    """STRICT 'apis': the API must have been enabled in the project."""
    # An account is looked up by its address in whichever project it lies.
    if "apis" not in STRICT or svc in ALWAYS_ON or project in (None, "", "-"):
        return
    host = {"sql": "sqladmin"}.get(svc, svc) + ".googleapis.com"
    if STORE.get("serviceusage:projects/%s/services/%s" % (project, host), {}).get("state") == "ENABLED":
        return
    msg = "%s has not been used in project %s before or it is disabled. Enable it by visiting the console then retry." % (
        host,
        number(project),
    )
    raise ApiError(
        403,
        "PERMISSION_DENIED",
        msg,
        reason="accessNotConfigured",
        details=[
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "SERVICE_DISABLED",
                "domain": "googleapis.com",
                "metadata": {"service": host, "consumer": "projects/" + number(project)},
            }
        ],
    )


def cmek(key, agent, project):
    """The key exists; STRICT 'cmek': the product's service agent may use it."""
    if not key:
        return
    key = key.split("/cryptoKeyVersions/")[0]
    if "cloudkms:" + key not in STORE:
        if "projects/%s/" % project in key:
            raise bad("Cloud KMS key %s was not found." % key)
        return
    member = "serviceAccount:service-%s@%s.iam.gserviceaccount.com" % (number(project), agent)
    if "cmek" in STRICT and not policy.has_role(
        project,
        member,
        "roles/cloudkms.cryptoKeyEncrypterDecrypter",
        "cloudkms:" + key,
        "cloudkms:" + key.rsplit("/", 2)[0],
    ):
        raise ApiError(
            403,
            "PERMISSION_DENIED",
            "Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied on resource '%s' for %s (or it may not exist)."
            % (key, member),
        )


def peering(network):
    """Has the network a private services connection?"""
    n = STORE.get("compute:" + network)
    return bool(n) and any(p["name"].startswith("servicenetworking") for p in n.get("peerings", []))


# ---- Cloud Armor expressions
FUNCS = set(
    """evaluatePreconfiguredWaf evaluatePreconfiguredExpr evaluateThreatIntelligence evaluateAdaptiveProtectionAutoDeploy evaluateAddressGroup
evaluateOrganizationAddressGroup inIpRange has matches contains startsWith endsWith lower upper int size base64Decode urlDecode urlDecodeUni utf8ToUnicode""".split()
)
SETS = "|".join(
    "sqli xss lfi rfi rce methodenforcement scannerdetection protocolattack php sessionfixation java generic nodejs".split()
)
SET = re.compile(r"^((%s)-v422|(%s)-v33|(%s))-(stable|canary)$|^(cve-canary|json-sqli-canary)$" % (SETS, SETS, SETS))
ATTRS = re.compile(
    r"\b(?:origin\.(?!(?:ip|user_ip|region_code|asn|tls_ja3_fingerprint|tls_ja4_fingerprint)\b)\w+|request\.(?!(?:headers|method|path|scheme|query|auth)\b)\w+)"
)


def armor_rule(r):
    def fail(why):
        raise bad("Invalid value for field 'resource.match.expr': '%s'. Error: %s" % (expr, why))

    expr = ((r.get("match") or {}).get("expr") or {}).get("expression")
    if expr is not None:
        bare = re.sub(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", "''", expr)
        if len(expr) > 2048:
            fail("the expression is longer than 2048 characters")
        if bare.count("(") != bare.count(")") or bare.count("{") != bare.count("}") or expr.count("'") % 2:
            fail("syntax error: unbalanced brackets or quotes")
        for f in re.findall(r"(\w+)\s*\(", bare):
            if f not in FUNCS and f not in ("in",):
                fail("undeclared reference to '%s' (in container '')" % f)
        m = ATTRS.search(bare)
        if m:
            fail("undefined field '%s'" % m.group(0))
        if len(re.findall(r"&&|\|\|", bare)) > 4:
            fail("the expression has more than 5 sub-expressions")
        for s in re.findall(r"evaluatePreconfigured(?:Waf|Expr)\(\s*['\"]([^'\"]*)", expr):
            if not SET.match(s):
                fail("preconfigured expression set '%s' does not exist" % s)
        for s in re.findall(r"'sensitivity'\s*:\s*(-?\d+)", expr):
            if not 0 <= int(s) <= 4:
                fail("sensitivity must be between 0 and 4")
    elif not (r.get("match") or {}).get("config", {}).get("srcIpRanges") and not r.get("networkMatch"):
        raise bad("Invalid value for field 'resource.match': ''. A match condition must be specified.")
    ips = (r.get("match") or {}).get("config", {}).get("srcIpRanges", [])
    if len(ips) > 10:
        raise bad("Invalid value for field 'resource.match.config.srcIpRanges': at most 10 ranges.")
    for c in ips:
        if c != "*":
            cidr(c if "/" in c else c + ("/128" if ":" in c else "/32"), "resource.match.config.srcIpRanges")
    p = r.get("priority", 0)
    if not 0 <= int(p) <= 2147483647:
        raise bad("Invalid value for field 'resource.priority': '%s'." % p)
    a = r.get("action", "")
    if not re.fullmatch(r"allow|deny\((403|404|502)\)|redirect|throttle|rate_based_ban", a):
        raise bad("Invalid value for field 'resource.action': '%s'." % a)
    o = r.get("rateLimitOptions")
    if bool(o) != (a in ("throttle", "rate_based_ban")):
        raise bad(
            "Invalid value for field 'resource.rateLimitOptions': rate limit options go with throttle and rate_based_ban only."
        )
    if o:
        if o.get("conformAction") != "allow" or not re.fullmatch(
            r"deny\((403|404|429|502)\)|redirect", o.get("exceedAction", "")
        ):
            raise bad("Invalid value for field 'resource.rateLimitOptions.exceedAction': '%s'." % o.get("exceedAction"))
        t = o.get("rateLimitThreshold") or {}
        if int(t.get("intervalSec", 0)) not in (10, 30, 60, 120, 180, 240, 300, 600, 900, 1200, 1800, 2700, 3600):
            raise bad(
                "Invalid value for field 'resource.rateLimitOptions.rateLimitThreshold.intervalSec': '%s'." % t.get("intervalSec")
            )
        if not 1 <= int(t.get("count", 0)) <= (10000 if a == "rate_based_ban" else 1000000):
            raise bad("Invalid value for field 'resource.rateLimitOptions.rateLimitThreshold.count': '%s'." % t.get("count"))
        if (a == "rate_based_ban") != bool(o.get("banDurationSec")):
            raise bad("Invalid value for field 'resource.rateLimitOptions.banDurationSec': goes with rate_based_ban only.")
    if len(r.get("description", "")) > 64:
        raise bad("Invalid value for field 'resource.description': at most 64 characters.")


def armor_policy(p):
    seen = set()
    for r in p.get("rules", []):
        armor_rule(r)
        if r.get("priority", 0) in seen:
            raise bad("Invalid value for field 'resource.rules': Cannot have rules with the same priorities.")
        seen.add(r.get("priority", 0))
