//! Each rule has a text in `rules/CODE.md`. Its `wrong` fragment, completed to a blueprint, breaks that rule and no other,
//! and is reported as `tests/rules/CODE.txt` says; its `right` fragment, completed alike, has no finding. A rule about
//! changes has a `before` fragment too: what was generated last.
//! `RAVELIN_REWRITE=1` writes the reports anew.
//!
//! A fragment is completed by the paragraphs of `tests/rules/base.toml`. A paragraph is left out where the fragment has its
//! table, or the one above it, and where [`WITHOUT`] says so. What a fragment cannot say in a few lines it abbreviates:
//! - `"x-{1..3}"` in a list stands for `"x-1", "x-2", "x-3"`, and so do other items with such a span;
//! - `"{40 letters}"` stands for a text of so many letters.
//!
//! Beside the blueprint lie the files of `tests/rules/files/`, and `large.json` of 70,000 bytes. The day is [`TODAY`].
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use ravelin::Expansion;
use ravelin::diag::{Rule, report};
use ravelin::plan::{Date, posture};
use ravelin::rules;
use ravelin::source::Source;

/// The day on which exceptions are measured: exceptions that hold end in 2027.
const TODAY: &str = "2026-07-01";

/// Tables of the base that an example must not have.
const WITHOUT: &[(&Rule, &[&str])] = &[
    (rules::LOAD_BALANCER_UNUSED, &["services.front", "waf"]),
    (rules::NETWORK_UNUSED, &["services.front", "waf"]),
    (rules::NOTHING_RUNS, &["services.front", "waf"]),
    (rules::STATE_IS_LOCAL, &["state"]),
    (rules::WAF_UNUSED, &["services.front", "waf"]),
];

/// The elements of the examples of rules that can be waived, where an exception from the rule has to stand.
const WAIVED_AT: &[(&Rule, &str)] = &[
    (rules::PASSWORD_LOGIN, "databases.main"),
    (rules::ALL_INGRESS, "services.api"),
    (rules::ANONYMOUS_ACCESS, "services.web"),
    (rules::KEY_MANAGED_BY_PROGRAM, "services.signer"),
    (rules::WAF_TRUST, "waf"),
    (rules::WAF_WITHOUT_RULES, "waf"),
    (rules::AUDIT_LOGS_OFF, "governance"),
];

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The table that a line opens.
fn table(line: &str) -> Option<&str> {
    if line.starts_with("schema = ") {
        return Some("schema");
    }
    line.strip_prefix('[')?.strip_suffix(']')
}

/// A fragment, completed to a blueprint.
fn completed(rule: &Rule, fragment: &str) -> String {
    let fragment = written_out(fragment);
    let tables: Vec<&str> = fragment.lines().filter_map(table).collect();
    let without = WITHOUT.iter().find(|(of, _)| of.code == rule.code);
    let without = without.map_or(&[] as &[&str], |(_, tables)| tables);
    let stands = |name: &str| {
        let above = |table: &&str| {
            name.strip_prefix(table)
                .is_some_and(|rest| rest.starts_with('.'))
        };
        tables.contains(&name) || without.contains(&name) || tables.iter().any(above)
    };
    let base = fs::read_to_string(folder("tests/rules/base.toml")).unwrap();
    let mut blueprint = String::new();
    for paragraph in base.split("\n\n") {
        let name = paragraph.lines().find_map(table).unwrap();
        if name == "schema" {
            // It has to stand before every table, and the fragment comes right after it.
            if !stands(name) {
                let _ = writeln!(blueprint, "{paragraph}\n");
            }
            let _ = writeln!(blueprint, "{}", fragment.trim_end());
        } else if !stands(name) {
            let _ = write!(blueprint, "\n{}\n", paragraph.trim_end());
        }
    }
    blueprint
}

/// A fragment without abbreviations.
fn written_out(fragment: &str) -> String {
    let mut text = String::new();
    for line in fragment.lines() {
        let line = match line.split_once("= [") {
            Some((before, rest)) if rest.contains("..") && rest.contains('{') => {
                let items = rest.strip_suffix(']').unwrap();
                let items: Vec<String> = items.split(", \"").flat_map(spanned).collect();
                format!("{before}= [{}]", items.join(", "))
            }
            _ => line.to_owned(),
        };
        let line = match (line.split_once("\"{"), line.split_once(" letters}\"")) {
            (Some((before, _)), Some((head, after))) => {
                let count = head.rsplit('{').next().unwrap().parse().unwrap();
                format!("{before}\"{}\"{after}", "x".repeat(count))
            }
            _ => line,
        };
        let _ = writeln!(text, "{line}");
    }
    text
}

