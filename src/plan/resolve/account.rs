//! Accounts: one for each service, job and worker, one for what triggers a service, and Google's agents.

use crate::blueprint::Key;
use crate::name;
use crate::plan::google::run;
use crate::plan::model::{Account, Principal, agent_email};

use super::context::Context;
use super::trigger;

/// The account that an element runs as.
pub(super) fn account_of(cx: &Context<'_>, element: &Key, name: &str) -> Account {
    let blueprint = cx.blueprint;
    let table = element.to_string();
    let (given, prefix, kind) = match table.split('.').next() {
        Some("services") => {
            let written = blueprint.services.get(name);
            let given = written.and_then(|service| service.service_account.clone());
            (given, "run", "service")
        }
        Some("workers") => {
            let written = blueprint.workers.get(name);
            let given = written.and_then(|worker| worker.service_account.clone());
            (given, "work", "worker")
        }
        _ => {
            let written = blueprint.jobs.get(name);
            let given = written.and_then(|job| job.service_account.clone());
            (given, "job", "job")
        }
    };
    let purpose = format!("{kind} {name}");
    let element = element.to_string();
    if let Some(email) = given {
        let id = email.split('@').next().unwrap_or_default().to_owned();
        return Account {
            id,
            email,
            purpose,
            element,
        };
    }
    let id = name::account_id(prefix, name);
    let email = format!("{id}@{}.iam.gserviceaccount.com", cx.project.id);
    Account {
        id,
        email,
        purpose,
        element,
    }
}

/// The element that it belongs to.
pub(super) fn element_of(account: &Account) -> Key {
    let (table, name) = account.element.split_once('.').unwrap_or_default();
    Key::of(&[table, name])
}

/// That account as a principal.
pub(super) fn principal_of(account: &Account) -> Principal {
    Principal::Account {
        id: account.id.clone(),
        email: account.email.clone(),
    }
}

/// The accounts that are made here, by id.
pub(super) fn accounts(cx: &Context<'_>) -> Vec<Account> {
    let blueprint = cx.blueprint;
    let services = blueprint.services.iter();
    let services = services.map(|(name, one)| ("services", name, &one.service_account));
    let jobs = blueprint.jobs.iter();
    let jobs = jobs.map(|(name, one)| ("jobs", name, &one.service_account));
    let workers = blueprint.workers.iter();
    let workers = workers.map(|(name, one)| ("workers", name, &one.service_account));
    let own = services.chain(jobs).chain(workers);
    let mut accounts: Vec<Account> = own
        .filter(|(_, _, given)| given.is_none())
        .map(|(table, name, _)| account_of(cx, &Key::of(&[table, name]), name))
        .chain(trigger::accounts(cx))
        .collect();
    accounts.sort();
    accounts
}

/// The agent by which Cloud Run acts.
pub(super) fn run_agent(cx: &Context<'_>) -> Principal {
    Principal::Agent {
        service: "run.googleapis.com".to_owned(),
        email: agent_email(cx.project_number(), run::AGENT),
    }
}

/// The agent by which Identity-Aware Proxy calls.
pub(super) fn iap_agent(cx: &Context<'_>) -> Principal {
    Principal::Agent {
        service: "iap.googleapis.com".to_owned(),
        email: agent_email(cx.project_number(), run::IAP_AGENT),
    }
}
