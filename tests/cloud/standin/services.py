"""Tables for rest.py: what each resource-oriented service adds to the common pattern."""

import re
from .core import *
from . import check, policy

R40 = r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?"
R63 = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"

# Which calls answer with a done google.longrunning operation: c(reate) u(pdate) d(elete). Others answer with the resource.
LRO = {
    ("redis", "*"): "cud",
    ("memorystore", "*"): "cud",
    ("networkconnectivity", "*"): "cud",
    ("certificatemanager", "*"): "cud",
    ("artifactregistry", "repositories"): "cd",
    ("vpcaccess", "*"): "cud",
    ("eventarc", "*"): "cud",
    ("workflows", "*"): "cud",
    ("iam", "workloadIdentityPools"): "cud",
    ("iam", "providers"): "cud",
    ("accesscontextmanager", "*"): "cud",
    ("networksecurity", "*"): "cud",
    ("networkservices", "*"): "cud",
    ("apikeys", "*"): "cud",
}
CONTAINERS = {
    "projects",
    "locations",
    "organizations",
    "folders",
    "accessPolicies",
    "services",
    "b",
}  # parents that need not be stored
PUT_CREATES = {"pubsub"}
UPSERT = {"servicePerimeters"}  # a PATCH of something that does not exist creates it
IAM_ANYWHERE = {"cloudresourcemanager"}
ETAGS = {"secretmanager", "orgpolicy", "eventarc", "accesscontextmanager"}
NUMBERED = {
    ("secretmanager", "secrets"),
    ("secretmanager", "versions"),
    ("orgpolicy", "policies"),
    ("iam", "workloadIdentityPools"),
    ("iam", "providers"),
}
SHORT_NAME = {("logging", "metrics"), ("logging", "sinks")}
NO_TIMES = {
    ("monitoring", "notificationChannels"),
    ("monitoring", "alertPolicies"),
    ("monitoring", "uptimeCheckConfigs"),
    ("orgpolicy", "policies"),
    ("cloudtasks", "queues"),
    ("pubsub", "topics"),
    ("pubsub", "subscriptions"),
    ("cloudscheduler", "jobs"),
    ("iam", "workloadIdentityPools"),
    ("iam", "providers"),
}
NO_PROJECT_API = {
    "cloudresourcemanager",
    "serviceusage",
    "openidconnect",
    "oauth2",
    "cloudbilling",
    "servicenetworking",
}
WRAPPED = {("pubsub", "topics"): "topic", ("pubsub", "subscriptions"): "subscription"}
LIST_KEY = {("iam", "serviceAccounts"): "accounts", ("iam", "providers"): "workloadIdentityPoolProviders"}
ID_RX = {
    ("redis", "instances"): R40,
    ("memorystore", "instances"): R63,
    ("certificatemanager", "*"): R63,
    ("secretmanager", "secrets"): r"[A-Za-z0-9_-]{1,255}",
    ("artifactregistry", "repositories"): R63,
    ("eventarc", "triggers"): R63,
    ("workflows", "workflows"): r"[A-Za-z]([A-Za-z0-9_-]{0,62}[A-Za-z0-9])?",
    ("cloudscheduler", "jobs"): r"[A-Za-z0-9_-]{1,500}",
    ("cloudtasks", "queues"): r"[A-Za-z0-9-]{1,100}",
    ("cloudkms", "*"): r"[A-Za-z0-9_-]{1,63}",
    ("pubsub", "topics"): r"(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}",
    ("pubsub", "subscriptions"): r"(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}",
    ("iam", "workloadIdentityPools"): r"(?!gcp-)[a-z0-9-]{4,32}",
    ("iam", "providers"): r"(?!gcp-)[a-z0-9-]{4,32}",
    ("accesscontextmanager", "servicePerimeters"): r"[A-Za-z][A-Za-z0-9_]{0,49}",
    ("networkconnectivity", "*"): R63,
    ("orgpolicy", "policies"): r"[A-Za-z]+(\.[A-Za-z]+)+",
}


