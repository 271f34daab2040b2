//! The plan: one environment with everything resolved, defaulted, named and ordered.
//!
//! It is plain data. Whatever a backend writes stands here already; a view only quotes and places it. Views take these
//! structs apart without `..`, so that a new field does not compile until each view has said what it does with it.
//!
//! Lists are sorted by name unless their order has a meaning, which their field then says.

mod access;
mod binary_authorization;
mod bucket;
mod cache;
mod channel;
mod dashboard;
mod database;
mod dataset;
mod delivery;
mod edge;
mod event;
mod firestore;
mod governance;
mod key;
mod log_sink;
mod messages;
mod monitoring;
mod network;
mod perimeter;
mod queue;
mod registry;
mod schedule;
mod secret;
mod text;
mod traffic;
mod trigger;
mod waf;
mod worker;
mod workflow;
mod workload;

pub use access::*;
pub use binary_authorization::*;
pub use bucket::*;
pub use cache::*;
pub use channel::*;
pub use dashboard::*;
pub use database::*;
pub use dataset::*;
pub use delivery::*;
pub use edge::*;
pub use event::*;
pub use firestore::*;
pub use governance::*;
pub use key::*;
pub use log_sink::*;
pub use messages::*;
pub use monitoring::*;
pub use network::*;
pub use perimeter::*;
pub use queue::*;
pub use registry::*;
pub use schedule::*;
pub use secret::*;
pub use text::*;
pub use traffic::*;
pub use trigger::*;
pub use waf::*;
pub use worker::*;
pub use workflow::*;
pub use workload::*;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::num::NonZero;

/// Seconds of so many days.
fn seconds_of(days: NonZero<u32>) -> u64 {
    u64::from(days.get()) * 86_400
}

/// Labels of a resource: key and value, both in Google's form.
pub type Labels = BTreeMap<String, String>;

/// One environment, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The blueprint's file name, without a folder; the headers name it.
    pub source: String,
    /// The environment's name.
    pub environment: String,
    /// The Google Cloud project and what is shared in it.
    pub project: Project,
    /// Where Terraform keeps its state; `None` is a local file.
    pub state: Option<State>,
    /// The Google APIs to enable, each in the stage that needs it first.
    pub apis: Vec<Api>,
    /// Service agents whose identity must be made before they can be granted anything.
    pub agents: Vec<Agent>,
    /// The network; `None` where nothing runs in one.
    pub network: Option<Network>,
    /// The service accounts that are made here, by id.
    pub accounts: Vec<Account>,
    /// The secrets, without their values.
    pub secrets: Vec<Secret>,
    /// The topics.
    pub topics: Vec<Topic>,
    /// What listens to topics.
    pub subscriptions: Vec<Subscription>,
    /// What happens on time.
    pub schedules: Vec<Schedule>,
    /// The workflows.
    pub workflows: Vec<Workflow>,
    /// The queues of tasks.
    pub queues: Vec<Queue>,
    /// The repositories of images.
    pub registries: Vec<Registry>,
    /// The triggers of events.
    pub events: Vec<Event>,
    /// Which entries of the logs go where.
    pub log_sinks: Vec<LogSink>,
    /// The pipeline that deploys; `None` where the blueprint has none.
    pub delivery: Option<Delivery>,
    /// The files beside the blueprint that containers see, by name.
    pub files: Vec<ConfigFile>,
    /// The buckets.
    pub buckets: Vec<Bucket>,
    /// The keys: those that the code itself uses, and those that products encrypt under.
    pub keys: Vec<CryptoKey>,
    /// Whether the blueprint speaks of keys of one's own for what products encrypt: then a thing that has none is put back under Google's.
    pub encryption: bool,
    /// The databases.
    pub databases: Vec<Database>,
    /// The caches.
    pub caches: Vec<Cache>,
    /// The databases of Firestore.
    pub firestores: Vec<Firestore>,
    /// The datasets of BigQuery.
    pub datasets: Vec<Dataset>,
    /// The channels of Eventarc.
    pub channels: Vec<Channel>,
    /// The services.
    pub services: Vec<Service>,
    /// The jobs.
    pub jobs: Vec<Job>,
    /// The worker pools.
    pub workers: Vec<Worker>,
    /// The load balancer; `None` where no service is behind one.
    pub edge: Option<Edge>,
    /// The internal load balancer; `None` where no service has a private name.
    pub internal_edge: Option<InternalEdge>,
    /// The Cloud Armor policies: the shared one first, then those of services with a rate limit of their own, by name.
    pub wafs: Vec<Waf>,
    /// Organisation policies; empty where they are not asked for, and then there is no governance stage.
    pub org_policies: Vec<OrgPolicy>,
    /// Constraints that must not be set on the project, since they forbid what the blueprint declares; by name. Empty where
    /// policies are not asked for.
    pub org_policies_in_the_way: Vec<String>,
    /// Which images may run; `None` where nobody is asked.
    pub binary_authorization: Option<BinaryAuthorization>,
    /// The perimeter that the project is in; `None` where there is none.
    pub perimeter: Option<Perimeter>,
    /// Audit logs.
    pub audit_logs: Vec<AuditLog>,
    /// Days for which the project's own log bucket keeps what it holds; `None`: it is left as it is.
    pub log_retention: Option<NonZero<u32>>,
    /// Who hears of what fails; `None` where nobody does.
    pub monitoring: Option<Monitoring>,
    /// Every grant of the environment, those of service and job policies too, in the order of [`Grant`].
    pub grants: Vec<Grant>,
    /// Values that the blueprint cannot know, by name.
    pub values: BTreeMap<String, Value>,
    /// The written exceptions, by element and rule.
    pub exceptions: Vec<Exception>,
    /// The posture as short lines, in the order of their keys.
    pub facts: Vec<Fact>,
}

