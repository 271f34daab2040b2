//! The pipeline that brings new images.

use super::{Account, Principal, RegistryPath, Text};

/// The pipeline: who it is, and what it deploys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The account as which it deploys.
    pub account: Account,
    /// Who acts as it.
    pub github: GitHub,
    /// What it deploys: jobs before services, each by name.
    pub deploys: Vec<Deployed>,
    /// The images that it builds, without tag and digest, each once.
    pub images: Vec<String>,
    /// The repositories that it pushes to, each once.
    pub registries: Vec<RegistryPath>,
}

/// Something that the pipeline deploys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deployed {
    /// What it is.
    pub kind: DeployedKind,
    /// Its name.
    pub name: String,
    /// Its image, without tag and digest.
    pub image: String,
    /// Whether it has other containers beside its own.
    pub sidecars: bool,
    /// How many of a hundred requests what is deployed gets, where the blueprint holds other revisions.
    pub share: Option<u32>,
}

/// What the pipeline deploys; the order is that in which it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeployedKind {
    /// A job that has to succeed before services follow.
    Before,
    /// A job.
    Job,
    /// A service.
    Service,
}

/// A repository of GitHub, and the pool by which its workflows are let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitHub {
    /// The id of the workload identity pool.
    pub pool: String,
    /// The number of the repository.
    pub repository_id: u64,
    /// The branch.
    pub branch: String,
    /// Which tokens are let in, in CEL: those of this branch of this repository, by numbers, which nobody else can get.
    pub condition: String,
    /// Its workflows, as a principal.
    pub principal: Principal,
    /// The full name of the provider, by the project's number.
    pub provider: Text,
}

/// The id of the provider in its pool.
pub const PROVIDER: &str = "github";
