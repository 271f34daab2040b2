//! Services and jobs of Cloud Run.

use ipnet::Ipv4Net;

use super::{Account, Binding, KeyPath, Labels, Resource, Start, Text, Traffic};

/// A Cloud Run service.
#[expect(
    clippy::struct_excessive_bools,
    reason = "Cloud Run has these switches"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// The region that it runs in.
    pub region: String,
    /// The service of the blueprint that it stands in for in another region than the project's; `None` where it is that service.
    pub stands_in_for: Option<String>,
    /// Whether it is on its way out of that region (`retire_regions`): the load balancer leads there no longer.
    pub leaves_region: bool,
    /// From where it can be reached.
    pub ingress: Ingress,
    /// Whether the internet is meant to reach it.
    pub public: bool,
    /// How callers are told.
    pub auth: Auth,
    /// Whether Cloud Run asks who calls. `false` only for anonymous services under `no-invoker-check`.
    pub invoker_check: bool,
    /// Whether IAP stands before the service itself (and not before its backend).
    pub iap: bool,
    /// The complete policy, by role; empty: nobody may call.
    pub policy: Vec<Binding>,
    /// Whether its run.app address is closed.
    pub run_app_closed: bool,
    /// Its address on run.app, which is the audience of calls to it.
    pub url: Text,
    /// Its domains on the load balancer.
    pub domains: Vec<String>,
    /// Its hosts on the internal load balancer.
    pub private_domains: Vec<String>,
    /// Its paths on either; empty: all that no other service takes.
    pub paths: Vec<String>,
    /// Domains that are mapped to it past any load balancer.
    pub domain_mappings: Vec<String>,
    /// Audiences that it accepts besides its own address.
    pub audiences: Vec<String>,
    /// Requests that one instance takes at a time.
    pub concurrency: u32,
    /// Seconds that a request may take.
    pub timeout: u32,
    /// Instances: never fewer.
    pub min: u32,
    /// Instances: never more.
    pub max: u32,
    /// Whether a client comes back to the same instance.
    pub session_affinity: bool,
    /// Which revisions answer; of no meaning where that is a pipeline's.
    pub traffic: Traffic,
    /// What runs, and as whom.
    pub workload: Workload,
    /// What a pipeline changes and Terraform and the scripts leave alone.
    pub ci_owns: Vec<CiOwns>,
    /// Whether Terraform refuses to delete it.
    pub deletion_protection: bool,
    /// Whether it is on its way out (`retire = true`).
    pub retiring: bool,
    /// The services that it calls.
    pub calls: Vec<Call>,
    /// The elements that call it, by key: `services.web`.
    pub callers: Vec<String>,
    /// The services whose policy must stand before it gets a new revision: its callees, without those that would make
    /// a circle.
    pub after_policies: Vec<String>,
    /// The jobs that must have succeeded before it gets a new revision.
    pub after_jobs: Vec<String>,
}

impl Service {
    /// Whether it is behind the load balancer: it is public, and not only open on run.app.
    #[must_use]
    pub fn is_behind_load_balancer(&self) -> bool {
        self.public && (self.ingress != Ingress::All || !self.domains.is_empty())
    }

    /// The addresses on run.app that its tags give it, by tag: none answers where its own is closed.
    pub fn tagged_urls(&self) -> impl Iterator<Item = (&str, String)> {
        let tags = self.traffic.tags.iter().filter(|_| !self.run_app_closed);
        tags.map(|(tag, _)| {
            let url = self.url.to_string();
            let tagged = url.replacen("https://", &format!("https://{tag}---"), 1);
            (tag.as_str(), tagged)
        })
    }

    /// What the blueprint calls it: the name of the service that it stands in for, or its own.
    #[must_use]
    pub fn declared(&self) -> &str {
        self.stands_in_for.as_deref().unwrap_or(&self.name)
    }

    /// It as what a grant stands on, in a project.
    #[must_use]
    pub fn resource(&self, project: &str) -> Resource {
        Resource::Service {
            project: project.to_owned(),
            region: self.region.clone(),
            name: self.name.clone(),
        }
    }
}

/// From where a service can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ingress {
    /// From the network and the project.
    Internal,
    /// And through the external load balancer.
    InternalAndLoadBalancing,
    /// From everywhere.
    All,
}

