//! The internal load balancer: what stands in the network before services with a private name.

use std::collections::BTreeMap;

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name;
use crate::plan::model::{InternalEdge, Service};
use crate::plan::resolve::context::Context;
use crate::plan::resolve::{network, reference};
use crate::rules;

use super::hosts::{self, Side};
use super::{tls, zone};

/// Top-level names that no public authority makes a certificate for, since nobody can prove that they are theirs: those of RFC 6761,
/// 6762, 7686, 8375 and 9476, `internal`, which ICANN keeps for private use, and others that are taken for it.
const UNPROVABLE: [&str; 14] = [
    "alt",
    "arpa",
    "corp",
    "example",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localhost",
    "onion",
    "private",
    "test",
];

/// The internal load balancer, where a service has a private name.
pub(in crate::plan::resolve) fn resolve(
    cx: &mut Context<'_>,
    services: &[Service],
) -> Option<InternalEdge> {
    check(cx, services);
    let named = |service: &&Service| {
        let written = cx.blueprint.services.get(&service.name);
        written.is_some_and(reference::has_private_name) && !service.private_domains.is_empty()
    };
    let behind: Vec<&Service> = services.iter().filter(named).collect();
    if behind.is_empty() {
        return None;
    }
    let project = cx.project.name.clone();
    let hosts = hosts::resolve(cx, &behind, Side::Private);
    let refuse = name::compute_name(&format!("{project}-internal-refuse"));
    if behind.iter().any(|service| service.name == refuse) {
        cx.report(
            rules::NAME_COLLISION,
            format!("`{refuse}` is the backend for unknown hosts"),
            &Place::Key(Key::of(&["services", &refuse])),
            "needs another name",
        );
    }
    let key = Key::of(&["load_balancer"]);
    let none = schema::LoadBalancer::default();
    let written = cx.blueprint.load_balancer.as_ref().unwrap_or(&none);
    let place = network::named(cx);
    let elsewhere = services.iter().any(|caller| {
        let mut called = caller.calls.iter();
        let several = cx.blueprint.services.get(&caller.name);
        several.is_some_and(|one| one.regions.len() > 1)
            && called.any(|call| behind.iter().any(|service| service.name == call.service))
    });
    Some(InternalEdge {
        name: name::compute_name(&format!("{project}-internal")),
        region: cx.project.region.clone(),
        every_region: elsewhere,
        network: place.network,
        subnetwork: place.subnetwork,
        hosts,
        backends: behind.iter().map(|service| service.name.clone()).collect(),
        refuse,
        tls: tls(cx, &key, written),
        zone: zone(cx, &key.then("dns"), written.dns.as_ref()),
    })
}

/// Reports keys of the load balancer that have no meaning for the internal one, where that is the only one.
pub(super) fn idle(cx: &mut Context<'_>, key: &Key, written: &schema::LoadBalancer) {
    let keys = [
        ("certificate", written.certificate.is_some()),
        ("ipv6", written.ipv6.is_some()),
        ("headers", !written.headers.is_empty()),
        ("unknown_host", written.unknown_host.is_some()),
    ];
    for (name, _) in keys.into_iter().filter(|(_, is_written)| *is_written) {
        cx.report(
            rules::LOAD_BALANCER_UNUSED,
            format!("`{name}` is the public load balancer's, and no service is behind that one"),
            &Place::Key(key.then(name)),
            "changes nothing",
        )
        .help("take it out, or make a service public: `exposure = \"public\"`");
    }
}

