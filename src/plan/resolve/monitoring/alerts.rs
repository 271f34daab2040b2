//! The alerts: each where the blueprint has what it watches, and nobody took it away.

use std::collections::BTreeMap;

use crate::blueprint::Key;
use crate::blueprint::schema::Alerts;
use crate::blueprint::units::DAY;
use crate::plan::google::governance::ALL_SERVICES;
use crate::plan::google::monitoring::{self as google, Metric};
use crate::plan::google::{roles, secretmanager};
use crate::plan::model::{
    Alert, AlertCondition, Engine, Plan, Principal, Resource, Subscription, TopicPath, UptimeCheck,
    WafMode, account_email,
};
use crate::plan::resolve::context::Context;

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
        let wafs = &self.plan.wafs;
        let there = !wafs.is_empty();
        let most = self.number("denials", written.denials.as_ref(), "100", COUNT, there);
        let enforced = wafs.iter().filter(|waf| waf.mode == WafMode::Enforce);
        let names: Vec<&str> = enforced.map(|waf| waf.name.as_str()).collect();
        if let Some(most) = most.filter(|_| !names.is_empty()) {
            let blocked = [("blocked", "true")];
            let series = series(google::WAF_REQUESTS, project, &names, &blocked);
            let grown = growth(google::WAF_REQUESTS, &series, "5m");
            self.query(texts::DENIALS, vec![grown, format!("> {most}")], MINUTE);
        }
    }

    /// Services and jobs.
    fn services(&mut self, written: &Alerts) {
        let plan = self.plan;
        let project = &plan.project.id;
        let services = &plan.services;
        let names: Vec<&str> = services.iter().map(|one| one.name.as_str()).collect();
        let there = !names.is_empty();
        if let Some(most) = self.number("errors", written.errors.as_ref(), "5", PERCENT, there) {
            let failed = [("response_code_class", "5xx")];
            let failed = series(google::REQUESTS, project, &names, &failed);
            let all = series(google::REQUESTS, project, &names, &[]);
            let failed = growth(google::REQUESTS, &failed, "5m");
            let lines = vec![
                format!("100 * {failed}"),
                format!("/ {}", growth(google::REQUESTS, &all, "5m")),
                format!("> {most}"),
                format!("and {failed} >= 5"),
            ];
            self.query(texts::ERRORS, lines, MINUTE);
        }
        let quick = services.iter().filter(|one| one.timeout <= SLOW_TIMEOUT);
        let quick: Vec<&str> = quick.map(|one| one.name.as_str()).collect();
        let limits = (1, 3_600);
        let longest = self.time("latency", written.latency.as_ref(), 2, limits, there);
        if let Some(longest) = longest.filter(|_| !quick.is_empty()) {
            let buckets = series(google::LATENCIES, project, &quick, &[]);
            let by = google::LATENCIES.by;
            let lines = vec![
                format!("histogram_quantile(0.95, sum by ({by}, le) (rate({buckets}[5m])))"),
                format!("> {longest} * 1000"),
            ];
            self.query(texts::LATENCY, lines, 10 * MINUTE);
        }
        let part = self.number(
            "instances",
            written.instances.as_ref(),
            "80",
            PERCENT,
            there,
        );
        let mut by_max: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
        for service in services.iter().filter(|one| one.max > one.min.max(1)) {
            by_max.entry(service.max).or_default().push(&service.name);
        }
        if let Some(part) = part.filter(|_| !by_max.is_empty()) {
            let active = [("state", "active")];
            let full = by_max.into_iter().map(|(max, names)| {
                let active = series(google::INSTANCES, project, &names, &active);
                (each(google::INSTANCES, "sum", &active), max)
            });
            let lines = parts(&part, full);
            self.query(texts::INSTANCES, lines, 10 * MINUTE);
        }
        let names: Vec<&str> = plan.jobs.iter().map(|one| one.name.as_str()).collect();
        if self.switch("jobs", written.jobs, !names.is_empty()) {
            let failed = series(google::EXECUTIONS, project, &names, &[("result", "failed")]);
            let grown = growth(google::EXECUTIONS, &failed, "10m");
            self.query(texts::JOBS, vec![grown, "> 0".to_owned()], 0);
        }
    }

    /// Databases that are made here, with their replicas.
    fn databases(&mut self, written: &Alerts) {
        let plan = self.plan;
        let project = &plan.project.id;
        let mut ids = Vec::new();
        let mut by_max: BTreeMap<(&str, u32), (Metric, Vec<String>)> = BTreeMap::new();
        for database in plan.databases.iter().filter(|one| !one.existing) {
            let replicas = database.replicas.iter().map(|replica| &replica.name);
            let instances = std::iter::once(&database.instance).chain(replicas);
            let own: Vec<String> = instances.map(|name| format!("{project}:{name}")).collect();
            let metric = match database.engine {
                Engine::Postgres => google::POSTGRES_CONNECTIONS,
                Engine::Mysql => google::MYSQL_CONNECTIONS,
            };
            let alike = by_max.entry((metric.name, database.max_connections));
            let (_, alike) = alike.or_insert_with(|| (metric, Vec::new()));
            alike.extend(own.iter().cloned());
            ids.extend(own);
        }
        let there = !ids.is_empty();
        let part = self.number(
            "connections",
            written.connections.as_ref(),
            "80",
            PERCENT,
            there,
        );
        if let Some(part) = part {
            let full = by_max.into_iter().map(|((_, max), (metric, ids))| {
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                let of = series(metric, project, &ids, &[]);
                (each(metric, "sum", &of), max)
            });
            let lines = parts(&part, full);
            self.query(texts::CONNECTIONS, lines, 5 * MINUTE);
        }
        if let Some(part) = self.number("disk", written.disk.as_ref(), "90", PERCENT, there) {
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let of = each(
                google::DISK,
                "max",
                &series(google::DISK, project, &ids, &[]),
            );
            self.query(
                texts::DISK,
                vec![of, format!("> {}", fraction(&part))],
                10 * MINUTE,
            );
        }
    }

    /// Subscriptions and queues.
    fn messages(&mut self, written: &Alerts) {
        let plan = self.plan;
        let project = &plan.project.id;
        let rotation = plan.rotation();
        if self.switch("rotation", written.rotation, rotation.is_some()) {
            let due: Vec<&str> = rotation.iter().map(|one| one.topic.id.as_str()).collect();
            let age = series(google::OLDEST_MESSAGE, project, &due, &[]);
            let age = each(google::OLDEST_MESSAGE, "max", &age);
            self.query(texts::ROTATION, vec![age, "> 0".to_owned()], 0);
        }
        // What says that a secret is to be replaced waits for a person.
        let waits = |one: &&Subscription| !one.existing && !plan.keeps_rotations(one);
        let made = || plan.subscriptions.iter().filter(waits);
        let forwarding: Vec<_> = made().filter(|one| one.dead_letter.is_some()).collect();
        let ids: Vec<&str> = forwarding.iter().map(|one| one.id.as_str()).collect();
        if self.switch("dead_letters", written.dead_letters, !ids.is_empty()) {
            let dead = series(google::DEAD_LETTERS, project, &ids, &[]);
            let grown = growth(google::DEAD_LETTERS, &dead, "10m");
            self.query(texts::DEAD_LETTERS, vec![grown, "> 0".to_owned()], 0);
        }
        let dead = |topic: &TopicPath| {
            let letters = forwarding.iter().filter_map(|one| one.dead_letter.as_ref());
            letters.into_iter().any(|letter| letter.topic == *topic)
        };
        // Dead letters wait for a person, and are told as they come.
        let read = made().filter(|one| !one.topic.as_ref().is_some_and(dead));
        let ids: Vec<&str> = read.map(|one| one.id.as_str()).collect();
        let limits = (MINUTE, 31 * DAY);
        let oldest = self.time(
            "backlog",
            written.backlog.as_ref(),
            3_600,
            limits,
            !ids.is_empty(),
        );
        if let Some(oldest) = oldest {
            let age = series(google::OLDEST_MESSAGE, project, &ids, &[]);
            let age = each(google::OLDEST_MESSAGE, "max", &age);
            self.query(texts::BACKLOG, vec![age, format!("> {oldest}")], 5 * MINUTE);
        }
        let queues = plan.queues.iter().filter(|one| !one.existing);
        let ids: Vec<&str> = queues.map(|one| one.id.as_str()).collect();
        let most = self.number(
            "tasks",
            written.tasks.as_ref(),
            "1000",
            COUNT,
            !ids.is_empty(),
        );
        if let Some(most) = most {
            let waiting = series(google::TASKS, project, &ids, &[]);
            let waiting = each(google::TASKS, "sum", &waiting);
            self.query(
                texts::TASKS,
                vec![waiting, format!("> {most}")],
                10 * MINUTE,
            );
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
        self.add(text, AlertCondition::Query { lines, lasts });
    }

    fn log(&mut self, text: Text, lines: Vec<String>) {
        self.add(text, AlertCondition::Log { lines });
    }

    fn add(&mut self, text: Text, condition: AlertCondition) {
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
        });
    }
}

/// A part in percent as a fraction of one.
fn fraction(percent: &str) -> f64 {
    percent.parse::<f64>().unwrap_or_default() / 100.0
}

/// A query that has an answer where one of these is above that part of what it may be.
fn parts(percent: &str, all: impl Iterator<Item = (String, u32)>) -> Vec<String> {
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
