use crate::plan::google::network::{PRIVATE, RESTRICTED, Vip};
use crate::plan::model::{LetOut, OwnPerimeter, PerimeterMode, RecordData, Stage};
use crate::plan::resolve::testing::{Resolved, resolve};

/// A service whose image lies beside it.
const INTERNAL: &str = r#"
[services.orders]
image = "europe-docker.pkg.dev/shop-prod/app/orders@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263"
"#;

const TABLE: &str =
    "[governance.perimeter]\npolicy = 12\nmembers = [\"group:platform@example.com\"]\n";

/// A blueprint with these lines in the table of its perimeter.
fn with(lines: &str) -> Resolved {
    resolve(&[INTERNAL, &format!("{TABLE}{lines}\n")])
}

fn own(resolved: &Resolved) -> OwnPerimeter {
    let own = resolved.plan().own_perimeter();
    own.expect("it is made here").clone()
}

#[test]
fn a_perimeter_holds_the_project_and_names_those_who_are_let_in() {
    let none = resolve(&[INTERNAL]);
    assert_eq!(none.plan().perimeter, None);
    assert_eq!(Vip::of(none.plan()), &PRIVATE);
    assert!(!none.plan().stages().contains(&Stage::Governance));

    let tried = with("mode = \"dry-run\"\naccess_levels = [\"offices\", \"laptops\"]");
    let home = tried.plan().project.id.replace('-', "_");
    let perimeter = own(&tried);
    assert_eq!((perimeter.policy, &perimeter.name), (12, &home));
    let one = perimeter.ingress.expect("somebody is let in");
    let levels =
        ["laptops", "offices"].map(|level| format!("accessPolicies/12/accessLevels/{level}"));
    assert_eq!(one.from, levels);
    assert_eq!(one.who.len(), 1);
    assert!(tried.plan().stages().contains(&Stage::Governance));
}

#[test]
fn names_lead_to_what_the_perimeter_is_asked_by_and_the_way_before_stays_until_it_is_enforced() {
    let mode = |mode: PerimeterMode| match mode {
        PerimeterMode::Enforced => "mode = \"enforce\"",
        PerimeterMode::DryRun => "mode = \"dry-run\"",
        PerimeterMode::Off => "retire = true",
    };
    for (is, leads, ways) in [
        (
            PerimeterMode::DryRun,
            &RESTRICTED,
            vec![&RESTRICTED, &PRIVATE],
        ),
        (PerimeterMode::Enforced, &RESTRICTED, vec![&RESTRICTED]),
        (PerimeterMode::Off, &PRIVATE, vec![&RESTRICTED, &PRIVATE]),
    ] {
        let resolved = with(mode(is));
        let plan = resolved.plan();
        assert_eq!(
            (Vip::of(plan), Vip::ways(plan)),
            (leads, ways.clone()),
            "{is:?}"
        );
        let network = plan.network.as_ref().expect("there is one");
        let zones = network
            .zones
            .iter()
            .filter(|zone| zone.dns_name == "googleapis.com.");
        let data: Vec<_> = zones.map(|zone| &zone.records[0].data).collect();
        assert_eq!(data, [&RecordData::Addresses(leads.addresses())]);
        let routes = &network.own.as_ref().expect("it is made here").routes;
        let mut wanted: Vec<_> = ways.iter().map(|way| way.range()).collect();
        wanted.sort_by_key(|range| std::cmp::Reverse(*range));
        let routes: Vec<_> = routes.iter().map(|route| route.range).collect();
        assert_eq!(routes, wanted, "{is:?}");
    }
}

