//! Addresses and ports of Google's services.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use crate::plan::model::{PerimeterMode, Plan};

/// Addresses by which Google's APIs and run.app are reached from inside a network
/// (<https://cloud.google.com/vpc/docs/configure-private-google-access>).
#[derive(Debug, PartialEq, Eq)]
pub struct Vip {
    /// What routes to it are called after the network.
    pub name: &'static str,
    /// The first of its four addresses.
    first: Ipv4Addr,
}

/// `private.googleapis.com`: all of Google's APIs.
pub static PRIVATE: Vip = Vip {
    name: "google",
    first: Ipv4Addr::new(199, 36, 153, 8),
};

/// `restricted.googleapis.com`: those that VPC Service Controls protects
/// (<https://cloud.google.com/vpc-service-controls/docs/set-up-private-connectivity>).
pub static RESTRICTED: Vip = Vip {
    name: "restricted",
    first: Ipv4Addr::new(199, 36, 153, 4),
};

impl Vip {
    /// Where names of Google's lead in the network.
    #[must_use]
    pub fn of(plan: &Plan) -> &'static Self {
        match plan.perimeter.as_ref().map(|perimeter| perimeter.mode) {
            None | Some(PerimeterMode::Off) => &PRIVATE,
            Some(PerimeterMode::DryRun | PerimeterMode::Enforced) => &RESTRICTED,
        }
    }

    /// Where there is a way to in the network: beside that where names lead, the other one, as long as an answer of before may
    /// still be held.
    #[must_use]
    pub fn ways(plan: &Plan) -> Vec<&'static Self> {
        match plan.perimeter.as_ref().map(|perimeter| perimeter.mode) {
            None => vec![&PRIVATE],
            Some(PerimeterMode::DryRun | PerimeterMode::Off) => vec![&RESTRICTED, &PRIVATE],
            Some(PerimeterMode::Enforced) => vec![&RESTRICTED],
        }
    }

    /// Its range.
    #[must_use]
    pub fn range(&self) -> Ipv4Net {
        Ipv4Net::new_assert(self.first, 30)
    }

    /// Its addresses, one by one.
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        let last = self.range().broadcast();
        let all = u32::from(self.first)..=u32::from(last);
        all.map(|address| Ipv4Addr::from(address).to_string())
            .collect()
    }
}

/// HTTPS.
pub const HTTPS: u16 = 443;
/// The Network File System.
pub const NFS: u16 = 2049;

/// The priority of firewall rules that open something.
pub const ALLOW_PRIORITY: u16 = 1000;
/// The priority of the rule that denies the rest: the last before the implied one.
pub const DENY_PRIORITY: u16 = 65534;

/// Direct VPC egress takes no smaller subnetwork (<https://cloud.google.com/run/docs/configuring/vpc-direct-vpc>).
pub const SUBNET_MAX_PREFIX: u8 = 26;
/// The largest subnetwork.
pub const SUBNET_MIN_PREFIX: u8 = 8;
/// A proxy-only subnetwork is no smaller (<https://cloud.google.com/load-balancing/docs/proxy-only-subnets#proxy-subnet-create>).
pub const PROXIES_MAX_PREFIX: u8 = 26;
/// Addresses of a subnetwork that Google keeps
/// (<https://cloud.google.com/vpc/docs/subnets#unusable-ip-addresses-in-every-subnet>).
pub const SUBNET_RESERVED: u64 = 4;
/// Addresses for each instance: two in steady use, twice that while a new revision takes over.
pub const ADDRESSES_PER_INSTANCE: u64 = 4;
/// Private services access takes ranges from this size (<https://cloud.google.com/vpc/docs/configure-private-services-access>)…
pub const SERVICES_MAX_PREFIX: u8 = 24;
/// … to this one.
pub const SERVICES_MIN_PREFIX: u8 = 8;

/// Ranges that Cloud Run or Cloud SQL cannot reach or use themselves, and why.
pub const UNUSABLE: [(&str, &str); 3] = [
    ("192.168.1.0/24", "Cloud Run cannot reach it"),
    ("172.17.0.0/16", "Cloud SQL uses it itself"),
    ("199.36.153.0/24", "Google's APIs answer on it"),
];

/// Private ranges that a subnetwork of Direct VPC egress may have
/// (<https://cloud.google.com/vpc/docs/subnets#valid-ranges>).
const USABLE: [(Ipv4Addr, u8); 5] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Whether a range is private, as a subnetwork must be.
#[must_use]
pub fn usable(range: Ipv4Net) -> bool {
    USABLE
        .iter()
        .any(|(address, prefix)| Ipv4Net::new_assert(*address, *prefix).contains(&range))
}
