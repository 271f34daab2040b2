"""Pub/Sub, Scheduler, Tasks, Eventarc and Workflows: what waits, and calls as an account."""

import json
import re

from . import check, policy
from .core import STORE, ApiError, bad, digits, fill, last, missing, now, number, uid


def sa_usable(email, project):
    """A job that shall run as a service account of the project needs one that exists."""
    m = re.match(r"[^@]+@([^.@]+)\.iam\.gserviceaccount\.com$", last(email or ""))
    if m and m.group(1) == project and "iam:projects/%s/serviceAccounts/%s" % (project, last(email)) not in STORE:
        raise ApiError(
            403,
            "PERMISSION_DENIED",
            'The principal (user or service account) lacks IAM permission "iam.serviceAccounts.actAs" for the resource "%s" (or the resource may not exist).'
            % last(email),
        )


def schema(c, r, old):
    """One revision after the other; the last one is shown."""
    if not r.get("definition") or r.get("type") not in ("AVRO", "PROTOCOL_BUFFER"):
        raise bad("Invalid schema: a type and a definition are needed.")
    try:
        fits = r["type"] == "PROTOCOL_BUFFER" and "message " in r["definition"] or isinstance(json.loads(r["definition"]), (dict, list, str))
    except ValueError:
        fits = False
    if not fits:
        raise bad("Request contains an invalid schema: %s" % r["definition"][:40])
    r["_revisions"] = r.get("_revisions", 0) + 1
    r["revisionId"], r["revisionCreateTime"] = digits(r["definition"], 8), now()


def commit_schema(c):
    live, asked = STORE.get(c.key), (c.body or {}).get("schema") or {}
    if not live:
        raise missing("Resource not found (resource=%s)." % last(c.path))
    if asked.get("type") != live["type"]:
        raise bad("The type of a schema cannot be changed.")
    if live["_revisions"] >= 20:
        raise ApiError(429, "RESOURCE_EXHAUSTED", "A schema cannot have more than 20 revisions.")
    changed = dict(live, definition=asked.get("definition"))
    schema(c, changed, live)
    STORE[c.key] = changed
    return changed


def topic(c, r, old):
    check.cmek(r.get("kmsKeyName"), "gcp-sa-pubsub", c.project)
    form = r.get("schemaSettings") or {}
    if not form:
        r.pop("schemaSettings", None)
    elif "pubsub:" + form.get("schema", "") not in STORE:
        raise missing("Resource not found (resource=%s)." % last(form.get("schema", "")))
    elif form.get("encoding") not in ("JSON", "BINARY"):
        raise bad("Invalid encoding of a schema.")
    fill(r, state="ACTIVE")


def subscription(c, r, old):
    if old is None and "pubsub:" + r.get("topic", "") not in STORE and r.get("topic", "").startswith("projects/%s/" % c.project):
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
    if not (r["pushConfig"] or {}).get("pushEndpoint"):
        r["pushConfig"] = {}  # it is pulled from
    tok = r["pushConfig"].get("oidcToken")
    if tok:
        sa_usable(tok.get("serviceAccountEmail"), c.project)
    if not r["pushConfig"].get("pushEndpoint", "https://").startswith("https://"):
        raise bad("Invalid push endpoint given (endpoint=%s)." % r["pushConfig"]["pushEndpoint"])
    written(c, r)
    d = r.get("deadLetterPolicy")
    if d:
        fill(d, maxDeliveryAttempts=5)
    if r.get("retryPolicy"):
        fill(r["retryPolicy"], minimumBackoff="10s", maximumBackoff="600s")


def written(c, r):
    """What Pub/Sub writes to is there, its agent may write to it, and nothing is pushed as well."""
    table, files = r.get("bigqueryConfig") or {}, r.get("cloudStorageConfig") or {}
    for empty in ("bigqueryConfig", "cloudStorageConfig"):
        if not r.get(empty):
            r.pop(empty, None)
    if len([way for way in (r["pushConfig"], table, files) if way]) > 1:
        raise bad("At most one of push_config, bigquery_config and cloud_storage_config can be set.")
    agent = "serviceAccount:service-%s@gcp-sa-pubsub.iam.gserviceaccount.com" % number(c.project)
    if table:
        project, dataset, name = table["table"].split(".")
        key = "bigquery:projects/%s/datasets/%s/tables/%s" % (project, dataset, name)
        may = ["roles/bigquery.dataEditor"]
    elif files:
        key, may = "storage:b/" + files["bucket"], ["roles/storage.objectCreator", "roles/storage.legacyBucketReader"]
        fill(files, maxDuration="300s")
        if not 60 <= int(files["maxDuration"][:-1]) <= min(600, r["ackDeadlineSeconds"]):
            raise bad("Invalid max_duration: it may not exceed the ack deadline.")
        if not files.get("filenamePrefix"):
            files.pop("filenamePrefix", None)
        if not files.get("avroConfig"):
            files.setdefault("textConfig", {})
    else:
        return
    if key not in STORE:
        raise missing("Resource not found (resource=%s)." % last(key))
    if not all(policy.has_role(c.project, agent, role, key) for role in may):
        raise ApiError(403, "PERMISSION_DENIED", "The service agent of Pub/Sub does not have permission to write to %s." % key)


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
    if not r.get("httpTarget"):
        r.pop("httpTarget", None)  # what was cleared piece by piece is gone
    t = (r.get("httpTarget") or {}).get("oidcToken")
    if t:
        sa_usable(t.get("serviceAccountEmail"), c.project)


