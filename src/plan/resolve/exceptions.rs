//! The written exceptions: each names a rule that can be waived, and something must need it.

use crate::blueprint::schema::{Blueprint, Exception as Written};
use crate::blueprint::{Key, Place};
use crate::diag::{Diagnostic, Rule};
use crate::plan::model::Exception;
use crate::rules;
use crate::source::Span;

use super::context::Context;

/// What became of the written exceptions.
pub(super) struct Exceptions {
    /// Those that something needs, by element and rule.
    pub needed: Vec<Exception>,
    /// The places of those.
    pub places: Vec<Span>,
    /// Those that nothing needs in this environment.
    pub idle: Vec<Diagnostic>,
}

/// Sorts the written exceptions into those that something needs and the others.
pub(super) fn resolve(cx: &mut Context<'_>) -> Exceptions {
    let mut needed = Vec::new();
    let mut places = Vec::new();
    let mut idle = Vec::new();
    for (element, written) in elements(cx.blueprint) {
        for (index, written) in written.iter().enumerate() {
            let key = element.then("exceptions").item(index);
            let Some((rule, exception)) = exception(cx, &element, &key, written) else {
                continue;
            };
            if cx.was_needed(&element, rule) {
                needed.push(exception);
                places.push(cx.span(&Place::Value(key.then("rule"))));
            } else {
                let finding = cx.idle(
                    rules::EXCEPTION_IDLE,
                    format!("the exception from `{}` waives nothing", exception.rule),
                    &Place::Value(key.then("rule")),
                    format!("nothing in `{element}` needs it"),
                );
                idle.push(finding.help("take it out: it would open a door later that nobody sees"));
            }
        }
    }
    needed.sort();
    Exceptions {
        needed,
        places,
        idle,
    }
}

/// Every element that can have exceptions.
pub(in crate::plan) fn elements(blueprint: &Blueprint) -> Vec<(Key, Vec<Written>)> {
    let mut elements = Vec::new();
    let mut add = |kind: &str, name: &str, exceptions: &Vec<Written>| {
        elements.push((Key::of(&[kind, name]), exceptions.clone()));
    };
    for (name, service) in &blueprint.services {
        add("services", name, &service.exceptions);
    }
    for (name, job) in &blueprint.jobs {
        add("jobs", name, &job.exceptions);
    }
    for (name, worker) in &blueprint.workers {
        add("workers", name, &worker.exceptions);
    }
    for (name, database) in &blueprint.databases {
        add("databases", name, &database.exceptions);
    }
    for (name, secret) in &blueprint.secrets {
        add("secrets", name, &secret.exceptions);
    }
    for (name, bucket) in &blueprint.buckets {
        add("buckets", name, &bucket.exceptions);
    }
    if let Some(waf) = &blueprint.waf {
        elements.push((Key::of(&["waf"]), waf.exceptions.clone()));
    }
    if let Some(load_balancer) = &blueprint.load_balancer {
        elements.push((
            Key::of(&["load_balancer"]),
            load_balancer.exceptions.clone(),
        ));
    }
    if let Some(governance) = &blueprint.governance {
        elements.push((Key::of(&["governance"]), governance.exceptions.clone()));
    }
    elements
}

fn exception(
    cx: &mut Context<'_>,
    element: &Key,
    key: &Key,
    written: &Written,
) -> Option<(&'static Rule, Exception)> {
    let rule = written.rule.as_deref();
    let known = rules::waivable().find(|known| rule == Some(known.code));
    if let Some(rule) = rule
        && known.is_none()
    {
        let place = Place::Value(key.then("rule"));
        let waivable = rules::waivable().map(|known| known.code);
        if rules::ALL.iter().any(|known| known.code == rule) {
            let waivable: Vec<String> = waivable.map(|code| format!("`{code}`")).collect();
            cx.report(
                rules::RULE_NOT_WAIVABLE,
                format!("`{rule}` cannot be waived"),
                &place,
                "no exception helps here",
            )
            .note(format!("what can be waived is {}", waivable.join(", ")))
            .help("take the exception out, and mend what the rule reports");
        } else {
            let what = "rule that can be waived";
            cx.unknown(rules::RULE_NOT_WAIVABLE, what, rule, waivable, &place);
        }
        return None;
    }
    let texts = [
        ("rule", &written.rule),
        ("reason", &written.reason),
        ("owner", &written.owner),
    ];
    for (name, text) in texts {
        if text.as_ref().is_none_or(|text| text.trim().is_empty()) {
            cx.missing(key, name, "a text");
        }
    }
    let Some(expires) = written.expires.as_ref().and_then(|expires| expires.date) else {
        cx.missing(
            key,
            "expires",
            "the last day on which it holds, such as `2027-06-30`,",
        );
        return None;
    };
    let exception = Exception {
        element: element.to_string(),
        rule: known?.code.to_owned(),
        reason: written.reason.clone()?,
        owner: written.owner.clone()?,
        expires: expires.to_string(),
    };
    Some((known?, exception))
}
