//! Reads what Terraform leaves: its files, parsed as HCL.

use std::collections::BTreeSet;

use ravelin::tree::Tree;

use super::hcl::{BLOCK, Flat, Resource, Stage, below, several, stages};
use super::rows::{COMMON, KINDS, LABELLED, ROWS};
use super::{bucket, grants, url_map, waf, workload};
use crate::cloud::{Cloud, Form, Place, Values};

/// What the root modules of an environment leave.
pub fn read(place: &Place, tree: &Tree) -> Cloud {
    let mut cloud = Cloud::default();
    for stage in stages(place, tree) {
        let (project, region) = &stage.place;
        cloud.set("project", "", "id", vec![project.clone()]);
        cloud.set("project", "", "region", vec![region.clone()]);
        for resource in &stage.resources {
            if resource.kind == "google_monitoring_dashboard" && !resource.data {
                dashboard(place, tree, &mut cloud, resource);
            } else if !resource.data || resource.kind == "google_storage_project_service_account" {
                self::resource(place, &mut cloud, &stage, resource);
            }
        }
        for record in &stage.by_hand {
            let [name, kind, data] = record.clone().try_into().unwrap();
            let name = format!("{kind} {name}");
            cloud.set("dns records by hand", &name, "data", vec![data]);
        }
    }
    super::passwords::read(place, tree, &mut cloud);
    cloud
}

/// The buckets of the stages' states. No two stages have one state.
pub fn state(place: &Place, tree: &Tree) -> String {
    let states: Vec<_> = stages(place, tree)
        .into_iter()
        .map(|stage| stage.state)
        .collect();
    let kept: Vec<_> = states.iter().flatten().collect();
    let apart: BTreeSet<_> = kept.iter().collect();
    assert_eq!(
        apart.len(),
        kept.len(),
        "two stages have one state: {kept:?}"
    );
    let buckets = states
        .into_iter()
        .map(|state| state.map_or("local".to_owned(), |(bucket, _)| bucket));
    buckets
        .collect::<BTreeSet<String>>()
        .into_iter()
        .collect::<Vec<_>>()
        .join(", ")
}

/// The dashboard, which is what the file beside its module says.
fn dashboard(place: &Place, tree: &Tree, cloud: &mut Cloud, resource: &Resource) {
    let mut flat = resource.flat.clone();
    let mut take = |path: &str| flat.remove(path).map(|values| values.concat());
    assert_eq!(take("project").as_ref(), Some(&place.project));
    let shown = take("dashboard_json");
    let file = "jsonencode(yamldecode(file(path.module/dashboard.yaml)))";
    assert_eq!(shown.as_deref(), Some(file));
    assert!(flat.is_empty(), "{flat:?} of a dashboard");
    let path = format!("terraform/{}/services/dashboard.yaml", place.environment);
    super::dashboard::read(cloud, &tree.get(&path).unwrap().text);
}

