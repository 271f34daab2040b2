"""Cloud Run: services, jobs, worker pools, executions, domain mappings.
Everything is stored in the form of the v2 API; the v1 (Knative) form that gcloud speaks is converted on the way in and out.
"""

import json, re
from .core import *
from . import check, policy

INGRESS = {
    "all": "INGRESS_TRAFFIC_ALL",
    "internal": "INGRESS_TRAFFIC_INTERNAL_ONLY",
    "internal-and-cloud-load-balancing": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
}
EGRESS = {"all-traffic": "ALL_TRAFFIC", "all": "ALL_TRAFFIC", "private-ranges-only": "PRIVATE_RANGES_ONLY"}
GEN = {"gen1": "EXECUTION_ENVIRONMENT_GEN1", "gen2": "EXECUTION_ENVIRONMENT_GEN2"}
REVOKE = {"prevent-new": "PREVENT_NEW", "shut-down": "SHUTDOWN"}
STAGES = ("ALPHA", "BETA", "GA")
A, K, AS = "run.googleapis.com/", "serving.knative.dev/", "autoscaling.knative.dev/"
KINDS = {
    "services": "Service",
    "jobs": "Job",
    "workerPools": "WorkerPool",
    "executions": "Execution",
    "revisions": "Revision",
}
MIB = {"Ki": 1 / 1024, "Mi": 1, "Gi": 1024, "k": 1 / 1048.576, "M": 1 / 1.048576, "G": 1000 / 1.048576, "": 1 / 1048576}


# ---------------------------------------------------------------- v1 <-> v2
# annotation -> (path in v2, to v2, to v1); to v1 gives None for 'leave out'
def _flag(v):
    return str(v).lower() == "true"


def _on(v):
    return "true" if v else None


def _rev(d):
    return lambda v: next((k for k, x in d.items() if x == v), None)


def _map(d, what):
    def f(v):
        if v not in d:
            raise bad("Annotation '%s' has an invalid value '%s'. Allowed: [%s]." % (what, v, ", ".join(d)))
        return d[v]

    return f


SERVICE = {
    A + "ingress": ("ingress", _map(INGRESS, A + "ingress"), _rev(INGRESS)),
    A + "launch-stage": ("launchStage", str, lambda v: v if v != "GA" else None),
    A + "invoker-iam-disabled": ("invokerIamDisabled", _flag, _on),
    A + "default-url-disabled": ("defaultUriDisabled", _flag, _on),
    A + "iap-enabled": ("iapEnabled", _flag, _on),
    A + "minScale": ("scaling.minInstanceCount", int, str),
    A + "maxScale": ("scaling.maxInstanceCount", int, str),
    A + "scalingMode": ("scaling.scalingMode", str.upper, str.lower),
    A + "manualInstanceCount": ("scaling.manualInstanceCount", int, str),
    A
    + "binary-authorization": (
        "binaryAuthorization",
        lambda v: {"useDefault": True} if v == "default" else {"policy": v},
        lambda v: "default" if v.get("useDefault") else v.get("policy"),
    ),
    A + "custom-audiences": ("customAudiences", json.loads, json.dumps),
    A + "client-name": ("client", str, str),
    A + "client-version": ("clientVersion", str, str),
    A + "description": ("description", str, str),
}
REVISION = {
    AS + "minScale": ("scaling.minInstanceCount", int, str),
    AS + "maxScale": ("scaling.maxInstanceCount", int, str),
    A + "vpc-access-egress": ("vpcAccess.egress", _map(EGRESS, A + "vpc-access-egress"), _rev(EGRESS)),
    A + "network-interfaces": ("vpcAccess.networkInterfaces", json.loads, json.dumps),
    A + "vpc-access-connector": ("vpcAccess.connector", str, str),
    A + "execution-environment": ("executionEnvironment", _map(GEN, A + "execution-environment"), _rev(GEN)),
    A + "encryption-key": ("encryptionKey", str, str),
    A
    + "post-key-revocation-action-type": (
        "encryptionKeyRevocationAction",
        _map(REVOKE, "post-key-revocation-action-type"),
        _rev(REVOKE),
    ),
    A + "sessionAffinity": ("sessionAffinity", _flag, _on),
    A + "health-check-disabled": ("healthCheckDisabled", _flag, _on),
    A + "gpu-zonal-redundancy-disabled": ("gpuZonalRedundancyDisabled", _flag, _on),
}
# annotations that the server keeps for itself or that only describe the client
DROP = {
    A + x
    for x in (
        "cpu-throttling",
        "startup-cpu-boost",
        "cloudsql-instances",
        "container-dependencies",
        "secrets",
        "operation-id",
        "ingress-status",
        "urls",
        "client-name",
        "client-version",
        "startupProbeType",
    )
} | {K + "creator", K + "lastModifier"}


def dig(o, path):
    for p in path.split("."):
        o = (o or {}).get(p)
    return o


def bury(o, path, v):
    *up, end = path.split(".")
    for p in up:
        o = o.setdefault(p, {})
    o[end] = v


def take(ann, table, o, client=()):
    """Known annotations into their v2 fields; what is left stays an annotation."""
    rest = {}
    for k, v in (ann or {}).items():
        if k in table:
            bury(o, table[k][0], table[k][1](v))
        elif k not in DROP:
            rest[k] = v
    if rest:
        o["annotations"] = dict(o.get("annotations", {}), **rest)
    return o


