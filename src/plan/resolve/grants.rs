//! Grants: who may do what follows from the relations, and is gathered here.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use heck::ToKebabCase;

use crate::blueprint::Key;
use crate::name;
use crate::plan::google::roles;
use crate::plan::model::{Binding, Condition, Grant, Plan, Principal, Resource, Stage};

/// The grants as they are found: the same grant for two reasons is one grant with two causes.
pub(super) struct Grants {
    project: String,
    grants: BTreeMap<Identity, (Stage, BTreeSet<String>)>,
}

/// What makes a grant this one: resource, role, principal and condition.
type Identity = (Resource, String, Principal, Option<Condition>);

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

    /// Makes the grants that stand on one thing on another one too.
    pub fn copy(&mut self, from: &Resource, to: &Resource) {
        let on = |((on, role, who, condition), made): (&Identity, &(Stage, BTreeSet<String>))| {
            let identity = (to.clone(), role.clone(), who.clone(), condition.clone());
            (on == from).then(|| (identity, made.clone()))
        };
        let copies: Vec<_> = self.grants.iter().filter_map(on).collect();
        self.grants.extend(copies);
    }

    /// All grants in order, each with a name that is unique on its kind of resource in this project. One in another project, which its
    /// owner makes, takes no name away: else one here would be called anew, and be lost for a while, when the other one comes.
    pub fn finish(self) -> Vec<Grant> {
        // Only asked whether it holds a name: its order does not matter.
        let mut taken = HashSet::new();
        self.grants
            .into_iter()
            .map(|((on, role, to, condition), (stage, causes))| {
                let mut name = grant_name(&on, &role, &to, condition.as_ref());
                let here = on.project() == self.project;
                if here && !taken.insert((std::mem::discriminant(&on), name.clone())) {
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
    let (on, usual): (Option<&str>, Option<&str>) = match on {
        Resource::Project { .. } => (None, None),
        Resource::Service { name, .. }
        | Resource::Job { name, .. }
        | Resource::IapBackend { name, .. }
        | Resource::IapService { name, .. }
        | Resource::Bucket { name, .. }
        | Resource::Topic { name, .. }
        | Resource::Subscription { name, .. }
        | Resource::Queue { name, .. }
        | Resource::Key { name, .. }
        | Resource::Dataset { name, .. }
        | Resource::Table { name, .. }
        | Resource::SpannerInstance { name, .. }
        | Resource::SpannerDatabase { name, .. } => (Some(name), None),
        Resource::Attestor { name, .. } => (Some(name), Some(roles::ATTESTORS_VERIFIER)),
        Resource::Secret { name, .. } => (Some(name), Some(roles::SECRET_ACCESSOR)),
        Resource::Repository { name, .. } => (Some(name), Some(roles::ARTIFACT_READER)),
        Resource::Subnetwork { name, .. } => (Some(name), Some(roles::NETWORK_USER)),
        Resource::Account { email, .. } => (email.split('@').next(), Some(roles::ACCOUNT_USER)),
    };
    let to = match to {
        Principal::Account { id, .. } => id.clone(),
        Principal::Agent { service, .. } => {
            format!("{}-agent", service.split('.').next().unwrap_or_default())
        }
        Principal::Named(member) => member.to_string().to_kebab_case(),
        Principal::Federated { pool, .. } => pool.clone(),
    };
    let role = (usual != Some(role)).then(|| role.trim_start_matches("roles/").to_kebab_case());
    let condition = condition.map(|condition| condition.title.to_kebab_case());
    let parts = [
        on.map(ToKebabCase::to_kebab_case),
        role,
        Some(to),
        condition,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("-")
}

/// Puts the complete policies of services and jobs together from the grants on them.
pub(super) fn policies(plan: &mut Plan) {
    let mut policies: BTreeMap<(bool, String), BTreeMap<String, Vec<Principal>>> = BTreeMap::new();
    let here = |grant: &&Grant| grant.on.project() == plan.project.id;
    for grant in plan.grants.iter().filter(here) {
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

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    #[test]
    fn a_grant_elsewhere_takes_no_name_away() {
        let named = |others: &str| {
            let topics = format!(
                "publishes = [\"news\"{others}]\n[topics.news]\n[topics.theirs]\nexisting = \"projects/acme-a/topics/news\"\n\
                [subscriptions.news]\ntopic = \"news\"\nconsumers = [\"group:a@example.com\"]\n"
            );
            let resolved = resolve(&[INTERNAL, &topics]);
            let grants = resolved.plan().single_grants();
            let names = grants.map(|grant| grant.name.clone());
            names.collect::<Vec<_>>()
        };
        assert_eq!(named(", \"theirs\""), named(""));
    }
}
