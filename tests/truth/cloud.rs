//! The one model that every reader gives: what a backend leaves in the cloud, as settings of things by gcloud's names of both,
//! and who is granted what. A reader that meets what it does not know keeps it, so that it shows as a difference.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// A setting's values: one of most, several of a list.
pub type Values = Vec<String>;

/// The settings of one thing, by gcloud's flag without the dashes.
pub type Settings = BTreeMap<String, Values>;

/// What stands in a project when a backend has run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cloud {
    /// Things by kind (gcloud's words: `compute firewall-rules`) and name; one inside of another has both names.
    pub things: BTreeMap<(String, String), Settings>,
    /// Every grant.
    pub grants: BTreeSet<Grant>,
}

/// One role for one principal on one resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// The full resource name, as Cloud Asset Inventory writes it.
    pub on: String,
    /// The role's full name.
    pub role: String,
    /// The principal in the form of a policy; the project's number is `⟨project_number⟩`.
    pub to: String,
    /// Title and expression of the condition, or nothing.
    pub condition: Option<(String, String)>,
}

impl Cloud {
    /// Notes a setting of a thing; the thing is there from now on.
    pub fn set(&mut self, kind: &str, name: &str, field: &str, values: Values) {
        let thing = self.thing(kind, name);
        let before = thing.get(field);
        assert!(
            before.is_none_or(|before| *before == values),
            "{kind} {name} has two values of {field}"
        );
        thing.insert(field.to_owned(), values);
    }

    /// The settings of a thing, which is there from now on.
    pub fn thing(&mut self, kind: &str, name: &str) -> &mut Settings {
        let key = (kind.to_owned(), name.to_owned());
        self.things.entry(key).or_default()
    }

    /// The things of a kind: name and settings.
    pub fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Settings)> + 'a {
        let from = (kind.to_owned(), String::new());
        let things = self.things.range(from..);
        things
            .take_while(move |((of, _), _)| of == kind)
            .map(|((_, name), settings)| (name.as_str(), settings))
    }

    /// One thing.
    pub fn find(&self, kind: &str, name: &str) -> Option<&Settings> {
        self.things.get(&(kind.to_owned(), name.to_owned()))
    }

    /// A setting's one value; nothing where the thing or the setting is not there.
    pub fn one(&self, kind: &str, name: &str, field: &str) -> Option<&str> {
        one(self.find(kind, name)?, field)
    }
}

/// A setting's one value.
pub fn one<'a>(settings: &'a Settings, field: &str) -> Option<&'a str> {
    match settings.get(field)?.as_slice() {
        [value] => Some(value),
        several => panic!("{field} has the values {several:?}"),
    }
}

/// A setting's values; none where it is not there.
pub fn many<'a>(settings: &'a Settings, field: &str) -> &'a [String] {
    settings.get(field).map_or(&[], Vec::as_slice)
}

/// What differs between two clouds, a line each; nothing where they are the same.
pub fn differences(left: &Cloud, right: &Cloud) -> String {
    let mut out = String::new();
    let keys: BTreeSet<_> = left.things.keys().chain(right.things.keys()).collect();
    for key in keys {
        let (kind, name) = key;
        match (left.things.get(key), right.things.get(key)) {
            (Some(left), Some(right)) => {
                let fields: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
                for field in fields {
                    let (left, right) = (left.get(field), right.get(field));
                    if left != right {
                        let said =
                            writeln!(out, "{kind} {name}: {field} is {left:?} and {right:?}");
                        said.unwrap();
                    }
                }
            }
            (left, _) => {
                let side = if left.is_some() { "left" } else { "right" };
                writeln!(out, "{kind} {name}: only on the {side}").unwrap();
            }
        }
    }
    for grant in left.grants.symmetric_difference(&right.grants) {
        let side = if left.grants.contains(grant) {
            "left"
        } else {
            "right"
        };
        writeln!(out, "only on the {side}: {grant:?}").unwrap();
    }
    out
}

/// What a reader knows beside the files: where it is.
#[derive(Debug, Clone)]
pub struct Place {
    /// The environment's name, which is the folder's too.
    pub environment: String,
    /// The project's id.
    pub project: String,
    /// The region of what is regional.
    pub region: String,
    /// The project's number, where the blueprint gives it.
    pub number: Option<String>,
}

/// How a value is brought into the one form.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// As it is.
    Same,
    /// In small letters, words joined by dashes.
    Dashed,
    /// A set: sorted.
    Set,
    /// The other way round.
    Not,
    /// A path below the project, written out: `global/networks` makes of `n` `projects/P/global/networks/n`.
    Path(&'static str),
    /// One word for another.
    Words(&'static [(&'static str, &'static str)]),
    /// A number, in the shortest way of writing it.
    Number,
    /// Without what stands around it: `Without("", "s")` makes of `60s` `60`.
    Without(&'static str, &'static str),
    /// Said only where it is on.
    IfOn,
    /// Must be this, and says no more.
    Is(&'static str),
    /// Says nothing of the cloud, or nothing that is asked here.
    Skip,
}

impl Form {
    /// The values in this form; nothing where they say nothing more.
    pub fn of(self, place: &Place, field: &str, values: Values) -> Option<Values> {
        let each = |change: &dyn Fn(&str) -> String| values.iter().map(|one| change(one)).collect();
        Some(match self {
            Self::Dashed => each(&|one| one.to_lowercase().replace('_', "-")),
            Self::Set => {
                let mut values = values;
                values.sort();
                values
            }
            Self::Not => each(&|one| (one != "true").to_string()),
            Self::Path(below) => each(&|one| match (one, place.region.as_str()) {
                (path, _) if path.contains('/') => path.to_owned(),
                (name, region) => {
                    let below = below.replace("REGION", region);
                    format!("projects/{}/{below}/{name}", place.project)
                }
            }),
            Self::Words(words) => each(&|one| {
                let word = words.iter().find(|(from, _)| *from == one);
                word.map_or_else(|| format!("unknown word {one}"), |(_, to)| (*to).to_owned())
            }),
            Self::Number => each(&|one| {
                one.parse::<f64>()
                    .map_or(one.to_owned(), |number| number.to_string())
            }),
            Self::Without(before, after) => each(&|one| {
                let short = one.strip_prefix(before).unwrap_or(one);
                short.strip_suffix(after).unwrap_or(short).to_owned()
            }),
            Self::IfOn if values == ["false"] => return None,
            Self::Same | Self::IfOn => values,
            Self::Is(must) => {
                assert_eq!(values, [must], "{field}");
                return None;
            }
            Self::Skip => return None,
        })
    }
}
