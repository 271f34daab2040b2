use crate::plan::model::{Certificate, Edge, Host, IpVersion, Target, TlsProfile, TlsVersion};
use crate::plan::resolve::testing::{API, INTERNAL, WAF, resolve};

const IMAGE: &str = "europe-docker.pkg.dev/shop-images/app/web@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263";

/// A public service of that name with these further lines.
fn service(name: &str, lines: &str) -> String {
    format!(
        "[services.{name}]\nimage = \"{IMAGE}\"\nexposure = \"public\"\nauth = \"iam\"\ninvokers = [\"group:a@example.com\"]\n{lines}\n"
    )
}

fn edge(parts: &[&str]) -> Edge {
    let mut all = vec![WAF];
    all.extend(parts);
    let resolved = resolve(&all);
    resolved
        .plan()
        .edge
        .clone()
        .unwrap_or_else(|| panic!("no load balancer: {}", resolved.said))
}

fn errors(parts: &[&str]) -> Vec<&'static str> {
    let mut all = vec![WAF];
    all.extend(parts);
    resolve(&all).errors
}

fn routes(host: &Host) -> Vec<(Vec<&str>, &str)> {
    host.rules
        .iter()
        .map(|rule| {
            (
                rule.patterns.iter().map(String::as_str).collect(),
                rule.backend.as_str(),
            )
        })
        .collect()
}

fn tests(host: &Host) -> Vec<(&str, &str)> {
    host.tests
        .iter()
        .map(|test| (test.path.as_str(), test.backend.as_str()))
        .collect()
}

#[test]
fn paths_lead_to_their_services_and_the_rest_to_the_one_without() {
    let web = service("web", "domains = [\"shop.example.com\"]");
    let partners = service(
        "partners",
        "domains = [\"shop.example.com\"]\npaths = [\"/partners/\"]",
    );
    let edge = edge(&[&web, &partners]);
    let [host] = edge.hosts.as_slice() else {
        panic!("one host")
    };
    assert_eq!(
        (host.domain.as_str(), host.name.as_str()),
        ("shop.example.com", "shop-example-com")
    );
    assert_eq!(host.rest, Target::Backend("web".to_owned()));
    assert_eq!(
        routes(host),
        [(vec!["/partners", "/partners/*"], "partners")]
    );
    assert_eq!(
        tests(host),
        [
            ("/", "web"),
            ("/partners", "partners"),
            ("/partners-x", "web"),
            ("/partners/x", "partners")
        ]
    );
}

#[test]
fn a_path_that_nobody_takes_is_refused_and_the_longest_path_decides() {
    let one = service("one", "domains = [\"a.example.com\"]\npaths = [\"/a\"]");
    let two = service("two", "domains = [\"a.example.com\"]\npaths = [\"/a/x\"]");
    let edge = edge(&[&one, &two]);
    assert_eq!(edge.hosts[0].rest, Target::Refuse);
    assert_eq!(edge.refuse, "shop-refuse");
    assert_eq!(edge.refuse_waf, "shop");
    assert_eq!(
        tests(&edge.hosts[0]),
        [
            ("/a", "one"),
            ("/a/x", "two"),
            ("/a/x-x", "one"),
            ("/a/x/x", "two")
        ]
    );
}

#[test]
fn the_defaults_are_hard() {
    let edge = edge(&[API]);
    assert_eq!(
        (edge.name.as_str(), edge.http_name.as_str()),
        ("shop", "shop-http")
    );
    let addresses: Vec<(&str, IpVersion)> = edge
        .addresses
        .iter()
        .map(|address| (address.name.as_str(), address.version))
        .collect();
    assert_eq!(
        addresses,
        [("shop-ipv4", IpVersion::V4), ("shop-ipv6", IpVersion::V6)]
    );
    assert_eq!(
        (edge.tls.profile, edge.tls.min),
        (TlsProfile::Restricted, TlsVersion::V1_2)
    );
    assert_eq!(
        edge.certificate,
        Certificate::Managed {
            map: "shop".to_owned()
        }
    );
    assert_eq!(
        edge.backends[0].headers,
        [
            "Strict-Transport-Security: max-age=31536000; includeSubDomains",
            "X-Content-Type-Options: nosniff",
            "X-Frame-Options: DENY"
        ]
    );
    assert!(!edge.backends[0].iap && edge.zone.is_none());
}

#[test]
fn headers_are_replaced_added_and_taken_away() {
    let headers = r#"
[load_balancer]
ipv6 = false
headers = { x-frame-options = "SAMEORIGIN", X-Content-Type-Options = false, Permissions-Policy = "camera=()" }
"#;
    let edge = edge(&[API, headers]);
    assert_eq!(
        edge.backends[0].headers,
        [
            "Permissions-Policy: camera=()",
            "Strict-Transport-Security: max-age=31536000; includeSubDomains",
            "x-frame-options: SAMEORIGIN"
        ]
    );
    assert_eq!(edge.addresses.len(), 1);
}

#[test]
fn iap_stands_before_the_backend_where_there_is_one() {
    let admin = service(
        "admin",
        "domains = [\"admin.example.com\"]\nmembers = [\"group:staff@example.com\"]",
    )
    .replace("auth = \"iam\"", "auth = \"iap\"")
    .replace("invokers = [\"group:a@example.com\"]\n", "");
    assert!(edge(&[&admin]).backends[0].iap);
}

