//! `secrets.sh`: adds the versions that secrets hold.

use std::fmt::Write;

use askama::Template;

use super::verify::{Reading, by, who};
use super::{caches, filters, rotation};
use crate::plan::google::roles;
use crate::plan::model::{Engine, Generate, Plan, Secret};

#[derive(Template)]
#[template(path = "gcloud/secrets-tool.sh.j2")]
struct Tool<'a> {
    source: &'a str,
    name: &'a str,
    environment: &'a str,
    /// Whether something that Google made is fetched.
    fetches: bool,
    /// Whether a value is the password of a database's user.
    passwords: bool,
    secrets: Vec<SecretView<'a>>,
}

struct SecretView<'a> {
    name: &'a str,
    project: &'a str,
    id: &'a str,
    pinned: &'a [u32],
    latest: bool,
    generate: Option<(u32, String)>,
    /// The command that prints what Google made.
    fetch: Option<Vec<String>>,
    /// The user of a database whose password it is.
    login: Option<LoginView<'a>>,
}

/// A user who logs in with a password.
struct LoginView<'a> {
    project: &'a str,
    instance: &'a str,
    user: &'a str,
    /// From where, which is part of a user of `MySQL`.
    host: Option<&'static str>,
}

/// The script.
pub(super) fn script(plan: &Plan) -> String {
    crate::render::text(&Tool {
        source: &plan.source,
        name: &plan.project.name,
        environment: &plan.environment,
        passwords: plan.has_password_users(),
        fetches: plan.secrets.iter().any(|one| one.authority_of.is_some()),
        secrets: plan.secrets.iter().map(|one| view(plan, one)).collect(),
    }) + "\n"
}

fn view<'a>(plan: &'a Plan, secret: &'a Secret) -> SecretView<'a> {
    let Secret {
        name,
        project,
        id,
        existing: _,
        replicas: _,
        encryption_keys: _,
        rotation: _,
        generate,
        authority_of,
        pinned,
        latest,
        deletion_protection: _,
        labels: _,
    } = secret;
    SecretView {
        name,
        project,
        id,
        pinned,
        latest: *latest,
        generate: generate.as_ref().map(|generate| {
            let Generate { length, alphabet } = generate;
            (*length, characters(alphabet))
        }),
        fetch: authority_of
            .as_ref()
            .map(|cache| caches::authority(plan, cache)),
        login: login(plan, name),
    }
}

/// The user whose password a secret holds.
fn login<'a>(plan: &'a Plan, secret: &str) -> Option<LoginView<'a>> {
    let (database, user) = plan.login_of(secret)?;
    Some(LoginView {
        project: &database.project,
        instance: &database.instance,
        user: &user.name,
        // The instance has a private address only, so that its network says from where.
        host: (database.engine == Engine::Mysql).then_some("%"),
    })
}

/// Characters as `tr` takes them: whatever could mean something to it by its number.
fn characters(alphabet: &str) -> String {
    let mut out = String::new();
    for c in alphabet.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else {
            let written = write!(out, "\\{:03o}", u32::from(c));
            debug_assert!(written.is_ok(), "writing to a String does not fail");
        }
    }
    out
}

/// How a fact of a secret is read.
pub(super) fn reading(plan: &Plan, secret: &str, name: &str) -> Option<Reading> {
    let found = plan.secrets.iter().find(|one| one.name == secret)?;
    let who = |role: &str| who(plan, &found.resource(), role);
    match name {
        "readers" => who(roles::SECRET_ACCESSOR),
        "writers" => who(roles::SECRET_VERSION_ADDER),
        "pinned" if found.pinned.is_empty() => Some(Reading::Nowhere),
        "pinned" => {
            let mut reader = vec!["versions_there".to_owned()];
            reader.extend([found.id.clone(), found.project.clone()]);
            reader.extend(found.pinned.iter().map(ToString::to_string));
            Some(Reading::By(reader))
        }
        "rotation" => rotation::reading(found),
        "replicas" => by(["set_of", "secrets", &found.id, "--locations", "none"]),
        "encryption" => by(["copies_lie_under", &found.id]),
        // A refusal of Terraform's own.
        "deletion_protection" => Some(Reading::Nowhere),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn characters_that_tr_knows_stand_by_their_number() {
        assert_eq!(super::characters("aZ9-]\\"), r"aZ9\055\135\134");
    }
}
