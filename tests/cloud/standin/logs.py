"""Log buckets and sinks."""

import re

from .core import STORE, bad, fill, missing, number

LOG_BUCKET = re.compile(r"logging\.googleapis\.com/(projects/([^/]+)/locations/[^/]+/buckets/[^/]+)")


def first_buckets(c, project):
    """Every project has two log buckets from the beginning."""
    for name, days in (("_Default", 30), ("_Required", 400)):
        path = "projects/%s/locations/global/buckets/%s" % (project, name)
        locked = name == "_Required"
        STORE.setdefault("logging:" + path, {"name": path, "retentionDays": days, "locked": locked, "lifecycleState": "ACTIVE"})


def log_bucket(c, r, old):
    fill(r, retentionDays=30, lifecycleState="ACTIVE")
    days = r["retentionDays"]
    if not 1 <= int(days) <= 3650:
        raise bad("Retention days must be between 1 and 3650, not %s." % days)
    if old and old.get("locked") and (int(days) != int(old["retentionDays"]) or not r.get("locked")):
        raise bad("Cannot modify a locked bucket.")


def log_sink(c, r, old):
    to = r.get("destination", "")
    bucket = LOG_BUCKET.fullmatch(to)
    if bucket and bucket[2] == c.project:
        if "logging:" + bucket[1] not in STORE:
            raise missing("Log bucket %s was not found." % bucket[1])
        r.pop("writerIdentity", None)
        return
    if not bucket and not re.fullmatch(r"storage\.googleapis\.com/[^/]+|pubsub\.googleapis\.com/projects/[^/]+/topics/[^/]+|bigquery\.googleapis\.com/projects/[^/]+/datasets/\w+", to):
        raise bad("The specified destination is invalid: %s" % to)
    if (c.arg("uniqueWriterIdentity") or "").lower() != "true":
        raise bad("A sink that leads out of Cloud Logging needs an identity of its own.")
    # The agent is made with the first sink that needs it.
    STORE.setdefault("serviceusage:projects/%s/services/logging.googleapis.com" % c.project, {})["_identity"] = True
    fill(r, writerIdentity="serviceAccount:service-%s@gcp-sa-logging.iam.gserviceaccount.com" % number(c.project))
