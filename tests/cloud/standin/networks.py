"""Compute Engine: references between its resources, ranges and addresses."""

import ipaddress
import json
import re

from . import check
from .core import STORE, bad, canon, digits, fill

ROOT = "https://www.googleapis.com/compute/v1/"  # what self links carry, whatever the endpoint was
REF = re.compile(
    r"^(?:https://[^/]+/compute/(?:v1|beta|alpha)/)?(projects/[^/]+/(?:global|regions/[^/]+|zones/[^/]+)/([A-Za-z]+)/[^/]+)$"
)
SHORT = re.compile(r"^(global|regions/[^/]+)/([A-Za-z]+)/[^/]+$")
MANAGED = set(
    "networks subnetworks addresses backendServices urlMaps targetHttpsProxies targetHttpProxies sslCertificates sslPolicies securityPolicies networkEndpointGroups healthChecks routers".split()
)


def refs(o, proj, field="resource"):
    """Full URLs for every reference; a reference to something of this project that does not exist is refused."""
    if isinstance(o, dict):
        for k in o:
            if k not in ("tests", "selfLink", "peerings", "managed"):
                o[k] = refs(o[k], proj, field + "." + k)
        return o
    if isinstance(o, list):
        return [refs(x, proj, field) for x in o]
    if not isinstance(o, str):
        return o
    m = REF.match(o) or REF.match("projects/%s/%s" % (proj, o) if SHORT.match(o) else "")
    if not m:
        return o
    path = canon(m.group(1))
    if m.group(2) in MANAGED and path.startswith("projects/%s/" % proj) and "compute:" + path not in STORE:
        raise bad(
            "Invalid value for field '%s': '%s'. The referenced %s resource cannot be found."
            % (field, o, field.rsplit(".", 1)[-1])
        )
    return ROOT + path


def users(link):
    """Who points at this resource?"""

    def has(o):
        if isinstance(o, str):
            return o == link
        if isinstance(o, list):
            return any(has(v) for v in o)
        if not isinstance(o, dict):
            return False
        return any(
            has(v)
            for k, v in o.items()
            if k not in ("selfLink", "users") and not (k == "subnetworks" and v and isinstance(v[0], str))
        )

    path = link[len(ROOT) :]
    for k, v in STORE.items():
        if k.startswith("compute:") and v.get("selfLink") != link and not v.get("_auto") and has(v):
            return k[8:]
        if k.startswith("run:") and "/revisions/" not in k and "/executions/" not in k and path in json.dumps(v):
            return k[4:]
        if k.startswith(("sql:", "redis:")) and "/networks/" in path and path in json.dumps(v):
            return k.split(":", 1)[1]


def network_of(url):
    return STORE["compute:" + url[len(ROOT) :]]


def overlap(net, rng, skip=None):
    for k, v in STORE.items():
        if not k.startswith("compute:") or v.get("network") != net or k == skip:
            continue
        if "/subnetworks/" in k:
            other, what = v["ipCidrRange"], "subnetwork"
        elif "/addresses/" in k and v.get("purpose") == "VPC_PEERING":
            other, what = "%s/%s" % (v["address"], v["prefixLength"]), "address range"
        else:
            continue
        if ipaddress.ip_network(other).overlaps(rng):
            return what, k[8:], other


def inside(subnetwork, key):
    """An address of a subnetwork, for the thing of that key."""
    rng = check.cidr(STORE["compute:" + subnetwork[len(ROOT) :]]["ipCidrRange"])
    return str(rng[2 + int(digits(key, 6)) % (rng.num_addresses - 4)])


def proxies(network, region):
    """The proxy-only subnetwork that a load balancer in a network calls from."""
    for k, v in STORE.items():
        if "/subnetworks/" in k and v.get("purpose") == "REGIONAL_MANAGED_PROXY":
            if (v["network"], v["region"], v.get("role")) == (network, region, "ACTIVE"):
                return v


def address(r, key, scope):
    r.pop("labels", None) if not r.get("labels") else None
    if r.get("subnetwork"):
        if r.get("addressType", "INTERNAL") != "INTERNAL" or scope == "global":
            raise bad("Invalid value for field 'resource.subnetwork': '%s'. Only internal addresses lie in one." % r["subnetwork"])
        if STORE["compute:" + r["subnetwork"][len(ROOT) :]].get("purpose") == "REGIONAL_MANAGED_PROXY":
            raise bad("Invalid value for field 'resource.subnetwork': '%s'. It is for proxies only." % r["subnetwork"])
        fill(r, addressType="INTERNAL", purpose="GCE_ENDPOINT", status="RESERVED", networkTier="PREMIUM")
        fill(r, address=inside(r["subnetwork"], key))
        return
    fill(r, addressType="EXTERNAL", status="RESERVED")
    ext = r["addressType"] == "EXTERNAL"
    if ext and scope == "global":
        fill(r, ipVersion="IPV4")
    if ext and (scope != "global" or "purpose" not in r):
        fill(r, networkTier="PREMIUM")
    if r.get("purpose") == "VPC_PEERING":
        if not r.get("network"):
            raise bad("Invalid value for field 'resource.network': ''. Network is required for VPC_PEERING.")
        n = int(r.get("prefixLength") or 0)
        if not 8 <= n <= 29:
            raise bad("Invalid value for field 'resource.prefixLength': '%s'." % n)
        if r.get("address"):
            rng = check.cidr("%s/%d" % (r["address"], n), "resource.address")
            o = overlap(r["network"], rng)
            if o:
                raise bad(
                    "Invalid value for field 'resource.address': '%s'. Requested address range conflicts with %s %s (%s)."
                    % ((rng,) + o)
                )
        else:  # the service picks the first free range
            r["address"] = str(
                next(x for x in ipaddress.ip_network("10.64.0.0/10").subnets(new_prefix=n) if not overlap(r["network"], x))[0]
            )
    elif not r.get("address"):
        h = int(digits(key, 9))
        r["address"] = (
            "2001:db8:%x:%x::" % (h % 65535, h // 65535 % 65535)
            if r.get("ipVersion") == "IPV6"
            else "203.0.113.%d" % (h % 250 + 2)
        )
