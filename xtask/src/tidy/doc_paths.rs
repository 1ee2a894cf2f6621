//! Every repository path that a document names exists: a map that lies is worse than none.

use pulldown_cmark::{Event, Parser, Tag};

use super::Finding;
use crate::repo::{Repo, TextFile, line_at};

/// Made by a build, so named but not tracked.
const GENERATED: [&str; 3] = ["web/dist", "web/node_modules", "target"];

pub(super) fn check(repo: &Repo) -> Vec<Finding> {
    // A changelog speaks of what was.
    let documents = repo.texts.iter().filter(|file| {
        file.path.ends_with(".md")
            && !file.path.ends_with("CHANGELOG.md")
            && !file.path.contains("NOTICES")
    });
    documents.flat_map(|file| check_file(repo, file)).collect()
}

fn check_file(repo: &Repo, file: &TextFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (event, span) in Parser::new(&file.text).into_offset_iter() {
        let missing = match &event {
            Event::Code(code) => named_path(repo, code).filter(|path| !exists(repo, path)),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                linked_path(&file.path, dest_url).filter(|path| !exists(repo, path))
            }
            _ => None,
        };
        if let Some(path) = missing {
            let what = format!("names `{path}`, which does not exist");
            let mend = "name the file as it is now, or take the sentence out";
            findings.push(Finding::new(
                &file.path,
                line_at(&file.text, span.start),
                what,
                mend,
            ));
        }
    }
    findings
}

fn exists(repo: &Repo, path: &str) -> bool {
    path.is_empty() || repo.has(path) || GENERATED.iter().any(|made| path.starts_with(made))
}

/// A code span that is a path from the root: it begins with a tracked folder, and has no placeholder.
fn named_path(repo: &Repo, code: &str) -> Option<String> {
    let plain = code
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_-./:".contains(c));
    let (folder, _) = code.split_once('/')?;
    if !plain || code.contains("::") || folder.starts_with("..") || !repo.has(folder) {
        return None;
    }
    // `file.rs:12` names a line.
    Some(code.split(':').next().unwrap_or(code).to_owned())
}

/// The target of a relative link, from the root.
fn linked_path(from: &str, link: &str) -> Option<String> {
    let target = link.split(['#', '?']).next().unwrap_or_default();
    if target.is_empty() || target.contains(':') || target.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{places, repo};

    fn found(text: &str) -> Vec<String> {
        let files = [
            ("docs/guide/a.md", text),
            ("docs/b.md", ""),
            ("crates/wb-core/src/lib.rs", ""),
        ];
        places(&check(&repo(&files)))
    }

    #[test]
    fn missing_paths_and_links_are_found() {
        assert_eq!(
            found("see\n`crates/wb-core/src/gone.rs`"),
            ["docs/guide/a.md:2"]
        );
        assert_eq!(found("[b](../gone.md)"), ["docs/guide/a.md:1"]);
    }

    #[test]
    fn what_exists_or_is_no_path_passes() {
        for text in [
            "`crates/wb-core/` and `crates/wb-core/src/lib.rs:3`",
            "[b](../b.md#part) [c](https://example.com/x) [d](#here)",
            "`crates/<name>/src/` `application/json` `and/or` `web/dist/index.html`",
            "```\ncrates/in/a/block.rs\n```",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
