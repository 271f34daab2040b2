//! The roles that the operators of each stage need.
//!
//! Which role holds which permission: <https://cloud.google.com/iam/docs/roles-permissions>.

use std::collections::BTreeSet;

use crate::plan::google::{memorystore, perimeter, roles};
use crate::plan::model::{Alert, AlertCondition, Certificate, Plan, Resource, Stage};
use crate::render::quote::Quoted;
use crate::render::quote::markdown::{Md, md};

/// A row: who, on what, which roles.
pub struct Rights {
    pub operator: Quoted,
    pub on: Quoted,
    pub roles: Quoted,
}

/// A row while it is gathered.
struct Need {
    operator: &'static str,
    on: Md,
    roles: BTreeSet<&'static str>,
}

/// The rights, by operator; the same for every environment that has the same parts.
pub fn list(plans: &[Plan]) -> Vec<Rights> {
    let mut needs = Vec::new();
    if plans
        .iter()
        .any(|plan| plan.stages().contains(&Stage::Governance))
    {
        needs.push(Need {
            operator: "governance",
            on: md("the organisation"),
            roles: governance(plans),
        });
        needs.push(Need {
            operator: "governance",
            on: md("the project"),
            roles: shared(plans, Stage::Governance),
        });
    }
    needs.push(Need {
        operator: "foundation",
        on: md("the project"),
        roles: gather(plans, Stage::Foundation, foundation),
    });
    needs.extend(tokens(plans));
    needs.extend(attached(plans));
    needs.push(Need {
        operator: "services",
        on: md("the project"),
        roles: gather(plans, Stage::Services, services),
    });
    let triggers = plans.iter().any(has_triggers);
    let works = plans.iter().any(|plan| !plan.workers.is_empty());
    let flows = plans.iter().any(|plan| !plan.workflows.is_empty());
    let more = [
        (works, "a worker"),
        (flows, "a workflow"),
        (triggers, "a trigger"),
    ];
    let more = more.into_iter().filter(|(there, _)| *there);
    let on = match more.map(|(_, what)| what).collect::<Vec<_>>().split_last() {
        None => "each account of a service or job".to_owned(),
        Some((last, others)) => {
            let others = ["a service", "a job"].iter().chain(others);
            let others: Vec<&str> = others.copied().collect();
            format!("each account of {} or {last}", others.join(", "))
        }
    };
    needs.push(Need {
        operator: "services",
        on: md("").text(&on),
        roles: BTreeSet::from([roles::ACCOUNT_USER]),
    });
    for bucket in told_elsewhere(plans) {
        needs.push(Need {
            operator: "services",
            on: md("bucket ").code(&bucket),
            roles: BTreeSet::from(["roles/storage.legacyBucketOwner"]),
        });
    }
    // Cloud Run's own roles hold nothing for domain mappings (<https://cloud.google.com/run/docs/reference/iam/roles>).
    if plans
        .iter()
        .flat_map(|plan| &plan.services)
        .any(|service| !service.domain_mappings.is_empty())
    {
        needs.push(Need {
            operator: "services, to map domains: Google has no smaller role for it",
            on: md("the project"),
            roles: BTreeSet::from(["roles/editor"]),
        });
    }
    for zone in plans.iter().filter_map(Plan::public_zone) {
        needs.push(Need {
            operator: "services",
            on: md("DNS zone ")
                .code(&zone.name)
                .say(" of project ")
                .code(&zone.project),
            roles: BTreeSet::from(["roles/dns.admin"]),
        });
    }
    needs.extend(secrets_tool(plans).into_iter().chain(looked_up(plans)));
    needs.push(Need {
        operator: "`verify.sh`",
        on: md("the project"),
        roles: looks(plans),
    });
    if plans.iter().any(|plan| plan.own_perimeter().is_some()) {
        needs.push(Need {
            operator: "`verify.sh`, for the perimeter",
            on: md("the organisation"),
            roles: BTreeSet::from([perimeter::READER]),
        });
    }
    for (bucket, stages) in buckets(plans) {
        let on = md("state bucket ").code(bucket);
        needs.push(Need {
            operator: stages,
            on,
            roles: BTreeSet::from([roles::STORAGE_USER]),
        });
    }
    once(needs)
}

