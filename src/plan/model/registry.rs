//! Repositories of Artifact Registry.

use std::fmt;
use std::num::NonZero;

use super::{KeyPath, Labels, Resource};

/// A repository of images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registry {
    /// Its name in the blueprint.
    pub name: String,
    /// Where it lies.
    pub path: RegistryPath,
    /// Whether it exists already, and only its grants are made.
    pub existing: bool,
    /// Whether a tag stays on the image that it was given to.
    pub immutable_tags: bool,
    /// What is deleted by its age; `None` where nothing is.
    pub cleanup: Option<Cleanup>,
    /// The registry of which it is a mirror.
    pub remote: Option<Remote>,
    /// The key of one's own that it lies under; `None`: one of Google's.
    pub encryption_key: Option<KeyPath>,
    /// Whether Terraform refuses to delete it.
    pub deletion_protection: bool,
    /// Its labels.
    pub labels: Labels,
}

/// Where a repository lies: `projects/P/locations/L/repositories/R`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RegistryPath {
    /// The project's id.
    pub project: String,
    /// The location: a region, or `europe` and the like.
    pub location: String,
    /// The repository's id.
    pub id: String,
}

/// What the names of images in Artifact Registry have behind their location: `europe-west1-docker.pkg.dev`
/// (<https://cloud.google.com/artifact-registry/docs/docker/names>).
const HOST: &str = "-docker.pkg.dev";

impl RegistryPath {
    /// The repository that an image lies in: `LOCATION-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE`. `None` where it lies in none.
    #[must_use]
    pub fn of_image(image: &str) -> Option<Self> {
        let mut segments = image.split('/');
        let location = segments.next()?.strip_suffix(HOST)?;
        Some(Self {
            location: location.to_owned(),
            project: segments.next()?.to_owned(),
            id: segments.next()?.to_owned(),
        })
    }

    /// What the names of its images begin with, without the last slash.
    #[must_use]
    pub fn url(&self) -> String {
        let Self {
            project,
            location,
            id,
        } = self;
        format!("{location}{HOST}/{project}/{id}")
    }

    /// It as what a grant stands on.
    #[must_use]
    pub fn resource(&self) -> Resource {
        Resource::Repository {
            project: self.project.clone(),
            location: self.location.clone(),
            name: self.id.clone(),
        }
    }
}

impl fmt::Display for RegistryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            project,
            location,
            id,
        } = self;
        write!(
            f,
            "projects/{project}/locations/{location}/repositories/{id}"
        )
    }
}

/// What is deleted of each image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cleanup {
    /// Days after which a version is deleted.
    pub after: NonZero<u32>,
    /// How many of the newest versions stay all the same.
    pub versions: u32,
}

impl Cleanup {
    /// Seconds after which a version is deleted.
    #[must_use]
    pub fn after_seconds(&self) -> u64 {
        super::seconds_of(self.after)
    }
}

/// The registry behind a mirror.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remote {
    /// Docker Hub.
    DockerHub,
    /// Another one, by its address.
    At(String),
}

impl Remote {
    /// Its word in a blueprint, which is gcloud's too.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::DockerHub => "docker-hub",
            Self::At(address) => address,
        }
    }
}
