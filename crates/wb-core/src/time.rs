//! Instants as the whole program knows them: microseconds since 1970-01-01T00:00:00Z.
//!
//! Times are integers in the database, in facts and in memory, so that both engines, a retry and
//! a replay see the same bytes. Wall-clock arithmetic (zones, hand-offs) goes through [`jiff`].

use core::fmt;

/// An instant in UTC, in microseconds, kept within the years jiff can print (-9999 to 9999).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `micros` microseconds after the epoch; out-of-range values are clamped.
    #[must_use]
    pub fn from_micros(micros: i64) -> Self {
        let last = jiff::Timestamp::MAX.as_second() * 1_000_000;
        let first = jiff::Timestamp::MIN.as_second() * 1_000_000;
        Self(micros.clamp(first, last))
    }

    /// The epoch itself.
    pub const EPOCH: Self = Self(0);

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since the epoch, rounded down.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This instant moved by `seconds` (negative moves back), clamped to the valid range.
    #[must_use]
    pub fn plus_secs(self, seconds: i64) -> Self {
        Self::from_micros(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// This instant moved by `millis` milliseconds, clamped to the valid range.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self::from_micros(self.0.saturating_add(millis.saturating_mul(1_000)))
    }

    /// Microseconds from `earlier` to this instant; negative when `earlier` is later.
    #[must_use]
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The same instant for wall-clock arithmetic.
    #[must_use]
    pub fn to_jiff(self) -> jiff::Timestamp {
        // The constructor clamps, so the conversion cannot fail; the fallback keeps this total.
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// Date and time as somebody in an IANA zone reads them, and the zone by its city; UTC when there
    /// is no such zone.
    #[must_use]
    pub fn local_words(self, zone: &str) -> (String, String) {
        let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let local = self.to_jiff().to_zoned(zone);
        let name = local.time_zone().iana_name().unwrap_or("UTC");
        let city = name.rsplit('/').next().unwrap_or(name).replace('_', " ");
        (local.strftime("%a %-d %b %H:%M").to_string(), city)
    }

    /// The instant of a jiff timestamp, cut to microseconds.
    #[must_use]
    pub fn from_jiff(at: jiff::Timestamp) -> Self {
        Self::from_micros(at.as_microsecond())
    }
}

/// ISO 8601 in UTC with microseconds, the form used in facts, exports and the API.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.to_jiff())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_iso_8601_in_utc() {
        assert_eq!(
            Timestamp::from_micros(0).to_string(),
            "1970-01-01T00:00:00.000000Z"
        );
        assert_eq!(
            Timestamp::from_micros(1_500_000).to_string(),
            "1970-01-01T00:00:01.500000Z"
        );
    }

    #[test]
    fn out_of_range_is_clamped_not_lost() {
        let end = Timestamp::from_micros(i64::MAX);
        assert!(end.to_string().starts_with("9999"), "{end}");
        assert_eq!(end.plus_secs(10), end);
    }
}
