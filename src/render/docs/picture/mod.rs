//! The picture: the layers from the internet to the data, as a Mermaid flowchart.

mod moving;
mod ways;

use std::collections::BTreeSet;

use crate::plan::google::memorystore;
use crate::plan::model::{
    Auth, Connect, CryptoKey, Database, Edge, Engine, Host, Ingress, Internet, Plan, Service,
    Start, Target, TlsMode, Waf, WafAction, WafMatch, Workload,
};
use crate::render::quote::mermaid;

/// The lines of an environment's picture. It shows what stands where, and nothing that differs from one environment to
/// the next only because each has its own: hosts, projects, sizes, whether a WAF is in preview.
pub fn lines(plan: &Plan) -> Vec<String> {
    let mut picture = Picture::default();
    picture.line(0, "flowchart TB");
    if plan.edge.is_some() || plan.services.iter().any(is_direct) {
        picture.node(1, "internet", ("([", "])"), &["the internet"]);
    }
    if let Some(edge) = &plan.edge {
        picture.edge(plan, edge);
    }
    if plan.internal_edge.is_some() {
        let inside = ["internal load balancer", "private names, HTTPS only"];
        picture.node(1, "inside", ("[", "]"), &inside);
    }
    picture.run(plan);
    picture.messages(plan);
    picture.data(plan);
    picture.ways_in(plan);
    picture.ways_on(plan);
    picture.ways_of_messages(plan);
    picture.ways_on_time(plan);
    picture.queues(plan);
    picture.events(plan);
    picture.logs(plan);
    picture.pipeline(plan);
    picture.lines
}

/// Whether the internet reaches a service past any load balancer.
fn is_direct(service: &Service) -> bool {
    service.ingress == Ingress::All
}

/// The id of a node. As with Terraform's local names, no two names of one kind meet in it.
fn id(kind: &str, name: &str) -> String {
    let name = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    format!("{kind}_{name}")
}

/// The picture while it is drawn.
#[derive(Default)]
struct Picture {
    lines: Vec<String>,
}

impl Picture {
    /// Adds a line of this program's own words, ids and labels.
    fn line(&mut self, depth: usize, text: &str) {
        let indent = "  ".repeat(depth);
        self.lines.push(format!("{indent}{text}"));
    }

    fn node(&mut self, depth: usize, id: &str, (open, close): (&str, &str), label: &[&str]) {
        let label = mermaid::label(label.iter().copied().filter(|line| !line.is_empty())).0;
        self.line(depth, &format!("{id}{open}{label}{close}"));
    }

    fn subgraph(&mut self, id: &str, label: &str) {
        let label = mermaid::label([label]).0;
        self.line(1, &format!("subgraph {id} [{label}]"));
    }

    fn arrow(&mut self, from: &str, to: &str, label: &str) {
        if label.is_empty() {
            self.line(1, &format!("{from} --> {to}"));
        } else {
            let label = mermaid::label([label]).0;
            self.line(1, &format!("{from} -->|{label}| {to}"));
        }
    }

    /// The load balancer with its WAFs and IAP.
    fn edge(&mut self, plan: &Plan, edge: &Edge) {
        self.subgraph("edge", "load balancer");
        let front = ["HTTPS only", "unknown hosts and paths: 404"];
        self.node(2, "front", ("[", "]"), &front);
        for name in guarding(edge) {
            let waf = plan.wafs.iter().find(|waf| waf.name == name);
            let looks = waf.map(looks_for).unwrap_or_default();
            let title = format!("WAF {name}");
            self.node(2, &id("waf", name), ("{{", "}}"), &[&title, &looks]);
        }
        for backend in edge.backends.iter().filter(|backend| backend.iap) {
            let iap = id("iap", &backend.service);
            self.node(2, &iap, ("{{", "}}"), &["IAP", "login and membership"]);
        }
        self.line(1, "end");
    }

    /// Services, jobs and workers.
    fn run(&mut self, plan: &Plan) {
        if plan.workloads().next().is_none() {
            return;
        }
        self.subgraph("run", "Cloud Run");
        for service in &plan.services {
            let door = match (service.auth, service.public) {
                (Auth::Anonymous, _) => "asks nobody who calls",
                (Auth::Iap, _) => "only IAP may call",
                (Auth::Iam, true) => "asks for an ID token",
                (Auth::Iam, false) => "internal, asks for an ID token",
            };
            let node = id("service", &service.name);
            let mut lines = vec![service.name.as_str(), door];
            if service.stands_in_for.is_some() {
                lines.push(&service.region);
            }
            self.node(2, &node, ("[", "]"), &lines);
        }
        for job in &plan.jobs {
            self.node(2, &id("job", &job.name), ("[/", "/]"), &[&job.name, "job"]);
        }
        for worker in &plan.workers {
            let node = id("worker", &worker.name);
            self.node(2, &node, ("[\\", "\\]"), &[&worker.name, "worker"]);
        }
        self.line(1, "end");
        for workflow in &plan.workflows {
            let node = id("workflow", &workflow.name);
            self.node(1, &node, ("{{", "}}"), &[&workflow.name, "workflow"]);
        }
    }

