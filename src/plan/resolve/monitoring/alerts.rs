//! The alerts: each where the blueprint has what it watches, and nobody took it away.

use crate::blueprint::Key;
use crate::blueprint::schema::Alerts;
use crate::blueprint::units::DAY;
use crate::plan::google::governance::ALL_SERVICES;
use crate::plan::google::monitoring as google;
use crate::plan::google::{roles, secretmanager};
use crate::plan::model::{
    Alert, AlertCondition, Plan, Principal, Resource, UptimeCheck, WafMode, account_email,
};
use crate::plan::resolve::context::Context;

use super::measures::{self, OfMost};
use super::query::{each, growth, series};
use super::texts::{self, Text};
use super::thresholds::{COUNT, PERCENT};

/// Seconds of a minute.
const MINUTE: u32 = 60;
/// So many minutes a request may take by its `timeout` before its service counts as one that is slow on purpose.
const SLOW_TIMEOUT: u32 = MINUTE;

/// The alerts of a plan, by id.
pub(super) fn resolve(
    cx: &mut Context<'_>,
    key: &Key,
    written: &Alerts,
    plan: &Plan,
    checks: &[UptimeCheck],
) -> Vec<Alert> {
    let mut all = Gathered {
        cx,
        key,
        plan,
        alerts: Vec::new(),
    };
    all.outside(written, checks);
    all.services(written);
    all.databases(written);
    all.messages(written);
    all.logs(written);
    let mut alerts = all.alerts;
    alerts.sort_by_key(|alert| alert.id);
    alerts
}

/// The alerts as they are found.
pub(super) struct Gathered<'g, 'a> {
    pub(super) cx: &'g mut Context<'a>,
    /// The key of the table that says when they go off.
    pub(super) key: &'g Key,
    plan: &'g Plan,
    alerts: Vec<Alert>,
}

impl Gathered<'_, '_> {
    /// What is seen from outside: hosts and what the WAF refuses.
    fn outside(&mut self, written: &Alerts, checks: &[UptimeCheck]) {
        let project = &self.plan.project.id;
        let hosts: Vec<&str> = checks.iter().map(|check| check.host.as_str()).collect();
        let passed = series(google::CHECK_PASSED, project, &hosts, &[]);
        let days = series(google::CERTIFICATE_DAYS, project, &hosts, &[]);
        let days = each(google::CERTIFICATE_DAYS, "min", &days);
        if !hosts.is_empty() {
            let lines = vec![
                format!("count by (host, check_id) (max_over_time({passed}[5m]) == 0)"),
                ">= 2".to_owned(),
            ];
            self.query(texts::UPTIME, lines, MINUTE);
        }
        let there = !hosts.is_empty();
        let limits = (DAY, 60 * DAY);
        let ahead = self.time(
            "certificate",
            written.certificate.as_ref(),
            14 * DAY,
            limits,
            there,
        );
        if let Some(ahead) = ahead {
            let ahead = ahead / DAY;
            self.query(
                texts::CERTIFICATE,
                vec![days, format!("< {ahead}")],
                10 * MINUTE,
            );
        }
        let there = !self.plan.wafs.is_empty();
        let most = self.number("denials", written.denials.as_ref(), "100", COUNT, there);
        let enforced = measures::wafs(self.plan, WafMode::Enforce);
        if let Some(most) = most.filter(|_| !enforced.is_empty()) {
            let refused = measures::refused(google::WAF_REQUESTS, self.plan, &enforced);
            self.above(texts::DENIALS, vec![refused], most, MINUTE);
        }
    }

