//! Documents: the README of the output, which covers all environments.

mod application;
mod apply;
mod checklist;
mod decisions;
mod evidence;
mod overview;
mod passwords;
mod picture;
mod publishing;
mod pulling;
mod receiving;
mod rights;

use askama::Template;

use crate::plan::google::{kms, waf};
use crate::plan::model::{
    Auth, Certificate, Connect, Edge, Engine, OwnNetwork, Plan, Stage, WafMatch,
};
use crate::render::quote::markdown::{Md, md};
use crate::render::quote::{Quoted, comment};
use crate::tree::Tree;

/// Adds `README.md` for these environments of one blueprint. Without any there is nothing to say.
pub fn render(plans: &[Plan], tree: &mut Tree) {
    if let Some(first) = plans.first() {
        tree.add("README.md", text(first, plans));
    }
}

/// What the environments name, each piece once, in order.
fn every(plans: &[Plan], pieces: impl Fn(&Plan) -> Vec<Md>) -> Md {
    let all: std::collections::BTreeSet<Md> = plans.iter().flat_map(pieces).collect();
    Md::list(all)
}

/// The README.
#[derive(Template)]
#[template(path = "docs/README.md.j2")]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each says whether something is there that a part of the document is about"
)]
struct Readme {
    title: Quoted,
    about: Quoted,
    source: Quoted,
    /// The environment that the commands name.
    first: Quoted,
    /// A comment with the other environments.
    others: Quoted,
    first_project: Quoted,
    names: Vec<Quoted>,
    environments: Vec<overview::Environment>,
    pictures: Vec<Picture>,
    differences: Vec<overview::Difference>,
    decisions: Vec<Quoted>,
    exceptions: Vec<overview::Opening>,
    checklists: Vec<checklist::Checklist>,
    files: Vec<overview::FileRow>,
    prerequisites: Vec<Quoted>,
    /// The project of each environment.
    projects: Vec<Quoted>,
    /// What the scripts leave without labels.
    unlabelled: Option<Quoted>,
    rights: Vec<rights::Rights>,
    secrets_needed: Vec<apply::SecretRow>,
    records: Vec<apply::Record>,
    managed_certificates: bool,
    /// Whether a service has a private name.
    private_names: bool,
    in_databases: Vec<apply::InDatabase>,
    /// Whether a job brings a database up to date.
    migrates: bool,
    waf_modes: Vec<Quoted>,
    calls: Vec<application::CallRow>,
    audience: Option<application::Audience>,
    requests: Vec<receiving::Request>,
    message_path: Option<Quoted>,
    pulls: Vec<pulling::Row>,
    pulled_by_job: Option<Quoted>,
    pulled: Option<Quoted>,
    publisher: Option<publishing::Publisher>,
    logins: Vec<application::Login>,
    /// Who logs in to a database with a password, and whether by the Auth Proxy, or without it.
    password_users: Vec<passwords::Row>,
    passwords_by_proxy: bool,
    passwords_direct: bool,
    cache: Option<application::CacheLogin>,
    // What there is, in whichever environment.
    governance: bool,
    secrets: bool,
    /// Whether `secrets.sh` fetches what Google made.
    fetched: bool,
    /// Whether a secret may need a value from a person.
    asked: bool,
    /// Whether owners of other projects make grants.
    elsewhere: bool,
    /// The signature by which the WAF refuses methods.
    methods: Option<Quoted>,
    generated: bool,
    waf: bool,
    network: bool,
    own_network: bool,
    iap: bool,
    edge: bool,
    nat: bool,
    regions: bool,
    /// Whether a service says which revisions answer.
    traffic: bool,
    buckets: bool,
    /// Where keys are made, the days for which a version that is to be destroyed can be restored.
    keys: Option<u32>,
    queues: bool,
    /// Who deploys in each environment that has a pipeline.
    pipelines: Vec<Quoted>,
    /// The variables that the workflow takes projects' numbers from, as commands that set them.
    numbers: Vec<Quoted>,
    /// The commands that show which secrets are to be replaced, and take the messages.
    due: Vec<Quoted>,
    /// The repositories made here that images are pushed to.
    repositories: Vec<apply::Repository>,
    events: bool,
    admission: bool,
    perimeter: bool,
    logging: bool,
    databases: bool,
    postgres: bool,
    peering: bool,
    state: bool,
}

/// The picture of environments that look alike.
struct Picture {
    named: bool,
    environments: Quoted,
    lines: Vec<Quoted>,
}

