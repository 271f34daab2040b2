//! Somebody hears: whoever is named is written to, and each thing that stands here is watched.

use std::collections::BTreeSet;

use toml::Value;

use super::Broken::SomebodyHears;
use super::Model;
use crate::cloud::{Settings, many, one};
use crate::declared::strings;

/// A metric, the label by which it tells things apart, and the word that takes its alert away.
const METRICS: [(&str, &str, &str); 9] = [
    ("run_googleapis_com:request_count", "service_name", "errors"),
    (
        "run_googleapis_com:job_completed_execution_count",
        "job_name",
        "jobs",
    ),
    (
        "cloudsql_googleapis_com:database_disk_utilization",
        "database_id",
        "disk",
    ),
    (
        "pubsub_googleapis_com:subscription_dead_letter_message_count",
        "subscription_id",
        "dead_letters",
    ),
    (
        "pubsub_googleapis_com:subscription_oldest_unacked_message_age",
        "subscription_id",
        "backlog",
    ),
    ("cloudtasks_googleapis_com:queue_depth", "queue_id", "tasks"),
    (
        "networksecurity_googleapis_com:https_request_count",
        "policy_name",
        "denials",
    ),
    (
        "monitoring_googleapis_com:uptime_check_check_passed",
        "host",
        "",
    ),
    (
        "monitoring_googleapis_com:uptime_check_time_until_ssl_cert_expires",
        "host",
        "certificate",
    ),
];

/// What the dashboard shows, the label by which it tells things apart, and what these are.
const SHOWN: [(&str, &str, &str); 19] = [
    (
        "run_googleapis_com:request_count",
        "service_name",
        "request_count",
    ),
    (
        "run_googleapis_com:request_latencies_bucket",
        "service_name",
        "request_count",
    ),
    (
        "run_googleapis_com:container_instance_count",
        "service_name",
        "request_count",
    ),
    (
        "run_googleapis_com:container_cpu_utilizations_bucket",
        "service_name",
        "request_count",
    ),
    (
        "run_googleapis_com:container_memory_utilizations_bucket",
        "service_name",
        "request_count",
    ),
    (
        "run_googleapis_com:container_instance_count",
        "worker_pool_name",
        "workers",
    ),
    (
        "run_googleapis_com:container_cpu_utilizations_bucket",
        "worker_pool_name",
        "workers",
    ),
    (
        "run_googleapis_com:container_memory_utilizations_bucket",
        "worker_pool_name",
        "workers",
    ),
    (
        "run_googleapis_com:job_completed_execution_count",
        "job_name",
        "job_completed_execution_count",
    ),
    (
        "run_googleapis_com:job_running_executions",
        "job_name",
        "job_completed_execution_count",
    ),
    (
        "cloudsql_googleapis_com:database_cpu_utilization",
        "database_id",
        "database_disk_utilization",
    ),
    (
        "cloudsql_googleapis_com:database_disk_utilization",
        "database_id",
        "database_disk_utilization",
    ),
    (
        "pubsub_googleapis_com:subscription_oldest_unacked_message_age",
        "subscription_id",
        "subscription_oldest_unacked_message_age",
    ),
    (
        "pubsub_googleapis_com:subscription_num_undelivered_messages",
        "subscription_id",
        "subscription_oldest_unacked_message_age",
    ),
    (
        "cloudtasks_googleapis_com:queue_depth",
        "queue_id",
        "queue_depth",
    ),
    (
        "loadbalancing_googleapis_com:https_request_count",
        "url_map_name",
        "routes",
    ),
    (
        "loadbalancing_googleapis_com:https_internal_request_count",
        "url_map_name",
        "routes inside",
    ),
    (
        "networksecurity_googleapis_com:https_request_count",
        "policy_name",
        "https_request_count",
    ),
    (
        "networksecurity_googleapis_com:https_previewed_request_count",
        "policy_name",
        "previewed",
    ),
];