/// Reports private names that cannot be.
fn check(cx: &mut Context<'_>, services: &[Service]) {
    let mut public: BTreeMap<String, (&str, &str)> = BTreeMap::new();
    for service in services.iter().filter(|service| service.public) {
        for domain in &service.domains {
            public.insert(name::domain_slug(domain), (domain, &service.name));
        }
    }
    let existing =
        (cx.blueprint.network.as_ref()).is_some_and(|network| network.existing.is_some());
    for service in services {
        let Some(first) = service.private_domains.first() else {
            continue;
        };
        let key = Key::of(&["services", &service.name]);
        let list = key.then(Side::Private.key());
        if service.public {
            cx.report(
                rules::PRIVATE_DOMAIN_CONFLICT,
                format!("`{key}` is public, and callers inside come by its domains too"),
                &Place::Key(list.clone()),
                "only internal services have private names",
            )
            .help("take it out, or leave `exposure` out");
        } else if existing {
            cx.report(
                rules::PRIVATE_DOMAIN_CONFLICT,
                format!("`{first}` needs a load balancer in a network that is somebody else's"),
                &Place::Key(list.clone()),
                "its proxies need a subnetwork of their own",
            )
            .and(
                &Place::Key(Key::of(&["network", "existing"])),
                "nothing is made in it",
            )
            .help("leave `private_domains` out, or take a network of your own");
        }
        for domain in &service.private_domains {
            let place = Place::Part(list.clone(), domain.clone());
            provable(cx, domain, &place);
            if let Some((other, by)) = public.get(&name::domain_slug(domain)) {
                cx.report(
                    rules::PRIVATE_DOMAIN_CONFLICT,
                    format!("`{domain}` and the public domain `{other}` would become one name"),
                    &place,
                    "inside, it would lead elsewhere",
                )
                .and(
                    &Place::Part(Key::of(&["services", by, "domains"]), (*other).to_owned()),
                    "public here",
                )
                .help("take another name for one of them");
            }
        }
    }
}

