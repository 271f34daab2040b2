//! Grants of one role to one principal.

use askama::Template;

use super::datasets;
use super::filters;
use super::messages;
use super::module::{Module, reference};
use super::words::Expr;
use crate::plan::google::{bigquery, binary_authorization, pubsub, roles, secretmanager, spanner};
use crate::plan::model::{Condition, DatasetPath, Grant, Resource};
use crate::proof::{self, Waivers};
use crate::render;
use crate::render::quote::Quoted;
use crate::render::quote::hcl::Hcl;

/// A grant as a resource of Terraform.
struct GrantView<'a> {
    kind: &'static str,
    name: &'a str,
    causes: String,
    on: Vec<(&'static str, Expr)>,
    role: &'a str,
    /// The argument that takes the member.
    who: &'static str,
    member: Expr,
    condition: Option<&'a Condition>,
    waivers: Waivers,
}

#[derive(Template)]
#[template(path = "terraform/grants.tf.j2")]
struct Grants<'a> {
    grants: Vec<GrantView<'a>>,
}

/// Adds the grants that stand in no file of what they are on.
pub(super) fn add(module: &mut Module<'_>, grants: &[&Grant]) {
    let grants = Grants {
        grants: grants.iter().map(|grant| view(module, grant)).collect(),
    };
    let summary = "What accounts may do, each on the smallest resource that holds the grant.";
    module.add("grants.tf", summary, &grants);
}

/// Grants as a part of another file.
pub(super) fn block<'a>(
    module: &Module<'a>,
    grants: impl IntoIterator<Item = &'a Grant>,
) -> Quoted {
    let grants = grants.into_iter();
    render::block(&Grants {
        grants: grants.map(|grant| view(module, grant)).collect(),
    })
}

/// The resource of a grant, as others wait for it.
pub(super) fn address(module: &Module<'_>, grant: &Grant) -> Expr {
    let (kind, _) = place(module, &grant.on);
    Expr(format!("{kind}.{}", super::id(&grant.name)))
}

/// The view of a grant.
fn view<'a>(module: &Module<'a>, grant: &'a Grant) -> GrantView<'a> {
    let Grant {
        on,
        role,
        to,
        condition,
        name,
        causes,
        stage: _,
    } = grant;
    let who = match on {
        Resource::Dataset { .. } => "iam_member",
        _ => "member",
    };
    let (kind, on) = place(module, on);
    let causes: Vec<&str> = causes.iter().map(String::as_str).collect();
    GrantView {
        kind,
        name,
        causes: causes.join(", "),
        on,
        role,
        who,
        member: module.member(to),
        condition: condition.as_ref(),
        waivers: Waivers(match role.as_str() {
            roles::EVENTARC_AGENT => vec![proof::AGENT_ROLE],
            _ => Vec::new(),
        }),
    }
}

