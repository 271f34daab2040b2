//! Accounts: one for each service and job, one for what triggers a service, and Google's agents.

use crate::blueprint::Key;
use crate::name;
use crate::plan::google::run;
use crate::plan::model::{Account, Principal, agent_email};

use super::context::Context;
use super::trigger;

/// The account that an element runs as.
pub(super) fn account_of(cx: &Context<'_>, element: &Key, name: &str) -> Account {
    let is_service = element.to_string().starts_with("services.");
    let given = if is_service {
        cx.blueprint
            .services
            .get(name)
            .and_then(|service| service.service_account.clone())
    } else {
        cx.blueprint
            .jobs
            .get(name)
            .and_then(|job| job.service_account.clone())
    };
    let (prefix, kind) = if is_service {
        ("run", "service")
    } else {
        ("job", "job")
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

/// That account as a principal.
pub(super) fn principal_of(account: &Account) -> Principal {
    Principal::Account {
        id: account.id.clone(),
        email: account.email.clone(),
    }
}

/// The accounts that are made here, by id.
pub(super) fn accounts(cx: &Context<'_>) -> Vec<Account> {
    let services = cx
        .blueprint
        .services
        .iter()
        .filter(|(_, service)| service.service_account.is_none());
    let jobs = cx
        .blueprint
        .jobs
        .iter()
        .filter(|(_, job)| job.service_account.is_none());
    let mut accounts: Vec<Account> = services
        .map(|(name, _)| account_of(cx, &Key::of(&["services", name]), name))
        .chain(jobs.map(|(name, _)| account_of(cx, &Key::of(&["jobs", name]), name)))
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