fn resource(place: &Place, cloud: &mut Cloud, stage: &Stage, resource: &Resource) {
    let mut flat = resource.flat.clone();
    let mut take = |path: &str| flat.remove(path).map(|values| values.concat());
    match resource.kind.as_str() {
        "google_project_service" => {
            for (key, value) in [
                ("project", place.project.as_str()),
                ("service", "each.value"),
                ("disable_on_destroy", "false"),
                ("disable_dependent_services", "false"),
            ] {
                assert_eq!(take(key).as_deref(), Some(value), "{key}");
            }
            for api in flat.remove("for_each").unwrap() {
                cloud.thing("services", &api);
            }
        }
        "google_project_service_identity" => {
            assert_eq!(take("provider").as_deref(), Some("google-beta"));
            assert_eq!(take("project").as_ref(), Some(&place.project));
            cloud.thing("services identity", &take("service").unwrap());
        }
        // Who looks it up makes it.
        "google_storage_project_service_account" => {
            assert_eq!(take("project").as_ref(), Some(&place.project));
            cloud.thing("services identity", "storage.googleapis.com");
        }
        "google_project_iam_audit_config" => {
            assert_eq!(take("project").as_ref(), Some(&place.project));
            let service = take("service").unwrap();
            let kinds = several(&mut flat, "audit_log_config").into_iter();
            let kinds = kinds.map(|mut config| config.remove("log_type").unwrap().concat());
            cloud.set("audit logs", &service, "kinds", kinds.collect());
        }
        "google_org_policy_policy" => {
            let parent = take("parent").unwrap();
            let number = parent.strip_prefix("projects/").unwrap();
            assert!(
                number == "⟨project_number⟩" || number.parse::<u64>().is_ok(),
                "{number}"
            );
            let name = take("name").unwrap();
            let constraint = name.strip_prefix(&format!("{parent}/policies/")).unwrap();
            let values = match (take("spec.rules.enforce"), take("spec.rules.deny_all")) {
                (Some(on), None) if on == "TRUE" => vec!["enforced".to_owned()],
                (None, Some(on)) if on == "TRUE" => vec!["nothing".to_owned()],
                _ => flat.remove("spec.rules.values.allowed_values").unwrap(),
            };
            cloud.set("org-policies", constraint, "allows", values);
            flat.remove("depends_on");
        }
        "google_access_context_manager_service_perimeter" => {
            super::perimeter::from_terraform(cloud, &mut flat);
        }
        "google_binary_authorization_policy" => {
            assert_eq!(take("project").as_ref(), Some(&place.project));
            for (field, path) in [
                ("global", "global_policy_evaluation_mode"),
                ("evaluation", "default_admission_rule.evaluation_mode"),
                ("enforcement", "default_admission_rule.enforcement_mode"),
            ] {
                let value = vec![take(path).unwrap()];
                cloud.set("container binauthz policy", "", field, value);
            }
            let attestors = "default_admission_rule.require_attestations_by";
            let attestors = flat.remove(attestors).unwrap_or_default();
            let patterns = several(&mut flat, "admission_whitelist_patterns").into_iter();
            let patterns = patterns.map(|mut one| one.remove("name_pattern").unwrap().concat());
            let exempt: Vec<String> = patterns.collect();
            for (field, values) in [("attestors", attestors), ("exempt", exempt)] {
                if !values.is_empty() {
                    cloud.set("container binauthz policy", "", field, values);
                }
            }
        }
        "google_secret_manager_secret_version" => {
            let secret = take("secret").unwrap();
            let text = flat.remove("secret_data").unwrap();
            cloud.set("secrets", &secret, "first-version", text);
            flat.remove("lifecycle.create_before_destroy");
        }
        "google_firestore_index" => {
            // It is known by what it indexes.
            let fields = several(&mut flat, "fields").into_iter();
            let fields: Values = fields
                .map(|mut one| {
                    let path = one.remove("field_path").unwrap().concat();
                    let (setting, value) = one.pop_first().unwrap();
                    assert!(one.is_empty(), "{path} has {one:?} too");
                    let (setting, value) = (setting.replace('_', "-"), value.concat());
                    format!("field-path={path},{setting}={}", value.to_lowercase())
                })
                .collect();
            let scope = flat["query_scope"].concat().to_lowercase();
            flat.insert("fields".to_owned(), vec![fields.join(" ")]);
            flat.insert("query_scope".to_owned(), vec![scope.replace('_', "-")]);
            thing(place, cloud, stage, resource, &mut flat);
        }
        kind if kind == "google_bigquery_dataset_access"
            || kind.contains("_iam_") && !kind.starts_with("google_iam_") =>
        {
            grants::from_terraform(place, cloud, stage, resource, &mut flat);
        }
        _ => thing(place, cloud, stage, resource, &mut flat),
    }
    flat.retain(|_, values| *values != [BLOCK]);
    assert!(
        flat.is_empty(),
        "{}.{}: {flat:?} is not read back",
        resource.kind,
        resource.local
    );
}

