//! `verify.sh` holds every fact of an environment to what is live, but for those that stand nowhere in the cloud, or that
//! everything is looked up by.

use std::path::Path;

use ravelin::{expand, source::Source};

#[test]
fn every_fact_is_read_or_stands_nowhere() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints");
    let mut facts = 0;
    for entry in std::fs::read_dir(&folder).expect("the blueprints are there") {
        let path = entry.expect("an entry can be read").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a blueprint is text");
        let beside = |file: &str| std::fs::read_to_string(folder.join(file)).ok();
        let expansion = expand(&Source::new(path.display().to_string(), text), &beside);
        let tree = expansion.tree();
        for plan in &expansion.plans {
            let script = format!("gcloud/{}/verify.sh", plan.environment);
            let script = &tree.get(&script).expect("each environment has one").text;
            let lines: Vec<&str> = script.lines().collect();
            for fact in &plan.facts {
                let key = fact.key();
                let read = format!("fact {key} ");
                let nowhere = format!("# {key}: stands nowhere in the cloud");
                let named = format!("# {key}: everything here is looked up by it");
                let pipeline = format!("# {key}: a pipeline decides it");
                let known = lines.iter().any(|line| {
                    let decided = *line == pipeline && key.ends_with(".images_by_tag");
                    line.starts_with(&read) || *line == nowhere || *line == named || decided
                });
                assert!(known, "{}: nothing reads `{key}`", path.display());
                facts += 1;
            }
        }
    }
    assert!(facts > 100, "the blueprints have facts");
}

/// Whoever runs `verify.sh` may have no right to read what others own: what is promised there is named, so that it can say so.
#[test]
fn what_is_granted_in_other_projects_is_named() {
    let text = r#"
schema = 1

[project]
name   = "shop"
region = "europe-west1"

[environments.prod]
project_id = "acme-shop-prod"

[jobs.report]
image  = "europe-docker.pkg.dev/acme-shop-prod/app/report@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
grants = [{ role = "roles/pubsub.publisher", on = "//pubsub.googleapis.com/projects/acme-data/topics/sales" }]

[workflows.close]
source = "close.yaml"
grants = [{ role = "roles/pubsub.publisher", on = "//pubsub.googleapis.com/projects/acme-data/topics/sales" }]
"#;
    let steps = |_: &str| Some("main:\n  steps:\n    - done:\n        return: yes\n".to_owned());
    let expansion = expand(&Source::new("ravelin.toml", text), &steps);
    assert!(expansion.plans.len() == 1, "{:?}", expansion.diagnostics);
    let tree = expansion.tree();
    let script = tree.get("gcloud/prod/verify.sh");
    let script = &script.expect("the environment has one").text;
    for element in ["jobs.report", "workflows.close"] {
        let fact = format!("fact {element}.grants ");
        let line = script.lines().find(|line| line.starts_with(&fact));
        let line = line.unwrap_or_else(|| panic!("nothing reads the grants of {element}"));
        let (_, reader) = line.split_once(" grants_of ").expect("its reader");
        assert!(reader.contains("acme-data"), "{line}");
    }
}
