//! Secrets: who reads which version, and what is made of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::blueprint::schema;
use crate::blueprint::units::Truth;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{database as sql, roles, run};
use crate::plan::model::{Generate, Principal, Secret, SecretVersion};
use crate::rules;

use super::context::Context;
use super::database::{existing_idle, password};
use super::grants::Grants;
use super::labels;
use super::lies;
use super::principal::named_list;
use super::rotation;

/// Which versions of which secrets are read.
#[derive(Default)]
pub(super) struct Uses {
    pinned: BTreeMap<String, BTreeSet<u32>>,
    latest: BTreeSet<String>,
}

impl Uses {
    /// Counts a version that is pinned.
    pub fn pin(&mut self, secret: &str, version: u32) {
        let versions = self.pinned.entry(secret.to_owned()).or_default();
        versions.insert(version);
    }

    /// The versions of a secret that are pinned, in their order.
    pub fn pinned(&self, secret: &str) -> Vec<u32> {
        let versions = self.pinned.get(secret).into_iter().flatten();
        versions.copied().collect()
    }
}

/// How a version is written: `NAME`, `NAME:3`, `NAME:latest`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Into an environment variable: only a pinned version.
    Env,
    /// As a file, or by the code: the latest may be read.
    Late,
}

/// A secret as it is read somewhere: checked, counted and granted.
pub(super) fn read(
    cx: &mut Context<'_>,
    uses: &mut Uses,
    grants: &mut Grants,
    reader: &Principal,
    key: &Key,
    written: &str,
    how: Reading,
) -> Option<(String, SecretVersion)> {
    let (name, version) = written
        .split_once(':')
        .map_or((written, None), |(name, version)| (name, Some(version)));
    let Some(secret) = cx.blueprint.secrets.get(name) else {
        let names = cx.blueprint.secrets.keys().map(String::as_str);
        let near = cx.unknown(
            rules::SECRET_UNKNOWN,
            "secret",
            name,
            names,
            &Place::Part(key.clone(), name.to_owned()),
        );
        if let Some(near) = near {
            cx.means_secret(&near);
        }
        return None;
    };
    cx.means_secret(name);
    let place = lies::secret(cx, name)?;
    let value = Place::Value(key.clone());
    let pin = secret.version;
    let version = match version {
        Some("latest") if how == Reading::Env => {
            cx.report(
                rules::SECRET_ENV_LATEST,
                format!("`{name}` is read as `latest` into an environment variable"),
                &Place::Part(key.clone(), "latest".to_owned()),
                "must be a number",
            )
            .note("a variable is read when an instance starts, so two instances could have different values")
            .help(format!("pin a version, `\"{name}:1\"`, or read it as a file"));
            return None;
        }
        Some("latest") => None,
        Some(number) => {
            if let Some(version) = number.parse::<u32>().ok().filter(|number| *number > 0) {
                let part = Place::Part(key.clone(), number.to_owned());
                pinned_for_all(cx, name, secret, version, &part);
                Some(version)
            } else {
                cx.report(
                    rules::SECRET_VERSION_INVALID,
                    format!("`{number}` is not a version of a secret"),
                    &Place::Part(key.clone(), number.to_owned()),
                    "a number from 1 on, or `latest` for files",
                );
                return None;
            }
        }
        None if pin.is_some() => {
            let place = Place::Value(Key::of(&["secrets", name, "version"]));
            pinned_for_all(cx, name, secret, pin.unwrap_or_default(), &place);
            pin
        }
        None if how == Reading::Env => {
            // The same words in every environment, so that it is said once.
            let environments = &cx.blueprint.environments;
            let first = environments.keys().next().cloned().unwrap_or_default();
            let others = if environments.len() > 1 {
                ", and so in each environment"
            } else {
                ""
            };
            cx.report(rules::SECRET_NOT_PINNED, format!("`{name}` is read without a version"), &value, "which version?")
                .note("a variable is read when an instance starts, so two instances could have different values")
                .help(format!(
                    "pin it where its numbers are counted: `[environments.{first}.secrets]` with `{name} = {{ version = 1 }}`{others}"
                ));
            return None;
        }
        None => None,
    };
    match version {
        Some(number) => uses.pin(name, number),
        None => {
            uses.latest.insert(name.to_owned());
        }
    }
    let on = place.secret();
    grants.add(on, roles::SECRET_ACCESSOR, reader.clone(), None, key);
    let secret = if place.project == cx.project.id {
        place.id
    } else {
        format!("projects/{}/secrets/{}", place.project, place.id)
    };
    let version = version.map_or_else(|| "latest".to_owned(), |number| number.to_string());
    Some((name.to_owned(), SecretVersion { secret, version }))
}

/// Keeps the warning of a pin that several environments share: each project's secret counts its own versions. A secret
/// that is named in full is the same one for all of them.
fn pinned_for_all(
    cx: &mut Context<'_>,
    name: &str,
    secret: &schema::Secret,
    version: u32,
    place: &Place,
) {
    if matches!(secret.existing, Some(Truth::Named(_))) {
        return;
    }
    let environment = cx.environment_name();
    let finding = cx
        .idle(
            rules::SECRET_PIN_SHARED,
            format!("`{name}` is pinned to the same version in several environments"),
            place,
            format!("version {version} of each project's own secret"),
        )
        .note("each project's secret counts its versions by itself")
        .help(format!(
            "pin it in each environment, with `\"{name}\"` where it is read: `[environments.{environment}.secrets]` with `{name} = {{ version = {version} }}`"
        ));
    cx.share(finding);
}

