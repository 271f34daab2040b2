//! Eventarc (<https://cloud.google.com/eventarc/docs>).

/// Its API.
pub const API: &str = "eventarc.googleapis.com";
/// The API by which code publishes to channels. Without it no channel is made.
pub const PUBLISHING: &str = "eventarcpublishing";
/// The domain of the agent by which Eventarc acts (<https://cloud.google.com/iam/docs/service-agents>).
pub const AGENT: &str = "gcp-sa-eventarc";
/// The location of a trigger that hears of every region; of audit logs alone (<https://cloud.google.com/eventarc/docs/locations>).
pub const GLOBAL: &str = "global";
/// Hours for which an event is told again until it is answered (<https://cloud.google.com/eventarc/docs/retry-events>).
pub const TOLD_HOURS: u32 = 24;

/// APIs whose resources lie in no region, so that their audit logs do not either.
const WITHOUT_REGION: [&str; 7] = [
    "cloudbilling.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "dns.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "logging.googleapis.com",
    "serviceusage.googleapis.com",
];

/// APIs whose methods are about data, whatever they are called: their logs are those of data access
/// (<https://cloud.google.com/logging/docs/audit#data-access>).
const OF_DATA: [&str; 8] = [
    "bigquery.googleapis.com",
    "bigquerystorage.googleapis.com",
    "bigtable.googleapis.com",
    "datastore.googleapis.com",
    "firestore.googleapis.com",
    "healthcare.googleapis.com",
    "iap.googleapis.com",
    "spanner.googleapis.com",
];

/// How the names of methods begin that change a resource: they are always logged
/// (<https://cloud.google.com/logging/docs/audit#admin-activity>).
const CHANGES: [&str; 16] = [
    "add", "cancel", "create", "delete", "destroy", "disable", "enable", "insert", "patch",
    "remove", "replace", "restore", "set", "start", "undelete", "update",
];

/// Whether what an API writes into audit logs belongs to no region.
pub fn is_without_region(api: &str) -> bool {
    WITHOUT_REGION.contains(&api)
}

/// Whether a call is logged although nobody has asked for logs of data access. `false` where it cannot be told.
pub fn is_always_logged(api: &str, method: &str) -> bool {
    let verb = method.rsplit('.').next().unwrap_or(method).to_lowercase();
    let of_objects = api == super::storage::API && method.starts_with("storage.objects.");
    let changes = CHANGES.iter().any(|change| verb.starts_with(change));
    changes && !of_objects && !OF_DATA.contains(&api)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_a_resource_is_always_logged() {
        for (api, method) in [
            (
                "iam.googleapis.com",
                "google.iam.admin.v1.CreateServiceAccountKey",
            ),
            ("storage.googleapis.com", "storage.buckets.update"),
            ("compute.googleapis.com", "v1.compute.instances.insert"),
            (
                "cloudkms.googleapis.com",
                "google.cloud.kms.v1.KeyManagementService.DestroyCryptoKeyVersion",
            ),
        ] {
            assert!(is_always_logged(api, method), "{method}");
        }
        for (api, method) in [
            ("storage.googleapis.com", "storage.objects.create"),
            ("storage.googleapis.com", "storage.buckets.get"),
            (
                "secretmanager.googleapis.com",
                "google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion",
            ),
            (
                "bigquery.googleapis.com",
                "google.cloud.bigquery.v2.JobService.InsertJob",
            ),
        ] {
            assert!(!is_always_logged(api, method), "{method}");
        }
    }
}
