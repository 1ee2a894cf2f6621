//! From an expression to a plan: functions are looked up and arguments fitted to parameters, so that
//! evaluation meets no argument it cannot use.

use super::aggregate::Aggregate;
use super::error::{ParseError, Problem};
use super::line::Consolidation;
use super::registry::{self, Default, Function, Kind, Param};
use super::syntax::{Argument, Expr, Literal, Node};
use super::time;

/// An expression that can be evaluated.
#[derive(Debug, Clone)]
pub(super) enum Plan {
    /// Series to read.
    Path(String),
    /// A function and the values for each of its parameters; of a parameter that is not given and
    /// has no default there are none.
    Call {
        function: &'static Function,
        values: Vec<Vec<Value>>,
    },
}

/// An argument of the kind that its parameter wants.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Series(Plan),
    Float(f64),
    Int(i64),
    Infinity,
    Text(String),
    Flag(bool),
    Interval {
        text: String,
        seconds: i64,
    },
    Aggregate {
        name: String,
        aggregate: Aggregate,
    },
    Consolidation {
        name: String,
        consolidation: Consolidation,
    },
}

/// Makes a plan of an expression; the text of the target is for errors.
pub(super) fn bind(target: &str, expression: &Expr) -> Result<Plan, ParseError> {
    match &expression.node {
        Node::Path { pattern, .. } => Ok(Plan::Path(pattern.clone())),
        Node::Call { name, arguments } => {
            let at = expression.at;
            let Some(function) = registry::find(name) else {
                let nearest = registry::nearest(name);
                let problem = Problem::UnknownFunction {
                    name: name.clone(),
                    nearest,
                };
                return Err(ParseError::new(target, at, problem));
            };
            let values = Binding {
                target,
                at,
                name,
                function,
            }
            .values(arguments)?;
            Ok(Plan::Call { function, values })
        }
        // The grammar lets values stand in arguments only, and those are bound by their parameter.
        Node::Literal(_) => {
            let problem = Problem::Syntax {
                expected: Kind::Series.wanted(),
            };
            Err(ParseError::new(target, expression.at, problem))
        }
    }
}

/// A call whose arguments are being fitted.
struct Binding<'t> {
    target: &'t str,
    at: usize,
    /// The name that the target uses for the function.
    name: &'t str,
    function: &'static Function,
}

impl Binding<'_> {
    fn values(&self, arguments: &[Argument]) -> Result<Vec<Vec<Value>>, ParseError> {
        let params = self.function.params;
        let mut given: Vec<Vec<Value>> = params.iter().map(|_| Vec::new()).collect();
        let mut seen = vec![false; params.len()];
        for (position, argument) in arguments.iter().enumerate() {
            let index = self.place(position, argument)?;
            let (Some(param), Some(slot), Some(seen)) =
                (params.get(index), given.get_mut(index), seen.get_mut(index))
            else {
                continue;
            };
            let (function, parameter) = (self.name.to_owned(), param.name);
            if *seen && !param.many {
                return Err(self.error(
                    argument.value.at,
                    Problem::Twice {
                        function,
                        parameter,
                    },
                ));
            }
            *seen = true;
            if let Some(value) = self.value(param, &argument.value)? {
                slot.push(value);
            }
        }
        for (param, slot) in params
            .iter()
            .zip(&mut given)
            .filter(|(_, slot)| slot.is_empty())
        {
            slot.extend(self.default(param)?);
        }
        Ok(given)
    }

    /// Which parameter an argument is for.
    fn place(&self, position: usize, argument: &Argument) -> Result<usize, ParseError> {
        let params = self.function.params;
        let function = self.name.to_owned();
        let Some(keyword) = &argument.keyword else {
            let last = params.len().saturating_sub(1);
            let many = params.last().is_some_and(|param| param.many);
            if position > last && !many {
                let problem = Problem::TooManyArguments {
                    function,
                    most: params.len(),
                };
                return Err(self.error(argument.value.at, problem));
            }
            return Ok(position.min(last));
        };
        params
            .iter()
            .position(|param| param.is_called(keyword))
            .ok_or_else(|| {
                let problem = Problem::UnknownParameter {
                    function,
                    parameter: keyword.clone(),
                };
                self.error(argument.value.at, problem)
            })
    }

    /// The value of an argument; none if it is `None` and may be left out.
    fn value(&self, param: &Param, argument: &Expr) -> Result<Option<Value>, ParseError> {
        let literal = match &argument.node {
            Node::Path { .. } | Node::Call { .. } if param.kind == Kind::Series => {
                return bind(self.target, argument).map(|plan| Some(Value::Series(plan)));
            }
            Node::Literal(Literal::None) if !matches!(param.default, Default::Required) => {
                return Ok(None);
            }
            Node::Literal(literal) => Some(literal),
            Node::Path { .. } | Node::Call { .. } => None,
        };
        let value = literal.and_then(|literal| read(param.kind, literal));
        value.map(Some).ok_or_else(|| {
            let (function, parameter) = (self.name.to_owned(), param.name);
            let wanted = param.kind.wanted();
            self.error(
                argument.at,
                Problem::Argument {
                    function,
                    parameter,
                    wanted,
                },
            )
        })
    }

    fn default(&self, param: &Param) -> Result<Option<Value>, ParseError> {
        let literal = match param.default {
            Default::Required => {
                let (function, parameter) = (self.name.to_owned(), param.name);
                let wanted = param.kind.wanted();
                return Err(self.error(
                    self.at,
                    Problem::Missing {
                        function,
                        parameter,
                        wanted,
                    },
                ));
            }
            Default::Absent => return Ok(None),
            Default::Flag(flag) => Literal::Flag(flag),
            Default::Infinity => Literal::Infinity,
            Default::Text(text) => Literal::Text {
                text: text.to_owned(),
                quote: '"',
            },
        };
        Ok(read(param.kind, &literal))
    }

    fn error(&self, at: usize, problem: Problem) -> ParseError {
        ParseError::new(self.target, at, problem)
    }
}

