//! Grants on what lies in other projects, for their owners.
use crate::plan::model::Plan;
use crate::tree::Tree;

pub fn render(_plan: &Plan, _folder: &str, _tree: &mut Tree) {}
