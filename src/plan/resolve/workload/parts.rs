//! The keys that services, jobs and workers share, and what is gathered while they are resolved.

use std::collections::BTreeMap;

use crate::blueprint::Key;
use crate::blueprint::schema::{
    self, BucketAccess, DatabaseUse as WrittenUse, DatasetAccess, Egress, Exception,
    FirestoreAccess, Gpu, Job, KeyUses, SecretUses, Service, Sidecar, Table, Volume, Worker,
};
use crate::plan::model::ConfigFile;
use crate::plan::resolve::grants::Grants;
use crate::plan::resolve::secret::Uses;

/// Which kind of element runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plan::resolve) enum Runs {
    Service,
    Job,
    Worker,
}

/// The keys that services, jobs and workers share.
pub(in crate::plan::resolve) struct Parts<'b> {
    pub key: Key,
    pub name: &'b str,
    pub runs: Runs,
    pub image: Option<&'b String>,
    pub env: &'b Table<String>,
    pub secrets: &'b SecretUses,
    pub databases: &'b BTreeMap<String, WrittenUse>,
    pub caches: &'b [String],
    pub channels: &'b [String],
    pub firestores: &'b Table<FirestoreAccess>,
    pub datasets: &'b Table<DatasetAccess>,
    pub buckets: &'b Table<BucketAccess>,
    pub keys: &'b KeyUses,
    pub calls: &'b [String],
    pub publishes: &'b [String],
    pub consumes: &'b [String],
    pub starts: &'b BTreeMap<String, schema::Run>,
    pub enqueues: &'b [String],
    pub telemetry: Option<bool>,
    pub grants: &'b [schema::Grant],
    pub egress: Option<Egress>,
    pub cpu: Option<&'b schema::Number>,
    pub memory: Option<&'b String>,
    pub gpu: Option<Gpu>,
    pub command: &'b [String],
    pub args: &'b [String],
    pub sidecars: &'b Table<Sidecar>,
    pub volumes: &'b Table<Volume>,
    pub files: &'b Table<String>,
    pub service_account: Option<&'b String>,
    pub labels: &'b Table<String>,
    pub exceptions: &'b [Exception],
    pub image_is_first: bool,
}

impl<'b> Parts<'b> {
    /// Those of a service.
    pub fn of_service(name: &'b str, service: &'b Service) -> Self {
        Self {
            key: Key::of(&["services", name]),
            name,
            runs: Runs::Service,
            image: service.image.as_ref(),
            env: &service.env,
            secrets: &service.secrets,
            databases: &service.databases.0,
            caches: &service.caches,
            channels: &service.channels,
            firestores: &service.firestores,
            datasets: &service.datasets,
            buckets: &service.buckets,
            keys: &service.keys,
            calls: &service.calls,
            publishes: &service.publishes,
            consumes: &service.consumes,
            starts: &service.runs.0,
            enqueues: &service.enqueues,
            telemetry: service.telemetry,
            grants: &service.grants,
            egress: service.egress,
            cpu: service.cpu.as_ref(),
            memory: service.memory.as_ref(),
            gpu: service.gpu,
            command: &service.command,
            args: &service.args,
            sidecars: &service.sidecars,
            volumes: &service.volumes,
            files: &service.files,
            service_account: service.service_account.as_ref(),
            labels: &service.labels,
            exceptions: &service.exceptions,
            image_is_first: owns_image(service.ci_owns.iter().copied()),
        }
    }

    /// Those of a job.
    pub fn of_job(name: &'b str, job: &'b Job) -> Self {
        Self {
            key: Key::of(&["jobs", name]),
            name,
            runs: Runs::Job,
            image: job.image.as_ref(),
            env: &job.env,
            secrets: &job.secrets,
            databases: &job.databases.0,
            caches: &job.caches,
            channels: &job.channels,
            firestores: &job.firestores,
            datasets: &job.datasets,
            buckets: &job.buckets,
            keys: &job.keys,
            calls: &job.calls,
            publishes: &job.publishes,
            consumes: &job.consumes,
            starts: &job.runs.0,
            enqueues: &job.enqueues,
            telemetry: job.telemetry,
            grants: &job.grants,
            egress: job.egress,
            cpu: job.cpu.as_ref(),
            memory: job.memory.as_ref(),
            gpu: job.gpu,
            command: &job.command,
            args: &job.args,
            sidecars: &job.sidecars,
            volumes: &job.volumes,
            files: &job.files,
            service_account: job.service_account.as_ref(),
            labels: &job.labels,
            exceptions: &job.exceptions,
            image_is_first: owns_image(job.ci_owns.iter().copied().map(Into::into)),
        }
    }

    /// Those of a worker.
    pub fn of_worker(name: &'b str, worker: &'b Worker) -> Self {
        Self {
            key: Key::of(&["workers", name]),
            name,
            runs: Runs::Worker,
            image: worker.image.as_ref(),
            env: &worker.env,
            secrets: &worker.secrets,
            databases: &worker.databases.0,
            caches: &worker.caches,
            channels: &worker.channels,
            firestores: &worker.firestores,
            datasets: &worker.datasets,
            calls: &worker.calls,
            buckets: &worker.buckets,
            keys: &worker.keys,
            publishes: &worker.publishes,
            consumes: &worker.consumes,
            starts: &worker.runs.0,
            enqueues: &worker.enqueues,
            telemetry: worker.telemetry,
            grants: &worker.grants,
            egress: worker.egress,
            cpu: worker.cpu.as_ref(),
            memory: worker.memory.as_ref(),
            gpu: worker.gpu,
            command: &worker.command,
            args: &worker.args,
            sidecars: &worker.sidecars,
            volumes: &worker.volumes,
            files: &worker.files,
            service_account: worker.service_account.as_ref(),
            labels: &worker.labels,
            exceptions: &worker.exceptions,
            image_is_first: owns_image(worker.ci_owns.iter().copied().map(Into::into)),
        }
    }
}

/// Whether a pipeline brings the image, so that the written one is only the first.
fn owns_image(mut owned: impl Iterator<Item = schema::CiOwns>) -> bool {
    owned.any(|owned| matches!(owned, schema::CiOwns::Image | schema::CiOwns::Template))
}

/// What is gathered on the way: grants, versions of secrets that are read, files beside the blueprint.
pub(in crate::plan::resolve) struct Gathered {
    pub grants: Grants,
    pub uses: Uses,
    pub files: Vec<ConfigFile>,
}
