//! Accounts and grants: who may do what follows from the relations, here and nowhere else.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use heck::ToKebabCase;

use crate::blueprint::{Key, Place};
use crate::name;
use crate::plan::google::{roles, run};
use crate::plan::model::{
    Account, Binding, Condition, Edge, Grant, Plan, Principal, Resource, Service, Stage, Text,
    agent_email,
};

use super::context::Context;

/// The grants as they are found: the same grant for two reasons is one grant with two causes.
pub(super) struct Grants {
    project: String,
    grants: BTreeMap<(Resource, String, Principal, Option<Condition>), (Stage, BTreeSet<String>)>,
}

impl Grants {
    /// No grants yet.
    pub fn new(project: &str) -> Self {
        Self {
            project: project.to_owned(),
            grants: BTreeMap::new(),
        }
    }

    /// Adds a grant. It is made in the foundation, but for those on what the services stage makes.
    pub fn add(
        &mut self,
        on: Resource,
        role: &str,
        to: Principal,
        condition: Option<Condition>,
        cause: &Key,
    ) {
        let stage = if on.has_complete_policy() {
            Stage::Services
        } else {
            Stage::Foundation
        };
        self.add_in(stage, on, role, to, condition, cause);
    }

    /// Adds a grant that this stage makes.
    pub fn add_in(
        &mut self,
        stage: Stage,
        on: Resource,
        role: &str,
        to: Principal,
        condition: Option<Condition>,
        cause: &Key,
    ) {
        let entry = self.grants.entry((on, role.to_owned(), to, condition));
        entry
            .or_insert_with(|| (stage, BTreeSet::new()))
            .1
            .insert(cause.to_string());
    }

    /// Adds a grant on the project.
    pub fn on_project(
        &mut self,
        role: &str,
        to: Principal,
        condition: Option<Condition>,
        cause: &Key,
    ) {
        let on = Resource::Project {
            project: self.project.clone(),
        };
        self.add(on, role, to, condition, cause);
    }

    /// All grants in order, each with a name that is unique on its kind of resource.
    pub fn finish(self) -> Vec<Grant> {
        // Only asked whether it holds a name: its order does not matter.
        let mut taken = HashSet::new();
        self.grants
            .into_iter()
            .map(|((on, role, to, condition), (stage, causes))| {
                let mut name = grant_name(&on, &role, &to, condition.as_ref());
                if !taken.insert((std::mem::discriminant(&on), name.clone())) {
                    let whole = format!("{}{role}{}{condition:?}", on.full_name(), to.member());
                    name = format!("{name}-{}", name::short_hash(&whole));
                    taken.insert((std::mem::discriminant(&on), name.clone()));
                }
                Grant {
                    on,
                    role,
                    to,
                    condition,
                    name,
                    causes,
                    stage,
                }
            })
            .collect()
    }
}

/// A name of a grant: what it is on, the role unless it is the kind's usual one, and for whom.
fn grant_name(on: &Resource, role: &str, to: &Principal, condition: Option<&Condition>) -> String {
    let (on, usual) = match on {
        Resource::Project { .. } => (None, None),
        Resource::Service { name, .. }
        | Resource::Job { name, .. }
        | Resource::IapBackend { name, .. }
        | Resource::IapService { name, .. } => (Some(name), None),
        Resource::Secret { name, .. } => (Some(name), Some(roles::SECRET_ACCESSOR)),
        Resource::Repository { name, .. } => (Some(name), Some(roles::ARTIFACT_READER)),
        Resource::Subnetwork { name, .. } => (Some(name), Some(roles::NETWORK_USER)),
        Resource::Bucket { name, .. }
        | Resource::Topic { name, .. }
        | Resource::Key { name, .. } => (Some(name), None),
        Resource::Account { email, .. } => (Some(email), None),
    };
    let to = match to {
        Principal::Account { id, .. } => id.clone(),
        Principal::Agent { service, .. } => {
            format!("{}-agent", service.split('.').next().unwrap_or_default())
        }
        Principal::Named(member) => member.to_string().to_kebab_case(),
    };
    let role = (usual != Some(role)).then(|| role.trim_start_matches("roles/").to_kebab_case());
    let condition = condition.map(|condition| condition.title.to_kebab_case());
    let parts = [
        on.map(|name| name.to_kebab_case()),
        role,
        Some(to),
        condition,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("-")
}

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

/// A principal that the blueprint names, checked: one that means the public is refused everywhere.
pub(super) fn named(cx: &mut Context<'_>, place: &Place, member: &str) -> Option<Principal> {
    const KINDS: [&str; 6] = [
        "serviceAccount",
        "user",
        "group",
        "domain",
        "principal",
        "principalSet",
    ];
    if ["allUsers", "allAuthenticatedUsers"].contains(&member) {
        cx.error(
            "public-member",
            format!("`{member}` is the whole internet"),
            place,
            "named principals only",
        )
        .note("`allAuthenticatedUsers` is anybody with a Google account")
        .help("a service that everybody may call says `auth = \"anonymous\"`, with its exception");
        return None;
    }
    let kind = member
        .split_once(':')
        .filter(|(kind, who)| KINDS.contains(kind) && is_plain_member(who));
    match kind {
        None => {
            cx.error("invalid-member", format!("`{member}` is not a principal of IAM"), place, "cannot be granted anything")
                .help("write `serviceAccount:…`, `group:…`, `user:…`, `domain:…`, `principal://…` or `principalSet://…`");
            None
        }
        Some((kind, _)) => {
            if kind == "user" {
                cx.warning(
                    "user-member",
                    format!("`{member}` is a single person"),
                    place,
                    "a group survives who leaves",
                );
            }
            Some(Principal::Named(Text::literal(member)))
        }
    }
}

/// Whether the part behind the kind has nothing that a policy file could trip over.
fn is_plain_member(who: &str) -> bool {
    !who.is_empty()
        && who
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\"'`\\$<>{}|;&(),".contains(&byte))
}

