//! Databases of Firestore: who reads and writes each, its composite indexes, and what is deleted by its time.

use std::collections::BTreeSet;

use crate::blueprint::schema::{self, FirestoreAccess};
use crate::blueprint::units::Truth;
use crate::blueprint::{Key, Place};
use crate::name::{DEFAULT_FIRESTORE, Kind, identifier, short_hash};
use crate::plan::google::{firestore as google, roles, run};
use crate::plan::model::{
    FieldMode, Firestore, FirestoreField, FirestoreIndex, FirestoreMode, FirestoreTtl, Principal,
    only_firestore,
};
use crate::rules;

use super::context::Context;
use super::database::existing_idle;
use super::grants::Grants;
use super::lies;
use super::project::is_production;
use super::workload::Parts;

/// What an element does with databases of Firestore, granted for each.
pub(super) fn used(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    grants: &mut Grants,
    principal: &Principal,
) {
    let key = parts.key.then("firestores");
    for (name, access) in parts.firestores {
        let all = &cx.blueprint.firestores;
        let place = || Place::Key(key.then(name));
        let known = cx.named(rules::FIRESTORE_UNKNOWN, "firestore", name, all, place);
        // One that is named wrongly has its own finding.
        if known.is_some()
            && let Some((path, _)) = lies::firestore(cx, name)
        {
            let role = match access {
                FirestoreAccess::Read => roles::DATASTORE_VIEWER,
                FirestoreAccess::Write => roles::DATASTORE_USER,
            };
            let only = only_firestore(name, &path);
            let to = principal.clone();
            grants.add(path.resource(), role, to, Some(only), &key);
        }
    }
}

/// The databases of the blueprint, by name.
pub(super) fn resolve(cx: &mut Context<'_>) -> Vec<Firestore> {
    let all = cx.blueprint.firestores.iter();
    let mut all: Vec<_> = all
        .filter_map(|(name, written)| firestore(cx, name, written))
        .collect();
    let mut taken = BTreeSet::new();
    for Firestore { indexes, .. } in &mut all {
        for index in indexes {
            index.name = unique(&mut taken, &index.name, &format!("{index:?}"));
        }
    }
    let mut taken = BTreeSet::new();
    for Firestore { name, ttl, .. } in &mut all {
        for FirestoreTtl {
            name: own,
            collection,
            field,
        } in ttl
        {
            *own = unique(&mut taken, own, &format!("{name}/{collection}/{field}"));
        }
    }
    all
}

/// A name that has not been taken, also as an identifier of Terraform's: this one, or its beginning and a hash of the whole.
fn unique(taken: &mut BTreeSet<String>, name: &str, whole: &str) -> String {
    let mut name = name.to_owned();
    if name.len() > NAME_MAX || taken.contains(&identifier(&name)) {
        name.truncate(NAME_MAX); // it is ASCII
        name = format!("{name}-{}", short_hash(whole));
    }
    taken.insert(identifier(&name));
    name
}

/// The longest name of an index that is shown as it is.
const NAME_MAX: usize = 100;

/// The name of an index of that database: `papers-files-author-filed-desc`.
fn index_name(firestore: &str, collection: &str, scope: &str, fields: &[FirestoreField]) -> String {
    let mut parts = vec![firestore.to_owned(), collection.to_owned()];
    let group = scope.strip_prefix("COLLECTION_");
    parts.extend(group.map(str::to_lowercase));
    for FirestoreField { path, mode } in fields {
        parts.push(path.replace('.', "-"));
        parts.extend(match mode {
            FieldMode::Ascending => None,
            FieldMode::Descending => Some("desc".to_owned()),
            FieldMode::Contains => Some("contains".to_owned()),
        });
    }
    parts.join("-")
}

fn firestore(cx: &mut Context<'_>, name: &str, written: &schema::Firestore) -> Option<Firestore> {
    let key = Key::of(&["firestores", name]);
    let at = Place::Key(key.clone());
    cx.check_name(Kind::Own, name, "the name of a firestore", &at);
    if let Some(id) = &written.id {
        let at = Place::Value(key.then("id"));
        cx.check_name(Kind::Firestore, id, "a database's name in Firestore", &at);
    }
    let Some((path, existing)) = lies::firestore(cx, name) else {
        cx.report(
            rules::EXISTING_INVALID,
            format!("`{name}` does not name a database of Firestore"),
            &Place::Value(key.then("existing")),
            "not a database's full name",
        )
        .help(
            "write `projects/PROJECT/databases/ID`, or `true` for that of its `id` in this project",
        );
        return None;
    };
    let mode = match written.mode {
        None | Some(schema::FirestoreMode::Native) => FirestoreMode::Native,
        Some(schema::FirestoreMode::Datastore) => FirestoreMode::Datastore,
    };
    if existing {
        idle(cx, &key, written);
    } else {
        recoverable(cx, &key, written);
    }
    Some(Firestore {
        name: name.to_owned(),
        path,
        existing,
        mode,
        location: location(cx, &key, written),
        indexes: indexes(cx, name, written, mode),
        ttl: ttl(cx, name, written, mode),
        pitr: written.pitr.unwrap_or(true),
        encryption_key: None,
        deletion_protection: written.deletion_protection.unwrap_or(true)
            && written.retire != Some(true),
    })
}

