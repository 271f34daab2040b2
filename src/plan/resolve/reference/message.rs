//! What the properties of topics and subscriptions mean: `name`, `id`.

use crate::blueprint::{Key, Place};
use crate::diag::Rule;
use crate::plan::model::Text;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies;
use crate::rules;

use super::Speaker;
use super::element::{DECLARE, unknown_property};

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
    match property {
        "name" => Some(Text::literal(lies.id)),
        "id" => Some(Text::literal(format!(
            "projects/{}/topics/{}",
            lies.project, lies.id
        ))),
        other => {
            unknown_property(cx, key, other, &["name", "id"]);
            None
        }
    }
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
    match property {
        "name" => Some(Text::literal(lies.id)),
        "id" => Some(Text::literal(format!(
            "projects/{}/subscriptions/{}",
            lies.project, lies.id
        ))),
        other => {
            unknown_property(cx, key, other, &["name", "id"]);
            None
        }
    }
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
