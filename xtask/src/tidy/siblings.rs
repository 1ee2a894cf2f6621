//! One vendor never imports another, and one view never imports another: each can be read,
//! changed and deleted alone.

use std::collections::BTreeSet;

use super::Finding;
use crate::{
    repo::{Repo, RustFile, TextFile, line_at},
    tokens::{Kind, Token},
};

const ADAPTERS: &str = "crates/wb-adapters/src/";
const GROUPS: [&str; 7] = [
    "channels", "inbound", "chat", "bridge", "issues", "sources", "listen",
];
const VIEWS: &str = "web/src/views/";

/// A vendor: its group and its name.
type Vendor<'a> = (&'a str, &'a str);

pub(super) fn check(repo: &Repo) -> Vec<Finding> {
    let all: BTreeSet<Vendor> = repo.rust.iter().flat_map(listed).collect();
    let vendors = repo.rust.iter().flat_map(|file| check_vendor(file, &all));
    let views = repo
        .under(VIEWS)
        .flat_map(|(below, file)| check_view(below, file));
    vendors.chain(views).collect()
}

/// The vendors a group's file lists: its `pub mod` lines. What is only `mod` is shared by the group.
fn listed(file: &RustFile) -> Vec<Vendor<'_>> {
    let Some(below) = file.path.strip_prefix(ADAPTERS) else {
        return Vec::new();
    };
    let name = below.trim_end_matches(".rs").trim_end_matches("/mod");
    let Some(group) = GROUPS.iter().find(|group| **group == name) else {
        return Vec::new();
    };
    let modules = file
        .tokens
        .windows(3)
        .filter(|three| three[0].is("pub") && three[1].is("mod"));
    modules
        .map(|three| (*group, three[2].text.as_str()))
        .collect()
}

/// Whose file this is: `channels/mail.rs` and all of `channels/mail/`.
fn owner(below: &str) -> Option<Vendor<'_>> {
    let (group, rest) = below.split_once('/')?;
    Some((group, rest.split('/').next()?.trim_end_matches(".rs")))
}

fn check_vendor(file: &RustFile, all: &BTreeSet<Vendor>) -> Vec<Finding> {
    let Some(below) = file.path.strip_prefix(ADAPTERS) else {
        return Vec::new();
    };
    let Some(own) = owner(below).filter(|own| GROUPS.contains(&own.0)) else {
        return Vec::new();
    };
    let module = module_path(below);
    let tokens: Vec<&Token> = file.shipped().collect();
    let mut findings = Vec::new();
    for (path, line) in rooted_paths(&tokens, &module) {
        let [group, name, ..] = path.as_slice() else {
            continue;
        };
        let other = (group.as_str(), name.as_str());
        // The list itself (`channels/mod.rs`) must name them all.
        if own.1 != "mod" && other != own && all.contains(&other) {
            let what = format!("{}/{} uses {group}/{name}", own.0, own.1);
            let mend = "move what both need into a private module of the group, or into net/";
            findings.push(Finding::new(&file.path, line, what, mend));
        }
    }
    findings
}

/// `channels/mail/body.rs` is the module `channels::mail::body`.
fn module_path(below: &str) -> Vec<String> {
    let stem = below.trim_end_matches(".rs").trim_end_matches("/mod");
    stem.split('/').map(str::to_owned).collect()
}

/// Every path that begins at `crate` or `super`, groups in braces spread out.
fn rooted_paths(tokens: &[&Token], module: &[String]) -> Vec<(Vec<String>, usize)> {
    let mut paths = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let mut prefix = if token.is("crate") {
            Vec::new()
        } else if token.is("super") {
            module[..module.len().saturating_sub(1)].to_vec()
        } else {
            at += 1;
            continue;
        };
        at += 1;
        while at_colons(tokens, at) && tokens.get(at + 2).is_some_and(|next| next.is("super")) {
            prefix.pop();
            at += 3;
        }
        at = spread(tokens, at, prefix, &mut paths).max(at);
    }
    paths
}

fn at_colons(tokens: &[&Token], at: usize) -> bool {
    tokens
        .get(at..at + 2)
        .is_some_and(|pair| pair.iter().all(|token| token.is(":")))
}

