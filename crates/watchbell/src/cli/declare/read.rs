//! YAML files as one declaration, and where everything in it stands.

use core::fmt;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use saphyr::{LoadableYamlNode as _, MarkedYaml, Marker, Scalar, YamlData};
use serde_json::{Map, Number, Value};

use super::super::CommandError;
use super::super::api::Issue;

/// The files of a folder that are read.
const ENDINGS: [&str; 2] = ["yaml", "yml"];

/// A declared state as the API takes it.
#[derive(Debug, Default)]
pub(crate) struct Declaration {
    /// The sections.
    pub(super) body: Map<String, Value>,
    /// Where each part stands, by its path: `services[2].policy`.
    places: BTreeMap<String, Place>,
}

/// A place in a file; lines and columns begin at 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    file: Arc<str>,
    line: usize,
    column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl Declaration {
    /// Reads files, and folders with all their YAML files in the order of their names.
    ///
    /// # Errors
    /// Everything that cannot be read, each with file, line and column.
    pub(crate) fn of_paths(paths: &[PathBuf]) -> Result<Self, CommandError> {
        let mut reader = Reader::default();
        for path in paths {
            match files(path) {
                Ok(files) => files.iter().for_each(|file| reader.add_file(file)),
                Err(words) => reader.problems.push(words),
            }
        }
        reader.finish()
    }

    /// Reads one text.
    ///
    /// # Errors
    /// As for files; `name` stands for the file.
    pub(crate) fn of_text(name: &str, text: &str) -> Result<Self, CommandError> {
        let mut reader = Reader::default();
        reader.add_text(name, text);
        reader.finish()
    }

    /// What the server says, each at its place, in the order of the files.
    pub(super) fn locate(&self, issues: &[Issue]) -> Vec<String> {
        let mut located: Vec<_> = issues
            .iter()
            .map(|issue| (self.place(&issue.field), issue))
            .collect();
        located.sort_by_key(|(place, _)| *place);
        located
            .into_iter()
            .map(|(place, issue)| in_line(place, issue))
            .collect()
    }

    /// Where a field stands or, when the file does not have it, what it would stand in.
    fn place(&self, field: &str) -> Option<&Place> {
        std::iter::successors(Some(field), |path| above(path))
            .find_map(|path| self.places.get(path))
    }
}

/// The path of what a field stands in.
fn above(path: &str) -> Option<&str> {
    path.rfind(['.', '[']).and_then(|end| path.get(..end))
}

fn in_line(place: Option<&Place>, issue: &Issue) -> String {
    let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
    let message = without_position(&issue.message);
    match issue.field.as_str() {
        "" => format!("{place}{message}"),
        field => format!("{place}{field}: {message}"),
    }
}

/// The words without the position in the body that was sent, which nobody has ever seen.
fn without_position(message: &str) -> &str {
    let Some((words, position)) = message.rsplit_once(" at line ") else {
        return message;
    };
    let is_position = position
        .split_once(" column ")
        .is_some_and(|(line, column)| [line, column].iter().all(|n| n.parse::<u64>().is_ok()));
    if is_position { words } else { message }
}

/// Problems as one text, each in its line.
pub(super) fn in_words(problems: Vec<String>) -> String {
    let head = match problems.len() {
        1 => "there is a problem, nothing was changed:".to_owned(),
        count => format!("there are {count} problems, nothing was changed:"),
    };
    std::iter::once(head)
        .chain(problems)
        .collect::<Vec<_>>()
        .join("\n  ")
}

/// The files that a path stands for, or why there are none.
fn files(path: &Path) -> Result<Vec<PathBuf>, String> {
    let unreadable = |error: std::io::Error| format!("{}: cannot be read: {error}", path.display());
    if !std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let ending = file.extension().and_then(|ending| ending.to_str());
        if ending.is_some_and(|ending| ENDINGS.contains(&ending)) && file.is_file() {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(format!(
            "{}: there is no *.yaml or *.yml in this folder",
            path.display()
        ));
    }
    files.sort();
    Ok(files)
}

/// What was read so far.
#[derive(Default)]
struct Reader {
    declaration: Declaration,
    problems: Vec<String>,
}

impl Reader {
    fn finish(self) -> Result<Declaration, CommandError> {
        if self.problems.is_empty() {
            Ok(self.declaration)
        } else {
            Err(CommandError::Found(in_words(self.problems)))
        }
    }

    fn add_file(&mut self, path: &Path) {
        match std::fs::read_to_string(path) {
            Ok(text) => self.add_text(&path.display().to_string(), &text),
            Err(error) => {
                self.problems
                    .push(format!("{}: cannot be read: {error}", path.display()));
            }
        }
    }

