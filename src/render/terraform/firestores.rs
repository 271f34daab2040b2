//! Databases of Firestore, with their indexes and what is deleted by its time.

use askama::Template;

use super::filters;
use super::keys;
use super::module::Module;
use super::words::Expr;
use crate::plan::google::encryption::Product;
use crate::plan::google::firestore::API;
use crate::plan::model::{Firestore, FirestoreField, FirestoreIndex, FirestoreTtl};

#[derive(Template)]
#[template(path = "terraform/firestores.tf.j2")]
struct File<'a> {
    project: Expr,
    firestores: Vec<FirestoreView<'a>>,
}

struct FirestoreView<'a> {
    name: &'a str,
    id: &'a str,
    location: &'a str,
    mode: &'static str,
    api_scope: &'static str,
    pitr: bool,
    encryption_key: Option<Expr>,
    deletion_protection: bool,
    indexes: Vec<IndexView<'a>>,
    ttl: &'a [FirestoreTtl],
}

struct IndexView<'a> {
    name: &'a str,
    collection: &'a str,
    scope: &'static str,
    /// Of each field its path, a setting, and the value of that.
    fields: Vec<(&'a str, &'static str, &'static str)>,
}

/// Adds the databases that are made here.
pub(super) fn add(module: &mut Module<'_>) {
    let all = module.plan.firestores.iter();
    let firestores: Vec<_> = all.filter_map(|one| view(module, one)).collect();
    if firestores.is_empty() {
        return;
    }
    let file = File {
        project: module.project(API),
        firestores,
    };
    let summary =
        "Databases of Firestore, with their indexes; who reads and writes stands with the grants.";
    module.add("firestores.tf", summary, &file);
}

fn view<'a>(module: &Module<'_>, firestore: &'a Firestore) -> Option<FirestoreView<'a>> {
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
        mode: mode.word(),
        api_scope: mode.api_scope(),
        pitr: *pitr,
        encryption_key: keys::encrypting(module, encryption_key.as_ref(), Product::Firestore),
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
    IndexView {
        name,
        collection,
        scope,
        fields: fields.iter().map(field).collect(),
    }
}

fn field(field: &FirestoreField) -> (&str, &'static str, &'static str) {
    let FirestoreField { path, mode } = field;
    let (setting, value) = mode.words();
    (path, setting, value)
}
