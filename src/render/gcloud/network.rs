//! The network and its private names.

use askama::Template;
use ipnet::Ipv4Net;

use super::script::Script;
use super::verify::{Reading, by};
use super::{caches, filters};
use crate::plan::model::{
    BalancerPlace, Direction, FirewallAction, FirewallRule, Labels, Nat, Network, OwnNetwork, Plan,
    PrivateRecord, PrivateZone, RecordData, Route, ServicesAccess, Subnetwork,
};

#[derive(Template)]
#[template(path = "gcloud/network.sh.j2")]
struct NetworkSection<'a> {
    name: &'a str,
    subnetwork: &'a str,
    region: &'a str,
    subnetworks: Vec<(&'a Subnetwork, Ipv4Net)>,
    /// Whether anything runs in several regions.
    regions: bool,
    routes: &'a [Route],
    firewall: &'a [FirewallRule],
    dns_policy: &'a str,
    services_access: Option<&'a ServicesAccess>,
    nats: &'a [Nat],
    balancer: Option<&'a BalancerPlace>,
    zones: &'a [PrivateZone],
    labels: &'a Labels,
}

#[derive(Template)]
#[template(path = "gcloud/zones.sh.j2")]
struct PrivateZones<'a> {
    network: &'a str,
    labels: &'a Labels,
    zones: Vec<ZoneView<'a>>,
}

struct ZoneView<'a> {
    name: &'a str,
    dns_name: &'a str,
    why: &'a str,
    records: Vec<RecordView<'a>>,
}

struct RecordView<'a> {
    step: &'a str,
    dns_name: &'a str,
    kind: &'static str,
    data: String,
    /// The command that reads the data, where Google chose it.
    read: Option<Vec<String>>,
}

/// Adds the network where it is made here.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan, network: &Network) {
    let Network {
        name,
        path: _,
        project: _,
        subnetwork,
        elsewhere: _, // among the subnetworks
        own,
        zones,
    } = network;
    let Some(own) = own else {
        return;
    };
    let OwnNetwork {
        routes,
        firewall,
        dns_policy,
        services_access,
        cache_policies: _, // caches need them
        nats,
        balancer,
    } = own;
    script.section(&NetworkSection {
        name,
        subnetwork: &subnetwork.name,
        region: &plan.project.region,
        subnetworks: network.made().collect(),
        regions: script.regions,
        routes,
        firewall,
        dns_policy,
        services_access: services_access.as_ref(),
        nats,
        balancer: balancer.as_ref(),
        zones,
        labels: &plan.project.labels,
    });
}

/// Adds its private names.
pub(super) fn add_zones(script: &mut Script<'_>, plan: &Plan, network: &Network) {
    script.section(&PrivateZones {
        network: if network.own.is_some() {
            &network.name
        } else {
            &network.path
        },
        labels: &plan.project.labels,
        zones: network.zones.iter().map(|zone| view(plan, zone)).collect(),
    });
}

fn view<'a>(plan: &Plan, zone: &'a PrivateZone) -> ZoneView<'a> {
    let PrivateZone {
        name,
        dns_name,
        records,
        why,
    } = zone;
    ZoneView {
        name,
        dns_name,
        why,
        records: records.iter().map(|one| record(plan, one)).collect(),
    }
}

fn record<'a>(plan: &Plan, record: &'a PrivateRecord) -> RecordView<'a> {
    let PrivateRecord {
        name,
        dns_name,
        data,
    } = record;
    let (kind, data, read) = match data {
        RecordData::Addresses(addresses) => ("A", addresses.join(","), None),
        RecordData::Alias(target) => ("CNAME", target.clone(), None),
        RecordData::Database(database) => {
            let found = plan.databases.iter().find(|one| one.name == *database);
            let instance = found.map_or(database, |database| &database.instance);
            let project = found.map_or(&plan.project.id, |database| &database.project);
            ("A", String::new(), Some(private_address(instance, project)))
        }
        RecordData::Replica(_, replica) => {
            let read = private_address(replica, &plan.project.id);
            ("A", String::new(), Some(read))
        }
        RecordData::Cache(cache, _) | RecordData::Cluster(cache, _) => {
            let read = caches::private_address(plan, cache);
            ("A", String::new(), Some(read))
        }
        RecordData::Balancer(address) => {
            let region = format!("--region={}", plan.project.region);
            let read = ["compute", "addresses", "describe", address, &region];
            let read = read.into_iter().chain(["--format=value(address)"]);
            ("A", String::new(), Some(read.map(str::to_owned).collect()))
        }
    };
    RecordView {
        step: name,
        dns_name,
        kind,
        data,
        read,
    }
}

/// The command that reads the private address of an instance.
fn private_address(instance: &str, project: &str) -> Vec<String> {
    let format =
        r#"--format=value(ipAddresses.filter("type:PRIVATE").extract(ipAddress).flatten())"#;
    let project = format!("--project={project}");
    ["sql", "instances", "describe", instance, &project, format]
        .map(str::to_owned)
        .into()
}

/// How a fact of the network is read.
pub(super) fn reading(plan: &Plan, name: &str) -> Option<Reading> {
    let network: &Network = plan.network.as_ref()?;
    let own = network.own.as_ref();
    match name {
        "private_zones" => by(["private_zones", &network.name]),
        // Somebody else looks after it.
        "existing" => Some(Reading::Nowhere),
        "egress" => by(["denied", &network.name, "EGRESS"]),
        "egress.openings" => by(["firewall", &network.name, "EGRESS"]),
        "ingress.openings" => by(["firewall", &network.name, "INGRESS"]),
        "routes" => by(["routes", &network.name]),
        "dns_logs" => by([
            "switch",
            "dns policies",
            own.map_or("", |own| &own.dns_policy),
            "--enable-logging",
        ]),
        "nat" => {
            let nats = own.map_or(&[] as &[Nat], |own| &own.nats);
            let mut reader = vec!["nat".to_owned(), network.name.clone()];
            let routers = nats.iter();
            reader.extend(routers.flat_map(|nat| [nat.name.clone(), nat.region.clone()]));
            Some(Reading::By(reader))
        }
        "services_range" => {
            let access = own.and_then(|own| own.services_access.as_ref());
            by(["range_of", access.map_or("", |access| &access.name)])
        }
        "proxy_range" => {
            let balancer = own.and_then(|own| own.balancer.as_ref());
            let proxies = balancer.map_or("", |balancer| &balancer.subnetwork);
            by([
                "setting",
                "compute networks subnets",
                proxies,
                "--range",
                "none",
            ])
        }
        other => subnetwork_reading(&network.subnetwork, other),
    }
}

/// How a fact of a subnetwork is read.
pub(super) fn subnetwork_reading(subnetwork: &Subnetwork, name: &str) -> Option<Reading> {
    let kind = "compute networks subnets";
    let switch = |flag: &str| by(["switch", kind, &subnetwork.name, flag]);
    match name {
        "flow_logs" => switch("--enable-flow-logs"),
        "google_access" => switch("--enable-private-ip-google-access"),
        "subnet" => by(["setting", kind, &subnetwork.name, "--range", "none"]),
        _ => None,
    }
}
