//! Schedules: what happens on time.

use super::{Account, TopicPath, TriggerCall};

/// A schedule of Cloud Scheduler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Its name.
    pub name: String,
    /// When, in cron's form.
    pub cron: String,
    /// The time zone of these times.
    pub time_zone: String,
    /// What happens then.
    pub target: ScheduleTarget,
    /// How often an attempt that failed is repeated.
    pub attempts: u32,
    /// Seconds before that: the first time, and at the most.
    pub backoff: (u32, u32),
}

impl Schedule {
    /// What happens, in short: `service orders/cleanup`, `job report`, `workflow close`, `topic news`. `home` is the project's id.
    #[must_use]
    pub fn in_short(&self, home: &str) -> String {
        match &self.target {
            ScheduleTarget::Service { call, .. } => call.in_short(),
            ScheduleTarget::Job { job, .. } => format!("job {job}"),
            ScheduleTarget::Workflow { workflow, .. } => format!("workflow {workflow}"),
            ScheduleTarget::Topic { topic, .. } => format!("topic {}", topic.in_short(home)),
        }
    }
}

/// What happens at the times of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScheduleTarget {
    /// A service is called.
    Service {
        /// The call.
        call: TriggerCall,
        /// The method: `POST`.
        method: &'static str,
        /// What is sent, and its type.
        body: Option<(String, &'static str)>,
        /// Seconds that an attempt may take.
        deadline: u32,
    },
    /// A job is started.
    Job {
        /// Its name.
        job: String,
        /// The address of Cloud Run's API that starts it.
        uri: String,
        /// Who starts it.
        account: Account,
        /// Seconds that an attempt may take.
        deadline: u32,
    },
    /// A workflow is started.
    Workflow {
        /// Its name.
        workflow: String,
        /// The address of the API that starts it.
        uri: String,
        /// What is sent there: the execution, in JSON.
        body: String,
        /// Who starts it.
        account: Account,
        /// Seconds that an attempt may take.
        deadline: u32,
    },
    /// A message is published, by the agent of Cloud Scheduler.
    Topic {
        /// The topic.
        topic: TopicPath,
        /// What the message says.
        body: String,
    },
}
