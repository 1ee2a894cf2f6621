//! What holds on every engine: plain functions, each run in memory, on a SQLite file and on PostgreSQL.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use uuid::Uuid;
use wb_store::db::{DbKind, Engine, Error, Lane, SetSql, Sql, Value, id_list, set, sql, two};
use wb_store::{params, row};

use crate::ground::{COUNT, Ground, INSERT, Kind, LANE, Wish, id};

macro_rules! everywhere {
    ($($name:ident),* $(,)?) => {
        mod memory { $(#[test] fn $name() { super::$name(super::Kind::Memory); })* }
        engines! { $($name),* }
    };
}

/// Where only real queues and threads can show it.
macro_rules! engines {
    ($($name:ident),* $(,)?) => {
        mod sqlite { $(#[test] fn $name() { super::$name(super::Kind::Sqlite); })* }
        mod postgres { $(#[test] fn $name() { super::$name(super::Kind::Postgres); })* }
    };
}

everywhere! {
    values_come_back_as_they_went,
    bytes_are_untouched,
    text_with_nul_is_refused,
    placeholders_mean_their_number,
    a_wrong_number_of_parameters_is_an_error,
    nulls_sort_where_the_query_says,
    like_tells_case_and_text_sorts_by_bytes,
    an_error_poisons_the_transaction,
    a_domain_error_rolls_back_and_comes_back,
    a_panic_rolls_back,
    a_duplicate_is_told_and_not_rerun,
    a_broken_reference_is_told,
    a_save_over_another_version_is_a_conflict,
    more_rows_than_one_is_an_error,
    many_parameters,
    many_rows_at_once,
    a_bad_row_leaves_nothing_of_the_set,
    ids_as_a_set,
    small_integers_and_json,
    a_reader_cannot_write,
    a_read_has_a_time_limit,
    a_write_has_a_time_limit,
    a_closed_store_says_so,
    the_schema_is_up_to_date,
}

mod threads {
    use super::*;
    engines! {
        neighbours_in_a_batch_survive_failures,
        a_checked_counter_loses_nothing,
        a_full_queue_says_when_to_retry,
        lanes_are_served_in_order,
        what_was_written_is_there_after_reopening,
        tasks_and_threads_see_the_same,
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Refused {
    TooLate,
    Store(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Refused::Store(error)
    }
}

fn ground(kind: Kind) -> Ground {
    Ground::new(kind, Wish::default())
}

fn kind_of<T: std::fmt::Debug>(result: Result<T, Error>) -> DbKind {
    result.unwrap_err().kind().unwrap()
}

fn values_come_back_as_they_went(kind: Kind) {
    const FULL: Sql = sql(
        "INSERT INTO probe (id, version, flag, note, body, parent) VALUES ($1, $2, $3, $4, $5, $6)",
    );
    const READ: Sql = sql("SELECT id, version, flag, note, body, parent FROM probe ORDER BY id");
    const SAME: Sql = sql(
        "SELECT version FROM probe WHERE note IS NOT DISTINCT FROM $1 AND (flag OR flag IS NULL)",
    );
    let g = ground(kind);
    g.write(|tx| {
        let body: &[u8] = &[0, 255, 7];
        tx.put(
            &FULL,
            params![id(1), i64::MAX, true, "Grüße 🔔", body, None::<Uuid>],
            1,
        )?;
        tx.put(
            &FULL,
            params![
                id(2),
                i64::MIN,
                None::<bool>,
                None::<&str>,
                None::<&[u8]>,
                id(1)
            ],
            1,
        )
    })
    .unwrap();
    let rows = g.read(|tx| {
        tx.query(&READ, &[], |row| {
            let texts = (row.id(0)?, row.i64(1)?, row.opt_bool(2)?, row.opt_text(3)?);
            Ok((texts, row.opt_blob(4)?, row.opt_id(5)?))
        })
    });
    let first = (
        (id(1), i64::MAX, Some(true), Some("Grüße 🔔".to_owned())),
        Some(vec![0, 255, 7]),
        None,
    );
    let second = ((id(2), i64::MIN, None, None), None, Some(id(1)));
    assert_eq!(rows.unwrap(), [first, second]);
    let same = g.read(|tx| tx.query_one(&SAME, params![None::<&str>], |row| row.i64(0)));
    assert_eq!(same.unwrap(), i64::MIN);
    let null = g.read(|tx| {
        tx.query_one(
            &sql("SELECT parent FROM probe WHERE note IS NOT NULL"),
            &[],
            |r| r.id(0),
        )
    });
    assert_eq!(kind_of(null), DbKind::Value);
}

fn bytes_are_untouched(kind: Kind) {
    const PUT: Sql = sql("INSERT INTO probe (id, version, body) VALUES ($1, 0, $2)");
    const GET: Sql = sql("SELECT body FROM probe WHERE id = $1");
    // Canonical JSON, U+0000 and half a surrogate pair, both as escapes and raw; every byte there is.
    let bodies: [Vec<u8>; 4] = [
        br#"{"b":1,"a":"\u0000\ud800","a b":[1,  2]}"#.to_vec(),
        b"{\"a\":\"\x00\"}".to_vec(),
        b"\xed\xa0\x80".to_vec(),
        (0..=255).collect(),
    ];
    let g = ground(kind);
    for (n, body) in (1..).zip(bodies) {
        let sent = body.clone();
        g.write(move |tx| tx.put(&PUT, params![id(n), &sent], 1))
            .unwrap();
        let got = g.read(move |tx| tx.query_one(&GET, params![id(n)], |row| row.blob(0)));
        assert_eq!(got.unwrap(), body);
    }
}

fn text_with_nul_is_refused(kind: Kind) {
    const PUT: Sql = sql("INSERT INTO probe (id, version, note) VALUES ($1, 0, $2)");
    let g = ground(kind);
    assert_eq!(
        kind_of(g.write(|tx| tx.put(&PUT, params![id(1), "a\0b"], 1))),
        DbKind::Value
    );
    assert_eq!(g.count(), 0);
}

fn placeholders_mean_their_number(kind: Kind) {
    const SWAPPED: Sql = two(
        "SELECT $2, $1, $1",
        "SELECT $2::bigint, $1::bigint, $1::bigint",
    );
    let g = ground(kind);
    let row = g.read(|tx| {
        tx.query_one(&SWAPPED, params![1_i64, 2_i64], |row| {
            Ok((row.i64(0)?, row.i64(1)?, row.i64(2)?))
        })
    });
    assert_eq!(row.unwrap(), (2, 1, 1));
    let cast = sql("SELECT $1::bigint");
    let cast = g.read(move |tx| tx.query_one(&cast, params![7_i64], |row| row.i64(0)));
    match g.store.engine() {
        Engine::Sqlite => assert_eq!(kind_of(cast), DbKind::Statement),
        Engine::Postgres => assert_eq!(cast.unwrap(), 7),
    }
}

fn a_wrong_number_of_parameters_is_an_error(kind: Kind) {
    let g = ground(kind);
    assert_eq!(
        kind_of(g.write(|tx| tx.exec(&INSERT, params![id(1)]))),
        DbKind::Statement
    );
    assert_eq!(
        kind_of(g.write(|tx| tx.exec(&INSERT, params![id(1), 1_i64, 2_i64]))),
        DbKind::Statement
    );
    assert_eq!(
        kind_of(g.write(|tx| tx.exec(&sql("SELEC 1"), &[]))),
        DbKind::Statement
    );
    assert_eq!(
        kind_of(g.write(|tx| tx.exec(&INSERT, params![id(1), "text"]))),
        DbKind::Value
    );
    assert_eq!(
        g.store.stats().reruns_total,
        0,
        "none of these heals by itself"
    );
}

fn nulls_sort_where_the_query_says(kind: Kind) {
    const PUT: Sql = sql("INSERT INTO probe (id, version, flag) VALUES ($1, $2, $3)");
    const LAST: Sql = sql("SELECT version FROM probe ORDER BY flag NULLS LAST, version");
    const FIRST: Sql = sql("SELECT version FROM probe ORDER BY flag DESC NULLS FIRST, version");
    let g = ground(kind);
    g.write(|tx| {
        tx.put(&PUT, params![id(1), 1_i64, None::<bool>], 1)?;
        tx.put(&PUT, params![id(2), 2_i64, true], 1)?;
        tx.put(&PUT, params![id(3), 3_i64, false], 1)
    })
    .unwrap();
    assert_eq!(
        g.read(|tx| tx.query(&LAST, &[], |row| row.i64(0))).unwrap(),
        [3, 2, 1]
    );
    assert_eq!(
        g.read(|tx| tx.query(&FIRST, &[], |row| row.i64(0)))
            .unwrap(),
        [1, 2, 3]
    );
}

fn like_tells_case_and_text_sorts_by_bytes(kind: Kind) {
    const PUT: Sql = sql("INSERT INTO probe (id, version, note) VALUES ($1, 0, $2)");
    const LIKE: Sql = sql("SELECT note FROM probe WHERE note LIKE $1 ORDER BY note");
    let g = ground(kind);
    g.write(|tx| {
        for (n, note) in (1..).zip(["disk", "Disk", "äther", "zero", "Zero"]) {
            tx.put(&PUT, params![id(n), note], 1)?;
        }
        Ok(())
    })
    .unwrap();
    let like = |pattern: &'static str| {
        g.read(move |tx| tx.query(&LIKE, params![pattern], |row| row.text(0)))
            .unwrap()
    };
    assert_eq!(like("d%"), ["disk"]);
    assert_eq!(like("%"), ["Disk", "Zero", "disk", "zero", "äther"]);
}

fn an_error_poisons_the_transaction(kind: Kind) {
    let g = ground(kind);
    g.insert(1);
    let outcome = g.write(|tx| {
        tx.put(&INSERT, params![id(2), 0_i64], 1)?;
        let first = tx.put(&INSERT, params![id(1), 0_i64], 1).unwrap_err();
        let second = tx.query_one(&COUNT, &[], |row| row.i64(0)).unwrap_err();
        assert_eq!(
            first, second,
            "a poisoned transaction repeats what went wrong"
        );
        Ok(())
    });
    assert!(
        outcome.unwrap_err().is_duplicate(),
        "a closure cannot talk its way out"
    );
    assert_eq!(g.count(), 1);
}

fn a_domain_error_rolls_back_and_comes_back(kind: Kind) {
    let g = ground(kind);
    let outcome = g.store.write_blocking(LANE, |tx| {
        tx.put(&INSERT, params![id(1), 0_i64], 1)?;
        Err::<(), _>(Refused::TooLate)
    });
    assert_eq!(outcome, Err(Refused::TooLate));
    assert_eq!(g.count(), 0);
}

fn a_panic_rolls_back(kind: Kind) {
    let g = ground(kind);
    let outcome: Result<(), Error> = g.write(|tx| {
        tx.put(&INSERT, params![id(1), 0_i64], 1)?;
        panic!("on purpose")
    });
    assert_eq!(outcome, Err(Error::Panic("on purpose".to_owned())));
    assert_eq!(g.count(), 0);
    g.insert(1);
}

fn a_duplicate_is_told_and_not_rerun(kind: Kind) {
    let g = ground(kind);
    g.insert(1);
    let runs = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&runs);
    let outcome = g.write(move |tx| {
        seen.fetch_add(1, SeqCst);
        tx.put(&INSERT, params![id(1), 0_i64], 1)
    });
    assert!(outcome.unwrap_err().is_duplicate());
    assert_eq!(runs.load(SeqCst), 1);
}

fn a_broken_reference_is_told(kind: Kind) {
    const CHILD: Sql = sql("INSERT INTO probe (id, version, parent) VALUES ($1, 0, $2)");
    let g = ground(kind);
    assert_eq!(
        kind_of(g.write(|tx| tx.put(&CHILD, params![id(1), id(9)], 1))),
        DbKind::ForeignKey
    );
    let missing = sql("INSERT INTO probe (id, version) VALUES ($1, NULL)");
    assert_eq!(
        kind_of(g.write(move |tx| tx.put(&missing, params![id(1)], 1))),
        DbKind::NotNull
    );
}

fn a_save_over_another_version_is_a_conflict(kind: Kind) {
    const SAVE: Sql = sql("UPDATE probe SET version = version + 1 WHERE id = $1 AND version = $2");
    let g = ground(kind);
    g.insert(1);
    let runs = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&runs);
    // Sees an old version twice, as if another node had been faster.
    let outcome = g.write(move |tx| {
        let stale = i64::from(seen.fetch_add(1, SeqCst) < 2);
        tx.put(&SAVE, params![id(1), -stale], 1)
    });
    match g.store.engine() {
        // Nobody else writes: a rerun would find the same.
        Engine::Sqlite => assert_eq!((outcome, runs.load(SeqCst)), (Err(Error::Conflict), 1)),
        Engine::Postgres => assert_eq!((outcome, runs.load(SeqCst)), (Ok(()), 3)),
    }
}

fn more_rows_than_one_is_an_error(kind: Kind) {
    const ALL: Sql = sql("SELECT version FROM probe");
    let g = ground(kind);
    assert_eq!(
        g.read(|tx| tx.query_opt(&ALL, &[], |row| row.i64(0)))
            .unwrap(),
        None
    );
    assert_eq!(
        kind_of(g.read(|tx| tx.query_one(&ALL, &[], |row| row.i64(0)))),
        DbKind::NoRow
    );
    g.insert(1);
    assert_eq!(
        g.read(|tx| tx.query_opt(&ALL, &[], |row| row.i64(0)))
            .unwrap(),
        Some(0)
    );
    g.insert(2);
    assert_eq!(
        kind_of(g.read(|tx| tx.query_opt(&ALL, &[], |row| row.i64(0)))),
        DbKind::ManyRows
    );
    let done = g.write(|tx| {
        tx.query(&sql("DELETE FROM probe RETURNING version"), &[], |row| {
            row.i64(0)
        })
    });
    assert_eq!(done.unwrap(), [0, 0]);
    assert_eq!(g.count(), 0);
}

fn many_parameters(kind: Kind) {
    const PLACES: usize = 30_000;
    let sum = |cast: &str| {
        let places: Vec<String> = (1..=PLACES).map(|n| format!("(${n}{cast})")).collect();
        let text = format!(
            "WITH v(n) AS (VALUES {}) SELECT count(*), min(n), max(n) FROM v",
            places.join(",")
        );
        &*Box::leak(text.into_boxed_str())
    };
    let statement = two(sum(""), sum("::bigint"));
    let g = ground(kind);
    let row = g.read(move |tx| {
        let params: Vec<_> = (0..PLACES as i64).map(wb_store::db::P::from).collect();
        tx.query_one(&statement, &params, |row| {
            Ok((row.i64(0)?, row.i64(1)?, row.i64(2)?))
        })
    });
    assert_eq!(row.unwrap(), (30_000, 0, 29_999));
}

const PUT_MANY: SetSql = set(
    &["id", "version", "flag", "note", "body"],
    "INSERT INTO probe (id, version, flag, note, body) VALUES ($1, $2, $3, $4, $5)",
    "INSERT INTO probe (id, version, flag, note, body)
     SELECT t.id, t.version, t.flag, t.note, decode(t.body, 'hex')
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, version bigint, flag boolean, note text, body text)",
);

fn probe_row(n: u32) -> Vec<Value> {
    let note = n.is_multiple_of(2).then_some("it's \"quoted\" \\ 🔔");
    row![
        Uuid::from_u128(n.into()),
        i64::MAX - i64::from(n),
        n.is_multiple_of(3),
        note,
        vec![0, 255, (n % 256) as u8]
    ]
}

fn many_rows_at_once(kind: Kind) {
    const ROWS: u32 = 10_000;
    let g = ground(kind);
    let touched =
        g.write(|tx| tx.put_many(&PUT_MANY, &(0..ROWS).map(probe_row).collect::<Vec<_>>()));
    assert_eq!(touched.unwrap(), u64::from(ROWS));
    assert_eq!(g.write(|tx| tx.put_many(&PUT_MANY, &[])).unwrap(), 0);
    let rows = g.read(|tx| {
        tx.query(
            &sql("SELECT id, version, flag, note, body FROM probe ORDER BY id"),
            &[],
            |row| {
                Ok(row![
                    row.id(0)?,
                    row.i64(1)?,
                    row.bool(2)?,
                    row.opt_text(3)?,
                    row.blob(4)?
                ])
            },
        )
    });
    assert!(rows.unwrap().into_iter().eq((0..ROWS).map(probe_row)));
}

fn a_bad_row_leaves_nothing_of_the_set(kind: Kind) {
    let g = ground(kind);
    let twice = g.write(|tx| tx.put_many(&PUT_MANY, &[probe_row(1), probe_row(2), probe_row(1)]));
    assert!(twice.unwrap_err().is_duplicate());
    let narrow = g.write(|tx| tx.put_many(&PUT_MANY, &[probe_row(1), row![id(1)]]));
    assert_eq!(kind_of(narrow), DbKind::Statement);
    let nul = g.write(|tx| tx.put_many(&PUT_MANY, &[row![id(1), 0_i64, true, "a\0b", vec![0_u8]]]));
    assert_eq!(kind_of(nul), DbKind::Value);
    assert_eq!(g.count(), 0);
}

fn ids_as_a_set(kind: Kind) {
    const FIND: Sql = two(
        "SELECT id FROM probe WHERE id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY id",
        "SELECT id FROM probe WHERE id IN (SELECT jsonb_array_elements_text($1::jsonb)::uuid) ORDER BY id",
    );
    let g = ground(kind);
    (1..=3).for_each(|n| g.insert(n));
    let find = |ids: &[Uuid]| {
        let list = id_list(ids);
        g.read(move |tx| tx.query(&FIND, &[wb_store::db::P::Json(&list)], |row| row.id(0)))
            .unwrap()
    };
    assert_eq!(find(&[id(3), id(1), id(9)]), [id(1), id(3)]);
    assert!(find(&[]).is_empty());
}

fn small_integers_and_json(kind: Kind) {
    const PUT: Sql = sql("INSERT INTO small (n, j) VALUES ($1, $2)");
    const GET: Sql = two(
        "SELECT n, j ->> '$.a' FROM small",
        "SELECT n, j ->> 'a' FROM small",
    );
    let g = ground(kind);
    g.write(|tx| {
        tx.put(
            &PUT,
            &[7_i64.into(), wb_store::db::P::Json(r#"{"a":"x"}"#)],
            1,
        )
    })
    .unwrap();
    let row = g.read(|tx| tx.query_one(&GET, &[], |row| Ok((row.i64(0)?, row.text(1)?))));
    assert_eq!(row.unwrap(), (7, "x".to_owned()));
    let whole = g.read(|tx| tx.query_one(&sql("SELECT j FROM small"), &[], |row| row.text(0)));
    assert_eq!(whole.unwrap().replace(' ', ""), r#"{"a":"x"}"#);
    let broken = g.write(|tx| tx.put(&PUT, params!["seven", None::<&str>], 1));
    assert_eq!(kind_of(broken), DbKind::Value);
}

fn a_reader_cannot_write(kind: Kind) {
    let g = ground(kind);
    let outcome = g.read(|tx| tx.exec(&INSERT, params![id(1), 0_i64]));
    assert_eq!(kind_of(outcome), DbKind::ReadOnly);
    assert_eq!(g.count(), 0);
    g.insert(1);
}

/// Never ends by itself.
const ENDLESS: Sql = sql(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT (i + 1) % 1000 FROM n) SELECT count(*) FROM n WHERE i < 0",
);

fn limited(kind: Kind) -> Ground {
    Ground::new(
        kind,
        Wish {
            limit_ms: Some(300),
            ..Wish::default()
        },
    )
}

fn a_read_has_a_time_limit(kind: Kind) {
    let g = limited(kind);
    assert_eq!(
        g.read(|tx| tx.query_one(&ENDLESS, &[], |row| row.i64(0))),
        Err(Error::Timeout)
    );
    assert_eq!(g.count(), 0, "the reader goes on");
}

fn a_write_has_a_time_limit(kind: Kind) {
    let g = limited(kind);
    let outcome = g.write(|tx| {
        tx.put(&INSERT, params![id(1), 0_i64], 1)?;
        tx.query_one(&ENDLESS, &[], |row| row.i64(0))
    });
    assert_eq!(outcome, Err(Error::Timeout));
    assert_eq!(g.count(), 0);
    g.insert(1);
}

fn a_closed_store_says_so(kind: Kind) {
    let g = ground(kind);
    g.store.close();
    assert_eq!(g.write(|_| Ok(())), Err(Error::Closed));
    assert_eq!(g.read(|_| Ok(())), Err(Error::Closed));
    g.store.close();
}

fn the_schema_is_up_to_date(kind: Kind) {
    let g = ground(kind);
    let text = sql("SELECT value FROM meta WHERE key = 'schema_version'");
    let stored = g.read(move |tx| tx.query_one(&text, &[], |row| row.text(0)));
    assert_eq!(stored.unwrap(), g.store.schema_version().to_string());
}

fn neighbours_in_a_batch_survive_failures(kind: Kind) {
    let g = ground(kind);
    let hold = g.hold();
    let threads: Vec<_> = (0..10_u8)
        .map(|n| {
            g.queue(LANE, move |tx| {
                tx.put(&INSERT, params![id(n), 0_i64], 1)?;
                match n {
                    2 => tx
                        .exec(&sql("INSERT INTO nowhere VALUES (1)"), &[])
                        .map(drop)
                        .map_err(Refused::from),
                    5 => Err(Refused::TooLate),
                    8 => panic!("on purpose"),
                    _ => Ok(()),
                }
            })
        })
        .collect();
    hold.release();
    let outcomes: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    for (n, outcome) in outcomes.iter().enumerate() {
        match n {
            2 => assert!(matches!(
                outcome,
                Err(Refused::Store(Error::Db {
                    kind: DbKind::Statement,
                    ..
                }))
            )),
            5 => assert_eq!(*outcome, Err(Refused::TooLate)),
            8 => assert!(matches!(outcome, Err(Refused::Store(Error::Panic(_))))),
            _ => assert_eq!(*outcome, Ok(())),
        }
    }
    let ids = g.read(|tx| {
        tx.query(&sql("SELECT id FROM probe ORDER BY id"), &[], |row| {
            row.id(0)
        })
    });
    assert_eq!(ids.unwrap(), [0, 1, 3, 4, 6, 7, 9].map(id));
}

fn a_checked_counter_loses_nothing(kind: Kind) {
    const LOAD: Sql = sql("SELECT version FROM probe WHERE id = $1");
    const SAVE: Sql = sql("UPDATE probe SET version = $2 WHERE id = $1 AND version = $3");
    let g = ground(kind);
    g.insert(1);
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                for _ in 0..5 {
                    g.write(|tx| {
                        let version = tx.query_one(&LOAD, params![id(1)], |row| row.i64(0))?;
                        tx.put(&SAVE, params![id(1), version + 1, version], 1)
                    })
                    .unwrap();
                }
            });
        }
    });
    assert_eq!(
        g.read(|tx| tx.query_one(&LOAD, params![id(1)], |row| row.i64(0)))
            .unwrap(),
        32 * 5
    );
}

fn a_full_queue_says_when_to_retry(kind: Kind) {
    // As many as hold every writer must still fit.
    let g = Ground::new(
        kind,
        Wish {
            people_max: Some(4),
            ..Wish::default()
        },
    );
    let hold = g.hold();
    let waiting: Vec<_> = (0..4)
        .map(|_| g.queue(LANE, |_| Ok::<_, Error>(())))
        .collect();
    let outcome = g.write(|_| Ok(()));
    assert!(
        matches!(
            outcome,
            Err(Error::Full {
                retry_after_ms: 100..
            })
        ),
        "{outcome:?}"
    );
    assert_eq!(g.store.stats().full_total, 1);
    let other_lane = g.queue(Lane::Timers, |_| Ok::<_, Error>(()));
    hold.release();
    waiting
        .into_iter()
        .chain([other_lane])
        .for_each(|thread| thread.join().unwrap().unwrap());
}

fn lanes_are_served_in_order(kind: Kind) {
    let g = Ground::new(
        kind,
        Wish {
            one_writer: true,
            ..Wish::default()
        },
    );
    let order = Arc::new(Mutex::new(Vec::new()));
    let hold = g.hold();
    let lanes = [
        (Lane::Maintenance, "maintenance"),
        (Lane::Ingest, "ingest"),
        (Lane::Timers, "timers"),
        (Lane::People, "people"),
        (Lane::People, "people"),
    ];
    let queue = |(lane, name): (Lane, &'static str)| {
        let order = Arc::clone(&order);
        g.queue(lane, move |_| {
            order.lock().unwrap().push(name);
            Ok::<_, Error>(())
        })
    };
    let threads: Vec<_> = lanes.into_iter().map(queue).collect();
    hold.release();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap().unwrap());
    let served = ["people", "people", "timers", "ingest", "maintenance"];
    assert_eq!(*order.lock().unwrap(), served);
}

fn what_was_written_is_there_after_reopening(kind: Kind) {
    let g = ground(kind);
    g.insert(1);
    let g = g.reopened();
    assert_eq!(g.count(), 1);
    g.insert(2);
}

fn tasks_and_threads_see_the_same(kind: Kind) {
    let g = ground(kind);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        g.store
            .write(LANE, |tx| tx.put(&INSERT, params![id(1), 0_i64], 1))
            .await
            .unwrap();
        let count = g
            .store
            .read(|tx| tx.query_one(&COUNT, &[], |row| row.i64(0)))
            .await;
        assert_eq!(count.unwrap(), 1);
        let panicked: Result<(), Error> = g.store.write(LANE, |_| panic!("on purpose")).await;
        assert!(matches!(panicked, Err(Error::Panic(_))));
        // Opening works inside a runtime too.
        let again = g.reopened();
        assert_eq!(again.count(), 1);
    });
}
