//! Repositories of images, and who pulls and pushes.

use askama::Template;

use super::filters;
use super::grants;
use super::keys;
use super::module::Module;
use super::words::Expr;
use crate::plan::google::encryption::Product;
use crate::plan::model::{Cleanup, Grant, Labels, Registry, Remote};
use crate::proof::{self, Waiver};
use crate::render::quote::Quoted;

#[derive(Template)]
#[template(path = "terraform/registries.tf.j2")]
struct File<'a> {
    project: Expr,
    registries: Vec<RegistryView<'a>>,
}

struct RegistryView<'a> {
    /// Its name in the blueprint; `None` where it exists already.
    local: Option<&'a str>,
    location: &'a str,
    id: &'a str,
    immutable_tags: bool,
    cleanup: Option<CleanupView>,
    remote: Option<&'a Remote>,
    encryption_key: Option<Expr>,
    /// What a scanner says of a repository under a key of Google's.
    waiver: Option<Waiver>,
    protected: bool,
    labels: &'a Labels,
    grants: Quoted,
}

struct CleanupView {
    /// Seconds, which Terraform takes as a text.
    after: String,
    versions: u32,
}

/// Adds the repositories with the grants on them; gives back the grants that are on something else.
pub(super) fn add<'a>(module: &mut Module<'a>, all: &[&'a Grant]) -> Vec<&'a Grant> {
    let registries = module.plan.registries.iter();
    let file = File {
        project: module.project("artifactregistry.googleapis.com"),
        registries: registries.map(|one| view(module, one)).collect(),
    };
    let summary = "Repositories of images, each with who may pull and push.";
    module.add("registries.tf", summary, &file);
    let elsewhere = |grant: &&&'a Grant| module.index.registry(&grant.on).is_none();
    all.iter().filter(elsewhere).copied().collect()
}

fn view<'a>(module: &Module<'a>, one: &'a Registry) -> RegistryView<'a> {
    let Registry {
        name,
        path,
        existing,
        immutable_tags,
        cleanup,
        remote,
        encryption_key,
        deletion_protection,
        labels,
    } = one;
    RegistryView {
        local: (!existing).then_some(name),
        location: &path.location,
        id: &path.id,
        immutable_tags: *immutable_tags,
        cleanup: cleanup.map(|cleanup| {
            let Cleanup { after: _, versions } = cleanup;
            CleanupView {
                after: format!("{}s", cleanup.after_seconds()),
                versions,
            }
        }),
        remote: remote.as_ref(),
        encryption_key: keys::encrypting(module, encryption_key.as_ref(), Product::Artifacts),
        waiver: encryption_key.is_none().then_some(proof::REGISTRY_KEY),
        protected: *deletion_protection,
        labels,
        grants: grants::block(module, module.grants_on(&path.resource())),
    }
}
