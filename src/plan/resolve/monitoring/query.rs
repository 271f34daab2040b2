//! Queries in `PromQL`, of metrics of this project's own things.

use crate::plan::google::monitoring::Metric;

/// The series of a metric that are of things of these names in a project. `more` are other labels and their values.
pub(super) fn series(
    metric: Metric,
    project: &str,
    names: &[&str],
    more: &[(&str, &str)],
) -> String {
    let Metric { name, of, by } = metric;
    let mut labels = Vec::new();
    if !of.is_empty() {
        labels.push(format!("monitored_resource=\"{of}\""));
    }
    labels.push(format!("project_id=\"{project}\""));
    labels.push(match names {
        [name] => format!("{by}=\"{name}\""),
        // A dot is any letter in a pattern, and all else that names hold is itself.
        names => format!("{by}=~\"{}\"", names.join("|").replace('.', "[.]")),
    });
    labels.extend(
        more.iter()
            .map(|(label, value)| format!("{label}=\"{value}\"")),
    );
    format!("{name}{{{}}}", labels.join(", "))
}

/// How much series grow within five minutes, summed up for each thing.
pub(super) fn growth(metric: Metric, series: &str, window: &str) -> String {
    format!("sum by ({}) (increase({series}[{window}]))", metric.by)
}

/// What something comes to for each thing: `sum`, `min` or `max` of its series.
pub(super) fn each(metric: Metric, how: &str, series: &str) -> String {
    format!("{how} by ({}) ({series})", metric.by)
}

/// The value that this part of what is counted in buckets stays below, for each thing.
pub(super) fn quantile(metric: Metric, part: &str, buckets: &str) -> String {
    let by = metric.by;
    format!("histogram_quantile({part}, sum by ({by}, le) (rate({buckets}[5m])))")
}
