//! Constraints of organisation policies, and APIs whose audit logs are worth their price.

/// What a constraint says when it is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// It holds; nothing that a blueprint can declare breaks it.
    Enforce,
    /// It forbids every value; nothing that a blueprint can declare breaks it.
    DenyAll,
    /// It holds unless a service lets everybody in without Cloud Run's check.
    InvokerCheck,
    /// It allows the ingress that is used.
    Ingress,
    /// It asks for the project's policy of Binary Authorization, where everything that runs asks it.
    BinaryAuthorization,
    /// It allows the egress that is used, where everything runs in the network.
    Egress,
}

/// A constraint (<https://cloud.google.com/resource-manager/docs/organization-policy/org-policy-constraints>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Constraint {
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub form: Form,
    /// What it keeps from happening.
    pub why: &'static str,
}

const fn constraint(name: &'static str, form: Form, why: &'static str) -> Constraint {
    Constraint { name, form, why }
}

/// The constraints that can be set, by name. What is missing is missing on purpose:
/// - `compute.restrictVpcPeering`: the peering of Cloud SQL leads to a network of Google's whose name is not known before;
/// - `gcp.resourceLocations`: it also judges resources that are global or lie where Google puts them;
/// - `iam.allowedPolicyMemberDomains`: it needs the customer id, and members of partners are named in blueprints.
pub const CONSTRAINTS: [Constraint; 14] = [
    constraint(
        "compute.skipDefaultNetworkCreation",
        Form::Enforce,
        "the default network is open inside and reaches the internet",
    ),
    constraint(
        "compute.vmExternalIpAccess",
        Form::DenyAll,
        "no machine of this project stands on the internet",
    ),
    constraint(
        "iam.automaticIamGrantsForDefaultServiceAccounts",
        Form::Enforce,
        "the default service accounts would be editors of the project",
    ),
    constraint(
        "iam.disableServiceAccountKeyCreation",
        Form::Enforce,
        "a key is a password that never ends",
    ),
    constraint(
        "iam.disableServiceAccountKeyUpload",
        Form::Enforce,
        "an uploaded key is a password that never ends",
    ),
    constraint(
        "run.allowedBinaryAuthorizationPolicies",
        Form::BinaryAuthorization,
        "nothing runs whose images nobody is asked about",
    ),
    constraint(
        "run.allowedIngress",
        Form::Ingress,
        "only the ways in that the blueprint declares",
    ),
    constraint(
        "run.allowedVPCEgress",
        Form::Egress,
        "only the ways out that the blueprint declares",
    ),
    constraint(
        "run.managed.requireInvokerIam",
        Form::InvokerCheck,
        "Cloud Run asks every caller who it is",
    ),
    constraint(
        "sql.restrictAuthorizedNetworks",
        Form::Enforce,
        "no range of the internet may connect to a database",
    ),
    constraint(
        "sql.restrictPublicIp",
        Form::Enforce,
        "no database has a public address",
    ),
    constraint(
        "storage.publicAccessPrevention",
        Form::Enforce,
        "no bucket is open to the internet",
    ),
    constraint(
        "storage.secureHttpTransport",
        Form::Enforce,
        "buckets answer over TLS only",
    ),
    constraint(
        "storage.uniformBucketLevelAccess",
        Form::Enforce,
        "no object is opened past the bucket's policy",
    ),
];

/// The kinds of audit logs beside those that Google always writes (<https://cloud.google.com/logging/docs/audit>).
pub const AUDIT_KINDS: [&str; 3] = ["ADMIN_READ", "DATA_READ", "DATA_WRITE"];

/// What audit logs of all APIs are called.
pub const ALL_SERVICES: &str = "allServices";
