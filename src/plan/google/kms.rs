//! Cloud KMS.

/// The ways in which a key signs that both protection levels have, the usual one first: ECDSA on P-256, which tokens call ES256
/// (<https://cloud.google.com/kms/docs/algorithms>).
pub const SIGNING: [&str; 10] = [
    "ec-sign-p256-sha256",
    "ec-sign-p384-sha384",
    "rsa-sign-pkcs1-2048-sha256",
    "rsa-sign-pkcs1-3072-sha256",
    "rsa-sign-pkcs1-4096-sha256",
    "rsa-sign-pkcs1-4096-sha512",
    "rsa-sign-pss-2048-sha256",
    "rsa-sign-pss-3072-sha256",
    "rsa-sign-pss-4096-sha256",
    "rsa-sign-pss-4096-sha512",
];
/// The one way in which a key encrypts that also decrypts at Google.
pub const ENCRYPTION: &str = "google-symmetric-encryption";
/// The longest time between rotations in days, 876,000 hours (<https://cloud.google.com/kms/docs/rotating-keys>).
pub const ROTATION_MAX_DAYS: u32 = 36_500;
/// Days between rotations where nothing is written. Benchmarks ask for 90 at the most.
pub const ROTATION_DAYS: u32 = 90;
/// Days for which a version that is to be destroyed can be restored: Google's default
/// (<https://cloud.google.com/kms/docs/destroy-restore>).
pub const DESTROYED_AFTER_DAYS: u32 = 30;
