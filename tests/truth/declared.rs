//! What a blueprint declares, by a reading of its TOML that knows nothing of ravelin's own.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

/// One environment of a blueprint, merged.
#[derive(Debug)]
pub struct Declared {
    pub environment: String,
    pub project: String,
    pub region: String,
    /// The whole of it.
    pub root: Table,
}

/// A service, job or worker as it is declared.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    declared: &'a Declared,
    /// `services`, `jobs`, `workers` or `workflows`.
    pub kind: &'a str,
    pub name: &'a str,
    table: &'a Table,
}

/// The kinds whose elements have defaults.
const KINDS: [&str; 19] = [
    "services",
    "jobs",
    "workers",
    "databases",
    "caches",
    "firestores",
    "datasets",
    "secrets",
    "topics",
    "subscriptions",
    "buckets",
    "keys",
    "schedules",
    "workflows",
    "queues",
    "registries",
    "channels",
    "events",
    "log_sinks",
];

/// Lists that add up over defaults, groups and the element.
const RELATIONS: &[&str] = &[
    "caches",
    "calls",
    "channels",
    "consumers",
    "consumes",
    "decrypters",
    "developers",
    "encrypters",
    "enqueuers",
    "enqueues",
    "exceptions",
    "grants",
    "invokers",
    "members",
    "publishers",
    "publishes",
    "readers",
    "runs",
    "signers",
    "verifiers",
    "writers",
];

/// Tables whose entries `NAME = false` takes away.
const REMOVABLE: &[&str] = &[
    "env",
    "files",
    "databases",
    "buckets",
    "runs",
    "keys",
    "volumes",
    "sidecars",
    "labels",
];

/// What runs.
const RUNS: [&str; 3] = ["services", "jobs", "workers"];

impl Declared {
    /// The environments of a blueprint.
    pub fn environments(blueprint: &Table) -> Vec<Self> {
        let environments = blueprint["environments"].as_table().unwrap();
        environments
            .iter()
            .map(|(name, overlay)| Self::of(blueprint, name, overlay.as_table().unwrap()))
            .collect()
    }

    fn of(blueprint: &Table, name: &str, overlay: &Table) -> Self {
        let mut root = Table::new();
        for (key, value) in blueprint {
            if !KINDS.contains(&key.as_str()) && key != "environments" {
                root.insert(key.clone(), value.clone());
            }
        }
        for (key, value) in overlay {
            if !KINDS.contains(&key.as_str()) && !["groups", "defaults"].contains(&key.as_str()) {
                put(&mut root, "", key, value, false);
            }
        }
        for kind in KINDS {
            let mut elements = Table::new();
            for (element, own) in tables(blueprint.get(kind)) {
                let here = own
                    .get("environments")
                    .is_none_or(|only| strings(Some(only)).contains(name));
                if here {
                    let own = layered(blueprint, kind, own, own);
                    let above = overlay
                        .get(kind)
                        .and_then(|all| all.get(element))
                        .and_then(Value::as_table);
                    let above = layered(overlay, kind, above.unwrap_or(&Table::new()), &own);
                    elements.insert(
                        element.clone(),
                        Value::Table(merged("", &own, &above, false)),
                    );
                }
            }
            root.insert(kind.to_owned(), Value::Table(elements));
        }
        let region = root["project"]["region"].as_str().unwrap().to_owned();
        let services = root["services"].as_table_mut().unwrap();
        services.extend(elsewhere(services, &region));
        Self {
            environment: name.to_owned(),
            project: overlay["project_id"].as_str().unwrap().to_owned(),
            region: root["project"]["region"].as_str().unwrap().to_owned(),
            root,
        }
    }

