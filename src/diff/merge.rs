//! Three-way merges.

use diffy::{ConflictStyle, MergeOptions};

/// What a merge came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// The text of both edits; where they touch the same lines, both sides stand there between marks.
    pub text: String,
    /// At how many places they touch the same lines.
    pub conflicts: usize,
}

/// The marks, and what git would write as the names of the sides.
const MARKS: [(&str, &str); 2] = [
    ("<<<<<<< ours", "<<<<<<< by hand"),
    (">>>>>>> theirs", ">>>>>>> generated"),
];

/// Merges an edit by hand with a new text; `old` is what both were made of.
#[must_use]
pub fn merge(old: &str, by_hand: &str, new: &str) -> Merge {
    let mut options = MergeOptions::new();
    options.set_conflict_style(ConflictStyle::Merge);
    match options.merge(old, by_hand, new) {
        Ok(text) => Merge { text, conflicts: 0 },
        Err(text) => {
            let named = |line: &str| {
                let mark = MARKS.iter().find(|(mark, _)| line.trim_end() == *mark);
                mark.map_or_else(
                    || line.to_owned(),
                    |(mark, name)| line.replacen(mark, name, 1),
                )
            };
            let text: String = text.split_inclusive('\n').map(named).collect();
            let conflicts = text.lines().filter(|line| *line == MARKS[0].1).count();
            Merge { text, conflicts }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn edits_apart_from_each_other_come_together() {
        let merged = merge(
            "a\nb\nc\nd\ne\n",
            "a\nmine\nb\nc\nd\ne\n",
            "a\nb\nc\nd\nE\n",
        );
        assert_eq!(merged.text, "a\nmine\nb\nc\nd\nE\n");
        assert_eq!(merged.conflicts, 0);
    }

    #[test]
    fn edits_of_the_same_lines_are_marked() {
        let merged = merge("a\nb\nc\n", "a\nmine\nc\n", "a\nnew\nc\n");
        assert_eq!(
            merged.text,
            "a\n<<<<<<< by hand\nmine\n=======\nnew\n>>>>>>> generated\nc\n"
        );
        assert_eq!(merged.conflicts, 1);
    }

    fn text() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(0..6_u8, 0..12)
    }

    fn lines(numbers: &[u8], end: bool) -> String {
        let lines: Vec<String> = numbers
            .iter()
            .map(|number| format!("line {number}"))
            .collect();
        let mut text = lines.join("\n");
        if end && !text.is_empty() {
            text.push('\n');
        }
        text
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Lines of the hand alone are never lost, and one side's edit alone is taken as it is.
        #[test]
        fn no_line_by_hand_is_lost(old in text(), hand in text(), new in text(), own in 0..12_usize, ends: (bool, bool, bool)) {
            let (old, new) = (lines(&old, ends.0), lines(&new, ends.2));
            let mut hand = lines(&hand, ends.1);
            let at = hand.match_indices('\n').map(|(at, _)| at + 1).nth(own).unwrap_or(0);
            hand.insert_str(at, "my own line\n");
            let merged = merge(&old, &hand, &new);
            prop_assert!(merged.text.contains("my own line"), "{:?}", merged);
            prop_assert_eq!(merge(&old, &hand, &old).text, hand.clone());
            prop_assert_eq!(merge(&old, &old, &new).text, new.clone());
            prop_assert_eq!(merge(&old, &hand, &hand).text, hand);
        }
    }
}
