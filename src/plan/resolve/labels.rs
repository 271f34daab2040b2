//! Labels: the project's, and an element's own.

use crate::blueprint::schema::Table;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::run;
use crate::plan::model::Labels;
use crate::rules;

use super::context::Context;

/// Reports labels that Google does not take.
pub(super) fn check(cx: &mut Context<'_>, key: &Key, labels: &Table<String>) {
    for (label, value) in labels {
        let place = Place::Key(key.then(label));
        if ["environment", "managed-by"].contains(&label.as_str()) {
            cx.report(
                rules::LABEL_RESERVED,
                format!("label `{label}` is set by ravelin"),
                &place,
                "take another name",
            );
        } else {
            cx.check_name(Kind::LabelKey, label, "the key of a label", &place);
        }
        cx.check_name(
            Kind::LabelValue,
            value,
            "the value of a label",
            &Place::Value(key.then(label)),
        );
    }
}

/// The labels of an element: the project's and its own.
pub(super) fn of(cx: &mut Context<'_>, element: &Key, own: &Table<String>) -> Labels {
    check(cx, &element.then("labels"), own);
    let mut all = cx.project.labels.clone();
    all.extend(own.clone());
    if all.len() > run::LABELS_MAX {
        cx.report(
            rules::TOO_MANY,
            format!("`{element}` has {} labels", all.len()),
            &Place::Key(element.then("labels")),
            format!("a resource takes at most {}", run::LABELS_MAX),
        );
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    #[test]
    fn labels_and_variables_are_counted() {
        let many = |count: usize| {
            let lines: Vec<String> = (0..count)
                .map(|number| format!("l{number} = \"x\"\n"))
                .collect();
            lines.concat()
        };
        // Beside them stand the two that everything carries.
        let labels =
            |count| resolve(&[INTERNAL, "[services.orders.labels]\n", &many(count)]).errors;
        assert!(labels(62).is_empty());
        assert_eq!(labels(63), ["too-many"]);
        let env = |count| resolve(&[INTERNAL, "[services.orders.env]\n", &many(count)]).errors;
        assert!(env(1_000).is_empty());
        assert_eq!(env(1_001), ["too-many"]);
    }
}
