//! Backups of a database, and its window for maintenance.

use crate::blueprint::schema::{self, Day};
use crate::blueprint::{Key, Place};
use crate::plan::google::{database as sql, run};
use crate::plan::model::{Backups, Maintenance};
use crate::plan::resolve::context::Context;
use crate::rules;

pub(super) fn backups(cx: &mut Context<'_>, key: &Key, written: &schema::Database) -> Backups {
    let backups = written.backups.clone().unwrap_or_default();
    let retained = backups.retained.unwrap_or(sql::BACKUPS_RETAINED);
    if !(1..=sql::BACKUPS_RETAINED_MAX).contains(&retained) {
        let place = Place::Value(key.then("backups").then("retained"));
        let expected = format!("takes 1 to {}", sql::BACKUPS_RETAINED_MAX);
        cx.report(
            rules::OUT_OF_RANGE,
            format!("{retained} backups cannot be kept"),
            &place,
            expected,
        );
    }
    if backups.pitr == Some(false) {
        let place = Place::Value(key.then("backups").then("pitr"));
        cx.report(
            rules::PITR_OFF,
            "a moment between two backups cannot be restored",
            &place,
            "switched off here",
        )
        .help("leave `pitr` out");
    }
    if let Some(location) = &backups.location {
        let known = || {
            run::REGIONS
                .iter()
                .chain(&sql::BACKUP_MULTI_REGIONS)
                .copied()
        };
        if !known().any(|known| known == location) {
            let place = Place::Value(key.then("backups").then("location"));
            let what = "region, `asia`, `eu` or `us`,";
            cx.unknown(rules::REGION_UNKNOWN, what, location, known(), &place);
        }
    }
    Backups {
        start: sql::BACKUP_START.to_owned(),
        retained,
        pitr: backups.pitr.unwrap_or(true),
        log_days: sql::LOG_DAYS,
        location: backups
            .location
            .unwrap_or_else(|| cx.project.region.clone()),
    }
}

pub(super) fn maintenance(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Database,
) -> Maintenance {
    let maintenance = written.maintenance.clone().unwrap_or_default();
    let hour = maintenance.hour.unwrap_or(sql::MAINTENANCE_HOUR);
    if hour > 23 {
        let place = Place::Value(key.then("maintenance").then("hour"));
        cx.report(
            rules::OUT_OF_RANGE,
            format!("{hour} is not an hour"),
            &place,
            "takes 0 to 23, in UTC",
        );
    }
    let day = match maintenance.day.unwrap_or(Day::Sunday) {
        Day::Monday => 1,
        Day::Tuesday => 2,
        Day::Wednesday => 3,
        Day::Thursday => 4,
        Day::Friday => 5,
        Day::Saturday => 6,
        Day::Sunday => 7,
    };
    Maintenance { day, hour }
}
