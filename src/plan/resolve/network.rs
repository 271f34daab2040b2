//! The network: what is opened follows from who calls whom and who uses what.

use std::collections::BTreeSet;

use ipnet::Ipv4Net;

use crate::blueprint::schema::{self, Egress, Ingress};
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{database as sql, network as google, roles};
use crate::plan::model::{
    Connect, Database, Direction, Engine, FirewallAction, FirewallRule, Internet, Nat, Network,
    OwnNetwork, Plan, PrivateRecord, PrivateZone, RecordData, Resource, Route, ServicesAccess,
    Subnetwork, VolumeSource, Workload,
};

use super::access::{self, Grants};
use super::context::Context;
use super::reference;

/// The range of instances, where none is written.
const SUBNET: &str = "10.8.0.0/24";
/// The range of databases, where none is written.
const SERVICE_RANGE: &str = "10.9.0.0/20";

/// What the network is called.
pub(super) struct Named {
    pub project: String,
    pub network_name: String,
    pub network: String,
    pub subnetwork_name: String,
    pub subnetwork: String,
}

/// The names of network and subnetwork: the project's, or those of the existing ones.
pub(super) fn named(cx: &Context<'_>) -> Named {
    let existing = cx
        .blueprint
        .network
        .as_ref()
        .and_then(|network| network.existing.as_ref());
    let own = cx.project.name.clone();
    let written = existing
        .and_then(|existing| existing.network.clone())
        .unwrap_or_else(|| own.clone());
    let subnet = existing
        .and_then(|existing| existing.subnet.clone())
        .unwrap_or_else(|| format!("{own}-run"));
    let here = cx.project.id.as_str();
    let (project, network_name) = match written.split('/').collect::<Vec<_>>().as_slice() {
        ["projects", project, "global", "networks", name] => {
            ((*project).to_owned(), (*name).to_owned())
        }
        _ => (here.to_owned(), written.clone()),
    };
    let subnetwork_name = match subnet.split('/').collect::<Vec<_>>().as_slice() {
        ["projects", _, "regions", _, "subnetworks", name] => (*name).to_owned(),
        _ => subnet.clone(),
    };
    let network = format!("projects/{project}/global/networks/{network_name}");
    let subnetwork = format!(
        "projects/{project}/regions/{}/subnetworks/{subnetwork_name}",
        cx.project.region
    );
    Named {
        project,
        network_name,
        network,
        subnetwork_name,
        subnetwork,
    }
}

/// The network, where anything runs in one.
pub(super) fn resolve(cx: &mut Context<'_>, plan: &Plan, grants: &mut Grants) -> Option<Network> {
    let written = cx.blueprint.network.clone().unwrap_or_default();
    let used = workloads(plan).any(|workload| workload.vpc.is_some())
        || plan.databases.iter().any(|database| !database.existing);
    if !used {
        if cx.blueprint.network.is_some() {
            let place = Place::Key(Key::of(&["network"]));
            cx.warning(
                "network-unused",
                "nothing runs in the network",
                &place,
                "none is made",
            );
        }
        return None;
    }
    let named = named(cx);
    let existing = existing(cx, &written, &named);
    if existing && named.project != cx.project.id {
        let on = Resource::Subnetwork {
            project: named.project.clone(),
            region: cx.project.region.clone(),
            name: named.subnetwork_name.clone(),
        };
        let agent = access::run_agent(cx);
        grants.add(
            on,
            roles::NETWORK_USER,
            agent,
            None,
            &Key::of(&["network", "existing"]),
        );
    }
    let range = (!existing).then(|| subnet(cx, &written)).flatten();
    let openings = Openings::of(cx, plan);
    let zones = zones(cx, plan, &written, &openings, existing);
    let own = (!existing).then(|| own(cx, plan, &written, &openings, range));
    Some(Network {
        name: named.network_name,
        path: named.network,
        project: named.project,
        subnetwork: Subnetwork {
            name: named.subnetwork_name,
            path: named.subnetwork,
            range,
        },
        own,
        zones,
    })
}