    /// Databases, caches, secrets, and the way out.
    fn data(&mut self, plan: &Plan) {
        if !plan.databases.is_empty() || !plan.caches.is_empty() {
            self.subgraph("data", "private addresses only");
            for database in &plan.databases {
                let replicas = match database.replicas.len() {
                    0 => String::new(),
                    1 => ", 1 replica".to_owned(),
                    many => format!(", {many} replicas"),
                };
                let engine = format!("{}{replicas}", engine(database));
                let node = id("database", &database.name);
                self.node(2, &node, ("[(", ")]"), &[&database.name, &engine]);
            }
            for cache in &plan.caches {
                let node = id("cache", &cache.name);
                self.node(
                    2,
                    &node,
                    ("[(", ")]"),
                    &[&cache.name, memorystore::of(cache.engine).name],
                );
            }
            self.line(1, "end");
        }
        if workloads(plan).any(|(_, workload)| !workload.secrets.is_empty()) {
            self.node(1, "secrets", ("[(", ")]"), &["Secret Manager"]);
        }
        for bucket in &plan.buckets {
            let node = id("bucket", &bucket.name);
            self.node(1, &node, ("[(", ")]"), &[&bucket.name, "bucket"]);
        }
        for firestore in &plan.firestores {
            let node = id("firestore", &firestore.name);
            let label = [firestore.name.as_str(), "Firestore"];
            self.node(1, &node, ("[(", ")]"), &label);
        }
        for dataset in &plan.datasets {
            let node = id("dataset", &dataset.name);
            let away = dataset.path.project != plan.project.id;
            let place = if away {
                dataset.path.project.as_str()
            } else {
                ""
            };
            let label = [dataset.name.as_str(), "BigQuery", place];
            self.node(1, &node, ("[(", ")]"), &label);
        }
        let used = |key: &&CryptoKey| !plan.is_for_products(key);
        for key in plan.keys.iter().filter(used) {
            let node = id("key", &key.name);
            self.node(1, &node, ("{{", "}}"), &[&key.name, "key"]);
        }
        if workloads(plan).any(|(_, workload)| workload.internet == Internet::Nat) {
            self.node(1, "nat", ("[/", "\\]"), &["Cloud NAT", "a fixed address"]);
            self.node(1, "outside", ("([", "])"), &["hosts on the internet"]);
        }
    }

    /// From the internet to the services.
    fn ways_in(&mut self, plan: &Plan) {
        if let Some(edge) = &plan.edge {
            self.arrow("internet", "front", "");
            for waf in guarding(edge) {
                self.arrow("front", &id("waf", waf), "");
            }
            for backend in &edge.backends {
                let waf = id("waf", &backend.waf);
                let paths = paths(&edge.hosts, &backend.name);
                let (from, says) = if backend.iap {
                    let iap = id("iap", &backend.service);
                    self.arrow(&waf, &iap, &paths);
                    (iap, String::new())
                } else {
                    (waf, paths)
                };
                let says = match (backend.groups.len() > 1, says.as_str()) {
                    (true, "") => "if nearest".to_owned(),
                    (true, paths) => format!("{paths}, if nearest"),
                    (false, _) => says,
                };
                for group in &backend.groups {
                    self.arrow(&from, &id("service", &group.name), &says);
                }
            }
        }
        for service in plan.services.iter().filter(|service| is_direct(service)) {
            let node = id("service", &service.name);
            self.arrow("internet", &node, "past any load balancer");
        }
    }

    /// Services of other projects that something calls.
    fn calls_elsewhere(&mut self, plan: &Plan) {
        let mut drawn = BTreeSet::new();
        for (element, _, name) in plan.calls_elsewhere() {
            let node = id("elsewhere", name);
            if drawn.insert(name) {
                self.node(1, &node, ("([", "])"), &[name, "in another project"]);
            }
            if let Some((table, from)) = element.split_once('.') {
                let kind = table.trim_end_matches('s');
                self.arrow(&id(kind, from), &node, "ID token");
            }
        }
    }

