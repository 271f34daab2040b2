//! Who hears of the sample.

use super::labels;
use crate::plan::model::{
    Alert, AlertCondition, AlertSeverity, Monitoring, NotificationChannel, Statuses, UptimeCheck,
};

pub(super) fn monitoring() -> Monitoring {
    let check = |host: &str, path: &str, accepts| UptimeCheck {
        name: format!("rich {host}"),
        local: host.replace('.', "-"),
        host: host.to_owned(),
        path: path.to_owned(),
        accepts,
    };
    let alert = |id, severity, condition| Alert {
        id,
        name: format!("rich {id}"),
        subject: "rich prod: it fails".to_owned(),
        documentation: ["It does not do what it should.", "", "Look at `it`."]
            .map(str::to_owned)
            .into(),
        severity,
        condition,
    };
    Monitoring {
        channels: vec![NotificationChannel {
            name: "rich shop-oncall+prod@example.com".to_owned(),
            address: "shop-oncall+prod@example.com".to_owned(),
        }],
        checks: vec![
            check("admin.example.com", "/", Statuses::Codes(vec![401, 403])),
            check("shop.example.com", "/health", Statuses::Classes(vec![2, 3])),
        ],
        alerts: vec![
            alert(
                "errors",
                AlertSeverity::Error,
                AlertCondition::Query {
                    lines: ["sum by (x) (a{b=\"c\"})", "> 0.5"]
                        .map(str::to_owned)
                        .into(),
                    lasts: 60,
                },
            ),
            alert(
                "public-grants",
                AlertSeverity::Critical,
                AlertCondition::Log {
                    lines: ["log_id(\"a\")", "b=~\"[.]c$\""].map(str::to_owned).into(),
                },
            ),
        ],
        labels: labels(),
    }
}
