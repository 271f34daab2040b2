//! The dashboard, as a file that both backends hand over: Terraform beside its module, the scripts beside themselves.

use askama::Template;

use crate::plan::model::{ChartLimit, DASHBOARD_COLUMNS, Dashboard, Labels, Plan, Tile, Widget};
use crate::render::quote::{Quoted, comment, yaml};

/// The name of the file.
pub const FILE: &str = "dashboard.yaml";

/// Columns before the lines of a query.
const QUERY_COLUMNS: usize = 14;

#[derive(Template)]
#[template(path = "dashboard.yaml.j2")]
struct File {
    source: Quoted,
    name: Quoted,
    labels: Vec<(Quoted, Quoted)>,
    columns: u32,
    tiles: Vec<TileView>,
}

struct TileView {
    column: u32,
    row: u32,
    width: u32,
    height: u32,
    title: Quoted,
    widget: WidgetView,
}

enum WidgetView {
    Incidents,
    Group,
    Chart {
        query: Quoted,
        unit: Quoted,
        /// What stands at the line, and its value.
        limit: Option<(Quoted, Quoted)>,
    },
}

/// The text of the file.
#[must_use]
pub fn text(plan: &Plan, dashboard: &Dashboard, labels: &Labels) -> String {
    let Dashboard {
        // Terraform's.
        local: _,
        name,
        tiles,
    } = dashboard;
    let file = File {
        source: comment(&plan.source),
        name: yaml::scalar(name),
        labels: labels
            .iter()
            .map(|(key, value)| (yaml::scalar(key), yaml::scalar(value)))
            .collect(),
        columns: DASHBOARD_COLUMNS,
        tiles: tiles.iter().map(tile).collect(),
    };
    super::text(&file) + "\n"
}

fn tile(tile: &Tile) -> TileView {
    let Tile {
        column,
        row,
        width,
        height,
        title,
        widget,
    } = tile;
    TileView {
        column: *column,
        row: *row,
        width: *width,
        height: *height,
        title: yaml::scalar(title),
        widget: match widget {
            Widget::Incidents => WidgetView::Incidents,
            Widget::Group => WidgetView::Group,
            Widget::Chart { query, unit, limit } => WidgetView::Chart {
                query: yaml::block(query, QUERY_COLUMNS),
                unit: yaml::scalar(unit),
                limit: limit
                    .as_ref()
                    .map(|ChartLimit { alert, value }| (yaml::scalar(alert), yaml::number(value))),
            },
        },
    }
}
