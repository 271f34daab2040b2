//! The same finding in several environments is said once.

use std::cmp::Ordering;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::Diagnostic;

/// Sorts findings by place and says the same one of several environments once. Where it is not in all of them, its
/// message names those that have it.
#[must_use]
pub fn settle(mut diagnostics: Vec<Diagnostic>, environments: &[&str]) -> Vec<Diagnostic> {
    diagnostics.sort_by(by_place);
    diagnostics.dedup_by(|next, kept| {
        let same = next.rule == kept.rule
            && next.message == kept.message
            && next.labels == kept.labels
            && next.notes == kept.notes
            && next.help == kept.help;
        if same {
            // One that is of the file itself stays so.
            if kept.environments.is_empty() || next.environments.is_empty() {
                kept.environments.clear();
            } else {
                kept.environments.append(&mut next.environments);
            }
        }
        same
    });
    for diagnostic in &mut diagnostics {
        let has = |name: &&str| diagnostic.environments.contains(*name);
        if environments.iter().all(has) {
            diagnostic.environments.clear();
        } else if let Some(named) = named(&diagnostic.environments, &diagnostic.message) {
            diagnostic.message.push_str(&named);
        }
    }
    diagnostics
}

/// The findings whose place is that of another environment's finding too.
#[must_use]
pub fn in_several(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let place = |finding: &Diagnostic| {
        let span = finding.labels.first().map(|label| label.span.clone());
        (finding.rule.code, span.map(|span| (span.start, span.end)))
    };
    let mut together: BTreeMap<_, Diagnostic> = BTreeMap::new();
    for finding in findings {
        match together.entry(place(&finding)) {
            Entry::Vacant(free) => {
                free.insert(finding);
            }
            Entry::Occupied(first) => first.into_mut().environments.extend(finding.environments),
        }
    }
    let several = |finding: &Diagnostic| finding.environments.len() > 1;
    together.into_values().filter(several).collect()
}

fn by_place(a: &Diagnostic, b: &Diagnostic) -> Ordering {
    places(a)
        .cmp(places(b))
        .then_with(|| a.rule.severity.cmp(&b.rule.severity))
        .then_with(|| a.rule.code.cmp(b.rule.code))
        .then_with(|| a.message.cmp(&b.message))
        .then_with(|| a.notes.cmp(&b.notes))
}

fn places(diagnostic: &Diagnostic) -> impl Iterator<Item = (usize, usize, &str)> {
    diagnostic
        .labels
        .iter()
        .map(|label| (label.span.start, label.span.end, label.text.as_str()))
}

/// The environments in words, but for those that the message names already: as `stg`, or in the key of something in
/// `environments.stg`.
fn named(environments: &BTreeSet<String>, message: &str) -> Option<String> {
    let says = |name: &str| {
        let key = format!("`environments.{name}");
        message.contains(&format!("environment `{name}`"))
            || message.contains(&format!("{key}`"))
            || message.contains(&format!("{key}."))
    };
    let names: Vec<String> = environments
        .iter()
        .filter(|name| !says(name))
        .map(|name| format!("`{name}`"))
        .collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(format!(" (environment {one})")),
        many => Some(format!(" (environments {})", many.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, in_several, settle};
    use crate::diag::{Rule, Severity, Topic};

    const RULE: &Rule = &Rule {
        code: "code",
        topic: Topic::Language,
        severity: Severity::Error,
        opens: None,
        explanation: "",
    };

    fn finding(environment: &str, start: usize) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(RULE, "it is wrong").at(start..start + 1, "");
        if !environment.is_empty() {
            diagnostic.environments.insert(environment.to_owned());
        }
        diagnostic
    }

    #[test]
    fn says_it_once() {
        let settled = settle(
            vec![finding("prod", 5), finding("stg", 5)],
            &["prod", "stg"],
        );
        assert_eq!(settled, vec![finding("", 5)]);
    }

    #[test]
    fn names_the_environments_that_have_it() {
        let settled = settle(
            vec![finding("stg", 5), finding("", 9), finding("prod", 2)],
            &["prod", "stg"],
        );
        let messages: Vec<&str> = settled.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "it is wrong (environment `prod`)",
                "it is wrong (environment `stg`)",
                "it is wrong"
            ]
        );
    }

    #[test]
    fn keeps_what_several_have_at_one_place() {
        let kept = in_several(vec![
            finding("prod", 5),
            finding("stg", 5),
            finding("stg", 9),
        ]);
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].environments.len(), 2);
    }

    #[test]
    fn names_none_twice() {
        let mut one = finding("stg", 5);
        one.message = "`environments.stg` lacks `project_id`".to_owned();
        let settled = settle(vec![one.clone()], &["prod", "stg"]);
        assert_eq!(settled[0].message, one.message);
        one.message = "`environments.stg-2` lacks `project_id`".to_owned();
        let settled = settle(vec![one.clone()], &["prod", "stg"]);
        assert_eq!(
            settled[0].message,
            format!("{} (environment `stg`)", one.message)
        );
    }

    #[test]
    fn names_several() {
        let settled = settle(vec![finding("b", 5), finding("a", 5)], &["a", "b", "c"]);
        assert_eq!(settled[0].message, "it is wrong (environments `a`, `b`)");
    }
}
