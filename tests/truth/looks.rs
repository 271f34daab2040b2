//! What `verify.sh` looks at, from what stands behind its functions: each fact with what is promised, the policies in which it looks for
//! grants, what it calls whom, and what is there beside what was asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use ravelin::plan::model::{CiOwns, Plan};
use ravelin::tree::Tree;

use crate::cloud::{Grant, Place};
use crate::readers::call::{Call, in_sql};
use crate::readers::shell::{Command, commands};
use crate::seen::Seen;

/// What stands behind the functions.
#[derive(Default)]
struct Looks {
    /// Members and what facts call them.
    shorts: BTreeMap<String, String>,
    /// What roles are granted under: role, title, expression.
    conditions: BTreeSet<(String, String, String)>,
    /// The resources in whose policies it looks for grants, and what facts call them.
    places: BTreeMap<String, String>,
    /// Those whose policies it reads ahead.
    ahead: BTreeSet<String>,
    /// What is promised, and the reader with its words, by the fact's key.
    facts: BTreeMap<String, (String, Vec<String>)>,
    /// What must have its latest revision: table and name.
    ready: BTreeSet<(String, String)>,
}

/// What `verify.sh` overlooks; nothing where it looks at all of it.
pub fn overlooked(plan: &Plan, tree: &Tree, seen: &Seen) -> String {
    let place = &seen.place;
    let path = |name: &str| format!("gcloud/{}/{name}", place.environment);
    let script = &tree.get(&path("verify.sh")).unwrap().text;
    let (functions, rest) = script.rsplit_once("\n}\n").unwrap();
    let begins = [
        ". \"$(dirname \"${BASH_SOURCE[0]}\")/lib.sh\" || exit 2",
        &format!("environment={}", place.environment),
    ];
    for line in begins {
        assert!(functions.lines().any(|one| one == line), "no `{line}`");
    }
    let commands = commands(rest);
    whole(&commands);
    let looks = Looks::of(place, &commands);
    let library = &tree.get(&path("lib.sh")).unwrap().text;
    let defined = |name: &str| {
        let begins = format!("{name}() {{");
        let mut lines = library.lines().chain(script.lines());
        lines.any(|line| line.starts_with(&begins))
    };
    let mut out = String::new();
    let readers = looks.facts.values().map(|(_, reader)| &reader[0]);
    let own = commands.iter().map(|command| &command.words[0]);
    let own = own.filter(|word| !word.starts_with("value_"));
    for name in readers.chain(own).collect::<BTreeSet<_>>() {
        if !defined(name) {
            writeln!(out, "verify.sh has no {name}").unwrap();
        }
    }
    let grants: BTreeSet<&Grant> = seen
        .scripts
        .grants
        .iter()
        .chain(&seen.policies.elsewhere)
        .collect();
    out += &looks.facts(plan, script);
    out += &looks.grants(place, &grants);
    out += &looks.beside(plan, seen, &grants);
    out
}

/// Stops where the lines are not in the order in which they work.
fn whole(commands: &[Command]) {
    let at = |word: &str| commands.iter().position(|one| one.words[0] == word);
    let last = commands.last().unwrap();
    assert_eq!(last.words, ["report"], "verify.sh tells nothing");
    let read = at("read_ahead").expect("verify.sh waits for what it never reads");
    let ahead = |word: &str| word.ends_with("_ahead") && word != "read_ahead";
    let late = commands[read..].iter().find(|one| ahead(&one.words[0]));
    assert!(late.is_none(), "{late:?} is not read ahead");
    let inherited = commands
        .iter()
        .find(|one| one.words[0] == "inherited")
        .expect("verify.sh tells no role on the project");
    for role in ["roles/owner", "roles/editor"] {
        let told = inherited.words.iter().any(|word| word == role);
        assert!(told, "verify.sh does not tell who has {role}");
    }
    let mut known = BTreeSet::from(["project".to_owned(), "region".to_owned()]);
    for command in commands {
        match command.words[0].split_once("=$(") {
            Some((variable, _)) => {
                known.insert(variable.to_owned());
            }
            None if command.words[0] == "look_up_number" => {
                known.insert("project_number".to_owned());
            }
            None => {
                let parts = command
                    .words
                    .iter()
                    .flat_map(|word| word.split('⟨').skip(1));
                for variable in parts.map(|part| part.split('⟩').next().unwrap()) {
                    assert!(known.contains(variable), "nothing says ${variable}");
                }
            }
        }
    }
}

