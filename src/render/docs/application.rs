//! What the code has to do: ID tokens for calls, IAM login to a database or a cache. The snippets use the environment variables that
//! the blueprint sets, where it sets them.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::google::{memorystore, roles};
use crate::plan::model::{
    Auth, Binding, CacheEngine, Call, Connect, Container, Database, DatabaseUse, Engine, EnvValue,
    Plan, Principal, RecordData, Text, Workload,
};
use crate::render::quote::markdown::{Md, md};
use crate::render::quote::{Quoted, comment, json};

/// A call from one service to another.
pub struct CallRow {
    pub from: Quoted,
    pub to: Quoted,
    pub audience: Quoted,
}

/// The audience of the snippets: how a language reads it.
pub struct Audience {
    pub python: Quoted,
    pub go: Quoted,
    pub node: Quoted,
    pub shell: Quoted,
}

/// How the code logs in to a kind of database.
pub struct Login {
    pub engine: Quoted,
    pub postgres: bool,
    pub way: Connect,
    /// Whether a job logs in so, and has to stop the Auth Proxy at its end.
    pub job: bool,
    pub host: Quoted,
    pub instance: Quoted,
    pub user: Quoted,
    pub database: Quoted,
    pub pool: u32,
    pub users: Vec<UserRow>,
}

/// Under which name an account logs in.
pub struct UserRow {
    pub environment: Quoted,
    pub database: Quoted,
    pub account: Quoted,
    pub login: Quoted,
}

/// Every workload with the calls of its element; in every region the code is the same.
fn callers(plan: &Plan) -> impl Iterator<Item = (&str, &[Call], &Workload)> {
    let services = plan.services.iter();
    let services = services.filter(|service| service.stands_in_for.is_none());
    let jobs = plan.jobs.iter();
    services
        .map(|service| {
            (
                service.name.as_str(),
                service.calls.as_slice(),
                &service.workload,
            )
        })
        .chain(jobs.map(|job| (job.name.as_str(), job.calls.as_slice(), &job.workload)))
        .chain(plan.workers.iter().map(|worker| {
            (
                worker.name.as_str(),
                worker.calls.as_slice(),
                &worker.workload,
            )
        }))
}

/// The environment variable of the main container that holds a text.
fn variable(workload: &Workload, holds: impl Fn(&Text) -> bool) -> Option<&str> {
    let main: &Container = workload.containers.first()?;
    let found = main.env.iter().find(|variable| match &variable.value {
        EnvValue::Text(text) => holds(text),
        EnvValue::Secret(_) => false,
    });
    found.map(|variable| variable.name.as_str())
}

/// The calls, each once: they are the same in every environment but for the address.
pub fn calls(plans: &[Plan]) -> Vec<CallRow> {
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    for (from, calls, workload) in plans.iter().flat_map(callers) {
        for call in calls {
            if !seen.insert((from, call.service.as_str())) {
                continue;
            }
            let audience = match variable(workload, |text| *text == call.url) {
                Some(name) => md("the value of ").code(name),
                None => md("").code(&call.url.to_string()),
            };
            rows.push(CallRow {
                from: md("").code(from).done(),
                to: md("").code(&call.service).done(),
                audience: audience.done(),
            });
        }
    }
    rows.extend(elsewhere(plans));
    rows.extend(
        outside(plans)
            .into_iter()
            .map(|(service, audiences)| CallRow {
                from: md("callers from outside").done(),
                to: md("").code(service).done(),
                audience: Md::list(audiences.into_iter().map(|url| md("").code(url))).done(),
            }),
    );
    rows
}

/// Calls to services that lie in other projects, where their owners grant them.
fn elsewhere(plans: &[Plan]) -> impl Iterator<Item = CallRow> {
    let calls = plans.iter().flat_map(Plan::calls_elsewhere);
    let calls = calls.map(|(element, project, name)| {
        let from = element.rsplit('.').next().unwrap_or_default();
        (from, name, project)
    });
    let calls: BTreeSet<_> = calls.collect();
    calls.into_iter().map(|(from, name, project)| CallRow {
        from: md("").code(from).done(),
        to: md("").code(name).say(" of project ").code(project).done(),
        audience: md("its own address").done(),
    })
}

/// Calls from outside to services that ask for a token: the audience is the service's own domain.
fn outside(plans: &[Plan]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut audiences: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for service in plans.iter().flat_map(|plan| &plan.services) {
        // By a private name, others than those that call it here.
        let binds = |binding: &Binding| {
            let mut members = binding.members.iter();
            binding.role == roles::RUN_INVOKER
                && members.any(|member| matches!(member, Principal::Named(_)))
        };
        let private = !service.private_domains.is_empty() && service.policy.iter().any(binds);
        if (service.public || private)
            && service.auth == Auth::Iam
            && service.stands_in_for.is_none()
        {
            let of = audiences.entry(&service.name).or_default();
            of.extend(service.audiences.iter().map(String::as_str));
        }
    }
    audiences.retain(|_, audiences| !audiences.is_empty());
    audiences
}

