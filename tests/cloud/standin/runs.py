"""Cloud Run: what is checked, what the service adds, and whether a revision comes up."""

import re

from . import check, policy
from .core import (
    STORE,
    ApiError,
    bad,
    by_number,
    canon,
    children,
    copy,
    digits,
    etag,
    fill,
    last,
    now,
    number,
    prune,
    uid,
)
from .runforms import EGRESS, GEN, INGRESS

STAGES = ("ALPHA", "BETA", "GA")
MIB = {"Ki": 1 / 1024, "Mi": 1, "Gi": 1024, "k": 1 / 1048.576, "M": 1 / 1.048576, "G": 1000 / 1.048576, "": 1 / 1048576}


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
                raise bad("Subnetwork '%s' is too small for Direct VPC egress: /26 or larger is required." % i["subnetwork"])


def secrets_of(o):
    for i, c in enumerate(o.get("containers") or []):
        for j, e in enumerate(c.get("env") or []):
            r = (e.get("valueSource") or {}).get("secretKeyRef")
            if r:
                yield "spec.template.spec.containers[%d].env[%d].value_from.secret_key_ref.name" % (i, j), r["secret"], r.get(
                    "version"
                ) or "latest"
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
        if not policy.has_role(proj, "serviceAccount:" + sa, "roles/secretmanager.secretAccessor", "secretmanager:" + path):
            return (
                7,
                "SecretsAccessCheckFailed",
                "%s: Permission denied on secret: %s for Revision service account %s. The service account used must be granted the 'Secret Manager Secret Accessor' role (roles/secretmanager.secretAccessor) at the secret, project or higher level."
                % (field, full, sa),
            )


def pod(o, kind, proj, loc, name):
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
        raise ApiError(
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
        fill(c, name="%s-%d" % (name, i + 1))
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
        if lim["limits"].get("nvidia.com/gpu") == "1":
            if n < 4 or mib < 16384:
                raise bad("GPU requires at least 4 CPU and 16Gi memory.")
            if lim.get("cpuIdle"):
                raise bad("GPU requires CPU to be always allocated.")
            if not o.get("nodeSelector"):
                raise bad("GPU requires an accelerator in the node selector.")
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
                raise bad("spec.template.spec.containers[%d].volume_mounts: volume '%s' does not exist." % (i, x["name"]))
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
        pod(t.setdefault("template", {}), kind, proj, loc, name)
        if t.get("parallelism", 0) > t["taskCount"]:
            raise bad("parallelism must not be greater than task_count.")
    else:
        pod(t, kind, proj, loc, name)
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
        tags = [x["tag"] for x in o["traffic"] if x.get("tag")]
        if len(set(tags)) < len(tags):
            raise bad("traffic: a tag may be given once.")
        for x in o["traffic"]:
            held = x.get("revision")
            if held and "run:%s/revisions/%s" % (o["name"], held) not in STORE:
                raise bad("Revision '%s' referenced in traffic not found." % held)
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
        creator="operator@example.com",
        lastModifier="operator@example.com",
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
        o["trafficStatuses"] = [dict(x, **({"revision": rev} if x["type"].endswith("REVISION") else {})) for x in o["traffic"]]
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
