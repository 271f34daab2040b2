//! Principals that the blueprint names.

use crate::blueprint::{Key, Place};
use crate::diag::similar;
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
            let meant = meant(member, &KINDS);
            let finding = cx
                .report(rules::INVALID_MEMBER, format!("`{member}` is not a principal of IAM"), place, "cannot be granted anything")
                .help("write `serviceAccount:…`, `group:…`, `user:…`, `domain:…`, `principal://…` or `principalSet://…`");
            if let Some(meant) = meant {
                finding.replace("a principal says its kind", place, member, &meant);
            }
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

/// The principal that was probably meant: an account without its kind, or a kind with a slip.
fn meant(member: &str, kinds: &[&str]) -> Option<String> {
    if let Some((kind, who)) = member.split_once(':') {
        let near = similar(kind, kinds.iter().copied())?;
        return is_plain_member(who).then(|| format!("{near}:{who}"));
    }
    let is_account = member.ends_with(".gserviceaccount.com") && is_plain_member(member);
    is_account.then(|| format!("serviceAccount:{member}"))
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

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn a_principal_without_its_kind_is_guessed() {
        let kinds = ["serviceAccount", "user", "group"];
        let meant = |member: &str| meant(member, &kinds);
        let account = "a@p.iam.gserviceaccount.com";
        assert_eq!(meant(account), Some(format!("serviceAccount:{account}")));
        assert_eq!(
            meant("serviceaccount:a@b"),
            Some("serviceAccount:a@b".to_owned())
        );
        assert_eq!(meant("ada@example.com"), None);
        assert_eq!(meant("robot:a@b"), None);
    }
}