def give(o, table):
    out = dict(o.get("annotations") or {})
    for k, (path, _, back) in table.items():
        v = dig(o, path)
        if v is not None and back(v) is not None:
            out[k] = back(v)
    return out


def container_in(c, ann, n):
    c = copy(c)
    for e in c.get("env") or []:
        r = (e.pop("valueFrom", None) or {}).get("secretKeyRef")
        if r:
            e["valueSource"] = {"secretKeyRef": {"secret": aliases(ann).get(r["name"], r["name"]), "version": r["key"]}}
    if c.get("resources"):
        c["resources"] = {k: v for k, v in c["resources"].items() if k == "limits"}  # requests do not exist in v2
    res = c.get("resources") or {}
    if A + "cpu-throttling" in ann:
        bury(c, "resources.cpuIdle", _flag(ann[A + "cpu-throttling"]))
    elif n == 0 and res is not None:
        bury(c, "resources.cpuIdle", True)
    if A + "startup-cpu-boost" in ann:
        bury(c, "resources.startupCpuBoost", _flag(ann[A + "startup-cpu-boost"]))
    deps = json.loads(ann.get(A + "container-dependencies", "{}")).get(c.get("name"))
    if deps:
        c["dependsOn"] = deps
    return c


def container_out(c):
    c = copy(c)
    for e in c.get("env") or []:
        r = (e.pop("valueSource", None) or {}).get("secretKeyRef")
        if r:
            e["valueFrom"] = {"secretKeyRef": {"name": r["secret"], "key": r["version"]}}
    for k in ("cpuIdle", "startupCpuBoost"):
        (c.get("resources") or {}).pop(k, None)
    c.pop("dependsOn", None)
    return c


def aliases(ann):
    return dict(x.split(":", 1) for x in ann.get(A + "secrets", "").split(",") if ":" in x)


def volume_in(v, ann):
    v = copy(v)
    s = v.get("secret")
    if s:
        name = s.pop("secretName")
        s["secret"] = aliases(ann).get(name, name)
        s["items"] = [
            {"path": i["path"], "version": i.pop("key"), **({"mode": i["mode"]} if "mode" in i else {})}
            for i in s.get("items") or []
        ]
    return v


def volume_out(v):
    v = copy(v)
    s = v.get("secret")
    if s:
        s["secretName"] = s.pop("secret")
        s["items"] = [
            {"path": i["path"], "key": i["version"], **({"mode": i["mode"]} if "mode" in i else {})}
            for i in s.get("items") or []
        ]
    return v


def template_in(t, kind):
    """A v1 pod template (metadata, spec) as a v2 revision or task template."""
    ann, spec = (t.get("metadata") or {}).get("annotations") or {}, t.get("spec") or {}
    o = take(ann, REVISION, {})
    labels = {
        k: v
        for k, v in ((t.get("metadata") or {}).get("labels") or {}).items()
        if not k.startswith(("client.knative.dev/", "run.googleapis.com/", K))
    }
    if labels:
        o["labels"] = labels
    if (t.get("metadata") or {}).get("name"):
        o["revision"] = t["metadata"]["name"]
    o["containers"] = [
        container_in(c, ann, i if kind == "services" else 1) for i, c in enumerate(spec.get("containers") or [])
    ]
    vols = [volume_in(v, ann) for v in spec.get("volumes") or []]
    if ann.get(A + "cloudsql-instances"):
        vols.append({"name": "cloudsql", "cloudSqlInstance": {"instances": ann[A + "cloudsql-instances"].split(",")}})
    if vols:
        o["volumes"] = vols
    for a, b, f in (
        ("serviceAccountName", "serviceAccount", str),
        ("containerConcurrency", "maxInstanceRequestConcurrency", int),
        ("timeoutSeconds", "timeout", lambda s: "%ss" % s),
        ("maxRetries", "maxRetries", int),
    ):
        if spec.get(a) is not None:
            o[b] = f(spec[a])
    return o


def template_out(o, kind):
    ann = give(o, REVISION)
    c0 = (o.get("containers") or [{}])[0]
    r = c0.get("resources") or {}
    if kind == "services":
        ann[A + "cpu-throttling"] = "true" if r.get("cpuIdle") else "false"
        ann[A + "startup-cpu-boost"] = "true" if r.get("startupCpuBoost") else "false"
    sql = [i for v in o.get("volumes") or [] for i in (v.get("cloudSqlInstance") or {}).get("instances", [])]
    if sql:
        ann[A + "cloudsql-instances"] = ",".join(sql)
    deps = {c["name"]: c["dependsOn"] for c in o.get("containers") or [] if c.get("dependsOn")}
    if deps:
        ann[A + "container-dependencies"] = json.dumps(deps)
    spec = {"containers": [container_out(c) for c in o.get("containers") or []]}
    vols = [volume_out(v) for v in o.get("volumes") or [] if "cloudSqlInstance" not in v]
    if vols:
        spec["volumes"] = vols
    for a, b, f in (
        ("serviceAccountName", "serviceAccount", str),
        ("containerConcurrency", "maxInstanceRequestConcurrency", int),
        ("timeoutSeconds", "timeout", lambda s: int(float(s[:-1]))),
        ("maxRetries", "maxRetries", int),
    ):
        if o.get(b) is not None:
            spec[a] = f(o[b])
    md = {"annotations": ann}
    if o.get("labels"):
        md["labels"] = o["labels"]
    if o.get("revision"):
        md["name"] = o["revision"]
    return {"metadata": md, "spec": spec}


