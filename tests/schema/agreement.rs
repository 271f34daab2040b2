//! Ravelin and the schema agree on blueprints that were changed at random.

use proptest::prelude::*;
use proptest::sample::Index;

use crate::mutants::{STRUCTURAL, all_places, codes, remove};
use crate::tables::{Step, get, table_at};
use crate::{VALIDATOR, json_table, samples};

/// A change of a blueprint.
#[derive(Debug, Clone)]
enum Change {
    /// A value is gone.
    Remove(Index),
    /// A key has another name.
    Rename(Index, String),
    /// Another value stands there.
    Replace(Index, Sample),
    /// What stands in one place stands in another too.
    Copy(Index, Index),
}

/// A value.
#[derive(Debug, Clone)]
struct Sample(toml::Value);

fn sample() -> impl Strategy<Value = Sample> {
    let texts = [
        "",
        "web",
        "main",
        "iam",
        "public",
        "orders:3",
        "60s",
        "512Mi",
        "10.0.0.0/24",
        "Web!",
        "${services.orders.url}",
    ];
    prop_oneof![
        prop::sample::select(texts.to_vec()).prop_map(|text| Sample(text.into())),
        (-2_i64..70_000).prop_map(|number| Sample(number.into())),
        any::<bool>().prop_map(|is| Sample(is.into())),
        Just(Sample(1.5.into())),
        Just(Sample(toml::Value::Array(Vec::new()))),
        Just(Sample(toml::Value::Array(vec!["web".into()]))),
        Just(Sample(toml::Value::Table(toml::Table::new()))),
        Just(Sample(toml::Value::Table(toml::Table::from_iter([(
            "web".to_owned(),
            "web".into()
        )])))),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let keys = "services|jobs|env|secrets|max|image|labels|environments|waf|mode|web|[a-z_]{1,8}|[A-Z -]{1,4}";
    prop_oneof![
        any::<Index>().prop_map(Change::Remove),
        (any::<Index>(), keys).prop_map(|(at, name)| Change::Rename(at, name)),
        (any::<Index>(), sample()).prop_map(|(at, value)| Change::Replace(at, value)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Change::Copy(from, to)),
    ]
}

impl Change {
    fn apply(&self, blueprint: &mut toml::Table) {
        let places = all_places(blueprint);
        if places.is_empty() {
            return;
        }
        match self {
            Self::Remove(at) => remove(blueprint, at.get(&places).as_slice()),
            Self::Rename(at, name) => {
                let at = at.get(&places).as_slice();
                if let Some((Step::Key(old), way)) = at.split_last()
                    && let Some(table) = table_at(blueprint, way)
                    && let Some(value) = table.remove(old)
                {
                    table.insert(name.clone(), value);
                }
            }
            Self::Replace(at, Sample(value)) => {
                if let Some(place) = get(blueprint, at.get(&places).as_slice()) {
                    *place = value.clone();
                }
            }
            Self::Copy(from, to) => {
                let Some(value) = get(blueprint, from.get(&places).as_slice()).cloned() else {
                    return;
                };
                if let Some(place) = get(blueprint, to.get(&places).as_slice()) {
                    *place = value;
                }
            }
        }
    }
}

/// Whether a text stands where a date is expected, or the other way round: JSON has no dates, so the schema cannot tell.
fn mixes_texts_and_dates(blueprint: &toml::Table) -> bool {
    let mut blueprint = blueprint.clone();
    all_places(&blueprint).iter().any(|at| {
        let is = |step: &Step, name: &str| matches!(step, Step::Key(key) if key == name);
        let for_date = at.last().is_some_and(|last| is(last, "expires"))
            && at.iter().any(|step| is(step, "exceptions"));
        match get(&mut blueprint, at) {
            Some(toml::Value::String(_)) => for_date,
            Some(toml::Value::Datetime(_)) => !for_date,
            _ => false,
        }
    })
}

/// Whether a reference stands where a name is expected: what it comes to is no matter of the schema.
fn refers_to_a_name(blueprint: &toml::Table) -> bool {
    let mut blueprint = blueprint.clone();
    all_places(&blueprint).iter().any(|at| {
        let names = ["bucket", "domains", "zone"];
        let key = at.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        });
        let text = get(&mut blueprint, at).and_then(|value| value.as_str());
        text.is_some_and(|text| text.contains("${")) && key.is_some_and(|key| names.contains(&key))
    })
}

fn agree(blueprint: &toml::Table) -> Result<(), TestCaseError> {
    let codes = codes(blueprint);
    let structural = STRUCTURAL.iter().any(|code| codes.contains(code));
    let valid = VALIDATOR.is_valid(&json_table(blueprint));
    if structural && !mixes_texts_and_dates(blueprint) && !refers_to_a_name(blueprint) {
        prop_assert!(!valid, "the schema takes what ravelin refuses: {:?}", codes);
    }
    if codes.is_empty() {
        prop_assert!(
            valid,
            "the schema refuses what ravelin takes: {:?}",
            crate::objections(blueprint)
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_judge_a_changed_blueprint_alike(which in any::<Index>(), changes in prop::collection::vec(change(), 1..3)) {
        let samples = samples();
        let (_, mut blueprint) = which.get(&samples).clone();
        for change in &changes {
            change.apply(&mut blueprint);
        }
        agree(&blueprint)?;
    }
}