/// The id of a database in Firestore, unless its full name is given.
pub(super) fn own_id(written: &schema::Firestore) -> &str {
    written.id.as_deref().unwrap_or(DEFAULT_FIRESTORE)
}

/// Keys that change nothing of a database that is left as it is. Its mode says which API the code calls.
fn idle(cx: &mut Context<'_>, key: &Key, written: &schema::Firestore) {
    let named = matches!(written.existing, Some(Truth::Named(_)));
    let keys = [
        ("id", named && written.id.is_some()),
        ("location", written.location.is_some()),
        ("indexes", !written.indexes.is_empty()),
        ("ttl", !written.ttl.is_empty()),
        ("pitr", written.pitr.is_some()),
    ];
    existing_idle(cx, key, &keys);
}

/// What production holds can be had back.
fn recoverable(cx: &mut Context<'_>, key: &Key, written: &schema::Firestore) {
    if written.pitr != Some(false) || !is_production(cx.environment_name()) {
        return;
    }
    cx.report(
        rules::FIRESTORE_WITHOUT_PITR,
        format!("what a mistake deletes in `{key}` is gone after an hour"),
        &Place::Value(key.then("pitr")),
        "no earlier state can be read",
    )
    .help("leave `pitr` on, which is the default, for production");
}

fn location(cx: &mut Context<'_>, key: &Key, written: &schema::Firestore) -> String {
    let (location, at) = match &written.location {
        Some(location) => (location.clone(), Place::Value(key.then("location"))),
        None => (cx.project.region.clone(), Place::Key(key.clone())),
    };
    let all = || {
        let regions = run::REGIONS.into_iter();
        regions
            .filter(|region| !google::NOT_IN.contains(region))
            .chain(google::MULTI_REGIONS.map(|(location, _)| location))
    };
    // A region that is none at all has its own finding.
    let is_written = written.location.is_some() || google::NOT_IN.contains(&location.as_str());
    if is_written && !all().any(|known| known == location) {
        let what = "location of Firestore";
        cx.unknown(rules::REGION_UNKNOWN, what, &location, all(), &at);
    }
    location
}

fn indexes(
    cx: &mut Context<'_>,
    name: &str,
    written: &schema::Firestore,
    mode: FirestoreMode,
) -> Vec<FirestoreIndex> {
    let key = Key::of(&["firestores", name, "indexes"]);
    if written.indexes.len() > google::INDEXES_MAX {
        cx.report(
            rules::TOO_MANY,
            format!("{} composite indexes", written.indexes.len()),
            &Place::Key(key.clone()),
            format!("a database takes {}", google::INDEXES_MAX),
        );
    }
    let mut indexes: Vec<FirestoreIndex> = Vec::new();
    for (at, written) in written.indexes.iter().enumerate() {
        let key = key.item(at);
        let Some(index) = index(cx, name, &key, written, mode) else {
            continue;
        };
        if indexes.contains(&index) {
            let message = "the index is written twice";
            let label = "the same one stands above";
            let at = Place::Value(key);
            cx.report(rules::FIRESTORE_INDEX_INVALID, message, &at, label);
        } else {
            indexes.push(index);
        }
    }
    indexes.sort_by(|a, b| a.name.cmp(&b.name));
    indexes
}

fn index(
    cx: &mut Context<'_>,
    firestore: &str,
    key: &Key,
    written: &schema::FirestoreIndex,
    mode: FirestoreMode,
) -> Option<FirestoreIndex> {
    let fields = fields(cx, key, &written.fields, mode);
    let scope = scope(cx, key, written, mode);
    let Some(collection) = &written.collection else {
        cx.missing(key, "collection", "a collection");
        return None;
    };
    let at = Place::Value(key.then("collection"));
    let fits = cx.check_name(Kind::Collection, collection, "a collection's name", &at);
    (fits && !fields.is_empty()).then(|| FirestoreIndex {
        name: index_name(firestore, collection, scope, &fields),
        collection: collection.clone(),
        scope,
        fields,
    })
}

