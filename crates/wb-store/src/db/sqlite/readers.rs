//! Readers: each its own connection that cannot write, each read one snapshot.

use std::time::Duration;

use super::Lite;
use crate::db::job::{Fate, run_watched};
use crate::db::queue::{Diet, Queue};
use crate::db::tx::{Conn, Tx};

/// Serves reads until the queue is closed and empty.
pub(crate) fn read_loop(mut db: Lite, queue: &Queue, limit: Duration, slow_ms: u64) {
    while let Some(jobs) = queue.take(1, Diet::Everything) {
        for mut job in jobs {
            if let Err(error) = db.control("BEGIN") {
                job.answer(Fate::Overruled(error));
                continue;
            }
            db.arm(limit);
            run_watched(
                job.as_mut(),
                &mut Tx::new(Conn::Lite(&mut db), true, limit),
                slow_ms,
            );
            db.disarm();
            if db.in_transaction()
                && let Err(error) = db.control("ROLLBACK")
            {
                tracing::error!(%error, "a read could not be closed");
            }
            job.answer(Fate::Stands);
        }
    }
}
