//! Who hears of what fails: channels, uptime checks and alerts, and the page to look at then.

mod alerts;
mod checks;
mod dashboard;
mod measures;
mod query;
mod texts;
mod thresholds;

use std::collections::BTreeSet;

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::monitoring;
use crate::plan::model::{Monitoring, NotificationChannel, Plan};
use crate::rules;

use super::context::Context;

/// What is watched; `None` where nobody is written to.
pub(super) fn resolve(cx: &mut Context<'_>, plan: &Plan) -> Option<Monitoring> {
    let written = cx.blueprint.monitoring.as_ref()?;
    let key = Key::of(&["monitoring"]);
    let checks = checks::resolve(cx, &key.then("uptime"), &written.uptime, plan);
    let alerts = alerts::resolve(cx, &key.then("alerts"), &written.alerts, plan, &checks);
    let dashboard = written.dashboard.unwrap_or(true);
    let dashboard = dashboard.then(|| dashboard::resolve(plan, &checks, &alerts));
    let channels = channels(cx, &key, written, &plan.project.name);
    (!channels.is_empty()).then(|| Monitoring {
        channels,
        checks,
        alerts,
        dashboard,
        labels: plan.project.labels.clone(),
    })
}

/// Who is written to. An empty list is a word too: nobody, and nothing is watched.
fn channels(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Monitoring,
    project: &str,
) -> Vec<NotificationChannel> {
    let Some(notify) = &written.notify else {
        cx.missing(key, "notify", "a list of e-mail addresses");
        return Vec::new();
    };
    let key = key.then("notify");
    for (index, address) in notify.iter().enumerate() {
        let place = Place::Value(key.item(index));
        cx.check_name(Kind::Email, address, "an address to write to", &place);
    }
    let addresses: BTreeSet<&String> = notify.iter().collect();
    if addresses.len() > monitoring::CHANNELS_MAX {
        cx.report(
            rules::TOO_MANY,
            format!("{} addresses are too many for an alert", addresses.len()),
            &Place::Value(key),
            format!("takes {} at the most", monitoring::CHANNELS_MAX),
        )
        .help("write the address of a group");
    }
    let channel = |address: &String| NotificationChannel {
        name: format!("{project} {address}"),
        address: address.clone(),
    };
    addresses.into_iter().map(channel).collect()
}

#[cfg(test)]
mod tests;
