//! The posture of monitoring: who hears of what.

use super::Facts;
use crate::plan::model::{Monitoring, UptimeCheck};

pub(super) fn monitoring(monitoring: &Monitoring, facts: &mut Facts) {
    let element = "monitoring";
    let addresses = monitoring.channels.iter();
    let addresses = addresses.map(|channel| channel.address.clone());
    facts.list(element, "notify", addresses, "nobody");
    let alerts = monitoring.alerts.iter().map(|alert| alert.id.to_owned());
    facts.list(element, "alerts", alerts, "none");
    let asked = |check: &UptimeCheck| {
        let UptimeCheck {
            host,
            path,
            accepts,
            ..
        } = check;
        format!("{host}{path} answers {}", accepts.in_short())
    };
    facts.list(
        element,
        "uptime",
        monitoring.checks.iter().map(asked),
        "none",
    );
}
