//! The perimeter of the sample.

use crate::plan::model::{LetIn, LetOut, OwnPerimeter, Perimeter, PerimeterMode, Principal, Text};

pub(super) fn perimeter() -> Perimeter {
    Perimeter {
        mode: PerimeterMode::DryRun,
        own: Some(OwnPerimeter {
            policy: 1_234,
            name: "acme_rich_prod".to_owned(),
            services: vec!["run.googleapis.com", "storage.googleapis.com"],
            ingress: Some(LetIn {
                who: vec![Principal::Named(Text::from("group:platform@example.com"))],
                from: vec!["accessPolicies/1234/accessLevels/offices".to_owned()],
            }),
            egress: vec![LetOut {
                project: "acme-images".to_owned(),
                number: 567,
                services: vec!["artifactregistry.googleapis.com".to_owned()],
            }],
        }),
    }
}
