//! The dashboard: a group for each kind of thing that stands here, with the charts that say how it is.

use crate::plan::google::monitoring::{self as google, Metric};
use crate::plan::model::{
    Alert, ChartLimit, DASHBOARD_COLUMNS, Dashboard, Plan, Tile, UptimeCheck, WafMode, Widget,
};

use super::measures::{self, OfMost};
use super::query::{quantile, series};
use super::texts;

/// The interval that the console asks for: the longer the time that is shown, the longer.
const INTERVAL: &str = "${__interval}";
/// Charts in a row, and the rows of the grid that each takes.
const CHARTS_IN_A_ROW: u32 = 3;
const CHART_HEIGHT: u32 = 14;
/// Rows of the grid that the list of open alerts takes.
const INCIDENTS_HEIGHT: u32 = 8;

/// Units of charts (<https://ucum.org/ucum>).
const PERCENT: &str = "%";
const A_SECOND: &str = "1/s";
const MILLISECONDS: &str = "ms";
const SECONDS: &str = "s";
const COUNT: &str = "1";

/// The dashboard of a plan.
pub(super) fn resolve(plan: &Plan, checks: &[UptimeCheck], alerts: &[Alert]) -> Dashboard {
    let project = &plan.project;
    let mut page = Page {
        plan,
        alerts,
        tiles: Vec::new(),
        row: 0,
    };
    page.incidents();
    page.load_balancer(checks);
    page.services();
    page.workers();
    page.jobs();
    page.databases();
    page.messages();
    page.queues();
    Dashboard {
        local: project.name.clone(),
        name: format!("{} {}", project.name, plan.environment),
        tiles: page.tiles,
    }
}

/// A chart that has no place yet.
struct Chart {
    title: &'static str,
    query: Vec<String>,
    unit: &'static str,
    /// The alert whose number is shown in it.
    alert: Option<&'static str>,
}

fn chart(title: &'static str, query: String, unit: &'static str) -> Chart {
    Chart {
        title,
        query: vec![query],
        unit,
        alert: None,
    }
}

impl Chart {
    /// With the number of this alert.
    fn of(self, text: texts::Text) -> Self {
        Self {
            alert: Some(text.id),
            ..self
        }
    }
}

/// The tiles as they are laid.
struct Page<'p> {
    plan: &'p Plan,
    alerts: &'p [Alert],
    tiles: Vec<Tile>,
    /// The first row that is free.
    row: u32,
}

