//! Logs: what is to be kept is kept, as long as it shall, and goes nowhere else.

use toml::{Table, Value};

use super::Broken::LogsAreKept;
use super::Model;
use crate::cloud::Grant;
use crate::declared::{Declared, word};

/// Where a sink leads, as Google writes it, and the role and the resource by which its entries come there.
fn leads(
    declared: &Declared,
    name: &str,
    sink: &Table,
) -> (String, Option<(&'static str, String)>) {
    let home = &declared.project;
    let Some(to) = word(sink, "to") else {
        let place = format!("projects/{home}/locations/{}", declared.region);
        return (
            format!("logging.googleapis.com/{place}/buckets/{name}"),
            None,
        );
    };
    if let Some(bucket) = to.strip_prefix("buckets.") {
        let bucket = declared.bucket(bucket);
        let on = format!("//storage.googleapis.com/projects/_/buckets/{bucket}");
        let given = ("roles/storage.objectCreator", on);
        return (format!("storage.googleapis.com/{bucket}"), Some(given));
    }
    if let Some(topic) = to.strip_prefix("topics.") {
        let on = declared.topic(topic);
        let to = on.trim_start_matches("//").to_owned();
        return (to, Some(("roles/pubsub.publisher", on)));
    }
    let data = declared.data(to);
    let to = data.trim_start_matches("//bigquery.googleapis.com/");
    if to.contains("/datasets/") {
        let to = format!("bigquery.googleapis.com/{to}");
        let given = ("roles/bigquery.dataEditor", format!("//{to}"));
        return (to, Some(given));
    }
    let project = to.split('/').nth(1).unwrap();
    let on = format!("//cloudresourcemanager.googleapis.com/projects/{project}");
    let given = (project != home).then_some(("roles/logging.bucketWriter", on));
    (format!("logging.googleapis.com/{to}"), given)
}

impl Model<'_> {
    pub(super) fn logs(&mut self) {
        let declared = self.declared;
        let days = |value: &str| value.trim_end_matches('d').to_owned();
        let governance = declared.table("governance");
        if let Some(wanted) = word(&governance, "log_retention") {
            let bucket = "global _Default";
            let found = self.cloud.one("logging buckets", bucket, "retention-days");
            let says = format!("_Default keeps for {found:?} days");
            self.must(found == Some(&days(wanted)), LogsAreKept, says);
        }
        for (name, sink) in declared.messages("log_sinks") {
            let (to, given) = leads(declared, name, sink);
            let setting = |field: &str| self.cloud.one("logging sinks", name, field);
            let found = setting("destination");
            let says = format!("{name} leads to {found:?}, not to {to}");
            let filter = setting("log-filter");
            let audit = "logName:\"/logs/cloudaudit.googleapis.com\"";
            let taken = filter == Some(word(sink, "filter").unwrap_or(audit));
            let tables = setting("use-partitioned-tables") == Some("true");
            let divided = tables == to.starts_with("bigquery.");
            self.must(divided, LogsAreKept, format!("{name} has tables: {tables}"));
            let left_out = ["disabled", "exclusion"].map(setting);
            let whole = left_out.iter().all(Option::is_none);
            let wrong = format!("{name} takes {filter:?} without {left_out:?}");
            self.must(found == Some(&to), LogsAreKept, says);
            self.must(taken && whole, LogsAreKept, wrong);
            if let Some(given) = given {
                let mut grants = self.grants.iter();
                let may = grants.any(|grant| is_agent(grant) && is(grant, &given));
                self.must(may, LogsAreKept, format!("{name} may not write there"));
            }
            if let Some(retention) = word(sink, "retention") {
                let own = format!("{} {name}", declared.region);
                let found = self.cloud.one("logging buckets", &own, "retention-days");
                let locked = self.cloud.one("logging buckets", &own, "locked") == Some("true");
                let lock = sink.get("locked").and_then(Value::as_bool) == Some(true);
                let kept = found == Some(&days(retention)) && locked == lock;
                let says = format!("{name} is kept for {found:?} days, locked: {locked}");
                self.must(kept, LogsAreKept, says);
            }
        }
        let all = self.cloud.all("logging sinks");
        let asked = |sink: &str| declared.messages("log_sinks").any(|(name, _)| name == sink);
        let strange: Vec<&str> = all
            .map(|(sink, _)| sink)
            .filter(|sink| !asked(sink))
            .collect();
        self.must(
            strange.is_empty(),
            LogsAreKept,
            format!("nobody asks for {strange:?}"),
        );
    }

    /// Whether a log sink asks for a grant.
    pub(super) fn is_about_logs(&self, grant: &Grant) -> bool {
        let declared = self.declared;
        let mut sinks = declared.messages("log_sinks");
        is_agent(grant)
            && sinks.any(|(name, sink)| {
                let narrow = |to: &str| match (to.split_once("/locations/"), &grant.condition) {
                    (Some((_, path)), Some((_, expression))) => {
                        *expression == format!("resource.name.endsWith(\"/locations/{path}\")")
                    }
                    (path, condition) => path.is_none() && condition.is_none(),
                };
                let (_, given) = leads(declared, name, sink);
                given.is_some_and(|given| is(grant, &given)) && word(sink, "to").is_some_and(narrow)
            })
    }
}

fn is(grant: &Grant, (role, on): &(&str, String)) -> bool {
    grant.role == *role && grant.on == *on
}

/// The agent as which Cloud Logging writes.
fn is_agent(grant: &Grant) -> bool {
    grant.to.starts_with("serviceAccount:service-")
        && grant
            .to
            .ends_with("@gcp-sa-logging.iam.gserviceaccount.com")
}
