//! Patches as git writes them: `git apply` makes the new files of the old ones.

use std::fmt::Write as _;

use similar::{ChangeTag, DiffOp, TextDiff};

/// Lines around a change.
const CONTEXT: usize = 3;

/// A file on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side<'a> {
    /// The whole content.
    pub bytes: &'a [u8],
    /// Whether it can be run.
    pub executable: bool,
}

impl Side<'_> {
    fn mode(self) -> &'static str {
        if self.executable { "100755" } else { "100644" }
    }
}

/// A line of a patch, without its end: what it is, and its text in parts, each with whether it is what differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub kind: LineKind,
    /// Its parts.
    pub parts: Vec<(Vec<u8>, bool)>,
}

/// What a line of a patch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// About the file: names, modes.
    Header,
    /// Where a group of changes stands.
    Hunk,
    /// On both sides.
    Context,
    /// On the new side only.
    Added,
    /// On the old side only.
    Removed,
    /// That the last line of a file has no end.
    NoEnd,
}

impl Line {
    fn new(kind: LineKind, text: impl Into<Vec<u8>>) -> Self {
        Self {
            kind,
            parts: vec![(text.into(), false)],
        }
    }

    /// The text of the whole line.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        self.parts
            .iter()
            .flat_map(|(part, _)| part)
            .copied()
            .collect()
    }
}

/// The patch of one file, line by line; nothing where the sides are equal. `None` is a file that is not there. The path is
/// as seen from the root of the repository.
#[must_use]
pub fn patch(path: &str, old: Option<Side<'_>>, new: Option<Side<'_>>) -> Vec<Line> {
    if old == new {
        return Vec::new();
    }
    let mut lines = Vec::new();
    let mut header = |text: String| lines.push(Line::new(LineKind::Header, text));
    let (a, b) = (quoted(&format!("a/{path}")), quoted(&format!("b/{path}")));
    header(format!("diff --git {a} {b}"));
    match (old, new) {
        (None, Some(new)) => header(format!("new file mode {}", new.mode())),
        (Some(old), None) => header(format!("deleted file mode {}", old.mode())),
        (Some(old), Some(new)) if old.executable != new.executable => {
            header(format!("old mode {}", old.mode()));
            header(format!("new mode {}", new.mode()));
        }
        _ => {}
    }
    let bytes = |side: Option<Side<'_>>| side.map_or(Vec::new(), |side| side.bytes.to_vec());
    let hunks = hunks(&bytes(old), &bytes(new));
    if !hunks.is_empty() {
        let name = |side: Option<Side<'_>>, name: &str| match side {
            // What ends a name with a blank in it.
            Some(_) if name.contains(' ') && !name.starts_with('"') => format!("{name}\t"),
            Some(_) => name.to_owned(),
            None => "/dev/null".to_owned(),
        };
        header(format!("--- {}", name(old, &a)));
        header(format!("+++ {}", name(new, &b)));
        lines.extend(hunks);
    }
    lines
}

/// A path as git writes it: in quotes, where a byte of it is not plain.
fn quoted(path: &str) -> String {
    let plain =
        |byte: u8| (byte.is_ascii_graphic() || byte == b' ') && byte != b'"' && byte != b'\\';
    if path.bytes().all(plain) {
        return path.to_owned();
    }
    let mut quoted = String::from("\"");
    for byte in path.bytes() {
        if plain(byte) {
            quoted.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(quoted, "\\{byte:03o}");
        }
    }
    quoted + "\""
}

/// The groups of changes between two contents.
#[must_use]
pub fn hunks(old: &[u8], new: &[u8]) -> Vec<Line> {
    if old == new {
        return Vec::new();
    }
    // Only `\n` ends a line, as for git.
    let split = |bytes: &'_ [u8]| -> Vec<Vec<u8>> {
        let lines = bytes.split_inclusive(|byte| *byte == b'\n');
        lines.map(<[u8]>::to_vec).collect()
    };
    let (old, new) = (split(old), split(new));
    let old: Vec<&[u8]> = old.iter().map(Vec::as_slice).collect();
    let new: Vec<&[u8]> = new.iter().map(Vec::as_slice).collect();
    let diff = TextDiff::from_slices(&old, &new);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(CONTEXT) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        let range = |start: usize, end: usize| {
            // A side without lines is named by the line before it.
            let from = if start == end { start } else { start + 1 };
            format!("{from},{}", end - start)
        };
        let before = range(first.old_range().start, last.old_range().end);
        let after = range(first.new_range().start, last.new_range().end);
        lines.push(Line::new(
            LineKind::Hunk,
            format!("@@ -{before} +{after} @@"),
        ));
        for op in &group {
            for change in diff.iter_changes(op) {
                let (kind, sign) = match change.tag() {
                    ChangeTag::Equal => (LineKind::Context, b' '),
                    ChangeTag::Insert => (LineKind::Added, b'+'),
                    ChangeTag::Delete => (LineKind::Removed, b'-'),
                };
                let value: &[u8] = change.value();
                let ended = value.strip_suffix(b"\n");
                let text = ended.unwrap_or(value);
                let twin = twin(op, &old, &new, change.old_index(), change.new_index());
                let mut parts = vec![(vec![sign], false)];
                parts.extend(marked(text, twin));
                lines.push(Line { kind, parts });
                if ended.is_none() {
                    lines.push(Line::new(LineKind::NoEnd, "\\ No newline at end of file"));
                }
            }
        }
    }
    lines
}

