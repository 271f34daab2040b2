//! References: `${services.orders.url}` and the like, in texts of the blueprint.

mod bucket;
mod cache;
mod channel;
mod dataset;
mod element;
mod firestore;
mod key;
mod message;
mod queue;
mod registry;
mod workflow;

use crate::blueprint::schema::{
    BucketAccess, DatabaseUse, DatasetAccess, Egress, Exposure, FirestoreAccess, Ingress, KeyUses,
    Run, SecretUses, Service, Sidecar, Table, Volume,
};
use crate::blueprint::{Key, Place};
use crate::diag::similar;
use crate::plan::model::{Part, Stage, Text};
use crate::rules;

use super::context::Context;
pub(super) use cache::{authority_in, cache_host, cache_of};
use element::{account, database, secret, service};
use message::{subscription, topic};

/// Who speaks: the element in whose texts a reference stands.
#[derive(Clone, Copy)]
pub(super) struct Speaker<'s> {
    /// Its key.
    pub key: &'s Key,
    /// Its name.
    pub name: &'s str,
    /// Whether it is a service, which has an address.
    pub is_service: bool,
    /// Whether it is a workflow, of which only is known what it calls and starts.
    pub is_workflow: bool,
    /// The services that it calls.
    pub calls: &'s [String],
    /// The topics that it publishes to.
    pub publishes: &'s [String],
    /// The subscriptions that it pulls from.
    pub consumes: &'s [String],
    /// The jobs and workflows that it starts, each with its kind.
    pub starts: &'s Table<Run>,
    /// The queues that it adds tasks to.
    pub enqueues: &'s [String],
    /// The databases that it uses, by name.
    pub databases: &'s Table<DatabaseUse>,
    /// The caches that it uses.
    pub caches: &'s [String],
    /// The channels that it publishes events to.
    pub channels: &'s [String],
    /// The databases of Firestore that it uses.
    pub firestores: &'s Table<FirestoreAccess>,
    /// The datasets that it uses.
    pub datasets: &'s Table<DatasetAccess>,
    /// The buckets that it uses.
    pub buckets: &'s Table<BucketAccess>,
    /// The keys that it uses.
    pub keys: &'s KeyUses,
    /// Its volumes, which may be buckets.
    pub volumes: &'s Table<Volume>,
    /// The secrets that it reads.
    pub secrets: &'s SecretUses,
    /// Its sidecars, which read secrets too.
    pub sidecars: &'s Table<Sidecar>,
}

/// A text between references, or a reference.
enum Piece<'t> {
    Literal(&'t str),
    Reference(&'t str),
    /// `${` without its `}`.
    Open,
}

/// Splits a text; `$${` is a plain `${`.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        if rest[..start].ends_with('$') {
            // `$${`: the first dollar sign is the escape.
            pieces.push(Piece::Literal(&rest[..start - 1]));
            pieces.push(Piece::Literal("${"));
            rest = &rest[start + 2..];
            continue;
        }
        pieces.push(Piece::Literal(&rest[..start]));
        let Some(end) = rest[start..].find('}') else {
            pieces.push(Piece::Open);
            return pieces;
        };
        pieces.push(Piece::Reference(&rest[start + 2..start + end]));
        rest = &rest[start + end + 1..];
    }
    pieces.push(Piece::Literal(rest));
    pieces
}

/// Resolves the references of a text. What cannot be resolved is reported and left out.
pub(super) fn text(
    cx: &mut Context<'_>,
    key: &Key,
    raw: &str,
    speaker: Option<Speaker<'_>>,
) -> Text {
    let mut text = Text::default();
    for piece in pieces(raw) {
        match piece {
            Piece::Literal(literal) => text = text.then(literal),
            Piece::Open => {
                cx.report(
                    rules::REFERENCE_OPEN,
                    "`${` without `}`",
                    &Place::Part(key.clone(), "${".to_owned()),
                    "opens here",
                )
                .help("close it, or write `$${` for a plain `${`");
            }
            Piece::Reference(reference) => {
                if let Some(value) = resolve(cx, key, reference, speaker) {
                    text = text.then_text(&value);
                }
            }
        }
    }
    text
}

