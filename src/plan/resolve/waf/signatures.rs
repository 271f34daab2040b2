//! Which rule sets stand, and what of them is left out.

use std::collections::{BTreeMap, BTreeSet};

use crate::blueprint::schema::{Compare, Crs, Exclusion, Waf as Written};
use crate::blueprint::{Key, Place};
use crate::plan::google::waf::{self as armor, RuleSet, Signature};
use crate::plan::model::{WafExclusion, WafField};
use crate::rules;

use super::Context;

/// The rule sets, in the order of their places.
pub(super) fn sets(cx: &mut Context<'_>, key: &Key, written: &Written, crs: Crs) -> Vec<RuleSet> {
    let Some(names) = &written.rules else {
        return armor::sets(crs).collect();
    };
    let key = key.then("rules");
    if names.is_empty() {
        cx.needs_exception(
            &Key::of(&["waf"]),
            &written.exceptions,
            rules::WAF_WITHOUT_RULES,
            "the WAF has no rule set",
            &Place::Value(key.clone()),
            "looks into no request",
        );
    }
    let mut sets = BTreeMap::new();
    for (index, name) in names.iter().enumerate() {
        if let Some(set) = find(cx, &Place::Value(key.item(index)), crs, name) {
            sets.insert(set.place, set);
        }
    }
    sets.into_values().collect()
}

/// The set of that name; reports one that there is not, or only in the other version.
fn find(cx: &mut Context<'_>, place: &Place, crs: Crs, name: &str) -> Option<RuleSet> {
    if let Some(set) = armor::find(crs, name) {
        return Some(set);
    }
    let other = match crs {
        Crs::V4_22 => Crs::V3_3,
        Crs::V3_3 => Crs::V4_22,
    };
    let here = armor::find(other, name)
        .and_then(|there| armor::sets(crs).find(|set| set.place == there.place));
    if let Some(set) = here {
        let message = format!("CRS {} has no set `{name}`", armor::shown(crs));
        cx.report(
            rules::WAF_RULE_UNKNOWN,
            message,
            place,
            format!("a set of CRS {}", armor::shown(other)),
        )
        .replace("its successor is", place, name, set.name);
    } else {
        let names = armor::sets(crs).map(|set| set.name);
        cx.unknown(rules::WAF_RULE_UNKNOWN, "rule set", name, names, place);
    }
    None
}

/// The signatures that are left out, by the name of their set.
pub(super) fn opted_out(
    cx: &mut Context<'_>,
    key: &Key,
    written: &Written,
    crs: Crs,
    sets: &[RuleSet],
) -> BTreeMap<&'static str, BTreeSet<String>> {
    let key = key.then("opt_out");
    let mut all: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for (index, id) in written.opt_out.iter().enumerate() {
        let place = Place::Value(key.item(index));
        let Some(set) = signature(cx, &place, crs, id) else {
            continue;
        };
        if sets.contains(&set) {
            all.entry(set.name).or_default().insert(id.clone());
        } else {
            cx.report(
                rules::WAF_OPT_OUT_IDLE,
                format!("`{}` is not among the rules", set.name),
                &place,
                "leaves nothing out",
            )
            .help(format!(
                "take it off the list, or add `{}` to `rules`",
                set.name
            ));
        }
    }
    for (set, ids) in &all {
        if ids.len() > armor::OPT_OUT_MAX {
            let message = format!("{} signatures of `{set}` are left out", ids.len());
            let most = format!("takes at most {} a set", armor::OPT_OUT_MAX);
            cx.report(
                rules::WAF_OPT_OUT_TOO_MANY,
                message,
                &Place::Key(key.clone()),
                most,
            );
        }
    }
    all
}

/// The set of a signature; reports an id that is none of this version.
fn signature(cx: &mut Context<'_>, place: &Place, crs: Crs, id: &str) -> Option<RuleSet> {
    let message = format!("`{id}` is no signature of CRS {}", armor::shown(crs));
    match armor::signature(crs, id) {
        Signature::Of(set) => return Some(set),
        Signature::OtherVersion(set, number) => {
            cx.report(
                rules::WAF_SIGNATURE_UNKNOWN,
                message,
                place,
                "of another version",
            )
            .replace(
                "the same signature here is",
                place,
                id,
                &armor::signature_id(crs, set, number),
            )
            .safe();
        }
        Signature::Number(set, number) => {
            cx.report(
                rules::WAF_SIGNATURE_UNKNOWN,
                message,
                place,
                "only a number",
            )
            .replace(
                "the whole id is",
                place,
                id,
                &armor::signature_id(crs, set, number),
            )
            .safe();
        }
        Signature::Dropped => {
            cx.report(
                rules::WAF_SIGNATURE_UNKNOWN,
                message,
                place,
                "was dropped after 3.3",
            )
            .help("take it off the list");
        }
        Signature::Unknown => {
            cx.report(
                rules::WAF_SIGNATURE_UNKNOWN,
                message,
                place,
                "no set has it",
            )
            .note("ids look like `owasp-crs-v042200-id942350-sqli`; the logs name them");
        }
    }
    None
}

