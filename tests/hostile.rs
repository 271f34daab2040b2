//! Whatever stands in a blueprint, the answer is a report and never a panic.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use ravelin::diag::report;
use ravelin::expand;
use ravelin::source::Source;

const STOREFRONT: &str = include_str!("../blueprints/storefront.toml");

/// Expands, renders where it can, and reports. Every place must lie in the text.
fn answered(text: &str) -> String {
    let source = Source::new("ravelin.toml", text);
    let expansion = expand(&source, &|_| None);
    for diagnostic in &expansion.diagnostics {
        let ends = diagnostic.labels.iter().map(|label| label.span.end);
        let edits = diagnostic.help.iter().flat_map(|help| &help.edits);
        for end in ends.chain(edits.map(|(span, _)| span.end)) {
            assert!(
                end <= source.text.len() && source.text.is_char_boundary(end),
                "{diagnostic:?}"
            );
        }
    }
    if !expansion.has_errors() {
        let _ = expansion.tree();
    }
    let coloured = report(&expansion.diagnostics, &source, true);
    let plain = report(&expansion.diagnostics, &source, false);
    assert_eq!(coloured.is_empty(), plain.is_empty());
    plain
}

/// Texts that are hard in one way or another.
const HARD: [&str; 28] = [
    "",
    "\0",
    "\u{feff}",
    "\r",
    "\r\n",
    "\n",
    "\t",
    "\u{1b}[31m",
    "\u{202e}",
    "é",
    "😀",
    "\"",
    "'",
    "\"\"\"",
    "[",
    "]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "#",
    "${",
    "}",
    "false",
    "-1",
    "99999999999999999999",
    "2027-02-30",
];

#[derive(Debug, Clone)]
enum Edit {
    Insert(Index, String),
    Cut(Index, usize),
    Swap(Index, Index),
    Repeat(Index, Index),
}

/// Letters come and go.
fn slip() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    let hard = prop_oneof![
        proptest::sample::select(HARD.to_vec()).prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop_oneof![
        (at(), hard).prop_map(|(at, text)| Edit::Insert(at, text)),
        (at(), 1..40_usize).prop_map(|(at, length)| Edit::Cut(at, length)),
    ]
}

/// Whole lines change places or stand twice.
fn shuffle() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    prop_oneof![
        (at(), at()).prop_map(|(one, two)| Edit::Swap(one, two)),
        (at(), at()).prop_map(|(from, to)| Edit::Repeat(from, to)),
    ]
}

fn edited(text: &str, edit: &Edit) -> String {
    let boundary = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let mut lines: Vec<&str> = text.lines().collect();
    // There is always a line and a place to edit.
    let line = |index: &Index| index.index(lines.len().max(1));
    match edit {
        Edit::Insert(at, new) => {
            let at = boundary(at.index(text.len() + 1));
            return format!("{}{new}{}", &text[..at], &text[at..]);
        }
        Edit::Cut(at, length) => {
            let at = at.index(text.len() + 1);
            let (start, end) = (boundary(at), boundary(at + length));
            return format!("{}{}", &text[..start], &text[end..]);
        }
        Edit::Swap(..) | Edit::Repeat(..) if lines.is_empty() => {}
        Edit::Swap(one, two) => {
            let (one, two) = (line(one), line(two));
            lines.swap(one, two);
        }
        Edit::Repeat(from, to) => {
            let (from, to) = (line(from), line(to));
            lines.insert(to, lines[from]);
        }
    }
    lines.join("\n")
}

