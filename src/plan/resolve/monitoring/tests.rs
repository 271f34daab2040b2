use crate::plan::model::{Alert, AlertCondition, DASHBOARD_COLUMNS, Tile, Widget};
use crate::plan::resolve::testing::{API, INTERNAL, Resolved, WAF, resolve};

const NOTIFY: &str = "[monitoring]\nnotify = [\"oncall@example.com\"]\n";

/// A public service that asks for nothing, with these lines.
fn open(lines: &str) -> String {
    let exception = "exceptions = [{ rule = \"anonymous-access\", reason = \"a\", owner = \"b\", expires = 2037-01-01 }]\n";
    let api = API.replace("auth = \"iam\"", "auth = \"anonymous\"");
    let api = api.replace("invokers = [\"group:partners@example.com\"]\n", "");
    format!("{api}{exception}{lines}\n")
}

fn alert<'r>(resolved: &'r Resolved, id: &str) -> Option<&'r Alert> {
    let alerts = &resolved.plan().monitoring.as_ref()?.alerts;
    alerts.iter().find(|alert| alert.id == id)
}

/// The lines of an alert's condition.
fn condition(resolved: &Resolved, id: &str) -> String {
    let alert = alert(resolved, id).unwrap_or_else(|| panic!("no alert {id}"));
    match &alert.condition {
        AlertCondition::Query { lines, .. } | AlertCondition::Log { lines } => lines.join("\n"),
    }
}

#[test]
fn an_address_alone_watches_what_there_is() {
    let fact = |parts: &[&str]| {
        let resolved = resolve(&[parts, &[NOTIFY]].concat());
        resolved.fact("monitoring.alerts").map(str::to_owned)
    };
    assert_eq!(
        fact(&[INTERNAL]).as_deref(),
        Some("errors, instances, latency, public-grants")
    );
    assert_eq!(
        fact(&[API, WAF]).as_deref(),
        Some("certificate, denials, errors, instances, latency, public-grants, uptime")
    );
    let preview = "[waf]\nmode = \"preview\"\n";
    let previewed = fact(&[API, preview]).unwrap_or_default();
    assert!(!previewed.contains("denials"), "{previewed}");
    let rest = "[secrets.a]\nwriters = [\"group:a@example.com\"]\n[topics.news]\npublishers = [\"group:a@example.com\"]\n[topics.dead]\n[subscriptions.read]\ntopic = \"news\"\nconsumers = [\"group:a@example.com\"]\ndead_letter = { topic = \"dead\" }\n[subscriptions.lost]\ntopic = \"dead\"\nconsumers = [\"group:a@example.com\"]\n[queues.q]\nenqueuers = [\"group:a@example.com\"]\n[databases.main]\nengine = \"postgres\"\nversion = \"17\"\ntier = \"db-custom-2-7680\"\nreplicas = 1\n";
    let resolved = resolve(&[INTERNAL, rest, NOTIFY]);
    assert_eq!(
        resolved.fact("monitoring.alerts"),
        Some(
            "backlog, connections, dead-letters, disk, errors, instances, latency, public-grants, secrets, tasks"
        )
    );
    // What waits among the dead letters has been told.
    assert!(!condition(&resolved, "backlog").contains("lost"));
    let connections = condition(&resolved, "connections");
    assert!(
        connections.contains("database_id=~\"shop-prod:main|shop-prod:main-replica-1\""),
        "{connections}"
    );
}

#[test]
fn without_addresses_nothing_is_watched() {
    let nobody = resolve(&[
        INTERNAL,
        "[monitoring]\nnotify = []\nalerts = { jobs = false }\n",
    ]);
    assert!(nobody.plan().monitoring.is_none());
    assert_eq!(nobody.fact("monitoring.alerts"), None);
    let errors = resolve(&[INTERNAL, "[monitoring]\nalerts = { errors = 1 }\n"]).errors;
    assert_eq!(errors, ["missing-key"]);
}

