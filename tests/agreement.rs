//! Three backends, one truth: who may do what is read back out of Terraform, the scripts and the policy files, each by a
//! reader of its own, and is the same set of grants in all of them and in `bindings.json`.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::too_many_lines,
    reason = "a test may stop where it stands, and use the disk"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};
use ravelin::expand;
use ravelin::plan::model::Plan;
use ravelin::source::Source;
use ravelin::tree::Tree;

/// `run/orders`, `secret/…`: what a grant stands on; its role; for whom; the title of its condition or nothing.
type Grant = (String, String, String, String);

#[test]
fn every_backend_makes_the_same_grants() {
    let mut seen = 0;
    for (name, plans, tree) in expansions() {
        for plan in &plans {
            let at = format!("{name}, {}", plan.environment);
            let complete = |grants: &BTreeSet<Grant>| {
                let complete = grants
                    .iter()
                    .filter(|grant| grant.0.starts_with("policy of "));
                complete.cloned().collect::<BTreeSet<Grant>>()
            };
            let listed = listed(plan, &tree);
            assert_eq!(
                in_terraform(plan, &tree),
                listed,
                "Terraform and bindings.json, {at}"
            );
            assert_eq!(
                in_scripts(plan, &tree),
                listed,
                "the scripts and bindings.json, {at}"
            );
            assert_eq!(
                in_files(plan, &tree),
                complete(&listed),
                "the policy files and bindings.json, {at}"
            );
            seen += listed.len();
        }
    }
    assert!(seen > 30, "only {seen} grants were compared");
}

/// The blueprints that ship with the project, expanded.
fn expansions() -> Vec<(String, Vec<Plan>, Tree)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints");
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let source = Source::new(name.clone(), fs::read_to_string(&path).unwrap());
            let expansion = expand(&source, &|file| fs::read_to_string(folder.join(file)).ok());
            assert!(
                !expansion.has_errors(),
                "{name}: {:?}",
                expansion.diagnostics
            );
            let tree = expansion.tree();
            found.push((name, expansion.plans, tree));
        }
    }
    assert!(found.len() >= 6);
    found
}

/// A principal in one form, whatever the backend knows of the project's number.
fn principal(plan: &Plan, text: &str) -> String {
    let text = text
        .replace("${data.google_project.this.number}", "PROJECT_NUMBER")
        .replace("${project_number}", "PROJECT_NUMBER")
        .replace("$project_number", "PROJECT_NUMBER");
    let own = format!("@{}.iam.gserviceaccount.com", plan.project.id);
    let account = text
        .strip_prefix("serviceAccount:")
        .and_then(|email| email.strip_suffix(&own));
    account.map_or(text.clone(), |id| format!("account {id}"))
}

// ---- bindings.json ------------------------------------------------------------------------------