    /// From the services to each other, to the data and out.
    fn ways_on(&mut self, plan: &Plan) {
        let services = plan.services.iter();
        let jobs = plan.jobs.iter();
        let calls = services
            .map(|service| (id("service", &service.name), &service.calls))
            .chain(jobs.map(|job| (id("job", &job.name), &job.calls)))
            .chain(
                plan.workers
                    .iter()
                    .map(|worker| (id("worker", &worker.name), &worker.calls)),
            )
            .chain(
                plan.workflows
                    .iter()
                    .map(|workflow| (id("workflow", &workflow.name), &workflow.calls)),
            );
        for (from, calls) in calls {
            let mut inside = false;
            for call in calls {
                if is_inside(plan, &call.service) {
                    inside = true;
                } else {
                    self.arrow(&from, &id("service", &call.service), "ID token");
                }
            }
            if inside {
                self.arrow(&from, "inside", "ID token");
            }
        }
        self.calls_elsewhere(plan);
        if let Some(edge) = &plan.internal_edge {
            for service in &edge.backends {
                let paths = paths(&edge.hosts, service);
                self.arrow("inside", &id("service", service), &paths);
            }
        }
        let starts = workloads(plan).map(|(from, workload)| (from, &workload.starts));
        let workflows = plan.workflows.iter();
        let workflows = workflows.map(|one| (id("workflow", &one.name), &one.starts));
        for (from, starts) in starts.chain(workflows) {
            for start in starts {
                let to = match start {
                    Start::Job(job) => id("job", job),
                    Start::Workflow(workflow) => id("workflow", workflow),
                };
                self.arrow(&from, &to, "starts");
            }
        }
        let mut nat = false;
        let to_buckets = ways::to_buckets(plan);
        let to_firestores = ways::to_firestores(plan);
        let to_datasets = ways::to_datasets(plan);
        let to_keys = ways::to_keys(plan);
        for (from, workload) in workloads(plan) {
            for used in &workload.databases {
                let database = plan
                    .databases
                    .iter()
                    .find(|database| database.name == used.database);
                let login = match used.password_user {
                    None => "IAM login",
                    Some(_) => "password",
                };
                let way = match used.connect {
                    Connect::Connector => ", connector",
                    Connect::Proxy => ", Auth Proxy",
                    Connect::Direct => "",
                };
                let tls = match database.map(|database| database.tls) {
                    Some(TlsMode::Mtls) => "mTLS",
                    Some(TlsMode::Encrypted) | None => "TLS",
                };
                let to = id("database", &used.database);
                self.arrow(&from, &to, &format!("{login}{way}, {tls}"));
            }
            for cache in &workload.caches {
                self.arrow(&from, &id("cache", cache), "IAM login, TLS");
            }
            if !workload.secrets.is_empty() {
                self.arrow(&from, "secrets", &workload.secrets.join(", "));
            }
            let account = workload.account.email.as_str();
            let buckets = to_buckets.get(account);
            let firestores = to_firestores.get(account);
            let datasets = to_datasets.get(account);
            let keys = to_keys.get(account);
            let ways = buckets.into_iter().chain(firestores);
            for (node, does) in ways.chain(datasets).chain(keys).flatten() {
                self.arrow(&from, node, &does.join(", "));
            }
            if workload.internet == Internet::Nat {
                self.arrow(&from, "nat", "");
                nat = true;
            }
        }
        if nat {
            self.arrow("nat", "outside", "");
        }
    }
}

/// What a WAF looks for, in a few words.
fn looks_for(waf: &Waf) -> String {
    let mut looks = Vec::new();
    let owasp = waf.rules.iter().any(|rule| {
        matches!(&rule.matches, WafMatch::Expression(cel) if cel.contains("evaluatePreconfiguredWaf"))
    });
    if owasp {
        looks.push("OWASP rules");
    }
    let limited = waf
        .rules
        .iter()
        .any(|rule| matches!(rule.action, WafAction::Throttle(_) | WafAction::Ban(..)));
    if limited {
        looks.push("rate limit");
    }
    if waf.adaptive {
        looks.push("adaptive protection");
    }
    looks.join(", ")
}

/// The WAFs that stand before a service, once each.
fn guarding(edge: &Edge) -> Vec<&str> {
    let backends = edge.backends.iter();
    let mut wafs: Vec<&str> = backends.map(|backend| backend.waf.as_str()).collect();
    wafs.sort_unstable();
    wafs.dedup();
    wafs
}

/// Whether callers come to a service by its private name alone.
fn is_inside(plan: &Plan, service: &str) -> bool {
    let edge = plan.internal_edge.as_ref();
    let named = edge.is_some_and(|edge| edge.backends.iter().any(|one| one == service));
    named && plan.service(service).is_some_and(|one| one.run_app_closed)
}

/// The paths that lead to a backend, on whichever host. `/x/*` goes without saying beside `/x`.
fn paths(hosts: &[Host], backend: &str) -> String {
    let mut paths: Vec<&str> = Vec::new();
    for host in hosts {
        if matches!(&host.rest, Target::Backend(name) if name == backend) {
            paths.push(if host.rules.is_empty() {
                "every path"
            } else {
                "every other path"
            });
        }
        let rules = host.rules.iter().filter(|rule| rule.backend == backend);
        let patterns = rules.flat_map(|rule| &rule.patterns).map(String::as_str);
        paths.extend(patterns.filter(|pattern| !pattern.ends_with("/*")));
    }
    paths.sort_unstable();
    paths.dedup();
    paths.join(", ")
}

fn engine(database: &Database) -> &'static str {
    match database.engine {
        Engine::Postgres => "PostgreSQL",
        Engine::Mysql => "MySQL",
    }
}

/// Services, jobs and workers with the ids of their nodes.
fn workloads(plan: &Plan) -> impl Iterator<Item = (String, &Workload)> {
    let services = plan
        .services
        .iter()
        .map(|service| (id("service", &service.name), &service.workload));
    let jobs = plan
        .jobs
        .iter()
        .map(|job| (id("job", &job.name), &job.workload));
    let workers = plan
        .workers
        .iter()
        .map(|worker| (id("worker", &worker.name), &worker.workload));
    services.chain(jobs).chain(workers)
}
