//! The environments beside each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::model::{Exception, Plan, Stage, WafAction, WafMode};
use crate::render::quote::Quoted;
use crate::render::quote::markdown::{Md, md};

/// An environment.
pub struct Environment {
    pub name: Quoted,
    pub project: Quoted,
    pub region: Quoted,
    pub open: Quoted,
    pub waf: Quoted,
    pub access: Quoted,
}

/// A fact that differs between environments.
pub struct Difference {
    pub key: Quoted,
    pub values: Vec<Quoted>,
}

/// The environments, in their order.
pub fn environments(plans: &[Plan]) -> Vec<Environment> {
    plans
        .iter()
        .map(|plan| {
            let services = plan.services.iter();
            let open = Md::list(
                services
                    .filter(|service| service.public)
                    .map(|service| md("").code(&service.name)),
            );
            Environment {
                name: md("").code(&plan.environment).done(),
                project: md("").code(&plan.project.id).done(),
                region: regions(plan).done(),
                open: if open.is_empty() { md("nothing") } else { open }.done(),
                waf: waf(plan).done(),
                access: md("")
                    .link("ACCESS.md", &format!("iam/{}/ACCESS.md", plan.environment))
                    .done(),
            }
        })
        .collect()
}

/// The project's region, then the others that services run in.
fn regions(plan: &Plan) -> Md {
    let home = plan.project.region.as_str();
    let services = plan.services.iter().map(|service| service.region.as_str());
    let others: BTreeSet<&str> = services.filter(|region| *region != home).collect();
    let all = std::iter::once(home).chain(others);
    Md::list(all.map(|region| md("").code(region)))
}

fn waf(plan: &Plan) -> Md {
    let modes: BTreeSet<&str> = plan
        .wafs
        .iter()
        .map(|waf| match waf.mode {
            WafMode::Preview => "preview",
            WafMode::Enforce => "enforced",
        })
        .collect();
    if modes.is_empty() {
        return md("none");
    }
    Md::list(modes.into_iter().map(|mode| md("").text(mode)))
}

/// The facts that are not the same in every environment, with the value of each.
pub fn differences(plans: &[Plan]) -> Vec<Difference> {
    let facts: Vec<BTreeMap<String, &str>> = plans
        .iter()
        .map(|plan| {
            let facts = plan.facts.iter();
            facts
                .map(|fact| (fact.key(), fact.value.as_str()))
                .collect()
        })
        .collect();
    let keys: BTreeSet<&String> = facts.iter().flat_map(BTreeMap::keys).collect();
    keys.into_iter()
        .filter_map(|key| {
            let values: Vec<Option<&&str>> = facts.iter().map(|facts| facts.get(key)).collect();
            let alike = values.windows(2).all(|pair| pair[0] == pair[1]);
            (!alike).then(|| Difference {
                key: md("").code(key).done(),
                values: values
                    .into_iter()
                    .map(|value| value.map_or(md("–"), |value| md("").code(value)).done())
                    .collect(),
            })
        })
        .collect()
}

/// An exception, with the environments in which it holds.
pub struct Opening {
    pub environments: Quoted,
    pub expires: Quoted,
    pub element: Quoted,
    pub rule: Quoted,
    pub reason: Quoted,
    pub owner: Quoted,
}

/// The exceptions, by the day they run out.
pub fn exceptions(plans: &[Plan]) -> Vec<Opening> {
    let mut openings: BTreeMap<(&str, &Exception), Vec<Md>> = BTreeMap::new();
    for plan in plans {
        for exception in &plan.exceptions {
            let environments = openings.entry((&exception.expires, exception)).or_default();
            environments.push(md("").code(&plan.environment));
        }
    }
    openings
        .into_iter()
        .map(|((_, exception), environments)| {
            let Exception {
                element,
                rule,
                reason,
                owner,
                expires,
            } = exception;
            Opening {
                environments: Md::list(environments).done(),
                expires: md("").text(expires).done(),
                element: md("").code(element).done(),
                rule: md("").code(rule).done(),
                reason: md("").text(reason).done(),
                owner: md("").text(owner).done(),
            }
        })
        .collect()
}

/// The mode of the WAFs, by environment.
pub fn waf_modes(plans: &[Plan]) -> Vec<Quoted> {
    let with = plans.iter().filter(|plan| !plan.wafs.is_empty());
    with.map(|plan| {
        let mode = md("").code(&plan.environment).say(": ").md(&waf(plan));
        let firm = denies_all_the_same(plan);
        if firm.is_empty() {
            mode.done()
        } else {
            mode.say("; these deny all the same: ").md(&firm).done()
        }
    })
    .collect()
}

