//! A transaction in two parts, as the simulator wants it: a closure runs and is rolled back, with its writes
//! remembered; later they are made again, in a transaction of their own, if they still do what they did. In between
//! others may commit, as between the statements of a transaction on PostgreSQL.
//!
//! What PostgreSQL would have kept still meanwhile counts as seen: rows that a statement locked (`FOR UPDATE` in its
//! PostgreSQL text) must come out the same again. Everything else may have changed.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use rusqlite::types::ValueRef;

use super::Lite;
use crate::db::error::Error;
use crate::db::sql::{P, Sql, Value};
use crate::db::tx::{Cells, Row};
use crate::db::{Engine, SetSql};

/// A connection that remembers what is done over it.
pub(crate) struct Split<'c> {
    db: &'c mut Lite,
    done: &'c mut Vec<Done>,
}

/// A statement that has to do the same once more.
#[derive(Debug)]
pub(crate) enum Done {
    /// It touched so many rows.
    Exec {
        text: &'static str,
        params: Vec<Value>,
        touched: u64,
    },
    /// It touched so many rows, run once for each of these.
    ExecEach {
        text: &'static str,
        rows: Vec<Vec<Value>>,
        touched: u64,
    },
    /// It gave rows with this fingerprint.
    Rows {
        text: &'static str,
        params: Vec<Value>,
        seen: u64,
    },
}

impl<'c> Split<'c> {
    /// What is done over `db` goes into `done`.
    pub(crate) fn new(db: &'c mut Lite, done: &'c mut Vec<Done>) -> Self {
        Self { db, done }
    }

    pub(crate) fn each(
        &mut self,
        sql: &Sql,
        params: &[P<'_>],
        read_only: bool,
        f: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let text = sql.text(Engine::Sqlite);
        let locks = sql.text(Engine::Postgres).contains("FOR UPDATE");
        let writes = self.db.writes(text)?;
        let mut seen = DefaultHasher::new();
        self.db.each(text, params, read_only, &mut |row| {
            digest(row, &mut seen);
            f(row)
        })?;
        if locks || writes {
            self.done.push(Done::Rows {
                text,
                params: owned(params),
                seen: seen.finish(),
            });
        }
        Ok(())
    }

    pub(crate) fn exec(
        &mut self,
        text: &'static str,
        params: &[P<'_>],
        read_only: bool,
    ) -> Result<u64, Error> {
        let touched = self.db.exec(text, params, read_only)?;
        self.done.push(Done::Exec {
            text,
            params: owned(params),
            touched,
        });
        Ok(touched)
    }

    pub(crate) fn exec_each(
        &mut self,
        set: &SetSql,
        rows: &[Vec<Value>],
        read_only: bool,
    ) -> Result<u64, Error> {
        let touched = self.db.exec_each(set.sqlite, rows, read_only)?;
        self.done.push(Done::ExecEach {
            text: set.sqlite,
            rows: rows.to_vec(),
            touched,
        });
        Ok(touched)
    }
}

/// Does it all once more; says whether each statement did what it had done.
pub(crate) fn redo(db: &mut Lite, done: &[Done]) -> Result<bool, Error> {
    for one in done {
        let is_same = match one {
            Done::Exec {
                text,
                params,
                touched,
            } => db.exec(text, &borrowed(params), false)? == *touched,
            Done::ExecEach {
                text,
                rows,
                touched,
            } => db.exec_each(text, rows, false)? == *touched,
            Done::Rows { text, params, seen } => {
                let mut now = DefaultHasher::new();
                db.each(text, &borrowed(params), false, &mut |row| {
                    digest(row, &mut now);
                    Ok(())
                })?;
                now.finish() == *seen
            }
        };
        if !is_same {
            return Ok(false);
        }
    }
    Ok(true)
}

fn owned(params: &[P<'_>]) -> Vec<Value> {
    params.iter().map(|param| Value::from(*param)).collect()
}

fn borrowed(params: &[Value]) -> Vec<P<'_>> {
    params.iter().map(P::from).collect()
}

/// Takes a row's values into a fingerprint. Times of claims are taken as they are: a claim made at
/// another time is another claim.
fn digest(row: &Row<'_>, into: &mut DefaultHasher) {
    let Cells::Lite(row) = row.0 else {
        return;
    };
    let mut column = 0;
    while let Ok(value) = row.get_ref(column) {
        match value {
            ValueRef::Null => 0_u8.hash(into),
            ValueRef::Integer(n) => n.hash(into),
            ValueRef::Real(n) => n.to_bits().hash(into),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.hash(into),
        }
        column += 1;
    }
    column.hash(into);
}
