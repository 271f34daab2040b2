//! What the steps of a workflow ask for that nothing brings: it would only show in the middle of an execution.

use std::collections::BTreeSet;

use crate::blueprint::schema::{Auth, Workflow};
use crate::blueprint::{Key, Place};
use crate::plan::google::workflows;
use crate::rules;

use crate::plan::resolve::context::Context;

/// Reports what the steps need and do not get.
pub(super) fn check(cx: &mut Context<'_>, key: &Key, written: &Workflow, source: &str) {
    let place = Place::Value(key.then("source"));
    for variable in variables(source) {
        let googles = workflows::RESERVED_ENV_PREFIXES;
        let set = written.env.contains_key(variable)
            || googles.iter().any(|prefix| variable.starts_with(prefix));
        if !set {
            cx.report(
                rules::VARIABLE_UNSET,
                format!("`{key}` reads `{variable}`, which nothing sets"),
                &place,
                format!("`sys.get_env(\"{variable}\")` stands in this file"),
            )
            .note("an execution would fail at that step")
            .help(format!("set it: `env = {{ {variable} = \"…\" }}`"));
        }
    }
    let services = &cx.blueprint.services;
    let asks = |name: &&String| {
        let called = services.get(*name);
        called.is_some_and(|service| service.auth != Some(Auth::Anonymous))
    };
    let calls = written.calls.iter().filter(asks);
    let calls: Vec<String> = calls.map(|one| format!("`{one}`")).collect();
    if !calls.is_empty() && !source.contains("OIDC") {
        cx.report(
            rules::ID_TOKEN_MISSING,
            format!("`{key}` calls {} without an ID token", calls.join(", ")),
            &place,
            "no step of this file brings one",
        )
        .and(&Place::Value(key.then("calls")), "asks who calls")
        .help("write `auth: { type: OIDC }` into the `args` of the call");
    }
}

/// The variables that a text reads by `sys.get_env("NAME")`. One with a default may be unset.
fn variables(source: &str) -> BTreeSet<&str> {
    let mut variables = BTreeSet::new();
    for (at, call) in source.match_indices("sys.get_env(") {
        // In JSON the quotes are escaped.
        let rest = source[at + call.len()..].trim_start();
        let rest = rest.trim_start_matches('\\');
        let Some(quote) = rest.chars().next().filter(|one| ['"', '\''].contains(one)) else {
            continue;
        };
        let Some((name, after)) = rest[1..].split_once(quote) else {
            continue;
        };
        let name = name.trim_end_matches('\\');
        if after.trim_start().starts_with(')') && !name.is_empty() {
            variables.insert(name);
        }
    }
    variables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_in_yaml_and_in_json() {
        let found = |source| variables(source).into_iter().collect::<Vec<_>>();
        assert_eq!(found("url: ${sys.get_env(\"A_URL\") + \"/x\"}"), ["A_URL"]);
        assert_eq!(
            found("x: ${sys.get_env('B')}${sys.get_env( 'A' )}"),
            ["A", "B"]
        );
        assert_eq!(found(r#"{"url": "${sys.get_env(\"A\")}"}"#), ["A"]);
        assert!(found("${sys.get_env(\"A\", \"none\")}").is_empty());
        assert!(found("${sys.get_env(name)}").is_empty());
        assert!(found("sys.get_env(\"").is_empty());
        assert!(found("sys.get_env(").is_empty());
    }
}