    /// Services, jobs and workers.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        RUNS.into_iter().flat_map(move |kind| {
            tables(self.root.get(kind)).map(move |(name, table)| Element {
                declared: self,
                kind,
                name,
                table,
            })
        })
    }

    /// What acts as an account of its own: services, jobs, workers and workflows.
    pub fn actors(&self) -> impl Iterator<Item = Element<'_>> {
        let workflows = tables(self.root.get("workflows"));
        let workflows = workflows.map(move |(name, table)| Element {
            declared: self,
            kind: "workflows",
            name,
            table,
        });
        self.elements().chain(workflows)
    }

    /// The name that shared things have.
    pub fn name(&self) -> &str {
        self.root["project"]["name"].as_str().unwrap()
    }

    /// The account as which the pipeline deploys, and the repository that it is.
    pub fn pipeline(&self) -> Option<(String, &Table)> {
        let github = self.root.get("delivery")?.get("github")?.as_table()?;
        let (name, project) = (self.name(), &self.project);
        let account = format!("deploy-{name}@{project}.iam.gserviceaccount.com");
        Some((account, github))
    }

    /// What the pipeline deploys.
    pub fn deployed(&self) -> Vec<Element<'_>> {
        let Some(delivery) = self.root.get("delivery") else {
            return Vec::new();
        };
        let listed = strings(delivery.get("deploys"));
        let mut elements: Vec<Element<'_>> = self.elements().collect();
        elements.retain(|one| {
            let owned = one.list("ci_owns");
            let owned = owned.contains("image") || owned.contains("template");
            if listed.is_empty() {
                owned && one.kind != "workers"
            } else {
                listed.contains(&format!("{}.{}", one.kind, one.name))
            }
        });
        elements
    }

    /// The service of that name.
    pub fn service(&self, name: &str) -> Option<Element<'_>> {
        self.elements()
            .find(|one| one.kind == "services" && one.name == name)
    }

    /// A table at the top, or an empty one.
    pub fn table(&self, name: &str) -> Table {
        self.root
            .get(name)
            .and_then(Value::as_table)
            .cloned()
            .unwrap_or_default()
    }

    /// The engine of a cache; `None` where there is no such cache.
    pub fn cache_engine(&self, name: &str) -> Option<String> {
        let caches = self.table("caches");
        let cache = caches.get(name)?;
        let full = cache.get("existing").and_then(Value::as_str);
        if full.is_some_and(|full| full.contains("/clusters/")) {
            return Some("redis".to_owned());
        }
        let engine = cache.get("engine").and_then(Value::as_str);
        Some(engine.unwrap_or("valkey").to_owned())
    }

    /// The path of a cache, and the project that it lies in.
    pub fn cache_path(&self, name: &str) -> (String, String) {
        let full = self.root["caches"][name].get("existing");
        if let Some(full) = full.and_then(Value::as_str) {
            let project = full.split('/').nth(1).unwrap();
            return (full.to_owned(), project.to_owned());
        }
        let (project, region) = (&self.project, &self.region);
        let things = match self.cache_engine(name).as_deref() {
            Some("redis") => "clusters",
            _ => "instances",
        };
        let path = format!("projects/{project}/locations/{region}/{things}/{name}");
        (path, project.clone())
    }

    /// What a database is called in the cloud: project and instance.
    pub fn database(&self, name: &str) -> (String, String) {
        self.noun(&self.root["databases"][name], name, "instances")
    }

    /// The users with a password of a database, each with the secret that holds it, where an exception lets them be.
    pub fn password_users(&self, database: &str) -> BTreeMap<String, String> {
        let table = &self.root["databases"][database];
        let exceptions = table.get("exceptions").and_then(Value::as_array);
        let mut exceptions = exceptions.into_iter().flatten();
        let is = |one: &Value| one.get("rule").and_then(Value::as_str) == Some("password-login");
        if !exceptions.any(is) {
            return BTreeMap::new();
        }
        let users = table.get("password_users").and_then(Value::as_table);
        let text = |secret: &Value| secret.as_str().unwrap().to_owned();
        let users = users.into_iter().flatten();
        users
            .map(|(user, secret)| (user.clone(), text(secret)))
            .collect()
    }

    /// What the replicas of a database are called in the cloud; one that exists already is given none.
    pub fn replicas(&self, name: &str) -> Vec<String> {
        let table = &self.root["databases"][name];
        let there = table
            .get("existing")
            .is_some_and(|one| one.as_bool() != Some(false));
        let count = table.get("replicas").and_then(Value::as_integer);
        let count = count.filter(|_| !there).unwrap_or(0);
        (1..=count)
            .map(|one| format!("{name}-replica-{one}"))
            .collect()
    }

    /// What a secret is called in the cloud: project and id.
    pub fn secret(&self, name: &str) -> (String, String) {
        self.noun(&self.root["secrets"][name], name, "secrets")
    }

    /// The project's number, where it is written.
    pub fn number(&self) -> Option<String> {
        let number = self.root.get("project_number")?.as_integer()?;
        Some(number.to_string())
    }

    /// The full name of a topic.
    pub fn topic(&self, name: &str) -> String {
        let (project, id) = self.noun(&self.root["topics"][name], name, "topics");
        format!("//pubsub.googleapis.com/projects/{project}/topics/{id}")
    }

    /// The full name of a channel.
    pub fn channel(&self, name: &str) -> String {
        let existing = self.root["channels"][name].get("existing");
        match existing.and_then(Value::as_str) {
            Some(full) => full.replace("//eventarc.googleapis.com/", ""),
            None => format!(
                "projects/{}/locations/{}/channels/{name}",
                self.project, self.region
            ),
        }
    }

    /// The schema that messages of a topic must fit, and how they are written.
    pub fn schema(&self, topic: &str) -> Option<(String, String)> {
        let schema = self.root.get("topics")?.get(topic)?.get("schema")?;
        let (project, id) = self.noun(schema, topic, "schemas");
        let encoding = schema.get("encoding").and_then(Value::as_str);
        let path = format!("projects/{project}/schemas/{id}");
        Some((path, encoding.unwrap_or("json").to_owned()))
    }

    /// The full name of what a subscription writes to.
    pub fn sink(&self, subscription: &Table) -> Option<String> {
        let word = |way: &str, key: &str| subscription.get(way)?.get(key)?.as_str();
        let table = word("bigquery", "table").map(|table| self.data(table));
        table.or_else(|| {
            let bucket = self.bucket(word("storage", "bucket")?);
            Some(format!(
                "//storage.googleapis.com/projects/_/buckets/{bucket}"
            ))
        })
    }

    /// The full name of a subscription.
    pub fn subscription(&self, name: &str) -> String {
        let subscription = &self.root["subscriptions"][name];
        let (project, id) = self.noun(subscription, name, "subscriptions");
        format!("//pubsub.googleapis.com/projects/{project}/subscriptions/{id}")
    }

    /// The full name of a queue.
    pub fn queue(&self, name: &str) -> String {
        let existing = self.root["queues"][name].get("existing");
        let path = match existing.and_then(Value::as_str) {
            Some(full) => full.to_owned(),
            None => format!(
                "projects/{}/locations/{}/queues/{name}",
                self.project, self.region
            ),
        };
        format!("//cloudtasks.googleapis.com/{path}")
    }

    /// Topics, subscriptions, schedules, queues or events: name and table.
    pub fn messages(&self, kind: &str) -> impl Iterator<Item = (&String, &Table)> {
        tables(self.root.get(kind))
    }

    /// The account as which triggers call a service, where one does.
    pub fn trigger(&self, service: &str) -> Option<String> {
        let target = format!("services.{service}");
        let mut all = self
            .messages("subscriptions")
            .chain(self.messages("schedules"))
            .chain(self.messages("queues"))
            .chain(self.messages("events"));
        let pushed = all.any(|(_, one)| word(one, "target") == Some(&target));
        let account = format!("call-{service}@{}.iam.gserviceaccount.com", self.project);
        pushed.then_some(account)
    }

    /// What a bucket is called in Cloud Storage.
    pub fn bucket(&self, name: &str) -> String {
        let table = &self.root["buckets"][name];
        let full = table.get("existing").and_then(Value::as_str);
        match full.or_else(|| table.get("name").and_then(Value::as_str)) {
            Some(full) => full.rsplit('/').next().unwrap().to_owned(),
            None => format!("{}-{name}", self.project),
        }
    }

    /// The full name of a database of Firestore.
    pub fn firestore(&self, name: &str) -> String {
        let table = &self.root["firestores"][name];
        let full = table.get("existing").and_then(Value::as_str);
        let id = word(table.as_table().unwrap(), "id").unwrap_or("(default)");
        let own = || format!("projects/{}/databases/{id}", self.project);
        full.map_or_else(own, |full| full.replace("//firestore.googleapis.com/", ""))
    }

    /// The full name of a dataset.
    pub fn dataset(&self, name: &str) -> String {
        let (project, id) = self.noun(&self.root["datasets"][name], name, "datasets");
        format!("//bigquery.googleapis.com/projects/{project}/datasets/{id}")
    }

    /// The full name of what may be named as `datasets.NAME` or `datasets.NAME.TABLE`.
    pub fn data(&self, on: &str) -> String {
        match on.strip_prefix("datasets.") {
            None => on.to_owned(),
            Some(name) => match name.split_once('.') {
                None => self.dataset(name),
                Some((name, table)) => format!("{}/tables/{table}", self.dataset(name)),
            },
        }
    }

    /// The roles on a bucket that it gives to principals from outside.
    pub fn bucket_gives(&self, bucket: &str) -> BTreeSet<(&'static str, String)> {
        let buckets = self.table("buckets");
        let here = buckets
            .iter()
            .filter(|(name, _)| self.bucket(name) == bucket);
        let mut given = BTreeSet::new();
        for (_, table) in here {
            for (list, role) in [
                ("readers", "roles/storage.objectViewer"),
                ("writers", "roles/storage.objectUser"),
            ] {
                let members = strings(table.get(list)).into_iter();
                given.extend(members.map(|member| (role, member)));
            }
        }
        given
    }

    /// The full name of a key.
    pub fn key(&self, name: &str) -> String {
        let existing = self.root["keys"][name].get("existing");
        existing.and_then(Value::as_str).map_or_else(
            || self.key_of_ours(name),
            |path| format!("//cloudkms.googleapis.com/{path}"),
        )
    }

    /// The full name of a key that is made here.
    pub fn key_of_ours(&self, name: &str) -> String {
        let (project, region) = (&self.project, &self.region);
        let ring = self.root["project"]["name"].as_str().unwrap();
        format!(
            "//cloudkms.googleapis.com/projects/{project}/locations/{region}/keyRings/{ring}/cryptoKeys/{name}"
        )
    }

    /// The roles on a key that it gives to principals from outside.
    pub fn key_gives(&self, on: &str) -> BTreeSet<(&'static str, String)> {
        let keys = self.table("keys");
        let here = keys.iter().filter(|(name, _)| self.key(name) == on);
        let mut given = BTreeSet::new();
        for (_, table) in here {
            for (list, does) in [
                ("signers", "sign"),
                ("verifiers", "verify"),
                ("encrypters", "encrypt"),
                ("decrypters", "decrypt"),
            ] {
                let members = strings(table.get(list)).into_iter();
                given.extend(members.map(|member| (key_role(does), member)));
            }
        }
        given
    }

    /// The full name of a repository of images.
    pub fn registry(&self, name: &str) -> String {
        let existing = self.root["registries"][name].get("existing");
        let path = existing.and_then(Value::as_str).map_or_else(
            || {
                let (project, region) = (&self.project, &self.region);
                format!("projects/{project}/locations/{region}/repositories/{name}")
            },
            str::to_owned,
        );
        format!("//artifactregistry.googleapis.com/{path}")
    }

    /// The roles on a repository of images that it gives to principals from outside.
    pub fn registry_gives(&self, on: &str) -> BTreeSet<(&'static str, String)> {
        let registries = self.table("registries");
        let here = registries
            .iter()
            .filter(|(name, _)| self.registry(name) == on);
        let mut given = BTreeSet::new();
        for (_, table) in here {
            for (list, role) in [
                ("readers", "roles/artifactregistry.reader"),
                ("writers", "roles/artifactregistry.writer"),
            ] {
                let members = strings(table.get(list)).into_iter();
                given.extend(members.map(|member| (role, member)));
            }
        }
        given
    }

    /// The account as which schedules start a job, where one does.
    pub fn starter(&self, job: &str) -> Option<String> {
        let target = format!("jobs.{job}");
        let mut all = self.messages("schedules");
        let starts = all.any(|(_, one)| word(one, "target") == Some(&target));
        let account = format!("start-{job}@{}.iam.gserviceaccount.com", self.project);
        starts.then_some(account)
    }

    /// The account as which schedules and events start a workflow, where one does.
    pub fn beginner(&self, workflow: &str) -> Option<String> {
        let target = format!("workflows.{workflow}");
        let mut all = self.messages("schedules").chain(self.messages("events"));
        let begins = all.any(|(_, one)| word(one, "target") == Some(&target));
        let account = format!("begin-{workflow}@{}.iam.gserviceaccount.com", self.project);
        begins.then_some(account)
    }

    fn noun(&self, table: &Value, name: &str, kind: &str) -> (String, String) {
        match table.get("existing").and_then(Value::as_str) {
            Some(full) => {
                let parts: Vec<&str> = full.split('/').collect();
                assert_eq!((parts[0], parts[2]), ("projects", kind));
                (parts[1].to_owned(), parts[3].to_owned())
            }
            None => (self.project.clone(), name.to_owned()),
        }
    }

    /// A text with the references that stand for what is known.
    fn text(&self, text: &str) -> String {
        text.replace("${environment}", &self.environment)
            .replace("${project.id}", &self.project)
            .replace("${project.region}", &self.region)
    }

    /// Whether a table has an exception from a rule.
    pub fn excepts(table: &Table, rule: &str) -> bool {
        let exceptions = table.get("exceptions").and_then(Value::as_array);
        let mut exceptions = exceptions.into_iter().flatten();
        exceptions.any(|one| one["rule"].as_str() == Some(rule))
    }
}

