"""Compute Engine: what the service adds to each kind of resource, and what it refuses."""

import json
import re

from . import check
from .core import STORE, bad, canon, digits, fill, now, uid
from .networks import REF, ROOT, address, inside, network_of, overlap, proxies

LABELLED = {"addresses", "forwardingRules", "securityPolicies"}
FINGERPRINT = {
    "networks",
    "subnetworks",
    "backendServices",
    "urlMaps",
    "targetHttpsProxies",
    "targetHttpProxies",
    "sslPolicies",
    "securityPolicies",
    "forwardingRules",
}


def backend_service(r):
    fill(
        r,
        protocol="HTTP",
        timeoutSec=30,
        sessionAffinity="NONE",
        affinityCookieTtlSec=0,
        loadBalancingScheme="EXTERNAL",
        portName="http",
        port=80,
        enableCDN=False,
        connectionDraining={"drainingTimeoutSec": 0},
    )
    neg = False
    for b in r.get("backends") or []:
        fill(b, balancingMode="UTILIZATION", capacityScaler=1.0)
        g = STORE.get("compute:" + b["group"][len(ROOT) :], {})
        neg = neg or g.get("networkEndpointType") == "SERVERLESS"
    if neg and r.get("healthChecks"):
        raise bad(
            "Invalid value for field 'resource.healthChecks': a backend service with serverless backends has no health checks."
        )
    l = r.get("logConfig")
    if l:
        fill(l, sampleRate=1.0 if l.get("enable") else 0.0, optionalMode="EXCLUDE_ALL_OPTIONAL")
    i = r.get("iap")
    if i:
        fill(i, enabled=False)
    if not r.get("securityPolicy"):
        r.pop("securityPolicy", None)


def url_map(r, *_):
    if bool(r.get("defaultService")) == bool(r.get("defaultUrlRedirect")) and not r.get("defaultRouteAction"):
        raise bad(
            "Invalid value for field 'resource.defaultService': exactly one of defaultService and defaultUrlRedirect must be set."
        )
    names = [p["name"] for p in r.get("pathMatchers") or []]
    hosts = [h for x in r.get("hostRules") or [] for h in x["hosts"]]
    if len(set(hosts)) != len(hosts):
        raise bad("Invalid value for field 'resource.hostRules': a host occurs in more than one host rule.")
    for h in r.get("hostRules") or []:
        if h["pathMatcher"] not in names:
            raise bad(
                "Invalid value for field 'resource.hostRules[0].pathMatcher': '%s'. Path matcher does not exist."
                % h["pathMatcher"]
            )
    used = {h["pathMatcher"] for h in r.get("hostRules") or []}
    for p in r.get("pathMatchers") or []:
        if p["name"] not in used:
            raise bad("Invalid value for field 'resource.pathMatchers': '%s' is not used by a host rule." % p["name"])
        if not (p.get("defaultService") or p.get("defaultUrlRedirect") or p.get("defaultRouteAction")):
            raise bad("Invalid value for field 'resource.pathMatchers[0].defaultService': a default is required.")
        paths = [x for y in p.get("pathRules") or [] for x in y["paths"]]
        for x in paths:
            if not x.startswith("/") or ("*" in x and not x.endswith("/*")):
                raise bad(
                    "Invalid value for field 'resource.pathMatchers[0].pathRules[0].paths': '%s'. Paths start with / and * stands only after the last /."
                    % x
                )
        if len(set(paths)) != len(paths):
            raise bad("Invalid value for field 'resource.pathMatchers[0].pathRules': duplicate path.")
    for o in [r] + (r.get("pathMatchers") or []):
        d = o.get("defaultUrlRedirect")
        if d:
            fill(d, redirectResponseCode="MOVED_PERMANENTLY_DEFAULT", httpsRedirect=False, stripQuery=False)
    for t in r.get("tests") or []:
        if t.get("service"):
            t["service"] = ROOT + canon(REF.match(t["service"]).group(1)) if REF.match(t["service"]) else t["service"]


