//! Google's APIs and the identities of its agents.

use std::collections::BTreeSet;

use crate::plan::google::encryption::Product;
use crate::plan::google::memorystore;
use crate::plan::google::{
    eventarc, perimeter, pubsub, roles, run, scheduler, secretmanager, storage,
};
use crate::plan::model::{
    Agent, Api, Certificate, EventSource, FirestoreMode, Part, Plan, Principal, RegistryPath,
    Resource, Stage, VolumeSource, agent_email,
};

/// The APIs, by stage and name. The foundation enables all of them, so that who deploys services needs no right to enable
/// APIs; only the APIs of organisation policies and perimeters are the governance stage's, which is applied first and needs no
/// other. So no two stages hold the same API.
pub(super) fn apis(plan: &Plan) -> Vec<Api> {
    let api = |stage, name: &str| Api {
        stage,
        service: format!("{name}.googleapis.com"),
    };
    let mut apis: BTreeSet<Api> = used(plan)
        .into_iter()
        .filter(|(_, used)| *used)
        .map(|(name, _)| api(Stage::Foundation, name))
        .collect();
    if !plan.org_policies.is_empty() {
        apis.insert(api(Stage::Governance, "orgpolicy"));
    }
    if plan.own_perimeter().is_some() {
        apis.insert(api(Stage::Governance, perimeter::API));
    }
    apis.into_iter().collect()
}