def from_v1(b, kind):
    md = b.get("metadata") or {}
    o = take(md.get("annotations"), SERVICE, {})
    labels = {
        k: v
        for k, v in (md.get("labels") or {}).items()
        if not k.startswith(("cloud.googleapis.com/", "run.googleapis.com/"))
    }
    if labels:
        o["labels"] = labels
    ann = md.get("annotations") or {}
    for k, f in ((A + "client-name", "client"), (A + "client-version", "clientVersion")):
        if k in ann:
            o[f] = ann[k]
    t = b["spec"]["template"]
    if kind == "jobs":
        et = t.get("spec") or {}
        inner = et.get("template") or {}
        o["template"] = {"template": template_in({"metadata": t.get("metadata"), "spec": inner.get("spec")}, kind)}
        for k in ("taskCount", "parallelism"):
            if et.get(k) is not None:
                o["template"][k] = et[k]
        if "labels" in o["template"]["template"]:
            o["template"]["labels"] = o["template"]["template"].pop("labels")
    else:
        o["template"] = template_in(t, kind)
    nonce = ((t.get("metadata") or {}).get("labels") or {}).get("client.knative.dev/nonce")
    if nonce:
        o["_nonce"] = nonce  # gcloud run deploy sends a new one each time: always a new revision
    if kind == "services" and b["spec"].get("traffic"):
        o["traffic"] = [
            prune(
                {
                    "type": (
                        "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
                        if x.get("latestRevision")
                        else "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
                    ),
                    "revision": None if x.get("latestRevision") else x.get("revisionName"),
                    "percent": x.get("percent"),
                    "tag": x.get("tag"),
                }
            )
            for x in b["spec"]["traffic"]
        ]
    return o


def condition(c):
    return {
        "type": c["type"],
        "status": {"CONDITION_SUCCEEDED": "True", "CONDITION_FAILED": "False"}.get(c["state"], "Unknown"),
        "reason": c.get("reason", ""),
        "message": c.get("message", ""),
        "lastTransitionTime": c["lastTransitionTime"],
    }


def to_v1(o, kind):
    _, proj, _, loc, _, name = (o["name"].split("/") + [""])[:6]
    ann = give(o, SERVICE)
    ann.update({K + "creator": "fake@example.com", K + "lastModifier": "fake@example.com"})
    md = {
        "name": last(o["name"]),
        "namespace": number(proj),
        "uid": o["uid"],
        "generation": int(o["generation"]),
        "resourceVersion": o["etag"],
        "creationTimestamp": o["createTime"],
        "labels": dict(o.get("labels") or {}, **{"cloud.googleapis.com/location": loc}),
        "annotations": ann,
        "selfLink": "/apis/serving.knative.dev/v1/namespaces/%s/%s/%s" % (number(proj), kind.lower(), last(o["name"])),
    }
    conds = [condition(dict(o["terminalCondition"], type="Ready"))]
    v1 = {
        "apiVersion": "serving.knative.dev/v1" if kind == "services" else "run.googleapis.com/v1",
        "kind": KINDS[kind],
        "metadata": md,
        "status": {"observedGeneration": int(o["observedGeneration"]), "conditions": conds},
    }
    if kind == "jobs":
        t = template_out(o["template"]["template"], kind)
        v1["spec"] = {
            "template": {
                "metadata": dict(
                    t["metadata"], **({"labels": o["template"]["labels"]} if o["template"].get("labels") else {})
                ),
                "spec": {"taskCount": o["template"].get("taskCount", 1), "template": {"spec": t["spec"]}},
            }
        }
        if o["template"].get("parallelism"):
            v1["spec"]["template"]["spec"]["parallelism"] = o["template"]["parallelism"]
        v1["status"]["executionCount"] = o.get("executionCount", 0)
        return v1
    v1["spec"] = {"template": template_out(o["template"], kind)}
    if kind == "services":
        ann[A + "ingress-status"] = ann.get(A + "ingress", "all")
        ann[A + "urls"] = json.dumps(o["urls"])
        tr = lambda x, rev: prune(
            {
                "percent": x.get("percent"),
                "tag": x.get("tag"),
                "latestRevision": x["type"].endswith("LATEST"),
                "revisionName": rev if rev else x.get("revision"),
            }
        )
        rev = last(o["latestReadyRevision"]) if o.get("latestReadyRevision") else None
        v1["spec"]["traffic"] = [tr(x, None) for x in o["traffic"]]
        conds += [condition(dict(o["terminalCondition"], type=t)) for t in ("ConfigurationsReady", "RoutesReady")]
        v1["status"].update(
            latestCreatedRevisionName=last(o["latestCreatedRevision"]),
            url=o["uri"],
            address={"url": o["uri"]},
            traffic=[dict(tr(x, rev if x["type"].endswith("LATEST") else None)) for x in o["traffic"]],
        )
        if rev:
            v1["status"]["latestReadyRevisionName"] = rev
    return v1


