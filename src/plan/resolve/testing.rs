//! What the tests of the resolver share: a small blueprint, and what became of it.

use crate::diag::Severity;
use crate::plan::model::{Fact, Plan, Waf, WafRule};
use crate::source::Source;

/// What every test's blueprint begins with.
const HEAD: &str = r#"
schema = 1
[project]
name = "shop"
region = "europe-west1"
[state]
bucket = "shop-state"
[environments.prod]
project_id = "shop-prod"
"#;

/// A public service with callers that have an ID token.
pub const API: &str = r#"
[services.api]
image = "europe-docker.pkg.dev/shop-images/app/api@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263"
exposure = "public"
auth = "iam"
domains = ["api.example.com"]
invokers = ["group:partners@example.com"]
"#;

/// An internal service.
pub const INTERNAL: &str = r#"
[services.orders]
image = "europe-docker.pkg.dev/shop-images/app/orders@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263"
"#;

/// A WAF that denies.
pub const WAF: &str = r#"
[waf]
mode = "enforce"
"#;

/// A blueprint, resolved.
pub struct Resolved {
    plan: Option<Plan>,
    /// The codes of all errors, then of all warnings.
    pub errors: Vec<&'static str>,
    pub warnings: Vec<&'static str>,
    /// All that was said, for a failing test.
    pub said: String,
}

/// Resolves the blueprint of these parts.
pub fn resolve(parts: &[&str]) -> Resolved {
    let text = [HEAD].iter().chain(parts).copied().collect::<String>();
    let source = Source {
        path: "test.toml".to_owned(),
        text,
    };
    let reading = crate::blueprint::read(&source);
    let mut diagnostics = reading.diagnostics;
    let mut plan = None;
    for environment in &reading.environments {
        let resolution = super::resolve(environment, "test.toml", &|_| None);
        diagnostics.extend(resolution.diagnostics);
        plan = resolution.plan;
    }
    let codes = |severity| {
        diagnostics
            .iter()
            .filter(|one| one.rule.severity == severity)
            .map(|one| one.rule.code)
            .collect::<Vec<_>>()
    };
    Resolved {
        plan,
        errors: codes(Severity::Error),
        warnings: codes(Severity::Warning),
        said: format!("{diagnostics:#?}"),
    }
}

impl Resolved {
    /// The plan of a blueprint without errors.
    pub fn plan(&self) -> &Plan {
        self.plan.as_ref().expect(&self.said)
    }

    /// A policy's rule of that name.
    pub fn rule<'w>(waf: &'w Waf, name: &str) -> Option<&'w WafRule> {
        waf.rules.iter().find(|rule| rule.name == name)
    }

    /// The value of a fact.
    pub fn fact(&self, key: &str) -> Option<&str> {
        self.plan()
            .facts
            .iter()
            .find(|fact| Fact::key(fact) == key)
            .map(|fact| fact.value.as_str())
    }
}
