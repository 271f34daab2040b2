//! The pipeline: the account as which it deploys, and who may act as that.

use std::collections::BTreeSet;

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name;
use crate::plan::google::{federation, roles};
use crate::plan::model::{
    Account, CiOwns, Delivery, Deployed, DeployedKind, GitHub, Job, PROVIDER, Part, Principal,
    Registry, RegistryPath, Service, Text, Workload, account_email,
};
use crate::rules;

use super::account::{self, principal_of};
use super::context::Context;
use super::grants::Grants;

/// The account as which the pipeline deploys, where there is one.
pub(super) fn account(cx: &Context<'_>) -> Option<Account> {
    cx.blueprint.delivery.as_ref()?;
    let id = name::account_id("deploy", &cx.project.name);
    Some(Account {
        email: account_email(&id, &cx.project.id),
        id,
        purpose: "the pipeline that deploys".to_owned(),
        element: "delivery".to_owned(),
    })
}

/// The pipeline, with what it may do.
pub(super) fn resolve(
    cx: &mut Context<'_>,
    grants: &mut Grants,
    services: &[Service],
    jobs: &[Job],
    registries: &[Registry],
) -> Option<Delivery> {
    let written = cx.blueprint.delivery.as_ref()?;
    let account = account(cx)?;
    let key = Key::of(&["delivery"]);
    let deployer = principal_of(&account);
    let github = github(cx, &key.then("github"), &written.github);
    let mut deploys = Vec::new();
    let mut pushes = BTreeSet::new();
    for (element, from) in targets(cx, &key, written, services, jobs) {
        let name = element
            .names()
            .last()
            .copied()
            .unwrap_or_default()
            .to_owned();
        let service = services.iter().find(|one| one.name == name);
        let job = jobs.iter().find(|one| one.name == name);
        let of_service = element.names().first() == Some(&"services");
        let (kind, on, workload) = match (of_service, service, job) {
            (true, Some(service), _) => {
                let on = cx.project.service(&name);
                (DeployedKind::Service, on, &service.workload)
            }
            (false, _, Some(job)) if job.before.is_empty() => {
                (DeployedKind::Job, cx.project.job(&name), &job.workload)
            }
            (false, _, Some(job)) => (DeployedKind::Before, cx.project.job(&name), &job.workload),
            _ => continue,
        };
        let Some((image, path)) = pushed(cx, &element, workload, registries) else {
            continue;
        };
        pushes.insert(path);
        grants.add(on, roles::RUN_DEVELOPER, deployer.clone(), None, &from);
        let runs_as = account::resource(cx, &element);
        grants.add(runs_as, roles::ACCOUNT_USER, deployer.clone(), None, &from);
        deploys.push(Deployed {
            kind,
            name,
            image,
            sidecars: workload.containers.len() > 1,
            share: service
                .filter(|_| of_service)
                .map(|one| one.traffic.to_latest())
                .filter(|share| *share < 100),
        });
    }
    for path in &pushes {
        let on = path.resource();
        grants.add(on, roles::ARTIFACT_WRITER, deployer.clone(), None, &key);
    }
    let github = github?;
    let on = cx.project.account(&account);
    let cause = key.then("github");
    let workflows = github.principal.clone();
    grants.add(on, roles::WORKLOAD_IDENTITY_USER, workflows, None, &cause);
    deploys.sort();
    deploys.dedup();
    let images: BTreeSet<String> = deploys.iter().map(|one| one.image.clone()).collect();
    Some(Delivery {
        account,
        github,
        deploys,
        images: images.into_iter().collect(),
        registries: pushes.into_iter().collect(),
    })
}

