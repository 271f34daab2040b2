//! The perimeter of VPC Service Controls: who is let in, and what is let out.

use std::collections::{BTreeMap, BTreeSet};

use crate::blueprint::schema::{self, Perimeter as Written};
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::encryption::Product;
use crate::plan::google::perimeter as google;
use crate::plan::model::{
    Grant, Ingress, LetIn, LetOut, OwnPerimeter, Perimeter, PerimeterMode, Plan, Principal,
    RegistryPath, Resource, Workload,
};
use crate::rules;

use super::account::element_of;
use super::context::Context;
use super::database::existing_idle;
use super::principal;

fn key() -> Key {
    Key::of(&["governance", "perimeter"])
}

fn written<'a>(cx: &Context<'a>) -> Option<&'a Written> {
    cx.blueprint.governance.as_ref()?.perimeter.as_ref()
}

/// The perimeter, before it is known what the blueprint refers to elsewhere: the network depends on it.
pub(super) fn resolve(cx: &mut Context<'_>, plan: &mut Plan) {
    let Some(written) = written(cx) else {
        return;
    };
    let mode = match (written.retire == Some(true), written.mode) {
        (true, _) => PerimeterMode::Off,
        (false, Some(schema::PerimeterMode::Enforce)) => PerimeterMode::Enforced,
        (false, Some(schema::PerimeterMode::DryRun)) => PerimeterMode::DryRun,
        (false, None) => {
            cx.missing(
                &key(),
                "mode",
                "`\"dry-run\"`, and `\"enforce\"` once nothing is refused that is meant,",
            );
            PerimeterMode::DryRun
        }
    };
    let own = if written.existing == Some(true) {
        let shaping = [
            ("policy", written.policy.is_some()),
            ("members", !written.members.is_empty()),
            ("access_levels", !written.access_levels.is_empty()),
            ("projects", !written.projects.is_empty()),
        ];
        existing_idle(cx, &key(), &shaping);
        None
    } else {
        if written.policy.is_none() {
            cx.missing(&key(), "policy", "the number of the access policy");
        }
        let policy = written.policy.unwrap_or_default();
        Some(OwnPerimeter {
            policy,
            name: cx.project.id.replace('-', "_"),
            services: google::PROTECTED.to_vec(),
            ingress: ingress(cx, plan, written, policy, mode),
            egress: Vec::new(),
        })
    };
    plan.perimeter = Some(Perimeter { mode, own });
}

/// Who is let in: those who look after the project.
fn ingress(
    cx: &mut Context<'_>,
    plan: &Plan,
    written: &Written,
    policy: u64,
    mode: PerimeterMode,
) -> Option<LetIn> {
    let members = key().then("members");
    for (index, member) in written.members.iter().enumerate() {
        if member.starts_with("domain:") || member.contains('[') {
            cx.report(
                rules::INVALID_MEMBER,
                format!("`{}` cannot be let into a perimeter", member.escape_debug()),
                &Place::Value(members.item(index)),
                "takes accounts, people, groups and identities of pools",
            );
        }
    }
    let who = principal::named_list(cx, &members, &written.members);
    let mut from = BTreeSet::new();
    for (index, level) in written.access_levels.iter().enumerate() {
        let place = Place::Value(key().then("access_levels").item(index));
        cx.check_name(
            Kind::AccessLevel,
            level,
            "the name of an access level",
            &place,
        );
        from.insert(format!("accessPolicies/{policy}/accessLevels/{level}"));
    }
    if mode != PerimeterMode::Off {
        pipeline(cx, plan, written);
    }
    if !written.members.is_empty() || !from.is_empty() {
        return Some(LetIn {
            who,
            from: from.into_iter().collect(),
        });
    }
    if mode != PerimeterMode::Off {
        cx.report(
            rules::PERIMETER_LETS_NOBODY_IN,
            "nobody reaches the project's APIs from outside the perimeter",
            &Place::Key(key()),
            "names neither `members` nor `access_levels`",
        )
        .note("whoever applies, and whoever runs `verify.sh`, has to do so from within it")
        .help("name them: `members = [\"group:…\"]`");
    }
    None
}

