//! Reads what the scripts leave: each command by its words, with what `lib.sh` says that a word does.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase as _;
use ravelin::tree::Tree;
use serde_norway::Value;

use super::bucket;
use super::call::{Call, in_sql};
use super::frame;
use super::library::Library;
use super::perimeter::Crossings;
use super::shell::{Command, commands, items};
use super::url_map;
use crate::cloud::{Cloud, Form, Grant, Place};

/// Flags whose form is not the one of the model, for all kinds that have them.
const FORMS: &[(&str, Form)] = &[
    ("global", Form::Is("true")),
    ("global-url-map", Form::Is("true")),
    ("global-ssl-policy", Form::Is("true")),
    ("global-ssl-certificates", Form::Is("true")),
    ("global-target-https-proxy", Form::Is("true")),
    ("global-target-http-proxy", Form::Is("true")),
    // The region of what uses them.
    ("url-map-region", Form::Skip),
    ("ssl-policy-region", Form::Skip),
    ("target-https-proxy-region", Form::Skip),
    ("network", Form::Path("global/networks")),
    ("networks", Form::Path("global/networks")),
    ("subnet", Form::Path("regions/REGION/subnetworks")),
    (
        "nat-custom-subnet-ip-ranges",
        Form::Path("regions/REGION/subnetworks"),
    ),
    (
        "certificate-map",
        Form::Path("locations/global/certificateMaps"),
    ),
    ("logging-flow-sampling", Form::Number),
    ("logging-sample-rate", Form::Number),
    ("soft-delete-duration", Form::Without("", "s")),
    ("retention-period", Form::Without("", "s")),
    // Counted from the run on, as the provider of Terraform does by itself.
    ("next-rotation-time", Form::Skip),
    ("edition", Form::Dashed),
    ("type", Form::Dashed),
    ("direction", Form::Dashed),
    ("visibility", Form::Dashed),
    ("network-endpoint-type", Form::Dashed),
    // Google's defaults, which Terraform does not write.
    ("connection-draining-timeout", Form::Is("300")),
    ("network-tier", Form::Is("PREMIUM")),
    // A channel that is off writes to nobody; one that Terraform makes is on.
    ("enabled", Form::Is("true")),
    // A workflow without variables.
    ("clear-env-vars", Form::Is("true")),
    // `allUsers` in the policy, which is written as a whole right after.
    ("allow-unauthenticated", Form::Is("false")),
];

/// Flags that hold several values, in any order.
const SETS: &[&str] = &[
    "certificate-manager-certificates",
    "labels",
    "update-labels",
    "attribute-mapping",
    "source-ranges",
    "destination-ranges",
    "target-tags",
    "rules",
    "network-tags",
    "src-ip-ranges",
    "locations",
    "domains",
    "database-flags",
    "set-custom-audiences",
    "rrdatas",
    "depends-on",
    "message-storage-policy-allowed-regions",
    "startup-probe",
    "liveness-probe",
    "set-env-vars",
    "event-filters",
    "user-labels",
    "channel-labels",
    "resource-labels",
    "status-classes",
    "status-codes",
];

/// Flags that hold several values in their order.
const LISTS: &[&str] = &["command", "args", "add-volume", "add-volume-mount"];

/// Words of `lib.sh` that change nothing, or whose effect another test holds (`leftovers.rs`, `gcloud/walk`, `life/run`).
const QUIET: &[&str] = &[
    ".",
    "arguments",
    "step",
    "finish",
    "ahead",
    "alerts_ahead",
    "dashboard_ahead",
    "look_ahead",
    "perimeter_ahead",
    "policies_ahead",
    "read_ahead",
    "look_up_number",
    "accounts_stand",
    "secrets_stand",
    "revisions_stand",
    "await",
    "grow",
];

/// Words of `lib.sh` that remove whatever they do not name, and the kinds of what they name.
const KEEPING: &[(&str, &[&str])] = &[
    (
        "only_ways",
        &[
            "compute routes",
            "compute firewall-rules",
            "compute routers",
        ],
    ),
    ("only_zones", &["dns managed-zones"]),
    ("only_entries", &["certificate-manager maps entries"]),
    ("only_rules", &["compute security-policies rules"]),
];

