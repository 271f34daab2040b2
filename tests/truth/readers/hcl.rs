//! Terraform's blocks as flat settings: `template.containers[web].image`, with references replaced by what they refer to.

use std::collections::{BTreeMap, BTreeSet};

use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Block, BlockLabel, Body, Structure};
use hcl_edit::template::Element;
use ravelin::tree::Tree;

use crate::cloud::{Place, Values};

/// Settings by their path; a block is there as [`BLOCK`].
pub type Flat = BTreeMap<String, Values>;

/// The value of a block.
pub const BLOCK: &str = "{}";

/// A `resource` or `data` block.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Whether it only reads.
    pub data: bool,
    /// Its type.
    pub kind: String,
    /// Its name in Terraform.
    pub local: String,
    /// What stands in it.
    pub flat: Flat,
    /// The resources and data that its expressions name, as `KIND.NAME`.
    pub refers: BTreeSet<String>,
}

/// The resources of one stage, and the labels that everything in it gets.
#[derive(Debug, Default)]
pub struct Stage {
    pub resources: Vec<Resource>,
    pub labels: Values,
    /// Where everything is that says nothing else: project and region.
    pub place: (String, String),
    /// The bucket of its state, and where it lies in it.
    pub state: Option<(String, String)>,
    /// The DNS records that a person writes: name, type, data.
    pub by_hand: Vec<Values>,
}

/// Blocks that stand there several times, and the argument that tells them apart; `#` counts them.
const SEVERAL: &[(&str, &str)] = &[
    ("containers", "name"),
    ("volumes", "name"),
    ("env", "name"),
    ("volume_mounts", "mount_path"),
    ("items", "path"),
    ("database_flags", "name"),
    ("cleanup_policies", "id"),
    ("path_matcher", "name"),
    ("rule", "priority"),
    ("binding", "role"),
    ("backend", "#"),
    ("traffic", "#"),
    ("exclusion", "#"),
    ("fields", "#"),
    ("host_rule", "#"),
    ("path_rule", "#"),
    ("test", "#"),
    ("admission_whitelist_patterns", "#"),
    ("ingress_policies", "#"),
    ("egress_policies", "#"),
    ("sources", "#"),
    ("operations", "#"),
    ("audit_log_config", "#"),
    ("replicas", "#"),
    ("lifecycle_rule", "#"),
    ("cors", "#"),
    ("matching_criteria", "#"),
    ("accepted_response_status_codes", "#"),
];

/// The stages of an environment.
pub fn stages(place: &Place, tree: &Tree) -> Vec<Stage> {
    let prefix = format!("terraform/{}/", place.environment);
    let mut blocks: BTreeMap<String, Vec<Block>> = BTreeMap::new();
    for (path, file) in tree.iter() {
        let Some((stage, name)) = path
            .as_str()
            .strip_prefix(&prefix)
            .and_then(|rest| rest.split_once('/'))
        else {
            continue;
        };
        // What the dashboard shows is read by a reader of its own.
        if name == "dashboard.yaml" {
            continue;
        }
        assert!(name.ends_with(".tf"), "{path} is no Terraform");
        let body: Body = file
            .text
            .parse()
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        blocks
            .entry(stage.to_owned())
            .or_default()
            .extend(body.into_blocks());
    }
    blocks.values().map(|blocks| stage(place, blocks)).collect()
}

