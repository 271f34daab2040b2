//! The pool by which the workflows of a repository are let in.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by, who};
use crate::plan::google::{federation, roles};
use crate::plan::model::{PROVIDER, Plan};

/// The kind of the pools.
pub(super) const POOLS: &str = "iam workload-identity-pools";
/// The kind of what is in them.
pub(super) const PROVIDERS: &str = "iam workload-identity-pools providers";

#[derive(Template)]
#[template(path = "gcloud/delivery.sh.j2")]
struct Section<'a> {
    pool: Option<&'a str>,
    provider: &'a str,
    mapping: String,
    condition: &'a str,
    issuer: &'static str,
}

/// The pool, where a pipeline deploys.
pub(super) fn pool(plan: &Plan) -> Option<&str> {
    let delivery = plan.delivery.as_ref()?;
    Some(&delivery.github.pool)
}

/// Adds the pool, where a pipeline deploys.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
    let delivery = plan.delivery.as_ref();
    script.section(&Section {
        pool: pool(plan),
        provider: PROVIDER,
        mapping: super::dictionary(federation::MAPPING.into_iter()),
        condition: delivery.map_or("", |one| &one.github.condition),
        issuer: federation::GITHUB_ISSUER,
    });
}

/// How a fact of the pipeline is read.
pub(super) fn reading(plan: &Plan, name: &str) -> Option<Reading> {
    let delivery = plan.delivery.as_ref()?;
    let of_provider = |flag| by(["setting", PROVIDERS, PROVIDER, flag, "none"]);
    match name {
        "account" => Some(Reading::Named),
        "identities" => {
            let on = plan.project.account(&delivery.account);
            who(plan, &on, roles::WORKLOAD_IDENTITY_USER)
        }
        "issuer" => of_provider("--issuer-uri"),
        "condition" => of_provider("--attribute-condition"),
        "mapping" => by(["set_of", PROVIDERS, PROVIDER, "--attribute-mapping", "none"]),
        _ => None,
    }
}
