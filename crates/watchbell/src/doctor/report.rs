//! What was found, for people and for machines.

use core::fmt;

use serde::Serialize;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    /// In order.
    Ok,
    /// The server runs, but somebody should look at this.
    Warning,
    /// The server does not start, or does not do what it is there for.
    Problem,
    /// Could not be checked, because of something else.
    NotRun,
}

impl Level {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
            Self::NotRun => "not run",
        }
    }
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What was checked.
    check: &'static str,
    level: Level,
    found: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self::new(check, Level::Ok, found.into(), None)
    }

    pub(super) fn warning(
        check: &'static str,
        found: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self::new(check, Level::Warning, found.into(), Some(mend.into()))
    }

    pub(super) fn problem(
        check: &'static str,
        found: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self::new(check, Level::Problem, found.into(), Some(mend.into()))
    }

    /// A check that could not be made; `why` names what stands in its way.
    pub(super) fn not_run(check: &'static str, why: impl Into<String>) -> Self {
        Self::new(check, Level::NotRun, why.into(), None)
    }

    /// Whether this keeps the server from its work.
    pub(super) fn is_problem(&self) -> bool {
        self.level == Level::Problem
    }

    fn new(check: &'static str, level: Level, found: String, mend: Option<String>) -> Self {
        Self {
            check,
            level,
            // One line each, whatever a driver or a file had to say.
            found: found.split_whitespace().collect::<Vec<_>>().join(" "),
            mend,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            check,
            level,
            found,
            mend,
        } = self;
        write!(f, "{:<8} {check}: {found}", level.word())?;
        match mend {
            Some(mend) => write!(f, ". To mend: {mend}"),
            None => Ok(()),
        }
    }
}

/// Everything that was found.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    ok: bool,
    warnings: usize,
    problems: usize,
    not_run: usize,
    checks: Vec<Finding>,
}

impl Report {
    pub(super) fn new(checks: Vec<Finding>) -> Self {
        let count = |level| checks.iter().filter(|one| one.level == level).count();
        let problems = count(Level::Problem);
        Self {
            ok: problems == 0,
            warnings: count(Level::Warning),
            problems,
            not_run: count(Level::NotRun),
            checks,
        }
    }

    /// How many things keep the server from doing its work.
    pub(super) const fn problems(&self) -> usize {
        self.problems
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.checks {
            writeln!(f, "{finding}")?;
        }
        let Self {
            warnings,
            problems,
            not_run,
            checks,
            ..
        } = self;
        write!(
            f,
            "{} checks, problems: {problems}, warnings: {warnings}, not run: {not_run}",
            checks.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_where_and_how_and_counts() {
        let report = Report::new(vec![
            Finding::ok("zone data", "fine"),
            Finding::problem("smtp", "two\nlines", "start it"),
            Finding::not_run("test mail", "smtp is not in order"),
        ]);
        let text = report.to_string();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "ok       zone data: fine",
                "problem  smtp: two lines. To mend: start it",
                "not run  test mail: smtp is not in order",
                "3 checks, problems: 1, warnings: 0, not run: 1",
            ]
        );
        let json = serde_json::to_value(&report).expect("JSON");
        assert_eq!(json["ok"], false);
        assert_eq!(json["checks"][1]["level"], "problem");
        assert_eq!(json["checks"][1]["mend"], "start it");
        assert_eq!(json["checks"][2]["level"], "not_run");
    }
}