/// The type of a grant's resource, and the arguments that say on what it is.
#[expect(clippy::too_many_lines, reason = "an arm for each kind of resource")]
fn place(module: &Module<'_>, on: &Resource) -> (&'static str, Vec<(&'static str, Expr)>) {
    let here = |api: &str, project: &str| {
        if project == module.plan.project.id {
            module.project(api)
        } else {
            text(project)
        }
    };
    match on {
        Resource::Project { project } => {
            let project = here("cloudresourcemanager.googleapis.com", project);
            ("google_project_iam_member", vec![("project", project)])
        }
        Resource::Secret { project, name } => (
            "google_secret_manager_secret_iam_member",
            vec![
                ("project", here(secretmanager::API, project)),
                ("secret_id", secret(module, project, name)),
            ],
        ),
        Resource::Bucket { project: _, name } => {
            let bucket = vec![("bucket", bucket(module, name))];
            ("google_storage_bucket_iam_member", bucket)
        }
        Resource::Repository {
            project,
            location,
            name,
        } => (
            "google_artifact_registry_repository_iam_member",
            vec![
                ("project", here("artifactregistry.googleapis.com", project)),
                ("location", text(location)),
                ("repository", repository(module, on, name)),
            ],
        ),
        Resource::Subnetwork {
            project,
            region,
            name,
        } => (
            "google_compute_subnetwork_iam_member",
            vec![
                ("project", here("compute.googleapis.com", project)),
                ("region", text(region)),
                ("subnetwork", subnetwork(module, project, name)),
            ],
        ),
        Resource::Account { project, email } => {
            let account = vec![("service_account_id", account(module, project, email))];
            ("google_service_account_iam_member", account)
        }
        Resource::Topic { project, name } => (
            "google_pubsub_topic_iam_member",
            vec![
                ("project", here(pubsub::API, project)),
                ("topic", topic(module, project, name)),
            ],
        ),
        Resource::Subscription { project, name } => (
            "google_pubsub_subscription_iam_member",
            vec![
                ("project", here(pubsub::API, project)),
                ("subscription", subscription(module, project, name)),
            ],
        ),
        Resource::Queue {
            project,
            region,
            name,
        } => (
            "google_cloud_tasks_queue_iam_member",
            vec![
                ("project", here("cloudtasks.googleapis.com", project)),
                ("location", text(region)),
                ("name", queue(module, project, name)),
            ],
        ),
        Resource::Key {
            project,
            location,
            ring,
            name,
        } => {
            let made = module.index.key(on).filter(|key| !key.existing);
            let key = made.filter(|_| module.makes_foundation()).map_or_else(
                || {
                    let ring = format!("projects/{project}/locations/{location}/keyRings/{ring}");
                    text(&format!("{ring}/cryptoKeys/{name}"))
                },
                |key| reference("google_kms_crypto_key", &key.name, "id"),
            );
            let key = vec![("crypto_key_id", key)];
            ("google_kms_crypto_key_iam_member", key)
        }
        // What sets a policy would take away the views and routines that the dataset lets read it
        // (<https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/bigquery_dataset_iam>).
        Resource::Dataset { project, name } => (
            "google_bigquery_dataset_access",
            vec![
                ("project", here(bigquery::API, project)),
                ("dataset_id", dataset(module, project, name)),
            ],
        ),
        Resource::Table {
            project,
            dataset,
            name,
        } => (
            "google_bigquery_table_iam_member",
            vec![
                ("project", here(bigquery::API, project)),
                ("dataset_id", text(dataset)),
                ("table_id", text(name)),
            ],
        ),
        Resource::Attestor { project, name } => (
            "google_binary_authorization_attestor_iam_member",
            vec![
                ("project", here(binary_authorization::API, project)),
                ("attestor", text(name)),
            ],
        ),
        Resource::SpannerInstance { project, name } => (
            "google_spanner_instance_iam_member",
            vec![
                ("project", here(spanner::API, project)),
                ("instance", text(name)),
            ],
        ),
        Resource::SpannerDatabase {
            project,
            instance,
            name,
        } => (
            "google_spanner_database_iam_member",
            vec![
                ("project", here(spanner::API, project)),
                ("instance", text(instance)),
                ("database", text(name)),
            ],
        ),
        Resource::Service { .. }
        | Resource::Job { .. }
        | Resource::IapBackend { .. }
        | Resource::IapService { .. } => {
            unreachable!("their policies are complete: `Plan::single_grants` leaves them out")
        }
    }
}

fn text(text: &str) -> Expr {
    Expr(text.hcl().0)
}

/// A dataset: as a reference where this stage makes it.
fn dataset(module: &Module<'_>, project: &str, id: &str) -> Expr {
    let path = DatasetPath {
        project: project.to_owned(),
        id: id.to_owned(),
    };
    datasets::made(module, &path, "dataset_id").unwrap_or_else(|| text(id))
}

/// A secret: as a reference where this stage makes it.
fn secret(module: &Module<'_>, project: &str, id: &str) -> Expr {
    let local = if module.makes_foundation() {
        let secret = module.index.secret(project, id);
        secret
            .filter(|secret| !secret.existing)
            .map(|secret| &secret.name)
    } else {
        module.index.file(id).map(|file| &file.name)
    };
    local.map_or_else(
        || text(id),
        |local| reference("google_secret_manager_secret", local, "secret_id"),
    )
}

/// A topic: as a reference where this stage makes it.
fn topic(module: &Module<'_>, project: &str, id: &str) -> Expr {
    messages::made(module, project, id).map_or_else(
        || text(id),
        |local| reference("google_pubsub_topic", local, "name"),
    )
}

/// A subscription: as a reference where this stage makes it.
fn subscription(module: &Module<'_>, project: &str, id: &str) -> Expr {
    messages::made_subscription(module, project, id).map_or_else(
        || text(id),
        |local| reference("google_pubsub_subscription", local, "name"),
    )
}

/// A queue: as a reference where this stage makes it.
fn queue(module: &Module<'_>, project: &str, id: &str) -> Expr {
    let made = module.index.queue(project, id);
    made.filter(|_| module.makes_foundation()).map_or_else(
        || text(id),
        |queue| reference("google_cloud_tasks_queue", &queue.name, "name"),
    )
}

/// A repository of images: as a reference where this stage makes it.
fn repository(module: &Module<'_>, on: &Resource, id: &str) -> Expr {
    let made = module.index.registry(on).filter(|one| !one.existing);
    made.filter(|_| module.makes_foundation()).map_or_else(
        || text(id),
        |one| {
            let kind = "google_artifact_registry_repository";
            reference(kind, &one.name, "repository_id")
        },
    )
}

/// A bucket: as a reference where this stage makes it.
fn bucket(module: &Module<'_>, name: &str) -> Expr {
    let made = module.index.bucket(name).filter(|bucket| !bucket.existing);
    made.filter(|_| module.makes_foundation()).map_or_else(
        || text(name),
        |bucket| reference("google_storage_bucket", &bucket.name, "name"),
    )
}

/// A subnetwork: as a reference where this stage makes it.
fn subnetwork(module: &Module<'_>, project: &str, name: &str) -> Expr {
    let network = module.plan.network.as_ref();
    let made = network.is_some_and(|network| {
        network.own.is_some() && network.project == project && network.subnetwork.name == name
    });
    if made && module.makes_foundation() {
        return reference("google_compute_subnetwork", name, "name");
    }
    text(name)
}

/// A service account: as a reference where this stage makes it.
fn account(module: &Module<'_>, project: &str, email: &str) -> Expr {
    let made = module.plan.account_by_address(email);
    made.filter(|_| module.makes_foundation()).map_or_else(
        || text(&format!("projects/{project}/serviceAccounts/{email}")),
        |account| reference("google_service_account", &account.id, "name"),
    )
}
