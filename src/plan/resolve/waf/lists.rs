//! Lists of addresses and of countries.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::plan::google::waf::{self as armor, priority};
use crate::plan::model::{WafAction, WafMatch, WafMode, WafRule};
use crate::rules;

use super::{Context, FORBIDDEN, rule};

/// Ranges that are refused, and ranges that skip what looks into requests.
pub(super) fn addresses(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Waf,
    rules: &mut Vec<WafRule>,
) {
    let deny = ranges(cx, &key.then("deny"), &written.deny);
    range_rules(
        &deny,
        priority::DENY,
        "deny",
        "refused addresses",
        &WafAction::Deny(FORBIDDEN),
        rules,
    );

    if !written.trust.is_empty() {
        cx.needs_exception(
            key,
            &written.exceptions,
            rules::WAF_TRUST,
            "some addresses skip the WAF",
            &Place::Key(key.then("trust")),
            "nobody looks into their requests",
        );
    }
    let trust = ranges(cx, &key.then("trust"), &written.trust);
    range_rules(
        &trust,
        priority::TRUST,
        "trust",
        "trusted addresses: they skip the WAF",
        &WafAction::Allow,
        rules,
    );
}

/// Rules for ranges, ten a rule.
pub(super) fn range_rules(
    ranges: &[String],
    priority: u32,
    name: &str,
    description: &str,
    action: &WafAction,
    rules: &mut Vec<WafRule>,
) {
    for (chunk, number) in ranges.chunks(armor::RANGES_MAX).zip(0..) {
        let matches = WafMatch::Ranges(chunk.to_vec());
        rules.push(rule(
            priority + number,
            numbered(name, number),
            description.to_owned(),
            matches,
            action.clone(),
        ));
    }
}

/// A name, with its number from the second on.
pub(super) fn numbered(name: &str, number: u32) -> String {
    if number == 0 {
        name.to_owned()
    } else {
        format!("{name}-{}", number + 1)
    }
}

/// Ranges of addresses, checked, sorted, each once.
pub(super) fn ranges(cx: &mut Context<'_>, key: &Key, written: &[String]) -> Vec<String> {
    let mut ranges = BTreeSet::new();
    for (index, text) in written.iter().enumerate() {
        let place = Place::Value(key.item(index));
        let range = text
            .parse::<IpNet>()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        match range {
            Err(_) => {
                cx.report(
                    rules::WAF_RANGE_INVALID,
                    format!("`{text}` is no range of addresses"),
                    &place,
                    "takes a range such as `192.0.2.0/24`",
                );
            }
            Ok(range) if range.prefix_len() == 0 => {
                cx.report(
                    rules::WAF_RANGE_EVERYONE,
                    format!("`{text}` is everybody"),
                    &place,
                    "leaves nothing to tell apart",
                );
            }
            Ok(range) if range.trunc() != range => {
                cx.report(
                    rules::WAF_RANGE_INVALID,
                    format!("`{text}` is an address inside a range"),
                    &place,
                    "begins in its middle",
                )
                .replace(
                    "the range begins at",
                    &place,
                    text,
                    &range.trunc().to_string(),
                );
            }
            Ok(range) => {
                ranges.insert(range);
            }
        }
    }
    let most = armor::RANGES_MAX * armor::RANGE_RULES_MAX;
    if ranges.len() > most {
        let place = Place::Key(key.clone());
        cx.report(
            rules::WAF_RANGES_TOO_MANY,
            format!("`{key}` has {} ranges", ranges.len()),
            &place,
            format!("takes at most {most}"),
        );
    }
    ranges.iter().map(ToString::to_string).collect()
}

/// Countries that are refused.
pub(super) fn regions(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Waf,
    mode: WafMode,
    rules: &mut Vec<WafRule>,
) {
    let Some(regions) = &written.regions else {
        return;
    };
    let key = key.then("regions");
    if !regions.only.is_empty() && !regions.deny.is_empty() {
        let place = Place::Key(key.then("deny"));
        cx.report(
            rules::WAF_REGIONS_CONTRADICT,
            "only some countries are let in already",
            &place,
            "refuses nobody else",
        );
        return;
    }
    let (list, codes, sign) = if regions.only.is_empty() {
        ("deny", &regions.deny, "")
    } else {
        ("only", &regions.only, "!")
    };
    for (index, code) in codes.iter().enumerate() {
        let place = Place::Value(key.then(list).item(index));
        let shaped = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        if code == "UK" {
            cx.report(
                rules::REGION_CODE_INVALID,
                "`UK` is the code of no country",
                &place,
                "matches nobody",
            )
            .replace("the United Kingdom is", &place, code, "GB");
        } else if !shaped {
            let finding = cx.report(
                rules::REGION_CODE_INVALID,
                format!("`{code}` is the code of no country"),
                &place,
                "takes two capital letters (ISO 3166-1)",
            );
            let upper = code.to_ascii_uppercase();
            if upper.len() == 2 && upper.bytes().all(|byte| byte.is_ascii_uppercase()) {
                finding.replace("in capital letters it is", &place, code, &upper);
            }
        }
    }
    let codes: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
    if codes.is_empty() {
        return;
    }
    let codes = codes.into_iter().collect::<Vec<_>>().join("|");
    // One part however many countries: an expression has at most five.
    let matches = WafMatch::Expression(format!("{sign}origin.region_code.matches('^({codes})$')"));
    let description = if sign.is_empty() {
        "refused countries"
    } else {
        "all countries but those let in"
    };
    let mut rule = rule(
        priority::REGIONS,
        "regions".to_owned(),
        description.to_owned(),
        matches,
        WafAction::Deny(FORBIDDEN),
    );
    rule.preview = mode == WafMode::Preview;
    rules.push(rule);
}
