//! The arrows between the rooms of `src/`: who may use whom. Every path in every file is read, so that an arrow against the
//! flow of the data (text → blueprint → plan → views → tree → change set → disk or diff) fails here with its file and line.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room, the rooms that it may use beside itself, and the outside paths of which it is the only user.
type Room = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

/// A room is `src/NAME.rs` or the folder `src/NAME/`; the longest name that fits counts.
const ROOMS: &[Room] = &[
    ("source", &[], &[]),
    ("name", &[], &[]),
    ("parallel", &[], &[]),
    ("diag", &["source"], &["annotate_snippets"]),
    ("rules", &["diag"], &[]),
    ("blueprint", &["name", "source", "diag", "rules"], &["toml"]),
    // The resolver and the checks read the blueprint; the model that comes out of them knows nothing of where it came from.
    (
        "plan",
        &[
            "plan::model",
            "name",
            "blueprint",
            "diag",
            "rules",
            "source",
        ],
        &[],
    ),
    ("plan::model", &["name"], &[]),
    (
        "render",
        &[
            "plan",
            "plan::model",
            "name",
            "rules",
            "tree",
            "proof",
            "parallel",
        ],
        &["askama"],
    ),
    // What editors and readers are told of the language.
    ("language", &["blueprint", "plan", "rules"], &[]),
    // Blueprints to start from.
    (
        "preset",
        &["blueprint", "language", "name", "plan", "source"],
        &[],
    ),
    // What the output was proven with, and what scanners find in it on purpose.
    ("proof", &["plan::model"], &[]),
    ("tree", &["name"], &[]), // name: the hash of a text
    ("change", &["tree", "name", "parallel"], &["toml"]), // toml: the lock file
    (
        "store",
        &["tree", "change", "name", "parallel"], // name: the hash of a text
        &["toml", "std::fs", "tempfile", "ignore"],
    ),
    ("diff", &["change", "tree"], &["similar", "diffy"]),
    (
        "cli",
        EVERY_ROOM,
        &["clap", "clap_complete", "clap_mangen", "dialoguer"],
    ),
    ("lib", EVERY_ROOM, &[]),
    ("main", EVERY_ROOM, &[]),
];

const EVERY_ROOM: &[&str] = &[
    "source",
    "name",
    "parallel",
    "diag",
    "rules",
    "blueprint",
    "plan",
    "plan::model",
    "language",
    "preset",
    "proof",
    "render",
    "tree",
    "change",
    "store",
    "diff",
    "cli",
    "lib",
];

#[test]
fn rooms_use_only_what_they_may() {
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    assert!(files.len() > 1, "found no source");
    let mut wrong = Vec::new();
    for (module, file) in files {
        let text = fs::read_to_string(&file).unwrap();
        wrong.extend(violations(&module, &file, &text));
    }
    assert!(
        wrong.is_empty(),
        "arrows against the rules (the table stands in this test):\n{}",
        wrong.join("\n")
    );
}

#[test]
fn a_wrong_arrow_is_seen_in_every_spelling() {
    let seen = |module: &str, text: &str| !violations(module, Path::new("x.rs"), text).is_empty();
    for text in [
        "use crate::plan::Plan;",
        "use crate::{\n    name::Name,\n    plan::{self, Plan},\n};",
        "fn f() -> crate::plan::Plan { todo() }",
        "use super::plan;",
        "use crate::generate;",
        "pub(crate) use crate::plan as p;",
        "use similar::TextDiff;",
        "use std::{fmt, fs::read};",
        "fn f<'a>(s: &'a str) -> bool { s == \"'\" && std::fs::exists(s) }",
        "#[derive(askama::Template)]\nstruct T;",
    ] {
        assert!(seen("blueprint", text), "{text}");
        assert_eq!(
            seen("blueprint::deep", text),
            !text.contains("super"),
            "{text}"
        );
    }
    for text in [
        "use crate::name::Name;",
        "mod similar;\npub use similar::nearest;",
        "// use crate::plan::Plan;",
        "/* crate::plan /* nested */ std::fs */",
        "const S: &str = \"crate::plan\\\" std::fs\";",
        "const S: &str = r#\"crate::plan \" std::fs\"#;",
        "mod tests { use super::*; }",
        "use crate::blueprint::plan;",
        "struct S { plan: u8 }",
    ] {
        assert!(!seen("blueprint", text), "{text}");
    }
    assert!(seen("plan::model::waf", "use crate::plan::resolve::x;"));
    assert!(!seen("plan::model::waf", "use crate::plan::model::text;"));
    assert!(!seen(
        "plan::resolve::waf",
        "use crate::blueprint::Waf; use super::super::model::Waf;"
    ));
    assert!(seen("render::iam", "use super::super::store;"));
    assert!(seen("unheard", "use crate::plan;"));
}

