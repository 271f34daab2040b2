//! VPC Service Controls (<https://cloud.google.com/vpc-service-controls/docs>).

/// The API of perimeters and access levels, without its domain.
pub const API: &str = "accesscontextmanager";

/// What may change perimeters and access levels (<https://cloud.google.com/access-context-manager/docs/access-control>).
pub const EDITOR: &str = "roles/accesscontextmanager.policyEditor";
/// What may read them.
pub const READER: &str = "roles/accesscontextmanager.policyReader";

/// Google's word for all that a perimeter protects, among what the network reaches
/// (<https://cloud.google.com/vpc-service-controls/docs/vpc-accessible-services>).
pub const ALL_PROTECTED: &str = "RESTRICTED-SERVICES";

/// What a perimeter protects here: each API that a blueprint can have to do with and that VPC Service Controls supports,
/// whether it is enabled or not, since what carries data away calls the API of another project. It stays the same whatever
/// else the blueprint has, so that who deploys needs nobody of the organisation
/// (<https://cloud.google.com/vpc-service-controls/docs/supported-products>). That of Firestore holds Datastore's
/// (<https://cloud.google.com/firestore/docs/securing-with-vpc-sc>). That of the Security Token Service is left out: who
/// brings a token of GitHub is nobody yet whom a rule could name, and what it gets is let in or not as whoever it is then.
pub const PROTECTED: [&str; 28] = [
    "artifactregistry.googleapis.com",
    "bigquery.googleapis.com",
    "binaryauthorization.googleapis.com",
    "cloudkms.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "cloudscheduler.googleapis.com",
    "cloudtasks.googleapis.com",
    "cloudtrace.googleapis.com",
    "compute.googleapis.com",
    "dns.googleapis.com",
    "eventarc.googleapis.com",
    "firestore.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "logging.googleapis.com",
    "memorystore.googleapis.com",
    "monitoring.googleapis.com",
    "networkconnectivity.googleapis.com",
    "orgpolicy.googleapis.com",
    "pubsub.googleapis.com",
    "redis.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "serviceusage.googleapis.com",
    "spanner.googleapis.com",
    "sqladmin.googleapis.com",
    "storage.googleapis.com",
    "workflows.googleapis.com",
];
