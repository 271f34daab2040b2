//! Services and jobs of Cloud Run.

use askama::Template;

use super::filters;
use super::script::Script;
use super::traffic::{self, TrafficView};
use crate::plan::model::{
    Auth, Binding, CiOwns, Container, DatabaseUse, EnvValue, EnvVar, Ingress, Job, Labels, Mount,
    Part, Plan, Port, Principal, Probe, ProbeCheck, Resource, SecretItem, SecretVersion, Service,
    Text, Volume, VolumeSource, VpcAccess, VpcEgress, Workload,
};
use crate::render;

#[expect(
    clippy::struct_excessive_bools,
    reason = "Cloud Run has these switches"
)]
#[derive(Template)]
#[template(path = "gcloud/service.sh.j2")]
struct ServiceSection<'a> {
    summary: String,
    kind: &'static str,
    verb: &'static str,
    name: &'a str,
    region: &'a str,
    /// Whether anything runs in several regions.
    regions: bool,
    ingress: Ingress,
    invoker_check: bool,
    /// Everybody stands in the policy. Then no flag speaks of it: an update would take them out and leave nobody until the policy
    /// is written again; a new service is closed without it too, and the policy, which comes last, opens it.
    open_by_policy: bool,
    audiences: &'a [String],
    concurrency: u32,
    timeout: u32,
    min: u32,
    max: u32,
    cpu_idle: bool,
    startup_boost: bool,
    gpu: Option<&'a str>,
    session_affinity: bool,
    run_app_closed: bool,
    iap: bool,
    traffic: Option<TrafficView>,
    serve_latest: bool,
    keep: Option<String>,
    account: &'a str,
    whose: String,
    vpc: Option<&'a VpcAccess>,
    encryption_key: Option<String>,
    binary_authorization: bool,
    labels: &'a Labels,
    volumes: Vec<String>,
    containers: Vec<ContainerView<'a>>,
    policy: Vec<(&'a str, Text)>,
    passes: Vec<(&'a str, Vec<Text>)>,
    domain_mappings: &'a [String],
}

#[derive(Template)]
#[template(path = "gcloud/job.sh.j2")]
struct JobSection<'a> {
    summary: String,
    kind: &'static str,
    verb: &'static str,
    name: &'a str,
    region: &'a str,
    tasks: u32,
    parallelism: u32,
    retries: u32,
    timeout: u32,
    gpu: Option<&'a str>,
    keep: Option<String>,
    account: &'a str,
    whose: String,
    vpc: Option<&'a VpcAccess>,
    encryption_key: Option<String>,
    binary_authorization: bool,
    labels: &'a Labels,
    volumes: Vec<String>,
    containers: Vec<ContainerView<'a>>,
    policy: Vec<(&'a str, Text)>,
    /// The probes, for which gcloud has no flags: container, kind, settings.
    probes: Vec<(&'a str, &'static str, String)>,
    run_token: Option<&'a str>,
    before: String,
}

pub(super) struct ContainerView<'a> {
    pub name: &'a str,
    pub image: &'a Text,
    pub command: Option<String>,
    pub args: Option<Text>,
    pub env: Vec<EnvView>,
    pub files: Vec<String>,
    pub mounts: Vec<String>,
    pub cpu: &'a str,
    pub memory: &'a str,
    pub gpu: bool,
    pub port: Option<Port>,
    pub startup: Option<String>,
    pub liveness: Option<String>,
    pub after: &'a [String],
}

pub(super) struct EnvView {
    pub flag: &'static str,
    pub pair: Text,
}