def heard(c, r):
    """What a trigger hears of is there, where the trigger lies, and whoever has to publish it may."""
    filters = {f["attribute"]: f["value"] for f in r["eventFilters"]}
    if len(filters) != len(r["eventFilters"]) or "type" not in filters:
        raise bad("The request was invalid: event_filters must have one value for each attribute, and a type")
    kind = filters.pop("type")
    if r.get("channel") and kind.startswith("google."):
        raise bad("The request was invalid: no channel brings %s." % kind)
    if kind.startswith("google.cloud.storage.object."):
        found = STORE.get("storage:b/" + filters.pop("bucket", ""))
        if not found or filters:
            raise bad("The request was invalid: Bucket is not found, or another filter than bucket is set.")
        if found["location"].lower() != c.location:
            raise bad("The request was invalid: Bucket location %s does not match trigger location %s." % (found["location"].lower(), c.location))
        agent = "serviceAccount:service-%s@gs-project-accounts.iam.gserviceaccount.com" % number(c.project)
        if not policy.has_role(c.project, agent, "roles/pubsub.publisher"):
            raise bad("The Cloud Storage service account for your bucket is unable to publish to Cloud Pub/Sub topics in the specified project.")
    elif kind == "google.cloud.pubsub.topic.v1.messagePublished":
        found = ((r.get("transport") or {}).get("pubsub") or {}).get("topic", "")
        if filters or c.location == "global" or (found and "pubsub:" + found not in STORE):
            raise bad("The request was invalid: topic %s is not found, or the trigger takes no such filter or location." % found)
    elif kind == "google.cloud.audit.log.v1.written":
        if not {"serviceName", "methodName"} <= set(filters) <= {"serviceName", "methodName", "resourceName"}:
            raise bad("The request was invalid: serviceName and methodName are required.")
    elif r.get("channel"):
        found = re.fullmatch(r"projects/([^/]+)/locations/([^/]+)/channels/[^/]+", r["channel"])
        if not found or found.group(2) != c.location:
            raise bad("The request was invalid: the channel must lie where the trigger does.")
        if "eventarc:" + r["channel"] not in STORE:
            raise missing("Channel %s is not found." % r["channel"])
    else:
        raise bad("The request was invalid: event type %s is not supported." % kind)


def told(c, r):
    """Whom a trigger tells is there, and its account may be told."""
    to = r.get("destination") or {}
    run, flow = to.get("cloudRun"), to.get("workflow")
    if run and "run:projects/%s/locations/%s/services/%s" % (c.project, run.get("region", c.location), run.get("service")) not in STORE:
        raise missing("Cloud Run service %s is not found." % run.get("service"))
    if flow and "workflows:" + flow not in STORE:
        raise missing("Workflow %s is not found." % flow)
    if bool(run) == bool(flow):
        raise bad("The request was invalid: exactly one destination is needed")
    member = "serviceAccount:" + (r.get("serviceAccount") or "")
    if not policy.has_role(c.project, member, "roles/eventarc.eventReceiver"):
        raise ApiError(403, "PERMISSION_DENIED", 'Permission "eventarc.events.receiveEvent" denied on "%s"' % r.get("serviceAccount"))
    by_agent(c)


def by_agent(c):
    """Eventarc makes topics and subscriptions as its agent."""
    agent = "serviceAccount:service-%s@gcp-sa-eventarc.iam.gserviceaccount.com" % number(c.project)
    if not policy.has_role(c.project, agent, "roles/eventarc.serviceAgent"):
        raise bad("Invalid resource state: Permission denied while using the Eventarc Service Agent.")


def channel(c, r, old):
    """One without a provider is there for whoever may publish, at once."""
    check.api("eventarcpublishing", c.project)
    by_agent(c)
    check.cmek(r.get("cryptoKeyName"), "gcp-sa-eventarc", c.project)
    if not r.get("cryptoKeyName"):
        r.pop("cryptoKeyName", None)
    if old and old.get("provider") != r.get("provider"):
        raise bad("The provider of a channel cannot be changed.")
    r["uid"] = uid(c.path)
    fill(r, state="PENDING" if r.get("provider") else "ACTIVE", pubsubTopic="projects/%s/topics/eventarc-channel-%s-%s" % (c.project, c.location, c.id))


def trigger(c, r, old):
    sa_usable(r.get("serviceAccount"), c.project)
    if not r.get("eventFilters"):
        raise bad("The request was invalid: invalid value for attribute 'event_filters'")
    heard(c, r)
    told(c, r)
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
    if not old or any(old.get(k) != r.get(k) for k in ("sourceContents", "serviceAccount", "cryptoKeyName", "userEnvVars")):
        n += 1
    r["revisionId"], r["revisionCreateTime"] = "%06d-%s" % (n, digits(c.path + str(n), 3)), now()
