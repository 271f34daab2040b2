//! Addresses and ports of Google's services.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

/// The addresses of [`private_vip`], one by one.
pub const PRIVATE_VIP_ADDRESSES: [&str; 4] = [
    "199.36.153.8",
    "199.36.153.9",
    "199.36.153.10",
    "199.36.153.11",
];

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
/// Addresses of a subnetwork that Google keeps (<https://cloud.google.com/vpc/docs/subnets#unusable-ip-addresses-in-every-subnet>).
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

/// The addresses of `private.googleapis.com`, by which Google's APIs and run.app are reached from inside a network
/// (<https://cloud.google.com/vpc/docs/configure-private-google-access>).
#[must_use]
pub fn private_vip() -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(199, 36, 153, 8), 30)
}