/// A literal as a value of a kind, if it can be one. Numbers and flags may stand in quotes.
fn read(kind: Kind, literal: &Literal) -> Option<Value> {
    match (kind, literal) {
        (Kind::Float, Literal::Int(number)) => Some(Value::Float(*number as f64)),
        (Kind::Float, Literal::Float(number)) => Some(Value::Float(*number)),
        (Kind::Float | Kind::Limit, Literal::Infinity) => Some(Value::Infinity),
        (Kind::Float, Literal::Text { text, .. }) => text
            .trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .map(Value::Float),
        (Kind::Limit | Kind::NodeOrTag, Literal::Int(number)) => Some(Value::Int(*number)),
        (Kind::Limit, Literal::Text { text, .. }) => text.trim().parse().ok().map(Value::Int),
        (Kind::PointsOrInterval, Literal::Int(number)) => {
            (*number >= 0).then_some(Value::Int(*number))
        }
        (Kind::PointsOrInterval | Kind::Interval, Literal::Text { text, .. }) => interval(text),
        (Kind::Span, Literal::Text { text, .. }) => {
            interval(text).filter(|value| matches!(value, Value::Interval { seconds: 1.., .. }))
        }
        (Kind::Text | Kind::NodeOrTag, Literal::Text { text, .. }) => {
            Some(Value::Text(text.clone()))
        }
        (Kind::Flag, _) => flag(literal).map(Value::Flag),
        (Kind::Aggregate, Literal::Text { text, .. }) => {
            Aggregate::named(text).map(|aggregate| Value::Aggregate {
                name: text.clone(),
                aggregate,
            })
        }
        (Kind::Consolidation, Literal::Text { text, .. }) => {
            Consolidation::named(text).map(|consolidation| Value::Consolidation {
                name: text.clone(),
                consolidation,
            })
        }
        _ => None,
    }
}

fn interval(text: &str) -> Option<Value> {
    let seconds = time::parse_duration(text).ok()?;
    Some(Value::Interval {
        text: text.to_owned(),
        seconds,
    })
}

fn flag(literal: &Literal) -> Option<bool> {
    match literal {
        Literal::Flag(flag) => Some(*flag),
        Literal::Int(number @ (0 | 1)) => Some(*number == 1),
        Literal::Text { text, .. } => text.to_lowercase().parse().ok(),
        _ => None,
    }
}
