//! Flags of a database's engine, and the connections that it accepts.

use std::collections::BTreeMap;

use crate::blueprint::schema::{self, Profile};
use crate::blueprint::{Key, Place};
use crate::plan::google::database as sql;
use crate::plan::model::Engine;
use crate::plan::resolve::context::Context;
use crate::rules;

/// The connections that the engine accepts: the flag's, or those that the memory of the machine gives.
pub(super) fn max_connections(
    cx: &mut Context<'_>,
    key: &Key,
    engine: Engine,
    written: &schema::Database,
    tier: Option<&str>,
) -> u32 {
    if let Some(flag) = written.flags.get("max_connections") {
        let place = Place::Value(key.then("flags").then("max_connections"));
        let takes = match engine {
            Engine::Postgres => sql::POSTGRES_CONNECTIONS,
            Engine::Mysql => sql::MYSQL_CONNECTIONS,
        };
        if let Ok(number) = flag.parse::<u32>()
            && !takes.contains(&number)
        {
            cx.report(
                rules::OUT_OF_RANGE,
                format!("`max_connections` cannot be {number}"),
                &place,
                format!("takes {} to {}", takes.start(), takes.end()),
            );
            return 0;
        }
        return flag.parse().unwrap_or_else(|_| {
            cx.report(
                rules::FLAG_INVALID,
                format!("`{flag}` is not a number of connections"),
                &place,
                "takes a number",
            );
            0
        });
    }
    let memory = tier.and_then(sql::tier_memory).unwrap_or(0);
    sql::CONNECTIONS_BY_MEMORY
        .iter()
        .rev()
        .find(|(from, _)| memory >= *from)
        .map_or(0, |(_, connections)| *connections)
}

/// Flags of the profile, then those that the blueprint writes.
pub(super) fn flags(
    cx: &mut Context<'_>,
    key: &Key,
    engine: Engine,
    written: &schema::Database,
    max_connections: u32,
) -> Vec<(String, String)> {
    let (login, others): (_, &[&str]) = match engine {
        Engine::Postgres => (sql::POSTGRES_IAM_FLAG, &[sql::MYSQL_IAM_FLAG]),
        Engine::Mysql => (sql::MYSQL_IAM_FLAG, &[sql::POSTGRES_IAM_FLAG]),
    };
    let cis = written.profile == Some(Profile::Cis);
    let profile = match (engine, cis) {
        (Engine::Postgres, false) => sql::POSTGRES_STANDARD.as_slice(),
        (Engine::Postgres, true) => sql::POSTGRES_CIS.as_slice(),
        (Engine::Mysql, false) => sql::MYSQL_STANDARD.as_slice(),
        (Engine::Mysql, true) => sql::MYSQL_CIS.as_slice(),
    };
    let mut flags: BTreeMap<String, String> = profile
        .iter()
        .map(|(flag, value)| ((*flag).to_owned(), (*value).to_owned()))
        .collect();
    for (flag, value) in &written.flags {
        let place = Place::Key(key.then("flags").then(flag));
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.".contains(&byte);
        if flag == login || others.contains(&flag.as_str()) {
            cx.report(
                rules::FLAG_RESERVED,
                format!("`{flag}` is set by ravelin"),
                &place,
                "login is by IAM, always",
            );
        } else if let Some(other) = of_other_engine(engine, flag) {
            cx.report(
                rules::FLAG_INVALID,
                format!("`{flag}` is a flag of {other}"),
                &place,
                "the engine is another",
            )
            .and(&Place::Value(key.then("engine")), "");
        } else if !flag.bytes().all(plain) || value.contains(['\n', '\r']) {
            cx.report(
                rules::FLAG_INVALID,
                format!("`{flag}` is not a flag of the engine"),
                &place,
                "not a flag",
            );
        }
        flags.insert(flag.clone(), value.clone());
    }
    flags.insert(login.to_owned(), "on".to_owned());
    flags.insert("max_connections".to_owned(), max_connections.to_string());
    flags.into_iter().collect()
}

/// The other engine, where only that has the flag.
fn of_other_engine(engine: Engine, flag: &str) -> Option<&'static str> {
    let (beginnings, other): (&[&str], _) = match engine {
        Engine::Postgres => (&sql::MYSQL_ONLY_FLAGS, "MySQL"),
        Engine::Mysql => (&sql::POSTGRES_ONLY_FLAGS, "PostgreSQL"),
    };
    let begins = beginnings
        .iter()
        .any(|beginning| flag.starts_with(beginning));
    begins.then_some(other)
}
