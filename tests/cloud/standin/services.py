"""Tables for rest.py: what each resource-oriented API adds to the common pattern."""

import re

from . import firestore
from .certificates import cert_in_use, certificate, dns_authorization, map_entry
from .core import STORE, digits, lro
from .identity import (
    iap_web,
    service_accounts,
    soft,
    toggle_sa,
    undelete,
    wif_pool,
    wif_provider,
)
from .logs import first_buckets, log_bucket, log_sink
from .messages import channel as event_channel
from .messages import commit_schema, scheduler_job, schema, subscription, tasks_queue, topic, trigger, workflow
from .monitoring import alert, channel, dashboard, dashboards, metric, uptime
from .projects import (
    binauthz,
    connections,
    org_policy,
    perimeter,
    project,
    service_usage,
)
from .secrets import add_version, kms_key, kms_version, secret, secret_version
from .stores import (
    artifact_repo,
    authority,
    bucket,
    cache_protected,
    cluster,
    storage_agent,
    connection_policy,
    redis,
    valkey,
)
from .warehouse import datasets, query, results, spanner, tables

R40 = r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?"
R63 = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"
# Which calls answer with a done google.longrunning operation: c(reate) u(pdate) d(elete). Others answer with the resource.
LRO = {
    ("firestore", "*"): "cud",
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
    ("monitoring", "dashboards"),
    ("orgpolicy", "policies"),
    ("iam", "workloadIdentityPools"),
    ("iam", "providers"),
}
SHORT_NAME = {("logging", "metrics"), ("logging", "sinks")}
NO_TIMES = {
    ("monitoring", "notificationChannels"),
    ("monitoring", "alertPolicies"),
    ("monitoring", "uptimeCheckConfigs"),
    ("monitoring", "dashboards"),
    ("orgpolicy", "policies"),
    ("cloudtasks", "queues"),
    ("pubsub", "schemas"),
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
    ("firestore", "databases"): r"\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9]",
    ("redis", "instances"): R40,
    ("redis", "clusters"): R63,
    ("memorystore", "instances"): R63,
    ("certificatemanager", "*"): R63,
    ("secretmanager", "secrets"): r"[A-Za-z0-9_-]{1,255}",
    ("artifactregistry", "repositories"): R63,
    ("eventarc", "channels"): R63,
    ("eventarc", "triggers"): R63,
    ("workflows", "workflows"): r"[A-Za-z]([A-Za-z0-9_-]{0,62}[A-Za-z0-9])?",
    ("cloudscheduler", "jobs"): r"[A-Za-z0-9_-]{1,500}",
    ("cloudtasks", "queues"): r"[A-Za-z0-9-]{1,100}",
    ("cloudkms", "*"): r"[A-Za-z0-9_-]{1,63}",
    ("pubsub", "schemas"): r"(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}",
    ("pubsub", "topics"): r"(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}",
    ("pubsub", "subscriptions"): r"(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}",
    ("iam", "workloadIdentityPools"): r"(?!gcp-)[a-z0-9-]{4,32}",
    ("iam", "providers"): r"(?!gcp-)[a-z0-9-]{4,32}",
    ("accesscontextmanager", "servicePerimeters"): r"[A-Za-z][A-Za-z0-9_]{0,49}",
    ("networkconnectivity", "*"): R63,
    ("orgpolicy", "policies"): r"[A-Za-z]+(\.[A-Za-z]+)+",
}


def server_id(c, body):
    """Ids that the service chooses; derived from the content, so that two runs get the same ones."""
    base, n = body.get("displayName") or "x", 0
    while True:
        h = digits(c.path + base + str(n), 19)
        i = re.sub(r"[^a-z0-9]+", "-", base.lower()).strip("-") + "-" + h[:8] if c.coll == "uptimeCheckConfigs" else h
        if c.key + "/" + i not in STORE:
            return i
        n += 1


DEFAULTS = {
    ("cloudkms", "cryptoKeys"): kms_key,
    ("secretmanager", "secrets"): secret,
    ("pubsub", "schemas"): schema,
    ("pubsub", "topics"): topic,
    ("pubsub", "subscriptions"): subscription,
    ("cloudscheduler", "jobs"): scheduler_job,
    ("cloudtasks", "queues"): tasks_queue,
    ("eventarc", "channels"): event_channel,
    ("eventarc", "triggers"): trigger,
    ("workflows", "workflows"): workflow,
    ("artifactregistry", "repositories"): artifact_repo,
    ("firestore", "databases"): firestore.database,
    ("redis", "instances"): redis,
    ("redis", "clusters"): cluster,
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
    ("monitoring", "dashboards"): dashboard,
    ("logging", "metrics"): metric,
    ("logging", "buckets"): log_bucket,
    ("logging", "sinks"): log_sink,
}
ON_DELETE = {
    ("iam", "workloadIdentityPools"): soft,
    ("iam", "providers"): soft,
    ("certificatemanager", "certificates"): cert_in_use,
    ("certificatemanager", "dnsAuthorizations"): cert_in_use,
    ("certificatemanager", "certificateMaps"): cert_in_use,
    ("firestore", "databases"): firestore.protected,
    ("memorystore", "instances"): cache_protected,
    ("redis", "clusters"): cache_protected,
}
VERBS = {
    ("secretmanager", "addVersion"): add_version,
    ("iam", "undelete"): undelete,
    ("iam", "listAttestationRules"): lambda c: {},
    ("iam", "disable"): toggle_sa,
    ("iam", "enable"): toggle_sa,
    ("pubsub", "commit"): commit_schema,
    ("cloudscheduler", "pause"): lambda c: STORE[c.key].update(state="PAUSED") or STORE[c.key],
    ("cloudscheduler", "resume"): lambda c: STORE[c.key].update(state="ENABLED") or STORE[c.key],
    ("cloudtasks", "pause"): lambda c: STORE[c.key].update(state="PAUSED") or STORE[c.key],
    ("cloudtasks", "resume"): lambda c: STORE[c.key].update(state="RUNNING") or STORE[c.key],
}
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
    "storage": [(r"b(?:/([^/]+)(/.*)?)?", bucket), (r"projects/([^/]+)/serviceAccount", storage_agent)],
    "secretmanager": [(P + r"/secrets/[^/]+/versions/([^/]+)", secret_version)],
    "logging": [(P + r"/locations/[^/]+/buckets.*", first_buckets)],
    "monitoring": [(P + r"/dashboards(?:/([^/]+))?", dashboards)],
    "firestore": [
        (P + r"/databases/([^/]+)/collectionGroups/([^/]+)/indexes(?:/([^/]+))?", firestore.indexes),
        (P + r"/databases/([^/]+)/collectionGroups/([^/]+)/fields(?:/([^/]+))?", firestore.fields),
    ],
    "memorystore": [(r"(.*/instances/[^/]+)/certificateAuthority", authority)],
    "redis": [(r"(.*/clusters/[^/]+)/certificateAuthority", authority)],
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
    "openidconnect": [("userinfo", lambda c: {"email": "operator@example.com", "sub": "1"})],
    "bigquery": [
        (P + r"/datasets(?:/([^/]+))?", datasets),
        (P + r"/datasets/([^/]+)/tables(?:/([^/]+))?", tables),
        (P + r"/jobs(?:/([^/]+))?", query),
        (P + r"/queries/([^/]+)", results),
    ],
    "spanner": [(P + r"/instances(?:/[^/]+/databases)?", spanner)],
    "oauth2": [("userinfo|tokeninfo", lambda c: {"email": "operator@example.com", "sub": "1"})],
}
