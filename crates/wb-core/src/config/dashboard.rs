//! What a dashboard shows.

use crate::ids::TeamId;
use crate::number::Number;

/// A grid of charts that a team looks at together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dashboard {
    /// Owner.
    pub team: TeamId,
    /// Shown name, unique among dashboards.
    pub name: String,
    /// What one sees on it, and when it is worth a look.
    pub description: String,
    /// What its targets and titles leave open; each may stand in those after it.
    pub variables: Vec<Variable>,
    /// The charts, in the order of reading.
    pub charts: Vec<Chart>,
    /// How far back it looks unless somebody asks for another time, in seconds.
    pub span_s: u32,
    /// How often it asks anew, in seconds; none means: only when somebody does.
    pub refresh_s: Option<u32>,
}

/// One chart of a dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// What stands over it; `$name` stands for the value of a variable.
    pub title: String,
    /// Which series, as render targets; `$name` stands for the value of a variable.
    pub targets: Vec<String>,
    /// What stands behind its values, such as `ms`.
    pub unit: Option<String>,
    /// Where its value axis begins; none means at zero, or below it where values are.
    pub y_min: Option<Number>,
    /// How many columns of the grid it takes, 1 to 3.
    pub width: u8,
}

/// Something that a dashboard leaves open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name, without the `$` that stands before it where it is used.
    pub name: String,
    /// What it may be.
    pub choices: Choices,
    /// What it is unless somebody chooses; none means: all choices together.
    pub default: Option<String>,
}

/// What a variable may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choices {
    /// What stands at the last place with a wildcard in the names that fit this pattern, such as
    /// `servers.*.cpu`; without any wildcard, at the last place.
    Find(String),
    /// One of these.
    List(Vec<String>),
}

/// A text with values in place of `$name`, as [`filled`] leaves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The text.
    pub text: String,
    /// The first name that has no value; it stays as it is.
    pub unknown: Option<String>,
}

/// Puts values in place of `$name`: a letter and then letters, digits and `_`, as many as there are.
/// A `$` before anything else stays.
pub fn filled<'a>(text: &str, value: impl Fn(&str) -> Option<&'a str>) -> Filled {
    let mut parts = text.split('$');
    let mut made = parts.next().unwrap_or_default().to_owned();
    let mut unknown = None;
    for part in parts {
        let end = part.find(|c: char| !is_name_char(c)).unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        match value(name) {
            Some(value) if is_variable_name(name) => made.push_str(value),
            _ => {
                if is_variable_name(name) {
                    unknown.get_or_insert_with(|| name.to_owned());
                }
                made.push('$');
                made.push_str(name);
            }
        }
        made.push_str(rest);
    }
    Filled {
        text: made,
        unknown,
    }
}

/// Whether a variable may be called so.
#[must_use]
pub fn is_variable_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_name_char)
}

const fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_whole() {
        let value = |name: &str| match name {
            "host" => Some("web1"),
            "host_2" => Some("web2"),
            _ => None,
        };
        let text = |text: &str| filled(text, value).text;
        assert_eq!(text("servers.$host.cpu"), "servers.web1.cpu");
        assert_eq!(text("$host_2,$host"), "web2,web1");
        assert_eq!(text("costs 5$, $ 7 and $9"), "costs 5$, $ 7 and $9");
        assert_eq!(text("grün.$host.größe"), "grün.web1.größe");
        assert_eq!(text(""), "");
    }

    #[test]
    fn what_has_no_value_is_named_and_stays() {
        let left = filled("a.$hosts.$other", |name| (name == "host").then_some("x"));
        assert_eq!(left.text, "a.$hosts.$other");
        assert_eq!(left.unknown.as_deref(), Some("hosts"));
    }
}
