//! Environment variables: texts and pinned secrets.

use crate::blueprint::schema::{SecretUses, Table};
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::run;
use crate::plan::model::{EnvValue, EnvVar, Principal};
use crate::rules;

use crate::plan::resolve::cache;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::reference::{self, Speaker};
use crate::plan::resolve::secret::{self, Reading};

use super::leak;
use super::parts::Gathered;

pub(super) fn env(
    cx: &mut Context<'_>,
    key: &Key,
    written: &Table<String>,
    secrets: &SecretUses,
    speaker: Speaker<'_>,
    gathered: &mut Gathered,
    reader: &Principal,
) -> Vec<EnvVar> {
    let mut env = Vec::new();
    for (name, value) in written {
        let key = key.then("env").then(name);
        check_env_name(cx, &key, name);
        if value.len() > run::ENV_VALUE_MAX {
            let limit = format!("at most {} bytes", run::ENV_VALUE_MAX);
            cx.report(
                rules::ENV_TOO_LONG,
                format!("the value of `{name}` is too long"),
                &Place::Value(key.clone()),
                limit,
            );
        }
        if let Some(cache) = reference::authority_in(value)
            && cx.blueprint.caches.contains_key(cache)
        {
            let read = cache::authority_read(cx, &key, cache, speaker, gathered, reader);
            env.extend(read.map(|version| EnvVar {
                name: name.clone(),
                value: EnvValue::Secret(version),
            }));
            continue;
        }
        leak::check_variable(cx, &key, name, value);
        let value = reference::text(cx, &key, value, Some(speaker));
        env.push(EnvVar {
            name: name.clone(),
            value: EnvValue::Text(value),
        });
    }
    for (name, version) in &secrets.env {
        let secret_key = key.then("secrets").then("env").then(name);
        check_env_name(cx, &secret_key, name);
        if written.contains_key(name) {
            let place = Place::Key(secret_key.clone());
            cx.report(
                rules::ENV_TWICE,
                format!("`{name}` is set twice"),
                &place,
                "as a secret",
            )
            .and(&Place::Key(key.then("env").then(name)), "as a text");
        }
        let read = secret::read(
            cx,
            &mut gathered.uses,
            &mut gathered.grants,
            reader,
            &secret_key,
            version,
            Reading::Env,
        );
        if let Some((_, version)) = read {
            env.push(EnvVar {
                name: name.clone(),
                value: EnvValue::Secret(version),
            });
        }
    }
    if env.len() > run::ENV_MAX {
        cx.report(
            rules::TOO_MANY,
            format!("`{key}` sets {} variables", env.len()),
            &Place::Key(key.then("env")),
            format!("a container takes at most {}", run::ENV_MAX),
        );
    }
    env.sort_by(|a, b| a.name.cmp(&b.name));
    env
}

fn check_env_name(cx: &mut Context<'_>, key: &Key, name: &str) {
    let place = Place::Key(key.clone());
    let reserved = run::RESERVED_ENV.contains(&name)
        || run::RESERVED_ENV_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix));
    if name == run::KEY_FILE_ENV {
        cx.report(
            rules::ENV_RESERVED,
            format!("`{name}` names a key file"),
            &place,
            "nothing here has one",
        )
        .help(
            "leave it out: Google's libraries find the account that the code runs as by themselves",
        );
    } else if reserved {
        let finding = cx.report(
            rules::ENV_RESERVED,
            format!("`{name}` is set by Cloud Run"),
            &place,
            "cannot be set",
        );
        if name == "PORT" {
            finding.help("write `port = …` at the service");
        }
    } else {
        cx.check_name(
            Kind::EnvVar,
            name,
            "the name of an environment variable",
            &place,
        );
    }
}
