//! Numbers in words.

/// `1 file`, `2 files`.
pub fn count(number: usize, word: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {word}{ending}")
}

/// `no errors`, `1 warning`.
pub fn count_or_no(number: usize, word: &str) -> String {
    if number == 0 {
        format!("no {word}s")
    } else {
        count(number, word)
    }
}
