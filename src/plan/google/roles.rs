//! Roles that are granted (<https://cloud.google.com/iam/docs/roles-permissions>).

use std::collections::BTreeSet;

use super::memorystore;
use crate::plan::model::{Auth, Dataset, Plan, Resource};

/// May call a Cloud Run service, or start a job.
pub const RUN_INVOKER: &str = "roles/run.invoker";
/// May deploy a Cloud Run service or job, without changing who may call it.
pub const RUN_DEVELOPER: &str = "roles/run.developer";
/// May start a Cloud Run job, with other arguments and variables too.
pub const RUN_JOBS_OVERRIDES: &str = "roles/run.jobsExecutorWithOverrides";
/// May see a Cloud Run service or job, and how its executions end.
pub const RUN_VIEWER: &str = "roles/run.viewer";
/// May start workflows. Neither a workflow's policy nor a condition can narrow it to one of them
/// (<https://cloud.google.com/workflows/docs/access-control>, <https://cloud.google.com/iam/docs/conditions-resource-attributes>).
pub const WORKFLOWS_INVOKER: &str = "roles/workflows.invoker";
/// May be told of events by Eventarc, and nothing smaller than the project can hold it
/// (<https://cloud.google.com/eventarc/docs/run/roles-permissions>).
pub const EVENT_RECEIVER: &str = "roles/eventarc.eventReceiver";
/// May publish to channels of Eventarc. Nothing smaller than the project holds it: a channel's own policy can be set neither by
/// Terraform nor by gcloud, and no condition tells channels apart (<https://cloud.google.com/iam/docs/roles-permissions/eventarc#eventarc.publisher>,
/// <https://cloud.google.com/iam/docs/conditions-resource-attributes>).
pub const EVENT_PUBLISHER: &str = "roles/eventarc.publisher";
/// What Eventarc's agent needs to make the topics and subscriptions of triggers. Google grants it with the API.
pub const EVENTARC_AGENT: &str = "roles/eventarc.serviceAgent";
/// May see an attestor and have it say whether an image is attested
/// (<https://cloud.google.com/binary-authorization/docs/roles-permissions>).
pub const ATTESTORS_VERIFIER: &str = "roles/binaryauthorization.attestorsVerifier";
/// May write log entries.
pub const LOG_WRITER: &str = "roles/logging.logWriter";
/// May write entries into a log bucket. A log bucket has no policy: its project holds the grant, with a condition.
pub const LOG_BUCKET_WRITER: &str = "roles/logging.bucketWriter";
/// May read a secret's values.
pub const SECRET_ACCESSOR: &str = "roles/secretmanager.secretAccessor";
/// May add versions to a secret, without reading them.
pub const SECRET_VERSION_ADDER: &str = "roles/secretmanager.secretVersionAdder";
/// May connect to a Cloud SQL instance.
pub const CLOUDSQL_CLIENT: &str = "roles/cloudsql.client";
/// May log in to a Cloud SQL instance by IAM.
pub const CLOUDSQL_INSTANCE_USER: &str = "roles/cloudsql.instanceUser";
/// May log in to a cache of Memorystore for Valkey by IAM (<https://cloud.google.com/memorystore/docs/valkey/about-iam-auth>).
pub const MEMORYSTORE_USER: &str = "roles/memorystore.dbConnectionUser";
/// May log in to a cache of Memorystore for Redis Cluster by IAM (<https://cloud.google.com/memorystore/docs/cluster/about-iam-auth>).
pub const REDIS_USER: &str = "roles/redis.dbConnectionUser";
/// May read in the databases of Firestore.
pub const DATASTORE_VIEWER: &str = "roles/datastore.viewer";
/// May read, write and delete in the databases of Firestore, and change none of their indexes.
pub const DATASTORE_USER: &str = "roles/datastore.user";
/// May write traces.
pub const TRACE_AGENT: &str = "roles/cloudtrace.agent";
/// May write metrics.
pub const METRIC_WRITER: &str = "roles/monitoring.metricWriter";
/// May pull images.
pub const ARTIFACT_READER: &str = "roles/artifactregistry.reader";
/// May get tokens of a service account by a token of its own.
pub const WORKLOAD_IDENTITY_USER: &str = "roles/iam.workloadIdentityUser";
/// May pull images and push new ones, and delete none.
pub const ARTIFACT_WRITER: &str = "roles/artifactregistry.writer";
/// May place instances into a subnetwork.
pub const NETWORK_USER: &str = "roles/compute.networkUser";
/// May pass Identity-Aware Proxy.
pub const IAP_ACCESSOR: &str = "roles/iap.httpsResourceAccessor";
/// May publish to a topic.
pub const PUBSUB_PUBLISHER: &str = "roles/pubsub.publisher";
/// May pull from a subscription.
pub const PUBSUB_SUBSCRIBER: &str = "roles/pubsub.subscriber";
/// May add tasks to a queue.
pub const TASKS_ENQUEUER: &str = "roles/cloudtasks.enqueuer";
/// May let what Google runs, a deployed service or a task, act as a service account.
pub const ACCOUNT_USER: &str = "roles/iam.serviceAccountUser";
/// May read objects of a bucket.
pub const STORAGE_VIEWER: &str = "roles/storage.objectViewer";
/// May read, write and delete objects of a bucket.
pub const STORAGE_USER: &str = "roles/storage.objectUser";
/// May add objects to a bucket, without reading or overwriting any.
pub const STORAGE_CREATOR: &str = "roles/storage.objectCreator";
/// May sign with a key.
pub const KMS_SIGNER: &str = "roles/cloudkms.signer";
/// May fetch the public key of one that signs, which is all that verifying takes.
pub const KMS_PUBLIC_KEY_VIEWER: &str = "roles/cloudkms.publicKeyViewer";
/// May encrypt with a key.
pub const KMS_ENCRYPTER: &str = "roles/cloudkms.cryptoKeyEncrypter";
/// May decrypt with a key.
pub const KMS_DECRYPTER: &str = "roles/cloudkms.cryptoKeyDecrypter";
/// May encrypt and decrypt with a key; what Google's agents need of keys of the customer's.
pub const KMS_ENCRYPTER_DECRYPTER: &str = "roles/cloudkms.cryptoKeyEncrypterDecrypter";
/// May make, disable and destroy a key's versions, and say who may do what with it. No narrower role makes versions.
pub const KMS_ADMIN: &str = "roles/cloudkms.admin";