    /// Services and jobs.
    fn services(&mut self, written: &Alerts) {
        let plan = self.plan;
        let project = &plan.project.id;
        let services = &plan.services;
        let there = !services.is_empty();
        if let Some(most) = self.number("errors", written.errors.as_ref(), "5", PERCENT, there) {
            let mut lines = measures::failing(plan);
            lines.push(format!("> {most}"));
            lines.push(format!("and {} >= 5", measures::failures(plan)));
            self.limited(texts::ERRORS, lines, most, MINUTE);
        }
        let quick = services.iter().filter(|one| one.timeout <= SLOW_TIMEOUT);
        let quick: Vec<&str> = quick.map(|one| one.name.as_str()).collect();
        let limits = (1, 3_600);
        let longest = self.time("latency", written.latency.as_ref(), 2, limits, there);
        if let Some(longest) = longest.filter(|_| !quick.is_empty()) {
            let lines = vec![
                measures::latency(plan, "0.95", &quick),
                format!("> {longest} * 1000"),
            ];
            let milliseconds = (u64::from(longest) * 1_000).to_string();
            self.limited(texts::LATENCY, lines, milliseconds, 10 * MINUTE);
        }
        let part = self.number(
            "instances",
            written.instances.as_ref(),
            "80",
            PERCENT,
            there,
        );
        let full = measures::instances(plan);
        if let Some(part) = part.filter(|_| !full.is_empty()) {
            self.limited(texts::INSTANCES, parts(&part, full), part, 10 * MINUTE);
        }
        let jobs = measures::jobs(plan);
        if self.switch("jobs", written.jobs, !jobs.is_empty()) {
            let failed = series(google::EXECUTIONS, project, &jobs, &[("result", "failed")]);
            let grown = growth(google::EXECUTIONS, &failed, "10m");
            self.query(texts::JOBS, vec![grown, "> 0".to_owned()], 0);
        }
    }

    /// Databases that are made here, with their replicas.
    fn databases(&mut self, written: &Alerts) {
        let plan = self.plan;
        let there = !measures::databases(plan).is_empty();
        let part = self.number(
            "connections",
            written.connections.as_ref(),
            "80",
            PERCENT,
            there,
        );
        if let Some(part) = part {
            let lines = parts(&part, measures::connections(plan));
            self.limited(texts::CONNECTIONS, lines, part, 5 * MINUTE);
        }
        if let Some(part) = self.number("disk", written.disk.as_ref(), "90", PERCENT, there) {
            let lines = vec![
                measures::of_databases(google::DISK, plan),
                format!("> {}", fraction(&part)),
            ];
            self.limited(texts::DISK, lines, part, 10 * MINUTE);
        }
    }

    /// Subscriptions and queues.
    fn messages(&mut self, written: &Alerts) {
        let plan = self.plan;
        let rotation = plan.rotation();
        if self.switch("rotation", written.rotation, rotation.is_some()) {
            let due: Vec<&str> = rotation.iter().map(|one| one.topic.id.as_str()).collect();
            let age = measures::oldest(plan, &due);
            self.query(texts::ROTATION, vec![age, "> 0".to_owned()], 0);
        }
        let there = !measures::forwarding(plan).is_empty();
        if self.switch("dead_letters", written.dead_letters, there) {
            let lines = vec![measures::dead_letters(plan), "> 0".to_owned()];
            self.query(texts::DEAD_LETTERS, lines, 0);
        }
        let read = measures::read(plan);
        let limits = (MINUTE, 31 * DAY);
        let oldest = self.time(
            "backlog",
            written.backlog.as_ref(),
            3_600,
            limits,
            !read.is_empty(),
        );
        if let Some(oldest) = oldest {
            let age = vec![measures::oldest(plan, &read)];
            self.above(texts::BACKLOG, age, oldest.to_string(), 5 * MINUTE);
        }
        let there = !measures::queues(plan).is_empty();
        let most = self.number("tasks", written.tasks.as_ref(), "1000", COUNT, there);
        if let Some(most) = most {
            let waiting = vec![measures::tasks(plan)];
            self.above(texts::TASKS, waiting, most, 10 * MINUTE);
        }
    }

