"""Cloud DNS: zones, record sets (both as a resource and through changes), policies."""

import ipaddress
import re

from . import check
from .core import (
    OPS,
    STORE,
    ApiError,
    bad,
    canon,
    digits,
    drop,
    exists,
    fill,
    missing,
    now,
    uid,
)


def rr_check(z, r):
    n, t = r.get("name", ""), r.get("type", "")
    if not n.endswith(".") or not (n == z["dnsName"] or n.endswith("." + z["dnsName"])):
        raise bad("Invalid value for 'entity.change.additions[0].name': '%s'" % n, reason="invalid")
    if t not in (
        "A",
        "AAAA",
        "CAA",
        "CNAME",
        "DNSKEY",
        "DS",
        "HTTPS",
        "MX",
        "NAPTR",
        "NS",
        "PTR",
        "SOA",
        "SPF",
        "SRV",
        "SSHFP",
        "SVCB",
        "TLSA",
        "TXT",
    ):
        raise bad("Invalid value for 'entity.change.additions[0].type': '%s'" % t)
    for d in r.get("rrdatas", []):
        try:
            if t == "A":
                ipaddress.IPv4Address(d)
            if t == "AAAA":
                ipaddress.IPv6Address(d)
        except ValueError:
            raise bad("Invalid value for 'entity.change.additions[0].rrdata[0]': '%s'" % d)
        if t in ("CNAME", "NS", "PTR") and not d.endswith("."):
            raise bad("Invalid value for 'entity.change.additions[0].rrdata[0]': '%s'" % d)


def add(zk, z, r):
    rr_check(z, r)
    k = "%s/rrsets/%s/%s" % (zk, r["name"], r["type"])
    if k in STORE:
        raise exists("The resource 'entity.change.additions[0]' named '%s (%s)' already exists" % (r["name"], r["type"]))
    same = [x for x in STORE if x.startswith("%s/rrsets/%s/" % (zk, r["name"]))]
    if same and (r["type"] == "CNAME" or any(x.endswith("/CNAME") for x in same)):
        raise bad("Resource record set '%s' conflicts with a CNAME record." % r["name"])
    STORE[k] = dict({x: y for x, y in r.items() if y is not None}, kind="dns#resourceRecordSet")
    STORE[k].setdefault("ttl", 300)
    return STORE[k]


def zone(base, k, b):
    check.name(b.get("name"), field="entity.managedZone.name")
    if not re.fullmatch(r"([A-Za-z0-9_]([-A-Za-z0-9]*[A-Za-z0-9])?\.)+", b.get("dnsName", "")):
        raise bad("Invalid value for 'entity.managedZone.dnsName': '%s'" % b.get("dnsName"))
    if not b.get("description") and "description" not in b:
        raise bad("The 'entity.managedZone.description' parameter is required but was missing.", reason="required")
    z = dict({x: y for x, y in b.items() if y is not None}, kind="dns#managedZone", id=digits(k), creationTime=now())
    fill(
        z,
        visibility="public",
        nameServers=(
            ["ns-cloud-a%d.googledomains.com." % i for i in range(1, 5)]
            if b.get("visibility", "public") == "public"
            else ["ns-gcp-private.googledomains.com."]
        ),
    )
    if z["visibility"] == "public":
        z.pop("privateVisibilityConfig", None)
        fill(z, cloudLoggingConfig={"kind": "dns#managedZoneCloudLoggingConfig", "enableLogging": False})
        d = z.get("dnssecConfig")
        if d and d.get("state") == "on":
            fill(
                d,
                nonExistence="nsec3",
                defaultKeySpecs=[
                    {"kind": "dns#dnsKeySpec", "keyType": t, "algorithm": "rsasha256", "keyLength": n}
                    for t, n in (("keySigning", 2048), ("zoneSigning", 1024))
                ],
            )
    for n in (z.get("privateVisibilityConfig") or {}).get("networks", []):
        network(n)
    return z


def network(n):
    """References to networks come back as full URLs and must exist."""
    path = canon(re.sub(r"^https://[^/]+/compute/[^/]+/", "", n.get("networkUrl", "")))
    if "compute:" + path not in STORE:
        raise bad("Invalid value for 'networkUrl': '%s' does not exist." % n.get("networkUrl"))
    n["networkUrl"] = "https://www.googleapis.com/compute/v1/" + path


