//! Workload Identity Federation with GitHub.

/// Who issues the tokens of GitHub's workflows
/// (<https://docs.github.com/en/actions/reference/security/oidc>).
pub const GITHUB_ISSUER: &str = "https://token.actions.githubusercontent.com";
/// The attributes of a principal, each with the claim of a token that it is. The subject alone is asked for by Google
/// (<https://cloud.google.com/iam/docs/workload-identity-federation#mapping>).
pub const MAPPING: [(&str, &str); 4] = [
    ("attribute.ref", "assertion.ref"),
    ("attribute.repository_id", "assertion.repository_id"),
    (
        "attribute.repository_owner_id",
        "assertion.repository_owner_id",
    ),
    ("google.subject", "assertion.sub"),
];
/// The events whose workflows are let in. What a stranger's pull request or comment sets off may run on the same branch
/// (<https://docs.github.com/en/actions/reference/security/secure-use#understanding-the-risk-of-script-injections>).
pub const EVENTS: [&str; 2] = ["push", "workflow_dispatch"];
