//! Load balancer and WAF of the sample.

use crate::plan::model::*;

use super::{PROJECT, REGION};

pub(super) fn edge() -> Edge {
    let address = |suffix: &str, version| Address {
        name: format!("rich-{suffix}"),
        version,
        https: format!("rich-https-{suffix}"),
        http: format!("rich-http-{suffix}"),
    };
    let backend = |service: &str, iap| Backend {
        name: service.to_owned(),
        service: service.to_owned(),
        groups: vec![EndpointGroup {
            name: service.to_owned(),
            region: REGION.to_owned(),
        }],
        waf: "rich".to_owned(),
        headers: vec![
            "Strict-Transport-Security: max-age=31536000; includeSubDomains".to_owned(),
            "X-Content-Type-Options: nosniff".to_owned(),
        ],
        iap,
    };
    Edge {
        name: "rich".to_owned(),
        http_name: "rich-http".to_owned(),
        addresses: vec![
            address("ipv4", IpVersion::V4),
            address("ipv6", IpVersion::V6),
        ],
        hosts: vec![
            Host {
                domain: "admin.example.com".to_owned(),
                name: "admin-example-com".to_owned(),
                rest: Target::Refuse,
                rules: vec![PathRule {
                    patterns: vec!["/admin".to_owned(), "/admin/*".to_owned()],
                    backend: "admin".to_owned(),
                }],
                tests: Vec::new(),
            },
            Host {
                domain: "shop.example.com".to_owned(),
                name: "shop-example-com".to_owned(),
                rest: Target::Backend("web".to_owned()),
                rules: Vec::new(),
                tests: vec![RouteTest {
                    path: "/".to_owned(),
                    backend: "web".to_owned(),
                }],
            },
        ],
        backends: vec![backend("admin", true), backend("web", false)],
        refuse: "rich-refuse".to_owned(),
        refuse_waf: "rich".to_owned(),
        certificate: Certificate::Managed {
            map: "rich".to_owned(),
        },
        tls: Tls {
            profile: TlsProfile::Restricted,
            min: TlsVersion::V1_2,
        },
        zone: None,
    }
}

pub(super) fn internal() -> InternalEdge {
    InternalEdge {
        name: "rich-internal".to_owned(),
        region: REGION.to_owned(),
        every_region: false,
        network: format!("projects/{PROJECT}/global/networks/rich"),
        subnetwork: format!("projects/{PROJECT}/regions/{REGION}/subnetworks/rich-run"),
        hosts: vec![Host {
            domain: "orders.example.com".to_owned(),
            name: "orders-example-com".to_owned(),
            rest: Target::Backend("orders".to_owned()),
            rules: Vec::new(),
            tests: vec![RouteTest {
                path: "/".to_owned(),
                backend: "orders".to_owned(),
            }],
        }],
        backends: vec!["orders".to_owned()],
        refuse: "rich-internal-refuse".to_owned(),
        tls: Tls {
            profile: TlsProfile::Restricted,
            min: TlsVersion::V1_2,
        },
        zone: None,
    }
}

pub(super) fn wafs() -> Vec<Waf> {
    let limit = |key: &str, key_name: Option<&str>| RateLimit {
        requests: 100,
        per: 60,
        key: key.to_owned(),
        key_name: key_name.map(str::to_owned),
    };
    let everyone = || WafMatch::Ranges(vec!["*".to_owned()]);
    let rule = |priority, name: &str, matches, action| WafRule {
        priority,
        name: name.to_owned(),
        description: format!("{name} \"quoted\""),
        matches,
        action,
        preview: false,
        exclusions: Vec::new(),
    };
    let exclusion = |field, operator: &str, name: Option<&str>| WafExclusion {
        rule_set: "sqli-v422-stable".to_owned(),
        ids: if name.is_some() {
            vec!["owasp-crs-v042200-id942350-sqli".to_owned()]
        } else {
            Vec::new()
        },
        field,
        operator: operator.to_owned(),
        name: name.map(str::to_owned),
    };
    let sqli = "evaluatePreconfiguredWaf('sqli-v422-stable', {'sensitivity': 1})";
    let shared = Waf {
        name: "rich".to_owned(),
        mode: WafMode::Preview,
        rules: vec![
            rule(
                100,
                "cve",
                WafMatch::Expression("evaluatePreconfiguredWaf('cve-canary')".to_owned()),
                WafAction::Deny(403),
            ),
            WafRule {
                preview: true,
                exclusions: vec![
                    exclusion(WafField::Header, "EQUALS", Some("x-token")),
                    exclusion(WafField::Cookie, "STARTS_WITH", Some("s")),
                    exclusion(WafField::QueryParam, "CONTAINS", Some("q")),
                    exclusion(WafField::Uri, "EQUALS_ANY", None),
                ],
                ..rule(
                    1000,
                    "sqli",
                    WafMatch::Expression(sqli.to_owned()),
                    WafAction::Deny(403),
                )
            },
            rule(
                9001,
                "rate-limit",
                everyone(),
                WafAction::Ban(limit("IP", None), Ban { seconds: 600 }),
            ),
            rule(2_147_483_647, "default", everyone(), WafAction::Allow),
        ],
        adaptive: true,
        verbose_logging: false,
    };
    let web = Waf {
        name: "rich-web".to_owned(),
        mode: WafMode::Enforce,
        rules: vec![
            rule(
                9000,
                "rate-limit",
                everyone(),
                WafAction::Throttle(limit("HTTP_HEADER", Some("x-client"))),
            ),
            rule(2_147_483_647, "default", everyone(), WafAction::Deny(404)),
        ],
        adaptive: false,
        verbose_logging: true,
    };
    vec![shared, web]
}
