//! Evidence: the resources of Terraform that make something so, with their files.

use crate::plan::model::{Service, Stage};
use crate::render::quote::markdown::{Md, md};
use crate::render::terraform::id;

/// How many resources of one kind a row names; the others are like them.
const SHOWN: usize = 6;

/// A resource of Terraform that makes something so.
#[derive(Clone, PartialEq, Eq)]
pub struct Evidence {
    stage: Stage,
    /// The file's name in its root module.
    file: String,
    /// The resource's address.
    address: String,
}

impl Evidence {
    pub fn new(stage: Stage, file: impl Into<String>, kind: &str, name: &str) -> Self {
        Self {
            stage,
            file: file.into(),
            address: format!("{kind}.{}", id(name)),
        }
    }

    pub fn foundation(file: &str, kind: &str, name: &str) -> Self {
        Self::new(Stage::Foundation, file, kind, name)
    }

    pub fn services(file: &str, kind: &str, name: &str) -> Self {
        Self::new(Stage::Services, file, kind, name)
    }

    pub fn service(service: &Service) -> Self {
        let file = format!("service-{}.tf", service.name);
        Self::new(
            Stage::Services,
            file,
            "google_cloud_run_v2_service",
            &service.name,
        )
    }

    pub fn policy(service: &Service) -> Self {
        let file = format!("service-{}.tf", service.name);
        let kind = "google_cloud_run_v2_service_iam_policy";
        Self::new(Stage::Services, file, kind, &service.name)
    }
}

/// The resources by file: the file as a link, and the addresses in it.
pub fn evidence(environment: &str, evidence: &[Evidence]) -> Md {
    if evidence.is_empty() {
        return md("–");
    }
    let mut pieces = Vec::new();
    let mut last = None;
    for Evidence {
        stage,
        file,
        address,
    } in evidence.iter().take(SHOWN)
    {
        let place = (*stage, file.as_str());
        let address = md("").code(address);
        pieces.push(if last == Some(place) {
            address
        } else {
            let path = format!("terraform/{environment}/{}/{file}", stage.name());
            md("").link(file, &path).say(" ").md(&address)
        });
        last = Some(place);
    }
    let more = evidence.len().saturating_sub(SHOWN);
    let shown = Md::list(pieces);
    if more == 0 {
        return shown;
    }
    let more = u32::try_from(more).unwrap_or(u32::MAX);
    shown.say(", and ").number(more).say(" more")
}
