//! A command of gcloud: its kind, verb, name and flags.

use super::shell::items;
use crate::cloud::{Grant, Place};

/// Flags that are a part of a thing's name, by kind: those before it, then its own name or not.
const INSIDE: &[(&str, &[&str])] = &[
    ("compute security-policies rules", &["security-policy"]),
    ("compute routers nats", &["router"]),
    ("sql databases", &["instance"]),
    ("sql users", &["instance"]),
    ("certificate-manager maps entries", &["map"]),
    ("dns record-sets", &["zone", "type"]),
    ("services vpc-peerings", &["network"]),
    ("run domain-mappings", &["domain"]),
    ("eventarc channels", &["location"]),
    ("eventarc triggers", &["location"]),
    ("monitoring channels", &["display-name"]),
    (
        "iam workload-identity-pools providers",
        &["workload-identity-pool"],
    ),
    ("firestore databases", &["database"]),
    ("firestore fields ttls", &["database", "collection-group"]),
    (
        "firestore indexes composite",
        &[
            "database",
            "collection-group",
            "query-scope",
            "field-config",
        ],
    ),
    ("kms keyrings", &["location"]),
    ("logging buckets", &["location"]),
    ("kms keys", &["location", "keyring"]),
];

/// Flags that a command must have, whose value is nowhere compared, by kind and verb.
const MUST: &[(&str, &str, &[&str])] = &[
    ("run services", "deploy", &["region"]),
    ("run services", "update", &["region"]),
    ("run jobs", "deploy", &["region"]),
    ("run worker-pools", "deploy", &["region"]),
    ("workflows", "deploy", &["location", "source"]),
    (
        "compute backend-services",
        "create",
        &["global", "connection-draining-timeout"],
    ),
    ("compute backend-services", "update", &["global"]),
    (
        "compute backend-services",
        "add-backend",
        &["global", "network-endpoint-group-region"],
    ),
    (
        "compute forwarding-rules",
        "create",
        &["global", "network-tier"],
    ),
    ("compute forwarding-rules", "update", &["global"]),
    (
        "compute target-https-proxies",
        "create",
        &["global", "global-url-map", "global-ssl-policy"],
    ),
    (
        "compute target-http-proxies",
        "create",
        &["global", "global-url-map"],
    ),
    ("monitoring channels", "create", &["enabled"]),
    ("compute ssl-policies", "create", &["global"]),
    ("compute ssl-certificates", "create", &["global"]),
];

/// What stands beside a flag, one of several, by kind and flag: where something else is, or when something begins.
const BESIDE: &[(&str, &str, &[&str])] = &[
    (
        "compute forwarding-rules",
        "target-https-proxy",
        &["global-target-https-proxy", "target-https-proxy-region"],
    ),
    (
        "compute forwarding-rules",
        "target-http-proxy",
        &["global-target-http-proxy"],
    ),
    (
        "compute target-https-proxies",
        "ssl-certificates",
        &["global-ssl-certificates"],
    ),
    // Without it a key is never rotated.
    ("kms keys", "rotation-period", &["next-rotation-time"]),
    // Without either a variable of before stays.
    ("workflows", "source", &["set-env-vars", "clear-env-vars"]),
];

/// A command of gcloud.
pub struct Call<'a> {
    place: &'a Place,
    /// Its words before the verb: `compute firewall-rules`.
    pub kind: String,
    pub verb: String,
    pub name: Option<String>,
    pub flags: Vec<(String, String)>,
}

