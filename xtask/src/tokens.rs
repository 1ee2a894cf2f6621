//! Rust files as flat token lists.
//!
//! The checks look at tokens, not at text: a comment that mentions a banned call is no call, and a
//! string inside a macro is still a string.

use std::{iter::Peekable, vec};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Ident,
    Punct,
    Literal,
    Open,
    Close,
}

/// One token of a Rust file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// As written, quotes included.
    pub(crate) text: String,
    pub(crate) line: usize,
    /// Inside `#[cfg(test)]` or a test function.
    pub(crate) in_test: bool,
}

impl Token {
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text == text && self.kind != Kind::Literal
    }

    /// The text between the quotes, if this is a string literal. Escapes stay as written.
    pub(crate) fn string(&self) -> Option<&str> {
        if self.kind != Kind::Literal {
            return None;
        }
        let start = self.text.find('"')?;
        let end = self.text.rfind('"')?;
        self.text.get(start + 1..end)
    }
}

/// Whether `tokens` begins with `a::b`, or with `a` alone when the path has one part.
pub(crate) fn starts_with_path(tokens: &[&Token], path: &[&str]) -> bool {
    let mut at = 0;
    for (index, part) in path.iter().enumerate() {
        if index > 0 {
            let colons = tokens.get(at..at + 2);
            if !colons.is_some_and(|pair| pair.iter().all(|token| token.is(":"))) {
                return false;
            }
            at += 2;
        }
        if !tokens.get(at).is_some_and(|token| token.is(part)) {
            return false;
        }
        at += 1;
    }
    true
}

/// Cuts a file into tokens; doc comments are left out.
pub(crate) fn lex(source: &str) -> Result<Vec<Token>, String> {
    let stream: TokenStream = source.parse().map_err(|error: proc_macro2::LexError| {
        format!("line {}: {error}", error.span().start().line)
    })?;
    let mut out = Vec::new();
    flatten(stream, false, &mut out);
    Ok(out)
}

type Trees = Peekable<vec::IntoIter<TokenTree>>;

fn flatten(stream: TokenStream, outer_test: bool, out: &mut Vec<Token>) {
    let mut trees: Trees = stream
        .into_iter()
        .collect::<Vec<_>>()
        .into_iter()
        .peekable();
    let mut whole_test = outer_test;
    let mut item_test = false;
    while let Some(tree) = trees.next() {
        if let TokenTree::Punct(punct) = &tree
            && punct.as_char() == '#'
            && let Some((attribute, inner)) = take_attribute(&mut trees)
        {
            let test = is_test_attribute(&attribute);
            whole_test |= inner && test;
            item_test |= !inner && test;
            if !is_doc(&attribute) {
                flatten_group(&attribute, whole_test || item_test, out);
            }
            continue;
        }
        let in_test = whole_test || item_test;
        // An item ends with its body or its semicolon, and the mark with it.
        let item_ends = match &tree {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Ident(_) | TokenTree::Literal(_) => false,
        };
        push(tree, in_test, out);
        item_test &= !item_ends;
    }
}

fn push(tree: TokenTree, in_test: bool, out: &mut Vec<Token>) {
    let line = tree.span().start().line;
    let (kind, text) = match tree {
        TokenTree::Group(group) => return flatten_group(&group, in_test, out),
        TokenTree::Ident(ident) => (Kind::Ident, ident.to_string()),
        TokenTree::Punct(punct) => (Kind::Punct, punct.as_char().to_string()),
        TokenTree::Literal(literal) => (Kind::Literal, literal.to_string()),
    };
    out.push(Token {
        kind,
        text,
        line,
        in_test,
    });
}

fn flatten_group(group: &Group, in_test: bool, out: &mut Vec<Token>) {
    let (open, close) = match group.delimiter() {
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::None => ("", ""),
    };
    let line = group.span_open().start().line;
    out.push(Token {
        kind: Kind::Open,
        text: open.to_owned(),
        line,
        in_test,
    });
    flatten(group.stream(), in_test, out);
    let line = group.span_close().end().line;
    out.push(Token {
        kind: Kind::Close,
        text: close.to_owned(),
        line,
        in_test,
    });
}