/// What `verify.sh` needs.
fn looks(plans: &[Plan]) -> BTreeSet<&'static str> {
    let mut roles = BTreeSet::from(["roles/iam.securityReviewer", "roles/viewer"]);
    let mut buckets = plans.iter().flat_map(|plan| &plan.buckets);
    if buckets.any(|bucket| !bucket.existing) {
        // Whom a bucket tells of its objects (<https://cloud.google.com/storage/docs/json_api/v1/notifications/list>).
        roles.insert("roles/storage.bucketViewer");
    }
    roles
}

/// What `secrets.sh` needs: versions of secrets, and what Google made to fetch.
fn secrets_tool(plans: &[Plan]) -> Vec<Need> {
    let any = |has: &dyn Fn(&Plan) -> bool| plans.iter().any(has);
    let secrets = any(&|plan| plan.secrets.iter().any(|secret| !secret.existing));
    let need = |on: &str, role| Need {
        operator: "`secrets.sh`",
        on: md("").text(on),
        roles: BTreeSet::from([role]),
    };
    let adds = need("each secret", "roles/secretmanager.secretVersionManager");
    let engines: BTreeSet<&str> = (plans.iter())
        .flat_map(memorystore::made)
        .map(|engine| engine.viewer)
        .collect();
    let fetches = engines.into_iter().map(|role| need("the project", role));
    // Nothing smaller makes a user with a password and sets it.
    let users = any(&|plan| plan.has_password_users());
    let users = users.then(|| need("the project", "roles/cloudsql.admin"));
    let adds = secrets.then_some(adds).into_iter();
    adds.chain(users).chain(fetches).collect()
}

/// What looks up a cache that exists already, where it lies: its address, and its authority.
fn looked_up(plans: &[Plan]) -> impl Iterator<Item = Need> {
    let caches = plans.iter().flat_map(|plan| &plan.caches);
    let found = caches.filter(|cache| cache.existing);
    let found: BTreeSet<_> = found
        .map(|cache| (&cache.project, memorystore::of(cache.engine).viewer))
        .collect();
    found.into_iter().map(|(project, role)| Need {
        operator: "foundation, `secrets.sh`",
        on: md("project ").code(project),
        roles: BTreeSet::from([role]),
    })
}

/// Whether the services stage makes what calls or starts something as an account of its own.
fn has_triggers(plan: &Plan) -> bool {
    let mut pushes = plan.subscriptions.iter();
    pushes.any(|one| one.push.is_some()) || !plan.schedules.is_empty() || !plan.events.is_empty()
}

/// The buckets whose notifications the services stage makes: the topics are in other projects.
fn told_elsewhere(plans: &[Plan]) -> BTreeSet<String> {
    let told = plans.iter().flat_map(|plan| {
        let all = plan.notifications();
        all.filter(|(_, one)| one.stage(&plan.project.id) == Stage::Services)
    });
    told.map(|(bucket, _)| bucket.bucket.clone()).collect()
}

/// Who gives a topic a schema that is there already needs `pubsub.schemas.attach` on it.
fn attached(plans: &[Plan]) -> impl Iterator<Item = Need> {
    let schemas = plans.iter().flat_map(|plan| {
        let schemas = plan.topics.iter().filter_map(|topic| topic.schema.as_ref());
        schemas.filter(|schema| schema.project != plan.project.id)
    });
    schemas.map(|schema| Need {
        operator: "foundation",
        on: md("schema ").code(&schema.path()),
        roles: BTreeSet::from(["roles/pubsub.editor"]),
    })
}

/// Who makes a queue whose tasks bring a token has to be able to act as the account whose it is.
fn tokens(plans: &[Plan]) -> Option<Need> {
    let mut queues = plans.iter().flat_map(|plan| &plan.queues);
    queues.any(|queue| queue.target.is_some()).then(|| Need {
        operator: "foundation",
        on: md("each account of a trigger"),
        roles: BTreeSet::from([roles::ACCOUNT_USER]),
    })
}

/// The rows, each once.
fn once(needs: Vec<Need>) -> Vec<Rights> {
    let mut seen = BTreeSet::new();
    needs
        .into_iter()
        .filter(|need| seen.insert((need.operator, need.on.clone(), need.roles.clone())))
        .map(
            |Need {
                 operator,
                 on,
                 roles,
             }| Rights {
                operator: md(operator).done(),
                on: on.done(),
                roles: Md::list(roles.into_iter().map(|role| md("").code(role))).done(),
            },
        )
        .collect()
}

