"""Registries, caches and buckets."""

import re

from . import check, policy
from .core import (
    STORE,
    bad,
    canon,
    children,
    copy,
    digits,
    drop,
    etag,
    exists,
    fill,
    merge,
    missing,
    now,
    number,
    precondition,
    uid,
)


def artifact_repo(c, r, old):
    check.cmek(r.get("kmsKeyName"), "gcp-sa-artifactregistry", c.project)
    fill(
        r,
        mode="STANDARD_REPOSITORY",
        registryUri="%s-docker.pkg.dev/%s/%s" % (c.location, c.project, c.id),
        vulnerabilityScanningConfig={},
    )
    on = STORE.get("serviceusage:projects/%s/services/containerscanning.googleapis.com" % c.project, {}).get("state") == "ENABLED"
    v = fill(r["vulnerabilityScanningConfig"], enablementConfig="INHERITED")
    v["enablementState"] = "SCANNING_ACTIVE" if on and v["enablementConfig"] == "INHERITED" else "SCANNING_DISABLED"
    for k, x in (r.get("cleanupPolicies") or {}).items():
        fill(x, id=k)
        x["action"] = x["action"].upper()
        condition = x.get("condition", {})
        if "tagState" in condition:
            condition["tagState"] = condition["tagState"].upper()
        for field in ("olderThan", "newerThan"):
            if field in condition:  # gcloud sends 7776000.0s
                condition[field] = "%ds" % float(condition[field][:-1])
    remote = r["mode"] == "REMOTE_REPOSITORY"
    if remote != bool(r.get("remoteRepositoryConfig")):
        raise bad("A remote repository, and no other, has a remote repository config.")
    if remote and (r.get("dockerConfig") or {}).get("immutableTags"):
        raise bad("Immutable tags are not supported by remote repositories.")
    if old:
        for field in ("format", "mode", "remoteRepositoryConfig"):
            if r.get(field) != old.get(field):
                raise bad("The field %s is immutable." % field)


def redis(c, r, old):
    fill(
        r,
        tier="BASIC",
        redisVersion="REDIS_7_2",
        connectMode="DIRECT_PEERING",
        transitEncryptionMode="DISABLED",
        readReplicasMode="READ_REPLICAS_DISABLED",
        authorizedNetwork="projects/%s/global/networks/default" % c.project,
        locationId=c.location + "-a",
        persistenceConfig={"persistenceMode": "DISABLED"},
    )
    check.cmek(r.get("customerManagedKey"), "cloud-redis", c.project)
    if r["connectMode"] == "PRIVATE_SERVICE_ACCESS" and not check.peering(canon(r["authorizedNetwork"])):
        raise precondition("Google private service access is not enabled. Enable private service access and try again.")
    if r["tier"] == "STANDARD_HA":
        fill(r, alternativeLocationId=c.location + "-b", replicaCount=1)
    tls = r["transitEncryptionMode"] == "SERVER_AUTHENTICATION"
    r.update(
        state="READY",
        host="10.20.1.3",
        port=6378 if tls else 6379,
        currentLocationId=r["locationId"],
        persistenceIamIdentity="serviceAccount:%s@cloud-redis.iam.gserviceaccount.com" % number(c.project),
    )
    if tls:
        fill(
            r,
            serverCaCerts=[
                {
                    "serialNumber": "0",
                    "cert": "fake",
                    "createTime": now(),
                    "expireTime": now(315360000),
                    "sha1Fingerprint": "0" * 40,
                }
            ],
        )
    p = r["persistenceConfig"]
    if p.get("persistenceMode") == "RDB":
        fill(p, rdbSnapshotPeriod="TWENTY_FOUR_HOURS", rdbSnapshotStartTime=now(), rdbNextSnapshotTime=now())
    m = r.get("maintenancePolicy")
    if m:
        fill(m, createTime=now(), updateTime=now())
        for w in m.get("weeklyMaintenanceWindow", []):
            fill(w, duration="3600s")


