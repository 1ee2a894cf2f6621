//! The grammar of target expressions.

use winnow::ascii::{Caseless, digit1, multispace0};
use winnow::combinator::{
    alt, cut_err, delimited, eof, not, opt, peek, preceded, repeat, separated, terminated,
};
use winnow::error::{ContextError, ErrMode};
use winnow::prelude::*;
use winnow::stream::{LocatingSlice, Location, Stateful};
use winnow::token::{any, one_of, take_while};

use super::error::{ParseError, Problem};
use super::syntax::{Argument, Expr, Literal, Node};
use super::{MAX_ARGUMENTS, MAX_DEPTH, MAX_TARGET_BYTES};

/// Characters that stand in a path only behind a backslash.
const SYMBOLS: &[char] = &['(', ')', '{', '}', ',', '.', '\'', '"', '\\', '|'];

const END: &str = "the end of the target, or a pipe `|` and a function";
const NESTING: &str = "fewer calls inside each other (at most 32)";
const COUNT: &str = "fewer arguments (at most 256)";

/// How many calls the parser stands in; the grammar calls itself and the stack is finite.
#[derive(Debug, Clone, Copy, Default)]
struct Depth(usize);

type Input<'i> = Stateful<LocatingSlice<&'i str>, Depth>;
type Failure = ErrMode<ContextError<&'static str>>;
type Parsed<O> = Result<O, Failure>;

/// Reads a whole target.
pub(super) fn parse(target: &str) -> Result<Expr, ParseError> {
    if target.len() > MAX_TARGET_BYTES {
        let problem = Problem::TooLong {
            limit: MAX_TARGET_BYTES,
        };
        return Err(ParseError::new(target, 0, problem));
    }
    let whole = expression.context("a pattern of names or a function call");
    delimited(multispace0, whole, multispace0)
        .parse(input(target))
        .map_err(|failure| {
            let expected = failure.inner().context().next().copied().unwrap_or(END);
            ParseError::new(target, failure.offset(), Problem::Syntax { expected })
        })
}

/// The first pattern in the name of a series: names that functions make look like calls. What
/// follows is not read, for it may be long and an alias may be anything.
pub(super) fn first_path(name: &str) -> Option<String> {
    let opening = (multispace0, self::name, multispace0, '(');
    let openings = repeat::<_, _, (), _, _>(0.., opening);
    let mut first = preceded((openings, multispace0, not(literal)), path);
    match first.parse_next(&mut input(name)).ok()?.node {
        Node::Path { pattern, .. } => Some(pattern),
        _ => None,
    }
}

fn input(text: &str) -> Input<'_> {
    Stateful {
        input: LocatingSlice::new(text),
        state: Depth::default(),
    }
}

fn failure(expected: &'static str) -> Failure {
    let mut error = ContextError::new();
    error.push(expected);
    ErrMode::Cut(error)
}

/// A path or a call, and the calls it is piped through.
fn expression(input: &mut Input<'_>) -> Parsed<Expr> {
    let mut value = alt((call, path)).parse_next(input)?;
    while opt((multispace0, '|', multispace0))
        .parse_next(input)?
        .is_some()
    {
        let mut piped = cut_err(call)
            .context("a function call after the pipe")
            .parse_next(input)?;
        if let Node::Call {
            name,
            mut arguments,
        } = piped.node
        {
            arguments.insert(
                0,
                Argument {
                    keyword: None,
                    value,
                },
            );
            piped = Expr::call(piped.at, name, arguments);
        }
        if piped.depth > MAX_DEPTH {
            return Err(failure(NESTING));
        }
        value = piped;
    }
    Ok(value)
}

fn call(input: &mut Input<'_>) -> Parsed<Expr> {
    let at = input.current_token_start();
    let name = terminated(name, (multispace0, '(')).parse_next(input)?;
    let name = name.to_owned();
    if input.state.0 >= MAX_DEPTH {
        return Err(failure(NESTING));
    }
    input.state.0 += 1;
    let listed = terminated(
        arguments,
        cut_err((multispace0, ')')).context("a comma or the closing parenthesis `)`"),
    )
    .parse_next(input);
    input.state.0 -= 1;
    Ok(Expr::call(at, name, listed?))
}

fn arguments(input: &mut Input<'_>) -> Parsed<Vec<Argument>> {
    if peek(opt((multispace0, ')'))).parse_next(input)?.is_some() {
        return Ok(Vec::new());
    }
    let mut listed = vec![cut_err(argument).parse_next(input)?];
    while opt((multispace0, ',')).parse_next(input)?.is_some() {
        if listed.len() >= MAX_ARGUMENTS {
            return Err(failure(COUNT));
        }
        let next = cut_err(argument).parse_next(input)?;
        if next.keyword.is_none() && listed.last().is_some_and(|last| last.keyword.is_some()) {
            return Err(failure(
                "`name=value`, as all arguments after the first named one",
            ));
        }
        listed.push(next);
    }
    Ok(listed)
}

