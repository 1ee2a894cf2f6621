//! Times and durations as a person reads them, in their own zone.

use jiff::Zoned;
use jiff::tz::TimeZone;
use wb_core::time::Timestamp;
use wb_ports::catalogue;

/// The zone of a name; UTC when there is none of that name.
#[must_use]
pub(super) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// A clock time; with the day in front when that is not today.
#[must_use]
pub(super) fn clock(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let here = |instant: Timestamp| Zoned::new(instant.to_jiff(), zone.clone());
    let (at, now) = (here(at), here(now));
    if at.date() == now.date() {
        at.strftime("%H:%M:%S").to_string()
    } else if at.year() == now.year() {
        at.strftime("%a %-d %b, %H:%M").to_string()
    } else {
        at.strftime("%-d %b %Y, %H:%M").to_string()
    }
}

/// A clock time with the zone's short name.
#[must_use]
pub(super) fn clock_with_zone(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let name = Zoned::new(at.to_jiff(), zone.clone())
        .strftime("%Z")
        .to_string();
    format!("{} {name}", clock(at, now, zone))
}

/// How long it is from one instant to another: `6:12` under an hour, else two units.
#[must_use]
pub(super) fn span(from: Timestamp, to: Timestamp) -> String {
    let seconds = to.micros_since(from).max(0) / 1_000_000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    if days > 0 {
        catalogue::text("link.span.days", &[("days", &days), ("hours", &hours)])
    } else if hours > 0 {
        catalogue::text(
            "link.span.hours",
            &[("hours", &hours), ("minutes", &minutes)],
        )
    } else {
        format!("{minutes}:{:02}", seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_stand_in_the_readers_zone() {
        let at = Timestamp::from_micros(1_795_230_700_000_000);
        let berlin = zone("Europe/Berlin");
        let shown = clock_with_zone(at, at, &berlin);
        assert!(shown.ends_with(" CET"), "{shown}");
        assert!(clock(at.plus_secs(86_400), at, &berlin).contains(", "));
        assert!(clock_with_zone(at, at, &zone("Not/AZone")).ends_with(" UTC"));
    }

    #[test]
    fn spans_have_two_units_at_most() {
        let from = Timestamp::EPOCH;
        assert_eq!(span(from, from.plus_secs(372)), "6:12");
        assert_eq!(span(from, from.plus_secs(5_520)), "1 h 32 min");
        assert_eq!(span(from, from.plus_secs(194_400)), "2 d 6 h");
        assert_eq!(span(from.plus_secs(5), from), "0:00");
    }
}