impl Model<'_> {
    pub(super) fn monitoring(&mut self) {
        let table = self.declared.table("monitoring");
        let notify = strings(table.get("notify"));
        let channels = self.cloud.all("monitoring channels");
        let told: BTreeSet<String> = channels
            .flat_map(|(_, channel)| many(channel, "channel-labels").to_vec())
            .collect();
        let wanted = notify.iter().map(|one| format!("email_address={one}"));
        let same = told == wanted.collect();
        self.must(
            same,
            SomebodyHears,
            format!("{told:?} are written to, not {notify:?}"),
        );
        if notify.is_empty() {
            return;
        }
        let off = |alert: &str| {
            let alerts = table.get("alerts").and_then(Value::as_table);
            alerts.and_then(|alerts| alerts.get(alert)) == Some(&Value::Boolean(false))
        };
        let all: Vec<String> = self
            .cloud
            .all("monitoring channels")
            .map(|(name, _)| name.to_owned())
            .collect();
        for (name, alert) in self.cloud.all("monitoring policies") {
            let heard = one(alert, "enabled") == Some("true")
                && many(alert, "notification_channels") == all;
            self.must(heard, SomebodyHears, format!("nobody hears of {name}"));
        }
        for (metric, label, word) in METRICS {
            let watched = self.watched(metric, label);
            for name in self.there(metric).into_iter().filter(|_| !off(word)) {
                let what = format!("{metric} does not watch {name} but {watched:?}");
                self.must(watched.contains(&name), SomebodyHears, what);
            }
        }
        self.asked();
        self.shown();
        let everybody = self.cloud.all("monitoring policies").any(|(_, alert)| {
            let filter = one(alert, "conditions.condition_matched_log.filter").unwrap_or_default();
            [
                "[sS]etIam(Policy|Permissions)",
                "^all(Authenticated)?Users$",
                "cloudaudit.googleapis.com/activity",
            ]
            .iter()
            .all(|part| filter.contains(part))
        });
        self.must(
            everybody || off("public_grants"),
            SomebodyHears,
            "nobody hears of a grant to everybody",
        );
    }

    /// Whoever is told has one page to look at, unless none is wanted: each thing is in it, and where a line says that an alert goes
    /// off, it does.
    fn shown(&mut self) {
        let wanted =
            self.declared.table("monitoring").get("dashboard") != Some(&Value::Boolean(false));
        let pages = self.cloud.all("monitoring dashboards").count();
        let one_page = pages == usize::from(wanted);
        self.must(
            one_page,
            SomebodyHears,
            format!("there are {pages} dashboards"),
        );
        if !wanted {
            return;
        }
        let pages = self.cloud.all("monitoring dashboards");
        let queries: Vec<&str> = pages
            .flat_map(|(_, page)| page.iter())
            .filter(|(field, _)| field.ends_with("/query"))
            .map(|(_, query)| query[0].as_str())
            .collect();
        for (metric, label, what) in SHOWN {
            let shown = named(queries.iter().copied(), metric, label);
            let mut there = self.there(what);
            // What says that a secret is to be replaced waits for a person.
            there.retain(|name| {
                let subscription = self.cloud.find("pubsub subscriptions", name);
                !subscription.is_some_and(keeps_rotations)
            });
            let what = format!("the dashboard shows {shown:?} by {metric}, and there is {there:?}");
            self.must(shown.is_superset(&there), SomebodyHears, what);
        }
        let mut limits = Vec::new();
        for (_, page) in self.cloud.all("monitoring dashboards") {
            let lines = page.iter().filter(|(field, _)| field.ends_with("/limit"));
            limits.extend(lines.map(|(_, limit)| (limit[0].clone(), limit[1].clone())));
        }
        for (alert, value) in limits {
            let query = self.cloud.find("monitoring policies", &alert).map(query);
            let number: f64 = value.parse().unwrap();
            // As it stands, of a part, or of seconds that are shown in milliseconds.
            let said = [
                format!("\n> {number}"),
                format!("\n> {}", number / 100.0),
                format!("\n> {} * 1000", number / 1000.0),
            ];
            let goes_off = query.is_some_and(|query| {
                let mut ends = said
                    .iter()
                    .filter_map(|said| query.split(said.as_str()).nth(1));
                ends.any(|rest| !rest.starts_with(|c: char| c.is_ascii_digit() || c == '.'))
            });
            let what = format!("the dashboard says {value} of {alert}");
            self.must(goes_off, SomebodyHears, what);
        }
    }

    /// The names that queries of a metric name.
    fn watched(&self, metric: &str, label: &str) -> BTreeSet<String> {
        let alerts = self.cloud.all("monitoring policies");
        named(alerts.map(|(_, alert)| query(alert)), metric, label)
    }
}

/// The query of an alert; nothing where it looks at logs.
fn query(alert: &Settings) -> &str {
    let path = "conditions.condition_prometheus_query_language.query";
    one(alert, path).unwrap_or_default()
}

/// The names that queries of a metric name.
fn named<'q>(
    queries: impl Iterator<Item = &'q str>,
    metric: &str,
    label: &str,
) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for query in queries {
        for series in query.split(&format!("{metric}{{")).skip(1) {
            let labels = series.split('}').next().unwrap();
            let of = |pair: &str| {
                let (name, value) = pair.trim().split_once('=')?;
                (name == label).then(|| value.trim_matches(['~', '"']).to_owned())
            };
            let found = labels.split(',').find_map(of).unwrap_or_default();
            names.extend(found.split('|').map(|name| name.replace("[.]", ".")));
        }
    }
    names
}

