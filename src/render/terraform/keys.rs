//! Keys of Cloud KMS and who uses them.

use askama::Template;

use super::filters;
use super::grants;
use super::module::Module;
use super::words::Expr;
use crate::plan::google::kms;
use crate::plan::model::{CryptoKey, Grant, KeyProtection, KeyPurpose, Labels};
use crate::proof::{self, Waivers};
use crate::render::quote::Quoted;
use crate::render::seconds;

#[derive(Template)]
#[template(path = "terraform/keys.tf.j2")]
struct File<'a> {
    project: Expr,
    /// The ring and its location, where keys are made.
    ring: Option<(&'a str, &'a str)>,
    /// Seconds, which Terraform takes as a text.
    destroyed_after: String,
    keys: Vec<KeyView<'a>>,
}

struct KeyView<'a> {
    /// Its name in the blueprint; `None` where it exists already.
    local: Option<&'a str>,
    ring: &'a str,
    id: &'a str,
    purpose: &'static str,
    algorithm: String,
    protection: &'static str,
    rotation: Option<String>,
    protected: bool,
    waivers: Waivers,
    labels: &'a Labels,
    grants: Quoted,
}

/// Adds the keys with the grants on them; gives back the grants that are on something else.
pub(super) fn add<'a>(module: &mut Module<'a>, all: &[&'a Grant]) -> Vec<&'a Grant> {
    let keys = &module.plan.keys;
    let made = keys.iter().find(|key| !key.existing);
    let file = File {
        project: module.project("cloudkms.googleapis.com"),
        ring: made.map(|key| (key.path.ring.as_str(), key.path.location.as_str())),
        destroyed_after: seconds(kms::DESTROYED_AFTER_DAYS * 86_400),
        keys: keys.iter().map(|key| view(module, key)).collect(),
    };
    let summary = "Keys that the code uses, which never leave Google; each with who may use it.";
    module.add("keys.tf", summary, &file);
    let elsewhere = |grant: &&&'a Grant| module.index.key(&grant.on).is_none();
    all.iter().filter(elsewhere).copied().collect()
}

fn view<'a>(module: &Module<'a>, one: &'a CryptoKey) -> KeyView<'a> {
    let CryptoKey {
        name,
        path,
        existing,
        purpose,
        algorithm,
        protection,
        rotation,
        deletion_protection,
        labels,
    } = one;
    let grants = module.grants_on(&path.resource());
    let mut waivers = Vec::new();
    if rotation.is_some_and(|days| days.get() > kms::ROTATION_DAYS) {
        waivers.extend(proof::KEY_ROTATION);
    }
    if !deletion_protection {
        waivers.push(proof::KEY_PROTECTION);
    }
    KeyView {
        local: (!existing).then_some(name),
        ring: &path.ring,
        id: &path.id,
        // Words of the API (<https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys>).
        purpose: match purpose {
            KeyPurpose::Encrypt => "ENCRYPT_DECRYPT",
            KeyPurpose::Sign => "ASYMMETRIC_SIGN",
        },
        algorithm: algorithm.replace('-', "_").to_uppercase(),
        protection: match protection {
            KeyProtection::Hsm => "HSM",
            KeyProtection::Software => "SOFTWARE",
        },
        rotation: one.rotation_seconds().map(seconds),
        protected: *deletion_protection,
        waivers: Waivers(waivers),
        labels,
        grants: grants::block(module, grants),
    }
}
