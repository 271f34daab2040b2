//! What templates write a value with. They are all there are: any other text is refused.
#![allow(
    clippy::inline_always,
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "askama's macro makes filters of this form"
)]

use std::borrow::Borrow;
use std::fmt::Display;

use askama::Values;
use askama::filters::Safe;

use super::words::Word;
use crate::proof::Waiver;
use crate::render::quote::hcl::Hcl;
use crate::render::quote::{self, Quoted};

/// A value of HCL, quoted as its type asks for.
#[askama::filter_fn]
pub fn hcl<T: Hcl>(value: T, _: &dyn Values) -> askama::Result<Quoted> {
    Ok(value.hcl())
}

/// A list with one item a line, so that a change of one item changes one line.
#[askama::filter_fn]
pub fn lines<T: Hcl>(items: &[T], _: &dyn Values) -> askama::Result<Quoted> {
    let mut out = String::from("[\n");
    for item in items {
        out.push_str(&item.hcl().0);
        out.push_str(",\n");
    }
    out.push(']');
    Ok(Safe(out))
}

/// Numbers in a list of texts, as a firewall takes its ports.
#[askama::filter_fn]
pub fn texts<T: Display>(numbers: &[T], _: &dyn Values) -> askama::Result<Quoted> {
    let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    Ok(texts.hcl())
}

/// A file mode as people write it.
#[askama::filter_fn]
pub fn octal(mode: &u32, _: &dyn Values) -> askama::Result<Quoted> {
    Ok(Safe(format!("{mode:04o}")))
}

/// Terraform's own name for what the plan calls so.
#[askama::filter_fn]
pub fn id(name: &str, _: &dyn Values) -> askama::Result<Quoted> {
    Ok(Safe(super::id(name)))
}

/// A word of Terraform's or a text of this program's.
#[askama::filter_fn]
pub fn word<T: Word>(word: T, _: &dyn Values) -> askama::Result<Safe<&'static str>> {
    Ok(Safe(word.word()))
}

/// A text in a comment, as a sentence.
#[askama::filter_fn]
pub fn sentence(text: &str, _: &dyn Values) -> askama::Result<Quoted> {
    let mut chars = text.trim_end_matches('.').chars();
    let first = chars.next().map(char::to_uppercase);
    let sentence: String = first.into_iter().flatten().chain(chars).collect();
    Ok(quote::comment(&format!("{sentence}.")))
}

/// A text in a comment.
#[askama::filter_fn]
pub fn comment(text: &str, _: &dyn Values) -> askama::Result<Quoted> {
    Ok(quote::comment(text))
}

/// The comment in which a scanner reads that a finding is meant.
#[askama::filter_fn]
pub fn comment_of<T: Borrow<Waiver>>(waiver: T, _: &dyn Values) -> askama::Result<Quoted> {
    Ok(Safe(waiver.borrow().comment()))
}