/// May see a bucket's settings and list its objects, without reading any.
pub const STORAGE_BUCKET_READER: &str = "roles/storage.legacyBucketReader";
/// May read the rows of a table.
pub const BIGQUERY_DATA_VIEWER: &str = "roles/bigquery.dataViewer";
/// May read and write the rows of a table.
pub const BIGQUERY_DATA_EDITOR: &str = "roles/bigquery.dataEditor";
/// May read and write the rows of a dataset's tables, and say who else may.
pub const BIGQUERY_DATA_OWNER: &str = "roles/bigquery.dataOwner";
/// May run queries in a project. Nothing smaller can hold it; what they read is another right, on a dataset or table
/// (<https://cloud.google.com/bigquery/docs/access-control#bigquery.jobUser>).
pub const BIGQUERY_JOB_USER: &str = "roles/bigquery.jobUser";

/// Roles that are so wide that no grant may name them (basic roles, and those that let a program become another).
pub const TOO_WIDE: [&str; 8] = [
    "roles/owner",
    "roles/editor",
    "roles/viewer",
    "roles/iam.serviceAccountTokenCreator",
    ACCOUNT_USER,
    "roles/iam.serviceAccountAdmin",
    "roles/iam.securityAdmin",
    "roles/resourcemanager.projectIamAdmin",
];

