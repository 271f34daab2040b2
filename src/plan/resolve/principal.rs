//! Principals that the blueprint names.

use crate::blueprint::{Key, Place};
use crate::diag::similar;
use crate::name;
use crate::plan::model::{Principal, Text};
use crate::rules;

use super::context::Context;
use super::reference;

/// A kind of principal: its word, what a grant looks like, and whether what stands behind the word can be one
/// (<https://cloud.google.com/iam/docs/principal-identifiers>, "for allow policies").
type Form = (&'static str, &'static str, fn(&str) -> bool);

const KINDS: [Form; 6] = [
    (
        "serviceAccount",
        "serviceAccount:NAME@PROJECT.iam.gserviceaccount.com",
        |who| is_address(who) || is_kubernetes_account(who),
    ),
    ("user", "user:NAME@DOMAIN", is_address),
    ("group", "group:NAME@DOMAIN", is_address),
    ("domain", "domain:example.com", is_domain),
    (
        "principal",
        "principal://iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/subject/SUBJECT",
        |who| is_identifier(who, |rest| rest.starts_with("subject/")),
    ),
    (
        "principalSet",
        "principalSet://iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/attribute.NAME/VALUE",
        |who| is_identifier(who, |rest| !rest.starts_with("subject/")),
    ),
];

/// A principal that the blueprint names, checked: one that means the public is refused everywhere.
fn named(cx: &mut Context<'_>, place: &Place, member: &str) -> Option<Principal> {
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
    let split = member.split_once(':');
    let of = |kind: &str| KINDS.into_iter().find(|(word, _, _)| *word == kind);
    let known = split.and_then(|(kind, who)| Some((of(kind)?, who)));
    match known {
        Some(((kind, _, fits), who)) if is_plain_member(who) && fits(who) => {
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
        _ => {
            let finding = cx.report(
                rules::INVALID_MEMBER,
                format!("`{member}` is not a principal of IAM"),
                place,
                "cannot be granted anything",
            );
            let finding = match known {
                Some(((_, form, _), _)) => finding.help(format!("write `{form}`")),
                None => finding.help("write `serviceAccount:…`, `group:…`, `user:…`, `domain:…`, `principal://…` or `principalSet://…`"),
            };
            if let Some(meant) = meant(member) {
                finding.replace("a principal says its kind", place, member, &meant);
            }
            None
        }
    }
}

/// The principal that was probably meant: an account without its kind, or a kind with a slip.
fn meant(member: &str) -> Option<String> {
    if let Some((kind, who)) = member.split_once(':') {
        let near = similar(kind, KINDS.iter().map(|(word, _, _)| *word))?;
        let (_, _, fits) = KINDS.into_iter().find(|(word, _, _)| *word == near)?;
        return (is_plain_member(who) && fits(who)).then(|| format!("{near}:{who}"));
    }
    let is_account =
        member.ends_with(".gserviceaccount.com") && is_plain_member(member) && is_address(member);
    is_account.then(|| format!("serviceAccount:{member}"))
}

/// Whether the part behind the kind has nothing that a policy file could trip over.
fn is_plain_member(who: &str) -> bool {
    !who.is_empty()
        && who
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\"'`\\$<>{}|;&(),".contains(&byte))
}

/// Whether it is a mail address. IAM takes capitals, and makes them small.
fn is_address(who: &str) -> bool {
    who.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty() && !name.contains([':', '/', '[', ']']) && is_domain(domain)
    })
}

fn is_domain(who: &str) -> bool {
    name::Kind::Domain.accepts(&who.to_ascii_lowercase())
}

/// Whether it is an account of Kubernetes: `PROJECT.svc.id.goog[NAMESPACE/ACCOUNT]`.
fn is_kubernetes_account(who: &str) -> bool {
    let account = who
        .strip_suffix(']')
        .and_then(|who| who.split_once(".svc.id.goog["));
    account.is_some_and(|(project, account)| {
        name::Kind::ProjectId.accepts(project)
            && account.split_once('/').is_some_and(|(namespace, name)| {
                [namespace, name]
                    .iter()
                    .all(|part| name::Kind::Part.accepts(part))
            })
    })
}

