//! Services and jobs of Cloud Run: one file each.

use askama::Template;

use super::config_files::{self, FileView};
use super::filters;
use super::module::{BindingView, Module};
use super::words::{Expr, ignored};
use super::workload;
use crate::plan::google::run;
use crate::plan::model::{
    Auth, Ingress, Job, Labels, Resource, Revision, Service, Traffic, Workload,
};
use crate::render;
use crate::render::quote::Quoted;
use crate::render::seconds;

#[derive(Template)]
#[template(path = "terraform/service.tf.j2")]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is an argument of its own"
)]
struct ServiceFile<'a> {
    project: Expr,
    region: &'a str,
    name: &'a str,
    policy_id: &'a str,
    policy_says: String,
    ingress: Ingress,
    invoker_check: bool,
    iap: bool,
    iap_before: bool,
    run_app_closed: bool,
    audiences: &'a [String],
    deletion_protection: bool,
    labels: &'a Labels,
    binary_authorization: bool,
    account: &'a str,
    whose: String,
    concurrency: u32,
    timeout: String,
    session_affinity: bool,
    min: u32,
    max: u32,
    traffic: &'a Traffic,
    workload: Quoted,
    ignored: Vec<Expr>,
    after: Vec<Expr>,
    after_says: String,
    policy: Vec<BindingView<'a>>,
    passes: Vec<BindingView<'a>>,
    domain_mappings: &'a [String],
    files: Quoted,
}

#[derive(Template)]
#[template(path = "terraform/job.tf.j2")]
struct JobFile<'a> {
    project: Expr,
    region: &'a str,
    name: &'a str,
    policy_id: String,
    policy_says: String,
    deletion_protection: bool,
    labels: &'a Labels,
    binary_authorization: bool,
    run_token: Option<&'a str>,
    tasks: u32,
    parallelism: u32,
    account: &'a str,
    whose: String,
    retries: u32,
    timeout: String,
    workload: Quoted,
    ignored: Vec<Expr>,
    after: Vec<Expr>,
    after_says: String,
    policy: Vec<BindingView<'a>>,
    files: Quoted,
}

/// Adds the file of a service.
pub(super) fn add_service<'a>(module: &mut Module<'a>, service: &'a Service) {
    let Service {
        name,
        region,
        stands_in_for,
        leaves_region: _, // the load balancer's
        ingress,
        public: _,
        auth,
        invoker_check,
        iap,
        policy,
        run_app_closed,
        url: _,
        domains: _,
        private_domains: _,
        paths: _,
        domain_mappings,
        audiences,
        concurrency,
        timeout,
        min,
        max,
        session_affinity,
        traffic,
        workload,
        ci_owns,
        deletion_protection,
        retiring: _,
        calls: _,
        callers: _,
        after_policies,
        after_jobs,
    } = service;
    let guarded = Resource::IapService {
        project: module.plan.project.id.clone(),
        region: region.clone(),
        name: name.clone(),
    };
    let files = config_files::of(module, &format!("services.{}", service.declared()));
    let file = ServiceFile {
        project: module.project(run::API),
        region,
        name,
        policy_id: name,
        policy_says: match (policy.is_empty(), invoker_check) {
            (_, false) => format!("Anyone may call {name}; this is what is granted besides."),
            (true, true) => format!("Nobody may call {name}."),
            (false, true) => format!("Everyone who has a role on {name}."),
        },
        ingress: *ingress,
        invoker_check: *invoker_check,
        iap: *iap,
        iap_before: *auth == Auth::Iap && !*iap,
        run_app_closed: *run_app_closed,
        audiences,
        deletion_protection: *deletion_protection,
        labels: &workload.labels,
        binary_authorization: workload.binary_authorization,
        account: &workload.account.email,
        whose: render::whose(module.plan, &workload.account.email),
        concurrency: *concurrency,
        timeout: seconds(*timeout),
        session_affinity: *session_affinity,
        min: *min,
        max: *max,
        traffic,
        workload: workload::block(workload, true),
        ignored: ignored(ci_owns, "template[0]"),
        after: after(after_policies, after_jobs, &files),
        after_says: after_says(after_policies, after_jobs, &files),
        policy: module.bindings(policy),
        passes: module.bindings_on(&guarded),
        domain_mappings,
        // They are made once, and seen in each region.
        files: match stands_in_for {
            None => config_files::block(&files),
            Some(_) => config_files::block(&[]),
        },
    };
    module.add(&format!("service-{name}.tf"), &summary(service), &file);
}

