//! What services, jobs and workers have in common, the groups that they share, jobs and workers.

use toml::{Table, Value};

use super::{Choices, Plot, table, texts};

/// An image: of a registry of the project, of another project, or by a tag.
pub fn image(kind: usize) -> String {
    let digest = "7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263";
    match kind {
        0 => format!("europe-docker.pkg.dev/acme-shop-prod/app/app@sha256:{digest}"),
        1 => format!("europe-west1-docker.pkg.dev/acme-images/shop/app@sha256:{digest}"),
        2 => format!("us-docker.pkg.dev/acme-images/mirror/proxy@sha256:{digest}"),
        _ => "europe-docker.pkg.dev/acme-shop-prod/app/app:v1".to_owned(),
    }
}

fn any_image(choices: &mut Choices<'_>, plot: &Plot) -> Value {
    if let Some(registry) = plot.registries.first()
        && choices.once_in(3)
    {
        let digest = "7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263";
        return format!("${{registries.{registry}.url}}/inner/app@sha256:{digest}").into();
    }
    match choices.below(6) {
        0 | 1 if plot.images => "${images.app}".into(),
        kind => image([0, 0, 0, 1, 2, 3][kind]).into(),
    }
}

pub fn groups(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    let mut groups = Table::new();
    for name in &plot.groups {
        let mut group = Table::new();
        group.insert(
            "env".to_owned(),
            table([("GROUP", "it's \"app\", $HOME ${environment}".into())]),
        );
        choices.perhaps(2, &mut group, "labels", table([("group", "app".into())]));
        choices.perhaps(
            3,
            &mut group,
            "developers",
            texts(&["group:team@example.com"]),
        );
        choices.perhaps(
            3,
            &mut group,
            "invokers",
            texts(&["group:operators@example.com"]),
        );
        choices.perhaps(
            3,
            &mut group,
            "files",
            table([("/etc/group/settings.yaml", "settings.yaml".into())]),
        );
        let volume = table([("memory", "32Mi".into()), ("mount", "/group".into())]);
        choices.perhaps(3, &mut group, "volumes", table([("group", volume)]));
        let grant = grants(choices, plot);
        choices.perhaps(4, &mut group, "grants", Value::Array(vec![grant]));
        if let Some(database) = plot.databases.first() {
            choices.perhaps(4, &mut group, "databases", texts(&[&database.name]));
        }
        super::firestore::shared(choices, plot, &mut group);
        super::dataset::shared(choices, plot, &mut group);
        if let Some(cache) = plot.caches.first() {
            choices.perhaps(6, &mut group, "caches", texts(&[cache]));
        }
        if !plot.blind {
            choices.perhaps(4, &mut group, "calls", texts(&[&plot.services[0]]));
        }
        if let Some(topic) = plot.messages.topics.first() {
            choices.perhaps(4, &mut group, "publishes", texts(&[topic]));
        }
        if let Some(channel) = plot.messages.channels.first() {
            choices.perhaps(4, &mut group, "channels", texts(&[channel]));
        }
        if let Some(pulled) = plot.messages.pulled.first() {
            choices.perhaps(4, &mut group, "consumes", texts(&[pulled]));
        }
        if let Some(workflow) = plot.workflows.first() {
            let target = format!("workflows.{workflow}");
            choices.perhaps(4, &mut group, "runs", texts(&[target]));
        }
        if let Some(queue) = plot.messages.queues.first() {
            choices.perhaps(4, &mut group, "enqueues", texts(&[queue]));
        }
        if let Some(bucket) = plot.buckets.first() {
            let uses = table([(bucket.name.as_str(), "read".into())]);
            choices.perhaps(4, &mut group, "buckets", uses);
        }
        if let Some(key) = plot.keys.first() {
            let uses = table([(key.name.as_str(), texts(&key.uses))]);
            choices.perhaps(4, &mut group, "keys", uses);
        }
        if let Some(secret) = plot.secrets.first() {
            let env = table([("GROUP_SECRET", format!("{secret}:7").into())]);
            choices.perhaps(3, &mut group, "secrets", table([("env", env)]));
        }
        groups.insert(name.clone(), Value::Table(group));
    }
    if plot.people {
        groups.insert(
            "people".to_owned(),
            table([("members", texts(&["group:board@example.com"]))]),
        );
    }
    if !groups.is_empty() {
        root.insert("groups".to_owned(), Value::Table(groups));
    }
    let mut defaults = Table::new();
    choices.perhaps(
        3,
        &mut defaults,
        "services",
        table([("env", table([("LEVEL", "info".into())]))]),
    );
    if !plot.jobs.is_empty() {
        choices.perhaps(3, &mut defaults, "jobs", table([("retries", 2.into())]));
    }
    if plot.databases.iter().any(|one| !one.existing) {
        choices.perhaps(
            3,
            &mut defaults,
            "databases",
            table([("labels", table([("kind", "store".into())]))]),
        );
    }
    if !plot.buckets.is_empty() {
        choices.perhaps(
            3,
            &mut defaults,
            "buckets",
            table([("labels", table([("class", "stored".into())]))]),
        );
    }
    if !plot.keys.is_empty() {
        choices.perhaps(
            3,
            &mut defaults,
            "keys",
            table([("labels", table([("class", "key".into())]))]),
        );
    }
    if !plot.datasets.is_empty() {
        let kept = table([("deletion_protection", true.into())]);
        choices.perhaps(3, &mut defaults, "datasets", kept);
    }
    if !plot.firestores.is_empty() {
        let kept = table([("pitr", true.into())]);
        choices.perhaps(3, &mut defaults, "firestores", kept);
    }
    if !plot.caches.is_empty() {
        let labels = table([("labels", table([("class", "fast".into())]))]);
        choices.perhaps(3, &mut defaults, "caches", labels);
    }
    if !plot.secrets.is_empty() {
        choices.perhaps(
            3,
            &mut defaults,
            "secrets",
            table([("labels", table([("kind", "hidden".into())]))]),
        );
    }
    let attempts = table([("retries", table([("attempts", 1.into())]))]);
    choices.perhaps(4, &mut defaults, "schedules", attempts);
    if !plot.workflows.is_empty() {
        let labels = table([("labels", table([("class", "steps".into())]))]);
        choices.perhaps(3, &mut defaults, "workflows", labels);
    }
    if !plot.registries.is_empty() {
        let labels = table([("labels", table([("class", "images".into())]))]);
        choices.perhaps(3, &mut defaults, "registries", labels);
    }
    let enqueuers = table([("enqueuers", texts(&["group:support@example.com"]))]);
    choices.perhaps(4, &mut defaults, "queues", enqueuers);
    let labels = table([("labels", table([("class", "event".into())]))]);
    choices.perhaps(4, &mut defaults, "events", labels);
    let publishers = table([("publishers", texts(&["group:support@example.com"]))]);
    choices.perhaps(4, &mut defaults, "channels", publishers);
    let filter = table([("filter", "severity >= NOTICE".into())]);
    choices.perhaps(4, &mut defaults, "log_sinks", filter);
    if !plot.messages.topics.is_empty() {
        let labels = || table([("labels", table([("kind", "message".into())]))]);
        choices.perhaps(3, &mut defaults, "topics", labels());
        choices.perhaps(3, &mut defaults, "subscriptions", labels());
    }
    if !defaults.is_empty() {
        root.insert("defaults".to_owned(), Value::Table(defaults));
    }
}

