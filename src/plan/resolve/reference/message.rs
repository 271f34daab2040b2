//! What the properties of topics and subscriptions mean: `name`, `id`.

use crate::blueprint::{Key, Place};
use crate::diag::Rule;
use crate::plan::model::Text;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies;
use crate::rules;

use super::Speaker;
use super::element::{DECLARE, name_or_id};

pub(super) fn topic(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    if let Some(speaker) = speaker
        && !speaker.publishes.iter().any(|topic| topic == name)
    {
        let rule = rules::TOPIC_NOT_DECLARED;
        let lacks = "its account may not publish";
        undeclared(cx, rule, speaker, key, &["topics", name, property], lacks);
    }
    // One that is named wrongly has its own finding.
    let lies = lies::topic(cx, name)?;
    name_or_id(cx, key, lies, "topics", property)
}

pub(super) fn subscription(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    if let Some(speaker) = speaker
        && !speaker.consumes.iter().any(|one| one == name)
    {
        let rule = rules::SUBSCRIPTION_NOT_DECLARED;
        let reference = ["subscriptions", name, property];
        undeclared(
            cx,
            rule,
            speaker,
            key,
            &reference,
            "its account may not pull",
        );
    }
    let lies = lies::subscription(cx, name)?;
    name_or_id(cx, key, lies, "subscriptions", property)
}

/// Reports what is named and not declared, with the relation that lacks.
fn undeclared(
    cx: &mut Context<'_>,
    rule: &'static Rule,
    speaker: Speaker<'_>,
    key: &Key,
    reference: &[&str; 3],
    lacks: &str,
) {
    let [kind, name, _] = reference;
    let (relation, what) = if *kind == "topics" {
        ("publishes", "publish to it")
    } else {
        ("consumes", "pull from it")
    };
    cx.report(
        rule,
        format!(
            "`{}` names `{name}` but does not declare to {what}",
            speaker.name
        ),
        &Place::Part(key.clone(), reference.join(".")),
        lacks,
    )
    .and(&Place::Key(speaker.key.clone()), "who speaks")
    .write(DECLARE, speaker.key, relation, &format!("[\"{name}\"]"));
}
