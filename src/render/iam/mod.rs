//! IAM policies: who may do what in an environment, in Google's form and in words.
//!
//! | file | what it holds |
//! |---|---|
//! | `services/NAME.yaml`, `jobs/NAME.yaml` | the complete policy, as `gcloud run services set-iam-policy` takes it |
//! | `bindings.json` | every grant, one by one, with the keys of the blueprint that caused it |
//! | `ACCESS.md` | the same in words, for a reviewer |
//! | `elsewhere/PROJECT.sh`, `.yaml` | the grants that the owner of another project has to make |

mod access;
mod bindings;
mod elsewhere;
mod index;
mod openings;
mod passwords;
mod policy;
mod ways;
pub(crate) mod words;

use crate::plan::model::Plan;
use crate::tree::Tree;

/// Adds the policies of an environment, below `iam/<environment>/`.
pub fn render(plan: &Plan, tree: &mut Tree) {
    let folder = format!("iam/{}", plan.environment);
    policy::render(plan, &folder, tree);
    tree.add(&format!("{folder}/bindings.json"), bindings::text(plan));
    tree.add(&format!("{folder}/ACCESS.md"), access::text(plan));
    elsewhere::render(plan, &folder, tree);
}