/// The brackets after a `#` or `#!`, and whether there was a `!`.
fn take_attribute(trees: &mut Trees) -> Option<(Group, bool)> {
    let inner = matches!(trees.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '!');
    if inner {
        trees.next();
    }
    let bracket = matches!(trees.peek(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket);
    match trees.next_if(|_| bracket) {
        Some(TokenTree::Group(group)) => Some((group, inner)),
        _ => None,
    }
}

fn is_doc(attribute: &Group) -> bool {
    attribute
        .stream()
        .into_iter()
        .next()
        .is_some_and(|first| first.to_string() == "doc")
}

/// `cfg(test)` and its like, and the attributes of test functions (`test`, `tokio::test`, `rstest`).
fn is_test_attribute(attribute: &Group) -> bool {
    let trees: Vec<TokenTree> = attribute.stream().into_iter().collect();
    if trees
        .first()
        .is_some_and(|first| first.to_string() == "cfg")
    {
        let Some(TokenTree::Group(condition)) = trees.get(1) else {
            return false;
        };
        return is_only_for_tests(condition.stream());
    }
    let path_end = trees
        .iter()
        .rev()
        .find(|tree| matches!(tree, TokenTree::Ident(_)));
    path_end.is_some_and(|name| matches!(name.to_string().as_str(), "test" | "rstest"))
}

/// `test`, or `all(test, ..)`; `not(test)` and `any(test, ..)` are shipped.
fn is_only_for_tests(condition: TokenStream) -> bool {
    let trees: Vec<TokenTree> = condition.into_iter().collect();
    match trees.as_slice() {
        [TokenTree::Ident(name)] => name == "test",
        [TokenTree::Ident(name), TokenTree::Group(inner)] if name == "all" => inner
            .stream()
            .into_iter()
            .any(|tree| tree.to_string() == "test"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(source: &str) -> Vec<(String, bool)> {
        let tokens = lex(source).unwrap();
        let idents = tokens.into_iter().filter(|token| token.kind == Kind::Ident);
        idents.map(|token| (token.text, token.in_test)).collect()
    }

    fn is_test(source: &str, ident: &str) -> bool {
        marked(source)
            .into_iter()
            .find(|(name, _)| name == ident)
            .unwrap()
            .1
    }

    #[test]
    fn comments_are_gone_and_lines_are_kept() {
        let tokens = lex("//! a\n/// b\n// c\nfn f() {}").unwrap();
        assert_eq!((tokens[0].text.as_str(), tokens[0].line), ("fn", 4));
    }

    #[test]
    fn test_code_is_marked_and_only_test_code() {
        let source = "#[cfg(test)] mod tests { use a; } fn shipped() {}";
        assert!(is_test(source, "a"));
        assert!(!is_test(source, "shipped"));
        assert!(is_test("#[tokio::test] async fn b() { c }", "c"));
        assert!(is_test("#![cfg(test)] fn d() {}", "d"));
        assert!(is_test("#[cfg(all(test, unix))] fn e() {}", "e"));
        assert!(!is_test("#[cfg(not(test))] fn f() {}", "f"));
        assert!(!is_test("#[derive(Debug)] struct G;", "G"));
    }

    #[test]
    fn strings_lose_their_quotes() {
        let tokens = lex(r###"f("a", r#"b"c"#, b"d", 'e', 1)"###).unwrap();
        let strings: Vec<_> = tokens.iter().filter_map(Token::string).collect();
        assert_eq!(strings, ["a", "b\"c", "d"]);
    }

    #[test]
    fn what_is_not_rust_is_an_error() {
        assert!(lex("fn f( {").unwrap_err().contains("line 1"));
    }
}