/// Whether it is an identifier of a service of Google's. Of one in an identity pool `fits` says whether what follows the pool is
/// of the kind. Who is of `goog`, as in `//goog/group/…`, can be denied something and not granted anything.
fn is_identifier(who: &str, fits: fn(&str) -> bool) -> bool {
    let Some((host, path)) = who.strip_prefix("//").and_then(|who| who.split_once('/')) else {
        return false;
    };
    if host != "iam.googleapis.com" {
        let of_google = [".googleapis.com", ".id.goog"]
            .iter()
            .any(|end| host.ends_with(end));
        return of_google && is_domain(host) && !path.is_empty();
    }
    let mut parts = path.split('/').peekable();
    let mut pools = "workforcePools";
    if parts.next_if_eq(&"projects").is_some() {
        pools = "workloadIdentityPools";
        let number = parts.next().unwrap_or_default();
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return false;
        }
    }
    let below = ["locations", "global", pools];
    if !below.iter().all(|part| parts.next() == Some(part)) {
        return false;
    }
    let pool = parts.next().unwrap_or_default();
    let rest = parts.collect::<Vec<_>>().join("/");
    // All of a pool is `*`; everything else has a name and a value.
    let whole = rest == "*"
        || rest
            .split_once('/')
            .is_some_and(|(name, value)| !name.is_empty() && !value.is_empty());
    name::Kind::Compute.accepts(pool) && whole && fits(&rest)
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
    use super::{KINDS, is_plain_member, meant};

    #[test]
    fn a_principal_without_its_kind_is_guessed() {
        let account = "a@p.iam.gserviceaccount.com";
        assert_eq!(meant(account), Some(format!("serviceAccount:{account}")));
        assert_eq!(
            meant("serviceaccount:a@b.c"),
            Some("serviceAccount:a@b.c".to_owned())
        );
        assert_eq!(meant("serviceaccount:a@b"), None);
        assert_eq!(meant("@p.iam.gserviceaccount.com"), None);
        assert_eq!(meant("ada@example.com"), None);
        assert_eq!(meant("robot:a@b.c"), None);
    }

    fn takes(member: &str) -> bool {
        let (kind, who) = member.split_once(':').unwrap();
        let (_, _, fits) = KINDS
            .into_iter()
            .find(|(word, _, _)| *word == kind)
            .unwrap();
        is_plain_member(who) && fits(who)
    }

    #[test]
    fn principals_are_taken_as_iam_takes_them() {
        for member in [
            "user:Ada.Lovelace+x@example.com",
            "group:all@example.co.uk",
            "domain:example.com",
            "serviceAccount:run-web@acme-shop.iam.gserviceaccount.com",
            "serviceAccount:run-web@shop.acme.com.iam.gserviceaccount.com",
            "serviceAccount:123-compute@developer.gserviceaccount.com",
            "serviceAccount:acme-shop.svc.id.goog[shop/web]",
            "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/subject/repo:acme/shop",
            "principal://iam.googleapis.com/locations/global/workforcePools/staff/subject/ada@example.com",
            "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/attribute.repository/acme/shop",
            "principalSet://iam.googleapis.com/locations/global/workforcePools/staff/group/ops",
            "principalSet://iam.googleapis.com/locations/global/workforcePools/staff/*",
            "principalSet://cloudresourcemanager.googleapis.com/projects/1/type/ServiceAccount",
            "principal://ci.global.1.workload.id.goog/subject/ns/shop/sa/web",
        ] {
            assert!(takes(member), "{member}");
        }
        for member in [
            "user:bob",
            "group:x",
            "group:@",
            "group:@example.com",
            "group:all@",
            "group:all@localhost",
            "group:a@b@example.com",
            "group:all@example.com/",
            "domain:foo",
            "domain:@example.com",
            "serviceAccount:foo",
            "serviceAccount:a@b",
            "serviceAccount:acme-shop.svc.id.goog",
            "serviceAccount:acme-shop.svc.id.goog[web]",
            "principal:x",
            "principal://x",
            "principal://iam.googleapis.com",
            "principal://iam.googleapis.com/",
            "principal://goog/subject/ada@example.com",
            "principalSet://goog/public:all",
            "principalSet://example.com/a/b",
            // A project is told by its number.
            "principalSet://iam.googleapis.com/projects/acme-shop/locations/global/workloadIdentityPools/ci/*",
            "principalSet://iam.googleapis.com/projects/1/locations/global/workforcePools/ci/*",
            "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci",
            "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/attribute.repository/",
            // One is no set, and a set is not one.
            "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/subject/x",
            "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/*",
        ] {
            assert!(!takes(member), "{member}");
        }
    }
}
