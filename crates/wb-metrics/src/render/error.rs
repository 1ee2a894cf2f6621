//! What can go wrong with a target: before it is evaluated, and while.

use std::fmt;

use wb_ports::metrics::SourceError;

/// How many characters of a target are shown before and after the place of an error.
const EXCERPT_CHARS: usize = 40;

/// Why a target cannot be used, and where. `Display` shows the problem, then the place with a caret
/// under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    offset: usize,
    problem: Problem,
    excerpt: String,
    caret: usize,
}

/// What is wrong with a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The text is no expression.
    #[error("expected {expected}")]
    Syntax {
        /// What could stand there.
        expected: &'static str,
    },
    /// The text is longer than what is read.
    #[error("the target is longer than {limit} bytes; split it into several targets")]
    TooLong {
        /// The longest that is read, in bytes.
        limit: usize,
    },
    /// No function has this name.
    #[error("there is no function {name:?}; the nearest name is {nearest:?}")]
    UnknownFunction {
        /// The name, as given.
        name: String,
        /// The name most like it.
        nearest: &'static str,
    },
    /// A function is given more than it takes.
    #[error("{function} takes at most {most} arguments")]
    TooManyArguments {
        /// The function, as named in the target.
        function: String,
        /// How many it takes.
        most: usize,
    },
    /// A needed argument is not there.
    #[error("{function} needs the parameter {parameter:?}: {wanted}")]
    Missing {
        /// The function, as named in the target.
        function: String,
        /// The parameter without a value.
        parameter: &'static str,
        /// What it takes.
        wanted: &'static str,
    },
    /// A keyword names no parameter.
    #[error("{function} has no parameter {parameter:?}")]
    UnknownParameter {
        /// The function, as named in the target.
        function: String,
        /// The keyword, as given.
        parameter: String,
    },
    /// A parameter is given two values.
    #[error("{function} is given the parameter {parameter:?} twice")]
    Twice {
        /// The function, as named in the target.
        function: String,
        /// The parameter.
        parameter: &'static str,
    },
    /// An argument is of the wrong kind.
    #[error("{function}: the parameter {parameter:?} takes {wanted}")]
    Argument {
        /// The function, as named in the target.
        function: String,
        /// The parameter.
        parameter: &'static str,
        /// What it takes.
        wanted: &'static str,
    },
}

impl ParseError {
    pub(super) fn new(target: &str, offset: usize, problem: Problem) -> Self {
        let offset = (0..=offset.min(target.len()))
            .rev()
            .find(|at| target.is_char_boundary(*at))
            .unwrap_or(0);
        let (before, after) = target.split_at(offset);
        let skipped = before.chars().count().saturating_sub(EXCERPT_CHARS);
        let shown = before.chars().skip(skipped);
        let mut excerpt: String = shown.chain(after.chars().take(EXCERPT_CHARS)).collect();
        // One line of text, or the caret would stand under something else.
        excerpt = excerpt.replace(char::is_control, " ");
        let caret = before.chars().count() - skipped;
        Self {
            offset,
            problem,
            excerpt,
            caret,
        }
    }

    /// Where in the target, in bytes from its beginning.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Two lines: the target around the place, and a caret under the place.
    #[must_use]
    pub fn caret(&self) -> String {
        format!("{}\n{:>width$}", self.excerpt, "^", width = self.caret + 1)
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} (at byte {} of the target)\n{}",
            self.problem,
            self.offset,
            self.caret()
        )
    }
}

impl std::error::Error for ParseError {}

/// Why targets were not evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The points of a pattern could not be read.
    #[error("reading {pattern:?}: {cause}")]
    Source {
        /// The pattern, as it stands in the target.
        pattern: String,
        /// What the source said.
        cause: SourceError,
    },
    /// The window holds no time.
    #[error("the window is empty: from and until are the same time; make them differ")]
    EmptyWindow,
    /// The request reads more series than one may.
    #[error("the targets read more than {limit} series; make their patterns narrower")]
    TooManySeries {
        /// The most that one request may read, counting a series each time it is read.
        limit: usize,
    },
    /// The request handles more points than one may.
    #[error("the targets handle more than {limit} points; ask for less time or fewer series")]
    TooManyPoints {
        /// The most that one request may read and compute.
        limit: usize,
    },
    /// The request reads the source more often than one may.
    #[error(
        "the targets read the metric store more than {limit} times; use fewer targets or put fewer \
         moving and shifting functions inside each other"
    )]
    TooManyFetches {
        /// The most that one request may read.
        limit: usize,
    },
    /// Series of such different steps stand together that no common step can be shown.
    #[error("{function}: the steps of its series have no common multiple that can be shown")]
    Steps {
        /// The function that puts the series together.
        function: String,
    },
}
