//! `ACCESS.md`: who may do what, and why, for a reviewer.

use std::collections::BTreeMap;

use askama::Template;

use super::index::{Index, of};
use super::openings::{Opening, openings};
use super::{passwords, ways, words};
use crate::plan::google::roles;
use crate::plan::model::{Auth, Exception, Fact, Grant, Plan, Principal, Resource};
use crate::render::quote::markdown::{Md, md};
use crate::render::quote::{Quoted, comment};
use crate::rules;

/// The document.
#[derive(Template)]
#[template(path = "iam/ACCESS.md.j2")]
struct Access {
    title: Quoted,
    source: Quoted,
    project: Quoted,
    project_id: Quoted,
    open: Vec<Opening>,
    calls: Vec<Row>,
    /// From where services can be reached, beside who may call them.
    ways: Vec<Quoted>,
    starts: Vec<Row>,
    /// Who may start workflows: all of them, since Google has no smaller right.
    begins: Vec<Row>,
    workflows: Option<Quoted>,
    /// Who may publish to channels: all of a project's, since nothing smaller holds the right.
    publishes: Vec<Row>,
    channels: Option<Quoted>,
    iap: Vec<Row>,
    password_users: Vec<passwords::Row>,
    accounts: Vec<Row>,
    /// The accounts that have a role on a whole project.
    project_wide: Option<Quoted>,
    others: Vec<Row>,
    exceptions: Vec<Ending>,
    acts_as: Vec<Row>,
    workers: bool,
    elsewhere: Vec<Elsewhere>,
    /// The roles that get in by inheritance.
    inherited: Vec<Quoted>,
    facts: Vec<Line>,
}

/// Who may do what: a principal and a resource, in the order that its table wants.
struct Row {
    what: Quoted,
    who: Quoted,
    role: Quoted,
    because: Quoted,
}

/// An exception and its end.
struct Ending {
    expires: Quoted,
    element: Quoted,
    rule: Quoted,
    reason: Quoted,
    owner: Quoted,
}

/// The grants that another project's owner makes.
struct Elsewhere {
    project: Quoted,
    script: Quoted,
    grants: Quoted,
}

/// A line of the posture.
struct Line {
    key: Quoted,
    value: Quoted,
}

/// The document's text.
pub fn text(plan: &Plan) -> String {
    let index = Index::new(plan);
    let name = md("")
        .text(&plan.project.name)
        .say(", ")
        .text(&plan.environment);
    crate::render::text(&Access {
        title: name.done(),
        source: code(&plan.source),
        project: code(&plan.project.id),
        // An id of letters, digits and hyphens, so a word of the shell as it stands.
        project_id: comment(&plan.project.id),
        open: openings(&index),
        calls: calls(&index),
        ways: ways::ways(plan),
        starts: starts(&index),
        begins: begins(plan),
        workflows: workflows(plan),
        publishes: publishes(plan),
        channels: channels(plan),
        iap: passes_iap(&index),
        password_users: passwords::rows(plan),
        accounts: accounts(plan),
        project_wide: project_wide(plan),
        others: others(plan),
        exceptions: exceptions(plan),
        acts_as: acts_as(plan),
        workers: !plan.workers.is_empty(),
        elsewhere: elsewhere(plan),
        inherited: inherited(plan),
        facts: facts(plan),
    }) + "\n"
}

fn code(name: &str) -> Quoted {
    md("").code(name).done()
}

/// A row of a grant, with something in its first column.
fn row(what: Md, grant: &Grant) -> Row {
    Row {
        what: what.done(),
        who: words::who(&grant.to).done(),
        role: code(&grant.role),
        because: words::because(grant).done(),
    }
}

/// A row that says that nobody has anything.
fn nobody(what: Md) -> Row {
    Row {
        what: what.done(),
        who: md("nobody").done(),
        role: md("–").done(),
        because: md("–").done(),
    }
}

fn or_nobody(what: &Md, rows: Vec<Row>) -> Vec<Row> {
    if rows.is_empty() {
        vec![nobody(what.clone())]
    } else {
        rows
    }
}

fn calls(index: &Index<'_>) -> Vec<Row> {
    let services = index.plan.services.iter();
    services
        .flat_map(|service| {
            let name = md("").code(&service.name);
            let mut rows = Vec::new();
            if !service.invoker_check {
                rows.push(Row {
                    what: name.clone().done(),
                    who: md("anyone who reaches it").done(),
                    role: md("no token is asked for").done(),
                    because: Md::join(
                        index
                            .exceptions(service)
                            .filter(|exception| exception.rule == rules::ANONYMOUS_ACCESS.code)
                            .map(words::exception),
                        "; ",
                    )
                    .done(),
                });
            }
            let grants = of(&index.services, &service.name);
            rows.extend(grants.into_iter().map(|grant| row(name.clone(), grant)));
            or_nobody(&name, rows)
        })
        .collect()
}

fn starts(index: &Index<'_>) -> Vec<Row> {
    let jobs = index.plan.jobs.iter();
    jobs.flat_map(|job| {
        let name = md("").code(&job.name);
        let grants = of(&index.jobs, &job.name).into_iter();
        or_nobody(
            &name,
            grants.map(|grant| row(name.clone(), grant)).collect(),
        )
    })
    .collect()
}

fn workflows(plan: &Plan) -> Option<Quoted> {
    let names = plan.workflows.iter();
    let names = Md::list(names.map(|workflow| md("").code(&workflow.name)));
    (!names.is_empty()).then(|| names.done())
}

