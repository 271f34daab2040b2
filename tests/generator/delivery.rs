//! The pipeline, and what it deploys.

use toml::{Table, Value};

use super::{Choices, table, texts};

/// A pipeline, where something lies in a repository that it can push to.
pub fn delivery(choices: &mut Choices<'_>, root: &mut Table) {
    if !choices.once_in(2) {
        return;
    }
    let takes = |root: &Table, image: &str| {
        let rest = image.strip_prefix("${registries.");
        let name = rest.and_then(|rest| rest.split('.').next());
        name.is_some_and(|name| root["registries"][name].get("remote").is_none())
    };
    let mut pushed = Vec::new();
    let mut others = false;
    for kind in ["services", "jobs"] {
        let elements = root.get(kind).and_then(Value::as_table);
        for (name, element) in elements.into_iter().flatten() {
            let image = element.get("image").and_then(Value::as_str);
            if image.is_some_and(|image| takes(root, image)) {
                pushed.push((kind, name.clone()));
            } else {
                let owned = element.get("ci_owns").and_then(Value::as_array);
                let owned = owned.into_iter().flatten().filter_map(Value::as_str);
                others |= owned
                    .into_iter()
                    .any(|one| ["image", "template"].contains(&one));
            }
        }
    }
    if pushed.is_empty() {
        return;
    }
    let listed = others || choices.once_in(2);
    for (kind, name) in &pushed {
        let element = root[*kind][name].as_table_mut().unwrap();
        if !listed || choices.once_in(2) {
            element.insert("ci_owns".to_owned(), texts(&["image"]));
        }
    }
    let branch = choices.one(&["main", "release/1.x"]);
    let mut delivery = Table::new();
    delivery.insert(
        "github".to_owned(),
        table([
            ("owner_id", 1_234_567.into()),
            ("repository_id", 7_654_321.into()),
            ("branch", branch.into()),
        ]),
    );
    if listed {
        let names = pushed.iter().map(|(kind, name)| format!("{kind}.{name}"));
        delivery.insert("deploys".to_owned(), texts(&names.collect::<Vec<_>>()));
    }
    root.insert("delivery".to_owned(), Value::Table(delivery));
}