#[test]
fn an_address_is_one_and_there_are_not_too_many() {
    let errors =
        |notify: &str| resolve(&[INTERNAL, &format!("[monitoring]\nnotify = [{notify}]\n")]).errors;
    assert_eq!(errors("\"on call\""), ["invalid-name"]);
    assert_eq!(errors("\"Oncall@example.com\""), ["invalid-name"]);
    let many = |count: u32| {
        let addresses: Vec<String> = (0..count)
            .map(|n| format!("\"a{n}@example.com\""))
            .collect();
        errors(&addresses.join(", "))
    };
    assert!(many(16).is_empty());
    assert_eq!(many(17), ["too-many"]);
    // Two that are one in Terraform.
    assert_eq!(
        errors("\"on-call@example.com\", \"on.call@example.com\""),
        ["name-collision"]
    );
}

#[test]
fn what_is_asked_follows_from_who_answers() {
    let uptime = |service: &str, more: &str| {
        let resolved = resolve(&[service, WAF, more, NOTIFY]);
        resolved.fact("monitoring.uptime").map(str::to_owned)
    };
    let host = |answer: &str| Some(format!("api.example.com{answer}"));
    assert_eq!(uptime(API, ""), host("/ answers 401 403"));
    let healthy = open("health = \"/health\"");
    assert_eq!(uptime(&healthy, ""), host("/health answers 2xx"));
    assert_eq!(uptime(&open(""), ""), host("/ answers 2xx 3xx 4xx"));
    let below = open("health = \"/health\"\npaths = [\"/v1\"]");
    assert_eq!(uptime(&below, ""), host("/v1 answers 2xx 3xx 4xx"));
    // Whoever asks is a stranger to a WAF that lets in a few.
    let few = "only = [\"192.0.2.0/24\"]\n";
    assert_eq!(uptime(&healthy, few), host("/health answers 2xx 3xx 4xx"));
    let own = format!("{NOTIFY}uptime = {{ \"api.example.com\" = \"/v1/status\" }}\n");
    let own = |service: &str| {
        let resolved = resolve(&[service, WAF, &own]);
        resolved.fact("monitoring.uptime").map(str::to_owned)
    };
    assert_eq!(own(&below), host("/v1/status answers 2xx"));
    assert_eq!(own(API), host("/v1/status answers 401 403"));
    let none = resolve(&[
        API,
        WAF,
        NOTIFY,
        "uptime = { \"api.example.com\" = false }\n",
    ]);
    assert_eq!(none.fact("monitoring.uptime"), Some("none"));
    assert!(alert(&none, "uptime").is_none() && alert(&none, "certificate").is_none());
    let errors = |uptime: &str| resolve(&[API, WAF, NOTIFY, uptime]).errors;
    assert_eq!(
        errors("uptime = { \"apis.example.com\" = \"/\" }\n"),
        ["uptime-host-unknown"]
    );
    assert_eq!(
        errors("uptime = { \"api.example.com\" = \"status\" }\n"),
        ["target-path-invalid"]
    );
}

#[test]
fn numbers_have_limits() {
    let found = |alerts: &str| {
        let resolved = resolve(&[API, WAF, NOTIFY, &format!("alerts = {{ {alerts} }}\n")]);
        (resolved.errors, resolved.warnings)
    };
    for fine in [
        "errors = 0.1",
        "errors = 100",
        "latency = \"1s\"",
        "latency = \"1h\"",
        "certificate = \"60d\"",
        "denials = 1",
        "errors = false",
        "certificate = false",
        "public_grants = false",
    ] {
        assert_eq!(found(fine), (vec![], vec![]), "{fine}");
    }
    for wrong in [
        "errors = 0",
        "errors = 101",
        "errors = nan",
        "instances = 101",
        "latency = \"0s\"",
        "latency = \"2h\"",
        "certificate = \"36h\"",
        "certificate = \"61d\"",
        "denials = 0",
    ] {
        assert_eq!(found(wrong).0, ["out-of-range"], "{wrong}");
    }
    for idle in [
        "tasks = 5",
        "disk = 50",
        "backlog = \"5m\"",
        "secrets = false",
        "jobs = true",
    ] {
        assert_eq!(found(idle), (vec![], vec!["alert-idle"]), "{idle}");
    }
}

