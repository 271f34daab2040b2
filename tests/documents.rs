//! The documents of every blueprint say what is so: paths exist, addresses stand in the files that they are said to stand
//! in, tables are whole, policies parse.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ravelin::plan::model::Principal;
use ravelin::source::Source;
use ravelin::tree::Tree;
use ravelin::{Expansion, expand};

/// Every blueprint with its name.
fn expansions() -> Vec<(String, Expansion)> {
    let mut found = Vec::new();
    for entry in fs::read_dir("blueprints").unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let name = path.display().to_string();
            let source = Source::new(name.clone(), fs::read_to_string(&path).unwrap());
            let beside = |file: &str| fs::read_to_string(Path::new("blueprints").join(file)).ok();
            let expansion = expand(&source, &beside);
            assert!(!expansion.has_errors(), "{name} does not expand");
            found.push((name, expansion));
        }
    }
    assert!(!found.is_empty(), "no blueprints");
    found
}

/// What stands between two marks, each time.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    let after = text.split(open).skip(1);
    after.filter_map(|rest| rest.split(close).next()).collect()
}

/// What is wrong with the evidence of a README: a file that is missing, an address that is not in its file.
fn wrong_evidence(readme: &str, tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for line in readme.lines() {
        for piece in line.split("](terraform/").skip(1) {
            let (path, rest) = piece.split_once(')').unwrap();
            let path = format!("terraform/{path}");
            let Some(file) = tree.get(&path) else {
                wrong.push(format!("{path} is missing"));
                continue;
            };
            let addresses = between(rest, "`google_", "`");
            if addresses.is_empty() {
                wrong.push(format!("{path} is named without a resource"));
            }
            for address in addresses {
                let (kind, name) = address.split_once('.').unwrap();
                let block = format!("resource \"google_{kind}\" \"{name}\" {{");
                if !file.text.contains(&block) {
                    wrong.push(format!("{path} holds no {block}"));
                }
            }
        }
    }
    wrong
}

#[test]
fn evidence_is_where_the_readme_says() {
    let mut seen = 0;
    for (name, expansion) in expansions() {
        let tree = expansion.tree();
        let readme = &tree.get("README.md").unwrap().text;
        assert_eq!(
            wrong_evidence(readme, &tree),
            Vec::<String>::new(),
            "{name}"
        );
        seen += readme.matches("](terraform/").count();
    }
    assert!(seen > 10, "the checklists name {seen} files");
}

#[test]
fn evidence_that_is_not_there_is_found() {
    let (_, expansion) = expansions().remove(0);
    let tree = expansion.tree();
    let readme = "| x | yes | [`a.tf`](terraform/prod/services/a.tf) `google_x.y` |";
    assert_eq!(wrong_evidence(readme, &tree).len(), 1);
    let (path, _) = tree
        .iter()
        .find(|(path, _)| path.as_str().starts_with("terraform/"))
        .unwrap();
    let readme = format!("| x | yes | [`a`]({path}) `google_x.y` |");
    assert_eq!(wrong_evidence(&readme, &tree).len(), 1);
}

/// The relative links of a document in a folder, as paths of the tree.
fn links(document: &str, folder: &str) -> Vec<String> {
    between(document, "](", ")")
        .into_iter()
        .filter(|link| !link.starts_with('#') && !link.contains("://"))
        .map(|link| format!("{folder}{link}"))
        .collect()
}

fn is_markdown(path: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|extension| extension == "md")
}

/// Whether something of the tree has this path, or stands below it.
fn there(tree: &Tree, path: &str) -> bool {
    let below = format!("{path}/");
    tree.iter()
        .any(|(other, _)| other.as_str() == path || other.as_str().starts_with(&below))
}

#[test]
fn links_lead_somewhere() {
    for (name, expansion) in expansions() {
        let tree = expansion.tree();
        for (path, file) in tree.iter().filter(|(path, _)| is_markdown(path.as_str())) {
            let folder = path
                .as_str()
                .rsplit_once('/')
                .map_or(String::new(), |(folder, _)| format!("{folder}/"));
            for link in links(&file.text, &folder) {
                assert!(there(&tree, &link), "{name}: {path} links to {link}");
            }
            let headings: BTreeSet<String> = file
                .text
                .lines()
                .filter(|line| line.starts_with('#'))
                .map(|line| {
                    line.trim_start_matches(['#', ' '])
                        .to_lowercase()
                        .replace(' ', "-")
                })
                .collect();
            for anchor in between(&file.text, "](#", ")") {
                assert!(
                    headings.contains(anchor),
                    "{name}: {path} links to #{anchor}"
                );
            }
        }
    }
}