fn workloads(plan: &Plan) -> impl Iterator<Item = &Workload> {
    let services = plan.services.iter().map(|service| &service.workload);
    services.chain(plan.jobs.iter().map(|job| &job.workload))
}

/// Whether the network exists already, and its names checked.
fn existing(cx: &mut Context<'_>, written: &schema::Network, named: &Named) -> bool {
    let key = Key::of(&["network"]);
    let Some(existing) = &written.existing else {
        return false;
    };
    let existing_key = key.then("existing");
    for (name, value) in [("network", &existing.network), ("subnet", &existing.subnet)] {
        if value.is_none() {
            cx.missing(&existing_key, name, "the name, or the full one");
        }
    }
    cx.check_name(
        Kind::Compute,
        &named.network_name,
        "a network's name",
        &Place::Value(existing_key.then("network")),
    );
    cx.check_name(
        Kind::Compute,
        &named.subnetwork_name,
        "a subnetwork's name",
        &Place::Value(existing_key.then("subnet")),
    );
    for (name, value) in [
        ("subnet", &written.subnet),
        ("service_range", &written.service_range),
    ] {
        if value.is_some() {
            cx.error(
                "network-conflict",
                format!("`{name}` belongs to a network of your own"),
                &Place::Value(key.then(name)),
                "the network exists already",
            )
            .and(&Place::Key(existing_key.clone()), "here");
        }
    }
    true
}

fn subnet(cx: &mut Context<'_>, written: &schema::Network) -> Option<Ipv4Net> {
    let key = Key::of(&["network", "subnet"]);
    let text = written.subnet.as_deref().unwrap_or(SUBNET);
    let range = range(cx, &key, text)?;
    let prefix = range.prefix_len();
    if !(google::SUBNET_MIN_PREFIX..=google::SUBNET_MAX_PREFIX).contains(&prefix) {
        let takes = format!(
            "takes /{} to /{}",
            google::SUBNET_MIN_PREFIX,
            google::SUBNET_MAX_PREFIX
        );
        cx.error(
            "subnet-size",
            format!("`{range}` is no size for Direct VPC egress"),
            &Place::Value(key),
            takes,
        );
    }
    Some(range)
}

fn services_range(cx: &mut Context<'_>, written: &schema::Network) -> Option<Ipv4Net> {
    let key = Key::of(&["network", "service_range"]);
    let text = written.service_range.as_deref().unwrap_or(SERVICE_RANGE);
    let range = range(cx, &key, text)?;
    if !(google::SERVICES_MIN_PREFIX..=google::SERVICES_MAX_PREFIX).contains(&range.prefix_len()) {
        let takes = format!(
            "takes /{} to /{}",
            google::SERVICES_MIN_PREFIX,
            google::SERVICES_MAX_PREFIX
        );
        cx.error(
            "subnet-size",
            format!("`{range}` is no size for private services access"),
            &Place::Value(key),
            takes,
        );
    }
    Some(range)
}

/// A range that can be used: written right, private, and not one that Google's services cannot reach.
fn range(cx: &mut Context<'_>, key: &Key, text: &str) -> Option<Ipv4Net> {
    let place = Place::Value(key.clone());
    let Ok(range) = text.parse::<Ipv4Net>() else {
        cx.error(
            "range-invalid",
            format!("`{text}` is not a range of addresses"),
            &place,
            "such as `10.8.0.0/24`",
        );
        return None;
    };
    if range.trunc() != range {
        cx.error(
            "range-invalid",
            format!("`{text}` does not begin where its range begins"),
            &place,
            "has bits beyond its prefix",
        )
        .replace("the range is", &place, text, &range.trunc().to_string());
        return None;
    }
    if !google::usable(&range) {
        cx.error(
            "range-public",
            format!("`{text}` is not private"),
            &place,
            "takes 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 or 240.0.0.0/4",
        );
        return None;
    }
    for (other, why) in google::UNUSABLE {
        let other: Option<Ipv4Net> = other.parse().ok();
        if let Some(other) = other
            && (other.contains(&range) || range.contains(&other))
        {
            cx.error(
                "range-unusable",
                format!("`{text}` holds `{other}`"),
                &place,
                why,
            );
        }
    }
    Some(range)
}

