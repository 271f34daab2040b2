//! What templates write a value with. They are all there are: any other text is refused.
#![allow(
    clippy::inline_always,
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "askama's macro makes filters of this form"
)]

use askama::Values;
use askama::filters::Safe;

use crate::plan::model::{Labels, Ports, Text};
use crate::render::quote::shell::Shell;
use crate::render::quote::{self, Quoted};

/// A word of the shell.
#[askama::filter_fn]
pub fn sh<T: Shell>(value: T, _: &dyn Values) -> askama::Result<Quoted> {
    Ok(value.shell())
}

/// A list as one word, with commas.
#[askama::filter_fn]
pub fn joined<T: Shell + ToString>(items: &[T], _: &dyn Values) -> askama::Result<Quoted> {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    Ok(items.join(",").shell())
}

/// Labels, or flags of a database, as one word: `key=value,key=value`.
#[askama::filter_fn]
pub fn pairs(pairs: &[(String, String)], _: &dyn Values) -> askama::Result<Quoted> {
    Ok(super::dictionary(
        pairs
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str())),
    )
    .shell())
}

/// Labels as one word.
#[askama::filter_fn]
pub fn labels(labels: &Labels, _: &dyn Values) -> askama::Result<Quoted> {
    let pairs = labels
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()));
    Ok(super::dictionary(pairs).shell())
}

/// Ports as a firewall takes them: `tcp:443,tcp:3307`.
#[askama::filter_fn]
pub fn tcp(ports: &[Ports], _: &dyn Values) -> askama::Result<Quoted> {
    let ports: Vec<String> = ports.iter().map(|port| format!("tcp:{port}")).collect();
    Ok(ports.join(",").shell())
}

/// A word of gcloud's or a text of this program's.
#[askama::filter_fn]
pub fn word(word: &'static str, _: &dyn Values) -> askama::Result<Safe<&'static str>> {
    Ok(Safe(word))
}

/// Words of a command, each quoted by itself.
#[askama::filter_fn]
pub fn words(words: &[String], _: &dyn Values) -> askama::Result<Quoted> {
    let words: Vec<String> = words.iter().map(|word| word.shell().0).collect();
    Ok(Safe(words.join(" ")))
}

/// What stands before the name of a flag that is off.
#[askama::filter_fn]
pub fn no(on: &bool, _: &dyn Values) -> askama::Result<Safe<&'static str>> {
    Ok(Safe(if *on { "" } else { "no-" }))
}

/// A name with dashes where Google has underscores in one place and dashes in another.
#[askama::filter_fn]
pub fn dashed(name: &str, _: &dyn Values) -> askama::Result<Quoted> {
    Ok(name.replace('_', "-").shell())
}

/// A name inside of the single quotes of a step's name: what quoting would be needed for becomes `_`.
#[askama::filter_fn]
pub fn label(name: &str, _: &dyn Values) -> askama::Result<Quoted> {
    let plain = |c: char| c.is_alphanumeric() || "-_./@:*+ ".contains(c);
    let label = name.chars().map(|c| if plain(c) { c } else { '_' });
    Ok(Safe(label.collect()))
}

/// A text in a comment.
#[askama::filter_fn]
pub fn comment(text: &str, _: &dyn Values) -> askama::Result<Quoted> {
    Ok(quote::comment(text))
}

/// A text that is not known in full, in a comment.
#[askama::filter_fn]
pub fn comment_text(text: &Text, _: &dyn Values) -> askama::Result<Quoted> {
    Ok(quote::comment(&text.to_string()))
}

/// A scalar of YAML. A line of a here-document never is its end: that is not plain text in YAML's quotes.
#[askama::filter_fn]
pub fn yaml(text: &str, _: &dyn Values) -> askama::Result<Quoted> {
    Ok(quote::yaml::scalar(text))
}

/// Lines as a literal block of YAML that stands so many columns in. A text of one line is one too: it keeps its quotes.
#[askama::filter_fn]
pub fn block(lines: &[String], _: &dyn Values, columns: usize) -> askama::Result<Quoted> {
    Ok(quote::yaml::block(lines, columns))
}
