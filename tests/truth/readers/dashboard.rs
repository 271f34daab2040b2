//! The dashboard as its file has it, which each backend hands over from beside itself.

use serde_norway::Value;

use crate::cloud::{Cloud, Values};

/// The kind under which it is noted.
const KIND: &str = "monitoring dashboards";

/// Notes what a file shows: each tile by its place and title. Gives the display name.
pub fn read(cloud: &mut Cloud, text: &str) -> String {
    let page: Value = serde_norway::from_str(text).unwrap();
    let name = text_of(&page["displayName"]);
    for (key, value) in page.as_mapping().unwrap() {
        match key.as_str().unwrap() {
            "displayName" => {}
            "labels" => {
                let pairs = value.as_mapping().unwrap().iter();
                let mut labels: Values = pairs
                    .map(|(key, value)| format!("{}={}", text_of(key), text_of(value)))
                    .collect();
                labels.sort();
                cloud.set(KIND, &name, "labels", labels);
            }
            "mosaicLayout" => {
                let columns = number(&value["columns"]);
                cloud.set(KIND, &name, "columns", vec![columns.to_string()]);
                let mut below = 0;
                for tile in value["tiles"].as_sequence().unwrap() {
                    below = below.max(self::tile(cloud, &name, columns, below, tile));
                }
            }
            other => panic!("{other} of a dashboard is not read back"),
        }
    }
    name
}

/// Notes a tile. `below` is the first row that nothing before it reaches. Gives the row below it.
fn tile(cloud: &mut Cloud, name: &str, columns: u64, below: u64, tile: &Value) -> u64 {
    let at = |key: &str| tile.get(key).map_or(0, number);
    let [x, y] = ["xPos", "yPos"].map(at);
    let [width, height] = ["width", "height"].map(|key| number(&tile[key]));
    assert!(x + width <= columns, "a tile of {name} is not on its grid");
    // Google leaves a zero out, and Terraform would see a difference for ever.
    let zero = |key| tile.get(key).is_some_and(|value| number(value) == 0);
    assert!(
        !zero("xPos") && !zero("yPos"),
        "{name} says where a zero is"
    );
    let mut widget = tile["widget"].as_mapping().unwrap().clone();
    let heading = text_of(&widget.remove("title").unwrap());
    let [(kind, shown)] = widget.into_iter().collect::<Vec<_>>().try_into().unwrap();
    let kind = kind.as_str().unwrap();
    // What lies in a group lies within its rows; all else lies below what came before.
    assert!(
        kind == "xyChart" || y >= below,
        "{heading} of {name} lies on another"
    );
    let field = format!("{x} {y} {heading}");
    let mut said = vec![format!("{kind} {width}x{height}")];
    match kind {
        "incidentList" | "collapsibleGroup" => assert!(shown.as_mapping().unwrap().is_empty()),
        "xyChart" => {
            assert!(y + height <= below, "{heading} of {name} lies in no group");
            let [set] = shown["dataSets"].as_sequence().unwrap().as_slice() else {
                panic!("{heading} of {name} shows several");
            };
            assert_eq!(text_of(&set["plotType"]), "LINE");
            let query = &set["timeSeriesQuery"];
            cloud.set(
                KIND,
                name,
                &format!("{field}/query"),
                vec![text_of(&query["prometheusQuery"])],
            );
            said.push(text_of(&query["unitOverride"]));
            if let Some(limits) = shown.get("thresholds") {
                let [limit] = limits.as_sequence().unwrap().as_slice() else {
                    panic!("{heading} of {name} has several limits");
                };
                let value = limit["value"].as_f64().unwrap();
                let limit = vec![text_of(&limit["label"]), value.to_string()];
                cloud.set(KIND, name, &format!("{field}/limit"), limit);
            }
        }
        other => panic!("{other} of {name} is not read back"),
    }
    cloud.set(KIND, name, &field, said);
    y + height
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