pub fn env(element: &mut Table) -> &mut Table {
    let env = element
        .entry("env")
        .or_insert_with(|| Value::Table(Table::new()));
    env.as_table_mut().unwrap()
}

/// A role beside the derived ones.
fn grants(choices: &mut Choices<'_>, plot: &Plot) -> Value {
    let mut grant = Table::new();
    let kinds = [
        (
            "roles/storage.objectViewer",
            "//storage.googleapis.com/projects/_/buckets/acme-reports",
        ),
        (
            "roles/pubsub.publisher",
            "//pubsub.googleapis.com/projects/acme-shop-prod/topics/orders",
        ),
        (
            "roles/pubsub.publisher",
            "//pubsub.googleapis.com/projects/acme-events/topics/orders",
        ),
        ("roles/monitoring.metricWriter", "project"),
        (
            "roles/cloudkms.signer",
            "//cloudkms.googleapis.com/projects/acme-keys/locations/global/keyRings/ring/cryptoKeys/sign",
        ),
        (
            "roles/artifactregistry.reader",
            "//artifactregistry.googleapis.com/projects/acme-shop-prod/locations/europe/repositories/models",
        ),
        ("roles/bigquery.jobUser", "project"),
        (
            "roles/bigquery.dataViewer",
            "//bigquery.googleapis.com/projects/acme-shop-prod/datasets/sales",
        ),
        (
            "roles/bigquery.dataEditor",
            "//bigquery.googleapis.com/projects/acme-warehouse/datasets/sales/tables/orders",
        ),
        (
            "roles/spanner.backupWriter",
            "//spanner.googleapis.com/projects/acme-shop-prod/instances/main",
        ),
        (
            "roles/spanner.databaseUser",
            "//spanner.googleapis.com/projects/acme-warehouse/instances/main/databases/orders",
        ),
    ];
    let (role, on) = choices.one(&kinds);
    grant.insert("role".to_owned(), role.into());
    let own = plot.secrets.first().filter(|_| choices.once_in(6));
    match own {
        Some(secret) => {
            grant.insert("role".to_owned(), "roles/secretmanager.viewer".into());
            grant.insert("on".to_owned(), format!("secrets.{secret}").into());
        }
        None => {
            grant.insert("on".to_owned(), on.into());
        }
    }
    if let Some(dataset) = plot.datasets.first().filter(|_| choices.once_in(6)) {
        let on = format!("datasets.{dataset}");
        grant.insert("role".to_owned(), "roles/bigquery.metadataViewer".into());
        grant.insert("on".to_owned(), on.into());
        return Value::Table(grant);
    }
    if let Some(bucket) = plot.buckets.first().filter(|_| choices.once_in(6)) {
        grant.insert("role".to_owned(), "roles/storage.objectViewer".into());
        grant.insert("on".to_owned(), format!("buckets.{}", bucket.name).into());
        return Value::Table(grant);
    }
    let condition = table([
        ("title", "only-new".into()),
        (
            "expression",
            "request.time > timestamp('2027-01-01T00:00:00Z') && resource.name != 'a,b'".into(),
        ),
    ]);
    if on == "project" || on.contains("storage") {
        choices.perhaps(3, &mut grant, "condition", condition);
    }
    Value::Table(grant)
}