/// A resource that is a thing, by the rows of its type.
fn thing(place: &Place, cloud: &mut Cloud, stage: &Stage, resource: &Resource, flat: &mut Flat) {
    let found = KINDS.iter().find(|(from, _, _)| *from == resource.kind);
    let (_, kind, key) = found.unwrap_or_else(|| panic!("{} is not read back", resource.kind));
    let mut name: Vec<String> = key
        .iter()
        .map(|key| flat.remove(*key).unwrap().concat())
        .collect();
    // The peering is known by its network, a key by its ring, and a notification by its bucket.
    let inside = [
        "google_service_networking_connection",
        "google_kms_crypto_key",
        "google_storage_notification",
    ];
    let peering = inside.contains(&resource.kind.as_str());
    let project = flat.remove("project").map(|project| project.concat());
    assert!(
        peering || project.is_some(),
        "{} has no project",
        resource.local
    );
    name.splice(0..0, project.filter(|project| *project != place.project));
    let name = name.join(" ");
    cloud.thing(kind, &name);
    // What a pipeline shares out is not for Terraform to say.
    let theirs = flat
        .get("lifecycle.ignore_changes")
        .is_some_and(|all| all.iter().any(|one| one == "traffic"));
    flat.retain(|path, _| !(theirs && path.starts_with("traffic[")));
    special(place, cloud, kind, &name, resource, flat);
    if LABELLED.contains(kind) {
        let own = flat.entry("labels".to_owned()).or_default();
        let key = |label: &str| label.split('=').next().unwrap().to_owned();
        let taken: Vec<String> = own.iter().map(|label| key(label)).collect();
        let common = stage
            .labels
            .iter()
            .filter(|label| !taken.contains(&key(label)));
        own.extend(common.cloned());
    }
    let rows = ROWS.iter().find(|(from, _)| *from == resource.kind);
    let rows = rows.map_or(&[][..], |(_, rows)| *rows);
    // MySQL drops a user with what it owns, a replica has no backups, and a pipeline shares out its traffic.
    let replica = flat.contains_key("master_instance_name");
    let mysql = resource.kind == "google_sql_user" && !name.ends_with(".iam");
    let free = theirs || replica || mysql;
    for (path, _, form) in rows {
        let there = flat.contains_key(*path) || free;
        assert!(there || !matches!(form, Form::Is(_)), "{name} lacks {path}");
    }
    // Whether Terraform may destroy it is said of each. What Google has made, nobody can.
    let given = name.rsplit(' ').next().unwrap().starts_with('_');
    let refusal = rows.iter().find(|row| row.0 == "lifecycle.prevent_destroy");
    if let Some((path, _, _)) = refusal {
        let there = flat.contains_key(*path) || replica || given;
        assert!(there, "{name} lacks {path}");
    }
    for (path, values) in std::mem::take(flat) {
        let row = rows.iter().chain(COMMON).find(|(from, _, _)| *from == path);
        match row {
            Some((_, field, form)) => {
                if let Some(values) = form.of(place, &path, values) {
                    cloud.set(kind, &name, field, values);
                }
            }
            None if values == [BLOCK] => {}
            // What has the same name in both stands in no row.
            None => cloud.set(kind, &name, &path, values),
        }
    }
}