def not_found(c):
    if c.svc == "iam" and "serviceAccounts" in c.path:
        return "Unknown service account"
    if c.svc == "secretmanager":
        return "Secret%s [%s] not found." % (" Version" if "/versions/" in c.path else "", by_number(c.path))
    if c.svc == "pubsub":
        return "Resource not found (resource=%s)." % last(c.path)
    return "Resource '%s' was not found" % c.path


def already(c):
    if c.svc == "secretmanager":
        return "Secret [%s] already exists." % by_number(c.path)
    return "Resource '%s' already exists" % c.path


def server_id(c, body):
    """Ids that the service chooses; derived from the content, so that two runs get the same ones."""
    base, n = body.get("displayName") or "x", 0
    while True:
        h = digits(c.path + base + str(n), 19)
        i = re.sub(r"[^a-z0-9]+", "-", base.lower()).strip("-") + "-" + h[:8] if c.coll == "uptimeCheckConfigs" else h
        if c.key + "/" + i not in STORE:
            return i
        n += 1


def sa_usable(email, project):
    """A job that shall run as a service account of the project needs one that exists."""
    m = re.match(r"[^@]+@([^.@]+)\.iam\.gserviceaccount\.com$", last(email or ""))
    if m and m.group(1) == project and "iam:projects/%s/serviceAccounts/%s" % (project, last(email)) not in STORE:
        raise Err(
            403,
            "PERMISSION_DENIED",
            'The principal (user or service account) lacks IAM permission "iam.serviceAccounts.actAs" for the resource "%s" (or the resource may not exist).'
            % last(email),
        )


# ---------------------------------------------------------------- defaults and checks, run after create and update
def kms_key(c, r, old):
    fill(
        r,
        versionTemplate={"protectionLevel": "SOFTWARE", "algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION"},
        destroyScheduledDuration="2592000s",
        purpose="ENCRYPT_DECRYPT",
    )
    if r.get("rotationPeriod") and not r.get("nextRotationTime"):
        r["nextRotationTime"] = now(int(float(r["rotationPeriod"][:-1])))
    if old is None and r["purpose"] == "ENCRYPT_DECRYPT":
        v = {
            "name": c.path + "/cryptoKeyVersions/1",
            "state": "ENABLED",
            "createTime": now(),
            "generateTime": now(),
            "protectionLevel": "SOFTWARE",
            "algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION",
        }
        STORE["cloudkms:" + v["name"]] = v
        r["primary"] = v


def secret(c, r, old):
    rep = r.get("replication") or {}
    if not rep or ("userManaged" in rep and not rep["userManaged"].get("replicas")):
        raise bad("Secret.replication must be provided, with at least one location.")
    for x in (rep.get("userManaged") or {}).get("replicas", []):
        if x["location"] not in check.REGIONS:
            raise bad("%s is not a valid location." % x["location"])
        check.cmek((x.get("customerManagedEncryption") or {}).get("kmsKeyName"), "gcp-sa-secretmanager", c.project)
    check.cmek(
        ((rep.get("automatic") or {}).get("customerManagedEncryption") or {}).get("kmsKeyName"),
        "gcp-sa-secretmanager",
        c.project,
    )
    if r.get("rotation") and not r.get("topics"):
        raise bad("Topics must be set when rotation is set.")
    agent = "serviceAccount:service-%s@gcp-sa-secretmanager.iam.gserviceaccount.com" % number(c.project)
    for t in r.get("topics", []):
        if "pubsub:" + t["name"] not in STORE and "projects/%s/" % c.project in t["name"]:
            raise missing("Pub/Sub topic [%s] not found." % t["name"])
        if "agents" in STRICT and not policy.has_role(
            c.project, agent, "roles/pubsub.publisher", "pubsub:" + t["name"]
        ):
            raise precondition("The service agent %s lacks publish permission on topic [%s]." % (agent[15:], t["name"]))


def topic(c, r, old):
    check.cmek(r.get("kmsKeyName"), "gcp-sa-pubsub", c.project)
    fill(r, state="ACTIVE")


