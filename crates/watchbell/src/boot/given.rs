//! What was given, and where: the configuration file, variables and flags as one list of values.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use config::{Map, Source, Value, ValueKind};

use super::known::{self, Kind, Known, PREFIX};
use super::{BootError, Flag, Problem};

/// The variables of the process, read once at its start.
pub(crate) type Variables = Vec<(OsString, OsString)>;

/// A value and where it came from.
#[derive(Clone)]
struct Given {
    value: ValueKind,
    place: String,
}

/// All values by the name of their setting; later ones replaced earlier ones.
#[derive(Clone, Default)]
pub(crate) struct Givens(BTreeMap<&'static str, Given>);

/// Values may be secret: only the names are shown.
impl core::fmt::Debug for Givens {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// One thing found in a source, before it is known to be a setting.
struct Found {
    name: String,
    value: ValueKind,
    place: String,
    /// Where relative paths begin.
    base: PathBuf,
}

impl Givens {
    /// Reads defaults, file, variables and flags, in this order; also gives every name that is not a
    /// setting and every secret that cannot be read, so that values are still looked at.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn collect(
        defaults: &[Flag],
        file: Option<&Path>,
        variables: &Variables,
        flags: &[Flag],
    ) -> Result<(Self, Vec<Problem>), BootError> {
        let mut givens = Self::default();
        let mut problems = Vec::new();
        givens.add(from_flags(defaults), &mut problems);
        if let Some(path) = file {
            givens.add(from_file(path)?, &mut problems);
        }
        givens.add(from_variables(variables, &mut problems), &mut problems);
        givens.add(from_flags(flags), &mut problems);
        Ok((givens, problems))
    }

    /// Where a setting was given; none when it was not.
    pub(crate) fn place(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|given| given.place.as_str())
    }

    /// Takes away what was given at this place; whether there was something.
    pub(crate) fn leave_out(&mut self, place: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|_, given| given.place != place);
        self.0.len() < before
    }

    /// Adds what one source holds, over what earlier ones held.
    fn add(&mut self, found: Vec<Found>, problems: &mut Vec<Problem>) {
        let mut seen: BTreeMap<&'static str, String> = BTreeMap::new();
        for one in found {
            let resolved = if let Some(known) = known::find(&one.name) {
                Ok((known, in_kind(one.value, known.kind, &one.base)))
            } else if let Some(known) = known::secret_of_file(&one.name) {
                read_secret(one.value, &one.base).map(|value| (known, value))
            } else {
                Err(unknown(&one.name, &one.place))
            };
            match resolved {
                Ok((known, value)) => {
                    if let Some(other) = seen.insert(known.name, one.place.clone()) {
                        problems.push(twice(known, &one.place, &other));
                    }
                    self.0.insert(
                        known.name,
                        Given {
                            value,
                            place: one.place,
                        },
                    );
                }
                Err(message) => problems.push(Problem {
                    place: one.place,
                    message,
                }),
            }
        }
    }
}

fn twice(known: &Known, place: &str, other: &str) -> Problem {
    let message = format!(
        "`{}` is already given by {other}; keep one of the two",
        known.name
    );
    Problem {
        place: place.to_owned(),
        message,
    }
}

/// Speaks of a misspelt name in the words of its source.
fn unknown(name: &str, place: &str) -> String {
    let nearest = known::nearest(name);
    if place.starts_with(PREFIX) {
        let variable = known::variable(nearest);
        format!("there is no such setting; the nearest is {variable}")
    } else {
        format!("there is no setting `{name}`; the nearest is `{nearest}`")
    }
}

fn in_kind(value: ValueKind, kind: Kind, base: &Path) -> ValueKind {
    match (kind, value) {
        (Kind::List, ValueKind::String(text)) => {
            let entries = text
                .split(',')
                .map(str::trim)
                .filter(|entry| !entry.is_empty());
            entries
                .map(|entry| Value::from(entry.to_owned()))
                .collect::<Vec<_>>()
                .into()
        }
        (Kind::Path, ValueKind::String(text)) if !text.is_empty() => {
            base.join(text).to_string_lossy().into_owned().into()
        }
        (_, value) => value,
    }
}

fn read_secret(path: ValueKind, base: &Path) -> Result<ValueKind, String> {
    let ValueKind::String(path) = path else {
        return Err("give the path of a file".to_owned());
    };
    let path = base.join(path);
    match std::fs::read_to_string(&path) {
        // Editors and `echo` end files with a line break that is no part of the secret.
        Ok(text) => Ok(text.trim_end_matches(['\r', '\n']).to_owned().into()),
        Err(error) => Err(format!(
            "the file {} cannot be read: {error}",
            path.display()
        )),
    }
}

fn from_file(path: &Path) -> Result<Vec<Found>, BootError> {
    let place = path.display().to_string();
    let failed = |message: String| {
        BootError(vec![Problem {
            place: place.clone(),
            message,
        }])
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| failed(format!("the configuration file cannot be read: {error}")))?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| {
            text.get(..span.start)
                .map_or(1, |before| before.matches('\n').count() + 1)
        });
        failed(format!("line {line}: {}", error.message()))
    })?;
    let base = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let mut found = Vec::new();
    flatten("", table, &mut |name, value| {
        let place = format!("{place}: {name}");
        found.push(Found {
            name,
            value,
            place,
            base: base.clone(),
        });
    });
    Ok(found)
}

/// Walks a table down to settings; a table that is no section is handed out whole, to be refused.
fn flatten(prefix: &str, table: toml::Table, each: &mut impl FnMut(String, ValueKind)) {
    for (key, value) in table {
        let name = if prefix.is_empty() {
            key
        } else {
            format!("{prefix}.{key}")
        };
        match value {
            toml::Value::Table(below) if known::is_section(&name) => flatten(&name, below, each),
            other => each(name, kind_of(other)),
        }
    }
}

fn kind_of(value: toml::Value) -> ValueKind {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(at) => at.to_string().into(),
        toml::Value::Array(list) => list
            .into_iter()
            .map(|one| Value::new(None, kind_of(one)))
            .collect::<Vec<_>>()
            .into(),
        toml::Value::Table(table) => {
            let members = table
                .into_iter()
                .map(|(key, one)| (key, Value::new(None, kind_of(one))));
            ValueKind::Table(members.collect())
        }
    }
}

fn from_variables(variables: &Variables, problems: &mut Vec<Problem>) -> Vec<Found> {
    let mut found = Vec::new();
    for (name, value) in variables {
        let Some((name, below)) = name
            .to_str()
            .and_then(|name| Some((name, name.strip_prefix(PREFIX)?)))
        else {
            continue;
        };
        let place = name.to_owned();
        match value.to_str() {
            Some(value) => found.push(Found {
                name: below.replace("__", ".").to_lowercase(),
                value: value.into(),
                place,
                base: PathBuf::new(),
            }),
            None => problems.push(Problem {
                place,
                message: "the value is not UTF-8".to_owned(),
            }),
        }
    }
    found
}

fn from_flags(flags: &[Flag]) -> Vec<Found> {
    let found = |(flag, name, value): &Flag| Found {
        name: (*name).to_owned(),
        value: value.as_str().into(),
        place: (*flag).to_owned(),
        base: PathBuf::new(),
    };
    flags.iter().map(found).collect()
}

impl Source for Givens {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, config::ConfigError> {
        let value = |given: &Given| Value::new(Some(&given.place), given.value.clone());
        Ok(self
            .0
            .iter()
            .map(|(name, given)| ((*name).to_owned(), value(given)))
            .collect())
    }
}
