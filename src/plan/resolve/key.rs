//! Keys that the code itself uses: what is made of them, and who may do what with each.

use std::num::NonZero;

use crate::blueprint::schema::{self, KeyUse};
use crate::blueprint::units::Duration;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{kms, roles, run};
use crate::plan::model::{CryptoKey, KeyPath, KeyProtection, KeyPurpose, Plan, Principal};
use crate::rules;

use super::context::Context;
use super::database::existing_idle;
use super::encryption;
use super::grants::Grants;
use super::labels;
use super::lies;
use super::principal::named_list;
use super::workload::Parts;

/// The role that a use takes.
fn role(does: KeyUse) -> &'static str {
    match does {
        KeyUse::Sign => roles::KMS_SIGNER,
        KeyUse::Verify => roles::KMS_PUBLIC_KEY_VIEWER,
        KeyUse::Encrypt => roles::KMS_ENCRYPTER,
        KeyUse::Decrypt => roles::KMS_DECRYPTER,
        KeyUse::Manage => roles::KMS_ADMIN,
    }
}

/// The purpose that a key must have to be used so; `None` where every one will do.
fn purpose_of(does: KeyUse) -> Option<schema::KeyPurpose> {
    match does {
        KeyUse::Sign | KeyUse::Verify => Some(schema::KeyPurpose::Sign),
        KeyUse::Encrypt | KeyUse::Decrypt => Some(schema::KeyPurpose::Encrypt),
        KeyUse::Manage => None,
    }
}

/// What an element does with keys, granted on each key and never on its ring.
pub(super) fn used(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    grants: &mut Grants,
    principal: &Principal,
) {
    let key = parts.key.then("keys");
    for (name, uses) in parts.keys {
        let all = &cx.blueprint.keys;
        let place = || Place::Key(key.then(name));
        let Some(written) = cx.named(rules::KEY_UNKNOWN, "key", name, all, place) else {
            continue;
        };
        if uses.0.is_empty() {
            cx.missing(&key, name, "what it does with the key");
        }
        for does in &uses.0 {
            let word = does.word();
            if !suits(*does, written.purpose) {
                let can = match written.purpose {
                    Some(schema::KeyPurpose::Encrypt) => "encrypts and decrypts",
                    _ => "signs and verifies",
                };
                let message = format!("`{name}` cannot {word}");
                let place = Place::Part(key.then(name), word.to_owned());
                unsuited(cx, name, message, &place, format!("the key {can}"));
            }
            if *does == KeyUse::Manage {
                let element = &parts.key;
                cx.needs_exception(
                    element,
                    parts.exceptions,
                    rules::KEY_MANAGED_BY_PROGRAM,
                    format!("`{element}` could give the key `{name}` to anybody"),
                    &Place::Part(key.then(name), word.to_owned()),
                    "makes and destroys its versions, and says who may use it",
                );
            }
            // One that is named wrongly has its own finding.
            if let Some((path, _)) = lies::key(cx, name) {
                grants.add(path.resource(), role(*does), principal.clone(), None, &key);
            }
        }
    }
}

/// Whether a key of that purpose can be used so. One whose purpose is not written has its own finding.
fn suits(does: KeyUse, purpose: Option<schema::KeyPurpose>) -> bool {
    let (Some(purpose), Some(needed)) = (purpose, purpose_of(does)) else {
        return true;
    };
    purpose == needed
}

/// Reports a use that a key is not made for.
pub(super) fn unsuited(
    cx: &mut Context<'_>,
    name: &str,
    message: String,
    place: &Place,
    label: impl Into<String>,
) {
    cx.report(rules::KEY_PURPOSE_MISMATCH, message, place, label)
        .and(
            &Place::Value(Key::of(&["keys", name, "purpose"])),
            "what it is for",
        )
        .help("a key has one purpose for ever: write a second key for the other one");
}

/// The keys of the blueprint, by name.
pub(super) fn resolve(cx: &mut Context<'_>, grants: &mut Grants) -> Vec<CryptoKey> {
    let blueprint = cx.blueprint;
    let keys = blueprint.keys.iter();
    keys.filter_map(|(name, written)| resolved(cx, name, written, grants))
        .collect()
}

