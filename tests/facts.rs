//! What the posture promises stands in what is rendered: read back out of Terraform and the scripts.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::fs;
use std::path::Path;

use ravelin::plan::model::Plan;
use ravelin::source::Source;
use ravelin::tree::Tree;
use ravelin::{Expansion, expand};

fn expansions() -> Vec<Expansion> {
    let folder = Path::new("blueprints");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let blueprints = paths.filter(|entry| entry.path().extension().is_some_and(|it| it == "toml"));
    let found: Vec<Expansion> = blueprints
        .map(|entry| {
            let text = fs::read_to_string(entry.path()).unwrap();
            let beside = |file: &str| fs::read_to_string(folder.join(file)).ok();
            expand(&Source::new("ravelin.toml", text), &beside)
        })
        .collect();
    assert!(found.len() >= 6);
    found
}

/// Everything of an environment below a folder, as one text without the runs of spaces that line things up.
fn all(plan: &Plan, tree: &Tree, folder: &str) -> String {
    let prefix = format!("{folder}/{}/", plan.environment);
    let files = tree
        .iter()
        .filter(|(path, _)| path.as_str().starts_with(&prefix));
    let text: String = files.map(|(_, file)| file.text.as_str()).collect();
    let lines = text.lines().map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.join(" ")
    });
    lines.collect::<Vec<String>>().join("\n")
}

/// The blocks of a resource's kind.
fn blocks<'a>(terraform: &'a str, kind: &str) -> Vec<&'a str> {
    let open = format!("resource \"{kind}\" ");
    let after = terraform.split(open.as_str()).skip(1);
    after
        .map(|rest| rest.split("\nresource \"").next().unwrap())
        .collect()
}

/// The steps of the scripts that run a command.
fn steps<'a>(scripts: &'a str, command: &str) -> Vec<&'a str> {
    let run = format!(" {command} ");
    let steps = scripts.split("\nstep '");
    steps.filter(|step| step.contains(&run)).collect()
}

/// For every fact of a name with that value: the kind of block and the command hold all of these texts.
fn holds(name: &str, value: &str, kind: &str, lines: &[&str], command: &str, flags: &[&str]) {
    let mut seen = 0;
    for expansion in expansions() {
        let tree = expansion.tree();
        for plan in &expansion.plans {
            let promised = plan
                .facts
                .iter()
                .filter(|fact| fact.name == name && fact.value == value)
                .count();
            let terraform = all(plan, &tree, "terraform");
            let scripts = all(plan, &tree, "gcloud");
            let blocks = blocks(&terraform, kind);
            let blocks = blocks.iter();
            let made = blocks.filter(|block| lines.iter().all(|line| block.contains(line)));
            let steps = steps(&scripts, command);
            let steps = steps.iter();
            let done = steps.filter(|step| flags.iter().all(|flag| step.contains(flag)));
            assert!(
                made.count() >= promised && done.count() >= promised,
                "{name} of {}, {}",
                plan.project.name,
                plan.environment
            );
            seen += promised;
        }
    }
    assert!(seen > 0, "nothing promises {name}");
}

#[test]
fn the_network_is_logged_and_reaches_google_privately() {
    let subnet = "google_compute_subnetwork";
    let subnets = "compute networks subnets create";
    let logs = "metadata = \"INCLUDE_ALL_METADATA\"";
    let flag = "--enable-flow-logs";
    holds(
        "flow_logs",
        "on",
        subnet,
        &["log_config {", logs],
        subnets,
        &[flag],
    );
    let line = "private_ip_google_access = true";
    let flag = "--enable-private-ip-google-access";
    holds("google_access", "on", subnet, &[line], subnets, &[flag]);
    let policies = "dns policies create";
    let flag = "--enable-logging";
    let line = "enable_logging = true";
    holds(
        "dns_logs",
        "on",
        "google_dns_policy",
        &[line],
        policies,
        &[flag],
    );
}

#[test]
fn every_request_stands_in_a_log() {
    holds(
        "logs",
        "all requests",
        "google_compute_backend_service",
        &["backend {", "enable = true", "sample_rate = 1.0"],
        "compute backend-services create",
        &["--enable-logging", "--logging-sample-rate=1"],
    );
}

#[test]
fn a_database_lets_accounts_log_in_by_iam() {
    holds(
        "iam_login",
        "on",
        "google_sql_database_instance",
        &["iam_authentication\"\nvalue = \"on\""],
        "sql instances create",
        &["iam_authentication=on"],
    );
}
