//! Carbon's own configuration files, read with an INI library.

use ini::{Ini, ParseOption, Properties};
use regex::Regex;
use wb_ports::Aggregation;

use super::archive::Archives;
use super::rules::{AggregationRule, RulesError, SchemaRule};

const SCHEMAS: &str = "storage-schemas.conf";
const AGGREGATION: &str = "storage-aggregation.conf";

/// Reads `storage-schemas.conf`.
pub(super) fn schemas(text: &str) -> Result<Vec<SchemaRule>, RulesError> {
    let sections = read(SCHEMAS, text)?;
    let rules = sections.iter().map(|section| {
        let retentions = section.required("retentions")?;
        Ok(SchemaRule {
            name: section.name.clone(),
            pattern: section.pattern()?,
            archives: Archives::parse(retentions).map_err(|error| RulesError::Archives {
                file: SCHEMAS,
                section: section.name.clone(),
                error,
            })?,
        })
    });
    rules.collect()
}

/// Reads `storage-aggregation.conf`; a key that is left out means carbon's default.
pub(super) fn aggregations(text: &str) -> Result<Vec<AggregationRule>, RulesError> {
    let sections = read(AGGREGATION, text)?;
    let rules = sections.iter().map(|section| {
        Ok(AggregationRule {
            name: section.name.clone(),
            pattern: section.pattern()?,
            x_files_factor: section
                .get("xFilesFactor")
                .map_or(Ok(0.5), |v| section.share(v))?,
            method: section
                .get("aggregationMethod")
                .map_or(Ok(Aggregation::Average), |v| section.method(v))?,
        })
    });
    rules.collect()
}

struct Section {
    file: &'static str,
    name: String,
    keys: Properties,
}

impl Section {
    /// Python's reader, which carbon uses, does not tell upper from lower case in keys.
    fn get(&self, key: &str) -> Option<&str> {
        let mut found = self
            .keys
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(key));
        found.next_back().map(|(_, value)| value.trim())
    }

    fn required(&self, key: &'static str) -> Result<&str, RulesError> {
        self.get(key).ok_or_else(|| RulesError::Missing {
            file: self.file,
            section: self.name.clone(),
            key,
        })
    }

    fn pattern(&self) -> Result<Regex, RulesError> {
        Regex::new(self.required("pattern")?).map_err(|error| RulesError::Pattern {
            file: self.file,
            section: self.name.clone(),
            message: error.to_string(),
        })
    }

    fn share(&self, value: &str) -> Result<f64, RulesError> {
        let share = value
            .parse()
            .ok()
            .filter(|share| (0.0..=1.0).contains(share));
        share.ok_or_else(|| RulesError::XFilesFactor {
            file: self.file,
            section: self.name.clone(),
            value: value.to_owned(),
        })
    }

    fn method(&self, value: &str) -> Result<Aggregation, RulesError> {
        match value.to_ascii_lowercase().as_str() {
            "average" | "avg" => Ok(Aggregation::Average),
            "sum" => Ok(Aggregation::Sum),
            "min" => Ok(Aggregation::Min),
            "max" => Ok(Aggregation::Max),
            "first" => Ok(Aggregation::First),
            "last" => Ok(Aggregation::Last),
            _ => Err(RulesError::Method {
                file: self.file,
                section: self.name.clone(),
                value: value.to_owned(),
            }),
        }
    }
}

fn read(file: &'static str, text: &str) -> Result<Vec<Section>, RulesError> {
    // A backslash belongs to the pattern, and so do quotes.
    let options = ParseOption {
        enabled_quote: false,
        enabled_escape: false,
        enabled_indented_mutiline_value: true,
        ..ParseOption::default()
    };
    let ini = Ini::load_from_str_opt(text, options).map_err(|error| RulesError::Ini {
        file,
        line: error.line,
        column: error.col,
        message: error.msg.trim_end_matches('.').to_owned(),
    })?;
    if let Some((key, _)) = ini.general_section().iter().next() {
        let key = key.to_owned();
        return Err(RulesError::NoSection { file, key });
    }
    let named = ini.iter().filter_map(|(name, keys)| {
        let name = name?.to_owned();
        let keys = keys.clone();
        Some(Section { file, name, keys })
    });
    Ok(named.collect())
}