/// Reports a private name that no authority makes a certificate for.
fn provable(cx: &mut Context<'_>, domain: &str, place: &Place) {
    let (_, top) = domain.rsplit_once('.').unwrap_or(("", domain));
    let of_google = domain == "googleapis.com" || domain.ends_with(".googleapis.com");
    let (message, label, help) = if UNPROVABLE.contains(&top) {
        (
            format!("no authority makes a certificate for `{domain}`"),
            "nobody can prove that it is theirs",
            "take a name below a domain of yours, such as `orders.shop.example.com`; only what proves it stands in public DNS, and not its address",
        )
    } else if of_google {
        (
            format!("`{domain}` is a name of Google's"),
            "no authority makes you a certificate for it",
            "take a domain of your own",
        )
    } else {
        return;
    };
    cx.report(rules::PRIVATE_DOMAIN_INVALID, message, place, label)
        .help(help);
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{API, INTERNAL, Resolved, WAF, resolve};

    const NAMED: &str = "private_domains = [\"orders.example.com\"]\n";
    const CALLER: &str = r#"
[jobs.nightly]
image = "europe-docker.pkg.dev/shop-images/app/nightly@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263"
"#;

    fn openings(resolved: &Resolved) -> &str {
        resolved.fact("network.egress.openings").unwrap_or("none")
    }

    #[test]
    fn callers_come_by_the_name_and_the_way_is_theirs_alone() {
        let calls = "calls = [\"orders\"]\nenv = { URL = \"${services.orders.origin}\" }\n";
        let resolved = resolve(&[INTERNAL, NAMED, CALLER, calls]);
        assert_eq!(resolved.fact("services.orders.run_app"), Some("closed"));
        assert_eq!(
            resolved.fact("services.orders.audiences"),
            Some("https://orders.example.com")
        );
        let call = &resolved.plan().jobs[0].calls[0];
        assert_eq!(call.url.to_string(), "https://orders.example.com");
        // Nobody needs the way to run.app.
        let opened = "tcp:443 to 10.8.0.0/24 for job-nightly";
        assert_eq!(openings(&resolved), opened);
        assert_eq!(
            resolved.fact("network.private_zones"),
            Some("orders.example.com.")
        );
    }

    #[test]
    fn who_is_not_declared_here_may_come_from_anywhere_in_the_network() {
        let nobody = resolve(&[INTERNAL, NAMED]);
        assert_eq!(openings(&nobody), "none");
        let group = "invokers = [\"group:partners@example.com\"]\n";
        let resolved = resolve(&[INTERNAL, NAMED, group]);
        assert_eq!(openings(&resolved), "tcp:443 to 10.8.0.0/24");
    }

    #[test]
    fn what_triggers_call_keeps_its_run_app_address() {
        let schedule = "[schedules.daily]\ncron = \"0 3 * * *\"\ntarget = \"services.orders\"\npath = \"/daily\"\n";
        let resolved = resolve(&[INTERNAL, NAMED, schedule]);
        assert_eq!(resolved.fact("services.orders.run_app"), Some("open"));
    }

    #[test]
    fn the_other_address_stays_open_for_whoever_is_told_it() {
        let env =
            |property: &str| format!("env = {{ URL = \"${{services.orders.{property}}}\" }}\n");
        let errors = |lines: &str| resolve(&[INTERNAL, NAMED, CALLER, lines]).errors;
        let told = |property: &str| {
            let calls = format!("calls = [\"orders\"]\n{}", env(property));
            let resolved = resolve(&[INTERNAL, NAMED, CALLER, &calls]);
            let call = resolved.plan().jobs[0].calls[0].url.to_string();
            let closed = resolved.fact("services.orders.run_app") == Some("closed");
            (call.ends_with(".run.app"), closed)
        };
        assert_eq!(told("url"), (true, false));
        assert_eq!(told("origin"), (false, true));
        assert_eq!(errors(&env("origin")), ["call-not-declared"]);
        assert_eq!(errors(&env("domain")), ["call-not-declared"]);
    }

    #[test]
    fn a_name_can_be_proven() {
        let errors = |name: &str| {
            let named = format!("private_domains = [\"{name}\"]\n");
            resolve(&[INTERNAL, &named]).errors
        };
        for bad in [
            "orders.internal",
            "orders.shop.local",
            "storage.googleapis.com",
        ] {
            assert_eq!(errors(bad), ["private-domain-invalid"], "{bad}");
        }
        assert_eq!(errors("orders.run.app"), ["domain-not-yours"]);
        assert!(errors("internal.example.com").is_empty());
    }

    #[test]
    fn a_name_is_private_or_public_and_in_a_network_of_ones_own() {
        let both = "private_domains = [\"inside.example.com\"]\n";
        let errors = |parts: &[&str]| resolve(parts).errors;
        let conflict = ["private-domain-conflict"];
        assert_eq!(errors(&[WAF, API, both]), conflict);
        let same = "private_domains = [\"api.example.com\"]\n";
        assert_eq!(errors(&[WAF, API, INTERNAL, same]), conflict);
        let theirs = "[network.existing]\nnetwork = \"shared\"\nsubnet = \"run\"\n";
        assert_eq!(errors(&[INTERNAL, NAMED, theirs]), conflict);
    }

    #[test]
    fn proxies_have_a_range_of_their_own() {
        let network = |range: &str| {
            let network = format!("[network]\nproxy_range = \"{range}\"\n");
            resolve(&[INTERNAL, NAMED, &network]).errors
        };
        assert!(network("10.20.0.0/26").is_empty());
        assert_eq!(network("10.20.0.0/27"), ["subnet-size"]);
        assert_eq!(network("10.8.0.0/23"), ["ranges-overlap"]);
        let idle = resolve(&[INTERNAL, "[network]\nproxy_range = \"10.20.0.0/23\"\n"]);
        assert_eq!(idle.warnings, ["network-unused"]);
    }

    #[test]
    fn keys_of_the_public_load_balancer_say_nothing_of_this_one() {
        let balancer = "[load_balancer]\ntls = \"modern\"\nipv6 = false\n";
        let resolved = resolve(&[INTERNAL, NAMED, balancer]);
        assert_eq!(resolved.warnings, ["load-balancer-unused"]);
        assert_eq!(resolved.fact("internal_load_balancer.tls"), Some("modern"));
    }

    #[test]
    fn a_caller_of_several_regions_reaches_it_from_each() {
        let regions = "calls = [\"orders\"]\nregions = [\"europe-west1\", \"us-central1\"]\n";
        let subnets = "[network.subnets]\nus-central1 = \"10.255.0.0/24\"\n";
        let resolved = resolve(&[WAF, API, regions, INTERNAL, NAMED, subnets]);
        let from = "internal_load_balancer.reached_from";
        assert_eq!(resolved.fact(from), Some("every region"));
    }
}
