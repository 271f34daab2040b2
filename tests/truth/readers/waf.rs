//! The rules of a WAF, from Terraform's blocks.

use super::hcl::{BLOCK, Flat, below, several};
use crate::cloud::Cloud;

/// The rules of a WAF.
pub fn from_terraform(cloud: &mut Cloud, policy: &str, flat: &mut Flat) {
    let kind = "compute security-policies rules";
    assert_eq!(flat.remove("type").unwrap(), ["CLOUD_ARMOR"]);
    cloud.set(
        "compute security-policies",
        policy,
        "type",
        vec!["cloud-armor".to_owned()],
    );
    let blocks = flat.iter().filter(|(_, values)| **values == [BLOCK]);
    let priorities: Vec<String> = blocks
        .filter_map(|(path, _)| path.strip_prefix("rule[")?.strip_suffix(']'))
        .filter(|priority| !priority.contains('['))
        .map(str::to_owned)
        .collect();
    for priority in priorities {
        let mut rule = below(flat, &format!("rule[{priority}]."));
        let name = format!("{policy} {priority}");
        rule.remove("priority");
        let by = rule.remove("match.versioned_expr").unwrap_or_default();
        let ranges = rule.contains_key("match.config.src_ip_ranges");
        let right: &[&str] = if ranges { &["SRC_IPS_V1"] } else { &[] };
        assert_eq!(by, right, "{name} matches by something else");
        let exclusions = several(&mut rule, "preconfigured_waf_config.exclusion");
        if !exclusions.is_empty() {
            let all = exclusions.into_iter().map(exclusion).collect();
            cloud.set(kind, &name, "exclusions", all);
        }
        for (path, field) in [
            ("description", "description"),
            ("preview", "preview"),
            ("match.config.src_ip_ranges", "src-ip-ranges"),
            ("match.expr.expression", "expression"),
            ("action", "action"),
            ("rate_limit_options.conform_action", "conform-action"),
            ("rate_limit_options.exceed_action", "exceed-action"),
            ("rate_limit_options.enforce_on_key", "enforce-on-key"),
            (
                "rate_limit_options.enforce_on_key_name",
                "enforce-on-key-name",
            ),
            ("rate_limit_options.ban_duration_sec", "ban-duration-sec"),
            (
                "rate_limit_options.rate_limit_threshold.count",
                "rate-limit-threshold-count",
            ),
            (
                "rate_limit_options.rate_limit_threshold.interval_sec",
                "rate-limit-threshold-interval-sec",
            ),
        ] {
            let Some(mut values) = rule.remove(path) else {
                continue;
            };
            if field.ends_with("action") {
                let action = values[0].replace('(', "-").replace(')', "");
                values = vec![action.replace('_', "-")];
            }
            if field == "enforce-on-key" {
                values = vec![values[0].replace('_', "-")];
            }
            values.sort();
            cloud.set(kind, &name, field, values);
        }
        rule.retain(|_, values| *values != [BLOCK]);
        assert!(rule.is_empty(), "{name}: {rule:?} is not read back");
    }
}

/// A field that a rule does not look at, as the scripts write it.
fn exclusion(mut exclusion: Flat) -> String {
    let set = exclusion.remove("target_rule_set").unwrap().concat();
    let ids = exclusion
        .remove("target_rule_ids")
        .unwrap_or_default()
        .join(",");
    let mut found = Vec::new();
    for (block, field) in [
        ("request_header", "header"),
        ("request_cookie", "cookie"),
        ("request_query_param", "query-param"),
        ("request_uri", "uri"),
    ] {
        if exclusion.remove(block).is_some() {
            let mut own = below(&mut exclusion, &format!("{block}."));
            let operator = own.remove("operator").unwrap().concat();
            let name = own.remove("value").unwrap_or_default().concat();
            found.push(format!("{set}:{ids}:{field}:{operator}:{name}"));
        }
    }
    assert!(exclusion.is_empty(), "{exclusion:?} is not read back");
    let [one] = found.try_into().unwrap();
    one
}
