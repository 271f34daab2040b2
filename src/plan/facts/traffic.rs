//! Where the requests of a service go.

use super::Facts;
use crate::plan::model::{Revision, Traffic};

/// The value of a fact that everything goes to the latest revision.
pub(super) const LATEST_ALONE: &str = "latest";

/// What the blueprint promises about the revisions of a service; nothing where it says nothing.
pub(super) fn facts(traffic: &Traffic, element: &str, facts: &mut Facts) {
    let Traffic {
        shares,
        tags,
        written,
    } = traffic;
    if !written {
        return;
    }
    if let [(Revision::Latest, _)] = &shares[..] {
        facts.say(element, "traffic", LATEST_ALONE);
    } else {
        let shares = shares.iter();
        let shares = shares.map(|(to, percent)| format!("{} {percent}%", to.word()));
        facts.list(element, "traffic", shares, "none");
    }
    let tags = tags.iter();
    let tags = tags.map(|(tag, to)| format!("{tag} is {}", to.word()));
    facts.list(element, "tags", tags, "none");
}