/// The services of other regions: each is the one that it stands in for, under a name of its own.
fn elsewhere(services: &Table, home: &str) -> Table {
    let mut others = Table::new();
    for (name, service) in tables(Some(&Value::Table(services.clone()))) {
        let leaving = strings(service.get("retire_regions"));
        for region in strings(service.get("regions")) {
            if region == home {
                continue;
            }
            let mut other = service.clone();
            other.insert("stands_in_for".to_owned(), name.as_str().into());
            other.insert("lies_in".to_owned(), region.as_str().into());
            other.insert("leaves".to_owned(), leaving.contains(&region).into());
            others.insert(format!("{name}-{region}"), Value::Table(other));
        }
    }
    others
}

/// The role that doing this with a key takes.
fn key_role(does: &str) -> &'static str {
    match does {
        "sign" => "roles/cloudkms.signer",
        "verify" => "roles/cloudkms.publicKeyViewer",
        "encrypt" => "roles/cloudkms.cryptoKeyEncrypter",
        "decrypt" => "roles/cloudkms.cryptoKeyDecrypter",
        "manage" => "roles/cloudkms.admin",
        other => panic!("{other} with a key"),
    }
}

impl<'a> Element<'a> {
    /// The region that it runs in.
    pub fn region(&self) -> &'a str {
        let elsewhere = word(self.table, "lies_in");
        elsewhere.unwrap_or(&self.declared.region)
    }
}

