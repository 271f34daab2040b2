//! Caches, and the policy that lets Memorystore put their addresses into the network.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by, who_under};
use crate::plan::google::memorystore;
use crate::plan::google::roles;
use crate::plan::model::{Cache, Labels, Network, Plan, only_cache};

/// The kind that is read.
pub(super) const KIND: &str = "memorystore instances";

#[derive(Template)]
#[template(path = "gcloud/caches.sh.j2")]
struct Caches<'a> {
    region: &'a str,
    class: &'static str,
    labels: &'a Labels,
    /// The policy with network and subnetwork, where it is made here.
    policy: Option<(&'a str, &'a str, &'a str)>,
    /// The network that the addresses are made in, and for whom.
    endpoint: String,
    made: Vec<CacheView<'a>>,
}

struct CacheView<'a> {
    name: &'a str,
    version: &'a str,
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
        class: memorystore::SERVICE_CLASS,
        labels: &plan.project.labels,
        policy: policy(network).map(|policy| {
            let subnetwork = network.subnetwork.path.as_str();
            (policy, network.path.as_str(), subnetwork)
        }),
        endpoint: format!("network={},projectId={}", network.path, plan.project.id),
        made: plan.caches.iter().map(view).collect(),
    });
}

/// The kinds that are read ahead.
pub(super) fn kinds(plan: &Plan) -> Vec<&'static str> {
    let made = plan.network.as_ref().and_then(policy);
    let policies = made.map(|_| "network-connectivity service-connection-policies");
    let caches = (!plan.caches.is_empty()).then_some(KIND);
    policies.into_iter().chain(caches).collect()
}

fn policy(network: &Network) -> Option<&str> {
    network.own.as_ref()?.cache_policy.as_deref()
}

fn view(cache: &Cache) -> CacheView<'_> {
    let Cache {
        name,
        version,
        node_type,
        availability: _, // the copies say it
        encryption_key,
        deletion_protection,
        labels,
    } = cache;
    CacheView {
        name,
        version,
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

/// The command that prints the authority of a cache's certificates.
pub(super) fn authority(plan: &Plan, cache: &str) -> Vec<String> {
    vec![
        "memorystore".to_owned(),
        "instances".to_owned(),
        "get-certificate-authority".to_owned(),
        cache.to_owned(),
        format!("--project={}", plan.project.id),
        format!("--location={}", plan.project.region),
        "--format=value[delimiter=\"\"](managedServerCa.caCerts[].certificates[])".to_owned(),
    ]
}

/// How a fact of a cache is read.
pub(super) fn reading(plan: &Plan, cache: &str, name: &str) -> Option<Reading> {
    match name {
        "users" => {
            let project = plan.project.resource();
            who_under(plan, &project, roles::MEMORYSTORE_USER, &only_cache(cache))
        }
        "version" => by(["setting", KIND, cache, "--engine-version", "none"]),
        "tls" => by([
            "choice",
            KIND,
            cache,
            "--transit-encryption-mode",
            "server-authentication=encrypted",
        ]),
        "iam_login" => by(["choice", KIND, cache, "--authorization-mode", "iam-auth=on"]),
        "encryption" => by(["key_of", KIND, cache, "--kms-key"]),
        "availability" => by(["copies", cache]),
        "deletion_protection" => by(["switch", KIND, cache, "--deletion-protection-enabled"]),
        _ => None,
    }
}
