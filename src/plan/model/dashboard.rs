//! The page to look at after an alert.

use super::Plan;

/// Columns of the grid that tiles lie on: as many as Google takes at the most, and its own console uses.
pub const DASHBOARD_COLUMNS: u32 = 48;

/// A dashboard of Cloud Monitoring. Google chooses its id, so it is known by its display name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dashboard {
    /// Its name as a resource: the project's.
    pub local: String,
    /// Its display name: `shop prod`.
    pub name: String,
    /// What lies where, from top to bottom and from left to right. A group stands before what it holds.
    pub tiles: Vec<Tile>,
}

/// A widget and its place on the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Its first column.
    pub column: u32,
    /// Its first row.
    pub row: u32,
    /// The columns that it takes.
    pub width: u32,
    /// The rows that it takes.
    pub height: u32,
    /// What stands above it.
    pub title: String,
    /// What it shows.
    pub widget: Widget,
}

/// What a tile shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Widget {
    /// The alerts that have gone off and are not over.
    Incidents,
    /// A group, which can be folded: it holds the tiles within its area.
    Group,
    /// A line for each thing.
    Chart {
        /// The lines of the query, in `PromQL`.
        query: Vec<String>,
        /// In which unit, as UCUM writes it.
        unit: &'static str,
        /// Where an alert goes off.
        limit: Option<ChartLimit>,
    },
}

/// A line across a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartLimit {
    /// The display name of the alert.
    pub alert: String,
    /// The number above which it goes off, in the unit of the chart.
    pub value: String,
}

impl Plan {
    /// The page to look at after an alert.
    #[must_use]
    pub fn dashboard(&self) -> Option<&Dashboard> {
        self.monitoring.as_ref()?.dashboard.as_ref()
    }
}
