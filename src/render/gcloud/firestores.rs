//! Databases of Firestore, with their indexes and what is deleted by its time.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by, who_under};
use crate::plan::google::roles;
use crate::plan::model::{
    Firestore, FirestoreField, FirestoreIndex, FirestoreMode, FirestoreTtl, Plan,
};

/// The kind that is read.
pub(super) const KIND: &str = "firestore databases";

#[derive(Template)]
#[template(path = "gcloud/firestores.sh.j2")]
struct Firestores<'a> {
    made: Vec<FirestoreView<'a>>,
}

struct FirestoreView<'a> {
    name: &'a str,
    id: &'a str,
    location: &'a str,
    mode: &'static str,
    api_scope: String,
    pitr: bool,
    encryption_key: Option<String>,
    deletion_protection: bool,
    indexes: Vec<IndexView<'a>>,
    ttl: &'a [FirestoreTtl],
}

struct IndexView<'a> {
    name: &'a str,
    collection: &'a str,
    scope: String,
    fields: Vec<String>,
}

/// Whether databases are made here.
pub(super) fn any(plan: &Plan) -> bool {
    plan.firestores.iter().any(|one| !one.existing)
}

/// Adds the databases that are made here.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
    if any(plan) {
        script.section(&Firestores {
            made: plan.firestores.iter().filter_map(view).collect(),
        });
    }
}

fn view(firestore: &Firestore) -> Option<FirestoreView<'_>> {
    let Firestore {
        name,
        path,
        existing,
        mode,
        location,
        indexes,
        ttl,
        pitr,
        encryption_key,
        deletion_protection,
    } = firestore;
    (!existing).then(|| FirestoreView {
        name,
        id: &path.id,
        location,
        mode: match mode {
            FirestoreMode::Native => "firestore-native",
            FirestoreMode::Datastore => "datastore-mode",
        },
        api_scope: dashed(mode.api_scope()),
        pitr: *pitr,
        encryption_key: encryption_key.as_ref().map(ToString::to_string),
        deletion_protection: *deletion_protection,
        indexes: indexes.iter().map(index).collect(),
        ttl,
    })
}

fn index(index: &FirestoreIndex) -> IndexView<'_> {
    let FirestoreIndex {
        name,
        collection,
        scope,
        fields,
    } = index;
    let field = |FirestoreField { path, mode }: &FirestoreField| {
        let (setting, value) = mode.words();
        format!("field-path={path},{}={}", dashed(setting), dashed(value))
    };
    IndexView {
        name,
        collection,
        scope: dashed(scope),
        fields: fields.iter().map(field).collect(),
    }
}

/// A word of an API as gcloud writes it: `collection-group`.
fn dashed(word: &str) -> String {
    word.to_ascii_lowercase().replace('_', "-")
}

/// The lines that read ahead what facts tell of.
pub(super) fn ahead(plan: &Plan) -> impl Iterator<Item = String> {
    let made = plan.firestores.iter().filter(|one| !one.existing);
    made.map(|one| format!("ttls_ahead {}", super::script::word(&one.path.id)))
}

/// How a fact of a database is read.
pub(super) fn reading(plan: &Plan, firestore: &str, name: &str) -> Option<Reading> {
    let found = plan.firestores.iter().find(|one| one.name == firestore)?;
    let id = found.path.id.as_str();
    let users = |role: &str| who_under(plan, &found.path.resource(), role, &found.only().title);
    match name {
        "readers" => users(roles::DATASTORE_VIEWER),
        "writers" => users(roles::DATASTORE_USER),
        "database" => Some(Reading::Named),
        "mode" => by([
            "choice",
            KIND,
            id,
            "--type",
            "firestore-native=native",
            "datastore-mode=datastore",
        ]),
        "location" => by(["setting", KIND, id, "--location", "none"]),
        "pitr" => by(["switch", KIND, id, "--enable-pitr"]),
        "deleted_by_time" => by(["deleted_by_time", id]),
        "encryption" => by(["key_of", KIND, id, "--kms-key-name"]),
        "deletion_protection" => by(["switch", KIND, id, "--delete-protection"]),
        _ => None,
    }
}