# ---------------------------------------------------------------- checks and defaults
def network_interfaces(o, proj, loc):
    v = o.get("vpcAccess")
    if not v:
        return
    if v.get("egress") and v["egress"] not in EGRESS.values():
        raise bad("Invalid value for field 'vpc_access.egress': %s" % v["egress"])
    fill(v, egress="PRIVATE_RANGES_ONLY")
    if not v.get("connector") and not v.get("networkInterfaces"):
        raise bad("vpc_access: a connector or network interfaces must be given.")
    for i in v.get("networkInterfaces") or []:
        for k, path in (
            ("network", "projects/%s/global/networks/%s"),
            ("subnetwork", "projects/%s/regions/" + loc + "/subnetworks/%s"),
        ):
            x = i.get(k)
            if not x:
                continue
            full = canon(re.sub(r"^(https:)?//[^/]+/compute/[^/]+/", "", x)) if "/" in x else path % (proj, x)
            if full.startswith("projects/%s/" % proj) and "compute:" + full not in STORE:
                raise bad("%s '%s' was not found." % ("VPC network" if k == "network" else "Subnetwork", full))
            i[k] = full
        if i.get("subnetwork") and not i.get("network"):
            i["network"] = (
                STORE.get("compute:" + i["subnetwork"], {})
                .get("network", "")
                .replace("https://www.googleapis.com/compute/v1/", "")
            )
        if i.get("subnetwork"):
            n = STORE.get("compute:" + i["subnetwork"])
            if n and int(n["ipCidrRange"].split("/")[1]) > 26:
                raise bad(
                    "Subnetwork '%s' is too small for Direct VPC egress: /26 or larger is required." % i["subnetwork"]
                )


def secrets_of(o):
    for i, c in enumerate(o.get("containers") or []):
        for j, e in enumerate(c.get("env") or []):
            r = (e.get("valueSource") or {}).get("secretKeyRef")
            if r:
                yield "spec.template.spec.containers[%d].env[%d].value_from.secret_key_ref.name" % (i, j), r[
                    "secret"
                ], r.get("version") or "latest"
    for i, v in enumerate(o.get("volumes") or []):
        s = v.get("secret")
        if s:
            for it in s.get("items") or [{"version": "latest"}]:
                yield "spec.template.spec.volumes[%d].secret" % i, s["secret"], it.get("version") or "latest"


def readiness(o, proj):
    """What makes a revision fail after it was accepted: (rpc code, reason, message) or None."""
    sa = o.get("serviceAccount")
    for field, sec, ver in secrets_of(o):
        path = canon(sec) if "/" in sec else "projects/%s/secrets/%s" % (proj, sec)
        if not path.startswith("projects/%s/" % proj):
            continue
        key = "secretmanager:%s/versions/" % path
        n = str(max([int(last(v["name"])) for v in children(key[:-1])] + [0])) if ver == "latest" else ver
        v = STORE.get(key + n)
        full = "%s/versions/%s" % (by_number(path), ver)
        if not v:
            return 5, "SecretsAccessCheckFailed", "%s: Secret %s was not found" % (field, full)
        if v["state"] != "ENABLED":
            return 9, "SecretsAccessCheckFailed", "%s: Secret %s is in %s state" % (field, full, v["state"])
        if not policy.has_role(
            proj, "serviceAccount:" + sa, "roles/secretmanager.secretAccessor", "secretmanager:" + path
        ):
            return (
                7,
                "SecretsAccessCheckFailed",
                "%s: Permission denied on secret: %s for Revision service account %s. The service account used must be granted the 'Secret Manager Secret Accessor' role (roles/secretmanager.secretAccessor) at the secret, project or higher level."
                % (field, full, sa),
            )


