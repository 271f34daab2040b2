//! A difference for programs, for a workflow, and for a pull request.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::human::{shortened, summary};
use super::report::Report;
use crate::plan::{Direction, FactChange};

/// JSON: keys may be added to it; those that are there keep their meaning.
pub fn json(report: &Report) -> String {
    let files = report.files.iter().map(|file| {
        json!({
            "path": file.path,
            "change": file.word,
            "added": file.counts.added,
            "removed": file.counts.removed,
        })
    });
    let facts = report.facts.iter().map(|fact| {
        json!({
            "environment": fact.environment,
            "element": fact.element,
            "fact": fact.fact,
            "before": fact.before,
            "after": fact.after,
            "direction": fact.direction.word(),
            "new_exception": fact.is_new_exception(),
        })
    });
    let ending = report.ending.iter().map(|[environment, element, rule, owner, day]| {
        json!({ "environment": environment, "element": element, "rule": rule, "owner": owner, "ends": day })
    });
    let found = report.found.lines.iter();
    let found = found.map(|(code, message)| json!({ "code": code, "message": message }));
    let all = json!({
        "differs": report.differs(),
        "refused": report.refused,
        "wider": report.wider(),
        "warnings": found.collect::<Vec<Value>>(),
        "order": report.order,
        "files": files.collect::<Vec<Value>>(),
        "facts": facts.collect::<Vec<Value>>(),
        "exceptions_ending": ending.collect::<Vec<Value>>(),
    });
    format!("{all:#}\n")
}

/// Annotations: a file that differs is an error; a fact that gets wider, what a change does to what lives, and an exception
/// that ends are warnings.
pub fn github(report: &Report) -> String {
    let mut text = String::new();
    let mut say = |kind: &str, properties: &str, message: &str| {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "::{kind} {properties}::{}", escaped(message, false));
    };
    for file in &report.files {
        let properties = format!(
            "file={},title=differs from the blueprint",
            escaped(&file.name, true)
        );
        say(
            "error",
            &properties,
            &format!("{} ({})", file.word, file.counts),
        );
    }
    for fact in report
        .facts
        .iter()
        .filter(|fact| fact.direction == Direction::Wider)
    {
        let (before, after) = shortened(fact);
        let FactChange {
            environment,
            element,
            fact,
            ..
        } = fact;
        let message = format!("{environment}: {element} {fact}: {before} → {after}");
        say("warning", "title=a security fact gets wider", &message);
    }
    for (code, message) in &report.found.lines {
        say("warning", &format!("title={code}"), message);
    }
    for [environment, element, rule, owner, day] in &report.ending {
        let message = format!("{environment}: {rule} on {element}, owner {owner}, ends {day}");
        say("warning", "title=an exception ends", &message);
    }
    text
}

/// As commands of a workflow take texts.
fn escaped(text: &str, property: bool) -> String {
    let text = text
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A");
    if property {
        text.replace(':', "%3A").replace(',', "%2C")
    } else {
        text
    }
}

/// A comment takes 65,536 characters; the facts come first, and the patch gets what is left.
const COMMENT: usize = 60_000;

/// A comment.
pub fn markdown(report: &Report) -> String {
    if !report.differs() {
        return "**ravelin**: the generated files are as the blueprint says.\n".to_owned();
    }
    let mut text = format!("**ravelin**: {}", summary(report));
    let facts: Vec<&FactChange> = report.told_facts().collect();
    if !facts.is_empty() {
        text.push_str(
            "\n| environment | element | fact | before | after | |\n|---|---|---|---|---|---|\n",
        );
    }
    for fact in facts {
        let (before, after) = shortened(fact);
        let mark = match fact.direction {
            _ if fact.is_new_exception() => "⚠️ **new exception**",
            Direction::Wider => "⚠️ **wider**",
            Direction::Tighter => "tighter",
            Direction::Neither => "",
        };
        let cells = [
            &fact.environment,
            &fact.element,
            &fact.fact,
            &before,
            &after,
        ];
        let cells: Vec<String> = cells.iter().map(|cell| self::cell(cell)).collect();
        let _ = writeln!(text, "| {} | {mark} |", cells.join(" | "));
    }
    for (code, message) in &report.found.lines {
        let _ = write!(text, "\n⚠️ {code}: {}\n", message.replace('\n', " "));
    }
    if !report.ending.is_empty() {
        text.push_str("\nExceptions that end within 30 days, or have ended:\n\n");
    }
    for [environment, element, rule, owner, day] in &report.ending {
        let [environment, element, rule, owner] =
            [environment, element, rule, owner].map(|one| cell(one));
        let _ = writeln!(
            text,
            "- {environment}: {rule} on {element}, owner {owner}, ends {day}"
        );
    }
    for line in &report.order {
        let _ = write!(text, "\n{line}\n");
    }
    text.push_str("\n| file | | lines |\n|---|---|---|\n");
    for file in &report.files {
        if text.len() > COMMENT / 2 {
            text.push_str("| … | | |\n");
            break;
        }
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            cell(&file.path),
            file.word,
            file.counts
        );
    }
    let mut patch = String::new();
    for line in report.files.iter().flat_map(|file| &file.patch) {
        patch.push_str(&String::from_utf8_lossy(&line.text()));
        patch.push('\n');
    }
    let mut room = COMMENT.saturating_sub(text.len()).min(patch.len());
    while !patch.is_char_boundary(room) {
        room -= 1;
    }
    let cut = room < patch.len();
    let end = if cut {
        patch[..room].rfind('\n').map_or(0, |at| at + 1)
    } else {
        room
    };
    // The fence is longer than any run of its sign inside.
    let longest = patch.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let more = if cut {
        "\nThe patch is cut; `ravelin diff` shows all of it.\n"
    } else {
        ""
    };
    let _ = write!(
        text,
        "\n<details><summary>patch</summary>\n\n{fence}diff\n{}{fence}\n{more}\n</details>\n",
        &patch[..end]
    );
    text
}

/// A text as code in a table.
fn cell(text: &str) -> String {
    let text = text
        .replace('\n', " ")
        .replace('|', "\\|")
        .replace('`', "'");
    format!("`{text}`")
}
