//! `ravelin explain`.

use std::fmt::Write as _;
use std::io;

use clap::Args;

use super::words::count;
use super::{Failure, Outcome, terminal};
use crate::diag::{Rule, Severity, Topic};
use crate::rules;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ravelin explain anonymous-access    what, why, a wrong and a right example, and where it is documented
  ravelin explain                     all rules, a line each")]
pub struct Arguments {
    /// The code of a rule
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let paint = Paint(terminal::colour(&io::stdout()));
    terminal::print(&match &arguments.code {
        None => list(&paint),
        Some(code) => one(find(code)?, &paint),
    })?;
    Ok(Outcome::Fine)
}

/// The rule of a code.
fn find(code: &str) -> Result<&'static Rule, Failure> {
    let found = rules::ALL.iter().copied().find(|rule| rule.code == code);
    found.ok_or_else(|| {
        let failure = Failure::new(format!("there is no rule `{}`", code.escape_debug()));
        let codes = rules::ALL.iter().map(|rule| rule.code);
        failure.near(code, codes, "`ravelin explain` alone lists all")
    })
}

/// All that there is to say about a rule.
fn one(rule: &Rule, paint: &Paint) -> String {
    let explanation = rule.explained();
    let head = format!("{}[{}]", rule.severity.word(), rule.code);
    let head = paint.severity(rule.severity, &head);
    let what = paint.strong(&format!(": {}", explanation.what));
    let waiver = match rule.opens {
        Some(opens) => format!("an exception can waive it; then {opens}"),
        None => "cannot be waived".to_owned(),
    };
    let label = |label: &str| paint.label(label);
    let before = if explanation.before.is_empty() {
        String::new()
    } else {
        let lines = indented(explanation.before);
        format!("{}\n\n{lines}\n", label("before:"))
    };
    format!(
        "{head}{what}\n\n{why}\n\n{before}{wrong}\n\n{wrong_lines}\n{right}\n\n{right_lines}\n{topic} {topic_words}\n{waived} {waiver}\n{source} {source_words}\n",
        why = explanation.why,
        wrong = label("wrong:"),
        wrong_lines = indented(explanation.wrong),
        right = label("right:"),
        right_lines = indented(explanation.right),
        topic = label("topic: "),
        topic_words = rule.topic.words(),
        waived = label("waiver:"),
        source = label("source:"),
        source_words = explanation.source,
    )
}

/// Each line that has something, moved to the right.
fn indented(text: &str) -> String {
    let mut indented = String::new();
    for line in text.lines() {
        let space = if line.is_empty() { "" } else { "    " };
        // Writing to a `String` cannot fail.
        let _ = writeln!(indented, "{space}{line}");
    }
    indented
}

/// All rules by topic, and a last line that counts them.
fn list(paint: &Paint) -> String {
    let width = rules::ALL.iter().map(|rule| rule.code.len()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    let mut topic: Option<Topic> = None;
    for rule in rules::ALL {
        // Writing to a `String` cannot fail.
        if topic != Some(rule.topic) {
            let space = if topic.is_some() { "\n" } else { "" };
            let _ = writeln!(text, "{space}{}", paint.strong(rule.topic.words()));
            topic = Some(rule.topic);
        }
        let code = format!("{:<width$}", rule.code);
        let code = paint.severity(rule.severity, &code);
        let severity = rule.severity.word();
        let what = rule.explained().what;
        let waivable = if rule.opens.is_some() {
            " (an exception can waive it)"
        } else {
            ""
        };
        let _ = writeln!(text, "  {code}  {severity:<7}  {what}{waivable}");
    }
    let all = count(rules::ALL.len(), "rule");
    let _ = writeln!(text, "\n{all} · `ravelin explain CODE` says more about one");
    text
}

/// Colours, where there are any: those of the reports.
struct Paint(bool);

impl Paint {
    fn severity(&self, severity: Severity, text: &str) -> String {
        self.with(
            match severity {
                Severity::Error => "1;91",
                Severity::Warning => "1;93",
            },
            text,
        )
    }

    fn strong(&self, text: &str) -> String {
        self.with("1", text)
    }

    fn label(&self, text: &str) -> String {
        self.with("1;96", text)
    }

    fn with(&self, code: &str, text: &str) -> String {
        if self.0 {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_all_that_it_adds() {
        let rule = rules::ANONYMOUS_ACCESS;
        for (plain, coloured) in [
            (one(rule, &Paint(false)), one(rule, &Paint(true))),
            (list(&Paint(false)), list(&Paint(true))),
        ] {
            assert!(!plain.contains('\x1b'));
            let bare = coloured.split('\x1b').map(|part| {
                let code = part.strip_prefix('[');
                code.and_then(|part| part.split_once('m'))
                    .map_or(part, |(_, text)| text)
            });
            assert_eq!(bare.collect::<String>(), plain);
        }
    }

    #[test]
    fn rules_of_a_topic_stand_together() {
        let topics: Vec<Topic> = rules::ALL.iter().map(|rule| rule.topic).collect();
        assert!(topics.is_sorted());
    }
}
