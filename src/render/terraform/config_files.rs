//! Files beside the blueprint that containers see.

use super::grants::{self, GrantView};
use super::module::Module;
use super::words::Expr;
use crate::plan::model::{ConfigFile, Grant, Labels, Resource};

/// A file as a secret with one version, and who reads it.
pub(super) struct FileView<'a> {
    pub(super) name: &'a str,
    pub(super) path: &'a str,
    pub(super) lines: Vec<&'a str>,
    pub(super) project: Expr,
    pub(super) region: &'a str,
    pub(super) labels: &'a Labels,
    pub(super) grants: Vec<GrantView<'a>>,
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
            labels,
        } = file;
        let secret = Resource::Secret {
            project: module.plan.project.id.clone(),
            name: name.clone(),
        };
        let grants = module.index.grants_on(&secret).iter();
        FileView {
            name,
            path,
            lines: text.split('\n').collect(),
            project: module.project("secretmanager.googleapis.com"),
            region,
            labels,
            grants: grants.map(|grant| grants::view(module, grant)).collect(),
        }
    };
    module.index.seen_by(element).iter().map(view).collect()
}

/// Whether a grant is on the secret of a file, and so stands in the file of the element that sees it.
pub(super) fn is_on_one(module: &Module<'_>, grant: &Grant) -> bool {
    matches!(&grant.on, Resource::Secret { project: _, name } if module.index.file(name).is_some())
}