fn stage(place: &Place, blocks: &[Block]) -> Stage {
    let labels = |block: &Block| -> Vec<String> {
        let labels = block.labels.iter().map(BlockLabel::as_str);
        labels.map(str::to_owned).collect()
    };
    let known = Known {
        place,
        blocks: blocks.iter().map(|block| (labels(block), block)).collect(),
    };
    let mut stage = Stage::default();
    for block in blocks {
        let labels: Vec<&str> = block.labels.iter().map(BlockLabel::as_str).collect();
        let flat = || {
            let mut flat = Flat::new();
            known.flatten(&block.body, "", &mut flat);
            flat
        };
        match (block.ident.as_str(), labels.as_slice()) {
            (ident @ ("resource" | "data"), [kind, local]) => stage.resources.push(Resource {
                data: ident == "data",
                kind: (*kind).to_owned(),
                local: (*local).to_owned(),
                flat: flat(),
                refers: known.referred(block),
            }),
            ("provider", ["google"]) => {
                let flat = flat();
                stage.labels.clone_from(&flat["default_labels"]);
                stage.place = (flat["project"].concat(), flat["region"].concat());
            }
            ("provider", ["google-beta"]) => {
                assert_eq!(flat()["project"].concat(), place.project);
            }
            ("terraform", []) => {
                let backend = block.body.get_blocks("backend").next();
                stage.state = backend.map(|backend| {
                    let [bucket, prefix] = ["bucket", "prefix"].map(|key| {
                        let found = backend.body.get_attribute(key).unwrap();
                        found.value.as_str().unwrap().to_owned()
                    });
                    (bucket, prefix)
                });
            }
            ("output", ["dns_records"]) => {
                let list = &block.body.get_attribute("value").unwrap().value;
                let parts = known.values(list);
                stage.by_hand.extend(parts.chunks(3).map(|record| {
                    let parts = ["name=", "type=", "data="].into_iter().zip(record);
                    let parts = parts.map(|(key, part)| part.strip_prefix(key).unwrap().to_owned());
                    parts.collect()
                }));
            }
            ("provider" | "output", [_]) | ("locals", []) => {}
            other => panic!("{other:?} is not read back"),
        }
    }
    stage
}

/// The domains of agents whose identities are made, by their APIs (<https://cloud.google.com/iam/docs/service-agents>).
const AGENTS: &[(&str, &str)] = &[
    ("artifactregistry.googleapis.com", "gcp-sa-artifactregistry"),
    ("eventarc.googleapis.com", "gcp-sa-eventarc"),
    ("firestore.googleapis.com", "gcp-sa-firestore"),
    ("iap.googleapis.com", "gcp-sa-iap"),
    ("memorystore.googleapis.com", "gcp-sa-memorystore"),
    ("pubsub.googleapis.com", "gcp-sa-pubsub"),
    ("redis.googleapis.com", "cloud-redis"),
    ("secretmanager.googleapis.com", "gcp-sa-secretmanager"),
    ("sqladmin.googleapis.com", "gcp-sa-cloud-sql"),
];

/// What references are looked up in.
struct Known<'a> {
    place: &'a Place,
    /// The blocks by their labels.
    blocks: BTreeMap<Vec<String>, &'a Block>,
}