def subscription(c, r, old):
    if (
        old is None
        and "pubsub:" + r.get("topic", "") not in STORE
        and r.get("topic", "").startswith("projects/%s/" % c.project)
    ):
        raise missing("Resource not found (resource=%s)." % last(r.get("topic", "")))
    fill(
        r,
        ackDeadlineSeconds=10,
        messageRetentionDuration="604800s",
        expirationPolicy={"ttl": "2678400s"},
        state="ACTIVE",
        pushConfig={},
    )
    if not 10 <= r["ackDeadlineSeconds"] <= 600:
        raise bad("Invalid ack deadline given (ack_deadline_seconds=%s)." % r["ackDeadlineSeconds"])
    tok = (r["pushConfig"] or {}).get("oidcToken")
    if tok:
        sa_usable(tok.get("serviceAccountEmail"), c.project)
    if r["pushConfig"] and not r["pushConfig"].get("pushEndpoint", "https://").startswith("https://"):
        raise bad("Invalid push endpoint given (endpoint=%s)." % r["pushConfig"]["pushEndpoint"])
    d = r.get("deadLetterPolicy")
    if d:
        fill(d, maxDeliveryAttempts=5)
    if r.get("retryPolicy"):
        fill(r["retryPolicy"], minimumBackoff="10s", maximumBackoff="600s")


def scheduler_job(c, r, old):
    fill(r, state="ENABLED", attemptDeadline="180s", timeZone="UTC", retryConfig={})
    fill(r["retryConfig"], maxRetryDuration="0s", minBackoffDuration="5s", maxBackoffDuration="3600s", maxDoublings=5)
    r["userUpdateTime"] = r["scheduleTime"] = now()
    if not re.fullmatch(r"(@?\w+.*|[\d*/,\-]+( [\w*/,\-?#]+){4})", r.get("schedule", "")):
        raise bad("Schedule or time zone is invalid: '%s'" % r.get("schedule"))
    h = r.get("httpTarget")
    if h:
        fill(h, httpMethod="POST", headers={"User-Agent": "Google-Cloud-Scheduler"})
        if not re.match(r"https?://", h.get("uri", "")):
            raise bad("HttpRequest.url must start with http:// or https://.")
        for t in ("oidcToken", "oauthToken"):
            if h.get(t):
                sa_usable(h[t].get("serviceAccountEmail"), c.project)
        if h.get("oidcToken"):
            fill(h["oidcToken"], audience=h["uri"])


def tasks_queue(c, r, old):
    fill(r, state="RUNNING", rateLimits={}, retryConfig={})
    fill(r["rateLimits"], maxDispatchesPerSecond=500, maxConcurrentDispatches=1000)
    r["rateLimits"].setdefault("maxBurstSize", max(1, int(r["rateLimits"]["maxDispatchesPerSecond"] / 5) or 1))
    fill(r["retryConfig"], maxAttempts=100, minBackoff="0.100s", maxBackoff="3600s", maxDoublings=16)
    t = (r.get("httpTarget") or {}).get("oidcToken")
    if t:
        sa_usable(t.get("serviceAccountEmail"), c.project)


def trigger(c, r, old):
    sa_usable(r.get("serviceAccount"), c.project)
    if not r.get("eventFilters"):
        raise bad("The request was invalid: invalid value for attribute 'event_filters'")
    r["uid"] = uid(c.path)
    fill(r, eventDataContentType="application/protobuf")
    t = (r.get("transport") or {}).get("pubsub")
    if t is not None:
        if not t.get("topic", "").startswith("projects/"):
            t["topic"] = "projects/%s/topics/%s" % (c.project, t.get("topic") or "eventarc-%s-%s" % (c.location, c.id))
        t["subscription"] = "projects/%s/subscriptions/eventarc-%s-%s-sub-%s" % (
            c.project,
            c.location,
            c.id,
            digits(c.path, 3),
        )


def workflow(c, r, old):
    sa = r.get("serviceAccount") or "%s-compute@developer.gserviceaccount.com" % number(c.project)
    sa_usable(sa, c.project)
    r["serviceAccount"] = "projects/%s/serviceAccounts/%s" % (c.project, last(sa))
    fill(r, state="ACTIVE")
    n = int(old["revisionId"][:6]) if old else 0
    if not old or any(
        old.get(k) != r.get(k) for k in ("sourceContents", "serviceAccount", "cryptoKeyName", "userEnvVars")
    ):
        n += 1
    r["revisionId"], r["revisionCreateTime"] = "%06d-%s" % (n, digits(c.path + str(n), 3)), now()


