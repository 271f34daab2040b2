//! A service in several regions: one of Cloud Run in each, all behind the one load balancer.
//!
//! Google's own service of several regions (`multi_region_settings`) lies in the location `global`. A service that lies in a region
//! already would be destroyed for it, and its way in is the same: an endpoint group for each region. So each region has a service
//! of its own, and one that comes or goes touches no other.

use std::collections::{BTreeMap, BTreeSet};

use crate::blueprint::schema::{self, Ingress};
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::run;
use crate::plan::model::{DeployedKind, EndpointGroup, LATEST, Plan, Service};
use crate::rules;

use super::context::Context;
use super::grants::Grants;
use super::{network, reference, traffic};

/// Adds what stands in for a service in each of its other regions.
pub(super) fn resolve(cx: &mut Context<'_>, plan: &mut Plan) {
    let blueprint = cx.blueprint;
    let mut elsewhere = Vec::new();
    for (name, written) in &blueprint.services {
        let key = Key::of(&["services", name]);
        let others = others(cx, &key, written);
        retired(cx, &key, written, &others);
        if others.is_empty() || !can_be(cx, plan, &key, name, written) {
            continue;
        }
        let by_name = |one: &Service| one.name.as_str().cmp(name);
        let Ok(at) = plan.services.binary_search_by(by_name) else {
            continue;
        };
        for region in others {
            let service = stand_in(cx, &plan.services[at], &region, written);
            if is_free(cx, &key, &service) {
                elsewhere.push(service);
            }
        }
    }
    plan.services.extend(elsewhere);
    plan.services.sort_by(|a, b| a.name.cmp(&b.name));
}

/// What backends lead to beside the services themselves: whatever stands in for one and is not on its way out, by service.
pub(super) fn groups(services: &[Service]) -> BTreeMap<&str, Vec<EndpointGroup>> {
    let mut groups: BTreeMap<&str, Vec<EndpointGroup>> = BTreeMap::new();
    for service in services.iter().filter(|service| !service.leaves_region) {
        if let Some(of) = &service.stands_in_for {
            groups.entry(of).or_default().push(group(service));
        }
    }
    groups
}

/// The way to a service.
pub(super) fn group(service: &Service) -> EndpointGroup {
    EndpointGroup {
        name: service.name.clone(),
        region: service.region.clone(),
    }
}

/// Who may call or deploy a service may do so in each of its regions.
pub(super) fn grants(cx: &Context<'_>, services: &[Service], mut grants: Grants) -> Grants {
    for service in services {
        if let Some(name) = &service.stands_in_for {
            let from = cx.project.service(name);
            grants.copy(&from, &service.resource(&cx.project.id));
        }
    }
    grants
}

/// The regions of a service beside the project's, by name.
fn others(cx: &mut Context<'_>, key: &Key, written: &schema::Service) -> BTreeSet<String> {
    let key = key.then("regions");
    let home = cx.project.region.clone();
    let mut known = BTreeSet::new();
    for (index, region) in written.regions.iter().enumerate() {
        let place = Place::Value(key.item(index));
        if !run::REGIONS.contains(&region.as_str()) {
            let what = "region of Cloud Run";
            cx.unknown(rules::REGION_UNKNOWN, what, region, run::REGIONS, &place);
        } else if !known.insert(region.clone()) {
            let message = format!("`{region}` stands twice among the regions");
            cx.report(rules::REGIONS_INVALID, message, &place, "once is enough")
                .help("take it out");
        }
    }
    if !known.is_empty() && !known.remove(&home) {
        cx.report(
            rules::REGIONS_INVALID,
            format!("`{key}` leaves out the project's region"),
            &Place::Value(key),
            format!("needs `{home}`"),
        )
        .and(&Place::Value(Key::of(&["project", "region"])), "the region")
        .note("what it needs lies there: jobs that come before it, databases, secrets")
        .help(format!("put `{home}` first"));
    }
    known
}

/// Reports a region on its way out that the service is not in, or that it cannot leave.
fn retired(cx: &mut Context<'_>, key: &Key, written: &schema::Service, others: &BTreeSet<String>) {
    for (index, region) in written.retire_regions.iter().enumerate() {
        if others.contains(region) {
            continue;
        }
        let place = Place::Value(key.then("retire_regions").item(index));
        let (message, label) = if *region == cx.project.region {
            let message = format!("`{key}` cannot leave the project's region");
            (message, "the others stand in for this one")
        } else {
            let region = region.escape_debug();
            let message = format!("`{region}` is not among the other regions of `{key}`");
            (message, "nothing to retire")
        };
        cx.report(rules::REGIONS_INVALID, message, &place, label)
            .help("name one of `regions` beside the project's, or take it out");
    }
}

