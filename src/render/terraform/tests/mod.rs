//! What the rendered modules are, read back from their text.

mod resources;

use std::collections::{BTreeMap, BTreeSet};

use hcl_edit::expr::{Expression, TraversalOperator};
use hcl_edit::structure::{Block, Body};
use hcl_edit::visit::{Visit, visit_expr};

use crate::plan::model::{
    Certificate, Plan, PrivateRecord, PublicZone, RecordData, Stage, TlsVersion,
};
use crate::render::sample;
use crate::tree::Tree;

/// The rendered files of a plan, parsed, by stage and name.
struct Modules(BTreeMap<(String, String), Body>);

/// The rendered files, without what lies beside them for Terraform to read.
fn tree(plan: &Plan) -> Tree {
    let mut all = Tree::default();
    for stage in plan.stages() {
        super::render(plan, stage, &mut all);
    }
    let mut tree = Tree::default();
    for (path, file) in all.iter() {
        if !path.as_str().ends_with("/services/dashboard.yaml") {
            tree.add(path.as_str(), file.text.clone());
        }
    }
    tree
}

fn modules(plan: &Plan) -> Modules {
    let parse = |(path, file): (&crate::tree::TreePath, &crate::tree::File)| {
        let mut parts = path.as_str().split('/').skip(2).map(str::to_owned);
        let key = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        let body = file.text.parse::<Body>();
        (
            key,
            body.unwrap_or_else(|error| panic!("{path}: {error}\n{}", file.text)),
        )
    };
    Modules(tree(plan).iter().map(parse).collect())
}

impl Modules {
    /// The blocks of a stage with the file that each stands in.
    fn blocks(&self, stage: Stage) -> impl Iterator<Item = (&str, &Block)> {
        self.0
            .iter()
            .filter(move |((at, _), _)| at == stage.name())
            .flat_map(|((_, file), body)| body.blocks().map(move |block| (file.as_str(), block)))
    }

    fn resource(&self, stage: Stage, kind: &str, name: &str) -> &Block {
        let mut found = self.blocks(stage).filter(|(_, block)| {
            block.ident.as_str() == "resource" && labels(block) == [kind, name]
        });
        match (found.next(), found.next()) {
            (Some((_, block)), None) => block,
            _ => panic!("not one {kind}.{name}"),
        }
    }
}

fn labels(block: &Block) -> Vec<&str> {
    block
        .labels
        .iter()
        .map(hcl_edit::structure::BlockLabel::as_str)
        .collect()
}

/// Plans that together hold every variant of the model.
fn plans() -> Vec<Plan> {
    let plan = sample::plan();
    let mut classic = sample::plan();
    classic.environment = "classic".to_owned();
    classic.project.number = Some("123456789".to_owned());
    classic.state = None;
    if let Some(edge) = &mut classic.edge {
        edge.certificate = Certificate::Classic {
            name: "rich-1a2b3c".to_owned(),
            domains: vec!["shop.example.com".to_owned()],
        };
        edge.zone = Some(PublicZone {
            name: "example-com".to_owned(),
            project: "acme-dns".to_owned(),
        });
        edge.tls.min = TlsVersion::V1_3;
    }
    let mut borrowed = sample::plan();
    borrowed.environment = "borrowed".to_owned();
    borrowed.agents.clear();
    borrowed.org_policies.clear();
    if let Some(edge) = &mut borrowed.edge {
        edge.certificate = Certificate::Existing {
            map: "projects/acme/locations/global/certificateMaps/all".to_owned(),
        };
    }
    borrowed.internal_edge = None;
    if let Some(network) = &mut borrowed.network {
        network.own = None;
        for zone in &mut network.zones {
            let inside = |record: &PrivateRecord| matches!(record.data, RecordData::Balancer(_));
            zone.records.retain(|record| !inside(record));
        }
        network.project = "acme-host".to_owned();
        network.subnetwork.range = None;
    }
    let mut bare = sample::plan();
    bare.environment = "bare".to_owned();
    bare.network = None;
    bare.edge = None;
    bare.internal_edge = None;
    bare.databases.clear();
    bare.caches.clear();
    bare.firestores.clear();
    bare.datasets.clear();
    bare.channels.clear();
    bare.wafs.clear();
    bare.values.clear();
    bare.services.clear();
    bare.jobs.clear();
    bare.workers.clear();
    bare.grants.clear();
    bare.accounts.clear();
    bare.secrets.clear();
    bare.topics.clear();
    bare.subscriptions.clear();
    bare.schedules.clear();
    bare.events.clear();
    bare.workflows.clear();
    bare.queues.clear();
    vec![plan, classic, borrowed, bare]
}

