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
