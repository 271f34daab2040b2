//! Routes and firewall rules: what is opened follows from who calls whom and who uses what.

use std::collections::BTreeSet;

use ipnet::Ipv4Net;

use crate::plan::google::network::{self as google, Vip};
use crate::plan::google::{database as sql, memorystore};
use crate::plan::model::{
    Cache, Connect, Database, Direction, FirewallAction, FirewallRule, Plan, Ports, Route,
    VolumeSource, Workload,
};

use super::openings::{Openings, tags};

pub(super) fn routes(name: &str, plan: &Plan, openings: &Openings) -> Vec<Route> {
    let mut routes = Vec::new();
    if openings.google() {
        routes.extend(Vip::ways(plan).into_iter().map(|vip| Route {
            name: format!("{name}-{}", vip.name),
            range: vip.range(),
            why: if *vip != *Vip::of(plan) {
                "To those of Google's addresses where names led before: an answer is held for some minutes."
            } else if openings.nat.is_empty() {
                "The only way out of the network: Google's own private addresses."
            } else {
                "To Google's own private addresses, and not by the internet."
            },
        }));
    }
    if !openings.nat.is_empty() {
        routes.push(Route {
            name: format!("{name}-internet"),
            range: Ipv4Net::default(),
            why: "Services with `egress = \"nat\"` reach the internet; the firewall holds back all others.",
        });
    }
    routes.sort_by(|a, b| a.name.cmp(&b.name));
    routes
}

pub(super) fn firewall(
    name: &str,
    plan: &Plan,
    openings: &Openings,
    subnet: Option<Ipv4Net>,
    services_range: Option<Ipv4Net>,
) -> Vec<FirewallRule> {
    let everything = Ipv4Net::default();
    let open =
        |suffix: &str, ranges: Vec<Ipv4Net>, ports: Vec<Ports>, tags: Vec<String>, why: String| {
            FirewallRule {
                name: crate::name::compute_name(&format!("{name}-egress-{suffix}")),
                direction: Direction::Egress,
                action: FirewallAction::AllowTcp(ports),
                priority: google::ALLOW_PRIORITY,
                ranges,
                tags,
                log: true,
                why,
            }
        };
    let mut rules = Vec::new();
    if openings.google() {
        let why = "Google's APIs and calls to internal services.".to_owned();
        rules.push(open(
            "google",
            Vip::ways(plan).into_iter().map(Vip::range).collect(),
            vec![Ports::one(google::HTTPS)],
            Vec::new(),
            why,
        ));
    }
    if !openings.nat.is_empty() {
        let why = "The internet by HTTPS, for services with `egress = \"nat\"` alone.".to_owned();
        rules.push(open(
            "internet",
            vec![everything],
            vec![Ports::one(google::HTTPS)],
            openings.nat.clone(),
            why,
        ));
    }
    if let Some(range) = services_range {
        for database in plan.databases.iter().filter(|database| !database.existing) {
            let (ports, tags) = database_ports(plan, database);
            if !tags.is_empty() {
                let why = format!("Database {}, for those that use it.", database.name);
                rules.push(open(
                    &format!("sql-{}", database.name),
                    vec![range],
                    ports,
                    tags,
                    why,
                ));
            }
        }
    }
    for (cache, tags) in cache_users(plan) {
        let (cache, ports) = (&cache.name, memorystore::of(cache.engine).ports.to_vec());
        let why = format!("Cache {cache}, for those that use it.");
        // Its addresses are some of the subnetwork's.
        let ranges = subnet.into_iter().collect();
        rules.push(open(&format!("cache-{cache}"), ranges, ports, tags, why));
    }
    if let (Some(callers), Some(range)) = (&openings.private, subnet) {
        let why = if callers.is_empty() {
            "The internal load balancer, for everything in the network: who is let in stands in each service's policy."
        } else {
            "The internal load balancer, for those that call by private names."
        };
        // Its address is one of the subnetwork's.
        let (ranges, ports) = (vec![range], vec![Ports::one(google::HTTPS)]);
        rules.push(open(
            "internal",
            ranges,
            ports,
            callers.clone(),
            why.to_owned(),
        ));
    }
    for workload in plan.workloads() {
        let servers: BTreeSet<Ipv4Net> = workload
            .volumes
            .iter()
            .filter_map(|volume| match &volume.source {
                VolumeSource::Nfs { server, .. } => Some(*server),
                _ => None,
            })
            .collect();
        if !servers.is_empty() {
            let suffix = format!("nfs-{}", workload.account.id);
            let tags = tags(std::iter::once(workload));
            let why = format!("The file server of {}.", workload.account.purpose);
            rules.push(open(
                &suffix,
                servers.into_iter().collect(),
                vec![Ports::one(google::NFS)],
                tags,
                why,
            ));
        }
    }
    rules.sort_by(|a, b| a.name.cmp(&b.name));
    rules.extend(denials(name));
    rules
}

/// What stops all that nothing above lets through.
fn denials(name: &str) -> [FirewallRule; 2] {
    let deny = |direction, suffix: &str, why: &str| FirewallRule {
        name: format!("{name}-{suffix}-deny"),
        direction,
        action: FirewallAction::DenyAll,
        priority: google::DENY_PRIORITY,
        ranges: vec![Ipv4Net::default()],
        tags: Vec::new(),
        log: true,
        why: why.to_owned(),
    };
    [
        deny(
            Direction::Egress,
            "egress",
            "What no rule above names stays inside.",
        ),
        deny(
            Direction::Ingress,
            "ingress",
            "Nothing in the network waits for connections.",
        ),
    ]
}

/// The caches that are used, and by whom.
fn cache_users(plan: &Plan) -> impl Iterator<Item = (&Cache, Vec<String>)> {
    let used = plan.caches.iter().map(|cache| {
        let uses = |workload: &&Workload| workload.caches.contains(&cache.name);
        (cache, tags(plan.workloads().filter(uses)))
    });
    used.filter(|(_, tags)| !tags.is_empty())
}

/// The ports at which a database is used, and by whom.
fn database_ports(plan: &Plan, database: &Database) -> (Vec<Ports>, Vec<String>) {
    let engine_port = sql::port(database.engine);
    let mut ports = BTreeSet::new();
    let mut all = BTreeSet::new();
    for workload in plan.workloads() {
        for used in workload
            .databases
            .iter()
            .filter(|used| used.database == database.name)
        {
            ports.insert(match used.connect {
                Connect::Connector | Connect::Proxy => sql::CONNECTOR_PORT,
                Connect::Direct => engine_port,
            });
            all.extend(tags(std::iter::once(workload)));
        }
    }
    let ports = ports.into_iter().map(Ports::one);
    (ports.collect(), all.into_iter().collect())
}
