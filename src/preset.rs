//! What people start from: some of the blueprints that come with the program, with the values of a new project in the place of
//! the example's.

use std::collections::BTreeMap;

use crate::blueprint::{Field, Scalar, fields, filled};
use crate::language::BLUEPRINT_FILE;
use crate::name::{Kind, PROJECT_ID_MAX};
use crate::plan::Date;
use crate::source::{Lines, Source};

/// The region where nobody says another.
pub const REGION: &str = "europe-west1";

/// After so many days somebody looks at an exception again.
const EXCEPTION_DAYS: u16 = 180;

/// A blueprint to start from.
#[derive(Debug, Clone, Copy)]
pub struct Preset {
    /// What it is asked for by.
    pub name: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
    text: &'static str,
}

/// A preset of a file in `blueprints/`.
macro_rules! preset {
    ($name:literal, $file:literal, $about:literal) => {
        Preset {
            name: $name,
            about: $about,
            text: include_str!(concat!("../blueprints/", $file, ".toml")),
        }
    };
}

/// All presets, the simplest first: it is taken where nobody says another.
pub const PRESETS: [Preset; 5] = [
    preset!(
        "minimal",
        "minimal",
        "one public API behind load balancer and WAF"
    ),
    preset!(
        "web-database",
        "web-database",
        "a web application with PostgreSQL, migrations and a secret; staging and production"
    ),
    preset!(
        "microservices",
        "storefront",
        "a public front, a partner API and an internal service with PostgreSQL; staging and production"
    ),
    preset!(
        "internal-api",
        "internal-only",
        "an API and a nightly job, closed to the internet; development and production"
    ),
    preset!(
        "iap-back-office",
        "iap-admin",
        "a back office where staff signs in with Google (Identity-Aware Proxy), with PostgreSQL"
    ),
];

/// What a new project puts in the place of an example's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    /// The project's name.
    pub name: String,
    /// The ids of the Google Cloud projects, by environment.
    pub project_ids: BTreeMap<String, String>,
    /// The region.
    pub region: String,
    /// The public domain. Other environments than the last one that stands in the blueprint have theirs below it.
    pub domain: String,
    /// The day on which exceptions begin.
    pub today: Date,
}

/// A line of a blueprint that only its owner can write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// The line, from 1.
    pub line: usize,
    /// What it is about.
    pub about: About,
    /// The key: `services.api.image`.
    pub key: String,
    /// What stands there.
    pub value: String,
}

/// What a line that is one's own is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// The id of an environment's project.
    ProjectId(String),
    /// A domain.
    Domain,
    /// Anything else.
    Other,
}

impl Preset {
    /// The preset of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// Its environments, in the order in which they stand in it: the last one is production.
    #[must_use]
    pub fn environments(&self) -> Vec<String> {
        let fields = fields(&self.source());
        let project_ids = fields.iter().filter_map(|field| match about(field)? {
            About::ProjectId(environment) => Some(environment),
            _ => None,
        });
        project_ids.collect()
    }

    /// Whether something in it has a domain.
    #[must_use]
    pub fn has_domain(&self) -> bool {
        let fields = fields(&self.source());
        fields
            .iter()
            .any(|field| about(field) == Some(About::Domain))
    }

    /// What holds for a project of this name until somebody says otherwise. It is fine for every name that is.
    #[must_use]
    pub fn defaults(&self, name: &str, today: Date) -> Values {
        let id = |environment: String| {
            let id = project_id(name, &environment);
            (environment, id)
        };
        Values {
            name: name.to_owned(),
            project_ids: self.environments().into_iter().map(id).collect(),
            region: REGION.to_owned(),
            domain: format!("{name}.example.com"),
            today,
        }
    }

    /// The blueprint with these values. Its comments and its layout stay.
    #[must_use]
    pub fn blueprint(&self, values: &Values) -> String {
        let source = self.source();
        let environments = self.environments();
        let last = environments
            .last()
            .and_then(|last| values.project_ids.get(last));
        let last = last.map(String::as_str).unwrap_or_default();
        let own_region = fields(&source).into_iter().find_map(|field| {
            let is = field.key.names() == ["project", "region"];
            match field.value {
                Scalar::Text(region) if is => Some(region),
                _ => None,
            }
        });
        let own_region = own_region.unwrap_or_default();
        filled(&source, |field| {
            let old = match &field.value {
                Scalar::Text(old) => old,
                Scalar::Date(_) => {
                    let end = values.today.later(EXCEPTION_DAYS);
                    return Some(Scalar::Date(end.to_string()));
                }
            };
            let new = match field.key.names().as_slice() {
                ["project", "name"] => values.name.clone(),
                ["project", "region"] => values.region.clone(),
                ["environments", environment, "project_id"] => {
                    values.project_ids.get(*environment)?.clone()
                }
                ["state", "bucket"] => state(&values.project_ids, last),
                ["environments", environment, .., "domains"] => {
                    format!("{environment}.{}", values.domain)
                }
                [.., "domains"] => values.domain.clone(),
                [.., "owner"] => format!("{}-team", values.name),
                [.., "notify"] => format!("{}-oncall@example.com", values.name),
                ["images", _] | [.., "image"] => {
                    // LOCATION-docker…/PROJECT/REPOSITORY/IMAGE; a reference to an image stays.
                    let (host, path) = old.split_once('/')?;
                    let registry = host.strip_prefix(&own_region)?;
                    let (_, image) = path.rsplit_once('/')?;
                    format!("{}{registry}/{last}/{}/{image}", values.region, values.name)
                }
                _ => return None,
            };
            Some(Scalar::Text(new))
        })
    }

