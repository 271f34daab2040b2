//! What a change does to what lives already, told from the lock: what is refused and writes nothing, what is only told, and
//! how it is agreed to.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod folder;

use folder::{Folder, STOREFRONT};

/// The storefront, generated; then with another text.
fn changed(old: &str, new: &str) -> Folder {
    let folder = Folder::generated();
    folder.replace("ravelin.toml", old, new);
    folder
}

/// A line that says what stands in the lock, in every environment.
fn without_facts(lock: &str, start: &str) -> String {
    let lines = lock.split_inclusive('\n');
    lines.filter(|line| !line.starts_with(start)).collect()
}

#[test]
fn another_identity_is_refused_and_can_be_agreed_to() {
    for (old, new, place, gone) in [
        ("\"storefront\"", "\"shop\"", "project.name", "project"),
        (
            "\"asia-northeast1\"",
            "\"europe-west1\"",
            "project.region",
            "project",
        ),
        (
            "acme-storefront-prod",
            "acme-shop",
            "environments.prod.project_id",
            "project",
        ),
        ("10.8.0.0/24", "10.18.0.0/24", "network.subnet", "network"),
        (
            "10.9.0.0/20",
            "10.19.0.0/20",
            "network.service_range",
            "network",
        ),
        (
            "version = \"17\"",
            "version = \"16\"",
            "databases.main.version",
            "databases.main",
        ),
        (
            "[secrets.partner-ca]",
            "[secrets.partner-ca]\nreplicas = [\"asia-northeast2\"]",
            "secrets.partner-ca.replicas",
            "secrets.partner-ca",
        ),
    ] {
        let folder = changed(old, new);
        let before = folder.files();
        for command in ["generate", "diff"] {
            folder
                .run(command)
                .ends_with(2)
                .says(&format!(
                    "error[identity-changed]: `{place}` cannot change from "
                ))
                .says("this change cannot be applied to what lives; nothing was written")
                .says(&format!("ravelin generate --gone {gone}\n"))
                .prints_nothing();
        }
        assert_eq!(folder.files(), before, "{place}");
        folder.run(&format!("generate --gone {gone}")).ends_with(0);
        folder.run("generate").ends_with(0).says_nothing();
    }
}

#[test]
fn a_larger_subnet_is_the_same_one() {
    let folder = changed("10.8.0.0/24", "10.8.0.0/23");
    folder.run("generate").ends_with(0).says_nothing();
}

#[test]
fn one_environment_does_not_answer_for_another() {
    let folder = changed("acme-storefront-prod", "acme-shop-prod");
    folder
        .run("generate --only stg")
        .ends_with(0)
        .says_nothing();
    folder
        .run("generate --only prod")
        .ends_with(2)
        .says("from `acme-storefront-prod` to `acme-shop-prod`");
}

#[test]
fn an_environment_keeps_its_name() {
    let folder = Folder::generated();
    let text = STOREFRONT.replace("environments.prod", "environments.live");
    folder.write("ravelin.toml", text);
    folder
        .run("generate")
        .ends_with(2)
        .says("error[identity-changed]: environment `prod` cannot become environment `live`\n")
        .says("--gone environments.prod\n");
}

#[test]
fn a_lock_that_does_not_know_yet_is_taken_as_it_is() {
    let folder = Folder::generated();
    let lock = folder.read("ravelin.lock");
    let old = without_facts(&lock, "\"project.");
    assert_ne!(old, lock);
    folder.write("ravelin.lock", old);
    folder.replace("ravelin.toml", "acme-storefront-prod", "acme-shop-prod");
    folder.run("generate").ends_with(0).says_nothing();
    folder.replace("ravelin.toml", "acme-shop-prod", "acme-other-prod");
    folder.run("generate").ends_with(2).says("identity-changed");
}

#[test]
fn what_is_only_told_is_told_everywhere_and_written() {
    let folder = changed("\"shop.example.com\"", "\"shop.example.org\"");
    let text = folder
        .read("ravelin.toml")
        .replace("\"shop.example.com\"", "\"shop.example.org\"");
    folder.write("ravelin.toml", text);
    let warning = "warning[domain-dropped]: `shop.example.com` leaves before another host stands in for it \
                   (environment `prod`)\n";
    folder.run("diff").ends_with(1).says(warning);
    let code = "\"code\": \"domain-dropped\"";
    folder.run("diff --format json").ends_with(1).prints(code);
    let annotation = "::warning title=domain-dropped::`shop.example.com` leaves";
    folder
        .run("diff --format github")
        .ends_with(1)
        .prints(annotation);
    let line = "⚠️ domain-dropped: `shop.example.com` leaves";
    folder
        .run("diff --format markdown")
        .ends_with(1)
        .prints(line);
    folder.run("generate").ends_with(0).says(warning);
    folder.run("diff").ends_with(0).says_nothing();
}

#[test]
fn what_is_lost_on_the_way_is_told() {
    for (before, after, told) in [
        (
            "exposure  = \"internal\"\negress    = \"nat\"",
            "exposure  = \"internal\"",
            "warning[fixed-address-lost]: the fixed address of `storefront-nat` is given back\n",
        ),
        (
            "bucket = \"acme-terraform-state\"",
            "bucket = \"acme-storefront-${environment}\"",
            "warning[state-moved]: Terraform's state moves from `acme-terraform-state` to `acme-storefront-prod` (environment `prod`)\n",
        ),
        (
            "[waf]",
            "[load_balancer]\ncertificate = \"classic\"\n\n[waf]",
            "warning[certificate-changed]: the certificate changes from `managed` to `classic`\n",
        ),
    ] {
        let folder = Folder::storefront();
        let exposure = "exposure  = \"internal\"";
        if before.starts_with(exposure) {
            folder.replace("ravelin.toml", exposure, before);
        }
        folder.run("generate").ends_with(0);
        folder.replace("ravelin.toml", before, after);
        folder.run("diff").ends_with(1).says(told);
        folder.run("generate").ends_with(0).says(told);
        folder.run("generate").ends_with(0).says_nothing();
    }
}

#[test]
fn a_domain_that_changes_in_two_steps_is_not_told() {
    let both = "\"shop.example.com\", \"shop.example.org\"";
    let folder = changed(
        "domains    = [\"shop.example.com\"]",
        &format!("domains    = [{both}]"),
    );
    folder.run("generate").ends_with(0).says_nothing();
    let text = folder.read("ravelin.toml");
    let text = text.replace(both, "\"shop.example.org\"");
    folder.write(
        "ravelin.toml",
        text.replace("\"shop.example.com\"", "\"shop.example.org\""),
    );
    folder.run("generate").ends_with(0).says_nothing();
}

#[test]
fn a_lock_cannot_send_commands_to_a_terminal() {
    let folder = Folder::generated();
    let lock = folder.read("ravelin.lock");
    for (line, told) in [
        (
            "\"project.name\" = \"storefront\"",
            "\"project.name\" = \"\\u001b[2Jshop\"",
        ),
        (
            "[facts.prod]",
            "[facts.prod]\n\"services.\\u001b[2J.deletion_protection\" = \"on\"",
        ),
    ] {
        assert!(lock.contains(line));
        folder.write("ravelin.lock", lock.replacen(line, told, 1));
        let run = folder.run("generate").ends_with(2);
        assert!(!run.stderr.contains('\u{1b}'), "{}", run.stderr);
    }
}
