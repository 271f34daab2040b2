use crate::plan::resolve::testing::{API, INTERNAL, WAF, resolve};

#[test]
fn a_service_says_who_gets_in_and_how() {
    let caller = format!("{API}calls = [\"orders\"]\n");
    let resolved = resolve(&[&caller, INTERNAL, WAF]);
    let says = |key: &str, value: &str| assert_eq!(resolved.fact(key), Some(value), "{key}");
    says("services.api.ingress", "internal-and-cloud-load-balancing");
    says("services.api.auth", "iam");
    says("services.api.invoker_check", "on");
    says("services.api.callers", "group:partners@example.com");
    says("services.api.run_app", "closed");
    says("services.api.waf", "shop");
    says("services.api.waf_bypass", "nobody");
    says("services.api.egress", "private-ranges-only");
    says("services.api.egress.internet", "direct");
    says("services.api.account", "run-api");
    says("services.api.grants", "run.invoker on service orders");
    says("services.api.deletion_protection", "on");
    says("services.orders.ingress", "internal");
    says("services.orders.callers", "run-api");
    says("services.orders.grants", "none");
    assert_eq!(resolved.fact("services.orders.waf"), None);
}

#[test]
fn facts_are_sorted_and_each_key_stands_once() {
    let resolved = resolve(&[API, INTERNAL, WAF, "[governance]\norg_policies = true\n"]);
    let facts = &resolved.plan().facts;
    assert!(
        facts
            .windows(2)
            .all(|pair| (&pair[0].element, &pair[0].name) < (&pair[1].element, &pair[1].name))
    );
    assert!(facts.iter().all(|fact| !fact.value.is_empty()));
}

#[test]
fn an_account_of_another_project_is_told_by_its_address() {
    let address = "shared@acme-other.iam.gserviceaccount.com";
    let own = format!("{INTERNAL}service_account = \"{address}\"\ncalls = [\"api\"]\n");
    let resolved = resolve(&[API, &own, WAF]);
    assert_eq!(resolved.fact("services.orders.account"), Some(address));
    assert_eq!(
        resolved.fact("services.api.callers"),
        Some(format!("group:partners@example.com, serviceAccount:{address}").as_str())
    );
    assert_eq!(resolved.fact("services.api.account"), Some("run-api"));
}

#[test]
fn what_leaves_through_somebody_elses_network_is_for_them_to_say() {
    let theirs = "[network.existing]\nnetwork = \"shared\"\nsubnet = \"run\"\n";
    for egress in ["closed", "nat"] {
        let service = format!("{INTERNAL}egress = \"{egress}\"\n");
        let resolved = resolve(&[&service, theirs]);
        let internet = resolved.fact("services.orders.egress.internet");
        assert_eq!(internet, Some("by the network"), "{egress}");
    }
}

#[test]
fn an_anonymous_service_that_is_called_can_be_reached_past_the_waf() {
    let open = API
        .replace("auth = \"iam\"", "auth = \"anonymous\"")
        .replace("invokers = [\"group:partners@example.com\"]\n", "");
    let open = format!(
        "{open}exceptions = [{{ rule = \"anonymous-access\", reason = \"r\", owner = \"shop-team\", expires = 2027-06-30 }}]\n"
    );
    let caller = format!("{INTERNAL}calls = [\"api\"]\n");
    let resolved = resolve(&[&open, &caller, WAF]);
    assert_eq!(resolved.fact("services.api.callers"), Some("everybody"));
    assert_eq!(resolved.fact("services.api.run_app"), Some("open"));
    assert_eq!(
        resolved.fact("services.api.waf_bypass"),
        Some("everything inside the network")
    );
    assert_eq!(
        resolved.fact("exceptions.services.api.anonymous-access"),
        Some("shop-team until 2027-06-30")
    );
}

#[test]
fn a_database_and_its_secrets_say_who_uses_them() {
    let resolved = resolve(&[
        INTERNAL,
        r#"
databases = ["main"]
secrets = { env = { KEY = "key:3" } }
[secrets.key]
[databases.main]
engine = "postgres"
version = "17"
tier = "db-custom-2-7680"
names = ["orders"]
"#,
    ]);
    let says = |key: &str, value: &str| assert_eq!(resolved.fact(key), Some(value), "{key}");
    says("databases.main.public_address", "none");
    says("databases.main.users", "run-orders");
    says("databases.main.tls", "encrypted");
    says("databases.main.connectors_only", "on");
    says("databases.main.pitr", "7 days");
    says("secrets.key.readers", "run-orders");
    says("secrets.key.pinned", "3");
    says("network.egress", "denied");
    says("network.nat", "none");
    says(
        "audit_logs.secretmanager.googleapis.com",
        "ADMIN_READ, DATA_READ, DATA_WRITE",
    );
}

#[test]
fn the_waf_says_each_rule() {
    let resolved = resolve(&[
        API,
        "[waf]\nmode = \"preview\"\nrules = [\"sqli\"]\nexclude = [{ rule = \"sqli\", cookie = \"cart\" }]\n",
    ]);
    let says = |key: &str, value: &str| assert_eq!(resolved.fact(key), Some(value), "{key}");
    says("waf.mode", "preview");
    says(
        "waf.rules.cve",
        "deny 403 when evaluatePreconfiguredWaf('cve-canary'), priority 100",
    );
    says(
        "waf.rules.sqli",
        "deny 403 when evaluatePreconfiguredWaf('sqli-v422-stable', {'sensitivity': 1}), without cookie EQUALS cart for all, priority 1000",
    );
    says(
        "waf.rules.rate-limit",
        "throttle above 600 in 60 seconds by IP from *, priority 9000",
    );
    says("waf.rules.default", "allow from *, priority 2147483647");
    says("load_balancer.min_tls", "1.2");
}
