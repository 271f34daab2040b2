//! The blueprints that are made up, and what holds for each of them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use ravelin::diag::Severity;
use ravelin::source::Source;
use ravelin::{Expansion, expand};

use crate::agreement::{disagreement, place};
use crate::declared::Declared;
use crate::generator::{self, Made};
use crate::no_way_in::broken;
use crate::order::out_of_order;
use crate::seen::Seen;

proptest! {
    // As many as `PROPTEST_CASES` says, and a few where it says nothing.
    #![proptest_config(ProptestConfig { cases: cases(200), max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_made_up_leaves_one_cloud_keeps_its_facts_and_has_no_way_in(made in generator::blueprint()) {
        let expansion = expanded(&made);
        prop_assume!(!expansion.has_errors());
        let tree = expansion.tree();
        let environments = Declared::environments(&made.table);
        prop_assert_eq!(environments.len(), expansion.plans.len());
        for plan in &expansion.plans {
            let seen = Seen::of(place(plan), &tree);
            let found = disagreement(plan, &tree, &seen);
            prop_assert!(found.is_empty(), "{}", found);
            let found = out_of_order(&seen.place, &tree);
            prop_assert!(found.is_empty(), "{}", found);
            let declared = environments.iter().find(|one| one.environment == plan.environment);
            let found = broken(declared.unwrap(), &seen);
            prop_assert!(found.is_empty(), "{}", found);
        }
    }
}

fn cases(few: u32) -> u32 {
    let said = std::env::var("PROPTEST_CASES").ok();
    said.and_then(|said| said.parse().ok()).unwrap_or(few)
}

/// Expands a blueprint that was made up.
fn expanded(made: &Made) -> Expansion {
    expand(&Source::new("ravelin.toml", made.text()), &|name| {
        Some(generator::file(name))
    })
}

/// The same blueprints on each run, expanded.
pub static SAMPLE: LazyLock<Vec<(Made, Expansion)>> = LazyLock::new(|| {
    let mut runner = TestRunner::deterministic();
    let strategy = generator::blueprint();
    let made = (0..400).map(|_| strategy.new_tree(&mut runner).unwrap().current());
    made.map(|made| (made.clone(), expanded(&made))).collect()
});

#[test]
fn nearly_all_are_fine() {
    let mut errors = BTreeMap::new();
    let mut fine = 0;
    for (_, expansion) in SAMPLE.iter() {
        fine += usize::from(!expansion.has_errors());
        let found = expansion
            .diagnostics
            .iter()
            .filter(|finding| finding.rule.severity == Severity::Error);
        errors.extend(found.map(|finding| (finding.rule.code, finding.message.clone())));
    }
    let all = SAMPLE.len();
    println!("{fine} of {all} blueprints are fine");
    assert!(
        fine * 100 >= all * 97,
        "only {fine} of {all} are fine: {errors:#?}"
    );
}
