//! What an element's properties mean: `url`, `connection_name`, `id`.

use crate::blueprint::schema::{Auth, Connect, Ingress, SecretUses, Service};
use crate::blueprint::{Key, Place};
use crate::diag::Rule;
use crate::plan::google::database as sql;
use crate::plan::model::Text;
use crate::plan::resolve::account::account_of;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::database::{connection_name, engine, login, replica_name};
use crate::plan::resolve::lies::{self, Lies};
use crate::plan::resolve::trigger;
use crate::rules;

use super::{
    Speaker, has_private_name, known, private_host, queue, run_app_closed, run_app_host, url,
};

/// What is missing where something is used and not declared.
pub(super) const DECLARE: &str = "declare the relation";

pub(super) fn service(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    let place = |part: &str| Place::Part(key.clone(), part.to_owned());
    let target = cx.blueprint.services.get(name)?;
    let private = has_private_name(target);
    let (list, domains) = if private {
        ("private_domains", &target.private_domains)
    } else {
        ("domains", &target.domains)
    };
    let first_domain = domains.first();
    let property = match property {
        "origin" if first_domain.is_none() => "url",
        other => other,
    };
    match property {
        "domain" | "origin" => {
            let Some(domain) = first_domain else {
                cx.report(
                    rules::SERVICE_WITHOUT_DOMAIN,
                    format!("`{name}` has no domain"),
                    &place(property),
                    "there is none",
                )
                .and(&Place::Key(Key::of(&["services", name])), "this service")
                .help("a service without a domain is reached at its `url` or `host`");
                return None;
            };
            let domain_key = Key::of(&["services", name, list]).item(0);
            // A domain that refers to a domain would go round in a circle: domains know the project and the environment.
            let domain = known(cx, &domain_key, domain, None)?;
            if private {
                declared(cx, &place, name, property, target, speaker);
            }
            let scheme = if property == "origin" { "https://" } else { "" };
            Some(Text::literal(format!("{scheme}{domain}")))
        }
        "url" | "host" => {
            if run_app_closed(cx, name, target) {
                cx.report(
                    rules::RUN_APP_CLOSED,
                    format!("the run.app address of `{name}` is closed"),
                    &place(property),
                    "nothing answers there",
                )
                .note("it would lead past the load balancer and its WAF")
                .replace(
                    "its public address is",
                    &place(property),
                    property,
                    "origin",
                );
                return None;
            }
            declared(cx, &place, name, property, target, speaker);
            Some(if property == "url" {
                url(cx, name)
            } else {
                run_app_host(cx, name)
            })
        }
        other => {
            unknown_property(cx, key, other, &["url", "host", "domain", "origin"]);
            None
        }
    }
}

/// Reports who uses the address of a service and does not declare the call.
fn declared(
    cx: &mut Context<'_>,
    place: &dyn Fn(&str) -> Place,
    name: &str,
    property: &str,
    target: &Service,
    speaker: Option<Speaker<'_>>,
) {
    let open = target.auth == Some(Auth::Anonymous) && target.ingress == Some(Ingress::All);
    if let Some(speaker) = speaker
        && !(speaker.is_service && speaker.name == name)
        && !open
        && !speaker.calls.iter().any(|call| call == name)
        && !queue::calls(cx, speaker, name)
    {
        cx.report(
            rules::CALL_NOT_DECLARED,
            format!(
                "`{}` uses the address of `{name}` but does not declare the call",
                speaker.name
            ),
            &place(&format!("${{services.{name}.{property}}}")),
            "its account would get 403: nothing grants it `roles/run.invoker`",
        )
        .and(&Place::Key(speaker.key.clone()), "the caller")
        .write(DECLARE, speaker.key, "calls", &format!("[\"{name}\"]"));
    }
}

/// A property of an element, as a reference names it: `${buckets.uploads.name}`.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    /// The word for one of its kind; its table has an `s` more.
    pub kind: &'a str,
    /// The element.
    pub name: &'a str,
    /// The property.
    pub property: &'a str,
}