/// Adds a service and its policy.
pub(super) fn add_service(script: &mut Script<'_>, plan: &Plan, service: &Service) {
    let Service {
        name,
        region,
        stands_in_for: _,
        leaves_region: _, // the load balancer's
        ingress,
        public: _,
        auth: _,
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
        // A refusal of Terraform's own: gcloud deletes nothing here.
        deletion_protection: _,
        retiring: _,
        calls: _,
        callers: _,
        // The order of the sections.
        after_policies: _,
        after_jobs: _,
    } = service;
    let Workload {
        account,
        vpc,
        internet: _,
        containers,
        volumes,
        databases: _,
        caches: _,
        secrets: _,
        enqueues: _,
        channels: _,
        publishes: _,
        consumes: _,
        starts: _,
        encryption_key,
        binary_authorization,
        labels,
    } = workload;
    let main = containers.first();
    script.section(&ServiceSection {
        summary: summary(service),
        kind: "service",
        verb: "to call",
        name,
        region,
        regions: script.regions,
        ingress: *ingress,
        invoker_check: *invoker_check,
        open_by_policy: open_by(policy),
        audiences,
        concurrency: *concurrency,
        timeout: *timeout,
        min: *min,
        max: *max,
        cpu_idle: main.is_some_and(|container| container.cpu_idle),
        startup_boost: main.is_some_and(|container| container.startup_boost),
        gpu: workload.gpu(),
        session_affinity: *session_affinity,
        run_app_closed: *run_app_closed,
        iap: *iap,
        traffic: traffic::view(traffic),
        serve_latest: !traffic.written && !ci_owns.contains(&CiOwns::Traffic),
        keep: keep(ci_owns),
        account: &account.email,
        whose: render::whose(plan, &account.email),
        vpc: vpc.as_ref(),
        encryption_key: encryption_key.as_ref().map(ToString::to_string),
        binary_authorization: *binary_authorization,
        labels,
        volumes: volumes.iter().filter_map(volume).collect(),
        containers: containers
            .iter()
            .map(|one| container(one, volumes))
            .collect(),
        policy: bindings(policy),
        passes: if *iap {
            passes_service(plan, service)
        } else {
            Vec::new()
        },
        domain_mappings,
    });
}

/// Who passes Identity-Aware Proxy on the service itself.
fn passes_service<'a>(plan: &'a Plan, service: &Service) -> Vec<(&'a str, Vec<Text>)> {
    let on = Resource::IapService {
        project: plan.project.id.clone(),
        region: service.region.clone(),
        name: service.name.clone(),
    };
    passes(plan, &on)
}

/// Whether everybody stands in a policy.
fn open_by(policy: &[Binding]) -> bool {
    let mut members = policy.iter().flat_map(|binding| &binding.members);
    members.any(Principal::is_all_users)
}

/// Adds a job, its policy, and its run where something waits for it.
pub(super) fn add_job(script: &mut Script<'_>, plan: &Plan, job: &Job) {
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
        deletion_protection: _,
        retiring: _,
        calls: _,
        after_policies: _,
    } = job;
    let Workload {
        account,
        vpc,
        internet: _,
        containers,
        volumes,
        databases,
        caches: _,
        secrets: _,
        enqueues: _,
        channels: _,
        publishes: _,
        consumes: _,
        starts: _,
        encryption_key,
        binary_authorization,
        labels,
    } = workload;
    script.section(&JobSection {
        summary: task_summary("Runs to its end when it is started.", databases),
        kind: "job",
        verb: "to run",
        name,
        region: &plan.project.region,
        tasks: *tasks,
        parallelism: *parallelism,
        retries: *retries,
        timeout: *timeout,
        gpu: workload.gpu(),
        keep: keep(ci_owns),
        account: &account.email,
        whose: render::whose(plan, &account.email),
        vpc: vpc.as_ref(),
        encryption_key: encryption_key.as_ref().map(ToString::to_string),
        binary_authorization: *binary_authorization,
        labels,
        volumes: volumes.iter().filter_map(volume).collect(),
        containers: unprobed(containers, volumes),
        probes: containers.iter().flat_map(probes).collect(),
        policy: bindings(policy),
        run_token: run_token.as_deref(),
        before: before.join(", "),
    });
}

/// What a job or a worker does, and the databases that it uses.
pub(super) fn task_summary(does: &str, databases: &[DatabaseUse]) -> String {
    let uses: Vec<&str> = databases
        .iter()
        .map(|used| used.database.as_str())
        .collect();
    if uses.is_empty() {
        does.to_owned()
    } else {
        format!("{does} Uses database {}.", uses.join(", "))
    }
}

/// Containers without their probes, for which gcloud has no flags outside of services.
pub(super) fn unprobed<'a>(
    containers: &'a [Container],
    volumes: &[Volume],
) -> Vec<ContainerView<'a>> {
    let containers = containers.iter().map(|one| ContainerView {
        startup: None,
        liveness: None,
        ..container(one, volumes)
    });
    containers.collect()
}

/// The probes of a container.
pub(super) fn probes(container: &Container) -> Vec<(&str, &'static str, String)> {
    let startup = container.startup.as_ref().map(|one| ("startup", one));
    let liveness = container.liveness.as_ref().map(|one| ("liveness", one));
    let all = startup.into_iter().chain(liveness);
    all.map(|(kind, one)| (container.name.as_str(), kind, probe(one)))
        .collect()
}