/// The cells of a row: `|` that is not escaped parts them.
fn cells(row: &str) -> usize {
    row.replace("\\|", "").matches('|').count()
}

#[test]
fn tables_are_whole_and_blocks_are_closed() {
    for (name, expansion) in expansions() {
        let tree = expansion.tree();
        for (path, file) in tree.iter().filter(|(path, _)| is_markdown(path.as_str())) {
            let lines: Vec<&str> = file.text.lines().collect();
            for pair in lines
                .windows(2)
                .filter(|pair| pair.iter().all(|line| line.starts_with('|')))
            {
                assert_eq!(cells(pair[0]), cells(pair[1]), "{name}: {path}: {pair:?}");
            }
            for pair in lines
                .windows(2)
                .filter(|pair| pair[1].starts_with('#') && !pair[1].starts_with("# "))
            {
                assert!(
                    pair[0].is_empty(),
                    "{name}: {path}: no empty line before {}",
                    pair[1]
                );
            }
            let fences = lines
                .iter()
                .filter(|line| line.trim_start().starts_with("```"))
                .count();
            assert_eq!(fences % 2, 0, "{name}: {path}: a block is open");
            assert!(
                !file.text.contains("\n\n\n"),
                "{name}: {path}: two empty lines"
            );
            assert!(file.text.ends_with('\n') && !file.text.ends_with("\n\n"));
        }
    }
}

#[test]
fn commands_name_what_is_there() {
    for (name, expansion) in expansions() {
        let tree = expansion.tree();
        let readme = &tree.get("README.md").unwrap().text;
        let mut seen = 0;
        for folder in ["gcloud", "terraform"] {
            for rest in readme.split(&format!("{folder}/$env/")).skip(1) {
                let end = rest.find([' ', '\n']).unwrap();
                let there = expansion.plans.iter().any(|plan| {
                    there(
                        &tree,
                        &format!("{folder}/{}/{}", plan.environment, &rest[..end]),
                    )
                });
                assert!(there, "{name}: {folder}/$env/{}", &rest[..end]);
                seen += 1;
            }
        }
        assert!(seen > 5, "{name}: {seen} commands");
        // The table of files: `folder/<environment>/first, second`.
        for row in readme
            .lines()
            .filter(|line| line.contains("/<environment>/") && line.starts_with("| `"))
        {
            let paths = between(row, "| `", "`")[0];
            let Some((folder, files)) = paths.split_once("/<environment>/") else {
                continue;
            };
            for file in files.split(", ") {
                let file = file.trim_end_matches('/');
                let there = expansion
                    .plans
                    .iter()
                    .any(|plan| there(&tree, &format!("{folder}/{}/{file}", plan.environment)));
                assert!(there, "{name}: {folder}/<environment>/{file}");
            }
        }
    }
}

/// What is wrong with a picture: a line that is no node, group or arrow, a label that is not whole, an arrow from or to
/// nothing.
fn wrong_picture(picture: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut nodes = BTreeSet::new();
    let mut depth = 0;
    let id = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    // A label in quotes holds none of its own, and no `#` but of an entity.
    let label = |text: &str| {
        let inner = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        inner.is_some_and(|inner| {
            let entities = inner.split('#').skip(1);
            !inner.contains('"') && { entities }.all(|rest| {
                rest.split(';')
                    .next()
                    .is_some_and(|code| code.parse::<u32>().is_ok())
            })
        })
    };
    let brackets = [
        ("([", "])"),
        ("{{", "}}"),
        ("[(", ")]"),
        ("[[", "]]"),
        ("[/", "/]"),
        ("[/", "\\]"),
        ("[\\", "\\]"),
        ("[", "]"),
    ];
    let mut lines = picture.lines();
    if lines.next() != Some("flowchart TB") {
        wrong.push("it does not start as a flowchart".to_owned());
    }
    for line in lines.map(str::trim) {
        if line == "end" {
            depth -= 1;
        } else if let Some(group) = line.strip_prefix("subgraph ") {
            depth += 1;
            let (name, rest) = group.split_once(" [").unwrap_or((group, ""));
            if !id(name) || !rest.strip_suffix(']').is_some_and(label) {
                wrong.push(format!("no group: {line}"));
            }
        } else if let Some((from, rest)) = line.split_once(" -->") {
            let (text, to) = match rest.strip_prefix('|') {
                Some(rest) => rest.rsplit_once("| ").unwrap_or(("", rest)),
                None => ("\"\"", rest.trim_start()),
            };
            if !label(text) || ![from, to].iter().all(|end| nodes.contains(*end)) {
                wrong.push(format!("no arrow: {line}"));
            }
        } else {
            let end = line
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .unwrap_or(line.len());
            let (name, shape) = line.split_at(end);
            let whole = brackets.iter().any(|(open, close)| {
                let inner = shape
                    .strip_prefix(open)
                    .and_then(|shape| shape.strip_suffix(close));
                inner.is_some_and(label)
            });
            if !id(name) || !whole || !nodes.insert(name) {
                wrong.push(format!("no node: {line}"));
            }
        }
    }
    if depth != 0 {
        wrong.push("a group is open".to_owned());
    }
    wrong
}

