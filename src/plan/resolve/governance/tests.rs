use crate::plan::model::OrgRule;
use crate::plan::resolve::testing::{API, INTERNAL, Resolved, WAF, resolve};

const ALL: &str = "[governance]\norg_policies = true\n";
const IMAGE: &str = "europe-docker.pkg.dev/shop-images/app/web@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263";

fn anonymous() -> String {
    format!(
        "[services.web]\nimage = \"{IMAGE}\"\nexposure = \"public\"\nauth = \"anonymous\"\ndomains = [\"a.example.com\"]\n\
         exceptions = [{{ rule = \"anonymous-access\", reason = \"r\", owner = \"o\", expires = 2027-01-01 }}]\n"
    )
}

fn rule(resolved: &Resolved, constraint: &str) -> Option<OrgRule> {
    let policies = &resolved.plan().org_policies;
    policies
        .iter()
        .find(|policy| policy.constraint == constraint)
        .map(|policy| policy.rule.clone())
}

fn allowed(values: &[&str]) -> OrgRule {
    OrgRule::Allow(values.iter().map(|value| (*value).to_owned()).collect())
}

#[test]
fn policies_are_only_there_when_asked_for() {
    assert!(resolve(&[INTERNAL]).plan().org_policies.is_empty());
    assert!(
        resolve(&[INTERNAL, "[governance]\norg_policies = false\n"])
            .plan()
            .org_policies
            .is_empty()
    );
    assert_eq!(resolve(&[INTERNAL, ALL]).plan().org_policies.len(), 13);
}

#[test]
fn ingress_is_what_is_declared_and_nothing_more() {
    assert_eq!(
        rule(&resolve(&[INTERNAL, ALL]), "run.allowedIngress"),
        Some(allowed(&["internal"]))
    );
    assert_eq!(
        rule(&resolve(&[INTERNAL, API, WAF, ALL]), "run.allowedIngress"),
        Some(allowed(&["internal", "internal-and-cloud-load-balancing"]))
    );
    let open = format!(
        "[services.web]\nimage = \"{IMAGE}\"\nexposure = \"public\"\nauth = \"iam\"\ningress = \"all\"\ninvokers = [\"group:a@example.com\"]\n\
         exceptions = [{{ rule = \"all-ingress\", reason = \"r\", owner = \"o\", expires = 2027-01-01 }}]\n"
    );
    let resolved = resolve(&[&open, ALL]);
    assert_eq!(
        rule(&resolved, "run.allowedIngress"),
        Some(allowed(&["all", "internal"]))
    );
    let policies = &resolved.plan().org_policies;
    assert!(
        policies
            .iter()
            .any(|policy| policy.why.contains("`all` is for web"))
    );
}

#[test]
fn the_check_of_invokers_is_not_forced_on_who_does_without() {
    let name = "run.managed.requireInvokerIam";
    assert_eq!(
        rule(&resolve(&[API, WAF, ALL]), name),
        Some(OrgRule::Enforce)
    );
    assert!(
        resolve(&[API, WAF, ALL])
            .plan()
            .org_policies_in_the_way
            .is_empty()
    );
    let open = resolve(&[&anonymous(), WAF, ALL]);
    assert_eq!(rule(&open, name), None);
    assert_eq!(open.plan().org_policies_in_the_way, [name]);
    assert!(
        resolve(&[&anonymous(), WAF])
            .plan()
            .org_policies_in_the_way
            .is_empty()
    );
    let all_users = "[governance]\norg_policies = true\nanonymous_by = \"all-users\"\n";
    assert_eq!(
        rule(&resolve(&[&anonymous(), WAF, all_users]), name),
        Some(OrgRule::Enforce)
    );
    let listed = format!("[governance]\norg_policies = [\"{name}\"]\n");
    assert_eq!(
        resolve(&[&anonymous(), WAF, &listed]).errors,
        ["org-policy-contradicts"]
    );
}

#[test]
fn egress_is_not_restricted_where_something_is_outside_the_network() {
    let name = "run.allowedVPCEgress";
    assert_eq!(
        rule(&resolve(&[INTERNAL, ALL]), name),
        Some(allowed(&["private-ranges-only"]))
    );
    let closed = format!("{INTERNAL}egress = \"closed\"\n");
    assert_eq!(
        rule(&resolve(&[&closed, ALL]), name),
        Some(allowed(&["all-traffic"]))
    );
    let outside = format!("{INTERNAL}egress = \"outside\"\n");
    assert_eq!(rule(&resolve(&[&outside, ALL]), name), None);
}

#[test]
fn a_list_selects_and_misspelt_names_are_errors() {
    let listed = "[governance]\norg_policies = [\"sql.restrictPublicIp\", \"run.allowedIngress\", \"sql.restrictPublicIp\"]\n";
    let resolved = resolve(&[INTERNAL, listed]);
    let names: Vec<&str> = resolved
        .plan()
        .org_policies
        .iter()
        .map(|policy| policy.constraint.as_str())
        .collect();
    assert_eq!(names, ["run.allowedIngress", "sql.restrictPublicIp"]);
    let wrong = resolve(&[
        INTERNAL,
        "[governance]\norg_policies = [\"sql.restrictPublicIP2\"]\n",
    ]);
    assert_eq!(wrong.errors, ["org-policy-unknown"]);
    assert!(
        wrong.said.contains("sql.restrictPublicIp"),
        "{}",
        wrong.said
    );
}

#[test]
fn audit_logs_follow_what_is_used() {
    let services = |resolved: &Resolved| {
        resolved
            .plan()
            .audit_logs
            .iter()
            .map(|log| log.service.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        services(&resolve(&[INTERNAL])),
        ["iam.googleapis.com", "run.googleapis.com"]
    );
    let secret = format!("{INTERNAL}secrets = {{ env = {{ KEY = \"key:1\" }} }}\n[secrets.key]\n");
    assert_eq!(
        services(&resolve(&[&secret])),
        [
            "iam.googleapis.com",
            "run.googleapis.com",
            "secretmanager.googleapis.com"
        ]
    );
    assert_eq!(
        services(&resolve(&[
            INTERNAL,
            "[governance]\naudit_logs = \"all\"\n"
        ])),
        ["allServices"]
    );
    assert_eq!(
        resolve(&[INTERNAL, "[governance]\naudit_logs = \"off\"\n"]).errors,
        ["audit-logs-off"]
    );
}
