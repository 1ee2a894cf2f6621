//! A target expression as written: what the grammar makes and what is printed again.

use std::fmt;

/// An expression and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expr {
    /// Bytes from the beginning of the target.
    pub(super) at: usize,
    /// How many calls stand inside each other, this one included.
    pub(super) depth: usize,
    pub(super) node: Node,
}

/// What an expression can be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// A pattern of dotted names.
    Path {
        /// As written, with its backslashes.
        raw: String,
        /// What is looked up: without the backslashes.
        pattern: String,
    },
    /// A function with its arguments; `a|f(1)` is here `f(a,1)`.
    Call {
        name: String,
        arguments: Vec<Argument>,
    },
    /// A value.
    Literal(Literal),
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Argument {
    /// The parameter that it names, if any.
    pub(super) keyword: Option<String>,
    pub(super) value: Expr,
}

/// A value written in a target.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Int(i64),
    /// Always finite.
    Float(f64),
    /// The text between the quotes. A backslash stays in it, as in graphite-web: it belongs to the
    /// patterns some functions take.
    Text {
        text: String,
        quote: char,
    },
    Flag(bool),
    None,
    Infinity,
}

impl Expr {
    pub(super) fn leaf(at: usize, node: Node) -> Self {
        Self { at, depth: 0, node }
    }

    pub(super) fn call(at: usize, name: String, arguments: Vec<Argument>) -> Self {
        let deepest = arguments.iter().map(|argument| argument.value.depth).max();
        let depth = deepest.unwrap_or(0) + 1;
        Self {
            at,
            depth,
            node: Node::Call { name, arguments },
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            Node::Path { raw, .. } => f.write_str(raw),
            Node::Literal(literal) => literal.fmt(f),
            Node::Call { name, arguments } => {
                write!(f, "{name}(")?;
                for (i, argument) in arguments.iter().enumerate() {
                    let comma = if i == 0 { "" } else { "," };
                    match &argument.keyword {
                        Some(keyword) => write!(f, "{comma}{keyword}={}", argument.value)?,
                        None => write!(f, "{comma}{}", argument.value)?,
                    }
                }
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => value.fmt(f),
            // The debug form keeps a point or an exponent, so it is read as a float again.
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Text { text, quote } => write!(f, "{quote}{text}{quote}"),
            Self::Flag(value) => value.fmt(f),
            Self::None => f.write_str("None"),
            Self::Infinity => f.write_str("inf"),
        }
    }
}
