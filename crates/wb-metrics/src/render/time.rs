//! Times and spans of time as graphite's `from` and `until` write them.
//!
//! A time is a reference (`now`, `midnight`, `6pm today`, `noon yesterday`, `monday`, `january 1`,
//! `18:30_20240131`, `01/31/24`, or nothing for now) and an offset (`-1h`, `+5min`, `-1d12h`), or
//! seconds since 1970. Blanks, underscores and commas in it mean nothing. As in graphite-web, `12pm`
//! is midnight; `noon` is noon.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use winnow::ascii::{alpha1, digit1};
use winnow::combinator::{alt, eof, opt, preceded, repeat, terminated};
use winnow::prelude::*;
use winnow::token::{one_of, rest, take_while};

/// The longest span that is understood, in seconds: about a thousand years.
pub const MAX_DURATION_S: i64 = 1_000 * 365 * DAY_S;

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 60 * MINUTE_S;
const DAY_S: i64 = 24 * HOUR_S;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Why a text is no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// The text is no span of time.
    #[error(
        "{text:?} is no span of time: write numbers with units (s, min, h, d, w, mon, y), such as \
         -1h or 1d12h"
    )]
    Duration {
        /// The text.
        text: String,
    },
    /// The text refers to no time.
    #[error(
        "{text:?} is no time: write now, today, noon yesterday, monday, january 1, 18:30_20240131, \
         01/31/24 or seconds since 1970"
    )]
    Reference {
        /// The text, without its offset.
        text: String,
    },
    /// The text names a date or a time of day that does not exist, or one too far away.
    #[error("{text:?} names a date or a time of day that does not exist or is too far away")]
    OutOfRange {
        /// The text.
        text: String,
    },
}

/// Reads a time, seen from `now_s` by a reader in `zone`, as seconds since 1970 UTC.
///
/// # Errors
///
/// [`TimeError`]: the text is no time.
pub fn parse_at(text: &str, now_s: i64, zone: &TimeZone) -> Result<i64, TimeError> {
    let mut plain = text.trim().to_lowercase();
    plain.retain(|c| !matches!(c, '_' | ',' | ' '));
    let out_of_range = || TimeError::OutOfRange {
        text: text.to_owned(),
    };
    if !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_digit()) && !is_date(&plain) {
        let second = plain.parse().map_err(|_| out_of_range())?;
        return Timestamp::from_second(second)
            .map(Timestamp::as_second)
            .map_err(|_| out_of_range());
    }
    let split = plain
        .find('+')
        .or_else(|| plain.find('-'))
        .unwrap_or(plain.len());
    let (reference, offset) = plain.split_at(split);
    let reference_s = parse_reference(reference, now_s, zone)?;
    let offset_s = if offset.is_empty() {
        0
    } else {
        parse_duration(offset)?
    };
    reference_s.checked_add(offset_s).ok_or_else(out_of_range)
}

/// Reads a span of time (`5min`, `-1d`, `1hour`, `1d12h`) as seconds.
///
/// # Errors
///
/// [`TimeError`]: the text is no span of time.
pub fn parse_duration(text: &str) -> Result<i64, TimeError> {
    let error = || TimeError::Duration {
        text: text.to_owned(),
    };
    let seconds = duration.parse(text).map_err(|_| error())?;
    Some(seconds)
        .filter(|seconds| seconds.saturating_abs() <= MAX_DURATION_S)
        .ok_or_else(|| TimeError::OutOfRange {
            text: text.to_owned(),
        })
}

fn duration(input: &mut &str) -> ModalResult<i64> {
    let sign = opt(one_of(['+', '-'])).parse_next(input)?;
    // A sign by itself is no offset: that is how `now-` is read.
    let least = if sign.is_some() { 0 } else { 1 };
    let total = repeat(least.., term)
        .fold(
            || 0_i64,
            |total, seconds: i64| total.saturating_add(seconds),
        )
        .parse_next(input)?;
    Ok(if sign == Some('-') { -total } else { total })
}

fn term(input: &mut &str) -> ModalResult<i64> {
    // More digits than fit are too far away in any unit.
    let count = digit1.map(|digits: &str| digits.parse().unwrap_or(i64::MAX));
    (count, alpha1.verify_map(unit_s))
        .map(|(count, unit_s): (i64, i64)| count.saturating_mul(unit_s))
        .parse_next(input)
}

/// The seconds of a unit, of which only the beginning matters: `h`, `hour` and `hours` are one.
fn unit_s(unit: &str) -> Option<i64> {
    let units = [
        ("s", 1),
        ("min", MINUTE_S),
        ("h", HOUR_S),
        ("d", DAY_S),
        ("w", 7 * DAY_S),
        ("mon", 30 * DAY_S),
        ("y", 365 * DAY_S),
    ];
    units
        .iter()
        .find(|(prefix, _)| unit.starts_with(prefix))
        .map(|(_, seconds)| *seconds)
}

/// Whether digits are a date (`20240131`) and not seconds since 1970.
fn is_date(digits: &str) -> bool {
    date_parts(digits).is_some_and(|(year, month, day)| year > 1900 && month < 13 && day < 32)
}

