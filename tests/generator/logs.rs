//! Log sinks.

use toml::{Table, Value};

use super::{Choices, Plot, keys, table};

/// Which entries of the logs go where.
pub fn sinks(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    let mut sinks = Table::new();
    let topics = keys(root, "topics");
    for name in &["audit", "For_siem", "old-logs"][..choices.below(4)] {
        let mut one = Table::new();
        let to = match choices.below(7) {
            1 => Some("projects/acme-security/locations/eu/buckets/all.logs_1".to_owned()),
            2 => plot
                .buckets
                .first()
                .map(|bucket| format!("buckets.{}", bucket.name)),
            3 => topics.first().map(|topic| format!("topics.{topic}")),
            5 => Some("//bigquery.googleapis.com/projects/acme-data/datasets/Logs_1".to_owned()),
            6 => super::dataset::named(choices, root)
                .or_else(|| Some("projects/acme-shop-prod/datasets/own_logs".to_owned())),
            4 => Some("projects/acme-shop-prod/locations/global/buckets/_Default".to_owned()),
            _ => None,
        };
        if let Some(to) = to {
            one.insert("to".to_owned(), to.into());
        } else {
            let days = choices.one(&["400d", "1d", "3650d"]);
            one.insert("retention".to_owned(), days.into());
            choices.perhaps(3, &mut one, "locked", true);
        }
        let filter = "jsonPayload.text = \"it's ${x} `$(y)`\" OR severity >= ERROR";
        choices.perhaps(3, &mut one, "filter", filter);
        choices.perhaps(4, &mut one, "deletion_protection", false);
        choices.perhaps(6, &mut one, "retire", true);
        sinks.insert((*name).to_owned(), Value::Table(one));
    }
    if !sinks.is_empty() {
        root.insert("log_sinks".to_owned(), Value::Table(sinks));
    }
}

/// What the second environment does differently with the first of them.
pub fn later(choices: &mut Choices<'_>, root: &Table, overlay: &mut Table) {
    if let Some(name) = keys(root, "log_sinks").first() {
        let change = table([("filter", "severity >= WARNING".into())]);
        let change = table([(name.as_str(), change)]);
        choices.perhaps(2, overlay, "log_sinks", change);
    }
}
