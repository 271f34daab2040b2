//! What single resources say.

use std::collections::BTreeSet;

use hcl_edit::expr::Expression;
use hcl_edit::structure::Block;
use hcl_edit::template::Element;
use proptest::prelude::*;

use super::super::{format, id};
use super::{labels, modules, plans, tree};
use crate::plan::model::{EnvValue, Part, Stage, Text, WafAction};
use crate::render::quote::tests::hostile;
use crate::render::sample;

/// The block at this path of names below another.
fn below<'a>(block: &'a Block, path: &[&'a str]) -> &'a Block {
    path.iter().fold(block, |block, name| {
        let mut found = block.body.get_blocks(name);
        found.next().unwrap_or_else(|| panic!("no block `{name}`"))
    })
}

/// An argument as it is written.
fn written(block: &Block, name: &str) -> String {
    let value = &block.body.get_attribute(name);
    let value = value.unwrap_or_else(|| panic!("no argument `{name}`"));
    value.value.to_string().trim().to_owned()
}

/// The text that an expression without live parts stands for.
fn known(expression: &Expression) -> String {
    match expression {
        Expression::String(text) => text.as_str().to_owned(),
        Expression::StringTemplate(template) => template
            .iter()
            .map(|element| match element {
                Element::Literal(literal) => literal.as_str(),
                other => panic!("live: {other:?}"),
            })
            .collect(),
        other => panic!("no text: {other:?}"),
    }
}

#[test]
fn policies_of_services_and_jobs_are_whole() {
    let plan = sample::plan();
    let modules = modules(&plan);
    let policies = (plan
        .services
        .iter()
        .map(|service| (service.name.clone(), &service.policy)))
    .chain(
        plan.jobs
            .iter()
            .map(|job| (format!("job_{}", job.name), &job.policy)),
    );
    for (name, policy) in policies {
        let blocks: Vec<&Block> = modules
            .blocks(Stage::Services)
            .filter(|(_, block)| labels(block) == ["google_iam_policy", name.as_str()])
            .map(|(_, block)| block)
            .collect();
        assert_eq!(blocks.len(), 1, "{name}");
        let members: Vec<Vec<String>> = blocks[0]
            .body
            .get_blocks("binding")
            .map(
                |binding| match &binding.body.get_attribute("members").unwrap().value {
                    Expression::Array(members) => members
                        .iter()
                        .map(|member| member.to_string().trim().trim_matches('"').to_owned())
                        .collect(),
                    other => panic!("{other:?}"),
                },
            )
            .collect();
        let number = "${data.google_project.this.number}";
        let planned: Vec<Vec<String>> = policy
            .iter()
            .map(|binding| {
                let members = binding.members.iter();
                members
                    .map(|member| {
                        member
                            .member()
                            .to_string()
                            .replace("PROJECT_NUMBER", number)
                    })
                    .collect()
            })
            .collect();
        assert_eq!(members, planned, "{name}");
    }
}

#[test]
fn an_anonymous_service_needs_no_all_users() {
    let plan = sample::plan();
    let web = modules(&plan);
    let web = web.resource(Stage::Services, "google_cloud_run_v2_service", "web");
    assert_eq!(written(web, "invoker_iam_disabled"), "true");
    for (path, file) in tree(&plan).iter() {
        let code = file
            .text
            .lines()
            .filter(|line| !line.trim().starts_with('#'));
        let code: String = code
            .map(|line| line.split(" # ").next().unwrap_or(line))
            .collect();
        assert!(!code.contains("allUsers"), "{path}");
        assert!(!code.contains("allAuthenticatedUsers"), "{path}");
    }
}

#[test]
fn a_service_waits_for_its_callees_policies_its_jobs_and_its_files() {
    let modules = modules(&sample::plan());
    let after = |name: &str| {
        let service = modules.resource(Stage::Services, "google_cloud_run_v2_service", name);
        written(service, "depends_on")
    };
    assert!(after("web").contains("google_cloud_run_v2_service_iam_policy.orders"));
    let orders = after("orders");
    for wanted in [
        "google_cloud_run_v2_job.migrate",
        "google_secret_manager_secret_version.orders_config_yaml_1a2b3c4d",
        "google_secret_manager_secret_iam_member.orders_config_yaml_1a2b3c4d_run_orders",
    ] {
        assert!(orders.contains(wanted), "{orders}");
    }
    let job = modules.resource(Stage::Services, "google_cloud_run_v2_job", "migrate");
    assert_eq!(written(job, "run_execution_token"), "\"a1b2c3d4\"");
    assert!(!job.body.has_attribute("start_execution_token"));
}

#[test]
fn a_service_can_be_removed_while_its_backend_still_stands() {
    let modules = modules(&sample::plan());
    for name in ["admin", "web"] {
        let kind = "google_compute_region_network_endpoint_group";
        let group = modules.resource(Stage::Services, kind, name);
        let service = below(group, &["cloud_run"]);
        assert_eq!(written(service, "service"), format!("\"{name}\""));
        let backend = modules.resource(Stage::Services, "google_compute_backend_service", name);
        for block in [group, backend] {
            let lifecycle = below(block, &["lifecycle"]);
            assert_eq!(written(lifecycle, "create_before_destroy"), "true");
        }
    }
}

#[test]
fn unknown_hosts_and_paths_reach_no_service() {
    let modules = modules(&sample::plan());
    let map = modules.resource(Stage::Services, "google_compute_url_map", "rich");
    let refuses = |block: &Block| {
        let abort = ["default_route_action", "fault_injection_policy", "abort"];
        let abort = below(block, &abort);
        assert_eq!(written(abort, "http_status"), "404");
        assert_eq!(written(abort, "percentage"), "100");
        assert_eq!(
            written(block, "default_service"),
            "google_compute_backend_service.rich_refuse.id"
        );
    };
    refuses(map);
    let matchers: Vec<&Block> = map.body.get_blocks("path_matcher").collect();
    refuses(matchers[0]);
    assert!(!matchers[1].body.has_blocks("default_route_action"));
    let refuse = modules.resource(
        Stage::Services,
        "google_compute_backend_service",
        "rich_refuse",
    );
    assert!(!refuse.body.has_blocks("backend"));
}

#[test]
fn protections_are_as_planned() {
    let plan = sample::plan();
    let modules = modules(&plan);
    for service in &plan.services {
        let kind = "google_cloud_run_v2_service";
        let block = modules.resource(Stage::Services, kind, &id(&service.name));
        let wanted = service.deletion_protection.to_string();
        assert_eq!(written(block, "deletion_protection"), wanted);
    }
    for database in plan.databases.iter().filter(|database| !database.existing) {
        let kind = "google_sql_database_instance";
        let block = modules.resource(Stage::Foundation, kind, &id(&database.name));
        let wanted = database.deletion_protection.to_string();
        assert_eq!(written(block, "deletion_protection"), wanted);
        assert_eq!(
            written(below(block, &["settings"]), "deletion_protection_enabled"),
            wanted
        );
        assert_eq!(
            written(below(block, &["lifecycle"]), "prevent_destroy"),
            wanted
        );
    }
}

#[test]
fn what_exists_already_is_not_made() {
    for (path, file) in tree(&sample::plan()).iter() {
        assert!(!path.as_str().ends_with("database-old.tf"));
        assert!(
            !file
                .text
                .contains("\"google_secret_manager_secret\" \"old_one\""),
            "{path}"
        );
    }
    for (_, block) in modules(&plans()[2]).blocks(Stage::Foundation) {
        let kind = labels(block).first().copied().unwrap_or_default();
        let granted = kind.ends_with("_iam_member");
        assert!(granted || !kind.starts_with("google_compute"), "{kind}");
    }
}

#[test]
fn every_single_grant_stands_once_and_in_its_stage() {
    let plan = sample::plan();
    let modules = modules(&plan);
    let grants: Vec<_> = plan.single_grants().collect();
    for stage in [Stage::Foundation, Stage::Services] {
        let wanted: BTreeSet<String> = grants
            .iter()
            .filter(|grant| grant.stage == stage)
            .map(|grant| id(&grant.name))
            .collect();
        let found: Vec<String> = modules
            .blocks(stage)
            .filter(|(_, block)| {
                labels(block)
                    .first()
                    .is_some_and(|kind| kind.ends_with("_iam_member"))
            })
            .map(|(_, block)| labels(block)[1].to_owned())
            .collect();
        assert_eq!(found.len(), wanted.len());
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), wanted);
    }
}