    fn add_text(&mut self, name: &str, text: &str) {
        let file = Arc::from(name);
        let documents = match MarkedYaml::load_from_str(text) {
            Ok(documents) => documents,
            Err(error) => {
                let place = place(&file, error.marker());
                self.problems
                    .push(format!("{place}: this is no valid YAML: {}", error.info()));
                return;
            }
        };
        for document in &documents {
            match &document.data {
                YamlData::Mapping(sections) => {
                    for (key, section) in sections {
                        self.add_section(&file, key, section);
                    }
                }
                // A document without anything in it, such as a file of comments.
                YamlData::BadValue | YamlData::Value(Scalar::Null) => {}
                _ => self.problem(
                    &place(&file, &document.span.start),
                    "",
                    "begin with sections such as `teams:` or `services:`",
                ),
            }
        }
    }

    /// Adds a section; lists of one name, from several files, become one.
    fn add_section(&mut self, file: &Arc<str>, key: &MarkedYaml<'_>, section: &MarkedYaml<'_>) {
        let Some(name) = self.key(file, "", key) else {
            return;
        };
        let at = place(file, &key.span.start);
        self.declaration.places.entry(name.clone()).or_insert(at);
        let items = match &section.data {
            YamlData::Sequence(items) => items.as_slice(),
            YamlData::Value(Scalar::Null) => &[],
            // Sent as it is: whether there is such a section, and what it holds, the server knows.
            _ => {
                let value = self.value(file, &name, section);
                self.declaration.body.insert(name, value);
                return;
            }
        };
        let known = self
            .declaration
            .body
            .get(&name)
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        let values: Vec<Value> = items
            .iter()
            .enumerate()
            .map(|(at, item)| self.item(file, &name, known + at, item))
            .collect();
        let list = self
            .declaration
            .body
            .entry(name)
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.extend(values);
        }
    }

    fn item(&mut self, file: &Arc<str>, list: &str, at: usize, item: &MarkedYaml<'_>) -> Value {
        let path = format!("{list}[{at}]");
        let place = place(file, &item.span.start);
        self.declaration.places.insert(path.clone(), place);
        self.value(file, &path, item)
    }

    /// The JSON of a node, keeping where its parts stand.
    fn value(&mut self, file: &Arc<str>, path: &str, node: &MarkedYaml<'_>) -> Value {
        let wrong = match &node.data {
            YamlData::Value(Scalar::Null) => return Value::Null,
            YamlData::Value(Scalar::Boolean(truth)) => return Value::Bool(*truth),
            YamlData::Value(Scalar::Integer(number)) => return Value::Number((*number).into()),
            YamlData::Value(Scalar::String(text)) => return Value::String(text.to_string()),
            YamlData::Value(Scalar::FloatingPoint(number)) => match Number::from_f64(number.0) {
                Some(number) => return Value::Number(number),
                None => "this must be a finite number",
            },
            YamlData::Sequence(items) => {
                let items = items.iter().enumerate();
                return items
                    .map(|(at, item)| self.item(file, path, at, item))
                    .collect();
            }
            YamlData::Mapping(members) => {
                let mut object = Map::new();
                for (key, member) in members {
                    let Some(name) = self.key(file, path, key) else {
                        continue;
                    };
                    let below = format!("{path}.{name}");
                    self.declaration
                        .places
                        .insert(below.clone(), place(file, &key.span.start));
                    object.insert(name, self.value(file, &below, member));
                }
                return Value::Object(object);
            }
            YamlData::Tagged(..) => "tags such as `!name` have no meaning here; leave it out",
            YamlData::Representation(..) | YamlData::Alias(_) | YamlData::BadValue => {
                "this value cannot be read; put it between quotes"
            }
        };
        self.problem(&place(file, &node.span.start), path, wrong);
        Value::Null
    }

    /// The name that a key is.
    fn key(&mut self, file: &Arc<str>, path: &str, key: &MarkedYaml<'_>) -> Option<String> {
        match &key.data {
            YamlData::Value(Scalar::String(text)) => Some(text.to_string()),
            YamlData::Value(Scalar::Integer(number)) => Some(number.to_string()),
            YamlData::Value(Scalar::Boolean(truth)) => Some(truth.to_string()),
            _ => {
                let words = "a key must be a word; put it between quotes";
                self.problem(&place(file, &key.span.start), path, words);
                None
            }
        }
    }

    fn problem(&mut self, place: &Place, path: &str, words: &str) {
        self.problems.push(match path {
            "" => format!("{place}: {words}"),
            _ => format!("{place}: {path}: {words}"),
        });
    }
}

