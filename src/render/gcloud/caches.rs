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

/// The caches that are made here.
fn made(plan: &Plan) -> impl Iterator<Item = &Cache> {
    plan.caches.iter().filter(|one| !one.existing)
}

/// Whether anything is made for caches.
pub(super) fn any(plan: &Plan) -> bool {
    let own = plan.network.iter().any(|one| !policies(one).is_empty());
    own || made(plan).next().is_some()
}

/// The kinds of the caches that are made here.
pub(super) fn of_caches(plan: &Plan) -> Vec<&'static str> {
    let mut kinds: Vec<_> = made(plan).map(|one| kind(one.engine)).collect();
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
    let (Some(network), true) = (&plan.network, any(plan)) else {
        return;
    };
    script.section(&Caches {
        region: &plan.project.region,
        labels: &plan.project.labels,
        policies: policies(network),
        network: &network.path,
        subnetwork: &network.subnetwork.path,
        endpoint: format!("network={},projectId={}", network.path, plan.project.id),
        made: made(plan).map(view).collect(),
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
        project: _,
        region: _,
        id: _, // its name
        existing: _,
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

/// The command that reads the private address of a cache: of its primary, or that at which a cluster tells of its nodes.
pub(super) fn private_address(plan: &Plan, cache: &str) -> Vec<String> {
    let Some(cache) = plan.cache(cache) else {
        return Vec::new(); // the plan has no record of another
    };
    let Cache { project, id, .. } = cache;
    let home = memorystore::of(cache.engine);
    let (region, collection) = (&cache.region, home.collection);
    let (words, flatten, of_network, primary, address) = match cache.engine {
        CacheEngine::Redis if !cache.existing => {
            let read = ["redis", "clusters", "describe", id];
            let flags = [
                format!("--region={region}"),
                "--format=value(discoveryEndpoints[0].address)".to_owned(),
            ];
            return read.map(str::to_owned).into_iter().chain(flags).collect();
        }
        CacheEngine::Redis => (
            ["redis", "clusters", "list", "--region"],
            "discoveryEndpoints[]",
            "discoveryEndpoints.pscConfig.network",
            "",
            "discoveryEndpoints.address",
        ),
        CacheEngine::Valkey(_) => (
            ["memorystore", "instances", "list", "--location"],
            "endpoints[].connections[]",
            "endpoints.connections.pscAutoConnection.network",
            " AND endpoints.connections.pscAutoConnection.connectionType=CONNECTION_TYPE_PRIMARY",
            "endpoints.connections.pscAutoConnection.ipAddress",
        ),
    };
    let [product, kind, verb, place] = words;
    let mut command = [product, kind, verb].map(str::to_owned).to_vec();
    command.push(format!("{place}={region}"));
    let mut filter =
        format!("name=projects/{project}/locations/{region}/{collection}/{id}{primary}");
    // What exists already may have addresses in other networks too.
    if let (true, Some(network)) = (cache.existing, &plan.network) {
        command.push(format!("--project={project}"));
        filter = format!("{filter} AND {of_network}={}", network.path);
    }
    command.extend([
        format!("--flatten={flatten}"),
        format!("--filter={filter}"),
        format!("--format=value({address})"),
    ]);
    command
}

/// The command that prints the authority of a cache's certificates.
pub(super) fn authority(plan: &Plan, cache: &str) -> Vec<String> {
    let Some(cache) = plan.cache(cache) else {
        return Vec::new(); // the plan has no authority of another
    };
    let (words, region) = if cache.engine == CacheEngine::Redis {
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
        cache.id.clone(),
        format!("--project={}", cache.project),
        format!("--{region}={}", cache.region),
        "--format=value[delimiter=\"\"](managedServerCa.caCerts[].certificates[])".to_owned(),
    ]);
    command
}

/// How a fact of a cache is read.
pub(super) fn reading(plan: &Plan, cache: &str, name: &str) -> Option<Reading> {
    let found = plan.cache(cache)?;
    let engine = found.engine;
    let kind = kind(engine);
    let (login, protection) = match engine {
        CacheEngine::Valkey(_) => ("--authorization-mode", "--deletion-protection-enabled"),
        CacheEngine::Redis => ("--auth-mode", "--deletion-protection"),
    };
    match name {
        "users" => {
            let user = memorystore::of(engine).user;
            who_under(plan, &found.home(), user, &only_cache(cache))
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
