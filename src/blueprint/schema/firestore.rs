//! Databases of Firestore.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Table;
use crate::blueprint::json_schema::{Entries, Matching};
use crate::blueprint::units::Truth;
use crate::name::Kind;

/// A database of Firestore. Whoever uses it has its role under a condition for this one database: Google takes it on the project
/// alone. What was overwritten or deleted can be read as it was for a week.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Firestore {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// Its name in Firestore. `(default)` is the one that libraries open where the code names none; a project has one of them.
    #[schemars(transform = Matching(Kind::Firestore), extend("default" = "(default)", "examples" = ["papers"]))]
    pub id: Option<String>,
    /// The API that the code speaks. It cannot be changed once something is stored.
    #[schemars(extend("default" = "native"))]
    pub mode: Option<FirestoreMode>,
    /// Where it lies: a region, or `eur3`, `nam5` or `nam7` for several. It cannot be changed later.
    ///
    /// Default: the project's region.
    #[schemars(extend("examples" = ["eur3"]))]
    pub location: Option<String>,
    /// Composite indexes. Each single field of `native` has an index anyway.
    #[schemars(extend("examples" = [[{"collection": "papers", "fields": [{"path": "author"}, {"path": "filed", "mode": "descending"}]}]]))]
    pub indexes: Vec<FirestoreIndex>,
    /// The field of a collection that says when each of its documents is deleted, by the collection's name. Google does so within a
    /// day, and leaves what lies in subcollections. Only of `native`.
    #[schemars(transform = Entries(Kind::Collection, Kind::FieldPath), extend("examples" = [{"drafts": "expires"}]))]
    pub ttl: Table<String>,
    /// Whether everything that was stored in the last week can be read as it was at any minute; otherwise only that of the last hour.
    #[schemars(extend("default" = true))]
    pub pitr: Option<bool>,
    /// A database that exists already: `true` for that of its `id` in this project, or a full name,
    /// `projects/PROJECT/databases/ID`. It is not made, but the grants on it are.
    #[schemars(extend("default" = false))]
    pub existing: Option<Truth>,
    /// Whether it lies under a key of one's own. It cannot be changed later, and Google lets in projects that ask for it.
    ///
    /// Default: as `[encryption]` says of `firestore`.
    pub cmek: Option<bool>,
    /// Whether Terraform and Firestore refuse to delete it.
    #[schemars(extend("default" = true))]
    pub deletion_protection: Option<bool>,
    /// Whether it is on its way out: its protection is off, so that it can leave the blueprint next.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
}

/// The API of a database of Firestore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FirestoreMode {
    /// Documents in collections, by Firestore's own API.
    Native,
    /// Entities of kinds, by the API of Datastore.
    Datastore,
}

/// What a service, job or worker may do in a database of Firestore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FirestoreAccess {
    /// Read.
    Read,
    /// Read, write and delete.
    Write,
}

/// A composite index: queries that filter or sort by several fields need one.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FirestoreIndex {
    /// The collection; in datastore mode the kind.
    #[schemars(transform = Matching(Kind::Collection), extend("x-required" = true, "examples" = ["papers"]))]
    pub collection: Option<String>,
    /// Its fields, in their order.
    #[schemars(extend("x-required" = true, "minItems" = 2))]
    pub fields: Vec<FirestoreField>,
    /// What a query looks through.
    ///
    /// Default: `collection`; in datastore mode `collection-group`, which is all entities of the kind.
    #[schemars(extend("examples" = ["collection-group"]))]
    pub scope: Option<FirestoreScope>,
}

/// A field of a composite index.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FirestoreField {
    /// Its path: `author`, `address.city`.
    #[schemars(transform = Matching(Kind::FieldPath), extend("x-required" = true, "examples" = ["address.city"]))]
    pub path: Option<String>,
    /// How the index holds it.
    #[schemars(extend("default" = "ascending"))]
    pub mode: Option<FieldMode>,
}

/// How an index holds a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FieldMode {
    /// From the smallest value on.
    Ascending,
    /// From the largest value on.
    Descending,
    /// By each of the values that a list holds. Only of `native`.
    Contains,
}

/// What a query that an index serves looks through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FirestoreScope {
    /// One collection. Only of `native`.
    Collection,
    /// All collections of the name, wherever they lie.
    CollectionGroup,
    /// What has one ancestor. Only in datastore mode.
    CollectionRecursive,
}
