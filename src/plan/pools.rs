//! How many connections a database has to accept.

use super::google::database::CONNECTIONS_RESERVED;
use super::model::{Plan, Workload};

/// The connections that one service, job or worker may hold to a database at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool<'a> {
    /// The table of the element: `services`, `jobs` or `workers`.
    pub table: &'static str,
    /// The element's name.
    pub element: &'a str,
    /// Connections of one instance.
    pub size: u32,
    /// How many instances there are at most.
    pub instances: u32,
    /// How many revisions run beside each other: the new one of a service or worker starts before the old one stops; a
    /// job has no two.
    pub revisions: u32,
}

impl Pool<'_> {
    /// All of its connections.
    #[must_use]
    pub fn connections(&self) -> u64 {
        u64::from(self.size) * u64::from(self.instances) * u64::from(self.revisions)
    }
}

/// The pools of a database, services before jobs before workers.
pub fn pools<'a>(plan: &'a Plan, database: &'a str) -> impl Iterator<Item = Pool<'a>> {
    let size = move |workload: &Workload| {
        let mut databases = workload.databases.iter();
        databases
            .find(|used| used.database == database)
            .map(|used| used.pool)
    };
    let services = plan.services.iter().filter_map(move |service| {
        Some(Pool {
            table: "services",
            element: service.declared(),
            size: size(&service.workload)?,
            instances: service.max,
            revisions: 2,
        })
    });
    let jobs = plan.jobs.iter().filter_map(move |job| {
        Some(Pool {
            table: "jobs",
            element: &job.name,
            size: size(&job.workload)?,
            instances: job.parallelism.min(job.tasks),
            revisions: 1,
        })
    });
    let workers = plan.workers.iter().filter_map(move |worker| {
        Some(Pool {
            table: "workers",
            element: &worker.name,
            size: size(&worker.workload)?,
            instances: worker.instances,
            revisions: 2,
        })
    });
    services.chain(jobs).chain(workers)
}

/// The connections that a database has to accept: all of its pools, and what the engine keeps for itself.
#[must_use]
pub fn connections(plan: &Plan, database: &str) -> u64 {
    let all: u64 = pools(plan, database).map(|pool| pool.connections()).sum();
    all + u64::from(CONNECTIONS_RESERVED)
}