#[test]
fn certificates_and_zones_by_name() {
    let classic = edge(&[API, "[load_balancer]\ncertificate = \"classic\"\n"]);
    let Certificate::Classic { name, domains } = classic.certificate else {
        panic!("not classic")
    };
    assert_eq!(domains, ["api.example.com"]);
    assert!(name.starts_with("shop-") && name.len() == 13, "{name}");
    let zone = edge(&[
        API,
        "[load_balancer]\ndns = { zone = \"projects/dns-project/managedZones/example\" }\n",
    ])
    .zone;
    assert_eq!(
        zone.map(|zone| (zone.project, zone.name)),
        Some(("dns-project".to_owned(), "example".to_owned()))
    );
    let unmanaged = edge(&[
        API,
        "[load_balancer]\ndns = { zone = \"example\", manage = false }\n",
    ])
    .zone;
    assert_eq!(unmanaged, None);
}

#[test]
fn what_cannot_be_is_an_error_at_its_place() {
    let at = |lines: &str| service("web", lines);
    let lb = |lines: &str| format!("{API}[load_balancer]\n{lines}\n");
    let cases = [
        (at(""), "public-service-without-domain"),
        (at("paths = [\"/a\"]"), "public-service-without-domain"),
        (
            format!("{INTERNAL}domains = [\"a.example.com\"]\n"),
            "internal-service-has-domain",
        ),
        (
            at("domains = [\"a.example.com\", \"a.example.com\"]"),
            "domain-twice",
        ),
        (at("domains = [\"*.example.com\"]"), "invalid-name"),
        (
            at("domains = [\"web-1.europe-west1.run.app\"]"),
            "domain-not-yours",
        ),
        (
            at("domains = [\"a-b.example.com\", \"a.b.example.com\"]"),
            "domain-name-collision",
        ),
        (
            at("domains = [\"a.example.com\"]\npaths = [\"/\"]"),
            "path-invalid",
        ),
        (
            at("domains = [\"a.example.com\"]\npaths = [\"/a*\"]"),
            "path-invalid",
        ),
        (
            at("domains = [\"a.example.com\"]\npaths = [\"a\"]"),
            "path-invalid",
        ),
        (
            at("domains = [\"a.example.com\"]\npaths = [\"/a//b\"]"),
            "path-invalid",
        ),
        (
            at("domains = [\"a.example.com\"]\npaths = [\"/a/../b\"]"),
            "path-invalid",
        ),
        (
            at("domains = [\"a.example.com\"]\npaths = [\"/%61\"]"),
            "path-invalid",
        ),
        (
            service("shop-refuse", "domains = [\"a.example.com\"]"),
            "name-collision",
        ),
        (
            lb("tls = \"modern\"\nmin_tls = \"1.3\""),
            "min-tls-needs-restricted",
        ),
        (lb("dns = { manage = true }"), "missing-key"),
        (lb("dns = { zone = \"Example\" }"), "invalid-name"),
        (lb("headers = { \"X Y\" = \"a\" }"), "header-invalid"),
        (lb("headers = { Host = \"a\" }"), "header-invalid"),
        (lb("headers = { X-Goog-A = \"a\" }"), "header-invalid"),
        (lb("headers = { X-A = \"a\\nb\" }"), "header-invalid"),
        (lb("headers = { X-A = false }"), "header-unknown"),
        (lb("headers = { X-A = \"1\", x-a = \"2\" }"), "header-twice"),
        (lb("certificate = { existing = \"map\" }"), "invalid-name"),
    ];
    for (written, code) in cases {
        let found = errors(&[&written]);
        assert!(found.contains(&code), "{written}: {found:?} lacks {code}");
    }
    let both = |lines: &str| errors(&[&service("one", lines), &service("two", lines)]);
    assert_eq!(both("domains = [\"a.example.com\"]"), ["route-conflict"]);
    assert_eq!(
        both("domains = [\"a.example.com\"]\npaths = [\"/a\"]"),
        ["route-conflict"]
    );
}

#[test]
fn warnings() {
    let unused = resolve(&[INTERNAL, "[load_balancer]\nipv6 = false\n"]);
    assert!(unused.plan().edge.is_none());
    assert_eq!(unused.warnings, ["load-balancer-unused"]);
    assert_eq!(
        resolve(&[WAF, API, "[load_balancer]\nmin_tls = \"1.3\"\n"]).warnings,
        ["min-tls-gcloud"]
    );
}

#[test]
fn a_path_below_another_of_the_same_service_changes_nothing() {
    let paths = |paths: &str| resolve(&[API, &format!("paths = [{paths}]\n"), WAF]).warnings;
    assert!(paths("\"/a\", \"/ab\"").is_empty());
    assert_eq!(paths("\"/a\", \"/a/b\""), ["path-shadowed"]);
    let between = API
        .replace("services.api", "services.other")
        .replace("invokers", "paths = [\"/a/b\"]\ninvokers");
    let first = "paths = [\"/a\", \"/a/b/c\"]\n";
    assert!(resolve(&[API, first, &between, WAF]).warnings.is_empty());
}

#[test]
fn a_classic_certificate_is_named_by_its_first_domain() {
    let long = format!("{}.example.com", "a".repeat(60));
    let api = API.replace("api.example.com", &long);
    let classic = "[load_balancer]\ncertificate = \"classic\"\n";
    assert_eq!(
        resolve(&[&api, WAF, classic]).errors,
        ["certificate-domains"]
    );
    assert!(resolve(&[&api, WAF]).errors.is_empty());
}
