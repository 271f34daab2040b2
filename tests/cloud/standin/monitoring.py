"""Alerts, channels, checks and metrics."""

from .core import STORE, bad, canon, digits, fill, missing, now


def alert(c, r, old):
    fill(r, enabled=True, creationRecord={"mutateTime": now(), "mutatedBy": "operator@example.com"})
    r["mutationRecord"] = {"mutateTime": now(), "mutatedBy": "operator@example.com"}
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