/// How callers of a service are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// By IAM: a Google ID token.
    Iam,
    /// By Identity-Aware Proxy.
    Iap,
    /// Not at all.
    Anonymous,
}

/// A call to another service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The service that is called.
    pub service: String,
    /// Its address, which is the audience of the ID token.
    pub url: Text,
}

/// What a pipeline changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CiOwns {
    /// The image of the main container.
    Image,
    /// The environment variables of the main container.
    Env,
    /// How traffic is split.
    Traffic,
    /// The whole template.
    Template,
}

impl CiOwns {
    /// Whether the image is the pipeline's.
    #[must_use]
    pub fn has_image(self) -> bool {
        matches!(self, Self::Image | Self::Template)
    }
}

/// A Cloud Run job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its name.
    pub name: String,
    /// The complete policy, by role; empty: only who administers the project may start it.
    pub policy: Vec<Binding>,
    /// How many tasks one execution has.
    pub tasks: u32,
    /// How many of them run at a time.
    pub parallelism: u32,
    /// How often a task is tried again.
    pub retries: u32,
    /// Seconds that a task may take.
    pub timeout: u32,
    /// What runs, and as whom.
    pub workload: Workload,
    /// The services that get no new revision before it has succeeded.
    pub before: Vec<String>,
    /// What an execution is made of, hashed: it runs again when this changes. `None` where it is before nothing.
    pub run_token: Option<String>,
    /// What a pipeline changes and Terraform and the scripts leave alone.
    pub ci_owns: Vec<CiOwns>,
    /// Whether Terraform refuses to delete it.
    pub deletion_protection: bool,
    /// Whether it is on its way out (`retire = true`).
    pub retiring: bool,
    /// The services that it calls.
    pub calls: Vec<Call>,
    /// The services whose policy must stand before it.
    pub after_policies: Vec<String>,
}

/// What runs, and as whom: shared by services, jobs and workers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// The account that it runs as; made here, or named by the blueprint.
    pub account: Account,
    /// How it reaches the network; `None` with `egress = "outside"`.
    pub vpc: Option<VpcAccess>,
    /// What it can reach on the internet.
    pub internet: Internet,
    /// The containers: the main one first, then the sidecars by name.
    pub containers: Vec<Container>,
    /// The volumes, by name.
    pub volumes: Vec<Volume>,
    /// The databases that it uses.
    pub databases: Vec<DatabaseUse>,
    /// The caches that it uses.
    pub caches: Vec<String>,
    /// The secrets that it reads, by name in the blueprint.
    pub secrets: Vec<String>,
    /// The queues that it adds tasks to, by name in the blueprint.
    pub enqueues: Vec<String>,
    /// The channels that it publishes events to, by name in the blueprint.
    pub channels: Vec<String>,
    /// The topics that it publishes to, by name in the blueprint.
    pub publishes: Vec<String>,
    /// The subscriptions that it pulls from, by name in the blueprint.
    pub consumes: Vec<String>,
    /// What it starts.
    pub starts: Vec<Start>,
    /// The key of one's own that Cloud Run keeps its images under; `None`: one of Google's.
    pub encryption_key: Option<KeyPath>,
    /// Whether the project's policy is asked before its images run.
    pub binary_authorization: bool,
    /// Its labels; on the element and on its template.
    pub labels: Labels,
}

impl Workload {
    /// The name of the service, job or worker.
    #[must_use]
    pub fn name(&self) -> &str {
        let element = self.account.element.split_once('.');
        element.map_or("", |(_, name)| name)
    }

    /// The kind of GPU that each instance or task has, by Google's name.
    #[must_use]
    pub fn gpu(&self) -> Option<&'static str> {
        self.containers.first().and_then(|main| main.gpu)
    }
}

/// Direct VPC egress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VpcAccess {
    /// Which traffic goes into the network.
    pub egress: VpcEgress,
    /// The network's path.
    pub network: String,
    /// The subnetwork's path.
    pub subnetwork: String,
    /// Network tags: firewall rules name them.
    pub tags: Vec<String>,
}

/// Which traffic goes into the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VpcEgress {
    /// What goes to private addresses.
    PrivateRanges,
    /// Everything.
    All,
}