/// As [`text`], where the whole must be known now: a domain, an image, a principal.
pub(super) fn known(
    cx: &mut Context<'_>,
    key: &Key,
    raw: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<String> {
    let text = text(cx, key, raw, speaker);
    let known = text.known().map(str::to_owned);
    if known.is_none() {
        cx.report(
            rules::REFERENCE_UNKNOWN_YET,
            format!("`{raw}` is only known when the output is applied"),
            &Place::Value(key.clone()),
            "must be known now",
        )
        .help("write `project_number` at the environment, or the text itself");
    }
    known
}

/// The state's bucket, which may hold `${environment}` and `${stage}`.
pub(super) fn state_bucket(cx: &mut Context<'_>, key: &Key, raw: &str, stage: Stage) -> String {
    let mut name = String::new();
    for piece in pieces(raw) {
        match piece {
            Piece::Literal(literal) => name.push_str(literal),
            Piece::Reference("environment") => name.push_str(cx.environment_name()),
            Piece::Reference("stage") => name.push_str(stage.name()),
            Piece::Reference(other) => {
                let place = Place::Part(key.clone(), other.to_owned());
                cx.report(
                    rules::REFERENCE_UNKNOWN,
                    format!("`{other}` is not known here"),
                    &place,
                    "of no use here",
                )
                .help("a bucket's name may hold `${environment}` and `${stage}`");
            }
            Piece::Open => {
                let place = Place::Part(key.clone(), "${".to_owned());
                cx.report(
                    rules::REFERENCE_OPEN,
                    "`${` without `}`",
                    &place,
                    "opens here",
                );
            }
        }
    }
    name
}

fn resolve(
    cx: &mut Context<'_>,
    key: &Key,
    reference: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    let segments: Vec<&str> = reference.split('.').collect();
    // Who may have to declare that it uses something.
    let user = speaker.filter(|speaker| !speaker.is_workflow);
    match segments.as_slice() {
        ["environment"] => Some(Text::literal(cx.environment_name())),
        ["project", "id"] => Some(Text::literal(&cx.project.id)),
        ["project", "name"] => Some(Text::literal(&cx.project.name)),
        ["project", "region"] => Some(Text::literal(&cx.project.region)),
        ["project", "number"] => Some(number(cx)),
        ["self", property] => own(cx, key, property, speaker),
        ["accounts", name] => account(cx, key, name),
        ["images", name] => {
            let written = known_name(cx, key, "image", name, &cx.blueprint.images)?;
            Some(image(cx, name, written))
        }
        ["values", name] => {
            known_name(cx, key, "value", name, &cx.blueprint.values)?;
            Some(Text::default().then_part(Part::Value((*name).to_owned())))
        }
        ["jobs", name, "name"] => {
            known_name(cx, key, "job", name, &cx.blueprint.jobs)?;
            Some(Text::literal(*name))
        }
        ["workers", name, "name"] => {
            known_name(cx, key, "worker", name, &cx.blueprint.workers)?;
            Some(Text::literal(*name))
        }
        ["services", name, property] => {
            known_name(cx, key, "service", name, &cx.blueprint.services)?;
            service(cx, key, name, property, speaker)
        }
        ["databases", name, property] => {
            known_name(cx, key, "database", name, &cx.blueprint.databases)?;
            database(cx, key, name, property, user)
        }
        ["caches", name, property] => {
            known_name(cx, key, "cache", name, &cx.blueprint.caches)?;
            cache::cache(cx, key, name, property, user)
        }
        ["channels", name, property] => {
            known_name(cx, key, "channel", name, &cx.blueprint.channels)?;
            channel::channel(cx, key, name, property, user)
        }
        ["firestores", name, property] => {
            known_name(cx, key, "firestore", name, &cx.blueprint.firestores)?;
            firestore::firestore(cx, key, name, property, user)
        }
        ["datasets", name, property] => {
            known_name(cx, key, "dataset", name, &cx.blueprint.datasets)?;
            dataset::dataset(cx, key, name, property, user)
        }
        ["buckets", name, property] => {
            known_name(cx, key, "bucket", name, &cx.blueprint.buckets)?;
            bucket::bucket(cx, key, name, property, user)
        }
        ["keys", name, property] => {
            known_name(cx, key, "key", name, &cx.blueprint.keys)?;
            key::key(cx, key, name, property, user)
        }
        ["secrets", name, property] => {
            known_name(cx, key, "secret", name, &cx.blueprint.secrets)?;
            secret(cx, key, name, property, user)
        }
        ["topics", name, property] => {
            known_name(cx, key, "topic", name, &cx.blueprint.topics)?;
            topic(cx, key, name, property, user)
        }
        ["subscriptions", name, property] => {
            known_name(cx, key, "subscription", name, &cx.blueprint.subscriptions)?;
            subscription(cx, key, name, property, user)
        }
        ["workflows", name, property] => {
            known_name(cx, key, "workflow", name, &cx.blueprint.workflows)?;
            workflow::workflow(cx, key, name, property, speaker)
        }
        ["queues", name, property] => {
            known_name(cx, key, "queue", name, &cx.blueprint.queues)?;
            queue::queue(cx, key, name, property, user)
        }
        ["registries", name, property] => {
            known_name(cx, key, "registry", name, &cx.blueprint.registries)?;
            registry::registry(cx, key, name, property)
        }
        _ => {
            refers_to_nothing(cx, key, reference, &segments);
            None
        }
    }
}

/// Reports a reference that is none.
fn refers_to_nothing(cx: &mut Context<'_>, key: &Key, reference: &str, segments: &[&str]) {
    let place = Place::Part(key.clone(), reference.to_owned());
    let begins_right = segments.first().is_some_and(|first| FIRST.contains(first));
    let meant = meant(cx, segments);
    let message = format!("`${{{reference}}}` refers to nothing");
    let finding = cx.report(rules::REFERENCE_UNKNOWN, message, &place, "not a reference");
    match meant {
        Some(meant) => {
            let what = "a reference begins with what it refers to";
            finding.replace(what, &place, reference, &meant);
        }
        None if begins_right => {
            finding.help(FORMS);
        }
        None => {
            finding.help("write `$${` for a plain `${`");
        }
    }
}

/// A property of the service that speaks.
fn own(
    cx: &mut Context<'_>,
    key: &Key,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    let Some(speaker) = speaker.filter(|speaker| speaker.is_service) else {
        cx.report(
            rules::REFERENCE_UNKNOWN,
            "`self` is only known in a service",
            &Place::Part(key.clone(), "self".to_owned()),
            "no service speaks here",
        );
        return None;
    };
    service(cx, key, speaker.name, property, Some(speaker))
}

/// What a reference is probably meant to be that does not begin with a kind: the kind is misspelt, or left out.
fn meant(cx: &Context<'_>, segments: &[&str]) -> Option<String> {
    let (first, rest) = segments
        .split_first()
        .filter(|(_, rest)| !rest.is_empty())?;
    if FIRST.contains(first) {
        return None;
    }
    let blueprint = cx.blueprint;
    let left_out = [
        ("services", blueprint.services.contains_key(*first)),
        ("databases", blueprint.databases.contains_key(*first)),
        ("caches", blueprint.caches.contains_key(*first)),
        ("channels", blueprint.channels.contains_key(*first)),
        ("firestores", blueprint.firestores.contains_key(*first)),
        ("datasets", blueprint.datasets.contains_key(*first)),
        ("secrets", blueprint.secrets.contains_key(*first)),
        ("jobs", blueprint.jobs.contains_key(*first)),
        ("workers", blueprint.workers.contains_key(*first)),
        ("buckets", blueprint.buckets.contains_key(*first)),
        ("keys", blueprint.keys.contains_key(*first)),
        ("topics", blueprint.topics.contains_key(*first)),
        (
            "subscriptions",
            blueprint.subscriptions.contains_key(*first),
        ),
        ("workflows", blueprint.workflows.contains_key(*first)),
        ("queues", blueprint.queues.contains_key(*first)),
        ("registries", blueprint.registries.contains_key(*first)),
    ];
    // An element's own name is no misspelling of a kind.
    if let Some((kind, _)) = left_out.iter().find(|(_, there)| *there) {
        return Some(format!("{kind}.{}", segments.join(".")));
    }
    let kind = similar(first, FIRST)?;
    Some(format!("{kind}.{}", rest.join(".")))
}

/// How references begin.
const FIRST: [&str; 22] = [
    "accounts",
    "buckets",
    "caches",
    "channels",
    "databases",
    "datasets",
    "environment",
    "firestores",
    "images",
    "jobs",
    "keys",
    "project",
    "queues",
    "registries",
    "secrets",
    "self",
    "services",
    "subscriptions",
    "topics",
    "values",
    "workers",
    "workflows",
];
/// Some of their forms.
const FORMS: &str = "write for instance `services.X.url`, `databases.X.connection_name`, `secrets.X.name`, `topics.X.id`, `accounts.X`, `images.X`, `values.X` or `project.id`";

/// What a table has under the name; reports the name where it has nothing.
fn known_name<'t, T>(
    cx: &mut Context<'_>,
    key: &Key,
    what: &str,
    name: &str,
    table: &'t Table<T>,
) -> Option<&'t T> {
    let place = || Place::Part(key.clone(), name.to_owned());
    cx.named(rules::REFERENCE_UNKNOWN, what, name, table, place)
}

