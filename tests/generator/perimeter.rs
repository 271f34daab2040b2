//! A perimeter around the project.

use toml::{Table, Value};

use super::{Choices, Plot, texts};

/// The projects that made-up blueprints refer to.
const PROJECTS: [&str; 16] = [
    "acme-billing",
    "acme-certificates",
    "acme-data",
    "acme-dns",
    "acme-events",
    "acme-files",
    "acme-host",
    "acme-images",
    "acme-keys",
    "acme-lake",
    "acme-security",
    "acme-tasks",
    "acme-tills",
    "acme-vault",
    "acme-warehouse",
    "cloud-sql-connectors",
];

/// Whether a key has that value anywhere.
fn says(table: &Table, key: &str, word: &str) -> bool {
    table.iter().any(|(name, value)| match value {
        Value::Table(inner) => says(inner, key, word),
        Value::String(text) => name == key && text == word,
        _ => false,
    })
}

pub fn perimeter(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    if !choices.once_in(4) || plot.blind {
        return;
    }
    let mut perimeter = Table::new();
    // What does not go through the network, or is reached past the load balancer, stays outside.
    if says(root, "egress", "outside") || says(root, "ingress", "all") {
        perimeter.insert("retire".to_owned(), true.into());
    } else {
        choices.perhaps(6, &mut perimeter, "retire", true);
        let mode = choices.one(&["dry-run", "enforce"]);
        perimeter.insert("mode".to_owned(), mode.into());
    }
    let network = root.get("network").map(ToString::to_string);
    let elsewhere = network.is_some_and(|network| network.contains("projects/"));
    if elsewhere || choices.once_in(4) {
        perimeter.insert("existing".to_owned(), true.into());
    } else {
        perimeter.insert("policy".to_owned(), 123_456_789_012_i64.into());
        let members = [
            "group:platform@example.com",
            "serviceAccount:terraform@acme-ci.iam.gserviceaccount.com",
        ];
        choices.perhaps(2, &mut perimeter, "members", texts(&members));
        let levels = ["offices", "Managed_devices"];
        choices.perhaps(2, &mut perimeter, "access_levels", texts(&levels));
        let number = |(at, project): (usize, &&str)| {
            let number = 234_567_890_123 + i64::try_from(at).unwrap();
            ((*project).to_owned(), number.into())
        };
        let projects: Table = PROJECTS.iter().enumerate().map(number).collect();
        perimeter.insert("projects".to_owned(), Value::Table(projects));
    }
    let governance = root
        .entry("governance")
        .or_insert_with(|| Value::Table(Table::new()));
    let governance = governance.as_table_mut().unwrap();
    governance.insert("perimeter".to_owned(), Value::Table(perimeter));
}
