//! The form of `terraform fmt`: two spaces for each level, and `=` and comments aligned over neighbouring lines.
//!
//! Templates write one attribute or bracket a line with single spaces between words; this does the rest. It follows
//! hclwrite (<https://github.com/hashicorp/hcl/blob/main/hclwrite/format.go>), which `terraform fmt` uses.

/// A line in its parts.
#[derive(Debug, PartialEq, Eq)]
struct Line<'a> {
    /// The text up to `=`, or all of it where there is none.
    lead: &'a str,
    /// What stands after `=`, where the value ends on this line.
    value: Option<&'a str>,
    /// What stands after `=`, where the value goes on over the next lines: it is not aligned.
    opening: Option<&'a str>,
    /// The comment behind the text, with its `#`.
    comment: Option<&'a str>,
    /// The brackets that open on the line, less those that close.
    brackets: isize,
}

/// Formats a file: as `terraform fmt` does, and with no empty line where a block begins or ends or after another one.
pub(super) fn format(text: &str) -> String {
    let lines = tidy(text);
    let mut rows = indented(&lines);
    align(&mut rows, &lines, "= ", |line| line.value);
    align(&mut rows, &lines, "", |line| line.comment);
    let mut out = String::with_capacity(rows.iter().map(|row| row.len() + 1).sum());
    for row in rows {
        out.push_str(&row);
        out.push('\n');
    }
    out
}

/// The lines without needless empty ones.
fn tidy(text: &str) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::with_capacity(text.len() / 24);
    for text in text.lines().map(str::trim) {
        let line = split(text);
        let wanted = lines
            .last()
            .is_some_and(|last| !last.lead.is_empty() && last.brackets <= 0);
        if text.is_empty() && !wanted {
            continue;
        }
        if line.brackets < 0 && lines.last().is_some_and(|last| last.lead.is_empty()) {
            lines.pop();
        }
        lines.push(line);
    }
    while lines.last().is_some_and(|last| last.lead.is_empty()) {
        lines.pop();
    }
    lines
}

/// Splits a trimmed line into its parts.
fn split(text: &str) -> Line<'_> {
    let mut line = Line {
        lead: text,
        value: None,
        opening: None,
        comment: None,
        brackets: 0,
    };
    let mut equals = None;
    let mut brackets_before = 0;
    // Quotes and the interpolations inside of them, the innermost last.
    let mut nested: Vec<u8> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        if nested.last() == Some(&b'"') {
            match (byte, next) {
                (b'\\', _) => at += 1,
                (b'$' | b'%', Some(same)) if same == byte => at += 1,
                (b'$' | b'%', Some(b'{')) => {
                    nested.push(b'{');
                    at += 1;
                }
                (b'"', _) => {
                    nested.pop();
                }
                _ => {}
            }
        } else {
            match byte {
                b'"' => nested.push(b'"'),
                b'{' if !nested.is_empty() => nested.push(b'{'),
                b'}' if !nested.is_empty() => {
                    nested.pop();
                }
                b'{' | b'[' | b'(' => line.brackets += 1,
                b'}' | b']' | b')' => line.brackets -= 1,
                b'#' if at > 0 => {
                    line.comment = Some(&text[at..]);
                    line.lead = text[..at].trim_end();
                    break;
                }
                b'#' => return line,
                b'=' if equals.is_none() && next != Some(b'=') && next != Some(b'>') => {
                    equals = Some(at);
                    brackets_before = line.brackets;
                }
                // `==`, `=>`, `!=`, `<=` and `>=` hold no `=` of their own.
                b'=' | b'!' | b'<' | b'>' if matches!(next, Some(b'=' | b'>')) => at += 1,
                _ => {}
            }
        }
        at += 1;
    }
    if let Some(at) = equals {
        let value = Some(line.lead[at + 1..].trim_start());
        if line.brackets == brackets_before {
            line.value = value;
        } else {
            line.opening = value;
        }
        line.lead = line.lead[..at].trim_end();
    }
    line
}

/// The leads, each moved in by two spaces for every line before that leaves brackets open.
fn indented(lines: &[Line<'_>]) -> Vec<String> {
    let mut open: Vec<isize> = Vec::new();
    let row = |line: &Line<'_>| {
        let mut depth = open.len();
        if line.brackets > 0 {
            open.push(line.brackets);
        } else {
            let mut closed = -line.brackets;
            while closed > 0
                && let Some(last) = open.last_mut()
            {
                let both = closed.min(*last);
                closed -= both;
                *last -= both;
                if *last == 0 {
                    open.pop();
                }
            }
            depth = open.len();
        }
        if line.lead.is_empty() {
            return String::new();
        }
        let mut row = String::with_capacity(96);
        row.extend(std::iter::repeat_n("  ", depth));
        row.push_str(line.lead);
        if let Some(opening) = line.opening {
            row.push_str(" = ");
            row.push_str(opening);
        }
        row
    };
    lines.iter().map(row).collect()
}

/// Adds a cell to every row that has one, at the same column over each run of neighbouring rows.
fn align<'a>(
    rows: &mut [String],
    lines: &[Line<'a>],
    mark: &str,
    cell: impl Fn(&Line<'a>) -> Option<&'a str>,
) {
    let mut start = 0;
    while start < rows.len() {
        let run = lines[start..]
            .iter()
            .take_while(|line| cell(line).is_some())
            .count();
        let rows = &mut rows[start..start + run];
        let width = |row: &String| row.chars().count();
        let column = rows.iter().map(width).max().unwrap_or_default() + 1;
        for (row, line) in rows.iter_mut().zip(&lines[start..]) {
            row.extend(std::iter::repeat_n(' ', column - width(row)));
            row.push_str(mark);
            row.push_str(cell(line).unwrap_or_default());
        }
        start += run.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::format;

    #[test]
    fn equals_signs_and_comments_are_aligned_over_a_run() {
        let text = "\
a \"b\" {

x = 1 # one
longer = \"= # {\" # two
list   = [
\"a\",
]
y = 2
z = { q = 1 }


for_each = toset([
\"k\",
])
m = x == y ? 1 : 2

}

";
        let formatted = "\
a \"b\" {
  x      = 1       # one
  longer = \"= # {\" # two
  list = [
    \"a\",
  ]
  y = 2
  z = { q = 1 }

  for_each = toset([
    \"k\",
  ])
  m = x == y ? 1 : 2
}
";
        assert_eq!(format(text), formatted);
        assert_eq!(format(formatted), formatted);
    }

    #[test]
    fn brackets_in_texts_do_not_count() {
        let text = "a {\nb = \"$${ ${f(\"}\")} \\\" {\"\nc = 1\n}\n";
        let formatted = "a {\n  b = \"$${ ${f(\"}\")} \\\" {\"\n  c = 1\n}\n";
        assert_eq!(format(text), formatted);
    }

    #[test]
    fn a_comment_on_its_own_ends_a_run() {
        let text = "a {\nb = 1\n# why = not\nccc = 2\n}\n";
        assert_eq!(format(text), "a {\n  b = 1\n  # why = not\n  ccc = 2\n}\n");
    }
}