#[test]
fn what_the_blueprint_refers_to_elsewhere_is_let_out_to() {
    let image = "europe-docker.pkg.dev/acme-images/app/a@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263";
    let elsewhere = format!(
        "[jobs.nightly]\nimage = \"{image}\"\npublishes = [\"done\"]\n[topics.done]\nexisting = \"projects/acme-events/topics/done\"\n"
    );
    let of = |lines: &str| resolve(&[INTERNAL, &elsewhere, TABLE, "mode = \"enforce\"\n", lines]);
    assert_eq!(of("").errors, ["perimeter-leaves-out"; 2]);
    assert_eq!(
        of("projects = { acme-images = 3 }").errors,
        ["perimeter-leaves-out"]
    );
    let both = of("projects = { acme-images = 3, acme-events = 4, acme-other = 5 }");
    assert_eq!(both.warnings, ["perimeter-project-idle"]);
    let out = |project: &str, number, service: &str| LetOut {
        project: project.to_owned(),
        number,
        services: vec![service.to_owned()],
    };
    let wanted = [
        out("acme-events", 4, "pubsub.googleapis.com"),
        out("acme-images", 3, "artifactregistry.googleapis.com"),
    ];
    assert_eq!(own(&both).egress, wanted);
    // On its way out it shuts nobody out.
    assert!(
        resolve(&[INTERNAL, &elsewhere, TABLE, "retire = true"])
            .errors
            .is_empty()
    );
}

#[test]
fn a_network_of_another_project_is_outside() {
    let network = "[network]\nexisting = { network = \"projects/acme-host/global/networks/shared\", subnet = \"projects/acme-host/regions/europe-west1/subnetworks/run\", private_zones = true }\n";
    let of = |lines: &str| resolve(&[INTERNAL, network, lines]).errors;
    assert_eq!(
        of(&format!("{TABLE}mode = \"enforce\"\n")),
        ["perimeter-leaves-out"]
    );
    let kept = "[governance.perimeter]\nexisting = true\nmode = \"enforce\"\n";
    assert!(of(kept).is_empty());
}

#[test]
fn its_owners_keep_what_exists_and_the_network_leads_to_it() {
    let kept = resolve(&[
        INTERNAL,
        "[governance.perimeter]\nexisting = true\nmode = \"enforce\"\n",
    ]);
    assert_eq!(kept.plan().own_perimeter(), None);
    assert_eq!(Vip::of(kept.plan()), &RESTRICTED);
    assert!(!kept.plan().stages().contains(&Stage::Governance));
    let idle = with("existing = true\nmode = \"enforce\"\nprojects = { acme-images = 3 }");
    assert_eq!(idle.warnings, ["existing-idle"; 3]);
    assert_eq!(with("").errors, ["missing-key"]);
    let none = resolve(&[
        INTERNAL,
        "[governance.perimeter]\nmode = \"dry-run\"\nmembers = [\"group:a@example.com\"]\n",
    ]);
    assert_eq!(none.errors, ["missing-key"]);
}

#[test]
fn who_is_let_in_has_a_name_that_a_perimeter_takes() {
    for member in [
        "domain:example.com",
        "serviceAccount:acme-gke.svc.id.goog[default/a]",
    ] {
        let lines = format!(
            "[governance.perimeter]\npolicy = 12\nmode = \"dry-run\"\nmembers = [\"{member}\"]\n"
        );
        assert_eq!(
            resolve(&[INTERNAL, &lines]).errors,
            ["invalid-member"],
            "{member}"
        );
    }
    for level in ["the-offices", "$(id)", "1a", ""] {
        let lines = format!("mode = \"dry-run\"\naccess_levels = [\"{level}\"]");
        assert_eq!(with(&lines).errors, ["invalid-name"], "{level}");
    }
    let quoted = with("mode = \"dry-run\"\nprojects = { \"a$(b)\" = 3 }");
    assert_eq!(quoted.errors, ["invalid-name"]);
    let lines = "[governance.perimeter]\npolicy = 12\nmode = \"dry-run\"\n";
    assert_eq!(
        resolve(&[INTERNAL, lines]).warnings,
        ["perimeter-lets-nobody-in"]
    );
    let from = resolve(&[INTERNAL, lines, "access_levels = [\"offices\"]\n"]);
    let anybody = own(&from).ingress.expect("whoever comes from there");
    assert!(anybody.who.is_empty() && from.warnings.is_empty());
}

#[test]
fn what_runs_outside_the_network_is_outside() {
    let outside = "egress = \"outside\"\n";
    let of = |lines: &str| resolve(&[INTERNAL, outside, TABLE, lines]).errors;
    assert_eq!(of("mode = \"enforce\""), ["perimeter-outside"]);
    assert!(of("retire = true").is_empty());
}
