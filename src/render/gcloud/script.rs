//! A script of one stage: its head, its sections, its end.

use askama::Template;

use super::filters;
use crate::plan::model::{Plan, Stage};
use crate::render::quote::shell::{Shell, value_variable};

#[derive(Template)]
#[template(path = "gcloud/head.sh.j2")]
struct Head<'a> {
    source: &'a str,
    summary: String,
}

#[derive(Template)]
#[template(path = "gcloud/apis.sh.j2")]
struct Apis<'a> {
    services: Vec<&'a str>,
}

/// A script that is being written.
pub(super) struct Script<'a> {
    plan: &'a Plan,
    stage: Stage,
    /// Whether anything runs in several regions.
    pub(super) regions: bool,
    head: String,
    /// What is read while the first steps run.
    ahead: Vec<String>,
    /// The step that enables APIs, which comes before all reading.
    apis: String,
    /// What must hold before the first step.
    ready: String,
    body: String,
}

impl<'a> Script<'a> {
    /// An empty script of a stage.
    pub(super) fn new(plan: &'a Plan, stage: Stage, summary: &str) -> Self {
        let head = Head {
            source: &plan.source,
            summary: format!(
                "Stage {} of {}, environment {}, project {}. {summary}",
                stage.name(),
                plan.project.name,
                plan.environment,
                plan.project.id
            ),
        };
        Self {
            plan,
            stage,
            regions: super::regions(plan).is_some(),
            head: crate::render::text(&head),
            ahead: Vec::new(),
            apis: String::new(),
            ready: String::new(),
            body: String::new(),
        }
    }

    /// Enables the APIs of the stage.
    pub(super) fn apis(&mut self) {
        let here = self.plan.apis.iter().filter(|api| api.stage == self.stage);
        let services: Vec<&str> = here.map(|api| api.service.as_str()).collect();
        if !services.is_empty() {
            self.apis = crate::render::text(&Apis { services });
        }
    }

    /// Adds lines that name what is read ahead.
    pub(super) fn ahead(&mut self, lines: impl IntoIterator<Item = String>) {
        self.ahead.extend(lines);
    }

    /// Adds what must hold before the first step.
    pub(super) fn ready(&mut self, ready: &impl Template) {
        self.ready = crate::render::text(ready);
    }

    /// Adds a section; one that says nothing is left out.
    pub(super) fn section(&mut self, section: &impl Template) {
        let text = crate::render::text(section);
        // Without a step there is nothing to do.
        if text.contains("\nstep '") {
            self.body.push('\n');
            self.body.push_str(text.trim_matches('\n'));
            self.body.push('\n');
        }
    }

    /// The whole text.
    pub(super) fn finish(self) -> String {
        let mut out = self.head;
        out.push('\n');
        out.push_str(&lookups(self.plan, &self.body));
        if !self.apis.is_empty() {
            out.push('\n');
            out.push_str(self.apis.trim_matches('\n'));
            out.push('\n');
        }
        if !self.ahead.is_empty() {
            out.push_str("\n# What is live, read by kind while the first steps run.\n");
            for line in &self.ahead {
                out.push_str(line);
                out.push('\n');
            }
            out.push_str("read_ahead\n");
        }
        if !self.ready.is_empty() {
            out.push('\n');
            out.push_str(&self.ready);
            out.push('\n');
        }
        // The body is most of the script: it is moved, and stands in memory once.
        let mut whole = self.body;
        whole.insert_str(0, &out);
        whole.extend(["\nfinish ", self.stage.name(), "\n"]);
        whole
    }
}

/// The commands that look up what the body refers to.
pub(super) fn lookups(plan: &Plan, body: &str) -> String {
    let mut out = String::new();
    let uses = |name: &str| {
        body.contains(&format!("${{{name}}}")) || body.contains(&format!("\"${name}\""))
    };
    if uses("project_number") {
        out.push_str("\nlook_up_number\n");
    }
    for (name, value) in &plan.values {
        let variable = value_variable(name);
        if uses(&variable) {
            // The command is taken as the blueprint has it.
            let lines = [
                "\n# values.",
                name,
                "\n# shellcheck disable=all\n",
                &variable,
                "=$(",
                &value.gcloud,
                ")\n",
            ];
            out.extend(lines);
        }
    }
    out
}

/// A word of the shell.
pub(super) fn word(text: &str) -> String {
    text.shell().0
}

/// Words of the shell.
pub(super) fn words<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    words.into_iter().map(word).collect::<Vec<_>>().join(" ")
}
