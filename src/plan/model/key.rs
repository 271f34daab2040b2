//! Keys of Cloud KMS that the code itself uses.

use std::fmt;
use std::num::NonZero;

use super::{Labels, Resource};

/// A key of Cloud KMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CryptoKey {
    /// Its name in the blueprint.
    pub name: String,
    /// Where it lies.
    pub path: KeyPath,
    /// Whether it exists already, and only its grants are made.
    pub existing: bool,
    /// What it is for.
    pub purpose: KeyPurpose,
    /// How it signs or encrypts, in gcloud's word: `ec-sign-p256-sha256`.
    pub algorithm: &'static str,
    /// Where it is kept and used.
    pub protection: KeyProtection,
    /// Days after which a new version takes over; `None` where Google makes none by itself.
    pub rotation: Option<NonZero<u32>>,
    /// Whether Terraform refuses to destroy its versions.
    pub deletion_protection: bool,
    /// Its labels.
    pub labels: Labels,
}

/// Where a key lies: `projects/P/locations/L/keyRings/R/cryptoKeys/K`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyPath {
    /// The project's id.
    pub project: String,
    /// The location.
    pub location: String,
    /// The key ring.
    pub ring: String,
    /// The key's id.
    pub id: String,
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            project,
            location,
            ring,
            id,
        } = self;
        write!(
            f,
            "projects/{project}/locations/{location}/keyRings/{ring}/cryptoKeys/{id}"
        )
    }
}

impl KeyPath {
    /// What the facts call it in a project with that id: its path, without the project where it is that one.
    #[must_use]
    pub fn in_short(&self, home: &str) -> String {
        let path = self.to_string();
        let inside = path.strip_prefix(&format!("projects/{home}/"));
        inside.map(str::to_owned).unwrap_or(path)
    }

    /// It as what a grant stands on.
    #[must_use]
    pub fn resource(&self) -> Resource {
        Resource::Key {
            project: self.project.clone(),
            location: self.location.clone(),
            ring: self.ring.clone(),
            name: self.id.clone(),
        }
    }
}

impl CryptoKey {
    /// Seconds after which a new version takes over.
    #[must_use]
    pub fn rotation_seconds(&self) -> Option<u64> {
        self.rotation.map(super::seconds_of)
    }
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPurpose {
    /// Encrypts and decrypts.
    Encrypt,
    /// Signs.
    Sign,
}

impl KeyPurpose {
    /// Its word in a blueprint.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Encrypt => "encrypt",
            Self::Sign => "sign",
        }
    }
}

/// Where a key is kept and used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyProtection {
    /// In a hardware security module.
    Hsm,
    /// In Google's software.
    Software,
}

impl KeyProtection {
    /// Its word in a blueprint.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hsm => "hsm",
            Self::Software => "software",
        }
    }
}