/// What no row can say.
fn special(
    place: &Place,
    cloud: &mut Cloud,
    kind: &str,
    name: &str,
    resource: &Resource,
    flat: &mut Flat,
) {
    let mut set = |field: &str, values: Values| cloud.set(kind, name, field, values);
    match resource.kind.as_str() {
        "google_compute_firewall" => {
            let allowed = below(flat, "allow.");
            let denied = below(flat, "deny.");
            let (action, rule) = if denied.is_empty() {
                ("ALLOW", allowed)
            } else {
                ("DENY", denied)
            };
            let protocol = rule["protocol"].concat();
            let ports = rule.get("ports").cloned().unwrap_or_default();
            let mut rules: Values = ports
                .iter()
                .map(|port| format!("{protocol}:{port}"))
                .collect();
            if ports.is_empty() {
                rules.push(protocol);
            }
            rules.sort();
            set("action", vec![action.to_owned()]);
            set("rules", rules);
        }
        "google_certificate_manager_certificate"
        | "google_certificate_manager_dns_authorization" => {
            // gcloud's own place where none is said.
            let location = flat.remove("location").unwrap();
            if location != ["global"] {
                set("location", location);
            }
        }
        // One inside the network has no tier.
        "google_compute_address" if flat["address_type"] == ["INTERNAL"] => {
            flat.insert("network_tier".to_owned(), vec!["PREMIUM".to_owned()]);
        }
        "google_compute_backend_service" | "google_compute_region_backend_service" => {
            let groups = several(flat, "backend").into_iter();
            let groups: Values = groups
                .map(|mut one| {
                    let group = one.remove("group").unwrap().concat();
                    // What gcloud sets by itself.
                    if resource.kind == "google_compute_region_backend_service" {
                        assert_eq!(one.remove("balancing_mode").unwrap(), ["UTILIZATION"]);
                        assert_eq!(one.remove("capacity_scaler").unwrap(), ["1"]);
                    }
                    assert!(one.is_empty(), "{name} leads to {group} with {one:?}");
                    group
                })
                .collect();
            if !groups.is_empty() {
                set("backends", groups);
            }
        }
        "google_compute_global_forwarding_rule" | "google_compute_forwarding_rule" => {
            let target = flat.remove("target").unwrap().concat();
            let (kind, name) = target.split_once(' ').unwrap();
            let kind = kind.strip_prefix("google_compute_").unwrap();
            let kind = kind
                .strip_prefix("region_")
                .unwrap_or(kind)
                .replace('_', "-");
            set(&kind, vec![name.to_owned()]);
            // An address of another stage stands there by its full name.
            let home = format!(
                "projects/{}/regions/{}/addresses/",
                place.project, place.region
            );
            let address = flat["ip_address"].concat();
            let address = address.strip_prefix(&home).unwrap_or(&address).to_owned();
            flat.insert("ip_address".to_owned(), vec![address]);
        }
        "google_secret_manager_secret" => {
            let replicas = several_in(flat, "replication.user_managed.replicas");
            let mut places = Values::new();
            let mut keys = Values::new();
            for mut one in replicas {
                let place = one.remove("location").unwrap().concat();
                if let Some(key) = one.remove("customer_managed_encryption.kms_key_name") {
                    keys.push(format!("{place} {}", key.concat()));
                }
                one.retain(|_, values| *values != [BLOCK]);
                assert!(one.is_empty(), "{name}: {one:?} is not read back");
                places.push(place);
            }
            places.sort();
            set("locations", places);
            if !keys.is_empty() {
                keys.sort();
                set("copies-under", keys);
            }
        }
        "google_workflows_workflow" => {
            let account = flat.remove("service_account").unwrap().concat();
            let (project, email) = account.split_once("/serviceAccounts/").unwrap();
            let home = project.strip_prefix("projects/").unwrap();
            let host = format!("@{home}.iam.gserviceaccount.com");
            assert!(email.ends_with(&host), "{email} is not of {project}");
            set("service-account", vec![email.to_owned()]);
        }
        "google_sql_database_instance" => {
            // What is not written is not refused; a replica holds nothing that its primary does not.
            let replica = flat.contains_key("master_instance_name");
            for refusal in ["deletion_protection", "lifecycle.prevent_destroy"] {
                if !(replica && refusal.starts_with("lifecycle")) {
                    let off = || vec!["false".to_owned()];
                    flat.entry(refusal.to_owned()).or_insert_with(off);
                }
            }
            let prefix = "settings.database_flags[";
            let names: Vec<String> = flat
                .keys()
                .filter_map(|path| path.strip_prefix(prefix)?.strip_suffix(']'))
                .map(str::to_owned)
                .collect();
            let mut flags = Values::new();
            for name in names {
                let mut own = below(flat, &format!("{prefix}{name}]."));
                flags.push(format!("{name}={}", own.remove("value").unwrap().concat()));
            }
            flags.sort();
            set("database-flags", flags);
            // The provider takes MySQL's root away as it makes the instance.
            if !replica && flat["database_version"].concat().starts_with("MYSQL") {
                set("root", vec!["gone".to_owned()]);
            }
        }
        "google_bigquery_dataset" => {
            let location = flat["location"].concat().to_lowercase();
            flat.insert("location".to_owned(), vec![location]);
        }
        "google_firestore_database" => {
            // What the scripts leave out is off.
            for switch in [
                "point_in_time_recovery_enablement",
                "delete_protection_state",
            ] {
                if flat[switch].concat().ends_with("_DISABLED") {
                    flat.remove(switch);
                }
            }
        }
        "google_memorystore_instance" => {
            let endpoint = below(flat, "desired_auto_created_endpoints.");
            let network = endpoint["network"].concat();
            let network = match network.split_once('/') {
                Some(_) => network,
                None => format!("projects/{}/global/networks/{network}", place.project),
            };
            let project = endpoint["project_id"].concat();
            let connections = format!("network={network},projectId={project}");
            set("psc-auto-connections", vec![connections]);
        }
        "google_kms_crypto_key" => {
            let off = || vec!["false".to_owned()];
            flat.entry("lifecycle.prevent_destroy".to_owned())
                .or_insert_with(off);
        }
        "google_artifact_registry_repository" => {
            let off = || vec!["false".to_owned()];
            flat.entry("lifecycle.prevent_destroy".to_owned())
                .or_insert_with(off);
            let mut older = below(flat, "cleanup_policies[older].");
            let mut recent = below(flat, "cleanup_policies[recent].");
            if !older.is_empty() {
                let mut take = |path: &str| older.remove(path).unwrap().concat();
                let (age, tags) = (take("condition.older_than"), take("condition.tag_state"));
                assert_eq!((take("action").as_str(), tags.as_str()), ("DELETE", "ANY"));
                let mut take = |path: &str| recent.remove(path).unwrap().concat();
                let versions = take("most_recent_versions.keep_count");
                assert_eq!(take("action"), "KEEP");
                set("cleanup", vec![age, versions]);
            }
            older.append(&mut recent);
            older.retain(|path, values| path != "id" && *values != [BLOCK]);
            assert!(older.is_empty(), "{name}: {older:?} is not read back");
        }
        "google_cloud_tasks_queue" => {
            let address = below(flat, "http_target.uri_override.");
            if !address.is_empty() {
                let parts = [
                    ("scheme", "scheme"),
                    ("host", "host"),
                    ("path", "path_override.path"),
                    ("mode", "uri_override_enforce_mode"),
                ];
                let parts = parts.map(|(key, path)| format!("{key}:{}", address[path].concat()));
                assert_eq!(address.len(), 5, "{name} has more than {parts:?}");
                set("http-uri-override", vec![parts.join(",")]);
            }
        }
        "google_eventarc_trigger" => {
            let filters = several_in(flat, "matching_criteria").into_iter();
            let mut filters: Values = filters
                .map(|one| {
                    assert_eq!(one.len(), 2, "{name} compares otherwise: {one:?}");
                    format!("{}={}", one["attribute"].concat(), one["value"].concat())
                })
                .collect();
            filters.sort();
            set("event-filters", filters);
            // Its name in Terraform is without its region.
            if flat.contains_key("destination.workflow") {
                set("destination-workflow-location", vec![place.region.clone()]);
            }
        }
        "google_monitoring_uptime_check_config" => {
            let statuses = several_in(flat, "http_check.accepted_response_status_codes");
            let mut taken = BTreeSet::new();
            let mut words: Values = Vec::new();
            for status in statuses {
                for (field, value) in status {
                    let value = value.concat().to_lowercase();
                    words.push(value.trim_start_matches("status_class_").to_owned());
                    taken.insert(field);
                }
            }
            let [field] = taken.into_iter().collect::<Vec<_>>().try_into().unwrap();
            let field = match field.as_str() {
                "status_class" => "status-classes",
                "status_value" => "status-codes",
                other => panic!("a status of {other}"),
            };
            words.sort();
            set(field, words);
        }
        "google_storage_bucket" => {
            let off = || vec!["false".to_owned()];
            flat.entry("lifecycle.prevent_destroy".to_owned())
                .or_insert_with(off);
            bucket::from_terraform(cloud, name, flat);
        }
        "google_compute_security_policy" => {
            waf::from_terraform(cloud, name, flat);
        }
        "google_compute_url_map" | "google_compute_region_url_map" => {
            url_map::from_terraform(cloud, name, flat);
        }
        "google_cloud_run_v2_service" => {
            let (mut shares, mut tags) = (Values::new(), Values::new());
            for mut one in several(flat, "traffic") {
                let mut take = |field: &str| one.remove(field).map(|values| values.concat());
                let revision = take("revision");
                let to = match (take("type").as_deref(), revision) {
                    (Some("TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"), None) => "latest".to_owned(),
                    (Some("TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"), Some(name)) => name,
                    other => panic!("{name} leads to {other:?}"),
                };
                let (percent, tag) = (take("percent"), take("tag"));
                assert!(
                    percent.is_some() || tag.is_some(),
                    "{name}: {to} gets nothing"
                );
                assert!(one.is_empty(), "{name}: {one:?} is not read back");
                shares.extend(percent.map(|percent| format!("{to} {percent}%")));
                tags.extend(tag.map(|tag| format!("{tag} is {to}")));
            }
            if !shares.is_empty() {
                shares.sort();
                tags.sort();
                set("traffic", shares);
                set("tags", tags);
            }
            workload::read(place, cloud, kind, name, "template.", flat);
        }
        "google_cloud_run_v2_worker_pool" => {
            workload::read(place, cloud, kind, name, "template.", flat);
        }
        "google_cloud_run_v2_job" => {
            workload::read(place, cloud, kind, name, "template.template.", flat);
        }
        _ => {}
    }
}