impl Element<'_> {
    fn word(&self, key: &str) -> Option<&str> {
        word(self.table, key)
    }

    fn list(&self, key: &str) -> BTreeSet<String> {
        let texts = strings(self.table.get(key)).into_iter();
        texts.map(|text| self.declared.text(&text)).collect()
    }

    /// A table of it.
    pub fn table(&self, key: &str) -> Option<&Table> {
        self.table.get(key).and_then(Value::as_table)
    }

    /// Whether a pipeline changes that.
    pub fn owns(&self, what: &str) -> bool {
        strings(self.table.get("ci_owns")).contains(what)
    }

    /// Whether the internet is meant to reach it.
    pub fn is_public(&self) -> bool {
        self.word("exposure") == Some("public")
    }

    /// The service that it stands in for in another region.
    pub fn stands_in_for(&self) -> Option<&str> {
        self.word("stands_in_for")
    }

    /// Whether it is on its way out of its region.
    pub fn leaves(&self) -> bool {
        self.table.get("leaves").and_then(Value::as_bool) == Some(true)
    }

    /// `iam`, `iap` or `anonymous`.
    pub fn auth(&self) -> &str {
        self.word("auth").unwrap_or("iam")
    }

    /// `private`, `closed`, `nat` or `outside`.
    pub fn egress(&self) -> &str {
        self.word("egress").unwrap_or("private")
    }

    /// Whether it has an exception from a rule.
    pub fn excepts(&self, rule: &str) -> bool {
        Declared::excepts(self.table, rule)
    }

    pub fn domains(&self) -> BTreeSet<String> {
        self.list("domains")
    }

    /// The names that the network alone knows it by.
    pub fn private_domains(&self) -> BTreeSet<String> {
        self.list("private_domains")
    }

    /// Whether others than what is declared here may call it.
    pub fn is_called_from_elsewhere(&self) -> bool {
        !self.invokers().is_empty() || self.auth() == "anonymous"
    }

    pub fn paths(&self) -> BTreeSet<String> {
        self.list("paths")
    }

    pub fn domain_mappings(&self) -> BTreeSet<String> {
        self.list("domain_mappings")
    }

    pub fn calls(&self) -> BTreeSet<String> {
        self.list("calls")
    }

    pub fn publishes(&self) -> BTreeSet<String> {
        self.list("publishes")
    }

    pub fn channels(&self) -> BTreeSet<String> {
        self.list("channels")
    }

    pub fn consumes(&self) -> BTreeSet<String> {
        self.list("consumes")
    }

    pub fn enqueues(&self) -> BTreeSet<String> {
        self.list("enqueues")
    }

    pub fn invokers(&self) -> BTreeSet<String> {
        self.list("invokers")
    }

    pub fn members(&self) -> BTreeSet<String> {
        self.list("members")
    }

    pub fn developers(&self) -> BTreeSet<String> {
        let mut all = self.list("developers");
        let mut deployed = self.declared.deployed().into_iter();
        if let Some((deployer, _)) = self.declared.pipeline()
            && deployed.any(|one| (one.kind, one.name) == (self.kind, self.name))
        {
            all.insert(format!("serviceAccount:{deployer}"));
        }
        all
    }

    /// What it starts, each with whether it may override something.
    pub fn starts(&self) -> BTreeSet<(String, bool)> {
        let overrides = |run: &Value| run.get("overrides").and_then(Value::as_bool) == Some(true);
        match self.table.get("runs") {
            Some(Value::Table(table)) => table
                .iter()
                .map(|(target, run)| (target.clone(), overrides(run)))
                .collect(),
            list => strings(list).into_iter().map(|one| (one, false)).collect(),
        }
    }

    /// Whether it starts some workflow.
    pub fn begins(&self) -> bool {
        let starts = self.starts();
        starts.iter().any(|(one, _)| one.starts_with("workflows."))
    }

    pub fn has_telemetry(&self) -> bool {
        self.table.get("telemetry").and_then(Value::as_bool) == Some(true)
    }

    /// The databases that it uses.
    pub fn databases(&self) -> BTreeSet<String> {
        match self.table.get("databases") {
            Some(Value::Table(table)) => table.keys().cloned().collect(),
            list => strings(list),
        }
    }

    /// Those of them that it logs in to by IAM.
    pub fn databases_by_iam(&self) -> BTreeSet<String> {
        let mut databases = self.databases();
        if let Some(Value::Table(table)) = self.table.get("databases") {
            databases.retain(|name| table[name].get("user").is_none());
        }
        databases
    }

    /// The caches that it uses.
    pub fn caches(&self) -> BTreeSet<String> {
        self.list("caches")
    }

    /// The databases of Firestore that it uses, by their full names, each with the role that it takes.
    pub fn firestores(&self) -> Vec<(String, &'static str)> {
        let relation = self.table.get("firestores").and_then(Value::as_table);
        let used = relation.into_iter().flatten();
        let used = used.map(|(name, access)| {
            let role = match access.as_str().unwrap() {
                "read" => "roles/datastore.viewer",
                "write" => "roles/datastore.user",
                other => panic!("{other} a database of Firestore"),
            };
            (self.declared.firestore(name), role)
        });
        used.collect()
    }

    /// The roles that its datasets take, each with the full name of the dataset or table.
    pub fn datasets(&self) -> BTreeSet<(String, String)> {
        let relation = self.table.get("datasets").and_then(Value::as_table);
        let mut roles = BTreeSet::new();
        for (name, access) in relation.into_iter().flatten() {
            let role = match access.as_str().unwrap() {
                "read" => "roles/bigquery.dataViewer",
                "write" => "roles/bigquery.dataEditor",
                other => panic!("{other} a dataset"),
            };
            let on = self.declared.dataset(name);
            let role = |on: String| (role.to_owned(), on);
            match self.declared.root["datasets"][name].get("tables") {
                None => roles.extend([role(on)]),
                tables => {
                    let tables = strings(tables).into_iter();
                    roles.extend(tables.map(|table| role(format!("{on}/tables/{table}"))));
                }
            }
        }
        roles
    }

    /// The secrets of the authorities of caches that it or a sidecar of it reads.
    pub fn authorities(&self) -> BTreeSet<String> {
        let sidecars = tables(self.table.get("sidecars")).map(|(_, sidecar)| sidecar);
        let containers = [self.table].into_iter().chain(sidecars);
        let env = containers.filter_map(|one| one.get("env")?.as_table());
        let values = env.flatten().filter_map(|(_, value)| value.as_str());
        let caches = self.caches();
        let read = values.filter_map(|value| {
            let cache = value.strip_prefix("${caches.")?.strip_suffix(".ca}")?;
            caches.contains(cache).then(|| format!("{cache}-ca"))
        });
        read.collect()
    }

    /// The secrets that it or a sidecar of it reads.
    pub fn secrets(&self) -> BTreeSet<String> {
        let sidecars = tables(self.table.get("sidecars")).map(|(_, sidecar)| sidecar);
        let mut found = BTreeSet::new();
        for container in [self.table].into_iter().chain(sidecars) {
            let Some(uses) = container.get("secrets") else {
                continue;
            };
            let mut versions = strings(uses.get("read"));
            for key in ["env", "files"] {
                let places = uses
                    .get(key)
                    .and_then(Value::as_table)
                    .into_iter()
                    .flatten();
                versions.extend(
                    places
                        .filter_map(|(_, version)| version.as_str())
                        .map(str::to_owned),
                );
            }
            found.extend(
                versions
                    .iter()
                    .map(|version| version.split(':').next().unwrap().to_owned()),
            );
        }
        found
    }

    /// The roles that it asks for by itself: role and full name of the resource.
    pub fn grants(&self) -> BTreeSet<(String, String)> {
        let grants = self
            .table
            .get("grants")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let full = |grant: &Value| {
            let on = grant["on"].as_str().unwrap();
            let on = if let Some(bucket) = on.strip_prefix("buckets.") {
                let bucket = self.declared.bucket(bucket);
                return (
                    grant["role"].as_str().unwrap().to_owned(),
                    format!("//storage.googleapis.com/projects/_/buckets/{bucket}"),
                );
            } else {
                on
            };
            let on = match on.strip_prefix("secrets.") {
                Some(secret) => {
                    let (project, id) = self.declared.secret(secret);
                    format!("//secretmanager.googleapis.com/projects/{project}/secrets/{id}")
                }
                None if on == "project" => {
                    format!(
                        "//cloudresourcemanager.googleapis.com/projects/{}",
                        self.declared.project
                    )
                }
                None => self.declared.data(on),
            };
            (grant["role"].as_str().unwrap().to_owned(), on)
        };
        grants.map(full).collect()
    }

    /// The roles on a bucket of this name in Cloud Storage that its use and its being mounted take.
    pub fn bucket_roles(&self, bucket: &str) -> BTreeSet<&'static str> {
        let declared = self.declared.table("buckets");
        let called = |name: &str| {
            if declared.contains_key(name) {
                self.declared.bucket(name)
            } else {
                name.to_owned()
            }
        };
        let relation = self.table.get("buckets").and_then(Value::as_table);
        let used = relation
            .into_iter()
            .flatten()
            .filter(|(name, _)| called(name) == bucket)
            .map(|(_, access)| match access.as_str().unwrap() {
                "read" => "roles/storage.objectViewer",
                "write" => "roles/storage.objectUser",
                "create" => "roles/storage.objectCreator",
                other => panic!("{other} a bucket"),
            });
        let volumes = tables(self.table.get("volumes")).map(|(_, volume)| volume);
        let mounted = volumes
            .filter(|volume| {
                let name = word(volume, "bucket");
                name.is_some_and(|name| called(name) == bucket)
            })
            .map(|volume| {
                if volume.get("read_only").and_then(Value::as_bool) == Some(true) {
                    "roles/storage.objectViewer"
                } else {
                    "roles/storage.objectUser"
                }
            });
        used.chain(mounted).collect()
    }

    /// The roles on a key of this full name that its use takes.
    pub fn key_roles(&self, on: &str) -> BTreeSet<&'static str> {
        let relation = self.table.get("keys").and_then(Value::as_table);
        let used = relation.into_iter().flatten();
        let used = used.filter(|(name, _)| self.declared.key(name) == on);
        let mut roles = BTreeSet::new();
        for (_, does) in used {
            match does.as_str() {
                Some(one) => roles.extend([key_role(one)]),
                None => roles.extend(strings(Some(does)).iter().map(|one| key_role(one))),
            }
        }
        roles
    }

    /// Whether files beside the blueprint are mounted in it.
    pub fn has_files(&self) -> bool {
        let sidecars = tables(self.table.get("sidecars")).map(|(_, sidecar)| sidecar);
        [self.table]
            .into_iter()
            .chain(sidecars)
            .any(|container| container.contains_key("files"))
    }

    /// What gcloud calls its kind.
    pub fn things(&self) -> &'static str {
        match self.kind {
            "services" => "run services",
            "jobs" => "run jobs",
            "workflows" => "workflows",
            _ => "run worker-pools",
        }
    }

    /// The account that it runs as.
    pub fn account(&self) -> String {
        let prefix = match self.kind {
            "services" => "run",
            "jobs" => "job",
            "workflows" => "flow",
            _ => "work",
        };
        let made = format!(
            "{prefix}-{}@{}.iam.gserviceaccount.com",
            self.stands_in_for().unwrap_or(self.name),
            self.declared.project
        );
        self.word("service_account").map_or(made, str::to_owned)
    }
}