fn pictures(plans: &[Plan]) -> Vec<Picture> {
    let mut groups: Vec<(Vec<&Plan>, Vec<String>)> = Vec::new();
    for plan in plans {
        let lines = picture::lines(plan);
        match groups.iter_mut().find(|(_, other)| *other == lines) {
            Some((alike, _)) => alike.push(plan),
            None => groups.push((vec![plan], lines)),
        }
    }
    let named = groups.len() > 1;
    let groups = groups.into_iter();
    groups
        .map(|(alike, lines)| Picture {
            named,
            environments: Md::list(alike.iter().map(|plan| md("").code(&plan.environment))).done(),
            lines: lines.iter().map(|line| comment(line)).collect(),
        })
        .collect()
}

fn others(plans: &[Plan]) -> Quoted {
    let others = plans.iter().skip(1).map(|plan| plan.environment.as_str());
    let others: Vec<&str> = others.collect();
    comment(&if others.is_empty() {
        String::new()
    } else {
        format!("    # or {}", others.join(", "))
    })
}

/// Whether records in public DNS prove the domains of the load balancer.
fn is_proven(plan: &Plan) -> bool {
    let managed = |edge: &Edge| matches!(edge.certificate, Certificate::Managed { map: _ });
    plan.edge.as_ref().is_some_and(managed)
}

fn text(first: &Plan, plans: &[Plan]) -> String {
    let any = |holds: fn(&Plan) -> bool| plans.iter().any(holds);
    let own = |holds: fn(&OwnNetwork) -> bool| {
        let networks = plans.iter().filter_map(|plan| plan.network.as_ref());
        networks
            .filter_map(|network| network.own.as_ref())
            .any(holds)
    };
    crate::render::text(&Readme {
        title: md("").text(&first.project.name).done(),
        about: if first.project.description.is_empty() {
            md("The infrastructure of ")
                .text(&first.project.name)
                .say(" on Cloud Run.")
                .done()
        } else {
            md("").text(&first.project.description).done()
        },
        source: md("").code(&first.source).done(),
        // A validated name, so a word of the shell as it stands.
        first: comment(&first.environment),
        others: others(plans),
        first_project: comment(&first.project.id),
        names: plans
            .iter()
            .map(|plan| md("").code(&plan.environment).done())
            .collect(),
        environments: overview::environments(plans),
        pictures: pictures(plans),
        differences: overview::differences(plans),
        decisions: decisions::list(plans),
        exceptions: overview::exceptions(plans),
        checklists: checklist::list(plans),
        files: overview::files(plans),
        prerequisites: apply::prerequisites(plans),
        projects: apply::projects(plans),
        unlabelled: apply::unlabelled(plans),
        rights: rights::list(plans),
        secrets_needed: apply::secrets(plans),
        records: apply::records(plans),
        managed_certificates: any(is_proven),
        private_names: any(|plan| plan.internal_edge.is_some()),
        in_databases: apply::in_databases(plans),
        migrates: any(|plan| !apply::migrators(plan).is_empty()),
        waf_modes: overview::waf_modes(plans),
        calls: application::calls(plans),
        audience: application::audience(plans),
        requests: receiving::requests(plans),
        message_path: receiving::path(plans),
        pulls: pulling::rows(plans),
        pulled_by_job: pulling::names(plans, true),
        pulled: pulling::names(plans, false),
        publisher: publishing::first(plans),
        logins: application::logins(plans),
        password_users: passwords::rows(plans),
        passwords_by_proxy: passwords::connects(plans, Connect::Proxy),
        passwords_direct: passwords::connects(plans, Connect::Direct),
        cache: application::cache(plans),
        governance: any(|plan| plan.stages().contains(&Stage::Governance)),
        secrets: any(|plan| !plan.secrets.is_empty()),
        elsewhere: any(|plan| !plan.elsewhere().is_empty()),
        methods: methods(plans).map(|id| md("").code(&id).done()),
        generated: any(|plan| plan.secrets.iter().any(|secret| secret.generate.is_some())),
        fetched: any(|plan| !plan.caches.is_empty()),
        asked: any(|plan| {
            plan.secrets.iter().any(|secret| {
                secret.authority_of.is_none() && plan.login_of(&secret.name).is_none()
            })
        }),
        waf: any(|plan| !plan.wafs.is_empty()),
        network: any(|plan| plan.network.is_some()),
        own_network: own(|_| true),
        iap: any(|plan| {
            plan.services
                .iter()
                .any(|service| service.auth == Auth::Iap)
        }),
        edge: any(|plan| plan.edge.is_some()),
        nat: own(|own| !own.nats.is_empty()),
        regions: any(is_spread),
        traffic: any(|plan| plan.services.iter().any(|one| one.traffic.written)),
        buckets: any(|plan| plan.buckets.iter().any(|bucket| !bucket.existing)),
        keys: any(|plan| plan.keys.iter().any(|key| !key.existing))
            .then_some(kms::DESTROYED_AFTER_DAYS),
        pipelines: apply::pipelines(plans),
        numbers: apply::numbers(plans),
        due: apply::due(plans),
        repositories: apply::repositories(plans),
        events: any(|plan| !plan.events.is_empty()),
        admission: any(Plan::has_admission_policy),
        perimeter: any(|plan| plan.perimeter.is_some()),
        logging: any(|plan| !plan.log_sinks.is_empty()),
        queues: any(|plan| plan.queues.iter().any(|queue| !queue.existing)),
        databases: any(|plan| !plan.databases.is_empty()),
        postgres: any(|plan| {
            plan.databases
                .iter()
                .any(|database| database.engine == Engine::Postgres)
        }),
        peering: own(|own| own.services_access.is_some()),
        state: any(|plan| plan.state.is_some()),
    }) + "\n"
}