def pod(o, kind, proj, loc):
    """Defaults and checks of a revision or task template."""
    if not o.get("containers"):
        raise bad("template.containers: at least one container is required.")
    fill(
        o,
        serviceAccount="%s-compute@developer.gserviceaccount.com" % number(proj),
        timeout="300s" if kind != "jobs" else "600s",
    )
    if kind == "workerPools":
        o.pop("timeout", None)
    sa = o["serviceAccount"]
    m = re.match(r"[^@]+@([^.@]+)\.iam\.gserviceaccount\.com$", sa)
    if m and m.group(1) == proj and "iam:projects/%s/serviceAccounts/%s" % (proj, sa) not in STORE:
        raise Err(
            403,
            "PERMISSION_DENIED",
            "Permission 'iam.serviceaccounts.actAs' denied on service account %s (or it may not exist)." % sa,
        )
    if o.get("timeout") and kind == "services" and not 0 < float(o["timeout"][:-1]) <= 3600:
        raise bad("template.timeout: must be between 1s and 3600s.")
    if o.get("executionEnvironment") not in (None, "EXECUTION_ENVIRONMENT_UNSPECIFIED") + tuple(GEN.values()):
        raise bad("Invalid value for field 'execution_environment': %s" % o["executionEnvironment"])
    if kind == "jobs":
        fill(o, executionEnvironment="EXECUTION_ENVIRONMENT_GEN2", maxRetries=3)
    check.cmek(o.get("encryptionKey"), "serverless-robot-prod", proj)
    network_interfaces(o, proj, loc)
    vols, ports = {v["name"] for v in o.get("volumes") or []}, 0
    for i, c in enumerate(o["containers"]):
        img = c.get("image", "")
        if not re.fullmatch(r"[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)+(:[\w.-]+)?(@sha256:[0-9a-f]{64})?", img):
            raise bad(
                "Expected an image path like [host/]repo-path[:tag and/or @digest], where host is one of [region.]gcr.io, [region-]docker.pkg.dev or docker.io but obtained %s"
                % img
            )
        lim = fill(c, resources={})["resources"]
        fill(lim, limits={})
        fill(lim["limits"], cpu="1000m" if kind != "jobs" else "1000m", memory="512Mi")
        cpu = lim["limits"]["cpu"]
        n = float(cpu[:-1]) / 1000 if cpu.endswith("m") else float(cpu)
        mem = re.fullmatch(r"(\d+(?:\.\d+)?)(Ki|Mi|Gi|k|M|G|)", lim["limits"]["memory"])
        if not mem:
            raise bad(
                "spec.template.spec.containers[%d].resources.limits.memory: '%s' is not a quantity."
                % (i, lim["limits"]["memory"])
            )
        mib = float(mem.group(1)) * MIB[mem.group(2)]
        if not (n in (1, 2, 4, 6, 8) or 0.08 <= n < 1):
            raise bad(
                "Invalid value specified for cpu. For the specified value, cpu must be one of '.08-1', '1', '2', '4', '6', '8'."
            )
        if mib > 1024 * {1: 4, 2: 8, 4: 16, 6: 24, 8: 32}.get(n, 4) or mib < {4: 2048, 6: 4096, 8: 4096}.get(n, 128):
            raise bad(
                "Invalid value specified for container memory. For %s CPU, memory must fit the CPU: got %s."
                % (cpu, lim["limits"]["memory"])
            )
        if o.get("executionEnvironment") == GEN["gen2"] and mib < 512 and kind == "services":
            raise bad(
                "Invalid value specified for container memory. The second generation execution environment needs at least 512MiB."
            )
        if n < 1 and (o.get("maxInstanceRequestConcurrency") or 1) > 1:
            raise bad("Total cpu < 1 is not supported with concurrency > 1.")
        names = [e.get("name") for e in c.get("env") or []]
        if len(set(names)) != len(names):
            raise bad("spec.template.spec.containers[%d].env: duplicate name." % i)
        for e in names:
            if e in ("PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION") and kind == "services":
                raise bad(
                    "spec.template.spec.containers[%d].env: The following reserved env names were provided: %s. These values are automatically set by the system."
                    % (i, e)
                )
        for x in c.get("volumeMounts") or []:
            if x["name"] not in vols:
                raise bad(
                    "spec.template.spec.containers[%d].volume_mounts: volume '%s' does not exist." % (i, x["name"])
                )
        ports += bool(c.get("ports"))
        for pr in ("startupProbe", "livenessProbe", "readinessProbe"):
            p = c.get(pr)
            if p is None:
                continue
            fill(p, timeoutSeconds=1, periodSeconds=10, failureThreshold=3)
            if p["timeoutSeconds"] > p["periodSeconds"]:
                raise bad("%s.timeout_seconds must not be greater than period_seconds." % pr)
            port = ((c.get("ports") or [{}])[0]).get("containerPort", 8080)
            for a in ("httpGet", "tcpSocket", "grpc"):
                if a in p:
                    fill(p[a] if p[a] is not None else p.setdefault(a, {}), port=port)
            if p.get("httpGet") is not None:
                fill(p["httpGet"], path="/")
    if kind == "services":
        if ports > 1:
            raise bad("spec.template.spec.containers: exactly one container may expose a port.")
        if not ports and len(o["containers"]) > 1:
            raise bad("spec.template.spec.containers: a service with several containers must expose the port of one.")
        c0 = next((c for c in o["containers"] if c.get("ports")), o["containers"][0])
        if not c0.get("ports"):
            c0["ports"] = [{}]
        fill(c0["ports"][0], containerPort=8080, name="http1")
        if not c0.get("startupProbe"):
            c0["startupProbe"] = {
                "timeoutSeconds": 240,
                "periodSeconds": 240,
                "failureThreshold": 1,
                "tcpSocket": {"port": c0["ports"][0]["containerPort"]},
            }
        fill(o, maxInstanceRequestConcurrency=80 if cpu_of(c0) >= 1 else 1, scaling={})
        if not 1 <= o["maxInstanceRequestConcurrency"] <= 1000:
            raise bad("max_instance_request_concurrency must be between 1 and 1000.")
        fill(o["scaling"], maxInstanceCount=100)
        if o["scaling"].get("minInstanceCount", 0) > o["scaling"]["maxInstanceCount"]:
            raise bad("min_instance_count must not be greater than max_instance_count.")


def cpu_of(c):
    v = c["resources"]["limits"]["cpu"]
    return float(v[:-1]) / 1000 if v.endswith("m") else float(v)