impl Known<'_> {
    /// An agent of the project as a member of a policy.
    fn agent(&self, domain: &str) -> String {
        let number = self.place.number.as_deref();
        let number = number.unwrap_or("⟨project_number⟩");
        format!("serviceAccount:service-{number}@{domain}.iam.gserviceaccount.com")
    }

    fn flatten(&self, body: &Body, prefix: &str, flat: &mut Flat) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let values = self.values(&attribute.value);
                    let path = format!("{prefix}{}", attribute.key.as_str());
                    assert!(
                        flat.insert(path, values).is_none(),
                        "{} stands twice",
                        attribute.key.as_str()
                    );
                }
                Structure::Block(block) => {
                    let ident = block.ident.as_str();
                    let count = counts.entry(ident).or_default();
                    let path = match SEVERAL.iter().find(|(several, _)| *several == ident) {
                        Some((_, "#")) => format!("{prefix}{ident}[{count}]"),
                        Some((_, key)) => {
                            let key = &block.body.get_attribute(key).unwrap().value;
                            format!("{prefix}{ident}[{}]", self.values(key)[0])
                        }
                        None => format!("{prefix}{ident}"),
                    };
                    *count += 1;
                    let before = flat.insert(path.clone(), vec![BLOCK.to_owned()]);
                    assert!(before.is_none(), "{path} stands twice");
                    self.flatten(&block.body, &format!("{path}."), flat);
                }
            }
        }
    }

    /// The other blocks that the expressions of one name.
    fn referred(&self, block: &Block) -> BTreeSet<String> {
        let text = block.body.to_string();
        let uncommented = |line: &str| line.split(" # ").next().unwrap_or_default().to_owned();
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'));
        let text: String = lines.map(|line| uncommented(line) + "\n").collect();
        let part = |byte: char| byte.is_ascii_alphanumeric() || byte == '_';
        let words: BTreeSet<&str> = text.split(|byte| !part(byte) && byte != '.').collect();
        let names = words
            .into_iter()
            .map(|word| word.trim_start_matches("data."));
        let names = names.filter_map(|word| {
            let mut parts = word.split('.');
            Some(vec![parts.next()?.to_owned(), parts.next()?.to_owned()])
        });
        let there = names.filter(|labels| self.blocks.contains_key(labels));
        there.map(|labels| labels.join(".")).collect()
    }

    /// What an expression comes to.
    fn values(&self, expression: &Expression) -> Values {
        match expression {
            Expression::Null(_) => Vec::new(),
            Expression::Bool(value) => vec![value.to_string()],
            Expression::Number(value) => {
                let number = value.value().as_f64().unwrap();
                vec![number.to_string()]
            }
            Expression::String(text) => vec![text.as_str().to_owned()],
            Expression::Array(items) => items.iter().flat_map(|one| self.values(one)).collect(),
            Expression::Object(object) => {
                let pair = |(key, value): (&ObjectKey, &hcl_edit::expr::ObjectValue)| {
                    let key = match key {
                        ObjectKey::Ident(ident) => ident.as_str().to_owned(),
                        ObjectKey::Expression(key) => self.values(key).concat(),
                    };
                    format!("{key}={}", self.values(value.expr()).concat())
                };
                object.iter().map(pair).collect()
            }
            Expression::StringTemplate(template) => {
                let part = |element: &Element| match element {
                    Element::Literal(text) => text.as_str().to_owned(),
                    Element::Interpolation(part) => self.values(&part.expr).concat(),
                    Element::Directive(directive) => panic!("{directive:?} is not read back"),
                };
                vec![template.iter().map(part).collect()]
            }
            Expression::FuncCall(call) if call.name.name.as_str() == "flatten" => {
                let text: String = expression.to_string().split_whitespace().collect();
                vec![self.cache_address(&text)]
            }
            Expression::FuncCall(call) => {
                let arguments: Vec<Values> = call.args.iter().map(|one| self.values(one)).collect();
                match call.name.name.as_str() {
                    "toset" => arguments.concat(),
                    "plantimestamp" => vec!["now".to_owned()],
                    "timeadd" => vec![arguments.concat().join(" + ")],
                    "base64encode" => arguments[0].clone(),
                    "join" => vec![arguments[1].join(&arguments[0][0])],
                    // Terraform reads a file that lies beside it.
                    name @ ("jsonencode" | "yamldecode" | "file") => {
                        vec![format!("{name}({})", arguments.concat().concat())]
                    }
                    other => panic!("{other} is not read back"),
                }
            }
            Expression::Traversal(_) | Expression::Variable(_) => {
                let text = expression.to_string();
                self.reference(text.trim())
            }
            other => panic!("{other} is not read back"),
        }
    }

    /// The address of a cache, among those of its endpoints: of one that is made its primary's, of one that exists already that which
    /// lies in the network.
    fn cache_address(&self, text: &str) -> String {
        let (list, goes) = text.split_once(':').unwrap();
        let list = list.strip_prefix("flatten([forendpointin").unwrap();
        let goes = goes.trim_end_matches([']', ')']);
        let (primary, of_network) = match list.rsplit_once('.').unwrap().1 {
            "endpoints" => (
                "[forconnectioninendpoint.connections:[foroneinconnection.psc_auto_connection:one.ip_addressifone.connection_type==\"CONNECTION_TYPE_PRIMARY\"",
                "&&one.network==",
            ),
            "discovery_endpoints" => (
                "[foroneinendpoint.psc_config:endpoint.addressif",
                "one.network==",
            ),
            other => panic!("{other} is not read back"),
        };
        let rest = goes
            .strip_prefix(primary)
            .unwrap_or_else(|| panic!("{goes} is not read back"));
        let Some(data) = list.strip_prefix("data.") else {
            assert_eq!(rest, "");
            return self.reference(list).concat();
        };
        let network = rest.strip_prefix(of_network).unwrap();
        let network = match network.strip_prefix('"') {
            Some(path) => path.trim_end_matches('"').to_owned(),
            None => self.reference(network).concat(),
        };
        let network = match network.split_once('/') {
            Some(_) => network,
            None => format!("projects/{}/global/networks/{network}", self.place.project),
        };
        let [kind, local, _] = data.split('.').collect::<Vec<_>>().try_into().unwrap();
        let block = &self.blocks[&vec![kind.to_owned(), local.to_owned()]];
        let own = |key: &str| {
            let value = &block.body.get_attribute(key).unwrap().value;
            self.values(value).concat()
        };
        let (project, shown, region, collection, id) = match kind {
            "google_memorystore_instance" => (
                own("project"),
                "memorystore instances",
                own("location"),
                "instances",
                own("instance_id"),
            ),
            _ => (
                own("project"),
                "redis clusters",
                own("region"),
                "clusters",
                own("name"),
            ),
        };
        format!("⟨{shown} projects/{project}/locations/{region}/{collection}/{id} in {network}⟩")
    }

    /// What a reference refers to.
    fn reference(&self, text: &str) -> Values {
        let project = &self.place.project;
        let one = |text: String| vec![text];
        if text == "data.google_project.this.number" {
            return one("⟨project_number⟩".to_owned());
        }
        if let Some(name) = text.strip_prefix("local.") {
            return one(format!("⟨value_{name}⟩"));
        }
        if let Some(api) = text.strip_prefix("google_project_service.api[\"") {
            let (api, what) = api.split_once("\"].").unwrap();
            return one(if what == "project" { project } else { api }.to_owned());
        }
        if text == "each.value" {
            return one(text.to_owned());
        }
        let mut parts = text.strip_prefix("data.").unwrap_or(text).splitn(3, '.');
        let (kind, local) = (parts.next().unwrap(), parts.next().unwrap_or_default());
        let Some(attribute) = parts.next() else {
            // What another waits for.
            return one(text.to_owned());
        };
        let labels = vec![kind.to_owned(), local.to_owned()];
        let Some(block) = self.blocks.get(&labels) else {
            return one(text.to_owned());
        };
        let own = |key: &str| {
            block
                .body
                .get_attribute(key)
                .map(|found| self.values(&found.value).concat())
        };
        let name = || {
            let names = ["account_id", "secret_id", "instance_id", "name"];
            names
                .into_iter()
                .find_map(own)
                .unwrap_or_else(|| panic!("{text} has no name"))
        };
        one(match (kind, attribute) {
            (_, "project" | "location" | "repository_id" | "workload_identity_pool_id") => {
                own(attribute).unwrap()
            }
            ("google_monitoring_notification_channel", "id") => own("display_name").unwrap(),
            (_, "policy_data") => local.to_owned(),
            ("google_service_account", "member") => {
                format!(
                    "serviceAccount:{}@{project}.iam.gserviceaccount.com",
                    name()
                )
            }
            ("google_service_account", "email") => {
                format!("{}@{project}.iam.gserviceaccount.com", name())
            }
            ("google_service_account", "name") => {
                format!(
                    "projects/{project}/serviceAccounts/{}@{project}.iam.gserviceaccount.com",
                    name()
                )
            }
            ("google_compute_global_address" | "google_compute_address", "address") => {
                format!("⟨compute addresses {}⟩", name())
            }
            ("google_sql_database_instance", "private_ip_address") => {
                format!("⟨sql instances {}⟩", name())
            }
            ("google_memorystore_instance", "endpoints") => {
                format!("⟨memorystore instances {}⟩", name())
            }
            ("google_redis_cluster", "discovery_endpoints[0].address") => {
                format!("⟨redis clusters {}⟩", name())
            }
            ("google_certificate_manager_dns_authorization", "dns_resource_record[0].name")
                if own("type").unwrap() == "PER_PROJECT_RECORD" =>
            {
                format!("⟨certificate-manager dns-authorizations {}⟩", name())
            }
            ("google_certificate_manager_dns_authorization", "dns_resource_record[0].name") => {
                format!("_acme-challenge.{}.", own("domain").unwrap())
            }
            ("google_certificate_manager_dns_authorization", "dns_resource_record[0].type") => {
                "CNAME".to_owned()
            }
            ("google_certificate_manager_dns_authorization", "dns_resource_record[0].data") => {
                format!("⟨certificate-manager dns-authorizations {}⟩", name())
            }
            ("google_certificate_manager_certificate_map", "id") => {
                format!(
                    "projects/{project}/locations/global/certificateMaps/{}",
                    name()
                )
            }
            (
                "google_compute_target_https_proxy"
                | "google_compute_target_http_proxy"
                | "google_compute_region_target_https_proxy",
                "id",
            ) => {
                format!("{kind} {}", name())
            }
            ("google_iam_workload_identity_pool", "name") => {
                let number = self.place.number.as_deref();
                let number = number.unwrap_or("⟨project_number⟩");
                let pool = own("workload_identity_pool_id").unwrap();
                format!("projects/{number}/locations/global/workloadIdentityPools/{pool}")
            }
            // A key is inside of a ring, and the ring in a location.
            ("google_kms_key_ring", "id") => format!("{} {}", own("location").unwrap(), name()),
            ("google_kms_crypto_key", "id") => {
                let ring = own("key_ring").unwrap();
                let (location, ring) = ring.split_once(' ').unwrap();
                format!(
                    "projects/{project}/locations/{location}/keyRings/{ring}/cryptoKeys/{}",
                    name()
                )
            }
            ("google_logging_project_bucket_config", "id") => {
                let parts = ["location", "bucket_id"].map(|key| own(key).unwrap());
                format!(
                    "projects/{project}/locations/{}/buckets/{}",
                    parts[0], parts[1]
                )
            }
            ("google_logging_project_sink", "writer_identity") => self.agent("gcp-sa-logging"),
            ("google_bigquery_dataset", "id") => {
                format!("projects/{project}/datasets/{}", own("dataset_id").unwrap())
            }
            // Whatever lies under a key waits for the grant on it.
            ("google_kms_crypto_key_iam_member", "crypto_key_id")
            | ("google_bigquery_dataset", "dataset_id") => own(attribute).unwrap(),
            ("google_pubsub_schema", "id") => format!("projects/{project}/schemas/{}", name()),
            ("google_pubsub_topic", "id") => format!("projects/{project}/topics/{}", name()),
            ("google_project_service_identity", "member") => {
                let service = own("service").unwrap();
                let (_, domain) = AGENTS.iter().find(|(of, _)| *of == service).unwrap();
                self.agent(domain)
            }
            ("google_storage_project_service_account", "member") => {
                self.agent("gs-project-accounts")
            }
            (_, "id" | "name" | "self_link" | "secret_id") => name(),
            (_, other) => panic!("{kind}.{local}.{other} is not read back"),
        })
    }
}

/// Takes the blocks that stand there several times, in their order.
pub fn several(flat: &mut Flat, ident: &str) -> Vec<Flat> {
    let mut found = Vec::new();
    loop {
        let prefix = format!("{ident}[{}]", found.len());
        if flat.remove(&prefix).is_none() {
            return found;
        }
        let prefix = format!("{prefix}.");
        found.push(below(flat, &prefix));
    }
}

/// Takes what lies below a prefix.
pub fn below(flat: &mut Flat, prefix: &str) -> Flat {
    let paths: Vec<String> = flat
        .keys()
        .filter(|path| path.starts_with(prefix))
        .cloned()
        .collect();
    let part = |path: String| (path[prefix.len()..].to_owned(), flat.remove(&path).unwrap());
    paths.into_iter().map(part).collect()
}
