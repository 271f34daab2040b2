//! Channels of Eventarc.

use std::fmt;

use super::{KeyPath, Labels, Plan, Resource};

/// A channel that events of one's own are published to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its name in the blueprint.
    pub name: String,
    /// Where it lies.
    pub path: ChannelPath,
    /// Whether it exists already, and only the grants for it are made.
    pub existing: bool,
    /// The key of one's own that its events lie under; `None`: one of Google's.
    pub encryption_key: Option<KeyPath>,
    /// Whether Terraform refuses to delete it.
    pub deletion_protection: bool,
    /// Its labels.
    pub labels: Labels,
}

impl Plan {
    /// Whether channels are made here.
    #[must_use]
    pub fn makes_channels(&self) -> bool {
        self.channels.iter().any(|one| !one.existing)
    }
}

/// Where a channel lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChannelPath {
    /// The project's id.
    pub project: String,
    /// Its region.
    pub location: String,
    /// Its id there.
    pub id: String,
}

impl ChannelPath {
    /// What holds the right to publish: it reaches every channel of the project. The API has policies of single channels, but
    /// neither Terraform's provider nor gcloud has anything that sets them
    /// (<https://github.com/GoogleCloudPlatform/magic-modules/pull/18541>), and no condition tells channels apart
    /// (<https://cloud.google.com/iam/docs/conditions-resource-attributes>).
    #[must_use]
    pub fn resource(&self) -> Resource {
        Resource::Project {
            project: self.project.clone(),
        }
    }
}

/// Its full name, as client libraries want it.
impl fmt::Display for ChannelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            project,
            location,
            id,
        } = self;
        write!(f, "projects/{project}/locations/{location}/channels/{id}")
    }
}
