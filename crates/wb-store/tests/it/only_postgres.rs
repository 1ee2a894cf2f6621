//! What only PostgreSQL can get wrong: wires, servers that go away, other nodes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use wb_store::db::{DbKind, Error, OpenError, PostgresOptions, Sql, Store, sql};
use wb_store::params;
use wb_testkit::pg::{Cluster, PgDb, database};
use wb_testkit::tls::TestCertificate;

use crate::ground::{Ground, Home, INSERT, Kind, LANE, Wish, id};
use crate::proxy::{Cut, Proxy};

fn small(url: String) -> PostgresOptions {
    PostgresOptions {
        connections: 1,
        readers: 1,
        ..PostgresOptions::url(url)
    }
}

/// A store behind a wire that can be cut; `None` for a server given by url.
fn behind_proxy(db: PgDb) -> Option<(Ground, Proxy)> {
    let proxy = Proxy::to(db.socket()?);
    let store = Store::open_postgres(small(proxy.url(db.name()))).unwrap();
    Some((Ground::on(store, Home::Postgres(db)), proxy))
}

#[test]
fn terminated_backends_cost_nobody_anything() {
    let g = Ground::new(Kind::Postgres, Wish::default());
    let Home::Postgres(db) = &g.home else {
        unreachable!()
    };
    for n in 0..10 {
        db.terminate_backends().unwrap();
        g.insert(n);
        assert_eq!(g.count(), i64::from(n) + 1);
    }
}

#[test]
fn a_connection_lost_before_commit_is_rerun() {
    let Some((g, proxy)) = behind_proxy(database().unwrap()) else {
        return;
    };
    let runs = Arc::new(AtomicU32::new(0));
    for word in [&b"BEGIN"[..], b"INSERT", b"COMMIT"] {
        proxy.cut(Cut::Before(word));
        let (seen, n) = (Arc::clone(&runs), word[0]);
        let outcome = g.write(move |tx| {
            seen.fetch_add(1, SeqCst);
            tx.put(&INSERT, params![id(n), 0_i64], 1)
        });
        match word {
            // It never arrived, but nobody on this side can know that.
            b"COMMIT" => assert_eq!(outcome, Err(Error::Unknown)),
            _ => assert_eq!(outcome, Ok(())),
        }
    }
    assert_eq!(g.count(), 2);
}

#[test]
fn a_connection_lost_during_commit_is_an_unknown_outcome() {
    let Some((g, proxy)) = behind_proxy(database().unwrap()) else {
        return;
    };
    proxy.cut(Cut::After(b"COMMIT"));
    let outcome = g.write(|tx| tx.put(&INSERT, params![id(1), 0_i64], 1));
    assert_eq!(outcome, Err(Error::Unknown));
    assert_eq!(g.count(), 1, "here it had happened");
}

#[test]
fn while_the_server_is_away_callers_get_an_answer() {
    let cluster = Cluster::private().unwrap();
    let db = cluster.database().unwrap();
    let options = PostgresOptions {
        away_patience_ms: 200,
        connections: 2,
        readers: 1,
        ..small(db.url())
    };
    let g = Ground::on(Store::open_postgres(options).unwrap(), Home::Postgres(db));
    g.insert(1);
    cluster.stop().unwrap();
    for _ in 0..3 {
        let outcome = g.write(|tx| tx.put(&INSERT, params![id(2), 0_i64], 1));
        assert_eq!(outcome.unwrap_err().kind(), Some(DbKind::Unavailable));
        let outcome = g.read(|_| Ok(()));
        assert_eq!(outcome.unwrap_err().kind(), Some(DbKind::Unavailable));
    }
    cluster.start().unwrap();
    // Connections come back after a pause of at most two seconds each.
    while g
        .write(|tx| tx.put(&INSERT, params![id(2), 0_i64], 1))
        .is_err()
    {}
    while g.read(|_| Ok(())).is_err() {}
    assert_eq!(g.count(), 2);
}

#[test]
fn two_nodes_open_a_fresh_database_at_once() {
    let db = database().unwrap();
    let open = || Store::open_postgres(small(db.url())).map(|store| store.schema_version());
    let versions: Vec<_> = std::thread::scope(|scope| {
        let nodes: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
        nodes
            .into_iter()
            .map(|node| node.join().unwrap().unwrap())
            .collect()
    });
    assert!(versions.iter().all(|version| *version == versions[0]));
}

