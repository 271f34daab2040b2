//! Who hears of what fails: channels, uptime checks, alerts, and the page to look at then.

use askama::Template;

use super::filters;
use super::module::{Module, reference};
use super::words::Expr;
use crate::plan::model::{
    Alert, AlertCondition, Labels, Monitoring, NotificationChannel, Statuses, UptimeCheck,
};
use crate::render::dashboard;

#[derive(Template)]
#[template(path = "terraform/monitoring.tf.j2")]
struct File<'a> {
    project: Expr,
    project_id: &'a str,
    labels: &'a Labels,
    /// Name in Terraform, display name and address.
    channels: Vec<(&'a str, &'a str, &'a str)>,
    checks: Vec<CheckView<'a>>,
    /// The channels that every alert goes to.
    notify: Vec<Expr>,
    alerts: Vec<AlertView<'a>>,
}

#[derive(Template)]
#[template(path = "terraform/dashboard.tf.j2")]
struct Page<'a> {
    project: Expr,
    local: &'a str,
}

struct CheckView<'a> {
    local: &'a str,
    name: &'a str,
    host: &'a str,
    path: &'a str,
    accepts: &'a Statuses,
}

struct AlertView<'a> {
    local: &'a str,
    name: &'a str,
    subject: &'a str,
    documentation: &'a [String],
    severity: &'static str,
    condition: &'a AlertCondition,
}

/// Adds them, where somebody hears of it.
pub(super) fn add<'a>(module: &mut Module<'a>) {
    let plan = module.plan;
    let Some(monitoring) = &plan.monitoring else {
        return;
    };
    let Monitoring {
        channels,
        checks,
        alerts,
        dashboard,
        labels,
    } = monitoring;
    let channel = |channel: &'a NotificationChannel| {
        let NotificationChannel { name, address } = channel;
        (address.as_str(), name.as_str(), address.as_str())
    };
    let id = |one: &NotificationChannel| {
        reference("google_monitoring_notification_channel", &one.address, "id")
    };
    let file = File {
        project: module.project("monitoring.googleapis.com"),
        project_id: &plan.project.id,
        labels,
        channels: channels.iter().map(channel).collect(),
        checks: checks.iter().map(check).collect(),
        notify: channels.iter().map(id).collect(),
        alerts: alerts.iter().map(alert).collect(),
    };
    let summary = "Who hears of what fails: whom alerts go to, what is asked from outside, and when an alert goes off.";
    module.add("monitoring.tf", summary, &file);
    if let Some(dashboard) = dashboard {
        let page = Page {
            project: module.project("monitoring.googleapis.com"),
            local: &dashboard.local,
        };
        let summary = "The page to look at after an alert; what it shows stands in dashboard.yaml.";
        module.add("dashboard.tf", summary, &page);
        module.add_beside(dashboard::FILE, dashboard::text(plan, dashboard, labels));
    }
}

fn check(check: &UptimeCheck) -> CheckView<'_> {
    let UptimeCheck {
        name,
        local,
        host,
        path,
        accepts,
    } = check;
    CheckView {
        local,
        name,
        host,
        path,
        accepts,
    }
}

fn alert(alert: &Alert) -> AlertView<'_> {
    let Alert {
        id,
        name,
        subject,
        documentation,
        severity,
        condition,
        // It stands in the condition, and in the dashboard.
        limit: _,
    } = alert;
    AlertView {
        local: id,
        name,
        subject,
        documentation,
        severity: severity.word(),
        condition,
    }
}
