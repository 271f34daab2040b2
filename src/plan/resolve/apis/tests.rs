use std::collections::BTreeSet;

use crate::plan::model::Stage;
use crate::plan::resolve::testing::{API, INTERNAL, Resolved, WAF, resolve};

const ALWAYS: [&str; 6] = [
    "cloudresourcemanager",
    "iam",
    "iamcredentials",
    "logging",
    "monitoring",
    "run",
];

fn foundation(resolved: &Resolved) -> Vec<String> {
    let apis = resolved
        .plan()
        .apis
        .iter()
        .filter(|api| api.stage == Stage::Foundation);
    apis.map(|api| api.service.trim_end_matches(".googleapis.com").to_owned())
        .collect()
}

fn with(names: &[&str]) -> Vec<String> {
    let all: BTreeSet<&str> = ALWAYS.iter().chain(names).copied().collect();
    all.into_iter().map(str::to_owned).collect()
}

#[test]
fn only_what_is_used_is_enabled() {
    let outside = format!("{INTERNAL}egress = \"outside\"\n");
    assert_eq!(foundation(&resolve(&[&outside])), with(&[]));
    assert_eq!(foundation(&resolve(&[INTERNAL])), with(&["compute", "dns"]));
    let database = format!(
        "{INTERNAL}databases = [\"main\"]\n[databases.main]\nengine = \"postgres\"\nversion = \"17\"\ntier = \"db-custom-2-7680\"\nnames = [\"a\"]\n"
    );
    assert_eq!(
        foundation(&resolve(&[&database])),
        with(&["compute", "dns", "servicenetworking", "sqladmin"])
    );
    assert_eq!(
        foundation(&resolve(&[API, WAF])),
        with(&["certificatemanager", "compute", "dns"])
    );
    let here = INTERNAL.replace("shop-images", "shop-prod");
    assert_eq!(
        foundation(&resolve(&[&here])),
        with(&["artifactregistry", "compute", "dns"])
    );
}

#[test]
fn no_api_stands_in_two_stages() {
    let resolved = resolve(&[API, WAF, "[governance]\norg_policies = true\n"]);
    let apis = &resolved.plan().apis;
    let names: BTreeSet<&str> = apis.iter().map(|api| api.service.as_str()).collect();
    assert_eq!(names.len(), apis.len());
    let governance: Vec<&str> = apis
        .iter()
        .filter(|api| api.stage == Stage::Governance)
        .map(|api| api.service.as_str())
        .collect();
    assert_eq!(governance, ["orgpolicy.googleapis.com"]);
}

#[test]
fn the_identity_of_iap_is_made_where_it_is_used() {
    assert!(resolve(&[API, WAF]).plan().agents.is_empty());
    let admin = API
        .replace(
            "auth = \"iam\"",
            "auth = \"iap\"\nmembers = [\"group:staff@example.com\"]",
        )
        .replace("invokers = [\"group:partners@example.com\"]\n", "");
    let resolved = resolve(&[&admin, WAF]);
    let agents: Vec<String> = resolved
        .plan()
        .agents
        .iter()
        .map(|agent| agent.email.to_string())
        .collect();
    assert_eq!(
        agents,
        ["service-PROJECT_NUMBER@gcp-sa-iap.iam.gserviceaccount.com"]
    );
    assert!(foundation(&resolved).contains(&"iap".to_owned()));
}
