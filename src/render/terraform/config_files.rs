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
    let plan = module.plan;
    let files = plan.files.iter().filter(|file| file.element == element);
    let view = |file: &'a ConfigFile| {
        let ConfigFile {
            name,
            element: _,
            path,
            text,
            region,
            labels,
        } = file;
        FileView {
            name,
            path,
            lines: text.split('\n').collect(),
            project: module.project("secretmanager.googleapis.com"),
            region,
            labels,
            grants: plan
                .single_grants()
                .filter(|grant| is_on(grant, file))
                .map(|grant| grants::view(module, grant))
                .collect(),
        }
    };
    files.map(view).collect()
}

/// Whether a grant is on the secret of a file.
pub(super) fn is_on(grant: &Grant, file: &ConfigFile) -> bool {
    matches!(&grant.on, Resource::Secret { project: _, name } if *name == file.name)
}