def defaults(coll, r, key, scope, proj, old):
    """What the service sets, and the checks that belong to one kind of resource."""
    if coll == "networks":
        fill(
            r,
            autoCreateSubnetworks=False,
            mtu=1460,
            routingConfig={},
            networkFirewallPolicyEnforcementOrder="AFTER_CLASSIC_FIREWALL",
        )
        fill(r["routingConfig"], routingMode="REGIONAL", bgpBestPathSelectionMode="LEGACY")
    elif coll == "subnetworks":
        rng = check.cidr(r["ipCidrRange"])
        if rng.prefixlen > 29:
            raise bad("Invalid value for field 'resource.ipCidrRange': '%s'. The range is too small." % rng)
        o = overlap(r["network"], rng, key)
        if o:
            raise bad("Invalid IPCidrRange: %s conflicts with existing %s '%s' (%s)." % ((rng,) + o))
        fill(
            r,
            gatewayAddress=str(rng[1]),
            purpose="PRIVATE",
            stackType="IPV4_ONLY",
            privateIpGoogleAccess=False,
            privateIpv6GoogleAccess="DISABLE_GOOGLE_ACCESS",
        )
        if r["purpose"] == "REGIONAL_MANAGED_PROXY":
            if rng.prefixlen > 26 or not r.get("role"):
                raise bad("Invalid value for field 'resource.ipCidrRange': '%s'. Proxies take a /26 or more, and a role." % rng)
            if r.get("logConfig") or r.get("enableFlowLogs") or r["privateIpGoogleAccess"]:
                raise bad("Invalid value for field 'resource.purpose': proxies have neither flow logs nor Private Google Access.")
            other = proxies(r["network"], r["region"])
            if r["role"] == "ACTIVE" and other and other["selfLink"] != r["selfLink"]:
                raise bad("Invalid value for field 'resource.role': 'ACTIVE'. %s is active already." % other["name"])
        l = r.get("logConfig") or {}
        on = (
            bool(l.get("enable", r.get("enableFlowLogs", bool(l))))
            if not old
            else bool(l.get("enable", r.get("enableFlowLogs", False)))
        )
        r["logConfig"], r["enableFlowLogs"] = dict(l, enable=on), on
        if on:
            fill(
                r["logConfig"],
                aggregationInterval="INTERVAL_5_SEC",
                flowSampling=0.5,
                metadata="EXCLUDE_ALL_METADATA",
                filterExpr="true",
            )
        if not on:
            r.pop("enableFlowLogs")
    elif coll == "addresses":
        address(r, key, scope) if not old else None
    elif coll == "firewalls":
        fill(r, direction="INGRESS", priority=1000, disabled=False, logConfig={"enable": False})
        if not r.get("network"):
            raise bad("Invalid value for field 'resource.network': ''.")
        for c in (r.get("sourceRanges") or []) + (r.get("destinationRanges") or []):
            check.cidr(c, "resource.ranges")
        if bool(r.get("allowed")) == bool(r.get("denied")):
            raise bad("Invalid value for field 'resource': exactly one of allowed and denied must be given.")
        if r["direction"] == "EGRESS" and (r.get("sourceRanges") or r.get("sourceTags")):
            raise bad("Invalid value for field 'resource.sourceRanges': not valid for EGRESS.")
        if r["direction"] == "INGRESS" and not (r.get("sourceRanges") or r.get("sourceTags") or r.get("sourceServiceAccounts")):
            r["sourceRanges"] = ["0.0.0.0/0"]
        if r["direction"] == "EGRESS" and not r.get("destinationRanges"):
            r["destinationRanges"] = ["0.0.0.0/0"]
        for a in (r.get("allowed") or []) + (r.get("denied") or []):
            a["IPProtocol"] = str(a.get("IPProtocol")).lower()
            if not re.fullmatch(r"tcp|udp|icmp|esp|ah|sctp|ipip|all|\d{1,3}", a["IPProtocol"]):
                raise bad("Invalid value for field 'resource.allowed[0].IPProtocol': '%s'." % a["IPProtocol"])
            for p in a.get("ports") or []:
                if not re.fullmatch(r"\d{1,5}(-\d{1,5})?", p):
                    raise bad("Invalid value for field 'resource.allowed[0].ports[0]': '%s'." % p)
            if not a.get("ports"):
                a.pop("ports", None)
    elif coll == "routes":
        check.cidr(r.get("destRange", ""), "resource.destRange")
        fill(r, priority=1000)
        if not any(x.startswith("nextHop") for x in r):
            raise bad("Invalid value for field 'resource.nextHopGateway': a next hop is required.")
    elif coll == "routers":
        for n in r.get("nats") or []:
            fill(
                n,
                endpointTypes=["ENDPOINT_TYPE_VM"],
                type="PUBLIC",
                enableEndpointIndependentMapping=False,
                enableDynamicPortAllocation=False,
                logConfig={"enable": False, "filter": "ALL"},
                autoNetworkTier="PREMIUM",
                icmpIdleTimeoutSec=30,
                udpIdleTimeoutSec=30,
                tcpEstablishedIdleTimeoutSec=1200,
                tcpTransitoryIdleTimeoutSec=30,
                tcpTimeWaitTimeoutSec=120,
            )
            if n.get("enableDynamicPortAllocation") and n.get("enableEndpointIndependentMapping"):
                raise bad(
                    "Invalid value for field 'resource.nats[0].enableEndpointIndependentMapping': not allowed with dynamic port allocation."
                )
            if n.get("natIps") and n.get("natIpAllocateOption") != "MANUAL_ONLY":
                raise bad("Invalid value for field 'resource.nats[0].natIps': needs MANUAL_ONLY.")
            for k in ("minPortsPerVm", "maxPortsPerVm"):
                if n.get("enableDynamicPortAllocation") and n.get(k) and n[k] & (n[k] - 1):
                    raise bad("Invalid value for field 'resource.nats[0].%s': '%s'. Must be a power of two." % (k, n[k]))
            n["subnetworks"] = [fill(s, secondaryIpRangeNames=None) for s in n.get("subnetworks") or []] or None
            if n["subnetworks"] is None:
                del n["subnetworks"]
            else:
                [s.pop("secondaryIpRangeNames", None) for s in n["subnetworks"] if not s.get("secondaryIpRangeNames")]
    elif coll == "securityPolicies":
        fill(r, type="CLOUD_ARMOR", rules=[])
        check.armor_policy(r)
        if not any(x.get("priority") == 2147483647 for x in r["rules"]):
            r["rules"].append(
                {
                    "priority": 2147483647,
                    "action": "allow",
                    "description": "default rule",
                    "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}},
                }
            )
        for x in r["rules"]:
            fill(x, kind="compute#securityPolicyRule", preview=False)
        r["rules"].sort(key=lambda x: x["priority"])
        d = (r.get("adaptiveProtectionConfig") or {}).get("layer7DdosDefenseConfig")
        if d and d.get("enable"):
            fill(d, ruleVisibility="STANDARD")
        if r.get("advancedOptionsConfig"):
            fill(r["advancedOptionsConfig"], logLevel="NORMAL", jsonParsing="DISABLED")
    elif coll == "backendServices":
        backend_service(r)
    elif coll == "urlMaps":
        url_map(r)
    elif coll == "targetHttpsProxies":
        fill(r, quicOverride="NONE", tlsEarlyData="DISABLED", proxyBind=False)
        if not r.get("urlMap"):
            raise bad("Invalid value for field 'resource.urlMap': ''. A URL map is required.")
        if not (r.get("sslCertificates") or r.get("certificateMap")):
            raise bad(
                "Invalid value for field 'resource.sslCertificates': ''. At least one certificate or a certificate map is required."
            )
        m = r.get("certificateMap", "")
        if m:
            path = canon(m.split("googleapis.com/")[-1].replace("v1/", ""))
            if "certificatemanager:" + path not in STORE:
                raise bad("Invalid value for field 'resource.certificateMap': '%s'. The certificate map does not exist." % m)
            r["certificateMap"] = "//certificatemanager.googleapis.com/" + path
        where = key.rsplit("/", 2)[0].rsplit("/", 1)[-1]
        for c in r.get("sslCertificates") or []:
            if "certificatemanager.googleapis.com/" not in c:
                continue
            path = canon(re.sub("^v1/", "", c.split("googleapis.com/")[-1]))
            if "certificatemanager:" + path not in STORE or "/locations/%s/" % where not in path:
                raise bad("Invalid value for field 'resource.sslCertificates': '%s'. There is no such certificate in %s." % (c, where))
            if where == "global":
                raise bad("Invalid value for field 'resource.sslCertificates': '%s'. A global proxy takes a certificate map." % c)
        if where != "global" and (r.get("certificateMap") or r["quicOverride"] != "NONE"):
            raise bad("Invalid value for field 'resource.certificateMap': a regional proxy has neither a map nor QUIC.")
        if not r.get("sslCertificates"):
            r.pop("sslCertificates", None)
    elif coll == "targetHttpProxies":
        fill(r, proxyBind=False)
    elif coll == "sslCertificates":
        if r.get("managed"):
            r.update(type="MANAGED", subjectAlternativeNames=r["managed"].get("domains", []), expireTime=now(7776000))
            r["managed"].update(status="ACTIVE", domainStatus={d: "ACTIVE" for d in r["managed"].get("domains", [])})
    elif coll == "sslPolicies":
        fill(r, profile="COMPATIBLE", minTlsVersion="TLS_1_0")
        if r["profile"] not in ("COMPATIBLE", "MODERN", "RESTRICTED", "CUSTOM", "FIPS_202205"):
            raise bad("Invalid value for field 'resource.profile': '%s'." % r["profile"])
        r["enabledFeatures"] = (
            ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]
            if r["profile"] != "CUSTOM"
            else r.get("customFeatures", [])
        )
    elif coll == "forwardingRules" and not old:
        fill(r, loadBalancingScheme="EXTERNAL", IPProtocol="TCP", networkTier="PREMIUM")
        pr = r.get("portRange")
        if pr and "-" not in pr:
            r["portRange"] = "%s-%s" % (pr, pr)
        ip = r.get("IPAddress", "")
        for k, a in STORE.items():
            if "/addresses/" in k and k.startswith("compute:projects/%s/" % proj) and (a["selfLink"] == ip or a["address"] == ip):
                r["IPAddress"] = a["address"]
                a["status"] = "IN_USE"
                a.setdefault("users", []).append(r["selfLink"])
        if r["loadBalancingScheme"] == "INTERNAL_MANAGED":
            if not (r.get("network") and r.get("subnetwork") and r.get("region")):
                raise bad("Invalid value for field 'resource.network': ''. An internal rule lies in a network and a subnetwork.")
            if not proxies(r["network"], r["region"]):
                raise bad(
                    "Invalid value for field 'resource.target': '%s'. An active proxy-only subnetwork is required in the same region and VPC as the forwarding rule."
                    % r.get("target")
                )
            fill(r, IPAddress=inside(r["subnetwork"], key), allowGlobalAccess=False)
        if not r.get("IPAddress"):
            r["IPAddress"] = "203.0.113.%d" % (int(digits(key, 6)) % 250 + 2)
        for k, f in STORE.items():
            if (
                "/forwardingRules/" in k
                and k != key
                and (f.get("IPAddress"), f.get("portRange")) == (r["IPAddress"], r.get("portRange"))
            ):
                raise bad(
                    "Invalid value for field 'resource.IPAddress': '%s'. Specified IP address is in-use and would result in a conflict."
                    % r["IPAddress"]
                )
        t = STORE.get("compute:" + r.get("target", "")[len(ROOT) :])
        u = t and STORE.get("compute:" + t.get("urlMap", "")[len(ROOT) :])
        for s in {v for v in re.findall(r'"(https://[^"]+/backendServices/[^"]+)"', json.dumps(u or {}))}:
            b = STORE.get("compute:" + s[len(ROOT) :], {})
            if b and b.get("loadBalancingScheme") != r["loadBalancingScheme"]:
                raise bad(
                    "Invalid value for field 'resource.target': '%s'. Load balancing scheme %s of the rule and %s of the backend service differ."
                    % (r.get("target"), r["loadBalancingScheme"], b.get("loadBalancingScheme"))
                )
    elif coll == "networkEndpointGroups":
        fill(r, size=0, networkEndpointType="GCE_VM_IP_PORT")


