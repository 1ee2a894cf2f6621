//! Graphite's patterns, one matcher for each part between two dots.

use globset::{GlobBuilder, GlobMatcher};
use wb_ports::SourceError;

use super::name;

/// One part of a pattern.
#[derive(Debug)]
pub(crate) enum Part {
    /// Exactly this name.
    Exact(String),
    /// Every name that fits.
    Glob(GlobMatcher),
}

/// Reads a pattern.
pub(crate) fn parse(pattern: &str) -> Result<Vec<Part>, SourceError> {
    let refuse = |why: String| SourceError::Pattern {
        pattern: pattern.to_owned(),
        why,
    };
    if pattern.is_empty() {
        return Err(refuse("it is empty; write a name or *".to_owned()));
    }
    let part = |text: &str| {
        if !text.contains(['*', '?', '[', '{', '}']) {
            return Ok(Part::Exact(text.to_owned()));
        }
        let glob = GlobBuilder::new(text)
            .literal_separator(false)
            .backslash_escape(false)
            .empty_alternates(true)
            // Graphite takes a bracket that is never closed for a plain character.
            .allow_unclosed_class(true)
            .build();
        glob.map(|glob| Part::Glob(glob.compile_matcher()))
            .map_err(|error| {
                refuse(format!(
                    "{text:?}: {} (neither braces nor brackets cross a dot)",
                    error.kind()
                ))
            })
    };
    name::parts(pattern).into_iter().map(part).collect()
}
