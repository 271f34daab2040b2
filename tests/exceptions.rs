//! Written exceptions: what they waive, where, for how long, and what each has to say.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use ravelin::source::Source;
use ravelin::{Expansion, check};

/// An exception that holds on [`DAY`].
const GOOD: &str = r#"{ rule = "anonymous-access", reason = "open to every shopper", owner = "shop-team", expires = 2027-06-30 }"#;
const DAY: &str = "2026-07-01";

/// Two environments, one service that is open to everybody and one that is not.
fn blueprint(open: &str, closed: &str, overlay: &str) -> String {
    let image = "europe-docker.pkg.dev/acme-shop-prod/app/app@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263";
    format!(
        r#"schema = 1

[project]
name   = "shop"
region = "europe-west1"

[environments.prod]
project_id = "acme-shop-prod"

[environments.stg]
project_id = "acme-shop-stg"
{overlay}

[state]
bucket = "acme-terraform-state"

[defaults.services]
image    = "{image}"
exposure = "public"

[services.open]
auth       = "anonymous"
domains    = ["shop.example.com"]
exceptions = [{open}]

[services.closed]
auth       = "iam"
invokers   = ["group:partners@example.com"]
domains    = ["api.example.com"]
exceptions = [{closed}]

[waf]
mode = "preview"
"#
    )
}

fn checked(blueprint: &str, day: &str) -> Expansion {
    check(
        &Source::new("shop.toml", blueprint),
        &|_| None,
        day.parse().unwrap(),
    )
}

/// Code and message of each finding.
fn found(blueprint: &str, day: &str) -> Vec<(String, String)> {
    let found = checked(blueprint, day).diagnostics.into_iter();
    found
        .map(|one| (one.rule.code.to_owned(), one.message))
        .collect()
}

fn one(code: &str, message: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), message.to_owned())]
}

#[test]
fn a_complete_exception_waives_its_rule() {
    assert_eq!(found(&blueprint(GOOD, "", ""), DAY), []);
}

#[test]
fn each_part_is_required() {
    for (part, without) in [
        (
            "reason",
            GOOD.replace(r#"reason = "open to every shopper", "#, ""),
        ),
        ("owner", GOOD.replace(r#"owner = "shop-team", "#, "")),
        ("owner", GOOD.replace("shop-team", " ")),
        ("expires", GOOD.replace(", expires = 2027-06-30", "")),
    ] {
        let message = format!("`services.open.exceptions` lacks `{part}`");
        assert_eq!(
            found(&blueprint(&without, "", ""), DAY),
            one("missing-key", &message)
        );
    }
}

#[test]
fn it_holds_until_the_end_of_its_last_day() {
    let blueprint = blueprint(GOOD, "", "");
    assert_eq!(found(&blueprint, "2027-06-30"), []);
    let message = "the exception from `anonymous-access` of `services.open` has ended";
    let ended = found(&blueprint, "2027-07-01");
    assert_eq!(ended, one("exception-expired", message));
}

#[test]
fn the_day_never_changes_what_is_generated() {
    let source = Source::new("shop.toml", blueprint(GOOD, "", ""));
    let expansion = ravelin::expand(&source, &|_| None);
    assert_eq!(expansion.diagnostics, []);
    assert_eq!(expansion.plans.len(), 2);
}

#[test]
fn it_waives_on_its_own_element_only() {
    let codes: Vec<String> = found(&blueprint("", GOOD, ""), DAY)
        .into_iter()
        .map(|(code, _)| code)
        .collect();
    assert_eq!(codes, ["anonymous-access", "exception-idle"]);
}

#[test]
fn one_that_no_environment_needs_is_said_once() {
    let message = "the exception from `anonymous-access` waives nothing";
    assert_eq!(
        found(&blueprint(GOOD, GOOD, ""), DAY),
        one("exception-idle", message)
    );
}

#[test]
fn one_environment_that_needs_it_is_enough() {
    let open = "[environments.stg.services.closed]\nauth = \"anonymous\"\ninvokers = []\n";
    assert_eq!(found(&blueprint(GOOD, GOOD, open), DAY), []);
}

#[test]
fn one_that_an_environment_writes_holds_only_there() {
    let written = format!("[environments.stg.services.open]\nexceptions = [{GOOD}]\n");
    let message = "`services.open` lets in everybody who reaches it (environment `prod`)";
    assert_eq!(
        found(&blueprint("", "", &written), DAY),
        one("anonymous-access", message)
    );
}

#[test]
fn a_rule_that_cannot_be_waived_says_so() {
    let other = GOOD.replace("anonymous-access", "auth-missing");
    let both = format!("{GOOD}, {other}");
    assert_eq!(
        found(&blueprint(&both, "", ""), DAY),
        one("rule-not-waivable", "`auth-missing` cannot be waived")
    );
}

#[test]
fn a_misspelt_rule_is_told_what_was_meant() {
    let other = GOOD.replace("anonymous-access", "anonymus-access");
    let both = format!("{GOOD}, {other}");
    let expansion = checked(&blueprint(&both, "", ""), DAY);
    let [finding] = expansion.diagnostics.as_slice() else {
        panic!("{:?}", expansion.diagnostics);
    };
    assert_eq!(finding.rule.code, "rule-not-waivable");
    let help = finding.help.as_ref().unwrap();
    assert_eq!(help.edits[0].1, "anonymous-access");
}
