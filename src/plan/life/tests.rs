//! What is said about a change, by the facts before and after.

use std::collections::BTreeMap;

use super::*;

const NAME: (&str, &str) = ("project.name", "shop");
const WEB: (&str, &str) = ("services.web.deletion_protection", "on");

fn posture(environments: &[(&str, &[(&str, &str)])]) -> Posture {
    let facts = |facts: &[(&str, &str)]| -> BTreeMap<String, String> {
        let pair = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        facts.iter().map(pair).collect()
    };
    let environments = environments.iter();
    environments
        .map(|(name, stated)| ((*name).to_owned(), facts(stated)))
        .collect()
}

/// Elements and codes, of one environment.
fn said(before: &[(&str, &str)], after: &[(&str, &str)]) -> Vec<(String, &'static str)> {
    let (before, after) = (posture(&[("prod", before)]), posture(&[("prod", after)]));
    let steps = steps(&before, &after, &[]).into_iter();
    steps
        .map(|step| {
            let code = step.rule().code;
            (step.element, code)
        })
        .collect()
}

fn one(element: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(element.to_owned(), code)]
}

#[test]
fn each_identity_and_what_leaves_it_the_same() {
    for (key, old, new) in [
        ("project.id", "acme-shop", "acme-store"),
        ("project.name", "shop", "store"),
        ("project.region", "europe-west1", "europe-west4"),
        ("network.subnet", "10.8.0.0/24", "10.8.0.0/25"),
        ("network.subnet", "10.8.0.0/24", "10.8.1.0/24"),
        ("network.subnet", "10.8.0.0/24", "10.16.0.0/20"),
        ("network.services_range", "10.9.0.0/20", "10.9.0.0/19"),
        ("network.proxy_range", "10.7.0.0/23", "10.7.0.0/22"),
        ("subnetworks.us-east1.subnet", "10.8.0.0/24", "10.8.1.0/24"),
        ("databases.main.version", "POSTGRES_17", "POSTGRES_9_6"),
        ("databases.main.version", "POSTGRES_17", "MYSQL_8_4"),
        ("databases.main.version", "MYSQL_8_4", "MYSQL_8_0"),
        ("caches.sessions.version", "VALKEY_8_0", "REDIS_CLUSTER"),
        ("buckets.files.bucket", "acme-prod-files", "acme-files"),
        ("buckets.files.location", "europe-west1", "eu"),
        ("registries.app.remote", "none", "docker-hub"),
        ("keys.seal.purpose", "sign", "encrypt"),
        ("keys.seal.protection", "software", "hsm"),
        (
            "secrets.key.replicas",
            "europe-west1",
            "europe-west1, europe-west4",
        ),
        ("topics.orders.schema_language", "avro", "protocol-buffer"),
        ("subscriptions.a.topic", "orders", "orders in acme-other"),
        ("subscriptions.a.delivery", "pull", "push"),
        ("subscriptions.a.filter", "none", "attributes.kind = \"x\""),
        ("subscriptions.a.ordering", "off", "on"),
    ] {
        let element = split(key).0;
        let found = said(&[(key, old)], &[(key, new)]);
        assert_eq!(
            found,
            one(element, "identity-changed"),
            "{key}: {old} → {new}"
        );
        assert!(said(&[(key, old)], &[(key, old)]).is_empty(), "{key}");
        // A lock from before a fact was stated is taken as it is.
        assert!(said(&[WEB], &[WEB, (key, new)]).is_empty(), "{key}");
    }
    for (key, old, new) in [
        ("network.subnet", "10.8.0.0/24", "10.8.0.0/23"),
        ("network.subnet", "10.8.1.0/24", "10.8.0.0/23"),
        ("secrets.key.pinned", "1", "2"),
        ("buckets.files.retention", "30 days", "1 days"),
        ("registries.app.immutable_tags", "on", "off"),
        ("keys.seal.rotation", "90 days", "30 days"),
        (
            "keys.seal.algorithm",
            "ec-sign-p256-sha256",
            "ec-sign-p384-sha384",
        ),
        ("topics.orders.definition", "sha256:0a", "sha256:0b"),
        ("services.web.account", "run-web", "run-own"),
        ("subscriptions.a.endpoint", "web/", "web/events"),
        ("subscriptions.a.dead_letter", "none", "dead after 5"),
    ] {
        assert!(
            said(&[(key, old)], &[(key, new)]).is_empty(),
            "{key}: {new}"
        );
    }
}