def settle(o, kind, proj, loc, old):
    """Validate a resource and add what the service reports; returns the failure of its revision, if any."""
    name = last(o["name"])
    check.name(name, r"[a-z]([-a-z0-9]{0,%d}[a-z0-9])?" % (47 if kind == "services" else 61), "metadata.name")
    if o.get("ingress") not in (None, "INGRESS_TRAFFIC_NONE") + tuple(INGRESS.values()):
        raise bad("Invalid value for field 'ingress': %s" % o["ingress"])
    if o.get("launchStage") not in (None, "LAUNCH_STAGE_UNSPECIFIED") + STAGES:
        raise bad("Invalid value for field 'launch_stage': %s" % o["launchStage"])
    for k, v in (o.get("labels") or {}).items():
        if not re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", k) or not re.fullmatch(r"[a-z0-9_-]{0,63}", v):
            raise bad("Invalid label '%s: %s'." % (k, v))
    t = o.get("template") or {}
    if kind == "jobs":
        fill(t, taskCount=1)
        pod(t.setdefault("template", {}), kind, proj, loc)
        if t.get("parallelism", 0) > t["taskCount"]:
            raise bad("parallelism must not be greater than task_count.")
    else:
        pod(t, kind, proj, loc)
    o["template"] = t
    spec = lambda x: {
        k: v
        for k, v in (x or {}).items()
        if k
        in (
            "template",
            "traffic",
            "ingress",
            "scaling",
            "labels",
            "annotations",
            "binaryAuthorization",
            "customAudiences",
            "invokerIamDisabled",
            "defaultUriDisabled",
            "iapEnabled",
            "launchStage",
            "description",
            "client",
            "clientVersion",
        )
    }
    fill(o, launchStage="GA")
    if kind == "services":
        fill(
            o,
            ingress="INGRESS_TRAFFIC_ALL",
            traffic=[{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100}],
        )
        for x in o["traffic"]:
            fill(
                x,
                type=(
                    "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
                    if not x.get("revision")
                    else "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
                ),
            )
        if sum(x.get("percent", 0) for x in o["traffic"]) != 100:
            raise bad("traffic: the percentages must add up to 100.")
    gen = int(old["generation"]) + (spec(old) != spec(o)) if old else 1
    fail = readiness(t["template"] if kind == "jobs" else t, proj)
    if "notready" in name:
        fail = (
            13,
            "HealthCheckContainerError",
            "The user-provided container failed to start and listen on the port defined provided by the PORT=8080 environment variable within the allocated timeout.",
        )
    o.update(
        uid=uid(o["name"]),
        generation=str(gen),
        observedGeneration=str(gen),
        updateTime=now(),
        creator="fake@example.com",
        lastModifier="fake@example.com",
    )
    fill(o, createTime=(old or {}).get("createTime", now()))
    cond = {"type": "Ready", "state": "CONDITION_SUCCEEDED", "lastTransitionTime": now()}
    o["terminalCondition"] = cond
    if kind == "jobs":
        o["terminalCondition"] = dict(cond, **({"state": "CONDITION_FAILED", "message": fail[2]} if fail else {}))
        o["etag"] = etag(spec(o))
        return fail
    n = int((old or {}).get("_rev", 0)) + (
        not old or old.get("template") != t or ("_nonce" in o and o["_nonce"] != old.get("_nonce"))
    )
    rev = t.get("revision") or "%s-%05d-%s" % (name, n, digits(o["name"] + str(n), 3))
    o["_rev"] = n
    path = "%s/revisions/%s" % (o["name"], rev)
    o["latestCreatedRevision"] = path
    msg = "Revision '%s' is not ready and cannot serve traffic. %s" % (rev, fail[2]) if fail else None
    if fail:
        o["terminalCondition"] = dict(cond, state="CONDITION_FAILED", message=msg, reason=fail[1])
    else:
        o["latestReadyRevision"] = path
    STORE["run:" + path] = {
        "name": path,
        "uid": uid(path),
        "generation": "1",
        "service": name,
        "createTime": now(),
        "conditions": [o["terminalCondition"]],
        "template": copy(t),
        "labels": t.get("labels", {}),
        "etag": etag(t),
    }
    if kind == "services":
        o["urls"] = ["https://%s-%s.%s.run.app" % (name, number(proj), loc)]
        o["uri"] = o["urls"][0]
        o["conditions"] = [dict(cond, type="RoutesReady"), dict(cond, type="ConfigurationsReady")]
        o["trafficStatuses"] = [
            dict(x, **({"revision": rev} if x["type"].endswith("REVISION") else {})) for x in o["traffic"]
        ]
        if o.get("defaultUriDisabled"):
            o["urls"], o["uri"] = [], ""
    o["etag"] = etag(spec(o))
    return (fail[0], msg) if fail else None


def write(kind, proj, loc, name, o, old):
    o = prune(o)
    o["name"] = "projects/%s/locations/%s/%s/%s" % (proj, loc, kind, name)
    for k in ("createTime", "_rev", "latestReadyRevision", "executionCount", "latestCreatedExecution"):
        if old and k in old:
            o[k] = old[k]
    fail = settle(o, kind, proj, loc, old)
    STORE["run:" + o["name"]] = o
    return o, fail


# ---------------------------------------------------------------- v2
SERVER = {
    "uri",
    "urls",
    "conditions",
    "terminalCondition",
    "latestReadyRevision",
    "latestCreatedRevision",
    "trafficStatuses",
    "generation",
    "observedGeneration",
    "reconciling",
    "etag",
    "creator",
    "lastModifier",
    "createTime",
    "updateTime",
    "uid",
    "deleteTime",
    "expireTime",
    "satisfiesPzs",
    "executionCount",
    "latestCreatedExecution",
}


def show(o):
    return {k: v for k, v in o.items() if not k.startswith("_")}