/// What a workload can reach on the internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Internet {
    /// Everything, past the network.
    Direct,
    /// Nothing beyond Google's APIs.
    None,
    /// What the firewall lets through, by NAT with a fixed address.
    Nat,
}

/// A database that a workload uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseUse {
    /// The database's name.
    pub database: String,
    /// Connections of one instance.
    pub pool: u32,
    /// How it connects.
    pub connect: Connect,
    /// The user with a password who it logs in as; `None`: its own account, by IAM.
    pub password_user: Option<String>,
}

/// How a workload connects to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connect {
    /// A language connector in the code.
    Connector,
    /// The Auth Proxy as a sidecar.
    Proxy,
    /// By the engine's own protocol.
    Direct,
}

/// A container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Its name; the main one carries the element's.
    pub name: String,
    /// Its image, by digest where the blueprint gives one.
    pub image: Text,
    /// Replaces the image's entry point; empty: the image's own.
    pub command: Vec<String>,
    /// The arguments.
    pub args: Vec<Text>,
    /// Environment variables, by name.
    pub env: Vec<EnvVar>,
    /// CPUs in Google's form: `1`, `0.5`, `1000m`.
    pub cpu: String,
    /// Memory in Google's form: `512Mi`.
    pub memory: String,
    /// The kind of GPU of the main container, by Google's name.
    pub gpu: Option<&'static str>,
    /// Whether the CPU is there only while a request is served. Of no meaning for jobs.
    pub cpu_idle: bool,
    /// Whether starting gets more CPU. Of no meaning for jobs.
    pub startup_boost: bool,
    /// The port of the main container of a service.
    pub port: Option<Port>,
    /// Where volumes are mounted, by path.
    pub mounts: Vec<Mount>,
    /// When it counts as started.
    pub startup: Option<Probe>,
    /// When it counts as dead.
    pub liveness: Option<Probe>,
    /// The containers that must have started before, by name.
    pub after: Vec<String>,
}

/// A port that a service listens on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Port {
    /// The number.
    pub number: u16,
    /// Whether it speaks HTTP/2 in clear text (`h2c`).
    pub http2: bool,
}

/// An environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvVar {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: EnvValue,
}

/// The value of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvValue {
    /// A text.
    Text(Text),
    /// A pinned version of a secret.
    Secret(SecretVersion),
}

/// A version of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretVersion {
    /// The secret as Cloud Run takes it: its id, or `projects/P/secrets/S` in another project.
    pub secret: String,
    /// A number, or `latest`.
    pub version: String,
}

/// A volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub source: VolumeSource,
}

/// What is in a volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VolumeSource {
    /// Files from one secret.
    Secret {
        /// The secret as Cloud Run takes it.
        secret: String,
        /// The mode of the files, `0o444`.
        mode: u32,
        /// The files: version and path in the volume.
        items: Vec<SecretItem>,
    },
    /// A folder in memory.
    Memory {
        /// Its size in Google's form: `64Mi`.
        size: String,
    },
    /// A bucket of Cloud Storage.
    Bucket {
        /// The bucket's name.
        bucket: String,
        /// Whether it is only read.
        read_only: bool,
    },
    /// A file server.
    Nfs {
        /// Its address in the network.
        server: Ipv4Net,
        /// The path that it exports.
        path: String,
        /// Whether it is only read.
        read_only: bool,
    },
}

/// A file of a secret's volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretItem {
    /// A number, or `latest`.
    pub version: String,
    /// The path in the volume.
    pub path: String,
}

/// Where a volume is mounted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// The volume's name.
    pub volume: String,
    /// The absolute path.
    pub path: String,
}

/// A probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What is asked.
    pub check: ProbeCheck,
    /// Seconds before the first try.
    pub delay: u32,
    /// Seconds between tries.
    pub period: u32,
    /// Seconds that an answer may take.
    pub timeout: u32,
    /// How many failures in a row decide.
    pub failures: u32,
}

/// What a probe asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeCheck {
    /// A GET of this path.
    Http {
        /// The path.
        path: String,
        /// The port.
        port: u16,
    },
    /// A connection.
    Tcp {
        /// The port.
        port: u16,
    },
    /// The gRPC health protocol.
    Grpc {
        /// The port.
        port: u16,
    },
}
