//! When an alert goes off: what is written, what is usual, and the limits of both.

use crate::blueprint::Place;
use crate::blueprint::schema::Number;
use crate::blueprint::units::{DAY, Duration, OrFalse};
use crate::rules;

use super::alerts::Gathered;

/// Limits of a part in percent, and of a count.
pub(super) const PERCENT: (f64, f64) = (0.1, 100.0);
pub(super) const COUNT: (f64, f64) = (1.0, 1_000_000.0);

impl Gathered<'_, '_> {
    /// Whether an alert is wanted that takes no number. `there`: whether the blueprint has what it watches.
    pub(super) fn switch(&mut self, name: &str, written: Option<bool>, there: bool) -> bool {
        self.idle(name, written.is_some(), there);
        there && written.unwrap_or(true)
    }

    /// When an alert goes off that takes a number within these limits.
    pub(super) fn number(
        &mut self,
        name: &str,
        written: Option<&OrFalse<Number>>,
        usual: &str,
        (least, most): (f64, f64),
        there: bool,
    ) -> Option<String> {
        self.idle(name, written.is_some(), there);
        let number = match written {
            Some(OrFalse::False) => return None,
            None => usual.to_owned(),
            Some(OrFalse::Is(Number { 0: text })) => {
                let fits = |number: f64| (least..=most).contains(&number);
                if !text.parse().is_ok_and(fits) {
                    self.out_of_range(name, text, &format!("takes {least} to {most}"));
                }
                text.clone()
            }
        };
        there.then_some(number)
    }

    /// When an alert goes off that takes a time within these limits, in seconds. What is counted in days takes whole ones.
    pub(super) fn time(
        &mut self,
        name: &str,
        written: Option<&OrFalse<Duration>>,
        usual: u32,
        (least, most): (u32, u32),
        there: bool,
    ) -> Option<u32> {
        self.idle(name, written.is_some(), there);
        let seconds = match written {
            Some(OrFalse::False) => return None,
            None => usual,
            Some(OrFalse::Is(time)) => {
                let whole = least != DAY || time.whole_days().is_some();
                if !whole || !(least..=most).contains(&time.seconds) {
                    let takes = if least == DAY {
                        format!("takes whole days, 1 to {}", most / DAY)
                    } else {
                        format!("takes {least} to {most} seconds")
                    };
                    self.out_of_range(name, &format!("{} seconds", time.seconds), &takes);
                }
                time.seconds
            }
        };
        there.then_some(seconds)
    }

    fn out_of_range(&mut self, name: &str, value: &str, takes: &str) {
        let place = Place::Value(self.key.then(name));
        let message = format!("`{name}` cannot be {value}");
        self.cx.report(rules::OUT_OF_RANGE, message, &place, takes);
    }

    /// Warns of a word about an alert that watches nothing.
    fn idle(&mut self, name: &str, written: bool, there: bool) {
        if written && !there {
            self.cx
                .report(
                    rules::ALERT_IDLE,
                    format!("there is nothing that `{name}` could watch"),
                    &Place::Key(self.key.then(name)),
                    "no alert comes of it",
                )
                .help(format!(
                    "leave `{name}` out: each alert comes with what it watches"
                ));
        }
    }
}
