//! Grants, from Terraform's resources and policies.

use super::hcl::{Flat, Resource, Stage};
use crate::cloud::{Cloud, Grant, Place, Values};

/// Grants: of a complete policy, of one role of one, or single.
pub fn from_terraform(
    place: &Place,
    cloud: &mut Cloud,
    stage: &Stage,
    resource: &Resource,
    flat: &mut Flat,
) {
    let mut take = |path: &str| flat.remove(path).map(|values| values.concat());
    let project = take("project").unwrap_or_else(|| place.project.clone());
    let mut part =
        |path: &str| take(path).unwrap_or_else(|| panic!("{} lacks {path}", resource.local));
    let on = match resource.kind.as_str() {
        "google_cloud_run_v2_service_iam_policy" => {
            run(&project, &part("location"), "services", &part("name"))
        }
        "google_cloud_run_v2_job_iam_policy" => {
            run(&project, &part("location"), "jobs", &part("name"))
        }
        "google_iap_web_backend_service_iam_binding" => {
            let service = part("web_backend_service");
            format!("//iap.googleapis.com/projects/{project}/iap_web/compute/services/{service}")
        }
        "google_iap_web_cloud_run_service_iam_binding" => {
            let (location, service) = (part("location"), part("cloud_run_service_name"));
            format!(
                "//iap.googleapis.com/projects/{project}/iap_web/cloud_run-{location}/services/{service}"
            )
        }
        "google_project_iam_member" => {
            format!("//cloudresourcemanager.googleapis.com/projects/{project}")
        }
        "google_secret_manager_secret_iam_member" => {
            format!(
                "//secretmanager.googleapis.com/projects/{project}/secrets/{}",
                part("secret_id")
            )
        }
        "google_storage_bucket_iam_member" => {
            format!(
                "//storage.googleapis.com/projects/_/buckets/{}",
                part("bucket")
            )
        }
        "google_artifact_registry_repository_iam_member" => {
            let (location, repository) = (part("location"), part("repository"));
            format!(
                "//artifactregistry.googleapis.com/projects/{project}/locations/{location}/repositories/{repository}"
            )
        }
        "google_compute_subnetwork_iam_member" => {
            let (region, subnetwork) = (part("region"), part("subnetwork"));
            format!(
                "//compute.googleapis.com/projects/{project}/regions/{region}/subnetworks/{subnetwork}"
            )
        }
        "google_service_account_iam_member" => {
            format!("//iam.googleapis.com/{}", part("service_account_id"))
        }
        "google_pubsub_topic_iam_member" => format!(
            "//pubsub.googleapis.com/projects/{project}/topics/{}",
            part("topic")
        ),
        "google_pubsub_subscription_iam_member" => format!(
            "//pubsub.googleapis.com/projects/{project}/subscriptions/{}",
            part("subscription")
        ),
        "google_cloud_tasks_queue_iam_member" => {
            let (location, name) = (part("location"), part("name"));
            format!(
                "//cloudtasks.googleapis.com/projects/{project}/locations/{location}/queues/{name}"
            )
        }
        "google_kms_crypto_key_iam_member" => {
            format!("//cloudkms.googleapis.com/{}", part("crypto_key_id"))
        }
        "google_bigquery_dataset_access" => {
            let dataset = part("dataset_id");
            format!("//bigquery.googleapis.com/projects/{project}/datasets/{dataset}")
        }
        "google_bigquery_table_iam_member" => {
            let (dataset, table) = (part("dataset_id"), part("table_id"));
            format!(
                "//bigquery.googleapis.com/projects/{project}/datasets/{dataset}/tables/{table}"
            )
        }
        "google_binary_authorization_attestor_iam_member" => {
            let attestor = part("attestor");
            format!("//binaryauthorization.googleapis.com/projects/{project}/attestors/{attestor}")
        }
        "google_spanner_instance_iam_member" => {
            let instance = part("instance");
            format!("//spanner.googleapis.com/projects/{project}/instances/{instance}")
        }
        "google_spanner_database_iam_member" => {
            let (instance, database) = (part("instance"), part("database"));
            format!(
                "//spanner.googleapis.com/projects/{project}/instances/{instance}/databases/{database}"
            )
        }
        other => panic!("{other} is not read back"),
    };
    let policy = take("policy_data");
    let role = take("role");
    let condition = take("condition.title").zip(take("condition.expression"));
    let mut add = |role: &str, members: Values| {
        for to in members {
            cloud.grants.insert(Grant {
                on: on.clone(),
                role: role.to_owned(),
                to,
                condition: condition.clone(),
            });
        }
    };
    let complete = match (&policy, &role) {
        (Some(policy), None) => {
            let is = |one: &&Resource| {
                one.data && one.kind == "google_iam_policy" && one.local == *policy
            };
            let data = stage.resources.iter().find(is).unwrap();
            for (path, members) in &data.flat {
                if let Some(path) = path.strip_suffix("].members") {
                    add(path.strip_prefix("binding[").unwrap(), members.clone());
                }
            }
            Some("all".to_owned())
        }
        (None, Some(role)) => {
            let members = flat.remove("members");
            let complete = members.is_some().then(|| role.clone());
            add(
                role,
                // A dataset has entries of several kinds, of which one is a member.
                members
                    .or_else(|| flat.remove("member"))
                    .unwrap_or_else(|| flat.remove("iam_member").unwrap()),
            );
            complete
        }
        _ => panic!("{} grants nothing", resource.local),
    };
    if let Some(roles) = complete {
        cloud.set("complete policy", &on, "roles", vec![roles]);
    }
    flat.remove("depends_on");
}

fn run(project: &str, location: &str, kind: &str, name: &str) -> String {
    format!("//run.googleapis.com/projects/{project}/locations/{location}/{kind}/{name}")
}
