//! The network: what is made of it, and what is only named.

use std::fmt;

use ipnet::Ipv4Net;

/// The network that services reach into by Direct VPC egress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// The network's name.
    pub name: String,
    /// Its path: `projects/P/global/networks/N`.
    pub path: String,
    /// The id of the project that it lies in: the environment's, or the Shared VPC host's.
    pub project: String,
    /// The subnetwork that instances take their addresses from.
    pub subnetwork: Subnetwork,
    /// Those of other regions, by region; only in a network that is made here.
    pub elsewhere: Vec<Subnetwork>,
    /// What is made of the network here; `None` where network and subnetwork exist already.
    pub own: Option<OwnNetwork>,
    /// Private DNS zones, by name: of our own network, or asked for in somebody else's.
    pub zones: Vec<PrivateZone>,
}

impl Network {
    /// All its subnetworks: that of the project's region first.
    pub fn subnetworks(&self) -> impl Iterator<Item = &Subnetwork> {
        std::iter::once(&self.subnetwork).chain(&self.elsewhere)
    }

    /// Those that are made here, with their ranges.
    pub fn made(&self) -> impl Iterator<Item = (&Subnetwork, Ipv4Net)> {
        let all = self.subnetworks();
        all.filter_map(|subnetwork| Some((subnetwork, subnetwork.range?)))
    }
}

/// The subnetwork.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subnetwork {
    /// Its name.
    pub name: String,
    /// The region that it lies in.
    pub region: String,
    /// Its path: `projects/P/regions/R/subnetworks/S`.
    pub path: String,
    /// Its range; `None` where it exists already.
    pub range: Option<Ipv4Net>,
}

/// The parts of a network of our own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnNetwork {
    /// Routes, by name. The network starts with none: its default routes are deleted as it is made.
    pub routes: Vec<Route>,
    /// Firewall rules, by priority and name.
    pub firewall: Vec<FirewallRule>,
    /// The DNS policy that logs the network's queries.
    pub dns_policy: String,
    /// Private services access; `None` where no database needs it.
    pub services_access: Option<ServicesAccess>,
    /// The policies that let Memorystore put addresses of caches into the subnetwork: one for each engine that there is.
    pub cache_policies: Vec<CachePolicy>,
    /// Cloud NAT, where something has `egress = "nat"`: in the project's region first, then in others by region.
    pub nats: Vec<Nat>,
    /// What the internal load balancer takes of it; `None` where there is none.
    pub balancer: Option<BalancerPlace>,
}

/// A policy that lets Memorystore put addresses of caches into the subnetwork.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachePolicy {
    /// Its name.
    pub name: String,
    /// The class of services that it lets in.
    pub class: &'static str,
}

/// A route to the default internet gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its name.
    pub name: String,
    /// The destination.
    pub range: Ipv4Net,
    /// Why it is there.
    pub why: &'static str,
}

/// A firewall rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirewallRule {
    /// Its name.
    pub name: String,
    /// The direction it watches.
    pub direction: Direction,
    /// Whether it allows or denies.
    pub action: FirewallAction,
    /// 0 to 65535; the lowest that matches decides.
    pub priority: u16,
    /// Destinations of egress, sources of ingress.
    pub ranges: Vec<Ipv4Net>,
    /// The network tags of the workloads that it is for; empty is all. Only egress rules have them.
    pub tags: Vec<String>,
    /// Whether connections are logged.
    pub log: bool,
    /// Why it is there.
    pub why: String,
}

/// The direction of traffic, seen from the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Out of the instances.
    Egress,
    /// Into the instances.
    Ingress,
}

/// What a firewall rule does with what it matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirewallAction {
    /// Lets TCP through on these ports.
    AllowTcp(Vec<Ports>),
    /// Stops everything.
    DenyAll,
}

/// One port, or some that follow each other: `443`, `11000-13047`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    first: u16,
    last: u16,
}

impl Ports {
    /// This one alone.
    #[must_use]
    pub const fn one(port: u16) -> Self {
        Self::between(port, port)
    }

    /// These two, and what is between them.
    #[must_use]
    pub const fn between(first: u16, last: u16) -> Self {
        Self { first, last }
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        if self.last > self.first {
            write!(f, "-{}", self.last)?;
        }
        Ok(())
    }
}

/// A private DNS zone that the network sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateZone {
    /// Its name.
    pub name: String,
    /// Its DNS name with the closing dot: `run.app.`.
    pub dns_name: String,
    /// Its records.
    pub records: Vec<PrivateRecord>,
    /// Why it is there.
    pub why: &'static str,
}

/// A record of a private zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateRecord {
    /// The record's name in Terraform's and the steps' names: `run-app`, `run-app-any`.
    pub name: String,
    /// Its DNS name with the closing dot.
    pub dns_name: String,
    /// What it holds.
    pub data: RecordData,
}

/// What a private record holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordData {
    /// Addresses (type A).
    Addresses(Vec<String>),
    /// Another name (type CNAME), with the closing dot.
    Alias(String),
    /// The private address of a database of this plan (type A).
    Database(String),
    /// The private address of a database's replica (type A): database and replica.
    Replica(String, String),
    /// The private address of a cache of Valkey of this plan (type A): its name, and whether it exists already.
    Cache(String, bool),
    /// The private address at which a cache of Redis Cluster of this plan tells of its nodes (type A): as a cache.
    Cluster(String, bool),
    /// The address of the internal load balancer (type A), by its name.
    Balancer(String),
}

/// Private services access: the range that Google's managed services take their addresses from, and its peering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicesAccess {
    /// The name of the reserved range.
    pub name: String,
    /// The range.
    pub range: Ipv4Net,
}

/// The place of the internal load balancer in the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalancerPlace {
    /// The name of the proxy-only subnetwork: requests leave the load balancer from there.
    pub subnetwork: String,
    /// Its range.
    pub range: Ipv4Net,
    /// The name of the address, one of the subnetwork that instances take theirs from.
    pub address: String,
}

/// Cloud NAT with a fixed address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nat {
    /// The name of router and gateway.
    pub name: String,
    /// The name of the address.
    pub address: String,
    /// The region that it is in.
    pub region: String,
    /// The name of the subnetwork there whose traffic it translates.
    pub subnetwork: String,
}
