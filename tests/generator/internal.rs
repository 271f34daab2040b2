//! Private names of internal services.

use toml::{Table, Value};

use super::{Choices, texts};

/// Gives some internal services names that the network alone knows, where it is made here.
pub fn names(choices: &mut Choices<'_>, root: &mut Table) {
    let theirs = root
        .get("network")
        .is_some_and(|network| network.get("existing").is_some());
    if theirs || !choices.once_in(3) {
        return;
    }
    let services = root["services"].as_table().unwrap().iter();
    let internal = services
        .filter(|(_, service)| service.get("exposure").and_then(Value::as_str) != Some("public"));
    let internal: Vec<String> = internal.map(|(name, _)| name.clone()).collect();
    let mut first = None;
    for name in internal {
        if !choices.once_in(2) {
            continue;
        }
        let service = root["services"][&name].as_table_mut().unwrap();
        let shared = first.clone().filter(|_| choices.once_in(3));
        let host = match &shared {
            Some(host) => {
                service.insert("paths".to_owned(), texts(&[format!("/{name}")]));
                host
            }
            None => first.insert(format!("{name}.inside.${{environment}}.example.com")),
        };
        service.insert("private_domains".to_owned(), texts(&[host]));
    }
    if first.is_none() {
        return;
    }
    if choices.once_in(2) {
        let network = root.entry("network");
        let network = network.or_insert_with(|| Value::Table(Table::new()));
        let network = network.as_table_mut().unwrap();
        network.insert("proxy_range".to_owned(), "10.77.0.0/24".into());
    }
}
