//! What the threads of the store share, and the one way in which the file is written.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use wb_ports::Clock;

use super::error::{OpenError, StoreError};
use super::file::{self, ReadPool};
use super::head::{Applying, Heads};
use super::index::{Index, Series, SeriesId};
use super::limits::{Limits, StoreStats};
use super::rules::Rules;
use super::upkeep::Seen;
use super::wal::Record;
use super::{lock, read_lock, write_lock};

/// Locks are taken in the order upkeep, file, heads, index.
pub(crate) struct Engine {
    pub(crate) rules: Rules,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    /// Held by whoever runs upkeep: it alone changes chunks.
    pub(crate) upkeep: Mutex<()>,
    pub(crate) file: Mutex<WriteFile>,
    pub(crate) heads: Mutex<Heads>,
    pub(crate) index: RwLock<Index>,
    pub(crate) readers: ReadPool,
    pub(crate) figures: Figures,
    pub(crate) health: Mutex<Health>,
    /// How far the clock is trusted with dropping what is over.
    pub(super) trusted: Mutex<Seen>,
    /// Upkeep stops after the slice at hand.
    pub(crate) closing: AtomicBool,
}

/// What went wrong last, until it goes well again.
#[derive(Debug, Default)]
pub(crate) struct Health {
    pub(crate) write: Option<String>,
    pub(crate) upkeep: Option<String>,
    /// A panic may have come between a commit and the memory that goes with it.
    pub(crate) is_torn: bool,
}

/// The connection that writes.
pub(crate) struct WriteFile {
    pub(crate) conn: Connection,
    next_seq: i64,
}

#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) appended: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) batches: AtomicU64,
    pub(crate) head_points: AtomicUsize,
    pub(crate) wal_points: AtomicUsize,
    pub(crate) chunk_bytes: AtomicI64,
    /// `i64::MIN`: never.
    pub(crate) last_append_at_s: AtomicI64,
    /// Samples stored since upkeep last began.
    pub(crate) since_upkeep: AtomicUsize,
}

impl Figures {
    fn new(head_points: usize, wal_points: usize, chunk_bytes: i64) -> Self {
        Self {
            appended: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            batches: AtomicU64::new(0),
            head_points: AtomicUsize::new(head_points),
            wal_points: AtomicUsize::new(wal_points),
            chunk_bytes: AtomicI64::new(chunk_bytes),
            last_append_at_s: AtomicI64::new(i64::MIN),
            since_upkeep: AtomicUsize::new(0),
        }
    }
}

impl Engine {
    pub(crate) fn open(
        path: &Path,
        rules: Rules,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let fail = |error: StoreError| OpenError::File {
            path: path.display().to_string(),
            message: error.to_string(),
        };
        let conn = file::open(path)?;
        let mut index = Index::default();
        file::all_series(&conn, |id, name| index.insert(&Series::new(id, name)))
            .map_err(|e| fail(e.into()))?;
        let now_s = clock.now().as_secs();
        let heads = replay(&conn, &rules, now_s, &index).map_err(fail)?;
        let (last_seq, wal_points) = file::wal_size(&conn).map_err(|e| fail(e.into()))?;
        let chunk_bytes = file::chunk_bytes(&conn).map_err(|e| fail(e.into()))?;
        let seen_s = file::seen_s(&conn).map_err(|e| fail(e.into()))?;
        Ok(Self {
            health: Mutex::default(),
            trusted: Mutex::new(Seen::new(seen_s)),
            figures: Figures::new(heads.points, wal_points, chunk_bytes),
            rules,
            limits,
            clock,
            upkeep: Mutex::new(()),
            file: Mutex::new(WriteFile {
                conn,
                next_seq: last_seq + 1,
            }),
            heads: Mutex::new(heads),
            index: RwLock::new(index),
            readers: ReadPool::new(path),
            closing: AtomicBool::new(false),
        })
    }

