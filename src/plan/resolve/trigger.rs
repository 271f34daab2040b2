//! Triggers: what calls a service from inside of Google Cloud, as an account that is made for it.

use std::collections::{BTreeMap, BTreeSet};

use crate::blueprint::schema::Blueprint;
use crate::blueprint::{Key, Place};
use crate::name;
use crate::plan::google::roles;
use crate::plan::model::{Account, TriggerCall, account_email};
use crate::rules;

use super::account::principal_of;
use super::context::{Context, Finding};
use super::grants::Grants;
use super::queue::is_made;
use super::reference;

/// The services that triggers call, each with the keys of these triggers. A target that is no service is left out.
pub(super) fn called(blueprint: &Blueprint) -> BTreeMap<&str, Vec<Key>> {
    let subscriptions = blueprint.subscriptions.iter();
    let subscriptions = subscriptions.map(|(name, one)| ("subscriptions", name, &one.target));
    let schedules = blueprint.schedules.iter();
    let schedules = schedules.map(|(name, one)| ("schedules", name, &one.target));
    let queues = blueprint.queues.iter().filter(|(_, one)| is_made(one));
    let queues = queues.map(|(name, one)| ("queues", name, &one.target));
    let events = blueprint.events.iter();
    let events = events.map(|(name, one)| ("events", name, &one.target));
    let mut called: BTreeMap<&str, Vec<Key>> = BTreeMap::new();
    let all = subscriptions.chain(schedules).chain(queues).chain(events);
    for (table, name, target) in all {
        let target = target.as_deref();
        if let Some(service) = target.and_then(|target| target.strip_prefix("services.")) {
            let key = Key::of(&[table, name]);
            called.entry(service).or_default().push(key);
        }
    }
    called.retain(|service, _| blueprint.services.contains_key(*service));
    called
}

/// The accounts as which triggers call or start something, one for each of their targets.
pub(super) fn accounts(cx: &Context<'_>) -> Vec<Account> {
    let called = called(cx.blueprint).into_keys();
    let called = called.map(|service| account(cx, "service", service));
    let blueprint = cx.blueprint;
    let started = started(blueprint, "jobs.", |job| blueprint.jobs.contains_key(job));
    let started = started.into_iter().map(|job| account(cx, "job", job));
    let begun = self::started(blueprint, "workflows.", |workflow| {
        blueprint.workflows.contains_key(workflow)
    });
    let begun = begun.into_iter().map(|one| account(cx, "workflow", one));
    called.chain(started).chain(begun).collect()
}

/// What schedules and events start of a kind, each once. A target that does not exist is left out.
fn started<'b>(
    blueprint: &'b Blueprint,
    kind: &str,
    exists: impl Fn(&str) -> bool,
) -> BTreeSet<&'b str> {
    let schedules = blueprint.schedules.values().map(|one| &one.target);
    let events = blueprint.events.values().map(|one| &one.target);
    let targets = schedules.chain(events);
    let names = targets.filter_map(|target| target.as_deref()?.strip_prefix(kind));
    names.filter(|name| exists(name)).collect()
}

/// The account as which triggers call a service, or start a job or a workflow. A job and a workflow may have one name, so that
/// their words differ.
fn account(cx: &Context<'_>, kind: &str, target: &str) -> Account {
    let verb = match kind {
        "job" => "start",
        "workflow" => "begin",
        _ => "call",
    };
    let id = name::account_id(verb, target);
    Account {
        email: account_email(&id, &cx.project.id),
        id,
        purpose: format!("triggers of {kind} {target}"),
        element: format!("{kind}s.{target}"),
    }
}

/// The account as which triggers call a service.
pub(super) fn caller(cx: &Context<'_>, service: &str) -> Account {
    account(cx, "service", service)
}

/// The account that starts a job, with its grant.
pub(super) fn starter(cx: &Context<'_>, cause: &Key, job: &str, grants: &mut Grants) -> Account {
    let account = account(cx, "job", job);
    let on = cx.project.job(job);
    grants.add(on, roles::RUN_INVOKER, principal_of(&account), None, cause);
    account
}

/// The account that starts a workflow, with its grant.
pub(super) fn beginner(
    cx: &Context<'_>,
    cause: &Key,
    workflow: &str,
    grants: &mut Grants,
) -> Account {
    let account = account(cx, "workflow", workflow);
    let to = principal_of(&account);
    grants.on_project(roles::WORKFLOWS_INVOKER, to, None, cause);
    account
}