fn begins(plan: &Plan) -> Vec<Row> {
    if plan.workflows.is_empty() {
        return Vec::new();
    }
    let every = md("every workflow");
    let grants = plan.grants.iter();
    let grants = grants.filter(|grant| {
        grant.role == roles::WORKFLOWS_INVOKER
            && matches!(&grant.on, Resource::Project { project } if *project == plan.project.id)
    });
    let rows = grants.map(|grant| row(every.clone(), grant)).collect();
    or_nobody(&every, rows)
}

fn channels(plan: &Plan) -> Option<Quoted> {
    let names = plan.channels.iter();
    let names = Md::list(names.map(|channel| md("").code(&channel.name)));
    (!names.is_empty()).then(|| names.done())
}

fn publishes(plan: &Plan) -> Vec<Row> {
    if plan.channels.is_empty() {
        return Vec::new();
    }
    let every = |grant: &Grant| words::what(plan, &grant.on);
    let grants = plan.grants.iter();
    let grants = grants.filter(|grant| grant.role == roles::EVENT_PUBLISHER);
    let rows = grants.map(|grant| row(md("every channel of ").md(&every(grant)), grant));
    or_nobody(&md("every channel"), rows.collect())
}

fn passes_iap(index: &Index<'_>) -> Vec<Row> {
    let services = index.plan.services.iter();
    services
        // The backend asks before any of its regions.
        .filter(|service| service.auth == Auth::Iap && service.stands_in_for.is_none())
        .flat_map(|service| {
            let name = md("").code(&service.name);
            let grants = of(&index.iap, &service.name).into_iter();
            or_nobody(
                &name,
                grants.map(|grant| row(name.clone(), grant)).collect(),
            )
        })
        .collect()
}

fn inherited(plan: &Plan) -> Vec<Quoted> {
    let inherited = roles::inherited(plan).into_iter();
    inherited.map(comment).collect()
}

/// What each account may touch; accounts that may touch nothing are there too.
fn accounts(plan: &Plan) -> Vec<Row> {
    let mut accounts: BTreeMap<&str, Vec<Row>> = plan
        .accounts
        .iter()
        .map(|account| (account.id.as_str(), Vec::new()))
        .collect();
    for grant in &plan.grants {
        if let Principal::Account { id, email: _ } = &grant.to {
            let row = row(words::reach(plan, grant), grant);
            accounts.entry(id).or_default().push(row);
        }
    }
    accounts
        .into_iter()
        .flat_map(|(id, rows)| {
            if rows.is_empty() {
                let mut row = nobody(md("nothing"));
                row.who = code(id);
                return vec![row];
            }
            rows
        })
        .collect()
}

fn project_wide(plan: &Plan) -> Option<Quoted> {
    let wide = plan
        .grants
        .iter()
        .filter_map(|grant| match (&grant.on, &grant.to) {
            (Resource::Project { .. }, Principal::Account { id, .. })
                if grant.condition.is_none() =>
            {
                Some(md("").code(id).say(" (").code(&grant.role).say(")"))
            }
            _ => None,
        });
    let wide = Md::list(wide);
    (!wide.is_empty()).then(|| wide.done())
}

/// What agents and principals from outside may touch, beside the policies that have tables of their own.
fn others(plan: &Plan) -> Vec<Row> {
    plan.grants
        .iter()
        .filter(|grant| {
            !matches!(grant.to, Principal::Account { .. })
                && !matches!(grant.on, Resource::Account { .. })
                && !grant.on.has_complete_policy()
        })
        .map(|grant| row(words::reach(plan, grant), grant))
        .collect()
}

/// Who may deploy or act as an account.
fn acts_as(plan: &Plan) -> Vec<Row> {
    plan.grants
        .iter()
        .filter(|grant| match &grant.on {
            Resource::Account { .. } => true,
            Resource::Service { .. } | Resource::Job { .. } => {
                ![roles::RUN_INVOKER, roles::RUN_VIEWER].contains(&grant.role.as_str())
            }
            _ => false,
        })
        .map(|grant| row(words::what(plan, &grant.on), grant))
        .collect()
}

fn exceptions(plan: &Plan) -> Vec<Ending> {
    let mut exceptions: Vec<&Exception> = plan.exceptions.iter().collect();
    exceptions.sort_by_key(|exception| (&exception.expires, *exception));
    exceptions
        .into_iter()
        .map(|exception| {
            let Exception {
                element,
                rule,
                reason,
                owner,
                expires,
            } = exception;
            Ending {
                expires: md("").text(expires).done(),
                element: code(element),
                rule: code(rule),
                reason: md("").text(reason).done(),
                owner: md("").text(owner).done(),
            }
        })
        .collect()
}

fn elsewhere(plan: &Plan) -> Vec<Elsewhere> {
    plan.elsewhere()
        .into_iter()
        .map(|(project, grants)| {
            let script = format!("elsewhere/{project}.sh");
            let grants = grants.into_iter().map(|grant| {
                words::who(&grant.to)
                    .say(" gets ")
                    .code(&grant.role)
                    .say(" on ")
                    .md(&words::reach(plan, grant))
            });
            Elsewhere {
                project: code(project),
                script: md("").link(&script, &script).done(),
                grants: Md::join(grants, "; ").done(),
            }
        })
        .collect()
}

fn facts(plan: &Plan) -> Vec<Line> {
    plan.facts
        .iter()
        .map(|fact| {
            let key = code(&fact.key());
            let Fact {
                element: _,
                name: _,
                value,
            } = fact;
            Line {
                key,
                value: code(value),
            }
        })
        .collect()
}