/// Reports who names an element of the data and does not say that it uses it. `access` is what may be written at its name.
pub(super) fn not_used(
    cx: &mut Context<'_>,
    key: &Key,
    speaker: Speaker<'_>,
    rule: &'static Rule,
    named: Named<'_>,
    says: &str,
    access: &str,
) {
    let Named {
        kind,
        name,
        property,
    } = named;
    cx.report(
        rule,
        format!(
            "`{}` names the {kind} `{name}` but does not use it",
            speaker.name
        ),
        &Place::Part(key.clone(), format!("{kind}s.{name}.{property}")),
        says,
    )
    .and(&Place::Key(speaker.key.clone()), "the user")
    .write(
        DECLARE,
        speaker.key,
        &format!("{kind}s"),
        &format!("{{ {name} = \"{access}\" }}"),
    );
}

pub(super) fn unknown_property(cx: &mut Context<'_>, key: &Key, property: &str, known: &[&str]) {
    let place = Place::Part(key.clone(), property.to_owned());
    cx.unknown(
        rules::REFERENCE_UNKNOWN,
        "property",
        property,
        known.iter().copied(),
        &place,
    );
}

pub(super) fn database(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    let place = Place::Part(key.clone(), format!("databases.{name}.{property}"));
    let database = cx.blueprint.databases.get(name)?;
    if let Some(speaker) = speaker
        && !speaker.databases.contains_key(name)
    {
        cx.report(
            rules::DATABASE_NOT_DECLARED,
            format!("`{}` uses `{name}` but does not declare it", speaker.name),
            &place,
            "its account could not log in",
        )
        .and(&Place::Key(speaker.key.clone()), "the user")
        .write(DECLARE, speaker.key, "databases", &format!("[\"{name}\"]"));
    }
    let engine = engine(database.engine?);
    match property {
        "connection_name" => Some(Text::literal(connection_name(cx, name))),
        "user" => {
            let Some(speaker) = speaker else {
                cx.report(
                    rules::REFERENCE_UNKNOWN,
                    "a login needs an account",
                    &place,
                    "nothing that runs speaks here",
                );
                return None;
            };
            let used = speaker.databases.get(name);
            if let Some(user) = used.and_then(|used| used.user.as_ref()) {
                return Some(Text::literal(user));
            }
            let email = account_of(cx, speaker.key, speaker.name).email;
            Some(Text::literal(login(engine, &email)))
        }
        "port" => {
            let port = match database.connect {
                None | Some(Connect::Connector) => sql::CONNECTOR_PORT,
                Some(Connect::Proxy | Connect::Direct) => sql::port(engine),
            };
            Some(Text::literal(port.to_string()))
        }
        // The Auth Proxy listens beside the code.
        "private_ip" if database.connect == Some(Connect::Proxy) => {
            Some(Text::literal("127.0.0.1"))
        }
        "private_ip" => {
            answers(cx, &place, name, property);
            Some(Text::literal(private_host(cx, name)))
        }
        "replica_host" => {
            answers(cx, &place, name, property);
            if database.replicas.unwrap_or(0) == 0 {
                cx.report(
                    rules::REPLICA_UNKNOWN,
                    format!("`{name}` has no replica"),
                    &place,
                    "there is none",
                )
                .write("add one", &Key::of(&["databases", name]), "replicas", "1");
                return None;
            }
            Some(Text::literal(private_host(cx, &replica_name(name, 1))))
        }
        other => {
            unknown_property(
                cx,
                key,
                other,
                &[
                    "connection_name",
                    "user",
                    "private_ip",
                    "port",
                    "replica_host",
                ],
            );
            None
        }
    }
}