/// The resource whose policy a command reads.
fn policy(place: &Place, words: &[String]) -> String {
    match words[0].as_str() {
        "sql" => in_sql(&words[1], &words[2]),
        _ => Call::new(place, &words[1..]).resource(),
    }
}

/// A list as a fact says it.
fn joined(items: &BTreeSet<String>, empty: &str) -> String {
    if items.is_empty() {
        return empty.to_owned();
    }
    items.iter().cloned().collect::<Vec<_>>().join(", ")
}

impl Looks {
    fn of(place: &Place, commands: &[Command]) -> Self {
        let mut looks = Self::default();
        for Command { words, .. } in commands {
            match words[0].as_str() {
                "calls" => {
                    looks.shorts.insert(words[2].clone(), words[1].clone());
                }
                "under" => {
                    let [_, role, title, expression] = words.clone().try_into().unwrap();
                    looks.conditions.insert((role, title, expression));
                }
                "granted" => {
                    let on = policy(place, &words[2..]);
                    looks.places.insert(on, words[1].clone());
                }
                "policy_ahead" => {
                    looks.ahead.insert(policy(place, &words[1..]));
                }
                "fact" => {
                    let fact = (words[2].clone(), words[3..].to_vec());
                    let twice = looks.facts.insert(words[1].clone(), fact);
                    assert!(twice.is_none(), "{} is there twice", words[1]);
                }
                "latest_is_ready" => {
                    let table = words.get(3).map_or("services", String::as_str);
                    looks.ready.insert((table.to_owned(), words[1].clone()));
                }
                _ => {}
            }
        }
        looks
    }

    /// What is promised in another way than the plan has it, or not at all.
    fn facts(&self, plan: &Plan, script: &str) -> String {
        let mut out = String::new();
        let said: BTreeSet<&str> = script
            .lines()
            .filter_map(|line| line.strip_prefix("# ")?.split(": ").next())
            .collect();
        for fact in &plan.facts {
            let key = fact.key();
            match self.facts.get(&key) {
                Some((promised, _)) if *promised == fact.value => {}
                None if said.contains(key.as_str()) => {}
                other => writeln!(out, "verify.sh: {key} is {:?}: {other:?}", fact.value).unwrap(),
            }
        }
        out
    }

    /// What a member is called.
    fn short(&self, member: &str) -> String {
        self.shorts
            .get(member)
            .map_or(member, |short| short)
            .to_owned()
    }

    /// Grants that it would not find, or call otherwise than the facts do.
    fn grants(&self, place: &Place, grants: &BTreeSet<&Grant>) -> String {
        let mut out = String::new();
        let project = &place.project;
        let project = format!("//cloudresourcemanager.googleapis.com/projects/{project}");
        let mut on: BTreeSet<&String> = grants.iter().map(|grant| &grant.on).collect();
        on.insert(&project);
        let looked: BTreeSet<&String> = self.places.keys().collect();
        for one in on.symmetric_difference(&looked) {
            writeln!(out, "verify.sh looks for grants elsewhere than on {one}").unwrap();
        }
        let ahead: BTreeSet<&String> = self.ahead.iter().collect();
        for one in on.symmetric_difference(&ahead) {
            writeln!(out, "verify.sh reads ahead otherwise than of {one}").unwrap();
        }
        let conditions = grants.iter().filter_map(|grant| {
            let (title, expression) = grant.condition.clone()?;
            Some((grant.role.clone(), title, expression))
        });
        let conditions: BTreeSet<_> = conditions.collect();
        for one in conditions.symmetric_difference(&self.conditions) {
            writeln!(out, "verify.sh takes another condition than {one:?}").unwrap();
        }
        for (key, (promised, reader)) in &self.facts {
            let found = match reader[0].as_str() {
                "holders" => {
                    let on = policy(place, &reader[3..]);
                    let holders = grants
                        .iter()
                        .filter(|grant| grant.on == on && grant.role == reader[1]);
                    joined(
                        &holders.map(|grant| self.short(&grant.to)).collect(),
                        &reader[2],
                    )
                }
                "grants_of" => {
                    let own = grants.iter().filter(|grant| grant.to == reader[1]);
                    let own = own.map(|grant| {
                        let role = grant.role.strip_prefix("roles/").unwrap_or(&grant.role);
                        let what = self.places.get(&grant.on).map_or("", |what| what);
                        let under = grant.condition.as_ref();
                        let under = under.map(|(title, _)| format!(" if {title}"));
                        format!("{role} on {what}{}", under.unwrap_or_default())
                    });
                    joined(&own.collect(), "none")
                }
                _ => continue,
            };
            if found != *promised {
                writeln!(
                    out,
                    "verify.sh: {key} is {promised:?}, and would be {found:?}"
                )
                .unwrap();
            }
        }
        out
    }