impl Plan {
    /// The stages that this environment has, in the order in which they are applied.
    #[must_use]
    pub fn stages(&self) -> Vec<Stage> {
        let mut stages = Vec::with_capacity(3);
        if !self.org_policies.is_empty() || self.own_perimeter().is_some() {
            stages.push(Stage::Governance);
        }
        stages.extend([Stage::Foundation, Stage::Services]);
        stages
    }

    /// Whether the project's policy of images is written here.
    #[must_use]
    pub fn has_admission_policy(&self) -> bool {
        let written = self.binary_authorization.as_ref();
        written.is_some_and(|one| one.policy.is_some())
    }

    /// Whether a key is there for Google's agents alone, which encrypt with it what lies in their products.
    #[must_use]
    pub fn is_for_products(&self, key: &CryptoKey) -> bool {
        let grants = self.grants_on(&key.path.resource());
        let by_agent = |grant: &Grant| matches!(grant.to, Principal::Agent { .. });
        !grants.is_empty() && grants.iter().all(by_agent)
    }

    /// The public DNS zone that records are written into, the same for both load balancers; nothing where a person writes them, or
    /// there is none to write.
    #[must_use]
    pub fn public_zone(&self) -> Option<&PublicZone> {
        let public = self.edge.as_ref().and_then(|edge| edge.zone.as_ref());
        let inside = self.internal_edge.as_ref();
        public.or_else(|| inside.and_then(|edge| edge.zone.as_ref()))
    }

    /// The service of that name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    /// How the first secret that is to be replaced says so; all of them do by the same topic.
    #[must_use]
    pub fn rotation(&self) -> Option<&Rotation> {
        self.secrets
            .iter()
            .find_map(|secret| secret.rotation.as_ref())
    }

    /// Whether a subscription keeps what says that a secret is to be replaced: it is called as the topic.
    #[must_use]
    pub fn keeps_rotations(&self, subscription: &Subscription) -> bool {
        let rotation = self.rotation();
        rotation.is_some_and(|one| !subscription.existing && one.topic.id == subscription.id)
    }

    /// What topics are told of the objects of buckets, with the bucket.
    pub fn notifications(&self) -> impl Iterator<Item = (&Bucket, &Notification)> {
        let buckets = self.buckets.iter();
        buckets.flat_map(|bucket| bucket.notifications.iter().map(move |one| (bucket, one)))
    }