fn argument(input: &mut Input<'_>) -> Parsed<Argument> {
    multispace0.parse_next(input)?;
    let keyword = opt(terminated(name, (multispace0, '=', multispace0))).parse_next(input)?;
    let keyword = keyword.map(str::to_owned);
    let at = input.current_token_start();
    let literal = literal.map(|literal| Expr::leaf(at, Node::Literal(literal)));
    let value = alt((literal, expression))
        .context("an argument: a pattern, a function call, a number, a text in quotes, true, false or None")
        .parse_next(input)?;
    Ok(Argument { keyword, value })
}

fn name<'i>(input: &mut Input<'i>) -> Parsed<&'i str> {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let rest = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (one_of(first), take_while(0.., rest))
        .take()
        .parse_next(input)
}

/// A value, if it is the whole argument: `10.0.0.1` and `true.story` are paths.
fn literal(input: &mut Input<'_>) -> Parsed<Literal> {
    let value = alt((
        number,
        Caseless("true").value(Literal::Flag(true)),
        Caseless("false").value(Literal::Flag(false)),
        Caseless("none").value(Literal::None),
        Caseless("infinity").value(Literal::Infinity),
        Caseless("inf").value(Literal::Infinity),
        text,
    ));
    let close = (multispace0, alt((",".void(), ")".void(), eof.void())));
    terminated(value, peek(close)).parse_next(input)
}

fn number(input: &mut Input<'_>) -> Parsed<Literal> {
    let exponent = (one_of(['e', 'E']), opt('-'), digit1);
    let form = (opt('-'), digit1, opt(('.', digit1)), opt(exponent));
    form.take().verify_map(read_number).parse_next(input)
}

fn read_number(digits: &str) -> Option<Literal> {
    if !digits.contains(['.', 'e', 'E']) {
        return digits.parse().ok().map(Literal::Int);
    }
    match digits.parse::<f64>() {
        Ok(value) if value.is_finite() => Some(Literal::Float(value)),
        Ok(value) if value > 0.0 => Some(Literal::Infinity),
        _ => None,
    }
}

fn text(input: &mut Input<'_>) -> Parsed<Literal> {
    let quote = one_of(['"', '\'']).parse_next(input)?;
    let plain = move |c: char| c != quote && c != '\\' && c != '\n' && c != '\r';
    // A doubled quote stands for itself, and so does what follows a backslash.
    let piece = alt((
        take_while(1.., plain).void(),
        ('\\', any).void(),
        (quote, quote).void(),
    ));
    let inside = repeat::<_, _, (), _, _>(0.., piece).take();
    let text: &str =
        terminated(inside, cut_err(quote).context("the closing quote")).parse_next(input)?;
    Ok(Literal::Text {
        text: text.to_owned(),
        quote,
    })
}

fn path(input: &mut Input<'_>) -> Parsed<Expr> {
    let at = input.current_token_start();
    let element = repeat::<_, _, (), _, _>(1.., alt((letters, choice)));
    let dotted = separated::<_, _, (), _, _, _, _>(1.., element, '.');
    let raw: &str = dotted.take().parse_next(input)?;
    if opt('.').parse_next(input)?.is_some() {
        return Err(failure("a name after the dot"));
    }
    let pattern = unescaped(raw);
    Ok(Expr::leaf(
        at,
        Node::Path {
            raw: raw.to_owned(),
            pattern,
        },
    ))
}

/// Letters of a name; symbols behind a backslash.
fn letters(input: &mut Input<'_>) -> Parsed<()> {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !SYMBOLS.contains(&c);
    let escaped = ('\\', one_of(|c: char| SYMBOLS.contains(&c) || c == '='));
    alt((take_while(1.., plain).void(), escaped.void())).parse_next(input)
}

/// `{a,b}`: one of several names.
fn choice(input: &mut Input<'_>) -> Parsed<()> {
    let one = repeat::<_, _, (), _, _>(1.., letters);
    let names = separated::<_, _, (), _, _, _, _>(1.., one, ',');
    delimited(
        '{',
        cut_err(names).context("a name of the choice in braces"),
        cut_err('}').context("a comma or the closing brace `}`"),
    )
    .parse_next(input)
}

fn unescaped(raw: &str) -> String {
    let mut pattern = String::with_capacity(raw.len());
    let mut escaped = false;
    for c in raw.chars() {
        // The grammar allows no two backslashes that are not an escaped one.
        if c == '\\' && !escaped {
            escaped = true;
            continue;
        }
        escaped = false;
        pattern.push(c);
    }
    pattern
}
