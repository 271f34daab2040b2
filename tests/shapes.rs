//! Every JSON and YAML file of the output has the shape that `shapes/` gives it, told by a validator that knows
//! nothing of this program. What the installed gcloud takes is for `prove`.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

use std::fs;
use std::path::Path;

use jsonschema::Validator;
use ravelin::source::Source;
use serde_json::{Value, json};

/// The shapes that have files of their own.
const OWN: [&str; 3] = [ALERT, DASHBOARD, WORKFLOW];
const ALERT: &str = "alert";
const DASHBOARD: &str = "dashboard";
const WORKFLOW: &str = "workflow";

/// A validator for a definition of the schema; `None` for the whole.
fn validator(definition: Option<&str>) -> Validator {
    let own = definition.filter(|shape| OWN.contains(shape));
    let file = own.unwrap_or("bindings");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shapes");
    let path = path.join(format!("{file}.json"));
    let mut schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::draft7::meta::validate(&schema).unwrap();
    if let Some(definition) = definition.filter(|_| own.is_none()) {
        schema = json!({
            "$ref": format!("#/definitions/{definition}"),
            "definitions": schema["definitions"],
        });
    }
    jsonschema::draft7::new(&schema).unwrap()
}

/// The definition for a file; an unknown kind of file stops the test, so that none goes unread.
fn definition(path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        ["iam", _, "bindings.json"] => None,
        ["iam", _, "services" | "jobs", _] => Some("policy"),
        ["iam", _, "elsewhere", _] => Some("elsewhere"),
        ["gcloud", _, "alerts", _] => Some(ALERT),
        ["terraform", _, "services", "dashboard.yaml"] | ["gcloud", _, "dashboard.yaml"] => {
            Some(DASHBOARD)
        }
        ["github", _, "deploy.yml"] => Some(WORKFLOW),
        _ => panic!("{path}: no shape is known for it"),
    }
}

/// Each file with its value: of the blueprints that ship, and of one with everything in it.
fn files() -> Vec<(String, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shipped = fs::read_dir(root.join("blueprints")).unwrap();
    let mut blueprints: Vec<_> = shipped
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "toml"))
        .collect();
    blueprints.push(root.join("tests/schema/everything.toml"));
    let mut found = Vec::new();
    for blueprint in blueprints {
        let beside = |file: &str| fs::read_to_string(blueprint.with_file_name(file)).ok();
        let text = fs::read_to_string(&blueprint).unwrap();
        let expansion = ravelin::expand(&Source::new("ravelin.toml", text), &beside);
        assert!(!expansion.has_errors(), "{}", blueprint.display());
        for (path, file) in expansion.tree().iter() {
            let path = path.as_str();
            let extension = Path::new(path).extension().and_then(|it| it.to_str());
            let value = match extension {
                Some("json") => serde_json::from_str(&file.text).unwrap(),
                Some("yaml" | "yml") => serde_norway::from_str(&file.text).unwrap(),
                _ => continue,
            };
            found.push((path.to_owned(), value));
        }
    }
    found
}

#[test]
fn every_file_has_its_shape() {
    let files = files();
    for (path, value) in &files {
        let wrong: Vec<String> = validator(definition(path))
            .iter_errors(value)
            .map(|error| format!("{path}: {} {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
    for kind in [
        None,
        Some("policy"),
        Some("elsewhere"),
        Some(ALERT),
        Some(DASHBOARD),
        Some(WORKFLOW),
    ] {
        let seen = files.iter().filter(|(path, _)| definition(path) == kind);
        let least = if kind == Some(WORKFLOW) { 3 } else { 6 };
        assert!(seen.count() >= least, "too few files of {kind:?}");
    }
}

/// Whatever is taken away from a grant, or written into it beside, is seen.
#[test]
fn a_damaged_file_is_seen() {
    let grant = json!({
        "resource": "//run.googleapis.com/projects/acme-shop-prod/locations/europe-west1/services/orders",
        "role": "roles/run.invoker",
        "member": "serviceAccount:run-web@acme-shop-prod.iam.gserviceaccount.com",
        "condition": null,
        "causes": ["services.web.calls"],
        "stage": "services",
    });
    let file = |grant: &Value| json!({ "project": "acme-shop-prod", "environment": "prod", "bindings": [grant] });
    let validator = validator(None);
    assert!(validator.is_valid(&file(&grant)));
    for key in grant.as_object().unwrap().keys() {
        let mut less = grant.clone();
        less.as_object_mut().unwrap().remove(key);
        assert!(!validator.is_valid(&file(&less)), "without {key}");
    }
    for (key, value) in [
        (
            "member",
            json!("run-web@acme-shop-prod.iam.gserviceaccount.com"),
        ),
        ("member", json!("anyone")),
        ("role", json!("roles/owner")),
        ("resource", json!("run.googleapis.com/orders")),
        ("condition", json!({ "title": "only-main" })),
        ("stage", json!("governance")),
        ("causes", json!([])),
        ("etag", json!("x")),
    ] {
        let mut wrong = grant.clone();
        wrong[key] = value;
        assert!(!validator.is_valid(&file(&wrong)), "{key}: {}", wrong[key]);
    }
}
