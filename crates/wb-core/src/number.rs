//! A measured value.

use core::fmt;
use core::str::FromStr;

/// A finite number, compared by value. In facts and configuration it stands as text, its shortest
/// form that reads back to the same number, because canonical JSON keeps integers only.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Number(f64);

/// Sound because a [`Number`] is never NaN.
impl Eq for Number {}

/// A text or value that is not a finite number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a finite number")]
pub struct NotFinite;

impl Number {
    /// Zero.
    pub const ZERO: Self = Self(0.0);

    /// The number of a value; none for NaN and the infinities.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        // Adding zero makes of the negative zero the positive one, so that both read the same.
        value.is_finite().then_some(Self(value + 0.0))
    }

    /// The value.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.abs();
        if size != 0.0 && !(1e-6..1e16).contains(&size) {
            write!(f, "{:e}", self.0)
        } else {
            write!(f, "{}", self.0)
        }
    }
}

impl FromStr for Number {
    type Err = NotFinite;

    fn from_str(text: &str) -> Result<Self, NotFinite> {
        text.parse().ok().and_then(Self::new).ok_or(NotFinite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_reads_back_to_the_same_number() {
        for value in [
            0.0,
            -0.0,
            1.0,
            0.1,
            500.0,
            1e300,
            5e-324,
            -12.25,
            1e16,
            123_456_789.125,
        ] {
            let number = Number::new(value).unwrap_or(Number::ZERO);
            assert_eq!(number.to_string().parse(), Ok(number), "{value}");
        }
        assert_eq!(
            Number::new(-0.0).map(|n| n.to_string()).as_deref(),
            Some("0")
        );
        assert_eq!(
            Number::new(1e300).map(|n| n.to_string()).as_deref(),
            Some("1e300")
        );
    }

    #[test]
    fn only_finite_numbers() {
        assert_eq!(Number::new(f64::NAN), None);
        assert_eq!("inf".parse::<Number>(), Err(NotFinite));
        assert_eq!("NaN".parse::<Number>(), Err(NotFinite));
        assert_eq!("five".parse::<Number>(), Err(NotFinite));
    }
}