/// What the stage scripts of an environment leave.
pub fn read(place: &Place, tree: &Tree) -> Cloud {
    let prefix = format!("gcloud/{}/", place.environment);
    let lib = &tree.get(&format!("{prefix}lib.sh")).unwrap().text;
    let mut reader = Reader {
        place,
        tree,
        library: Library::of(lib),
        cloud: Cloud::default(),
        lists: BTreeMap::new(),
        address: String::new(),
        record: String::new(),
        text: String::new(),
        compared: None,
        closed: BTreeSet::new(),
        crossings: Crossings::default(),
        kept: Vec::new(),
    };
    for (variable, field) in [("project=", "id"), ("region=", "region")] {
        let value = lib.lines().find_map(|line| line.strip_prefix(variable));
        let value = vec![value.unwrap().to_owned()];
        reader.cloud.set("project", "", field, value);
    }
    let needs_secrets = !needs(place, tree).is_empty();
    for (path, file) in tree.iter() {
        let stage = path.as_str().strip_prefix(&prefix);
        let stage = stage.filter(|name| name.starts_with(|first: char| first.is_ascii_digit()));
        if let Some(stage) = stage {
            let commands = commands(&file.text);
            frame::whole(place, stage, needs_secrets, &commands);
            for command in commands {
                reader.command(command);
            }
        }
    }
    reader.keeps_what_it_makes();
    super::passwords::read(place, tree, &mut reader.cloud);
    reader.cloud
}

/// The cloud without what only the scripts have to say: what Terraform says by leaving it out.
pub fn without_own(cloud: &Cloud) -> Cloud {
    let mut cloud = cloud.clone();
    cloud
        .things
        .retain(|(kind, _), _| kind != "org-policies removed");
    cloud
}

/// The versions of secrets that `secrets.sh` looks for, by the secret's name.
pub fn needs(place: &Place, tree: &Tree) -> BTreeMap<String, BTreeSet<String>> {
    let script = &tree
        .get(&format!("gcloud/{}/secrets.sh", place.environment))
        .unwrap()
        .text;
    let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in script.lines() {
        if let [name, version] = line
            .strip_prefix("needs ")
            .map(|rest| rest.split(' ').collect::<Vec<_>>())
            .unwrap_or_default()
            .as_slice()
        {
            needs
                .entry((*name).to_owned())
                .or_default()
                .insert((*version).to_owned());
        }
    }
    needs
}

struct Reader<'a> {
    place: &'a Place,
    tree: &'a Tree,
    library: Library,
    cloud: Cloud,
    /// The lists of the script, by name.
    lists: BTreeMap<String, Vec<String>>,
    /// What `address` looked up last.
    address: String,
    /// What a script remembers of that, to name a record by it.
    record: String,
    /// The text that is handed over next: the steps of a workflow, or a schema.
    text: String,
    /// What has been told to have that text, or another.
    compared: Option<String>,
    /// The services whose deploy takes `allUsers` out of the policy.
    closed: BTreeSet<String>,
    /// Who and what the perimeter lets through, which comes after them.
    crossings: Crossings,
    /// What is kept where all else is removed: the word, what it is inside of, and the names.
    kept: Vec<(String, Vec<String>)>,
}

