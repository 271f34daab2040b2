//! The network: of our own, or one that exists already.

mod elsewhere;
mod firewall;
mod openings;
mod proxies;
mod range;
mod zone;

use ipnet::Ipv4Net;

use crate::blueprint::schema::{self};
use crate::blueprint::units::Truth;
use crate::blueprint::{Key, Place};
use crate::name::{self, Kind};
use crate::plan::google::memorystore;
use crate::plan::google::roles;
use crate::plan::model::{
    CachePolicy, Internet, Nat, Network, OwnNetwork, Plan, Resource, ServicesAccess, Subnetwork,
};
use crate::rules;

use super::account::run_agent;
use super::context::Context;
use super::grants::Grants;
use firewall::{firewall, routes};
use openings::Openings;
use range::{services_range, subnet};
use zone::zones;

/// What the network is called.
pub(super) struct Named {
    pub project: String,
    pub network_name: String,
    pub network: String,
    pub subnetwork_name: String,
    pub subnetwork: String,
}

impl Named {
    /// Name and path of the subnetwork that is made in another region.
    pub fn elsewhere(&self, region: &str) -> (String, String) {
        let name = name::compute_name(&format!("{}-{region}", self.subnetwork_name));
        let path = format!(
            "projects/{}/regions/{region}/subnetworks/{name}",
            self.project
        );
        (name, path)
    }
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
    let used = plan.workloads().any(|workload| workload.vpc.is_some())
        || needs_range(cx)
        || !plan.caches.is_empty()
        || plan.internal_edge.is_some();
    let named = named(cx);
    let existing = existing(cx, &written, &named);
    if !used {
        if cx.blueprint.network.is_some() {
            let place = Place::Key(Key::of(&["network"]));
            cx.report(
                rules::NETWORK_UNUSED,
                "nothing runs in the network",
                &place,
                "none is made",
            )
            .help("take it out, or let something run in it: `egress = \"private\"`");
        }
        return None;
    }
    if existing && named.project != cx.project.id {
        let on = Resource::Subnetwork {
            project: named.project.clone(),
            region: cx.project.region.clone(),
            name: named.subnetwork_name.clone(),
        };
        let agent = run_agent(cx);
        grants.add(
            on,
            roles::NETWORK_USER,
            agent,
            None,
            &Key::of(&["network", "existing"]),
        );
    }
    let range = (!existing).then(|| subnet(cx, &written)).flatten();
    let elsewhere = if existing {
        Vec::new()
    } else {
        elsewhere::resolve(cx, plan, &written, &named)
    };
    let openings = Openings::of(cx, plan);
    let zones = zones(cx, plan, &written, &openings, existing);
    let own = (!existing).then(|| {
        let nats = nats(cx, plan, &named, &elsewhere);
        own(cx, plan, &written, &openings, range, nats)
    });
    range::apart(cx, &taken(range, own.as_ref(), &elsewhere));
    Some(Network {
        name: named.network_name,
        path: named.network,
        project: named.project,
        subnetwork: Subnetwork {
            name: named.subnetwork_name,
            region: cx.project.region.clone(),
            path: named.subnetwork,
            range,
        },
        elsewhere,
        own,
        zones,
    })
}

/// The ranges of the network, in the order in which they are judged.
fn taken(
    home: Option<Ipv4Net>,
    own: Option<&OwnNetwork>,
    elsewhere: &[Subnetwork],
) -> Vec<range::Taken> {
    let network = Key::of(&["network"]);
    let (instances, these) = ("instances here", "and these");
    let taken = |key: Key, range: Option<Ipv4Net>, who, other| {
        range.map(|range| range::Taken {
            key,
            range,
            who,
            other,
        })
    };
    let services = own.and_then(|own| own.services_access.as_ref());
    let services = services.map(|access| access.range);
    let proxies = own.and_then(|own| own.balancer.as_ref());
    let proxies = proxies.map(|balancer| balancer.range);
    let mut all = vec![
        taken(network.then("subnet"), home, instances, these),
        taken(
            network.then("service_range"),
            services,
            "databases",
            "instances",
        ),
    ];
    all.extend(elsewhere.iter().map(|one| {
        let key = network.then("subnets").then(&one.region);
        taken(key, one.range, instances, these)
    }));
    let balancer = "the internal load balancer";
    all.push(taken(network.then("proxy_range"), proxies, balancer, these));
    all.into_iter().flatten().collect()
}

/// Whether a database takes its address from this network. One that could not be resolved does too.
fn needs_range(cx: &Context<'_>) -> bool {
    let mut databases = cx.blueprint.databases.values();
    databases.any(|database| !database.existing.as_ref().is_some_and(Truth::holds))
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
            cx.missing(&existing_key, name, "its short or full name");
        }
    }
    if named.project != cx.project.id {
        cx.check_name(
            Kind::ProjectId,
            &named.project,
            "a project's id",
            &Place::Part(existing_key.then("network"), named.project.clone()),
        );
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
    let subnet = existing.subnet.as_deref().unwrap_or_default();
    if let ["projects", project, "regions", region, "subnetworks", _] =
        subnet.split('/').collect::<Vec<_>>().as_slice()
    {
        let here = cx.project.region.clone();
        if *region != here {
            cx.report(
                rules::NETWORK_CONFLICT,
                format!("the subnetwork lies in `{region}`, and everything else in `{here}`"),
                &Place::Part(existing_key.then("subnet"), (*region).to_owned()),
                "another region",
            )
            .and(&Place::Value(Key::of(&["project", "region"])), "the region");
        }
        if *project != named.project {
            let network = named.project.clone();
            cx.report(
                rules::NETWORK_CONFLICT,
                format!("the subnetwork lies in `{project}`, and its network in `{network}`"),
                &Place::Part(existing_key.then("subnet"), (*project).to_owned()),
                "another project",
            )
            .and(&Place::Value(existing_key.then("network")), "the network");
        }
    }
    for (name, is_written) in [
        ("subnet", written.subnet.is_some()),
        ("service_range", written.service_range.is_some()),
        ("proxy_range", written.proxy_range.is_some()),
        ("subnets", !written.subnets.is_empty()),
    ] {
        if is_written {
            cx.report(
                rules::NETWORK_CONFLICT,
                format!("`{name}` belongs to a network of your own"),
                &Place::Value(key.then(name)),
                "the network exists already",
            )
            .and(&Place::Key(existing_key.clone()), "here");
        }
    }
    true
}

