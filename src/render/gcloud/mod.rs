//! gcloud: the same as Terraform's, as scripts, `gcloud/<environment>/`.
//!
//! A script holds plain commands, a step a resource. `lib.sh` reads what is live by kind, compares it with the flags of
//! the command, and runs the command only where they differ: a second run changes nothing.

mod ahead;
mod binary_authorization;
mod buckets;
mod caches;
mod channels;
mod database;
mod datasets;
mod delivery;
mod edge;
mod events;
mod filters;
mod firestores;
mod foundation;
mod grants;
mod internal;
mod keys;
mod log_sinks;
mod messages;
mod monitoring;
mod network;
mod notifications;
mod perimeter;
mod queues;
mod registries;
mod rotation;
mod run;
mod schedules;
mod script;
mod secrets;
mod services;
mod traffic;
mod verify;
mod waf;
mod worker;
mod workflow;

use std::collections::BTreeSet;

use askama::Template;

use crate::plan::google::memorystore;
use crate::plan::model::{OrgPolicy, OrgRule, Plan, Stage};
use crate::tree::Tree;
use script::Script;

#[derive(Template)]
#[template(path = "gcloud/lib.sh.j2")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a part of the library that is there or not"
)]
struct Lib<'a> {
    source: &'a str,
    environment: &'a str,
    project: &'a str,
    region: &'a str,
    /// All regions, where anything runs in several, with commas.
    regions: Option<String>,
    /// Whether any service says where its requests go.
    traffic: bool,
    /// The revisions that are called by their names, with commas.
    revisions: Option<String>,
    rotation: bool,
    network: bool,
    bucket: bool,
    notifications: bool,
    /// The ring of the keys that are made here.
    ring: Option<&'a str>,
    workers: bool,
    database: bool,
    caches: bool,
    /// Whether some are of Valkey, and some of Redis.
    valkey: bool,
    redis: bool,
    firestores: bool,
    datasets: bool,
    edge: bool,
    internal_edge: bool,
    messages: bool,
    schedules: bool,
    workflows: bool,
    queues: bool,
    registries: bool,
    channels: bool,
    events: bool,
    logging: bool,
    log_tables: bool,
    monitoring: bool,
    /// Whether something is granted by SQL.
    sql: bool,
    encryption: bool,
    binary_authorization: bool,
    perimeter: bool,
    /// Whether Pub/Sub writes messages itself.
    sinks: bool,
    schemas: bool,
    /// The pool by which the pipeline is let in.
    pool: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "gcloud/governance.sh.j2")]
struct Governance<'a> {
    source: &'a str,
    project: &'a str,
    policies: &'a [OrgPolicy],
    in_the_way: &'a [String],
}

/// Writes the scripts of an environment.
///
/// # Panics
///
/// When a path is in the tree already: each environment is rendered once.
pub fn render(plan: &Plan, tree: &mut Tree) {
    let folder = format!("gcloud/{}", plan.environment);
    let lib = Lib {
        source: &plan.source,
        environment: &plan.environment,
        project: &plan.project.id,
        region: &plan.project.region,
        regions: regions(plan),
        traffic: traffic::any(plan),
        revisions: traffic::revisions(plan),
        rotation: rotation::any(plan),
        network: plan.network.is_some(),
        bucket: buckets::any(plan),
        notifications: notifications::any(plan),
        ring: keys::ring(plan),
        workers: !plan.workers.is_empty(),
        database: !plan.databases.is_empty(),
        caches: caches::any(plan),
        valkey: memorystore::made(plan).any(|one| one == &memorystore::VALKEY),
        redis: memorystore::made(plan).any(|one| one == &memorystore::REDIS),
        firestores: firestores::any(plan),
        datasets: datasets::any(plan),
        edge: plan.edge.is_some(),
        internal_edge: plan.internal_edge.is_some(),
        messages: messages::any(plan),
        schedules: !plan.schedules.is_empty(),
        workflows: !plan.workflows.is_empty(),
        queues: queues::any(plan),
        registries: registries::any(plan),
        channels: plan.makes_channels(),
        events: !plan.events.is_empty(),
        logging: log_sinks::any(plan),
        log_tables: log_sinks::tables(plan),
        monitoring: plan.monitoring.is_some(),
        sql: grants::by_sql(plan),
        encryption: plan.encryption,
        binary_authorization: plan.binary_authorization.is_some(),
        perimeter: plan.own_perimeter().is_some(),
        sinks: messages::sinks(plan),
        schemas: messages::schemas(plan),
        pool: delivery::pool(plan),
    };
    // It needs the most room while it is made, and comes where little is made yet.
    tree.add_script(&format!("{folder}/verify.sh"), verify::script(plan));
    tree.add_script(&format!("{folder}/lib.sh"), super::text(&lib) + "\n");
    for stage in plan.stages() {
        let (name, text) = match stage {
            Stage::Governance => ("1-governance.sh", governance(plan)),
            Stage::Foundation => ("2-foundation.sh", foundation::script(plan)),
            Stage::Services => ("3-services.sh", services::script(plan)),
        };
        tree.add_script(&format!("{folder}/{name}"), text);
    }
    monitoring::files(plan, &folder, tree);
    tree.add_script(&format!("{folder}/secrets.sh"), secrets::script(plan));
}

