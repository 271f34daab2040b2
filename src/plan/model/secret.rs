//! Secrets: containers without values.

use std::collections::BTreeMap;
use std::num::NonZero;

use super::{KeyPath, Labels, Resource, TopicPath};

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
    /// The keys of one's own that the copies lie under, by region; of a region that has none it is Google's.
    pub encryption_keys: BTreeMap<String, KeyPath>,
    /// How often its value is replaced; `None`: nobody is told to.
    pub rotation: Option<Rotation>,
    /// How `secrets.sh` makes its value; `None`: a person gives it.
    pub generate: Option<Generate>,
    /// The cache whose certificate authority it holds, which `secrets.sh` fetches; then no table of the blueprint names it.
    pub authority_of: Option<String>,
    /// The versions that are pinned, in the order of their numbers: `secrets.sh --check` looks for them.
    pub pinned: Vec<u32>,
    /// Whether something reads its latest version, so that there must be one.
    pub latest: bool,
    /// Whether it can be deleted.
    pub deletion_protection: bool,
    /// Its labels.
    pub labels: Labels,
}

impl Secret {
    /// It as what a grant stands on.
    #[must_use]
    pub fn resource(&self) -> Resource {
        Resource::Secret {
            project: self.project.clone(),
            name: self.id.clone(),
        }
    }
}

/// How often a value is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// Days from one value to the next.
    pub days: NonZero<u32>,
    /// Where Secret Manager says that it is time.
    pub topic: TopicPath,
}

impl Rotation {
    /// Seconds from one message to the next.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        super::seconds_of(self.days)
    }

    /// Seconds until the first message: two weeks, or a sixth of the time, before the value is that old.
    #[must_use]
    pub fn first(&self) -> u64 {
        let (period, day) = (self.seconds(), super::seconds_of(NonZero::<u32>::MIN));
        period - (14 * day).min(period / 6)
    }
}

/// A file beside the blueprint that a container sees. Cloud Run mounts files only from secrets, so each is one: with a
/// hash of its text in its name, so that a new text is a new secret, a new revision, and no surprise for the old one.
/// It has one version, 1, and lives in the services stage, with the grant to its one reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFile {
    /// The secret's id: `orders-config-yaml-1a2b3c4d`.
    pub name: String,
    /// The element that sees it: `services.orders`.
    pub element: String,
    /// The path at which it sees it.
    pub path: String,
    /// The text. It is configuration, not a secret: it stands in Terraform's state and in the scripts.
    pub text: String,
    /// The region that holds it.
    pub region: String,
    /// The key of one's own that it lies under; `None`: one of Google's.
    pub encryption_key: Option<KeyPath>,
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
