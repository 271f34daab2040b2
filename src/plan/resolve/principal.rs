//! Principals that the blueprint names.

use crate::blueprint::{Key, Place};
use crate::plan::model::{Principal, Text};
use crate::rules;

use super::context::Context;
use super::reference;

/// A principal that the blueprint names, checked: one that means the public is refused everywhere.
fn named(cx: &mut Context<'_>, place: &Place, member: &str) -> Option<Principal> {
    const KINDS: [&str; 6] = [
        "serviceAccount",
        "user",
        "group",
        "domain",
        "principal",
        "principalSet",
    ];
    if ["allUsers", "allAuthenticatedUsers"].contains(&member) {
        cx.report(
            rules::PUBLIC_MEMBER,
            format!("`{member}` is the whole internet"),
            place,
            "named principals only",
        )
        .note("`allAuthenticatedUsers` is anybody with a Google account")
        .help("a service that everybody may call says `auth = \"anonymous\"`, with its exception");
        return None;
    }
    let kind = member
        .split_once(':')
        .filter(|(kind, who)| KINDS.contains(kind) && is_plain_member(who));
    match kind {
        None => {
            cx.report(rules::INVALID_MEMBER, format!("`{member}` is not a principal of IAM"), place, "cannot be granted anything")
                .help("write `serviceAccount:…`, `group:…`, `user:…`, `domain:…`, `principal://…` or `principalSet://…`");
            None
        }
        Some((kind, _)) => {
            if kind == "user" {
                cx.report(
                    rules::USER_MEMBER,
                    format!("`{member}` is a single person"),
                    place,
                    "leaves one day, and the grant stays",
                )
                .help("name a group: `group:…`");
            }
            Some(Principal::Named(Text::literal(member)))
        }
    }
}

/// Whether the part behind the kind has nothing that a policy file could trip over.
fn is_plain_member(who: &str) -> bool {
    !who.is_empty()
        && who
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\"'`\\$<>{}|;&(),".contains(&byte))
}

/// A list of principals that the blueprint names.
pub(super) fn named_list(cx: &mut Context<'_>, key: &Key, members: &[String]) -> Vec<Principal> {
    let mut principals = Vec::new();
    for (index, member) in members.iter().enumerate() {
        let item = key.item(index);
        let Some(member) = reference::known(cx, &item, member, None) else {
            continue;
        };
        principals.extend(named(cx, &Place::Value(item), &member));
    }
    principals
}
