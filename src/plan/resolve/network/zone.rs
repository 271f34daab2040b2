//! Private DNS zones: names that lead to Google's private addresses, and names for databases and caches.

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name;
use crate::plan::google::network::Vip;
use crate::plan::model::{
    Cache, CacheEngine, Database, Plan, PrivateRecord, PrivateZone, RecordData,
};
use crate::rules;

use crate::plan::resolve::context::Context;
use crate::plan::resolve::reference;

use super::openings::Openings;

pub(super) fn zones(
    cx: &mut Context<'_>,
    plan: &Plan,
    written: &schema::Network,
    openings: &Openings,
    existing: bool,
) -> Vec<PrivateZone> {
    let asked = written
        .existing
        .as_ref()
        .and_then(|existing| existing.private_zones)
        == Some(true);
    let mut zones = Vec::new();
    if existing && openings.google() && !asked {
        let place = Place::Key(Key::of(&["network", "existing"]));
        cx.report(
            rules::PRIVATE_ZONE_MISSING,
            "calls to internal services only arrive if the existing network leads them to Google's private addresses",
            &place,
            "no private zone is made in somebody else's network",
        )
        .note(format!("the network needs a private zone for `run.app`{} on {}, with a route and leave to go there",
            if plan.perimeter.is_some() {
                " and one for `googleapis.com`"
            } else {
                " (and `googleapis.com` with `egress = \"closed\"`)"
            },
            Vip::of(plan).range()
        ))
        .help("`existing = { …, private_zones = true }` makes the zones here; they turn the look-ups of everybody in that network");
    }
    if !existing || asked {
        let name = cx.project.name.clone();
        if openings.google() {
            zones.push(google_zone(Vip::of(plan), &name, "run.app", "Calls to internal services stay in the network: Cloud Run refuses those that come from outside it."));
        }
        if openings.apis {
            let why = if plan.perimeter.is_some() {
                "Google's APIs are reached from inside the network: the perimeter asks where a call comes from."
            } else {
                "Google's APIs are reached from inside the network, with no way to the internet."
            };
            zones.push(google_zone(Vip::of(plan), &name, "googleapis.com", why));
        }
    }
    zones.extend(database_zone(cx, plan));
    zones.extend(cache_zone(cx, plan));
    zones.extend(balancer_zones(plan));
    zones.sort_by(|a, b| a.name.cmp(&b.name));
    zones
}

/// A zone that leads all names below a domain of Google's to its private addresses.
fn google_zone(vip: &Vip, project: &str, domain: &str, why: &'static str) -> PrivateZone {
    let slug = domain.replace('.', "-");
    let dns_name = format!("{domain}.");
    PrivateZone {
        name: format!("{project}-{slug}"),
        records: vec![
            PrivateRecord {
                name: slug.clone(),
                dns_name: dns_name.clone(),
                data: RecordData::Addresses(vip.addresses()),
            },
            PrivateRecord {
                name: format!("{slug}-any"),
                dns_name: format!("*.{dns_name}"),
                data: RecordData::Alias(dns_name.clone()),
            },
        ],
        dns_name,
        why,
    }
}

/// The zone that gives databases a name of ours, where a text asks for one.
fn database_zone(cx: &Context<'_>, plan: &Plan) -> Option<PrivateZone> {
    let texts: Vec<&String> = {
        let services = cx.blueprint.services.values();
        let jobs = cx.blueprint.jobs.values();
        let of_services = services.flat_map(|service| {
            let sidecars = service.sidecars.values();
            let sidecars = sidecars.flat_map(|sidecar| sidecar.env.values().chain(&sidecar.args));
            service.env.values().chain(&service.args).chain(sidecars)
        });
        let of_jobs = jobs.flat_map(|job| {
            let sidecars = job.sidecars.values();
            let sidecars = sidecars.flat_map(|sidecar| sidecar.env.values().chain(&sidecar.args));
            job.env.values().chain(&job.args).chain(sidecars)
        });
        let of_workers = cx.blueprint.workers.values().flat_map(|worker| {
            let sidecars = worker.sidecars.values();
            let sidecars = sidecars.flat_map(|sidecar| sidecar.env.values().chain(&sidecar.args));
            worker.env.values().chain(&worker.args).chain(sidecars)
        });
        of_services.chain(of_jobs).chain(of_workers).collect()
    };
    let asked = |database: &&Database| {
        !database.existing
            && !database.connectors_only
            && texts
                .iter()
                .any(|text| reference::asks_private_host(text, &database.name))
    };
    let mut records = Vec::new();
    for database in plan.databases.iter().filter(asked) {
        records.push(PrivateRecord {
            name: database.name.clone(),
            dns_name: format!("{}.", reference::private_host(cx, &database.name)),
            data: RecordData::Database(database.name.clone()),
        });
        for replica in &database.replicas {
            records.push(PrivateRecord {
                name: replica.name.clone(),
                dns_name: format!("{}.", reference::private_host(cx, &replica.name)),
                data: RecordData::Replica(database.name.clone(), replica.name.clone()),
            });
        }
    }
    (!records.is_empty()).then(|| PrivateZone {
        name: format!("{}-sql", cx.project.name),
        dns_name: format!("sql.{}.internal.", cx.project.name),
        records,
        why: "Names for the addresses that Google chooses for databases.",
    })
}

/// The zone that gives caches a name of ours: Google chooses their addresses.
fn cache_zone(cx: &Context<'_>, plan: &Plan) -> Option<PrivateZone> {
    let record = |cache: &Cache| PrivateRecord {
        name: format!("{}-cache", cache.name),
        dns_name: format!("{}.", reference::cache_host(cx, &cache.name)),
        data: match cache.engine {
            CacheEngine::Valkey(_) => RecordData::Cache(cache.name.clone(), cache.existing),
            CacheEngine::Redis => RecordData::Cluster(cache.name.clone(), cache.existing),
        },
    };
    let records: Vec<_> = plan.caches.iter().map(record).collect();
    (!records.is_empty()).then(|| PrivateZone {
        name: format!("{}-cache", cx.project.name),
        dns_name: format!("cache.{}.internal.", cx.project.name),
        records,
        why: "Names for the addresses that Google chooses for caches.",
    })
}

/// The zones that lead private names to the internal load balancer: one for each, so that no other name of its domain is looked up
/// here in the place of public DNS.
fn balancer_zones(plan: &Plan) -> impl Iterator<Item = PrivateZone> {
    let edges = plan.internal_edge.iter();
    let hosts = edges.flat_map(|edge| edge.hosts.iter().map(move |host| (edge, host)));
    hosts.map(|(edge, host)| {
        let dns_name = format!("{}.", host.domain);
        PrivateZone {
            name: name::compute_name(&format!("{}-{}", plan.project.name, host.name)),
            records: vec![PrivateRecord {
                name: host.name.clone(),
                dns_name: dns_name.clone(),
                data: RecordData::Balancer(edge.name.clone()),
            }],
            dns_name,
            why: "A private name leads to the internal load balancer, for the network alone.",
        }
    })
}
