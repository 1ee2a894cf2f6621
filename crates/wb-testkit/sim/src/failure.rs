//! What went wrong, and how it came to that.

use core::fmt;

use crate::play::Mode;

/// An invariant that does not hold.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The seed that leads here again.
    pub seed: u64,
    /// In which mode.
    pub mode: Mode,
    /// At which step.
    pub step: usize,
    /// What is not as it has to be.
    pub what: String,
    /// The last steps before.
    pub trace: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seed, mode, step, ..
        } = self;
        writeln!(f, "seed {seed}, {mode:?}, step {step}: {}", self.what)?;
        for line in &self.trace {
            writeln!(f, "    {line}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}