/// The items that an item with `{1..3}` stands for.
fn spanned(item: &str) -> Vec<String> {
    // The list was split before a quote.
    let item = if item.starts_with(['"', '{']) {
        item.to_owned()
    } else {
        format!("\"{item}")
    };
    let span = item.split('{').find_map(|part| {
        let (first, last) = part.split_once('}')?.0.split_once("..")?;
        Some((first.parse::<u32>().ok()?, last.parse::<u32>().ok()?))
    });
    let Some((first, last)) = span else {
        return vec![item];
    };
    let mark = format!("{{{first}..{last}}}");
    (first..=last)
        .map(|number| item.replace(&mark, &number.to_string()))
        .collect()
}

/// What stands beside a blueprint.
fn beside(path: &str) -> Option<String> {
    if path == "large.json" {
        return Some("x".repeat(70_000));
    }
    fs::read_to_string(folder("tests/rules/files").join(path)).ok()
}

fn checked(rule: &Rule, blueprint: &str) -> (Expansion, Source) {
    let source = Source::new(format!("{}.toml", rule.code), blueprint);
    let today: Date = TODAY.parse().unwrap();
    let mut expansion = ravelin::check(&source, &beside, today);
    let before = rule.explained().before;
    if !before.is_empty() {
        let before = Source::new("before.toml", completed(rule, before));
        let before = posture(&ravelin::expand(&before, &beside).plans);
        let after = posture(&expansion.plans);
        assert!(!before.is_empty() && !after.is_empty(), "{}", rule.code);
        let changed = ravelin::changed(&source, &before, &after, &[]);
        expansion.diagnostics.extend(changed);
    }
    (expansion, source)
}

fn codes(expansion: &Expansion) -> Vec<&str> {
    let found = expansion.diagnostics.iter();
    found.map(|diagnostic| diagnostic.rule.code).collect()
}

/// The files of a folder with an ending, without it.
fn stems(path: &str, ending: &str) -> BTreeSet<String> {
    fs::read_dir(folder(path))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(ending).map(str::to_owned))
        .collect()
}