/// Roles that, held on the project or above it, get in whatever the policy of a service says: they call it, deploy it, act
/// as its account, or hand out one of these rights.
const INHERITED: [&str; 20] = [
    "roles/owner",
    "roles/editor",
    "roles/run.admin",
    RUN_DEVELOPER,
    "roles/run.sourceDeveloper",
    RUN_INVOKER,
    "roles/run.servicesInvoker",
    "roles/run.jobsExecutor",
    RUN_JOBS_OVERRIDES,
    "roles/iam.securityAdmin",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.serviceAccountKeyAdmin",
    "roles/iam.serviceAccountOpenIdTokenCreator",
    "roles/iam.serviceAccountTokenCreator",
    ACCOUNT_USER,
    WORKLOAD_IDENTITY_USER,
    "roles/resourcemanager.projectIamAdmin",
    "roles/resourcemanager.folderAdmin",
    "roles/resourcemanager.folderIamAdmin",
    "roles/resourcemanager.organizationAdmin",
];
/// Roles that, held on the project or above it, pass Identity-Aware Proxy or say who passes.
const INHERITED_IAP: [&str; 2] = ["roles/iap.admin", IAP_ACCESSOR];
/// Roles that, held on the project or above it, take the WAF from before a service.
const INHERITED_EDGE: [&str; 3] = [
    "roles/compute.admin",
    "roles/compute.loadBalancerAdmin",
    "roles/compute.securityAdmin",
];
/// Roles that, held on the project or above it, read every secret.
const INHERITED_SECRETS: [&str; 2] = ["roles/secretmanager.admin", SECRET_ACCESSOR];
/// Roles that, held on the project or above it, reach every database.
const INHERITED_DATABASES: [&str; 4] = [
    "roles/cloudsql.admin",
    "roles/cloudsql.editor",
    CLOUDSQL_CLIENT,
    CLOUDSQL_INSTANCE_USER,
];

/// Roles that, held on the project or above it, read or change what is in every database of Firestore, or copy it elsewhere.
const INHERITED_FIRESTORES: [&str; 9] = [
    "roles/datastore.owner",
    DATASTORE_USER,
    DATASTORE_VIEWER,
    "roles/datastore.bulkAdmin",
    "roles/datastore.cloneAdmin",
    "roles/datastore.importExportAdmin",
    "roles/datastore.restoreAdmin",
    "roles/firebase.admin",
    "roles/viewer",
];

/// Roles that, held on the project or above it, publish to every topic or pull from every subscription.
const INHERITED_MESSAGES: [&str; 4] = [
    "roles/pubsub.admin",
    "roles/pubsub.editor",
    PUBSUB_PUBLISHER,
    PUBSUB_SUBSCRIBER,
];

/// Roles that, held on the project or above it, add tasks to every queue, or say whom its tasks call.
const INHERITED_QUEUES: [&str; 3] = [
    "roles/cloudtasks.admin",
    TASKS_ENQUEUER,
    "roles/cloudtasks.queueAdmin",
];

/// Roles that, held on the project or above it, read or write every dataset of BigQuery.
const INHERITED_DATASETS: [&str; 4] = [
    "roles/bigquery.admin",
    BIGQUERY_DATA_EDITOR,
    BIGQUERY_DATA_OWNER,
    BIGQUERY_DATA_VIEWER,
];

/// Roles that, held on the project or above it, read or write every database of Spanner.
const INHERITED_SPANNER: [&str; 4] = [
    "roles/spanner.admin",
    "roles/spanner.databaseAdmin",
    "roles/spanner.databaseReader",
    "roles/spanner.databaseUser",
];

/// Roles that, held on the project or above it, switch a log sink off or lead it elsewhere, and delete what it keeps.
const INHERITED_LOGS: [&str; 2] = ["roles/logging.admin", "roles/logging.configWriter"];

/// Roles that, held on the project or above it, change what Binary Authorization admits.
const INHERITED_ADMISSION: [&str; 2] = [
    "roles/binaryauthorization.policyAdmin",
    "roles/binaryauthorization.policyEditor",
];

/// Roles that, held on the project or above it, say whom events are told. Who publishes everywhere makes them up; who publishes to
/// channels is a fact of its own.
const INHERITED_EVENTS: [&str; 2] = ["roles/eventarc.admin", "roles/eventarc.developer"];

/// Roles that, held on the project or above it, reach the objects of every bucket. A new bucket gives the project's viewers its
/// objects to read (<https://cloud.google.com/storage/docs/access-control/iam#convenience-values>).
const INHERITED_BUCKETS: [&str; 6] = [
    "roles/storage.admin",
    "roles/storage.objectAdmin",
    STORAGE_CREATOR,
    STORAGE_USER,
    STORAGE_VIEWER,
    "roles/viewer",
];

