//! The posture of what services share: databases, secrets, network, load balancer, WAF, governance, exceptions.

use super::{Facts, granted_on, joined, messages};
use crate::plan::google::network::HTTPS;
use crate::plan::google::roles;
use crate::plan::model::{
    Availability, Certificate, Database, Direction, Edge, Engine, FirewallAction, FirewallRule,
    InternalEdge, Network, OrgRule, Plan, RateLimit, Secret, Tls, TlsMode, TlsProfile, TlsVersion,
    Waf, WafAction, WafExclusion, WafField, WafMatch, WafMode, WafRule,
};

/// The buckets in which the stages that there are keep their state.
fn state(plan: &Plan) -> Vec<String> {
    let Some(state) = &plan.state else {
        return Vec::new();
    };
    let stages = plan.stages().into_iter();
    stages
        .map(|stage| state.stages[&stage].bucket.clone())
        .collect()
}

pub(super) fn facts(plan: &Plan, facts: &mut Facts) {
    // What everything is named by and lies in: with another value it is another thing.
    facts.say("project", "id", &plan.project.id);
    facts.say("project", "name", &plan.project.name);
    facts.say("project", "region", &plan.project.region);
    facts.list("project", "state", state(plan), "local");
    for one in &plan.databases {
        database(plan, one, facts);
    }
    for one in &plan.caches {
        super::cache::cache(plan, one, facts);
    }
    for one in &plan.firestores {
        super::firestore::firestore(plan, one, facts);
    }
    for one in &plan.datasets {
        super::dataset::dataset(plan, one, facts);
    }
    for one in &plan.channels {
        super::channel::channel(plan, one, facts);
    }
    for one in &plan.secrets {
        secret(plan, one, facts);
    }
    messages::facts(plan, facts);
    for one in &plan.buckets {
        super::bucket::bucket(plan, one, facts);
    }
    for one in &plan.keys {
        super::key::key(plan, one, facts);
    }
    for one in &plan.queues {
        super::queue::queue(plan, one, facts);
    }
    for one in &plan.registries {
        super::registry::registry(plan, one, facts);
    }
    for one in &plan.events {
        super::event::event(plan, one, facts);
    }
    for one in &plan.log_sinks {
        super::log_sink::sink(plan, one, facts);
    }
    if let Some(one) = &plan.network {
        network(plan, one, facts);
    }
    if let Some(one) = &plan.edge {
        edge(one, facts);
    }
    if let Some(one) = &plan.internal_edge {
        internal_edge(one, facts);
    }
    for one in &plan.wafs {
        let own = one.name.strip_prefix(&format!("{}-", plan.project.name));
        let element = own.map_or_else(|| "waf".to_owned(), |own| format!("waf.{own}"));
        waf(one, &element, facts);
    }
    governance(plan, facts);
    super::binary_authorization::facts(plan, facts);
    super::perimeter::facts(plan, facts);
    super::log_sink::retention(plan, facts);
    if let Some(one) = &plan.monitoring {
        super::monitoring::monitoring(one, facts);
    }
    for exception in &plan.exceptions {
        let element = format!("exceptions.{}", exception.element);
        facts.say(
            &element,
            exception.rule.clone(),
            format!("{} until {}", exception.owner, exception.expires),
        );
    }
}

fn database(plan: &Plan, database: &Database, facts: &mut Facts) {
    let element = format!("databases.{}", database.name);
    facts.list(
        &element,
        "users",
        database.users.iter().map(|user| user.account.clone()),
        "nobody",
    );
    if database.existing {
        return;
    }
    let tls = match database.tls {
        TlsMode::Encrypted => "encrypted",
        TlsMode::Mtls => "mtls",
    };
    let availability = match database.availability {
        Availability::Regional => "regional",
        Availability::Zonal => "zonal",
    };
    // Google makes one user of its own, who has no password until somebody sets one. That of MySQL comes from everywhere and is
    // taken away; that of PostgreSQL owns what Google puts into it.
    let of_google = match database.engine {
        Engine::Postgres => Some("postgres".to_owned()),
        Engine::Mysql => None,
    };
    let users = database.password_users.iter();
    let users = users.map(|user| user.name.clone()).chain(of_google);
    facts.list(&element, "password_users", users, "none");
    if !database.password_users.is_empty() {
        facts.switch(&element, "password_policy", true);
    }
    facts.say(&element, "version", &database.version);
    facts.say(&element, "public_address", "none");
    facts.say(&element, "tls", tls);
    let by_iam = database.flags.iter().any(|(flag, value)| {
        ["cloudsql.iam_authentication", "cloudsql_iam_authentication"].contains(&flag.as_str())
            && value.eq_ignore_ascii_case("on")
    });
    facts.switch(&element, "iam_login", by_iam);
    facts.switch(&element, "connectors_only", database.connectors_only);
    facts.say(&element, "availability", availability);
    let backups = &database.backups;
    facts.say(
        &element,
        "backups",
        format!("{} kept in {}", backups.retained, backups.location),
    );
    let pitr = if backups.pitr {
        format!("{} days", backups.log_days)
    } else {
        "off".to_owned()
    };
    facts.say(&element, "pitr", pitr);
    facts.encryption(plan, &element, database.encryption_key.as_ref());
    facts.switch(
        &element,
        "deletion_protection",
        database.deletion_protection,
    );
}

