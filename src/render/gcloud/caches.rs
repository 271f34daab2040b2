//! Caches, and the policy that lets Memorystore put their addresses into the network.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by, who_under};
use crate::plan::google::memorystore;
use crate::plan::model::{Cache, CacheEngine, CachePolicy, Labels, Network, Plan, only_cache};

/// The kind that caches of an engine are read by.
fn kind(engine: CacheEngine) -> &'static str {
    match engine {
        CacheEngine::Valkey(_) => "memorystore instances",
        CacheEngine::Redis => "redis clusters",
    }
}

/// The kinds of the caches that there are.
pub(super) fn of_caches(plan: &Plan) -> Vec<&'static str> {
    let mut kinds: Vec<_> = plan.caches.iter().map(|one| kind(one.engine)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

#[derive(Template)]
#[template(path = "gcloud/caches.sh.j2")]
struct Caches<'a> {
    region: &'a str,
    labels: &'a Labels,
    /// The policies that are made here.
    policies: &'a [CachePolicy],
    /// The network that the addresses are made in, by its path.
    network: &'a str,
    /// And for whom.
    endpoint: String,
    subnetwork: &'a str,
    made: Vec<CacheView<'a>>,
}

struct CacheView<'a> {
    name: &'a str,
    engine: CacheEngine,
    node_type: String,
    copies: u32,
    encryption_key: Option<String>,
    deletion_protection: bool,
    labels: &'a Labels,
}

/// Adds the caches.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
    let (Some(network), false) = (&plan.network, plan.caches.is_empty()) else {
        return;
    };
    script.section(&Caches {
        region: &plan.project.region,
        labels: &plan.project.labels,
        policies: policies(network),
        network: &network.path,
        subnetwork: &network.subnetwork.path,
        endpoint: format!("network={},projectId={}", network.path, plan.project.id),
        made: plan.caches.iter().map(view).collect(),
    });
}

/// The kinds that are read ahead.
pub(super) fn kinds(plan: &Plan) -> Vec<&'static str> {
    let made = plan
        .network
        .as_ref()
        .is_some_and(|one| !policies(one).is_empty());
    let policies = made.then_some("network-connectivity service-connection-policies");
    policies.into_iter().chain(of_caches(plan)).collect()
}

fn policies(network: &Network) -> &[CachePolicy] {
    match &network.own {
        Some(own) => &own.cache_policies,
        None => &[],
    }
}

fn view(cache: &Cache) -> CacheView<'_> {
    let Cache {
        name,
        engine,
        node_type,
        availability: _, // the copies say it
        encryption_key,
        deletion_protection,
        labels,
    } = cache;
    CacheView {
        name,
        engine: *engine,
        node_type: node_type.to_ascii_lowercase().replace('_', "-"),
        copies: cache.copies(),
        encryption_key: encryption_key.as_ref().map(ToString::to_string),
        deletion_protection: *deletion_protection,
        labels,
    }
}

/// The command that reads the address of a cache's primary.
pub(super) fn private_address(plan: &Plan, cache: &str) -> Vec<String> {
    let connection = "endpoints.connections.pscAutoConnection";
    let name = format!(
        "projects/{}/locations/{}/instances/{cache}",
        plan.project.id, plan.project.region
    );
    vec![
        "memorystore".to_owned(),
        "instances".to_owned(),
        "list".to_owned(),
        format!("--location={}", plan.project.region),
        "--flatten=endpoints[].connections[]".to_owned(),
        format!("--filter=name={name} AND {connection}.connectionType=CONNECTION_TYPE_PRIMARY"),
        format!("--format=value({connection}.ipAddress)"),
    ]
}

/// The command that reads the address at which a cluster tells of its nodes.
pub(super) fn discovery_address(plan: &Plan, cache: &str) -> Vec<String> {
    vec![
        "redis".to_owned(),
        "clusters".to_owned(),
        "describe".to_owned(),
        cache.to_owned(),
        format!("--region={}", plan.project.region),
        "--format=value(discoveryEndpoints[0].address)".to_owned(),
    ]
}

/// The command that prints the authority of a cache's certificates.
pub(super) fn authority(plan: &Plan, cache: &str) -> Vec<String> {
    let redis = plan.cache(cache).map(|one| one.engine) == Some(CacheEngine::Redis);
    let (words, region) = if redis {
        (
            ["redis", "clusters", "get-cluster-certificate-authority"],
            "region",
        )
    } else {
        (
            ["memorystore", "instances", "get-certificate-authority"],
            "location",
        )
    };
    let mut command = words.map(str::to_owned).to_vec();
    command.extend([
        cache.to_owned(),
        format!("--project={}", plan.project.id),
        format!("--{region}={}", plan.project.region),
        "--format=value[delimiter=\"\"](managedServerCa.caCerts[].certificates[])".to_owned(),
    ]);
    command
}

/// How a fact of a cache is read.
pub(super) fn reading(plan: &Plan, cache: &str, name: &str) -> Option<Reading> {
    let engine = plan.cache(cache)?.engine;
    let kind = kind(engine);
    let (login, protection) = match engine {
        CacheEngine::Valkey(_) => ("--authorization-mode", "--deletion-protection-enabled"),
        CacheEngine::Redis => ("--auth-mode", "--deletion-protection"),
    };
    match name {
        "users" => {
            let project = plan.project.resource();
            let user = memorystore::of(engine).user;
            who_under(plan, &project, user, &only_cache(cache))
        }
        "version" => match engine {
            CacheEngine::Valkey(_) => by(["setting", kind, cache, "--engine-version", "none"]),
            CacheEngine::Redis => Some(Reading::Named),
        },
        "tls" => by([
            "choice",
            kind,
            cache,
            "--transit-encryption-mode",
            "server-authentication=encrypted",
        ]),
        "iam_login" => by(["choice", kind, cache, login, "iam-auth=on"]),
        "encryption" => by(["key_of", kind, cache, "--kms-key"]),
        "availability" => match engine {
            CacheEngine::Valkey(_) => by(["copies", cache]),
            CacheEngine::Redis => by(["copies", cache, kind]),
        },
        "deletion_protection" => by(["switch", kind, cache, protection]),
        _ => None,
    }
}
