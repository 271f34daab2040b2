//! The pipeline that brings new images.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::blueprint::json_schema::{Items, Shaped};

/// The pipeline that builds images and deploys them: the account as which it does so, which may update what it deploys, act as
/// the accounts of that, and push to the repositories of its images, and nothing else. It has no key.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Delivery {
    /// The repository of GitHub whose workflows act as that account.
    #[schemars(extend("x-required" = true, "examples" = [{"owner_id": 1_234_567, "repository_id": 7_654_321, "branch": "main"}]))]
    pub github: GitHub,
    /// What it deploys: `services.NAME` and `jobs.NAME`.
    ///
    /// Default: the services and jobs whose `ci_owns` has `"image"` or `"template"`.
    #[schemars(transform = Items(Shaped("^(services|jobs)\\..+$")), extend("examples" = [["services.web", "jobs.migrate"]]))]
    pub deploys: Vec<String>,
}

/// A repository of GitHub. Names can be given up and taken by somebody else, so it is told by numbers, which cannot:
/// `gh api repos/OWNER/NAME --jq '.owner.id, .id'` prints both.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GitHub {
    /// The number of the organisation or person that owns it.
    #[schemars(extend("x-required" = true, "examples" = [1_234_567]))]
    pub owner_id: Option<u64>,
    /// Its number.
    #[schemars(extend("x-required" = true, "examples" = [7_654_321]))]
    pub repository_id: Option<u64>,
    /// The branch whose workflows deploy, and no other.
    #[schemars(transform = Shaped(BRANCH), extend("x-required" = true, "examples" = ["main"]))]
    pub branch: Option<String>,
}

/// The name of a branch, without the marks that a shell, CEL or YAML would read.
const BRANCH: &str = "^[A-Za-z0-9][A-Za-z0-9._/-]*$";