/// Defaults, groups in their order, the element itself, all of one layer. `using` says which groups.
fn layered(layer: &Table, kind: &str, own: &Table, using: &Table) -> Table {
    let mut table = Table::new();
    let defaults = layer
        .get("defaults")
        .and_then(|all| all.get(kind))
        .and_then(Value::as_table);
    if let Some(defaults) = defaults {
        table = merged("", &table, defaults, true);
    }
    let uses = using
        .get("use")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for group in uses.filter_map(Value::as_str) {
        let group = layer
            .get("groups")
            .and_then(|all| all.get(group))
            .and_then(Value::as_table);
        if let Some(group) = group {
            table = merged("", &table, group, true);
        }
    }
    merged("", &table, own, true)
}

fn merged(within: &str, below: &Table, above: &Table, adds_up: bool) -> Table {
    let mut table = below.clone();
    for (key, value) in above {
        put(&mut table, within, key, value, adds_up);
    }
    table
}

/// Sets a key of a table that stands at `within`.
fn put(table: &mut Table, within: &str, key: &str, value: &Value, adds_up: bool) {
    if value.as_bool() == Some(false) && REMOVABLE.contains(&within) {
        table.remove(key);
        return;
    }
    let adds_up_here = key == "exceptions" || (adds_up && RELATIONS.contains(&key));
    let value = match (table.get(key), value) {
        (Some(Value::Table(below)), Value::Table(above)) => {
            Value::Table(merged(key, below, above, adds_up))
        }
        (Some(Value::Array(below)), Value::Array(above)) if adds_up_here => {
            Value::Array(below.iter().chain(above).cloned().collect())
        }
        // Databases, and what is started, are a list or a table of the same names.
        (Some(below), above) if ["databases", "runs"].contains(&key) && adds_up => {
            Value::Table(merged(key, &named(below), &named(above), adds_up))
        }
        (_, above) => above.clone(),
    };
    table.insert(key.to_owned(), value);
}

fn named(databases: &Value) -> Table {
    match databases {
        Value::Table(table) => table.clone(),
        list => strings(Some(list))
            .into_iter()
            .map(|name| (name, Value::Table(Table::new())))
            .collect(),
    }
}

fn tables(value: Option<&Value>) -> impl Iterator<Item = (&String, &Table)> {
    let entries = value.and_then(Value::as_table).into_iter().flatten();
    entries.filter_map(|(name, value)| Some((name, value.as_table()?)))
}

/// The text at a key.
pub fn word<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    table.get(key).and_then(Value::as_str)
}

pub fn strings(value: Option<&Value>) -> BTreeSet<String> {
    let all = value.and_then(Value::as_array).into_iter().flatten();
    all.filter_map(Value::as_str).map(str::to_owned).collect()
}