def created(coll, r, key, proj):
    if coll == "networks":
        n = "default-route-r-" + uid(key)[:16].replace("-", "")
        k = "compute:projects/%s/global/routes/%s" % (proj, n)
        STORE[k] = {
            "kind": "compute#route",
            "name": n,
            "network": r["selfLink"],
            "destRange": "0.0.0.0/0",
            "priority": 1000,
            "description": "Default route to the Internet.",
            "nextHopGateway": ROOT + "projects/%s/global/gateways/default-internet-gateway" % proj,
            "selfLink": ROOT + k[8:],
            "id": digits(k),
            "creationTimestamp": now(),
            "_auto": True,
        }
    if coll == "subnetworks":
        network_of(r["network"]).setdefault("subnetworks", []).append(r["selfLink"])


def removed(coll, r, key):
    if coll == "networks":
        for k in [k for k, v in STORE.items() if v.get("_auto") and v.get("network") == r["selfLink"]]:
            del STORE[k]
        STORE.pop("servicenetworking:connections/" + key[8:], None)
    if coll == "subnetworks":
        n = network_of(r["network"])
        n["subnetworks"] = [s for s in n.get("subnetworks", []) if s != r["selfLink"]]
    if coll == "forwardingRules":
        for v in STORE.values():
            if r["selfLink"] in v.get("users", []):
                v["users"].remove(r["selfLink"])
                if not v["users"]:
                    v.update(status="RESERVED"), v.pop("users")


def listed(items, q):
    """The filters that gcloud and the provider send: name eq/= regex, and field="value" terms."""
    f = (q.get("filter") or [""])[0]
    for field, val in re.findall(r'(\w+)\s*(?:=|\beq\b|:)\s*"?([^"\s)]+)"?', f):

        def ok(i):
            if i.get(field) == val:
                return True
            try:
                return bool(re.fullmatch(val, str(i.get(field, ""))))
            except re.error:
                return False

        items = [i for i in items if ok(i)]
    return items
