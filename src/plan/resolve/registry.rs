//! Repositories of images: what is made of them, and who may pull and push.

use std::num::NonZero;

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::roles;
use crate::plan::model::{Cleanup, Part, Plan, Registry, RegistryPath, Remote};
use crate::rules;

use super::context::Context;
use super::database::existing_idle;
use super::grants::Grants;
use super::labels;
use super::lies;
use super::principal::named_list;

/// How many of the newest versions of an image stay, where nothing is written.
const VERSIONS: u32 = 20;

/// The repositories of the blueprint, by name.
pub(super) fn resolve(cx: &mut Context<'_>, grants: &mut Grants) -> Vec<Registry> {
    let blueprint = cx.blueprint;
    let registries = blueprint.registries.iter();
    registries
        .filter_map(|(name, written)| resolved(cx, name, written, grants))
        .collect()
}

fn resolved(
    cx: &mut Context<'_>,
    name: &str,
    written: &schema::Registry,
    grants: &mut Grants,
) -> Option<Registry> {
    let key = Key::of(&["registries", name]);
    let place = Place::Key(key.clone());
    cx.check_name(Kind::Compute, name, "a repository's name", &place);
    let Some((path, existing)) = lies::registry(cx, name) else {
        cx.report(
            rules::EXISTING_INVALID,
            format!("`{name}` does not name a repository"),
            &Place::Value(key.then("existing")),
            "not a repository's full name",
        )
        .help("write `projects/PROJECT/locations/LOCATION/repositories/NAME`, or `true` for the repository of this name in this project");
        return None;
    };
    for (list, members, role) in [
        ("readers", &written.readers, roles::ARTIFACT_READER),
        ("writers", &written.writers, roles::ARTIFACT_WRITER),
    ] {
        let key = key.then(list);
        for principal in named_list(cx, &key, members) {
            grants.add(path.resource(), role, principal, None, &key);
        }
    }
    if existing {
        let keys = [
            ("immutable_tags", written.immutable_tags.is_some()),
            ("keep", written.keep.is_some()),
            ("remote", written.remote.is_some()),
        ];
        existing_idle(cx, &key, &keys);
    }
    let remote = remote(cx, &key, written);
    let immutable_tags = written.immutable_tags.unwrap_or(remote.is_none());
    let retiring = written.retire == Some(true);
    Some(Registry {
        name: name.to_owned(),
        path,
        existing,
        immutable_tags,
        cleanup: cleanup(cx, &key, written, immutable_tags),
        remote,
        encryption_key: None,
        deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
        labels: labels::of(cx, &key, &written.labels),
    })
}

/// What a mirror stands in front of. Nobody pushes to one, and its tags are those of the registry behind it.
fn remote(cx: &mut Context<'_>, key: &Key, written: &schema::Registry) -> Option<Remote> {
    let remote = written.remote.as_deref()?;
    let place = Place::Value(key.then("remote"));
    let idle = [
        ("immutable_tags", written.immutable_tags == Some(true)),
        ("writers", !written.writers.is_empty()),
    ];
    for (name, _) in idle.into_iter().filter(|(_, written)| *written) {
        cx.report(
            rules::MIRROR_TAKES_NO_PUSH,
            format!("nobody pushes to `{key}`"),
            &Place::Key(key.then(name)),
            "means nothing for a mirror",
        )
        .and(&place, "what it holds comes from there")
        .help(
            "leave one of the two out: a repository for your own images stands beside the mirror",
        );
    }
    if remote == Remote::DockerHub.word() {
        return Some(Remote::DockerHub);
    }
    if !is_address(remote) {
        cx.report(
            rules::REMOTE_INVALID,
            format!("`{remote}` is not a registry that can be mirrored"),
            &place,
            "takes `\"docker-hub\"`, or `\"https://…\"` and a host",
        );
        return None;
    }
    Some(Remote::At(remote.to_owned()))
}

