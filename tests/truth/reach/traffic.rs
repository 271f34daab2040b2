//! Which revisions answer: those that are declared, and no other under an address of its own.

use toml::Table;

use super::Broken::WhatIsWrittenAnswers;
use super::Model;
use crate::cloud::many;

impl Model<'_> {
    pub(super) fn traffic(&mut self) {
        let declared = self.declared;
        for (name, service) in self.cloud.all("run services") {
            let mut elements = declared.elements();
            let element = elements.find(|one| (one.kind, one.name) == ("services", name));
            let Some(element) = element.filter(|one| !one.owns("traffic")) else {
                continue;
            };
            let empty = Table::new();
            let table = |key| element.table(key).unwrap_or(&empty).iter();
            let mut shares: Vec<String> = table("traffic")
                .map(|(to, percent)| format!("{to} {percent}%"))
                .collect();
            if shares.is_empty() {
                shares.push("latest 100%".to_owned());
            }
            let mut tags: Vec<String> = table("tags")
                .map(|(tag, to)| format!("{tag} is {}", to.as_str().unwrap()))
                .collect();
            shares.sort();
            tags.sort();
            let holds = many(service, "traffic") == shares && many(service, "tags") == tags;
            self.must(holds, WhatIsWrittenAnswers, format!("{name}: {service:?}"));
        }
    }
}
