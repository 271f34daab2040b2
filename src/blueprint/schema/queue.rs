//! Queues of tasks.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Number;
use crate::blueprint::units::{Duration, Truth};

/// A queue of Cloud Tasks: it keeps requests until they are answered, and sends them no faster than it is told. Services, jobs
/// and workers add tasks by `enqueues`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Queue {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// The service that its tasks call: `services.NAME`. Each call brings an ID token of an account made for that, whatever the
    /// task says.
    ///
    /// Default: the code says whom a task calls and with which token.
    #[schemars(extend("examples" = ["services.mailer"]))]
    pub target: Option<String>,
    /// The path that its tasks call. Then the queue addresses every task, whatever address it has. Only with `target`.
    ///
    /// Default: the code addresses each task, such as `${services.NAME.url}/receipts`.
    #[schemars(extend("examples" = ["/tasks/receipts"]))]
    pub path: Option<String>,
    /// How many tasks it sends in a second, up to 500; less than one may be written too.
    #[schemars(extend("default" = 500, "examples" = [10, 0.5]))]
    pub rate: Option<Number>,
    /// How many tasks are worked on at a time, up to 5000.
    ///
    /// Default: 1000, and no more than all instances of the target take.
    #[schemars(extend("examples" = [20]))]
    pub concurrency: Option<u32>,
    /// What happens where a task fails.
    pub retries: QueueRetries,
    /// Which part of what happens to its tasks is logged, from 0 to 1. Only there a task is told that was given up.
    #[schemars(extend("default" = 1, "examples" = [0.1]))]
    pub logs: Option<Number>,
    /// Principals who may add tasks, beside the services, jobs and workers that say so in `enqueues`.
    #[schemars(extend("examples" = [["serviceAccount:importer@acme-erp.iam.gserviceaccount.com"]]))]
    pub enqueuers: Vec<String>,
    /// A queue that exists already: `true` for this name in this project and region, or its full name,
    /// `projects/PROJECT/locations/REGION/queues/NAME`. It is not made, but the right to add tasks is granted.
    #[schemars(extend("default" = false))]
    pub existing: Option<Truth>,
    /// Whether Terraform refuses to delete it.
    #[schemars(extend("default" = true))]
    pub deletion_protection: Option<bool>,
    /// Whether it is on its way out: its protection is off, so that it can leave the blueprint next.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
}

/// How a task that failed is repeated. After that it is given up, and nothing but a log tells of it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct QueueRetries {
    /// How often it is sent at the most, the first time too.
    #[schemars(extend("default" = 100))]
    pub attempts: Option<u32>,
    /// How long to wait before: the first time and at the most, up to 30 days.
    ///
    /// Default: `["1s", "1h"]`.
    #[schemars(extend("examples" = [["10s", "10m"]]))]
    pub backoff: Vec<Duration>,
}