#[test]
fn each_rule_of_a_policy_says_what_it_does() {
    let plan = sample::plan();
    let modules = modules(&plan);
    for waf in &plan.wafs {
        let kind = "google_compute_security_policy";
        let block = modules.resource(Stage::Services, kind, &id(&waf.name));
        let rules: Vec<&Block> = block.body.get_blocks("rule").collect();
        assert_eq!(rules.len(), waf.rules.len());
        for (rule, planned) in rules.into_iter().zip(&waf.rules) {
            let action = match &planned.action {
                WafAction::Allow => "\"allow\"".to_owned(),
                WafAction::Deny(code) => format!("\"deny({code})\""),
                WafAction::Throttle(_) => "\"throttle\"".to_owned(),
                WafAction::Ban(..) => "\"rate_based_ban\"".to_owned(),
            };
            assert_eq!(written(rule, "action"), action);
            assert_eq!(written(rule, "preview"), planned.preview.to_string());
            assert_eq!(written(rule, "priority"), planned.priority.to_string());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn texts_come_back_as_they_are(value in hostile(), other in hostile(), key in "[a-z][a-z0-9_-]{0,30}") {
        let mut plan = sample::plan();
        let orders = &mut plan.services[1];
        let name = "HOSTILE".to_owned();
        let env = &mut orders.workload.containers[0].env;
        env.truncate(1);
        env[0].name = name;
        env[0].value = EnvValue::Text(Text::from(value.as_str()));
        orders.workload.containers[0].args = vec![
            Text::from(other.as_str()).then_part(Part::ProjectNumber).then(&value),
        ];
        orders.workload.labels.insert(key.clone(), "v".to_owned());
        plan.accounts[0].purpose.clone_from(&value);
        plan.source.clone_from(&other);
        plan.audit_logs[0].kinds.push(value.clone());
        let modules = modules(&plan);
        let service = modules.resource(Stage::Services, "google_cloud_run_v2_service", "orders");
        let container = below(service, &["template", "containers"]);
        let env = below(container, &["env"]);
        prop_assert_eq!(known(&env.body.get_attribute("value").unwrap().value), value.clone());
        let account = &plan.accounts[0].id;
        let account = modules.resource(Stage::Foundation, "google_service_account", &id(account));
        let shown = &account.body.get_attribute("display_name").unwrap().value;
        prop_assert_eq!(known(shown), value);
        for (path, file) in tree(&plan).iter() {
            prop_assert_eq!(&format::format(&file.text), &file.text, "{}", path);
        }
    }
}