fn resolved(
    cx: &mut Context<'_>,
    name: &str,
    written: &schema::CryptoKey,
    grants: &mut Grants,
) -> Option<CryptoKey> {
    let key = Key::of(&["keys", name]);
    cx.check_name(Kind::Own, name, "a key's name", &Place::Key(key.clone()));
    if written.purpose.is_none() {
        cx.missing(&key, "purpose", "`\"encrypt\"` or `\"sign\"`");
    }
    let Some((path, existing)) = lies::key(cx, name) else {
        cx.report(
            rules::EXISTING_INVALID,
            format!("`{name}` does not name a key"),
            &Place::Value(key.then("existing")),
            "not a key's full name",
        )
        .help("write `projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY`, or `true` for the key of this name in this project");
        return None;
    };
    for (list, members, does) in [
        ("signers", &written.signers, KeyUse::Sign),
        ("verifiers", &written.verifiers, KeyUse::Verify),
        ("encrypters", &written.encrypters, KeyUse::Encrypt),
        ("decrypters", &written.decrypters, KeyUse::Decrypt),
    ] {
        let key = key.then(list);
        if !members.is_empty() && !suits(does, written.purpose) {
            let message = format!("nobody can {} with `{name}`", does.word());
            let place = Place::Key(key.clone());
            unsuited(cx, name, message, &place, "of no use with this key");
        }
        for principal in named_list(cx, &key, members) {
            grants.add(path.resource(), role(does), principal, None, &key);
        }
    }
    if existing {
        let keys = [
            ("algorithm", written.algorithm.is_some()),
            ("protection", written.protection.is_some()),
            ("rotation", written.rotation.is_some()),
        ];
        existing_idle(cx, &key, &keys);
        // What a product encrypts with it lies where it lies.
        if !encryption::is_named(cx, name) {
            is_near(cx, &key, &path);
        }
    }
    let purpose = written.purpose?;
    let retiring = written.retire == Some(true);
    Some(CryptoKey {
        name: name.to_owned(),
        path,
        existing,
        purpose: match purpose {
            schema::KeyPurpose::Encrypt => KeyPurpose::Encrypt,
            schema::KeyPurpose::Sign => KeyPurpose::Sign,
        },
        algorithm: algorithm(cx, &key, purpose, written),
        protection: match written.protection {
            None | Some(schema::KeyProtection::Hsm) => KeyProtection::Hsm,
            Some(schema::KeyProtection::Software) => KeyProtection::Software,
        },
        rotation: rotation(cx, &key, purpose, written),
        deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
        labels: labels::of(cx, &key, &written.labels),
    })
}

/// A key of another region is far away, and is away whenever that region is. Locations that hold several regions are not judged.
fn is_near(cx: &mut Context<'_>, key: &Key, path: &KeyPath) {
    let region = cx.project.region.clone();
    if path.location == region || !run::REGIONS.contains(&path.location.as_str()) {
        return;
    }
    cx.report(
        rules::KEY_IN_ANOTHER_REGION,
        format!(
            "`{key}` lies in `{}`, and what uses it in `{region}`",
            path.location
        ),
        &Place::Part(key.then("existing"), path.location.clone()),
        "another region",
    )
    .help("take a key of this region: each use crosses regions, and stops with either of them");
}

fn algorithm(
    cx: &mut Context<'_>,
    key: &Key,
    purpose: schema::KeyPurpose,
    written: &schema::CryptoKey,
) -> &'static str {
    let place = Place::Value(key.then("algorithm"));
    if purpose == schema::KeyPurpose::Encrypt {
        if written.algorithm.is_some() {
            cx.report(
                rules::ALGORITHM_NEEDS_SIGNING,
                format!("`{key}` encrypts, which Google does in one way"),
                &place,
                "only a key that signs has a choice",
            )
            .help("leave `algorithm` out");
        }
        return kms::ENCRYPTION;
    }
    let [usual, ..] = kms::SIGNING;
    let Some(algorithm) = &written.algorithm else {
        return usual;
    };
    let known = kms::SIGNING.into_iter().find(|known| known == algorithm);
    known.unwrap_or_else(|| {
        let what = "way of signing";
        cx.unknown(rules::UNKNOWN_VALUE, what, algorithm, kms::SIGNING, &place);
        usual
    })
}

fn rotation(
    cx: &mut Context<'_>,
    key: &Key,
    purpose: schema::KeyPurpose,
    written: &schema::CryptoKey,
) -> Option<NonZero<u32>> {
    let place = Place::Value(key.then("rotation"));
    if purpose == schema::KeyPurpose::Sign {
        if written.rotation.is_some() {
            cx.report(
                rules::ROTATION_NEEDS_ENCRYPTION,
                format!("`{key}` signs, and Google rotates only keys that encrypt"),
                &place,
                "Google refuses it",
            )
            .note("whoever verifies would not know the public key of the new version")
            .help("leave `rotation` out; a new version is made by hand, and its number stands where the code reads it");
        }
        return None;
    }
    days_between(cx, &key.then("rotation"), written.rotation)
}

/// Days between rotations, which are written at a key; the usual ones where they are not, or not as Google takes them.
pub(super) fn days_between(
    cx: &mut Context<'_>,
    key: &Key,
    written: Option<Duration>,
) -> Option<NonZero<u32>> {
    let most = kms::ROTATION_MAX_DAYS;
    let days = written.and_then(|time| cx.whole_days("a rotation", key, time, most));
    days.or(NonZero::new(kms::ROTATION_DAYS))
}

