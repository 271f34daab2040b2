//! Where the requests of a service go: the shares of its revisions, and their tags.

use crate::blueprint::schema::{self, CiOwns};
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::run;
use crate::plan::model::{LATEST, Revision, Traffic};
use crate::rules;

use super::context::Context;
use super::service::owned;

/// What a service says about its revisions. What is wrong is reported, and then not taken.
pub(super) fn resolve(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    written: &schema::Service,
    run_app_closed: bool,
) -> Traffic {
    let mut traffic = Traffic::latest();
    if written.traffic.is_empty() && written.tags.is_empty() {
        return traffic;
    }
    traffic.written = true;
    if written.ci_owns.contains(&CiOwns::Traffic) {
        of_pipeline(cx, key, written);
    }
    if let Some(shares) = shares(cx, key, name, written) {
        traffic.shares = shares;
    }
    traffic.tags = tags(cx, key, name, written);
    pinned(cx, key, written, &traffic);
    if run_app_closed && !written.tags.is_empty() {
        cx.report(
            rules::TAG_UNREACHABLE,
            format!("no tag of `{key}` can be reached"),
            &Place::Value(key.then("tags")),
            "stand before its run.app address, which is closed",
        )
        .help("leave `tags` out: the load balancer goes by `traffic` alone");
    }
    traffic
}

/// The table that says it, the first of the two where both do.
pub(super) fn table(written: &schema::Service) -> &'static str {
    if written.traffic.is_empty() {
        "tags"
    } else {
        "traffic"
    }
}

/// Reports that the blueprint and a pipeline both share out the traffic.
fn of_pipeline(cx: &mut Context<'_>, key: &Key, written: &schema::Service) {
    let table = table(written);
    cx.report(
        rules::TRAFFIC_OF_PIPELINE,
        format!("`{key}` says where its requests go, and leaves it to a pipeline"),
        &Place::Value(key.then(table)),
        "is looked at by nothing",
    )
    .and(
        &Place::Value(key.then("ci_owns")),
        "`traffic` is the pipeline's",
    )
    .help(format!(
        "take `{table}` out, or `\"traffic\"` off `ci_owns`"
    ));
}

/// The shares, where they are whole; named revisions first, as gcloud orders them.
fn shares(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    written: &schema::Service,
) -> Option<Vec<(Revision, u32)>> {
    if written.traffic.is_empty() {
        return None;
    }
    let table = key.then("traffic");
    let mut shares = Vec::new();
    for (to, percent) in &written.traffic {
        let entry = table.then(to);
        if !(1..=100).contains(percent) {
            cx.report(
                rules::OUT_OF_RANGE,
                format!("a share cannot be {percent} percent"),
                &Place::Value(entry.clone()),
                "takes 1 to 100",
            );
        }
        let to = revision(cx, name, to, &Place::Key(entry));
        shares.extend(to.map(|to| (to, *percent)));
    }
    let sum: u64 = written.traffic.values().map(|one| u64::from(*one)).sum();
    if sum != 100 {
        cx.report(
            rules::TRAFFIC_NOT_WHOLE,
            format!("the shares of `{key}` are {sum} percent together"),
            &Place::Value(table),
            "have to be 100",
        )
        .help(format!("`{LATEST}` takes what the others leave"));
    }
    shares.sort();
    (sum == 100 && shares.len() == written.traffic.len()).then_some(shares)
}

/// The tags, by name.
fn tags(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    written: &schema::Service,
) -> Vec<(String, Revision)> {
    let table = key.then("tags");
    let mut tags = Vec::new();
    for (tag, to) in &written.tags {
        let entry = table.then(tag);
        let place = Place::Key(entry.clone());
        if cx.check_name(Kind::Tag, tag, "a tag", &place) {
            let long = tag.len() + name.len();
            if long > run::TAG_AND_NAME_MAX {
                cx.report(
                    rules::INVALID_NAME,
                    format!("`{tag}` cannot be a tag of `{key}`"),
                    &place,
                    format!(
                        "has {long} characters with the service's name, and an address takes {}",
                        run::TAG_AND_NAME_MAX
                    ),
                );
            }
        }
        let to = revision(cx, name, to, &Place::Value(entry));
        tags.extend(to.map(|to| (tag.clone(), to)));
    }
    tags
}

/// A revision of a service; reports a name that none of its revisions can have.
fn revision(cx: &mut Context<'_>, service: &str, name: &str, place: &Place) -> Option<Revision> {
    if name == LATEST {
        return Some(Revision::Latest);
    }
    if !cx.check_name(Kind::Revision, name, "a revision's name", place) {
        return None;
    }
    let own = name.strip_prefix(service);
    if own.and_then(|rest| rest.strip_prefix('-')).is_none() {
        cx.report(
            rules::REVISION_INVALID,
            format!("`{name}` is no revision of `{service}`"),
            place,
            format!("takes `{LATEST}`, or a name that begins with `{service}-`"),
        )
        .help(format!(
            "`gcloud run revisions list --service={service}` tells their names"
        ));
        return None;
    }
    Some(Revision::Named(name.to_owned()))
}