/// The secrets of the blueprint, by name.
pub(super) fn resolve(cx: &mut Context<'_>, uses: &Uses, grants: &mut Grants) -> Vec<Secret> {
    let mut secrets = Vec::new();
    for (name, written) in &cx.blueprint.secrets {
        let key = Key::of(&["secrets", name]);
        let Some(place) = lies::secret(cx, name) else {
            cx.report(
                rules::EXISTING_INVALID,
                format!("`{name}` does not name a secret"),
                &Place::Value(key.then("existing")),
                "not a secret's full name",
            )
            .help("write `projects/PROJECT/secrets/NAME`, or `true` for this name in this project");
            continue;
        };
        cx.check_name(
            Kind::Secret,
            name,
            "a secret's name",
            &Place::Key(key.clone()),
        );
        let pinned = uses.pinned(name);
        let latest = uses.latest.contains(name);
        if !cx.is_meant(name) && written.writers.is_empty() {
            cx.report(
                rules::SECRET_UNUSED,
                format!("nothing reads `{name}`"),
                &Place::Key(key.clone()),
                "of no use yet",
            )
            .help("read it by `secrets.env`, `secrets.files` or `secrets.read` of a service, or take it out");
        }
        let rotates = written.rotation.filter(|_| !place.existing);
        for principal in named_list(cx, &key.then("writers"), &written.writers) {
            if rotates.is_some() {
                rotation::taken_by(cx, &principal, &key.then("writers"), grants);
            }
            grants.add(
                place.secret(),
                roles::SECRET_VERSION_ADDER,
                principal,
                None,
                &key.then("writers"),
            );
        }
        if place.existing {
            let idle = [
                ("replicas", !written.replicas.is_empty()),
                ("rotation", written.rotation.is_some()),
            ];
            existing_idle(cx, &key, &idle);
        }
        let rotation = rotates.map(|every| rotation::of(cx, &key.then("rotation"), every));
        let replicas = replicas(cx, &key, written);
        let generate = generate(cx, &key.then("generate"), name, written);
        let retiring = written.retire == Some(true);
        secrets.push(Secret {
            name: name.clone(),
            project: place.project,
            id: place.id,
            existing: place.existing,
            replicas,
            encryption_keys: BTreeMap::new(),
            rotation,
            generate,
            authority_of: None,
            pinned,
            latest,
            deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
            labels: labels::of(cx, &key, &written.labels),
        });
    }
    secrets
}

fn replicas(cx: &mut Context<'_>, key: &Key, written: &schema::Secret) -> Vec<String> {
    if written.replicas.is_empty() {
        return vec![cx.project.region.clone()];
    }
    let key = key.then("replicas");
    for (index, region) in written.replicas.iter().enumerate() {
        if !run::REGIONS.contains(&region.as_str()) {
            cx.unknown(
                rules::REGION_UNKNOWN,
                "region",
                region,
                run::REGIONS,
                &Place::Value(key.item(index)),
            );
        }
    }
    let unique: BTreeSet<&String> = written.replicas.iter().collect();
    unique.into_iter().cloned().collect()
}

/// The length of a generated value where none is written.
const GENERATE_LENGTH: u32 = 32;
/// The longest one; a secret holds 64 KiB.
const GENERATE_LENGTH_MAX: u32 = 4_096;
/// The characters of a generated value where none are written: letters and digits, so that it fits anywhere.
const GENERATE_ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// How a value is made: as it is written, and that of a password in any case.
fn generate(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    secret: &schema::Secret,
) -> Option<Generate> {
    let of_a_user = password::is_one(cx, name);
    let none = schema::Generate::default();
    let written = match &secret.generate {
        None if of_a_user => &none,
        written => written.as_ref()?,
    };
    let length = written.length.unwrap_or(GENERATE_LENGTH);
    if !(16..=GENERATE_LENGTH_MAX).contains(&length) {
        let place = Place::Value(key.then("length"));
        let expected = format!("takes 16 to {GENERATE_LENGTH_MAX}");
        cx.report(
            rules::OUT_OF_RANGE,
            format!("a generated secret cannot have {length} characters"),
            &place,
            expected,
        );
    }
    let usual = if of_a_user {
        sql::PASSWORD_ALPHABET
    } else {
        GENERATE_ALPHABET
    };
    let alphabet = written.alphabet.as_deref().unwrap_or(usual);
    let printable = alphabet
        .chars()
        .all(|character| character.is_ascii_graphic());
    let unique: BTreeSet<char> = alphabet.chars().collect();
    if !printable || unique.len() < 10 || unique.len() != alphabet.len() {
        let place = Place::Value(key.then("alphabet"));
        cx.report(
            rules::ALPHABET_INVALID,
            "the alphabet of a generated secret cannot be used",
            &place,
            "takes at least 10 printable ASCII characters, each once",
        );
    }
    Some(Generate {
        length,
        alphabet: alphabet.to_owned(),
    })
}
