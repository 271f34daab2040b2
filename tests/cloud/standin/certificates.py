"""Certificate Manager."""

import re

from .core import STORE, bad, canon, digits, fill, now, precondition, uid


def dns_authorization(c, r, old):
    here = "/locations/global/" in c.path
    fill(r, type="FIXED_RECORD" if here else "PER_PROJECT_RECORD")
    if not re.fullmatch(r"([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}", r.get("domain", "")):
        raise bad("domain: %s is not a valid domain name" % r.get("domain"))
    r["dnsResourceRecord"] = {
        "name": "_acme-challenge%s.%s." % ("_" + uid(c.path)[:12] if r["type"] == "PER_PROJECT_RECORD" else "", r["domain"]),
        "type": "CNAME",
        "data": "%s.%s.authorize.certificatemanager.goog." % (uid(c.path), digits(c.path, 1)),
    }


def certificate(c, r, old):
    m = r.get("managed")
    for a in (m or {}).get("dnsAuthorizations", []):
        if "certificatemanager:" + canon(a) not in STORE:
            raise bad("DnsAuthorization '%s' not found" % a)
        if canon(a).split("/")[3] != c.path.split("/")[3]:
            raise bad("DnsAuthorization '%s' is not in the location of the certificate" % a)
    if m:
        m["state"] = "ACTIVE"
    if r.get("scope") == "DEFAULT":
        del r["scope"]  # the enum's zero value
    fill(
        r,
        expireTime=now(7776000),
        sanDnsnames=(m or {}).get("domains", []),
        pemCertificate="-----BEGIN CERTIFICATE-----\nfake\n-----END CERTIFICATE-----",
    )


def map_entry(c, r, old):
    for x in r.get("certificates", []):
        if "certificatemanager:" + canon(x) not in STORE:
            raise bad("Certificate '%s' not found" % x)
    fill(r, state="ACTIVE")


def cert_in_use(c, r):
    for k, v in STORE.items():
        if (
            c.coll == "certificates"
            and c.path in [canon(x) for x in v.get("certificates", [])]
            or c.coll == "dnsAuthorizations"
            and c.path in [canon(x) for x in (v.get("managed") or {}).get("dnsAuthorizations", [])]
            or c.coll == "certificates"
            and any(x.endswith("/" + c.path) for x in v.get("sslCertificates") or [])
            or c.coll == "certificateMaps"
            and (k.startswith(c.key + "/") or canon(v.get("certificateMap", "")).endswith("/" + c.path))
        ):
            raise precondition("can't delete %s that is referenced by %s" % (c.path, k.split(":", 1)[1]))