def artifact_repo(c, r, old):
    check.cmek(r.get("kmsKeyName"), "gcp-sa-artifactregistry", c.project)
    fill(
        r,
        mode="STANDARD_REPOSITORY",
        registryUri="%s-docker.pkg.dev/%s/%s" % (c.location, c.project, c.id),
        vulnerabilityScanningConfig={},
    )
    on = (
        STORE.get("serviceusage:projects/%s/services/containerscanning.googleapis.com" % c.project, {}).get("state")
        == "ENABLED"
    )
    v = fill(r["vulnerabilityScanningConfig"], enablementConfig="INHERITED")
    v["enablementState"] = "SCANNING_ACTIVE" if on and v["enablementConfig"] == "INHERITED" else "SCANNING_DISABLED"
    for k, x in (r.get("cleanupPolicies") or {}).items():
        fill(x, id=k)


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
    for a in auto:
        ok = [
            p
            for p in children("networkconnectivity:%s/serviceConnectionPolicies" % c.parent)
            if p.get("serviceClass") == "gcp-memorystore" and p.get("network") == a["network"]
        ]
        if not ok:
            raise precondition(
                "No service connection policy of class gcp-memorystore for network %s in %s."
                % (a["network"], c.location)
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
    n = {"SHARED_CORE_NANO": 1.4, "HIGHMEM_MEDIUM": 13, "HIGHMEM_XLARGE": 58, "STANDARD_SMALL": 6.5}.get(
        r["nodeType"], 1
    )
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
    r.update(
        state="ACTIVE", uid=uid(c.path), nodeConfig={"sizeGb": n}, endpoints=[{"connections": conns(t)} for t in kinds]
    )
    if r.get("_psc"):
        r["pscAutoConnections"] = [x["pscAutoConnection"] for e in r["endpoints"] for x in e["connections"]]


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


def dns_authorization(c, r, old):
    fill(r, type="FIXED_RECORD")
    if not re.fullmatch(r"([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}", r.get("domain", "")):
        raise bad("domain: %s is not a valid domain name" % r.get("domain"))
    r["dnsResourceRecord"] = {
        "name": "_acme-challenge.%s." % r["domain"],
        "type": "CNAME",
        "data": "%s.%s.authorize.certificatemanager.goog." % (uid(c.path), digits(c.path, 1)),
    }


def certificate(c, r, old):
    m = r.get("managed")
    for a in (m or {}).get("dnsAuthorizations", []):
        if "certificatemanager:" + canon(a) not in STORE:
            raise bad("DnsAuthorization '%s' not found" % a)
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


def wif_pool(c, r, old):
    fill(r, state="ACTIVE")


def wif_provider(c, r, old):
    fill(r, state="ACTIVE")
    m = r.get("attributeMapping") or {}
    if "google.subject" not in m:
        raise bad("The attribute mapping must define google.subject.")
    for k in m:
        if not re.fullmatch(r"google\.(subject|groups)|attribute\.[a-z0-9_]{1,100}", k):
            raise bad("Attribute mapping target %s is not valid." % k)
    if "oidc" in r and not r["oidc"].get("issuerUri", "").startswith("https://"):
        raise bad("The issuer URI must start with https://.")


def perimeter(c, r, old):
    fill(r, perimeterType="PERIMETER_TYPE_REGULAR")


def org_policy(c, r, old):
    for s in ("spec", "dryRunSpec"):
        if s in r:
            r[s].update(etag=etag({k: v for k, v in r[s].items() if k not in ("etag", "updateTime")}), updateTime=now())


def alert(c, r, old):
    fill(r, enabled=True, creationRecord={"mutateTime": now(), "mutatedBy": "fake@example.com"})
    r["mutationRecord"] = {"mutateTime": now(), "mutatedBy": "fake@example.com"}
    if not r.get("combiner"):
        raise bad("Field alert_policy.combiner is required.")
    for i, x in enumerate(r.get("conditions", [])):
        fill(x, name="%s/conditions/%s" % (r["name"], digits(r["name"] + str(i), 19)))
    for n in r.get("notificationChannels", []):
        if "monitoring:" + canon(n) not in STORE:
            raise missing('Field alert_policy.notification_channels had an invalid value of "%s": no such channel.' % n)


def channel(c, r, old):
    fill(r, enabled=True, creationRecord={"mutateTime": now()}, mutationRecords=[{"mutateTime": now()}])


def uptime(c, r, old):
    fill(r, period="60s", timeout="10s", checkerType="STATIC_IP_CHECKERS")
    h = r.get("httpCheck")
    if h and not h.get("authInfo"):
        h.pop("authInfo", None)
    if h:
        fill(h, path="/", requestMethod="GET", port=443 if h.get("useSsl") else 80)
    if (r.get("monitoredResource") or {}).get("type") == "uptime_url":
        fill(r["monitoredResource"]["labels"], project_id=c.project)


def metric(c, r, old):
    d = fill(r, metricDescriptor={})["metricDescriptor"]
    fill(d, metricKind="DELTA", valueType="INT64", unit="1")
    d.update(
        name="projects/%s/metricDescriptors/logging.googleapis.com/user/%s" % (c.project, c.id),
        type="logging.googleapis.com/user/" + c.id,
    )
    if not r.get("filter"):
        raise bad("Filter must be set.")


DEFAULTS = {
    ("cloudkms", "cryptoKeys"): kms_key,
    ("secretmanager", "secrets"): secret,
    ("pubsub", "topics"): topic,
    ("pubsub", "subscriptions"): subscription,
    ("cloudscheduler", "jobs"): scheduler_job,
    ("cloudtasks", "queues"): tasks_queue,
    ("eventarc", "triggers"): trigger,
    ("workflows", "workflows"): workflow,
    ("artifactregistry", "repositories"): artifact_repo,
    ("redis", "instances"): redis,
    ("memorystore", "instances"): valkey,
    ("networkconnectivity", "serviceConnectionPolicies"): connection_policy,
    ("certificatemanager", "dnsAuthorizations"): dns_authorization,
    ("certificatemanager", "certificates"): certificate,
    ("certificatemanager", "certificateMapEntries"): map_entry,
    ("iam", "workloadIdentityPools"): wif_pool,
    ("iam", "providers"): wif_provider,
    ("accesscontextmanager", "servicePerimeters"): perimeter,
    ("orgpolicy", "policies"): org_policy,
    ("monitoring", "alertPolicies"): alert,
    ("monitoring", "notificationChannels"): channel,
    ("monitoring", "uptimeCheckConfigs"): uptime,
    ("logging", "metrics"): metric,
}


# ---------------------------------------------------------------- deletes: refuse while in use, or keep as deleted
def soft(c, r):
    r.update(state="DELETED", expireTime=now(2592000))
    return True


def cert_in_use(c, r):
    for k, v in STORE.items():
        if (
            c.coll == "certificates"
            and c.path in [canon(x) for x in v.get("certificates", [])]
            or c.coll == "dnsAuthorizations"
            and c.path in [canon(x) for x in (v.get("managed") or {}).get("dnsAuthorizations", [])]
            or c.coll == "certificateMaps"
            and (k.startswith(c.key + "/") or canon(v.get("certificateMap", "")).endswith("/" + c.path))
        ):
            raise precondition("can't delete %s that is referenced by %s" % (c.path, k.split(":", 1)[1]))


def valkey_protected(c, r):
    if r.get("deletionProtectionEnabled"):
        raise precondition("The instance is protected from deletion. Disable deletion protection first.")


ON_DELETE = {
    ("iam", "workloadIdentityPools"): soft,
    ("iam", "providers"): soft,
    ("certificatemanager", "certificates"): cert_in_use,
    ("certificatemanager", "dnsAuthorizations"): cert_in_use,
    ("certificatemanager", "certificateMaps"): cert_in_use,
    ("memorystore", "instances"): valkey_protected,
}


# ---------------------------------------------------------------- custom verbs
def add_version(c):
    if c.key not in STORE:
        raise missing(not_found(c))
    n = 1 + max([int(last(v["name"])) for v in children(c.key + "/versions")] + [0])
    v = {
        "name": "%s/versions/%d" % (c.path, n),
        "state": "ENABLED",
        "createTime": now(),
        "_data": c.body.get("payload", {}).get("data", ""),
        "replicationStatus": {"automatic": {}},
        "etag": etag(n),
        "clientSpecifiedPayloadChecksum": "dataCrc32c" in c.body.get("payload", {}),
    }
    STORE[c.key + "/versions/%d" % n] = v
    return dict({k: x for k, x in v.items() if k != "_data"}, name=by_number(v["name"]))


def version(c):
    """The stored secret version that the path names; 'latest' is the newest one."""
    base, n = c.key.rsplit("/", 1)
    if n == "latest":
        n = str(max([int(last(v["name"])) for v in children(base)] + [0]))
    v = STORE.get(base + "/" + n)
    if not v:
        raise missing(not_found(c))
    return v


def secret_version(c, *_):
    if c.method == "GET" and not c.verb or c.verb in ("access", "enable", "disable", "destroy"):
        v = version(c)
        if c.verb == "access":
            if v["state"] != "ENABLED":
                raise precondition("Secret Version [%s] is in %s state." % (by_number(v["name"]), v["state"]))
            return {"name": by_number(v["name"]), "payload": {"data": v["_data"]}}
        if c.verb:
            v["state"] = {"enable": "ENABLED", "disable": "DISABLED", "destroy": "DESTROYED"}[c.verb]
        return dict({k: x for k, x in v.items() if k != "_data"}, name=by_number(v["name"]))


def kms_version(c, *_):
    v = STORE.get(c.key)
    if v is None:
        raise missing(not_found(c))
    if c.verb == "destroy":
        v.update(state="DESTROY_SCHEDULED", destroyTime=now(2592000))
    if c.verb == "restore":
        v.update(state="DISABLED")
    return v


def undelete(c):
    STORE[c.key].update(state="ACTIVE")
    return lro("/".join(c.path.split("/")[:4]), STORE[c.key])


def toggle_sa(c):
    if c.key not in STORE:
        raise missing(not_found(c))
    STORE[c.key]["disabled"] = c.verb == "disable"
    return {}


VERBS = {
    ("secretmanager", "addVersion"): add_version,
    ("iam", "undelete"): undelete,
    ("iam", "listAttestationRules"): lambda c: {},
    ("iam", "disable"): toggle_sa,
    ("iam", "enable"): toggle_sa,
    ("cloudscheduler", "pause"): lambda c: STORE[c.key].update(state="PAUSED") or STORE[c.key],
    ("cloudscheduler", "resume"): lambda c: STORE[c.key].update(state="ENABLED") or STORE[c.key],
    ("cloudtasks", "pause"): lambda c: STORE[c.key].update(state="PAUSED") or STORE[c.key],
    ("cloudtasks", "resume"): lambda c: STORE[c.key].update(state="RUNNING") or STORE[c.key],
}


# ---------------------------------------------------------------- services with paths of their own
def service_accounts(c, proj, email):
    if email is None:
        if c.method != "POST":
            return None
        a = c.body["accountId"]
        check.name(a, r"[a-z]([-a-z0-9]{4,28}[a-z0-9])", "account_id")
        em = "%s@%s.iam.gserviceaccount.com" % (a, proj)
        k = "%s/%s" % (c.key, em)
        if k in STORE:
            raise exists("Service account %s already exists within project projects/%s." % (a, proj))
        STORE[k] = dict(
            prune(c.body.get("serviceAccount", {})),
            name=k[4:],
            email=em,
            projectId=proj,
            uniqueId="1" + digits(k, 20),
            oauth2ClientId="1" + digits(k, 20),
            etag="MDEwMjE5MjA=",
        )
        return STORE[k]
    if proj == "-" or "@" not in email:  # look-up by e-mail in any project, or by unique id
        for k, v in STORE.items():
            if re.match(r"iam:projects/[^/]+/serviceAccounts/[^/]+$", k) and email in (v["email"], v["uniqueId"]):
                c.path, c.project = k[4:], v["projectId"]
    if c.method == "PATCH" and c.key in STORE:
        update(STORE[c.key], prune(c.body.get("serviceAccount", {})), c.body.get("updateMask"))
        return STORE[c.key]
    if c.method == "DELETE" and c.key in STORE:
        policy.forget(last(c.path))
    return None


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
        agent = next(
            (a for a, s in policy.AGENT.items() if s + ".googleapis.com" == svc), "gcp-sa-" + svc.split(".")[0]
        )
        STORE.setdefault(c.key, {})["_identity"] = True
        return op(
            {"email": "service-%s@%s.iam.gserviceaccount.com" % (number(proj), agent), "uniqueId": digits(c.key, 20)}
        )
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


def iap_web(c, proj, kind, name):
    if c.verb == "testIamPermissions" or c.method == "GET" and not c.verb:
        return {"permissions": []}
    ok = (
        "compute:projects/%s/global/backendServices/%s" % (proj, name) in STORE
        if kind == "compute"
        else (
            "run:projects/%s/locations/%s/services/%s" % (proj, kind.replace("cloud_run-", ""), name) in STORE
            if kind.startswith("cloud_run-")
            else True
        )
    )
    if not ok:
        raise missing("Requested entity was not found.")
    return policy.get(c.key) if c.verb == "getIamPolicy" else policy.put(c.key, c.body)


def bucket(c, name, rest):
    """Cloud Storage buckets (no objects)."""
    k = "storage:b/" + (name or "")
    if name is None:
        if c.method == "GET":
            return {"kind": "storage#buckets", "items": children("storage:b")}
        n = c.body["name"]
        check.name(n, r"[a-z0-9][-a-z0-9_.]{1,61}[a-z0-9]", "name")
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
            locationType="region",
        )
        iam.setdefault("publicAccessPrevention", "inherited")
        return STORE[k + n]
    if k not in STORE:
        raise missing("The specified bucket does not exist.")
    if rest == "/iam":
        return dict(policy.get(k), kind="storage#policy") if c.method == "GET" else policy.put(k, {"policy": c.body})
    if rest and c.method == "GET":
        return {"kind": "storage#objects"}
    if c.method == "DELETE":
        return drop(k) or {}
    if c.method in ("PATCH", "PUT"):
        merge(STORE[k], c.body)["updated"] = now()
    return STORE[k]


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