/// What has to be reachable.
struct Openings {
    /// Somebody calls a service by its run.app address from inside the network.
    calls: bool,
    /// Somebody has everything in the network and no internet.
    closed: bool,
    /// The tags of those who go to the internet by NAT.
    nat: Vec<String>,
}

impl Openings {
    fn of(cx: &Context<'_>, plan: &Plan) -> Self {
        let internal = |name: &String| {
            cx.blueprint
                .services
                .get(name)
                .is_some_and(|service| service.ingress != Some(Ingress::All))
        };
        let services = cx
            .blueprint
            .services
            .values()
            .map(|service| (&service.calls, service.egress));
        let jobs = cx
            .blueprint
            .jobs
            .values()
            .map(|job| (&job.calls, job.egress));
        let calls = services
            .chain(jobs)
            .any(|(calls, egress)| egress != Some(Egress::Outside) && calls.iter().any(internal));
        let closed = workloads(plan).any(|workload| workload.internet == Internet::None);
        let nat = tags(workloads(plan).filter(|workload| workload.internet == Internet::Nat));
        Self { calls, closed, nat }
    }

    /// Whether Google's private addresses are used.
    fn google(&self) -> bool {
        self.calls || self.closed
    }
}

fn tags<'a>(workloads: impl Iterator<Item = &'a Workload>) -> Vec<String> {
    let tags: BTreeSet<String> = workloads
        .filter_map(|workload| workload.vpc.as_ref())
        .flat_map(|vpc| vpc.tags.clone())
        .collect();
    tags.into_iter().collect()
}

fn zones(
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
        cx.warning(
            "private-zone-missing",
            "calls to internal services only arrive if the existing network leads them to Google's private addresses",
            &place,
            "no private zone is made in somebody else's network",
        )
        .note("the network needs a private zone for `run.app` (and `googleapis.com` with `egress = \"closed\"`) on 199.36.153.8/30, with a route and leave to go there")
        .help("`existing = { …, private_zones = true }` makes the zones here; they turn the look-ups of everybody in that network");
    }
    if !existing || asked {
        let name = cx.project.name.clone();
        if openings.google() {
            zones.push(google_zone(&name, "run.app", "calls to internal services stay in the network: Cloud Run refuses those that come from outside it"));
        }
        if openings.closed {
            zones.push(google_zone(
                &name,
                "googleapis.com",
                "Google's APIs are reached from inside the network, with no way to the internet",
            ));
        }
    }
    zones.extend(database_zone(cx, plan));
    zones.sort_by(|a, b| a.name.cmp(&b.name));
    zones
}

