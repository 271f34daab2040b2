"""Projects: their APIs, policies, perimeters, and connections to Google's services."""

import uuid

from . import check, policy
from .core import STORE, bad, by_number, canon, digits, etag, fill, lro, now, number


def perimeter(c, r, old):
    fill(r, perimeterType="PERIMETER_TYPE_REGULAR")


def org_policy(c, r, old):
    for s in ("spec", "dryRunSpec"):
        if s in r:
            r[s].update(etag=etag({k: v for k, v in r[s].items() if k not in ("etag", "updateTime")}), updateTime=now())


def service_usage(c, proj, svc):
    """Enabled APIs and service agents; paths may carry the project number."""

    def on(s):
        if s.replace(".googleapis.com", "") not in check.APIS:
            raise bad(
                "Not found or permission denied for service(s): %s." % s,
                details=[
                    {
                        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                        "reason": "SERVICE_CONFIG_NOT_FOUND_OR_PERMISSION_DENIED",
                        "domain": "serviceusage.googleapis.com",
                    }
                ],
            )
        STORE.setdefault("serviceusage:projects/%s/services/%s" % (proj, s), {})["state"] = "ENABLED"

    show = lambda s, v: {
        "name": "projects/%s/services/%s" % (number(proj), s),
        "config": {"name": s, "title": s},
        "state": v.get("state", "DISABLED"),
        "parent": "projects/" + number(proj),
    }
    op = lambda resp=None: lro("", resp, name="operations/%s.p2-%s-%s" % ("acat", number(proj), uuid.uuid4()))
    if c.verb == "batchEnable":
        for s in c.body["serviceIds"]:
            on(s)
        return op({"services": []})
    if svc and c.verb == "enable":
        on(svc)
        return op({"service": show(svc, STORE[c.key])})
    if svc and c.verb == "disable":
        STORE.setdefault(c.key, {})["state"] = "DISABLED"
        return op({"service": show(svc, STORE[c.key])})
    if svc and c.verb == "generateServiceIdentity":
        agent = next((a for a, s in policy.AGENT.items() if s + ".googleapis.com" == svc), "gcp-sa-" + svc.split(".")[0])
        STORE.setdefault(c.key, {})["_identity"] = True
        return op({"email": "service-%s@%s.iam.gserviceaccount.com" % (number(proj), agent), "uniqueId": digits(c.key, 20)})
    if svc:
        return show(svc, STORE.get(c.key, {}))
    return {
        "services": [
            show(k.rsplit("/", 1)[1], v)
            for k, v in sorted(STORE.items())
            if k.startswith(c.key + "/") and v.get("state") == "ENABLED"
        ]
    }


def project(c, pid):
    n, v1 = number(pid) if not pid.isdigit() else pid, c.ver == "v1"
    if c.verb:
        return None
    return {
        "projectNumber": n,
        "projectId": pid,
        "lifecycleState": "ACTIVE",
        "state": "ACTIVE",
        "displayName": pid,
        "name": pid if v1 else "projects/" + n,
        "createTime": "2026-01-01T00:00:00.000Z",
        "parent": {"type": "organization", "id": "999"} if v1 else "organizations/999",
        "etag": 'W/"1"',
    }


def connections(c, service, conn):
    """Private services access: the connection shows up as a peering of the network."""
    body = c.body or {}
    net = canon(body.get("network") or body.get("consumerNetwork") or c.arg("network") or "")
    if c.method == "GET":
        return {
            "connections": [
                public_conn(v)
                for k, v in sorted(STORE.items())
                if k.startswith("servicenetworking:connections/") and (not net or v["_net"] == net)
            ]
        }
    n = STORE.get("compute:" + net)
    if not n:
        raise bad("Network '%s' does not exist." % net)
    check.api("servicenetworking", net.split("/")[1])
    k = "servicenetworking:connections/" + net
    if c.method == "DELETE" or (c.method == "POST" and conn and "consumerNetwork" in body):
        for x, v in STORE.items():
            if (
                x.startswith("sql:")
                and canon(v.get("settings", {}).get("ipConfiguration", {}).get("privateNetwork", "")).endswith(net)
                or x.startswith("redis:")
                and canon(v.get("authorizedNetwork", "")).endswith(net)
            ):
                return lro(
                    "",
                    error=(
                        9,
                        "Failed to delete connection; Producer services (e.g. CloudSQL, Cloud Memstore, etc.) are still using this connection.",
                    ),
                    name="operations/pssn." + str(uuid.uuid4()),
                )
        STORE.pop(k, None)
        n["peerings"] = [p for p in n.get("peerings", []) if p["name"] != "servicenetworking-googleapis-com"]
        return lro("", name="operations/pssn." + str(uuid.uuid4()))
    ranges = body.get("reservedPeeringRanges") or []
    for r in ranges:
        a = STORE.get("compute:%s/global/addresses/%s" % ("/".join(net.split("/")[:2]), r))
        if not a or a.get("purpose") != "VPC_PEERING":
            raise bad("Allocated IP range '%s' not found in network." % r)
    if not ranges:
        raise bad("At least one reserved peering range is required.")
    if c.method == "POST" and k in STORE and STORE[k]["reservedPeeringRanges"] != ranges:
        raise bad("Cannot modify allocated ranges in CreateConnection. Please use UpdateConnection.")
    STORE[k] = {
        "network": by_number(net),
        "_net": net,
        "reservedPeeringRanges": ranges,
        "peering": "servicenetworking-googleapis-com",
        "service": "services/" + service,
    }
    if not check.peering(net):
        n.setdefault("peerings", []).append(
            {
                "name": "servicenetworking-googleapis-com",
                "network": "https://www.googleapis.com/compute/v1/projects/%s-tp/global/networks/servicenetworking"
                % digits(net, 8),
                "state": "ACTIVE",
                "stateDetails": "Connected.",
                "autoCreateRoutes": True,
                "exchangeSubnetRoutes": True,
                "exportCustomRoutes": False,
                "importCustomRoutes": False,
                "exportSubnetRoutesWithPublicIp": False,
                "importSubnetRoutesWithPublicIp": False,
                "stackType": "IPV4_ONLY",
            }
        )
    return lro("", public_conn(STORE[k]), name="operations/pssn." + str(uuid.uuid4()))


def public_conn(v):
    return {k: x for k, x in v.items() if not k.startswith("_")}


def binauthz(c, proj):
    if c.verb:
        return None
    if c.method == "PUT":
        STORE[c.key] = dict(c.body, name=c.path, updateTime=now())
    return STORE.get(
        c.key,
        {
            "name": c.path,
            "defaultAdmissionRule": {
                "evaluationMode": "ALWAYS_ALLOW",
                "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
            },
            "globalPolicyEvaluationMode": "ENABLE",
        },
    )
