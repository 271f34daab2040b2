//! Buckets: what is made of them, and who may do what with their objects.

mod lifecycle;
mod notification;

pub(super) use notification::told;

use std::collections::BTreeSet;
use std::num::NonZero;

use crate::blueprint::schema::{self, BucketAccess, Method};
use crate::blueprint::units::Truth;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{roles, run, storage};
use crate::plan::model::{Bucket, Cors, Principal};
use crate::rules;

use super::context::Context;
use super::database::existing_idle;
use super::event;
use super::grants::Grants;
use super::labels;
use super::lies::{self, Lies};
use super::principal::named_list;
use super::reference;

/// The bucket of that name in Cloud Storage: one of the blueprint's where it has one, else one of this project.
pub(super) fn by_its_name(cx: &Context<'_>, bucket: &str) -> Lies {
    let names = cx.blueprint.buckets.keys();
    let mut known = names.filter_map(|name| lies::bucket(cx, name));
    known
        .find(|lies| lies.id == bucket)
        .unwrap_or_else(|| Lies {
            project: cx.project.id.clone(),
            id: bucket.to_owned(),
            existing: true,
        })
}

/// What a service or job does with buckets, granted on each.
pub(super) fn used(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Table<BucketAccess>,
    grants: &mut Grants,
    principal: &Principal,
) {
    for (name, access) in written {
        let all = &cx.blueprint.buckets;
        let place = || Place::Key(key.then(name));
        let known = cx.named(rules::BUCKET_UNKNOWN, "bucket", name, all, place);
        // One that is named wrongly has its own finding.
        if known.is_some()
            && let Some(lies) = lies::bucket(cx, name)
        {
            let role = match access {
                BucketAccess::Read => roles::STORAGE_VIEWER,
                BucketAccess::Write => roles::STORAGE_USER,
                BucketAccess::Create => roles::STORAGE_CREATOR,
            };
            grants.add(lies.bucket(), role, principal.clone(), None, key);
        }
    }
}

/// The buckets of the blueprint, by name.
pub(super) fn resolve(cx: &mut Context<'_>, grants: &mut Grants) -> Vec<Bucket> {
    let blueprint = cx.blueprint;
    let buckets = blueprint.buckets.iter();
    buckets
        .filter_map(|(name, written)| bucket(cx, name, written, grants))
        .collect()
}

fn bucket(
    cx: &mut Context<'_>,
    name: &str,
    written: &schema::Bucket,
    grants: &mut Grants,
) -> Option<Bucket> {
    let key = Key::of(&["buckets", name]);
    cx.check_name(
        Kind::Store,
        name,
        "a bucket's name",
        &Place::Key(key.clone()),
    );
    let Some(lies) = lies::bucket(cx, name) else {
        cx.report(
            rules::EXISTING_INVALID,
            format!("`{name}` does not name a bucket"),
            &Place::Value(key.then("existing")),
            "not a bucket's full name",
        )
        .help("write `projects/PROJECT/buckets/NAME`, or `true` for the bucket of its `name` in this project");
        return None;
    };
    let on = lies.bucket();
    for (list, members, role) in [
        ("readers", &written.readers, roles::STORAGE_VIEWER),
        ("writers", &written.writers, roles::STORAGE_USER),
    ] {
        let key = key.then(list);
        for principal in named_list(cx, &key, members) {
            grants.add(on.clone(), role, principal, None, &key);
        }
    }
    if lies.existing {
        idle(cx, &key, name, written);
        let bucket = written.name.as_ref().unwrap_or(&lies.id);
        named(cx, &key, name, written, bucket, Kind::Bucket);
    } else {
        named(cx, &key, name, written, &lies.id, Kind::NewBucket);
    }
    let retention = retention(cx, &key, written);
    let versioning = keeps_versions(written);
    if versioning && retention.is_some() {
        cx.report(
            rules::RETENTION_WITH_VERSIONING,
            format!("`{key}` keeps old versions and has a retention"),
            &Place::Value(key.then("versioning")),
            "with a retention there are no old versions",
        )
        .and(
            &Place::Value(key.then("retention")),
            "nothing is overwritten before its end",
        )
        .help("leave one of the two out");
    }
    let notifications = if lies.existing {
        Vec::new()
    } else {
        notification::all(cx, (&key, name), written, versioning, grants)
    };
    let retiring = written.retire == Some(true);
    Some(Bucket {
        name: name.to_owned(),
        location: location(cx, &key, written),
        lifecycle: lifecycle::rules(cx, &key, written, versioning),
        cors: cors(cx, &key, written),
        notifications,
        versioning,
        retention,
        encryption_key: None,
        deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
        labels: labels::of(cx, &key, &written.labels),
        project: lies.project,
        bucket: lies.id,
        existing: lies.existing,
    })
}