    /// A cache by its name.
    #[must_use]
    pub fn cache(&self, name: &str) -> Option<&Cache> {
        self.caches.iter().find(|cache| cache.name == name)
    }

    /// What runs: the workloads of services, jobs and workers, in this order.
    pub fn workloads(&self) -> impl Iterator<Item = &Workload> {
        let services = self.services.iter().map(|service| &service.workload);
        let jobs = self.jobs.iter().map(|job| &job.workload);
        let workers = self.workers.iter().map(|worker| &worker.workload);
        services.chain(jobs).chain(workers)
    }

    /// The user of a database whose password a secret holds.
    #[must_use]
    pub fn login_of(&self, secret: &str) -> Option<(&Database, &PasswordUser)> {
        self.databases.iter().find_map(|database| {
            let mut users = database.password_users.iter();
            let user = users.find(|user| user.secret == secret)?;
            Some((database, user))
        })
    }

    /// Whether somebody logs in to a database with a password.
    #[must_use]
    pub fn has_password_users(&self) -> bool {
        let mut databases = self.databases.iter();
        databases.any(|database| !database.password_users.is_empty())
    }

    /// What runs, without what stands in for a service in another region.
    pub fn declared(&self) -> impl Iterator<Item = &Workload> {
        let services = self.services.iter();
        let services = services.filter(|service| service.stands_in_for.is_none());
        let services = services.map(|service| &service.workload);
        let jobs = self.jobs.iter().map(|job| &job.workload);
        let workers = self.workers.iter().map(|worker| &worker.workload);
        services.chain(jobs).chain(workers)
    }

    /// What runs, each with the instances that it may have at a time.
    pub fn instances(&self) -> impl Iterator<Item = (&Workload, u32)> {
        let services = self.services.iter();
        let services = services.map(|service| (&service.workload, service.max));
        let jobs = self.jobs.iter();
        let jobs = jobs.map(|job| (&job.workload, job.parallelism.min(job.tasks)));
        let workers = self.workers.iter();
        let workers = workers.map(|worker| (&worker.workload, worker.instances));
        services.chain(jobs).chain(workers)
    }

    /// The account with that id, where it is made here.
    #[must_use]
    pub fn account(&self, id: &str) -> Option<&Account> {
        let id_of = |account: &Account| account.id.as_str().cmp(id);
        let at = self.accounts.binary_search_by(id_of).ok()?;
        self.accounts.get(at)
    }

    /// The account with that address, where it is made here.
    #[must_use]
    pub fn account_by_address(&self, email: &str) -> Option<&Account> {
        let (id, _) = email.split_once('@')?;
        self.account(id).filter(|account| account.email == email)
    }

    /// The grants on a resource.
    #[must_use]
    pub fn grants_on(&self, resource: &Resource) -> &[Grant] {
        let first = self.grants.partition_point(|grant| grant.on < *resource);
        let rest = &self.grants[first..];
        let many = rest.partition_point(|grant| grant.on == *resource);
        &rest[..many]
    }

    /// The grants on what lies in other projects, by project: their owners have to make them.
    #[must_use]
    pub fn elsewhere(&self) -> BTreeMap<&str, Vec<&Grant>> {
        let mut projects: BTreeMap<&str, Vec<&Grant>> = BTreeMap::new();
        for grant in &self.grants {
            if grant.on.project() != self.project.id {
                projects.entry(grant.on.project()).or_default().push(grant);
            }
        }
        projects
    }

    /// The calls to services that lie in other projects: the key of the caller, the service's project and its name.
    pub fn calls_elsewhere(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let elsewhere = self.elsewhere().into_values().flatten();
        elsewhere.filter_map(|grant| match (&grant.on, &grant.to) {
            (Resource::Service { project, name, .. }, Principal::Account { id, .. }) => {
                let caller = self.account(id)?;
                Some((caller.element.as_str(), project.as_str(), name.as_str()))
            }
            _ => None,
        })
    }

