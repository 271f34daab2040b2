//! The posture of keys.

use super::{Facts, granted_on};
use crate::plan::google::{kms, roles};
use crate::plan::model::{CryptoKey, KeyPurpose, Plan};

pub(super) fn key(plan: &Plan, key: &CryptoKey, facts: &mut Facts) {
    let element = format!("keys.{}", key.name);
    let on = key.path.resource();
    let users = match key.purpose {
        KeyPurpose::Encrypt => [
            ("encrypters", roles::KMS_ENCRYPTER),
            ("decrypters", roles::KMS_DECRYPTER),
        ],
        KeyPurpose::Sign => [
            ("signers", roles::KMS_SIGNER),
            ("verifiers", roles::KMS_PUBLIC_KEY_VIEWER),
        ],
    };
    for (fact, role) in users.into_iter().chain([("managers", roles::KMS_ADMIN)]) {
        let holders = granted_on(plan, &on, role);
        facts.list(&element, fact, holders, "nobody");
    }
    if key.purpose == KeyPurpose::Encrypt && plan.encryption {
        // What Google's agents have of a key that a product encrypts under.
        let holders = granted_on(plan, &on, roles::KMS_ENCRYPTER_DECRYPTER);
        facts.list(&element, "encrypter_decrypters", holders, "nobody");
    }
    if key.existing {
        return;
    }
    facts.say(&element, "purpose", key.purpose.word());
    facts.say(&element, "algorithm", key.algorithm);
    facts.say(&element, "protection", key.protection.word());
    if let Some(days) = key.rotation {
        facts.say(&element, "rotation", format!("{days} days"));
    }
    let after = format!("{} days", kms::DESTROYED_AFTER_DAYS);
    facts.say(&element, "destroyed_after", after);
    facts.switch(&element, "deletion_protection", key.deletion_protection);
}
