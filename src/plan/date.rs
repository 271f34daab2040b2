//! Days.

use std::fmt;
use std::str::FromStr;

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day of a date.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        (1..=days)
            .contains(&day)
            .then_some(Self { year, month, day })
    }

    /// The day of a moment in UTC, in seconds since 1970.
    ///
    /// The years are counted from March, so that a leap day is the last of its year; see "chrono-Compatible Low-Level Date
    /// Algorithms", <https://howardhinnant.github.io/date_algorithms.html>.
    #[must_use]
    pub fn of_unix_time(seconds: u64) -> Option<Self> {
        const DAYS_OF_400_YEARS: u64 = 146_097;
        const DAYS_FROM_YEAR_0: u64 = 719_468;
        let days = seconds / 86_400 + DAYS_FROM_YEAR_0;
        let era = days / DAYS_OF_400_YEARS;
        let day_of_era = days % DAYS_OF_400_YEARS;
        let leap_days = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
        let year_of_era = (day_of_era - leap_days) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let (month, next) = if month < 10 {
            (month + 3, 0)
        } else {
            (month - 9, 1)
        };
        let year = era * 400 + year_of_era + next;
        Self::new(
            u16::try_from(year).ok()?,
            u8::try_from(month).ok()?,
            u8::try_from(day).ok()?,
        )
    }

    /// The day so many days later.
    #[must_use]
    pub fn later(self, days: u16) -> Self {
        (0..days).fold(self, |date, _| {
            let Self { year, month, day } = date;
            Self::new(year, month, day + 1)
                .or_else(|| Self::new(year, month + 1, 1))
                .or_else(|| Self::new(year.checked_add(1)?, 1, 1))
                .unwrap_or(date)
        })
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split('-');
        let mut part = |length: usize| {
            let part = parts.next()?;
            let plain = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| part.parse::<u16>().ok()).flatten()
        };
        let date = (part(4), part(2), part(2));
        if let (Some(year), Some(month), Some(day)) = date
            && parts.next().is_none()
            && let (Ok(month), Ok(day)) = (u8::try_from(month), u8::try_from(day))
            && let Some(date) = Self::new(year, month, day)
        {
            return Ok(date);
        }
        Err("expected a day such as 2027-06-30".to_owned())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn days_of_moments() {
        let day = |seconds| Date::of_unix_time(seconds).unwrap().to_string();
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(5_097_599), "1970-02-28");
        assert_eq!(day(5_097_600), "1970-03-01");
        assert_eq!(day(951_782_400), "2000-02-29");
        assert_eq!(day(951_868_800), "2000-03-01");
        assert_eq!(day(1_798_761_599), "2026-12-31");
        assert_eq!(day(1_798_761_600), "2027-01-01");
        assert!(Date::of_unix_time(u64::MAX).is_none());
    }

    #[test]
    fn days_later() {
        let later = |text: &str, days| text.parse::<Date>().unwrap().later(days).to_string();
        assert_eq!(later("2027-12-15", 30), "2028-01-14");
        assert_eq!(later("2028-02-28", 2), "2028-03-01");
        assert_eq!(later("2027-02-28", 1), "2027-03-01");
    }

    #[test]
    fn texts_of_days() {
        assert_eq!(
            "2027-06-30".parse::<Date>().unwrap().to_string(),
            "2027-06-30"
        );
        for text in [
            "2027-6-30",
            "2027-02-29",
            "2027-13-01",
            "",
            "2027-06-30-1",
            "+027-06-30",
            "2027-06-3é",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }
}
