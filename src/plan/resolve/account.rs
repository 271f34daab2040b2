//! Accounts: one for each service, job, worker and workflow, one for what triggers a service, and Google's agents.

use crate::blueprint::{Key, Place};
use crate::name::{self, Kind};
use crate::plan::google::run;
use crate::plan::model::{Account, Principal, Resource, account_email, account_project};
use crate::rules;

use super::context::Context;
use super::{delivery, trigger};

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
        Some("workflows") => {
            let written = blueprint.workflows.get(name);
            let given = written.and_then(|workflow| workflow.service_account.clone());
            (given, "flow", "workflow")
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
    let email = account_email(&id, &cx.project.id);
    Account {
        id,
        email,
        purpose,
        element,
    }
}

/// The account that an element runs as; one that the blueprint gives is looked at.
pub(super) fn checked(
    cx: &mut Context<'_>,
    element: &Key,
    name: &str,
    given: Option<&String>,
) -> Account {
    let account = account_of(cx, element, name);
    if let Some(email) = given {
        let place = Place::Value(element.then("service_account"));
        let of_a_project = account_project(email).is_some_and(|id| Kind::ProjectId.accepts(id));
        if email.ends_with("-compute@developer.gserviceaccount.com")
            || email.ends_with("@appspot.gserviceaccount.com")
        {
            cx.report(
                rules::ACCOUNT_DEFAULT,
                format!("`{email}` is a default account"),
                &place,
                "shared by everything in the project",
            )
            .note("default accounts often are editors of the whole project")
            .help("leave `service_account` out: an account with no rights of its own is made");
        } else if !(of_a_project && Kind::AccountId.accepts(&account.id)) {
            cx.report(
                rules::ACCOUNT_INVALID,
                format!("`{email}` is not a service account"),
                &place,
                "not an account's address",
            )
            .help("write `NAME@PROJECT.iam.gserviceaccount.com`; left out, an account of its own is made");
        }
    }
    account
}

/// The element that it belongs to.
pub(super) fn element_of(account: &Account) -> Key {
    let (table, name) = account.element.split_once('.').unwrap_or_default();
    Key::of(&[table, name])
}

/// The account that an element runs as, as what grants stand on; one that the blueprint gives lies where its address says.
pub(super) fn resource(cx: &Context<'_>, element: &Key) -> Resource {
    let name = element.names().last().copied().unwrap_or_default();
    let Account { email, .. } = account_of(cx, element, name);
    // An address of another shape has its own finding.
    let project = account_project(&email).unwrap_or(&cx.project.id);
    Resource::Account {
        project: project.to_owned(),
        email,
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
    let blueprint = cx.blueprint;
    let services = blueprint.services.iter();
    let services = services.map(|(name, one)| ("services", name, &one.service_account));
    let jobs = blueprint.jobs.iter();
    let jobs = jobs.map(|(name, one)| ("jobs", name, &one.service_account));
    let workers = blueprint.workers.iter();
    let workers = workers.map(|(name, one)| ("workers", name, &one.service_account));
    let workflows = blueprint.workflows.iter();
    let workflows = workflows.map(|(name, one)| ("workflows", name, &one.service_account));
    let own = services.chain(jobs).chain(workers).chain(workflows);
    let mut accounts: Vec<Account> = own
        .filter(|(_, _, given)| given.is_none())
        .map(|(table, name, _)| account_of(cx, &Key::of(&[table, name]), name))
        .chain(trigger::accounts(cx))
        .chain(delivery::account(cx))
        .collect();
    accounts.sort();
    accounts
}

/// The agent by which Cloud Run acts.
pub(super) fn run_agent(cx: &Context<'_>) -> Principal {
    cx.agent(run::API, run::AGENT)
}

/// The agent by which Identity-Aware Proxy calls.
pub(super) fn iap_agent(cx: &Context<'_>) -> Principal {
    cx.agent(run::IAP_API, run::IAP_AGENT)
}
