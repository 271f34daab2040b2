//! Headers that the load balancer adds to every response.

use std::collections::BTreeMap;

use crate::blueprint::schema::{OneOrFalse, Table};
use crate::blueprint::{Key, Place};
use crate::rules;

use super::Context;
use crate::name::is_http_token;

/// What every response gets. They are right for pages and for APIs alike, and a service cannot mean less by them: the load
/// balancer writes over a header of the same name. That is why `Referrer-Policy` and `Content-Security-Policy` are missing:
/// browsers have a good default for the first, and only the service knows the second, which is stronger than
/// `X-Frame-Options` wherever it says who may frame.
const DEFAULTS: [(&str, &str); 3] = [
    (
        "Strict-Transport-Security",
        "max-age=31536000; includeSubDomains",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
];

/// Names and beginnings of names that the load balancer does not take
/// (<https://cloud.google.com/load-balancing/docs/https/custom-headers-global>).
const REFUSED: [&str; 10] = [
    "x-user-ip",
    "cdn-loop",
    "host",
    "authority",
    "keep-alive",
    "transfer-encoding",
    "te",
    "connection",
    "trailer",
    "upgrade",
];
const REFUSED_BEGINNINGS: [&str; 4] = ["x-google", "x-goog-", "x-gfe", "x-amz-"];

/// The headers as `Name: value`, by name in lower case.
pub(super) fn resolve(cx: &mut Context<'_>, key: &Key, written: &Table<OneOrFalse>) -> Vec<String> {
    let mut headers: BTreeMap<String, (&str, &str)> = DEFAULTS
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), (*name, *value)))
        .collect();
    let mut seen: BTreeMap<String, Key> = BTreeMap::new();
    for (name, value) in written {
        let key = key.then(name);
        let place = Place::Key(key.clone());
        let lower = name.to_ascii_lowercase();
        if let Some(first) = seen.insert(lower.clone(), key.clone()) {
            cx.report(
                rules::HEADER_TWICE,
                format!("header `{name}` is written twice"),
                &place,
                "upper and lower case are the same",
            )
            .and(&Place::Key(first), "the first");
            continue;
        }
        if !is_http_token(name) {
            cx.report(
                rules::HEADER_INVALID,
                format!("`{name}` is not the name of a header"),
                &place,
                "takes letters, digits and hyphens",
            );
            continue;
        }
        if REFUSED.contains(&lower.as_str())
            || REFUSED_BEGINNINGS
                .iter()
                .any(|start| lower.starts_with(start))
        {
            cx.report(
                rules::HEADER_INVALID,
                format!("the load balancer cannot set `{name}`"),
                &place,
                "kept by Google Cloud",
            );
            continue;
        }
        match value {
            OneOrFalse::False => {
                if headers.remove(&lower).is_none() {
                    let names = DEFAULTS.iter().map(|(name, _)| *name);
                    cx.unknown(
                        rules::HEADER_UNKNOWN,
                        "header that is set by default",
                        name,
                        names,
                        &place,
                    );
                }
            }
            OneOrFalse::Text(value) => {
                let plain = value.trim() == value
                    && value
                        .bytes()
                        .all(|byte| byte == b' ' || byte.is_ascii_graphic());
                if plain {
                    headers.insert(lower, (name, value));
                } else {
                    let place = Place::Value(key);
                    let message = format!("the value of `{name}` cannot stand in a header");
                    cx.report(
                        rules::HEADER_INVALID,
                        message,
                        &place,
                        "takes printable ASCII without spaces at its ends",
                    );
                }
            }
        }
    }
    headers
        .into_values()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect()
}