fn date_parts(digits: &str) -> Option<(i16, i8, i8)> {
    if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = digits.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
}

fn parse_reference(text: &str, now_s: i64, zone: &TimeZone) -> Result<i64, TimeError> {
    if text.is_empty() || text == "now" {
        return Ok(now_s);
    }
    let error = || TimeError::Reference {
        text: text.to_owned(),
    };
    let out_of_range = || TimeError::OutOfRange {
        text: text.to_owned(),
    };
    let ((hour, minute), day) = reference.parse(text).map_err(|_| error())?;
    let now = Timestamp::from_second(now_s).map_err(|_| out_of_range())?;
    let today = zone.to_datetime(now).date();
    let date = match date_of(day, today) {
        Ok(date) => date.ok_or_else(error)?,
        Err(_) => return Err(out_of_range()),
    };
    let time = jiff::civil::Time::new(hour, minute, 0, 0).map_err(|_| out_of_range())?;
    // When the clock shows a time twice, graphite-web means the second; when it skips one, the time
    // that a clock left as it was would show.
    let time = zone.to_ambiguous_timestamp(date.to_datetime(time)).later();
    time.map(Timestamp::as_second).map_err(|_| out_of_range())
}

/// A time of day, midnight if there is none, and the rest: the day.
fn reference<'i>(input: &mut &'i str) -> ModalResult<((i8, i8), &'i str)> {
    let clock = opt(clock).parse_next(input)?;
    let hour_12 = opt(hour_12).parse_next(input)?;
    let named = alt((
        "noon".value((12, 0)),
        "midnight".value((0, 0)),
        "teatime".value((16, 0)),
    ));
    let named = opt(named).parse_next(input)?;
    let time = named
        .or(hour_12.map(|hour| (hour, 0)))
        .or(clock)
        .unwrap_or((0, 0));
    rest.map(|day| (time, day)).parse_next(input)
}

/// `18:30`, `6:30pm`.
fn clock(input: &mut &str) -> ModalResult<(i8, i8)> {
    let last_digit = terminated(digits::<1, 1>, eof);
    let (hour, _, minute, half) = (
        digits::<1, 2>,
        ':',
        alt((digits::<2, 2>, last_digit)),
        opt(alt(("am", "pm"))),
    )
        .parse_next(input)?;
    let hour = if half == Some("pm") {
        afternoon(hour)
    } else {
        hour
    };
    Ok((hour, minute))
}

/// `6pm`.
fn hour_12(input: &mut &str) -> ModalResult<i8> {
    let (hour, half) = (digits::<1, 2>, alt(("am", "pm"))).parse_next(input)?;
    Ok(if half == "pm" { afternoon(hour) } else { hour })
}

fn afternoon(hour: i8) -> i8 {
    (hour + 12) % 24
}

fn digits<const MIN: usize, const MAX: usize>(input: &mut &str) -> ModalResult<i8> {
    take_while(MIN..=MAX, |c: char| c.is_ascii_digit())
        .parse_to()
        .parse_next(input)
}

/// The date that a day's name or number means; none if it means no day.
fn date_of(day: &str, today: Date) -> Result<Option<Date>, jiff::Error> {
    match day {
        "" | "today" => return Ok(Some(today)),
        "yesterday" => return today.yesterday().map(Some),
        "tomorrow" => return today.tomorrow().map(Some),
        _ => {}
    }
    if let Ok((month, date, year)) = american_date.parse(day) {
        return Date::new(full_year(year), month, date).map(Some);
    }
    if let Some((year, month, date)) = date_parts(day) {
        return Date::new(year, month, date).map(Some);
    }
    let Some(prefix) = day.get(..3) else {
        return Ok(None);
    };
    if let Some(month) = (1..).zip(MONTHS).find(|(_, name)| *name == prefix) {
        let Some(date) = last_digits(day) else {
            return Ok(None);
        };
        return Date::new(today.year(), month.0, date).map(Some);
    }
    let Some(weekday) = weekday(prefix) else {
        return Ok(None);
    };
    today
        .checked_sub(jiff::Span::new().days(weekday.until(today.weekday())))
        .map(Some)
}

/// `MM/DD/YY` or `MM/DD/YYYY`.
fn american_date(input: &mut &str) -> ModalResult<(i8, i8, i16)> {
    let number = || digit1.parse_to::<i8>();
    (
        number(),
        preceded('/', number()),
        preceded('/', digit1.parse_to()),
    )
        .parse_next(input)
}

fn full_year(year: i16) -> i16 {
    let year = if year < 1900 {
        year.saturating_add(1900)
    } else {
        year
    };
    if year < 1970 {
        year.saturating_add(100)
    } else {
        year
    }
}

/// The one or two digits at the end.
fn last_digits(text: &str) -> Option<i8> {
    let tail = |count: usize| {
        text.get(text.len().checked_sub(count)?..)?
            .parse::<u8>()
            .ok()
    };
    tail(2)
        .or_else(|| tail(1))
        .and_then(|number| i8::try_from(number).ok())
}

fn weekday(prefix: &str) -> Option<Weekday> {
    Some(match prefix {
        "sun" => Weekday::Sunday,
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        _ => return None,
    })
}
