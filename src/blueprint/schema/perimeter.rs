//! The perimeter of VPC Service Controls.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::blueprint::json_schema::{Items, Matching, Named};
use crate::name::Kind;

/// What happens to a call of Google's APIs that crosses the perimeter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PerimeterMode {
    /// It goes through, and the audit log says that it would not have.
    DryRun,
    /// It is refused, and the audit log says so.
    Enforce,
}

/// VPC Service Controls: a perimeter around the project, which Google's APIs ask beside IAM. Who holds a grant here reaches nothing from outside unless it is
/// let in, and what runs here, with whatever token, carries nothing into projects that are not named. In the network the names of Google's APIs and of `run.app`
/// lead to `restricted.googleapis.com`, which knows only what a perimeter protects.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Perimeter {
    /// Whether its owners keep the perimeter that the project is in: then the network alone is made for it.
    #[schemars(extend("default" = false))]
    pub existing: Option<bool>,
    /// What happens to what crosses it. Of one that exists: how its owners have it.
    ///
    /// Default: none; required unless it is on its way out.
    #[schemars(extend("x-required" = true, "x-unless" = "retire"))]
    pub mode: Option<PerimeterMode>,
    /// The number of the organisation's access policy, which holds its perimeters (`gcloud access-context-manager policies list`).
    ///
    /// Default: none; required unless the perimeter exists already.
    #[schemars(extend("x-required" = true, "x-unless" = "existing", "examples" = [123_456_789_012_u64]))]
    pub policy: Option<u64>,
    /// Who reaches the project's APIs from outside, as far as IAM lets them: who applies, who looks into the project, the account of a
    /// pipeline. Google takes nobody who does not exist yet.
    ///
    /// Default: nobody, or with `access_levels` everybody from there.
    #[schemars(extend("examples" = [["group:platform@example.com", "serviceAccount:terraform@acme-ci.iam.gserviceaccount.com"]]))]
    pub members: Vec<String>,
    /// The names of the policy's access levels, from one of which those have to come: offices, managed devices.
    ///
    /// Default: they come from anywhere.
    #[schemars(transform = Items(Matching(Kind::AccessLevel)), extend("examples" = [["offices"]]))]
    pub access_levels: Vec<String>,
    /// The numbers of other projects that the blueprint refers to, by their ids. Nothing else of them is reached than the APIs of what it refers to there.
    ///
    /// Default: none.
    #[schemars(transform = Named(Kind::ProjectId), extend("examples" = [{"acme-images": 234_567_890_123_u64}]))]
    pub projects: BTreeMap<String, u64>,
    /// Whether it is on its way out: it holds nothing any longer, and the network's names lead back. Then it can leave the blueprint.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
}