/// One of `[images]`. What it may hold is the same for whoever uses it.
pub(super) fn image(cx: &mut Context<'_>, name: &str, written: &str) -> Text {
    let key = Key::of(&["images", name]);
    for piece in pieces(written) {
        let Piece::Reference(reference) = piece else {
            continue;
        };
        let first = reference.split('.').next().unwrap_or_default();
        if !["registries", "project", "environment", "values"].contains(&first) {
            let place = Place::Part(key.clone(), reference.to_owned());
            cx.report(
                rules::REFERENCE_UNKNOWN,
                format!("`{reference}` is no part of an image's name"),
                &place,
                "of no use here",
            )
            .help("an image's name may hold `${registries.NAME.url}`, `${project.id}`, `${project.region}`, `${environment}` and `${values.NAME}`");
            return Text::default();
        }
    }
    text(cx, &key, written, None)
}

fn number(cx: &Context<'_>) -> Text {
    let part = cx.project_number().map_or(Part::ProjectNumber, |number| {
        Part::Literal(number.to_owned())
    });
    Text::default().then_part(part)
}

/// A service's host on run.app, by the project's number
/// (<https://cloud.google.com/run/docs/managing/services#deterministic>).
pub(super) fn run_app_host(cx: &Context<'_>, service: &str) -> Text {
    run_app_host_in(cx, service, &cx.project.region)
}