def v2(m, path, q, body):
    mt = re.match(
        r"^/(v[12])/projects/([^/]+)/locations/([^/]+)(?:/(\w+)(?:/([^/:]+))?(?:/(\w+)(?:/([^/:]+))?)?)?(?::(\w+))?$",
        path,
    )
    if not mt:
        raise missing("no route " + path)
    ver, proj, loc, kind, name, sub, subname, verb = mt.groups()
    proj = canon("projects/" + proj)[9:]
    check.location(path)
    if kind is None:
        return {"locations": []}
    base = "projects/%s/locations/%s/%s" % (proj, loc, kind)
    key = "run:%s/%s" % (base, name)
    if kind == "operations":
        p = "projects/%s/locations/%s/operations/%s" % (proj, loc, name)
        if p not in OPS:
            raise missing("operation")
        return OPS[p]
    gone = lambda: missing(
        "Resource '%s' of kind '%s' in region '%s' in project '%s' does not exist."
        % (name, KINDS.get(kind, kind).upper(), loc, proj)
    )
    if verb in ("getIamPolicy", "setIamPolicy", "testIamPermissions"):
        if key not in STORE:
            raise gone()
        if verb == "testIamPermissions":
            return {"permissions": body.get("permissions", [])}
        return policy.get(key) if verb == "getIamPolicy" else policy.put(key, body)
    if kind not in KINDS:
        raise missing("no route " + path)
    parent = "projects/%s/locations/%s" % (proj, loc)
    typ = {"@type": "type.googleapis.com/google.cloud.run.v2." + KINDS[kind]}
    if sub:
        full = "%s/%s/%s" % (key, sub, subname)
        if subname is None:
            return {sub: [show(v) for v in children("%s/%s" % (key, sub))]}
        if full not in STORE:
            raise missing("not found")
        return show(STORE[full])
    if name is None and m == "GET":
        return {kind: [show(v) for v in children("run:" + base)]}
    if m == "POST" and name is None:
        name = next(v[0] for k, v in q.items() if k.lower().replace("_", "").endswith("id"))
        if "run:%s/%s" % (base, name) in STORE:
            raise exists("Resource '%s' already exists." % name)
        if q.get("validateOnly") == ["true"]:
            return lro(parent, {})
        o, fail = write(kind, proj, loc, name, {k: v for k, v in body.items() if k not in SERVER}, None)
        return lro(parent, dict(show(o), **typ), error=fail and fail[:2], meta=dict(show(o), **typ))
    if key not in STORE:
        if m == "PATCH" and q.get("allowMissing") == ["true"]:
            return v2("POST", path.rsplit("/", 1)[0], {"id": [name]}, body)
        raise gone()
    old = STORE[key]
    if verb == "run":
        return lro(parent, run_job(old))
    if m == "GET":
        return show(old)
    if m == "DELETE":
        drop(key)
        return lro(parent, dict(show(old), deleteTime=now(), **typ))
    mask = (q.get("updateMask") or [None])[0]
    body = {k: v for k, v in body.items() if k not in SERVER}
    if mask and mask != "*":
        new = {k: v for k, v in copy(old).items() if k not in SERVER and not k.startswith("_")}
        update(new, body, mask)
    else:
        new = body
    o, fail = write(kind, proj, loc, name, new, old)
    return lro(parent, dict(show(o), **typ), error=fail and fail[:2], meta=dict(show(o), **typ))


def run_job(job):
    n = job["executionCount"] = job.get("executionCount", 0) + 1
    name = "%s/executions/%s-%05d" % (job["name"], last(job["name"]), n)
    e = {
        "name": name,
        "uid": uid(name),
        "generation": "1",
        "job": last(job["name"]),
        "createTime": now(),
        "startTime": now(),
        "completionTime": now(),
        "succeededCount": job["template"].get("taskCount", 1),
        "taskCount": job["template"].get("taskCount", 1),
        "conditions": [{"type": "Completed", "state": "CONDITION_SUCCEEDED", "lastTransitionTime": now()}],
        "template": job["template"]["template"],
    }
    STORE["run:" + name] = e
    job["latestCreatedExecution"] = {"name": last(name), "createTime": now(), "completionTime": now()}
    return e


def execution_v1(e):
    ok = [
        {"type": t, "status": "True", "lastTransitionTime": now()}
        for t in ("Completed", "ResourcesAvailable", "Started", "ContainerReady")
    ]
    return {
        "apiVersion": "run.googleapis.com/v1",
        "kind": "Execution",
        "metadata": {
            "name": last(e["name"]),
            "namespace": number(e["name"].split("/")[1]),
            "uid": e["uid"],
            "generation": 1,
            # gcloud reads the region from here
            "labels": {"run.googleapis.com/job": e["job"], "cloud.googleapis.com/location": e["name"].split("/")[3]},
            "creationTimestamp": e["createTime"],
            "annotations": {},
        },
        "spec": {"taskCount": e["taskCount"], "template": {"spec": template_out(e["template"], "jobs")["spec"]}},
        "status": {
            "observedGeneration": 1,
            "conditions": ok,
            "startTime": e["startTime"],
            "completionTime": e["completionTime"],
            "succeededCount": e["succeededCount"],
            "logUri": "https://example.com",
        },
    }


def revision_v1(r):
    t = template_out(r["template"], "services")
    c = condition(r["conditions"][0])
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Revision",
        "metadata": {
            "name": last(r["name"]),
            "namespace": number(r["name"].split("/")[1]),
            "uid": r["uid"],
            "generation": 1,
            "creationTimestamp": r["createTime"],
            "annotations": t["metadata"]["annotations"],
            "labels": dict(r.get("labels") or {}, **{K + "service": r["service"]}),
        },
        "spec": t["spec"],
        "status": {"observedGeneration": 1, "conditions": [c], "imageDigest": r["template"]["containers"][0]["image"]},
    }