/// Whether the pipeline is let in: its account is made after the perimeter, which takes nobody who is not there.
fn pipeline(cx: &mut Context<'_>, plan: &Plan, written: &Written) {
    let Some(delivery) = &plan.delivery else {
        return;
    };
    let account = format!("serviceAccount:{}", delivery.account.email);
    let workflows = delivery.github.principal.member().to_string();
    let in_it = |who: &str| written.members.iter().any(|member| member == who);
    if in_it(&account) {
        return;
    }
    cx.report(
        rules::PERIMETER_KEEPS_PIPELINE_OUT,
        "the pipeline deploys from outside the perimeter",
        &Place::Key(key()),
        "does not let it in",
    )
    .and(
        &Place::Key(Key::of(&["delivery"])),
        "its workflows run at GitHub",
    )
    .note("a perimeter takes nobody who does not exist yet: the foundation makes the account first")
    .help(format!(
        "once it is there: `members = [\"{account}\", \"{workflows}\"]`"
    ));
}

/// What is let out, now that every grant is known, and what contradicts a perimeter.
pub(super) fn finish(cx: &mut Context<'_>, plan: &mut Plan) {
    let Some(perimeter) = plan.perimeter.take() else {
        return;
    };
    let leaving = perimeter.mode == PerimeterMode::Off;
    if !leaving {
        around(cx, plan);
    }
    let own = perimeter.own.map(|own| {
        let egress = egress(cx, plan, leaving);
        OwnPerimeter { egress, ..own }
    });
    plan.perimeter = Some(Perimeter { own, ..perimeter });
}

/// What goes around it, and what it would shut out.
fn around(cx: &mut Context<'_>, plan: &Plan) {
    for workload in plan.declared().filter(|one| one.vpc.is_none()) {
        let element = element_of(&workload.account);
        cx.report(
            rules::PERIMETER_OUTSIDE,
            format!("`{element}` calls Google's APIs from outside the perimeter"),
            &Place::Value(element.then("egress")),
            "not in the network",
        )
        .and(&Place::Key(key()), "refuses what comes from elsewhere")
        .help("`egress = \"private\"`, `\"closed\"` or `\"nat\"`");
    }
    let services = plan.services.iter();
    for service in services.filter(|one| one.stands_in_for.is_none() && one.ingress == Ingress::All)
    {
        let element = Key::of(&["services", &service.name]);
        cx.report(
            rules::PERIMETER_INGRESS,
            format!("`{element}` is reached from the internet past the load balancer"),
            &Place::Value(element.then("ingress")),
            "such requests come from outside",
        )
        .and(&Place::Key(key()), "refuses them")
        .help("take `ingress` out: the load balancer is let in");
    }
}

/// Something that the blueprint refers to in another project.
struct Elsewhere {
    project: String,
    service: String,
    /// The element that refers to it.
    element: Key,
    /// What it is, for a report.
    what: String,
}

