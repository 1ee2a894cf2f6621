//! One SQLite connection with its caches and its time limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use rusqlite::{CachedStatement, Connection, ErrorCode, ffi};

use super::text::Texts;
use crate::db::error::{DbKind, Error};
use crate::db::sql::{P, Value};
use crate::db::tx::{Cells, Row, head};
use crate::db::watch::Watch;

/// How many steps of SQLite's machine pass between two looks at the time limit: some tens of microseconds.
const STEPS_PER_LOOK: i32 = 10_000;
const STATEMENTS_CACHED: usize = 512;

pub(crate) struct Lite {
    pub(crate) conn: Connection,
    texts: Texts,
    limit: Arc<Limit>,
}

/// A time limit that the progress handler of a connection looks at.
struct Limit {
    since: Watch,
    /// Microseconds after `since`; 0 = none.
    until_us: AtomicU64,
}

impl Limit {
    fn passed(&self) -> bool {
        let until_us = self.until_us.load(Relaxed);
        until_us != 0 && self.since.elapsed_us() > until_us
    }
}

impl Lite {
    pub(crate) fn new(conn: Connection) -> Result<Lite, rusqlite::Error> {
        let limit = Arc::new(Limit {
            since: Watch::start(),
            until_us: AtomicU64::new(0),
        });
        let seen = Arc::clone(&limit);
        conn.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
        let mut conn = conn;
        conn.progress_handler(STEPS_PER_LOOK, Some(move || seen.passed()))?;
        Ok(Lite {
            conn,
            texts: Texts::default(),
            limit,
        })
    }

    /// From now on statements are interrupted after `limit`. COMMIT must never be: disarm first.
    pub(crate) fn arm(&self, limit: Duration) {
        let until = self.limit.since.elapsed() + limit;
        self.limit.until_us.store(
            u64::try_from(until.as_micros()).unwrap_or(u64::MAX),
            Relaxed,
        );
    }

    pub(crate) fn disarm(&self) {
        self.limit.until_us.store(0, Relaxed);
    }

    /// Runs one of our own control statements (BEGIN, SAVEPOINT, ...).
    pub(crate) fn control(&self, text: &'static str) -> Result<(), Error> {
        self.conn
            .prepare_cached(text)
            .and_then(|mut s| s.raw_execute())
            .map(drop)
            .map_err(|e| error(&e, text))
    }

    pub(crate) fn in_transaction(&self) -> bool {
        !self.conn.is_autocommit()
    }

    /// Whether a statement may change anything.
    pub(crate) fn writes(&mut self, text: &'static str) -> Result<bool, Error> {
        Ok(!self.statement(text, false)?.readonly())
    }

    pub(crate) fn each(
        &mut self,
        text: &'static str,
        params: &[P<'_>],
        read_only: bool,
        f: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut statement = self.statement(text, read_only)?;
        bind(&mut statement, params, text)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(|e| error(&e, text))? {
            f(&Row(Cells::Lite(row)))?;
        }
        Ok(())
    }

    pub(crate) fn exec(
        &mut self,
        text: &'static str,
        params: &[P<'_>],
        read_only: bool,
    ) -> Result<u64, Error> {
        let mut statement = self.statement(text, read_only)?;
        bind(&mut statement, params, text)?;
        statement
            .raw_execute()
            .map(|touched| touched as u64)
            .map_err(|e| error(&e, text))
    }

    pub(crate) fn exec_each(
        &mut self,
        text: &'static str,
        rows: &[Vec<Value>],
        read_only: bool,
    ) -> Result<u64, Error> {
        let mut statement = self.statement(text, read_only)?;
        let mut touched = 0;
        for row in rows {
            let params: Vec<P<'_>> = row.iter().map(P::from).collect();
            bind(&mut statement, &params, text)?;
            touched += statement.raw_execute().map_err(|e| error(&e, text))? as u64;
        }
        Ok(touched)
    }

    fn statement(
        &mut self,
        text: &'static str,
        read_only: bool,
    ) -> Result<CachedStatement<'_>, Error> {
        let rewritten = self.texts.get(text)?;
        let statement = self
            .conn
            .prepare_cached(rewritten)
            .map_err(|e| error(&e, text))?;
        if read_only && !statement.readonly() {
            return Err(Error::db(
                DbKind::ReadOnly,
                "a write inside a read".to_owned() + &head(text),
            ));
        }
        Ok(statement)
    }
}

fn bind(statement: &mut CachedStatement<'_>, params: &[P<'_>], text: &str) -> Result<(), Error> {
    let wanted = statement.parameter_count();
    if wanted != params.len() {
        // SQLite itself would take a missing parameter for NULL.
        let message = format!("{} parameters for {wanted} places", params.len());
        return Err(Error::db(DbKind::Statement, message + &head(text)));
    }
    for (i, param) in params.iter().enumerate() {
        statement
            .raw_bind_parameter(i + 1, param)
            .map_err(|e| error(&e, text))?;
    }
    Ok(())
}

/// Sorts SQLite's errors into ours.
pub(crate) fn error(e: &rusqlite::Error, text: &str) -> Error {
    let Some(code) = e.sqlite_error_code() else {
        return Error::db(DbKind::Statement, e.to_string() + &head(text));
    };
    let extended = e.sqlite_error().map_or(0, |e| e.extended_code);
    let kind = match code {
        ErrorCode::OperationInterrupted => return Error::Timeout,
        ErrorCode::ConstraintViolation => match extended {
            ffi::SQLITE_CONSTRAINT_UNIQUE
            | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | ffi::SQLITE_CONSTRAINT_ROWID => DbKind::Unique,
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => DbKind::ForeignKey,
            ffi::SQLITE_CONSTRAINT_NOTNULL => DbKind::NotNull,
            ffi::SQLITE_CONSTRAINT_CHECK => DbKind::Check,
            ffi::SQLITE_CONSTRAINT_DATATYPE => DbKind::Value,
            _ => DbKind::Other,
        },
        ErrorCode::TypeMismatch | ErrorCode::TooBig | ErrorCode::ParameterOutOfRange => {
            DbKind::Value
        }
        ErrorCode::ReadOnly => DbKind::ReadOnly,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => DbKind::Busy,
        ErrorCode::DiskFull => DbKind::DiskFull,
        ErrorCode::SystemIoFailure | ErrorCode::OutOfMemory => DbKind::Io,
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied => DbKind::Unavailable,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => DbKind::Corrupt,
        ErrorCode::Unknown => DbKind::Statement,
        _ => DbKind::Other,
    };
    Error::db(kind, words(e) + &head(text))
}

fn words(e: &rusqlite::Error) -> String {
    match e {
        rusqlite::Error::SqliteFailure(_, Some(words)) => words.clone(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}