# ---------------------------------------------------------------- v1
def v1(m, path, q, body, host):
    mt = re.match(r"^/apis/([a-z.]+)/(v1\w*)/namespaces/([^/]+)/(\w+)(?:/([^/:]+))?(?::(\w+))?$", path)
    if not mt:
        raise missing("no route " + path)
    grp, ver, ns, coll, name, verb = mt.groups()
    proj = canon("projects/" + ns)[9:]
    x = re.match(r"^([a-z]+-[a-z]+\d+)-run\.", host)
    loc = x.group(1) if x else "-"
    kind = {"workerpools": "workerPools"}.get(coll, coll)
    base = "run:projects/%s/locations/%s/%s" % (proj, loc, kind)
    if loc != "-":
        check.location(base + "/")
    if kind == "domainmappings":
        return domain_mapping(m, base, proj, loc, name, body)
    if kind in ("revisions", "executions", "routes", "configurations", "tasks"):
        conv = {"revisions": revision_v1, "executions": execution_v1}.get(kind, lambda r: {})
        found = [
            v
            for k, v in sorted(STORE.items())
            if k.startswith("run:projects/%s/" % proj) and ("/%s/" % kind) in k and (not name or last(k) == name)
        ]
        if not name:
            return {
                "apiVersion": "%s/%s" % (grp, ver),
                "kind": "List",
                "items": [conv(v) for v in found],
                "metadata": {},
            }
        if not found:
            raise missing(
                "Resource '%s' of kind '%s' in region '%s' in project '%s' does not exist." % (name, kind, loc, proj)
            )
        return conv(found[0])
    if kind not in KINDS:
        raise missing("no route " + path)
    if name is None and m == "GET":
        return {
            "apiVersion": "%s/%s" % (grp, ver),
            "kind": "List",
            "items": [to_v1(v, kind) for v in children(base)],
            "metadata": {},
        }
    if m == "POST" and name is None:
        name = body["metadata"]["name"]
        if base + "/" + name in STORE:
            raise exists("Resource '%s' already exists." % name)
    elif base + "/" + name not in STORE:
        raise missing(
            "Resource '%s' of kind '%s' in region '%s' in project '%s' does not exist."
            % (name, KINDS[kind].upper(), loc, proj)
        )
    old = STORE.get(base + "/" + name)
    if verb == "run":
        return execution_v1(run_job(old))
    if m == "GET":
        return to_v1(old, kind)
    if m == "DELETE":
        drop(base + "/" + name)
        return {"apiVersion": "v1", "kind": "Status", "status": "Success"}
    if m == "PUT" and old and body["metadata"].get("resourceVersion") not in (None, old["etag"]):
        raise Err(
            409,
            "ABORTED",
            "Conflict for resource '%s': version '%s' was specified but current version is '%s'."
            % (name, body["metadata"]["resourceVersion"], old["etag"]),
            reason="aborted",
        )
    new = from_v1(body, kind)
    if q.get("dryRun"):
        new["name"] = base[4:] + "/" + name
        keep = dict(STORE)
        o = prune(new)
        try:
            settle(o, kind, proj, loc, old)
        finally:
            STORE.clear()
            STORE.update(keep)
        return to_v1(o, kind)
    return to_v1(write(kind, proj, loc, name, new, old)[0], kind)


def domain_mapping(m, base, proj, loc, name, body):
    show = lambda r: {k: v for k, v in r.items() if not k.startswith("_")}
    if m == "GET" and name is None:
        return {
            "apiVersion": "domains.cloudrun.com/v1",
            "kind": "DomainMappingList",
            "items": [show(v) for v in children(base)],
        }
    if m == "POST":
        name = body["metadata"]["name"]
        if base + "/" + name in STORE:
            raise exists("Resource '%s' already exists." % name)
        if "run:projects/%s/locations/%s/services/%s" % (proj, loc, body["spec"]["routeName"]) not in STORE:
            raise bad("Route '%s' does not exist." % body["spec"]["routeName"])
        r = copy(body)
        r["metadata"].update(
            namespace=number(proj),
            generation=1,
            uid=uid(base + name),
            resourceVersion="AAA",
            creationTimestamp=now(),
            selfLink="/apis/domains.cloudrun.com/v1/namespaces/%s/domainmappings/%s" % (number(proj), name),
        )
        r["metadata"].setdefault("labels", {})["cloud.googleapis.com/location"] = loc
        r["metadata"].setdefault("annotations", {}).update(
            {K + "creator": "fake@example.com", K + "lastModifier": "fake@example.com"}
        )
        fill(r["spec"], certificateMode="AUTOMATIC")
        ok = lambda t: {"type": t, "status": "True", "lastTransitionTime": now()}
        recs = (
            [{"name": name.split(".")[0], "rrdata": "ghs.googlehosted.com.", "type": "CNAME"}]
            if name.count(".") > 1
            else [{"rrdata": "216.239.32.21", "type": "A"}]
        )
        r["status"] = {
            "observedGeneration": 1,
            "mappedRouteName": r["spec"]["routeName"],
            "resourceRecords": recs,
            "conditions": [ok("Ready"), ok("CertificateProvisioned"), ok("DomainRoutable")],
        }
        STORE[base + "/" + name] = r
        return r
    if base + "/" + name not in STORE:
        raise missing(
            "Resource '%s' of kind 'DOMAIN_MAPPING' in region '%s' in project '%s' does not exist." % (name, loc, proj)
        )
    if m == "DELETE":
        return STORE.pop(base + "/" + name) and {}
    return show(STORE[base + "/" + name])


def handle(svc, m, path, q, body, host):
    mt = re.search(r"/(?:namespaces|projects)/([^/]+)", path)
    if path.endswith("/authorizeddomains"):
        return {"domains": [{"id": "example.com", "name": "example.com"}]}
    check.api("run", canon("projects/" + mt.group(1))[9:] if mt else None)
    if re.match(r"^/v[12]/", path):
        return v2(m, path, q, body)
    return v1(m, path, q, body, host)