/// Each API and whether something needs it.
fn used(plan: &Plan) -> [(&'static str, bool); 33] {
    // What reads or writes it calls its API from the project of its account, wherever the data lies.
    let granted = |of: fn(&Resource) -> bool| plan.grants.iter().any(|grant| of(&grant.on));
    let edge = plan.edge.as_ref();
    let network = plan.network.as_ref();
    let own_network = network.and_then(|network| network.own.as_ref());
    let certificate_map =
        edge.is_some_and(|edge| !matches!(edge.certificate, Certificate::Classic { .. }));
    let certificates = certificate_map || plan.internal_edge.is_some();
    let zones = network.is_some_and(|network| !network.zones.is_empty());
    let policies = own_network.is_some_and(|own| !own.cache_policies.is_empty());
    let addresses = policies || plan.caches.iter().any(|cache| !cache.existing);
    let database_here = plan.databases.iter().any(|database| !database.existing);
    let mounted = plan
        .workloads()
        .flat_map(|workload| &workload.volumes)
        .any(|volume| matches!(volume.source, VolumeSource::Bucket { .. }));
    let mut registries = plan.registries.iter();
    let registries = registries.any(|one| one.path.project == plan.project.id);
    [
        ("artifactregistry", images_here(plan) || registries),
        (
            "bigquery",
            granted(Resource::is_of_bigquery) || plan.made_datasets().next().is_some(),
        ),
        ("binaryauthorization", plan.binary_authorization.is_some()),
        ("certificatemanager", certificates),
        ("cloudkms", !plan.keys.is_empty()),
        ("cloudresourcemanager", true),
        ("cloudscheduler", !plan.schedules.is_empty()),
        ("cloudtasks", !plan.queues.is_empty()),
        (
            "cloudtrace",
            plan.grants
                .iter()
                .any(|grant| grant.role == roles::TRACE_AGENT),
        ),
        ("compute", network.is_some() || edge.is_some()),
        // What the code calls, from the project of its account and wherever the database lies.
        (
            "datastore",
            plan.firestores
                .iter()
                .any(|one| one.mode == FirestoreMode::Datastore),
        ),
        // The policy that logs the network's queries is the DNS API's too.
        (
            "dns",
            zones || own_network.is_some() || edge.is_some_and(|edge| edge.zone.is_some()),
        ),
        ("eventarc", !plan.events.is_empty() || plan.makes_channels()),
        // What the code calls, from the project of its account and wherever the channel lies.
        (eventarc::PUBLISHING, !plan.channels.is_empty()),
        ("firestore", !plan.firestores.is_empty()),
        ("iam", true),
        ("iamcredentials", true),
        ("iap", uses_iap(plan)),
        ("logging", true),
        (
            "memorystore",
            memorystore::is_here(plan, &memorystore::VALKEY),
        ),
        ("monitoring", true),
        // What a network lets Memorystore do is its API's.
        ("networkconnectivity", addresses),
        (
            "pubsub",
            // It carries events.
            !plan.topics.is_empty()
                || !plan.subscriptions.is_empty()
                || !plan.events.is_empty()
                || plan.makes_channels(),
        ),
        ("redis", memorystore::is_here(plan, &memorystore::REDIS)),
        ("run", true),
        ("secretmanager", uses_secrets(plan)),
        ("servicenetworking", database_here),
        ("spanner", granted(Resource::is_of_spanner)),
        // Connectors call it from the project of their account, wherever the database lies.
        ("sqladmin", !plan.databases.is_empty()),
        ("sts", plan.delivery.is_some()),
        ("storage", mounted || !plan.buckets.is_empty()),
        ("workflowexecutions", !plan.workflows.is_empty()),
        ("workflows", !plan.workflows.is_empty()),
    ]
}

/// Whether IAP stands before a service or its backend.
pub(super) fn uses_iap(plan: &Plan) -> bool {
    let backends = plan.edge.iter().flat_map(|edge| &edge.backends);
    plan.services.iter().any(|service| service.iap)
        || backends.into_iter().any(|backend| backend.iap)
}

/// Whether anything is kept in Secret Manager.
pub(super) fn uses_secrets(plan: &Plan) -> bool {
    !plan.secrets.is_empty() || !plan.files.is_empty()
}

/// Whether an image lies in Artifact Registry in this project.
fn images_here(plan: &Plan) -> bool {
    let containers = plan.workloads().flat_map(|workload| &workload.containers);
    containers.into_iter().any(|container| {
        let Some(Part::Literal(image)) = container.image.parts().first() else {
            return false;
        };
        RegistryPath::of_image(image).is_some_and(|path| path.project == plan.project.id)
    })
}

/// The agents whose identity must be made before something is granted to them. Cloud Run's is there as soon as its API is
/// enabled; those of IAP and Pub/Sub only after their first use, or when they are asked for.
pub(super) fn agents(plan: &Plan) -> Vec<Agent> {
    let granted = |service: &str| {
        plan.grants
            .iter()
            .any(|grant| matches!(&grant.to, Principal::Agent { service: of, .. } if of == service))
    };
    let agent = |service: &str, domain, why| Agent {
        service: service.to_owned(),
        email: agent_email(plan.project.number.as_deref(), domain),
        why,
        by_lookup: service == storage::API,
    };
    let mut agents = Vec::new();
    let iap = run::IAP_API;
    if granted(iap) || uses_iap(plan) {
        let why = "IAP calls the services that it guards as this identity, which has to be there before it is granted that";
        agents.push(agent(iap, run::IAP_AGENT, why));
    }
    let messages = pubsub::API;
    if granted(messages) {
        let moves = plan.grants.iter().any(|grant| {
            let by_agent =
                matches!(&grant.to, Principal::Agent { service, .. } if service == messages);
            by_agent && grant.role != roles::KMS_ENCRYPTER_DECRYPTER
        });
        let writes = plan.subscriptions.iter().any(|one| one.sink.is_some());
        let why = if writes {
            "Pub/Sub writes messages and moves dead letters as this identity, which has to be there before it is granted that"
        } else if moves {
            "Pub/Sub moves dead letters as this identity, which has to be there before it is granted that"
        } else {
            "Pub/Sub encrypts messages as this identity, which has to be there before it is granted that"
        };
        agents.push(agent(messages, pubsub::AGENT, why));
    }
    let schedules = scheduler::API;
    if granted(schedules) {
        let why = "Cloud Scheduler publishes as this identity, which has to be there before it is granted that";
        agents.push(agent(schedules, scheduler::AGENT, why));
    }
    if granted(eventarc::API) {
        let why = if plan.makes_channels() {
            "Eventarc makes the topics and subscriptions of channels and triggers as this identity, which has to be there before the first of them"
        } else {
            "Eventarc makes the topics and subscriptions of triggers as this identity, which has to be there before the first of them"
        };
        agents.push(agent(eventarc::API, eventarc::AGENT, why));
    }
    if plan.rotation().is_some() {
        let why = "Secret Manager says as this identity that a value is to be replaced, which has to be there before it is granted that";
        agents.push(agent(secretmanager::API, secretmanager::AGENT, why));
    }
    if granted(storage::API) {
        let mut events = plan.events.iter();
        let told = events.any(|event| matches!(event.source, EventSource::Objects { .. }));
        let publishes = told || plan.notifications().next().is_some();
        let why = if publishes {
            "Cloud Storage publishes what happens to objects as this identity, which is made when it is looked up"
        } else {
            "Cloud Storage encrypts objects as this identity, which is made when it is looked up"
        };
        agents.push(agent(storage::API, storage::AGENT, why));
    }
    for product in Product::ALL {
        let known = agents
            .iter()
            .any(|one: &Agent| one.service == product.api());
        let needed = !known && granted(product.api());
        if let Some(why) = product.identity().filter(|_| needed) {
            agents.push(agent(product.api(), product.agent(), why));
        }
    }
    agents.sort();
    agents
}

#[cfg(test)]
mod tests;