impl<'a> Call<'a> {
    pub fn new(place: &'a Place, words: &[String]) -> Self {
        const VERBS: [&str; 12] = [
            "create",
            "create-oidc",
            "deploy",
            "update",
            "connect",
            "delete",
            "describe",
            "list",
            "import",
            "add-backend",
            "set-iam-policy",
            "add-iam-policy-binding",
        ];
        let track = ["alpha", "beta"].contains(&words[0].as_str());
        let words = &words[usize::from(track)..];
        let at = words.iter().position(|word| VERBS.contains(&word.as_str()));
        let at = at.unwrap_or_else(|| panic!("no verb in {words:?}"));
        let kind = words[..at].join(" ");
        let mut name = None;
        let mut flags = Vec::new();
        // `scheduler jobs create http NAME`: the word tells what its flags tell too.
        let form = usize::from(words[..at].join(" ") == "scheduler jobs");
        for word in &words[at + 1 + form..] {
            match word.strip_prefix("--") {
                None if word == "/dev/stdin" => {}
                // `logging sinks create NAME DESTINATION`
                None if kind == "logging sinks" && name.is_some() => {
                    flags.push(("destination".to_owned(), word.clone()));
                }
                None => assert!(
                    name.replace(word.clone()).is_none(),
                    "two names in {words:?}"
                ),
                Some(flag) => flags.push(match (flag.split_once('='), flag.strip_prefix("no-")) {
                    (Some((flag, value)), _) => (flag.to_owned(), value.to_owned()),
                    (None, Some(flag)) => (flag.to_owned(), "false".to_owned()),
                    (None, None) => (flag.to_owned(), "true".to_owned()),
                }),
            }
        }
        Self {
            place,
            kind: words[..at].join(" "),
            verb: words[at].clone(),
            name,
            flags,
        }
    }

    pub fn flag(&self, name: &str) -> &str {
        let found = self.flags.iter().find(|(flag, _)| flag == name);
        &found
            .unwrap_or_else(|| panic!("{} lacks --{name}", self.kind))
            .1
    }

    /// The thing's name, with that of what it is inside of; the flags that say it are done with.
    pub fn take_name(&mut self) -> String {
        let inside = INSIDE.iter().find(|(kind, _)| *kind == self.kind);
        let inside = inside.map_or(&[][..], |(_, flags)| *flags);
        let mut parts = Vec::new();
        for flag in inside {
            self.flag(flag);
            let all = self.flags.iter().filter(|(name, _)| name == flag);
            parts.extend(all.map(|(_, value)| value.clone()));
            self.flags.retain(|(name, _)| name != flag);
        }
        parts.extend(self.name.take());
        if let Some(at) = self.flags.iter().position(|(flag, _)| flag == "project") {
            let (_, project) = self.flags.remove(at);
            if project != self.place.project {
                parts.insert(0, project);
            }
        }
        parts.join(" ")
    }

    /// Flags that say where it is, or leave no default of Google's, are there.
    pub fn has_what_it_must(&self) {
        // What is said of one region instead.
        let instead = [
            ("global", "region"),
            ("global-url-map", "url-map-region"),
            ("global-ssl-policy", "ssl-policy-region"),
            ("network-tier", "subnet"),
        ];
        let has = |flag: &str| {
            let other = instead.iter().find(|(one, _)| *one == flag);
            let mut flags = self.flags.iter();
            flags.any(|(name, _)| name == flag || other.is_some_and(|(_, other)| name == other))
        };
        for (_, _, flags) in MUST
            .iter()
            .filter(|(kind, verb, _)| *kind == self.kind && *verb == self.verb)
        {
            for flag in *flags {
                assert!(has(flag), "{} {} lacks --{flag}", self.kind, self.verb);
            }
        }
        let flags = || self.flags.iter().map(|(flag, _)| flag.as_str());
        for (kind, flag, beside) in BESIDE {
            let says = self.kind == *kind && flags().any(|one| one == *flag);
            let whole = !says || flags().any(|one| beside.contains(&one));
            assert!(whole, "{kind} has --{flag} without any of {beside:?}");
        }
        let placed = self.kind != "compute addresses" || has("global") || has("region");
        assert!(placed, "{} is nowhere", self.kind);
    }

