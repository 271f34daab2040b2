//! What a queue's properties mean: `name`, `id`.

use crate::blueprint::{Key, Place};
use crate::plan::model::Text;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies;
use crate::rules;

use super::Speaker;
use super::element::{DECLARE, name_or_id};

pub(super) fn queue(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    property: &str,
    speaker: Option<Speaker<'_>>,
) -> Option<Text> {
    if let Some(speaker) = speaker
        && !speaker.enqueues.iter().any(|queue| queue == name)
    {
        cx.report(
            rules::QUEUE_NOT_DECLARED,
            format!(
                "`{}` names the queue `{name}` but does not declare to add tasks to it",
                speaker.name
            ),
            &Place::Part(key.clone(), format!("queues.{name}.{property}")),
            "its account may not add a task",
        )
        .and(&Place::Key(speaker.key.clone()), "who speaks")
        .write(DECLARE, speaker.key, "enqueues", &format!("[\"{name}\"]"));
    }
    // One that is named wrongly has its own finding.
    let (lies, region) = lies::queue(cx, name)?;
    let kind = format!("locations/{region}/queues");
    name_or_id(cx, key, lies, &kind, property)
}

/// Whether one who adds tasks to a queue has it call that service: then the code may need the service's address, though it does
/// not call it itself.
pub(super) fn calls(cx: &Context<'_>, speaker: Speaker<'_>, service: &str) -> bool {
    let mut queues = speaker.enqueues.iter();
    queues.any(|queue| {
        let queue = cx.blueprint.queues.get(queue);
        let target = queue.and_then(|queue| queue.target.as_deref());
        target.and_then(|target| target.strip_prefix("services.")) == Some(service)
    })
}