    /// The grants on what lies in this project, without those that stand in the complete policy of a service, a job or
    /// an IAP backend.
    pub fn single_grants(&self) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(|grant| {
            grant.on.project() == self.project.id && !grant.on.has_complete_policy()
        })
    }
}

/// The Google Cloud project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The blueprint's name: the prefix of what is shared.
    pub name: String,
    /// What the blueprint says about itself; may be empty.
    pub description: String,
    /// The project's id.
    pub id: String,
    /// The project's number where the blueprint gives it; else it is looked up when the output is applied.
    pub number: Option<String>,
    /// The region of everything that is regional.
    pub region: String,
    /// The labels that everything carries: the blueprint's, `environment` and `managed-by`.
    pub labels: Labels,
}

impl Project {
    /// Its name by its number, which is looked up where the plan does not have it: `projects/123456789012`.
    #[must_use]
    pub fn by_number(&self) -> Text {
        let text = Text::from("projects/");
        match &self.number {
            Some(number) => text.then(number),
            None => text.then_part(Part::ProjectNumber),
        }
    }

    /// It as what a grant stands on.
    #[must_use]
    pub fn resource(&self) -> Resource {
        Resource::Project {
            project: self.id.clone(),
        }
    }

    /// The secret of that id in it.
    #[must_use]
    pub fn secret(&self, id: &str) -> Resource {
        Resource::Secret {
            project: self.id.clone(),
            name: id.to_owned(),
        }
    }

    /// The service of that name in it.
    #[must_use]
    pub fn service(&self, name: &str) -> Resource {
        Resource::Service {
            project: self.id.clone(),
            region: self.region.clone(),
            name: name.to_owned(),
        }
    }

    /// An account that is made in it.
    #[must_use]
    pub fn account(&self, account: &Account) -> Resource {
        Resource::Account {
            project: self.id.clone(),
            email: account.email.clone(),
        }
    }

    /// The job of that name in it.
    #[must_use]
    pub fn job(&self, name: &str) -> Resource {
        Resource::Job {
            project: self.id.clone(),
            region: self.region.clone(),
            name: name.to_owned(),
        }
    }
}

/// A set of resources with a state and operators of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Organisation policies: organisation rights.
    Governance,
    /// Network, accounts, secrets, databases, caches: project rights.
    Foundation,
    /// Services, jobs, workers, load balancer, WAF: what a deployer may touch.
    Services,
}

impl Stage {
    /// The stage's name, as in paths.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Governance => "governance",
            Self::Foundation => "foundation",
            Self::Services => "services",
        }
    }
}

/// Terraform's state in Cloud Storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Bucket and prefix of each stage, in the order of the stages.
    pub stages: BTreeMap<Stage, StatePlace>,
}

/// Where one stage keeps its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatePlace {
    /// The bucket's name.
    pub bucket: String,
    /// The prefix in it, `<name>/<env>/<stage>`.
    pub prefix: String,
}

/// A Google API to enable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Api {
    /// The stage that enables it.
    pub stage: Stage,
    /// Its full name, `run.googleapis.com`.
    pub service: String,
}

/// A value that only a person or another tool knows; both forms are taken as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// A Terraform expression.
    pub terraform: String,
    /// A shell command that prints the value.
    pub gcloud: String,
}

/// A door that was opened on purpose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exception {
    /// The element that needs it: `services.web`.
    pub element: String,
    /// The rule that it waives: `anonymous-access`.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds, `2027-06-30`.
    pub expires: String,
}

/// One line of the posture: `services.orders.ingress = "internal"`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// The element: `services.orders`, `waf`.
    pub element: String,
    /// The fact's name: `ingress`.
    pub name: Cow<'static, str>,
    /// Its value; a list is sorted and joined by `, `, and an empty list is `nobody` or `none`.
    pub value: String,
}

impl Fact {
    /// The fact's whole key: element and name.
    #[must_use]
    pub fn key(&self) -> String {
        [&self.element, ".", &self.name].concat()
    }
}
