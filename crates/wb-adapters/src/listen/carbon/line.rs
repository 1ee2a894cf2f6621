//! One line of the plaintext protocol: `path value timestamp`.
//!
//! Where the protocol leaves room, this is what carbon 1.x does, and where we differ:
//!
//! - Fields are split at any white space, so CRLF and tabs are fine. A blank line is a bad line.
//! - A timestamp of -1 means now; a fraction is cut off. Times before 1970 or after the year 9999
//!   are refused: the latter are milliseconds, sent by mistake.
//! - NaN is dropped without a word. Infinity is refused; carbon keeps it, and every sum is spoilt.
//! - Carbon's files make `..a..b` the same series as `a.b`: leading dots are cut off and repeated
//!   ones become one. A trailing dot makes a file there that nobody can find; we cut it off too.
//!   A leading `~` is cut off as carbon does.
//! - Tags are sorted, the last of two equal ones wins, and a tag called `name` is not kept. Carbon
//!   keeps a series whose tags it cannot read under its raw name; we refuse it.

use std::collections::BTreeMap;

use wb_core::limits::SERIES_NAME_BYTES;
use wb_ports::Sample;

/// The last second of the year 9999.
const LATEST_S: f64 = 253_402_300_799.0;

/// Characters that no name of a tag may hold.
const NOT_IN_TAG_NAMES: [char; 4] = [';', '!', '^', '='];

/// Why a line was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LineFault {
    /// Longer than a line may be.
    #[error("the line is too long")]
    TooLong,
    /// The connection ended within the line.
    #[error("the connection ended before the line did")]
    Unfinished,
    /// Not UTF-8.
    #[error("the line is not UTF-8")]
    NotUtf8,
    /// Not three fields.
    #[error("a line is `path value timestamp`")]
    Fields,
    /// The value is no finite number.
    #[error("the value is not a finite number")]
    Value,
    /// The timestamp is no number, or far off.
    #[error("the timestamp is not in seconds since 1970")]
    Timestamp,
    /// The name is empty, too long, or holds control characters.
    #[error("the name is empty, too long, or holds control characters")]
    Name,
    /// A tag is not `name=value`, or holds what tags may not.
    #[error("a tag is not `name=value`")]
    Tag,
}

impl LineFault {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::TooLong,
        Self::Unfinished,
        Self::NotUtf8,
        Self::Fields,
        Self::Value,
        Self::Timestamp,
        Self::Name,
        Self::Tag,
    ];

    /// One fixed word, for counters and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::Unfinished => "unfinished",
            Self::NotUtf8 => "not_utf8",
            Self::Fields => "fields",
            Self::Value => "value",
            Self::Timestamp => "timestamp",
            Self::Name => "name",
            Self::Tag => "tag",
        }
    }
}

/// Reads one line, without its newline, as of `now_s`. None is a NaN, which is nobody's fault and
/// nothing to keep.
///
/// # Errors
/// [`LineFault`]: what is wrong with the line.
pub fn parse_line(line: &[u8], now_s: i64) -> Result<Option<Sample>, LineFault> {
    let line = str::from_utf8(line).map_err(|_| LineFault::NotUtf8)?;
    let mut fields = line.split_whitespace();
    let (Some(path), Some(value), Some(timestamp), None) =
        (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return Err(LineFault::Fields);
    };
    let value: f64 = value.parse().map_err(|_| LineFault::Value)?;
    if value.is_infinite() {
        return Err(LineFault::Value);
    }
    let at_s = parse_timestamp(timestamp, now_s)?;
    let series = normalise(path)?;
    if value.is_nan() {
        return Ok(None);
    }
    Ok(Some(Sample {
        series,
        at_s,
        value,
    }))
}

fn parse_timestamp(text: &str, now_s: i64) -> Result<i64, LineFault> {
    // Most are whole and need no detour over fractions.
    let seconds = match text.parse::<u32>() {
        Ok(whole) => return Ok(i64::from(whole)),
        Err(_) => text.parse::<f64>().map_err(|_| LineFault::Timestamp)?,
    };
    // Carbon cuts the fraction off before it compares: -1.5 means now as well.
    if seconds.trunc() == -1.0 {
        return Ok(now_s);
    }
    if (0.0..=LATEST_S).contains(&seconds) {
        // In range, so nothing but the fraction is lost.
        return Ok(seconds as i64);
    }
    Err(LineFault::Timestamp)
}

/// The one name of a series, however it was written.
fn normalise(path: &str) -> Result<String, LineFault> {
    if path.len() > SERIES_NAME_BYTES || path.chars().any(char::is_control) {
        return Err(LineFault::Name);
    }
    let (name, tags) = match path.split_once(';') {
        Some((name, tags)) => (name, Some(tags)),
        None => (path, None),
    };
    let name = name.trim_start_matches('~');
    let mut series = String::with_capacity(path.len());
    for node in name.split('.').filter(|node| !node.is_empty()) {
        if !series.is_empty() {
            series.push('.');
        }
        series.push_str(node);
    }
    if series.is_empty() {
        return Err(LineFault::Name);
    }
    if let Some(tags) = tags {
        push_tags(&mut series, tags)?;
    }
    Ok(series)
}

