//! Keys of the sample.

use std::num::NonZero;

use super::{PROJECT, REGION, labels};
use crate::plan::google::kms;
use crate::plan::model::{CryptoKey, KeyPath, KeyProtection, KeyPurpose};

/// The key of that name.
pub(super) fn key(name: &str) -> KeyPath {
    KeyPath {
        project: PROJECT.to_owned(),
        location: REGION.to_owned(),
        ring: "rich".to_owned(),
        id: name.to_owned(),
    }
}

pub(super) fn keys() -> Vec<CryptoKey> {
    let made = |name: &str| CryptoKey {
        name: name.to_owned(),
        path: key(name),
        existing: false,
        purpose: KeyPurpose::Sign,
        algorithm: "rsa-sign-pss-4096-sha512",
        protection: KeyProtection::Hsm,
        rotation: None,
        deletion_protection: true,
        labels: labels(),
    };
    vec![
        made("mail"),
        CryptoKey {
            purpose: KeyPurpose::Encrypt,
            algorithm: kms::ENCRYPTION,
            protection: KeyProtection::Software,
            rotation: NonZero::new(365),
            deletion_protection: false,
            ..made("Note_s")
        },
        CryptoKey {
            existing: true,
            ..made("old-one")
        },
    ]
}