fn listed(plan: &Plan, tree: &Tree) -> BTreeSet<Grant> {
    let file = tree
        .get(&format!("iam/{}/bindings.json", plan.environment))
        .unwrap();
    let json: serde_json::Value = serde_json::from_str(&file.text).unwrap();
    let mut grants = BTreeSet::new();
    for binding in json["bindings"].as_array().unwrap() {
        let text = |key: &str| binding[key].as_str().unwrap_or_default().to_owned();
        let Some(on) = resource(plan, &text("resource")) else {
            continue;
        };
        let condition = binding["condition"]["title"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        grants.insert((
            on,
            text("role"),
            principal(plan, &text("member")),
            condition,
        ));
    }
    grants
}

/// A resource's full name in short; `None` for one in another project, whose owner makes the grant.
fn resource(plan: &Plan, full: &str) -> Option<String> {
    let (api, path) = full.trim_start_matches('/').split_once('/').unwrap();
    let parts: Vec<&str> = path.split('/').collect();
    let elsewhere = parts[1] != plan.project.id && parts[1] != "_";
    let name = *parts.last().unwrap();
    Some(match (api, parts[parts.len() - 2]) {
        _ if elsewhere => return None,
        ("run.googleapis.com", "services") => format!("policy of service {name}"),
        ("run.googleapis.com", "jobs") => format!("policy of job {name}"),
        ("iap.googleapis.com", _) => format!("iap {name}"),
        ("secretmanager.googleapis.com", _) => format!("secret {name}"),
        ("storage.googleapis.com", _) => format!("bucket {name}"),
        ("cloudresourcemanager.googleapis.com", _) => "project".to_owned(),
        other => panic!("a grant on {other:?} is not read back yet"),
    })
}

// ---- Terraform ----------------------------------------------------------------------------------

fn in_terraform(plan: &Plan, tree: &Tree) -> BTreeSet<Grant> {
    let prefix = format!("terraform/{}/", plan.environment);
    let blocks: Vec<Block> = tree
        .iter()
        .filter(|(path, _)| path.as_str().starts_with(&prefix) && path.as_str().ends_with(".tf"))
        .flat_map(|(_, file)| file.text.parse::<Body>().unwrap().into_blocks())
        .collect();
    let accounts: BTreeMap<String, String> = plan
        .accounts
        .iter()
        .map(|account| {
            (
                account.id.replace('-', "_"),
                format!("account {}", account.id),
            )
        })
        .collect();
    let member = |expression: &Expression| {
        let text = plain(expression);
        match text
            .strip_prefix("google_service_account.")
            .and_then(|rest| rest.strip_suffix(".member"))
        {
            Some(local) => accounts[local].clone(),
            None => principal(plan, &text),
        }
    };
    let mut grants = BTreeSet::new();
    let mut policies: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for block in &blocks {
        let labels: Vec<&str> = block
            .labels
            .iter()
            .map(hcl_edit::structure::BlockLabel::as_str)
            .collect();
        if block.ident.as_str() == "data" && labels[0] == "google_iam_policy" {
            let bindings = block.body.get_blocks("binding").flat_map(|binding| {
                let role = attribute(&binding.body, "role");
                let members = binding
                    .body
                    .get_attribute("members")
                    .unwrap()
                    .value
                    .as_array()
                    .unwrap();
                members
                    .iter()
                    .map(|each| (role.clone(), member(each)))
                    .collect::<Vec<_>>()
            });
            policies.insert(
                format!("data.google_iam_policy.{}", labels[1]),
                bindings.collect(),
            );
        }
    }
    for block in &blocks {
        let labels: Vec<&str> = block
            .labels
            .iter()
            .map(hcl_edit::structure::BlockLabel::as_str)
            .collect();
        let body = &block.body;
        if block.ident.as_str() != "resource" || !labels[0].contains("_iam_") {
            continue;
        }
        // A name that is a reference is looked up in the block that it refers to.
        let named = |key: &str| {
            let text = attribute(body, key);
            let mut parts = text.split('.');
            let (Some(kind), Some(local), Some(property)) =
                (parts.next(), parts.next(), parts.next())
            else {
                return text;
            };
            let is = |block: &&Block| {
                block.labels.len() == 2
                    && block.labels[0].as_str() == kind
                    && block.labels[1].as_str() == local
            };
            blocks
                .iter()
                .find(is)
                .map_or(text.clone(), |block| attribute(&block.body, property))
        };
        let on = match labels[0] {
            "google_cloud_run_v2_service_iam_policy" => {
                format!("policy of service {}", named("name"))
            }
            "google_cloud_run_v2_job_iam_policy" => format!("policy of job {}", named("name")),
            "google_iap_web_backend_service_iam_binding" => {
                format!("iap {}", named("web_backend_service"))
            }
            "google_iap_web_cloud_run_service_iam_binding" => {
                format!("iap {}", named("cloud_run_service_name"))
            }
            "google_secret_manager_secret_iam_member" => format!("secret {}", named("secret_id")),
            "google_storage_bucket_iam_member" => format!("bucket {}", named("bucket")),
            "google_project_iam_member" => "project".to_owned(),
            // Not a grant: which reads and writes are logged.
            "google_project_iam_audit_config" => continue,
            other => panic!("{other} is not read back yet"),
        };
        if let Some(policy) = body.get_attribute("policy_data") {
            let policy = plain(&policy.value);
            for (role, to) in &policies[policy.trim_end_matches(".policy_data")] {
                grants.insert((on.clone(), role.clone(), to.clone(), String::new()));
            }
            continue;
        }
        let role = attribute(body, "role");
        let condition = body.get_blocks("condition").next();
        let condition = condition
            .map(|block| attribute(&block.body, "title"))
            .unwrap_or_default();
        let members: Vec<String> = match body.get_attribute("members") {
            Some(members) => members
                .value
                .as_array()
                .unwrap()
                .iter()
                .map(&member)
                .collect(),
            None => vec![member(&body.get_attribute("member").unwrap().value)],
        };
        for to in members {
            grants.insert((on.clone(), role.clone(), to, condition.clone()));
        }
    }
    grants
}

fn attribute(body: &Body, key: &str) -> String {
    plain(
        &body
            .get_attribute(key)
            .unwrap_or_else(|| panic!("no {key} in {body}"))
            .value,
    )
}

/// An expression as text: a string without its quotes, a template or a reference as it is written.
fn plain(expression: &Expression) -> String {
    match expression {
        Expression::String(text) => text.to_string(),
        other => other.to_string().trim().trim_matches('"').to_owned(),
    }
}

// ---- the scripts --------------------------------------------------------------------------------

fn in_scripts(plan: &Plan, tree: &Tree) -> BTreeSet<Grant> {
    let prefix = format!("gcloud/{}/", plan.environment);
    let mut grants = BTreeSet::new();
    for (path, file) in tree.iter() {
        if !path.as_str().starts_with(&prefix) || path.as_str().ends_with("lib.sh") {
            continue;
        }
        for words in commands(&file.text) {
            let verb = words[0].as_str();
            if !["policy", "grant", "members"].contains(&verb)
                || words.get(1).is_none_or(|word| word != "gcloud")
            {
                continue;
            }
            let flag = |name: &str| {
                let prefix = format!("--{name}=");
                words
                    .iter()
                    .find_map(|word| word.strip_prefix(&prefix))
                    .unwrap_or_default()
                    .to_owned()
            };
            let line = words.join(" ");
            let after = |word: &str| {
                let at = words.iter().position(|other| other == word).unwrap();
                words[at + 1].clone()
            };
            let on = if line.contains("run services set-iam-policy") {
                format!("policy of service {}", after("set-iam-policy"))
            } else if line.contains("run jobs set-iam-policy") {
                format!("policy of job {}", after("set-iam-policy"))
            } else if line.contains("iap web add-iam-policy-binding") {
                format!("iap {}", flag("service"))
            } else if line.contains("secrets add-iam-policy-binding") {
                format!("secret {}", after("add-iam-policy-binding"))
            } else if line.contains("storage buckets add-iam-policy-binding") {
                format!(
                    "bucket {}",
                    after("add-iam-policy-binding").trim_start_matches("gs://")
                )
            } else if line.contains("projects add-iam-policy-binding") {
                "project".to_owned()
            } else {
                panic!("not read back yet: {line}");
            };
            let behind: Vec<String> = words
                .iter()
                .skip_while(|word| *word != "--")
                .skip(1)
                .cloned()
                .collect();
            match verb {
                "policy" => {
                    for pair in behind.chunks(2) {
                        grants.insert((
                            on.clone(),
                            pair[0].clone(),
                            principal(plan, &pair[1]),
                            String::new(),
                        ));
                    }
                }
                "members" => {
                    for member in &behind {
                        grants.insert((
                            on.clone(),
                            flag("role"),
                            principal(plan, member),
                            String::new(),
                        ));
                    }
                }
                _ => {
                    let condition = flag("condition");
                    let title = condition
                        .rsplit_once("title=")
                        .map(|(_, title)| title.to_owned())
                        .unwrap_or_default();
                    grants.insert((on, flag("role"), principal(plan, &flag("member")), title));
                }
            }
        }
    }
    grants
}

/// The simple commands of a script as words, with quotes taken away and continued lines joined.
fn commands(script: &str) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = script.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\'' => {
                let text = word.get_or_insert_default();
                text.extend(
                    characters
                        .by_ref()
                        .take_while(|character| *character != '\''),
                );
            }
            '"' => {
                let text = word.get_or_insert_default();
                while let Some(character) = characters.next() {
                    match character {
                        '"' => break,
                        '\\' => text.extend(characters.next()),
                        other => text.push(other),
                    }
                }
            }
            '\\' if characters.peek() == Some(&'\n') => {
                characters.next();
                words.extend(word.take());
            }
            '\\' => word.get_or_insert_default().extend(characters.next()),
            '#' if word.is_none() => {
                characters
                    .by_ref()
                    .take_while(|character| *character != '\n')
                    .for_each(drop);
                if !words.is_empty() {
                    commands.push(std::mem::take(&mut words));
                }
            }
            '\n' | ';' => {
                words.extend(word.take());
                if !words.is_empty() {
                    commands.push(std::mem::take(&mut words));
                }
            }
            ' ' | '\t' => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    if !words.is_empty() {
        commands.push(words);
    }
    commands
}

// ---- the policy files ---------------------------------------------------------------------------

fn in_files(plan: &Plan, tree: &Tree) -> BTreeSet<Grant> {
    let mut grants = BTreeSet::new();
    for (folder, kind) in [("services", "service"), ("jobs", "job")] {
        let prefix = format!("iam/{}/{folder}/", plan.environment);
        for (path, file) in tree.iter() {
            let Some(name) = path
                .as_str()
                .strip_prefix(&prefix)
                .and_then(|name| name.strip_suffix(".yaml"))
            else {
                continue;
            };
            let policy: serde_norway::Value = serde_norway::from_str(&file.text).unwrap();
            for binding in policy["bindings"].as_sequence().unwrap() {
                let role = binding["role"].as_str().unwrap();
                for member in binding["members"].as_sequence().unwrap() {
                    let to = principal(plan, member.as_str().unwrap());
                    grants.insert((
                        format!("policy of {kind} {name}"),
                        role.to_owned(),
                        to,
                        String::new(),
                    ));
                }
            }
        }
    }
    grants
}