/// What a service or job needs: databases, secrets, the way out, rights.
pub fn needs(
    choices: &mut Choices<'_>,
    plot: &Plot,
    element: &mut Table,
    name: &str,
    egress: &str,
) {
    if egress == "private" {
        choices.perhaps(4, element, "egress", egress);
    } else {
        element.insert("egress".to_owned(), egress.into());
    }
    let used: Vec<_> = plot
        .databases
        .iter()
        .filter(|_| choices.once_in(2))
        .cloned()
        .collect();
    let mut passwords = Vec::new();
    if egress != "outside" && !used.is_empty() {
        if choices.once_in(2) {
            let names: Vec<&str> = used.iter().map(|one| one.name.as_str()).collect();
            element.insert("databases".to_owned(), texts(&names));
        } else {
            let mut databases = Table::new();
            for one in &used {
                let mut how = Table::from_iter([("pool".to_owned(), 2.into())]);
                if one.password && choices.once_in(2) {
                    how.insert("user".to_owned(), "app".into());
                    passwords.push(one.secret());
                }
                databases.insert(one.name.clone(), Value::Table(how));
            }
            element.insert("databases".to_owned(), Value::Table(databases));
        }
        let first = &used[0].name;
        let reference = |what: &str| Value::from(format!("${{databases.{first}.{what}}}"));
        if choices.once_in(2) {
            let env = env(element);
            env.insert("DB".to_owned(), reference("connection_name"));
            env.insert("DB_USER".to_owned(), reference("user"));
        }
        if used[0].replica_host && choices.once_in(2) {
            env(element).insert("DB_REPLICA".to_owned(), reference("replica_host"));
        }
        if used[0].host && choices.once_in(2) {
            env(element).insert("DB_HOST".to_owned(), reference("private_ip"));
        }
    }
    if egress != "outside" {
        super::cache::used(choices, plot, element);
    }
    super::firestore::used(choices, plot, element);
    super::dataset::used(choices, plot, element);
    super::messages::needs(choices, plot, element);
    super::workflow::starts(choices, plot, element);
    super::messages::adds(choices, plot, element);
    super::messages::says(choices, plot, element);
    let mut secrets = secrets(choices, plot, "");
    if !passwords.is_empty() {
        let env = secrets.entry("env").or_insert_with(|| Table::new().into());
        let env = env.as_table_mut().unwrap();
        for (number, secret) in passwords.iter().enumerate() {
            env.insert(format!("DB_PASS_{number}"), format!("{secret}:1").into());
        }
    }
    if !secrets.is_empty() {
        element.insert("secrets".to_owned(), Value::Table(secrets));
    }
    super::bucket::used(choices, plot, element);
    super::key::used(choices, plot, element);
    super::registry::used(choices, plot, element);
    choices.perhaps(4, element, "telemetry", true);
    if choices.once_in(4) {
        let grant = grants(choices, plot);
        element.insert("grants".to_owned(), Value::Array(vec![grant]));
    }
    let account = format!("own-{name}@acme-accounts.iam.gserviceaccount.com");
    choices.perhaps(8, element, "service_account", account);
    choices.perhaps(
        5,
        element,
        "developers",
        texts(&["group:developers@example.com", "user:ann@example.com"]),
    );
}

