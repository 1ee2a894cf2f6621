//! Rules: which archives and which aggregation a series has, by its name. The first match wins.

use regex::Regex;
use std::sync::Arc;
use wb_ports::Aggregation;

use super::archive::{ArchiveError, Archives};

/// Why rules cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// The file is not in INI form.
    #[error(
        "{file}, line {line}, column {column}: {message}: write [name] and then key = value lines"
    )]
    Ini {
        /// Which file, by carbon's name of it.
        file: &'static str,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What the reader of INI files says.
        message: String,
    },
    /// A key stands before the first section.
    #[error("{file}: {key:?} stands before the first section: put [name] above it")]
    NoSection {
        /// Which file.
        file: &'static str,
        /// The key.
        key: String,
    },
    /// A section lacks a key.
    #[error("{file} [{section}]: {key} is missing: add it")]
    Missing {
        /// Which file.
        file: &'static str,
        /// Which section.
        section: String,
        /// The key.
        key: &'static str,
    },
    /// A pattern cannot be read.
    #[error(
        "{file} [{section}]: the pattern cannot be read (look-around and back-references are not known): {message}"
    )]
    Pattern {
        /// Which file.
        file: &'static str,
        /// Which section.
        section: String,
        /// What is wrong with it and where.
        message: String,
    },
    /// The archives are wrong.
    #[error("{file} [{section}]: {error}")]
    Archives {
        /// Which file.
        file: &'static str,
        /// Which section.
        section: String,
        /// What is wrong and how to mend it.
        error: ArchiveError,
    },
    /// `xFilesFactor` is not a share.
    #[error(
        "{file} [{section}]: xFilesFactor {value:?} is not a number from 0 to 1: write one, as in 0.5"
    )]
    XFilesFactor {
        /// Which file.
        file: &'static str,
        /// Which section.
        section: String,
        /// The value, as given.
        value: String,
    },
    /// `aggregationMethod` is not known.
    #[error(
        "{file} [{section}]: aggregationMethod {value:?} is not known: choose average, sum, min, max, first or last"
    )]
    Method {
        /// Which file.
        file: &'static str,
        /// Which section.
        section: String,
        /// The value, as given.
        value: String,
    },
}

/// The series whose name fits `pattern` have these archives.
#[derive(Debug, Clone)]
pub struct SchemaRule {
    /// What people call the rule.
    pub name: String,
    /// Searched for anywhere in the series' name.
    pub pattern: Regex,
    /// The archives.
    pub archives: Archives,
}

/// The series whose name fits `pattern` are rolled up like this.
#[derive(Debug, Clone)]
pub struct AggregationRule {
    /// What people call the rule.
    pub name: String,
    /// Searched for anywhere in the series' name.
    pub pattern: Regex,
    /// The share of known points (0 to 1) below which a coarser point stays unknown.
    pub x_files_factor: f64,
    /// How several points become one.
    pub method: Aggregation,
}

/// All rules, in order. [`Rules::default`] keeps 10 s for a day, 1 min for 30 days and 10 min for 2
/// years, and rolls up by carbon's usual suffixes.
#[derive(Debug, Clone)]
pub struct Rules {
    schemas: Vec<SchemaRule>,
    aggregations: Vec<AggregationRule>,
    fallback: Arc<Archives>,
    shared: Vec<Arc<Archives>>,
}

/// What the rules say about one series.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    pub(crate) archives: Arc<Archives>,
    pub(crate) method: Aggregation,
    pub(crate) x_files_factor: f64,
}

impl Default for Rules {
    fn default() -> Self {
        Self::new(Vec::new(), suffixes())
    }
}

impl Rules {
    /// Rules in the order in which they are tried. Where none fits: archives
    /// `10s:1d,1m:30d,10m:2y`, aggregation average, x-files factor 0.5.
    #[must_use]
    pub fn new(schemas: Vec<SchemaRule>, aggregations: Vec<AggregationRule>) -> Self {
        let shared = schemas
            .iter()
            .map(|s| Arc::new(s.archives.clone()))
            .collect();
        Self {
            schemas,
            aggregations,
            fallback: Arc::new(Archives::built_in()),
            shared,
        }
    }

    /// Reads carbon's `storage-schemas.conf` and `storage-aggregation.conf`. Where a file is not
    /// given the built-in rules stand in its place.
    ///
    /// # Errors
    ///
    /// [`RulesError`], naming file and section, what is wrong and how to mend it.
    pub fn from_carbon(
        schemas_ini: Option<&str>,
        aggregation_ini: Option<&str>,
    ) -> Result<Self, RulesError> {
        let schemas = schemas_ini.map_or(Ok(Vec::new()), super::carbon::schemas)?;
        let aggregations =
            aggregation_ini.map_or_else(|| Ok(suffixes()), super::carbon::aggregations)?;
        Ok(Self::new(schemas, aggregations))
    }

    /// The rules for archives, in order.
    #[must_use]
    pub fn schemas(&self) -> &[SchemaRule] {
        &self.schemas
    }

    /// The rules for aggregation, in order.
    #[must_use]
    pub fn aggregations(&self) -> &[AggregationRule] {
        &self.aggregations
    }

    /// The archives of a series of this name.
    #[must_use]
    pub fn archives(&self, name: &str) -> &Archives {
        self.archives_of(name)
    }

    pub(crate) fn policy(&self, name: &str) -> Policy {
        let rule = self
            .aggregations
            .iter()
            .find(|rule| rule.pattern.is_match(name));
        Policy {
            archives: Arc::clone(self.archives_of(name)),
            method: rule.map_or(Aggregation::Average, |rule| rule.method),
            x_files_factor: rule.map_or(0.5, |rule| rule.x_files_factor),
        }
    }

    fn archives_of(&self, name: &str) -> &Arc<Archives> {
        let found = self
            .schemas
            .iter()
            .zip(&self.shared)
            .find(|(rule, _)| rule.pattern.is_match(name));
        found.map_or(&self.fallback, |(_, archives)| archives)
    }
}

/// The suffixes of carbon's example configuration.
fn suffixes() -> Vec<AggregationRule> {
    let list = [
        ("min", r"\.min$", 0.1, Aggregation::Min),
        ("max", r"\.max$", 0.1, Aggregation::Max),
        ("sum", r"\.sum$", 0.0, Aggregation::Sum),
        ("count", r"\.count$", 0.0, Aggregation::Sum),
    ];
    let rules = list
        .into_iter()
        .filter_map(|(name, pattern, x_files_factor, method)| {
            let pattern = Regex::new(pattern).ok()?;
            Some(AggregationRule {
                name: name.to_owned(),
                pattern,
                x_files_factor,
                method,
            })
        });
    rules.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_rules_stand() {
        let rules = Rules::default();
        assert_eq!(rules.aggregations.len(), 4);
        assert_eq!(
            *rules.fallback,
            Archives::parse("10s:1d,1m:30d,10m:2y").unwrap()
        );
        assert_eq!(rules.policy("a.count").method, Aggregation::Sum);
        assert_eq!(rules.policy("a.counted").method, Aggregation::Average);
    }
}