    /// Writes a record, and what else `change` writes with it, in one transaction. Heads do not know
    /// of it yet: the caller brings it in before it lets the file go.
    pub(crate) fn commit(
        &self,
        file: &mut WriteFile,
        change: impl FnOnce(&Transaction<'_>) -> Result<Record, StoreError>,
    ) -> Result<(i64, Record), StoreError> {
        let seq = file.next_seq;
        // Also when it fails: a failed COMMIT may have reached the disk.
        file.next_seq = seq + 1;
        let tx = file
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let record = change(&tx)?;
        let weight = record.weight();
        if weight > 0 {
            file::insert_wal(&tx, seq, &record)?;
        }
        tx.commit()?;
        self.figures.wal_points.fetch_add(weight, Ordering::Relaxed);
        Ok((seq, record))
    }

    /// Brings a committed record into the heads.
    pub(crate) fn apply(&self, seq: i64, record: &Record, now_s: i64) {
        let mut heads = lock(&self.heads);
        let with = Applying {
            rules: &self.rules,
            now_s,
            series: &|id| read_lock(&self.index).by_id(id).cloned(),
            sealed: &|_, _, _| false,
        };
        heads.apply(seq, record, &with);
        self.figures
            .head_points
            .store(heads.points, Ordering::Relaxed);
    }

    /// Makes what is in memory anew from the file, after a panic that may have left the two apart.
    pub(crate) fn mend(&self) -> Result<(), StoreError> {
        if !lock(&self.health).is_torn {
            return Ok(());
        }
        let _alone = lock(&self.upkeep);
        let mut file = lock(&self.file);
        if !file.conn.is_autocommit() {
            file.conn.execute_batch("ROLLBACK")?;
        }
        let mut index = Index::default();
        file::all_series(&file.conn, |id, name| index.insert(&Series::new(id, name)))?;
        let now_s = self.clock.now().as_secs();
        let fresh = replay(&file.conn, &self.rules, now_s, &index)?;
        let (last_seq, wal_points) = file::wal_size(&file.conn)?;
        let chunk_bytes = file::chunk_bytes(&file.conn)?;
        file.next_seq = file.next_seq.max(last_seq + 1);
        let mut heads = lock(&self.heads);
        let figures = &self.figures;
        figures.head_points.store(fresh.points, Ordering::Relaxed);
        figures.wal_points.store(wal_points, Ordering::Relaxed);
        figures.chunk_bytes.store(chunk_bytes, Ordering::Relaxed);
        *heads = fresh;
        *write_lock(&self.index) = index;
        lock(&self.health).is_torn = false;
        tracing::warn!("the metric store was read anew after a panic");
        Ok(())
    }

    pub(crate) fn closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    pub(crate) fn stats(&self) -> StoreStats {
        let figures = &self.figures;
        let last = figures.last_append_at_s.load(Ordering::Relaxed);
        StoreStats {
            series: read_lock(&self.index).len(),
            appended: figures.appended.load(Ordering::Relaxed),
            refused: figures.refused.load(Ordering::Relaxed),
            batches: figures.batches.load(Ordering::Relaxed),
            head_points: figures.head_points.load(Ordering::Relaxed),
            wal_points: figures.wal_points.load(Ordering::Relaxed),
            chunk_bytes: figures
                .chunk_bytes
                .load(Ordering::Relaxed)
                .max(0)
                .cast_unsigned(),
            last_append_at_s: (last != i64::MIN).then_some(last),
        }
    }
}

/// Builds the heads from the write-ahead table.
fn replay(
    conn: &Connection,
    rules: &Rules,
    now_s: i64,
    index: &Index,
) -> Result<Heads, StoreError> {
    let mut through: HashMap<(SeriesId, i64), i64> = HashMap::new();
    file::wal_rows(conn, true, |_, record| {
        if let Record::Sealed(list) = record {
            for (series, step_s, seq) in list {
                let last = through.entry((series, step_s)).or_insert(seq);
                *last = seq.max(*last);
            }
        }
    })?;
    let sealed = |series, step_s, seq| {
        through
            .get(&(series, step_s))
            .is_some_and(|last| seq <= *last)
    };
    let mut heads = Heads::default();
    let with = Applying {
        rules,
        now_s,
        series: &|id| index.by_id(id).cloned(),
        sealed: &sealed,
    };
    file::wal_rows(conn, false, |seq, record| heads.apply(seq, &record, &with))?;
    Ok(heads)
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use wb_core::time::Timestamp;

    use super::super::head::Point;
    use super::super::wal::Run;
    use super::*;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::EPOCH.plus_secs(1_700_000_000)
        }

        fn monotonic(&self) -> Duration {
            Duration::ZERO
        }
    }

    #[test]
    fn what_was_committed_before_a_panic_is_found_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("metrics.db");
        let clock = Arc::new(Still);
        let engine = Engine::open(&path, Rules::default(), Limits::default(), clock);
        let engine = engine.expect("opened");
        let point = Point {
            at_s: 1_699_999_980,
            value: 7.0,
        };
        let committed = {
            let mut file = lock(&engine.file);
            engine.commit(&mut file, |tx| {
                let series = file::insert_series(tx, "a.b")?;
                Ok(Record::Samples(vec![Run {
                    series,
                    step_s: 60,
                    points: vec![point],
                }]))
            })
        };
        committed.expect("committed");
        // The panic came before the memory was told.
        assert!(read_lock(&engine.index).get("a.b").is_none());
        engine.mend().expect("nothing to do");
        assert!(read_lock(&engine.index).get("a.b").is_none());
        lock(&engine.health).is_torn = true;
        engine.mend().expect("mended");
        let id = read_lock(&engine.index).get("a.b").expect("a series").id;
        let heads = lock(&engine.heads);
        assert_eq!(heads.head(id, 60).expect("a head").points, [point]);
        assert_eq!(engine.stats().head_points, 1);
    }
}
