//! Names: what Google takes, and how names are derived from the blueprint's.

mod kind;

use heck::ToSnakeCase as _;
use sha2::{Digest, Sha256};

use kind::{ACCOUNT_ID_MAX, ACCOUNT_ID_MIN};
pub use kind::{DEFAULT_FIRESTORE, GOOGLE_EVENTS, Kind, PROJECT_ID_MAX, is_http_token};

/// The id of a derived service account: `run-orders`; cut and hashed where 30 characters do not hold it, and with the hash
/// of a name that is too short for an id.
#[must_use]
pub fn account_id(prefix: &str, name: &str) -> String {
    let id = format!("{prefix}-{name}");
    if id.len() < ACCOUNT_ID_MIN {
        return format!("{id}-{}", short_hash(&id));
    }
    cut(&id, ACCOUNT_ID_MAX)
}

/// A name as an identifier in snake case: `stripe-key` and `Stripe_Key` both become `stripe_key`. An identifier begins with
/// a letter or `_`.
#[must_use]
pub fn identifier(name: &str) -> String {
    // Most names are in kebab case, where it takes one step.
    let words = || name.split('-');
    let of_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_kebab = words().all(|word| !word.is_empty() && word.bytes().all(of_word));
    let id = if is_kebab {
        name.replace('-', "_")
    } else {
        name.to_snake_case()
    };
    if !id.starts_with(char::is_alphabetic) {
        return format!("_{id}");
    }
    id
}

/// The longest Compute Engine name.
const COMPUTE_NAME_MAX: usize = 63;

/// A Compute Engine name; cut and hashed where 63 characters do not hold it.
#[must_use]
pub fn compute_name(name: &str) -> String {
    cut(name, COMPUTE_NAME_MAX)
}

/// A name of at most `max` characters: itself, or its beginning and a hash of all of it.
fn cut(name: &str, max: usize) -> String {
    if name.len() <= max {
        return name.to_owned();
    }
    let hash = short_hash(name);
    let head = &name[..max - hash.len() - 1];
    format!("{}-{hash}", head.trim_end_matches('-'))
}

/// A domain as a resource's name: `shop-example-com`; a wildcard becomes `any-…`.
#[must_use]
pub fn domain_slug(domain: &str) -> String {
    compute_name(&domain.replace("*.", "any.").replace('.', "-"))
}

/// Eight hexadecimal digits of a text's SHA-256.
#[must_use]
pub fn short_hash(text: &str) -> String {
    hash(text.as_bytes())[..8].to_owned()
}

/// The SHA-256 of bytes in hexadecimal digits.
#[must_use]
pub fn hash(bytes: &[u8]) -> String {
    let digits =
        |byte: &u8| [byte >> 4, byte & 15].map(|digit| b"0123456789abcdef"[usize::from(digit)]);
    let digest = Sha256::digest(bytes);
    digest.iter().flat_map(digits).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_in_snake_case() {
        for name in [
            "web",
            "partner-api",
            "a1-b2c",
            "v2-2v",
            "Stripe_Key",
            "a--b",
            "a-b-",
            "aB-c.d",
        ] {
            assert_eq!(identifier(name), name.to_snake_case(), "{name}");
        }
        assert_eq!(identifier("2fa-key"), "_2fa_key");
    }

    #[test]
    fn account_ids_fit_and_differ() {
        let long = "a-service-with-a-very-long-name";
        let one = account_id("run", &format!("{long}-1"));
        let two = account_id("run", &format!("{long}-2"));
        assert_eq!(account_id("run", "orders"), "run-orders");
        let short = account_id("run", "a");
        assert!(Kind::AccountId.accepts(&short), "{short}");
        assert!(one.len() <= ACCOUNT_ID_MAX && two.len() <= ACCOUNT_ID_MAX);
        assert_ne!(one, two);
    }
}
