//! The perimeter: it holds the project, lets in and out what is declared, and the network leads to nothing past it.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::Broken::ThePerimeterHolds;
use super::Model;
use crate::cloud::{many, one};
use crate::declared::{strings, word};

fn is(table: &Table, key: &str) -> bool {
    table.get(key).and_then(Value::as_bool) == Some(true)
}

/// What every perimeter has to protect: where a program could put what it reads.
const CARRIERS: [&str; 5] = [
    "artifactregistry.googleapis.com",
    "bigquery.googleapis.com",
    "pubsub.googleapis.com",
    "run.googleapis.com",
    "storage.googleapis.com",
];

impl Model<'_> {
    pub(super) fn perimeter(&mut self) {
        let governance = self.declared.table("governance");
        let written = governance.get("perimeter").and_then(Value::as_table);
        self.leads_past(written);
        let own = written.filter(|one| !is(one, "existing"));
        let all: Vec<_> = self
            .cloud
            .all("access-context-manager perimeters")
            .collect();
        let (Some(written), [(name, perimeter)]) = (own, &all[..]) else {
            let says = format!("{} perimeters", all.len());
            self.must(own.is_none() && all.is_empty(), ThePerimeterHolds, says);
            return;
        };
        let policy = written["policy"].as_integer().unwrap();
        let starts = format!("accessPolicies/{policy}/servicePerimeters/");
        let leaves = is(written, "retire");
        let number = self.declared.number();
        let home = format!(
            "projects/{}",
            number.as_deref().unwrap_or("⟨project_number⟩")
        );
        let inside: &[String] = if leaves { &[] } else { &[home] };
        let mode = if leaves {
            "enforce"
        } else {
            word(written, "mode").unwrap()
        };
        let services: BTreeSet<&str> = many(perimeter, "services")
            .iter()
            .map(String::as_str)
            .collect();
        let holds = name.starts_with(&starts)
            && one(perimeter, "mode") == Some(mode)
            && many(perimeter, "inside") == inside
            && CARRIERS.iter().all(|one| services.contains(one))
            && many(perimeter, "network") == ["RESTRICTED-SERVICES"];
        let says = format!("{name} is another one: {perimeter:?}");
        self.must(holds, ThePerimeterHolds, says);
        let or = |texts: BTreeSet<String>, none: &str| {
            if texts.is_empty() {
                BTreeSet::from([none.to_owned()])
            } else {
                texts
            }
        };
        let (members, levels) = (
            strings(written.get("members")),
            strings(written.get("access_levels")),
        );
        let nobody = members.is_empty() && levels.is_empty();
        let (who, from) = (or(members, "anybody"), or(levels, "anywhere"));
        let each = who
            .iter()
            .flat_map(|who| from.iter().map(move |from| format!("{who} from {from}")));
        let wanted: Vec<String> = if nobody { Vec::new() } else { each.collect() };
        let lets_in = many(perimeter, "lets-in");
        let says = format!("{name} lets in {lets_in:?}");
        self.must(*lets_in == wanted, ThePerimeterHolds, says);
        let projects = written.get("projects").and_then(Value::as_table);
        let numbers = projects
            .into_iter()
            .flat_map(Table::values)
            .map(ToString::to_string);
        let numbers: BTreeSet<String> = numbers.collect();
        for out in many(perimeter, "lets-out") {
            let known = out.split_once(" of ").is_some_and(|(service, number)| {
                services.contains(service) && numbers.contains(number)
            });
            self.must(
                known,
                ThePerimeterHolds,
                format!("{name} lets out to {out}"),
            );
        }
    }

    /// Names of Google's lead where the perimeter is asked, and nothing leads elsewhere once it is enforced.
    fn leads_past(&mut self, written: Option<&Table>) {
        let held = written.filter(|one| !is(one, "retire"));
        let wanted = if held.is_some() { 4 } else { 8 };
        let addresses: BTreeSet<String> = (wanted..wanted + 4)
            .map(|last| format!("199.36.153.{last}"))
            .collect();
        let mut zones = BTreeSet::new();
        for (name, settings) in self.cloud.all("dns record-sets") {
            let Some((_, host)) = name.split_once(" A ") else {
                continue;
            };
            if !["googleapis.com.", "run.app."].contains(&host) {
                continue;
            }
            zones.insert(host);
            let found: BTreeSet<String> = many(settings, "rrdatas").iter().cloned().collect();
            let says = format!("{host} leads to {found:?}");
            self.must(found == addresses, ThePerimeterHolds, says);
        }
        let own = self.cloud.all("compute networks").next().is_some();
        let says = "Google's names lead to the internet".to_owned();
        self.must(
            held.is_none() || !own || zones.len() == 2,
            ThePerimeterHolds,
            says,
        );
        let mut vips = BTreeSet::from([wanted]);
        if written.is_some_and(|one| is(one, "retire") || word(one, "mode") == Some("dry-run")) {
            vips = BTreeSet::from([4, 8]);
        }
        let of_google = |range: &String| {
            let rest = range.strip_prefix("199.36.153.")?.strip_suffix("/30")?;
            rest.parse::<u8>().ok()
        };
        let rules = self.cloud.all("compute firewall-rules");
        let rules = rules.flat_map(|(_, one)| many(one, "destination-ranges"));
        let routes = self.cloud.all("compute routes");
        let routes = routes.flat_map(|(_, one)| many(one, "destination-range"));
        let ways: BTreeSet<u8> = rules.chain(routes).filter_map(of_google).collect();
        let says = format!("there are ways to {ways:?}");
        self.must(ways.is_subset(&vips), ThePerimeterHolds, says);
    }
}