fn place(file: &Arc<str>, marker: &Marker) -> Place {
    Place {
        file: Arc::clone(file),
        line: marker.line(),
        column: marker.col() + 1,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = "\
# A team.
teams:
  - name: Payments
services:
  - { name: checkout, team: Payments }
  - name: ledger
    team: Payments
    urgency: high
    policy: Nobody
users:
  - name: Inês
    teams: { Payments: member, 7: true }
    rules:
      high:
        - { after_s: 20, method: mail }
";

    fn read(text: &str) -> Declaration {
        Declaration::of_text("team.yaml", text).expect("good")
    }

    fn located(declaration: &Declaration, field: &str) -> String {
        let issue = Issue {
            field: field.to_owned(),
            message: "wrong".to_owned(),
        };
        declaration.locate(&[issue]).concat()
    }

    fn refusal(text: &str) -> String {
        Declaration::of_text("team.yaml", text)
            .expect_err("bad")
            .to_string()
    }

    #[test]
    fn yaml_becomes_json() {
        let expected = json!({
            "teams": [{"name": "Payments"}],
            "services": [
                {"name": "checkout", "team": "Payments"},
                {"name": "ledger", "team": "Payments", "urgency": "high", "policy": "Nobody"},
            ],
            "users": [{
                "name": "Inês",
                "teams": {"Payments": "member", "7": true},
                "rules": {"high": [{"after_s": 20, "method": "mail"}]},
            }],
        });
        assert_eq!(Value::Object(read(TEXT).body), expected);
        assert_eq!(read("# nothing\n").body, Map::new());
        assert_eq!(Value::Object(read("teams:\n").body), json!({"teams": []}));
        let times = read("x: [2026-01-05T09:00:00, 1.5, ~, 'no']");
        assert_eq!(
            Value::Object(times.body),
            json!({"x": ["2026-01-05T09:00:00", 1.5, null, "no"]})
        );
    }

    #[test]
    fn a_field_is_found_at_its_key_or_at_what_it_belongs_in() {
        let declaration = read(TEXT);
        for (field, place) in [
            ("services[1].policy", "team.yaml:9:5"),
            ("services[0].team", "team.yaml:5:23"),
            ("services[0]", "team.yaml:5:5"),
            ("services[0].urgency", "team.yaml:5:5"),
            ("users[0].rules.high[0].method", "team.yaml:15:26"),
            ("users[0].rules.high[0].method.deep[3]", "team.yaml:15:26"),
            ("users[0].rules.low", "team.yaml:13:5"),
            ("users[0].teams.Payments", "team.yaml:12:14"),
            ("teams", "team.yaml:2:1"),
            ("teams[7].name", "team.yaml:2:1"),
        ] {
            assert_eq!(
                located(&declaration, field),
                format!("{place}: {field}: wrong")
            );
        }
        assert_eq!(located(&declaration, "monitors"), "monitors: wrong");
        assert_eq!(located(&declaration, ""), "wrong");
    }

    #[test]
    fn problems_stand_in_the_order_of_the_file() {
        let issue = |field: &str| Issue {
            field: field.to_owned(),
            message: "wrong".to_owned(),
        };
        let issues = ["users[0].name", "services[1].policy", "services[1].team"].map(issue);
        let lines = read(TEXT).locate(&issues);
        let order = ["team.yaml:7:", "team.yaml:9:", "team.yaml:11:"];
        assert!(
            lines
                .iter()
                .zip(order)
                .all(|(line, start)| line.starts_with(start)),
            "{lines:?}"
        );
    }

    #[test]
    fn the_position_in_the_body_is_dropped() {
        let words = "unknown field `polcy`, expected `policy`";
        assert_eq!(
            without_position(&format!("{words} at line 1 column 23")),
            words
        );
        for kept in ["the bus stops at line 7", "look at line 7 column x", words] {
            assert_eq!(without_position(kept), kept);
        }
    }

    #[test]
    fn several_files_are_one_declaration() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).expect("written");
        };
        write("20.yml", "teams:\n  - name: B\n---\nteams: [{name: C}]\n");
        write("10.yaml", "teams:\n  - name: A\n");
        write("30.txt", "teams: [{name: D}]\n");
        let one = folder.path().join("30.txt");
        let declaration = Declaration::of_paths(&[folder.path().to_path_buf(), one]).expect("good");
        let names: Vec<_> = declaration.body["teams"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|team| team["name"].as_str().expect("a name"))
            .collect();
        assert_eq!(names, ["A", "B", "C", "D"]);
        let located = located(&declaration, "teams[2].name");
        assert!(
            located.ends_with("20.yml:4:10: teams[2].name: wrong"),
            "{located}"
        );
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        for (text, place) in [
            (
                "teams:\n  - name: [A\n",
                "team.yaml:3:1: this is no valid YAML",
            ),
            (
                "teams:\n  - {name: A, name: B}\n",
                "team.yaml:2:15: this is no valid YAML",
            ),
            ("- teams\n", "team.yaml:1:1: begin with sections"),
            (
                "teams:\n  - name: !secret A\n",
                "team.yaml:2:11: teams[0].name: tags",
            ),
            ("teams:\n  - [x]: A\n", "team.yaml:2:5: teams[0]: a key"),
            (
                "teams: [.inf]\n",
                "team.yaml:1:9: teams[0]: this must be a finite number",
            ),
        ] {
            let refusal = refusal(text);
            assert!(refusal.contains(place), "{place}:\n{refusal}");
        }
        let missing = Declaration::of_paths(&["no/such.yaml".into()]).expect_err("missing");
        assert!(
            missing.to_string().contains("no/such.yaml: cannot be read"),
            "{missing}"
        );
        let folder = tempfile::tempdir().expect("a folder");
        let empty = Declaration::of_paths(&[folder.path().to_path_buf()]).expect_err("empty");
        assert!(empty.to_string().contains("no *.yaml or *.yml"), "{empty}");
    }
}