/// A list of principals that the blueprint names.
pub(super) fn named_list(cx: &mut Context<'_>, key: &Key, members: &[String]) -> Vec<Principal> {
    let mut principals = Vec::new();
    for (index, member) in members.iter().enumerate() {
        let item = key.item(index);
        let Some(member) = super::reference::known(cx, &item, member, None) else {
            continue;
        };
        principals.extend(named(cx, &Place::Value(item), &member));
    }
    principals
}

/// Who passes IAP at the load balancer.
pub(super) fn edge(
    cx: &mut Context<'_>,
    edge: Option<&Edge>,
    services: &[Service],
    grants: &mut Grants,
) {
    let guarded = edge
        .into_iter()
        .flat_map(|edge| &edge.backends)
        .filter(|backend| backend.iap);
    let backends: Vec<(String, String)> = guarded
        .map(|backend| (backend.name.clone(), backend.service.clone()))
        .collect();
    for (backend, service) in backends {
        let on = Resource::IapBackend {
            project: cx.project.id.clone(),
            name: backend,
        };
        iap_members(cx, grants, &on, &service);
    }
    for service in services.iter().filter(|service| service.iap) {
        let on = Resource::IapService {
            project: cx.project.id.clone(),
            region: cx.project.region.clone(),
            name: service.name.clone(),
        };
        iap_members(cx, grants, &on, &service.name);
    }
}

fn iap_members(cx: &mut Context<'_>, grants: &mut Grants, on: &Resource, service: &str) {
    let Some(written) = cx.blueprint.services.get(service) else {
        return;
    };
    let key = Key::of(&["services", service, "members"]);
    for principal in named_list(cx, &key, &written.members) {
        grants.add(on.clone(), roles::IAP_ACCESSOR, principal, None, &key);
    }
}

/// Puts the complete policies of services and jobs together from the grants on them.
pub(super) fn policies(plan: &mut Plan) {
    let mut policies: BTreeMap<(bool, String), BTreeMap<String, Vec<Principal>>> = BTreeMap::new();
    for grant in &plan.grants {
        let element = match &grant.on {
            Resource::Service { name, .. } => (true, name.clone()),
            Resource::Job { name, .. } => (false, name.clone()),
            _ => continue,
        };
        policies
            .entry(element)
            .or_default()
            .entry(grant.role.clone())
            .or_default()
            .push(grant.to.clone());
    }
    let mut take = |is_service: bool, name: &str| {
        let roles = policies
            .remove(&(is_service, name.to_owned()))
            .unwrap_or_default();
        let binding = |(role, mut members): (String, Vec<Principal>)| {
            members.sort_by_key(Principal::member);
            Binding { role, members }
        };
        roles.into_iter().map(binding).collect::<Vec<_>>()
    };
    for service in &mut plan.services {
        service.policy = take(true, &service.name);
    }
    for job in &mut plan.jobs {
        job.policy = take(false, &job.name);
    }
}
