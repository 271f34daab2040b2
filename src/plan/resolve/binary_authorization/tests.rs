use crate::plan::model::{Admits, OrgRule, Resource};
use crate::plan::resolve::testing::{INTERNAL, Resolved, resolve};

const ATTESTOR: &str = "projects/acme-security/attestors/built-by-release";

/// A blueprint with these lines in `[governance.binary_authorization]`.
fn with(lines: &str) -> Resolved {
    let table = format!("[governance.binary_authorization]\n{lines}\n");
    resolve(&[INTERNAL, &table])
}

#[test]
fn a_policy_admits_what_is_attested_and_what_is_exempt() {
    let none = resolve(&[INTERNAL]);
    assert_eq!(none.plan().binary_authorization, None);
    assert!(!none.plan().services[0].workload.binary_authorization);

    let signed = with(&format!("attestors = [\"{ATTESTOR}\"]"));
    let plan = signed.plan();
    let written = plan.binary_authorization.as_ref().expect("it is written");
    let policy = written.policy.as_ref().expect("it is its own");
    assert_eq!(policy.admits, Admits::Attested(vec![ATTESTOR.to_owned()]));
    assert!(policy.enforced);
    assert!(plan.workloads().all(|one| one.binary_authorization));

    let from =
        with("mode = \"dry-run\"\nexempt_images = [\"europe-docker.pkg.dev/shop-images/app/*\"]");
    let written = from.plan().binary_authorization.as_ref();
    let policy = written.and_then(|one| one.policy.as_ref());
    let policy = policy.expect("it is its own");
    assert_eq!((&policy.admits, policy.enforced), (&Admits::Nothing, false));
}

#[test]
fn the_agent_sees_attestors_of_other_projects_alone() {
    let granted = |attestor: &str| {
        let resolved = with(&format!("attestors = [\"{attestor}\"]"));
        let grants = resolved.plan().grants.iter();
        let of_agent =
            grants.filter(|grant| grant.to.in_short("").starts_with("agent of binaryauth"));
        of_agent.map(|grant| grant.on.clone()).collect::<Vec<_>>()
    };
    let [Resource::Attestor { project, name }] = &granted(ATTESTOR)[..] else {
        panic!("one grant");
    };
    assert_eq!((&**project, &**name), ("acme-security", "built-by-release"));
    let home = resolve(&[INTERNAL]).plan().project.id.clone();
    assert!(granted(&format!("projects/{home}/attestors/built-by-release")).is_empty());
}

#[test]
fn what_is_somebody_elses_is_asked_and_left() {
    let existing = with("existing = true");
    let written = existing.plan().binary_authorization.as_ref();
    assert_eq!(written.expect("it is asked").policy, None);
    assert!(
        existing
            .plan()
            .workloads()
            .all(|one| one.binary_authorization)
    );
    let idle = with(
        "existing = true\nmode = \"enforce\"\nattestors = [\"projects/acme-security/attestors/a\"]",
    );
    assert_eq!(idle.warnings, ["existing-idle"; 2]);
}

#[test]
fn on_its_way_out_nothing_is_asked_and_everything_admitted() {
    let leaving = with(&format!(
        "attestors = [\"{ATTESTOR}\"]\nretire = true\n[governance]\norg_policies = true"
    ));
    let plan = leaving.plan();
    let written = plan.binary_authorization.as_ref().expect("it is written");
    let policy = written.policy.as_ref().expect("it is its own");
    assert_eq!(policy.admits, Admits::Everything);
    assert!(!plan.workloads().any(|one| one.binary_authorization));
    let name = "run.allowedBinaryAuthorizationPolicies";
    assert_eq!(plan.org_policies_in_the_way, [name]);
}

#[test]
fn an_organisation_policy_holds_what_asks_to_it() {
    let name = "run.allowedBinaryAuthorizationPolicies";
    let table = format!(
        "[governance]\norg_policies = true\n[governance.binary_authorization]\nattestors = [\"{ATTESTOR}\"]\n"
    );
    let resolved = resolve(&[INTERNAL, &table]);
    let mut policies = resolved.plan().org_policies.iter();
    let found = policies.find(|policy| policy.constraint == name);
    let only = OrgRule::Allow(vec!["default".to_owned()]);
    assert_eq!(found.map(|policy| &policy.rule), Some(&only));

    let unasked = resolve(&[INTERNAL, "[governance]\norg_policies = true\n"]);
    assert!(unasked.plan().org_policies_in_the_way.is_empty());
    let asked = format!("[governance]\norg_policies = [\"{name}\"]\n");
    assert_eq!(
        resolve(&[INTERNAL, &asked]).errors,
        ["org-policy-contradicts"]
    );
}

#[test]
fn images_and_attestors_are_named_as_they_are() {
    assert_eq!(with("").errors, ["admits-nothing"]);
    assert_eq!(with("mode = \"dry-run\"").errors, ["admits-nothing"]);
    for attestor in [
        "built-by-release",
        "projects/x/attestors/a",
        "projects/acme-security/attestors/a$(b)",
    ] {
        let resolved = with(&format!("attestors = [\"{attestor}\"]"));
        assert_eq!(resolved.errors, ["existing-invalid"], "{attestor}");
    }
    for images in [
        "gcr.io/*",
        "gcr.io/acme",
        "gcr.io/acme/app:1",
        "gcr.io/a*/app/*",
        "gcr.io/acme/`id`*",
    ] {
        let resolved = with(&format!(
            "attestors = [\"{ATTESTOR}\"]\nexempt_images = [\"{images}\"]"
        ));
        assert_eq!(resolved.errors, ["invalid-name"], "{images}");
    }
    let elsewhere = with("exempt_images = [\"europe-docker.pkg.dev/shop-images/*\"]");
    assert_eq!(elsewhere.errors, ["image-not-admitted"]);
    // Whether somebody has signed it nobody knows here.
    let lines = format!(
        "attestors = [\"{ATTESTOR}\"]\nexempt_images = [\"europe-docker.pkg.dev/shop-images/*\"]"
    );
    assert!(with(&lines).errors.is_empty());
}