/// The name in Cloud Storage is one that a bucket of its kind has.
fn named(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    written: &schema::Bucket,
    bucket: &str,
    kind: Kind,
) {
    if kind.accepts(bucket) || (written.name.is_none() && !Kind::Store.accepts(name)) {
        return;
    }
    let place = if written.name.is_some() {
        Place::Value(key.then("name"))
    } else {
        Place::Key(key.clone())
    };
    cx.check_name(kind, bucket, "a bucket's name in Cloud Storage", &place);
}

/// Whether a bucket keeps what is overwritten or deleted: unless it says otherwise, or keeps all for a time.
pub(super) fn keeps_versions(written: &schema::Bucket) -> bool {
    written.versioning.unwrap_or(written.retention.is_none())
}

/// Keys that change nothing of a bucket that is left as it is.
fn idle(cx: &mut Context<'_>, key: &Key, name: &str, written: &schema::Bucket) {
    let named = matches!(written.existing, Some(Truth::Named(_)));
    let keys = [
        ("name", named && written.name.is_some()),
        // Events of it are heard where it lies.
        (
            "location",
            written.location.is_some() && !event::hears_of_bucket(cx.blueprint, name),
        ),
        ("versioning", written.versioning.is_some()),
        ("retention", written.retention.is_some()),
        ("lifecycle", written.lifecycle.is_some()),
        ("cors", !written.cors.is_empty()),
        ("notifications", !written.notifications.is_empty()),
    ];
    existing_idle(cx, key, &keys);
}

fn location(cx: &mut Context<'_>, key: &Key, written: &schema::Bucket) -> String {
    let Some(location) = &written.location else {
        return cx.project.region.clone();
    };
    let all = || run::REGIONS.into_iter().chain(storage::MULTI_REGIONS);
    if !all().any(|known| known == location) {
        cx.unknown(
            rules::REGION_UNKNOWN,
            "location of buckets",
            location,
            all(),
            &Place::Value(key.then("location")),
        );
    }
    location.clone()
}

fn retention(cx: &mut Context<'_>, key: &Key, written: &schema::Bucket) -> Option<NonZero<u32>> {
    let key = key.then("retention");
    let (time, most) = (written.retention?, storage::RETENTION_MAX_DAYS);
    let days = cx.whole_days("a retention", &key, time, most);
    // Something is kept, whatever the number was meant to be.
    days.or(NonZero::new(1))
}

/// How long a browser remembers, where nothing is written, in seconds.
const CORS_MAX_AGE: u32 = 3_600;

fn cors(cx: &mut Context<'_>, key: &Key, written: &schema::Bucket) -> Vec<Cors> {
    let key = key.then("cors");
    let mut all = Vec::new();
    for (index, written) in written.cors.iter().enumerate() {
        let key = key.item(index);
        if written.origins.is_empty() {
            cx.missing(&key, "origins", "an origin");
        }
        if written.methods.is_empty() {
            cx.missing(&key, "methods", "a method");
        }
        let mut origins = Vec::new();
        for (index, origin) in written.origins.iter().enumerate() {
            let key = key.then("origins").item(index);
            let Some(known) = reference::known(cx, &key, origin, None) else {
                continue;
            };
            if !is_origin(&known) {
                cx.report(
                    rules::CORS_INVALID,
                    format!("`{}` is not an origin", known.escape_debug()),
                    &Place::Value(key),
                    "takes `https://HOST`, perhaps with a port and never with a path, or `*`",
                );
            }
            origins.push(known);
        }
        for (index, header) in written.headers.iter().enumerate() {
            if !crate::name::is_http_token(header) {
                cx.report(
                    rules::CORS_INVALID,
                    format!("`{}` is not a header", header.escape_debug()),
                    &Place::Value(key.then("headers").item(index)),
                    "takes the name of a header",
                );
            }
        }
        let max_age = written.max_age.map_or(CORS_MAX_AGE, |age| age.seconds);
        if max_age > storage::CORS_MAX_AGE_MAX {
            cx.report(
                rules::OUT_OF_RANGE,
                format!("no browser remembers for {max_age} seconds"),
                &Place::Value(key.then("max_age")),
                format!("takes at most {} seconds", storage::CORS_MAX_AGE_MAX),
            );
        }
        let methods: BTreeSet<Method> = written.methods.iter().copied().collect();
        all.push(Cors {
            origins,
            methods: methods.into_iter().map(Method::word).collect(),
            headers: written.headers.clone(),
            max_age,
        });
    }
    all
}