impl Reader<'_> {
    fn command(&mut self, command: Command) {
        let Command { mut words, file } = command;
        if let Some(name) = words[0].strip_suffix("=(") {
            self.lists.insert(name.to_owned(), words[1..].to_vec());
            return;
        }
        if words[0].starts_with("value_") {
            return;
        }
        let handed = ["steps=", "schema="].map(|name| words[0].strip_prefix(name));
        if let Some(text) = handed.into_iter().flatten().next() {
            text.clone_into(&mut self.text);
            return;
        }
        if words[0] == "record=$address" {
            self.record.clone_from(&self.address);
            return;
        }
        if words[0].starts_with("keep=") {
            words.remove(0);
        }
        let handed_over = ["file=$steps", "file=$schema"].contains(&words[0].as_str());
        // What comes at the end of a text that is handed over.
        let mut ends = "\n";
        if handed_over {
            words.remove(0);
            if words[0] == "ends=" {
                words.remove(0);
                ends = "";
            }
        }
        let words: Vec<String> = words
            .into_iter()
            .flat_map(|word| {
                let list = word.strip_prefix('⟨');
                if let Some(list) = list.and_then(|word| word.strip_suffix("[@]⟩")) {
                    return self.lists[list].clone();
                }
                let word = word.replace("⟨address⟩", &self.address);
                vec![word.replace("⟨record⟩", &self.record)]
            })
            .collect();
        self.library.runs(&words[0]);
        let rest = &words[1..];
        match words[0].as_str() {
            "ensure" if handed_over => {
                let mut command = rest[1..].to_vec();
                let mut flags = command.iter_mut();
                let flag = flags.find(|one| one.ends_with("=/dev/stdin")).unwrap();
                // Or each run would change it again.
                let compared = self.compared.take();
                let compared = compared.is_some_and(|name| rest.contains(&name));
                assert!(compared, "nothing tells what is there: {rest:?}");
                let name = flag.strip_suffix("/dev/stdin").unwrap();
                *flag = format!("{name}{}{ends}", self.text);
                self.ensure(&words[0], &command);
            }
            "steps_of" | "text_of" => {
                let text = ["⟨steps⟩", "⟨schema⟩"].contains(&rest[1].as_str());
                assert!(text, "{rest:?} is not what is handed over");
                self.compared = Some(rest[0].clone());
            }
            "identity" if rest[1..] == ["storage", "service-agent"] => {
                let service = "storage.googleapis.com";
                self.cloud.thing("services identity", service);
            }
            "rotate" => {
                let name = &rest[4];
                self.cloud
                    .set("secrets", name, "first", vec![rest[0].clone()]);
                self.ensure("ensure", &rest[2..]);
            }
            // What is locked is changed as all else, and asks for an answer; and one field alone says when something is deleted.
            "lock" | "deletes_by" => self.ensure("ensure", &rest[1..]),
            "ensure" | "absent" | "identity" | "backend" => self.ensure(&words[0], &rest[1..]),
            "dataset" => {
                let (project, id) = rest[0].split_once('.').unwrap();
                assert_eq!(project, self.place.project, "{id} is made elsewhere");
                // The library takes back what BigQuery lets others do.
                let mut settings = vec![
                    ("lets-in", vec!["projectOwners".to_owned()]),
                    ("as", vec!["OWNER".to_owned()]),
                ];
                let mut labels = Vec::new();
                for flag in &rest[1..] {
                    let (flag, value) = flag.split_once('=').unwrap();
                    match flag {
                        "--label" => labels.push(value.replacen(':', "=", 1)),
                        "--data_location" => settings.push(("location", vec![value.to_owned()])),
                        _ if value == "0" => {}
                        "--default_table_expiration" => {
                            settings.push(("table-expiration", vec![value.to_owned()]));
                        }
                        "--default_partition_expiration" => {
                            settings.push(("partition-expiration", vec![value.to_owned()]));
                        }
                        other => panic!("{other} of a dataset"),
                    }
                }
                labels.sort();
                settings.push(("labels", labels));
                for (field, values) in settings {
                    self.cloud.set("bq datasets", id, field, values);
                }
            }
            "grant" if rest[0] == "sql" => {
                let flag = |name: &str| {
                    let mut flags = rest[3..].iter();
                    flags.find_map(|word| word.strip_prefix(name)).unwrap()
                };
                self.cloud.grants.insert(Grant {
                    on: in_sql(&rest[1], &rest[2]),
                    role: flag("--role=").to_owned(),
                    to: flag("--member=").to_owned(),
                    condition: None,
                });
            }
            "grant" => {
                let grant = Call::new(self.place, &rest[1..]).grant();
                self.cloud.grants.insert(grant);
            }
            "backends" => {
                let at = rest.iter().position(|word| word == "--").unwrap();
                let call = Call::new(self.place, &rest[1..at]);
                assert_eq!(call.verb, "add-backend");
                let inside = call.flags.iter().any(|(flag, _)| flag == "region");
                assert!(inside || call.flag("global") == "true");
                let mut groups = Vec::new();
                for pair in rest[at + 1..].chunks(2) {
                    let made =
                        self.cloud
                            .one("compute network-endpoint-groups", &pair[0], "region");
                    assert_eq!(made, Some(pair[1].as_str()), "{} is elsewhere", pair[0]);
                    groups.push(pair[0].clone());
                }
                let name = call.name.clone().unwrap();
                self.cloud
                    .set("compute backend-services", &name, "backends", groups);
            }
            "policy" | "members" => self.policy(&rest[1..]),
            "let_in" => self.crossings.let_in(rest),
            "let_out" => self.crossings.let_out(rest),
            "perimeter" => std::mem::take(&mut self.crossings).perimeter(&mut self.cloud, rest),
            "admission" => admission(&mut self.cloud, self.place, &file.unwrap()),
            "document" => self.document(&rest[2..], &file.unwrap()),
            "address" => self.address = looked_up(self.place, rest),
            "record" => {
                let data = vec![looked_up(self.place, &rest[2..])];
                let name = format!("{} {}", rest[1], rest[0]);
                self.cloud.set("dns records by hand", &name, "data", data);
            }
            "enable" => {
                for api in rest {
                    self.cloud.thing("services", api);
                }
            }
            "audit_logs" => {
                for pair in rest.chunks(2) {
                    self.cloud
                        .set("audit logs", &pair[0], "kinds", items(&pair[1]));
                }
            }
            "no_policy" => {
                self.cloud.thing("org-policies removed", &rest[0]);
            }
            "no_default_routes" => {
                let none = vec!["none".to_owned()];
                self.cloud
                    .set("compute networks", &rest[0], "default-routes", none);
            }
            "exclusions" => {
                self.kept
                    .push(("exclusions".to_owned(), vec![rest[0].clone()]));
                for one in &rest[1..] {
                    let (priority, exclusion) = one.split_once(':').unwrap();
                    let rule = format!("{} {priority}", rest[0]);
                    let rule = self.cloud.thing("compute security-policies rules", &rule);
                    rule.entry("exclusions".to_owned())
                        .or_default()
                        .push(exclusion.to_owned());
                }
            }
            "alert" => self.alert(&rest[0], &rest[rest.len() - 1]),
            "dashboard" => self.dashboard(&rest[0], &rest[rest.len() - 1]),
            "first_version" => {
                let text = vec![rest[1].clone()];
                self.cloud.set("secrets", &rest[0], "first-version", text);
            }
            "copies_under" => {
                let pairs = rest[1..].chunks(2).filter(|pair| pair[1] != "None");
                let mut keys: Vec<String> = pairs.map(|pair| pair.join(" ")).collect();
                keys.sort();
                if !keys.is_empty() {
                    self.cloud.set("secrets", &rest[0], "copies-under", keys);
                }
            }
            "cleanup" => {
                let kept = vec![rest[0].clone()];
                self.kept.push(("cleanup".to_owned(), kept));
                if rest.len() > 1 {
                    let kind = "artifacts repositories";
                    self.cloud
                        .set(kind, &rest[0], "cleanup", rest[1..].to_vec());
                }
            }
            "bucket_file" => {
                let name = rest[1].strip_prefix("gs://").unwrap();
                bucket::from_yaml(&mut self.cloud, name, &rest[0], &file.unwrap());
            }
            "run_job" => {
                let token = vec![rest[1].clone()];
                self.cloud.set("run jobs", &rest[0], "run", token);
            }
            "notification" => self.notification(&rest[1..]),
            "serve_latest" => {
                let latest = vec!["latest 100%".to_owned()];
                let kind = "run services";
                self.cloud.set(kind, &rest[0], "traffic", latest);
                // One that has tags is brought to what it should have by `traffic`.
                self.cloud.set(kind, &rest[0], "tags", Vec::new());
            }
            "traffic" => {
                assert_eq!(rest[..4], ["gcloud", "run", "services", "update-traffic"]);
                let flag = |name: &str| {
                    let mut flags = rest[5..].iter();
                    flags.find_map(|flag| flag.strip_prefix(name)).map(items)
                };
                let latest = |to: &str| to.replace("LATEST", "latest");
                let pairs = |list: Vec<String>, by: &str| -> Vec<String> {
                    let pair = |one: String| {
                        let (left, right) = one.split_once('=').unwrap();
                        format!("{}{by}{}", latest(left), latest(right))
                    };
                    let mut all: Vec<String> = list.into_iter().map(pair).collect();
                    all.sort();
                    all
                };
                let kind = "run services";
                let region = flag("--region=").unwrap();
                self.cloud.set(kind, &rest[4], "region", region);
                let shares = pairs(flag("--to-revisions=").unwrap(), " ");
                let shares = shares.into_iter().map(|one| format!("{one}%"));
                let tags = flag("--set-tags=");
                assert_eq!(tags.is_none(), rest.iter().any(|one| one == "--clear-tags"));
                self.cloud.set(kind, &rest[4], "traffic", shares.collect());
                let tags = pairs(tags.unwrap_or_default(), " is ");
                self.cloud.set(kind, &rest[4], "tags", tags);
            }
            probe_of @ ("job_probe" | "worker_probe") => {
                let kind = if probe_of == "job_probe" {
                    "run jobs"
                } else {
                    "run worker-pools"
                };
                let field = format!("container/{}/{}-probe", rest[1], rest[2]);
                let mut probe = items(&rest[3]);
                probe.sort();
                self.cloud.set(kind, &rest[0], &field, probe);
            }
            quiet if QUIET.contains(&quiet) => {}
            word if KEEPING.iter().any(|(keeping, _)| *keeping == word) => {
                self.kept.push((word.to_owned(), rest.to_vec()));
            }
            other => panic!("`{other}` is not read back: {words:?}"),
        }
    }

    /// What a bucket tells a topic. The topic and what may be done with it are made by other steps.
    fn notification(&mut self, words: &[String]) {
        let call = Call::new(self.place, words);
        assert_eq!(call.flag("skip-topic-setup"), "true");
        let bucket = call.name.as_deref().unwrap().strip_prefix("gs://").unwrap();
        let name = format!("{bucket} {}", call.flag("topic"));
        self.cloud.thing(&call.kind, &name);
        for (flag, value) in &call.flags {
            let values = match flag.as_str() {
                "topic" | "skip-topic-setup" => continue,
                "event-types" => items(value),
                _ => vec![value.clone()],
            };
            self.cloud.set(&call.kind, &name, flag, values);
        }
    }

    /// An alert as its file has it, in Terraform's words, and whom it goes to.
    fn alert(&mut self, name: &str, file: &str) {
        let file = file.strip_prefix("--policy-from-file=⟨here⟩/").unwrap();
        let path = format!("gcloud/{}/{file}", self.place.environment);
        let text = &self.tree.get(&path).unwrap().text;
        let policy: Value = serde_norway::from_str(text).unwrap();
        assert_eq!(policy["displayName"], name, "{path}");
        flatten(&mut self.cloud, name, "", &policy);
        let notify = self.lists["notify"].clone();
        self.cloud
            .set("monitoring policies", name, "notification_channels", notify);
    }

    /// The dashboard as its file has it.
    fn dashboard(&mut self, name: &str, file: &str) {
        let file = file.strip_prefix("--config-from-file=⟨here⟩/").unwrap();
        let path = format!("gcloud/{}/{file}", self.place.environment);
        let shown = super::dashboard::read(&mut self.cloud, &self.tree.get(&path).unwrap().text);
        assert_eq!(shown, name, "{path}");
    }

    /// What is made is kept, and nothing else: a stray way in goes, and nothing of ours does.
    fn keeps_what_it_makes(&self) {
        for (word, kinds) in KEEPING {
            for (_, names) in self.kept.iter().filter(|(kept, _)| kept == word) {
                let inside = format!("{} ", names[0]);
                let made = kinds.iter().flat_map(|kind| self.cloud.all(kind));
                let made: BTreeSet<&str> = match *word {
                    "only_ways" | "only_zones" => made.map(|(name, _)| name).collect(),
                    _ => made
                        .filter_map(|(name, _)| name.strip_prefix(&inside))
                        .collect(),
                };
                let kept: BTreeSet<&str> = names[1..].iter().map(String::as_str).collect();
                assert_eq!(kept, made, "{word} {}", names[0]);
            }
        }
        for (word, kind) in [
            ("only_ways", "compute networks"),
            ("only_zones", "compute networks"),
            ("only_entries", "certificate-manager maps"),
            ("only_rules", "compute security-policies"),
            ("exclusions", "compute security-policies"),
            ("cleanup", "artifacts repositories"),
        ] {
            let kept = self.kept.iter().filter(|(kept, _)| kept == word);
            let kept: BTreeSet<&str> = kept.map(|(_, names)| names[0].as_str()).collect();
            let made: BTreeSet<&str> = self.cloud.all(kind).map(|(name, _)| name).collect();
            assert_eq!(kept, made, "{word} is said of each");
        }
    }

    /// What makes or changes a thing.
    fn ensure(&mut self, word: &str, words: &[String]) {
        let mut call = Call::new(self.place, words);
        if call.kind == "run" {
            "run services".clone_into(&mut call.kind);
        }
        match word {
            // The provider of Terraform removes MySQL's root by itself.
            "absent" => {
                assert_eq!(
                    (call.kind.as_str(), call.name.as_deref()),
                    ("sql users", Some("root"))
                );
                let instance = call.flag("instance");
                let gone = vec!["gone".to_owned()];
                self.cloud.set("sql instances", instance, "root", gone);
                return;
            }
            "identity" => {
                let service = call.flag("service");
                self.cloud.thing("services identity", service);
                return;
            }
            "backend" => {
                call.has_what_it_must();
                let group = vec![call.flag("network-endpoint-group").to_owned()];
                let name = call.name.clone().unwrap();
                self.cloud
                    .set("compute backend-services", &name, "backends", group);
                return;
            }
            _ => {}
        }
        self.library.compares(words);
        call.has_what_it_must();
        let mut name = call.take_name();
        if call.kind == "storage buckets" {
            name = name.strip_prefix("gs://").unwrap().to_owned();
        }
        self.cloud.thing(&call.kind, &name);
        if call.kind.starts_with("iam workload-identity-pools") {
            assert_eq!(call.flag("location"), "global");
            call.flags.retain(|(flag, _)| flag != "location");
        }
        if call.kind == "compute addresses" && call.verb == "create" {
            let inside = call.flags.iter().any(|(flag, _)| flag == "purpose");
            let kind = if inside { "INTERNAL" } else { "EXTERNAL" };
            self.cloud
                .set(&call.kind, &name, "address-type", vec![kind.to_owned()]);
        }
        if call
            .flags
            .iter()
            .any(|(flag, _)| flag == "allow-unauthenticated")
        {
            self.closed.insert(name.clone());
        }
        let workload = call.kind.starts_with("run ") && call.verb == "deploy";
        let mut container = name.clone();
        let mut settings: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (flag, value) in &call.flags {
            if flag == "container" {
                container.clone_from(value);
            } else if workload && CONTAINER.contains(&flag.as_str()) {
                let (field, values) = in_container(&container, flag, value);
                settings.entry(field).or_default().extend(values);
            } else if flag == "add-volume" {
                let mut parts = items(value);
                let volume = parts.remove(0);
                let volume = volume.strip_prefix("name=").unwrap();
                settings.insert(format!("volume/{volume}"), parts);
            } else {
                let field = if flag == "update-labels" {
                    "labels"
                } else {
                    flag
                };
                let values = settings.entry(field.to_owned()).or_default();
                values.extend(values_of(flag, value));
            }
        }
        for (field, mut values) in settings {
            let last = field.rsplit('/').next().unwrap();
            if SETS.contains(&last) || last == "custom-response-header" {
                values.sort();
            }
            let form = FORMS.iter().find(|(flag, _)| *flag == field);
            // A flag of one kind may be a word of another's.
            let form = form.map_or(Form::Same, |(_, form)| *form);
            if let Some(values) = form.of(self.place, &field, values) {
                self.cloud.set(&call.kind, &name, &field, values);
            }
        }
    }

    /// A policy that is written as a whole, or one role of it.
    fn policy(&mut self, words: &[String]) {
        let at = words.iter().position(|word| word == "--").unwrap();
        let (words, members) = words.split_at(at);
        let call = Call::new(self.place, words);
        let on = call.resource();
        let role = call.flags.iter().find(|(flag, _)| flag == "role");
        let complete = role.map_or("all", |(_, role)| role);
        if call.kind == "run services" {
            let service = call.name.as_deref().unwrap();
            let open = members.iter().any(|to| to == "allUsers");
            assert_ne!(
                self.closed.contains(service),
                open,
                "a deploy of {service} closes it exactly where its policy does"
            );
        }
        self.cloud
            .set("complete policy", &on, "roles", vec![complete.to_owned()]);
        let mut add = |role: &str, to: &str| {
            self.cloud.grants.insert(Grant {
                on: on.clone(),
                role: role.to_owned(),
                to: to.to_owned(),
                condition: None,
            });
        };
        match role {
            Some((_, role)) => members[1..].iter().for_each(|to| add(role, to)),
            None => members[1..]
                .chunks(2)
                .for_each(|pair| add(&pair[0], &pair[1])),
        }
    }

    /// A file that is handed over.
    fn document(&mut self, words: &[String], file: &str) {
        let document: Value = serde_norway::from_str(file).unwrap();
        let command = words.join(" ");
        if command.starts_with("org-policies set-policy") {
            let name = document["name"].as_str().unwrap();
            let (_, constraint) = name.rsplit_once('/').unwrap();
            let rules = document["spec"]["rules"].as_sequence().unwrap();
            let [rule] = rules.as_slice() else {
                panic!("{constraint} has {} rules", rules.len())
            };
            let texts = |value: &Value| -> Vec<String> {
                let values = value.as_sequence().unwrap().iter();
                values.map(|one| one.as_str().unwrap().to_owned()).collect()
            };
            let values = match (
                &rule["enforce"],
                &rule["denyAll"],
                &rule["values"]["allowedValues"],
            ) {
                (Value::Bool(true), _, _) => vec!["enforced".to_owned()],
                (_, Value::Bool(true), _) => vec!["nothing".to_owned()],
                (_, _, allowed) => texts(allowed),
            };
            self.cloud.set("org-policies", constraint, "allows", values);
        } else {
            let name = command.strip_prefix("compute url-maps import ").unwrap();
            let (name, place) = name.split_once(" --").unwrap();
            match place.strip_prefix("region=") {
                Some(region) => {
                    let region = vec![region.to_owned()];
                    self.cloud.set("compute url-maps", name, "region", region);
                }
                None => assert_eq!(place, "global"),
            }
            url_map::from_yaml(&mut self.cloud, name, &document);
        }
    }
}