/// What is wrong in one file: a line each.
fn violations(module: &str, file: &Path, text: &str) -> Vec<String> {
    let at = |line: usize| format!("{}:{line}", file.display());
    let Some((room, may, _)) = room_of(module) else {
        return vec![format!("{}: `{module}` is no room of the table", at(1))];
    };
    let mut wrong = BTreeSet::new();
    let own_modules = modules(text);
    for (line, path) in paths(text) {
        if own_modules.iter().any(|own| begins_with(&path, own)) {
            continue;
        }
        let Some(inner) = within_crate(module, &path) else {
            let owners: Vec<_> = ROOMS
                .iter()
                .filter(|(_, _, only)| only.iter().any(|o| begins_with(&path, o)))
                .collect();
            if !owners.is_empty() && !owners.iter().any(|owner| owner.0 == room) {
                let names: Vec<_> = owners
                    .iter()
                    .map(|owner| format!("`{}`", owner.0))
                    .collect();
                wrong.insert((
                    line,
                    format!(
                        "`{room}` uses `{path}`, which only {} may",
                        names.join(" or ")
                    ),
                ));
            }
            continue;
        };
        // A `super` that names no room is one of the file's own inner modules looking up; `crate` is then `lib.rs`.
        let used = match room_of(&inner) {
            Some((used, ..)) => used,
            None if path.starts_with("crate") => "lib",
            None => continue,
        };
        if used != room && !may.contains(&used) {
            wrong.insert((line, format!("`{room}` uses `{used}` (`{path}`)")));
        }
    }
    wrong
        .into_iter()
        .map(|(line, what)| format!("{}: {what}", at(line)))
        .collect()
}

/// The room that a module path lies in.
fn room_of(module: &str) -> Option<Room> {
    ROOMS
        .iter()
        .filter(|(name, ..)| begins_with(module, name))
        .max_by_key(|(name, ..)| name.len())
        .copied()
}

fn begins_with(path: &str, start: &str) -> bool {
    path.strip_prefix(start)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// A path as seen from the root of the crate; nothing when it does not say `crate` or climb up to it.
fn within_crate(module: &str, path: &str) -> Option<String> {
    if let Some(inner) = path.strip_prefix("crate::") {
        return Some(inner.to_owned());
    }
    let mut from: Vec<_> = module.split("::").collect();
    let mut rest = path;
    while let Some(up) = rest.strip_prefix("super::") {
        from.pop()?;
        rest = up;
    }
    from.push(rest);
    (rest.len() < path.len()).then(|| from.join("::"))
}

/// Each source file with its module path; `lib.rs` and `main.rs` are rooms of their own.
fn rust_files(src: &Path, into: &mut Vec<(String, PathBuf)>) {
    let mut folders = vec![src.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let inner = path.strip_prefix(src).unwrap().with_extension("");
                let parts: Vec<_> = inner
                    .iter()
                    .map(|p| p.to_str().unwrap())
                    .filter(|p| *p != "mod")
                    .collect();
                into.push((parts.join("::"), path));
            }
        }
    }
    into.sort();
}

/// The modules that a file declares: a path may begin with them, whatever crate has the same name.
fn modules(text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let pairs = tokens.windows(2).filter(|pair| pair[0].1 == "mod");
    pairs.map(|pair| pair[1].1.clone()).collect()
}