/// What a query looks through, in Google's form.
fn scope(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::FirestoreIndex,
    mode: FirestoreMode,
) -> &'static str {
    use schema::FirestoreScope::{Collection, CollectionGroup, CollectionRecursive};
    let (scope, only) = match (written.scope, mode) {
        (None | Some(Collection), FirestoreMode::Native) => ("COLLECTION", None),
        (None, FirestoreMode::Datastore) | (Some(CollectionGroup), _) => ("COLLECTION_GROUP", None),
        (Some(CollectionRecursive), FirestoreMode::Datastore) => ("COLLECTION_RECURSIVE", None),
        (Some(Collection), FirestoreMode::Datastore) => (
            "COLLECTION_GROUP",
            Some("takes `collection-group`, or `collection-recursive` for queries by an ancestor"),
        ),
        (Some(CollectionRecursive), FirestoreMode::Native) => (
            "COLLECTION",
            Some("takes `collection` or `collection-group`"),
        ),
    };
    if let Some(only) = only {
        let message = "no query of this mode uses such an index";
        let at = Place::Value(key.then("scope"));
        cx.report(rules::FIRESTORE_INDEX_INVALID, message, &at, only);
    }
    scope
}

/// The fields of an index; none where they make no index.
fn fields(
    cx: &mut Context<'_>,
    key: &Key,
    written: &[schema::FirestoreField],
    mode: FirestoreMode,
) -> Vec<FirestoreField> {
    if written.is_empty() {
        cx.missing(key, "fields", "two fields or more");
    }
    let key = key.then("fields");
    let wrong = |cx: &mut Context<'_>, message: String, at: &Place, label: &str| {
        cx.report(rules::FIRESTORE_INDEX_INVALID, message, at, label);
    };
    match written.len() {
        1 => {
            let message = "one field needs no composite index".to_owned();
            let label = "each field has an index anyway";
            wrong(cx, message, &Place::Value(key.clone()), label);
        }
        many if many > google::INDEX_FIELDS_MAX => {
            cx.report(
                rules::TOO_MANY,
                format!("{many} fields"),
                &Place::Value(key.clone()),
                format!("an index takes {}", google::INDEX_FIELDS_MAX),
            );
        }
        _ => {}
    }
    let mut fields: Vec<FirestoreField> = Vec::new();
    for (at, written) in written.iter().enumerate() {
        let key = key.item(at);
        let Some(path) = &written.path else {
            cx.missing(&key, "path", "a field's path");
            continue;
        };
        let place = Place::Value(key.then("path"));
        if !cx.check_name(Kind::FieldPath, path, "a field's path", &place) {
            continue;
        }
        let known = &fields;
        if known.iter().any(|one| one.path == *path) {
            let message = format!("`{path}` is in the index twice");
            wrong(cx, message, &place, "a field stands in it once");
            continue;
        }
        let contains = known.iter().any(|one| one.mode == FieldMode::Contains);
        let held = Place::Value(key.then("mode"));
        let mode = match written.mode {
            None | Some(schema::FieldMode::Ascending) => FieldMode::Ascending,
            Some(schema::FieldMode::Descending) => FieldMode::Descending,
            Some(schema::FieldMode::Contains) => {
                if mode == FirestoreMode::Datastore {
                    let message = "an index of datastore mode knows no `contains`".to_owned();
                    let label = "it holds each value of a list by itself";
                    wrong(cx, message, &held, label);
                } else if contains {
                    let message = "two fields of the index are lists".to_owned();
                    wrong(cx, message, &held, "an index holds one list at the most");
                }
                FieldMode::Contains
            }
        };
        let path = path.clone();
        fields.push(FirestoreField { path, mode });
    }
    fields
}

/// The fields by which documents are deleted.
fn ttl(
    cx: &mut Context<'_>,
    name: &str,
    written: &schema::Firestore,
    mode: FirestoreMode,
) -> Vec<FirestoreTtl> {
    let key = Key::of(&["firestores", name, "ttl"]);
    if mode == FirestoreMode::Datastore && !written.ttl.is_empty() {
        cx.report(
            rules::FIRESTORE_TTL_UNSUPPORTED,
            "Terraform cannot say what is deleted by its time in datastore mode",
            &Place::Key(key.clone()),
            "Google refuses what it sends",
        )
        .help("set it by hand: `gcloud firestore fields ttls update FIELD --collection-group=KIND --enable-ttl`");
    }
    let mut all = Vec::new();
    for (collection, field) in &written.ttl {
        let at = Place::Key(key.then(collection));
        let fits = cx.check_name(Kind::Collection, collection, "a collection's name", &at);
        let at = Place::Value(key.then(collection));
        if cx.check_name(Kind::FieldPath, field, "a field's path", &at) && fits {
            all.push(FirestoreTtl {
                name: format!("{name}-{collection}"),
                collection: collection.clone(),
                field: field.clone(),
            });
        }
    }
    all
}

#[cfg(test)]
mod tests;