/// What is let out: to the projects that are named, the APIs of what is referred to there.
fn egress(cx: &mut Context<'_>, plan: &Plan, leaving: bool) -> Vec<LetOut> {
    let projects = written(cx).map(|one| one.projects.clone());
    let projects = projects.unwrap_or_default();
    let mut reached: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut told = BTreeSet::new();
    let elsewhere = elsewhere(plan);
    for one in &elsewhere {
        if projects.contains_key(&one.project) {
            let services = reached.entry(&one.project).or_default();
            services.insert(one.service.clone());
        } else if !leaving && told.insert((&one.project, one.element.to_string())) {
            let project = &one.project;
            cx.report(
                rules::PERIMETER_LEAVES_OUT,
                format!("the perimeter leaves out project `{project}`"),
                &Place::Key(one.element.clone()),
                format!("needs {} there", one.what),
            )
            .and(&Place::Key(key()), "lets nothing out to it")
            .help(format!(
                "name it by its number: `projects = {{ {project} = … }}`; `gcloud projects describe {project} --format='value(projectNumber)'` prints it"
            ));
        }
    }
    if let Some(network) = &plan.network
        && network.project != plan.project.id
        && !leaving
    {
        cx.report(
            rules::PERIMETER_LEAVES_OUT,
            format!(
                "the network lies in project `{}`, outside the perimeter",
                network.project
            ),
            &Place::Value(Key::of(&["network", "existing", "network"])),
            "what comes from there comes from outside",
        )
        .and(&Place::Key(key()), "holds this project alone")
        .help("have its owners put both projects into one perimeter, and write `existing = true`");
    }
    let mut egress = Vec::new();
    for (project, number) in projects {
        let place = Place::Key(key().then("projects").then(&project));
        if !cx.check_name(Kind::ProjectId, &project, "a project's id", &place) {
            continue;
        }
        match reached.remove(project.as_str()) {
            Some(services) => egress.push(LetOut {
                services: services.into_iter().collect(),
                project,
                number,
            }),
            None if leaving => {}
            None => {
                cx.report(
                    rules::PERIMETER_PROJECT_IDLE,
                    format!("the blueprint refers to nothing in project `{project}`"),
                    &place,
                    "nothing is let out to it",
                )
                .help("take it out");
            }
        }
    }
    egress
}

/// What the blueprint refers to in other projects, as far as a perimeter protects it: images, and what is granted there to
/// accounts of here.
fn elsewhere(plan: &Plan) -> Vec<Elsewhere> {
    let mut all = Vec::new();
    for workload in plan.declared() {
        all.extend(images(plan, workload));
    }
    let named = |grant: &&Grant| !matches!(grant.to, Principal::Named(_));
    for grant in plan.grants.iter().filter(named) {
        let project = grant.on.project();
        let service = service(grant);
        let protected = google::PROTECTED.contains(&service.as_str());
        let network = matches!(grant.on, Resource::Subnetwork { .. });
        if project == plan.project.id || !protected || network {
            continue;
        }
        let cause = grant.causes.first().map_or("", String::as_str);
        let parts: Vec<&str> = cause.split('.').take(2).collect();
        all.push(Elsewhere {
            project: project.to_owned(),
            service,
            element: Key::of(&parts),
            what: format!("`{}`", grant.role),
        });
    }
    all
}

/// The images of a workload that lie in other projects.
fn images(plan: &Plan, workload: &Workload) -> Vec<Elsewhere> {
    let images = workload.containers.iter().filter_map(|container| {
        let image = container.image.known()?;
        let path = RegistryPath::of_image(image).map(|path| path.project);
        let project = path.or_else(|| older(image))?;
        (project != plan.project.id).then(|| Elsewhere {
            project,
            service: Product::Artifacts.api().to_owned(),
            element: element_of(&workload.account),
            what: format!("`{}`", image.split('@').next().unwrap_or_default()),
        })
    });
    images.collect()
}

/// The project of an image in the older registry, which Artifact Registry keeps too.
fn older(image: &str) -> Option<String> {
    let (host, path) = image.split_once('/')?;
    let is_registry = host == "gcr.io" || host.ends_with(".gcr.io");
    is_registry.then(|| path.split('/').next().unwrap_or_default().to_owned())
}

/// The API by which what is granted is reached. Where the project holds the grant, the role's first word is the API's name,
/// but for some.
fn service(grant: &Grant) -> String {
    if !matches!(grant.on, Resource::Project { .. }) {
        let name = grant.on.full_name();
        let host = name.trim_start_matches('/').split('/').next();
        return host.unwrap_or_default().to_owned();
    }
    let role = grant.role.strip_prefix("roles/").unwrap_or_default();
    let name = match role.split('.').next().unwrap_or_default() {
        "cloudsql" => "sqladmin",
        "datastore" => "firestore",
        other => other,
    };
    format!("{name}.googleapis.com")
}

#[cfg(test)]
mod tests;
