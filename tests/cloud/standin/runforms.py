"""Cloud Run: the form of the v1 API that gcloud speaks, and that of v2 in which everything is stored."""

import json

from .core import bad, copy, last, now, number, prune

INGRESS = {
    "all": "INGRESS_TRAFFIC_ALL",
    "internal": "INGRESS_TRAFFIC_INTERNAL_ONLY",
    "internal-and-cloud-load-balancing": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
}
EGRESS = {"all-traffic": "ALL_TRAFFIC", "all": "ALL_TRAFFIC", "private-ranges-only": "PRIVATE_RANGES_ONLY"}
GEN = {"gen1": "EXECUTION_ENVIRONMENT_GEN1", "gen2": "EXECUTION_ENVIRONMENT_GEN2"}
REVOKE = {"prevent-new": "PREVENT_NEW", "shut-down": "SHUTDOWN"}
A, K, AS = "run.googleapis.com/", "serving.knative.dev/", "autoscaling.knative.dev/"
KINDS = {
    "services": "Service",
    "jobs": "Job",
    "workerPools": "WorkerPool",
    "executions": "Execution",
    "revisions": "Revision",
}


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
        "binaryAuthorization.useDefault",
        lambda v: v == "default",
        lambda v: "default" if v else None,
    ),
    A + "binary-authorization-breakglass": ("binaryAuthorization.breakglassJustification", str, str),
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
            {"path": i["path"], "key": i["version"], **({"mode": i["mode"]} if "mode" in i else {})} for i in s.get("items") or []
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
    o["containers"] = [container_in(c, ann, i if kind == "services" else 1) for i, c in enumerate(spec.get("containers") or [])]
    vols = [volume_in(v, ann) for v in spec.get("volumes") or []]
    if ann.get(A + "cloudsql-instances"):
        vols.append({"name": "cloudsql", "cloudSqlInstance": {"instances": ann[A + "cloudsql-instances"].split(",")}})
    if vols:
        o["volumes"] = vols
    if spec.get("nodeSelector"):
        o["nodeSelector"] = {"accelerator": spec["nodeSelector"][A + "accelerator"]}
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
    if o.get("nodeSelector"):
        spec["nodeSelector"] = {A + "accelerator": o["nodeSelector"]["accelerator"]}
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
        k: v for k, v in (md.get("labels") or {}).items() if not k.startswith(("cloud.googleapis.com/", "run.googleapis.com/"))
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
    ann.update({K + "creator": "operator@example.com", K + "lastModifier": "operator@example.com"})
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
                "metadata": dict(t["metadata"], **({"labels": o["template"]["labels"]} if o["template"].get("labels") else {})),
                "spec": {"taskCount": o["template"].get("taskCount", 1), "template": {"spec": t["spec"]}},
            }
        }
        if o["template"].get("parallelism"):
            v1["spec"]["template"]["spec"]["parallelism"] = o["template"]["parallelism"]
        v1["status"]["executionCount"] = o.get("executionCount", 0)
        return v1
    v1["spec"] = {"template": template_out(o["template"], kind)}
    if kind == "workerPools":
        v1["status"]["latestCreatedRevisionName"] = last(o["latestCreatedRevision"])
        if o.get("latestReadyRevision"):
            v1["status"]["latestReadyRevisionName"] = last(o["latestReadyRevision"])
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
