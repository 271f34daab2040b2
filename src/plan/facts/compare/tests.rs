//! The order of each fact.

use super::Direction::{Neither, Tighter, Wider};
use super::*;

/// Key, the tight value, the wide one; empty is not stated.
const WAYS: &[(&str, &str, &str)] = &[
    (
        "services.web.ingress",
        "internal",
        "internal-and-cloud-load-balancing",
    ),
    (
        "services.web.ingress",
        "internal-and-cloud-load-balancing",
        "all",
    ),
    ("services.web.auth", "iam", "anonymous"),
    ("binary_authorization.mode", "enforce", "dry-run"),
    ("binary_authorization.mode", "dry-run", "off"),
    ("binary_authorization.attestors", "none", "a"),
    ("binary_authorization.attestors", "a, b", "a"),
    ("binary_authorization.exempt_images", "none", "a/*"),
    ("binary_authorization.exempt_images", "a/*", "a/*, b/*"),
    ("perimeter.mode", "enforce", "dry-run"),
    ("perimeter.mode", "dry-run", "off"),
    ("perimeter.mode", "off", "none"),
    (
        "perimeter.services",
        "run.googleapis.com, storage.googleapis.com",
        "run.googleapis.com",
    ),
    ("perimeter.network", "protected services", "everything"),
    (
        "perimeter.lets_in",
        "nobody",
        "group:a@example.com from anywhere",
    ),
    ("perimeter.lets_in", "group:a@example.com from anywhere", ""),
    (
        "perimeter.lets_out",
        "nothing",
        "storage.googleapis.com of 2",
    ),
    ("services.web.auth", "iap", "anonymous"),
    ("services.web.invoker_check", "on", "off"),
    ("services.web.callers", "nobody", "run-a"),
    ("services.web.callers", "run-a", "run-a, run-b"),
    ("services.web.callers", "run-a, run-b", "everybody"),
    (
        "services.web.waf_bypass",
        "run-a",
        "everything inside the network",
    ),
    (
        "services.web.waf_bypass",
        "everything inside the network",
        "everybody",
    ),
    ("services.web.run_app", "closed", "open"),
    ("services.web.egress", "all-traffic", "private-ranges-only"),
    ("services.web.egress.internet", "none", "nat"),
    ("services.web.egress.internet", "nat", "direct"),
    ("services.web.egress.internet", "nat", "by the network"),
    ("services.web.egress.internet", "by the network", "direct"),
    (
        "services.web.grants",
        "none",
        "run.invoker on service orders",
    ),
    ("services.web.roles/run.admin", "", "user:a@example.com"),
    ("services.web.headers", "A: 1, B: 2", "A: 1"),
    ("services.web.waf", "shop", "none"),
    ("services.web.iap", "backend", "none"),
    ("services.web.deletion_protection", "on", "off"),
    ("services.web.encryption", "projects/a", ""),
    ("databases.main.public_address", "none", "203.0.113.1"),
    ("databases.main.tls", "mtls", "encrypted"),
    ("databases.main.password_users", "postgres", "app, postgres"),
    ("databases.main.password_policy", "on", "off"),
    ("databases.main.backups", "14 kept in a", "7 kept in a"),
    ("databases.main.pitr", "7 days", "off"),
    ("databases.main.availability", "regional", "zonal"),
    ("secrets.key.readers", "run-a", "run-a, run-b"),
    ("topics.a.publishers", "nobody", "run-a"),
    ("topics.a.regions", "europe-west1", "europe-west1, us-east1"),
    ("topics.a.deletion_protection", "on", "off"),
    ("subscriptions.a.consumers", "run-a", "run-a, run-b"),
    ("subscriptions.a.dead_letter", "dead after 5", "none"),
    ("subscriptions.a.expires", "never", "2678400s"),
    ("keys.seal.signers", "nobody", "run-a"),
    ("keys.seal.protection", "hsm", "software"),
    ("keys.seal.rotation", "30 days", "90 days"),
    ("keys.seal.destroyed_after", "30 days", "1 days"),
    ("keys.seal.deletion_protection", "on", "off"),
    (
        "delivery.identities",
        "nobody",
        "attribute.repository_id/1 of pool github-shop",
    ),
    ("delivery.grants", "none", "run.developer on service web"),
    ("registries.app.writers", "nobody", "group:a@example.com"),
    ("registries.app.immutable_tags", "on", "off"),
    ("registries.app.deletion_protection", "on", "off"),
    ("network.egress", "denied", "allowed"),
    ("network.egress.openings", "none", "tcp:443 to 0.0.0.0/0"),
    ("network.nat", "none", "shop-nat"),
    ("load_balancer.tls", "restricted", "modern"),
    ("internal_load_balancer.tls", "restricted", "modern"),
    (
        "internal_load_balancer.hosts",
        "a.example",
        "a.example, b.example",
    ),
    ("internal_load_balancer.ports", "443", "443, 80"),
    (
        "internal_load_balancer.reached_from",
        "its region",
        "every region",
    ),
    ("internal_load_balancer.unknown_host", "refuse", "lead"),
    ("load_balancer.min_tls", "1.3", "1.2"),
    ("waf.mode", "enforce", "preview"),
    ("waf.shop-web.mode", "enforce", "preview"),
    ("waf.rules.sqli", "deny 403 when x, priority 1", ""),
    (
        "waf.rules.sqli",
        "deny 403 when x, priority 1",
        "deny 403 when x, without cookie a for all, priority 1",
    ),
    (
        "waf.rules.rate",
        "throttle above 100 in 60 seconds by IP from *, priority 9000",
        "throttle above 600 in 60 seconds by IP from *, priority 9000",
    ),
    (
        "waf.rules.rate",
        "ban for 9 seconds above 100 in 60 seconds by IP from *, priority 9001",
        "throttle above 100 in 60 seconds by IP from *, priority 9000",
    ),
    ("waf.rules.trust", "", "allow from 192.0.2.1, priority 5"),
    (
        "waf.rules.default",
        "deny 403 from *, priority 9",
        "allow from *, priority 9",
    ),
    ("governance.sql.restrictPublicIp", "enforced", ""),
    ("governance.run.allowedIngress", "internal", "all, internal"),
    ("governance.run.allowedIngress", "internal", ""),
    ("governance.compute.vmExternalIpAccess", "nothing", ""),
    (
        "audit_logs.run.googleapis.com",
        "ADMIN_READ, DATA_READ",
        "ADMIN_READ",
    ),
    ("audit_logs.run.googleapis.com", "ADMIN_READ", ""),
    (
        "exceptions.services.web.all-ingress",
        "",
        "team until 2027-01-31",
    ),
    ("topics.orders.schema", "orders as json", ""),
    (
        "exceptions.services.web.all-ingress",
        "team until 2027-01-31",
        "team until 2027-02-28",
    ),
];

