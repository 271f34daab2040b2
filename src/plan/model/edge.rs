//! The load balancer: addresses, hosts, routes, certificates, DNS.

/// The global external Application Load Balancer (`EXTERNAL_MANAGED`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The name of what exists once: URL map, proxy, TLS policy.
    pub name: String,
    /// The name of what redirects HTTP to HTTPS: its URL map and proxy.
    pub http_name: String,
    /// The public addresses.
    pub addresses: Vec<Address>,
    /// The hosts, by domain.
    pub hosts: Vec<Host>,
    /// The backends, by service.
    pub backends: Vec<Backend>,
    /// The backend that nothing stands behind: unknown hosts and paths that nobody takes lead there, and the URL map
    /// answers 404 before.
    pub refuse: String,
    /// The WAF that the refusing backend carries.
    pub refuse_waf: String,
    /// The certificates.
    pub certificate: Certificate,
    /// The TLS policy.
    pub tls: Tls,
    /// The public DNS zone that the records are written into; `None`: a person writes them.
    pub zone: Option<PublicZone>,
}

/// The regional internal Application Load Balancer (`INTERNAL_MANAGED`), before services with a private name. It speaks HTTPS alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InternalEdge {
    /// The name of URL map, proxy, TLS policy, forwarding rule and address.
    pub name: String,
    /// The region that it lies in.
    pub region: String,
    /// Whether callers of other regions reach it too: one of them runs in several.
    pub every_region: bool,
    /// The path of the network that it answers in.
    pub network: String,
    /// The path of the subnetwork that its address is one of.
    pub subnetwork: String,
    /// The hosts, by domain. A host's name is also that of its certificate and of what proves it.
    pub hosts: Vec<Host>,
    /// The services that it leads to, each by a backend and an endpoint group of its name.
    pub backends: Vec<String>,
    /// The backend that nothing stands behind, as [`Edge::refuse`].
    pub refuse: String,
    /// The TLS policy.
    pub tls: Tls,
    /// The public DNS zone that the records which prove the hosts are written into; `None`: a person writes them.
    pub zone: Option<PublicZone>,
}

impl InternalEdge {
    /// The full name of its address in a project.
    #[must_use]
    pub fn address(&self, project: &str) -> String {
        format!(
            "projects/{project}/regions/{}/addresses/{}",
            self.region, self.name
        )
    }
}

/// A public address with its two forwarding rules, HTTPS and HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The address's name: `storefront-ipv4`.
    pub name: String,
    /// IPv4 or IPv6.
    pub version: IpVersion,
    /// The name of the forwarding rule for HTTPS.
    pub https: String,
    /// The name of the forwarding rule for HTTP, which only redirects.
    pub http: String,
}

/// A version of IP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpVersion {
    /// Version 4.
    V4,
    /// Version 6.
    V6,
}

/// A host and what it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The domain: `shop.example.com`.
    pub domain: String,
    /// Its name as a resource: `shop-example-com`.
    pub name: String,
    /// Where a path leads that no rule names.
    pub rest: Target,
    /// Path rules, by path.
    pub rules: Vec<PathRule>,
    /// What the URL map must answer: Google refuses a map that fails one.
    pub tests: Vec<RouteTest>,
}

/// Where a request leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To the backend of that name.
    Backend(String),
    /// Nowhere: 404.
    Refuse,
}

/// Paths that lead to one backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathRule {
    /// The patterns: `/partners` and `/partners/*`.
    pub patterns: Vec<String>,
    /// The backend's name.
    pub backend: String,
}

/// A test of the URL map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteTest {
    /// The path that is asked for.
    pub path: String,
    /// The backend that must answer.
    pub backend: String,
}

/// The way from the load balancer to one service: a backend service, with a serverless NEG for each region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    /// The name of the backend service.
    pub name: String,
    /// The service's name.
    pub service: String,
    /// What it leads to, the project's region first, then by region; of several the load balancer takes the nearest.
    pub groups: Vec<EndpointGroup>,
    /// The WAF's name.
    pub waf: String,
    /// Headers that every response gets, `Name: value`.
    pub headers: Vec<String>,
    /// Whether IAP stands in front; who passes stands among the grants on [`super::Resource::IapBackend`].
    pub iap: bool,
}

impl Backend {
    /// Whether it leads to the service of that name.
    #[must_use]
    pub fn leads_to(&self, service: &str) -> bool {
        self.groups.iter().any(|group| group.name == service)
    }
}

/// A serverless NEG: the way to a service in its region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointGroup {
    /// Its name, which is the service's.
    pub name: String,
    /// The region of both.
    pub region: String,
}

/// The certificates of the load balancer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Certificate {
    /// Certificate Manager, proven by DNS, one for each host; they work before DNS points here.
    Managed {
        /// The certificate map's name. Certificate, authorization and entry of a host carry the host's name.
        map: String,
    },
    /// A Google-managed certificate of the compute kind.
    Classic {
        /// Its name; holds a hash of the domains, since a change of domains makes a new one.
        name: String,
        /// The domains.
        domains: Vec<String>,
    },
    /// A certificate map that exists already.
    Existing {
        /// Its full name: `projects/P/locations/global/certificateMaps/M`.
        map: String,
    },
}

/// The TLS policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// `RESTRICTED` or `MODERN`.
    pub profile: TlsProfile,
    /// The oldest version that is spoken.
    pub min: TlsVersion,
}

/// A set of ciphers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsProfile {
    /// Only what passes compliance rules.
    Restricted,
    /// A few older ciphers besides.
    Modern,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsVersion {
    /// 1.2.
    V1_2,
    /// 1.3; only with [`TlsProfile::Restricted`].
    V1_3,
}

/// A public zone of Cloud DNS that exists already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicZone {
    /// The zone's name.
    pub name: String,
    /// The id of the project that it lies in.
    pub project: String,
}
