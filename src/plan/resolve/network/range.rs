//! Ranges of addresses: of instances, and of databases.

use std::ops::RangeInclusive;

use ipnet::Ipv4Net;

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::plan::google::network as google;
use crate::rules;

use crate::plan::resolve::context::Context;

/// The range of instances, where none is written.
pub(super) const SUBNET: &str = "10.8.0.0/24";

/// The range of databases, where none is written.
pub(super) const SERVICE_RANGE: &str = "10.9.0.0/20";

/// The range of the internal load balancer, where none is written.
pub(super) const PROXY_RANGE: &str = "10.7.0.0/23";

pub(super) fn subnet(cx: &mut Context<'_>, written: &schema::Network) -> Option<Ipv4Net> {
    let text = written.subnet.as_deref().unwrap_or(SUBNET);
    of_instances(cx, Key::of(&["network", "subnet"]), text)
}

/// Whether two ranges have an address in common: then one holds the other.
pub(super) fn overlap(one: Ipv4Net, other: Ipv4Net) -> bool {
    one.contains(&other) || other.contains(&one)
}

/// A range that instances take their addresses from, which stands at that key.
pub(super) fn of_instances(cx: &mut Context<'_>, key: Key, text: &str) -> Option<Ipv4Net> {
    let sizes = google::SUBNET_MIN_PREFIX..=google::SUBNET_MAX_PREFIX;
    sized(cx, key, text, &sizes, ("Direct VPC egress", ""))
}

/// The range of databases.
pub(super) fn services_range(cx: &mut Context<'_>, written: &schema::Network) -> Option<Ipv4Net> {
    let key = Key::of(&["network", "service_range"]);
    let text = written.service_range.as_deref().unwrap_or(SERVICE_RANGE);
    let sizes = google::SERVICES_MIN_PREFIX..=google::SERVICES_MAX_PREFIX;
    sized(cx, key, text, &sizes, ("private services access", ""))
}

/// The range that the internal load balancer calls from.
pub(super) fn proxies(cx: &mut Context<'_>, written: &schema::Network) -> Option<Ipv4Net> {
    let key = Key::of(&["network", "proxy_range"]);
    let text = written.proxy_range.as_deref().unwrap_or(PROXY_RANGE);
    let sizes = google::SUBNET_MIN_PREFIX..=google::PROXIES_MAX_PREFIX;
    let purpose = ("the proxies of a load balancer", ", best /23");
    sized(cx, key, text, &sizes, purpose)
}

/// A range of such a size, for a purpose; with what is best for it.
fn sized(
    cx: &mut Context<'_>,
    key: Key,
    text: &str,
    sizes: &RangeInclusive<u8>,
    (purpose, best): (&str, &str),
) -> Option<Ipv4Net> {
    let range = range(cx, &key, text)?;
    if !sizes.contains(&range.prefix_len()) {
        cx.report(
            rules::SUBNET_SIZE,
            format!("`{range}` is no size for {purpose}"),
            &Place::Value(key),
            format!("takes /{} to /{}{best}", sizes.start(), sizes.end()),
        );
    }
    Some(range)
}

/// A range of the network, with what is said of it where it and one before have addresses in common.
pub(super) struct Taken {
    pub key: Key,
    pub range: Ipv4Net,
    /// Who has addresses in it.
    pub who: &'static str,
    /// Who has them in the other one.
    pub other: &'static str,
}

/// Reports ranges that have addresses in common with one before them.
pub(super) fn apart(cx: &mut Context<'_>, all: &[Taken]) {
    for (index, one) in all.iter().enumerate() {
        let mut before = all[..index].iter();
        if let Some(other) = before.find(|other| overlap(one.range, other.range)) {
            cx.report(
                rules::RANGES_OVERLAP,
                format!("`{}` and `{}` overlap", one.range, other.range),
                &Place::Value(one.key.clone()),
                one.who,
            )
            .and(&Place::Value(other.key.clone()), one.other)
            .help("take ranges that have no address in common");
        }
    }
}

/// A range that can be used: written right, private, and not one that Google's services cannot reach.
fn range(cx: &mut Context<'_>, key: &Key, text: &str) -> Option<Ipv4Net> {
    let place = Place::Value(key.clone());
    let Ok(range) = text.parse::<Ipv4Net>() else {
        cx.report(
            rules::RANGE_INVALID,
            format!("`{text}` is not a range of addresses"),
            &place,
            "such as `10.8.0.0/24`",
        );
        return None;
    };
    if range.trunc() != range {
        cx.report(
            rules::RANGE_INVALID,
            format!("`{text}` does not begin where its range begins"),
            &place,
            "has bits beyond its prefix",
        )
        .replace("the range is", &place, text, &range.trunc().to_string())
        .safe();
        return None;
    }
    if !google::usable(range) {
        cx.report(
            rules::RANGE_PUBLIC,
            format!("`{text}` is not private"),
            &place,
            "takes 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 or 240.0.0.0/4",
        );
        return None;
    }
    for (other, why) in google::UNUSABLE {
        let other: Option<Ipv4Net> = other.parse().ok();
        if let Some(other) = other
            && overlap(other, range)
        {
            let message = if other == range {
                format!("`{text}` cannot be used")
            } else {
                format!("`{text}` and `{other}` overlap, which cannot be used")
            };
            cx.report(rules::RANGE_UNUSABLE, message, &place, why)
                .help("take another private range, such as `10.8.0.0/24`");
        }
    }
    Some(range)
}
