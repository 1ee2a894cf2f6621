//! The programs Watchbell is measured against, as Debian packs them: children in temporary directories.

pub(crate) mod alertmanager;
pub(crate) mod carbon_cache;
pub(crate) mod graphite_web;

use crate::harness::process::is_installed;

/// A program that must be there.
pub(crate) struct Peer {
    /// What is looked for: a program, or the path of a file.
    pub(crate) program: &'static str,
    /// Debian's package.
    pub(crate) package: &'static str,
}

impl Peer {
    /// Whether it is there.
    pub(crate) fn is_there(&self) -> bool {
        is_installed(self.program)
    }
}
