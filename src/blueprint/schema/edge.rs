//! The load balancer.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Exception, Table};
use crate::blueprint::json_schema::{Path, Refers, Shaped};
use crate::name::Kind;

/// The load balancer before all public services. `dns`, `tls` and `min_tls` are also those of the internal one, before services with
/// `private_domains`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LoadBalancer {
    /// The public DNS zone that the records of all domains are written into; of private ones, those that prove them.
    ///
    /// Default: the README lists the records to write by hand.
    pub dns: Option<Dns>,
    /// The kind of certificate.
    #[schemars(extend("default" = "managed"))]
    pub certificate: Option<CertificateKind>,
    /// Whether there is an IPv6 address beside the IPv4 one.
    #[schemars(extend("default" = true))]
    pub ipv6: Option<bool>,
    /// The set of ciphers.
    #[schemars(extend("default" = "restricted"))]
    pub tls: Option<TlsProfile>,
    /// The oldest version of TLS that is spoken.
    #[schemars(extend("default" = "1.2"))]
    pub min_tls: Option<MinTls>,
    /// Headers that every response gets, over those of the service; `false` takes a default one away.
    ///
    /// Default: `Strict-Transport-Security`, `X-Content-Type-Options` and `X-Frame-Options`.
    #[schemars(extend("examples" = [{"Referrer-Policy": "no-referrer", "X-Frame-Options": false}]))]
    pub headers: Table<OneOrFalse>,
    /// What a request for a host that no service has gets.
    #[schemars(extend("default" = "refuse"))]
    pub unknown_host: Option<UnknownHost>,
    /// The doors that it opens.
    pub exceptions: Vec<Exception>,
}

/// A text, or `false`.
pub type OneOrFalse = crate::blueprint::units::TextOrFalse;

/// The public DNS zone, which exists already.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Dns {
    /// The zone's name in Cloud DNS, or `projects/PROJECT/managedZones/NAME` in another project.
    #[schemars(transform = Refers(Path("projects/[^/]*/managedZones/", Kind::Compute)), extend("x-required" = true))]
    pub zone: Option<String>,
    /// Whether the records are written into it.
    #[schemars(extend("default" = true))]
    pub manage: Option<bool>,
}

/// A kind of certificate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CertificateKind {
    /// Certificate Manager, proven by DNS.
    Managed,
    /// A Google-managed certificate of the compute kind, for at most 100 domains.
    Classic,
    /// A certificate map that exists already: `projects/PROJECT/locations/global/certificateMaps/NAME`.
    Existing(
        #[schemars(transform = Refers(Shaped("^projects/[^/]+/locations/global/certificateMaps/[^/]+$")))]
         String,
    ),
}

/// A set of ciphers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TlsProfile {
    /// Only what passes compliance rules.
    Restricted,
    /// A few older ciphers besides.
    Modern,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum MinTls {
    /// TLS 1.2.
    #[serde(rename = "1.2")]
    V1_2,
    /// TLS 1.3.
    #[serde(rename = "1.3")]
    V1_3,
}

/// What a request for an unknown host gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum UnknownHost {
    /// 404.
    Refuse,
}