P = r"projects/([^/]+)"
ROUTES = {
    "iam": [(P + r"/serviceAccounts(?:/([^/]+))?", service_accounts)],
    "serviceusage": [(P + r"/services(?:/([^/]+))?", service_usage)],
    "cloudresourcemanager": [(P, project)],
    "servicenetworking": [
        (r"services/([^/]+)/connections(?:/([^/]+))?", connections),
        (P.replace("projects", "services"), lambda c, s: lro("", {}) if c.method in ("PATCH", "POST") else None),
    ],
    "iap": [(P + r"/iap_web/([^/]+)/services/([^/]+)", iap_web)],
    "storage": [(r"b(?:/([^/]+)(/.*)?)?", bucket)],
    "secretmanager": [(P + r"/secrets/[^/]+/versions/([^/]+)", secret_version)],
    "cloudkms": [(r".*/cryptoKeyVersions/[^/]+", kms_version)],
    "binaryauthorization": [(P + "/policy", binauthz)],
    "cloudbilling": [
        (
            P + "/billingInfo",
            lambda c, p: {
                "name": c.path,
                "projectId": p,
                "billingAccountName": "billingAccounts/000000-000000-000000",
                "billingEnabled": True,
            },
        )
    ],
    "openidconnect": [("userinfo", lambda c: {"email": "fake@example.com", "sub": "1"})],
    "oauth2": [("userinfo|tokeninfo", lambda c: {"email": "fake@example.com", "sub": "1"})],
}