/// Secrets that a container reads.
fn secrets(choices: &mut Choices<'_>, plot: &Plot, suffix: &str) -> Table {
    let mut secrets = Table::new();
    let mut env = Table::new();
    let mut files = Table::new();
    let mut read = Vec::new();
    for secret in &plot.secrets {
        let upper = secret.replace('-', "_").to_uppercase();
        match choices.below(6) {
            0 | 1 => {}
            2 => {
                env.insert(format!("{upper}{suffix}"), format!("{secret}:3").into());
            }
            3 => {
                files.insert(
                    format!("/secrets/{secret}{suffix}/value"),
                    format!("{secret}:latest").into(),
                );
                files.insert(
                    format!("/secrets/{secret}{suffix}/before"),
                    format!("{secret}:2").into(),
                );
            }
            4 => read.push(format!("{secret}:latest")),
            _ => read.push(format!("{secret}:5")),
        }
    }
    for (key, table) in [("env", env), ("files", files)] {
        if !table.is_empty() {
            secrets.insert(key.to_owned(), Value::Table(table));
        }
    }
    if !read.is_empty() {
        secrets.insert("read".to_owned(), texts(&read));
    }
    secrets
}

/// What runs: image, containers, volumes, life.
pub fn runs(
    choices: &mut Choices<'_>,
    plot: &Plot,
    element: &mut Table,
    name: &str,
    outside: bool,
) {
    element.insert("image".to_owned(), any_image(choices, plot));
    // The group may call the first service, which then cannot be in it.
    let may = !plot.groups.is_empty() && !outside && name != plot.services[0];
    if may && choices.once_in(2) {
        let groups = element
            .entry("use")
            .or_insert_with(|| Value::Array(Vec::new()));
        groups.as_array_mut().unwrap().push("app".into());
    }
    choices.perhaps(4, element, "command", texts(&["/app/server", "it's"]));
    choices.perhaps(
        3,
        element,
        "args",
        texts(&["--a,b", "^c^", "$d \"e\"", "serve"]),
    );
    if choices.once_in(2) {
        let motto = choices.one(&[
            "less, \"but\" better: $HOME `x` \\n 'y'",
            "two\nlines, a\ttab, \u{202e}turned, %{ if x } $${y} é ~~~~ ^|^",
            "--flag=a,b;c|d@e#f~g",
        ]);
        env(element).insert("MOTTO".to_owned(), motto.into());
        env(element).insert("EMPTY".to_owned(), "".into());
    }
    if plot.values && choices.once_in(2) {
        env(element).insert(
            "CACHE".to_owned(),
            "redis://${values.cache-host}:6379".into(),
        );
    }
    if choices.once_in(4) {
        env(element).insert(
            "PROJECT".to_owned(),
            "${project.id} ${project.number} ${project.region}".into(),
        );
    }
    choices.perhaps(
        5,
        element,
        "files",
        table([("/etc/app/config.yaml", "config.yaml".into())]),
    );
    volumes(choices, plot, element, outside);
    if choices.once_in(4) {
        let mut sidecar = Table::new();
        sidecar.insert("image".to_owned(), any_image(choices, plot));
        choices.perhaps(3, &mut sidecar, "command", texts(&["/collector"]));
        choices.perhaps(3, &mut sidecar, "args", texts(&["--verbose"]));
        choices.perhaps(3, &mut sidecar, "cpu", 1);
        choices.perhaps(3, &mut sidecar, "memory", "512Mi");
        choices.perhaps(3, &mut sidecar, "env", table([("LEVEL", "debug".into())]));
        choices.perhaps(
            3,
            &mut sidecar,
            "files",
            table([("/etc/collector/c.yaml", "c.yaml".into())]),
        );
        if element
            .get("volumes")
            .is_some_and(|volumes| volumes.get("scratch").is_some())
        {
            choices.perhaps(
                2,
                &mut sidecar,
                "volumes",
                table([("scratch", "/scratch".into())]),
            );
        }
        let startup = table([("tcp", 4317.into())]);
        choices.perhaps(2, &mut sidecar, "probes", table([("startup", startup)]));
        if !sidecar.contains_key("probes") {
            choices.perhaps(3, &mut sidecar, "after", texts(&[name]));
        }
        let secrets = secrets(choices, plot, "_2");
        if !secrets.is_empty() {
            choices.perhaps(2, &mut sidecar, "secrets", Value::Table(secrets));
        }
        element.insert(
            "sidecars".to_owned(),
            table([("collector", Value::Table(sidecar))]),
        );
    }
    choices.perhaps(6, element, "cpu", 2);
    choices.perhaps(6, element, "memory", "1Gi");
    choices.perhaps(4, element, "labels", table([("tier", "one".into())]));
    choices.perhaps(6, element, "deletion_protection", false);
    choices.perhaps(8, element, "retire", true);
    let owned = choices.one(&["image", "env", "template", "traffic"]);
    choices.perhaps(8, element, "ci_owns", texts(&[owned]));
}

