//! Which images may run in the sample.

use crate::plan::model::{AdmissionPolicy, Admits, BinaryAuthorization};

pub(super) fn binary_authorization() -> BinaryAuthorization {
    let attestor = "projects/acme-security/attestors/built-by-release".to_owned();
    BinaryAuthorization {
        policy: Some(AdmissionPolicy {
            admits: Admits::Attested(vec![attestor]),
            enforced: true,
            exempt_images: vec!["europe-docker.pkg.dev/acme-images/mirrors/*".to_owned()],
        }),
        retiring: false,
    }
}
