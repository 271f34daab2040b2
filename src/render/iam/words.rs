//! Principals, resources and causes in words.

use crate::plan::model::{Condition, Exception, Grant, Plan, Principal, Resource, account_at};
use crate::render::quote::markdown::{Md, md};

/// A principal: an account by its id, an agent by its product, everyone else as a member.
pub fn who(principal: &Principal) -> Md {
    match principal {
        Principal::Account { id, email: _ } => md("").code(id),
        Principal::Agent { service, email: _ } => md("service agent of ").code(service),
        Principal::Federated {
            pool, attribute, ..
        } => md("").code(attribute).say(" of pool ").code(pool),
        Principal::Named(text) => match text.known() {
            Some("allUsers") => md("anyone, without a token (`allUsers`)"),
            Some("allAuthenticatedUsers") => {
                md("anyone with a Google account (`allAuthenticatedUsers`)")
            }
            _ => md("").code(&text.to_string()),
        },
    }
}

/// A resource with its kind, and its project where that is another one.
pub fn what(plan: &Plan, resource: &Resource) -> Md {
    let named = match resource {
        Resource::Project { project } => return md("project ").code(project),
        Resource::Service { name, .. } => md("service ").code(name),
        Resource::Job { name, .. } => md("job ").code(name),
        Resource::IapBackend { name, .. } => md("IAP of backend ").code(name),
        Resource::IapService { name, .. } => md("IAP of service ").code(name),
        Resource::Secret { name, .. } => md("secret ").code(name),
        Resource::Bucket { name, .. } => md("bucket ").code(name),
        Resource::Repository { name, .. } => md("repository ").code(name),
        Resource::Subnetwork { name, .. } => md("subnetwork ").code(name),
        Resource::Account { project, email } => md("account ").code(account_at(email, project)),
        Resource::Topic { name, .. } => md("topic ").code(name),
        Resource::Subscription { name, .. } => md("subscription ").code(name),
        Resource::Queue { name, .. } => md("queue ").code(name),
        Resource::Key { ring, name, .. } => md("key ").code(&format!("{ring}/{name}")),
        Resource::Dataset { name, .. } => md("dataset ").code(name),
        Resource::Table { dataset, name, .. } => md("table ").code(&format!("{dataset}.{name}")),
        Resource::Attestor { name, .. } => md("attestor ").code(name),
        Resource::SpannerInstance { name, .. } => md("Spanner instance ").code(name),
        Resource::SpannerDatabase { instance, name, .. } => {
            md("Spanner database ").code(&format!("{instance}/{name}"))
        }
    };
    if resource.project() == plan.project.id {
        named
    } else {
        named.say(" of project ").code(resource.project())
    }
}

/// What a grant reaches: its resource, or what its condition leaves of it.
pub fn reach(plan: &Plan, grant: &Grant) -> Md {
    let on = what(plan, &grant.on);
    let Some(Condition { title, expression }) = &grant.condition else {
        return on;
    };
    let database = plan.databases.iter().find(|database| {
        let path = format!(
            "'projects/{}/instances/{}'",
            database.project, database.name
        );
        expression.contains(&path)
    });
    match database {
        Some(database) => md("database ")
            .code(&database.name)
            .say(" (by condition ")
            .code(title)
            .say(" on ")
            .md(&on)
            .say(")"),
        None => on
            .say(", only where ")
            .code(expression)
            .say(" (condition ")
            .code(title)
            .say(")"),
    }
}

/// The keys of the blueprint that caused a grant.
pub fn because(grant: &Grant) -> Md {
    Md::list(grant.causes.iter().map(|key| md("").code(key)))
}

/// An exception with its reason, owner and end.
pub fn exception(exception: &Exception) -> Md {
    let Exception {
        element: _,
        rule,
        reason,
        owner,
        expires,
    } = exception;
    md("exception ")
        .code(rule)
        .say(": “")
        .text(reason)
        .say("” (")
        .text(owner)
        .say(", until ")
        .text(expires)
        .say(")")
}
