//! A difference as people read it: a patch, and below it the facts.

use std::fmt::Write as _;

use super::report::{Difference, Report};
use crate::cli::words::count;
use crate::diff::{Line, LineKind};
use crate::plan::{Direction, FactChange};

/// Who looks.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Whether colour is wanted.
    pub colour: bool,
    /// Whether it goes to a terminal, which must not take a text for a command.
    pub terminal: bool,
}

const PLAIN: &str = "\x1b[0m";
const BOLD: &str = "\x1b[1m";
const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const CYAN: &str = "\x1b[36m";

/// The names of the files.
pub fn names(report: &Report) -> String {
    report
        .files
        .iter()
        .map(|file| file.path.clone() + "\n")
        .collect()
}

/// The patch; then what is no part of it, the facts, and a last line that counts. Nothing where nothing differs.
pub fn patch(report: &Report, seen: Seen) -> Vec<u8> {
    let mut out = Vec::new();
    for line in report.files.iter().flat_map(|file| &file.patch) {
        write_line(&mut out, line, "", seen);
    }
    for file in &report.files {
        for (heading, lines) in &file.notes {
            separate(&mut out);
            let path = paint(&file.path, BOLD, seen.colour);
            out.extend(format!("{path} {heading}\n").bytes());
            for line in lines {
                write_line(&mut out, line, "  ", seen);
            }
        }
    }
    tail(&mut out, report, seen.colour);
    out
}

/// A line for each file, as git's; then the facts, and a last line that counts.
pub fn stat(report: &Report, colour: bool) -> Vec<u8> {
    /// The longest bar.
    const BAR: usize = 40;
    let width = report.files.iter().map(|file| file.path.len()).max();
    let width = width.unwrap_or_default();
    let lines = |file: &Difference| file.counts.added + file.counts.removed;
    let most = report.files.iter().map(lines).max().unwrap_or_default();
    let digits = most.to_string().len();
    let mut text = String::new();
    for file in &report.files {
        let scaled = |number: usize| match number {
            0 => 0,
            number if most <= BAR => number,
            number => (number * BAR / most).max(1),
        };
        let added = paint(&"+".repeat(scaled(file.counts.added)), GREEN, colour);
        let removed = paint(&"-".repeat(scaled(file.counts.removed)), RED, colour);
        let total = lines(file);
        let path = &file.path;
        let line = format!(
            " {path:<width$} | {:<9} {total:>digits$} {added}{removed}",
            file.word
        );
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let mut out = text.into_bytes();
    tail(&mut out, report, colour);
    out
}

fn tail(out: &mut Vec<u8>, report: &Report, colour: bool) {
    let facts: Vec<&FactChange> = report.told_facts().collect();
    if !facts.is_empty() {
        separate(out);
        out.extend(b"security facts that change\n");
        out.extend(table(&facts, colour).bytes());
    }
    if !report.ending.is_empty() {
        separate(out);
        out.extend(b"exceptions that end within 30 days, or have ended\n");
        for [environment, element, rule, owner, day] in &report.ending {
            let line = format!("  {environment}  {rule} on {element}, owner {owner}, ends {day}");
            out.extend(format!("{}\n", paint(&line, YELLOW, colour)).bytes());
        }
    }
    if !report.order.is_empty() {
        separate(out);
        out.extend((report.order.join("\n") + "\n").bytes());
    }
    if report.differs() {
        separate(out);
        out.extend(summary(report).bytes());
    }
}

/// `4 files differ, 1 fact gets wider`.
pub fn summary(report: &Report) -> String {
    let verb =
        |number: usize, one: &'static str, many: &'static str| if number == 1 { one } else { many };
    let number = report.files.len();
    let differ = verb(number, "differs", "differ");
    let mut text = format!("{} {differ}", count(number, "file"));
    let wider = report.wider();
    if wider > 0 {
        let _ = write!(
            text,
            ", {} {} wider",
            count(wider, "fact"),
            verb(wider, "gets", "get")
        );
    }
    if report.refused {
        text.push_str("; `generate` would write nothing before somebody chose (`--merge`, `--overwrite`, `--keep`)");
    }
    text.push('\n');
    text
}

/// The facts in columns.
fn table(facts: &[&FactChange], colour: bool) -> String {
    let header = ["env", "element", "fact", "before", "after", ""].map(str::to_owned);
    let rows = facts.iter().map(|fact| {
        let (before, after) = shortened(fact);
        [
            fact.environment.clone(),
            fact.element.clone(),
            fact.fact.clone(),
            before,
            after,
            match fact.direction {
                _ if fact.is_new_exception() => "NEW EXCEPTION".to_owned(),
                Direction::Wider => "WIDER".to_owned(),
                Direction::Tighter => "tighter".to_owned(),
                Direction::Neither => String::new(),
            },
        ]
    });
    let rows: Vec<[String; 6]> = [header].into_iter().chain(rows).collect();
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..6).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        let paint_as = match row[5].as_str() {
            "WIDER" | "NEW EXCEPTION" => RED,
            "tighter" => GREEN,
            _ => "",
        };
        let _ = writeln!(text, "  {}", paint(line.trim_end(), paint_as, colour));
    }
    text
}

/// The values of a fact; of two long lists, what one has and the other has not.
pub fn shortened(fact: &FactChange) -> (String, String) {
    /// Longer values are told by what differs.
    const LONG: usize = 60;
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
    let (before, after) = (value(&fact.before), value(&fact.after));
    if before.len() <= LONG && after.len() <= LONG {
        return (before, after);
    }
    let own = |one: &str, other: &str| {
        let other: Vec<&str> = other.split(", ").collect();
        let all: Vec<&str> = one.split(", ").collect();
        let own: Vec<&str> = all
            .iter()
            .copied()
            .filter(|entry| !other.contains(entry))
            .collect();
        let dots = if own.len() < all.len() { "… " } else { "" };
        format!("{dots}{}", own.join(", "))
    };
    (own(&before, &after), own(&after, &before))
}

/// An empty line between two parts.
fn separate(out: &mut Vec<u8>) {
    if !out.is_empty() {
        out.push(b'\n');
    }
}

fn paint(text: &str, colour: &str, wanted: bool) -> String {
    if wanted && !colour.is_empty() && !text.is_empty() {
        format!("{colour}{text}{PLAIN}")
    } else {
        text.to_owned()
    }
}

fn write_line(out: &mut Vec<u8>, line: &Line, indent: &str, seen: Seen) {
    out.extend(indent.bytes());
    let colour = match line.kind {
        LineKind::Header => BOLD,
        LineKind::Hunk => CYAN,
        LineKind::Added => GREEN,
        LineKind::Removed => RED,
        LineKind::Context | LineKind::NoEnd => "",
    };
    for (part, differs) in &line.parts {
        if !seen.terminal {
            out.extend(part);
            continue;
        }
        let part = harmless(&String::from_utf8_lossy(part));
        let part = paint(&part, colour, seen.colour);
        if *differs && seen.colour && !part.is_empty() {
            // Swapped colours, as git's own highlighter does.
            out.extend(b"\x1b[7m");
        }
        out.extend(part.bytes());
    }
    out.push(b'\n');
}

/// A text without what a terminal takes for a command, or what turns the order of its letters.
fn harmless(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if (c.is_control() && c != '\t') || turns(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}