/// The regions in which services run, with commas, where there are several.
fn regions(plan: &Plan) -> Option<String> {
    let others = plan.services.iter();
    let others = others.filter(|service| service.stands_in_for.is_some());
    let mut regions: BTreeSet<&str> = others.map(|service| service.region.as_str()).collect();
    if regions.is_empty() {
        return None;
    }
    regions.insert(&plan.project.region);
    Some(regions.into_iter().collect::<Vec<_>>().join(","))
}

fn governance(plan: &Plan) -> String {
    let mut script = Script::new(
        plan,
        Stage::Governance,
        if plan.own_perimeter().is_none() {
            "Organisation policies. Needs rights in the organisation."
        } else if plan.org_policies.is_empty() {
            "The perimeter. Needs rights in the organisation."
        } else {
            "Organisation policies and the perimeter. Needs rights in the organisation."
        },
    );
    script.apis();
    let set = plan.org_policies.iter().map(|policy| &policy.constraint);
    script.ahead(set.chain(&plan.org_policies_in_the_way).map(|constraint| {
        format!(
            "ahead gcloud org-policies describe {} --format='yaml(spec.rules)'",
            script::word(constraint)
        )
    }));
    perimeter::add(&mut script, plan);
    script.section(&Governance {
        source: &plan.source,
        project: &plan.project.id,
        policies: &plan.org_policies,
        in_the_way: &plan.org_policies_in_the_way,
    });
    script.finish()
}

/// A dictionary as gcloud takes it (`gcloud topic escaping`): with another delimiter where a comma would divide a value.
fn dictionary<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> = pairs.map(|(key, value)| format!("{key}={value}")).collect();
    list(&pairs)
}

/// A list as gcloud takes it.
fn list(items: &[String]) -> String {
    if items.iter().any(|item| item.contains(','))
        || items.first().is_some_and(|item| item.starts_with('^'))
    {
        let delimiter = delimiter(items.iter().map(String::as_str));
        return format!("^{delimiter}^{}", items.join(&delimiter));
    }
    items.join(",")
}

/// A delimiter that none of the texts holds.
fn delimiter<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let texts: Vec<&str> = texts.collect();
    let free = |delimiter: &String| !texts.iter().any(|text| text.contains(delimiter.as_str()));
    let short = ["@", "|", ";", "#", "~"].map(str::to_owned);
    // A run of `~` that is longer than any in the texts is in none of them.
    let longest = texts.iter().map(|text| text.len()).max().unwrap_or(0);
    short
        .into_iter()
        .find(free)
        .unwrap_or_else(|| "~".repeat(longest + 1))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use crate::render::sample;
    use crate::tree::Tree;

    /// A stand-in for gcloud that tells how often it was asked; what was read ahead is good for one answer.
    const DRIVER: &str = r#"
gcloud() { echo >>"$scratch/asked"; grep -c "" "$scratch/asked"; }
list=(gcloud run services list --format='value(metadata.labels["a"],name.sub("x[0]$",""))')
ahead "${list[@]}"
read_ahead
for _ in 1 2; do ask "${list[@]}"; echo "$answer"; done
"#;

    #[test]
    fn what_was_read_ahead_answers_once() {
        let mut tree = Tree::default();
        super::render(&sample::plan(), &mut tree);
        let lib = tree.get("gcloud/prod/lib.sh").expect("it is there");
        let output = Command::new("bash")
            .args(["-c", r#"source <(printf %s "$1")"#, "lib"])
            .arg(format!("{}{DRIVER}", lib.text))
            .output()
            .expect("bash runs");
        assert!(output.status.success(), "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "1\n2\n");
    }
}
