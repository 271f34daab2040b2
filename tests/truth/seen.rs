//! What all readers see of one environment.

use std::collections::{BTreeMap, BTreeSet};

use ravelin::tree::Tree;

use crate::cloud::{Cloud, Place};
use crate::readers::iam::Policies;
use crate::readers::{gcloud, iam, terraform};

/// One environment, read back.
pub struct Seen {
    pub place: Place,
    pub terraform: Cloud,
    pub scripts: Cloud,
    pub policies: Policies,
    /// The buckets of Terraform's states.
    pub state: String,
    /// The versions of secrets that `secrets.sh` looks for.
    pub needs: BTreeMap<String, BTreeSet<String>>,
}

impl Seen {
    /// Reads an environment back out of the files.
    pub fn of(place: Place, tree: &Tree) -> Self {
        Self {
            terraform: terraform::read(&place, tree),
            scripts: gcloud::read(&place, tree),
            policies: iam::read(&place, tree),
            state: terraform::state(&place, tree),
            needs: gcloud::needs(&place, tree),
            place,
        }
    }

    /// Both backends, by the name of their folder.
    pub fn backends(&self) -> [(&'static str, &Cloud); 2] {
        [("terraform", &self.terraform), ("gcloud", &self.scripts)]
    }
}