#[test]
fn pictures_are_whole() {
    for (name, expansion) in expansions() {
        let readme = expansion.tree().get("README.md").unwrap().text.clone();
        let pictures = between(&readme, "```mermaid\n", "```");
        assert!(!pictures.is_empty(), "{name} has no picture");
        for picture in pictures {
            assert_eq!(wrong_picture(picture), Vec::<String>::new(), "{name}");
        }
    }
}

#[test]
fn a_broken_picture_is_found() {
    for broken in [
        "graph",
        "flowchart TB\n  a[\"x\"y\"]",
        "flowchart TB\n  a[\"x\"]\n  a --> b",
        "flowchart TB\n  a[\"#x\"]",
        "flowchart TB\n  a[x]",
        "flowchart TB\n  subgraph g [\"x\"]",
    ] {
        assert!(!wrong_picture(broken).is_empty(), "{broken}");
    }
}

#[test]
fn policy_files_hold_the_policies_of_the_plan() {
    for (name, expansion) in expansions() {
        let tree = expansion.tree();
        for plan in &expansion.plans {
            let services = plan
                .services
                .iter()
                .map(|service| ("services", &service.name, &service.policy));
            let jobs = plan.jobs.iter().map(|job| ("jobs", &job.name, &job.policy));
            for (kind, element, policy) in services.chain(jobs) {
                let path = format!("iam/{}/{kind}/{element}.yaml", plan.environment);
                let text = &tree.get(&path).unwrap().text;
                let file: serde_norway::Value = serde_norway::from_str(text).unwrap();
                let mut found = BTreeSet::new();
                for binding in file["bindings"].as_sequence().unwrap() {
                    for member in binding["members"].as_sequence().unwrap() {
                        let role = binding["role"].as_str().unwrap().to_owned();
                        found.insert((role, member.as_str().unwrap().to_owned()));
                    }
                }
                let wanted: BTreeSet<(String, String)> = policy
                    .iter()
                    .flat_map(|binding| {
                        let role = &binding.role;
                        binding
                            .members
                            .iter()
                            .map(move |member| (role.clone(), member.member().to_string()))
                    })
                    .collect();
                assert_eq!(found, wanted, "{name}: {path}");
            }
        }
    }
}

#[test]
fn bindings_hold_every_grant_of_the_plan() {
    for (name, expansion) in expansions() {
        let tree = expansion.tree();
        for plan in &expansion.plans {
            let path = format!("iam/{}/bindings.json", plan.environment);
            let text = &tree.get(&path).unwrap().text;
            let file: serde_json::Value = serde_json::from_str(text).unwrap();
            let found: Vec<(String, String, String)> = file["bindings"]
                .as_array()
                .unwrap()
                .iter()
                .map(|entry| {
                    let of = |key: &str| entry[key].as_str().unwrap().to_owned();
                    assert!(
                        !entry["causes"].as_array().unwrap().is_empty(),
                        "{name}: {entry}"
                    );
                    (of("resource"), of("role"), of("member"))
                })
                .collect();
            let wanted: Vec<(String, String, String)> = plan
                .grants
                .iter()
                .map(|grant| {
                    (
                        grant.on.full_name(),
                        grant.role.clone(),
                        grant.to.member().to_string(),
                    )
                })
                .collect();
            assert_eq!(found, wanted, "{name}: {path}");
        }
    }
}

#[test]
fn access_tells_every_grant() {
    for (name, expansion) in expansions() {
        let tree = expansion.tree();
        for plan in &expansion.plans {
            let path = format!("iam/{}/ACCESS.md", plan.environment);
            let text = &tree.get(&path).unwrap().text;
            let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
            for grant in &plan.grants {
                let who = match &grant.to {
                    Principal::Account { id, .. } => id.clone(),
                    Principal::Agent { service, .. } => service.clone(),
                    Principal::Named(member) => member.to_string(),
                    Principal::Federated { attribute, .. } => attribute.clone(),
                };
                let told = rows.iter().any(|row| {
                    let holds = |word: &String| row.contains(word.as_str());
                    holds(&who) && holds(&grant.role) && grant.causes.iter().all(holds)
                });
                assert!(told, "{name}: {path} does not tell {grant:?}");
            }
        }
    }
}