/// Roles that, held on the project or above it, sign or decrypt with every key, or give somebody the right to.
const INHERITED_KEYS: [&str; 6] = [
    KMS_ADMIN,
    KMS_DECRYPTER,
    KMS_ENCRYPTER_DECRYPTER,
    "roles/cloudkms.cryptoOperator",
    KMS_SIGNER,
    "roles/cloudkms.signerVerifier",
];

/// Roles that, held on the project or above it, push an image that something here may run.
const INHERITED_REGISTRIES: [&str; 4] = [
    "roles/artifactregistry.admin",
    "roles/artifactregistry.createOnPushWriter",
    "roles/artifactregistry.repoAdmin",
    ARTIFACT_WRITER,
];

/// Roles that, held on the project or above it, change what a workflow does. Who may start one is a fact of its own.
const INHERITED_WORKFLOWS: [&str; 2] = ["roles/workflows.admin", "roles/workflows.editor"];

/// Whether somebody is granted something in this project on data of BigQuery that lies in no dataset that is made here.
fn others_data(plan: &Plan) -> bool {
    let mut on = plan.grants.iter().map(|grant| &grant.on);
    on.any(|on| {
        let made = |one: &Dataset| one.path.resource() == *on;
        on.is_of_bigquery() && on.project() == plan.project.id && !plan.made_datasets().any(made)
    })
}

/// The roles that, held on the project or above it, get in past the policies of what this plan has.
pub fn inherited(plan: &Plan) -> Vec<&'static str> {
    let mut services = plan.services.iter();
    let mut roles = INHERITED.to_vec();
    if services.any(|service| service.auth == Auth::Iap) {
        roles.extend(INHERITED_IAP);
    }
    if plan.edge.is_some() || plan.internal_edge.is_some() {
        roles.extend(INHERITED_EDGE);
    }
    if !plan.secrets.is_empty() {
        roles.extend(INHERITED_SECRETS);
    }
    if !plan.buckets.is_empty() {
        roles.extend(INHERITED_BUCKETS);
    }
    if !plan.keys.is_empty() {
        roles.extend(INHERITED_KEYS);
    }
    if !plan.registries.is_empty() {
        roles.extend(INHERITED_REGISTRIES);
    }
    if !plan.databases.is_empty() {
        roles.extend(INHERITED_DATABASES);
    }
    // Whoever holds these there logs in to every cache of the engine.
    for engine in memorystore::engines(plan) {
        roles.extend([engine.admin, engine.user]);
    }
    if !plan.firestores.is_empty() {
        roles.extend(INHERITED_FIRESTORES);
    }
    if !plan.topics.is_empty() || !plan.subscriptions.is_empty() || !plan.events.is_empty() {
        roles.extend(INHERITED_MESSAGES);
    }
    if !plan.events.is_empty() || !plan.channels.is_empty() {
        roles.extend(INHERITED_EVENTS);
    }
    let granted_here = |of: fn(&Resource) -> bool| {
        let mut on = plan.grants.iter().map(|grant| &grant.on);
        on.any(|on| of(on) && on.project() == plan.project.id)
    };
    if granted_here(Resource::is_of_bigquery) {
        roles.extend(INHERITED_DATASETS);
        // One that others have made gives the project's viewers its tables to read
        // (<https://cloud.google.com/bigquery/docs/access-control-basic-roles#dataset-basic-roles>).
        if others_data(plan) {
            roles.push("roles/viewer");
        }
    }
    if granted_here(Resource::is_of_spanner) {
        roles.extend(INHERITED_SPANNER);
    }
    if !plan.workflows.is_empty() {
        roles.extend(INHERITED_WORKFLOWS);
    }
    if !plan.queues.is_empty() {
        roles.extend(INHERITED_QUEUES);
    }
    if !plan.log_sinks.is_empty() {
        roles.extend(INHERITED_LOGS);
    }
    if plan.binary_authorization.is_some() {
        roles.extend(INHERITED_ADMISSION);
    }
    // Some get past the policies of several kinds.
    let mut seen = BTreeSet::new();
    roles.retain(|role| seen.insert(*role));
    roles
}
