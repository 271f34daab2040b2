//! Who hears of what fails: channels, uptime checks, alerts, the page to look at then, and the files that say what these are.

use askama::Template;

use super::filters;
use super::script::{Script, words};
use super::verify::{Reading, by};
use crate::plan::model::{
    Alert, AlertCondition, Labels, Monitoring, NotificationChannel, Plan, Statuses, UptimeCheck,
};
use crate::render::dashboard;
use crate::tree::Tree;

/// The kind of channels. The script of the stage does not read it ahead: it reads it again once it has made one.
pub(super) const CHANNELS: &str = "monitoring channels";

/// What reads checks and alerts ahead, and these kinds.
pub(super) fn ahead(plan: &Plan, more: &[&str]) -> Vec<String> {
    if plan.monitoring.is_none() {
        return Vec::new();
    }
    let kinds = ["monitoring uptime"].iter().chain(more).copied();
    vec![
        format!("look_ahead {}", words(kinds)),
        "alerts_ahead".to_owned(),
    ]
}

/// What reads the dashboard ahead. It is no fact: it opens nothing, and `verify.sh` does not ask for it.
pub(super) fn dashboard_ahead(plan: &Plan) -> Option<String> {
    let dashboard = plan.dashboard()?;
    Some(format!(
        "dashboard_ahead {}",
        words([dashboard.name.as_str()])
    ))
}

#[derive(Template)]
#[template(path = "gcloud/monitoring.sh.j2")]
struct Section<'a> {
    project: &'a str,
    labels: &'a Labels,
    channels: Vec<(&'a str, &'a str)>,
    checks: Vec<CheckView<'a>>,
    /// Id and display name.
    alerts: Vec<(&'a str, &'a str)>,
    /// Its display name.
    dashboard: Option<&'a str>,
}

struct CheckView<'a> {
    name: &'a str,
    host: &'a str,
    path: &'a str,
    /// The flag that says which answers are good, and its value.
    accepts: (&'static str, String),
}

#[derive(Template)]
#[template(path = "gcloud/alert.yaml.j2")]
struct File<'a> {
    source: &'a str,
    name: &'a str,
    subject: &'a str,
    documentation: &'a [String],
    severity: &'static str,
    condition: &'a AlertCondition,
    labels: &'a Labels,
}

/// Adds the steps.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
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
    script.section(&Section {
        project: &plan.project.id,
        labels,
        channels: channels
            .iter()
            .map(|NotificationChannel { name, address }| (name.as_str(), address.as_str()))
            .collect(),
        checks: checks.iter().map(check).collect(),
        alerts: alerts
            .iter()
            .map(|alert| (alert.id, alert.name.as_str()))
            .collect(),
        dashboard: dashboard.as_ref().map(|one| one.name.as_str()),
    });
}

fn check(check: &UptimeCheck) -> CheckView<'_> {
    let UptimeCheck {
        name,
        // Terraform's.
        local: _,
        host,
        path,
        accepts,
    } = check;
    let flag = match accepts {
        Statuses::Classes(_) => "--status-classes",
        Statuses::Codes(_) => "--status-codes",
    };
    CheckView {
        name,
        host,
        path,
        accepts: (flag, accepts.in_short().replace(' ', ",")),
    }
}

/// Writes a file for each alert and one for the dashboard, which gcloud takes as they are.
pub(super) fn files(plan: &Plan, folder: &str, tree: &mut Tree) {
    let Some(monitoring) = &plan.monitoring else {
        return;
    };
    for alert in &monitoring.alerts {
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
        let file = File {
            source: &plan.source,
            name,
            subject,
            documentation,
            severity: severity.word(),
            condition,
            labels: &monitoring.labels,
        };
        let text = crate::render::text(&file) + "\n";
        tree.add(&format!("{folder}/alerts/{id}.yaml"), text);
    }
    if let Some(one) = &monitoring.dashboard {
        let text = dashboard::text(plan, one, &monitoring.labels);
        tree.add(&format!("{folder}/{}", dashboard::FILE), text);
    }
}

/// How a fact is read.
pub(super) fn reading(plan: &Plan, name: &str) -> Option<Reading> {
    let monitoring = plan.monitoring.as_ref()?;
    let prefix = &plan.project.name;
    match name {
        "notify" => by(["notified", prefix]),
        "uptime" => by(["asked", prefix]),
        "alerts" => {
            let mut reader = vec!["alerted".to_owned(), prefix.clone()];
            let addresses = monitoring.channels.iter();
            reader.extend(addresses.map(|channel| channel.address.clone()));
            reader.push("--".to_owned());
            reader.extend(monitoring.alerts.iter().map(|alert| alert.id.to_owned()));
            Some(Reading::By(reader))
        }
        _ => None,
    }
}