fn several_in(flat: &mut Flat, path: &str) -> Vec<Flat> {
    let found = several(flat, path);
    assert!(!found.is_empty(), "no {path}");
    found
}

/// Settings that only Terraform has, with the reason why the scripts do not.
pub const ALONE: &[(&str, &str)] = &[
    // Refusals of Terraform's own, beside what the API refuses.
    ("run services", "deletion_protection"),
    ("run jobs", "deletion_protection"),
    ("run worker-pools", "deletion_protection"),
    ("workflows", "deletion_protection"),
    ("secrets", "deletion_protection"),
    ("pubsub schemas", "deletion_protection"),
    ("pubsub topics", "deletion_protection"),
    ("pubsub subscriptions", "deletion_protection"),
    ("tasks queues", "deletion_protection"),
    ("eventarc channels", "deletion_protection"),
    ("logging buckets", "deletion_protection"),
    ("logging sinks", "deletion_protection"),
    ("sql instances", "terraform-protection"),
    ("sql instances", "prevent-destroy"),
    ("storage buckets", "prevent-destroy"),
    ("kms keys", "prevent-destroy"),
    ("artifacts repositories", "prevent-destroy"),
    ("memorystore instances", "prevent-destroy"),
    ("redis clusters", "prevent-destroy"),
    // gcloud knows no labels of a cluster.
    ("redis clusters", "labels"),
    ("firestore databases", "prevent-destroy"),
    ("bq datasets", "prevent-destroy"),
];

/// The cloud without what only Terraform has.
pub fn without_own(cloud: &Cloud) -> Cloud {
    let mut cloud = cloud.clone();
    for ((kind, _), settings) in &mut cloud.things {
        settings.retain(|field, _| !ALONE.contains(&(kind.as_str(), field.as_str())));
    }
    cloud
}

/// The form of everything that both know is checked by one of them.
#[test]
fn rows_are_told_once() {
    for (kind, rows) in ROWS {
        assert!(
            KINDS.iter().any(|(from, _, _)| from == kind),
            "{kind} has no kind"
        );
        for (at, (path, _, _)) in rows.iter().enumerate() {
            assert!(
                !rows[..at].iter().any(|(before, _, _)| before == path),
                "{kind} has {path} twice"
            );
        }
    }
}