/// What the pipeline deploys, each with the key that says so.
fn targets(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Delivery,
    services: &[Service],
    jobs: &[Job],
) -> Vec<(Key, Key)> {
    let blueprint = cx.blueprint;
    if written.deploys.is_empty() {
        let services = services.iter().filter(|one| owns_image(&one.ci_owns));
        let services = services.map(|one| Key::of(&["services", &one.name]));
        let jobs = jobs.iter().filter(|one| owns_image(&one.ci_owns));
        let jobs = jobs.map(|one| Key::of(&["jobs", &one.name]));
        let own = services.chain(jobs);
        let own: Vec<(Key, Key)> = own
            .map(|element| (element.clone(), element.then("ci_owns")))
            .collect();
        if own.is_empty() {
            cx.report(
                rules::DELIVERY_DEPLOYS_NOTHING,
                "the pipeline deploys nothing",
                &Place::Key(key.clone()),
                "no service and no job leaves its image to it",
            )
            .help("write `ci_owns = [\"image\"]` at what it deploys");
        }
        return own;
    }
    let list = key.then("deploys");
    let mut targets = Vec::new();
    for (index, target) in written.deploys.iter().enumerate() {
        let item = list.item(index);
        let place = Place::Value(item.clone());
        let (table, name) = target.split_once('.').unwrap_or((target, ""));
        let owns = match table {
            "services" => blueprint.services.get(name).map(|_| {
                services
                    .iter()
                    .any(|one| one.name == name && owns_image(&one.ci_owns))
            }),
            "jobs" => (blueprint.jobs.get(name)).map(|_| {
                jobs.iter()
                    .any(|one| one.name == name && owns_image(&one.ci_owns))
            }),
            _ => None,
        };
        if table == "workers" && blueprint.workers.contains_key(name) {
            worker(cx, target, &place);
            continue;
        }
        let Some(owns) = owns else {
            let services = blueprint
                .services
                .keys()
                .map(|name| format!("services.{name}"));
            let jobs = blueprint.jobs.keys().map(|name| format!("jobs.{name}"));
            let known: Vec<String> = services.chain(jobs).collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            cx.unknown(
                rules::DEPLOYED_UNKNOWN,
                "service or job",
                target,
                known,
                &place,
            );
            continue;
        };
        let element = Key::of(&[table, name]);
        if !owns {
            cx.report(
                rules::DEPLOYED_TAKEN_BACK,
                format!("the pipeline deploys `{target}`, and the next apply takes its image back"),
                &place,
                "deployed by the pipeline",
            )
            .and(&Place::Key(element.clone()), "its image is the blueprint's")
            .write(
                "leave the image to the pipeline",
                &element,
                "ci_owns",
                "[\"image\"]",
            );
        }
        targets.push((element, item));
    }
    targets
}

/// Reports a worker that the pipeline is to deploy.
fn worker(cx: &mut Context<'_>, target: &str, place: &Place) {
    let finding = cx.report(
        rules::DEPLOYED_UNKNOWN,
        format!("the pipeline cannot be let deploy `{target}`"),
        place,
        "gcloud has no command for the rights on a worker pool",
    );
    finding.help(format!(
        "let the blueprint bring its image; or, beside what is generated, grant the pipeline's account `{}` on it (`google_cloud_run_v2_worker_pool_iam_member`) and `{}` on its account, and add its step to the workflow",
        roles::RUN_DEVELOPER,
        roles::ACCOUNT_USER
    ));
}

fn owns_image(ci_owns: &[CiOwns]) -> bool {
    ci_owns.iter().any(|one| one.has_image())
}

/// The image of what the pipeline deploys, without tag and digest, and the repository that it lies in.
fn pushed(
    cx: &mut Context<'_>,
    element: &Key,
    workload: &Workload,
    registries: &[Registry],
) -> Option<(String, RegistryPath)> {
    let image = &workload.containers.first()?.image;
    // One that could not be resolved has its own finding.
    let Some(Part::Literal(known)) = image.parts().first() else {
        return None;
    };
    let base = known.split('@').next().unwrap_or_default();
    let base = match base.rsplit_once('/') {
        Some((folder, last)) => format!("{folder}/{}", last.split(':').next().unwrap_or_default()),
        None => base.to_owned(),
    };
    let path = RegistryPath::of_image(known).filter(|path| {
        let mut own = registries.iter().filter(|one| one.remote.is_none());
        image.known().is_some() && own.any(|one| one.path == *path)
    });
    let Some(path) = path else {
        cx.report(
            rules::DEPLOYED_NOT_PUSHED,
            format!("the pipeline cannot push the image of `{element}`"),
            &Place::Value(element.then("image")),
            "lies in no repository of `[registries]` that takes images",
        )
        .help("name the repository: `[registries.NAME]`, with `existing` where it is there already; and `image = \"${registries.NAME.url}/…\"`");
        return None;
    };
    Some((base, path))
}