/// Reports keys that are made and that nobody may use: what Google never deletes, and is paid for.
pub(super) fn somebody_uses(cx: &mut Context<'_>, plan: &Plan) {
    for key in plan.keys.iter().filter(|key| !key.existing) {
        let on = key.path.resource();
        let retires = |written: &schema::CryptoKey| written.retire == Some(true);
        if !plan.grants_on(&on).is_empty() || cx.blueprint.keys.get(&key.name).is_some_and(retires)
        {
            continue;
        }
        cx.report(
            rules::KEY_UNUSED,
            format!("nothing uses the key `{}`", key.name),
            &Place::Key(Key::of(&["keys", &key.name])),
            "made, paid for, and never deleted",
        )
        .help("say who uses it: `keys = { … }` at a service, job or worker; or take it out");
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    /// The errors of a blueprint with these lines in a key that a service uses so.
    fn errors(does: &str, lines: &str) -> Vec<&'static str> {
        let uses = format!("keys = {{ seal = {does} }}\n[keys.seal]\n");
        resolve(&[INTERNAL, &uses, lines]).errors
    }

    #[test]
    fn times_are_whole_days() {
        let rotation = |time: &str| {
            let lines = format!("purpose = \"encrypt\"\nrotation = \"{time}\"");
            errors("\"encrypt\"", &lines)
        };
        for fine in ["1d", "24h", "36500d"] {
            assert!(rotation(fine).is_empty(), "{fine}");
        }
        for wrong in ["0d", "36h", "36501d"] {
            assert_eq!(rotation(wrong), ["out-of-range"], "{wrong}");
        }
    }

    #[test]
    fn a_use_fits_the_purpose() {
        for (purpose, fine, wrong) in [
            ("sign", ["sign", "verify"], ["encrypt", "decrypt"]),
            ("encrypt", ["encrypt", "decrypt"], ["sign", "verify"]),
        ] {
            let lines = format!("purpose = \"{purpose}\"");
            for does in fine {
                assert!(errors(&format!("\"{does}\""), &lines).is_empty(), "{does}");
                let both = format!("[\"{does}\", \"manage\"]");
                assert_eq!(errors(&both, &lines), ["key-managed-by-program"], "{does}");
            }
            for does in wrong {
                let found = errors(&format!("[\"{does}\"]"), &lines);
                assert_eq!(found, ["key-purpose-mismatch"], "{does}");
            }
        }
        let list = "purpose = \"sign\"\ndecrypters = [\"group:a@example.com\"]";
        assert_eq!(errors("\"sign\"", list), ["key-purpose-mismatch"]);
        assert_eq!(errors("[]", "purpose = \"sign\""), ["missing-key"]);
        assert_eq!(errors("\"sign\"", ""), ["missing-key"]);
    }

    #[test]
    fn a_name_is_one_that_google_takes() {
        let path = |path: &str| {
            let lines = format!("purpose = \"sign\"\nexisting = \"{path}\"");
            errors("\"sign\"", &lines)
        };
        let fine = "projects/acme-keys/locations/global/keyRings/Ring_1/cryptoKeys/Key-1";
        assert!(path(fine).is_empty());
        assert!(path(&format!("//cloudkms.googleapis.com/{fine}")).is_empty());
        for (from, to) in [
            ("acme-keys", "x"),
            ("global", "Global"),
            ("Ring_1", "Ring 1"),
            ("Key-1", "Key.1"),
            ("/cryptoKeys/Key-1", ""),
            ("cryptoKeys", "keys"),
        ] {
            assert_eq!(path(&fine.replace(from, to)), ["existing-invalid"], "{to}");
        }
        let two = |second: &str| {
            let sign = "signers = [\"group:a@example.com\"]\npurpose = \"sign\"\n";
            let first = format!("[keys.a-b]\n{sign}");
            resolve(&[INTERNAL, &first, second, sign]).errors
        };
        assert_eq!(two("[keys.A_b]\n"), ["name-collision"]);
        let same = "[keys.other]\nexisting = \"projects/shop-prod/locations/europe-west1/keyRings/shop/cryptoKeys/a-b\"\n";
        assert_eq!(two(same), ["name-collision"]);
        assert_eq!(two("[keys.\"c.d\"]\n"), ["invalid-name"]);
    }

    #[test]
    fn a_use_is_granted_on_the_key_alone() {
        let uses = "keys = { seal = [\"sign\", \"verify\"] }\n[keys.seal]\npurpose = \"sign\"\n";
        let resolved = resolve(&[INTERNAL, uses]);
        let says = |key: &str, value: &str| assert_eq!(resolved.fact(key), Some(value), "{key}");
        says("keys.seal.signers", "run-orders");
        says("keys.seal.verifiers", "run-orders");
        says("keys.seal.managers", "nobody");
        says(
            "services.orders.grants",
            "cloudkms.publicKeyViewer on key seal, cloudkms.signer on key seal",
        );
        assert_eq!(resolved.fact("keys.seal.rotation"), None);
        let unused = resolve(&[INTERNAL, "[keys.seal]\npurpose = \"sign\"\n"]);
        assert_eq!(unused.warnings, ["key-unused"]);
        let retires = "[keys.seal]\npurpose = \"sign\"\nretire = true\n";
        assert!(resolve(&[INTERNAL, retires]).warnings.is_empty());
    }
}
