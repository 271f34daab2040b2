//! A new name for something that exists.

use crate::blueprint::{Key, Place};
use crate::rules;

use super::context::Context;

/// Refuses to rename what Google cannot rename. Nothing that has the key `renamed_from` can be: the name of a service, job or worker
/// is part of its address (<https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services>), so
/// Terraform would destroy the old one and make the new one, whatever it is told about its state.
pub(super) fn check(cx: &mut Context<'_>) {
    let services = cx.blueprint.services.iter();
    let services = services.map(|(name, service)| ("services", name, &service.renamed_from));
    let jobs = cx.blueprint.jobs.iter();
    let jobs = jobs.map(|(name, job)| ("jobs", name, &job.renamed_from));
    let workers = cx.blueprint.workers.iter();
    let workers = workers.map(|(name, worker)| ("workers", name, &worker.renamed_from));
    let renamed: Vec<(&str, &String, String)> = services
        .chain(jobs)
        .chain(workers)
        .filter_map(|(table, name, old)| Some((table, name, old.clone()?)))
        .collect();
    for (table, name, old) in renamed {
        let key = Key::of(&[table, name]);
        cx.report(
            rules::RENAME_IMPOSSIBLE,
            format!("`{table}.{old}` cannot become `{key}`"),
            &Place::Value(key.then("renamed_from")),
            "Google cannot rename it",
        )
        .note("under another name it is another one: another address, another account, and the old one is destroyed")
        .help(format!(
            "leave `{table}.{old}` in the blueprint and write `{key}` beside it; when nothing needs the old one, `retire = true` on it, apply, and take it out"
        ));
    }
}