/// What a command reads that Google chose: of what, by its name.
fn looked_up(place: &Place, words: &[String]) -> String {
    let call = Call::new(place, &words[1..]);
    let name = call.name.clone().unwrap_or_else(|| {
        // Of a cache, among those of its endpoints: its primary's, and of one that exists already that in the network.
        let filter = call.flag("filter");
        let (path, rest) = filter.split_once(" AND ").unwrap();
        let path = path.strip_prefix("name=").unwrap();
        let connection = "endpoints.connections.pscAutoConnection.";
        let primary = format!("{connection}connectionType=CONNECTION_TYPE_PRIMARY");
        if rest == primary {
            return path.rsplit('/').next().unwrap().to_owned();
        }
        let of_network = match call.kind.as_str() {
            "memorystore instances" => format!("{primary} AND {connection}network="),
            _ => "discoveryEndpoints.pscConfig.network=".to_owned(),
        };
        format!("{path} in {}", rest.strip_prefix(&of_network).unwrap())
    });
    format!("⟨{} {name}⟩", call.kind)
}

/// The project's policy of Binary Authorization.
fn admission(cloud: &mut Cloud, place: &Place, file: &str) {
    let document: Value = serde_norway::from_str(file).unwrap();
    let name = format!("projects/{}/policy", place.project);
    assert_eq!(document["name"].as_str(), Some(name.as_str()));
    let fields = document.as_mapping().unwrap().keys();
    let known = [
        "admissionWhitelistPatterns",
        "defaultAdmissionRule",
        "globalPolicyEvaluationMode",
        "name",
    ];
    let mut fields = fields.map(|field| field.as_str().unwrap());
    assert!(fields.all(|field| known.contains(&field)), "{document:?}");
    let rule = &document["defaultAdmissionRule"];
    let texts = |value: &Value| -> Vec<String> {
        let values = value.as_sequence().into_iter().flatten();
        values
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let one = |value: &Value| vec![value.as_str().unwrap().to_owned()];
    let patterns = document["admissionWhitelistPatterns"].as_sequence();
    let patterns = patterns.into_iter().flatten();
    let exempt = patterns.flat_map(|pattern| one(&pattern["namePattern"]));
    for (field, values) in [
        ("global", one(&document["globalPolicyEvaluationMode"])),
        ("evaluation", one(&rule["evaluationMode"])),
        ("enforcement", one(&rule["enforcementMode"])),
        ("attestors", texts(&rule["requireAttestationsBy"])),
        ("exempt", exempt.collect()),
    ] {
        if !values.is_empty() {
            cloud.set("container binauthz policy", "", field, values);
        }
    }
}

/// Flags of `run deploy` that belong to the container before them.
const CONTAINER: &[&str] = &[
    "image",
    "command",
    "args",
    "port",
    "use-http2",
    "cpu",
    "memory",
    "gpu",
    "set-env-vars",
    "set-secrets",
    "add-volume-mount",
    "startup-probe",
    "liveness-probe",
    "depends-on",
];

/// A flag of a container as a setting.
fn in_container(container: &str, flag: &str, value: &str) -> (String, Vec<String>) {
    let (what, values) = match flag {
        "set-env-vars" => {
            let [pair] = items(value).try_into().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            (format!("env/{name}"), vec![value.to_owned()])
        }
        "set-secrets" => {
            let (place, secret) = value.split_once('=').unwrap();
            let what = if place.starts_with('/') {
                "file"
            } else {
                "env"
            };
            (format!("{what}/{place}"), vec![format!("secret {secret}")])
        }
        "add-volume-mount" => {
            let [volume, path] = items(value).try_into().unwrap();
            let volume = volume.strip_prefix("volume=").unwrap().to_owned();
            let path = path.strip_prefix("mount-path=").unwrap();
            (format!("mount/{path}"), vec![volume])
        }
        other => (other.to_owned(), values_of(flag, value)),
    };
    (format!("container/{container}/{what}"), values)
}

fn values_of(flag: &str, value: &str) -> Vec<String> {
    if SETS.contains(&flag) || LISTS.contains(&flag) {
        items(value)
    } else {
        vec![value.to_owned()]
    }
}

/// Notes what stands in an alert's file, by its path in Terraform's words; its name is its name.
fn flatten(cloud: &mut Cloud, name: &str, path: &str, value: &Value) {
    let mut set = |values| cloud.set("monitoring policies", name, path, values);
    match value {
        Value::Mapping(fields) if path == "user_labels" => {
            let pair = |(key, value): (&Value, &Value)| {
                format!("{}={}", key.as_str().unwrap(), value.as_str().unwrap())
            };
            let mut labels: Vec<String> = fields.iter().map(pair).collect();
            labels.sort();
            set(labels);
        }
        Value::Mapping(fields) => {
            for (key, value) in fields {
                let key = key.as_str().unwrap().to_snake_case();
                match path {
                    "" if key == "display_name" => {}
                    "" => flatten(cloud, name, &key, value),
                    _ => flatten(cloud, name, &format!("{path}.{key}"), value),
                }
            }
        }
        Value::Sequence(items) => {
            let [one] = items.as_slice() else {
                panic!("{path} of {name} has {} parts", items.len());
            };
            flatten(cloud, name, path, one);
        }
        Value::Bool(is) => set(vec![is.to_string()]),
        Value::String(text) => set(vec![text.clone()]),
        other => panic!("{path} of {name} is {other:?}"),
    }
}