    /// What audit logs tell.
    fn logs(&mut self, written: &Alerts) {
        let plan = self.plan;
        if self.switch("public_grants", written.public_grants, true) {
            let everybody = "=~\"^all(Authenticated)?Users$\"";
            let delta = "protoPayload.serviceData.policyDelta.bindingDeltas";
            let lines = vec![
                "log_id(\"cloudaudit.googleapis.com/activity\")".to_owned(),
                "protoPayload.methodName=~\"[sS]etIam(Policy|Permissions)$\"".to_owned(),
                format!("(protoPayload.request.policy.bindings.members{everybody}"),
                format!("OR ({delta}.action=\"ADD\" AND {delta}.member{everybody}))"),
            ];
            self.log(texts::PUBLIC_GRANTS, lines);
        }
        let secrets = plan.secrets.iter().any(|secret| !secret.existing);
        let api = secretmanager::API;
        let mut logs = plan.audit_logs.iter().map(|log| log.service.as_str());
        let logged = logs.any(|service| service == api || service == ALL_SERVICES);
        if self.switch("secrets", written.secrets, secrets) && logged {
            let who = "NOT protoPayload.authenticationInfo.principalEmail";
            let own = account_email("", &plan.project.id).replace('.', "[.]");
            let mut lines = vec![
                "log_id(\"cloudaudit.googleapis.com/data_access\")".to_owned(),
                format!("protoPayload.serviceName=\"{api}\""),
                "protoPayload.methodName=~\"[.]AccessSecretVersion$\"".to_owned(),
                format!("{who}=~\"{own}$\""),
            ];
            let guests = readers_of_other_projects(plan);
            lines.extend(guests.map(|email| format!("{who}=\"{email}\"")));
            self.log(texts::SECRETS, lines);
        }
    }

    fn query(&mut self, text: Text, lines: Vec<String>, lasts: u32) {
        self.add(text, AlertCondition::Query { lines, lasts }, None);
    }

    /// An alert that goes off above a number, as its query says.
    fn limited(&mut self, text: Text, lines: Vec<String>, limit: String, lasts: u32) {
        self.add(text, AlertCondition::Query { lines, lasts }, Some(limit));
    }

    /// An alert that goes off where what these lines measure is above a number.
    fn above(&mut self, text: Text, mut lines: Vec<String>, limit: String, lasts: u32) {
        lines.push(format!("> {limit}"));
        self.limited(text, lines, limit, lasts);
    }

    fn log(&mut self, text: Text, lines: Vec<String>) {
        self.add(text, AlertCondition::Log { lines }, None);
    }

    fn add(&mut self, text: Text, condition: AlertCondition, limit: Option<String>) {
        let Text {
            id,
            severity,
            subject,
            lines,
        } = text;
        let plan = self.plan;
        self.alerts.push(Alert {
            id,
            name: format!("{} {id}", plan.project.name),
            subject: format!("{} {}: {subject}", plan.project.name, plan.environment),
            // A paragraph each.
            documentation: lines.join("\n\n").split('\n').map(str::to_owned).collect(),
            severity,
            condition,
            limit,
        });
    }
}

/// A part in percent as a fraction of one.
fn fraction(percent: &str) -> f64 {
    percent.parse::<f64>().unwrap_or_default() / 100.0
}

/// A query that has an answer where one of these is above that part of what it may be.
fn parts(percent: &str, all: OfMost) -> Vec<String> {
    let part = fraction(percent);
    let mut lines = Vec::new();
    for (now, most) in all {
        let or = if lines.is_empty() { "" } else { "or " };
        lines.push(format!("{or}{now}"));
        lines.push(format!("> {part} * {most}"));
    }
    lines
}

/// The accounts of other projects that the blueprint lets read secrets of this one, by address.
fn readers_of_other_projects(plan: &Plan) -> impl Iterator<Item = String> {
    let own = account_email("", &plan.project.id);
    let emails = plan.grants.iter().filter_map(|grant| {
        let here =
            matches!(&grant.on, Resource::Secret { project, .. } if *project == plan.project.id);
        let email = match &grant.to {
            Principal::Account { id: _, email } => email.clone(),
            Principal::Named(text) => text.known()?.strip_prefix("serviceAccount:")?.to_owned(),
            Principal::Agent { .. } | Principal::Federated { .. } => return None,
        };
        (here && grant.role == roles::SECRET_ACCESSOR).then_some(email)
    });
    let emails: std::collections::BTreeSet<String> = emails.collect();
    emails
        .into_iter()
        .filter(move |email| !email.ends_with(&own))
}
