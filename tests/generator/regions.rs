//! Services in several regions.

use toml::{Table, Value};

use super::{Choices, Plot, keys, table, texts};

/// Regions that have everything, GPUs too.
const OTHERS: [&str; 3] = ["us-central1", "europe-west4", "asia-southeast1"];

/// Puts some services into several regions, where nothing here calls them and the network can be made there.
pub fn regions(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    // What runs in a region of its own lies under a key of there.
    if root.contains_key("encryption") {
        return;
    }
    let network = root.get("network");
    let theirs = network.is_some_and(|one| one.get("existing").is_some());
    for name in &plot.public {
        if choices.once_in(6) {
            continue;
        }
        let service = &root["services"][name];
        let overlays = root["environments"].as_table().unwrap().values();
        let over = overlays.filter_map(|one| one.get("services")?.get(name));
        let egress: Vec<&str> = std::iter::once(service)
            .chain(over)
            .map(|one| one.get("egress").and_then(Value::as_str))
            .map(|egress| egress.unwrap_or("private"))
            .collect();
        let inside = egress.iter().any(|one| *one != "outside");
        let owned = service.get("ci_owns").is_some() || root.contains_key("delivery");
        let alone = owned || (theirs && inside);
        if alone || is_named(root, name) {
            continue;
        }
        let home = root["project"]["region"].as_str().unwrap().to_owned();
        let mut others: Vec<&str> = OTHERS.into_iter().filter(|one| *one != home).collect();
        others.truncate(1 + choices.below(2));
        if inside {
            let network = root
                .entry("network")
                .or_insert_with(|| Value::Table(Table::new()));
            let ranges = [
                ("us-central1", "10.50.0.0/24"),
                ("europe-west4", "10.51.0.0/24"),
            ];
            let ranges = ranges
                .into_iter()
                .chain([("asia-southeast1", "10.52.0.0/24")]);
            let subnets = network.as_table_mut().unwrap().entry("subnets");
            let subnets = subnets.or_insert_with(|| table([]));
            for (region, range) in ranges.filter(|(region, _)| others.contains(region)) {
                subnets
                    .as_table_mut()
                    .unwrap()
                    .insert(region.to_owned(), range.into());
            }
        }
        let service = root["services"][name].as_table_mut().unwrap();
        let retired = texts(&others[..1]);
        // Few services are in several regions, and most of these leave one.
        if !choices.once_in(3) {
            service.insert("retire_regions".to_owned(), retired);
        }
        let all: Vec<&str> = std::iter::once(home.as_str()).chain(others).collect();
        service.insert("regions".to_owned(), texts(&all));
    }
}

/// Whether anything else names a service.
fn is_named(root: &Table, name: &str) -> bool {
    let mut rest = root.clone();
    rest["services"].as_table_mut().unwrap().remove(name);
    for environment in keys(root, "environments") {
        let overlay = &mut rest["environments"][&environment];
        if let Some(Value::Table(services)) = overlay.get_mut("services") {
            services.remove(name);
        }
    }
    let text = toml::to_string(&rest).unwrap();
    let named = [format!("\"{name}\""), format!("services.{name}")];
    named.iter().any(|named| text.contains(named))
}
