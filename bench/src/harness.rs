//! What all scenarios share: the machine, child processes, HTTP in both directions, and the report.

pub(crate) mod http;
pub(crate) mod machine;
pub(crate) mod process;
pub(crate) mod report;
pub(crate) mod sink;
pub(crate) mod watchbell;

use std::future::Future;
use std::path::PathBuf;

use tokio::runtime::Runtime;

/// What went wrong, in words for the person at the terminal.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What a scenario comes to.
pub(crate) type Outcome<T> = Result<T, Failure>;

/// What a scenario works with.
pub(crate) struct Bench {
    /// The release binary that is measured.
    pub(crate) program: PathBuf,
    /// How often every cell is measured.
    pub(crate) rounds: usize,
    runtime: Runtime,
}

impl Bench {
    /// A bench over a binary.
    ///
    /// # Errors
    /// When the threads of the load cannot be started.
    pub(crate) fn new(program: PathBuf, rounds: usize) -> Outcome<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        Ok(Self {
            program,
            rounds,
            runtime,
        })
    }

    /// Runs a future on the threads of the load.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }
}