#[test]
fn thresholds_stand_in_the_conditions() {
    let alerts =
        "alerts = { errors = 2.5, latency = \"90s\", instances = 50, certificate = \"30d\" }\n";
    let resolved = resolve(&[API, WAF, NOTIFY, alerts]);
    assert!(condition(&resolved, "errors").contains("\n> 2.5\n"));
    assert!(condition(&resolved, "latency").ends_with("\n> 90 * 1000"));
    assert!(condition(&resolved, "instances").ends_with("\n> 0.5 * 10"));
    assert!(condition(&resolved, "certificate").ends_with("\n< 30"));
}

#[test]
fn a_service_is_watched_where_the_number_means_something() {
    let alerts = |lines: &str| resolve(&[INTERNAL, lines, NOTIFY]);
    // One instance is all of them, and always.
    assert!(alert(&alerts("max = 1\n"), "instances").is_none());
    assert!(alert(&alerts("max = 4\nmin = 4\n"), "instances").is_none());
    assert!(alert(&alerts("max = 4\nmin = 3\n"), "instances").is_some());
    // Slow on purpose.
    assert!(alert(&alerts("timeout = \"61s\"\n"), "latency").is_none());
    assert!(alert(&alerts("timeout = \"60s\"\n"), "latency").is_some());
    let other = INTERNAL.replace("services.orders", "services.stock");
    let two = resolve(&[INTERNAL, "max = 4\n", &other, "max = 8\n", NOTIFY]);
    let instances = condition(&two, "instances");
    assert!(instances.contains("> 0.8 * 4\nor "), "{instances}");
    assert!(instances.ends_with("> 0.8 * 8"), "{instances}");
}

#[test]
fn who_reads_a_secret_is_told_unless_it_is_of_the_project() {
    let secret = "[secrets.a]\n";
    let guest = "serviceAccount:reader@acme-other.iam.gserviceaccount.com";
    let service = INTERNAL.replace("\nimage", "\nsecrets = { read = [\"a:1\"] }\nimage");
    let service =
        format!("{service}service_account = \"reader@acme-other.iam.gserviceaccount.com\"\n");
    let resolved = resolve(&[&service, secret, NOTIFY]);
    let filter = condition(&resolved, "secrets");
    let (_, guest) = guest.split_once(':').unwrap();
    assert!(
        filter.ends_with(&format!("principalEmail=\"{guest}\"")),
        "{filter}"
    );
    assert!(filter.contains("@shop-prod[.]iam[.]gserviceaccount[.]com$"));
    // Without audit logs nobody knows.
    let off = "[governance]\naudit_logs = \"off\"\nexceptions = [{ rule = \"audit-logs-off\", reason = \"a\", owner = \"b\", expires = 2037-01-01 }]\n";
    let resolved = resolve(&[
        INTERNAL,
        "secrets = { read = [\"a:1\"] }\n",
        secret,
        off,
        NOTIFY,
    ]);
    assert!(alert(&resolved, "secrets").is_none());
}

/// The tiles of the dashboard.
fn tiles(resolved: &Resolved) -> &[Tile] {
    &resolved.plan().dashboard().expect("a dashboard").tiles
}

/// The titles of its groups.
fn groups(resolved: &Resolved) -> Vec<&str> {
    let groups = tiles(resolved).iter();
    let groups = groups.filter(|tile| tile.widget == Widget::Group);
    groups.map(|tile| tile.title.as_str()).collect()
}