#[test]
fn what_lies_under_another_key_is_another_thing() {
    let key = "projects/acme-shop/locations/europe-west1/keyRings/shop/cryptoKeys/cmek-sql";
    for element in ["databases.main", "caches.sessions", "registries.app"] {
        let protection = format!("{element}.deletion_protection");
        let encryption = format!("{element}.encryption");
        let of_google = [(protection.as_str(), "on")];
        let own = [(protection.as_str(), "on"), (encryption.as_str(), key)];
        let other = [(protection.as_str(), "on"), (encryption.as_str(), "other")];
        let changed = one(element, "identity-changed");
        assert_eq!(said(&of_google, &own), changed, "{element}");
        assert_eq!(said(&own, &of_google), changed, "{element}");
        assert_eq!(said(&own, &other), changed, "{element}");
        assert!(said(&own, &own).is_empty(), "{element}");
        assert!(said(&[NAME], &own).is_empty(), "{element} is new");
        // One that leaves, or that becomes somebody else's, is told once.
        assert_eq!(
            said(&own, &[NAME]),
            one(element, "removed-without-retiring")
        );
    }
    for element in ["services.web", "buckets.files", "topics.a", "secrets.key"] {
        let protection = format!("{element}.deletion_protection");
        let encryption = format!("{element}.encryption");
        let of_google = [(protection.as_str(), "on")];
        let own = [(protection.as_str(), "on"), (encryption.as_str(), key)];
        assert!(said(&of_google, &own).is_empty(), "{element}");
        assert!(said(&own, &of_google).is_empty(), "{element}");
    }
}

#[test]
fn what_follows_from_the_project_is_not_said() {
    let replicas = |region| [("project.region", region), ("secrets.key.replicas", region)];
    let found = said(&replicas("europe-west1"), &replicas("europe-west4"));
    assert_eq!(found, one("project", "identity-changed"));
}

#[test]
fn what_goes_without_being_retired() {
    let off = ("services.web.deletion_protection", "off");
    let other = ("services.web-2.deletion_protection", "on");
    let removed = one("services.web", "removed-without-retiring");
    assert_eq!(said(&[WEB, other], &[other]), removed);
    assert!(said(&[off, other], &[other]).is_empty());
    assert!(said(&[WEB], &[off]).is_empty());
    // An environment that is gone as a whole is not looked into.
    let whole = posture(&[("prod", &[WEB]), ("stg", &[WEB])]);
    assert!(steps(&whole, &posture(&[("prod", &[WEB])]), &[]).is_empty());
}

#[test]
fn what_was_made_here_and_is_somebody_elses() {
    let secret = [
        ("secrets.key.deletion_protection", "on"),
        ("secrets.key.pinned", "1"),
    ];
    let existing = [("secrets.key.pinned", "1")];
    assert_eq!(
        said(&secret, &existing),
        one("secrets.key", "identity-changed")
    );
    assert!(said(&existing, &secret).is_empty());
    let own = [
        ("network.subnet", "10.8.0.0/24"),
        ("network.private_zones", "none"),
    ];
    let theirs = [
        ("network.existing", "projects/p"),
        ("network.private_zones", "none"),
    ];
    assert_eq!(said(&own, &theirs), one("network", "identity-changed"));
    // Without a network there is nothing that could be another one.
    assert!(said(&[own[0], NAME], &[NAME]).is_empty());
}

#[test]
fn an_environment_of_another_name_in_the_same_project() {
    let facts: &[_] = &[("project.id", "acme-shop")];
    let other: &[_] = &[("project.id", "acme-store")];
    let (old, new) = (posture(&[("prod", facts)]), posture(&[("live", facts)]));
    let found = steps(&old, &new, &[]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].element, "environments.prod");
    assert!(steps(&old, &new, &["environments.prod".to_owned()]).is_empty());
    assert!(steps(&old, &posture(&[("live", other)]), &[]).is_empty());
    assert!(steps(&old, &posture(&[("prod", facts), ("stg", other)]), &[]).is_empty());
}

