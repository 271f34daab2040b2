//! Cloud Armor: one policy for all that is behind the load balancer, and one for each service with a limit of its own.
//!
//! The first rule that matches decides, so the order is the meaning: known holes, refused addresses and countries, rules of
//! the blueprint's own, trusted ranges, the rule sets, the rate limit, and last the default. A rate limit lets through what
//! is below it, so nothing may stand behind it but what lets through as well.
//!
//! `mode = "preview"` holds back what may hit the wrong request: rule sets, rules of one's own, countries, rate limits. Lists
//! of addresses and the rule for known holes are exact, and hold in either mode.

mod custom;
mod lists;
mod rate;
mod signatures;

use crate::blueprint::schema::{self, Crs};
use crate::blueprint::{Key, Place};
use crate::name;
use crate::plan::google::waf::{self as armor, priority};
use crate::plan::model::{Service, Waf, WafAction, WafMatch, WafMode, WafRule};
use crate::rules;

use super::context::Context;

/// What a refused request is answered.
const FORBIDDEN: u16 = 403;

/// Resolves the policies: the shared one first, then those of services with a rate limit of their own, by name.
pub(super) fn resolve(cx: &mut Context<'_>, services: &[Service]) -> Vec<Waf> {
    let blueprint = cx.blueprint;
    let key = Key::of(&["waf"]);
    let none = schema::Waf::default();
    let written = blueprint.waf.as_ref().unwrap_or(&none);
    for service in services
        .iter()
        .filter(|service| !service.is_behind_load_balancer())
    {
        let limit = blueprint
            .services
            .get(&service.name)
            .and_then(|service| service.rate_limit.as_ref());
        if limit.is_some() {
            let key = Key::of(&["services", &service.name, "rate_limit"]);
            cx.report(
                rules::RATE_LIMIT_WITHOUT_WAF,
                format!("`{}` is not behind the load balancer", service.name),
                &Place::Key(key),
                "nothing counts its requests",
            );
        }
    }
    let Some(first) = services
        .iter()
        .find(|service| service.is_behind_load_balancer())
    else {
        if blueprint.waf.is_some() {
            cx.report(
                rules::WAF_UNUSED,
                "no service is behind the load balancer",
                &Place::Key(key),
                "nothing passes this WAF",
            )
            .help("take it out, or make a service public: `exposure = \"public\"`");
        }
        return Vec::new();
    };

    let mode = mode(cx, &key, written, &first.name);
    let mut shared = Vec::new();
    known_holes(&mut shared);
    lists::addresses(cx, &key, written, &mut shared);
    lists::regions(cx, &key, written, mode, &mut shared);
    custom::rules(cx, &key, written, mode, &mut shared);
    rule_sets(cx, &key, written, mode, &mut shared);
    let only = lists::ranges(cx, &key.then("only"), &written.only);
    default(&only, &mut shared);

    let verbose = written.logging == Some(schema::WafLogging::Verbose);
    if verbose {
        cx.report(
            rules::WAF_LOGS_REQUESTS,
            "the WAF logs parts of requests",
            &Place::Value(key.then("logging")),
            "personal data and passwords may be among them",
        )
        .help("take `normal` again once the rules are tuned");
    }
    let policy =
        |cx: &mut Context<'_>, name: String, key: &Key, limit: Option<&schema::RateLimit>| {
            let mut rules = shared.clone();
            rules.extend(rate::rules(cx, key, limit, &only, mode));
            rules.sort_by_key(|rule| rule.priority);
            Waf {
                name,
                mode,
                rules,
                adaptive: written.adaptive.unwrap_or(true),
                verbose_logging: verbose,
            }
        };
    let limit = written.rate_limit.as_ref();
    let mut wafs = vec![policy(
        cx,
        cx.project.name.clone(),
        &key.then("rate_limit"),
        limit,
    )];
    for service in services
        .iter()
        .filter(|service| service.is_behind_load_balancer())
    {
        let Some(limit) = blueprint
            .services
            .get(&service.name)
            .and_then(|service| service.rate_limit.as_ref())
        else {
            continue;
        };
        let key = Key::of(&["services", &service.name, "rate_limit"]);
        let name = policy_name(cx, &service.name);
        wafs.push(policy(cx, name, &key, Some(limit)));
    }
    quota(cx, &key, &first.name, &wafs);
    wafs
}

/// The name of the policy of a service with a rate limit of its own.
pub(super) fn policy_name(cx: &Context<'_>, service: &str) -> String {
    name::compute_name(&format!("{}-{service}", cx.project.name))
}

/// Where to speak of the WAF: at its table, or at a service that needs one.
fn place_of(cx: &Context<'_>, key: &Key, service: &str) -> Place {
    if cx.blueprint.waf.is_some() {
        Place::Key(key.clone())
    } else {
        Place::Value(Key::of(&["services", service, "exposure"]))
    }
}

