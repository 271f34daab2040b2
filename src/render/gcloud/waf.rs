//! Cloud Armor policies.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by};
use crate::plan::model::{
    Ban, Plan, RateLimit, Waf, WafAction, WafExclusion, WafField, WafMatch, WafMode, WafRule,
};

#[derive(Template)]
#[template(path = "gcloud/waf.sh.j2")]
struct Wafs<'a> {
    wafs: Vec<WafView<'a>>,
}

struct WafView<'a> {
    name: &'a str,
    mode: WafMode,
    adaptive: bool,
    verbose_logging: bool,
    rules: Vec<RuleView<'a>>,
    exclusions: Vec<String>,
    priorities: Vec<u32>,
}

struct RuleView<'a> {
    priority: u32,
    name: &'a str,
    description: &'a str,
    matches: &'a WafMatch,
    action: &'a WafAction,
    preview: bool,
    limit: Option<&'a RateLimit>,
}

/// Adds the policies.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
    script.section(&Wafs {
        wafs: plan.wafs.iter().map(view).collect(),
    });
}

fn view(waf: &Waf) -> WafView<'_> {
    let Waf {
        name,
        mode,
        rules,
        adaptive,
        verbose_logging,
    } = waf;
    WafView {
        name,
        mode: *mode,
        adaptive: *adaptive,
        verbose_logging: *verbose_logging,
        priorities: rules.iter().map(|rule| rule.priority).collect(),
        exclusions: rules.iter().flat_map(exclusions).collect(),
        rules: rules.iter().map(rule).collect(),
    }
}

fn rule(rule: &WafRule) -> RuleView<'_> {
    let WafRule {
        priority,
        name,
        description,
        matches,
        action,
        preview,
        // Of the whole policy at once.
        exclusions: _,
    } = rule;
    RuleView {
        priority: *priority,
        name,
        description,
        matches,
        action,
        preview: *preview,
        limit: match action {
            WafAction::Throttle(limit) | WafAction::Ban(limit, _) => Some(limit),
            WafAction::Allow | WafAction::Deny(_) => None,
        },
    }
}

/// The excluded fields of a rule.
fn exclusions(rule: &WafRule) -> impl Iterator<Item = String> + '_ {
    let all = rule.exclusions.iter();
    all.map(|one| format!("{}:{}", rule.priority, exclusion(one)))
}

/// An excluded field as `exclusions` in `lib.sh` takes it, without the priority before.
fn exclusion(exclusion: &WafExclusion) -> String {
    let WafExclusion {
        rule_set,
        ids,
        field,
        operator,
        name,
    } = exclusion;
    let field = match field {
        WafField::Header => "header",
        WafField::Cookie => "cookie",
        WafField::QueryParam => "query-param",
        WafField::Uri => "uri",
    };
    let name = name.as_deref().unwrap_or_default();
    format!("{rule_set}:{}:{field}:{operator}:{name}", ids.join(","))
}

/// How a fact of a WAF is read.
pub(super) fn reading(plan: &Plan, own: &str, name: &str) -> Option<Reading> {
    let policy = if own.is_empty() {
        plan.wafs.first()?
    } else {
        let policy = format!("{}-{own}", plan.project.name);
        plan.wafs.iter().find(|waf| waf.name == policy)?
    };
    let kind = "compute security-policies";
    match name {
        "mode" => by(["waf_mode", &policy.name]),
        "adaptive" => by(["switch", kind, &policy.name, "--enable-layer7-ddos-defense"]),
        "logging" => by([
            "choice",
            kind,
            &policy.name,
            "--log-level",
            "NORMAL=normal",
            "VERBOSE=verbose",
        ]),
        rule => {
            let rule = rule.strip_prefix("rules.")?;
            let rule = policy.rules.iter().find(|one| one.name == rule)?;
            let mode = if rule.preview { "preview" } else { "enforced" };
            by(["waf_rule", &policy.name, &rule.priority.to_string(), mode])
        }
    }
}