/// What a stage needs in whichever environment.
fn gather(
    plans: &[Plan],
    stage: Stage,
    of: impl Fn(&Plan, &mut BTreeSet<&'static str>),
) -> BTreeSet<&'static str> {
    let mut roles = shared(plans, stage);
    for plan in plans {
        of(plan, &mut roles);
        for grant in plan.single_grants().filter(|grant| grant.stage == stage) {
            roles.insert(grants_on(&grant.on));
        }
    }
    roles
}

/// What every stage needs for its APIs, and for the project's number where that is looked up.
fn shared(plans: &[Plan], stage: Stage) -> BTreeSet<&'static str> {
    let mut roles = BTreeSet::new();
    if plans
        .iter()
        .flat_map(|plan| &plan.apis)
        .any(|api| api.stage == stage)
    {
        roles.insert("roles/serviceusage.serviceUsageAdmin");
    }
    if plans.iter().any(|plan| plan.project.number.is_none()) {
        roles.insert("roles/browser");
    }
    roles
}

/// What the governance stage needs above the project.
fn governance(plans: &[Plan]) -> BTreeSet<&'static str> {
    let policies = plans.iter().any(|plan| !plan.org_policies.is_empty());
    let perimeter = plans.iter().any(|plan| plan.own_perimeter().is_some());
    let roles = [
        (policies, "roles/orgpolicy.policyAdmin"),
        (perimeter, perimeter::EDITOR),
    ];
    let roles = roles.into_iter().filter(|(needed, _)| *needed);
    roles.map(|(_, role)| role).collect()
}

fn foundation(plan: &Plan, roles: &mut BTreeSet<&'static str>) {
    if let Some(network) = &plan.network {
        if network.own.is_some() {
            roles.extend(["roles/compute.networkAdmin", "roles/compute.securityAdmin"]);
        }
        // The logs of its lookups are a policy of DNS.
        if network.own.is_some() || !network.zones.is_empty() {
            roles.insert("roles/dns.admin");
        }
    }
    let own = plan
        .network
        .as_ref()
        .and_then(|network| network.own.as_ref());
    if !plan.accounts.is_empty() {
        roles.insert("roles/iam.serviceAccountAdmin");
    }
    if plan.secrets.iter().any(|secret| !secret.existing) {
        roles.insert("roles/secretmanager.admin");
    }
    if plan.buckets.iter().any(|bucket| !bucket.existing) {
        roles.insert("roles/storage.admin");
    }
    if plan.keys.iter().any(|key| !key.existing) {
        roles.insert(roles::KMS_ADMIN);
    }
    if plan.delivery.is_some() {
        roles.insert("roles/iam.workloadIdentityPoolAdmin");
    }
    if plan.registries.iter().any(|registry| !registry.existing) {
        roles.insert("roles/artifactregistry.admin");
    }
    if plan
        .databases
        .iter()
        .any(|database| database.project == plan.project.id)
    {
        roles.insert("roles/cloudsql.admin");
    }
    roles.extend(memorystore::made(plan).map(|engine| engine.admin));
    if plan.firestores.iter().any(|one| !one.existing) {
        roles.insert("roles/datastore.owner");
    }
    if plan.made_datasets().next().is_some() {
        roles.insert("roles/bigquery.admin");
    }
    if plan.makes_channels() {
        roles.insert("roles/eventarc.developer");
    }
    if own.is_some_and(|own| !own.cache_policies.is_empty()) {
        roles.insert("roles/networkconnectivity.consumerNetworkAdmin");
    }
    if made_in(plan, Stage::Foundation) || plan.topics.iter().any(|topic| !topic.existing) {
        roles.insert("roles/pubsub.editor");
    }
    if plan.log_retention.is_some() || !plan.log_sinks.is_empty() {
        roles.insert("roles/logging.configWriter");
    }
    if plan.has_admission_policy() {
        roles.insert("roles/binaryauthorization.policyEditor");
    }
    if plan.queues.iter().any(|queue| !queue.existing) {
        roles.insert("roles/cloudtasks.queueAdmin");
    }
    if !plan.audit_logs.is_empty() {
        roles.insert("roles/resourcemanager.projectIamAdmin");
    }
}

