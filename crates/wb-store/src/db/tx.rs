//! A transaction in the hands of a use case, and the rows it reads.

use std::time::Duration;

use postgres::types::{FromSql, Type};
use uuid::Uuid;

use super::Engine;
use super::error::{DbKind, Error};
use super::postgres::Pg;
use super::sql::{P, SetSql, Sql, Value};
use super::sqlite::{Lite, Split};
use super::watch::Watch;

/// An open transaction.
///
/// The first error any method returns *poisons* it: every later call returns that error again, and the transaction
/// rolls back even if the closure goes on to return `Ok`. PostgreSQL works that way by itself; SQLite is made to, so
/// that code which catches an error behaves the same on both. A use case that expects "already there" or "changed
/// meanwhile" says so in SQL (`ON CONFLICT DO NOTHING`, `WHERE version = $2`) and looks at the row count.
pub struct Tx<'c> {
    conn: Conn<'c>,
    read_only: bool,
    failure: Option<Error>,
    watch: Watch,
    limit: Duration,
}

pub(crate) enum Conn<'c> {
    Lite(&'c mut Lite),
    /// SQLite, for the simulator.
    Split(Split<'c>),
    Pg(&'c mut Pg),
}

impl<'c> Tx<'c> {
    pub(crate) fn new(conn: Conn<'c>, read_only: bool, limit: Duration) -> Tx<'c> {
        Tx {
            conn,
            read_only,
            failure: None,
            watch: Watch::start(),
            limit,
        }
    }

    /// Which engine this runs on. Only for what SQL cannot hide: nothing above wb-store asks.
    pub fn engine(&self) -> Engine {
        match self.conn {
            Conn::Lite(_) | Conn::Split(_) => Engine::Sqlite,
            Conn::Pg(_) => Engine::Postgres,
        }
    }

    /// Whether this transaction only reads: then rows are neither to be locked nor written.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Runs a statement and maps each of its rows.
    pub fn query<T>(
        &mut self,
        sql: &Sql,
        params: &[P<'_>],
        mut f: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        self.each(sql, params, &mut |row| {
            rows.push(f(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Runs a statement that gives at most one row; more is an error.
    pub fn query_opt<T>(
        &mut self,
        sql: &Sql,
        params: &[P<'_>],
        f: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut rows = self.query(sql, params, f)?;
        if rows.len() > 1 {
            let text = sql.text(self.engine());
            return self.fail(Error::db(
                DbKind::ManyRows,
                format!("{} rows{}", rows.len(), head(text)),
            ));
        }
        Ok(rows.pop())
    }

    /// Runs a statement that gives exactly one row; none or more is an error.
    pub fn query_one<T>(
        &mut self,
        sql: &Sql,
        params: &[P<'_>],
        f: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match self.query_opt(sql, params, f)? {
            Some(row) => Ok(row),
            None => {
                let text = sql.text(self.engine());
                self.fail(Error::db(
                    DbKind::NoRow,
                    format!("expected one row{}", head(text)),
                ))
            }
        }
    }

    /// Runs a statement without rows; says how many rows it touched.
    pub fn exec(&mut self, sql: &Sql, params: &[P<'_>]) -> Result<u64, Error> {
        self.ready(params)?;
        let read_only = self.read_only;
        let result = match &mut self.conn {
            Conn::Lite(lite) => lite.exec(sql.text(Engine::Sqlite), params, read_only),
            Conn::Split(split) => split.exec(sql.text(Engine::Sqlite), params, read_only),
            Conn::Pg(pg) => pg.exec(sql.text(Engine::Postgres), params),
        };
        self.keep(result)
    }

    /// Runs a version-checked save: any other row count than `expect` is [`Error::Conflict`], which the store reruns
    /// on PostgreSQL. (On SQLite writers follow one another, so a rerun could only find the same.)
    pub fn put(&mut self, sql: &Sql, params: &[P<'_>], expect: u64) -> Result<(), Error> {
        let touched = self.exec(sql, params)?;
        if touched == expect {
            Ok(())
        } else {
            self.fail(Error::Conflict)
        }
    }

    /// Writes many rows: row by row on SQLite (sets are slower there), as one set on PostgreSQL. Says how many rows
    /// were touched. Sort the rows by key and never give a key twice: PostgreSQL deadlocks or refuses otherwise.
    pub fn put_many(&mut self, set: &SetSql, rows: &[Vec<Value>]) -> Result<u64, Error> {
        for row in rows {
            self.ready(&row.iter().map(P::from).collect::<Vec<_>>())?;
            if row.len() != set.columns.len() {
                let message = format!(
                    "a row of {} values for {} columns",
                    row.len(),
                    set.columns.len()
                );
                return self.fail(Error::db(DbKind::Statement, message + &head(set.sqlite)));
            }
        }
        if rows.is_empty() {
            return Ok(0);
        }
        let read_only = self.read_only;
        let result = match &mut self.conn {
            Conn::Lite(lite) => lite.exec_each(set.sqlite, rows, read_only),
            Conn::Split(split) => split.exec_each(set, rows, read_only),
            Conn::Pg(pg) => pg.exec(
                set.postgres,
                &[P::Json(&super::sql::rows_as_json(set.columns, rows))],
            ),
        };
        self.keep(result)
    }

    /// For a version check made in code: poisons the transaction and gives the error to return, so that the store
    /// reruns the closure just as after a failed [`Tx::put`].
    pub fn conflict(&mut self) -> Error {
        self.failure.get_or_insert(Error::Conflict).clone()
    }

    /// What poisoned this transaction, if anything.
    pub(crate) fn failure(&self) -> Option<Error> {
        self.failure.clone()
    }

    fn each(
        &mut self,
        sql: &Sql,
        params: &[P<'_>],
        f: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.ready(params)?;
        let read_only = self.read_only;
        let result = match &mut self.conn {
            Conn::Lite(lite) => lite.each(sql.text(Engine::Sqlite), params, read_only, f),
            Conn::Split(split) => split.each(sql, params, read_only, f),
            Conn::Pg(pg) => pg.each(sql.text(Engine::Postgres), params, f),
        };
        self.keep(result)
    }

    fn ready(&mut self, params: &[P<'_>]) -> Result<(), Error> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        if self.watch.elapsed() > self.limit {
            return self.fail(Error::Timeout);
        }
        match params.iter().find_map(P::complaint) {
            Some(complaint) => self.fail(Error::db(DbKind::Value, complaint)),
            None => Ok(()),
        }
    }

    fn fail<T>(&mut self, error: Error) -> Result<T, Error> {
        self.keep(Err(error))
    }

    fn keep<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &result {
            self.failure.get_or_insert_with(|| error.clone());
        }
        result
    }
}

/// Names a statement in an error by its beginning; texts are static, so no value can leak.
pub(crate) fn head(text: &str) -> String {
    const SHOWN_CHARS: usize = 80;
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = words.char_indices().nth(SHOWN_CHARS) {
        words.truncate(at);
        words.push_str("...");
    }
    format!(" (in: {words})")
}

/// One row of a result, read by position.
pub struct Row<'r>(pub(crate) Cells<'r>);

pub(crate) enum Cells<'r> {
    Lite(&'r rusqlite::Row<'r>),
    Pg(&'r postgres::Row),
}

impl Row<'_> {
    /// An integer.
    pub fn i64(&self, i: usize) -> Result<i64, Error> {
        some(i, self.opt_i64(i)?)
    }

    /// An integer or NULL.
    pub fn opt_i64(&self, i: usize) -> Result<Option<i64>, Error> {
        match self.0 {
            Cells::Lite(row) => row.get(i).map_err(|e| wrong(i, &e)),
            Cells::Pg(row) => {
                let value: Option<PgInt> = row.try_get(i).map_err(|e| wrong(i, &e))?;
                Ok(value.map(|v| v.0))
            }
        }
    }

    /// A truth value.
    pub fn bool(&self, i: usize) -> Result<bool, Error> {
        some(i, self.opt_bool(i)?)
    }

    /// A truth value or NULL.
    pub fn opt_bool(&self, i: usize) -> Result<Option<bool>, Error> {
        match self.0 {
            Cells::Lite(row) => row.get(i).map_err(|e| wrong(i, &e)),
            Cells::Pg(row) => row.try_get(i).map_err(|e| wrong(i, &e)),
        }
    }

    /// Text, also of a JSON column.
    pub fn text(&self, i: usize) -> Result<String, Error> {
        some(i, self.opt_text(i)?)
    }

    /// Text or NULL.
    pub fn opt_text(&self, i: usize) -> Result<Option<String>, Error> {
        match self.0 {
            Cells::Lite(row) => row.get(i).map_err(|e| wrong(i, &e)),
            Cells::Pg(row) => {
                let value: Option<PgText> = row.try_get(i).map_err(|e| wrong(i, &e))?;
                Ok(value.map(|v| v.0))
            }
        }
    }

    /// Bytes.
    pub fn blob(&self, i: usize) -> Result<Vec<u8>, Error> {
        some(i, self.opt_blob(i)?)
    }

    /// Bytes or NULL.
    pub fn opt_blob(&self, i: usize) -> Result<Option<Vec<u8>>, Error> {
        match self.0 {
            Cells::Lite(row) => row.get(i).map_err(|e| wrong(i, &e)),
            Cells::Pg(row) => row.try_get(i).map_err(|e| wrong(i, &e)),
        }
    }

    /// An id.
    pub fn id(&self, i: usize) -> Result<Uuid, Error> {
        some(i, self.opt_id(i)?)
    }

    /// An id or NULL.
    pub fn opt_id(&self, i: usize) -> Result<Option<Uuid>, Error> {
        match self.0 {
            Cells::Lite(row) => row.get(i).map_err(|e| wrong(i, &e)),
            Cells::Pg(row) => row.try_get(i).map_err(|e| wrong(i, &e)),
        }
    }
}

fn some<T>(i: usize, value: Option<T>) -> Result<T, Error> {
    value.ok_or_else(|| Error::db(DbKind::Value, format!("column {i} is NULL")))
}

fn wrong(i: usize, error: &dyn std::error::Error) -> Error {
    Error::db(DbKind::Value, format!("column {i}: {error}"))
}

/// Any integer type of PostgreSQL as i64. `sum(bigint)` is NUMERIC there: cast it in the PostgreSQL text.
struct PgInt(i64);

impl<'a> FromSql<'a> for PgInt {
    fn from_sql(
        ty: &Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(PgInt(match *ty {
            Type::INT2 => i16::from_sql(ty, raw)?.into(),
            Type::INT4 => i32::from_sql(ty, raw)?.into(),
            _ => i64::from_sql(ty, raw)?,
        }))
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT2 | Type::INT4 | Type::INT8)
    }
}

/// Text of any text or JSON type of PostgreSQL.
struct PgText(String);

impl<'a> FromSql<'a> for PgText {
    fn from_sql(
        ty: &Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        let raw = match *ty {
            // The wire form of JSONB is a version byte and the text.
            Type::JSONB => raw.get(1..).unwrap_or_default(),
            _ => raw,
        };
        Ok(PgText(std::str::from_utf8(raw)?.to_owned()))
    }

    fn accepts(ty: &Type) -> bool {
        matches!(
            *ty,
            Type::TEXT
                | Type::VARCHAR
                | Type::BPCHAR
                | Type::NAME
                | Type::UNKNOWN
                | Type::JSON
                | Type::JSONB
        )
    }
}
