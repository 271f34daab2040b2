//! Who may do what: accounts, agents, principals, grants.

use std::collections::BTreeSet;

use super::{Part, Stage, Text};

/// A service account that is made here. It is made without a key and without a role of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account {
    /// The account's id, 6 to 30 characters: `run-orders`.
    pub id: String,
    /// Its address: `run-orders@PROJECT.iam.gserviceaccount.com`.
    pub email: String,
    /// What it is for: `service orders`.
    pub purpose: String,
    /// The element it belongs to: `services.orders`.
    pub element: String,
}

/// A service agent of Google's, by which a product acts in the project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Agent {
    /// The API that it belongs to: `iap.googleapis.com`.
    pub service: String,
    /// Its address; holds the project number.
    pub email: Text,
    /// Why its identity is made ahead of its first use.
    pub why: &'static str,
    /// Whether looking it up makes it; others are asked for.
    pub by_lookup: bool,
}

/// Who is granted something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// An account that is made here, by its id and address.
    Account {
        /// Its id.
        id: String,
        /// Its address.
        email: String,
    },
    /// A service agent.
    Agent {
        /// The API that it belongs to.
        service: String,
        /// Its address.
        email: Text,
    },
    /// Those whom a workload identity pool that is made here lets in, and who have an attribute.
    Federated {
        /// The pool's id.
        pool: String,
        /// The attribute and its value: `attribute.repository_id/7654321`.
        attribute: String,
        /// The whole, which holds the project's number.
        member: Text,
    },
    /// Someone whom the blueprint names, in Google's form: `group:…`, `serviceAccount:…`, `allUsers`.
    Named(Text),
}

impl Principal {
    /// The principal in the form of an IAM policy: `serviceAccount:run-orders@…`.
    #[must_use]
    pub fn member(&self) -> Text {
        match self {
            Self::Account { id: _, email } => Text::from("serviceAccount:").then(email),
            Self::Agent { service: _, email } => Text::from("serviceAccount:").then_text(email),
            Self::Named(text) => text.clone(),
            Self::Federated { member, .. } => member.clone(),
        }
    }

    /// Whether it is everybody, with a token or without.
    #[must_use]
    pub fn is_all_users(&self) -> bool {
        matches!(self, Self::Named(text) if text.known() == Some("allUsers"))
    }

    /// What the facts call it in a project with that id: an account of the project by its id alone, an agent of Google's by
    /// its API, everybody else as a policy does. Two accounts of one id in two projects are two.
    #[must_use]
    pub fn in_short(&self, home: &str) -> String {
        match self {
            Self::Account { id, email } if is_at(email, home) => id.clone(),
            Self::Account { .. } | Self::Named(_) => self.member().to_string(),
            Self::Agent { service, email: _ } => format!("agent of {service}"),
            Self::Federated {
                pool, attribute, ..
            } => format!("{attribute} of pool {pool}"),
        }
    }
}

impl Account {
    /// What the facts call it in a project with that id: its id, or its address where it is of another project.
    #[must_use]
    pub fn in_short(&self, home: &str) -> &str {
        account_at(&self.email, home)
    }
}

/// What the addresses of service accounts end with, behind their project's id
/// (<https://cloud.google.com/iam/docs/service-account-types>).
const ACCOUNTS: &str = ".iam.gserviceaccount.com";

/// The address of the account of that id in a project.
#[must_use]
pub fn account_email(id: &str, project: &str) -> String {
    format!("{id}@{project}{ACCOUNTS}")
}

/// The project that the address of an account names; `None` where it names none, as those of default accounts do.
#[must_use]
pub fn account_project(email: &str) -> Option<&str> {
    let (_, host) = email.split_once('@')?;
    host.strip_suffix(ACCOUNTS)
}

/// Whether an account is one of the project with that id.
fn is_at(email: &str, project: &str) -> bool {
    account_project(email) == Some(project)
}

/// The id of an account of that project; the address of another.
#[must_use]
pub fn account_at<'e>(email: &'e str, project: &str) -> &'e str {
    let id = email.split('@').next().unwrap_or(email);
    if is_at(email, project) { id } else { email }
}