/// Follows `::name` and `::{..}` from `at`; gives where the path ended.
fn spread(
    tokens: &[&Token],
    mut at: usize,
    mut path: Vec<String>,
    out: &mut Vec<(Vec<String>, usize)>,
) -> usize {
    let line = tokens
        .get(at.saturating_sub(1))
        .map_or(1, |token| token.line);
    while at_colons(tokens, at) {
        let Some(next) = tokens.get(at + 2) else {
            break;
        };
        if next.is("{") {
            at += 3;
            while let Some(token) = tokens.get(at).filter(|token| !token.is("}")) {
                if token.kind == Kind::Ident {
                    let branch = [path.as_slice(), std::slice::from_ref(&token.text)].concat();
                    at = spread(tokens, at + 1, branch, out);
                } else {
                    at += 1;
                }
            }
            return at + 1;
        }
        path.push(next.text.clone());
        at += 3;
    }
    out.push((path, line));
    at
}

fn check_view(below: &str, file: &TextFile) -> Vec<Finding> {
    let Some((own, rest)) = below.split_once('/') else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for quote in ['"', '\''] {
        for opening in ["from ", "import ", "import("] {
            let start = format!("{opening}{quote}");
            for (at, _) in file.text.match_indices(&start) {
                let target = file.text[at + start.len()..]
                    .split(quote)
                    .next()
                    .unwrap_or_default();
                let Some(other) = view_of(target, own, rest) else {
                    continue;
                };
                let what = format!("view {own} uses view {other}");
                let mend = "move what both need into web/src/components";
                findings.push(Finding::new(
                    &file.path,
                    line_at(&file.text, at),
                    what,
                    mend,
                ));
            }
        }
    }
    findings
}

/// The other view an import reaches into, if it does.
fn view_of(target: &str, own: &str, rest: &str) -> Option<String> {
    let below = if let Some((_, after)) = target.split_once("/views/") {
        after.to_owned()
    } else {
        // From `views/<own>/a/b.tsx`, so many steps up lead to `views/`.
        let steps = rest.matches('/').count() + 1;
        target.strip_prefix(&"../".repeat(steps))?.to_owned()
    };
    let name = below.split('/').next()?;
    let is_view = !name.starts_with('.') && !name.is_empty() && name != "registry";
    (is_view && name != own).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{places, repo};

    fn found_in(path: &str, source: &str) -> Vec<String> {
        let channels =
            "pub mod ntfy; pub mod mail; mod shared; fn all() { ntfy::new(); mail::new() }";
        let files = [
            ("crates/wb-adapters/src/channels.rs", channels),
            (
                "crates/wb-adapters/src/inbound/mod.rs",
                "pub mod events; use self::events::A;",
            ),
            (path, source),
        ];
        places(&check(&repo(&files)))
    }

    fn vendor(source: &str) -> Vec<String> {
        found_in("crates/wb-adapters/src/channels/mail/body.rs", source)
    }

    #[test]
    fn one_vendor_using_another_is_found_however_it_is_written() {
        let body = "crates/wb-adapters/src/channels/mail/body.rs";
        for source in [
            "use crate::channels::ntfy::A;",
            "use super::super::ntfy::A;",
            "use crate::{channels::{ntfy, shared}, net};",
            "fn f() { crate::inbound::events::g() }",
        ] {
            assert_eq!(vendor(source), [format!("{body}:1")], "{source}");
        }
        assert_eq!(
            vendor("use crate::{\n net,\n channels::ntfy::{A, B}};"),
            [3, 3].map(|l| format!("{body}:{l}"))
        );
    }

    #[test]
    fn a_vendor_of_one_file_is_a_vendor() {
        let path = "crates/wb-adapters/src/channels/mail.rs";
        assert_eq!(found_in(path, "use super::ntfy;"), [format!("{path}:1")]);
        assert_eq!(found_in(path, "use super::shared;"), [""; 0]);
        assert_eq!(
            found_in(
                "crates/wb-adapters/src/channels/shared.rs",
                "use super::ntfy;"
            )
            .len(),
            1
        );
    }

    #[test]
    fn a_vendor_may_use_itself_and_what_is_shared() {
        for source in [
            "use super::A; use crate::channels::mail::B;",
            "use crate::channels::shared::C;",
            "use super::super::shared::C;",
            "use crate::net::{Client, Guard}; use ntfy::A;",
        ] {
            assert_eq!(vendor(source), [""; 0], "{source}");
        }
    }

    #[test]
    fn one_view_using_another_is_found() {
        let view = |source: &str| {
            places(&check(&repo(&[(
                "web/src/views/incident/Graph.tsx",
                source,
            )])))
            .len()
        };
        assert_eq!(view("import { a } from \"../incidents/List\";"), 1);
        assert_eq!(view("import { a } from '@/views/incidents/List';"), 1);
        assert_eq!(view("const a = import(\"../oncall\");"), 1);
        assert_eq!(
            view("import { a } from \"./Part\"; import b from \"../../ui/b\";"),
            0
        );
        assert_eq!(view("import { a } from \"@/views/incident/Part\";"), 0);
    }
}
