//! The README of the output tells a first-time reader what has to be there, and in which order.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::fs;

use ravelin::expand;
use ravelin::source::Source;

/// A file of a blueprint's expansion, with one text of the blueprint changed.
fn file(blueprint: &str, path: &str, old: &str, new: &str) -> String {
    let text = fs::read_to_string(format!("blueprints/{blueprint}.toml")).unwrap();
    assert!(text.contains(old), "{blueprint} lacks {old}");
    let text = text.replace(old, new);
    let expansion = expand(&Source::new("ravelin.toml", text), &|_| None);
    assert!(!expansion.has_errors(), "{:?}", expansion.diagnostics);
    let tree = expansion.tree();
    tree.get(path).unwrap().text.clone()
}

fn readme(blueprint: &str) -> String {
    file(blueprint, "README.md", "", "")
}

#[test]
fn the_owners_of_other_projects_come_after_the_foundation() {
    let storefront = readme("storefront");
    for (before, after) in [
        (
            "foundation apply\n",
            "terraform -chdir=terraform/$env/services",
        ),
        ("2-foundation.sh\n", "gcloud/$env/3-services.sh"),
    ] {
        let (_, rest) = storefront.split_once(before).unwrap();
        let (between, _) = rest.split_once(after).unwrap();
        assert!(between.contains("iam/$env/elsewhere/*.sh"), "{between}");
    }
    // Its images lie in its own project.
    assert!(!readme("minimal").contains("elsewhere/*.sh"));
}

#[test]
fn what_an_organisation_may_forbid_is_said() {
    let storefront = readme("storefront");
    assert!(storefront.contains("`iam.allowedPolicyMemberDomains`), it lets in `group:integrations@example.com`, `serviceAccount:feed@partner-project.iam.gserviceaccount.com`."));
    let nobody = file(
        "minimal",
        "README.md",
        "invokers = [\"group:partners@example.com\"]",
        "",
    );
    assert!(!nobody.contains("allowedPolicyMemberDomains"));
}

#[test]
fn authorities_are_those_that_make_the_certificates() {
    let caa = |blueprint: &str, old: &str, new: &str| {
        let readme = file(blueprint, "README.md", old, new);
        let line = readme.lines().find(|line| line.contains("CAA"));
        line.map(str::to_owned)
    };
    let managed = caa("minimal", "", "").unwrap();
    assert!(managed.contains("`pki.goog`") && !managed.contains("letsencrypt.org"));
    let classic = caa(
        "minimal",
        "schema = 1",
        "schema = 1\nload_balancer.certificate = \"classic\"",
    );
    let mapped = caa("domain-mapping", "", "");
    for both in [classic.unwrap(), mapped.unwrap()] {
        assert!(both.contains("`pki.goog` and `letsencrypt.org`"), "{both}");
    }
    assert_eq!(caa("internal-only", "", ""), None);
}

#[test]
fn methods_are_a_matter_until_they_are_opted_out() {
    let says = |readme: String| readme.contains("PUT, PATCH or DELETE opts out");
    assert!(says(readme("storefront")));
    assert!(!says(readme("iap-admin")));
    assert!(!says(readme("internal-only")));
}

#[test]
fn a_user_of_mysql_goes_with_its_service() {
    let abandoned = |blueprint: &str| {
        let path = "terraform/prod/foundation/database-main.tf";
        let text = file(blueprint, path, "", "");
        let users = text.split("resource \"google_sql_user\"").skip(1);
        let kept = users.map(|user| user.contains("ABANDON"));
        kept.collect::<Vec<bool>>()
    };
    assert_eq!(abandoned("storefront"), [true]);
    assert_eq!(abandoned("mysql-shared-vpc"), [false, false]);
}

#[test]
fn who_gets_in_by_inheritance_depends_on_what_is_there() {
    let access = |blueprint: &str| file(blueprint, "iam/prod/ACCESS.md", "", "");
    let iap = access("iap-admin");
    assert!(iap.contains("roles/iap.httpsResourceAccessor\n"));
    assert!(iap.contains("roles/compute.securityAdmin\n"));
    let internal = access("internal-only");
    assert!(!internal.contains("roles/iap.") && !internal.contains("roles/compute.securityAdmin"));
}

/// Who calls a public service from inside does so past load balancer and WAF.
#[test]
fn a_way_past_the_waf_is_told() {
    let past = |old: &str, new: &str| {
        let readme = file("storefront", "README.md", old, new);
        let line = readme.lines().find(|line| line.contains("Past the WAF"));
        line.map(str::to_owned)
    };
    assert_eq!(past("", ""), None);
    let orders = "[services.orders]\n";
    let calls = |name: &str| past(orders, &format!("{orders}calls = [\"{name}\"]\n")).unwrap();
    assert!(calls("partner-api").ends_with("the ID token is checked there too."));
    assert!(
        calls("web").ends_with("whatever is in the network may call `web` so without a token.")
    );
}

/// What a migration makes is handed on by itself, and nobody else makes tables.
#[test]
fn a_migration_hands_on_what_it_makes() {
    let sql = readme("web-database");
    let job = "\"job-migrate@acme-notes-prod.iam\"";
    let web = "\"run-web@acme-notes-prod.iam\"";
    assert!(sql.contains(&format!("GRANT USAGE, CREATE ON SCHEMA public TO {job}")));
    assert!(sql.contains(&format!("GRANT USAGE ON SCHEMA public TO {web}")));
    assert!(sql.contains(&format!("INSERT, UPDATE, DELETE ON TABLES TO {web}")));
    assert!(!sql.contains(&format!("ON TABLES TO {job}")));
    let alone = file("web-database", "README.md", "before", "# before");
    assert!(alone.contains(&format!("GRANT USAGE, CREATE ON SCHEMA public TO {web}")));
    assert!(!alone.contains("ALTER DEFAULT PRIVILEGES"));
}

#[test]
fn an_account_that_is_there_already_is_not_called_its_own() {
    let whose = |new: &str| {
        let path = "terraform/prod/services/service-orders.tf";
        file("storefront", path, "[services.orders]\n", new)
    };
    let own = "its own account; iam/prod/ACCESS.md says";
    assert!(whose("[services.orders]\n").contains(own));
    let other = whose(
        "[services.orders]\nservice_account = \"orders@acme-storefront-prod.iam.gserviceaccount.com\"\n",
    );
    assert!(!other.contains(own) && other.contains("an account that is there already"));
}
