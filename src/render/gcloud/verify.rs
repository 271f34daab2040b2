//! `verify.sh`: reads the live settings back and compares each fact.

use crate::plan::model::Plan;

/// The script.
pub(super) fn script(_plan: &Plan) -> String {
    String::new()
}
