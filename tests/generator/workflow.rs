//! Workflows, and what starts them.

use toml::{Table, Value};

use super::workload::env;
use super::{Choices, Plot, table, texts};

/// What an element starts.
pub fn starts(choices: &mut Choices<'_>, plot: &Plot, element: &mut Table) {
    let jobs = choices.some(&plot.jobs, 6).into_iter();
    let jobs = jobs.map(|job| format!("jobs.{job}"));
    let workflows = choices.some(&plot.workflows, 6).into_iter();
    let workflows = workflows.map(|one| format!("workflows.{one}"));
    let targets: Vec<String> = jobs.chain(workflows).collect();
    if targets.is_empty() {
        return;
    }
    if choices.once_in(2) {
        element.insert("runs".to_owned(), texts(&targets));
        return;
    }
    let mut runs = Table::new();
    for target in targets {
        let mut run = Table::new();
        if target.starts_with("jobs.") {
            choices.perhaps(2, &mut run, "overrides", true);
        }
        runs.insert(target, Value::Table(run));
    }
    element.insert("runs".to_owned(), Value::Table(runs));
}

pub fn workflows(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    let mut workflows = Table::new();
    for name in &plot.workflows {
        let mut one = Table::new();
        let source = choices.one(&["flow.yaml", "flows/it is.json"]);
        one.insert("source".to_owned(), source.into());
        let calls = choices.some(&plot.services, 3);
        if let Some(first) = calls.first() {
            one.insert("calls".to_owned(), texts(&calls));
            let url = format!("${{services.{first}.url}}");
            env(&mut one).insert("URL".to_owned(), url.into());
        }
        starts(choices, plot, &mut one);
        let odd = "it's ${project.id}, \"$HOME\" = ^a^";
        let more = table([("ODD", odd.into())]);
        if choices.once_in(3) {
            env(&mut one).extend(more.as_table().unwrap().clone());
        }
        let operators = texts(&["group:operators@example.com"]);
        choices.perhaps(3, &mut one, "invokers", operators);
        let grant = table([
            ("role", "roles/bigquery.jobUser".into()),
            ("on", "project".into()),
        ]);
        choices.perhaps(4, &mut one, "grants", Value::Array(vec![grant]));
        let own = format!("own-flow-{name}@acme-accounts.iam.gserviceaccount.com");
        choices.perhaps(6, &mut one, "service_account", own);
        choices.perhaps(4, &mut one, "labels", table([("kind", "steps".into())]));
        choices.perhaps(4, &mut one, "deletion_protection", false);
        choices.perhaps(6, &mut one, "retire", true);
        workflows.insert(name.clone(), Value::Table(one));
    }
    if !workflows.is_empty() {
        root.insert("workflows".to_owned(), Value::Table(workflows));
    }
}

/// A job that something starts is there wherever that is.
pub fn what_is_started_exists(plot: &Plot, root: &mut Table) {
    let text = toml::to_string(root).unwrap();
    for job in &plot.jobs {
        if text.contains(&format!("jobs.{job}\"")) {
            root["jobs"][job]
                .as_table_mut()
                .unwrap()
                .remove("environments");
        }
    }
}
