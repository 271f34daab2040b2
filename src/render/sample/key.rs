//! Keys of the sample.

use std::num::NonZero;

use super::{PROJECT, REGION, labels};
use crate::plan::google::kms;
use crate::plan::model::{CryptoKey, KeyPath, KeyProtection, KeyPurpose};

pub(super) fn keys() -> Vec<CryptoKey> {
    let key = |name: &str| CryptoKey {
        name: name.to_owned(),
        path: KeyPath {
            project: PROJECT.to_owned(),
            location: REGION.to_owned(),
            ring: "rich".to_owned(),
            id: name.to_owned(),
        },
        existing: false,
        purpose: KeyPurpose::Sign,
        algorithm: "rsa-sign-pss-4096-sha512",
        protection: KeyProtection::Hsm,
        rotation: None,
        deletion_protection: true,
        labels: labels(),
    };
    vec![
        key("mail"),
        CryptoKey {
            purpose: KeyPurpose::Encrypt,
            algorithm: kms::ENCRYPTION,
            protection: KeyProtection::Software,
            rotation: NonZero::new(365),
            deletion_protection: false,
            ..key("Note_s")
        },
        CryptoKey {
            existing: true,
            ..key("old-one")
        },
    ]
}
