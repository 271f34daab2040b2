//! Workflows: what they do, as whom, and what they may.

mod source;

use std::collections::BTreeMap;

use crate::blueprint::schema::{self, SecretUses};
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{roles, workflows};
use crate::plan::model::{Principal, Start, Text, Workflow};
use crate::rules;

use super::account::{self, principal_of};
use super::context::Context;
use super::grants::Grants;
use super::principal::named_list;
use super::reference::{self, Speaker};
use super::workload::grant::extra_grants;
use super::workload::leak;
use super::{beside, calls, labels, start};

/// The workflows of the blueprint, by name.
pub(super) fn resolve(cx: &mut Context<'_>, grants: &mut Grants) -> Vec<Workflow> {
    let blueprint = cx.blueprint;
    let all = blueprint.workflows.iter();
    all.filter_map(|(name, written)| workflow(cx, name, written, grants))
        .collect()
}

fn workflow(
    cx: &mut Context<'_>,
    name: &str,
    written: &schema::Workflow,
    grants: &mut Grants,
) -> Option<Workflow> {
    let key = Key::of(&["workflows", name]);
    let at = Place::Key(key.clone());
    cx.check_name(Kind::Workload, name, "a workflow's name", &at);
    let account = account::checked(cx, &key, name, written.service_account.as_ref());
    let own = principal_of(&account);
    // Workflows writes their logs as them.
    grants.on_project(roles::LOG_WRITER, own.clone(), None, &key.then("source"));
    let cause = key.then("invokers");
    for principal in named_list(cx, &cause, &written.invokers) {
        grants.on_project(roles::WORKFLOWS_INVOKER, principal, None, &cause);
    }
    let calls = calls::resolve(cx, &key, name, None, &written.calls, (&account, grants));
    let starts = start::resolve(cx, &key, &written.runs.0, grants, &own);
    waits(cx, &key, &starts, grants, &own);
    let cause = key.then("grants");
    extra_grants(cx, &cause, &written.grants, grants, &own);
    let env = env(cx, &key, name, written);
    let labels = labels::of(cx, &key, &written.labels);
    let retiring = written.retire == Some(true);
    let Some(file) = &written.source else {
        cx.missing(&key, "source", "the file with its steps");
        return None;
    };
    let at = key.then("source");
    let mut source = beside::read(cx, &at, file, workflows::SOURCE_MAX)?;
    source::check(cx, &key, written, &source);
    // Both tools hand over a text that ends so.
    if !source.ends_with('\n') {
        source.push('\n');
    }
    Some(Workflow {
        name: name.to_owned(),
        file: file.clone(),
        source,
        env,
        account,
        calls,
        starts,
        labels,
        deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
        retiring,
    })
}

/// The connector of Workflows waits for a job that it starts, and looks how its execution goes.
fn waits(
    cx: &Context<'_>,
    element: &Key,
    starts: &[Start],
    grants: &mut Grants,
    principal: &Principal,
) {
    for start in starts {
        if let Start::Job(name) = start {
            let on = cx.project.job(name);
            let cause = element.then("runs");
            grants.add(on, roles::RUN_VIEWER, principal.clone(), None, &cause);
        }
    }
}

/// What it reads by `sys.get_env`, by name.
fn env(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    written: &schema::Workflow,
) -> BTreeMap<String, Text> {
    // What it uses beside services is named in its `grants`, if at all.
    let (buckets, databases, datasets, firestores, keys, volumes, sidecars, secrets) =
        Default::default();
    let secrets: SecretUses = secrets;
    let speaker = Speaker {
        key,
        name,
        is_service: false,
        is_workflow: true,
        calls: &written.calls,
        publishes: &[],
        consumes: &[],
        enqueues: &[],
        starts: &written.runs.0,
        databases: &databases,
        caches: &[],
        channels: &[],
        firestores: &firestores,
        datasets: &datasets,
        buckets: &buckets,
        keys: &keys,
        volumes: &volumes,
        secrets: &secrets,
        sidecars: &sidecars,
    };
    let mut env = BTreeMap::new();
    for (variable, value) in &written.env {
        let key = key.then("env").then(variable);
        variable_is_free(cx, &key, variable);
        if variable.len() + 1 + value.len() > workflows::ENV_BYTES_MAX {
            cx.report(
                rules::ENV_TOO_LONG,
                format!("`{variable}` and its value are too long"),
                &Place::Value(key.clone()),
                format!("at most {} bytes together", workflows::ENV_BYTES_MAX),
            );
        }
        leak::check_text(cx, &key, "a workflow's variable", value);
        let value = reference::text(cx, &key, value, Some(speaker));
        env.insert(variable.clone(), value);
    }
    if env.len() > workflows::ENV_MAX {
        cx.report(
            rules::TOO_MANY,
            format!("`{key}` sets {} variables", env.len()),
            &Place::Key(key.then("env")),
            format!("a workflow takes at most {}", workflows::ENV_MAX),
        );
    }
    env
}

fn variable_is_free(cx: &mut Context<'_>, key: &Key, name: &str) {
    let place = Place::Key(key.clone());
    let mut reserved = workflows::RESERVED_ENV_PREFIXES.iter();
    if reserved.any(|prefix| name.starts_with(prefix)) {
        cx.report(
            rules::ENV_RESERVED,
            format!("`{name}` is one of Google's own names"),
            &place,
            "cannot be set",
        );
    } else {
        let what = "the name of an environment variable";
        cx.check_name(Kind::EnvVar, name, what, &place);
    }
}