def valkey(c, r, old):
    check.cmek(r.get("kmsKey"), "gcp-sa-memorystore", c.project)
    if r.pop("pscAutoConnections", None) is not None and old is None:
        r["_psc"] = True  # only then does the API list them at the top as well
    auto = (c.body or {}).get("pscAutoConnections") or [
        x["connections"][0]["pscAutoConnection"]
        for x in r.get("endpoints", [])
        if x.get("connections") and "pscAutoConnection" in x["connections"][0]
    ]
    auto = [{"network": canon(a["network"]), "projectId": a["projectId"]} for a in auto]
    auto = [a for i, a in enumerate(auto) if a not in auto[:i]]  # each has an endpoint of each kind
    for a in auto:
        ok = [
            p
            for p in children("networkconnectivity:%s/serviceConnectionPolicies" % c.parent)
            if p.get("serviceClass") == "gcp-memorystore" and p.get("network") == a["network"]
        ]
        if not ok:
            raise precondition(
                "No service connection policy of class gcp-memorystore for network %s in %s." % (a["network"], c.location)
            )
    fill(
        r,
        replicaCount=0,
        authorizationMode="AUTH_DISABLED",
        transitEncryptionMode="TRANSIT_ENCRYPTION_DISABLED",
        engineVersion="VALKEY_8_0",
        nodeType="HIGHMEM_MEDIUM",
        mode="CLUSTER",
        zoneDistributionConfig={"mode": "MULTI_ZONE"},
        persistenceConfig={"mode": "DISABLED"},
        automatedBackupConfig={"automatedBackupMode": "DISABLED"},
        shardCount=1,
    )
    n = {"SHARED_CORE_NANO": 1.4, "HIGHMEM_MEDIUM": 13, "HIGHMEM_XLARGE": 58, "STANDARD_SMALL": 6.5}.get(r["nodeType"], 1)
    conns = lambda t: [
        {
            "pscAutoConnection": dict(
                a,
                port=6379,
                connectionType=t,
                ipAddress="10.10.0.%d" % (10 + i),
                pscConnectionStatus="ACTIVE",
                pscConnectionId=digits(c.path + t),
                forwardingRule="https://www.googleapis.com/compute/v1/projects/%s/regions/%s/forwardingRules/sca-auto-fr-%s"
                % (a["projectId"], c.location, digits(c.path + t, 8)),
                serviceAttachment="projects/%s/regions/%s/serviceAttachments/sa-%s"
                % (digits("tenant", 12), c.location, digits(c.path, 8)),
            )
        }
        for i, a in enumerate(auto)
    ]
    kinds = (
        ["CONNECTION_TYPE_DISCOVERY", "CONNECTION_TYPE_PRIMARY"]
        if r["mode"] == "CLUSTER"
        else ["CONNECTION_TYPE_PRIMARY", "CONNECTION_TYPE_READER"]
    )
    r.update(state="ACTIVE", uid=uid(c.path), nodeConfig={"sizeGb": n}, endpoints=[{"connections": conns(t)} for t in kinds])
    if r.get("_psc"):
        r["pscAutoConnections"] = [x["pscAutoConnection"] for e in r["endpoints"] for x in e["connections"]]


