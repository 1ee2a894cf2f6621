//! Target expressions: parsed and evaluated over a metric source.
//!
//! [`parse`] reads a Graphite target (`scale(sumSeries(web.*.hits),2)`, `web.hits|perSecond()`) and
//! checks it whole: names, number and kinds of arguments. [`evaluate`] then runs it over any
//! [`MetricSource`] with the meaning of graphite-web 1.1, names of results included. Every request
//! is bounded by [`Limits`].
//!
//! Where graphite-web is plainly broken we are not: a target with text left over is refused instead
//! of cut short, a piped expression evaluated twice keeps its functions, and series in keyword
//! arguments are fetched.
//!
//! A function is one descriptor (names, parameters, implementation) in a themed file under
//! `render/functions/` and one line in `render/registry.rs`.

mod aggregate;
mod bind;
mod error;
mod eval;
mod functions;
mod grammar;
mod line;
mod number;
mod registry;
mod syntax;
pub mod time;

use std::collections::BTreeMap;
use std::fmt;

use wb_ports::metrics::{MetricSource, Points};

pub use error::{ParseError, Problem, RenderError};
pub use eval::Limits;

use bind::Plan;
use line::Line;
use syntax::Expr;

/// The longest target that is read, in bytes.
pub const MAX_TARGET_BYTES: usize = 32 * 1024;

/// The most calls inside each other that one target may hold; a pipe counts as one.
pub const MAX_DEPTH: usize = 32;

/// The most arguments that one call may have.
pub const MAX_ARGUMENTS: usize = 256;

/// A target expression, read and checked; made by [`parse`].
#[derive(Debug, Clone)]
pub struct Target {
    expression: Expr,
    plan: Plan,
}

/// Prints the expression in a form that [`parse`] reads as the same target; pipes become calls.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expression.fmt(f)
    }
}

/// The time over which targets are evaluated.
#[derive(Debug, Clone)]
pub struct Window {
    /// The beginning, in seconds since 1970 UTC; points lie after it.
    pub from_s: i64,
    /// The end, in seconds since 1970 UTC; a point may lie on it. Swapped with the beginning when
    /// it is the earlier of the two.
    pub until_s: i64,
    /// The present, in seconds since 1970 UTC; it decides which archive answers.
    pub now_s: i64,
    /// The zone of the reader, for functions that follow daylight saving time.
    pub zone: jiff::tz::TimeZone,
    /// The most points that a series of the answer should have (`maxDataPoints`); `None` for all
    /// there are, 0 is read as 1.
    pub max_points: Option<usize>,
}

/// One series of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What is shown in the legend (`scale(a.b,2)`); the `target` of the JSON answer.
    pub name: String,
    /// The expression that it came from; the same for all series of one pattern.
    pub path_expression: String,
    /// Its points; `points.name` is the same as `name`.
    pub points: Points,
    /// Its tags: `name`, those of the stored name, and one for each function applied.
    pub tags: BTreeMap<String, String>,
}

/// Reads and checks a target expression.
///
/// # Errors
///
/// [`ParseError`]: what is wrong and where.
pub fn parse(target: &str) -> Result<Target, ParseError> {
    let expression = grammar::parse(target)?;
    let plan = bind::bind(target, &expression)?;
    Ok(Target { expression, plan })
}

/// Evaluates targets, in their order, over a window. Blocks while the source is read.
///
/// # Errors
///
/// [`RenderError`]: nothing is answered.
pub fn evaluate(
    targets: &[Target],
    window: &Window,
    source: &dyn MetricSource,
    limits: &Limits,
) -> Result<Vec<Series>, RenderError> {
    let mut lines = eval::run(
        targets.iter().map(|target| &target.plan),
        window,
        source,
        limits,
    )?;
    let per_point = match window.max_points {
        Some(max_points) => line::fit(&mut lines, max_points.max(1)),
        None => vec![1; lines.len()],
    };
    Ok(lines
        .into_iter()
        .zip(per_point)
        .map(|(line, per_point)| Line::into_series(line, per_point))
        .collect())
}

/// A function of target expressions, for people who write them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionInfo {
    /// Its name.
    pub name: &'static str,
    /// Other names it goes by.
    pub aliases: &'static [&'static str],
    /// What it takes, in order.
    pub params: Vec<ParamInfo>,
}

/// A parameter of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamInfo {
    /// Its name, which is its keyword too.
    pub name: &'static str,
    /// What it takes, in words.
    pub takes: &'static str,
    /// Whether it takes series: a pattern of names or a function call.
    pub is_series: bool,
    /// Whether it must be given.
    pub is_required: bool,
    /// Whether it takes all arguments from its place on.
    pub is_many: bool,
}

/// What functions there are, in the order of their names.
#[must_use]
pub fn functions() -> Vec<FunctionInfo> {
    registry::infos()
}

/// The names of all functions, aliases included, in order.
#[must_use]
pub fn function_names() -> Vec<&'static str> {
    registry::names()
}