fn own(
    cx: &mut Context<'_>,
    plan: &Plan,
    written: &schema::Network,
    openings: &Openings,
    subnet: Option<Ipv4Net>,
    nats: Vec<Nat>,
) -> OwnNetwork {
    let name = cx.project.name.clone();
    let needs_range = needs_range(cx);
    let range_key = Key::of(&["network", "service_range"]);
    if !needs_range && written.service_range.is_some() {
        cx.report(
            rules::SERVICE_RANGE_UNUSED,
            "no database takes an address of this range",
            &Place::Value(range_key.clone()),
            "not reserved",
        )
        .help("take it out");
    }
    let services_range = if needs_range {
        services_range(cx, written)
    } else {
        None
    };
    OwnNetwork {
        routes: routes(&name, plan, openings),
        firewall: firewall(&name, plan, openings, subnet, services_range),
        dns_policy: name.clone(),
        services_access: services_range.map(|range| ServicesAccess {
            name: format!("{name}-services"),
            range,
        }),
        balancer: proxies::resolve(cx, plan, written),
        cache_policies: cache_policies(&name, plan),
        nats,
    }
}

/// Cloud NAT in each region in which something goes to the internet by it: it translates what leaves the subnetwork of its region.
fn nats(cx: &Context<'_>, plan: &Plan, named: &Named, elsewhere: &[Subnetwork]) -> Vec<Nat> {
    let home = (
        &cx.project.region,
        &named.subnetwork_name,
        &named.subnetwork,
    );
    let others = elsewhere.iter();
    let others = others.map(|one| (&one.region, &one.name, &one.path));
    let used = |path: &String| {
        let mut all = plan.workloads();
        all.any(|workload| {
            let vpc = workload.vpc.as_ref();
            workload.internet == Internet::Nat && vpc.is_some_and(|vpc| vpc.subnetwork == *path)
        })
    };
    let made = std::iter::once(home).chain(others);
    let made = made.filter(|(_, _, path)| used(path));
    made.map(|(region, subnetwork, _)| {
        let own = &cx.project.name;
        let name = if *region == cx.project.region {
            format!("{own}-nat")
        } else {
            name::compute_name(&format!("{own}-nat-{region}"))
        };
        Nat {
            address: name.clone(),
            name,
            region: region.clone(),
            subnetwork: subnetwork.clone(),
        }
    })
    .collect()
}

/// The policies by which the network takes the addresses of caches.
fn cache_policies(name: &str, plan: &Plan) -> Vec<CachePolicy> {
    let policy = |engine: &'static memorystore::Service| CachePolicy {
        name: format!("{name}-{}", engine.policy),
        class: engine.class,
    };
    memorystore::engines(plan).map(policy).collect()
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    #[test]
    fn an_existing_subnetwork_lies_in_the_region() {
        let existing = |region: &str| {
            let network = format!(
                "[network.existing]\nnetwork = \"projects/host-prod/global/networks/shared\"\nsubnet = \"projects/host-prod/regions/{region}/subnetworks/run\"\n"
            );
            resolve(&[INTERNAL, &network]).errors
        };
        assert!(existing("europe-west1").is_empty());
        assert_eq!(existing("europe-west4"), ["network-conflict"]);
    }

    #[test]
    fn an_existing_network_lies_in_a_project_and_its_subnetwork_in_the_same() {
        let existing = |network: &str, subnet: &str| {
            resolve(&[INTERNAL, &format!(
                "[network.existing]\nnetwork = \"projects/{network}/global/networks/shared\"\nsubnet = \"projects/{subnet}/regions/europe-west1/subnetworks/run\"\n"
            )]).errors
        };
        assert!(existing("host-prod", "host-prod").is_empty());
        assert_eq!(existing("host-prod", "guest-prod"), ["network-conflict"]);
        assert_eq!(existing("\\thost-prod", "\\thost-prod"), ["invalid-name"]);
    }

    #[test]
    fn a_network_that_nothing_runs_in_is_read_all_the_same() {
        let network = "[network.existing]\nsubnet = \"Run\"\n";
        let found = resolve(&[INTERNAL, "egress = \"outside\"\n", network]);
        assert_eq!(found.errors, ["missing-key", "invalid-name"]);
        assert_eq!(found.warnings, ["network-unused"]);
    }

    #[test]
    fn the_quota_of_the_network_is_for_what_is_in_it() {
        let max = |egress: &str| {
            resolve(&[
                INTERNAL,
                "max = 200\n",
                egress,
                "[network]\nsubnet = \"10.8.0.0/20\"\n",
            ])
            .warnings
        };
        assert_eq!(max(""), ["max-above-quota"]);
        assert_eq!(max("egress = \"outside\"\n"), ["network-unused"]);
    }
}