/// Every `TYPE.NAME`, `data.TYPE.NAME` and `local.NAME` that expressions read.
#[derive(Default)]
struct References(BTreeSet<String>);

impl Visit for References {
    fn visit_expr(&mut self, node: &Expression) {
        if let Expression::Traversal(traversal) = node
            && let Expression::Variable(first) = &traversal.expr
        {
            let mut parts = vec![first.as_str().to_owned()];
            for operator in &traversal.operators {
                match operator.value() {
                    TraversalOperator::GetAttr(name) => parts.push(name.as_str().to_owned()),
                    _ => break,
                }
            }
            let wanted = match first.as_str() {
                "data" => 3,
                // What is gone through, one by one; where the module lies.
                "path" | "each" | "template" | "endpoint" | "connection" | "one" => 0,
                _ => 2,
            };
            if wanted > 0 && parts.len() >= wanted {
                self.0.insert(parts[..wanted].join("."));
            }
        }
        visit_expr(self, node);
    }
}

#[test]
fn whatever_is_referred_to_is_declared_in_the_same_module_once() {
    for plan in plans() {
        let modules = modules(&plan);
        for stage in plan.stages() {
            let mut declared = BTreeSet::new();
            let mut references = References::default();
            for (file, block) in modules.blocks(stage) {
                let labels = labels(block);
                let names = match block.ident.as_str() {
                    "resource" => vec![labels.join(".")],
                    "data" => vec![format!("data.{}", labels.join("."))],
                    "locals" => block
                        .body
                        .attributes()
                        .map(|attribute| format!("local.{}", attribute.key.as_str()))
                        .collect(),
                    _ => Vec::new(),
                };
                for name in names {
                    assert!(declared.insert(name.clone()), "{file}: {name} again");
                }
                references.visit_block(block);
            }
            let lost: Vec<_> = references.0.difference(&declared).collect();
            assert!(
                lost.is_empty(),
                "{} {stage:?}: nothing declares {lost:?}",
                plan.environment
            );
            assert!(
                !references.0.is_empty() || plan.environment == "bare",
                "{stage:?}: reads no references"
            );
        }
    }
}

#[test]
fn nothing_is_left_to_fill_in_and_nothing_runs_on_the_side() {
    let blocks = [
        "data",
        "locals",
        "output",
        "provider",
        "resource",
        "terraform",
    ];
    let sources = [
        "google_iam_policy",
        "google_memorystore_instance",
        "google_project",
        "google_redis_cluster",
    ];
    for plan in plans() {
        let modules = modules(&plan);
        for stage in plan.stages() {
            for (file, block) in modules.blocks(stage) {
                let labels = labels(block);
                assert!(
                    blocks.contains(&block.ident.as_str()),
                    "{file}: {}",
                    block.ident
                );
                match block.ident.as_str() {
                    "data" => assert!(sources.contains(&labels[0]), "{file}: {labels:?}"),
                    "resource" => assert!(labels[0].starts_with("google_"), "{file}: {labels:?}"),
                    _ => {}
                }
                assert!(!block.body.has_blocks("provisioner"), "{file}: {labels:?}");
            }
        }
    }
}

#[test]
fn formatting_a_formatted_file_changes_nothing() {
    for plan in plans() {
        for (path, file) in tree(&plan).iter() {
            assert_eq!(super::format::format(&file.text), file.text, "{path}");
        }
    }
}

#[test]
fn every_file_begins_with_what_it_is_and_where_it_comes_from() {
    for (path, file) in tree(&sample::plan()).iter() {
        let lines: Vec<&str> = file.text.lines().take(3).collect();
        let from = "# Generated by ravelin from rich.toml; see README.md before editing by hand.";
        assert!(
            lines[0].starts_with("# ") && lines[0].ends_with('.'),
            "{path}"
        );
        assert_eq!(lines[1..], [from, ""], "{path}");
    }
}

#[test]
fn only_the_root_with_identities_has_the_beta_provider() {
    for plan in plans() {
        let modules = modules(&plan);
        for stage in plan.stages() {
            let beta = modules
                .blocks(stage)
                .any(|(_, block)| labels(block) == ["google-beta"]);
            assert_eq!(beta, stage == Stage::Foundation && !plan.agents.is_empty());
        }
    }
}

#[test]
fn the_number_is_looked_up_only_where_it_is_read_and_not_known() {
    for plan in plans() {
        let modules = modules(&plan);
        for stage in plan.stages() {
            let mut references = References::default();
            let mut looked_up = false;
            for (_, block) in modules.blocks(stage) {
                looked_up |= labels(block) == ["google_project", "this"];
                references.visit_block(block);
            }
            let read = references.0.contains("data.google_project.this");
            assert_eq!(looked_up, read, "{} {stage:?}", plan.environment);
        }
    }
}
