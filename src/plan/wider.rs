//! Whether production is wider than another environment: what staging keeps closed and production opens is rarely meant.

use super::facts::{BY_NETWORK, Direction, direction};
use super::is_production;
use super::model::{Fact, Plan};
use crate::blueprint::{Environment, Key, Place};
use crate::diag::Diagnostic;
use crate::rules;

/// A fact of which production may not be the wider one, by the kind of its element, and the key that decides it. The mode of
/// the WAF is missing on purpose: a rollout begins with a preview.
struct Judged {
    kind: &'static str,
    fact: &'static str,
    key: &'static str,
}

const fn judged(kind: &'static str, fact: &'static str, key: &'static str) -> Judged {
    Judged { kind, fact, key }
}

const JUDGED: [Judged; 10] = [
    judged("services", "ingress", "ingress"),
    judged("services", "auth", "auth"),
    judged("services", "egress.internet", "egress"),
    judged("jobs", "egress.internet", "egress"),
    judged("workers", "egress.internet", "egress"),
    judged("databases", "tls", "tls"),
    judged("databases", "connectors_only", "connect"),
    judged("keys", "protection", "protection"),
    judged("load_balancer", "tls", "tls"),
    judged("load_balancer", "min_tls", "min_tls"),
];

impl Judged {
    fn of(fact: &Fact) -> Option<&'static Self> {
        let kind = fact.element.split('.').next()?;
        JUDGED
            .iter()
            .find(|judged| judged.kind == kind && judged.fact == fact.name)
    }

    fn place(&self, fact: &Fact) -> Place {
        let element: Vec<&str> = fact.element.splitn(2, '.').collect();
        Place::Value(Key::of(&element).then(self.key))
    }
}

/// Reports what an environment that is production by its name opens and another one keeps closed, each once.
#[must_use]
pub fn wider(environments: &[Environment], plans: &[Plan]) -> Vec<Diagnostic> {
    let both = |environment: &'_ Environment| {
        plans
            .iter()
            .find(|plan| plan.environment == environment.name)
    };
    let all = || {
        environments
            .iter()
            .filter_map(|one| Some((one, both(one)?)))
    };
    let mut found = Vec::new();
    for (production, plan) in all().filter(|(one, _)| is_production(&one.name)) {
        for fact in &plan.facts {
            // What somebody else's network lets through is not for the blueprint to close.
            if fact.value == BY_NETWORK {
                continue;
            }
            let Some(judged) = Judged::of(fact) else {
                continue;
            };
            let others = all().filter(|(one, _)| !is_production(&one.name));
            let tighter = others.into_iter().find_map(|(other, theirs)| {
                let theirs = same(&theirs.facts, fact)?;
                let way = direction(&fact.element, &fact.name, &theirs.value, &fact.value);
                (way == Direction::Wider).then_some((other, theirs))
            });
            if let Some((other, theirs)) = tighter {
                found.push(report(judged, (production, fact), (other, theirs)));
            }
        }
    }
    found
}

/// The same fact among those of another plan, which are in order.
fn same<'f>(facts: &'f [Fact], fact: &Fact) -> Option<&'f Fact> {
    let key = |fact: &'f Fact| (fact.element.as_str(), &*fact.name);
    let wanted = (fact.element.as_str(), &*fact.name);
    let index = facts.binary_search_by(|one| key(one).cmp(&wanted)).ok()?;
    facts.get(index)
}

fn report(
    judged: &Judged,
    (production, fact): (&Environment, &Fact),
    (other, theirs): (&Environment, &Fact),
) -> Diagnostic {
    let place = judged.place(fact);
    let (here, there) = (production.span(&place), other.span(&place));
    let label = |environment: &Environment, fact: &Fact| {
        format!("`{}` in environment `{}`", fact.value, environment.name)
    };
    let message = format!(
        "`{}` is open further in `{}` than in `{}`",
        fact.element, production.name, other.name
    );
    let finding = Diagnostic::new(rules::PRODUCTION_IS_WIDER, message);
    let finding = finding.at(here.clone(), label(production, fact));
    let finding = if here == there {
        finding.note(label(other, theirs))
    } else {
        finding.at(there, label(other, theirs))
    };
    finding.note("what was tried behind a closed door goes on behind an open one")
}

#[cfg(test)]
mod tests {
    use crate::diag::Diagnostic;
    use crate::plan::resolve;
    use crate::source::Source;

    /// The findings about a service whose egress differs: in the base, in staging, in production.
    fn found(base: &str, staging: &str, production: &str) -> Vec<Diagnostic> {
        let text = format!(
            r#"
schema = 1
project = {{ name = "shop", region = "europe-west1" }}
state = {{ bucket = "shop-state" }}
[environments.stg]
project_id = "shop-stg"
services.orders = {{ {staging} }}
[environments.prod]
project_id = "shop-prod"
services.orders = {{ {production} }}
[services.orders]
image = "europe-docker.pkg.dev/shop-prod/app/orders@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263"
{base}
"#
        );
        let reading = crate::blueprint::read(&Source::new("test.toml", text));
        assert!(reading.diagnostics.is_empty());
        let plans: Vec<_> = (reading.environments.iter())
            .filter_map(|environment| resolve(environment, "test.toml", &|_| None).plan)
            .collect();
        assert_eq!(plans.len(), 2);
        super::wider(&reading.environments, &plans)
    }

    #[test]
    fn production_is_not_wider_than_staging() {
        let wider = found("egress = \"closed\"", "", "egress = \"nat\"");
        let codes: Vec<&str> = wider.iter().map(|one| one.rule.code).collect();
        assert_eq!(codes, ["production-is-wider"]);
        assert_eq!(wider[0].labels.len(), 2);

        assert!(found("egress = \"closed\"", "egress = \"nat\"", "").is_empty());
        assert!(found("egress = \"nat\"", "", "").is_empty());
        let theirs = "[environments.prod.network.existing]\nnetwork = \"shared\"\nsubnet = \"run\"";
        assert!(found(&format!("egress = \"closed\"\n{theirs}"), "", "").is_empty());
    }
}