/// A GPU, with the CPUs and the memory that come with it; whether there is one.
pub fn gpu(choices: &mut Choices<'_>, element: &mut Table) -> bool {
    let one = choices.once_in(12);
    if one {
        element.insert("gpu".to_owned(), "nvidia-l4".into());
        element.remove("cpu");
        element.remove("memory");
    }
    one
}

fn volumes(choices: &mut Choices<'_>, plot: &Plot, element: &mut Table, outside: bool) {
    let mut volumes = Table::new();
    let memory = table([("memory", "64Mi".into()), ("mount", "/scratch".into())]);
    choices.perhaps(5, &mut volumes, "scratch", memory);
    let read_only = choices.once_in(2);
    let own = plot.buckets.first().filter(|_| choices.once_in(2));
    let bucket = own.map_or("acme-uploads", |bucket| &bucket.name);
    let read_only = read_only || own.is_some_and(|bucket| bucket.retained);
    let bucket = table([
        ("bucket", bucket.into()),
        ("mount", "/uploads".into()),
        ("read_only", read_only.into()),
    ]);
    choices.perhaps(6, &mut volumes, "uploads", bucket);
    if !outside {
        let nfs = table([
            ("nfs", "10.20.200.5:/export".into()),
            ("mount", "/nfs".into()),
            ("read_only", true.into()),
        ]);
        choices.perhaps(8, &mut volumes, "files", nfs);
    }
    if !volumes.is_empty() {
        element.insert("volumes".to_owned(), Value::Table(volumes));
    }
}

pub fn jobs(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    let mut all = Table::new();
    for name in &plot.jobs {
        let mut job = Table::new();
        let egress = choices.one(&["private", "closed", "nat", "outside"]);
        needs(choices, plot, &mut job, name, egress);
        if egress != "outside" && !plot.blind {
            let calls = called(choices, &plot.services, 4);
            if calls.is_empty() {
                let targets: Vec<String> = plot
                    .services
                    .iter()
                    .map(|name| format!("services.{name}"))
                    .collect();
                let before = choices.some(&targets, 3);
                if !before.is_empty() {
                    job.insert("before".to_owned(), texts(&before));
                }
            } else {
                job.insert("calls".to_owned(), texts(&calls));
            }
        }
        runs(choices, plot, &mut job, name, egress == "outside");
        if job.get("ci_owns") == Some(&texts(&["traffic"])) {
            job.remove("ci_owns");
        }
        choices.perhaps(
            3,
            &mut job,
            "invokers",
            texts(&["group:operators@example.com"]),
        );
        gpu(choices, &mut job);
        choices.perhaps(4, &mut job, "timeout", "15m");
        choices.perhaps(4, &mut job, "retries", 3);
        choices.perhaps(4, &mut job, "tasks", 4);
        if job.contains_key("tasks") {
            choices.perhaps(2, &mut job, "parallelism", 2);
        }
        if plot.environments.len() > 1 && !job.contains_key("before") {
            choices.perhaps(3, &mut job, "environments", texts(&["prod"]));
        }
        all.insert(name.clone(), Value::Table(job));
    }
    if !all.is_empty() {
        root.insert("jobs".to_owned(), Value::Table(all));
    }
}

