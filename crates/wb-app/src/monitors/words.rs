//! Values, spans and sides as people read them.

use wb_core::config::Side;
use wb_core::number::Number;
use wb_ports::catalogue::text;

/// Which side of a line: "over" or "under".
#[must_use]
pub fn side(side: Side) -> String {
    match side {
        Side::Above => text("monitors.side.above", &[]),
        Side::Below => text("monitors.side.below", &[]),
    }
}

/// A value for people: at most four digits that matter after the first, no trailing zeros.
#[must_use]
pub fn value(value: Number) -> String {
    let size = value.get().abs();
    if size != 0.0 && !(1e-3..1e15).contains(&size) {
        return format!("{:.3e}", value.get());
    }
    let decimals = match size {
        size if size >= 1_000.0 => 0,
        size if size >= 100.0 => 1,
        size if size >= 1.0 => 2,
        _ => 4,
    };
    let text = format!("{:.decimals$}", value.get());
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A length of time for people.
#[must_use]
pub fn span(seconds: i64) -> String {
    let (key, n) = match seconds {
        s if s >= 7_200 && s % 3_600 == 0 => ("monitors.span.hours", s / 3_600),
        s if s >= 120 => ("monitors.span.minutes", s / 60),
        s => ("monitors.span.seconds", s),
    };
    text(key, &[("n", &n)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_short() {
        for (given, text) in [
            (612.44, "612.4"),
            (500.0, "500"),
            (0.1234567, "0.1235"),
            (12.3456, "12.35"),
            (123_456.7, "123457"),
            (-3.0, "-3"),
            (2e18, "2.000e18"),
            (0.0, "0"),
        ] {
            assert_eq!(Number::new(given).map(value).as_deref(), Some(text));
        }
    }

    #[test]
    fn spans_are_in_the_unit_people_would_use() {
        assert_eq!(span(20), "20 s");
        assert_eq!(span(125), "2 min");
        assert_eq!(span(7_200), "2 h");
    }
}