/// Whether a stage makes subscriptions.
fn made_in(plan: &Plan, stage: Stage) -> bool {
    let mut made = plan.subscriptions.iter().filter(|one| !one.existing);
    made.any(|one| one.stage() == stage)
}

fn services(plan: &Plan, roles: &mut BTreeSet<&'static str>) {
    roles.insert("roles/run.admin");
    if made_in(plan, Stage::Services) {
        roles.insert("roles/pubsub.editor");
    }
    if !plan.schedules.is_empty() {
        roles.insert("roles/cloudscheduler.admin");
    }
    if !plan.events.is_empty() {
        roles.insert("roles/eventarc.developer");
    }
    if !plan.workflows.is_empty() {
        roles.insert("roles/workflows.editor");
    }
    if !plan.files.is_empty() {
        roles.insert("roles/secretmanager.admin");
    }
    if let Some(edge) = &plan.edge {
        roles.extend([
            "roles/compute.loadBalancerAdmin",
            "roles/compute.securityAdmin",
        ]);
        if let Certificate::Managed { map: _ } = &edge.certificate {
            roles.insert("roles/certificatemanager.owner");
        }
        if edge.backends.iter().any(|backend| backend.iap) {
            roles.insert("roles/iap.admin");
        }
    }
    if plan.internal_edge.is_some() {
        roles.extend([
            "roles/certificatemanager.owner",
            "roles/compute.loadBalancerAdmin",
        ]);
    }
    if plan.services.iter().any(|service| service.iap) {
        roles.insert("roles/iap.admin");
    }
    if let Some(monitoring) = &plan.monitoring {
        roles.extend([
            "roles/monitoring.alertPolicyEditor",
            "roles/monitoring.notificationChannelEditor",
        ]);
        if monitoring.dashboard.is_some() {
            roles.insert("roles/monitoring.dashboardEditor");
        }
        if !monitoring.checks.is_empty() {
            roles.insert("roles/monitoring.uptimeCheckConfigEditor");
        }
        // An alert on an entry of the logs is a rule of Cloud Logging too
        // (<https://cloud.google.com/logging/docs/alerting/log-based-alerts#before_you_begin>).
        let logs = |alert: &Alert| matches!(alert.condition, AlertCondition::Log { .. });
        if monitoring.alerts.iter().any(logs) {
            roles.insert("roles/logging.configWriter");
        }
    }
}

/// The role that may set grants on a kind of resource.
fn grants_on(resource: &Resource) -> &'static str {
    match resource {
        Resource::Project { .. } => "roles/resourcemanager.projectIamAdmin",
        Resource::Service { .. } | Resource::Job { .. } => "roles/run.admin",
        Resource::IapBackend { .. } | Resource::IapService { .. } => "roles/iap.admin",
        Resource::Secret { .. } => "roles/secretmanager.admin",
        Resource::Bucket { .. } => "roles/storage.admin",
        Resource::Repository { .. } => "roles/artifactregistry.admin",
        Resource::Subnetwork { .. } => "roles/compute.networkAdmin",
        Resource::Account { .. } => "roles/iam.serviceAccountAdmin",
        Resource::Topic { .. } | Resource::Subscription { .. } => "roles/pubsub.admin",
        Resource::Queue { .. } => "roles/cloudtasks.queueAdmin",
        Resource::Key { .. } => roles::KMS_ADMIN,
        // What grants is a query, which the owner of the data alone may not run.
        Resource::Dataset { .. } | Resource::Table { .. } => "roles/bigquery.admin",
        Resource::SpannerInstance { .. } => "roles/spanner.admin",
        Resource::Attestor { .. } => "roles/binaryauthorization.attestorsAdmin",
        Resource::SpannerDatabase { .. } => "roles/spanner.databaseAdmin",
    }
}

/// The state buckets, with whether one is shared by all stages.
fn buckets(plans: &[Plan]) -> Vec<(&str, &'static str)> {
    let mut buckets: Vec<(&str, &'static str)> = Vec::new();
    let places = plans
        .iter()
        .filter_map(|plan| plan.state.as_ref())
        .flat_map(|state| &state.stages);
    for (stage, place) in places {
        match buckets
            .iter_mut()
            .find(|(bucket, _)| *bucket == place.bucket)
        {
            Some((_, stages)) if *stages != stage.name() => *stages = "every stage (Terraform)",
            Some(_) => {}
            None => buckets.push((&place.bucket, stage.name())),
        }
    }
    buckets
}
