//! A closure on its way through a queue, with the place its answer goes to.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::SyncSender;

use tokio::sync::oneshot;

use super::error::Error;
use super::tx::Tx;
use super::watch::Watch;

/// What the transaction should do after a closure ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The closure returned `Ok` over a healthy transaction.
    Commit,
    /// The closure returned its own error over a healthy transaction.
    Refused,
    /// The transaction was poisoned, or the closure panicked.
    Failed(Error),
}

/// How a job ends.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    /// Answer with what the last run of the closure returned.
    Stands,
    /// Whatever the closure returned, this came in between.
    Overruled(Error),
}

pub(crate) trait Job: Send {
    /// Runs the closure once and keeps what it returned. Never panics.
    fn run(&mut self, tx: &mut Tx<'_>) -> Verdict;
    /// Tells the caller. A caller that has gone away is not an error.
    fn answer(self: Box<Self>, fate: Fate);
    /// The closure's type name, for the log.
    fn name(&self) -> &'static str;
    /// Since when the job waits and runs.
    fn watch(&self) -> Watch;
}

pub(crate) enum Reply<R> {
    Task(oneshot::Sender<R>),
    Thread(SyncSender<R>),
}

impl<R> Reply<R> {
    fn send(self, answer: R) {
        // A closed channel means that the caller no longer waits; its transaction stands all the same.
        match self {
            Reply::Task(sender) => drop(sender.send(answer)),
            Reply::Thread(sender) => drop(sender.send(answer)),
        }
    }
}

pub(crate) struct Task<T, E, F> {
    f: F,
    result: Option<Result<T, E>>,
    reply: Reply<Result<T, E>>,
    watch: Watch,
}

impl<T, E, F> Task<T, E, F> {
    pub(crate) fn new(f: F, reply: Reply<Result<T, E>>) -> Task<T, E, F> {
        Task {
            f,
            result: None,
            reply,
            watch: Watch::start(),
        }
    }
}

impl<T, E, F> Job for Task<T, E, F>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Verdict {
        // Unwind safety: whatever the closure left half done lives in the transaction, which rolls back.
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.f)(tx)));
        let (result, verdict) = match (outcome, tx.failure()) {
            (Err(panic), _) => {
                let error = Error::Panic(words_of(panic.as_ref()));
                (Err(E::from(error.clone())), Verdict::Failed(error))
            }
            (Ok(Ok(_)), Some(failure)) => (Err(E::from(failure.clone())), Verdict::Failed(failure)),
            (Ok(Err(error)), Some(failure)) => (Err(error), Verdict::Failed(failure)),
            (Ok(Ok(value)), None) => (Ok(value), Verdict::Commit),
            (Ok(Err(error)), None) => (Err(error), Verdict::Refused),
        };
        self.result = Some(result);
        verdict
    }

    fn answer(self: Box<Self>, fate: Fate) {
        let answer = match (fate, self.result) {
            (Fate::Stands, Some(result)) => result,
            (Fate::Stands, None) => Err(E::from(Error::Closed)),
            (Fate::Overruled(error), _) => Err(E::from(error)),
        };
        self.reply.send(answer);
    }

    fn name(&self) -> &'static str {
        std::any::type_name::<F>()
    }

    fn watch(&self) -> Watch {
        self.watch
    }
}

/// Runs a job and says so when it was slow: on SQLite everybody else waits meanwhile.
pub(crate) fn run_watched(job: &mut dyn Job, tx: &mut Tx<'_>, slow_ms: u64) -> Verdict {
    let watch = Watch::start();
    let verdict = job.run(tx);
    let elapsed_ms = watch.elapsed_us() / 1_000;
    if elapsed_ms > slow_ms {
        tracing::warn!(
            closure = job.name(),
            elapsed_ms,
            slow_ms,
            "a transaction closure was slow"
        );
    }
    verdict
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    if let Some(words) = panic.downcast_ref::<&'static str>() {
        (*words).to_owned()
    } else if let Some(words) = panic.downcast_ref::<String>() {
        words.clone()
    } else {
        "no message".to_owned()
    }
}
