//! Times in cron's form, as Cloud Scheduler takes them (<https://cloud.google.com/scheduler/docs/configuring/cron-job-schedules>).

/// A field: what it is called, its least and its most number, and the names that stand for numbers.
struct Field {
    called: &'static str,
    takes: &'static str,
    least: u32,
    most: u32,
    names: &'static [&'static str],
    /// The number of the first name.
    first: u32,
}

const MONTHS: &[&str] = &[
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

#[rustfmt::skip] // a table is read by its rows
const FIELDS: [Field; 5] = [
    Field { called: "the minute", takes: "0 to 59", least: 0, most: 59, names: &[], first: 0 },
    Field { called: "the hour", takes: "0 to 23", least: 0, most: 23, names: &[], first: 0 },
    Field { called: "the day of the month", takes: "1 to 31", least: 1, most: 31, names: &[], first: 0 },
    Field { called: "the month", takes: "1 to 12 or JAN to DEC", least: 1, most: 12, names: MONTHS, first: 1 },
    Field { called: "the day of the week", takes: "0 to 7 or SUN to SAT", least: 0, most: 7, names: DAYS, first: 0 },
];

/// The first field that cannot be read, with what it takes; nothing where all can.
pub(super) fn mistake(cron: &str) -> Option<(&'static str, &'static str)> {
    let fields: Vec<&str> = cron.split(' ').collect();
    if fields.len() != FIELDS.len() {
        return Some(("it", "five fields with a space between them"));
    }
    let mut pairs = FIELDS.iter().zip(fields);
    let (field, _) = pairs.find(|(field, text)| !text.split(',').all(|part| field.takes(part)))?;
    Some((field.called, field.takes))
}

impl Field {
    /// A star, a number or a range, each perhaps with a step.
    fn takes(&self, part: &str) -> bool {
        let (range, step) = part
            .split_once('/')
            .map_or((part, None), |(a, b)| (a, Some(b)));
        let stepped = step
            .is_none_or(|step| number(step).is_some_and(|step| (1..=self.most).contains(&step)));
        let ranged = match range.split_once('-') {
            _ if range == "*" => true,
            None => self.value(range).is_some(),
            Some((from, to)) => match (self.value(from), self.value(to)) {
                (Some(from), Some(to)) => from <= to,
                _ => false,
            },
        };
        stepped && ranged
    }

    fn value(&self, text: &str) -> Option<u32> {
        let named = self
            .names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(text));
        let named = named.and_then(|at| u32::try_from(at).ok());
        let value = named.map(|at| at + self.first).or_else(|| number(text))?;
        (self.least..=self.most).contains(&value).then_some(value)
    }
}

/// Digits alone: `+5` is no number of cron.
fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::mistake;

    #[test]
    fn times_are_taken_and_refused_as_cron_does() {
        for taken in [
            "* * * * *",
            "*/15 0-6,22 1,15 JAN-MAR mon-fri",
            "59 23 31 12 7",
            "0 4 * * SUN",
            "5-50/5 * * * *",
        ] {
            assert_eq!(mistake(taken), None, "{taken}");
        }
        for (refused, field) in [
            ("", "it"),
            ("0 4 * *", "it"),
            ("0  4 * * *", "it"),
            ("0 0 4 * * *", "it"),
            ("60 4 * * *", "the minute"),
            ("*/0 4 * * *", "the minute"),
            ("+5 4 * * *", "the minute"),
            ("0 24 * * *", "the hour"),
            ("0 4 0 * *", "the day of the month"),
            ("0 4 * 13 *", "the month"),
            ("0 4 * * 8", "the day of the week"),
            ("0 4 * * FRI-MON", "the day of the week"),
            ("0 4 * * L", "the day of the week"),
            ("0 4 ? * *", "the day of the month"),
        ] {
            assert_eq!(mistake(refused).map(|one| one.0), Some(field), "{refused}");
        }
    }
}