    fn source(&self) -> Source {
        Source::new(BLUEPRINT_FILE, self.text)
    }
}

/// The lines of a blueprint that only its owner can write, each once.
#[must_use]
pub fn own(text: &str) -> Vec<Own> {
    let lines = Lines::of(text);
    let mut own: Vec<Own> = Vec::new();
    for field in fields(&Source::new(BLUEPRINT_FILE, text)) {
        let (Some(about), Scalar::Text(value)) = (about(&field), &field.value) else {
            continue;
        };
        let line = lines.line(field.span.start);
        let key = field.key.to_string();
        match own.last_mut() {
            Some(last) if last.line == line && last.key == key => {
                last.value.push_str(", ");
                last.value.push_str(value);
            }
            _ => own.push(Own {
                line,
                about,
                key,
                value: value.clone(),
            }),
        }
    }
    own
}

/// What a value is about, where only the owner can write it.
fn about(field: &Field) -> Option<About> {
    let Scalar::Text(value) = &field.value else {
        return None;
    };
    match field.key.names().as_slice() {
        ["environments", environment, "project_id"] => {
            Some(About::ProjectId((*environment).to_owned()))
        }
        [.., "domains"] => Some(About::Domain),
        ["state", "bucket"]
        | [.., "invokers" | "members" | "notify"]
        | [.., "exceptions", "reason"] => Some(About::Other),
        ["images", _] | [.., "image"] if !value.starts_with("${") => Some(About::Other),
        _ => None,
    }
}

/// The id of an environment's project, until somebody says which it is.
fn project_id(name: &str, environment: &str) -> String {
    let room = PROJECT_ID_MAX.saturating_sub(environment.len() + "-".len());
    let head: String = name.chars().take(room).collect();
    let id = format!("{}-{environment}", head.trim_end_matches('-'));
    // Google keeps its own names, and some, for itself.
    if Kind::ProjectId.accepts(&id) {
        id
    } else {
        format!("my-project-{environment}")
    }
}

/// The bucket of the state: one for each environment where the ids of the projects differ by its name alone, else that of
/// production.
fn state(project_ids: &BTreeMap<String, String>, last: &str) -> String {
    let pattern = |(environment, id): (&String, &String)| {
        let head = id.strip_suffix(environment.as_str())?;
        Some(format!("{head}${{environment}}"))
    };
    let mut patterns = project_ids.iter().map(pattern);
    let same = match patterns.next().flatten() {
        Some(first)
            if project_ids.len() > 1 && patterns.all(|other| other.as_ref() == Some(&first)) =>
        {
            Some(first)
        }
        _ => None,
    };
    format!("terraform-state-{}", same.as_deref().unwrap_or(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        Date::new(2031, 8, 31).unwrap()
    }

    #[test]
    fn comments_and_layout_stay() {
        for preset in PRESETS {
            let text = preset.blueprint(&preset.defaults("mine", today()));
            assert_eq!(text.lines().count(), preset.text.lines().count());
            for (old, new) in preset.text.lines().zip(text.lines()) {
                let comment =
                    |line: &str| line.split_once('#').map(|(_, comment)| comment.to_owned());
                assert_eq!(comment(old), comment(new));
                let key = |line: &str| line.split_once('=').map(|(key, _)| key.to_owned());
                assert_eq!(key(old), key(new));
            }
        }
    }

    #[test]
    fn state_is_apart_where_ids_tell_environments_apart() {
        let ids = |stg: &str, prod: &str| {
            let ids = [("stg", stg), ("prod", prod)];
            let ids = ids.map(|(environment, id)| (environment.to_owned(), id.to_owned()));
            state(&BTreeMap::from(ids), prod)
        };
        assert_eq!(
            ids("shop-stg", "shop-prod"),
            "terraform-state-shop-${environment}"
        );
        assert_eq!(ids("shop-stg", "store-prod"), "terraform-state-store-prod");
        assert_eq!(ids("trial-1", "shop-prod"), "terraform-state-shop-prod");
    }

    #[test]
    fn presets_have_names_of_their_own() {
        for preset in PRESETS {
            assert_eq!(Preset::find(preset.name).unwrap().text, preset.text);
            assert!(!preset.environments().is_empty());
        }
    }
}