/// The members of a policy, each with its role.
fn bindings(policy: &[Binding]) -> Vec<(&str, Text)> {
    let of = |binding: &'_ Binding| -> Vec<Text> {
        let Binding { role: _, members } = binding;
        members.iter().map(Principal::member).collect()
    };
    policy
        .iter()
        .flat_map(|binding| {
            of(binding)
                .into_iter()
                .map(|member| (binding.role.as_str(), member))
        })
        .collect()
}

/// Who passes Identity-Aware Proxy before a resource: by role.
pub(super) fn passes<'a>(plan: &'a Plan, guarded: &Resource) -> Vec<(&'a str, Vec<Text>)> {
    let mut passes: Vec<(&str, Vec<Text>)> = Vec::new();
    for grant in plan.grants_on(guarded) {
        match passes.iter_mut().find(|(role, _)| *role == grant.role) {
            Some((_, members)) => members.push(grant.to.member()),
            None => passes.push((&grant.role, vec![grant.to.member()])),
        }
    }
    passes
}

/// A service in a sentence.
fn summary(service: &Service) -> String {
    let reach = match (service.ingress, service.auth) {
        (Ingress::Internal, _) => "Internal.",
        (_, Auth::Iam) => "Public; callers show an ID token of Google's.",
        (_, Auth::Iap) => "Public; people pass Identity-Aware Proxy.",
        (_, Auth::Anonymous) => "Public; open to anyone, by a written exception.",
    };
    let databases = service
        .workload
        .databases
        .iter()
        .map(|used| used.database.as_str());
    let databases: Vec<&str> = databases.collect();
    let callers = match service.callers.join(", ") {
        callers if callers.is_empty() => callers,
        callers => format!(" Called by {callers}."),
    };
    let databases = match databases.join(", ") {
        databases if databases.is_empty() => databases,
        databases => format!(" Uses database {databases}."),
    };
    format!("{reach}{callers}{databases}")
}

/// The flags that a pipeline looks after.
pub(super) fn keep(owned: &[CiOwns]) -> Option<String> {
    // All of the template but who it runs as and what it reaches.
    const TEMPLATE: &str = "--container --image --command --args --set-env-vars --set-secrets --cpu --memory \
        --gpu --gpu-type --no-gpu-zonal-redundancy --cpu-throttling --no-cpu-throttling --cpu-boost --no-cpu-boost \
        --concurrency --timeout --min-instances --max-instances --port --use-http2 \
        --startup-probe --liveness-probe --depends-on --add-volume --add-volume-mount --session-affinity --tasks --parallelism --max-retries --task-timeout";
    if owned.contains(&CiOwns::Template) {
        return Some(TEMPLATE.to_owned());
    }
    let flags: Vec<&str> = owned
        .iter()
        .filter_map(|owned| match owned {
            CiOwns::Image => Some("--image"),
            CiOwns::Env => Some("--set-env-vars"),
            CiOwns::Traffic | CiOwns::Template => None,
        })
        .collect();
    (!flags.is_empty()).then(|| flags.join(" "))
}

/// A volume as `--add-volume` takes it; the volumes of secrets are made by `--set-secrets`.
pub(super) fn volume(volume: &Volume) -> Option<String> {
    let Volume { name, source } = volume;
    let read_only = |on: bool| if on { ",readonly=true" } else { "" };
    match source {
        // The mode of the files is Cloud Run's default, 0444, which no flag can change.
        VolumeSource::Secret {
            secret: _,
            mode: _,
            items: _,
        } => None,
        VolumeSource::Memory { size } => {
            Some(format!("name={name},type=in-memory,size-limit={size}"))
        }
        VolumeSource::Bucket {
            bucket,
            read_only: on,
        } => Some(format!(
            "name={name},type=cloud-storage,bucket={bucket}{}",
            read_only(*on)
        )),
        VolumeSource::Nfs {
            server,
            path,
            read_only: on,
        } => Some(format!(
            "name={name},type=nfs,location={}:{path}{}",
            server.addr(),
            read_only(*on)
        )),
    }
}