/// The numbers at which its lines stand, with their alerts.
fn limits(resolved: &Resolved) -> Vec<(&str, &str)> {
    let charts = tiles(resolved)
        .iter()
        .filter_map(|tile| match &tile.widget {
            Widget::Chart { limit, .. } => limit.as_ref(),
            Widget::Group | Widget::Incidents => None,
        });
    charts
        .map(|limit| (limit.alert.as_str(), limit.value.as_str()))
        .collect()
}

const DATABASE: &str =
    "[databases.main]\nengine = \"mysql\"\nversion = \"8.4\"\ntier = \"db-custom-2-7680\"\n";

#[test]
fn the_dashboard_shows_what_there_is() {
    let some = resolve(&[INTERNAL, NOTIFY]);
    assert_eq!(some.plan().dashboard().unwrap().name, "shop prod");
    assert_eq!(groups(&some), ["services"]);
    let more = resolve(&[API, WAF, DATABASE, NOTIFY]);
    assert_eq!(groups(&more), ["load balancer", "services", "databases"]);
    let none = |monitoring: &str| {
        resolve(&[INTERNAL, monitoring])
            .plan()
            .dashboard()
            .is_none()
    };
    assert!(none("[monitoring]\nnotify = []\ndashboard = true\n"));
    assert!(none(&format!("{NOTIFY}dashboard = false\n")));
    // A WAF in preview has no alert, and what it would refuse is shown.
    let preview = resolve(&[API, "[waf]\nmode = \"preview\"\n", NOTIFY]);
    let would =
        |tile: &&Tile| tile.title == "requests that the WAF would have refused within five minutes";
    assert!(tiles(&preview).iter().any(|tile| would(&tile)));
}

#[test]
fn tiles_lie_beside_each_other() {
    let resolved = resolve(&[API, WAF, DATABASE, NOTIFY]);
    let mut area = (0, 0);
    let mut seen: Vec<(u32, u32)> = Vec::new();
    for tile in tiles(&resolved) {
        assert!(tile.column + tile.width <= DASHBOARD_COLUMNS, "{tile:?}");
        let (from, to) = area;
        match tile.widget {
            // A group begins where the one before ends.
            Widget::Group | Widget::Incidents => {
                assert_eq!(tile.row, to, "{tile:?}");
                area = (tile.row, tile.row + tile.height);
            }
            Widget::Chart { .. } => {
                assert!((from..to).contains(&tile.row) && tile.row + tile.height <= to);
                assert!(!seen.contains(&(tile.column, tile.row)), "{tile:?}");
                seen.push((tile.column, tile.row));
            }
        }
    }
    // Three in a row: nine of services take three, and two of the load balancer, with the hosts, one.
    let heights = tiles(&resolved)
        .iter()
        .filter(|tile| tile.widget == Widget::Group);
    let heights: Vec<u32> = heights.map(|tile| tile.height / 14).collect();
    assert_eq!(heights, [1, 3, 1]);
}

#[test]
fn a_line_stands_where_an_alert_goes_off() {
    let usual = resolve(&[API, WAF, DATABASE, NOTIFY]);
    assert_eq!(
        limits(&usual),
        [
            ("shop denials", "100"),
            ("shop errors", "5"),
            ("shop latency", "2000"),
            ("shop instances", "80"),
            ("shop connections", "80"),
            ("shop disk", "90"),
        ]
    );
    let other = "alerts = { errors = 0.5, latency = \"3s\", instances = false, disk = false, denials = false, connections = false }\n";
    let other = resolve(&[API, WAF, DATABASE, NOTIFY, other]);
    assert_eq!(
        limits(&other),
        [("shop errors", "0.5"), ("shop latency", "3000")]
    );
    // Where a line goes, something goes that Terraform sees.
    let titled = |resolved: &Resolved| {
        let lines = tiles(resolved).iter();
        lines
            .filter(|tile| tile.title.contains(", alert above "))
            .count()
    };
    assert_eq!((titled(&usual), titled(&other)), (6, 2));
}
