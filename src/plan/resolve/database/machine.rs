//! The engine's version, the machine type and the edition of a database.

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::plan::google::database as sql;
use crate::plan::model::{Edition, Engine};
use crate::plan::resolve::context::Context;
use crate::rules;

pub(super) fn version(
    cx: &mut Context<'_>,
    key: &Key,
    engine: Engine,
    written: &schema::Database,
    existing: bool,
) -> Option<String> {
    let versions: &[(&str, &str)] = match engine {
        Engine::Postgres => &sql::POSTGRES,
        Engine::Mysql => &sql::MYSQL,
    };
    let Some(version) = &written.version else {
        if existing {
            return Some(String::new());
        }
        cx.missing(key, "version", "the engine's major version");
        return None;
    };
    let known = versions.iter().find(|(known, _)| known == version);
    if known.is_none() {
        let place = Place::Value(key.then("version"));
        let list = versions
            .iter()
            .map(|(known, _)| format!("`{known}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let major = version.split('.').next().unwrap_or_default();
        let whole = versions.iter().any(|(known, _)| *known == major);
        let finding = cx.report(
            rules::VERSION_UNKNOWN,
            format!("`{version}` is not a version of this engine"),
            &place,
            format!("takes {list}"),
        );
        if whole {
            finding.replace(
                "Cloud SQL chooses the minor version",
                &place,
                version,
                major,
            );
        }
    }
    let newer = version
        .parse::<u32>()
        .is_ok_and(|version| version > sql::POSTGRES_NEWEST_IN_GCLOUD);
    if known.is_some() && engine == Engine::Postgres && newer && !existing {
        cx.report(
            rules::VERSION_GCLOUD,
            format!("gcloud up to 528 does not know version {version}"),
            &Place::Value(key.then("version")),
            "Terraform does, such a gcloud does not",
        )
        .help("apply with Terraform, or run the scripts with a gcloud that lists it in `sql instances create --help`");
    }
    known.map(|(_, version)| (*version).to_owned())
}

pub(super) fn tier(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Database,
    existing: bool,
) -> Option<String> {
    let Some(tier) = &written.tier else {
        if !existing {
            cx.missing(key, "tier", "a machine type such as `db-custom-2-7680`");
        }
        return None;
    };
    if sql::tier_memory(tier).is_none() {
        cx.report(
            rules::TIER_UNKNOWN,
            format!("`{tier}` is not a machine type of Cloud SQL"),
            &Place::Value(key.then("tier")),
            "not offered",
        )
        .note("`db-custom-CPUS-MEMORY` takes 1 or an even number of CPUs and a multiple of 256 MiB, 0.9 to 6.5 GiB a CPU")
        .help("for instance `db-custom-2-7680`, or `db-perf-optimized-N-2` with `edition = \"enterprise-plus\"`");
        return None;
    }
    Some(tier.clone())
}

pub(super) fn edition(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Database,
    tier: Option<&str>,
) -> Edition {
    let edition = match written.edition {
        None | Some(schema::Edition::Enterprise) => Edition::Enterprise,
        Some(schema::Edition::EnterprisePlus) => Edition::EnterprisePlus,
    };
    if let Some(tier) = tier
        && sql::is_plus_tier(tier) != (edition == Edition::EnterprisePlus)
    {
        let other = if edition == Edition::Enterprise {
            "enterprise-plus"
        } else {
            "enterprise"
        };
        cx.report(
            rules::TIER_OF_OTHER_EDITION,
            format!("`{tier}` belongs to the edition `{other}`"),
            &Place::Value(key.then("tier")),
            "Cloud SQL refuses the two together",
        )
        .and(
            &Place::Value(key.then("edition")),
            if written.edition.is_some() {
                "the edition"
            } else {
                "the edition is `enterprise` where none is written"
            },
        )
        .help(format!(
            "write `edition = \"{other}\"`, or take a tier of the other kind"
        ));
    }
    edition
}