/// Whether it is the address of a registry: `https://`, a host, perhaps a path.
fn is_address(remote: &str) -> bool {
    let Some(rest) = remote.strip_prefix("https://") else {
        return false;
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    Kind::Domain.accepts(host) && path.bytes().all(plain)
}

fn cleanup(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Registry,
    immutable_tags: bool,
) -> Option<Cleanup> {
    let key = key.then("keep");
    let written = written.keep.as_ref()?;
    if immutable_tags {
        cx.report(
            rules::CLEANUP_SKIPS_TAGS,
            format!("`{key}` deletes no image that has a tag"),
            &Place::Key(key.clone()),
            "tags that are immutable hold their images",
        )
        .help("write `immutable_tags = false`, since what is deployed goes by its digest anyway; or leave `keep` out");
    }
    let versions = written.versions.unwrap_or(VERSIONS);
    if versions == 0 {
        cx.report(
            rules::OUT_OF_RANGE,
            "the newest version of an image stays",
            &Place::Value(key.then("versions")),
            "takes 1 or more",
        );
    }
    let Some(age) = written.age else {
        cx.missing(&key, "age", "the age from which on a version is deleted");
        return None;
    };
    let after = age.whole_days();
    if after.is_none() {
        cx.report(
            rules::OUT_OF_RANGE,
            "an age is counted in whole days",
            &Place::Value(key.then("age")),
            "takes `\"1d\"` and more",
        );
    }
    Some(Cleanup {
        after: after.or(NonZero::new(1))?,
        versions,
    })
}

/// Reports repositories that are made and that nothing is pulled from.
pub(super) fn somebody_uses(cx: &mut Context<'_>, plan: &Plan) {
    for registry in plan.registries.iter().filter(|one| !one.existing) {
        let retires = |written: &schema::Registry| written.retire == Some(true);
        let written = cx.blueprint.registries.get(&registry.name);
        let containers = plan.workloads().flat_map(|workload| &workload.containers);
        let mut images = containers.into_iter().map(|container| &container.image);
        let pulled = images.any(|image| match image.parts().first() {
            Some(Part::Literal(image)) => {
                RegistryPath::of_image(image).as_ref() == Some(&registry.path)
            }
            _ => false,
        });
        if pulled
            || written.is_some_and(retires)
            || !plan.grants_on(&registry.path.resource()).is_empty()
        {
            continue;
        }
        let url = registry.path.url();
        cx.report(
            rules::REGISTRY_UNUSED,
            format!("nothing uses the repository `{}`", registry.name),
            &Place::Key(Key::of(&["registries", &registry.name])),
            "no image here lies in it, and nobody may pull or push",
        )
        .note(format!("its images are called `{url}/…`"))
        .help(format!(
            "take it for an image: `image = \"${{registries.{}.url}}/…\"`; or take it out",
            registry.name
        ));
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    const READ: &str = "[registries.own]\nreaders = [\"group:a@example.com\"]\n";

    #[test]
    fn a_repository_keeps_its_tags_and_deletes_nothing() {
        let plan = resolve(&[INTERNAL, READ]);
        assert!(plan.errors.is_empty() && plan.warnings.is_empty());
        let says = |key: &str, value: &str| assert_eq!(plan.fact(key), Some(value), "{key}");
        says("registries.own.immutable_tags", "on");
        says("registries.own.remote", "none");
        says("registries.own.readers", "group:a@example.com");
        says("registries.own.writers", "nobody");
        assert!(plan.plan().registries[0].cleanup.is_none());
        let unused = resolve(&[INTERNAL, "[registries.own]\n"]);
        assert_eq!(unused.warnings, ["registry-unused"]);
        let retires = resolve(&[INTERNAL, "[registries.own]\nretire = true\n"]);
        assert!(retires.warnings.is_empty());
        let pulled = INTERNAL.replacen(
            "[services.orders]",
            "[registries.own]\n[services.orders]",
            1,
        );
        let pulled = pulled.replacen(
            "europe-docker.pkg.dev/shop-images/app",
            "${registries.own.url}",
            1,
        );
        assert_ne!(pulled, INTERNAL);
        let pulled = resolve(&[&pulled]);
        assert!(pulled.warnings.is_empty(), "{:?}", pulled.warnings);
        let image = pulled.plan().services[0].workload.containers[0]
            .image
            .clone();
        let own = "europe-west1-docker.pkg.dev/shop-prod/own/";
        assert!(image.known().is_some_and(|image| image.starts_with(own)));
    }

    #[test]
    fn what_is_kept() {
        let keep = |lines: &str| resolve(&[INTERNAL, READ, "immutable_tags = false\n", lines]);
        assert!(
            keep("keep = { age = \"1d\", versions = 1 }")
                .errors
                .is_empty()
        );
        assert_eq!(keep("keep = { versions = 3 }").errors, ["missing-key"]);
        for wrong in [
            "age = \"36h\"",
            "age = \"0d\"",
            "age = \"9d\", versions = 0",
        ] {
            let errors = keep(&format!("keep = {{ {wrong} }}")).errors;
            assert_eq!(errors, ["out-of-range"], "{wrong}");
        }
        let tags = resolve(&[INTERNAL, READ, "keep = { age = \"90d\" }\n"]);
        assert_eq!(tags.warnings, ["cleanup-skips-tags"]);
    }

    #[test]
    fn a_mirror_stands_before_a_registry() {
        let mirror = |lines: &str| resolve(&[INTERNAL, READ, lines]).errors;
        for fine in ["docker-hub", "https://ghcr.io", "https://quay.io/v2/A_b"] {
            assert!(mirror(&format!("remote = \"{fine}\"")).is_empty(), "{fine}");
        }
        for wrong in [
            "dockerhub",
            "http://ghcr.io",
            "https://",
            "https://a b.io",
            "https://a.io/$(x)",
        ] {
            let errors = mirror(&format!("remote = \"{wrong}\""));
            assert_eq!(errors, ["remote-invalid"], "{wrong}");
        }
        for idle in [
            "immutable_tags = true",
            "writers = [\"group:b@example.com\"]",
        ] {
            let errors = mirror(&format!("remote = \"docker-hub\"\n{idle}"));
            assert_eq!(errors, ["mirror-takes-no-push"], "{idle}");
        }
        assert!(mirror("remote = \"docker-hub\"\nimmutable_tags = false").is_empty());
    }

    #[test]
    fn a_name_is_one_that_google_takes() {
        let path = |path: &str| {
            let lines = format!("[registries.own]\nexisting = \"{path}\"");
            resolve(&[INTERNAL, &lines]).errors
        };
        let fine = "projects/acme-images/locations/europe/repositories/rides";
        assert!(path(fine).is_empty());
        assert!(path(&format!("//artifactregistry.googleapis.com/{fine}")).is_empty());
        for (from, to) in [
            ("acme-images", "x"),
            ("europe", "Europe"),
            ("rides", "Rides"),
            ("rides", "ri.des"),
            ("repositories", "registries"),
            ("/repositories/rides", ""),
        ] {
            assert_eq!(path(&fine.replace(from, to)), ["existing-invalid"], "{to}");
        }
        let same = "[registries.other]\nexisting = \"projects/shop-prod/locations/europe-west1/repositories/own\"\n";
        let two = resolve(&[INTERNAL, READ, same]);
        assert_eq!(two.errors, ["name-collision"]);
        assert_eq!(
            resolve(&[INTERNAL, "[registries.A]\n"]).errors,
            ["invalid-name"]
        );
    }
}
