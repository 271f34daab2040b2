//! Schedules: what happens on time.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Method;
use crate::blueprint::units::Duration;

/// A schedule of Cloud Scheduler: at its times it calls a service, starts a job or publishes to a topic.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Schedule {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// When: minute, hour, day of the month, month and day of the week, as cron has them.
    #[schemars(extend("x-required" = true, "examples" = ["30 4 * * *"]))]
    pub cron: Option<String>,
    /// The time zone of these times, by its name in the tz database.
    #[schemars(extend("default" = "Etc/UTC", "examples" = ["Europe/Berlin"]))]
    pub time_zone: Option<String>,
    /// What happens: `services.NAME` is called with an ID token, `jobs.NAME` is started, to `topics.NAME` a message is published.
    #[schemars(extend("x-required" = true, "examples" = ["jobs.report"]))]
    pub target: Option<String>,
    /// The path of the service that is called.
    ///
    /// Default: `/`.
    #[schemars(extend("examples" = ["/tasks/cleanup"]))]
    pub path: Option<String>,
    /// The method that a service is called with.
    #[schemars(extend("default" = "POST"))]
    pub method: Option<Method>,
    /// What is sent to the service, or what the message says.
    ///
    /// Default: nothing is sent to a service; a message says the name of the schedule.
    #[schemars(extend("examples" = ["{\"full\": true}"]))]
    pub body: Option<String>,
    /// What happens where it fails.
    pub retries: ScheduleRetries,
    /// How long an attempt may take, 15 seconds to 30 minutes. For a service no shorter than its `timeout`.
    ///
    /// Default: the timeout of the service and a minute, within these limits; `"180s"` for a job.
    #[schemars(extend("examples" = ["5m"]))]
    pub deadline: Option<Duration>,
}

/// How an attempt that failed is repeated before the next time of the schedule.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScheduleRetries {
    /// How often, at most 5 times.
    #[schemars(extend("default" = 3))]
    pub attempts: Option<u32>,
    /// How long to wait before: the first time and at the most, up to an hour.
    ///
    /// Default: `["5s", "1h"]`.
    #[schemars(extend("examples" = [["10s", "10m"]]))]
    pub backoff: Vec<Duration>,
}
