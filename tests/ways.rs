//! `ACCESS.md` tells a right from a way: what a policy allows does not say from where a service can be reached.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use ravelin::expand;
use ravelin::source::Source;

/// What `ACCESS.md` says of a blueprint with these lines in it.
fn access(lines: &str) -> String {
    let text = format!(
        "schema = 1\nproject = {{ name = \"shop\", region = \"europe-west1\" }}\n\
         environments.prod.project_id = \"acme-shop-prod\"\nstate.bucket = \"acme-state\"\n{lines}"
    );
    let expansion = expand(&Source::new("ravelin.toml", text), &|_| None);
    assert!(!expansion.has_errors(), "{:?}", expansion.diagnostics);
    let tree = expansion.tree();
    tree.get("iam/prod/ACCESS.md").unwrap().text.clone()
}

const IMAGE: &str = "image = \"europe-docker.pkg.dev/acme-shop-prod/app/app@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263\"";

const STRANGER: &str =
    "invokers = [\"serviceAccount:feed@partner-project.iam.gserviceaccount.com\"]";

const SHARED: &str = "[network.existing]\nnetwork = \"projects/acme-host/global/networks/shared\"\nsubnet = \"projects/acme-host/regions/europe-west1/subnetworks/run\"\n";

#[test]
fn an_account_of_another_project_has_a_right_and_no_way() {
    let alone = access(&format!("[services.orders]\n{IMAGE}\n{STRANGER}\n"));
    assert!(alone.contains("does not get there from its own project `partner-project`"));
    // At home it is no stranger, and neither is anybody in a network that projects share.
    let home = STRANGER.replace("partner-project", "acme-shop-prod");
    let home = access(&format!("[services.orders]\n{IMAGE}\n{home}\n"));
    let shared = access(&format!("{SHARED}[services.orders]\n{IMAGE}\n{STRANGER}\n"));
    for access in [&home, &shared] {
        assert!(access.contains("**Internal means from inside.**"));
        assert!(!access.contains("from its own project"), "{access}");
    }
    assert!(shared.contains("Shared VPC network `shared`"));
}

#[test]
fn a_service_that_asks_nobody_says_who_gets_there() {
    const OPEN: &str = "exposure = \"public\"\nauth = \"anonymous\"\n";
    let exception = |rule| {
        format!(
            "[[services.web.exceptions]]\nrule = \"{rule}\"\nreason = \"open\"\nowner = \"me\"\nexpires = 2027-06-30\n"
        )
    };
    let anonymous = exception("anonymous-access");
    let waf = "waf.mode = \"enforce\"\n";
    let domains = "domains = [\"shop.example.com\"]\n";
    let web = format!("[services.web]\n{IMAGE}\n{OPEN}");

    let closed = access(&format!("{waf}{web}{domains}{anonymous}"));
    assert!(closed.contains("The load balancer is the only way there"));

    let caller = format!("[services.back]\n{IMAGE}\ncalls = [\"web\"]\n");
    let bypassed = access(&format!("{waf}{web}{domains}{anonymous}{caller}"));
    assert!(bypassed.contains("past the load balancer and its WAF"));

    let everywhere = exception("all-ingress");
    let all = access(&format!("{web}ingress = \"all\"\n{anonymous}{everywhere}"));
    assert!(all.contains("It can be reached from everywhere."));
}