fn mode(cx: &mut Context<'_>, key: &Key, written: &schema::Waf, service: &str) -> WafMode {
    match written.mode {
        Some(schema::WafMode::Preview) => WafMode::Preview,
        Some(schema::WafMode::Enforce) => WafMode::Enforce,
        None => {
            let place = place_of(cx, key, service);
            cx.report(
                rules::WAF_MODE_MISSING,
                format!("`{service}` is public, and nothing says whether its WAF denies"),
                &place,
                "needs a mode",
            )
            .note("a new WAF logs first (`preview`) and denies (`enforce`) once its logs show no false alarm")
            .help("write `mode = \"preview\"` in `[waf]`, or in the `waf` of each environment");
            WafMode::Enforce
        }
    }
}

/// A rule; the parts that most rules share are filled in.
fn rule(
    priority: u32,
    name: String,
    description: String,
    matches: WafMatch,
    action: WafAction,
) -> WafRule {
    WafRule {
        priority,
        name,
        description,
        matches,
        action,
        preview: false,
        exclusions: Vec::new(),
    }
}

fn known_holes(rules: &mut Vec<WafRule>) {
    let matches = WafMatch::Expression(armor::CVE.to_owned());
    let description = "known holes of common software, Log4Shell among them".to_owned();
    rules.push(rule(
        priority::CVE,
        "cve".to_owned(),
        description,
        matches,
        WafAction::Deny(FORBIDDEN),
    ));
}

/// The rule sets of the OWASP core rule set, each at the place that it always has.
fn rule_sets(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Waf,
    mode: WafMode,
    rules: &mut Vec<WafRule>,
) {
    let crs = written.crs.unwrap_or(Crs::V4_22);
    let sensitivity = written.sensitivity.unwrap_or(*armor::SENSITIVITY.start());
    if !armor::SENSITIVITY.contains(&sensitivity) {
        let place = Place::Value(key.then("sensitivity"));
        cx.report(
            rules::WAF_SENSITIVITY,
            format!("there is no level {sensitivity}"),
            &place,
            "takes 1 (few false alarms) to 4",
        );
    }
    let sets = signatures::sets(cx, key, written, crs);
    let opted_out = signatures::opted_out(cx, key, written, crs, &sets);
    let excluded = signatures::excluded(cx, key, written, crs, &sets);
    for set in sets {
        let full_name = armor::full_name(crs, set);
        let mut options = format!("'sensitivity': {sensitivity}");
        if let Some(ids) = opted_out.get(set.name) {
            let ids: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
            options = format!("{options}, 'opt_out_rule_ids': [{}]", ids.join(", "));
        }
        let expression = format!("evaluatePreconfiguredWaf('{full_name}', {{{options}}})");
        let mut rule = rule(
            priority::SETS + set.place * priority::SETS_STEP,
            set.name.to_owned(),
            format!("CRS {}: {}", armor::shown(crs), set.purpose),
            WafMatch::Expression(expression),
            WafAction::Deny(FORBIDDEN),
        );
        rule.preview = mode == WafMode::Preview;
        rule.exclusions = excluded.get(set.name).cloned().unwrap_or_default();
        rules.push(rule);
    }
}

/// What happens to a request that no rule has decided. Where only some ranges are let in, they are let in by rules behind
/// everything that looks into their requests, and the default refuses: so whatever is wrong above, nobody else gets in.
fn default(only: &[String], rules: &mut Vec<WafRule>) {
    lists::range_rules(
        only,
        priority::ONLY,
        "only",
        "the addresses that are let in",
        &WafAction::Allow,
        rules,
    );
    let (description, action) = if only.is_empty() {
        ("lets through what no rule refused", WafAction::Allow)
    } else {
        ("refuses everybody else", WafAction::Deny(FORBIDDEN))
    };
    let everybody = WafMatch::Ranges(vec!["*".to_owned()]);
    rules.push(rule(
        priority::DEFAULT,
        "default".to_owned(),
        description.to_owned(),
        everybody,
        action,
    ));
}

/// Warns of more rules with an expression than projects usually may have.
fn quota(cx: &mut Context<'_>, key: &Key, service: &str, wafs: &[Waf]) {
    let has_expression = |rule: &&WafRule| matches!(rule.matches, WafMatch::Expression(_));
    let count = wafs
        .iter()
        .flat_map(|waf| &waf.rules)
        .filter(has_expression)
        .count();
    if count > armor::EXPRESSION_RULES_QUOTA {
        let place = place_of(cx, key, service);
        cx.report(
            rules::WAF_QUOTA,
            format!(
                "{count} WAF rules with an expression, in {} policies",
                wafs.len()
            ),
            &place,
            format!(
                "a project usually may have {}",
                armor::EXPRESSION_RULES_QUOTA
            ),
        )
        .help(
            "ask for more of the quota `SECURITY_POLICY_CEVAL_RULES` first, or name fewer `rules`",
        );
    }
}

#[cfg(test)]
mod tests;
