//! The posture of what may run: what the project's policy admits.

use super::Facts;
use crate::plan::model::{AdmissionPolicy, Admits, Plan};

const ELEMENT: &str = "binary_authorization";

/// What the policy says, where it is not somebody else's.
pub(super) fn facts(plan: &Plan, facts: &mut Facts) {
    let written = plan.binary_authorization.as_ref();
    let Some(policy) = written.and_then(|one| one.policy.as_ref()) else {
        return;
    };
    let AdmissionPolicy {
        admits,
        enforced,
        exempt_images,
    } = policy;
    let mode = match (admits, enforced) {
        (Admits::Everything, _) => "off",
        (_, true) => "enforce",
        (_, false) => "dry-run",
    };
    facts.say(ELEMENT, "mode", mode);
    facts.list(
        ELEMENT,
        "attestors",
        policy.attestors().iter().cloned(),
        "none",
    );
    facts.list(
        ELEMENT,
        "exempt_images",
        exempt_images.iter().cloned(),
        "none",
    );
}