#[test]
fn each_rule_is_broken_by_its_wrong_example_alone() {
    let rewrite = std::env::var_os("RAVELIN_REWRITE").is_some();
    let mut wrong = Vec::new();
    for rule in rules::ALL {
        let blueprint = completed(rule, rule.explained().wrong);
        let (expansion, source) = checked(rule, &blueprint);
        let found = report(&expansion.diagnostics, &source, false);
        if codes(&expansion) != [rule.code] {
            wrong.push(format!("{} is reported as\n{found}", rule.code));
            continue;
        }
        let golden = folder("tests/rules").join(format!("{}.txt", rule.code));
        if rewrite {
            fs::write(&golden, &found).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != found {
            wrong.push(format!("{} is reported as\n{found}", rule.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_right_example_has_no_finding() {
    let mut wrong = Vec::new();
    for rule in rules::ALL {
        let blueprint = completed(rule, rule.explained().right);
        let (expansion, source) = checked(rule, &blueprint);
        if !expansion.diagnostics.is_empty() {
            let found = report(&expansion.diagnostics, &source, false);
            wrong.push(format!("{}, as it is right, has\n{found}", rule.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_exception_waives_what_can_be_waived() {
    let listed: Vec<&str> = WAIVED_AT.iter().map(|(rule, _)| rule.code).collect();
    let mut waivable: Vec<&str> = rules::waivable().map(|rule| rule.code).collect();
    waivable.sort_by_key(|code| listed.iter().position(|listed| listed == code));
    assert_eq!(listed, waivable, "each waivable rule says where");
    for (rule, element) in WAIVED_AT {
        let code = rule.code;
        let header = format!("[{element}]\n");
        let blueprint = completed(rule, rule.explained().wrong);
        assert!(
            blueprint.contains(&header),
            "the example of {code} has no {header}"
        );
        let exception = format!(
            "{header}exceptions = [{{ rule = \"{code}\", reason = \"it must be so\", owner = \"shop-team\", expires = 2027-12-31 }}]\n"
        );
        let waived = blueprint.replacen(&header, &exception, 1);
        let (expansion, source) = checked(rule, &waived);
        let found = report(&expansion.diagnostics, &source, false);
        assert!(found.is_empty(), "{code} is waived, and yet\n{found}");
        let exceptions: Vec<&str> = expansion
            .plans
            .iter()
            .flat_map(|plan| &plan.exceptions)
            .map(|exception| exception.rule.as_str())
            .collect();
        assert_eq!(exceptions, [code], "the plan knows what is opened");
    }
}

#[test]
fn each_text_has_its_rule_and_its_form() {
    let codes: BTreeSet<String> = rules::ALL.iter().map(|rule| rule.code.to_owned()).collect();
    assert_eq!(
        codes.len(),
        rules::ALL.len(),
        "a code is written twice in `src/rules.rs`"
    );
    let mut wrong = Vec::new();
    for (folder, ending) in [("rules", ".md"), ("tests/rules", ".txt")] {
        for stray in stems(folder, ending).difference(&codes) {
            wrong.push(format!("{folder}/{stray}{ending} belongs to no rule"));
        }
    }
    for rule in rules::ALL {
        let explanation = rule.explained();
        let mut error = |what: &str| wrong.push(format!("rules/{}.md: {what}", rule.code));
        if explanation.text() != rule.explanation {
            error("is not of the form that `src/diag/explanation.rs` gives");
        }
        if [explanation.what, explanation.why, explanation.source].contains(&"")
            || [explanation.wrong, explanation.right].contains(&"")
        {
            error("has an empty part");
        }
        if !is_fragment(explanation.what) || explanation.what.contains('\n') {
            error("`what` is one line in lower case without a full stop");
        }
        let sentences = explanation.why.replace('\n', " ");
        let count = sentences.matches(". ").count() + 1;
        if !sentences.ends_with('.') || count > 4 || !balanced(&sentences) {
            error("the reason is 1 to 4 whole sentences with backticks in pairs");
        }
        if explanation.why.lines().any(|line| line.len() > 120) {
            error("a line of the reason is longer than 120 characters");
        }
        let official = explanation.source.starts_with("https://cloud.google.com/");
        if !official && explanation.source != "docs/blueprint.md" {
            error("the source is a page of Google's, or the reference of the language");
        }
        if explanation.wrong == explanation.right {
            error("wrong and right are the same");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a text is one sentence as reports write it: it begins in lower case or with a name, and does not end in a stop.
fn is_fragment(text: &str) -> bool {
    let first = text.chars().next();
    let begins = first.is_some_and(|first| !first.is_uppercase());
    // A name may begin it: `Cloud Run …`, `CRS 4.22 …`, `TLS 1.3 …`.
    let named = [
        "Cloud ",
        "CRS ",
        "TLS ",
        "UK",
        "Terraform",
        "Google",
        "IAP ",
        "WAF ",
        "MySQL",
        "Identity-",
    ];
    let begins = begins || named.iter().any(|name| text.starts_with(name));
    begins && !text.ends_with(['.', '!']) && balanced(text)
}

/// Whether backticks come in pairs and nothing else is odd.
fn balanced(text: &str) -> bool {
    text.matches('`').count().is_multiple_of(2) && !text.contains('\t') && !text.contains("  ")
}

#[test]
fn all_reports_speak_with_one_voice() {
    let examples = rules::ALL.iter().map(|rule| {
        let blueprint = completed(rule, rule.explained().wrong);
        (rule.code.to_owned(), checked(rule, &blueprint).0)
    });
    let reports = stems("tests/reports", ".toml").into_iter().map(|name| {
        let path = folder("tests/reports").join(format!("{name}.toml"));
        let source = Source::new("ravelin.toml", fs::read_to_string(path).unwrap());
        (name, ravelin::expand(&source, &|_| None))
    });
    let mut wrong = Vec::new();
    for (name, expansion) in examples.chain(reports) {
        for diagnostic in &expansion.diagnostics {
            let labels = diagnostic.labels.iter().map(|label| label.text.as_str());
            let help = diagnostic.help.iter().map(|help| help.message.as_str());
            let texts = std::iter::once(diagnostic.message.as_str())
                .chain(labels)
                .chain(help)
                .chain(diagnostic.notes.iter().map(String::as_str));
            for text in texts.filter(|text| !text.is_empty()) {
                if !is_fragment(text) || text.contains(". ") {
                    wrong.push(format!("{name}: {text}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
