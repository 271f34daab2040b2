//! A plan with what the tables of `ACCESS.md` look up by name.

use std::collections::BTreeMap;

use crate::plan::model::{Backend, Exception, Grant, Plan, Resource, Service, Target};

/// The plan with what the tables look up by name: a plan may hold thousands of services.
pub struct Index<'a> {
    pub plan: &'a Plan,
    pub services: BTreeMap<&'a str, Vec<&'a Grant>>,
    pub jobs: BTreeMap<&'a str, Vec<&'a Grant>>,
    pub iap: BTreeMap<&'a str, Vec<&'a Grant>>,
    /// The backends, by service; one that leads to several regions stands under the service of each.
    pub backends: BTreeMap<&'a str, &'a Backend>,
    /// The addresses on the load balancer, by backend: host and path.
    pub addresses: BTreeMap<&'a str, Vec<(&'a str, &'a str)>>,
    exceptions: BTreeMap<&'a str, Vec<&'a Exception>>,
}

impl<'a> Index<'a> {
    pub fn new(plan: &'a Plan) -> Self {
        let mut index = Self {
            plan,
            services: BTreeMap::new(),
            jobs: BTreeMap::new(),
            iap: BTreeMap::new(),
            backends: BTreeMap::new(),
            addresses: BTreeMap::new(),
            exceptions: BTreeMap::new(),
        };
        let mut fronts = BTreeMap::new();
        if let Some(edge) = &plan.edge {
            for backend in &edge.backends {
                for group in &backend.groups {
                    index.backends.insert(&group.name, backend);
                }
                fronts.insert(backend.name.as_str(), backend.service.as_str());
            }
            for host in &edge.hosts {
                let mut leads = |backend: &'a str, path: &'a str| {
                    let addresses = index.addresses.entry(backend).or_default();
                    addresses.push((&host.domain, path));
                };
                if let Target::Backend(name) = &host.rest {
                    leads(name, "/");
                }
                for rule in &host.rules {
                    for pattern in &rule.patterns {
                        leads(&rule.backend, pattern);
                    }
                }
            }
        }
        for grant in plan
            .grants
            .iter()
            .filter(|grant| grant.on.project() == plan.project.id)
        {
            let table = match &grant.on {
                Resource::Service { name, .. } => index.services.entry(name),
                Resource::Job { name, .. } => index.jobs.entry(name),
                Resource::IapService { name, .. } => index.iap.entry(name),
                Resource::IapBackend { name, .. } => match fronts.get(name.as_str()) {
                    Some(service) => index.iap.entry(service),
                    None => continue,
                },
                _ => continue,
            };
            table.or_default().push(grant);
        }
        for exception in &plan.exceptions {
            let of = index.exceptions.entry(&exception.element).or_default();
            of.push(exception);
        }
        index
    }

    /// The exceptions of a service.
    pub fn exceptions(&self, service: &Service) -> impl Iterator<Item = &'a Exception> {
        let exceptions = self.exceptions.get(element(service).as_str());
        exceptions.into_iter().flatten().copied()
    }
}

/// The grants of a name, in the order of the plan.
pub fn of<'a>(table: &BTreeMap<&str, Vec<&'a Grant>>, name: &str) -> Vec<&'a Grant> {
    table.get(name).cloned().unwrap_or_default()
}

/// The key of a service in the blueprint.
pub fn element(service: &Service) -> String {
    format!("services.{}", service.declared())
}