fn run_app_host_in(cx: &Context<'_>, service: &str, region: &str) -> Text {
    Text::literal(format!("{service}-"))
        .then_text(&number(cx))
        .then(&format!(".{region}.run.app"))
}

/// A service's address on run.app, which is the audience of calls to it.
pub(super) fn url(cx: &Context<'_>, service: &str) -> Text {
    Text::literal("https://").then_text(&run_app_host(cx, service))
}

/// The same of a service in another region.
pub(super) fn url_in(cx: &Context<'_>, service: &str, region: &str) -> Text {
    Text::literal("https://").then_text(&run_app_host_in(cx, service, region))
}

/// Whether callers inside come to a service by a private name.
pub(super) fn has_private_name(service: &Service) -> bool {
    service.exposure != Some(Exposure::Public)
        && service.ingress != Some(Ingress::All)
        && !service.private_domains.is_empty()
}

/// The address by which a service is called from inside, which is the audience of such calls.
pub(super) fn called_by(cx: &mut Context<'_>, name: &str) -> Text {
    let closed = (cx.blueprint.services.get(name))
        .filter(|service| has_private_name(service) && run_app_closed(cx, name, service));
    let domain = closed.and_then(|service| service.private_domains.first());
    let key = Key::of(&["services", name, "private_domains"]).item(0);
    match domain.map(|domain| text(cx, &key, domain, None)) {
        Some(domain) => Text::literal("https://").then_text(&domain),
        None => url(cx, name),
    }
}

/// Whether a service's run.app address is closed: a load balancer leads there, and nobody needs the other way.
pub(super) fn run_app_closed(cx: &Context<'_>, name: &str, service: &Service) -> bool {
    if has_private_name(service) {
        return !cx.calls.is_called_by_run_app(name);
    }
    service.exposure == Some(Exposure::Public)
        && service.ingress != Some(Ingress::All)
        && !service.domains.is_empty()
        && !cx.calls.is_called(name)
}

/// Whether the egress puts a workload into the network.
pub(super) fn in_network(egress: Option<Egress>) -> bool {
    egress != Some(Egress::Outside)
}

/// The private name of a database or replica in the network.
pub(super) fn private_host(cx: &Context<'_>, instance: &str) -> String {
    format!("{instance}.sql.{}.internal", cx.project.name)
}

/// The services whose run.app address a text asks for; `own` is the one that it stands in.
pub(super) fn run_app_of<'t>(raw: &'t str, own: &'t str) -> impl Iterator<Item = &'t str> {
    pieces(raw).into_iter().filter_map(move |piece| {
        let Piece::Reference(reference) = piece else {
            return None;
        };
        match reference.split('.').collect::<Vec<_>>().as_slice() {
            ["self", "url" | "host"] => Some(own),
            ["services", name, "url" | "host"] => Some(*name),
            _ => None,
        }
    })
}

/// Whether a text asks for the private address of this database or of its replica.
pub(super) fn asks_private_host(raw: &str, database: &str) -> bool {
    pieces(raw).iter().any(|piece| {
        let Piece::Reference(reference) = piece else {
            return false;
        };
        *reference == format!("databases.{database}.private_ip")
            || *reference == format!("databases.{database}.replica_host")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        pieces(text)
            .iter()
            .map(|piece| match piece {
                Piece::Literal(literal) => (*literal).to_owned(),
                Piece::Reference(reference) => format!("<{reference}>"),
                Piece::Open => "<open>".to_owned(),
            })
            .collect()
    }

    #[test]
    fn texts_are_split_at_references() {
        assert_eq!(shown("a${b.c}d"), ["a", "<b.c>", "d"]);
        assert_eq!(shown("$${b}"), ["", "${", "b}"]);
        assert_eq!(shown("x${y"), ["x", "<open>"]);
        assert_eq!(shown("$5 ${a}${b}").concat(), "$5 <a><b>");
    }
}