    /// The full name of the resource whose policy it is about.
    pub fn resource(&self) -> String {
        let project = self.flags.iter().find(|(flag, _)| flag == "project");
        let project = project.map_or(self.place.project.as_str(), |(_, project)| project);
        let name = self.name.as_deref().unwrap_or_default();
        match self.kind.as_str() {
            "projects" => format!("//cloudresourcemanager.googleapis.com/projects/{name}"),
            "run services" | "run jobs" => {
                let (_, kind) = self.kind.split_once(' ').unwrap();
                let region = self.flag("region");
                format!("//run.googleapis.com/projects/{project}/locations/{region}/{kind}/{name}")
            }
            "iap web" => {
                let service = self.flag("service");
                let place = match self.flag("resource-type") {
                    "backend-services" => "compute".to_owned(),
                    "cloud-run" => format!("cloud_run-{}", self.flag("region")),
                    other => panic!("IAP before {other}"),
                };
                format!(
                    "//iap.googleapis.com/projects/{project}/iap_web/{place}/services/{service}"
                )
            }
            "secrets" => {
                format!("//secretmanager.googleapis.com/projects/{project}/secrets/{name}")
            }
            "storage buckets" => {
                let name = name.strip_prefix("gs://").unwrap();
                format!("//storage.googleapis.com/projects/_/buckets/{name}")
            }
            "artifacts repositories" => {
                let location = self.flag("location");
                format!(
                    "//artifactregistry.googleapis.com/projects/{project}/locations/{location}/repositories/{name}"
                )
            }
            "compute networks subnets" => {
                let region = self.flag("region");
                format!(
                    "//compute.googleapis.com/projects/{project}/regions/{region}/subnetworks/{name}"
                )
            }
            "iam service-accounts" => {
                format!("//iam.googleapis.com/projects/{project}/serviceAccounts/{name}")
            }
            "pubsub topics" => format!("//pubsub.googleapis.com/projects/{project}/topics/{name}"),
            "pubsub subscriptions" => {
                format!("//pubsub.googleapis.com/projects/{project}/subscriptions/{name}")
            }
            "tasks queues" => {
                let location = self.flag("location");
                format!(
                    "//cloudtasks.googleapis.com/projects/{project}/locations/{location}/queues/{name}"
                )
            }
            "kms keys" => {
                let (location, ring) = (self.flag("location"), self.flag("keyring"));
                format!(
                    "//cloudkms.googleapis.com/projects/{project}/locations/{location}/keyRings/{ring}/cryptoKeys/{name}"
                )
            }
            "container binauthz attestors" => {
                format!("//binaryauthorization.googleapis.com/projects/{project}/attestors/{name}")
            }
            "spanner instances" => {
                format!("//spanner.googleapis.com/projects/{project}/instances/{name}")
            }
            "spanner databases" => {
                let instance = self.flag("instance");
                format!(
                    "//spanner.googleapis.com/projects/{project}/instances/{instance}/databases/{name}"
                )
            }
            other => panic!("the policy of {other} is not read back"),
        }
    }

    /// The grant that it adds.
    pub fn grant(&self) -> Grant {
        let condition = self.flags.iter().find(|(flag, _)| flag == "condition");
        let condition = condition.map(|(_, condition)| condition.as_str());
        let condition = condition
            .filter(|condition| *condition != "None")
            .map(|condition| {
                let parts = items(condition);
                let part = |name: &str| {
                    let found = parts.iter().find_map(|part| part.strip_prefix(name));
                    found
                        .unwrap_or_else(|| panic!("no {name} in {condition}"))
                        .to_owned()
                };
                (part("title="), part("expression="))
            });
        Grant {
            on: self.resource(),
            role: self.flag("role").to_owned(),
            to: self.flag("member").to_owned(),
            condition,
        }
    }
}

/// The full name of what BigQuery's SQL calls by a kind and a path.
pub fn in_sql(kind: &str, path: &str) -> String {
    let parts: Vec<&str> = path.split('.').collect();
    match (kind, parts.as_slice()) {
        ("schema", [project, dataset]) => {
            format!("//bigquery.googleapis.com/projects/{project}/datasets/{dataset}")
        }
        ("table", [project, dataset, table]) => format!(
            "//bigquery.googleapis.com/projects/{project}/datasets/{dataset}/tables/{table}"
        ),
        _ => panic!("{kind} {path} is nothing of BigQuery's"),
    }
}

/// The grant of a statement: GRANT `ROLE` ON KIND `PATH` TO "MEMBER".
pub fn sql_grant(statement: &str) -> Grant {
    let parts: Vec<&str> = statement.split(['`', '"']).collect();
    let ["GRANT ", role, on, path, " TO ", to, ""] = parts.as_slice() else {
        panic!("`{statement}` grants nothing");
    };
    let kind = on.trim().strip_prefix("ON ").unwrap().to_lowercase();
    Grant {
        on: in_sql(&kind, path),
        role: (*role).to_owned(),
        to: (*to).to_owned(),
        condition: None,
    }
}
