//! Numbers in words.

/// `1 file`, `2 files`, `2 registries`.
pub fn count(number: usize, word: &str) -> String {
    if number == 1 {
        format!("1 {word}")
    } else {
        format!("{number} {}", many(word))
    }
}

/// `no errors`, `1 warning`.
pub fn count_or_no(number: usize, word: &str) -> String {
    if number == 0 {
        format!("no {}", many(word))
    } else {
        count(number, word)
    }
}

fn many(word: &str) -> String {
    match word.strip_suffix("ry") {
        Some(stem) => format!("{stem}ries"),
        None => format!("{word}s"),
    }
}
