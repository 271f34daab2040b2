//! Queues of tasks.

use super::{Resource, Text, TriggerCall};

/// A queue of Cloud Tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its name in the blueprint.
    pub name: String,
    /// The id of the project that it lies in.
    pub project: String,
    /// The region that it lies in.
    pub region: String,
    /// Its id there.
    pub id: String,
    /// Whether it exists already, and only its grants are made. Then nothing else is known of it.
    pub existing: bool,
    /// What its tasks call; `None`: each task says it, and whose token it brings.
    pub target: Option<QueueTarget>,
    /// How many tasks it sends in a second, as a decimal number.
    pub rate: String,
    /// How many tasks are worked on at a time.
    pub concurrency: u32,
    /// How often a task is sent at the most.
    pub attempts: u32,
    /// Seconds before it is sent again: the first time, and at the most.
    pub backoff: (u32, u32),
    /// Which part of what happens to tasks is logged, as a decimal number from 0 to 1.
    pub logs: String,
    /// Whether Terraform refuses to delete it.
    pub deletion_protection: bool,
}

/// What the tasks of a queue call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueTarget {
    /// The call, with the token that every task brings.
    pub call: TriggerCall,
    /// The host that the queue gives every task, beside the path of the call; `None`: the code addresses each task.
    pub host: Option<Text>,
}

impl Queue {
    /// It as what a grant stands on.
    #[must_use]
    pub fn resource(&self) -> Resource {
        Resource::Queue {
            project: self.project.clone(),
            region: self.region.clone(),
            name: self.id.clone(),
        }
    }
}
