//! Who hears of the sample.

use super::labels;
use crate::plan::model::{
    Alert, AlertCondition, AlertSeverity, ChartLimit, Dashboard, Monitoring, NotificationChannel,
    Statuses, Tile, UptimeCheck, Widget,
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
        limit: None,
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
        dashboard: Some(dashboard()),
        labels: labels(),
    }
}

fn dashboard() -> Dashboard {
    let tile = |column, row, title: &str, widget| Tile {
        column,
        row,
        width: 16,
        height: 14,
        title: title.to_owned(),
        widget,
    };
    let chart = |unit, limit| Widget::Chart {
        query: ["100 * sum by (x) (a{b=\"c\"})", "/ 4"]
            .map(str::to_owned)
            .into(),
        unit,
        limit,
    };
    let limit = ChartLimit {
        alert: "rich errors".to_owned(),
        value: "0.5".to_owned(),
    };
    Dashboard {
        local: "rich".to_owned(),
        name: "rich prod".to_owned(),
        tiles: vec![
            tile(0, 0, "open alerts", Widget::Incidents),
            tile(0, 14, "services", Widget::Group),
            tile(0, 14, "answers", chart("%", Some(limit))),
            tile(16, 14, "requests", chart("1/s", None)),
        ],
    }
}
