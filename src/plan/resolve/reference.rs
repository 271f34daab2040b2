//! References: `${services.orders.url}` and the like, in texts of the blueprint.

use crate::blueprint::schema::{
    Auth, Connect, Egress, Exposure, Ingress, SecretUses, Service, Sidecar, Table,
};
use crate::blueprint::{Key, Place};
use crate::plan::google::database as sql;
use crate::plan::model::{Part, Stage, Text};

use super::account::account_of;
use super::context::Context;
use super::database::login;

/// Who speaks: the element in whose texts a reference stands.
#[derive(Clone, Copy)]
pub(super) struct Speaker<'s> {
    /// Its key.
    pub key: &'s Key,
    /// Its name.
    pub name: &'s str,
    /// Whether it is a service (else a job).
    pub is_service: bool,
    /// The services that it calls.
    pub calls: &'s [String],
    /// The databases that it uses, by name.
    pub databases: &'s dyn Fn(&str) -> bool,
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
                cx.error(
                    "reference-open",
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
        cx.error(
            "reference-unknown-yet",
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
                cx.error(
                    "reference-unknown",
                    format!("`{other}` is not known here"),
                    &place,
                    "of no use here",
                )
                .help("a bucket's name may hold `${environment}` and `${stage}`");
            }
            Piece::Open => {
                let place = Place::Part(key.clone(), "${".to_owned());
                cx.error("reference-open", "`${` without `}`", &place, "opens here");
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
    let part = |part: &str| Place::Part(key.clone(), part.to_owned());
    let segments: Vec<&str> = reference.split('.').collect();
    match segments.as_slice() {
        ["environment"] => Some(Text::literal(cx.environment_name())),
        ["project", "id"] => Some(Text::literal(&cx.project.id)),
        ["project", "name"] => Some(Text::literal(&cx.project.name)),
        ["project", "region"] => Some(Text::literal(&cx.project.region)),
        ["project", "number"] => Some(number(cx)),
        ["images", name] => {
            let image = cx.blueprint.images.get(*name).cloned();
            if image.is_none() {
                cx.unknown(
                    "reference-unknown",
                    "image",
                    name,
                    cx.blueprint.images.keys().map(String::as_str),
                    &part(name),
                );
            }
            image.map(Text::literal)
        }
        ["values", name] => {
            if cx.blueprint.values.contains_key(*name) {
                return Some(Text::default().then_part(Part::Value((*name).to_owned())));
            }
            cx.unknown(
                "reference-unknown",
                "value",
                name,
                cx.blueprint.values.keys().map(String::as_str),
                &part(name),
            );
            None
        }
        ["self", property] => {
            let speaker = speaker.filter(|speaker| speaker.is_service);
            let Some(speaker) = speaker else {
                cx.error(
                    "reference-unknown",
                    "`self` is only known in a service",
                    &part("self"),
                    "no service speaks here",
                );
                return None;
            };
            service(cx, key, speaker.name, property, Some(speaker))
        }
        ["services", name, property] => {
            if !cx.blueprint.services.contains_key(*name) {
                let names = cx.blueprint.services.keys().map(String::as_str);
                cx.unknown("reference-unknown", "service", name, names, &part(name));
                return None;
            }
            service(cx, key, name, property, speaker)
        }
        ["jobs", name, "name"] => {
            if cx.blueprint.jobs.contains_key(*name) {
                return Some(Text::literal(*name));
            }
            cx.unknown(
                "reference-unknown",
                "job",
                name,
                cx.blueprint.jobs.keys().map(String::as_str),
                &part(name),
            );
            None
        }
        ["databases", name, property] => {
            if !cx.blueprint.databases.contains_key(*name) {
                let names = cx.blueprint.databases.keys().map(String::as_str);
                cx.unknown("reference-unknown", "database", name, names, &part(name));
                return None;
            }
            database(cx, key, name, property, speaker)
        }
        ["secrets", name, property] => {
            if !cx.blueprint.secrets.contains_key(*name) {
                let names = cx.blueprint.secrets.keys().map(String::as_str);
                cx.unknown("reference-unknown", "secret", name, names, &part(name));
                return None;
            }
            secret(cx, key, name, property, speaker)
        }
        ["accounts", name] => account(cx, key, name),
        _ => {
            let known = [
                "services",
                "self",
                "jobs",
                "databases",
                "secrets",
                "accounts",
                "images",
                "values",
                "project",
                "environment",
            ];
            let first = segments.first().copied().unwrap_or_default();
            let finding = cx.error(
                "reference-unknown",
                format!("`${{{reference}}}` refers to nothing"),
                &part(reference),
                "not a reference",
            );
            let help = if known.contains(&first) {
                "forms: services.X.url, databases.X.connection_name, secrets.X.name, accounts.X, images.X, values.X, project.id, environment"
            } else {
                "write `$${` for a plain `${`"
            };
            finding.help(help);
            None
        }
    }
}

fn number(cx: &Context<'_>) -> Text {
    let part = cx.project_number().map_or(Part::ProjectNumber, |number| {
        Part::Literal(number.to_owned())
    });
    Text::default().then_part(part)
}

/// A service's host on run.app, by the project's number
/// (<https://cloud.google.com/run/docs/managing/services#deterministic>).
fn run_app_host(cx: &Context<'_>, service: &str) -> Text {
    Text::literal(format!("{service}-"))
        .then_text(&number(cx))
        .then(&format!(".{}.run.app", cx.project.region))
}

/// A service's address on run.app, which is the audience of calls to it.
pub(super) fn url(cx: &Context<'_>, service: &str) -> Text {
    Text::literal("https://").then_text(&run_app_host(cx, service))
}

/// Whether a service's run.app address is closed: it is behind the load balancer, and nobody here calls it.
pub(super) fn run_app_closed(cx: &Context<'_>, name: &str, service: &Service) -> bool {
    service.exposure == Some(Exposure::Public)
        && service.ingress != Some(Ingress::All)
        && !service.domains.is_empty()
        && !cx.calls.is_called(name)
}

fn service(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    let place = |part: &str| Place::Part(key.clone(), part.to_owned());
    let target = cx.blueprint.services.get(name)?;
    let first_domain = target.domains.first();
    let property = match property {
        "origin" if first_domain.is_none() => "url",
        other => other,
    };
    match property {
        "domain" | "origin" => {
            let Some(domain) = first_domain else {
                cx.error(
                    "service-without-domain",
                    format!("`{name}` has no domain"),
                    &place(property),
                    "there is none",
                )
                .and(&Place::Key(Key::of(&["services", name])), "this service");
                return None;
            };
            let domain_key = Key::of(&["services", name, "domains"]).item(0);
            // A domain that refers to a domain would go round in a circle: domains know the project and the environment.
            let domain = known(cx, &domain_key, domain, None)?;
            let scheme = if property == "origin" { "https://" } else { "" };
            Some(Text::literal(format!("{scheme}{domain}")))
        }
        "url" | "host" => {
            if run_app_closed(cx, name, target) {
                cx.error(
                    "run-app-closed",
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
            let open = target.auth == Some(Auth::Anonymous) && target.ingress == Some(Ingress::All);
            if let Some(speaker) = speaker
                && !(speaker.is_service && speaker.name == name)
                && !open
                && !speaker.calls.iter().any(|call| call == name)
            {
                cx.error(
                    "call-not-declared",
                    format!(
                        "`{}` uses the address of `{name}` but does not declare the call",
                        speaker.name
                    ),
                    &place(&format!("${{services.{name}.{property}}}")),
                    "its account would get 403: nothing grants it `roles/run.invoker`",
                )
                .and(&Place::Key(speaker.key.clone()), "the caller")
                .help(format!(
                    "declare the relation in `{}`: calls = [\"{name}\"]",
                    speaker.key
                ));
            }
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

fn unknown_property(cx: &mut Context<'_>, key: &Key, property: &str, known: &[&str]) {
    let place = Place::Part(key.clone(), property.to_owned());
    cx.unknown(
        "reference-unknown",
        "property",
        property,
        known.iter().copied(),
        &place,
    );
}

/// The private name of a database or replica in the network.
pub(super) fn private_host(cx: &Context<'_>, instance: &str) -> String {
    format!("{instance}.sql.{}.internal", cx.project.name)
}

fn database(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    let place = Place::Part(key.clone(), format!("databases.{name}.{property}"));
    let database = cx.blueprint.databases.get(name)?;
    if let Some(speaker) = speaker
        && !(speaker.databases)(name)
    {
        cx.error(
            "database-not-declared",
            format!("`{}` uses `{name}` but does not declare it", speaker.name),
            &place,
            "its account could not log in",
        )
        .and(&Place::Key(speaker.key.clone()), "the user")
        .help(format!(
            "declare the relation in `{}`: databases = [\"{name}\"]",
            speaker.key
        ));
    }
    let engine = database.engine?;
    match property {
        "connection_name" => Some(Text::literal(super::database::connection_name(
            cx, name, database,
        ))),
        "user" => {
            let Some(speaker) = speaker else {
                cx.error(
                    "reference-unknown",
                    "a login needs an account",
                    &place,
                    "no service or job speaks here",
                );
                return None;
            };
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
        "private_ip" => Some(Text::literal(private_host(cx, name))),
        "replica_host" => {
            if database.replicas.unwrap_or(0) == 0 {
                cx.error(
                    "replica-unknown",
                    format!("`{name}` has no replica"),
                    &place,
                    "there is none",
                )
                .help(format!("add one in `databases.{name}`: replicas = 1"));
                return None;
            }
            Some(Text::literal(private_host(
                cx,
                &super::database::replica_name(name, 1),
            )))
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

fn secret(
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
        cx.error(
            "secret-not-declared",
            format!(
                "`{}` names the secret `{name}` but does not read it",
                speaker.name
            ),
            &place,
            "its account may not read it",
        )
        .help(format!(
            "declare the relation in `{}`: secrets = {{ read = [\"{name}:latest\"] }}",
            speaker.key
        ));
    }
    let secret = super::secret::place(cx, name)?;
    match property {
        "name" => Some(Text::literal(secret.id)),
        "id" => Some(Text::literal(format!(
            "projects/{}/secrets/{}",
            secret.project, secret.id
        ))),
        other => {
            unknown_property(cx, key, other, &["name", "id"]);
            None
        }
    }
}

fn account(cx: &mut Context<'_>, key: &Key, name: &str) -> Option<Text> {
    let place = Place::Part(key.clone(), name.to_owned());
    let is_service = cx.blueprint.services.contains_key(name);
    let is_job = cx.blueprint.jobs.contains_key(name);
    if is_service && is_job {
        cx.error(
            "reference-ambiguous",
            format!("`{name}` is a service and a job"),
            &place,
            "which of the two?",
        )
        .help("give one of them another name");
        return None;
    }
    if !is_service && !is_job {
        let names = cx
            .blueprint
            .services
            .keys()
            .chain(cx.blueprint.jobs.keys())
            .map(String::as_str);
        cx.unknown("reference-unknown", "service or job", name, names, &place);
        return None;
    }
    let element = Key::of(&[if is_service { "services" } else { "jobs" }, name]);
    Some(Text::literal(account_of(cx, &element, name).email))
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

/// Whether the egress puts a workload into the network.
pub(super) fn in_network(egress: Option<Egress>) -> bool {
    egress != Some(Egress::Outside)
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
