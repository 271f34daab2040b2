//! Terraform's state.

use std::collections::BTreeMap;

use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::model::{Stage, State, StatePlace};
use crate::rules;

use super::context::Context;
use super::reference;

/// Where Terraform keeps its state.
pub(super) fn resolve(cx: &mut Context<'_>) -> Option<State> {
    let key = Key::of(&["state"]);
    let Some(state) = &cx.blueprint.state else {
        cx.report(
            rules::STATE_IS_LOCAL,
            "Terraform's state stays on the machine that applies",
            &Place::Key(Key::of(&["project"])),
            "there is no `[state]`",
        )
        .help("name a bucket: `[state]` with `bucket = \"…\"`");
        return None;
    };
    let Some(bucket) = &state.bucket else {
        cx.missing(&key, "bucket", "a bucket of Cloud Storage");
        return None;
    };
    let place = Place::Value(key.then("bucket"));
    let mut stages = BTreeMap::new();
    for stage in [Stage::Governance, Stage::Foundation, Stage::Services] {
        let bucket = reference::state_bucket(cx, &key.then("bucket"), bucket, stage);
        if !cx.check_name(Kind::Bucket, &bucket, "a bucket's name", &place) {
            return None;
        }
        let prefix = format!(
            "{}/{}/{}",
            cx.project.name,
            cx.environment_name(),
            stage.name()
        );
        stages.insert(stage, StatePlace { bucket, prefix });
    }
    Some(State { stages })
}
