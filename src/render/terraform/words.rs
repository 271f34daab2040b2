//! The words of Terraform's google provider for what the plan says.
//!
//! Their source is the provider's documentation: <https://registry.terraform.io/providers/hashicorp/google/latest/docs>.

use std::net::Ipv4Addr;

use crate::plan::model::{
    Availability, Edition, Ingress, IpVersion, Text, TlsMode, TlsProfile, TlsVersion, VpcEgress,
    WafAction, WafField,
};
use crate::plan::model::{CiOwns, Part};
use crate::render::quote::Quoted;
use crate::render::quote::hcl::{self, Hcl, Piece};
use askama::filters::Safe;

/// A word that stands without quotes; it never comes from a blueprint.
pub(super) trait Word {
    /// The word.
    fn word(&self) -> &'static str;
}

impl Word for &'static str {
    fn word(&self) -> &'static str {
        self
    }
}

impl<T: Word> Word for &T {
    fn word(&self) -> &'static str {
        (**self).word()
    }
}

/// The block of an exclusion.
impl Word for WafField {
    fn word(&self) -> &'static str {
        match self {
            Self::Header => "request_header",
            Self::Cookie => "request_cookie",
            Self::QueryParam => "request_query_param",
            Self::Uri => "request_uri",
        }
    }
}

/// An expression, such as the attribute of another resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expr(pub(super) String);

impl Hcl for Expr {
    fn hcl(&self) -> Quoted {
        Safe(self.0.clone())
    }
}

/// Where [`Part::ProjectNumber`] is read; the data source stands in `versions.tf` of the roots that need it.
pub(super) const PROJECT_NUMBER: &str = "data.google_project.this.number";

/// How the value of that name is read; it stands in `values.tf`.
pub(super) fn value_reference(name: &str) -> String {
    format!("local.{}", super::id(name))
}

impl Hcl for Text {
    fn hcl(&self) -> Quoted {
        let values: Vec<String> = self
            .parts()
            .iter()
            .map(|part| match part {
                Part::Value(name) => value_reference(name),
                Part::Literal(_) | Part::ProjectNumber => String::new(),
            })
            .collect();
        let pieces: Vec<Piece<'_>> = self
            .parts()
            .iter()
            .zip(&values)
            .map(|(part, value)| match part {
                Part::Literal(literal) => Piece::Text(literal),
                Part::ProjectNumber => Piece::Expression(PROJECT_NUMBER),
                Part::Value(_) => Piece::Expression(value),
            })
            .collect();
        hcl::template(&pieces)
    }
}

impl Hcl for Ipv4Addr {
    fn hcl(&self) -> Quoted {
        hcl::literal(&self.to_string())
    }
}

/// Lets a type be written as one of a provider's words, in quotes.
macro_rules! words {
    ($($kind:ty { $($value:pat => $word:literal,)* })*) => {
        $(impl Hcl for $kind {
            fn hcl(&self) -> Quoted {
                hcl::literal(match self { $($value => $word,)* })
            }
        })*
    };
}

words! {
    Ingress {
        Self::Internal => "INGRESS_TRAFFIC_INTERNAL_ONLY",
        Self::InternalAndLoadBalancing => "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
        Self::All => "INGRESS_TRAFFIC_ALL",
    }
    VpcEgress {
        Self::PrivateRanges => "PRIVATE_RANGES_ONLY",
        Self::All => "ALL_TRAFFIC",
    }
    Edition {
        Self::Enterprise => "ENTERPRISE",
        Self::EnterprisePlus => "ENTERPRISE_PLUS",
    }
    Availability {
        Self::Regional => "REGIONAL",
        Self::Zonal => "ZONAL",
    }
    TlsMode {
        Self::Encrypted => "ENCRYPTED_ONLY",
        Self::Mtls => "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
    }
    TlsProfile {
        Self::Restricted => "RESTRICTED",
        Self::Modern => "MODERN",
    }
    TlsVersion {
        Self::V1_2 => "TLS_1_2",
        Self::V1_3 => "TLS_1_3",
    }
    IpVersion {
        Self::V4 => "IPV4",
        Self::V6 => "IPV6",
    }
}

impl Hcl for WafAction {
    fn hcl(&self) -> Quoted {
        match self {
            Self::Allow => hcl::literal("allow"),
            Self::Deny(code) => hcl::literal(&format!("deny({code})")),
            Self::Throttle(_) => hcl::literal("throttle"),
            Self::Ban(_, _) => hcl::literal("rate_based_ban"),
        }
    }
}

/// The arguments that Terraform ignores; `template` is the prefix of the template that holds the containers.
pub(super) fn ignored(ci_owns: &[CiOwns], template: &str) -> Vec<Expr> {
    if ci_owns.is_empty() {
        return Vec::new();
    }
    let mut ignored: Vec<Expr> = ci_owns
        .iter()
        .map(|owned| match owned {
            CiOwns::Image => Expr(format!("{template}.containers[0].image")),
            CiOwns::Env => Expr(format!("{template}.containers[0].env")),
            CiOwns::Traffic => Expr("traffic".to_owned()),
            CiOwns::Template => Expr("template".to_owned()),
        })
        .collect();
    // The name and version of the tool that deployed last.
    ignored.extend(["client", "client_version"].map(|name| Expr(name.to_owned())));
    ignored
}