/// The line on the other side that a line became, where as many lines were replaced as there are new ones.
fn twin<'a>(
    op: &DiffOp,
    old: &[&'a [u8]],
    new: &[&'a [u8]],
    old_index: Option<usize>,
    new_index: Option<usize>,
) -> Option<&'a [u8]> {
    let DiffOp::Replace {
        old_index: old_start,
        old_len,
        new_index: new_start,
        new_len,
    } = *op
    else {
        return None;
    };
    let line = match (old_index, new_index) {
        (Some(at), None) if old_len == new_len => new.get(new_start + at - old_start),
        (None, Some(at)) if old_len == new_len => old.get(old_start + at - new_start),
        _ => None,
    };
    line.map(|line| line.strip_suffix(b"\n").unwrap_or(line))
}

/// A line in parts: what it has in common with its twin, and what differs.
fn marked(text: &[u8], twin: Option<&[u8]>) -> Vec<(Vec<u8>, bool)> {
    let Some(twin) = twin else {
        return vec![(text.to_vec(), false)];
    };
    // Only whole characters are told apart.
    let is_start = |at: usize| text.get(at).is_none_or(|byte| byte & 0xC0 != 0x80);
    let same = text.iter().zip(twin).take_while(|(a, b)| a == b).count();
    let mut start = same;
    while !is_start(start) {
        start -= 1;
    }
    let most = text.len().min(twin.len()) - same;
    let ends = text.iter().rev().zip(twin.iter().rev());
    let tail = ends.take(most).take_while(|(a, b)| a == b).count();
    let mut end = text.len() - tail;
    while !is_start(end) {
        end += 1;
    }
    // Where next to nothing is common, a mark on nearly everything says nothing.
    if start + (text.len() - end) < text.len() / 3 {
        return vec![(text.to_vec(), false)];
    }
    vec![
        (text[..start].to_vec(), false),
        (text[start..end].to_vec(), true),
        (text[end..].to_vec(), false),
    ]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn side(bytes: &[u8]) -> Side<'_> {
        let executable = false;
        Side { bytes, executable }
    }

    fn text(lines: &[Line]) -> String {
        let line = |line: &Line| String::from_utf8(line.text()).unwrap() + "\n";
        lines.iter().map(line).collect()
    }

    #[test]
    fn a_change_a_new_file_and_one_that_goes() {
        assert_eq!(
            text(&patch("x", Some(side(b"a\nb\n")), Some(side(b"a\nc")))),
            "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline at end of file\n"
        );
        assert_eq!(
            text(&patch("x", None, Some(side(b"a\n")))),
            "diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1,1 @@\n+a\n"
        );
        assert_eq!(
            text(&patch("x", Some(side(b"a\n")), None)),
            "diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n"
        );
        assert!(patch("x", Some(side(b"a\n")), Some(side(b"a\n"))).is_empty());
    }

    #[test]
    fn what_differs_in_a_line_is_marked() {
        let parts = marked("max = 20 # ä".as_bytes(), Some("max = 19 # ö".as_bytes()));
        let marked: Vec<_> = parts.iter().filter(|(_, differs)| *differs).collect();
        assert_eq!(marked.len(), 1);
        assert_eq!(marked[0].0, "20 # ä".as_bytes());
    }

    /// What the hunks make of the old content, as `patch` would.
    fn applied(old: &[u8], hunks: &[Line]) -> Vec<u8> {
        let old: Vec<&[u8]> = old.split_inclusive(|byte| *byte == b'\n').collect();
        let (mut at, mut new) = (0, Vec::new());
        for (index, line) in hunks.iter().enumerate() {
            let text = line.text();
            let ended = hunks
                .get(index + 1)
                .is_none_or(|next| next.kind != LineKind::NoEnd);
            let mut whole = text.get(1..).unwrap_or_default().to_vec();
            whole.extend(ended.then_some(b'\n'));
            match line.kind {
                LineKind::Hunk => {
                    let header = String::from_utf8(text).unwrap();
                    let range = header.split(['-', ' ']).nth(2).unwrap().to_owned();
                    let (from, count) = range.split_once(',').unwrap();
                    let (from, count): (usize, usize) =
                        (from.parse().unwrap(), count.parse().unwrap());
                    let from = if count == 0 { from } else { from - 1 };
                    new.extend(old[at..from].concat());
                    at = from;
                }
                LineKind::Context => {
                    assert_eq!(old[at], whole);
                    new.extend(whole);
                    at += 1;
                }
                LineKind::Removed => {
                    assert_eq!(old[at], whole);
                    at += 1;
                }
                LineKind::Added => new.extend(whole),
                LineKind::NoEnd | LineKind::Header => {}
            }
        }
        new.extend(old[at..].concat());
        new
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn a_patch_leads_to_the_new_text(
            old in proptest::collection::vec(proptest::sample::select(b"ab\n\r\xff\x1b".to_vec()), 0..60),
            new in proptest::collection::vec(proptest::sample::select(b"ab\n\r\xff\x1b".to_vec()), 0..60),
        ) {
            prop_assert_eq!(applied(&old, &hunks(&old, &new)), new);
        }
    }
}
