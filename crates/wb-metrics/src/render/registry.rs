//! The functions there are, and how one is described.

use super::error::RenderError;
use super::eval::Call;
use super::functions::{
    alias, combine, consolidate, constant, gaps, moving, rate, shift, summarize,
};
use super::line::Line;
use super::{FunctionInfo, ParamInfo};

/// All functions, one a line. To add one, describe it in a file of `functions/` and list it here.
static FUNCTIONS: &[&Function] = &[
    &alias::ALIAS,
    &alias::ALIAS_BY_NODE,
    &combine::AVERAGE_SERIES,
    &combine::MAX_SERIES,
    &combine::MIN_SERIES,
    &combine::SUM_SERIES,
    &consolidate::CONSOLIDATE_BY,
    &constant::CONSTANT_LINE,
    &gaps::KEEP_LAST_VALUE,
    &gaps::TRANSFORM_NULL,
    &moving::MOVING_AVERAGE,
    &rate::PER_SECOND,
    &rate::SCALE,
    &shift::TIME_SHIFT,
    &summarize::SUMMARIZE,
];

/// A function of target expressions.
#[derive(Debug)]
pub(super) struct Function {
    /// Its name and its aliases.
    pub(super) names: &'static [&'static str],
    /// What it takes, in order.
    pub(super) params: &'static [Param],
    /// What it does with arguments that fit the parameters.
    pub(super) run: fn(&mut Call<'_, '_>) -> Result<Vec<Line>, RenderError>,
}

/// A parameter of a function.
#[derive(Debug)]
pub(super) struct Param {
    pub(super) name: &'static str,
    /// Another keyword for it; graphite-web documents one and reads another in a few places.
    pub(super) keyword: Option<&'static str>,
    pub(super) kind: Kind,
    pub(super) default: Default,
    /// Whether it takes all arguments from its place on; only the last may.
    pub(super) many: bool,
}

/// What stands for an argument that is not given.
#[derive(Debug, Clone, Copy)]
pub(super) enum Default {
    /// Nothing does: it must be given.
    Required,
    /// The function does without.
    Absent,
    Flag(bool),
    Infinity,
    Text(&'static str),
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Series,
    Float,
    /// A whole number of points, or `inf`.
    Limit,
    /// A whole number of points, or an interval.
    PointsOrInterval,
    /// A signed span of time.
    Interval,
    /// A span of time longer than nothing.
    Span,
    Text,
    Flag,
    Aggregate,
    Consolidation,
    NodeOrTag,
}

impl Kind {
    /// In words, for errors.
    pub(super) fn wanted(self) -> &'static str {
        match self {
            Self::Series => "series: a pattern of names or a function call",
            Self::Float => "a number",
            Self::Limit => "a whole number or inf",
            Self::PointsOrInterval => "a number of points (5) or an interval in quotes (\"5min\")",
            Self::Interval => "an interval in quotes, such as \"1h\" or \"-7d\"",
            Self::Span => "an interval in quotes that is longer than nothing, such as \"1h\"",
            Self::Text => "a text in quotes",
            Self::Flag => "true or false",
            Self::Aggregate => {
                "one of \"average\", \"avg_zero\", \"median\", \"sum\", \"min\", \"max\", \"diff\", \
                 \"stddev\", \"count\", \"range\", \"multiply\", \"last\""
            }
            Self::Consolidation => {
                "one of \"sum\", \"average\", \"avg_zero\", \"min\", \"max\", \"first\", \"last\""
            }
            Self::NodeOrTag => "the number of a node (0 is the first, -1 the last) or a tag's name",
        }
    }
}

impl Param {
    pub(super) const fn required(name: &'static str, kind: Kind) -> Self {
        Self::with_default(name, kind, Default::Required)
    }

    pub(super) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self::with_default(name, kind, Default::Absent)
    }

    pub(super) const fn with_default(name: &'static str, kind: Kind, default: Default) -> Self {
        Self {
            name,
            keyword: None,
            kind,
            default,
            many: false,
        }
    }

    pub(super) const fn or_keyword(self, keyword: &'static str) -> Self {
        Self {
            keyword: Some(keyword),
            ..self
        }
    }

    pub(super) const fn many(self) -> Self {
        Self { many: true, ..self }
    }

    pub(super) fn is_called(&self, keyword: &str) -> bool {
        self.name == keyword || self.keyword == Some(keyword)
    }
}

/// The function with this name or alias.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS
        .iter()
        .copied()
        .find(|function| function.names.contains(&name))
}

/// The names of all functions, in order.
pub(super) fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = FUNCTIONS
        .iter()
        .flat_map(|function| function.names)
        .copied()
        .collect();
    names.sort_unstable();
    names
}

/// What people are told of the functions, in the order of their names.
pub(super) fn infos() -> Vec<FunctionInfo> {
    let mut infos: Vec<_> = FUNCTIONS.iter().filter_map(|one| one.info()).collect();
    infos.sort_unstable_by_key(|info| info.name.to_lowercase());
    infos
}

impl Function {
    fn info(&self) -> Option<FunctionInfo> {
        let (name, aliases) = self.names.split_first()?;
        let params = self.params.iter().map(|param| ParamInfo {
            name: param.name,
            takes: param.kind.wanted(),
            is_series: param.kind == Kind::Series,
            is_required: matches!(param.default, Default::Required),
            is_many: param.many,
        });
        Some(FunctionInfo {
            name,
            aliases,
            params: params.collect(),
        })
    }
}

/// The known name that is most like this one.
pub(super) fn nearest(name: &str) -> &'static str {
    // Names may be as long as targets, and likeness costs the product of both lengths.
    let name: String = name.to_lowercase().chars().take(64).collect();
    let likeness = |known: &&str| strsim::jaro_winkler(&name, &known.to_lowercase());
    names()
        .into_iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
        .unwrap_or("sumSeries")
}

#[cfg(test)]
mod tests {
    use super::{FUNCTIONS, nearest};

    #[test]
    fn only_the_last_parameter_takes_many() {
        for function in FUNCTIONS {
            let earlier = function.params.iter().rev().skip(1);
            assert!(
                earlier.into_iter().all(|param| !param.many),
                "{:?}",
                function.names
            );
        }
    }

    #[test]
    fn every_function_is_told_of() {
        let infos = super::infos();
        assert_eq!(infos.len(), FUNCTIONS.len());
        let shift = infos.iter().find(|info| info.name == "timeShift");
        let params = shift
            .map(|shift| shift.params.as_slice())
            .unwrap_or_default();
        assert!(params[0].is_series && params[0].is_required);
        assert!(!params[1].is_series && params[1].is_required);
    }

    #[test]
    fn a_slip_of_the_pen_is_understood() {
        assert_eq!(nearest("sumSeres"), "sumSeries");
        assert_eq!(nearest("movingaverage"), "movingAverage");
        assert_eq!(nearest("alaisByNode"), "aliasByNode");
    }
}