#[test]
fn later_versions() {
    let version = |version| [("databases.main.version", version)];
    let found = said(&version("POSTGRES_9_6"), &version("POSTGRES_17"));
    assert_eq!(found, one("databases.main", "database-upgrade"));
}

#[test]
fn hosts_that_leave() {
    let hosts = |hosts| [("load_balancer.hosts", hosts), NAME];
    let dropped = one("load_balancer", "domain-dropped");
    assert_eq!(said(&hosts("a.example"), &hosts("b.example")), dropped);
    assert_eq!(
        said(
            &hosts("a.example, b.example"),
            &hosts("b.example, c.example")
        ),
        dropped
    );
    assert_eq!(said(&hosts("a.example"), &[NAME]), dropped);
    for (before, after) in [
        ("a.example", "a.example, b.example"),
        ("a.example, b.example", "b.example"),
        ("none", "a.example"),
    ] {
        assert!(
            said(&hosts(before), &hosts(after)).is_empty(),
            "{before} → {after}"
        );
    }
}

#[test]
fn private_names_that_leave() {
    let hosts = |hosts| [("internal_load_balancer.hosts", hosts), NAME];
    let dropped = one("internal_load_balancer", "domain-dropped");
    assert_eq!(said(&hosts("a.example"), &hosts("b.example")), dropped);
    assert!(said(&hosts("a.example"), &hosts("a.example, b.example")).is_empty());
}

#[test]
fn what_comes_as_something_goes() {
    let grants = |grants| [("services.web.grants", grants)];
    let found = said(&grants("a on b"), &grants("c on d"));
    assert_eq!(found, one("services.web", "comes-and-goes"));
    assert!(said(&grants("a on b"), &grants("a on b, c on d")).is_empty());
    assert!(said(&grants("a on b"), &grants("none")).is_empty());
    let feed = ("services.feed.deletion_protection", "off");
    let found = said(&[WEB, feed], &[WEB, ("jobs.new.account", "job-new")]);
    assert_eq!(found, one("services.feed", "comes-and-goes"));
    // What nobody used takes nothing from anybody.
    let unused = ("secrets.old.deletion_protection", "off");
    assert!(said(&[WEB, unused], &[WEB, ("jobs.new.account", "job-new")]).is_empty());
}

#[test]
fn another_kind_of_certificate() {
    let certificate = |kind| [("load_balancer.certificate", kind), NAME];
    let changed = one("load_balancer", "certificate-changed");
    let map = "projects/acme-shop/locations/global/certificateMaps/all";
    for (before, after) in [
        ("managed", "classic"),
        ("classic", "managed"),
        (map, "managed"),
    ] {
        let found = said(&certificate(before), &certificate(after));
        assert_eq!(found, changed, "{before} → {after}");
    }
    // One that exists already is proven.
    assert!(said(&certificate("managed"), &certificate(map)).is_empty());
    assert!(said(&[NAME], &certificate("classic")).is_empty());
    assert!(said(&certificate("classic"), &[NAME]).is_empty());
}

#[test]
fn what_came_from_a_fixed_address() {
    let api = |internet| ("services.api.egress.internet", internet);
    let other = ("jobs.feed.egress.internet", "nat");
    let nat = ("network.nat", "shop-nat");
    let none = ("network.nat", "none");
    let before = [api("nat"), other, nat];
    for internet in ["direct", "by the network"] {
        let found = said(&before, &[api(internet), other, nat]);
        assert_eq!(found, one("services.api", "fixed-address-lost"));
    }
    // It is of no use to what reaches nothing, and to what is gone.
    assert!(said(&before, &[api("none"), other, nat]).is_empty());
    assert!(said(&before, &[other, nat]).is_empty());
    assert!(said(&[api("direct"), other, nat], &before).is_empty());
    // With the last one the address goes, whatever becomes of it.
    for after in [
        &[api("none"), none] as &[_],
        &[api("direct"), none],
        &[NAME],
    ] {
        let found = said(&[api("nat"), nat], after);
        assert_eq!(found, one("network", "fixed-address-lost"));
    }
    assert!(said(&[api("direct"), none], &[NAME]).is_empty());
    // Each region has one of its own, which goes with what runs there.
    let both = ("network.nat", "shop-nat, shop-nat-us-east1");
    let left = said(&[api("nat"), both], &[api("nat"), nat]);
    assert_eq!(left, one("network", "fixed-address-lost"));
    assert!(said(&[api("nat"), nat], &[api("nat"), both]).is_empty());
}

