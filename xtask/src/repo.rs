//! The tracked text files, read once for all checks.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{
    command,
    error::Error,
    tokens::{self, Token},
};

/// Larger files are data, not text anyone reviews.
const TEXT_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// One tracked text file.
pub(crate) struct TextFile {
    /// Relative to the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// One Rust file as tokens: comments gone, test code marked.
pub(crate) struct RustFile {
    pub(crate) path: String,
    pub(crate) tokens: Vec<Token>,
}

impl RustFile {
    /// Whether the file as a whole only serves tests, benches or the repository.
    pub(crate) fn is_dev_only(&self) -> bool {
        let dev_folder = ["bench/", "fuzz/", "xtask/", "crates/wb-testkit/"];
        dev_folder
            .iter()
            .any(|prefix| self.path.starts_with(prefix))
            || self
                .path
                .split('/')
                .any(|part| part == "tests" || part == "benches")
            || self.path.ends_with("/tests.rs")
    }

    /// The tokens of shipped code.
    pub(crate) fn shipped(&self) -> impl Iterator<Item = &Token> {
        let dev_only = self.is_dev_only();
        self.tokens
            .iter()
            .filter(move |token| !dev_only && !token.in_test)
    }
}

/// The work tree as the checks see it.
pub(crate) struct Repo {
    pub(crate) texts: Vec<TextFile>,
    pub(crate) rust: Vec<RustFile>,
    /// Every tracked path and every folder on the way to one.
    paths: BTreeSet<String>,
}

impl Repo {
    /// Reads what git tracks, and what it would track: a new file is checked before its commit.
    pub(crate) fn load(root: &Path) -> Result<Self, Error> {
        let args = [
            // A build server often runs as another user than the one who cloned.
            "-c",
            "safe.directory=*",
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ];
        let listed = command::output(root, "git", &args)?;
        let mut files = Vec::new();
        for path in listed.split('\0').filter(|path| !path.is_empty()) {
            let full = root.join(path);
            // Deleted but not yet committed, or a link into nowhere.
            let Ok(meta) = fs::metadata(&full) else {
                continue;
            };
            let text = if meta.is_file() && meta.len() <= TEXT_BYTES_MAX {
                String::from_utf8(fs::read(&full).map_err(Error::file(&full))?).ok()
            } else {
                None
            };
            files.push((path.to_owned(), text));
        }
        Self::from_files(files)
    }

    /// Builds the view from paths and their text (`None` for what is not text).
    pub(crate) fn from_files(files: Vec<(String, Option<String>)>) -> Result<Self, Error> {
        let mut repo = Self {
            texts: Vec::new(),
            rust: Vec::new(),
            paths: BTreeSet::new(),
        };
        for (path, text) in files {
            let folders = path.match_indices('/').map(|(at, _)| path[..at].to_owned());
            repo.paths.extend(folders);
            repo.paths.insert(path.clone());
            let Some(text) = text else { continue };
            if path.ends_with(".rs") {
                let tokens = tokens::lex(&text).map_err(|what| Error::Format {
                    path: path.clone(),
                    what: format!("is not Rust: {what}"),
                })?;
                repo.rust.push(RustFile {
                    path: path.clone(),
                    tokens,
                });
            }
            repo.texts.push(TextFile { path, text });
        }
        Ok(repo)
    }

    /// Whether a tracked file or folder has this path.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.paths.contains(path.trim_end_matches('/'))
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.texts
            .iter()
            .find(|file| file.path == path)
            .map(|file| file.text.as_str())
    }

    /// The files under a folder (given with its `/`), with their path below it.
    pub(crate) fn under<'a>(
        &'a self,
        folder: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a TextFile)> {
        self.texts
            .iter()
            .filter_map(move |file| Some((file.path.strip_prefix(folder)?, file)))
    }
}

/// The line (from 1) of a byte offset.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes()
        .iter()
        .take(offset)
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}
