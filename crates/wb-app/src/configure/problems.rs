//! Collects everything that is wrong with a draft, each with the path to it.

use wb_core::limits;
use wb_ports::catalogue::{self, Named};

use crate::error::{AppError, FieldProblem};

/// What is wrong so far. Of several problems with one field the first one counts: the others mostly
/// follow from it.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    prefix: String,
    list: Vec<FieldProblem>,
}

impl Problems {
    /// Adds what stands in the catalogue under `problems.<word>`.
    pub(crate) fn add(&mut self, path: &str, word: &str, values: &[Named<'_>]) {
        self.add_text(path, catalogue::text(&format!("problems.{word}"), values));
    }

    /// Adds a text that came from elsewhere, such as a channel.
    pub(crate) fn add_text(&mut self, path: &str, message: String) {
        let field = format!("{}{path}", self.prefix);
        if !self.list.iter().any(|known| known.field == field) {
            self.list.push(FieldProblem { field, message });
        }
    }

    /// Puts this before the paths of what is added from now on, such as `services[2].`.
    pub(crate) fn set_prefix(&mut self, prefix: String) {
        self.prefix = prefix;
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn into_list(self) -> Vec<FieldProblem> {
        self.list
    }

    /// Fails if there are any.
    pub(crate) fn into_result(self) -> Result<(), AppError> {
        if self.list.is_empty() {
            Ok(())
        } else {
            Err(AppError::Invalid(self.list))
        }
    }

    /// A line of text that must be there: a name.
    pub(crate) fn name(&mut self, path: &str, name: &str) {
        if name.trim().is_empty() {
            self.add(path, "blank", &[]);
        } else {
            self.line(path, name, limits::NAME_CHARS);
        }
    }

    /// A line of text that may be blank.
    pub(crate) fn line(&mut self, path: &str, text: &str, max: usize) {
        if text.chars().any(char::is_control) {
            self.add(path, "control", &[]);
        }
        self.length(path, text, max);
    }

    /// A longer text, in which line breaks and tabs are fine.
    pub(crate) fn description(&mut self, path: &str, text: &str) {
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            self.add(path, "control", &[]);
        }
        self.length(path, text, limits::DESCRIPTION_CHARS);
    }

    /// How many of something there are.
    pub(crate) fn many(&mut self, path: &str, count: usize, max: usize) {
        if count > max {
            self.add(path, "too_many", &[("count", &count), ("max", &max)]);
        }
    }

    /// A delay in seconds.
    pub(crate) fn delay(&mut self, path: &str, seconds: u32) {
        let max = limits::LONGEST_DELAY_S;
        if seconds > max {
            self.add(path, "delay", &[("max", &max)]);
        }
    }

    /// An e-mail address: something on each side of one `@`. Whether it works, only a mail can tell.
    pub(crate) fn email(&mut self, path: &str, email: &str) {
        let sides = email.split_once('@');
        let fits = sides.is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@')
        });
        if !fits || email.chars().any(|c| c.is_whitespace() || c.is_control()) {
            self.add(path, "email", &[]);
        }
        self.length(path, email, limits::EMAIL_CHARS);
    }

    /// An IANA time zone.
    pub(crate) fn zone(&mut self, path: &str, zone: &str) {
        let known = jiff::tz::TimeZone::get(zone).is_ok_and(|zone| !zone.is_unknown());
        if !known {
            self.add(path, "zone", &[("zone", &zone)]);
        }
    }

    /// A reference to something that is not there.
    pub(crate) fn unknown(&mut self, path: &str, kind: &str, name: &dyn core::fmt::Display) {
        let kind = kind_label(kind);
        self.add(path, "unknown", &[("kind", &kind), ("name", name)]);
    }

    fn length(&mut self, path: &str, text: &str, max: usize) {
        let count = text.chars().count();
        if count > max {
            self.add(path, "too_long", &[("count", &count), ("max", &max)]);
        }
    }
}

/// What people call a kind of object.
pub(crate) fn kind_label(kind: &str) -> String {
    catalogue::text(&format!("kinds.{kind}"), &[])
}

/// Whether two names are the same to people: case does not count.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    // Lazily: most names differ in their first letters.
    a == b || folded(a).eq(folded(b))
}

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.trim().chars().flat_map(char::to_lowercase)
}

/// Items that stand there already, as pairs of positions: the first one and the repeat.
pub(crate) fn repeats<T>(items: &[T], same: impl Fn(&T, &T) -> bool) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if let Some(first) = items
            .iter()
            .take(at)
            .position(|earlier| same(earlier, item))
        {
            found.push((first, at));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_people_do() {
        assert!(same_name("Checkout", "checkout"));
        assert!(same_name("Überwachung", "überwachung"));
        assert!(!same_name("checkout", "check-out"));
    }

    #[test]
    fn texts_are_checked_one_problem_a_field() {
        let mut problems = Problems::default();
        problems.set_prefix("users[1].".to_owned());
        problems.name("name", " ");
        problems.name("name", "a\0b");
        problems.name("other", "a\tb");
        problems.description("description", "fine\n\tso far");
        problems.email("email", "admin@localhost");
        problems.email("mail", "a b@c");
        problems.email("mail2", "a@b@c");
        problems.zone("zone", "Europe/Berlin");
        problems.zone("zone2", "Mars/Base");
        let fields: Vec<_> = problems.into_list().into_iter().map(|p| p.field).collect();
        assert_eq!(
            fields,
            [
                "users[1].name",
                "users[1].other",
                "users[1].mail",
                "users[1].mail2",
                "users[1].zone2"
            ]
        );
    }

    #[test]
    fn every_kind_has_a_label() {
        for kind in [
            "team",
            "user",
            "endpoint",
            "service",
            "integration",
            "policy",
            "schedule",
        ] {
            assert!(catalogue::has(&format!("kinds.{kind}")), "{kind}");
        }
    }
}
