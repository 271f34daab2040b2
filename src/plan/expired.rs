//! Exceptions past their last day. What is generated never depends on the day; only a check does.

use super::date::Date;
use super::resolve::elements;
use crate::blueprint::{Environment, Place};
use crate::diag::Diagnostic;
use crate::rules;

/// The exceptions of an environment whose last day is before `today`.
#[must_use]
pub fn expired(environment: &Environment, today: Date) -> Vec<Diagnostic> {
    let mut expired = Vec::new();
    for (element, exceptions) in elements(&environment.blueprint) {
        for (index, exception) in exceptions.iter().enumerate() {
            let last = exception
                .expires
                .and_then(|expires| expires.date)
                .and_then(|date| Date::new(date.year, date.month, date.day));
            let Some(last) = last.filter(|last| *last < today) else {
                continue;
            };
            let rule = exception.rule.as_deref().unwrap_or("…");
            let key = element.then("exceptions").item(index).then("expires");
            let mut diagnostic = Diagnostic::new(
                rules::EXCEPTION_EXPIRED,
                format!("the exception from `{rule}` of `{element}` has ended"),
            )
            .at(
                environment.span(&Place::Value(key)),
                format!("{last} was its last day, and today is {today}"),
            )
            .help("close what it opens, or let its owner decide on a new date");
            diagnostic.environments.insert(environment.name.clone());
            expired.push(diagnostic);
        }
    }
    expired
}