/// The direction of one fact, beside another of its element that stays.
fn direction(key: &str, before: &str, after: &str) -> Direction {
    let (element, _) = split(key);
    let facts = |value: &str| {
        let name = if element == "waf" { "logging" } else { "zzz" };
        let stays = (format!("{element}.{name}"), "x".to_owned());
        let fact = (!value.is_empty()).then(|| (key.to_owned(), value.to_owned()));
        let facts = fact.into_iter().chain([stays]);
        Facts::from([("prod".to_owned(), facts.collect())])
    };
    let changes = changed_facts(&facts(before), &facts(after));
    assert_eq!(changes.len(), 1, "{key}");
    changes[0].direction
}

#[test]
fn both_ways_of_each_fact() {
    for (key, tight, wide) in WAYS {
        assert_eq!(
            direction(key, tight, wide),
            Wider,
            "{key}: {tight} → {wide}"
        );
        assert_eq!(
            direction(key, wide, tight),
            Tighter,
            "{key}: {wide} → {tight}"
        );
    }
    for (key, one, other) in [
        ("services.web.auth", "iam", "iap"),
        ("services.web.account", "run-web", "run-other"),
        ("network.subnet", "10.0.0.0/24", "10.1.0.0/24"),
        ("topics.orders.definition", "sha256:0a", "sha256:0b"),
        ("registries.app.remote", "docker-hub", "https://ghcr.io"),
        (
            "keys.seal.algorithm",
            "ec-sign-p256-sha256",
            "rsa-sign-pss-4096-sha512",
        ),
        (
            "waf.rules.sqli",
            "deny 403 when x, priority 1",
            "deny 403 when x, priority 2",
        ),
        (
            "exceptions.services.web.all-ingress",
            "a until 2027-01-31",
            "b until 2027-01-31",
        ),
    ] {
        assert_eq!(direction(key, one, other), Neither, "{key}");
    }
}

#[test]
fn what_cannot_be_told_is_wider() {
    let both = |key, one, other| (direction(key, one, other), direction(key, other, one));
    let rules = ("deny 403 when x, priority 1", "deny 403 when y, priority 1");
    assert_eq!(both("waf.rules.own", rules.0, rules.1), (Wider, Wider));
    assert_eq!(
        both("services.web.callers", "run-a", "run-b"),
        (Wider, Wider)
    );
    assert_eq!(
        both("databases.main.public_address", "1", "2"),
        (Wider, Wider)
    );
}

#[test]
fn elements_that_come_and_go() {
    let facts = |text: &[(&str, &str)]| {
        let facts = text
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Facts::from([("prod".to_owned(), facts.collect())])
    };
    let web = [
        ("services.web.callers", "run-a"),
        ("services.web.headers", "A: 1"),
        ("services.web.ingress", "internal"),
    ];
    let directions = |before: &[_], after: &[_]| {
        let changes = changed_facts(&facts(before), &facts(after));
        changes
            .iter()
            .map(|change| change.direction)
            .collect::<Vec<_>>()
    };
    assert_eq!(directions(&[], &web), [Wider, Neither, Neither]);
    assert_eq!(directions(&web, &[]), [Tighter, Neither, Neither]);
}

#[test]
fn keys_are_taken_apart() {
    let told = |key| {
        let (element, fact) = split(key);
        format!("{element} | {fact}")
    };
    assert_eq!(
        told("services.web.egress.internet"),
        "services.web | egress.internet"
    );
    assert_eq!(told("waf.mode"), "waf | mode");
    assert_eq!(told("waf.shop.rules.x"), "waf.shop | rules.x");
    assert_eq!(told("network.egress.openings"), "network | egress.openings");
    assert_eq!(
        told("governance.sql.restrictPublicIp"),
        "governance | sql.restrictPublicIp"
    );
    assert_eq!(
        told("exceptions.services.web.all-ingress"),
        "services.web | exception all-ingress"
    );
    for odd in [
        "",
        ".",
        "x",
        "exceptions",
        "exceptions.a",
        "waf",
        "services.",
    ] {
        told(odd);
    }
}
