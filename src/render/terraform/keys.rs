//! Keys of Cloud KMS and who uses them.

use askama::Template;

use super::filters;
use super::grants;
use super::module::Module;
use super::words::Expr;
use crate::plan::google::encryption::Product;
use crate::plan::google::{kms, roles};
use crate::plan::model::{CryptoKey, Grant, KeyPath, KeyProtection, KeyPurpose, Labels, Principal};
use crate::proof::{self, Waivers};
use crate::render::quote::Quoted;
use crate::render::quote::hcl::Hcl;
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
    let for_code = "Keys that the code uses, which never leave Google; each with who may use it.";
    let summary = if module.plan.encryption {
        "Keys, which never leave Google; each with who may use it."
    } else {
        for_code
    };
    module.add("keys.tf", summary, &file);
    let elsewhere = |grant: &&&'a Grant| module.index.key(&grant.on).is_none();
    all.iter().filter(elsewhere).copied().collect()
}

/// The key of one's own that something of a product lies under. Where the grant to the product's agent is made here, the key is read from
/// it, so that whatever lies under the key comes after both.
pub(super) fn encrypting(
    module: &Module<'_>,
    key: Option<&KeyPath>,
    product: Product,
) -> Option<Expr> {
    let key = key?;
    let is_agent =
        |to: &Principal| matches!(to, Principal::Agent { service, .. } if service == product.api());
    let here = module.makes_foundation() && key.project == module.plan.project.id;
    let mut grants = module.plan.grants_on(&key.resource()).iter();
    let grant = grants
        .find(|grant| here && grant.role == roles::KMS_ENCRYPTER_DECRYPTER && is_agent(&grant.to));
    Some(grant.map_or_else(
        || Expr(key.to_string().hcl().0),
        |grant| {
            Expr(format!(
                "{}.crypto_key_id",
                grants::address(module, grant).0
            ))
        },
    ))
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