/// An address is of use to code that connects by itself alone: to others an instance answers by its connectors' port, with a
/// certificate that they bring, and the Auth Proxy leads to the primary
/// (<https://cloud.google.com/sql/docs/postgres/connect-connectors#enforce>).
fn answers(cx: &mut Context<'_>, place: &Place, name: &str, property: &str) {
    let Some(written) = cx.blueprint.databases.get(name) else {
        return;
    };
    if written.connect == Some(Connect::Direct) {
        return;
    }
    let key = Key::of(&["databases", name]);
    let (because, says) = match written.connect {
        None => (
            Place::Key(key),
            "`connect` is `connector` where nothing is written",
        ),
        Some(_) => (
            Place::Value(key.then("connect")),
            "nobody connects by an address",
        ),
    };
    let reference = format!("${{databases.{name}.connection_name}}");
    let help = if property == "replica_host" {
        format!("hand the connector `{reference}-replica-1`, or write `connect = \"direct\"`")
    } else {
        format!("hand the connector `{reference}`, or write `connect = \"direct\"`")
    };
    cx.report(
        rules::DATABASE_HOST_REFUSED,
        format!("`{name}` refuses who comes to `{property}`"),
        place,
        "only connectors and the Auth Proxy are let in",
    )
    .and(&because, says)
    .help(help);
}

pub(super) fn secret(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    let place = Place::Part(key.clone(), format!("secrets.{name}.{property}"));
    let reads = |uses: &SecretUses| {
        let all = uses
            .env
            .values()
            .chain(uses.files.values())
            .chain(uses.read.iter());
        all.into_iter()
            .any(|used| used.split(':').next() == Some(name))
    };
    if let Some(speaker) = speaker
        && !reads(speaker.secrets)
        && !speaker
            .sidecars
            .values()
            .any(|sidecar| reads(&sidecar.secrets))
    {
        cx.means_secret(name);
        cx.report(
            rules::SECRET_NOT_DECLARED,
            format!(
                "`{}` names the secret `{name}` but does not read it",
                speaker.name
            ),
            &place,
            "its account may not read it",
        )
        .and(&Place::Key(speaker.key.clone()), "the reader")
        .write(
            DECLARE,
            speaker.key,
            "secrets",
            &format!("{{ read = [\"{name}:latest\"] }}"),
        );
    }
    let lies = lies::secret(cx, name)?;
    name_or_id(cx, key, lies, "secrets", property)
}

/// What `name` and `id` of something mean: its id in its project, and its full name.
pub(super) fn name_or_id(
    cx: &mut Context<'_>,
    key: &Key,
    lies: Lies,
    kind: &str,
    property: &str,
) -> Option<Text> {
    let Lies { project, id, .. } = lies;
    match property {
        "name" => Some(Text::literal(id)),
        "id" => Some(Text::literal(format!("projects/{project}/{kind}/{id}"))),
        other => {
            unknown_property(cx, key, other, &["name", "id"]);
            None
        }
    }
}

pub(super) fn account(cx: &mut Context<'_>, key: &Key, name: &str) -> Option<Text> {
    let place = Place::Part(key.clone(), name.to_owned());
    let blueprint = cx.blueprint;
    let kinds = [
        ("services", "service", blueprint.services.contains_key(name)),
        ("jobs", "job", blueprint.jobs.contains_key(name)),
        ("workers", "worker", blueprint.workers.contains_key(name)),
        (
            "workflows",
            "workflow",
            blueprint.workflows.contains_key(name),
        ),
    ];
    let mut found = kinds.iter().filter(|(_, _, there)| *there);
    let Some((table, kind, _)) = found.next() else {
        let triggers = trigger::accounts(cx);
        if let Some(account) = triggers.iter().find(|account| account.id == name) {
            return Some(Text::literal(&account.email));
        }
        let names = blueprint.services.keys().chain(blueprint.jobs.keys());
        let names = names.chain(blueprint.workers.keys());
        let names = names.chain(blueprint.workflows.keys()).map(String::as_str);
        let what = "service, job, worker or workflow";
        cx.unknown(rules::REFERENCE_UNKNOWN, what, name, names, &place);
        return None;
    };
    let element = Key::of(&[table, name]);
    if let Some((other_table, other, _)) = found.next() {
        cx.report(
            rules::REFERENCE_AMBIGUOUS,
            format!("`{name}` is a {kind} and a {other}"),
            &place,
            "which of the two?",
        )
        .and(&Place::Key(element), format!("the {kind}"))
        .and(
            &Place::Key(Key::of(&[other_table, name])),
            format!("the {other}"),
        )
        .help("give one of them another name");
        return None;
    }
    Some(Text::literal(account_of(cx, &element, name).email))
}