/// The rules of WAFs in preview that are not in preview themselves.
fn denies_all_the_same(plan: &Plan) -> Md {
    let wafs = plan.wafs.iter().filter(|waf| waf.mode == WafMode::Preview);
    let firm: BTreeSet<Md> = wafs
        .flat_map(|waf| &waf.rules)
        .filter(|rule| !rule.preview && !matches!(rule.action, WafAction::Allow))
        .map(|rule| md("").code(&rule.name))
        .collect();
    Md::list(firm)
}

/// A path of the output and what is there.
pub struct FileRow {
    pub path: Quoted,
    pub what: Quoted,
}

/// The files that are there in some environment.
#[expect(clippy::too_many_lines, reason = "a row for each path")]
pub fn files(plans: &[Plan]) -> Vec<FileRow> {
    let any = |holds: fn(&Plan) -> bool| plans.iter().any(holds);
    let governance = any(|plan| plan.stages().contains(&Stage::Governance));
    let policies = any(|plan| !plan.org_policies.is_empty());
    let perimeter = any(|plan| plan.own_perimeter().is_some());
    let rows = [
        (
            governance,
            "terraform/<environment>/governance/",
            md(match (policies, perimeter) {
                (true, true) => {
                    "organisation policies and the perimeter; needs rights of the organisation"
                }
                (false, true) => "the perimeter; needs rights of the organisation",
                _ => "organisation policies; needs rights of the organisation",
            }),
        ),
        (
            true,
            "terraform/<environment>/foundation/",
            md("APIs, network, accounts, secrets, databases, and the grants on them"),
        ),
        (true, "terraform/<environment>/services/", {
            let mut what = md("services and jobs with their policies");
            if any(|plan| !plan.workers.is_empty()) {
                what = what.say(", workers");
            }
            if any(|plan| !plan.workflows.is_empty()) {
                what = what.say(", workflows");
            }
            what.say(", load balancer and WAF: what a deployer may touch")
        }),
        (
            governance,
            "gcloud/<environment>/1-governance.sh",
            md("the stage `governance` as a script"),
        ),
        (
            true,
            "gcloud/<environment>/2-foundation.sh",
            md("the stage `foundation` as a script"),
        ),
        (
            true,
            "gcloud/<environment>/3-services.sh",
            md("the stage `services` as a script"),
        ),
        (
            any(|plan| plan.monitoring.is_some()),
            "gcloud/<environment>/alerts/",
            md("when each alert goes off, and what is written then"),
        ),
        (
            any(|plan| plan.dashboard().is_some()),
            "gcloud/<environment>/dashboard.yaml",
            md("what the dashboard shows; the same file lies beside Terraform's services"),
        ),
        (
            true,
            "gcloud/<environment>/lib.sh",
            md("what the scripts share: how a resource is read, compared, made and changed"),
        ),
        (
            true,
            "gcloud/<environment>/secrets.sh",
            md("puts values into secrets, and checks that pinned versions are there"),
        ),
        (
            true,
            "gcloud/<environment>/verify.sh",
            md("compares the live settings with the posture"),
        ),
        (
            true,
            "iam/<environment>/ACCESS.md",
            md("**start here for a review**: who may do what, and why; exceptions; the posture"),
        ),
        (
            true,
            "iam/<environment>/bindings.json",
            md("every grant with the key of the blueprint that caused it"),
        ),
        (
            any(|plan| !plan.services.is_empty()),
            "iam/<environment>/services/",
            md("the complete policy of each service"),
        ),
        (
            any(|plan| !plan.jobs.is_empty()),
            "iam/<environment>/jobs/",
            md("the complete policy of each job"),
        ),
        (
            any(|plan| !plan.elsewhere().is_empty()),
            "iam/<environment>/elsewhere/",
            md("the grants that the owners of other projects make"),
        ),
        (
            any(|plan| plan.delivery.is_some()),
            "github/<environment>/deploy.yml",
            md("the workflow by which the pipeline deploys, to be copied to its repository"),
        ),
        (
            true,
            "ravelin.lock",
            md("what was generated, and the posture of each environment; commit it"),
        ),
    ];
    rows.into_iter()
        .filter(|(there, _, _)| *there)
        .map(|(_, path, what)| FileRow {
            path: md("").code(path).done(),
            what: what.done(),
        })
        .collect()
}
