//! Services.

use toml::{Table, Value};

use super::workload::{called, env, needs, runs};
use super::{Choices, Plot, edge, exception, table, texts};

/// How the internet is meant to reach a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Internal,
    Balanced,
    Everywhere,
}

pub fn services(choices: &mut Choices<'_>, plot: &mut Plot, root: &mut Table) {
    let plan: Vec<(String, Reach, &str)> = plot
        .services
        .iter()
        .map(|name| {
            let reach = match choices.below(8) {
                0..3 => Reach::Internal,
                3..7 => Reach::Balanced,
                _ => Reach::Everywhere,
            };
            (
                name.clone(),
                reach,
                choices.one(&["private", "closed", "nat", "outside"]),
            )
        })
        .collect();
    let mut all = Table::new();
    for (name, reach, egress) in &plan {
        let mut service = Table::new();
        let mut exceptions = Vec::new();
        let auth = reached(choices, plot, &mut service, &mut exceptions, name, *reach);
        let others: Vec<String> = plot
            .services
            .iter()
            .filter(|one| *one != name)
            .cloned()
            .collect();
        needs(choices, plot, &mut service, name, egress);
        if *egress != "outside" && !plot.blind {
            let calls = called(choices, &others, 3);
            if !calls.is_empty() {
                service.insert("calls".to_owned(), texts(&calls));
                if others.contains(&calls[0]) && choices.once_in(2) {
                    let env = env(&mut service);
                    env.insert(
                        "CALLED".to_owned(),
                        format!("${{services.{}.origin}}", calls[0]).into(),
                    );
                }
            }
        }
        runs(choices, plot, &mut service, name, *egress == "outside");
        let shape = choices.below(4);
        as_service(choices, &mut service, shape);
        if *reach != Reach::Internal {
            choices.perhaps(
                4,
                &mut service,
                "audiences",
                texts(&["https://api.example.com"]),
            );
        }
        if auth == "iam" {
            let invokers = texts(&[
                "group:partners@example.com",
                "serviceAccount:feed@acme-partner.iam.gserviceaccount.com",
            ]);
            choices.perhaps(2, &mut service, "invokers", invokers);
        }
        if !exceptions.is_empty() {
            let all = service.entry("exceptions");
            let all = all.or_insert_with(|| Value::Array(Vec::new()));
            all.as_array_mut().unwrap().extend(exceptions);
        }
        all.insert(name.clone(), Value::Table(service));
    }
    root.insert("services".to_owned(), Value::Table(all));
}

/// Who reaches a service, and how it lets callers in.
fn reached(
    choices: &mut Choices<'_>,
    plot: &mut Plot,
    service: &mut Table,
    exceptions: &mut Vec<Value>,
    name: &str,
    reach: Reach,
) -> &'static str {
    if reach == Reach::Internal {
        choices.perhaps(3, service, "exposure", "internal");
        choices.perhaps(3, service, "ingress", "internal");
        choices.perhaps(4, service, "auth", "iam");
        return "iam";
    }
    service.insert("exposure".to_owned(), "public".into());
    let auth = choices.one(&["iam", "anonymous", "iap"]);
    service.insert("auth".to_owned(), auth.into());
    if auth == "anonymous" {
        exceptions.push(exception("anonymous-access"));
    }
    if auth == "iap" {
        if plot.people {
            service.insert("use".to_owned(), texts(&["people"]));
        }
        let members = choices.one(&["group:staff@example.com", "domain:example.com"]);
        if !plot.people || choices.once_in(2) {
            service.insert("members".to_owned(), texts(&[members]));
        }
    }
    if reach == Reach::Everywhere {
        service.insert("ingress".to_owned(), "all".into());
        exceptions.push(exception("all-ingress"));
        choices.perhaps(
            2,
            service,
            "domain_mappings",
            texts(&[format!("{name}.mapped.example.com")]),
        );
        return auth;
    }
    choices.perhaps(4, service, "ingress", "internal-and-cloud-load-balancing");
    match plot.public.first() {
        Some(first) if choices.once_in(3) => {
            service.insert(
                "domains".to_owned(),
                texts(&[format!("{first}.${{environment}}.example.com")]),
            );
            service.insert(
                "paths".to_owned(),
                texts(&[format!("/{name}"), format!("/v1/{name}")]),
            );
        }
        _ => {
            let host = format!("{name}.${{environment}}.example.com");
            let mut hosts = vec![host];
            if choices.once_in(3) {
                hosts.push(format!("www-{name}.${{environment}}.example.com"));
            }
            service.insert("domains".to_owned(), texts(&hosts));
        }
    }
    plot.public.push(name.to_owned());
    let limit = edge::rate_limit(choices);
    choices.perhaps(4, service, "rate_limit", limit);
    auth
}

/// What only a service has.
fn as_service(choices: &mut Choices<'_>, service: &mut Table, shape: usize) {
    choices.perhaps(5, service, "port", 9090);
    choices.perhaps(6, service, "http2", true);
    choices.perhaps(5, service, "concurrency", 40);
    choices.perhaps(5, service, "timeout", "5m");
    choices.perhaps(5, service, "min", 1);
    service.insert("max".to_owned(), choices.one(&[2, 4]).into());
    if !super::workload::gpu(choices, service) {
        choices.perhaps(6, service, "cpu_always", true);
    }
    choices.perhaps(6, service, "startup_boost", false);
    choices.perhaps(6, service, "session_affinity", true);
    match shape {
        0 | 1 => {}
        2 => {
            service.insert("health".to_owned(), "/health".into());
        }
        _ => {
            let startup = match choices.below(3) {
                0 => table([
                    ("http", "/started".into()),
                    ("period", "5s".into()),
                    ("failures", 24.into()),
                ]),
                1 => table([("tcp", 8080.into()), ("delay", "3s".into())]),
                _ => table([("grpc", true.into()), ("timeout", "2s".into())]),
            };
            let mut probes = Table::new();
            probes.insert("startup".to_owned(), startup);
            choices.perhaps(
                2,
                &mut probes,
                "liveness",
                table([("http", "/alive".into())]),
            );
            service.insert("probes".to_owned(), Value::Table(probes));
        }
    }
    choices.perhaps(10, service, "ci_owns", texts(&["image", "traffic"]));
}

/// Which revisions answer, where no pipeline shares them out: those of a service that lies in one region may be held at their names.
pub fn answered(choices: &mut Choices<'_>, root: &mut Table) {
    for (name, service) in root["services"].as_table_mut().unwrap() {
        let service = service.as_table_mut().unwrap();
        let owned = service.get("ci_owns").and_then(Value::as_array);
        let mut owned = owned.into_iter().flatten();
        if owned.any(|one| one.as_str() == Some("traffic")) || !choices.once_in(5) {
            continue;
        }
        let held = format!("{name}-00012-kip");
        let one_region = !service.contains_key("regions");
        let mut traffic = Table::new();
        traffic.insert("latest".to_owned(), 100.into());
        if one_region && choices.once_in(2) {
            let share = choices.one(&[10, 100]);
            traffic.insert(held.clone(), share.into());
            traffic.insert("latest".to_owned(), (100 - share).into());
            traffic.retain(|_, share| share.as_integer() != Some(0));
        }
        choices.perhaps(2, service, "traffic", Value::Table(traffic));
        let mut tags = Table::new();
        tags.insert("next".to_owned(), "latest".into());
        if one_region && choices.once_in(2) {
            tags.insert("held".to_owned(), held.into());
        }
        choices.perhaps(2, service, "tags", Value::Table(tags));
    }
}
