//! Secrets: containers without values.

use super::Labels;

/// A secret of Secret Manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Its name in the blueprint.
    pub name: String,
    /// The id of the project that it lies in.
    pub project: String,
    /// Its id in Secret Manager.
    pub id: String,
    /// Whether it exists already, and only its grants are made.
    pub existing: bool,
    /// The regions that hold a copy; never empty for a secret that is made here.
    pub replicas: Vec<String>,
    /// How `secrets.sh` makes its value; `None`: a person gives it.
    pub generate: Option<Generate>,
    /// The versions that are pinned, in the order of their numbers: `secrets.sh --check` looks for them.
    pub pinned: Vec<u32>,
    /// Whether something reads its latest version, so that there must be one.
    pub latest: bool,
    /// Whether it can be deleted.
    pub deletion_protection: bool,
    /// Its labels.
    pub labels: Labels,
}

/// How a value is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generate {
    /// How many characters.
    pub length: u32,
    /// The characters to choose from; printable ASCII, each once, in their order.
    pub alphabet: String,
}
