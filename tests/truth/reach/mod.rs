//! Who reaches what: a model of Cloud Run, the load balancer, the network and IAM that sees what a backend leaves and what the
//! blueprint declares, and nothing of the plan.

mod admission;
mod caches;
mod datasets;
mod delivery;
mod encryption;
mod events;
mod firestores;
mod inside;
mod internet;
mod logs;
mod messages;
mod monitoring;
mod network;
mod notifications;
mod perimeter;
mod resources;
mod rights;
mod rotation;
mod traffic;
mod waf;

use std::collections::BTreeSet;

use crate::cloud::{Cloud, Grant, many, one};
use crate::declared::Declared;
use crate::readers::iam::Policies;

/// A promise that is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Broken {
    /// Something internal can be reached from outside.
    InternalStaysInside,
    /// Something public is reached by nobody: a model that sees no way would find no hole either.
    PublicIsReached,
    /// Something public is reached past the load balancer, or past a WAF that does what is declared.
    PublicPassesTheWaf,
    /// A private name leads elsewhere than is declared, or is answered without TLS, from further away, or to whom nobody let in.
    PrivateNamesAreGiven,
    /// A database has a public address, or takes connections that are not encrypted.
    DatabasesArePrivate,
    /// An account reads a secret that the blueprint does not give it.
    SecretsAreGiven,
    /// An account reaches a database that the blueprint does not give it.
    DatabasesAreGiven,
    /// An account reaches a cache that the blueprint does not give it, or one takes whoever comes.
    CachesAreGiven,
    /// An account reads or writes in a database of Firestore that the blueprint does not give it.
    FirestoresAreGiven,
    /// A dataset that nothing declares, or one that lets somebody in by a basic role on the project.
    DatasetsAreClosed,
    /// A bucket could be opened to the internet, a right stand on a single object, or a stranger be told of objects.
    BucketsAreClosed,
    /// Something lies under another key than is declared, or somebody else decrypts it.
    KeysAreOwn,
    /// An account has another right that nothing asks for, or runs what is not its own.
    RightsAreGiven,
    /// A role on the whole project that nothing asks for.
    NothingOnTheProject,
    /// Somebody may call who is not declared.
    CallersAreDeclared,
    /// Another revision answers than is declared, or one has an address that is not.
    WhatIsWrittenAnswers,
    /// A way out that is not declared, or a way in to what runs in the network.
    TheNetworkIsClosed,
    /// Nobody hears of something that fails or opens, or a stranger does.
    SomebodyHears,
    /// An entry of the logs is lost that is to be kept, or goes where nobody says.
    LogsAreKept,
    /// An image runs that the declared policy does not admit, or that nobody is asked about.
    ImagesAreAdmitted,
    /// Something crosses the perimeter that is not declared, or goes past it.
    ThePerimeterHolds,
}

/// Where a promise is broken.
pub type Holes = Vec<(Broken, String)>;

/// Every broken promise of an environment, where other projects have granted what they are asked for.
pub fn holes(declared: &Declared, cloud: &Cloud, policies: &Policies) -> Holes {
    let mut model = Model {
        declared,
        cloud,
        grants: cloud.grants.iter().chain(&policies.elsewhere).collect(),
        holes: Vec::new(),
    };
    model.ways_in();
    model.load_balancer();
    model.inside();
    model.wafs();
    model.databases();
    model.caches();
    model.firestores();
    model.datasets();
    model.secrets();
    model.buckets();
    model.own_keys();
    model.accounts();
    model.rights();
    model.project_wide(&policies.listed);
    model.callers();
    model.traffic();
    model.pushes();
    model.formed();
    model.on_time();
    model.tasks();
    model.events();
    model.logs();
    model.admission();
    model.perimeter();
    model.rotations();
    model.notifications();
    model.pipeline();
    model.network();
    model.monitoring();
    model.holes
}

struct Model<'a> {
    declared: &'a Declared,
    cloud: &'a Cloud,
    /// The grants here and in other projects.
    grants: Vec<&'a Grant>,
    holes: Holes,
}

impl<'a> Model<'a> {
    pub(super) fn hole(&mut self, broken: Broken, what: impl Into<String>) {
        self.holes.push((broken, what.into()));
    }

    pub(super) fn must(&mut self, holds: bool, broken: Broken, what: impl Into<String>) {
        if !holds {
            self.hole(broken, what);
        }
    }

    /// The backends that lead to a service.
    pub(super) fn backends(&self, service: &str) -> BTreeSet<&'a str> {
        let groups = self.cloud.all("compute network-endpoint-groups");
        let groups = groups.filter(|(_, group)| one(group, "cloud-run-service") == Some(service));
        let groups: Vec<&str> = groups.map(|(group, _)| group).collect();
        let backends = self.cloud.all("compute backend-services");
        let leading = backends.filter(|(_, backend)| {
            many(backend, "backends")
                .iter()
                .any(|one| groups.contains(&one.as_str()))
        });
        leading.map(|(backend, _)| backend).collect()
    }
}
