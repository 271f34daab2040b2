//! Labels of Mermaid (<https://mermaid.js.org/syntax/flowchart.html>, "Special characters that break syntax").

use std::fmt::Write;

use askama::filters::Safe;

use super::{Quoted, hidden};

/// A label in double quotes, of lines that mean only themselves.
#[must_use]
pub fn label<'a>(lines: impl IntoIterator<Item = &'a str>) -> Quoted {
    let mut out = String::from("\"");
    for (at, line) in lines.into_iter().enumerate() {
        if at > 0 {
            out.push_str("<br/>");
        }
        for c in line.chars() {
            let plain = c.is_alphanumeric() || " .,:/()-_".contains(c);
            if plain {
                out.push(c);
            } else if hidden(c) {
                out.push(' ');
            } else {
                let written = write!(out, "#{};", u32::from(c));
                debug_assert!(written.is_ok(), "writing to a String does not fail");
            }
        }
    }
    out.push('"');
    Safe(out)
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_special_is_written_by_its_number() {
        let label = super::label(["main", "a \"b\" <c> #d; `e`"]);
        assert_eq!(
            label.0,
            "\"main<br/>a #34;b#34; #60;c#62; #35;d#59; #96;e#96;\""
        );
    }
}