/// Whether a service can be in several regions; reports the first reason why not.
fn can_be(
    cx: &mut Context<'_>,
    plan: &Plan,
    key: &Key,
    name: &str,
    written: &schema::Service,
) -> bool {
    let place = Place::Value(key.then("regions"));
    let public = written.exposure == Some(schema::Exposure::Public);
    if !public || written.ingress == Some(Ingress::All) {
        cx.report(
            rules::REGIONS_INVALID,
            format!("`{key}` is in several regions, and no load balancer stands before them"),
            &place,
            "nothing leads to the nearest",
        )
        .help("write `exposure = \"public\"` with `domains`, or leave `regions` out");
        return false;
    }
    if cx.calls.is_called(name) {
        let callers = cx.calls.callers(name).join("`, `");
        cx.report(
            rules::REGIONS_INVALID,
            format!("`{key}` is in several regions and is called by its run.app address"),
            &place,
            "that address leads to the project's region alone",
        )
        .note(format!("called past the load balancer by `{callers}`"))
        .help("give what is called here a service of its own, in one region");
        return false;
    }
    let existing = Key::of(&["network", "existing"]);
    let network = cx.blueprint.network.as_ref();
    let exists = network.is_some_and(|one| one.existing.is_some());
    let deploys = plan.delivery.iter().flat_map(|one| &one.deploys);
    let mut deploys = deploys.filter(|one| one.kind == DeployedKind::Service);
    let conflicts = [
        (
            exists && reference::in_network(written.egress),
            "the network that exists has one subnetwork",
            existing.then("subnet"),
            "each region needs one",
            "write `egress = \"outside\"`, or take a network of your own",
        ),
        (
            (written.traffic.keys().chain(written.tags.values())).any(|to| to != LATEST),
            "it holds a revision of one at its name",
            key.then(traffic::table(written)),
            "each region gives its revisions names of their own",
            "lead to `latest` alone",
        ),
        (
            deploys.any(|one| one.name == name),
            "the pipeline deploys to one",
            key.then("ci_owns"),
            "the others would keep their image",
            "leave the image to the blueprint: take `image` off `ci_owns`",
        ),
    ];
    for (conflicts, but, at, why, help) in conflicts {
        if conflicts {
            let message = format!("`{key}` is in several regions, and {but}");
            let at = Place::Value(at);
            cx.report(rules::REGIONS_INVALID, message, &at, why)
                .and(&place, "several regions")
                .help(help);
            return false;
        }
    }
    if written.gpu.is_some() {
        for (index, region) in written.regions.iter().enumerate() {
            let known = run::REGIONS.contains(&region.as_str());
            if known && !run::GPU_REGIONS.contains(&region.as_str()) {
                let place = Place::Value(key.then("regions").item(index));
                let message = format!("Cloud Run has no GPUs in `{region}`");
                let regions = format!("there are some in {}", run::GPU_REGIONS.join(", "));
                cx.report(rules::GPU_DOES_NOT_FIT, message, &place, regions);
            }
        }
    }
    true
}

/// The service in another region.
fn stand_in(
    cx: &Context<'_>,
    service: &Service,
    region: &str,
    written: &schema::Service,
) -> Service {
    let mut other = service.clone();
    other.name = format!("{}-{region}", service.name);
    region.clone_into(&mut other.region);
    other.stands_in_for = Some(service.name.clone());
    other.url = reference::url_in(cx, &other.name, region);
    if written.retire_regions.iter().any(|one| one == region) {
        other.leaves_region = true;
        other.retiring = true;
        other.deletion_protection = false;
    }
    if let Some(vpc) = &mut other.workload.vpc {
        vpc.subnetwork = network::named(cx).elsewhere(region).1;
    }
    // The main container carries the service's name.
    let named = |name: &mut String| {
        if *name == service.name {
            name.clone_from(&other.name);
        }
    };
    for container in &mut other.workload.containers {
        named(&mut container.name);
        container.after.iter_mut().for_each(named);
    }
    other
}

