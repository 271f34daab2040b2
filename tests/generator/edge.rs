//! The load balancer and its WAF.

use toml::{Table, Value};

use super::{Choices, Plot, exception, table, texts};

const SETS: [&str; 11] = [
    "sqli",
    "xss",
    "lfi",
    "rfi",
    "rce",
    "methodenforcement",
    "scannerdetection",
    "protocolattack",
    "php",
    "sessionfixation",
    "java",
];

pub fn edge(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    if plot.public.is_empty() {
        return;
    }
    waf(choices, root);
    let mut balancer = Table::new();
    let zone = choices.one(&["example-com", "projects/acme-dns/managedZones/example-com"]);
    let mut dns = Table::new();
    dns.insert("zone".to_owned(), zone.into());
    choices.perhaps(3, &mut dns, "manage", false);
    choices.perhaps(2, &mut balancer, "dns", Value::Table(dns));
    let map = "projects/acme-certificates/locations/global/certificateMaps/all";
    let certificate = match choices.below(3) {
        0 => Value::from("managed"),
        1 => Value::from("classic"),
        _ => table([("existing", map.into())]),
    };
    choices.perhaps(2, &mut balancer, "certificate", certificate);
    let tls = choices.one(&[
        ("restricted", "1.2"),
        ("modern", "1.2"),
        ("restricted", "1.3"),
    ]);
    choices.perhaps(2, &mut balancer, "tls", tls.0);
    if balancer.contains_key("tls") {
        choices.perhaps(2, &mut balancer, "min_tls", tls.1);
    }
    choices.perhaps(3, &mut balancer, "ipv6", false);
    choices.perhaps(4, &mut balancer, "unknown_host", "refuse");
    let headers = table([
        ("Referrer-Policy", "no-referrer".into()),
        ("X-Frame-Options", false.into()),
        (
            "Content-Security-Policy",
            "default-src 'self', \"x\"; frame-ancestors 'none'".into(),
        ),
    ]);
    choices.perhaps(3, &mut balancer, "headers", headers);
    if !balancer.is_empty() {
        root.insert("load_balancer".to_owned(), Value::Table(balancer));
    }
}

fn waf(choices: &mut Choices<'_>, root: &mut Table) {
    let mut waf = Table::new();
    let mut exceptions = Vec::new();
    waf.insert(
        "mode".to_owned(),
        choices.one(&["enforce", "preview"]).into(),
    );
    let old = choices.once_in(3);
    if old {
        waf.insert("crs".to_owned(), "3.3".into());
    } else {
        choices.perhaps(4, &mut waf, "crs", "4.22");
    }
    let sensitivity = choices.one(&[1, 2, 3, 4]);
    choices.perhaps(3, &mut waf, "sensitivity", sensitivity);
    let extra = if old { "nodejs" } else { "generic" };
    let all: Vec<String> = SETS
        .iter()
        .chain([&extra])
        .map(|set| (*set).to_owned())
        .collect();
    let none = choices.once_in(8);
    if none {
        waf.insert("rules".to_owned(), texts::<&str>(&[]));
        exceptions.push(exception("waf-without-rules"));
    } else if choices.once_in(4) {
        let mut some = choices.some(&all, 2);
        if some.is_empty() {
            some.push("sqli".to_owned());
        }
        waf.insert("rules".to_owned(), texts(&some));
    }
    let looks = waf.get("rules").map_or(all, |rules| {
        let rules = rules.as_array().unwrap().iter();
        rules
            .map(|rule| rule.as_str().unwrap().to_owned())
            .collect()
    });
    if !none {
        let rule = if choices.once_in(3) {
            looks.len() - 1
        } else {
            choices.below(looks.len())
        };
        let rule = looks[rule].clone();
        let field = choices.one(&["query", "header", "cookie", "uri"]);
        let compare = choices.one(&["equals", "starts-with", "ends-with", "contains"]);
        let name = if field == "uri" { "/search" } else { "q" };
        let mut exclude = Table::new();
        exclude.insert("rule".to_owned(), rule.into());
        exclude.insert(field.to_owned(), name.into());
        choices.perhaps(2, &mut exclude, "compare", compare);
        let mut all = vec![Value::Table(exclude)];
        if looks.iter().any(|set| set == "sqli") && !old && choices.once_in(2) {
            let ids = texts(&["owasp-crs-v042200-id942100-sqli"]);
            all.push(table([
                ("rule", "sqli".into()),
                ("ids", ids),
                ("cookie", "*".into()),
            ]));
        }
        choices.perhaps(3, &mut waf, "exclude", Value::Array(all));
        if looks.iter().any(|set| set == "methodenforcement") && !old {
            let ids = texts(&["owasp-crs-v042200-id911100-methodenforcement"]);
            choices.perhaps(3, &mut waf, "opt_out", ids);
        }
    }
    let limit = rate_limit(choices);
    choices.perhaps(2, &mut waf, "rate_limit", limit);
    choices.perhaps(
        4,
        &mut waf,
        "deny",
        texts(&["198.51.100.0/24", "2001:db8:1::/48"]),
    );
    match choices.below(6) {
        0..3 => {}
        3 => {
            waf.insert(
                "only".to_owned(),
                texts(&["192.0.2.0/24", "203.0.113.0/25"]),
            );
        }
        4 => {
            waf.insert("trust".to_owned(), texts(&["192.0.2.7/32"]));
            exceptions.push(exception("waf-trust"));
        }
        _ => {
            let kind = choices.one(&["only", "deny"]);
            waf.insert("regions".to_owned(), table([(kind, texts(&["JP", "FR"]))]));
        }
    }
    if choices.once_in(3) {
        let action = choices.one(&["deny", "deny-404", "deny-502", "allow"]);
        let rule = table([
            ("name", "no-admin".into()),
            (
                "when",
                "request.path.startsWith('/admin') && origin.region_code != 'JP'".into(),
            ),
            ("action", action.into()),
            ("priority", 200.into()),
        ]);
        waf.insert("custom".to_owned(), Value::Array(vec![rule]));
        if action == "allow"
            && exceptions
                .iter()
                .all(|one| one["rule"].as_str() != Some("waf-trust"))
        {
            exceptions.push(exception("waf-trust"));
        }
    }
    let adaptive = choices.once_in(2);
    choices.perhaps(4, &mut waf, "adaptive", adaptive);
    let logging = choices.one(&["normal", "verbose"]);
    choices.perhaps(3, &mut waf, "logging", logging);
    if !exceptions.is_empty() {
        waf.insert("exceptions".to_owned(), Value::Array(exceptions));
    }
    root.insert("waf".to_owned(), Value::Table(waf));
}

/// A limit of requests.
pub fn rate_limit(choices: &mut Choices<'_>) -> Value {
    let mut limit = Table::new();
    limit.insert("requests".to_owned(), 100.into());
    choices.perhaps(2, &mut limit, "per", "120s");
    let action = choices.one(&["throttle", "ban"]);
    choices.perhaps(2, &mut limit, "action", action);
    if limit
        .get("action")
        .is_some_and(|action| action.as_str() == Some("ban"))
    {
        choices.perhaps(2, &mut limit, "ban", "900s");
    }
    let key = choices.one(&[
        "ip",
        "xff-ip",
        "header:X-Api-Key",
        "cookie:session",
        "path",
        "region",
        "all",
        "ja3",
        "ja4",
    ]);
    choices.perhaps(2, &mut limit, "key", key);
    Value::Table(limit)
}
