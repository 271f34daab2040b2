//! Keys of Cloud KMS that the code itself uses.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::Table;
use crate::blueprint::json_schema::Labels;
use crate::blueprint::units::{Duration, Several, Truth};

/// A key of Cloud KMS that the code itself uses. It never leaves Google: the code hands over what is to be signed or
/// encrypted. Google deletes no key, so its name is taken for ever.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CryptoKey {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// What it is for. It cannot be changed later.
    #[schemars(extend("x-required" = true))]
    pub purpose: Option<KeyPurpose>,
    /// How it signs. A later change holds for new versions of the key alone. Only with `purpose = "sign"`.
    #[schemars(extend("default" = "ec-sign-p256-sha256"))]
    pub algorithm: Option<String>,
    /// Where it is kept and used. It cannot be changed later.
    #[schemars(extend("default" = "hsm"))]
    pub protection: Option<KeyProtection>,
    /// How often a new version takes over, in whole days; what older ones encrypted is decrypted all the same. Only with
    /// `purpose = "encrypt"`: whoever verifies has to learn of a new version of a key that signs, so that one is made by hand.
    ///
    /// Default: `"90d"` with `purpose = "encrypt"`.
    #[schemars(extend("examples" = ["30d"]))]
    pub rotation: Option<Duration>,
    /// Principals who may sign with it.
    #[schemars(extend("examples" = [["group:release-managers@example.com"]]))]
    pub signers: Vec<String>,
    /// Principals who may fetch its public key.
    #[schemars(extend("examples" = [["group:auditors@example.com"]]))]
    pub verifiers: Vec<String>,
    /// Principals who may encrypt with it.
    #[schemars(extend("examples" = [["serviceAccount:exporter@acme-erp.iam.gserviceaccount.com"]]))]
    pub encrypters: Vec<String>,
    /// Principals who may decrypt with it.
    #[schemars(extend("examples" = [["group:data-protection@example.com"]]))]
    pub decrypters: Vec<String>,
    /// A key that exists already: `true` for this name in this project, in the ring that has the project's `name`, or its full
    /// name, `projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY`. It is not made, but the grants on it are.
    #[schemars(extend("default" = false))]
    pub existing: Option<Truth>,
    /// Labels beside the project's.
    #[schemars(transform = Labels)]
    pub labels: Table<String>,
    /// Whether Terraform refuses to destroy its versions.
    #[schemars(extend("default" = true))]
    pub deletion_protection: Option<bool>,
    /// Whether it is on its way out: its protection is off, so that it can leave the blueprint next. Then Terraform has all its
    /// versions destroyed after 30 days, and nothing that it encrypted can be read again.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum KeyPurpose {
    /// Encrypts and decrypts, both at Google.
    Encrypt,
    /// Signs at Google; whoever has its public key verifies.
    Sign,
}

/// Where a key is kept and used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum KeyProtection {
    /// In a hardware security module.
    Hsm,
    /// In Google's software.
    Software,
}

/// What a service, job or worker does with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum KeyUse {
    /// Signs.
    Sign,
    /// Fetches the public key, to verify.
    Verify,
    /// Encrypts.
    Encrypt,
    /// Decrypts.
    Decrypt,
    /// Makes, disables and destroys versions, and says who may do what with the key.
    Manage,
}

impl KeyUse {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Sign,
        Self::Verify,
        Self::Encrypt,
        Self::Decrypt,
        Self::Manage,
    ];

    /// Its word: `sign`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Verify => "verify",
            Self::Encrypt => "encrypt",
            Self::Decrypt => "decrypt",
            Self::Manage => "manage",
        }
    }
}

/// One of these words, or a list of them.
impl JsonSchema for Several<KeyUse> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Several_KeyUse".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words = KeyUse::ALL.map(KeyUse::word);
        json_schema!({
            "type": ["string", "array"],
            "pattern": format!("^({})$", words.join("|")),
            "items": { "type": "string", "enum": words },
            "minItems": 1,
        })
    }
}

/// What a service, job or worker does with each of its keys, by name.
pub type KeyUses = Table<Several<KeyUse>>;
