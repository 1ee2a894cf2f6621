//! What only SQLite can get wrong.

use std::fs::File;
use std::io;

use rusqlite::Connection;
use tempfile::TempDir;
use wb_store::db::{CopyError, DbKind, Error, SqliteOptions, Store, adopt_copy, sql};
use wb_store::params;

use crate::ground::{Ground, Home, INSERT, Kind, LANE, Wish, id};

fn folder() -> TempDir {
    TempDir::new().unwrap()
}

/// A full disk rolls the whole transaction back, the neighbours' work included: they are rerun and only the one that
/// does not fit fails.
#[test]
fn on_a_full_disk_only_the_one_that_does_not_fit_fails() {
    let folder = folder();
    let path = folder.path().join("watchbell.db");
    drop(Store::open_sqlite(SqliteOptions::file(&path)).unwrap());
    let pages: u32 = Connection::open(&path)
        .unwrap()
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .unwrap();
    let options = SqliteOptions {
        pages_max: Some(pages + 64),
        ..SqliteOptions::file(&path)
    };
    let g = Ground::on(Store::open_sqlite(options).unwrap(), Home::Folder(folder));
    let hold = g.hold();
    let threads: Vec<_> = (0..10_u8)
        .map(|n| {
            g.queue(LANE, move |tx| {
                tx.put(&INSERT, params![id(n), 0_i64], 1)?;
                if n == 6 {
                    tx.exec(
                        &sql("UPDATE probe SET body = zeroblob(1000000) WHERE id = $1"),
                        params![id(n)],
                    )?;
                }
                Ok::<_, Error>(())
            })
        })
        .collect();
    hold.release();
    for (n, thread) in threads.into_iter().enumerate() {
        let outcome = thread.join().unwrap();
        let wanted = if n == 6 { Some(DbKind::DiskFull) } else { None };
        assert_eq!(outcome.err().and_then(|e| e.kind()), wanted, "closure {n}");
    }
    assert_eq!(g.count(), 9);
    assert!(g.store.stats().reruns_total >= 10);
}

#[test]
fn a_batch_is_one_transaction() {
    let g = Ground::new(Kind::Sqlite, Wish::default());
    let hold = g.hold();
    let threads: Vec<_> = (0..20_u8)
        .map(|n| g.queue(LANE, move |tx| tx.put(&INSERT, params![id(n), 0_i64], 1)))
        .collect();
    let before = g.store.stats();
    hold.release();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap().unwrap());
    let after = g.store.stats();
    // The held closure's own commit, and one for all twenty.
    assert_eq!(after.commits_total - before.commits_total, 2);
    assert_eq!(
        (
            after.closures_total - before.closures_total,
            after.last_batch
        ),
        (21, 20)
    );
}

#[test]
fn a_foreign_writer_is_waited_for_and_then_given_up() {
    let folder = folder();
    let path = folder.path().join("watchbell.db");
    let limits = SqliteOptions {
        busy_timeout_ms: 20,
        lock_patience_ms: 100,
        ..SqliteOptions::file(&path)
    };
    let g = Ground::on(Store::open_sqlite(limits).unwrap(), Home::Folder(folder));
    let foreign = Connection::open(&path).unwrap();
    foreign.execute_batch("BEGIN IMMEDIATE").unwrap();
    let outcome = g.write(|tx| tx.put(&INSERT, params![id(1), 0_i64], 1));
    assert_eq!(outcome.unwrap_err().kind(), Some(DbKind::Busy));
    foreign.execute_batch("ROLLBACK").unwrap();
    g.insert(1);
    assert_eq!(g.count(), 1);
}

#[test]
fn a_snapshot_is_a_working_database_and_leaves_no_name() {
    let g = Ground::new(Kind::Sqlite, Wish::default());
    g.insert(1);
    let folder = folder();
    let copy = folder.path().join("copy.db");
    let rows = [("mark".to_owned(), "7".to_owned())];
    let mut snapshot = g.store.snapshot(&rows).unwrap();
    let second = g.store.snapshot(&rows).unwrap_err();
    assert_eq!(second.kind(), Some(DbKind::Busy), "one at a time");
    let written = io::copy(&mut snapshot.file, &mut File::create(&copy).unwrap()).unwrap();
    assert_eq!(written, snapshot.bytes);
    drop(snapshot);
    drop(g.store.snapshot(&[]).unwrap());
    g.insert(2);
    let read_mark = |g: &Ground| g.write(|tx| wb_store::meta::get(tx, "mark")).unwrap();
    assert_eq!(read_mark(&g), None, "the original is not marked");
    let found = adopt_copy(&copy, &[]).unwrap();
    assert_eq!(found.schema, g.store.schema_version());
    let copied = Ground::on_existing(
        Store::open_sqlite(SqliteOptions::file(&copy)).unwrap(),
        Home::Folder(folder),
    );
    assert_eq!((copied.count(), g.count()), (1, 2));
    assert_eq!(read_mark(&copied).as_deref(), Some("7"));
    let memory = Ground::new(Kind::Memory, Wish::default());
    let refused = memory.store.snapshot(&[]).unwrap_err();
    assert_eq!(refused.kind(), Some(DbKind::Unsupported));
}

#[test]
fn what_a_dead_process_left_of_a_copy_is_removed_at_the_next_start() {
    let folder = folder();
    let path = folder.path().join("watchbell.db");
    let left = folder.path().join("watchbell.db.backup.part");
    std::fs::write(&left, "half").unwrap();
    let store = Store::open_sqlite(SqliteOptions::file(&path)).unwrap();
    assert!(!left.exists());
    let snapshot = store.snapshot(&[]).unwrap();
    assert!(!left.exists(), "it has no name");
    drop(snapshot);
}

#[test]
fn what_is_no_database_of_ours_is_not_adopted() {
    let folder = folder();
    let path = folder.path().join("x.db");
    std::fs::write(&path, "this is a text, and a rather long one".repeat(40)).unwrap();
    assert!(matches!(adopt_copy(&path, &[]), Err(CopyError::Damaged(_))));
    std::fs::remove_file(&path).unwrap();
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch("CREATE TABLE meta (key TEXT, value TEXT)")
        .unwrap();
    assert!(matches!(adopt_copy(&path, &[]), Err(CopyError::Foreign)));
    drop(conn);
    std::fs::remove_file(&path).unwrap();
    drop(Store::open_sqlite(SqliteOptions::file(&path)).unwrap());
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch("UPDATE refinery_schema_history SET version = version + 900")
        .unwrap();
    drop(conn);
    assert!(matches!(
        adopt_copy(&path, &[]),
        Err(CopyError::Newer { .. })
    ));
}

#[test]
fn the_file_is_set_up_to_lose_nothing() {
    let g = Ground::new(Kind::Sqlite, Wish::default());
    for (pragma, wanted) in [
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("journal_size_limit", 64 << 20),
    ] {
        let text: &'static str = Box::leak(format!("PRAGMA {pragma}").into_boxed_str());
        let got = g.write(move |tx| tx.query_one(&sql(text), &[], |row| row.i64(0)));
        assert_eq!(got.unwrap(), wanted, "{pragma}");
    }
    let mode = g.write(|tx| tx.query_one(&sql("PRAGMA journal_mode"), &[], |row| row.text(0)));
    assert_eq!(mode.unwrap(), "wal");
}
