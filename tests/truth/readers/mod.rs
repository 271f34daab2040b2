//! Three readers that know nothing of each other's files, nor of the plan: Terraform, the scripts, the policy files.

mod bucket;
pub mod call;
mod dashboard;
pub mod elsewhere;
mod frame;
pub mod gcloud;
mod grants;
pub mod hcl;
pub mod iam;
mod library;
pub mod passwords;
mod perimeter;
mod rows;
pub mod shell;
pub mod terraform;
mod url_map;
mod waf;
mod workload;

pub use call::in_sql;