/// Reports a revision that stays while the blueprint goes on.
fn pinned(cx: &mut Context<'_>, key: &Key, written: &schema::Service, traffic: &Traffic) {
    let share = traffic.shares.iter().find_map(|(to, _)| to.name());
    let tag = traffic.tags.iter().find(|(_, to)| to.name().is_some());
    let (place, label) = match (share, tag) {
        (Some(to), _) => (
            Place::Key(key.then("traffic").then(to)),
            "answers as it was made, whatever is written here later",
        ),
        (None, Some((tag, _))) => (
            Place::Value(key.then("tags").then(tag)),
            "answers there as it was made, whatever is written here later",
        ),
        (None, None) => return,
    };
    let message = format!("`{key}` holds a revision at its name");
    let finding = cx
        .report(rules::REVISION_PINNED, message, &place, label)
        .note("image, variables, pins of secrets, egress and account are those of then; the facts tell those of the latest");
    let owned = owned(written.ci_owns.iter().copied());
    let deployed = owned.iter().any(|one| one.has_image());
    let finding = if deployed && share.is_some() {
        finding.note(format!(
            "what a pipeline deploys is the latest, and gets {} of 100 requests",
            traffic.to_latest()
        ))
    } else {
        finding
    };
    finding.help(format!("lead to `{LATEST}` again as soon as it may answer"));
}

#[cfg(test)]
mod tests {
    use crate::plan::model::{Revision, Traffic};
    use crate::plan::resolve::testing::{INTERNAL, Resolved, resolve};

    fn with(lines: &str) -> Resolved {
        resolve(&[INTERNAL, lines])
    }

    #[test]
    fn everything_goes_to_the_latest_and_nothing_is_said_of_it() {
        let resolved = with("");
        assert_eq!(resolved.plan().services[0].traffic, Traffic::latest());
        assert_eq!(resolved.fact("services.orders.traffic"), None);
        let said = with("traffic = { latest = 100 }\n");
        assert_eq!(said.fact("services.orders.traffic"), Some("latest"));
        assert_eq!(said.fact("services.orders.tags"), Some("none"));
        assert!(said.warnings.is_empty(), "{:?}", said.warnings);
    }

    #[test]
    fn shares_stand_as_gcloud_orders_them() {
        let resolved = with(
            "traffic = { latest = 10, orders-00012-kip = 90 }\ntags = { old = \"orders-00011-zam\", next = \"latest\" }\n",
        );
        assert_eq!(resolved.warnings, ["revision-pinned"]);
        let traffic = &resolved.plan().services[0].traffic;
        let named = |name: &str| Revision::Named(name.to_owned());
        let shares = vec![(named("orders-00012-kip"), 90), (Revision::Latest, 10)];
        assert_eq!(traffic.shares, shares);
        assert_eq!(traffic.to_latest(), 10);
        assert_eq!(traffic.pinned(), ["orders-00011-zam", "orders-00012-kip"]);
        let fact = |name: &str| resolved.fact(&format!("services.orders.{name}"));
        let shares = "latest 10%, orders-00012-kip 90%";
        assert_eq!(fact("traffic"), Some(shares));
        let tags = "next is latest, old is orders-00011-zam";
        assert_eq!(fact("tags"), Some(tags));
    }

    #[test]
    fn what_cannot_be_is_told() {
        let errors = |lines: &str| with(lines).errors;
        assert_eq!(errors("traffic = { latest = 90 }\n"), ["traffic-not-whole"]);
        let both = ["out-of-range", "out-of-range", "traffic-not-whole"];
        let lines = "traffic = { latest = 0, orders-00012-kip = 4000000000 }\n";
        assert_eq!(errors(lines), both);
        let lines = "traffic = { latest = 0, orders-00012-kip = 100 }\n";
        assert_eq!(errors(lines), ["out-of-range"]);
        for other in ["blue", "orders", "orders2-00012-kip"] {
            let lines = format!("traffic = {{ {other} = 100 }}\n");
            assert_eq!(errors(&lines), ["revision-invalid"], "{other}");
            let lines = format!("tags = {{ next = \"{other}\" }}\n");
            assert_eq!(errors(&lines), ["revision-invalid"], "{other}");
        }
        for other in [
            "orders-00012-",
            "orders-00012 kip",
            "Orders-1",
            "orders-$(id)",
        ] {
            let lines = format!("traffic = {{ \"{other}\" = 100 }}\n");
            assert_eq!(errors(&lines), ["invalid-name"], "{other}");
        }
        for tag in ["Next", "next--one", &"a".repeat(41)] {
            let lines = format!("tags = {{ \"{tag}\" = \"latest\" }}\n");
            assert_eq!(errors(&lines), ["invalid-name"], "{tag}");
        }
        let fits = format!("tags = {{ {} = \"latest\" }}\n", "a".repeat(40));
        assert!(errors(&fits).is_empty());
        let lines = "ci_owns = [\"traffic\"]\ntags = { next = \"latest\" }\n";
        assert_eq!(errors(lines), ["traffic-of-pipeline"]);
    }
}