/// The fields that are not looked at, by the name of the set.
pub(super) fn excluded(
    cx: &mut Context<'_>,
    key: &Key,
    written: &Written,
    crs: Crs,
    sets: &[RuleSet],
) -> BTreeMap<&'static str, Vec<WafExclusion>> {
    let key = key.then("exclude");
    let mut all: BTreeMap<&'static str, Vec<WafExclusion>> = BTreeMap::new();
    for (index, exclusion) in written.exclude.iter().enumerate() {
        let key = key.item(index);
        let Some(name) = &exclusion.rule else {
            cx.missing(&key, "rule", "the rule set that does not look at the field");
            continue;
        };
        let place = Place::Value(key.then("rule"));
        let Some(set) = find(cx, &place, crs, name) else {
            continue;
        };
        if !sets.contains(&set) {
            cx.report(
                rules::WAF_EXCLUDE_IDLE,
                format!("`{name}` is not among the rules"),
                &place,
                "looks at nothing",
            )
            .help(format!("take it off the list, or add `{name}` to `rules`"));
            continue;
        }
        if let Some(one) = one(cx, &key, exclusion, crs, set) {
            all.entry(set.name).or_default().push(one);
        }
    }
    for (set, exclusions) in &all {
        if exclusions.len() > armor::EXCLUSIONS_MAX {
            let message = format!("`{set}` leaves out {} fields", exclusions.len());
            let most = format!("takes at most {}", armor::EXCLUSIONS_MAX);
            cx.report(
                rules::WAF_EXCLUDE_TOO_MANY,
                message,
                &Place::Key(key.clone()),
                most,
            );
        }
    }
    all
}

fn one(
    cx: &mut Context<'_>,
    key: &Key,
    written: &Exclusion,
    crs: Crs,
    set: RuleSet,
) -> Option<WafExclusion> {
    let mut ids = BTreeSet::new();
    for (index, id) in written.ids.iter().enumerate() {
        let place = Place::Value(key.then("ids").item(index));
        match signature(cx, &place, crs, id) {
            Some(of) if of == set => {
                ids.insert(id.clone());
            }
            Some(of) => {
                let message = format!("`{id}` is a signature of `{}`", of.name);
                cx.report(
                    rules::WAF_SIGNATURE_UNKNOWN,
                    message,
                    &place,
                    format!("`{}` does not have it", set.name),
                );
            }
            None => {}
        }
    }
    let fields = [
        (WafField::Header, &written.header),
        (WafField::Cookie, &written.cookie),
        (WafField::QueryParam, &written.query),
        (WafField::Uri, &written.uri),
    ];
    let given: Vec<(WafField, &String)> = fields
        .into_iter()
        .filter_map(|(field, name)| Some((field, name.as_ref()?)))
        .collect();
    let [(field, name)] = given.as_slice() else {
        let message = format!("an exclusion names one field, not {}", given.len());
        cx.report(
            rules::WAF_EXCLUDE_FIELD,
            message,
            &Place::Key(key.clone()),
            "takes `header`, `cookie`, `query` or `uri`",
        );
        return None;
    };
    let plain = !name.is_empty() && !name.chars().any(char::is_control);
    if !plain {
        let message = "an exclusion needs the name of its field";
        cx.report(
            rules::WAF_EXCLUDE_FIELD,
            message,
            &Place::Key(key.clone()),
            "takes printable characters",
        );
    }
    let operator = match written.compare {
        None | Some(Compare::Equals) => "EQUALS",
        Some(Compare::StartsWith) => "STARTS_WITH",
        Some(Compare::EndsWith) => "ENDS_WITH",
        Some(Compare::Contains) => "CONTAINS",
    };
    // A lone star is no name that anybody sends: it means that the name does not matter.
    let any = name.as_str() == "*";
    Some(WafExclusion {
        rule_set: armor::full_name(crs, set),
        ids: ids.into_iter().collect(),
        field: *field,
        operator: if any { "EQUALS_ANY" } else { operator }.to_owned(),
        name: (!any).then(|| (*name).clone()),
    })
}
