//! What a blueprint no longer has does not stay open behind the scripts: a stage names all that it keeps, and the library
//! removes what else it once made.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::collections::BTreeSet;

use ravelin::expand;
use ravelin::source::Source;
use ravelin::tree::Tree;

const IMAGE: &str = "image = \"europe-docker.pkg.dev/acme-shop-prod/app/app@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263\"";

fn tree(lines: &str) -> Tree {
    let text = format!(
        "schema = 1\nproject = {{ name = \"shop\", region = \"europe-west1\" }}\n\
         environments.prod.project_id = \"acme-shop-prod\"\nstate.bucket = \"acme-state\"\n{lines}"
    );
    let expansion = expand(&Source::new("ravelin.toml", text), &|_| None);
    assert!(!expansion.has_errors(), "{:?}", expansion.diagnostics);
    expansion.tree()
}

fn script<'a>(tree: &'a Tree, name: &str) -> &'a str {
    &tree.get(&format!("gcloud/prod/{name}")).unwrap().text
}

/// What follows `start` on the lines that begin with it, up to the end of the line.
fn after<'a>(script: &'a str, start: &str) -> Vec<&'a str> {
    let lines = script.lines();
    lines.filter_map(|line| line.strip_prefix(start)).collect()
}

/// The names that a stage keeps, as it tells `function`.
fn kept<'a>(script: &'a str, function: &str) -> BTreeSet<&'a str> {
    let calls = after(script, &format!("{function} shop "));
    assert_eq!(calls.len(), 1, "{function}");
    calls[0].split(' ').collect()
}

/// The names of a kind that a stage makes.
fn made<'a>(script: &'a str, kind: &str) -> BTreeSet<&'a str> {
    let made = after(script, &format!("ensure gcloud {kind} create "));
    made.into_iter()
        .map(|rest| rest.trim_end_matches(" \\"))
        .collect()
}

fn service(egress: &str, more: &str) -> Tree {
    tree(&format!(
        "{more}[services.orders]\n{IMAGE}\negress = \"{egress}\"\n"
    ))
}

#[test]
fn ways_of_the_network_that_are_made_are_kept_and_no_others() {
    for egress in ["private", "nat", "closed"] {
        let tree = service(egress, "");
        let foundation = script(&tree, "2-foundation.sh");
        let mut ways = made(foundation, "compute firewall-rules");
        ways.append(&mut made(foundation, "compute routes"));
        ways.append(&mut made(foundation, "compute routers"));
        assert_eq!(kept(foundation, "only_ways"), ways, "{egress}");
        assert_eq!(ways.contains("shop-internet"), egress == "nat");
        assert_eq!(ways.contains("shop-nat"), egress == "nat");
        // What is made must be what the library knows as its own, or it would never go.
        for way in ways {
            let way = way.strip_prefix("shop-").unwrap();
            let own = ["internet", "google", "nat"].contains(&way);
            assert!(
                own || way.starts_with("egress-") || way.starts_with("ingress-"),
                "{way}"
            );
        }
    }
}

#[test]
fn zones_for_the_names_of_google_go_when_nobody_needs_them() {
    let caller = format!("[services.web]\n{IMAGE}\ncalls = [\"orders\"]\n");
    for (egress, google) in [("closed", true), ("private", false)] {
        let tree = service(egress, &caller);
        let foundation = script(&tree, "2-foundation.sh");
        let zones = made(foundation, "dns managed-zones");
        assert_eq!(kept(foundation, "only_zones"), zones, "{egress}");
        assert!(zones.contains("shop-run-app"));
        assert_eq!(zones.contains("shop-googleapis-com"), google);
    }
}

#[test]
fn a_host_that_is_gone_loses_its_entry_in_the_certificate_map() {
    let tree = tree(&format!(
        "waf.mode = \"enforce\"\n[services.web]\n{IMAGE}\nexposure = \"public\"\nauth = \"iam\"\n\
         invokers = [\"group:partners@example.com\"]\ndomains = [\"a.example.com\", \"b.example.com\"]\n"
    ));
    let services = script(&tree, "3-services.sh");
    let entries = made(services, "certificate-manager maps entries");
    assert_eq!(entries, ["a-example-com", "b-example-com"].into());
    assert_eq!(kept(services, "only_entries"), entries);
}
