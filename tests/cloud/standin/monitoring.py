"""Alerts, channels, checks, dashboards and metrics."""

from .core import STORE, ApiError, bad, by_number, canon, digits, etag, fill, missing, now, prune, same_tag


def alert(c, r, old):
    fill(r, enabled=True, creationRecord={"mutateTime": now(), "mutatedBy": "operator@example.com"})
    r["mutationRecord"] = {"mutateTime": now(), "mutatedBy": "operator@example.com"}
    if not r.get("combiner"):
        raise bad("Field alert_policy.combiner is required.")
    if not r.get("displayName") or not r.get("conditions"):
        raise bad("Field alert_policy.display_name and at least one condition are required.")
    forms = [[form for form in x if form.startswith("condition")] for x in r["conditions"]]
    if any(len(form) != 1 for form in forms):
        raise bad("Field alert_policy.conditions[0] must have exactly one condition type.")
    alone = {"conditionPrometheusQueryLanguage", "conditionMatchedLog"}
    if len(forms) > 1 and alone.intersection(sum(forms, [])):
        raise bad("Field alert_policy.conditions: a policy with such a condition has no other.")
    limit = (r.get("alertStrategy") or {}).get("notificationRateLimit")
    if (["conditionMatchedLog"] in forms) != bool(limit):
        raise bad("Field alert_policy.alert_strategy.notification_rate_limit goes with log-based alerts, which need it.")
    for i, x in enumerate(r.get("conditions", [])):
        fill(x, name="%s/conditions/%s" % (r["name"], digits(r["name"] + str(i), 19)))
    for n in r.get("notificationChannels", []):
        if "monitoring:" + canon(n) not in STORE:
            raise missing('Field alert_policy.notification_channels had an invalid value of "%s": no such channel.' % n)


def channel(c, r, old):
    if r.get("type") == "email" and "@" not in (r.get("labels") or {}).get("email_address", ""):
        raise bad("Field notification_channel.labels['email_address'] had an invalid value.")
    fill(r, enabled=True, creationRecord={"mutateTime": now()}, mutationRecords=[{"mutateTime": now()}])


def uptime(c, r, old):
    fill(r, period="60s", timeout="10s", checkerType="STATIC_IP_CHECKERS")
    if not r.get("displayName"):
        raise bad("Field uptime_check_config.display_name is required.")
    h = r.get("httpCheck")
    if h and not h.get("authInfo"):
        h.pop("authInfo", None)
    if h:
        fill(h, path="/", requestMethod="GET", port=443 if h.get("useSsl") else 80)
    if (r.get("monitoredResource") or {}).get("type") == "uptime_url":
        fill(r["monitoredResource"]["labels"], project_id=c.project)


def dashboard(c, r, old):
    if not r.get("displayName"):
        raise bad("Field dashboard.displayName is required.")
    if len({"gridLayout", "mosaicLayout", "rowLayout", "columnLayout"} & set(r)) != 1:
        raise bad("Field dashboard must have exactly one layout.")
    mosaic = r.get("mosaicLayout", {})
    taken = set()
    for i, tile in enumerate(mosaic.get("tiles", [])):
        field = "Field dashboard.mosaicLayout.tiles[%d]" % i
        x, y, width, height = (tile.get(k, 0) for k in ("xPos", "yPos", "width", "height"))
        if width < 1 or height < 1 or x + width > mosaic.get("columns", 0):
            raise bad(field + " is not on the grid.")
        widget = tile.get("widget", {})
        if len(set(widget) - {"title", "id", "visibilityCondition"}) != 1:
            raise bad(field + ".widget must have exactly one content.")
        if "collapsibleGroup" in widget:
            continue
        blocks = {(column, row) for column in range(x, x + width) for row in range(y, y + height)}
        if blocks & taken:
            raise bad(field + " overlaps another tile.")
        taken |= blocks
        chart = widget.get("xyChart")
        if chart is None:
            continue
        if not chart.get("dataSets"):
            raise bad(field + ".widget.xyChart.dataSets is required.")
        fill(chart, chartOptions={"mode": "COLOR"})
        for shown in chart["dataSets"]:
            if not shown.get("timeSeriesQuery"):
                raise bad(field + ".widget.xyChart.dataSets.timeSeriesQuery is required.")
            fill(shown, targetAxis="Y1")
        for line in chart.get("thresholds", []):
            if "color" in line or "direction" in line:
                raise bad(field + ".widget.xyChart.thresholds: color and direction are not allowed in a chart.")
            fill(line, targetAxis="Y1")
    r["etag"] = etag({k: v for k, v in r.items() if k != "etag"})


def dashboards(c, project, name):
    """A PATCH replaces the whole, by whoever knows what it was last."""
    if c.method != "PATCH" or c.key not in STORE:
        return None
    body = dict(c.body or {})
    if not same_tag(body.pop("etag", ""), STORE[c.key]["etag"]):
        raise ApiError(409, "ABORTED", "The dashboard was changed meanwhile: its etag is another.", reason="aborted")
    r = dict(prune(body), name=c.path)
    dashboard(c, r, STORE[c.key])
    STORE[c.key] = r
    return dict(r, name=by_number(r["name"]))


def metric(c, r, old):
    d = fill(r, metricDescriptor={})["metricDescriptor"]
    fill(d, metricKind="DELTA", valueType="INT64", unit="1")
    d.update(
        name="projects/%s/metricDescriptors/logging.googleapis.com/user/%s" % (c.project, c.id),
        type="logging.googleapis.com/user/" + c.id,
    )
    if not r.get("filter"):
        raise bad("Filter must be set.")