#[test]
fn a_state_that_lies_elsewhere() {
    let state = |buckets| [("project.state", buckets)];
    let moved = one("project", "state-moved");
    for (before, after) in [
        ("acme-state", "acme-other"),
        ("local", "acme-state"),
        ("acme-state", "local"),
        ("acme-a, acme-b", "acme-b, acme-c"),
    ] {
        let found = said(&state(before), &state(after));
        assert_eq!(found, moved, "{before} → {after}");
    }
    // Another stage has a bucket of its own.
    assert!(said(&state("acme-b"), &state("acme-a, acme-b")).is_empty());
    assert!(said(&[NAME], &state("acme-state")).is_empty());
}

#[test]
fn of_what_the_cloud_has_nothing_nothing_is_said() {
    let (before, after) = (
        posture(&[("prod", &[WEB, ("network.subnet", "10.8.0.0/24")])]),
        posture(&[("prod", &[("network.subnet", "10.9.0.0/24")])]),
    );
    let left = |gone: &[&str]| {
        let gone: Vec<String> = gone.iter().map(|one| (*one).to_owned()).collect();
        steps(&before, &after, &gone).len()
    };
    assert_eq!(left(&[]), 2);
    assert_eq!(left(&["network"]), 1);
    assert_eq!(left(&["network", "services.web"]), 0);
    assert_eq!(left(&["project"]), 0);
}

#[test]
fn a_service_leaves_a_region_in_two_steps() {
    let region = ("services.web-us-east1.region", "us-east1");
    let on = ("services.web-us-east1.deletion_protection", "on");
    let off = ("services.web-us-east1.deletion_protection", "off");
    let left = one("services.web-us-east1", "removed-without-retiring");
    assert_eq!(said(&[NAME, WEB, region, on], &[NAME, WEB]), left);
    assert!(said(&[NAME, WEB, region, on], &[NAME, WEB, region, off]).is_empty());
    assert!(said(&[NAME, WEB, region, off], &[NAME, WEB]).is_empty());
    let before = posture(&[("prod", &[NAME, WEB, region, on])]);
    let after = posture(&[("prod", &[NAME, WEB])]);
    let source = crate::source::Source::new(
        "ravelin.toml",
        "schema = 1\n[project]\nname = \"shop\"\nregion = \"europe-west1\"\n[environments.prod]\nproject_id = \"shop-prod\"\n",
    );
    let reading = crate::blueprint::read(&source);
    let steps = steps(&before, &after, &[]);
    let finding = steps[0].finding(&reading.environments[0]);
    let said = format!("{finding:?}");
    for words in [
        "`services.web` left `us-east1` while the cloud protects it there",
        "retire_regions = [\\\"us-east1\\\"]",
    ] {
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn a_user_with_a_password_stays_until_somebody_deletes_it() {
    let users = |users| [NAME, ("databases.main.password_users", users)];
    let stays = one("databases.main", "password-user-stays");
    assert_eq!(said(&users("app, postgres"), &users("postgres")), stays);
    assert_eq!(said(&users("app"), &users("none")), stays);
    assert_eq!(said(&users("app"), &users("app, bpp")), []);
    assert_eq!(said(&users("app, postgres"), &[NAME]), []);
    let of = |engine| ("databases.main.version", engine);
    let postgres = [
        NAME,
        of("POSTGRES_17"),
        ("databases.main.password_users", "postgres"),
    ];
    let mysql = [
        NAME,
        of("MYSQL_8_4"),
        ("databases.main.password_users", "none"),
    ];
    assert!(!said(&postgres, &mysql).contains(&stays[0]));
}
