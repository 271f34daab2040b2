//! Databases of Firestore.

use super::{Condition, KeyPath, Resource};

/// A database of Firestore, in the standard edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firestore {
    /// Its name in the blueprint.
    pub name: String,
    /// Where it lies.
    pub path: FirestorePath,
    /// Whether it exists already, and only the grants on it are made.
    pub existing: bool,
    /// The API that the code speaks.
    pub mode: FirestoreMode,
    /// Where its data lies: `europe-west1`, `eur3`.
    pub location: String,
    /// Its composite indexes, each once, in their order.
    pub indexes: Vec<FirestoreIndex>,
    /// The fields by which documents are deleted, by their collections.
    pub ttl: Vec<FirestoreTtl>,
    /// Whether all that was stored in the last week can be read as it was, and not only that of the last hour.
    pub pitr: bool,
    /// The key of one's own that it lies under; `None`: one of Google's.
    pub encryption_key: Option<KeyPath>,
    /// Whether Terraform and Firestore refuse to delete it.
    pub deletion_protection: bool,
}

/// The API of a database of Firestore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirestoreMode {
    /// Firestore's own.
    Native,
    /// Datastore's.
    Datastore,
}

impl FirestoreMode {
    /// Google's word: `FIRESTORE_NATIVE`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Native => "FIRESTORE_NATIVE",
            Self::Datastore => "DATASTORE_MODE",
        }
    }

    /// The API of an index: no other can use it. `ANY_API` is Firestore's own
    /// (<https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases.collectionGroups.indexes#ApiScope>).
    #[must_use]
    pub fn api_scope(self) -> &'static str {
        match self {
            Self::Native => "ANY_API",
            Self::Datastore => "DATASTORE_MODE_API",
        }
    }
}

/// Where a database of Firestore lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FirestorePath {
    /// The project's id.
    pub project: String,
    /// Its id: `(default)`, or a name.
    pub id: String,
}

impl FirestorePath {
    /// What holds the grants: Firestore has no policy of its own, so that a condition narrows each.
    #[must_use]
    pub fn resource(&self) -> Resource {
        Resource::Project {
            project: self.project.clone(),
        }
    }
}

impl Firestore {
    /// The condition under which a role on its project reaches this database only
    /// (<https://cloud.google.com/firestore/docs/manage-databases#configure_database_access_conditions>).
    #[must_use]
    pub fn only(&self) -> Condition {
        only_firestore(&self.name, &self.path)
    }
}

/// The condition under which a role reaches the one database that has that name in the blueprint and lies there.
#[must_use]
pub fn only_firestore(name: &str, path: &FirestorePath) -> Condition {
    let FirestorePath { project, id } = path;
    Condition {
        title: format!("only-firestore-{name}"),
        expression: format!("resource.name == 'projects/{project}/databases/{id}'"),
    }
}

/// A composite index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirestoreIndex {
    /// A name that no other index of the plan has, also in Terraform: `papers-files-author-filed-desc`. Google has none for it.
    pub name: String,
    /// The collection, or the kind.
    pub collection: String,
    /// What a query looks through, in Google's form: `COLLECTION_GROUP`.
    pub scope: &'static str,
    /// Its fields, in their order.
    pub fields: Vec<FirestoreField>,
}

/// A field of a composite index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirestoreField {
    /// Its path.
    pub path: String,
    /// How the index holds it.
    pub mode: FieldMode,
}

/// How an index holds a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldMode {
    /// From the smallest value on.
    Ascending,
    /// From the largest value on.
    Descending,
    /// By each of the values that a list holds.
    Contains,
}

impl FieldMode {
    /// The setting of Google's, and its value: `order` and `ASCENDING`.
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Ascending => ("order", "ASCENDING"),
            Self::Descending => ("order", "DESCENDING"),
            Self::Contains => ("array_config", "CONTAINS"),
        }
    }
}

/// A field by which the documents of a collection are deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirestoreTtl {
    /// A name that no other one of the plan has, also in Terraform: `papers-drafts`.
    pub name: String,
    /// The collection.
    pub collection: String,
    /// The path of the field.
    pub field: String,
}