/// A zone that leads all names below a domain of Google's to its private addresses.
fn google_zone(project: &str, domain: &str, why: &'static str) -> PrivateZone {
    let slug = domain.replace('.', "-");
    let dns_name = format!("{domain}.");
    let (a_name, addresses) = (
        dns_name.clone(),
        google::PRIVATE_VIP_ADDRESSES
            .iter()
            .map(|address| (*address).to_owned()),
    );
    PrivateZone {
        name: format!("{project}-{slug}"),
        records: vec![
            PrivateRecord {
                name: slug.clone(),
                dns_name: a_name,
                data: RecordData::Addresses(addresses.collect()),
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
        of_services.chain(of_jobs).collect()
    };
    let asked = |database: &&Database| {
        !database.existing
            && cx
                .blueprint
                .databases
                .get(&database.name)
                .is_some_and(|written| {
                    written.connect != Some(schema::Connect::Proxy)
                        || written.replicas.unwrap_or(0) > 0
                })
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
        why: "names for the addresses that Google chooses for databases",
    })
}

fn own(
    cx: &mut Context<'_>,
    plan: &Plan,
    written: &schema::Network,
    openings: &Openings,
    subnet: Option<Ipv4Net>,
) -> OwnNetwork {
    let name = cx.project.name.clone();
    let needs_range = plan.databases.iter().any(|database| !database.existing);
    let range_key = Key::of(&["network", "service_range"]);
    if !needs_range && written.service_range.is_some() {
        cx.warning(
            "service-range-unused",
            "no database takes an address of this range",
            &Place::Value(range_key.clone()),
            "not reserved",
        );
    }
    let services_range = if needs_range {
        services_range(cx, written)
    } else {
        None
    };
    if let (Some(subnet), Some(range)) = (subnet, services_range)
        && (subnet.contains(&range) || range.contains(&subnet))
    {
        cx.error(
            "ranges-overlap",
            format!("`{range}` and `{subnet}` overlap"),
            &Place::Value(range_key),
            "databases",
        )
        .and(&Place::Value(Key::of(&["network", "subnet"])), "instances");
    }
    let nat = (!openings.nat.is_empty()).then(|| Nat {
        name: format!("{name}-nat"),
        address: format!("{name}-nat"),
    });
    OwnNetwork {
        routes: routes(&name, openings),
        firewall: firewall(&name, plan, openings, services_range),
        dns_policy: name.clone(),
        services_access: services_range.map(|range| ServicesAccess {
            name: format!("{name}-services"),
            range,
        }),
        nat,
    }
}

fn routes(name: &str, openings: &Openings) -> Vec<Route> {
    let mut routes = Vec::new();
    if openings.google() {
        routes.push(Route {
            name: format!("{name}-google"),
            range: google::private_vip(),
            why: "the only way out of the network: Google's own private addresses",
        });
    }
    if !openings.nat.is_empty() {
        routes.push(Route {
            name: format!("{name}-internet"),
            range: Ipv4Net::default(),
            why: "services with `egress = \"nat\"` reach the internet; the firewall holds back all others",
        });
    }
    routes.sort_by(|a, b| a.name.cmp(&b.name));
    routes
}

fn firewall(
    name: &str,
    plan: &Plan,
    openings: &Openings,
    services_range: Option<Ipv4Net>,
) -> Vec<FirewallRule> {
    let everything = Ipv4Net::default();
    let open =
        |suffix: &str, ranges: Vec<Ipv4Net>, ports: Vec<u16>, tags: Vec<String>, why: String| {
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
        let why = "Google's APIs and calls to internal services".to_owned();
        rules.push(open(
            "google",
            vec![google::private_vip()],
            vec![google::HTTPS],
            Vec::new(),
            why,
        ));
    }
    if !openings.nat.is_empty() {
        let why = "the internet by HTTPS, for services with `egress = \"nat\"` alone".to_owned();
        rules.push(open(
            "internet",
            vec![everything],
            vec![google::HTTPS],
            openings.nat.clone(),
            why,
        ));
    }
    if let Some(range) = services_range {
        for database in plan.databases.iter().filter(|database| !database.existing) {
            let (ports, tags) = database_ports(plan, database);
            if !tags.is_empty() {
                let why = format!("database {}, for those that use it", database.name);
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
    for workload in workloads(plan) {
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
            let why = format!("the file server of {}", workload.account.purpose);
            rules.push(open(
                &suffix,
                servers.into_iter().collect(),
                vec![google::NFS],
                tags,
                why,
            ));
        }
    }
    rules.sort_by(|a, b| a.name.cmp(&b.name));
    let deny = |direction, suffix: &str, why: &str| FirewallRule {
        name: format!("{name}-{suffix}-deny"),
        direction,
        action: FirewallAction::DenyAll,
        priority: google::DENY_PRIORITY,
        ranges: vec![everything],
        tags: Vec::new(),
        log: true,
        why: why.to_owned(),
    };
    rules.push(deny(
        Direction::Egress,
        "egress",
        "what no rule above names stays inside",
    ));
    rules.push(deny(
        Direction::Ingress,
        "ingress",
        "nothing in the network waits for connections",
    ));
    rules
}

/// The ports at which a database is used, and by whom.
fn database_ports(plan: &Plan, database: &Database) -> (Vec<u16>, Vec<String>) {
    let engine_port = match database.engine {
        Engine::Postgres => sql::port(schema::Engine::Postgres),
        Engine::Mysql => sql::port(schema::Engine::Mysql),
    };
    let mut ports = BTreeSet::new();
    let mut all = BTreeSet::new();
    for workload in workloads(plan) {
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
    (ports.into_iter().collect(), all.into_iter().collect())
}