impl Model<'_> {
    /// What there is that a metric is of.
    fn there(&self, metric: &str) -> BTreeSet<String> {
        let names = |kind: &'static str, is: &dyn Fn(&Settings) -> bool| -> BTreeSet<String> {
            let all = self.cloud.all(kind).filter(|(_, one)| is(one));
            all.map(|(name, _)| name.to_owned()).collect()
        };
        let dead: BTreeSet<&str> = self
            .cloud
            .all("pubsub subscriptions")
            .filter_map(|(_, one)| crate::cloud::one(one, "dead-letter-topic"))
            .collect();
        match metric.rsplit(':').next().unwrap() {
            "request_count" => names("run services", &|_| true),
            "job_completed_execution_count" => names("run jobs", &|_| true),
            "database_disk_utilization" => {
                let all = names("sql instances", &|_| true).into_iter();
                all.map(|name| format!("{}:{name}", self.declared.project))
                    .collect()
            }
            "subscription_dead_letter_message_count" => names("pubsub subscriptions", &|one| {
                one.contains_key("dead-letter-topic")
            }),
            "subscription_oldest_unacked_message_age" => {
                let is_dead = |topic: &str| {
                    dead.iter()
                        .any(|one| one.rsplit('/').next() == topic.rsplit('/').next())
                };
                // What says that a secret is to be replaced has an alert of its own.
                let alerts = self.declared.table("monitoring");
                let alerts = alerts.get("alerts").and_then(|all| all.get("rotation"));
                let told = alerts != Some(&Value::Boolean(false));
                names("pubsub subscriptions", &|settings| {
                    !one(settings, "topic").is_some_and(is_dead)
                        && (told || !keeps_rotations(settings))
                })
            }
            "queue_depth" => names("tasks queues", &|_| true),
            mode @ ("https_request_count" | "previewed") => {
                let waf = self.declared.table("waf");
                let enforces = waf.get("mode").and_then(Value::as_str) == Some("enforce");
                names("compute security-policies", &|_| {
                    enforces == (mode != "previewed")
                })
            }
            "workers" => names("run worker-pools", &|_| true),
            place @ ("routes" | "routes inside") => {
                let proxies = self.cloud.all("compute target-https-proxies");
                let inside = place == "routes inside";
                let proxies = proxies.filter(|(_, one)| one.contains_key("region") == inside);
                proxies
                    .map(|(_, proxy)| many(proxy, "url-map").concat())
                    .collect()
            }
            _ => self.hosts(),
        }
    }

    /// The hosts that are to be asked.
    fn hosts(&self) -> BTreeSet<String> {
        let table = self.declared.table("monitoring");
        let uptime = table
            .get("uptime")
            .and_then(Value::as_table)
            .cloned()
            .unwrap_or_default();
        let services = self
            .declared
            .elements()
            .filter(|one| one.kind == "services");
        let hosts = services
            .filter(|one| !self.backends(one.name).is_empty())
            .flat_map(|one| one.domains());
        hosts
            .filter(|host| uptime.get(host) != Some(&Value::Boolean(false)))
            .collect()
    }

    /// Each host is asked by HTTPS with a good certificate; one whose services all want a token has to refuse who brings none.
    fn asked(&mut self) {
        for host in self.hosts() {
            let label = format!("host={host}");
            let mut checks = self.cloud.all("monitoring uptime");
            let check = checks.find(|(_, check)| many(check, "resource-labels").contains(&label));
            let Some((_, check)) = check else {
                self.hole(SomebodyHears, format!("nobody asks {host}"));
                continue;
            };
            let safe = one(check, "protocol") == Some("https")
                && one(check, "validate-ssl") == Some("true");
            self.must(
                safe,
                SomebodyHears,
                format!("{host} is asked with any certificate"),
            );
            let mut there = self
                .declared
                .elements()
                .filter(|one| one.domains().contains(&host));
            let closed = there.all(|one| one.auth() == "iam");
            let codes: BTreeSet<&str> = many(check, "status-codes")
                .iter()
                .map(String::as_str)
                .collect();
            let waf = self.declared.table("waf");
            let strangers = !["only", "regions"].iter().any(|key| waf.contains_key(*key));
            if closed && strangers {
                let refused = codes == BTreeSet::from(["401", "403"]);
                self.must(
                    refused,
                    SomebodyHears,
                    format!("{host} may answer {codes:?} to anybody"),
                );
            }
            let any = many(check, "status-classes")
                .iter()
                .any(|class| class == "5xx" || class == "any");
            self.must(!any, SomebodyHears, format!("{host} may fail"));
        }
    }
}

/// Whether a subscription keeps what says that a secret is to be replaced.
fn keeps_rotations(settings: &Settings) -> bool {
    one(settings, "message-filter").is_some_and(|filter| filter.contains("SECRET_ROTATE"))
}