    /// What it does not find although nobody asked for it, and what is no fact of the plan.
    fn beside(&self, plan: &Plan, seen: &Seen, grants: &BTreeSet<&Grant>) -> String {
        let (cloud, project) = (&seen.terraform, &seen.place.project);
        let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut none = |key: String, reader: Vec<&str>, more: Vec<&str>| {
            let mut more = more;
            more.sort_unstable();
            let words = reader.into_iter().chain(more).map(str::to_owned);
            let words = ["none".to_owned()].into_iter().chain(words).collect();
            expected.insert(key, words);
        };
        let prefix = format!("{}-", plan.project.name);
        for (waf, _) in cloud.all("compute security-policies") {
            let element = waf.strip_prefix(&prefix);
            let element = element.map_or("waf".to_owned(), |own| format!("waf.{own}"));
            let own = format!("{waf} ");
            let rules = cloud.all("compute security-policies rules");
            let rules = rules.filter_map(|(rule, _)| rule.strip_prefix(&own));
            none(
                format!("{element}.other_rules"),
                vec!["strays", waf],
                rules.collect(),
            );
        }
        for (proxy, settings) in cloud.all("compute target-https-proxies") {
            let region = settings.get("region");
            let element = region.map_or("load_balancer", |_| "internal_load_balancer");
            let backends = cloud.all("compute backend-services");
            let backends = backends.filter(|(_, backend)| backend.get("region") == region);
            none(
                format!("{element}.other_backends"),
                vec!["other_backends", proxy],
                backends.map(|(name, _)| name).collect(),
            );
        }
        let mut ready = BTreeSet::new();
        for (kind, table) in [
            ("run services", "services"),
            ("run jobs", "jobs"),
            ("run worker-pools", "workers"),
        ] {
            for (name, settings) in cloud.all(kind) {
                let region = &settings["region"][0];
                let on = format!(
                    "//run.googleapis.com/projects/{project}/locations/{region}/{table}/{name}"
                );
                let roles = grants.iter().filter(|grant| grant.on == on);
                let roles: BTreeSet<&str> = roles.map(|grant| grant.role.as_str()).collect();
                if table != "workers" {
                    none(
                        format!("{table}.{name}.other_roles"),
                        vec!["other_roles", table, name],
                        roles.into_iter().collect(),
                    );
                }
                if table != "jobs" {
                    ready.insert((table.to_owned(), name.to_owned()));
                }
            }
        }
        let mut out = String::new();
        if ready != self.ready {
            writeln!(out, "verify.sh: {:?} is ready, not {ready:?}", self.ready).unwrap();
        }
        let owned = plan.services.iter();
        let owned = owned.filter(|one| one.ci_owns.contains(&CiOwns::Template));
        let owned: BTreeSet<&str> = owned.map(|one| one.name.as_str()).collect();
        for (kind, word, field, named) in [
            (
                "run services",
                "run",
                "max-instances",
                "services.NAME.max_instances",
            ),
            (
                "run worker-pools",
                "run worker-pools",
                "scaling",
                "workers.NAME.instances",
            ),
        ] {
            for (name, settings) in cloud.all(kind).filter(|(name, _)| !owned.contains(name)) {
                let flag = format!("--{field}");
                let reader = ["setting", word, name, &flag, "none"].map(str::to_owned);
                let words = settings[field].iter().cloned().chain(reader);
                expected.insert(named.replace("NAME", name), words.collect());
            }
        }
        for (key, words) in &expected {
            let found = self.facts.get(key).map(|(promised, reader)| {
                let fixed = if reader[0] == "setting" {
                    reader.len()
                } else {
                    2 + usize::from(reader[0] == "other_roles")
                };
                let mut reader = reader.clone();
                reader[fixed..].sort_unstable();
                [vec![promised.clone()], reader].concat()
            });
            if found.as_ref() != Some(words) {
                writeln!(
                    out,
                    "verify.sh: {key} is read by {found:?}, not by {words:?}"
                )
                .unwrap();
            }
        }
        out
    }
}
