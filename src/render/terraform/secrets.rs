//! Secrets and who reads them.

use askama::Template;

use super::filters;
use super::grants;
use super::keys;
use super::messages;
use super::module::Module;
use super::words::Expr;
use crate::plan::google::encryption::Product;
use crate::plan::google::secretmanager;
use crate::plan::model::{Grant, Labels, Principal, Resource, Rotation, Secret};
use crate::render::quote::Quoted;

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
    /// The regions, each with the key of one's own that its copy lies under.
    replicas: Vec<(&'a str, Option<Expr>)>,
    deletion_protection: bool,
    labels: &'a Labels,
    rotation: Option<RotationView>,
    grants: Quoted,
}

struct RotationView {
    topic: Expr,
    /// Seconds from one message to the next, and until the first.
    period: u64,
    first: u64,
    /// The grant by which Secret Manager may publish.
    grant: Expr,
}

/// Adds the secrets with the grants on them; gives back the grants that are on something else.
pub(super) fn add<'a>(module: &mut Module<'a>, all: &[&'a Grant]) -> Vec<&'a Grant> {
    let secrets = &module.plan.secrets;
    let file = Secrets {
        project: module.project(secretmanager::API),
        secrets: secrets.iter().map(|secret| view(module, secret)).collect(),
    };
    let environment = &module.plan.environment;
    let summary = format!(
        "Secrets: containers without values, which gcloud/{environment}/secrets.sh adds; each with who may read it."
    );
    module.add("secrets.tf", &summary, &file);
    let elsewhere = |grant: &&&'a Grant| match &grant.on {
        Resource::Secret { project, name } => module.index.secret(project, name).is_none(),
        _ => true,
    };
    all.iter().filter(elsewhere).copied().collect()
}

fn view<'a>(module: &Module<'a>, secret: &'a Secret) -> SecretView<'a> {
    let Secret {
        name,
        project: _,
        id,
        existing,
        replicas,
        encryption_keys,
        rotation,
        generate: _,
        authority_of: _,
        pinned: _,
        latest: _,
        deletion_protection,
        labels,
    } = secret;
    let grants = module.grants_on(&secret.resource());
    SecretView {
        local: (!existing).then_some(name),
        id,
        replicas: replicas
            .iter()
            .map(|region| {
                let key = encryption_keys.get(region);
                let key = keys::encrypting(module, key, Product::Secrets);
                (region.as_str(), key)
            })
            .collect(),
        deletion_protection: *deletion_protection,
        labels,
        rotation: rotation
            .as_ref()
            .and_then(|one| self::rotation(module, one)),
        grants: grants::block(module, grants),
    }
}

fn rotation(module: &Module<'_>, rotation: &Rotation) -> Option<RotationView> {
    // Secret Manager's right to publish.
    let mut grants = module.plan.grants_on(&rotation.topic.resource()).iter();
    let grant = grants.find(|grant| {
        matches!(&grant.to, Principal::Agent { service, .. } if service == secretmanager::API)
    })?;
    Some(RotationView {
        topic: messages::path(module, &rotation.topic),
        period: rotation.seconds(),
        first: rotation.first(),
        grant: grants::address(module, grant),
    })
}
