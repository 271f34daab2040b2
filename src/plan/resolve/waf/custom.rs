//! Rules of the blueprint's own, in Cloud Armor's subset of CEL.

use std::collections::BTreeMap;

use crate::blueprint::schema::{CustomAction, CustomRule, Waf as Written};
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::waf::{self as armor, priority};
use crate::plan::model::{WafAction, WafMatch, WafMode, WafRule};
use crate::rules;

use super::{Context, rule};

/// Adds the rules.
pub(super) fn rules(
    cx: &mut Context<'_>,
    key: &Key,
    written: &Written,
    mode: WafMode,
    rules: &mut Vec<WafRule>,
) {
    let mut names: BTreeMap<&str, Key> = BTreeMap::new();
    let mut priorities: BTreeMap<u32, Key> = BTreeMap::new();
    for (index, custom) in written.custom.iter().enumerate() {
        let key = key.then("custom").item(index);
        let Some((name, when, action, priority)) = parts(cx, &key, custom) else {
            continue;
        };
        cx.check_name(
            Kind::Part,
            name,
            "the name of a rule",
            &Place::Value(key.then("name")),
        );
        if let Some(first) = names.insert(name, key.then("name")) {
            let place = Place::Value(key.then("name"));
            cx.report(
                rules::WAF_CUSTOM_TWICE,
                format!("two rules are called `{name}`"),
                &place,
                "taken already",
            )
            .and(&Place::Value(first), "the first");
        }
        if !priority::CUSTOM.contains(&priority) {
            let (least, most) = (priority::CUSTOM.start(), priority::CUSTOM.end());
            let place = Place::Value(key.then("priority"));
            let message = format!("priority {priority} is not for a rule of your own");
            cx.report(
                rules::WAF_CUSTOM_PRIORITY,
                message,
                &place,
                format!("takes {least} to {most}"),
            );
        }
        if let Some(first) = priorities.insert(priority, key.then("priority")) {
            let place = Place::Value(key.then("priority"));
            cx.report(
                rules::WAF_CUSTOM_TWICE,
                format!("two rules have priority {priority}"),
                &place,
                "taken already",
            )
            .and(&Place::Value(first), "the first");
        }
        expression(cx, &Place::Value(key.then("when")), when);
        headers(cx, &key.then("when"), when);
        let action = match action {
            CustomAction::Deny => WafAction::Deny(403),
            CustomAction::Deny404 => WafAction::Deny(404),
            CustomAction::Deny502 => WafAction::Deny(502),
            CustomAction::Allow => {
                cx.needs_exception(
                    &Key::of(&["waf"]),
                    &written.exceptions,
                    rules::WAF_TRUST,
                    format!("what `{name}` matches skips the WAF"),
                    &Place::Value(key.then("action")),
                    "nobody looks into these requests",
                );
                WafAction::Allow
            }
        };
        let matches = WafMatch::Expression(when.to_owned());
        let mut rule = rule(
            priority,
            format!("custom-{name}"),
            name.to_owned(),
            matches,
            action,
        );
        rule.preview = mode == WafMode::Preview;
        rules.push(rule);
    }
}

/// The parts of a rule, all of which are required.
fn parts<'r>(
    cx: &mut Context<'_>,
    key: &Key,
    custom: &'r CustomRule,
) -> Option<(&'r str, &'r str, CustomAction, u32)> {
    if custom.name.is_none() {
        cx.missing(key, "name", "a name for the logs");
    }
    if custom.when.is_none() {
        cx.missing(key, "when", "an expression of Cloud Armor");
    }
    if custom.action.is_none() {
        cx.missing(key, "action", "`deny`, `deny-404`, `deny-502` or `allow`");
    }
    if custom.priority.is_none() {
        cx.missing(key, "priority", "a number from 200 to 899");
    }
    Some((
        custom.name.as_deref()?,
        custom.when.as_deref()?,
        custom.action?,
        custom.priority?,
    ))
}

/// Reports names of headers that match nobody: Cloud Armor's names are in lower case
/// (<https://cloud.google.com/armor/docs/rules-language-reference>).
fn headers(cx: &mut Context<'_>, key: &Key, text: &str) {
    for (start, begin) in text.match_indices("request.headers[") {
        let rest = &text[start + begin.len()..];
        let quote = rest
            .chars()
            .next()
            .filter(|first| ['\'', '"'].contains(first));
        let Some(name) = quote.and_then(|quote| rest[1..].split(quote).next()) else {
            continue;
        };
        let lower = name.to_ascii_lowercase();
        if name != lower {
            let place = Place::Part(key.clone(), name.to_owned());
            cx.report(
                rules::WAF_EXPRESSION,
                format!("header `{name}` is never there"),
                &place,
                "names of headers are in lower case here",
            )
            .replace("write it so", &place, name, &lower);
        }
    }
}

