//! The form of `terraform fmt`: two spaces for each level, and `=` and comments aligned over neighbouring lines.
//!
//! Templates write one attribute or bracket a line with single spaces between words; this does the rest. It follows
//! hclwrite (<https://github.com/hashicorp/hcl/blob/main/hclwrite/format.go>), which `terraform fmt` uses.

use std::mem;

/// A line in its parts.
#[derive(Debug, PartialEq, Eq)]
struct Line<'a> {
    /// The spaces in front.
    indent: usize,
    /// The text up to `=`, or all of it where there is none.
    lead: &'a str,
    /// How wide that is.
    width: usize,
    /// What stands after `=`, where the value ends on this line.
    value: Option<&'a str>,
    /// What stands after `=`, where the value goes on over the next lines: it is not aligned.
    opening: Option<&'a str>,
    /// The comment behind the text, with its `#`.
    comment: Option<&'a str>,
    /// The brackets that open on the line, less those that close.
    brackets: isize,
}

/// Formats a file and adds it to a text: as `terraform fmt` does, and with no empty line where a block begins or ends or after
/// another one.
///
/// No more is held at once than neighbouring lines that are aligned with each other.
pub(super) fn append(text: &str, out: &mut String) {
    let mut run: Vec<Line<'_>> = Vec::new();
    let mut levels = Levels::default();
    let mut nested = Vec::new();
    let mut gap = false;
    let mut may_have_gap = false;
    for text in text.lines().map(str::trim) {
        if text.is_empty() {
            gap = may_have_gap;
            continue;
        }
        let mut line = split(text, &mut nested);
        line.indent = levels.indent(line.brackets);
        let gap = mem::take(&mut gap) && line.brackets >= 0;
        if gap || !line.is_aligned() {
            write(&run, out);
            run.clear();
        }
        if gap {
            out.push('\n');
        }
        may_have_gap = line.brackets <= 0;
        run.push(line);
    }
    write(&run, out);
}

/// A text as it is formatted.
#[cfg(test)]
pub(super) fn format(text: &str) -> String {
    let mut out = String::new();
    append(text, &mut out);
    out
}

/// Writes neighbouring lines, aligned.
fn write(lines: &[Line<'_>], out: &mut String) {
    let values = columns(lines, |line| line.value.map(|_| line.indent + line.width));
    let mut value = values.iter();
    let comments = columns(lines, |line| {
        let value = value.next().copied().unwrap_or_default();
        line.comment.map(|_| line.end(value))
    });
    for ((line, value), comment) in lines.iter().zip(values).zip(comments) {
        pad(out, line.indent);
        out.push_str(line.lead);
        if let Some(text) = line.value {
            pad(out, value - line.indent - line.width);
            out.push_str(MARK);
            out.push_str(text);
        }
        if let Some(text) = line.opening {
            out.push(' ');
            out.push_str(MARK);
            out.push_str(text);
        }
        if let Some(text) = line.comment {
            pad(out, comment - line.end(value));
            out.push_str(text);
        }
        out.push('\n');
    }
}

impl Line<'_> {
    /// Whether something on it stands in the same column as on the lines beside it.
    fn is_aligned(&self) -> bool {
        self.value.is_some() || self.comment.is_some()
    }

    /// The column where the line ends but for its comment; `value` is the one of its value.
    fn end(&self, value: usize) -> usize {
        match (self.value, self.opening) {
            (Some(text), _) => value + MARK.len() + width(text),
            (None, Some(text)) => self.indent + self.width + 1 + MARK.len() + width(text),
            (None, None) => self.indent + self.width,
        }
    }
}

/// What stands between the two sides of an attribute.
const MARK: &str = "= ";

fn width(text: &str) -> usize {
    text.chars().count()
}

fn pad(out: &mut String, mut spaces: usize) {
    const SPACES: &str = "                                ";
    while spaces > 0 {
        let some = spaces.min(SPACES.len());
        out.push_str(&SPACES[..some]);
        spaces -= some;
    }
}

/// The column of a cell on each line: one space behind the widest text before it, over each run of neighbouring lines that
/// have such a cell. `before` is the width of that text.
fn columns<'a, 'b: 'a>(
    lines: &'a [Line<'b>],
    before: impl FnMut(&'a Line<'b>) -> Option<usize>,
) -> Vec<usize> {
    let widths: Vec<Option<usize>> = lines.iter().map(before).collect();
    let mut columns = Vec::with_capacity(lines.len());
    for run in widths.chunk_by(|one, next| one.is_some() == next.is_some()) {
        let widest = run.iter().flatten().max();
        columns.extend(std::iter::repeat_n(
            widest.map_or(0, |widest| widest + 1),
            run.len(),
        ));
    }
    columns
}

/// Splits a trimmed line into its parts. `nested` is room for the quotes and the interpolations inside of them, the innermost
/// last.
fn split<'a>(text: &'a str, nested: &mut Vec<u8>) -> Line<'a> {
    let mut line = Line {
        indent: 0,
        lead: text,
        width: 0,
        value: None,
        opening: None,
        comment: None,
        brackets: 0,
    };
    let mut equals = None;
    let mut brackets_before = 0;
    nested.clear();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if !MARKS[usize::from(byte)] {
            at += 1;
            continue;
        }
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
                b'#' => break,
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
    line.width = width(line.lead);
    line
}

/// The bytes that mean something to [`split`]; it passes over all others.
const MARKS: [bool; 256] = {
    let mut marks = [false; 256];
    let all = b"\"\\$%{}[]()#=!<>";
    let mut at = 0;
    while at < all.len() {
        marks[all[at] as usize] = true;
        at += 1;
    }
    marks
};

/// For each line that leaves brackets open, how many of them are open still.
#[derive(Default)]
struct Levels(Vec<isize>);

impl Levels {
    /// How far the next line stands from the edge: two spaces for every line before that leaves brackets open.
    fn indent(&mut self, brackets: isize) -> usize {
        let Self(open) = self;
        if brackets > 0 {
            open.push(brackets);
            return 2 * (open.len() - 1);
        }
        let mut closed = -brackets;
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
        2 * open.len()
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
