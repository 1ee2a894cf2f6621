//! Numbers as Python prints them, for names and tags that must match those of graphite-web.

/// As `"%g"`: six significant digits, without trailing zeros.
pub(super) fn general(value: f64) -> String {
    let digits = format!("{value:.5e}");
    let Some((mantissa, exponent)) = scientific(value, &digits) else {
        return special(value);
    };
    if (-4..6).contains(&exponent) {
        let decimals = usize::try_from(5 - exponent).unwrap_or(0);
        return trimmed(&format!("{value:.decimals$}")).to_owned();
    }
    with_exponent(trimmed(mantissa), exponent)
}

/// As `str(value)`: the shortest digits that read back as the same number.
pub(super) fn shortest(value: f64) -> String {
    let digits = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific(value, &digits) else {
        return special(value);
    };
    if (-4..16).contains(&exponent) {
        let text = format!("{value}");
        return if text.contains('.') {
            text
        } else {
            text + ".0"
        };
    }
    with_exponent(mantissa, exponent)
}

fn scientific(value: f64, text: &str) -> Option<(&str, i32)> {
    let (mantissa, exponent) = text.split_once('e').filter(|_| value.is_finite())?;
    Some((mantissa, exponent.parse().ok()?))
}

fn trimmed(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

fn with_exponent(mantissa: &str, exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

fn special(value: f64) -> String {
    let text = if value.is_nan() {
        "nan"
    } else if value > 0.0 {
        "inf"
    } else {
        "-inf"
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{general, shortest};

    #[test]
    fn prints_as_python_does() {
        let cases = [
            (2.0, "2", "2.0"),
            (0.1, "0.1", "0.1"),
            (-0.5, "-0.5", "-0.5"),
            (0.0, "0", "0.0"),
            (1_000_000.0, "1e+06", "1000000.0"),
            (123_456.0, "123456", "123456.0"),
            (1_234_567.0, "1.23457e+06", "1234567.0"),
            (0.000_1, "0.0001", "0.0001"),
            (0.000_01, "1e-05", "1e-05"),
            (1e16, "1e+16", "1e+16"),
            (1.0 / 3.0, "0.333333", "0.3333333333333333"),
            (999_999.5, "1e+06", "999999.5"),
            (f64::INFINITY, "inf", "inf"),
        ];
        for (value, percent_g, repr) in cases {
            assert_eq!(general(value), percent_g, "%g of {value}");
            assert_eq!(shortest(value), repr, "str of {value}");
        }
    }
}