/// Every path of two or more parts, and every path of a `use`, with its line; groups are taken apart.
fn paths(text: &str) -> Vec<(usize, String)> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        if tokens[i].1 == "use" {
            i = use_tree(&tokens, i + 1, "", &mut found);
        } else if is_word(&tokens[i].1) {
            let (line, mut path) = tokens[i].clone();
            i += 1;
            while i + 1 < tokens.len() && tokens[i].1 == "::" && is_word(&tokens[i + 1].1) {
                path = path + "::" + &tokens[i + 1].1;
                i += 2;
            }
            if path.contains("::") {
                found.push((line, path));
            }
        } else {
            i += 1;
        }
    }
    found
}

/// Reads one tree of a `use` from token `i` on; gives the place behind it.
fn use_tree(
    tokens: &[(usize, String)],
    mut i: usize,
    before: &str,
    found: &mut Vec<(usize, String)>,
) -> usize {
    let mut path = before.to_owned();
    while let Some((line, token)) = tokens.get(i) {
        match token.as_str() {
            "::" => i += 1,
            "{" => {
                i += 1;
                while tokens.get(i).is_some_and(|(_, t)| t != "}") {
                    i = use_tree(tokens, i, &path, found);
                    i += usize::from(tokens.get(i).is_some_and(|(_, t)| t == ","));
                }
                return i + 1;
            }
            "as" => i += 2,
            word if is_word(word) || word == "*" => {
                if word != "self" || path.is_empty() {
                    path = if path.is_empty() {
                        word.to_owned()
                    } else {
                        path + "::" + word
                    };
                }
                i += 1;
                if tokens.get(i).is_none_or(|(_, t)| t != "::") {
                    found.push((*line, path.clone()));
                }
            }
            _ => return i,
        }
    }
    i
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Words, `::` and single signs with their lines; comments, texts and characters are left out.
fn tokens(text: &str) -> Vec<(usize, String)> {
    let chars: Vec<char> = text.chars().collect();
    let next = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let (mut out, mut line, mut i) = (Vec::new(), 1, 0);
    while i < chars.len() {
        let from = i;
        match chars[i] {
            '/' if next(i + 1) == '/' => i += chars[i..].iter().take_while(|c| **c != '\n').count(),
            '/' if next(i + 1) == '*' => i = behind_comment(&chars, i),
            '"' => i = behind_text(&chars, i + 1),
            'r' if raw_hashes(&chars, i + 1).is_some() => i = behind_raw(&chars, i + 1),
            // A lifetime has no closing quote two signs on; a character has, or begins with a backslash.
            '\'' if next(i + 1) == '\\' => {
                i += 3 + chars[i + 3..].iter().take_while(|c| **c != '\'').count() + 1;
            }
            '\'' if next(i + 2) == '\'' => i += 3,
            c if c.is_alphanumeric() || c == '_' => {
                i += chars[i..]
                    .iter()
                    .take_while(|c| c.is_alphanumeric() || **c == '_')
                    .count();
                out.push((line, chars[from..i].iter().collect()));
            }
            ':' if next(i + 1) == ':' => {
                out.push((line, "::".to_owned()));
                i += 2;
            }
            c => {
                if !c.is_whitespace() {
                    out.push((line, c.to_string()));
                }
                i += 1;
            }
        }
        line += chars[from..i.min(chars.len())]
            .iter()
            .filter(|c| **c == '\n')
            .count();
    }
    out
}

fn behind_comment(chars: &[char], from: usize) -> usize {
    let (mut depth, mut i) = (0, from);
    while i + 1 < chars.len() {
        match (chars[i], chars[i + 1]) {
            ('/', '*') => (depth, i) = (depth + 1, i + 2),
            ('*', '/') => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            return i;
        }
    }
    chars.len()
}

fn behind_text(chars: &[char], mut i: usize) -> usize {
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

/// The number of `#` when a raw text begins here.
fn raw_hashes(chars: &[char], i: usize) -> Option<usize> {
    let hashes = chars[i..].iter().take_while(|c| **c == '#').count();
    (chars.get(i + hashes) == Some(&'"')).then_some(hashes)
}

fn behind_raw(chars: &[char], i: usize) -> usize {
    let hashes = raw_hashes(chars, i).unwrap_or(0);
    let mut end = vec!['"'];
    end.resize(hashes + 1, '#');
    let body = i + hashes + 1;
    chars[body..]
        .windows(end.len())
        .position(|w| w == end)
        .map_or(chars.len(), |at| body + at + end.len())
}
