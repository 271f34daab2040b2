//! Where the load balancer leads, in one form from YAML and from Terraform's blocks.

use serde_norway::Value;

use super::hcl::{BLOCK, Flat, below, several};
use crate::cloud::Cloud;

/// A URL map of the scripts: the API's own document.
pub fn from_yaml(cloud: &mut Cloud, name: &str, document: &Value) {
    assert_eq!(document["name"], *name);
    let known = [
        "name",
        "defaultRouteAction",
        "defaultService",
        "defaultUrlRedirect",
        "hostRules",
        "pathMatchers",
        "tests",
    ];
    for key in document.as_mapping().unwrap().keys() {
        assert!(
            known.contains(&key.as_str().unwrap()),
            "{key:?} of a URL map is not read back"
        );
    }
    let texts = |value: &Value| -> Vec<String> {
        let all = value.as_sequence().into_iter().flatten();
        all.map(|one| one.as_str().unwrap().to_owned()).collect()
    };
    let backend = |value: &Value| {
        let url = value["service"]
            .as_str()
            .or(value["defaultService"].as_str());
        url.map(last)
    };
    let list = |key: &str| document[key].as_sequence().cloned().unwrap_or_default();
    let mut set =
        |field: String, value: String| cloud.set("compute url-maps", name, &field, vec![value]);
    if let Some(redirect) = document["defaultUrlRedirect"].as_mapping() {
        for (key, value) in redirect {
            let value = value
                .as_str()
                .map_or_else(|| value.as_bool().unwrap().to_string(), str::to_owned);
            set(format!("redirect/{}", key.as_str().unwrap()), value);
        }
    } else {
        set(
            "default".to_owned(),
            leads(
                backend(document),
                abort(&document["defaultRouteAction"]).as_ref(),
            ),
        );
    }
    let matchers = list("pathMatchers");
    for host in list("hostRules") {
        let [domain] = texts(&host["hosts"]).try_into().unwrap();
        let matcher = matchers
            .iter()
            .find(|matcher| matcher["name"] == host["pathMatcher"])
            .unwrap();
        set(
            format!("host/{domain}"),
            leads(
                backend(matcher),
                abort(&matcher["defaultRouteAction"]).as_ref(),
            ),
        );
        for rule in matcher["pathRules"].as_sequence().into_iter().flatten() {
            for path in texts(&rule["paths"]) {
                set(format!("host/{domain}{path}"), backend(rule).unwrap());
            }
        }
    }
    for test in list("tests") {
        let (host, path) = (
            test["host"].as_str().unwrap(),
            test["path"].as_str().unwrap(),
        );
        set(format!("test/{host}{path}"), backend(&test).unwrap());
    }
}

/// A URL map of Terraform.
pub fn from_terraform(cloud: &mut Cloud, name: &str, flat: &mut Flat) {
    let mut set =
        |field: String, value: String| cloud.set("compute url-maps", name, &field, vec![value]);
    let redirect = below(flat, "default_url_redirect.");
    for (path, values) in redirect {
        let word = match path.as_str() {
            "https_redirect" => "httpsRedirect",
            "strip_query" => "stripQuery",
            "redirect_response_code" => "redirectResponseCode",
            other => panic!("{other} is not read back"),
        };
        set(format!("redirect/{word}"), values.concat());
    }
    let leads_of = |own: &mut Flat| {
        let abort = below(own, "default_route_action.fault_injection_policy.abort.");
        let abort = abort
            .get("http_status")
            .map(|status| (status.concat(), abort["percentage"].concat()));
        let backend = own
            .remove("default_service")
            .map(|backend| backend.concat());
        (backend.is_some() || abort.is_some()).then(|| leads(backend, abort.as_ref()))
    };
    if let Some(to) = leads_of(flat) {
        set("default".to_owned(), to);
    }
    for mut host in several(flat, "host_rule") {
        let [domain] = host.remove("hosts").unwrap().try_into().unwrap();
        let matcher = host.remove("path_matcher").unwrap().concat();
        let prefix = format!("path_matcher[{matcher}].");
        let mut matcher = below(flat, &prefix);
        matcher.remove("name");
        set(format!("host/{domain}"), leads_of(&mut matcher).unwrap());
        for mut rule in several(&mut matcher, "path_rule") {
            let backend = rule.remove("service").unwrap().concat();
            for path in rule.remove("paths").unwrap() {
                set(format!("host/{domain}{path}"), backend.clone());
            }
            assert!(rule.is_empty(), "{rule:?} is not read back");
        }
        matcher.retain(|_, values| *values != [BLOCK]);
        assert!(
            matcher.is_empty() && host.is_empty(),
            "{matcher:?}, {host:?} is not read back"
        );
    }
    for mut test in several(flat, "test") {
        let mut part = |path: &str| test.remove(path).unwrap().concat();
        set(
            format!("test/{}{}", part("host"), part("path")),
            part("service"),
        );
    }
}

/// Status and percentage of what is answered here, or nothing.
fn abort(action: &Value) -> Option<(String, String)> {
    let abort = &action["faultInjectionPolicy"]["abort"];
    let status = abort["httpStatus"].as_u64()?;
    Some((
        status.to_string(),
        abort["percentage"].as_f64().unwrap().to_string(),
    ))
}

/// Where a request leads that no path names.
fn leads(backend: Option<String>, abort: Option<&(String, String)>) -> String {
    match abort {
        Some((status, percentage)) if percentage == "100" => {
            let backend = backend.expect("a URL map leads somewhere");
            format!("refuse {status} before {backend}")
        }
        Some((status, percentage)) => format!("refuse {percentage} % by {status}"),
        None => backend.expect("a URL map leads somewhere"),
    }
}

/// The last part of a path.
fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}