fn secret(plan: &Plan, secret: &Secret, facts: &mut Facts) {
    let element = format!("secrets.{}", secret.name);
    let on = secret.resource();
    let holders = |role| granted_on(plan, &on, role);
    facts.list(
        &element,
        "readers",
        holders(roles::SECRET_ACCESSOR),
        "nobody",
    );
    facts.list(
        &element,
        "writers",
        holders(roles::SECRET_VERSION_ADDER),
        "nobody",
    );
    let pinned: Vec<String> = secret.pinned.iter().map(ToString::to_string).collect();
    facts.say(
        &element,
        "pinned",
        if pinned.is_empty() {
            "none".to_owned()
        } else {
            pinned.join(", ")
        },
    );
    if !secret.existing {
        facts.list(
            &element,
            "replicas",
            secret.replicas.iter().cloned(),
            "none",
        );
        if !secret.encryption_keys.is_empty() {
            let keys = secret.encryption_keys.values();
            let keys = keys.map(|key| key.in_short(&plan.project.id));
            facts.list(&element, "encryption", keys, "none");
        }
        if let Some(rotation) = &secret.rotation {
            facts.say(&element, "rotation", format!("{} days", rotation.days));
        }
        facts.switch(&element, "deletion_protection", secret.deletion_protection);
    }
}

fn network(plan: &Plan, network: &Network, facts: &mut Facts) {
    let element = "network";
    facts.list(
        element,
        "private_zones",
        network.zones.iter().map(|zone| zone.dns_name.clone()),
        "none",
    );
    let Some(own) = &network.own else {
        // Somebody else says what its firewall and its routes let through.
        facts.say(element, "existing", &network.path);
        return;
    };
    let openings = |direction: Direction| {
        own.firewall
            .iter()
            .filter(move |rule| {
                rule.direction == direction && rule.action != FirewallAction::DenyAll
            })
            .map(opening)
    };
    let denies = |direction: Direction| {
        let everything = |rule: &&FirewallRule| {
            rule.direction == direction
                && rule.action == FirewallAction::DenyAll
                && rule.tags.is_empty()
                && rule.ranges.iter().any(|range| range.prefix_len() == 0)
        };
        own.firewall.iter().any(|rule| everything(&rule))
    };
    facts.say(
        element,
        "egress",
        if denies(Direction::Egress) {
            "denied"
        } else {
            "allowed"
        },
    );
    facts.list(
        element,
        "egress.openings",
        openings(Direction::Egress),
        "none",
    );
    // Without a rule, Google lets nothing in.
    facts.list(
        element,
        "ingress.openings",
        openings(Direction::Ingress),
        "none",
    );
    // No blueprint can switch these off; somebody in the console can.
    facts.switch(element, "dns_logs", true);
    facts.switch(element, "flow_logs", true);
    facts.switch(element, "google_access", true);
    facts.list(
        element,
        "routes",
        own.routes.iter().map(|route| route.range.to_string()),
        "none",
    );
    let nats = own.nats.iter().map(|nat| nat.address.clone());
    facts.list(element, "nat", nats, "none");
    let subnet = network
        .subnetwork
        .range
        .map_or_else(|| "none".to_owned(), |range| range.to_string());
    facts.say(element, "subnet", subnet);
    if plan.databases.iter().any(|database| !database.existing) {
        let range = own
            .services_access
            .as_ref()
            .map_or_else(|| "none".to_owned(), |access| access.range.to_string());
        facts.say(element, "services_range", range);
    }
    if let Some(balancer) = &own.balancer {
        facts.say(element, "proxy_range", balancer.range.to_string());
    }
    for subnetwork in &network.elsewhere {
        let element = format!("subnetworks.{}", subnetwork.region);
        facts.switch(&element, "flow_logs", true);
        facts.switch(&element, "google_access", true);
        let range = subnetwork.range;
        let range = range.map_or_else(|| "none".to_owned(), |range| range.to_string());
        facts.say(&element, "subnet", range);
    }
}

/// An opening in short: `tcp:443 to 199.36.153.8/30 for run-web`.
fn opening(rule: &FirewallRule) -> String {
    let ports = match &rule.action {
        FirewallAction::AllowTcp(ports) => ports
            .iter()
            .map(|port| format!("tcp:{port}"))
            .collect::<Vec<_>>()
            .join("+"),
        FirewallAction::DenyAll => "nothing".to_owned(),
    };
    let to = match rule.direction {
        Direction::Egress => "to",
        Direction::Ingress => "from",
    };
    let ranges = rule
        .ranges
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("+");
    let tags = if rule.tags.is_empty() {
        String::new()
    } else {
        format!(" for {}", rule.tags.join("+"))
    };
    format!("{ports} {to} {ranges}{tags}")
}