fn container<'a>(container: &'a Container, volumes: &[Volume]) -> ContainerView<'a> {
    let Container {
        name,
        image,
        command,
        args,
        env,
        cpu,
        memory,
        gpu,
        // Those of the main container are the revision's.
        cpu_idle: _,
        startup_boost: _,
        port,
        mounts,
        startup,
        liveness,
        after,
    } = container;
    let mut files = Vec::new();
    let mut others = Vec::new();
    for Mount { volume, path } in mounts {
        let source = volumes.iter().find(|one| one.name == *volume);
        match source.map(|volume| &volume.source) {
            Some(VolumeSource::Secret {
                secret,
                mode: _,
                items,
            }) => files.extend(items.iter().map(
                |SecretItem {
                     version,
                     path: file,
                 }| { format!("{path}/{file}={secret}:{version}") },
            )),
            _ => others.push(format!("volume={volume},mount-path={path}")),
        }
    }
    ContainerView {
        name,
        image,
        command: (!command.is_empty()).then(|| super::list(command)),
        args: (!args.is_empty()).then(|| texts(args)),
        env: env.iter().map(variable).collect(),
        files,
        mounts: others,
        cpu,
        memory,
        gpu: gpu.is_some(),
        port: *port,
        startup: startup.as_ref().map(probe),
        liveness: liveness.as_ref().map(probe),
        after,
    }
}

/// The literal parts of a text.
fn literals(text: &Text) -> impl Iterator<Item = &str> + Clone {
    text.parts().iter().filter_map(|part| match part {
        Part::Literal(literal) => Some(literal.as_str()),
        Part::ProjectNumber | Part::Value(_) => None,
    })
}

/// Whether a text may hold anything once it is known.
fn open(text: &Text) -> bool {
    text.parts()
        .iter()
        .any(|part| matches!(part, Part::Value(_)))
}

/// A variable and its text as `--set-env-vars` takes them.
pub(super) fn pair(name: &str, text: &Text) -> Text {
    let start = if open(text) || literals(text).any(|literal| literal.contains(',')) {
        // The delimiter is never met: nothing follows the one pair.
        format!("^{}^{name}=", delimiter(std::slice::from_ref(text)))
    } else {
        format!("{name}=")
    };
    Text::from(start.as_str()).then_text(text)
}

/// An environment variable as gcloud takes it, one a flag, so that a change of one changes one line.
fn variable(variable: &EnvVar) -> EnvView {
    let EnvVar { name, value } = variable;
    match value {
        EnvValue::Text(text) => EnvView {
            flag: "set-env-vars",
            pair: pair(name, text),
        },
        EnvValue::Secret(SecretVersion { secret, version }) => EnvView {
            flag: "set-secrets",
            pair: Text::from(format!("{name}={secret}:{version}").as_str()),
        },
    }
}

/// A delimiter that the texts do not hold; of what is not known yet it is taken that it holds no three `~` in a row.
fn delimiter(texts: &[Text]) -> String {
    let literals: Vec<&str> = texts.iter().flat_map(literals).collect();
    if texts.iter().any(open) {
        let free = |by: &String| !literals.iter().any(|literal| literal.contains(by.as_str()));
        // A run that is longer than any text is in none of them.
        let longest = literals.iter().map(|literal| literal.len()).max();
        let mut runs = (3..=longest.unwrap_or(0).max(2) + 1).map(|length| "~".repeat(length));
        let long = runs.find(free);
        return long.unwrap_or_default();
    }
    super::delimiter(literals.into_iter())
}

/// A list of texts as gcloud takes it.
fn texts(texts: &[Text]) -> Text {
    let special =
        |text: &Text| open(text) || literals(text).any(|literal| literal.contains([',', '^']));
    let (mut out, by) = if texts.iter().any(special) {
        let by = delimiter(texts);
        (Text::from(format!("^{by}^").as_str()), by)
    } else {
        (Text::default(), ",".to_owned())
    };
    for (at, text) in texts.iter().enumerate() {
        if at > 0 {
            out = out.then(&by);
        }
        out = out.then_text(text);
    }
    out
}

/// A probe as gcloud takes it.
fn probe(probe: &Probe) -> String {
    let Probe {
        check,
        delay,
        period,
        timeout,
        failures,
    } = probe;
    let mut pairs = Vec::new();
    if *delay > 0 {
        pairs.push(("initialDelaySeconds", delay.to_string()));
    }
    pairs.push(("timeoutSeconds", timeout.to_string()));
    pairs.push(("periodSeconds", period.to_string()));
    pairs.push(("failureThreshold", failures.to_string()));
    match check {
        ProbeCheck::Http { path, port } => {
            pairs.push(("httpGet.path", path.clone()));
            pairs.push(("httpGet.port", port.to_string()));
        }
        ProbeCheck::Tcp { port } => pairs.push(("tcpSocket.port", port.to_string())),
        ProbeCheck::Grpc { port } => pairs.push(("grpc.port", port.to_string())),
    }
    super::dictionary(pairs.iter().map(|(key, value)| (*key, value.as_str())))
}
