//! Events of audit logs: which entries, and where they are written.

use crate::blueprint::schema::{self, AuditLogs};
use crate::blueprint::{Key, Place};
use crate::plan::google::{eventarc, run};
use crate::plan::model::EventSource;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::reference;
use crate::rules;

use super::asked;

/// Entries of an audit log, and where the trigger has to lie for them.
pub(super) fn source(
    cx: &mut Context<'_>,
    key: &Key,
    event: &schema::Event,
) -> Option<(EventSource, String)> {
    let filters = key.then("filters");
    let service = asked(cx, key, "serviceName", &event.filters);
    let method = asked(cx, key, "methodName", &event.filters);
    let at = filters.then("resourceName");
    let resource = event.filters.get("resourceName");
    let resource = resource.map(|raw| reference::known(cx, &at, raw, None).unwrap_or_default());
    let (service, method) = (service?.clone(), method?.clone());
    let dotted = |text: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
        !text.is_empty() && text.bytes().all(plain)
    };
    let is_api = service.ends_with(".googleapis.com") && dotted(&service);
    matches(
        cx,
        &filters.then("serviceName"),
        &service,
        is_api,
        "takes an API, such as `iam.googleapis.com`",
    );
    let takes = "takes one method as the log names it: letters, digits and `._-/`";
    matches(
        cx,
        &filters.then("methodName"),
        &method,
        dotted(&method),
        takes,
    );
    if let Some(resource) = &resource {
        let takes = "takes one resource as the log names it: without `//`, `*`, a comma or a space";
        let plain = |byte: u8| byte.is_ascii_graphic() && !b",*".contains(&byte);
        let named = !resource.is_empty() && !resource.starts_with("//");
        let fine = named && resource.bytes().all(plain);
        matches(cx, &at, resource, fine, takes);
    }
    is_written(cx, key, &service, &method);
    let location = location(cx, key, event, &service);
    let source = EventSource::Log {
        service,
        method,
        resource,
    };
    Some((source, location))
}

/// Reports a filter that no entry of a log matches.
fn matches(cx: &mut Context<'_>, key: &Key, value: &str, does: bool, takes: &str) {
    if !does {
        cx.report(
            rules::EVENT_FILTER_INVALID,
            format!(
                "`{}` matches no entry of an audit log",
                value.escape_debug()
            ),
            &Place::Value(key.clone()),
            takes,
        )
        .note("the whole value is compared, letter by letter");
    }
}

/// Warns where nobody writes what is listened for.
fn is_written(cx: &mut Context<'_>, key: &Key, service: &str, method: &str) {
    let governance = cx.blueprint.governance.as_ref();
    let off = governance.and_then(|governance| governance.audit_logs) == Some(AuditLogs::Off);
    if off && !eventarc::is_always_logged(service, method) {
        cx.report(
            rules::EVENT_LOG_OFF,
            format!("`{key}` listens for what is not logged"),
            &Place::Value(key.then("filters").then("methodName")),
            "only in logs of data access",
        )
        .and(
            &Place::Value(Key::of(&["governance", "audit_logs"])),
            "which are off",
        )
        .help(
            "write `audit_logs = \"focused\"`, which logs what events are told of, or leave it out",
        );
    }
}

/// Where the trigger lies: where the entries are written.
fn location(cx: &mut Context<'_>, key: &Key, written: &schema::Event, service: &str) -> String {
    let nowhere = eventarc::is_without_region(service);
    let Some(location) = &written.location else {
        let region = cx.project.region.as_str();
        return if nowhere { eventarc::GLOBAL } else { region }.to_owned();
    };
    let place = Place::Value(key.then("location"));
    let all = || run::REGIONS.into_iter().chain([eventarc::GLOBAL]);
    if !all().any(|known| known == location) {
        let what = "location of audit logs";
        cx.unknown(rules::REGION_UNKNOWN, what, location, all(), &place);
    } else if nowhere && location != eventarc::GLOBAL {
        cx.report(
            rules::EVENT_LOCATION,
            format!("`{service}` writes nothing in `{location}`"),
            &place,
            "hears of nothing",
        )
        .note("what lies in no region is logged in `global`")
        .help("leave `location` out");
    }
    location.clone()
}