/// A part of a service's or job's complete policy, or of an IAP backend's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The role: `roles/run.invoker`.
    pub role: String,
    /// Who has it, in the order of their members' texts; never empty.
    pub members: Vec<Principal>,
}

/// One grant: one role for one principal on one resource.
///
/// Ordered by resource, role, principal and condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// On what.
    pub on: Resource,
    /// The role's full name.
    pub role: String,
    /// For whom.
    pub to: Principal,
    /// Under which condition; only where nothing smaller than the project can hold the grant.
    pub condition: Option<Condition>,
    /// A name that is unique among the grants on this kind of resource: `stripe-key-run-orders`.
    pub name: String,
    /// The keys of the blueprint that caused it: `services.orders.secrets.env.STRIPE_KEY`.
    pub causes: BTreeSet<String>,
    /// The stage that makes it.
    pub stage: Stage,
}

/// An IAM condition. Title and expression never change for the same purpose: Google keys the grant by them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// Its title: `only-main`.
    pub title: String,
    /// Its CEL expression.
    pub expression: String,
}

/// A resource that a grant can stand on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// A project.
    Project {
        /// Its id.
        project: String,
    },
    /// A Cloud Run service of this environment; its policy is complete.
    Service {
        /// The project's id.
        project: String,
        /// The region.
        region: String,
        /// The service's name.
        name: String,
    },
    /// A Cloud Run job of this environment; its policy is complete.
    Job {
        /// The project's id.
        project: String,
        /// The region.
        region: String,
        /// The job's name.
        name: String,
    },
    /// A backend service that IAP guards; its policy is complete for the one role.
    IapBackend {
        /// The project's id.
        project: String,
        /// The backend's name.
        name: String,
    },
    /// A Cloud Run service that IAP guards by itself; its policy is complete for the one role.
    IapService {
        /// The project's id.
        project: String,
        /// The region.
        region: String,
        /// The service's name.
        name: String,
    },
    /// A secret.
    Secret {
        /// The project's id.
        project: String,
        /// The secret's id.
        name: String,
    },
    /// A bucket of Cloud Storage. Its project cannot be told from its name: the environment's is taken.
    Bucket {
        /// The project's id.
        project: String,
        /// The bucket's name.
        name: String,
    },
    /// A repository of Artifact Registry.
    Repository {
        /// The project's id.
        project: String,
        /// The location.
        location: String,
        /// The repository's name.
        name: String,
    },
    /// A subnetwork.
    Subnetwork {
        /// The host project's id.
        project: String,
        /// The region.
        region: String,
        /// The subnetwork's name.
        name: String,
    },
    /// A service account.
    Account {
        /// The project's id.
        project: String,
        /// The account's address.
        email: String,
    },
    /// A topic of Pub/Sub.
    Topic {
        /// The project's id.
        project: String,
        /// The topic's name.
        name: String,
    },
    /// A subscription of Pub/Sub.
    Subscription {
        /// The project's id.
        project: String,
        /// The subscription's name.
        name: String,
    },
    /// A queue of Cloud Tasks.
    Queue {
        /// The project's id.
        project: String,
        /// The region.
        region: String,
        /// The queue's name.
        name: String,
    },
    /// A key of Cloud KMS.
    Key {
        /// The project's id.
        project: String,
        /// The location.
        location: String,
        /// The key ring.
        ring: String,
        /// The key's name.
        name: String,
    },
    /// A dataset of BigQuery.
    Dataset {
        /// The project's id.
        project: String,
        /// The dataset's id.
        name: String,
    },
    /// A table or view of BigQuery.
    Table {
        /// The project's id.
        project: String,
        /// The dataset's id.
        dataset: String,
        /// The table's id.
        name: String,
    },
    /// An attestor of Binary Authorization.
    Attestor {
        /// The project's id.
        project: String,
        /// The attestor's name.
        name: String,
    },
    /// An instance of Spanner.
    SpannerInstance {
        /// The project's id.
        project: String,
        /// The instance's id.
        name: String,
    },
    /// A database of Spanner.
    SpannerDatabase {
        /// The project's id.
        project: String,
        /// The instance's id.
        instance: String,
        /// The database's id.
        name: String,
    },
}

