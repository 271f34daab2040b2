//! Metrics and limits of Cloud Monitoring, and what audit logs call what is watched in them.
//!
//! A metric has the name that `PromQL` has for it: `/` behind the domain is `:`, every other mark `_`
//! (<https://cloud.google.com/monitoring/promql/promql-mapping>). What each counts:
//! <https://cloud.google.com/monitoring/api/metrics_gcp>.

/// Channels that one alert can go to (<https://cloud.google.com/monitoring/quotas>).
pub const CHANNELS_MAX: usize = 16;
/// Codes by which Cloud Run refuses who brings no ID token
/// (<https://cloud.google.com/run/docs/troubleshooting#unauthorized-client>).
pub const REFUSALS: [u16; 2] = [401, 403];

/// A metric and what tells which series are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Its name in `PromQL`.
    pub name: &'static str,
    /// The kind of resource that it is of; empty where there is only one.
    pub of: &'static str,
    /// The label that holds the resource's name.
    pub by: &'static str,
}

const fn metric(name: &'static str, of: &'static str, by: &'static str) -> Metric {
    Metric { name, of, by }
}

/// Whether an uptime check passed, of each place that it is made from: 0 or 1.
pub const CHECK_PASSED: Metric = metric(
    "monitoring_googleapis_com:uptime_check_check_passed",
    "uptime_url",
    "host",
);
/// Days until the certificate ends that a check was shown.
pub const CERTIFICATE_DAYS: Metric = metric(
    "monitoring_googleapis_com:uptime_check_time_until_ssl_cert_expires",
    "uptime_url",
    "host",
);
/// Requests of a service, by the class of the answer.
pub const REQUESTS: Metric = metric(
    "run_googleapis_com:request_count",
    "cloud_run_revision",
    "service_name",
);
/// Milliseconds that requests take, in buckets.
pub const LATENCIES: Metric = metric(
    "run_googleapis_com:request_latencies_bucket",
    "cloud_run_revision",
    "service_name",
);
/// Instances of a service, by what they do.
pub const INSTANCES: Metric = metric(INSTANCE_COUNT, "cloud_run_revision", "service_name");
/// Executions of a job that ended, by their result.
pub const EXECUTIONS: Metric = metric(
    "run_googleapis_com:job_completed_execution_count",
    "cloud_run_job",
    "job_name",
);
/// Executions of a job that run.
pub const RUNNING: Metric = metric(
    "run_googleapis_com:job_running_executions",
    "cloud_run_job",
    "job_name",
);
/// Instances of a service, of a worker: the same metric, of another kind of resource.
const INSTANCE_COUNT: &str = "run_googleapis_com:container_instance_count";
/// Which part of its CPUs and of its memory an instance uses, up to 1, in buckets.
const CPU: &str = "run_googleapis_com:container_cpu_utilizations_bucket";
const MEMORY: &str = "run_googleapis_com:container_memory_utilizations_bucket";
/// CPUs of the instances of a service.
pub const SERVICE_CPU: Metric = metric(CPU, "cloud_run_revision", "service_name");
/// Memory of the instances of a service.
pub const SERVICE_MEMORY: Metric = metric(MEMORY, "cloud_run_revision", "service_name");
/// Instances of a worker.
pub const WORKER_INSTANCES: Metric =
    metric(INSTANCE_COUNT, "cloud_run_worker_pool", "worker_pool_name");
/// CPUs of the instances of a worker.
pub const WORKER_CPU: Metric = metric(CPU, "cloud_run_worker_pool", "worker_pool_name");
/// Memory of the instances of a worker.
pub const WORKER_MEMORY: Metric = metric(MEMORY, "cloud_run_worker_pool", "worker_pool_name");
/// Requests that came to the load balancer, by the class of the answer: 200, 300, 400, 500, or 0 where there was none.
pub const EDGE_REQUESTS: Metric = metric(
    "loadbalancing_googleapis_com:https_request_count",
    "https_lb_rule",
    "url_map_name",
);
/// The same of the internal load balancer.
pub const INTERNAL_EDGE_REQUESTS: Metric = metric(
    "loadbalancing_googleapis_com:https_internal_request_count",
    "internal_http_lb_rule",
    "url_map_name",
);
/// Requests that a security policy decided on.
pub const WAF_REQUESTS: Metric = metric(
    "networksecurity_googleapis_com:https_request_count",
    "",
    "policy_name",
);
/// Requests on which it would have decided otherwise, had its rules not been in preview.
pub const WAF_PREVIEWED: Metric = metric(
    "networksecurity_googleapis_com:https_previewed_request_count",
    "",
    "policy_name",
);
/// Which part of its CPUs an instance uses, up to 1.
pub const DATABASE_CPU: Metric = metric(
    "cloudsql_googleapis_com:database_cpu_utilization",
    "cloudsql_database",
    "database_id",
);
/// Connections to a database of `PostgreSQL`.
pub const POSTGRES_CONNECTIONS: Metric = metric(
    "cloudsql_googleapis_com:database_postgresql_num_backends",
    "cloudsql_database",
    "database_id",
);
/// Connections to an instance of `MySQL`.
pub const MYSQL_CONNECTIONS: Metric = metric(
    "cloudsql_googleapis_com:database_network_connections",
    "cloudsql_database",
    "database_id",
);
/// Which part of an instance's disk is used, up to 1.
pub const DISK: Metric = metric(
    "cloudsql_googleapis_com:database_disk_utilization",
    "cloudsql_database",
    "database_id",
);
/// Messages of a subscription that became dead letters.
pub const DEAD_LETTERS: Metric = metric(
    "pubsub_googleapis_com:subscription_dead_letter_message_count",
    "pubsub_subscription",
    "subscription_id",
);
/// Messages of a subscription that nobody has acknowledged.
pub const UNACKNOWLEDGED: Metric = metric(
    "pubsub_googleapis_com:subscription_num_undelivered_messages",
    "pubsub_subscription",
    "subscription_id",
);
/// Seconds for which the oldest message waits.
pub const OLDEST_MESSAGE: Metric = metric(
    "pubsub_googleapis_com:subscription_oldest_unacked_message_age",
    "pubsub_subscription",
    "subscription_id",
);
/// Tasks that wait in a queue.
pub const TASKS: Metric = metric(
    "cloudtasks_googleapis_com:queue_depth",
    "cloud_tasks_queue",
    "queue_id",
);