/// The blueprints that people see, and those that are wrong already.
fn texts() -> Vec<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = ["blueprints", "tests/reports"]
        .iter()
        .flat_map(|folder| fs::read_dir(here.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    files
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

/// `PROPTEST_CASES` asks for more than these.
fn cases(few: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: asked.map_or(few, |cases| cases.parse().unwrap()),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn slips_are_answered(
        text in proptest::sample::select(texts()),
        edits in proptest::collection::vec(slip(), 1..5),
    ) {
        answered(&edits.iter().fold(text, |text, edit| edited(&text, edit)));
    }

    #[test]
    fn shuffled_lines_are_answered(
        text in proptest::sample::select(texts()),
        edits in proptest::collection::vec(prop_oneof![3 => shuffle(), 1 => slip()], 1..5),
    ) {
        answered(&edits.iter().fold(text, |text, edit| edited(&text, edit)));
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        answered(&text);
    }
}

#[test]
fn deep_nesting_is_answered() {
    for open in ["[", "{a=", "[{a=", "\"${"] {
        let text = format!("schema = 1\na = {}", open.repeat(50_000));
        assert!(answered(&text).contains("error"), "{open}");
    }
    let dotted = vec!["a"; 50_000].join(".");
    for text in [
        format!("{dotted} = 1"),
        format!("[{dotted}]\nb = 1"),
        format!("[[{dotted}]]"),
    ] {
        assert!(answered(&text).contains("error"));
    }
}

#[test]
fn what_is_long_is_cut_around_its_place() {
    let head = "schema = 1\n[services.web]\nimage = \"x\"\n";
    for (text, line) in [
        (format!("{head}\"{}\" = 1\n", "é".repeat(300_000)), 4),
        (
            format!(
                "{head}env = {{ A = \"{}\", B = 1.5 }}\n",
                "x".repeat(300_000)
            ),
            4,
        ),
        (format!("{head}{}mx = 2\n", "\n".repeat(300_000)), 300_004),
        (format!("a = [{}\n", "1,".repeat(300_000)), 1),
    ] {
        let found = answered(&text);
        assert!(found.contains(&format!("ravelin.toml:{line}:")), "{found}");
        let longest = found.lines().map(|line| line.chars().count()).max();
        assert!(longest < Some(1_000), "{longest:?}");
    }
    let found = answered(&format!(
        "{head}env = {{ A = \"{}\", B = 1.5 }}\n",
        "x".repeat(9_000)
    ));
    let lines: Vec<&str> = found.lines().collect();
    let caret = lines.iter().position(|line| line.contains("^^^")).unwrap();
    let column = lines[caret].find("^^^").unwrap();
    assert_eq!(
        lines[caret - 1]
            .chars()
            .skip(column)
            .take(3)
            .collect::<String>(),
        "1.5"
    );
}

#[test]
fn a_caret_stands_under_wide_letters() {
    let found = answered(
        "schema = 1\n[project]\nname = \"shop\"\nlabels = { \"日本語\" = \"x\", b = 1.5 }\n",
    );
    let lines: Vec<&str> = found.lines().collect();
    let caret = lines.iter().position(|line| line.contains("^^^")).unwrap();
    // Each of the three letters takes two columns of a terminal.
    let columns = |text: &str| {
        text.chars()
            .map(|one| if one > '\u{2e80}' { 2 } else { 1 })
            .sum::<usize>()
    };
    let before = lines[caret - 1].split("1.5").next().unwrap();
    assert_eq!(
        columns(before),
        lines[caret].find("^^^").unwrap(),
        "{found}"
    );
}

#[test]
fn many_mistakes_are_answered() {
    for text in [
        "a=\n".repeat(100_000),
        "=\n".repeat(100_000),
        "a=1\n".repeat(100_000),
        "日本=1\n".repeat(50_000),
        (0..20_000).fold("schema = 1\n".to_owned(), |text, index| {
            text + &format!("[environments.e{index}]\nproject_id = \"shop-prod\"\n")
        }),
    ] {
        assert!(answered(&text).contains("error"));
    }
}

#[test]
fn windows_line_ends_and_a_mark_change_nothing() {
    let windows = format!("\u{feff}{}", STOREFRONT.replace('\n', "\r\n"));
    assert_eq!(answered(&windows), "");
    let trees = [STOREFRONT, &windows]
        .map(|text| expand(&Source::new("ravelin.toml", text), &|_| None).tree());
    assert_eq!(trees[0], trees[1]);
    let wrong = windows.replacen("\nmax ", "\nmx ", 1);
    let line = 1 + wrong
        .lines()
        .position(|line| line.starts_with("mx "))
        .unwrap();
    let found = answered(&wrong);
    assert!(
        found.contains(&format!("ravelin.toml:{line}:1\n")),
        "{found}"
    );
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let text = STOREFRONT.replacen("exposure   =", "\"ex\\u001b[31mposure\" =", 1);
    let text = text.replacen("\"public\"", "\"pub\\u001b[31m\\u202elic\"", 1);
    let found = answered(&text);
    assert!(found.contains("error[unknown-key]"), "{found}");
    assert!(
        !found.contains('\u{1b}') && !found.contains('\u{202e}'),
        "{found:?}"
    );
}