def cluster(c, r, old):
    check.cmek(r.get("kmsKey"), "cloud-redis", c.project)
    fill(
        r,
        replicaCount=0,
        authorizationMode="AUTH_MODE_DISABLED",
        transitEncryptionMode="TRANSIT_ENCRYPTION_MODE_DISABLED",
        nodeType="REDIS_HIGHMEM_MEDIUM",
        zoneDistributionConfig={"mode": "MULTI_ZONE"},
        persistenceConfig={"mode": "DISABLED"},
        automatedBackupConfig={"automatedBackupMode": "DISABLED"},
    )
    if not r.get("shardCount"):
        raise bad("shard_count is required")
    if len(r.get("pscConfigs", [])) != 1:
        raise bad("exactly one PSC config is required")
    network = r["pscConfigs"][0]["network"] = canon(r["pscConfigs"][0]["network"])
    policies = children("networkconnectivity:%s/serviceConnectionPolicies" % c.parent)
    if not any(p.get("serviceClass") == "gcp-memorystore-redis" and p.get("network") == network for p in policies):
        raise precondition(
            "No service connection policy of class gcp-memorystore-redis for network %s in %s." % (network, c.location)
        )
    n = {
        "REDIS_SHARED_CORE_NANO": 1.4,
        "REDIS_STANDARD_SMALL": 6.5,
        "REDIS_HIGHMEM_MEDIUM": 13,
        "REDIS_HIGHMEM_XLARGE": 58,
    }[r["nodeType"]]
    conns = [
        {
            "address": "10.10.0.%d" % (20 + i),
            "network": network,
            "projectId": c.project,
            "pscConnectionId": digits(c.path + str(i)),
            "pscConnectionStatus": "PSC_CONNECTION_STATUS_ACTIVE",
            "port": 6379,
        }
        for i in range(2)
    ]
    r.update(
        state="ACTIVE",
        uid=uid(c.path),
        preciseSizeGb=n * r["shardCount"],
        discoveryEndpoints=[{"address": conns[0]["address"], "port": 6379, "pscConfig": {"network": network}}],
        pscConnections=conns,
    )


def authority(c, instance):
    """The authority that signs the certificates of a cache."""
    found = STORE.get(("redis:" if "/clusters/" in instance else "memorystore:") + instance)
    if not found:
        raise missing("Resource '%s' was not found" % instance)
    if not found["transitEncryptionMode"].endswith("SERVER_AUTHENTICATION"):
        raise precondition("In-transit encryption is not enabled.")
    line = "%s\n" % digits(instance, 64)
    pem = "-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % (line * 2)
    return {"name": c.path, "managedServerCa": {"caCerts": [{"certificates": [pem]}]}}


def connection_policy(c, r, old):
    if not r.get("network"):
        raise bad("network is required")
    r["network"] = canon(r["network"])
    if "compute:" + r["network"] not in STORE:
        raise bad("Network %s does not exist." % r["network"])
    for s in (r.get("pscConfig") or {}).get("subnetworks", []):
        if "compute:" + canon(s) not in STORE:
            raise bad("Subnetwork %s does not exist." % s)
    fill(r, infrastructure="PSC", etag=etag(r))


def cache_protected(c, r):
    if r.get("deletionProtectionEnabled"):
        raise precondition("The instance is protected from deletion. Disable deletion protection first.")