/// Reports an expression that Cloud Armor refuses for its size or shape. Whether its names and types are right only Google
/// knows.
fn expression(cx: &mut Context<'_>, place: &Place, text: &str) {
    let mut error = |message: String, label: String| {
        cx.report(rules::WAF_EXPRESSION, message, place, label);
    };
    let length = text.chars().count();
    if length > armor::EXPRESSION_MAX {
        error(
            format!("an expression of {length} characters"),
            format!("takes at most {}", armor::EXPRESSION_MAX),
        );
    }
    if text
        .chars()
        .any(|letter| letter.is_control() && letter != '\n')
    {
        error(
            "an expression with a control character".to_owned(),
            "takes printable characters".to_owned(),
        );
    }
    if text.contains("evaluatePreconfiguredExpr") {
        error(
            "`evaluatePreconfiguredExpr` has no level of sensitivity".to_owned(),
            "take `evaluatePreconfiguredWaf`".to_owned(),
        );
    }
    match split(text) {
        Err(wrong) => error(
            format!("this expression has {wrong}"),
            "Cloud Armor refuses it".to_owned(),
        ),
        Ok(parts) => {
            if parts.iter().any(|part| part.trim().is_empty()) {
                error(
                    "this expression has an empty part".to_owned(),
                    "Cloud Armor refuses it".to_owned(),
                );
            }
            if parts.len() > armor::SUBEXPRESSIONS_MAX {
                error(
                    format!(
                        "an expression of {} parts between `&&` and `||`",
                        parts.len()
                    ),
                    format!("takes at most {}", armor::SUBEXPRESSIONS_MAX),
                );
            }
            if let Some(long) = parts
                .iter()
                .map(|part| part.trim().chars().count())
                .find(|long| *long > armor::SUBEXPRESSION_MAX)
            {
                error(
                    format!("a part of an expression with {long} characters"),
                    format!("takes at most {}", armor::SUBEXPRESSION_MAX),
                );
            }
        }
    }
}

/// The parts of an expression between `&&` and `||`, or what is wrong with its shape.
fn split(text: &str) -> Result<Vec<&str>, &'static str> {
    let mut parts = Vec::new();
    let mut open = Vec::new();
    let mut start = 0;
    let mut letters = text.char_indices().peekable();
    let mut before = ' ';
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\'' | '"' => {
                // In a raw string (`r'…'`) a backslash is itself.
                let raw = matches!(before, 'r' | 'R');
                let mut closed = false;
                while let Some((_, inside)) = letters.next() {
                    if inside == '\\' && !raw {
                        letters.next();
                    } else if inside == letter {
                        closed = true;
                        break;
                    }
                }
                if !closed {
                    return Err("a text that does not end");
                }
            }
            '(' | '[' | '{' => open.push(letter),
            ')' | ']' | '}' => {
                let pair = match letter {
                    ')' => '(',
                    ']' => '[',
                    _ => '{',
                };
                if open.pop() != Some(pair) {
                    return Err("a bracket that closes nothing");
                }
            }
            '&' | '|' if letters.peek().is_some_and(|(_, next)| *next == letter) => {
                letters.next();
                parts.push(&text[start..at]);
                start = at + 2;
            }
            _ => {}
        }
        before = letter;
    }
    if !open.is_empty() {
        return Err("a bracket that does not close");
    }
    parts.push(&text[start..]);
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn expressions_are_split_outside_of_texts() {
        assert_eq!(split("a && b || c").map(|parts| parts.len()), Ok(3));
        assert_eq!(
            split("request.path.matches('a||b') && c").map(|parts| parts.len()),
            Ok(2)
        );
        assert_eq!(
            split(r"x == 'it\'s && so' && y").map(|parts| parts.len()),
            Ok(2)
        );
        assert_eq!(
            split(r"x.matches(r'\') && y").map(|parts| parts.len()),
            Ok(2)
        );
        assert_eq!(split("(a && b) || !c").map(|parts| parts.len()), Ok(3));
    }

    #[test]
    fn what_has_no_shape_is_refused() {
        assert!(split("a == 'b").is_err());
        assert!(split("(a").is_err());
        assert!(split("a)").is_err());
        assert!(split("(a]").is_err());
        assert!(split("x == 'a\\").is_err());
    }
}