/// Whether a service runs in several regions.
fn is_spread(plan: &Plan) -> bool {
    let mut services = plan.services.iter();
    services.any(|service| service.stands_in_for.is_some())
}

/// The signature by which a WAF refuses the methods that change things, where none is left out of its set.
fn methods(plans: &[Plan]) -> Option<String> {
    let mut rules = plans
        .iter()
        .flat_map(|plan| &plan.wafs)
        .flat_map(|waf| &waf.rules);
    rules.find_map(|rule| match &rule.matches {
        WafMatch::Expression(text) if !text.contains("opt_out") => waf::methods_signature(text),
        WafMatch::Expression(_) | WafMatch::Ranges(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use crate::plan::model::{Fact, Plan};
    use crate::render::{iam, sample};
    use crate::tree::Tree;

    const HOSTILE: &str = "a | b `c` <script>\n\n# d\n| e | ${f} [g](h) \\";

    fn hostile() -> Plan {
        let mut plan = sample::plan();
        plan.project.description = HOSTILE.to_owned();
        for exception in &mut plan.exceptions {
            exception.reason = HOSTILE.to_owned();
            exception.owner = HOSTILE.to_owned();
        }
        plan.facts.push(Fact {
            element: "waf".to_owned(),
            name: "custom".into(),
            value: HOSTILE.to_owned(),
        });
        plan
    }

    /// The documents of these environments, with their paths.
    fn documents(plans: &[Plan]) -> Vec<(String, String)> {
        let mut tree = Tree::default();
        for plan in plans {
            iam::render(plan, &mut tree);
        }
        super::render(plans, &mut tree);
        tree.iter()
            .filter(|(path, _)| matches!(path.as_str(), "README.md" | "iam/prod/ACCESS.md"))
            .map(|(path, file)| (path.to_string(), file.text.clone()))
            .collect()
    }

    #[test]
    fn what_a_person_wrote_stays_in_its_cell() {
        let calm = documents(&[sample::plan()]);
        let hostile = documents(&[hostile()]);
        assert_eq!(hostile.len(), 2);
        for ((path, hostile), (_, calm)) in hostile.iter().zip(&calm) {
            assert!(!hostile.replace("\\<", "").contains("<script"), "{path}");
            // The fact is the only line that is more.
            let more = usize::from(path.ends_with("ACCESS.md"));
            assert_eq!(
                hostile.lines().count(),
                calm.lines().count() + more,
                "{path}"
            );
            for (at, line) in hostile
                .lines()
                .enumerate()
                .filter(|(_, line)| line.starts_with('|'))
            {
                let above = hostile.lines().nth(at - 1).unwrap_or_default();
                let cells = |line: &str| {
                    line.replace("\\\\", "")
                        .replace("\\|", "")
                        .matches('|')
                        .count()
                };
                assert!(
                    above.is_empty() || cells(line) == cells(above),
                    "{path}: {line}"
                );
            }
        }
    }

    #[test]
    fn environments_that_look_alike_share_a_picture() {
        let mut second = sample::plan();
        second.environment = "stg".to_owned();
        let alike = documents(&[sample::plan(), second.clone()]);
        second.databases.clear();
        let different = documents(&[sample::plan(), second]);
        let pictures = |documents: &[(String, String)]| {
            let readme = documents.iter().find(|(path, _)| path == "README.md");
            readme.map(|(_, text)| text.matches("```mermaid").count())
        };
        assert_eq!(pictures(&alike), Some(1));
        assert_eq!(pictures(&different), Some(2));
    }

    #[test]
    fn without_environments_there_is_no_readme() {
        let mut tree = Tree::default();
        super::render(&[], &mut tree);
        assert!(tree.is_empty());
    }
}