fn github(cx: &mut Context<'_>, key: &Key, written: &schema::GitHub) -> Option<GitHub> {
    let schema::GitHub {
        owner_id,
        repository_id,
        branch,
    } = written;
    for (name, there, what) in [
        ("owner_id", owner_id.is_some(), "the number of its owner"),
        ("repository_id", repository_id.is_some(), "its number"),
        ("branch", branch.is_some(), "the one branch that deploys"),
    ] {
        if !there {
            cx.missing(key, name, what);
        }
    }
    let branch = branch.as_ref()?;
    if !is_branch(branch) {
        let place = Place::Value(key.then("branch"));
        let finding = cx.report(
            rules::BRANCH_INVALID,
            format!("`{branch}` is not a branch"),
            &place,
            "takes the plain name of one branch",
        );
        match branch.strip_prefix("refs/heads/") {
            Some(plain) => finding.replace("a branch goes by its name", &place, branch, plain),
            None => finding
                .help("whatever may be pushed there may deploy: name one branch, and protect it"),
        };
    }
    let (owner_id, repository_id) = ((*owner_id)?, (*repository_id)?);
    let pool = name::account_id("github", &cx.project.name);
    let number = match cx.project_number() {
        Some(number) => Part::Literal(number.to_owned()),
        None => Part::ProjectNumber,
    };
    let whole = Text::default().then("projects/").then_part(number);
    let whole = whole.then(&format!("/locations/global/workloadIdentityPools/{pool}"));
    let attribute = format!("attribute.repository_id/{repository_id}");
    let member = Text::from("principalSet://iam.googleapis.com/").then_text(&whole);
    Some(GitHub {
        principal: Principal::Federated {
            pool: pool.clone(),
            member: member.then(&format!("/{attribute}")),
            attribute,
        },
        provider: whole.then(&format!("/providers/{PROVIDER}")),
        condition: condition(owner_id, repository_id, branch),
        pool,
        repository_id,
        branch: branch.clone(),
    })
}

/// Which tokens are let in: numbers cannot be taken over, and what a stranger sends may run on the same branch.
fn condition(owner_id: u64, repository_id: u64, branch: &str) -> String {
    let events = federation::EVENTS.map(|event| format!("assertion.event_name == '{event}'"));
    format!(
        "assertion.repository_owner_id == '{owner_id}' && assertion.repository_id == '{repository_id}' && assertion.ref == 'refs/heads/{branch}' && ({})",
        events.join(" || ")
    )
}

/// Whether it is the name of one branch, as git takes it (<https://git-scm.com/docs/git-check-ref-format>), without marks that a
/// shell, CEL or YAML would read.
fn is_branch(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte);
    let part = |part: &str| {
        !part.is_empty() && !part.starts_with('.') && part.strip_suffix(".lock").is_none()
    };
    name.bytes().all(plain)
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && !name.starts_with("refs/")
        && name.len() <= 200
        && !name.contains("..")
        && !name.ends_with('.')
        && name.split('/').all(part)
}

#[cfg(test)]
mod tests {
    use crate::plan::model::{DeployedKind, Stage};
    use crate::plan::resolve::testing::{Resolved, resolve};

    const IMAGE: &str = "image = \"${registries.own.url}/app:first\"\n";
    const GITHUB: &str = "github = { owner_id = 1, repository_id = 2, branch = \"main\" }\n";

    /// A service, a job that it waits for, and a pipeline with these lines.
    fn pipeline(service: &str, lines: &str) -> Resolved {
        let service = format!("[registries.own]\n[services.orders]\n{IMAGE}{service}\n");
        let job = format!(
            "[jobs.migrate]\n{IMAGE}ci_owns = [\"image\"]\nbefore = [\"services.orders\"]\n"
        );
        resolve(&[&service, &job, "[delivery]\n", lines])
    }

    const OWNED: &str = "ci_owns = [\"image\"]";

