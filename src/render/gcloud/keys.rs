//! Keys of Cloud KMS.

use std::num::NonZero;

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by, who};
use crate::plan::google::{kms, roles};
use crate::plan::model::{CryptoKey, Grant, KeyPurpose, Labels, Plan, Principal};

#[derive(Template)]
#[template(path = "gcloud/keys.sh.j2")]
struct Section<'a> {
    /// Whether some are for what products encrypt.
    for_products: bool,
    ring: &'a str,
    location: &'a str,
    /// Seconds.
    destroyed_after: u32,
    keys: Vec<KeyView<'a>>,
}

struct KeyView<'a> {
    id: &'a str,
    purpose: &'static str,
    algorithm: &'static str,
    protection: &'static str,
    /// Seconds and days.
    rotation: Option<(u64, u32)>,
    labels: &'a Labels,
}

/// gcloud's word for what a key is for.
fn purpose(purpose: KeyPurpose) -> &'static str {
    match purpose {
        KeyPurpose::Encrypt => "encryption",
        KeyPurpose::Sign => "asymmetric-signing",
    }
}

/// The ring of the keys that are made here; `None` where there are none.
pub(super) fn ring(plan: &Plan) -> Option<&str> {
    let made = plan.keys.iter().find(|key| !key.existing);
    made.map(|key| key.path.ring.as_str())
}

/// Whether a grant lets the agent of a product encrypt.
pub(super) fn is_for_product(grant: &Grant) -> bool {
    grant.role == roles::KMS_ENCRYPTER_DECRYPTER && matches!(grant.to, Principal::Agent { .. })
}

/// Adds the keys that are made here, with their ring.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
    let Some(ring) = ring(plan) else { return };
    script.section(&Section {
        for_products: plan.encryption,
        ring,
        location: &plan.project.region,
        destroyed_after: kms::DESTROYED_AFTER_DAYS * 86_400,
        keys: plan.keys.iter().filter_map(view).collect(),
    });
}

fn view(one: &CryptoKey) -> Option<KeyView<'_>> {
    let CryptoKey {
        name: _,
        path,
        existing,
        purpose: is_for,
        algorithm,
        protection,
        rotation,
        // A refusal of Terraform's own.
        deletion_protection: _,
        labels,
    } = one;
    (!existing).then(|| KeyView {
        id: &path.id,
        purpose: purpose(*is_for),
        algorithm,
        protection: protection.word(),
        rotation: one.rotation_seconds().zip(rotation.map(NonZero::get)),
        labels,
    })
}

/// How a fact of a key is read.
pub(super) fn reading(plan: &Plan, key: &str, name: &str) -> Option<Reading> {
    let found = plan.keys.iter().find(|one| one.name == key)?;
    let id = found.path.id.as_str();
    let who = |role: &str| who(plan, &found.path.resource(), role);
    let kind = "kms keys";
    match name {
        "signers" => who(roles::KMS_SIGNER),
        "verifiers" => who(roles::KMS_PUBLIC_KEY_VIEWER),
        "encrypters" => who(roles::KMS_ENCRYPTER),
        "decrypters" => who(roles::KMS_DECRYPTER),
        "encrypter_decrypters" => who(roles::KMS_ENCRYPTER_DECRYPTER),
        "managers" => who(roles::KMS_ADMIN),
        "purpose" => {
            let word = |one: KeyPurpose| format!("{}={}", purpose(one), one.word());
            let (encrypt, sign) = (word(KeyPurpose::Encrypt), word(KeyPurpose::Sign));
            by(["choice", kind, id, "--purpose", &encrypt, &sign])
        }
        "algorithm" => by(["setting", kind, id, "--default-algorithm", "none"]),
        "protection" => by(["setting", kind, id, "--protection-level", "none"]),
        "rotation" => by(["key_lasts", id, "--rotation-period"]),
        "destroyed_after" => by(["key_lasts", id, "--destroy-scheduled-duration"]),
        // A refusal of Terraform's own.
        "deletion_protection" => Some(Reading::Nowhere),
        _ => None,
    }
}
