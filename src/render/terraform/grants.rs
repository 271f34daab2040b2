//! Grants of one role to one principal.

use askama::Template;

use super::filters;
use super::module::{Module, reference};
use super::words::Expr;
use crate::plan::model::{Condition, Grant, Resource};
use crate::render::quote::hcl::Hcl;

/// A grant as a resource of Terraform.
pub(super) struct GrantView<'a> {
    pub(super) kind: &'static str,
    pub(super) name: &'a str,
    pub(super) causes: String,
    pub(super) on: Vec<(&'static str, Expr)>,
    pub(super) role: &'a str,
    pub(super) member: Expr,
    pub(super) condition: Option<&'a Condition>,
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

/// The view of a grant.
pub(super) fn view<'a>(module: &Module<'a>, grant: &'a Grant) -> GrantView<'a> {
    let Grant {
        on,
        role,
        to,
        condition,
        name,
        causes,
        stage: _,
    } = grant;
    let (kind, on) = place(module, on);
    let causes: Vec<&str> = causes.iter().map(String::as_str).collect();
    GrantView {
        kind,
        name,
        causes: causes.join(", "),
        on,
        role,
        member: module.member(to),
        condition: condition.as_ref(),
    }
}

/// The type of a grant's resource, and the arguments that say on what it is.
fn place(module: &Module<'_>, on: &Resource) -> (&'static str, Vec<(&'static str, Expr)>) {
    let text = |text: &str| Expr(text.hcl().0);
    let plan = module.plan;
    let here = |api: &str, project: &str| {
        if project == plan.project.id {
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
        Resource::Secret { project, name } => {
            let made = |secret: &&crate::plan::model::Secret| {
                !secret.existing && secret.id == *name && secret.project == *project
            };
            let secret = plan.secrets.iter().find(made);
            let local = if module.makes_foundation() {
                secret.map(|secret| &secret.name)
            } else {
                let file = plan.files.iter().find(|file| file.name == *name);
                file.map(|file| &file.name)
            };
            let id = local.map_or_else(
                || text(name),
                |local| reference("google_secret_manager_secret", local, "secret_id"),
            );
            let project = here("secretmanager.googleapis.com", project);
            (
                "google_secret_manager_secret_iam_member",
                vec![("project", project), ("secret_id", id)],
            )
        }
        Resource::Bucket { project: _, name } => (
            "google_storage_bucket_iam_member",
            vec![("bucket", text(name))],
        ),
        Resource::Repository {
            project,
            location,
            name,
        } => (
            "google_artifact_registry_repository_iam_member",
            vec![
                ("project", here("artifactregistry.googleapis.com", project)),
                ("location", text(location)),
                ("repository", text(name)),
            ],
        ),
        Resource::Subnetwork {
            project,
            region,
            name,
        } => {
            let own = plan.network.as_ref().is_some_and(|network| {
                network.own.is_some()
                    && network.project == *project
                    && network.subnetwork.name == *name
            });
            let subnetwork = if own && module.makes_foundation() {
                reference("google_compute_subnetwork", name, "name")
            } else {
                text(name)
            };
            (
                "google_compute_subnetwork_iam_member",
                vec![
                    ("project", here("compute.googleapis.com", project)),
                    ("region", text(region)),
                    ("subnetwork", subnetwork),
                ],
            )
        }
        Resource::Account { project, email } => {
            let made = plan.accounts.iter().find(|account| account.email == *email);
            let account = made.filter(|_| module.makes_foundation()).map_or_else(
                || text(&format!("projects/{project}/serviceAccounts/{email}")),
                |account| reference("google_service_account", &account.id, "name"),
            );
            (
                "google_service_account_iam_member",
                vec![("service_account_id", account)],
            )
        }
        Resource::Topic { project, name } => (
            "google_pubsub_topic_iam_member",
            vec![
                ("project", here("pubsub.googleapis.com", project)),
                ("topic", text(name)),
            ],
        ),
        Resource::Key {
            project,
            location,
            ring,
            name,
        } => {
            let key = format!(
                "projects/{project}/locations/{location}/keyRings/{ring}/cryptoKeys/{name}"
            );
            (
                "google_kms_crypto_key_iam_member",
                vec![("crypto_key_id", text(&key))],
            )
        }
        Resource::Service { .. }
        | Resource::Job { .. }
        | Resource::IapBackend { .. }
        | Resource::IapService { .. } => {
            unreachable!("their policies are complete: `Plan::single_grants` leaves them out")
        }
    }
}
