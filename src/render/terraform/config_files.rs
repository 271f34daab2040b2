//! Files beside the blueprint that containers see.

use askama::Template;

use super::filters;
use super::grants;
use super::keys;
use super::module::Module;
use super::words::Expr;
use crate::plan::google::encryption::Product;
use crate::plan::google::secretmanager;
use crate::plan::model::{ConfigFile, Grant, Labels, Resource};
use crate::render;
use crate::render::quote::Quoted;

/// A file as a secret with one version, and who reads it.
pub(super) struct FileView<'a> {
    name: &'a str,
    path: &'a str,
    lines: Vec<&'a str>,
    project: Expr,
    region: &'a str,
    encryption_key: Option<Expr>,
    labels: &'a Labels,
    grants: Quoted,
    /// What whoever mounts it waits for.
    pub(super) after: Vec<Expr>,
}

#[derive(Template)]
#[template(path = "terraform/config-files.tf.j2")]
struct ConfigFiles<'a> {
    files: &'a [FileView<'a>],
}

/// The files as a part of their element's file.
pub(super) fn block(files: &[FileView<'_>]) -> Quoted {
    render::block(&ConfigFiles { files })
}

/// The files that an element sees.
pub(super) fn of<'a>(module: &Module<'a>, element: &str) -> Vec<FileView<'a>> {
    let view = |file: &&'a ConfigFile| {
        let ConfigFile {
            name,
            element: _,
            path,
            text,
            region,
            encryption_key,
            labels,
        } = file;
        let secret = Resource::Secret {
            project: module.plan.project.id.clone(),
            name: name.clone(),
        };
        let grants = module.plan.grants_on(&secret).iter();
        let mut after = vec![Expr(format!(
            "google_secret_manager_secret_version.{}",
            super::id(name)
        ))];
        after.extend(grants.clone().map(|grant| grants::address(module, grant)));
        FileView {
            name,
            path,
            lines: text.split('\n').collect(),
            project: module.project(secretmanager::API),
            region,
            encryption_key: keys::encrypting(module, encryption_key.as_ref(), Product::Secrets),
            labels,
            grants: grants::block(module, grants),
            after,
        }
    };
    module.index.seen_by(element).iter().map(view).collect()
}

/// Whether a grant is on the secret of a file, and so stands in the file of the element that sees it.
pub(super) fn is_on_one(module: &Module<'_>, grant: &Grant) -> bool {
    matches!(&grant.on, Resource::Secret { project: _, name } if module.index.file(name).is_some())
}