/// Adds the file of a job.
pub(super) fn add_job<'a>(module: &mut Module<'a>, job: &'a Job) {
    let Job {
        name,
        policy,
        tasks,
        parallelism,
        retries,
        timeout,
        workload,
        before,
        run_token,
        ci_owns,
        deletion_protection,
        retiring,
        calls: _,
        after_policies,
    } = job;
    let files = config_files::of(module, &format!("jobs.{name}"));
    let file = JobFile {
        project: module.project(run::API),
        region: &module.plan.project.region,
        name,
        policy_id: format!("job-{name}"),
        policy_says: if policy.is_empty() {
            format!("Nobody has a role on {name}.")
        } else {
            format!("Everyone who has a role on {name}.")
        },
        deletion_protection: *deletion_protection,
        labels: &workload.labels,
        binary_authorization: workload.binary_authorization,
        run_token: run_token.as_deref(),
        tasks: *tasks,
        parallelism: *parallelism,
        account: &workload.account.email,
        whose: render::whose(module.plan, &workload.account.email),
        retries: *retries,
        timeout: seconds(*timeout),
        workload: workload::block(workload, false),
        ignored: ignored(ci_owns, "template[0].template[0]"),
        after: after(after_policies, &[], &files),
        after_says: after_says(after_policies, &[], &files),
        policy: module.bindings(policy),
        files: config_files::block(&files),
    };
    let mut sentences = vec![format!("Job {name}.")];
    if !before.is_empty() {
        let services = before.join(", ");
        sentences.push(format!(
            "Must succeed before {services} gets a new revision."
        ));
    }
    sentences.extend(uses(workload));
    sentences.extend(leaving(*retiring));
    let summary = sentences.join(" ");
    module.add(&format!("job-{name}.tf"), &summary, &file);
}

/// What must be there first.
pub(super) fn after(policies: &[String], jobs: &[String], files: &[FileView<'_>]) -> Vec<Expr> {
    let resource = |kind: &str, name: &str| Expr(format!("{kind}.{}", super::id(name)));
    let mut after = Vec::new();
    for name in policies {
        after.push(resource("google_cloud_run_v2_service_iam_policy", name));
    }
    for name in jobs {
        after.push(resource("google_cloud_run_v2_job", name));
    }
    for file in files {
        after.extend(file.after.iter().cloned());
    }
    after
}

/// The same in words.
pub(super) fn after_says(policies: &[String], jobs: &[String], files: &[FileView<'_>]) -> String {
    let mut reasons = Vec::new();
    if !policies.is_empty() {
        reasons.push("what it calls lets it in");
    }
    if !jobs.is_empty() {
        reasons.push("what must run before has succeeded");
    }
    if !files.is_empty() {
        reasons.push("what it mounts is there");
    }
    reasons.join(" and ")
}

/// A service in a sentence: from where, by whom, with what.
fn summary(service: &Service) -> String {
    let reach = match (service.public, service.auth) {
        (false, _) => "internal",
        (true, Auth::Iam) => "public, for callers with an ID token",
        (true, Auth::Iap) => "public, behind Identity-Aware Proxy",
        (true, Auth::Anonymous) => "public, for anyone",
    };
    let mut sentences = vec![format!("Service {}: {reach}.", service.name)];
    if let Some(other) = &service.stands_in_for {
        sentences.push(format!("It stands in for {other} in {}.", service.region));
    }
    let callers = service.callers.iter();
    let callers: Vec<&str> = callers
        .map(|key| key.rsplit('.').next().unwrap_or(key))
        .collect();
    if !callers.is_empty() {
        sentences.push(format!("Called by {}.", callers.join(", ")));
    }
    sentences.extend(uses(&service.workload));
    sentences.extend(leaving(service.retiring));
    sentences.join(" ")
}

/// What a workload uses, where it uses something.
pub(super) fn uses(workload: &Workload) -> Option<String> {
    let databases = workload.databases.iter();
    let databases: Vec<&str> = databases.map(|used| used.database.as_str()).collect();
    let secrets: Vec<&str> = workload.secrets.iter().map(String::as_str).collect();
    let list = |one: &str, names: &[&str]| match names {
        [] => None,
        [name] => Some(format!("{one} {name}")),
        names => Some(format!("{one}s {}", names.join(", "))),
    };
    let caches: Vec<&str> = workload.caches.iter().map(String::as_str).collect();
    let uses = [
        list("database", &databases),
        list("cache", &caches),
        list("secret", &secrets),
    ];
    let uses: Vec<String> = uses.into_iter().flatten().collect();
    (!uses.is_empty()).then(|| format!("Uses {}.", uses.join(", ")))
}

/// That an element is on its way out.
pub(super) fn leaving(retiring: bool) -> Option<String> {
    retiring.then(|| "On its way out: its protections are off.".to_owned())
}