fn push_tags(series: &mut String, tags: &str) -> Result<(), LineFault> {
    let mut sorted = BTreeMap::new();
    for tag in tags.split(';') {
        let (name, value) = tag.split_once('=').ok_or(LineFault::Tag)?;
        let is_bad = name.is_empty()
            || name.contains(NOT_IN_TAG_NAMES)
            || value.is_empty()
            || value.starts_with('~');
        if is_bad {
            return Err(LineFault::Tag);
        }
        sorted.insert(name, value);
    }
    // `name` is what graphite calls the path itself.
    sorted.remove("name");
    let mut written: Vec<String> = sorted
        .into_iter()
        .map(|(name, value)| format!(";{name}={value}"))
        .collect();
    // By the whole text, as carbon does: `a-b=1` comes before `a=1`.
    written.sort_unstable();
    series.extend(written);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW_S: i64 = 1_795_230_720;

    fn parse(line: &str) -> Result<Option<(String, i64, f64)>, LineFault> {
        let parsed = parse_line(line.as_bytes(), NOW_S)?;
        Ok(parsed.map(|sample| (sample.series, sample.at_s, sample.value)))
    }

    #[test]
    fn good_lines_are_read() {
        for (line, series, at_s, value) in [
            ("a.b 1 1700000000", "a.b", 1_700_000_000, 1.0),
            ("a.b 1.5 1700000000\r", "a.b", 1_700_000_000, 1.5),
            ("  a.b\t-2e3  1700000000  ", "a.b", 1_700_000_000, -2000.0),
            ("a .5 1700000000.99", "a", 1_700_000_000, 0.5),
            ("a 5. -1", "a", NOW_S, 5.0),
            ("a 5 -1.0", "a", NOW_S, 5.0),
            ("a 5 1.7e9", "a", 1_700_000_000, 5.0),
            ("a 5 253402300799", "a", 253_402_300_799, 5.0),
            ("a 5 0", "a", 0, 5.0),
            ("..a..b. 1 1", "a.b", 1, 1.0),
            ("~a 1 1", "a", 1, 1.0),
            ("größe.日本 1 1", "größe.日本", 1, 1.0),
            ("a;z=1;b=2 1 1", "a;b=2;z=1", 1, 1.0),
            ("a;b=1;b=2;name=x 1 1", "a;b=2", 1, 1.0),
            ("a;a=1;a-b=x=y.z 1 1", "a;a-b=x=y.z;a=1", 1, 1.0),
        ] {
            assert_eq!(
                parse(line),
                Ok(Some((series.to_owned(), at_s, value))),
                "{line:?}"
            );
        }
    }

    #[test]
    fn nan_is_nothing_to_keep() {
        for line in ["a nan 1", "a NaN 1", "a -NAN 1"] {
            assert_eq!(parse(line), Ok(None), "{line:?}");
        }
    }

    #[test]
    fn bad_lines_say_what_is_wrong() {
        let long = format!("{} 1 1", "a".repeat(SERIES_NAME_BYTES + 1));
        for (line, fault) in [
            ("", LineFault::Fields),
            ("\r", LineFault::Fields),
            ("a", LineFault::Fields),
            ("a 1", LineFault::Fields),
            ("a 1 1 1", LineFault::Fields),
            ("a x 1", LineFault::Value),
            ("a inf 1", LineFault::Value),
            ("a -Infinity 1", LineFault::Value),
            ("a 1e999 1", LineFault::Value),
            ("a 0x10 1", LineFault::Value),
            ("a 1 soon", LineFault::Timestamp),
            ("a 1 nan", LineFault::Timestamp),
            ("a 1 -2", LineFault::Timestamp),
            ("a 1 1795230720000", LineFault::Timestamp),
            ("a nan soon", LineFault::Timestamp),
            (". 1 1", LineFault::Name),
            ("~ 1 1", LineFault::Name),
            (";a=1 1 1", LineFault::Name),
            ("a\u{0}b 1 1", LineFault::Name),
            ("a\u{7f} 1 1", LineFault::Name),
            (&long, LineFault::Name),
            ("a; 1 1", LineFault::Tag),
            ("a;b 1 1", LineFault::Tag),
            ("a;=1 1 1", LineFault::Tag),
            ("a;b= 1 1", LineFault::Tag),
            ("a;b=~1 1 1", LineFault::Tag),
            ("a;b!=1 1 1", LineFault::Tag),
            ("a;b^=1 1 1", LineFault::Tag),
            ("a;b=1; 1 1", LineFault::Tag),
        ] {
            assert_eq!(parse(line), Err(fault), "{line:?}");
        }
        assert_eq!(parse_line(b"a\xff 1 1", NOW_S), Err(LineFault::NotUtf8));
    }

    #[test]
    fn every_fault_has_a_word_of_its_own() {
        let words: std::collections::BTreeSet<_> =
            LineFault::ALL.iter().map(|fault| fault.word()).collect();
        assert_eq!(words.len(), LineFault::ALL.len());
        for (at, fault) in LineFault::ALL.into_iter().enumerate() {
            assert_eq!(fault as usize, at, "counters are kept by this order");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_sound_and_stable(line in "[a-c.;=~ \\-01n\u{1}é]{0,40}( -?[0-9.]{1,14}){0,3}") {
            if let Ok(Some(sample)) = parse_line(line.as_bytes(), NOW_S) {
                prop_assert!(sample.value.is_finite() && sample.at_s >= 0);
                prop_assert!(!sample.series.is_empty() && sample.series.len() <= SERIES_NAME_BYTES);
                let again = format!("{} 1 1", sample.series);
                let again = parse_line(again.as_bytes(), NOW_S).expect("good").expect("a number");
                prop_assert_eq!(again.series, sample.series);
            }
        }

        #[test]
        fn rubbish_never_breaks_it(line in proptest::collection::vec(any::<u8>(), 0..200)) {
            drop(parse_line(&line, NOW_S));
        }
    }
}
