//! What becomes of the objects of a bucket by their age.

use crate::blueprint::schema::{self, LifecycleAction as Action};
use crate::blueprint::units::Duration;
use crate::blueprint::{Key, Place};
use crate::plan::google::storage;
use crate::plan::model::{LifecycleAction, LifecycleRule, Versions};
use crate::rules;

use crate::plan::resolve::context::Context;

/// Days for which old versions are kept, where nothing is written.
const OLD_VERSIONS: u32 = 30;

/// The rules of a bucket: the written ones, or the one about old versions.
pub(super) fn rules(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Bucket,
    versioning: bool,
) -> Vec<LifecycleRule> {
    let key = key.then("lifecycle");
    let Some(rules) = &written.lifecycle else {
        let old = LifecycleRule {
            action: LifecycleAction::Delete,
            of: Some(Versions::Old),
            age: Some(OLD_VERSIONS),
            newer: None,
            prefixes: Vec::new(),
        };
        return if versioning { vec![old] } else { Vec::new() };
    };
    if rules.len() > storage::LIFECYCLE_RULES_MAX {
        cx.report(
            rules::TOO_MANY,
            format!("`{key}` has {} rules", rules.len()),
            &Place::Key(key.clone()),
            format!("a bucket takes at most {}", storage::LIFECYCLE_RULES_MAX),
        );
    }
    let rules = rules.iter().enumerate();
    rules
        .filter_map(|(index, written)| rule(cx, &key.item(index), written, versioning))
        .collect()
}

fn rule(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::LifecycleRule,
    versioning: bool,
) -> Option<LifecycleRule> {
    let Some(action) = written.action else {
        cx.missing(key, "action", "what is done");
        return None;
    };
    let uploads = action == Action::AbortUploads;
    let old = written.noncurrent == Some(true);
    let mut wrong = |place: Place, message: String, label: &str, help: &str| {
        cx.report(rules::LIFECYCLE_INVALID, message, &place, label)
            .help(help);
    };
    let age = written.age.and_then(Duration::whole_days);
    if written.age.is_some() && age.is_none() {
        wrong(
            Place::Value(key.then("age")),
            format!("the age of `{key}` is not in whole days"),
            "counted in days",
            "write for instance `age = \"30d\"`",
        );
    }
    if written.age.is_none() && written.newer.is_none() {
        wrong(
            Place::Key(key.clone()),
            format!("`{key}` does not say when"),
            "would be about everything at once",
            "say from which age on: `age = \"30d\"`",
        );
    }
    if old && !versioning {
        wrong(
            Place::Value(key.then("noncurrent")),
            format!("`{key}` is about old versions, and the bucket keeps none"),
            "never holds",
            "leave `noncurrent` out, or write `versioning = true`",
        );
    }
    if written.newer.is_some() && (!old || written.newer == Some(0)) {
        wrong(
            Place::Value(key.then("newer")),
            format!("`newer` of `{key}` counts nothing"),
            "takes 1 or more, of old versions only",
            "write `noncurrent = true` beside it",
        );
    }
    if uploads && old {
        wrong(
            Place::Value(key.then("noncurrent")),
            "an upload that was not finished has no versions".to_owned(),
            "of no use here",
            "leave it out",
        );
    }
    for (index, prefix) in written.prefix.iter().enumerate() {
        if prefix.is_empty() || prefix.len() > 1_024 || prefix.chars().any(char::is_control) {
            wrong(
                Place::Value(key.then("prefix").item(index)),
                format!("`{}` begins no name", prefix.escape_debug()),
                "takes 1 to 1,024 bytes without control characters",
                "write for instance `prefix = [\"tmp/\"]`",
            );
        }
    }
    Some(LifecycleRule {
        action: match action {
            Action::Delete => LifecycleAction::Delete,
            Action::AbortUploads => LifecycleAction::AbortUploads,
            Action::Nearline => LifecycleAction::Store("NEARLINE"),
            Action::Coldline => LifecycleAction::Store("COLDLINE"),
            Action::Archive => LifecycleAction::Store("ARCHIVE"),
        },
        of: (!uploads).then_some(if old {
            Versions::Old
        } else {
            Versions::Current
        }),
        age: age.map(std::num::NonZero::get),
        newer: written.newer,
        prefixes: written.prefix.clone(),
    })
}
