//! Secrets and who reads them.

use askama::Template;

use super::filters;
use super::grants::{self, GrantView};
use super::module::Module;
use super::words::Expr;
use crate::plan::model::{Condition, Grant, Labels, Resource, Secret};

#[derive(Template)]
#[template(path = "terraform/secrets.tf.j2")]
struct Secrets<'a> {
    project: Expr,
    secrets: Vec<SecretView<'a>>,
}

struct SecretView<'a> {
    /// Its name in the blueprint; `None` where it exists already.
    local: Option<&'a str>,
    id: &'a str,
    replicas: &'a [String],
    deletion_protection: bool,
    labels: &'a Labels,
    grants: Vec<GrantView<'a>>,
}

/// Adds the secrets with the grants on them; gives back the grants that are on something else.
pub(super) fn add<'a>(module: &mut Module<'a>, all: &[&'a Grant]) -> Vec<&'a Grant> {
    let on = |grant: &Grant, secret: &Secret| {
        matches!(&grant.on, Resource::Secret { project, name }
            if *project == secret.project && *name == secret.id)
    };
    let view = |secret: &'a Secret| {
        let Secret {
            name,
            project: _,
            id,
            existing,
            replicas,
            generate: _,
            pinned: _,
            latest: _,
            deletion_protection,
            labels,
        } = secret;
        SecretView {
            local: (!existing).then_some(name),
            id,
            replicas,
            deletion_protection: *deletion_protection,
            labels,
            grants: all
                .iter()
                .filter(|grant| on(grant, secret))
                .map(|grant| grants::view(module, grant))
                .collect(),
        }
    };
    let secrets = &module.plan.secrets;
    let file = Secrets {
        project: module.project("secretmanager.googleapis.com"),
        secrets: secrets.iter().map(view).collect(),
    };
    let summary = "Secrets: containers without values, which gcloud/ENV/secrets.sh adds; each with who may read it.";
    let summary = summary.replace("ENV", &module.plan.environment);
    module.add("secrets.tf", &summary, &file);
    let elsewhere = |grant: &&&'a Grant| !secrets.iter().any(|secret| on(grant, secret));
    all.iter().filter(elsewhere).copied().collect()
}
