//! The governance stage: organisation policies, and the perimeter.

use askama::Template;

use super::apis;
use super::filters;
use super::module::Module;
use super::perimeter;
use crate::plan::model::{OrgPolicy, OrgRule, Text};
use crate::tree::Tree;

#[derive(Template)]
#[template(path = "terraform/org-policies.tf.j2")]
struct OrgPolicies<'a> {
    parent: Text,
    policies: Vec<PolicyView<'a>>,
}

struct PolicyView<'a> {
    constraint: &'a str,
    name: Text,
    rule: &'a OrgRule,
    why: &'a str,
}

/// Writes the stage.
pub(super) fn render(mut module: Module<'_>, tree: &mut Tree) {
    let policies = &module.plan.org_policies;
    apis::add(&mut module, &[]);
    perimeter::add(&mut module);
    if policies.is_empty() {
        module.finish(false, tree);
        return;
    }
    let policies = OrgPolicies {
        parent: module.plan.project.by_number(),
        policies: policies
            .iter()
            .map(|policy| view(&module, policy))
            .collect(),
    };
    let summary = "Organisation policies on the project: what nobody in it may do, whatever else is configured.";
    module.add("org-policies.tf", summary, &policies);
    module.finish(false, tree);
}

fn view<'a>(module: &Module<'_>, policy: &'a OrgPolicy) -> PolicyView<'a> {
    let OrgPolicy {
        constraint,
        rule,
        why,
    } = policy;
    PolicyView {
        constraint,
        name: module.with_number("projects/", &format!("/policies/{constraint}")),
        rule,
        why,
    }
}