/// Whether no other service has its name; reports that, or a name that is too long.
fn is_free(cx: &mut Context<'_>, key: &Key, service: &Service) -> bool {
    let place = Place::Part(key.then("regions"), service.region.clone());
    cx.check_name(Kind::Workload, &service.name, "a service's name", &place);
    let free = !cx.blueprint.services.contains_key(&service.name);
    if !free {
        let other = Key::of(&["services", &service.name]);
        cx.report(
            rules::NAME_COLLISION,
            format!(
                "`{key}` in `{}` and `{other}` have the same name",
                service.region
            ),
            &place,
            format!("`{}`", service.name),
        )
        .and(&Place::Key(other), "so has this")
        .help("give one of them another name");
    }
    free
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{API, INTERNAL, Resolved, WAF, resolve};

    const SUBNETS: &str = "[network.subnets]\nus-central1 = \"10.10.0.0/24\"\n";
    const TWO: &str = "regions = [\"europe-west1\", \"us-central1\"]\n";

    fn api(more: &str, rest: &str) -> Resolved {
        resolve(&[API, more, WAF, rest])
    }

    #[test]
    fn each_region_has_the_same_service_under_a_name_of_its_own() {
        let resolved = api(TWO, SUBNETS);
        let plan = resolved.plan();
        let names: Vec<_> = plan.services.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["api", "api-us-central1"]);
        let [home, other] = plan.services.as_slice() else {
            panic!("{names:?}")
        };
        assert_eq!(other.policy, home.policy);
        assert_eq!(other.workload.account, home.workload.account);
        assert_eq!(other.workload.containers[0].name, "api-us-central1");
        let vpc = other.workload.vpc.as_ref().expect("it is in the network");
        assert!(
            vpc.subnetwork
                .ends_with("/us-central1/subnetworks/shop-run-us-central1")
        );
        let groups = plan.edge.iter().flat_map(|edge| &edge.backends);
        let groups: Vec<_> = groups.flat_map(|one| &one.groups).collect();
        let regions: Vec<_> = groups.iter().map(|group| group.region.as_str()).collect();
        assert_eq!(regions, ["europe-west1", "us-central1"]);
        let led = resolved.fact("services.api.reached_in");
        assert_eq!(led, Some("europe-west1, us-central1"));
    }

    #[test]
    fn a_region_on_its_way_out_is_there_and_nothing_leads_to_it() {
        let leaving = format!("{TWO}retire_regions = [\"us-central1\"]\n");
        let resolved = api(&leaving, SUBNETS);
        let plan = resolved.plan();
        let other = plan.service("api-us-central1").expect("it is still there");
        assert!(other.leaves_region && !other.deletion_protection);
        let edge = plan.edge.as_ref().expect("the other one is behind it");
        assert!(!edge.backends[0].leads_to("api-us-central1"));
        assert_eq!(resolved.fact("services.api-us-central1.waf"), None);
        assert_eq!(resolved.fact("services.api.reached_in"), None);
    }

    #[test]
    fn each_region_has_a_fixed_address_of_its_own() {
        let resolved = api(&format!("{TWO}egress = \"nat\"\n"), SUBNETS);
        let own = resolved
            .plan()
            .network
            .as_ref()
            .and_then(|one| one.own.as_ref());
        let nats = own.map(|own| own.nats.as_slice()).unwrap_or_default();
        let nats: Vec<_> = nats
            .iter()
            .map(|nat| (nat.region.as_str(), nat.subnetwork.as_str()))
            .collect();
        let home = ("europe-west1", "shop-run");
        assert_eq!(nats, [home, ("us-central1", "shop-run-us-central1")]);
        let nat = resolved.fact("network.nat");
        assert_eq!(nat, Some("shop-nat, shop-nat-us-central1"));
        let one = api("egress = \"nat\"\n", "");
        assert_eq!(one.fact("network.nat"), Some("shop-nat"));
    }

    #[test]
    fn a_cache_is_reached_from_each_region() {
        let uses = format!(
            "{TWO}caches = [\"limits\"]\nenv = {{ HOST = \"${{caches.limits.host}}\", CA = \"${{caches.limits.ca}}\" }}\n"
        );
        let cache = format!("{SUBNETS}[caches.limits]\nversion = \"8.0\"\n");
        let resolved = api(&uses, &cache);
        assert!(resolved.errors.is_empty(), "{:?}", resolved.errors);
        let plan = resolved.plan();
        assert_eq!(plan.caches.len(), 1);
        let other = plan.service("api-us-central1").expect("it is there");
        let home = plan.service("api").expect("it is there");
        assert_eq!(other.workload.caches, ["limits"]);
        // One account, one tag: what is opened and granted holds in each region.
        assert_eq!(
            other.workload.vpc.as_ref().map(|vpc| &vpc.tags),
            home.workload.vpc.as_ref().map(|vpc| &vpc.tags)
        );
        let opening = "tcp:6379 to 10.8.0.0/24 for run-api";
        let openings = resolved.fact("network.egress.openings").unwrap_or_default();
        assert!(openings.contains(opening), "{openings}");
    }

    #[test]
    fn what_cannot_be_in_several_regions() {
        let errors = |more: &str, rest: &str| api(&format!("{TWO}{more}"), rest).errors;
        assert!(errors("", SUBNETS).is_empty());
        assert!(errors("egress = \"outside\"\n", "").is_empty());
        assert!(errors("egress = \"nat\"\n", SUBNETS).is_empty());
        let called = format!("{INTERNAL}calls = [\"api\"]\n");
        assert_eq!(errors("", &called), ["regions-invalid"]);
        let schedule = "[schedules.sweep]\ncron = \"0 4 * * *\"\ntarget = \"services.api\"\n";
        assert_eq!(errors("", schedule), ["regions-invalid"]);
        let existing = "[network.existing]\nnetwork = \"shared\"\nsubnet = \"run\"\n";
        assert_eq!(errors("", existing), ["regions-invalid"]);
        assert!(errors("egress = \"outside\"\n", existing).is_empty());
        let taken = INTERNAL.replace("services.orders", "services.api-us-central1");
        assert_eq!(errors("", &format!("{taken}{SUBNETS}")), ["name-collision"]);
        let gone = "retire_regions = [\"europe-west1\", \"us-east1\"]\n";
        assert_eq!(errors(gone, SUBNETS), ["regions-invalid"; 2]);
        assert_eq!(errors("", ""), ["region-without-subnet"]);
    }

    #[test]
    fn regions_are_some_of_google_s_once_each_and_the_project_s_among_them() {
        let regions = |list: &str| api(&format!("regions = [{list}]\n"), SUBNETS).errors;
        assert!(regions("\"europe-west1\"").is_empty());
        let mars = "\"europe-west1\", \"us-central1\", \"mars-north1\"";
        assert_eq!(regions(mars), ["region-unknown"]);
        let twice = "\"europe-west1\", \"us-central1\", \"us-central1\"";
        assert_eq!(regions(twice), ["regions-invalid"]);
        assert_eq!(regions("\"us-central1\""), ["regions-invalid"]);
    }

    #[test]
    fn each_region_has_a_key_of_its_own() {
        let encryption = "[encryption]\ncmek = [\"run\"]\n";
        let one = format!("{SUBNETS}{encryption}");
        assert_eq!(api(TWO, &one).errors, ["encryption-key-elsewhere"]);
        let path = "projects/acme-keys/locations/us-central1/keyRings/ring/cryptoKeys/us";
        let key = format!("[keys.us]\npurpose = \"encrypt\"\nexisting = \"{path}\"\n");
        let two = format!("{one}keys = {{ run = [\"us\"] }}\n{key}");
        let resolved = api(TWO, &two);
        let other = resolved.fact("services.api-us-central1.encryption");
        assert_eq!(other, Some(path));
        let home = resolved
            .fact("services.api.encryption")
            .expect("it has one");
        assert!(home.contains("locations/europe-west1"), "{home}");
    }

    #[test]
    fn a_gpu_is_in_each_region() {
        let gpu = "gpu = \"nvidia-l4\"\negress = \"outside\"\n";
        let regions = |other: &str| {
            let regions = format!("regions = [\"europe-west1\", \"{other}\"]\n");
            api(&format!("{gpu}{regions}"), "").errors
        };
        assert!(regions("us-central1").is_empty());
        assert_eq!(regions("europe-west9"), ["gpu-does-not-fit"]);
    }

    #[test]
    fn each_region_needs_room_of_its_own() {
        let ranges = |subnets: &str| {
            let network = format!("[network]\nsubnets = {{ {subnets} }}\n");
            api(&format!("{TWO}max = 20\n"), &network)
        };
        let us = |range: &str| ranges(&format!("us-central1 = \"{range}\"")).errors;
        assert!(us("10.10.0.0/24").is_empty());
        assert_eq!(us("10.10.0.0/26"), ["subnet-too-small"]);
        assert_eq!(us("10.8.0.0/25"), ["ranges-overlap"]);
        assert_eq!(us("10.10.0.0/28"), ["subnet-size"]);
        let more = |entry: &str| ranges(&format!("us-central1 = \"10.10.0.0/24\", {entry}"));
        assert_eq!(more("mars = \"10.11.0.0/24\"").errors, ["region-unknown"]);
        assert_eq!(
            more("europe-west1 = \"10.11.0.0/24\"").errors,
            ["network-conflict"]
        );
        assert_eq!(
            more("us-east1 = \"10.11.0.0/24\"").warnings,
            ["network-unused"]
        );
    }
}
