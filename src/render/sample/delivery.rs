//! The pipeline of the sample.

use super::{PROJECT, REGION};
use crate::plan::model::{
    Account, Delivery, Deployed, DeployedKind, GitHub, Part, Principal, RegistryPath, Text,
    account_email,
};

pub(super) fn delivery() -> Delivery {
    let path = Text::from("projects/").then_part(Part::ProjectNumber);
    let pool = path.then("/locations/global/workloadIdentityPools/github-rich");
    let registry = RegistryPath {
        project: PROJECT.to_owned(),
        location: REGION.to_owned(),
        id: "app".to_owned(),
    };
    let image = |name: &str| format!("{}/{name}", registry.url());
    let deployed = |kind, name: &str, of: &str, sidecars| Deployed {
        kind,
        name: name.to_owned(),
        image: image(of),
        sidecars,
        share: None,
    };
    let member = Text::from("principalSet://iam.googleapis.com/").then_text(&pool);
    Delivery {
        account: Account {
            id: "deploy-rich".to_owned(),
            email: account_email("deploy-rich", PROJECT),
            purpose: "the pipeline that deploys".to_owned(),
            element: "delivery".to_owned(),
        },
        github: GitHub {
            pool: "github-rich".to_owned(),
            repository_id: 7_654_321,
            branch: "release/1.x".to_owned(),
            condition: "assertion.repository_id == '7654321'".to_owned(),
            principal: Principal::Federated {
                pool: "github-rich".to_owned(),
                attribute: "attribute.repository_id/7654321".to_owned(),
                member: member.then("/attribute.repository_id/7654321"),
            },
            provider: pool.then("/providers/github"),
        },
        deploys: vec![
            deployed(DeployedKind::Before, "migrate", "app", false),
            deployed(DeployedKind::Job, "sweep", "tools", false),
            deployed(DeployedKind::Service, "web", "app", true),
        ],
        images: vec![image("app"), image("tools")],
        registries: vec![registry],
    }
}
