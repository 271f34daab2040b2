//! Facts about Google Cloud that the plan decides by: names of roles, limits, sets. Each stands here once, with its source.

pub mod bigquery;
pub mod binary_authorization;
pub mod database;
pub mod encryption;
pub mod eventarc;
pub mod federation;
pub mod firestore;
pub mod governance;
pub mod kms;
pub mod logging;
pub mod memorystore;
pub mod monitoring;
pub mod network;
pub mod perimeter;
pub mod pubsub;
pub mod roles;
pub mod run;
pub mod scheduler;
pub mod secretmanager;
pub mod spanner;
pub mod storage;
pub mod tasks;
pub mod waf;
pub mod workflows;
