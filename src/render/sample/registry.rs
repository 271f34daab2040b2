//! Repositories of the sample.

use std::num::NonZero;

use super::key::key;
use super::{PROJECT, REGION, labels};
use crate::plan::model::{Cleanup, Registry, RegistryPath, Remote};

pub(super) fn registries() -> Vec<Registry> {
    let registry = |name: &str| Registry {
        name: name.to_owned(),
        path: RegistryPath {
            project: PROJECT.to_owned(),
            location: REGION.to_owned(),
            id: name.to_owned(),
        },
        existing: false,
        immutable_tags: true,
        cleanup: None,
        remote: None,
        encryption_key: (name != "docker-hub").then(|| key("cmek")),
        deletion_protection: true,
        labels: labels(),
    };
    vec![
        Registry {
            immutable_tags: false,
            cleanup: NonZero::new(90).map(|after| Cleanup { after, versions: 3 }),
            ..registry("app")
        },
        Registry {
            immutable_tags: false,
            remote: Some(Remote::DockerHub),
            deletion_protection: false,
            ..registry("hub")
        },
        Registry {
            immutable_tags: false,
            remote: Some(Remote::At("https://ghcr.io".to_owned())),
            ..registry("ghcr")
        },
        Registry {
            existing: true,
            ..registry("old")
        },
    ]
}