impl Page<'_> {
    fn incidents(&mut self) {
        self.lay(
            0,
            DASHBOARD_COLUMNS,
            INCIDENTS_HEIGHT,
            "open alerts",
            Widget::Incidents,
        );
        self.row += INCIDENTS_HEIGHT;
    }

    fn load_balancer(&mut self, checks: &[UptimeCheck]) {
        let plan = self.plan;
        let mut charts = Vec::new();
        if let Some(edge) = &plan.edge {
            charts.push(self.answers("answers by class", google::EDGE_REQUESTS, &edge.name));
        }
        if let Some(edge) = &plan.internal_edge {
            let metric = google::INTERNAL_EDGE_REQUESTS;
            charts.push(self.answers("answers by class, private names", metric, &edge.name));
        }
        for (mode, metric, title) in [
            (
                WafMode::Enforce,
                google::WAF_REQUESTS,
                "requests that the WAF refused within five minutes",
            ),
            (
                WafMode::Preview,
                google::WAF_PREVIEWED,
                "requests that the WAF would have refused within five minutes",
            ),
        ] {
            let wafs = measures::wafs(plan, mode);
            if !wafs.is_empty() {
                let refused = measures::refused(metric, plan, &wafs);
                let refused = chart(title, refused, COUNT);
                charts.push(match mode {
                    WafMode::Enforce => refused.of(texts::DENIALS),
                    WafMode::Preview => refused,
                });
            }
        }
        if !checks.is_empty() {
            let metric = google::CHECK_PASSED;
            let hosts: Vec<&str> = checks.iter().map(|check| check.host.as_str()).collect();
            let passed = series(metric, &plan.project.id, &hosts, &[]);
            let passed = format!("100 * avg by ({}) ({passed})", metric.by);
            charts.push(chart(
                "places of the world that get a good answer",
                passed,
                PERCENT,
            ));
        }
        self.group("load balancer", charts);
    }

    fn answers(&self, title: &'static str, metric: Metric, name: &str) -> Chart {
        let all = series(metric, &self.plan.project.id, &[name], &[]);
        let answers = format!("sum by (response_code_class) (rate({all}[{INTERVAL}]))");
        chart(title, answers, A_SECOND)
    }

    fn services(&mut self) {
        let plan = self.plan;
        let names = measures::services(plan);
        if names.is_empty() {
            return;
        }
        let project = &plan.project.id;
        let requests = series(google::REQUESTS, project, &names, &[]);
        let by = google::REQUESTS.by;
        let requests = format!("sum by ({by}, response_code_class) (rate({requests}[{INTERVAL}]))");
        let mut charts = vec![
            chart("requests by class of answer", requests, A_SECOND),
            Chart {
                title: "answers that are errors of their own (5xx)",
                query: measures::failing(plan),
                unit: PERCENT,
                alert: Some(texts::ERRORS.id),
            },
        ];
        let latency = |part| measures::latency(plan, part, &names);
        charts.extend([
            chart("latency p50", latency("0.5"), MILLISECONDS),
            chart("latency p95", latency("0.95"), MILLISECONDS).of(texts::LATENCY),
            chart("latency p99", latency("0.99"), MILLISECONDS),
        ]);
        let instances = series(google::INSTANCES, project, &names, &[]);
        let by = google::INSTANCES.by;
        let instances = format!("sum by ({by}, state) ({instances})");
        charts.push(chart("instances", instances, COUNT));
        let full = measures::instances(plan);
        if !full.is_empty() {
            charts.push(Chart {
                title: "instances at work, of those that there may be",
                query: percent_of(full),
                unit: PERCENT,
                alert: Some(texts::INSTANCES.id),
            });
        }
        charts.extend(self.used(google::SERVICE_CPU, google::SERVICE_MEMORY, &names));
        self.group("services", charts);
    }

    fn workers(&mut self) {
        let plan = self.plan;
        let names: Vec<&str> = plan.workers.iter().map(|one| one.name.as_str()).collect();
        if names.is_empty() {
            return;
        }
        let metric = google::WORKER_INSTANCES;
        let instances = series(metric, &plan.project.id, &names, &[]);
        let instances = format!("sum by ({}) ({instances})", metric.by);
        let mut charts = vec![chart("instances", instances, COUNT)];
        charts.extend(self.used(google::WORKER_CPU, google::WORKER_MEMORY, &names));
        self.group("workers", charts);
    }

    /// What the fullest instances of these use of what they have.
    fn used(&self, cpu: Metric, memory: Metric, names: &[&str]) -> [Chart; 2] {
        let used = |metric| {
            let buckets = series(metric, &self.plan.project.id, names, &[]);
            format!("100 * {}", quantile(metric, "0.95", &buckets))
        };
        [
            chart("CPU of an instance, p95", used(cpu), PERCENT),
            chart("memory of an instance, p95", used(memory), PERCENT),
        ]
    }

    fn jobs(&mut self) {
        let plan = self.plan;
        let names = measures::jobs(plan);
        if names.is_empty() {
            return;
        }
        let project = &plan.project.id;
        let ended = series(google::EXECUTIONS, project, &names, &[]);
        let by = google::EXECUTIONS.by;
        let ended = format!("sum by ({by}, result) (increase({ended}[{INTERVAL}]))");
        let running = series(google::RUNNING, project, &names, &[]);
        let running = format!("sum by ({}) ({running})", google::RUNNING.by);
        let charts = vec![
            chart("executions that ended, by result", ended, COUNT),
            chart("executions that run", running, COUNT),
        ];
        self.group("jobs", charts);
    }

    fn databases(&mut self) {
        let plan = self.plan;
        if measures::databases(plan).is_empty() {
            return;
        }
        let used = |metric| format!("100 * {}", measures::of_databases(metric, plan));
        let charts = vec![
            chart("CPU", used(google::DATABASE_CPU), PERCENT),
            Chart {
                title: "connections, of those that are accepted",
                query: percent_of(measures::connections(plan)),
                unit: PERCENT,
                alert: Some(texts::CONNECTIONS.id),
            },
            chart("disk", used(google::DISK), PERCENT).of(texts::DISK),
        ];
        self.group("databases", charts);
    }

    fn messages(&mut self) {
        let plan = self.plan;
        let mut charts = Vec::new();
        let read = measures::read(plan);
        if !read.is_empty() {
            let metric = google::UNACKNOWLEDGED;
            let waiting = series(metric, &plan.project.id, &read, &[]);
            let waiting = format!("sum by ({}) ({waiting})", metric.by);
            charts.extend([
                chart("messages that wait", waiting, COUNT),
                chart("age of the oldest", measures::oldest(plan, &read), SECONDS)
                    .of(texts::BACKLOG),
            ]);
        }
        if !measures::forwarding(plan).is_empty() {
            let dead = measures::dead_letters(plan);
            charts.push(chart("dead letters within ten minutes", dead, COUNT));
        }
        self.group("subscriptions", charts);
    }

    fn queues(&mut self) {
        if !measures::queues(self.plan).is_empty() {
            let waiting = chart("tasks that wait", measures::tasks(self.plan), COUNT);
            self.group("queues", vec![waiting.of(texts::TASKS)]);
        }
    }

    /// Lays a group with its charts in rows, where it has any.
    fn group(&mut self, title: &str, charts: Vec<Chart>) {
        let Ok(count) = u32::try_from(charts.len()) else {
            return;
        };
        if count == 0 {
            return;
        }
        let height = count.div_ceil(CHARTS_IN_A_ROW) * CHART_HEIGHT;
        self.lay(0, DASHBOARD_COLUMNS, height, title, Widget::Group);
        let width = DASHBOARD_COLUMNS / CHARTS_IN_A_ROW;
        for (place, chart) in (0..CHARTS_IN_A_ROW).cycle().zip(charts) {
            let limit = chart.alert.and_then(|id| self.limit(id));
            // Terraform sees no difference where a key of the JSON is taken away, so what comes and goes stands in the title too.
            let title = match &limit {
                Some(limit) => format!("{}, alert above {}", chart.title, limit.value),
                None => chart.title.to_owned(),
            };
            let widget = Widget::Chart {
                query: chart.query,
                unit: chart.unit,
                limit,
            };
            self.lay(place * width, width, CHART_HEIGHT, &title, widget);
            if place + 1 == CHARTS_IN_A_ROW {
                self.row += CHART_HEIGHT;
            }
        }
        if count % CHARTS_IN_A_ROW != 0 {
            self.row += CHART_HEIGHT;
        }
    }

    /// The number of an alert, where it is there.
    fn limit(&self, id: &str) -> Option<ChartLimit> {
        let alert = self.alerts.iter().find(|alert| alert.id == id)?;
        Some(ChartLimit {
            alert: alert.name.clone(),
            value: alert.limit.clone()?,
        })
    }

    fn lay(&mut self, column: u32, width: u32, height: u32, title: &str, widget: Widget) {
        self.tiles.push(Tile {
            column,
            row: self.row,
            width,
            height,
            title: title.to_owned(),
            widget,
        });
    }
}

/// What each comes to in percent of what it may be.
fn percent_of(all: OfMost) -> Vec<String> {
    let mut lines = Vec::new();
    for (now, most) in all {
        let or = if lines.is_empty() { "" } else { "or " };
        lines.push(format!("{or}100 * {now}"));
        lines.push(format!("/ {most}"));
    }
    lines
}