#[test]
fn a_node_older_than_min_writer_stops() {
    let db = database().unwrap();
    let g = Ground::on(
        Store::open_postgres(small(db.url())).unwrap(),
        Home::Postgres(db),
    );
    let Home::Postgres(db) = &g.home else {
        unreachable!()
    };
    db.run("UPDATE meta SET value = '1000000' WHERE key = 'min_writer'")
        .unwrap();
    // A new connection looks at once, an old one within seconds.
    db.terminate_backends().unwrap();
    let outcome = g.write(|tx| tx.put(&INSERT, params![id(1), 0_i64], 1));
    assert_eq!(outcome.unwrap_err().kind(), Some(DbKind::Outdated));
    assert_eq!(g.count(), 0, "reading goes on");
    let reopened = Store::open_postgres(small(db.url()));
    assert!(matches!(
        reopened.err(),
        Some(OpenError::TooOld {
            min_writer: 1_000_000,
            ..
        })
    ));
}

#[test]
fn a_schema_changed_under_a_statement_is_rerun() {
    const STAR: Sql = sql("SELECT * FROM small");
    let g = Ground::new(
        Kind::Postgres,
        Wish {
            one_writer: true,
            ..Wish::default()
        },
    );
    let Home::Postgres(db) = &g.home else {
        unreachable!()
    };
    let look = || g.write(|tx| tx.query(&STAR, &[], |row| row.i64(0)));
    assert_eq!(look().unwrap(), Vec::<i64>::new());
    db.run("ALTER TABLE small ADD COLUMN later TEXT; INSERT INTO small (n) VALUES (4)")
        .unwrap();
    assert_eq!(look().unwrap(), [4]);
}

#[test]
fn a_deadlock_is_rerun() {
    const BUMP: Sql = sql("UPDATE probe SET version = version + 1 WHERE id = $1");
    let g = Ground::new(Kind::Postgres, Wish::default());
    g.insert(1);
    g.insert(2);
    // Both hold their first row before either asks for its second; only on the first run.
    let barrier = Arc::new(std::sync::Barrier::new(2));
    std::thread::scope(|scope| {
        for (first, second) in [(1, 2), (2, 1)] {
            let (store, barrier) = (g.store.clone(), Arc::clone(&barrier));
            let runs = AtomicU32::new(0);
            scope.spawn(move || {
                let outcome: Result<(), Error> = store.write_blocking(LANE, move |tx| {
                    tx.put(&BUMP, params![id(first)], 1)?;
                    if runs.fetch_add(1, SeqCst) == 0 {
                        barrier.wait();
                    }
                    tx.put(&BUMP, params![id(second)], 1)
                });
                outcome.unwrap();
            });
        }
    });
    let versions = g.read(|tx| tx.query(&sql("SELECT version FROM probe"), &[], |row| row.i64(0)));
    assert_eq!(versions.unwrap(), [2, 2]);
    assert!(g.store.stats().reruns_total > 0);
}

#[test]
fn a_url_with_a_strict_sslmode_is_understood() {
    let url = "postgres://nobody@127.0.0.1:1/none?sslmode=verify-full".to_owned();
    assert!(matches!(
        Store::open_postgres(small(url)).err(),
        Some(OpenError::Connect(_))
    ));
    let url = "postgres://nobody@127.0.0.1:1/none?sslmode=perhaps".to_owned();
    assert!(matches!(
        Store::open_postgres(small(url)).err(),
        Some(OpenError::Url(_))
    ));
}

#[test]
fn tls_is_verified_by_authority_and_name() {
    let (right, other) = (
        TestCertificate::new().unwrap(),
        TestCertificate::new().unwrap(),
    );
    let (_cluster, port) = Cluster::private_tls(&right).unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    let open = |ca: Option<&TestCertificate>, mode: &str| {
        let ca_file = ca.map(|ca| {
            let path = folder.path().join("ca.pem");
            std::fs::write(&path, &ca.ca_pem).unwrap();
            path
        });
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode={mode}");
        Store::open_postgres(PostgresOptions {
            ca_file,
            ..small(url)
        })
    };
    let store = open(Some(&right), "verify-full").unwrap();
    let text = sql("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    let version = store.read_blocking(move |tx| tx.query_one(&text, &[], |row| row.text(0)));
    assert_eq!(version.unwrap_or_else(|e: Error| e.to_string()), "TLSv1.3");
    let refused = [
        (Some(&other), "require"),
        (None, "require"),
        (None, "prefer"),
        (Some(&right), "disable"),
    ];
    for (ca, mode) in refused {
        assert!(
            matches!(open(ca, mode).err(), Some(OpenError::Connect(_))),
            "{mode}"
        );
    }
}