/// Whether a text is an origin, as browsers send it.
fn is_origin(text: &str) -> bool {
    if text == "*" {
        return true;
    }
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else { return false };
    let (host, port) = rest
        .split_once(':')
        .map_or((rest, None), |(host, port)| (host, Some(port)));
    let of_host =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    let is_port = |port: &str| {
        (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit())
    };
    !host.is_empty() && host.bytes().all(of_host) && port.is_none_or(is_port)
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    /// The errors of a blueprint with these lines in a bucket.
    fn errors(lines: &str) -> Vec<&'static str> {
        resolve(&[INTERNAL, "[buckets.uploads]\n", lines]).errors
    }

    #[test]
    fn times_are_whole_days() {
        assert!(errors("retention = \"1d\"").is_empty());
        assert!(errors("retention = \"36525d\"").is_empty());
        for retention in ["0d", "36h", "36526d"] {
            let lines = format!("retention = \"{retention}\"");
            assert_eq!(errors(&lines), ["out-of-range"], "{retention}");
        }
        let cors = |age: &str| {
            errors(&format!(
                "cors = [{{ origins = [\"*\"], methods = [\"GET\"], max_age = \"{age}\" }}]"
            ))
        };
        assert!(cors("24h").is_empty());
        assert_eq!(cors("25h"), ["out-of-range"]);
    }

    #[test]
    fn a_rule_holds_at_some_time_and_not_always() {
        let rule = |rule: &str| errors(&format!("lifecycle = [{{ {rule} }}]"));
        for fine in [
            "action = \"delete\", age = \"1d\"",
            "action = \"delete\", noncurrent = true, newer = 1",
            "action = \"abort-uploads\", age = \"1d\", prefix = [\"a\"]",
        ] {
            assert!(rule(fine).is_empty(), "{fine}");
        }
        for wrong in [
            "action = \"delete\"",
            "action = \"delete\", age = \"90m\"",
            "action = \"delete\", age = \"1d\", newer = 1",
            "action = \"delete\", noncurrent = true, newer = 0",
            "action = \"abort-uploads\", age = \"1d\", noncurrent = true",
            "action = \"delete\", age = \"1d\", prefix = [\"\"]",
        ] {
            assert_eq!(rule(wrong), ["lifecycle-invalid"], "{wrong}");
        }
        assert_eq!(rule("age = \"1d\""), ["missing-key"]);
        let none = "versioning = false\nlifecycle = [{ action = \"delete\", age = \"1d\", noncurrent = true }]";
        assert_eq!(errors(none), ["lifecycle-invalid"]);
        let many = vec!["{ action = \"delete\", age = \"1d\" }"; 101].join(", ");
        assert_eq!(errors(&format!("lifecycle = [{many}]")), ["too-many"]);
    }

    #[test]
    fn an_origin_has_no_path() {
        let cors = |origin: &str| {
            errors(&format!(
                "cors = [{{ origins = [\"{origin}\"], methods = [\"GET\"] }}]"
            ))
        };
        for fine in ["*", "https://a.example.com", "http://localhost:8080"] {
            assert!(cors(fine).is_empty(), "{fine}");
        }
        for wrong in [
            "",
            "a.example.com",
            "https://",
            "https://A.example.com",
            "https://a.example.com/",
            "https://a.example.com:",
            "https://a.example.com:123456",
        ] {
            assert_eq!(cors(wrong), ["cors-invalid"], "{wrong}");
        }
    }

    #[test]
    fn a_name_is_one_that_google_takes() {
        assert!(errors("name = \"acme_own-files\"").is_empty());
        for wrong in ["my-google-files", "acme.files", "a", "Acme"] {
            let lines = format!("name = \"{wrong}\"");
            assert_eq!(errors(&lines), ["invalid-name"], "{wrong}");
        }
        let other = |lines: &str| errors(&format!("{lines}\n[buckets.others]\n{lines}"));
        assert_eq!(other("name = \"acme-files\""), ["name-collision"]);
        assert_eq!(errors("location = \"mars\""), ["region-unknown"]);
        for existing in [
            "files",
            "projects/x/buckets/acme-files",
            "projects/acme-a/buckets/A",
        ] {
            let lines = format!("existing = \"{existing}\"");
            assert_eq!(errors(&lines), ["existing-invalid"], "{existing}");
        }
    }

    #[test]
    fn one_bucket_has_one_grant_for_each_role() {
        let uses = "buckets = { uploads = \"write\" }\ngrants = [{ role = \"roles/storage.objectUser\", on = \"//storage.googleapis.com/projects/_/buckets/acme-files\" }]\n[services.orders.volumes.u]\nbucket = \"uploads\"\nmount = \"/u\"\n[buckets.uploads]\nexisting = \"projects/acme-data/buckets/acme-files\"\n";
        let resolved = resolve(&[INTERNAL, uses]);
        let plan = resolved.plan();
        let grants: Vec<_> = plan
            .grants
            .iter()
            .filter(|grant| grant.role == "roles/storage.objectUser")
            .collect();
        assert_eq!(grants.len(), 1, "{grants:?}");
        assert_eq!(grants[0].on.project(), "acme-data");
        assert_eq!(grants[0].causes.len(), 3);
    }
}