/// Workers.
pub fn workers(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    let mut all = Table::new();
    for name in ["mailer", "tracker"] {
        if !choices.once_in(6) {
            continue;
        }
        let mut worker = Table::new();
        let egress = choices.one(&["private", "closed", "nat", "outside"]);
        needs(choices, plot, &mut worker, name, egress);
        if egress != "outside" && !plot.blind {
            let calls = called(choices, &plot.services, 4);
            if !calls.is_empty() {
                worker.insert("calls".to_owned(), texts(&calls));
            }
        }
        runs(choices, plot, &mut worker, name, egress == "outside");
        only_of_worker(&mut worker, root);
        gpu(choices, &mut worker);
        let owned = choices.one(&["image", "template"]);
        choices.perhaps(4, &mut worker, "ci_owns", texts(&[owned]));
        if name == "mailer" {
            worker.remove("publishes"); // so that some topic is named by nothing
            env(&mut worker).remove("TOPIC");
        }
        // One that rests, or several that run.
        let instances = if name == "mailer" { 0 } else { 3 };
        choices.perhaps(2, &mut worker, "instances", instances);
        if let Some(Value::Table(sidecars)) = worker.get_mut("sidecars") {
            let liveness = table([("tcp", 4317.into()), ("period", "30s".into())]);
            let sidecar = sidecars["collector"].as_table_mut().unwrap();
            if let Some(Value::Table(probes)) = sidecar.get_mut("probes") {
                choices.perhaps(2, probes, "liveness", liveness);
            }
        }
        if plot.environments.len() > 1 {
            choices.perhaps(3, &mut worker, "environments", texts(&["prod"]));
            if !worker.contains_key("environments") && choices.once_in(2) {
                let overlay = root["environments"]["stg"].as_table_mut().unwrap();
                let overlay = overlay.entry("workers");
                let overlay = overlay.or_insert_with(|| Value::Table(Table::new()));
                let overlay = overlay.as_table_mut().unwrap();
                overlay.insert(name.to_owned(), table([("instances", 2.into())]));
            }
        }
        all.insert(name.to_owned(), Value::Table(worker));
    }
    if all.is_empty() {
        return;
    }
    root.insert("workers".to_owned(), Value::Table(all));
    let defaults = root
        .entry("defaults")
        .or_insert_with(|| Value::Table(Table::new()));
    let defaults = defaults.as_table_mut().unwrap();
    choices.perhaps(
        3,
        defaults,
        "workers",
        table([("env", table([("LEVEL", "info".into())]))]),
    );
    if defaults.is_empty() {
        root.remove("defaults");
    }
}

/// Takes out what a worker does not have: files, developers, traffic, and groups with any of it.
fn only_of_worker(worker: &mut Table, root: &Table) {
    for key in ["files", "developers"] {
        worker.remove(key);
    }
    let without_files = |secrets: Option<&mut Value>| {
        if let Some(Value::Table(secrets)) = secrets {
            secrets.remove("files");
        }
    };
    without_files(worker.get_mut("secrets"));
    if let Some(Value::Table(sidecars)) = worker.get_mut("sidecars") {
        let sidecar = sidecars["collector"].as_table_mut().unwrap();
        sidecar.remove("files");
        without_files(sidecar.get_mut("secrets"));
    }
    // It has no traffic.
    if worker.get("ci_owns") == Some(&texts(&["traffic"])) {
        worker.insert("ci_owns".to_owned(), texts(&["env"]));
    }
    let group = root.get("groups").and_then(|groups| groups.get("app"));
    let other = ["files", "developers", "invokers"];
    if group.is_some_and(|group| other.iter().any(|key| group.get(key).is_some())) {
        worker.remove("use");
    }
}

/// Which services something calls: of these, and now and then one of another project.
pub fn called(choices: &mut Choices<'_>, services: &[String], most: usize) -> Vec<String> {
    let mut called = choices.some(services, most);
    if choices.once_in(8) {
        let service = "projects/acme-billing/locations/us-east1/services/invoices";
        called.push(service.to_owned());
    }
    called
}