def handle(svc, m, path, q, body, host):
    mt = re.match(r"^/dns/v\d\w*/projects/([^/]+)/(\w+)(?:/([^/]+))?(?:/(\w+))?(?:/([^/]+))?(?:/([^/]+))?$", path)
    if not mt:
        raise missing("no route " + path)
    proj, coll, name, sub, rn, rt = mt.groups()
    proj = canon("projects/" + proj)[9:]
    check.api("dns", proj)
    base = "dns:projects/%s/%s" % (proj, coll)
    k = base + "/" + (name or "")
    if name is None:
        if m == "GET":
            return {coll: [v for x, v in sorted(STORE.items()) if re.match(re.escape(base) + r"/[^/]+$", x)]}
        k += body.get("name", "")
        if k in STORE:
            raise exists("The resource 'entity.%s' named '%s' already exists" % (coll[:-1], body["name"]))
        if coll == "managedZones":
            STORE[k] = z = zone(base, k, body)
            add(k, z, {"name": z["dnsName"], "type": "NS", "ttl": 21600, "rrdatas": z["nameServers"]})
            add(
                k,
                z,
                {
                    "name": z["dnsName"],
                    "type": "SOA",
                    "ttl": 21600,
                    "rrdatas": ["%s cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300" % z["nameServers"][0]],
                },
            )
            return z
        for n in body.get("networks") or []:
            network(n)
        STORE[k] = dict(body, kind="dns#policy", id=digits(k))
        return STORE[k]
    if k not in STORE:
        raise missing("The 'parameters.%s' resource named '%s' does not exist." % (coll[:-1], name))
    r = STORE[k]
    if sub == "changes":
        if m == "GET":
            return OPS.get("dns:" + (rn or ""), {"changes": []})
        for d in body.get("deletions") or []:
            x = "%s/rrsets/%s/%s" % (k, d["name"], d["type"])
            if x not in STORE:
                raise missing(
                    "The 'entity.change.deletions[0]' resource named '%s (%s)' does not exist." % (d["name"], d["type"])
                )
            if sorted(STORE[x].get("rrdatas", [])) != sorted(d.get("rrdatas", [])):
                raise ApiError(412, "FAILED_PRECONDITION", "Precondition not met for 'entity.change.deletions[0]'")
            del STORE[x]
        for a in body.get("additions") or []:
            add(k, r, a)
        ch = dict(body, kind="dns#change", id=str(len(OPS)), status="done", startTime=now())
        OPS["dns:" + ch["id"]] = ch
        return ch
    if sub == "rrsets":
        if rn is None and m == "GET":
            want = [(q.get(x) or [None])[0] for x in ("name", "type")]
            return {
                "kind": "dns#resourceRecordSetsListResponse",
                "rrsets": [
                    v
                    for x, v in sorted(STORE.items())
                    if x.startswith(k + "/rrsets/")
                    and (not want[0] or v["name"] == want[0])
                    and (not want[1] or v["type"] == want[1])
                ],
            }
        if rn is None:
            return add(k, r, body)
        x = "%s/rrsets/%s/%s" % (k, rn, rt)
        if x not in STORE:
            raise missing("The 'parameters.name' resource named '%s (%s)' does not exist." % (rn, rt))
        if m == "DELETE":
            return STORE.pop(x) and {}
        if m == "PATCH":
            rr_check(r, dict(STORE[x], **body)), STORE[x].update(body)
        return STORE[x]
    if sub == "dnsKeys":
        return {"dnsKeys": []}
    if m == "DELETE":
        if coll == "managedZones" and any(
            x.startswith(k + "/rrsets/") and v["type"] not in ("NS", "SOA") for x, v in STORE.items()
        ):
            raise ApiError(
                400,
                "FAILED_PRECONDITION",
                "The resource named '%s' cannot be deleted because it contains one or more 'resource records'." % name,
                reason="containerNotEmpty",
            )
        if coll == "policies" and r.get("networks"):
            raise ApiError(
                400,
                "FAILED_PRECONDITION",
                "The resource named '%s' cannot be deleted because it is bound to networks." % name,
                reason="resourceInUse",
            )
        drop(k)
        return {}
    if m in ("PATCH", "PUT"):
        for n in (body.get("privateVisibilityConfig") or {}).get("networks", []) + (body.get("networks") or []):
            network(n)
        for x, y in body.items():
            if x not in ("id", "creationTime", "nameServers"):
                r[x] = y
        if coll == "policies":
            return {"policy": r}
        return {
            "kind": "dns#operation",
            "id": uid(now()),
            "status": "done",
            "type": "update",
            "startTime": now(),
            "user": "operator@example.com",
        }
    return r