fn edge(edge: &Edge, facts: &mut Facts) {
    let element = "load_balancer";
    facts.list(
        element,
        "hosts",
        edge.hosts.iter().map(|host| host.domain.clone()),
        "none",
    );
    facts.say(element, "unknown_host", "refuse");
    facts.say(element, "http", "redirect");
    tls(&edge.tls, element, facts);
    let certificate = match &edge.certificate {
        Certificate::Managed { .. } => "managed",
        Certificate::Classic { .. } => "classic",
        Certificate::Existing { map } => map,
    };
    facts.say(element, "certificate", certificate);
}

fn tls(tls: &Tls, element: &str, facts: &mut Facts) {
    let profile = match tls.profile {
        TlsProfile::Restricted => "restricted",
        TlsProfile::Modern => "modern",
    };
    let min = match tls.min {
        TlsVersion::V1_2 => "1.2",
        TlsVersion::V1_3 => "1.3",
    };
    facts.say(element, "tls", profile);
    facts.say(element, "min_tls", min);
}

/// The internal load balancer: what it answers to, from where it is reached, and how.
fn internal_edge(edge: &InternalEdge, facts: &mut Facts) {
    let element = "internal_load_balancer";
    let hosts = edge.hosts.iter().map(|host| host.domain.clone());
    facts.list(element, "hosts", hosts, "none");
    facts.say(element, "unknown_host", "refuse");
    // Nothing there speaks without TLS.
    facts.say(element, "ports", HTTPS.to_string());
    let from = if edge.every_region {
        "every region"
    } else {
        "its region"
    };
    facts.say(element, "reached_from", from);
    facts.say(element, "certificate", "managed");
    tls(&edge.tls, element, facts);
}

fn waf(waf: &Waf, element: &str, facts: &mut Facts) {
    let mode = match waf.mode {
        WafMode::Preview => "preview",
        WafMode::Enforce => "enforce",
    };
    facts.say(element, "mode", mode);
    facts.switch(element, "adaptive", waf.adaptive);
    facts.say(
        element,
        "logging",
        if waf.verbose_logging {
            "verbose"
        } else {
            "normal"
        },
    );
    for rule in &waf.rules {
        facts.say(element, format!("rules.{}", rule.name), in_short(rule));
    }
}

/// A rule in short: what it does, with what, and where it stands among the others. Whether it is in preview follows from the
/// policy's mode, which is a fact of its own: from preview to enforce is one line.
fn in_short(rule: &WafRule) -> String {
    let action = match &rule.action {
        WafAction::Allow => "allow".to_owned(),
        WafAction::Deny(code) => format!("deny {code}"),
        WafAction::Throttle(limit) => format!("throttle {}", above(limit)),
        WafAction::Ban(limit, ban) => format!("ban for {} seconds {}", ban.seconds, above(limit)),
    };
    let matches = match &rule.matches {
        WafMatch::Ranges(ranges) => format!("from {}", ranges.join(" ")),
        WafMatch::Expression(expression) => format!("when {expression}"),
    };
    let excluded: String = rule.exclusions.iter().map(excluded).collect();
    format!("{action} {matches}{excluded}, priority {}", rule.priority)
}

fn above(limit: &RateLimit) -> String {
    let name = limit
        .key_name
        .as_ref()
        .map(|name| format!(" {name}"))
        .unwrap_or_default();
    format!(
        "above {} in {} seconds by {}{name}",
        limit.requests, limit.per, limit.key
    )
}

/// A field that a rule set does not look at, in short.
fn excluded(exclusion: &WafExclusion) -> String {
    let field = match exclusion.field {
        WafField::Header => "header",
        WafField::Cookie => "cookie",
        WafField::QueryParam => "query",
        WafField::Uri => "uri",
    };
    let ids = if exclusion.ids.is_empty() {
        "all".to_owned()
    } else {
        exclusion.ids.join(" ")
    };
    let name = exclusion
        .name
        .as_ref()
        .map(|name| format!(" {name}"))
        .unwrap_or_default();
    format!(", without {field} {}{name} for {ids}", exclusion.operator)
}

fn governance(plan: &Plan, facts: &mut Facts) {
    for policy in &plan.org_policies {
        let value = match &policy.rule {
            OrgRule::Enforce => "enforced".to_owned(),
            OrgRule::DenyAll => "nothing".to_owned(),
            OrgRule::Allow(values) => joined(values.iter().cloned(), "nothing"),
        };
        facts.say("governance", policy.constraint.clone(), value);
    }
    for constraint in &plan.org_policies_in_the_way {
        facts.say("governance", constraint.clone(), "none");
    }
    if plan.audit_logs.is_empty() {
        facts.say("audit_logs", "services", "none");
    }
    for log in &plan.audit_logs {
        facts.list(
            "audit_logs",
            log.service.clone(),
            log.kinds.iter().cloned(),
            "none",
        );
    }
}
