//! Subnetworks of other regions: for services that run in several.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::plan::google::run;
use crate::plan::model::{Plan, Subnetwork};
use crate::plan::resolve::context::Context;
use crate::rules;

use super::{Named, range};

/// The subnetworks of the regions that services run in beside the project's, by region.
pub(super) fn resolve(
    cx: &mut Context<'_>,
    plan: &Plan,
    written: &schema::Network,
    named: &Named,
) -> Vec<Subnetwork> {
    let others = plan.services.iter().filter_map(|service| {
        let of = service.stands_in_for.as_deref()?;
        service.workload.vpc.as_ref()?;
        Some((service.region.as_str(), of))
    });
    // Of several services, the first tells of what lacks.
    let mut users: BTreeMap<&str, &str> = BTreeMap::new();
    for (region, service) in others {
        users.entry(region).or_insert(service);
    }
    let key = Key::of(&["network", "subnets"]);
    idle(cx, &key, written, &users);
    let mut subnetworks = Vec::new();
    for (region, service) in users {
        let key = key.then(region);
        let Some(text) = written.subnets.get(region) else {
            lacks(cx, region, service, written);
            continue;
        };
        let (name, path) = named.elsewhere(region);
        subnetworks.push(Subnetwork {
            name,
            region: region.to_owned(),
            path,
            range: range::of_instances(cx, key, text),
        });
    }
    subnetworks
}

/// Reports ranges of regions that there are not, or that nothing runs in.
fn idle(cx: &mut Context<'_>, key: &Key, written: &schema::Network, users: &BTreeMap<&str, &str>) {
    let home = cx.project.region.clone();
    for region in written.subnets.keys() {
        let place = Place::Key(key.then(region));
        if *region == home {
            cx.report(
                rules::NETWORK_CONFLICT,
                "the range of the project's region stands in `subnet`",
                &place,
                "other regions alone",
            )
            .help("write `subnet` in `[network]` instead");
        } else if !run::REGIONS.contains(&region.as_str()) {
            let what = "region of Cloud Run";
            cx.unknown(rules::REGION_UNKNOWN, what, region, run::REGIONS, &place);
        } else if !users.contains_key(region.as_str()) {
            cx.report(
                rules::NETWORK_UNUSED,
                format!("nothing runs in the network in `{region}`"),
                &place,
                "no subnetwork is made",
            )
            .help("take it out, or put the region among the `regions` of a service");
        }
    }
}

/// Reports a region without a range, and says one that is free.
fn lacks(cx: &mut Context<'_>, region: &str, service: &str, written: &schema::Network) {
    let taken = [
        &written.subnet,
        &written.service_range,
        &written.proxy_range,
    ];
    let taken = taken.into_iter().flatten().chain(written.subnets.values());
    let defaults = [range::SUBNET, range::SERVICE_RANGE, range::PROXY_RANGE];
    let taken = taken.map(String::as_str).chain(defaults);
    let taken: Vec<Ipv4Net> = taken.filter_map(|text| text.parse().ok()).collect();
    let apart = |range: &String| {
        let range: Option<Ipv4Net> = range.parse().ok();
        range.is_some_and(|one| !taken.iter().any(|other| range::overlap(one, *other)))
    };
    let mut blocks = (0..=u8::MAX).map(|block| format!("10.{block}.0.0/24"));
    let free = blocks.rfind(apart).unwrap_or_default();
    cx.report(
        rules::REGION_WITHOUT_SUBNET,
        format!("nothing has an address in `{region}`"),
        &Place::Part(
            Key::of(&["services", service, "regions"]),
            region.to_owned(),
        ),
        "needs a range of its own",
    )
    .write(
        "give it one",
        &Key::of(&["network", "subnets"]),
        region,
        &format!("\"{free}\""),
    );
}