    #[test]
    fn it_may_do_what_it_deploys_and_nothing_else() {
        let resolved = pipeline(OWNED, GITHUB);
        assert!(resolved.errors.is_empty(), "{:?}", resolved.errors);
        assert!(resolved.warnings.is_empty(), "{:?}", resolved.warnings);
        let says = |key: &str, value: &str| assert_eq!(resolved.fact(key), Some(value), "{key}");
        says("delivery.account", "deploy-shop");
        says(
            "delivery.grants",
            "artifactregistry.writer on repository own, iam.serviceAccountUser on account job-migrate, iam.serviceAccountUser on account run-orders, run.developer on job migrate, run.developer on service orders",
        );
        says(
            "delivery.identities",
            "attribute.repository_id/2 of pool github-shop",
        );
        says("services.orders.developers", "deploy-shop");
        let plan = resolved.plan();
        let delivery = plan.delivery.as_ref();
        let deploys = delivery.map(|one| one.deploys.iter());
        let deploys: Vec<_> = deploys.into_iter().flatten().collect();
        let kinds: Vec<_> = deploys.iter().map(|one| (one.kind, &*one.name)).collect();
        let (before, service) = (DeployedKind::Before, DeployedKind::Service);
        assert_eq!(kinds, [(before, "migrate"), (service, "orders")]);
        let image = "europe-west1-docker.pkg.dev/shop-prod/own/app";
        assert!(deploys.iter().all(|one| one.image == image));
        // What a service may be is part of its complete policy, in the stage that makes it.
        let mut on = plan
            .grants
            .iter()
            .filter(|one| one.role == "roles/run.developer");
        assert!(on.all(|one| one.stage == Stage::Services && one.on.has_complete_policy()));
    }

    #[test]
    fn it_is_told_what_to_deploy() {
        let only = pipeline(OWNED, &format!("{GITHUB}deploys = [\"services.orders\"]\n"));
        assert_eq!(only.fact("jobs.migrate.developers"), Some("nobody"));
        let taken_back = pipeline("", &format!("{GITHUB}deploys = [\"services.orders\"]\n"));
        assert_eq!(taken_back.warnings, ["image-by-tag", "deployed-taken-back"]);
        for unknown in ["services.order", "orders", "workers.orders", "jobs.orders"] {
            let lines = format!("{GITHUB}deploys = [\"{unknown}\"]\n");
            assert_eq!(
                pipeline(OWNED, &lines).errors,
                ["deployed-unknown"],
                "{unknown}"
            );
        }
        let worker = format!(
            "[workers.mailer]\n{IMAGE}{OWNED}\n[delivery]\n{GITHUB}deploys = [\"workers.mailer\"]\n"
        );
        let found = resolve(&["[registries.own]\n", &worker]);
        assert_eq!(found.errors, ["deployed-unknown"]);
        let elsewhere = "image = \"europe-docker.pkg.dev/shop-images/app/orders:first\"\nci_owns = [\"image\"]\n";
        let lines = format!("[services.orders]\n{elsewhere}[delivery]\n{GITHUB}");
        assert_eq!(resolve(&[&lines]).errors, ["deployed-not-pushed"]);
        let mirror = "[registries.app]\nexisting = \"projects/shop-images/locations/europe/repositories/app\"\n";
        let there = resolve(&[mirror, &lines]);
        assert!(there.errors.is_empty(), "{:?}", there.errors);
        assert_eq!(
            there.fact("delivery.grants"),
            Some(
                "artifactregistry.writer on repository app in shop-images, iam.serviceAccountUser on account run-orders, run.developer on service orders"
            )
        );
    }

    #[test]
    fn a_repository_is_told_by_numbers_and_one_branch() {
        for missing in [
            "repository_id = 2, branch = \"main\"",
            "owner_id = 1, branch = \"main\"",
            "owner_id = 1, repository_id = 2",
        ] {
            let lines = format!("github = {{ {missing} }}\n");
            assert_eq!(pipeline(OWNED, &lines).errors, ["missing-key"], "{missing}");
        }
        let branch = |name: &str| {
            let lines = GITHUB.replace("\"main\"", &format!("\"{name}\""));
            pipeline(OWNED, &lines)
        };
        for fine in ["main", "release/1.x", "v2"] {
            assert!(branch(fine).errors.is_empty(), "{fine}");
        }
        for wrong in [
            "",
            "*",
            "release/*",
            "refs/heads/main",
            "a b",
            "a'b",
            "a..b",
            "a.lock",
            "a//b",
            "-a",
            "a/",
            "$(x)",
        ] {
            assert_eq!(branch(wrong).errors, ["branch-invalid"], "{wrong}");
        }
        let condition = branch("main").fact("delivery.condition").map(str::to_owned);
        let wanted = "assertion.repository_owner_id == '1' && assertion.repository_id == '2' && assertion.ref == 'refs/heads/main' && (assertion.event_name == 'push' || assertion.event_name == 'workflow_dispatch')";
        assert_eq!(condition.as_deref(), Some(wanted));
    }
}
