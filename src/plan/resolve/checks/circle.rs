//! Migrations: a job that must succeed before a service gets its revision cannot itself wait for that service.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::blueprint::{Key, Place};
use crate::plan::model::Plan;
use crate::plan::resolve::context::Context;
use crate::rules;

/// A service or a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Node<'p> {
    Service(&'p str),
    Job(&'p str),
}

impl Node<'_> {
    fn key(self) -> Key {
        match self {
            Self::Service(name) => Key::of(&["services", name]),
            Self::Job(name) => Key::of(&["jobs", name]),
        }
    }

    /// Why it waits for another, and where that is written.
    fn waits(self, other: Self) -> (Place, String) {
        match (self, other) {
            // The job says it, not the service that waits.
            (Self::Service(service), Self::Job(_)) => {
                let item = format!("services.{service}");
                let place = Place::Key(other.key().then("before").then(&item));
                (place, format!("`{service}` waits for this job"))
            }
            (_, Self::Service(callee) | Self::Job(callee)) => {
                let place = Place::Key(self.key().then("calls").then(callee));
                (place, format!("waits for `{callee}`, which it calls"))
            }
        }
    }
}

/// Reports jobs that wait for what waits for them, each circle once.
pub(super) fn check(cx: &mut Context<'_>, plan: &Plan) {
    let mut waits: BTreeMap<Node<'_>, Vec<Node<'_>>> = BTreeMap::new();
    for service in &plan.services {
        let callees = service
            .after_policies
            .iter()
            .map(|name| Node::Service(name));
        let jobs = service.after_jobs.iter().map(|name| Node::Job(name));
        waits.insert(Node::Service(&service.name), callees.chain(jobs).collect());
    }
    for job in &plan.jobs {
        let callees = job.after_policies.iter().map(|name| Node::Service(name));
        waits.insert(Node::Job(&job.name), callees.collect());
    }
    let mut reported: BTreeSet<Node<'_>> = BTreeSet::new();
    for job in plan.jobs.iter().filter(|job| !job.before.is_empty()) {
        let start = Node::Job(&job.name);
        if reported.contains(&start) {
            continue;
        }
        let Some(circle) = circle(start, &waits) else {
            continue;
        };
        report(cx, &circle);
        reported.extend(circle);
    }
}

/// The shortest way from a node back to itself, without the second mention of it.
fn circle<'p>(start: Node<'p>, waits: &BTreeMap<Node<'p>, Vec<Node<'p>>>) -> Option<Vec<Node<'p>>> {
    let mut came_from: BTreeMap<Node<'_>, Node<'_>> = BTreeMap::new();
    let mut next = VecDeque::from([start]);
    while let Some(node) = next.pop_front() {
        for &other in waits.get(&node).into_iter().flatten() {
            if other == start {
                let mut path = vec![node];
                let mut last = node;
                while let Some(&before) = came_from.get(&last) {
                    path.push(before);
                    last = before;
                }
                path.reverse();
                return Some(path);
            }
            if let Entry::Vacant(unseen) = came_from.entry(other) {
                unseen.insert(node);
                next.push_back(other);
            }
        }
    }
    None
}

fn report(cx: &mut Context<'_>, circle: &[Node<'_>]) {
    // The path begins with a job, which calls something; the last step is the service that waits for the job.
    let steps = circle.iter().zip(circle.iter().cycle().skip(1));
    let mut steps: Vec<(Place, String)> = steps.map(|(one, other)| one.waits(*other)).collect();
    steps.rotate_right(1);
    let names: Vec<String> = circle
        .iter()
        .chain(&circle[..1])
        .map(|node| format!("`{}`", node.key()))
        .collect();
    let mut steps = steps.into_iter();
    let Some((place, label)) = steps.next() else {
        return;
    };
    let message = format!("{} waits for itself", names[0]);
    let mut finding = cx.report(rules::MIGRATION_CIRCLE, message, &place, label);
    for (place, label) in steps {
        finding = finding.and(&place, label);
    }
    finding
        .note(format!("{}: none could come first", names.join(" → ")))
        .help("take one of these relations away");
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::resolve;

    const IMAGE: &str = "image = \"europe-docker.pkg.dev/shop-images/app/app@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263\"";

    fn element(key: &str, more: &str) -> String {
        format!("[{key}]\n{IMAGE}\n{more}\n")
    }

    #[test]
    fn a_job_cannot_wait_for_what_waits_for_it() {
        let parts = [
            element("services.web", ""),
            element(
                "jobs.migrate",
                "before = [\"services.web\"]\ncalls = [\"web\"]",
            ),
        ];
        let resolved = resolve(&[&parts[0], &parts[1]]);
        assert_eq!(resolved.errors, ["migration-circle"]);
    }

    #[test]
    fn nor_through_others() {
        let parts = [
            element("services.web", ""),
            element("services.orders", "calls = [\"web\"]"),
            element(
                "jobs.one",
                "before = [\"services.web\"]\ncalls = [\"orders\"]",
            ),
            element("jobs.two", "before = [\"services.orders\"]"),
        ];
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        assert_eq!(resolve(&parts).errors, ["migration-circle"]);
    }

    #[test]
    fn a_job_may_call_what_does_not_wait_for_it() {
        let parts = [
            element("services.web", "calls = [\"orders\"]"),
            element("services.orders", "calls = [\"web\"]"),
            element("services.mail", ""),
            element(
                "jobs.migrate",
                "before = [\"services.web\"]\ncalls = [\"mail\"]",
            ),
        ];
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        assert!(resolve(&parts).errors.is_empty());
    }
}