def bucket(c, name, rest):
    """Cloud Storage buckets (no objects)."""
    k = "storage:b/" + (name or "")
    if name is None:
        if c.method == "GET":
            mine = [found for found in children("storage:b") if found["projectNumber"] == number(c.arg("project", "x"))]
            return {"kind": "storage#buckets", "items": mine}
        n = c.body["name"]
        check.name(n, r"[a-z0-9][-a-z0-9_.]{1,61}[a-z0-9]", "name")
        check.cmek((c.body.get("encryption") or {}).get("defaultKmsKeyName"), "gs-project-accounts", c.arg("project", "x"))
        if k + n in STORE:
            raise exists("Your previous request to create the named bucket succeeded and you already own it.")
        iam = c.body.setdefault("iamConfiguration", {})
        STORE[k + n] = dict(
            c.body,
            kind="storage#bucket",
            id=n,
            selfLink="https://www.googleapis.com/storage/v1/b/" + n,
            projectNumber=number(c.arg("project", "x")),
            timeCreated=now(),
            updated=now(),
            metageneration="1",
            etag="CAE=",
            storageClass=c.body.get("storageClass", "STANDARD"),
            location=c.body.get("location", "US").upper(),
            locationType="region" if "-" in c.body.get("location", "US") else "multi-region",
        )
        iam.setdefault("publicAccessPrevention", "inherited")
        STORE[k + n].setdefault("softDeletePolicy", {"retentionDurationSeconds": "604800", "effectiveTime": now()})
        kept(STORE[k + n])
        return STORE[k + n]
    if k not in STORE:
        raise missing("The specified bucket does not exist.")
    if rest and rest.startswith("/notificationConfigs"):
        return notification(c, k, rest.removeprefix("/notificationConfigs").lstrip("/"))
    if rest == "/iam":
        return dict(policy.get(k), kind="storage#policy") if c.method == "GET" else policy.put(k, {"policy": c.body})
    if rest and c.method == "GET":
        return {"kind": "storage#objects"}
    if c.method == "DELETE":
        return drop(k) or {}
    if c.method in ("PATCH", "PUT"):
        changed = merge(copy(STORE[k]), c.body)
        kept(changed)
        owner = canon("projects/" + STORE[k]["projectNumber"]).rpartition("/")[2]
        check.cmek((changed.get("encryption") or {}).get("defaultKmsKeyName"), "gs-project-accounts", owner)
        STORE[k].clear()
        STORE[k].update(changed, updated=now())
    return STORE[k]


def notification(c, bucket, id):
    """Of whom a bucket tells what: never changed, and of a topic on which the agent may publish."""
    told = STORE[bucket].setdefault("notificationConfigs", {})
    if c.method == "GET" and not id:
        return {"kind": "storage#notifications", "items": list(told.values())} if told else {"kind": "storage#notifications"}
    if c.method != "POST":
        if id not in told:
            raise missing("Notification config not found.")
        return told.pop(id) and {} if c.method == "DELETE" else told[id]
    topic = re.fullmatch(r"(?://pubsub\.googleapis\.com/)?(projects/([^/]+)/topics/[^/]+)", c.body["topic"])
    if not topic or "pubsub:" + topic[1] not in STORE:
        raise missing("Cloud Pub/Sub topic %s not found." % c.body["topic"])
    owner = STORE[bucket]["projectNumber"]
    agent = "serviceAccount:service-%s@gs-project-accounts.iam.gserviceaccount.com" % owner
    if not policy.has_role(topic[2], agent, "roles/pubsub.publisher", "pubsub:" + topic[1]):
        raise bad("Permission denied on topic or topic does not exist: %s may not publish to %s." % (agent, topic[1]))
    if set(c.body.get("event_types", [])) - {"OBJECT_FINALIZE", "OBJECT_METADATA_UPDATE", "OBJECT_DELETE", "OBJECT_ARCHIVE"}:
        raise bad("Invalid event type.")
    if c.body.get("payload_format") not in ("JSON_API_V1", "NONE"):
        raise bad("Invalid payload format.")
    said = dict(c.body, topic="//pubsub.googleapis.com/" + topic[1])
    id = digits(repr(sorted(said.items())), 6)  # from what it says, so that two runs get the same one
    told[id] = dict(said, kind="storage#notification", id=id, etag=id)
    return told[id]


def storage_agent(c, proj):
    """Whoever looks up the agent of a project makes it."""
    STORE.setdefault("serviceusage:projects/%s/services/storage.googleapis.com" % proj, {})["_identity"] = True
    email = "service-%s@gs-project-accounts.iam.gserviceaccount.com" % number(proj)
    return {"kind": "storage#serviceAccount", "email_address": email}


def kept(bucket):
    """What a bucket keeps: old versions, or everything for a while."""
    versions = (bucket.get("versioning") or {}).get("enabled")
    if versions and bucket.get("retentionPolicy"):
        raise bad("Versioning and retention policy cannot both be enabled on a bucket.")
    for rule in (bucket.get("lifecycle") or {}).get("rule", []):
        if not rule.get("condition"):
            raise bad("A lifecycle rule needs a condition.")