/// The call that a trigger makes, with its grant. `key` is the trigger's, which has `target` and `path`.
pub(super) fn call(
    cx: &mut Context<'_>,
    key: &Key,
    target: &str,
    path: Option<&String>,
    grants: &mut Grants,
) -> Option<TriggerCall> {
    let path = self::path(cx, key, path);
    let service = service(cx, &key.then("target"), target)?;
    let account = caller(cx, &service);
    let on = cx.project.service(&service);
    let cause = key.then("target");
    grants.add(on, roles::RUN_INVOKER, principal_of(&account), None, &cause);
    let audience = reference::url(cx, &service);
    let endpoint = if path == "/" {
        audience.clone().then("/")
    } else {
        audience.clone().then(&path)
    };
    Some(TriggerCall {
        service,
        path,
        endpoint,
        audience,
        account,
    })
}

/// Reports a path that a trigger without a target has; `does` is what it would do there: `calls`.
pub(super) fn needs_target(cx: &mut Context<'_>, key: &Key, does: &str, path: Option<&String>) {
    if path.is_some() {
        cx.report(
            rules::TARGET_PATH_INVALID,
            format!("`{key}` has a path and {does} nothing"),
            &Place::Key(key.then("path")),
            "a path of which service?",
        )
        .help("write `target = \"services.NAME\"`, or leave `path` out");
    }
}

/// Reports keys that say nothing about such a target; `is` is what the target is: `what happens`.
pub(super) fn idle(
    cx: &mut Context<'_>,
    key: &Key,
    is: &str,
    without: &str,
    keys: &[(&str, bool)],
) {
    for (name, _) in keys.iter().filter(|(_, written)| *written) {
        cx.report(
            rules::TARGET_KEY_IDLE,
            format!("`{name}` of `{key}` changes nothing"),
            &Place::Key(key.then(name)),
            without,
        )
        .and(&Place::Value(key.then("target")), is)
        .help("leave it out");
    }
}

/// Reports a target that is of none of these kinds, each with whether it has an element of the name that is written alone.
pub(super) fn not_a_target<'c, 'a>(
    cx: &'c mut Context<'a>,
    place: &Place,
    target: &str,
    kinds: &[(&str, bool)],
) -> Finding<'c, 'a> {
    let forms = kinds.iter().map(|(kind, _)| format!("`{kind}.NAME`"));
    let forms: Vec<String> = forms.collect();
    let takes = match forms.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => forms.concat(),
    };
    let finding = cx.report(
        rules::TARGET_INVALID,
        format!("`{}` is not a target", target.escape_debug()),
        place,
        format!("takes {takes}"),
    );
    match kinds.iter().find(|(_, there)| *there) {
        Some((kind, _)) => {
            let whole = format!("{kind}.{target}");
            finding.replace("a target says its kind", place, target, &whole)
        }
        None => finding,
    }
}

/// The service that a target names, which is written at a key.
pub(super) fn service(cx: &mut Context<'_>, key: &Key, target: &str) -> Option<String> {
    let place = Place::Value(key.clone());
    let Some(service) = target.strip_prefix("services.") else {
        let kinds = [("services", cx.blueprint.services.contains_key(target))];
        not_a_target(cx, &place, target, &kinds);
        return None;
    };
    let all = &cx.blueprint.services;
    let place = || Place::Part(key.clone(), service.to_owned());
    cx.named(rules::TARGET_UNKNOWN, "service", service, all, place)?;
    Some(service.to_owned())
}

/// The path that is called; `/` where none is written.
fn path(cx: &mut Context<'_>, key: &Key, written: Option<&String>) -> String {
    written.map_or_else(
        || "/".to_owned(),
        |path| called_path(cx, &key.then("path"), path),
    )
}

/// A path that is called, which stands at that key; `/` in the place of one that cannot be.
pub(super) fn called_path(cx: &mut Context<'_>, key: &Key, path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:@/".contains(&byte);
    if path.starts_with('/') && path.bytes().all(plain) {
        return path.to_owned();
    }
    let place = Place::Value(key.clone());
    let finding = cx.report(
        rules::TARGET_PATH_INVALID,
        format!("`{}` is not a path that can be called", path.escape_debug()),
        &place,
        "begins with `/`, then letters, digits and `-._~:@/`",
    );
    if !path.starts_with('/') && path.bytes().all(plain) {
        finding.replace(
            "a path begins at the root",
            &place,
            path,
            &format!("/{path}"),
        );
    }
    "/".to_owned()
}