/// The audience of the first call, as the snippets take it.
pub fn audience(plans: &[Plan]) -> Option<Audience> {
    let literal = |url: &str| Audience {
        python: json::string(url),
        go: json::string(url),
        node: json::string(url),
        shell: json::string(url),
    };
    let mut callers = plans.iter().flat_map(callers);
    let first = callers.find_map(|(_, calls, workload)| Some((calls.first()?, workload)));
    let Some((call, workload)) = first else {
        let outside = outside(plans);
        return outside.values().flatten().next().map(|url| literal(url));
    };
    Some(match variable(workload, |text| *text == call.url) {
        Some(name) => Audience {
            python: comment(&format!("os.environ[\"{name}\"]")),
            go: comment(&format!("os.Getenv(\"{name}\")")),
            node: comment(&format!("process.env.{name}")),
            shell: comment(&format!("\"${name}\"")),
        },
        None => literal(&call.url.to_string()),
    })
}

/// How a text is read in Python: from the variable that holds it, or as itself.
pub(super) fn python(workload: &Workload, text: &str) -> Quoted {
    match variable(workload, |value| value.known() == Some(text)) {
        Some(name) => comment(&format!("os.environ[\"{name}\"]")),
        None => json::string(text),
    }
}

/// The ways to log in that are in use, each once, with everyone who logs in that way.
pub fn logins(plans: &[Plan]) -> Vec<Login> {
    let mut logins: Vec<((Engine, Connect), Login)> = Vec::new();
    for plan in plans {
        for (_, _, workload) in callers(plan) {
            let by_iam = |used: &&DatabaseUse| used.password_user.is_none();
            for used in workload.databases.iter().filter(by_iam) {
                let mut databases = plan.databases.iter();
                let Some(database) = databases.find(|database| database.name == used.database)
                else {
                    continue;
                };
                let way = (database.engine, used.connect);
                let Some(row) = user_row(plan, database, workload) else {
                    continue;
                };
                if let Some((_, login)) = logins.iter_mut().find(|(other, _)| *other == way) {
                    login.users.push(row);
                    login.job |= is_job(workload);
                } else {
                    let mut first = login(database, used, workload);
                    first.users.push(row);
                    logins.push((way, first));
                }
            }
        }
    }
    logins.into_iter().map(|(_, login)| login).collect()
}

fn is_job(workload: &Workload) -> bool {
    workload.account.element.starts_with("jobs.")
}

fn user_row(plan: &Plan, database: &Database, workload: &Workload) -> Option<UserRow> {
    let mut users = database.users.iter();
    let user = users.find(|user| user.account == workload.account.id)?;
    Some(UserRow {
        environment: md("").code(&plan.environment).done(),
        database: md("").code(&database.name).done(),
        account: md("").code(&user.account).done(),
        login: md("").code(&user.login).done(),
    })
}

fn login(database: &Database, used: &DatabaseUse, workload: &Workload) -> Login {
    let mut users = database.users.iter();
    let own = users.find(|user| user.account == workload.account.id);
    let own = own.map_or("", |user| user.login.as_str());
    Login {
        engine: match database.engine {
            Engine::Postgres => md("PostgreSQL"),
            Engine::Mysql => md("MySQL"),
        }
        .done(),
        postgres: database.engine == Engine::Postgres,
        way: used.connect,
        job: is_job(workload),
        host: python(workload, "127.0.0.1"),
        instance: python(workload, &database.connection_name),
        user: python(workload, own),
        database: python(workload, database.names.first().map_or("", String::as_str)),
        pool: used.pool,
        users: Vec::new(),
    }
}

/// How the code logs in to a cache: each value as Python reads it.
pub struct CacheLogin {
    pub host: Quoted,
    pub port: Quoted,
    pub ca: Quoted,
    /// Whether it is a cluster, whose protocol is another one.
    pub cluster: bool,
}

/// The way of the first that uses one: it is the same for all.
pub fn cache(plans: &[Plan]) -> Option<CacheLogin> {
    let mut all = plans
        .iter()
        .flat_map(|plan| plan.workloads().map(move |one| (plan, one)));
    all.find_map(|(plan, workload)| {
        let cache = workload.caches.first()?;
        let mut secrets = plan.secrets.iter();
        let authority = secrets.find(|one| one.authority_of.as_ref() == Some(cache))?;
        let main: &Container = workload.containers.first()?;
        let ca = main.env.iter().find(|variable| match &variable.value {
            EnvValue::Text(_) => false,
            EnvValue::Secret(version) => version.secret == authority.id,
        });
        let ca = ca.map_or("CACHE_CA", |variable| variable.name.as_str());
        let zones = plan.network.iter().flat_map(|network| &network.zones);
        let mut records = zones.flat_map(|zone| &zone.records);
        let record = records.find(|one| match &one.data {
            RecordData::Cache(name, _) | RecordData::Cluster(name, _) => name == cache,
            _ => false,
        })?;
        let host = record.dns_name.trim_end_matches('.');
        Some(CacheLogin {
            host: python(workload, host),
            port: python(workload, &memorystore::PORT.to_string()),
            ca: comment(&format!("os.environ[\"{ca}\"]")),
            cluster: plan.cache(cache)?.engine == CacheEngine::Redis,
        })
    })
}