impl Resource {
    /// The id of the project that it lies in.
    #[must_use]
    pub fn project(&self) -> &str {
        match self {
            Self::Project { project }
            | Self::Service { project, .. }
            | Self::Job { project, .. }
            | Self::IapBackend { project, .. }
            | Self::IapService { project, .. }
            | Self::Secret { project, .. }
            | Self::Bucket { project, .. }
            | Self::Repository { project, .. }
            | Self::Subnetwork { project, .. }
            | Self::Account { project, .. }
            | Self::Topic { project, .. }
            | Self::Subscription { project, .. }
            | Self::Queue { project, .. }
            | Self::Key { project, .. }
            | Self::Dataset { project, .. }
            | Self::Table { project, .. }
            | Self::Attestor { project, .. }
            | Self::SpannerInstance { project, .. }
            | Self::SpannerDatabase { project, .. } => project,
        }
    }

    /// Whether its policy is written as a whole, so that a stray grant disappears.
    #[must_use]
    pub fn has_complete_policy(&self) -> bool {
        matches!(
            self,
            Self::Service { .. }
                | Self::Job { .. }
                | Self::IapBackend { .. }
                | Self::IapService { .. }
        )
    }

    /// What SQL calls it where it is BigQuery's, its kind and its path: gcloud has no command for the policies of those
    /// (<https://cloud.google.com/bigquery/docs/reference/standard-sql/data-control-language>).
    #[must_use]
    pub fn in_sql(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Dataset { project, name } => Some(("schema", format!("{project}.{name}"))),
            Self::Table {
                project,
                dataset,
                name,
            } => Some(("table", format!("{project}.{dataset}.{name}"))),
            _ => None,
        }
    }

    /// Whether it is BigQuery's.
    #[must_use]
    pub fn is_of_bigquery(&self) -> bool {
        matches!(self, Self::Dataset { .. } | Self::Table { .. })
    }

    /// Whether it is Spanner's.
    #[must_use]
    pub fn is_of_spanner(&self) -> bool {
        matches!(
            self,
            Self::SpannerInstance { .. } | Self::SpannerDatabase { .. }
        )
    }

    /// What the facts call it: `secret stripe-key`; with its project where that is not `home`.
    #[must_use]
    pub fn in_short(&self, home: &str) -> String {
        let inside;
        let (kind, name) = match self {
            Self::Project { project: _ } => ("the project", ""),
            Self::Service { name, .. } => ("service ", name.as_str()),
            Self::Job { name, .. } => ("job ", name.as_str()),
            Self::IapBackend { name, .. } => ("backend ", name.as_str()),
            Self::IapService { name, .. } => ("IAP of service ", name.as_str()),
            Self::Secret { name, .. } => ("secret ", name.as_str()),
            Self::Bucket { name, .. } => ("bucket ", name.as_str()),
            Self::Repository { name, .. } => ("repository ", name.as_str()),
            Self::Subnetwork { name, .. } => ("subnetwork ", name.as_str()),
            Self::Account { project, email } => ("account ", account_at(email, project)),
            Self::Topic { name, .. } => ("topic ", name.as_str()),
            Self::Subscription { name, .. } => ("subscription ", name.as_str()),
            Self::Queue { name, .. } => ("queue ", name.as_str()),
            Self::Key { name, .. } => ("key ", name.as_str()),
            Self::Dataset { name, .. } => ("dataset ", name.as_str()),
            Self::Table { dataset, name, .. } => {
                inside = format!("{dataset}.{name}");
                ("table ", inside.as_str())
            }
            Self::Attestor { name, .. } => ("attestor ", name.as_str()),
            Self::SpannerInstance { name, .. } => ("Spanner instance ", name.as_str()),
            Self::SpannerDatabase { instance, name, .. } => {
                inside = format!("{instance}/{name}");
                ("Spanner database ", inside.as_str())
            }
        };
        match self.project() {
            project if project == home => format!("{kind}{name}"),
            project => format!("{kind}{name} in {project}"),
        }
    }

    /// Its full resource name, as Cloud Asset Inventory writes it
    /// (<https://cloud.google.com/asset-inventory/docs/resource-name-format>).
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "an arm for each kind of resource")]
    pub fn full_name(&self) -> String {
        match self {
            Self::Project { project } => {
                format!("//cloudresourcemanager.googleapis.com/projects/{project}")
            }
            Self::Service {
                project,
                region,
                name,
            } => {
                format!(
                    "//run.googleapis.com/projects/{project}/locations/{region}/services/{name}"
                )
            }
            Self::Job {
                project,
                region,
                name,
            } => {
                format!("//run.googleapis.com/projects/{project}/locations/{region}/jobs/{name}")
            }
            Self::IapBackend { project, name } => {
                format!("//iap.googleapis.com/projects/{project}/iap_web/compute/services/{name}")
            }
            Self::IapService {
                project,
                region,
                name,
            } => {
                format!(
                    "//iap.googleapis.com/projects/{project}/iap_web/cloud_run-{region}/services/{name}"
                )
            }
            Self::Secret { project, name } => {
                format!("//secretmanager.googleapis.com/projects/{project}/secrets/{name}")
            }
            Self::Bucket { project: _, name } => {
                format!("//storage.googleapis.com/projects/_/buckets/{name}")
            }
            Self::Repository {
                project,
                location,
                name,
            } => {
                format!(
                    "//artifactregistry.googleapis.com/projects/{project}/locations/{location}/repositories/{name}"
                )
            }
            Self::Subnetwork {
                project,
                region,
                name,
            } => {
                format!(
                    "//compute.googleapis.com/projects/{project}/regions/{region}/subnetworks/{name}"
                )
            }
            Self::Account { project, email } => {
                format!("//iam.googleapis.com/projects/{project}/serviceAccounts/{email}")
            }
            Self::Topic { project, name } => {
                format!("//pubsub.googleapis.com/projects/{project}/topics/{name}")
            }
            Self::Subscription { project, name } => {
                format!("//pubsub.googleapis.com/projects/{project}/subscriptions/{name}")
            }
            Self::Queue {
                project,
                region,
                name,
            } => {
                format!(
                    "//cloudtasks.googleapis.com/projects/{project}/locations/{region}/queues/{name}"
                )
            }
            Self::Key {
                project,
                location,
                ring,
                name,
            } => format!(
                "//cloudkms.googleapis.com/projects/{project}/locations/{location}/keyRings/{ring}/cryptoKeys/{name}"
            ),
            Self::Dataset { project, name } => {
                format!("//bigquery.googleapis.com/projects/{project}/datasets/{name}")
            }
            Self::Table {
                project,
                dataset,
                name,
            } => format!(
                "//bigquery.googleapis.com/projects/{project}/datasets/{dataset}/tables/{name}"
            ),
            Self::Attestor { project, name } => {
                format!("//binaryauthorization.googleapis.com/projects/{project}/attestors/{name}")
            }
            Self::SpannerInstance { project, name } => {
                format!("//spanner.googleapis.com/projects/{project}/instances/{name}")
            }
            Self::SpannerDatabase {
                project,
                instance,
                name,
            } => format!(
                "//spanner.googleapis.com/projects/{project}/instances/{instance}/databases/{name}"
            ),
        }
    }
}

/// The address of a service agent: `service-NUMBER@DOMAIN.iam.gserviceaccount.com`
/// (<https://cloud.google.com/iam/docs/service-agents>).
#[must_use]
pub fn agent_email(number: Option<&str>, domain: &str) -> Text {
    let number = number.map_or(Part::ProjectNumber, |number| {
        Part::Literal(number.to_owned())
    });
    Text::from("service-")
        .then_part(number)
        .then(&format!("@{domain}{ACCOUNTS}"))
}
