//! One PostgreSQL connection with its prepared statements, and its errors sorted into ours.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use postgres::error::{DbError, ErrorPosition, SqlState};
use postgres::types::ToSql;
use postgres::{Client, Statement};

use crate::db::error::{DbKind, Error};
use crate::db::migrate;
use crate::db::sql::P;
use crate::db::tx::{Cells, Row, head};

pub(crate) struct Pg {
    client: Client,
    /// By the address of the static text.
    statements: HashMap<(usize, usize), Statement>,
}

/// What COMMIT came to.
pub(crate) enum Committed {
    Yes,
    No(Error),
    /// The answer was lost.
    Perhaps,
}

impl Pg {
    pub(crate) fn new(client: Client) -> Pg {
        Pg {
            client,
            statements: HashMap::new(),
        }
    }

    pub(crate) fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub(crate) fn control(&mut self, text: &'static str) -> Result<(), Error> {
        let result = self.client.batch_execute(text);
        result.map_err(|e| self.sort(&e, text))
    }

    /// Ends the transaction without effect; says whether the connection is fit for another one.
    #[must_use]
    pub(crate) fn roll_back(&mut self) -> bool {
        match self.client.batch_execute("ROLLBACK") {
            Ok(()) => true,
            Err(e) => {
                tracing::debug!(error = %chain(&e), "a rollback failed, the connection is given up");
                false
            }
        }
    }

    /// The oldest schema that may still write, as another node may have raised it.
    pub(crate) fn min_writer(&mut self) -> Result<Option<String>, Error> {
        migrate::postgres_min_writer(&mut self.client).map_err(|e| self.sort(&e, "min_writer"))
    }

    pub(crate) fn commit(&mut self) -> Committed {
        match self.client.batch_execute("COMMIT") {
            Ok(()) => Committed::Yes,
            // An ERROR is the server's clear no. Anything harsher (it was shut down, the wire broke) may have come
            // after the commit record was written.
            Err(e) => match e.as_db_error() {
                Some(db) if is_plain_error(db) => Committed::No(self.sort(&e, "COMMIT")),
                _ => Committed::Perhaps,
            },
        }
    }

    pub(crate) fn each(
        &mut self,
        text: &'static str,
        params: &[P<'_>],
        f: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let statement = self.statement(text, params.len())?;
        let rows = self
            .client
            .query(&statement, &dynamic(params))
            .map_err(|e| self.sort(&e, text))?;
        rows.iter().try_for_each(|row| f(&Row(Cells::Pg(row))))
    }

    pub(crate) fn exec(&mut self, text: &'static str, params: &[P<'_>]) -> Result<u64, Error> {
        let statement = self.statement(text, params.len())?;
        self.client
            .execute(&statement, &dynamic(params))
            .map_err(|e| self.sort(&e, text))
    }

    fn statement(&mut self, text: &'static str, params: usize) -> Result<Statement, Error> {
        let statement = match self.statements.entry((text.as_ptr().addr(), text.len())) {
            Entry::Occupied(found) => found.get().clone(),
            Entry::Vacant(place) => match self.client.prepare(text) {
                Ok(statement) => place.insert(statement).clone(),
                Err(e) => return Err(self.sort(&e, text)),
            },
        };
        let wanted = statement.params().len();
        if wanted != params {
            let message = format!("{params} parameters for {wanted} places");
            return Err(Error::db(DbKind::Statement, message + &head(text)));
        }
        Ok(statement)
    }

    /// Sorts a driver's error into ours. Only a broken wire or a server going down counts as lost: a parameter of the
    /// wrong type is also "not from the server", and reconnecting would never mend it.
    fn sort(&mut self, e: &postgres::Error, text: &str) -> Error {
        let Some(db) = e.as_db_error() else {
            let lost = e.is_closed() || self.client.is_closed() || has_io_source(e);
            let kind = if lost { DbKind::Lost } else { DbKind::Value };
            return Error::db(kind, chain(e) + &head(text));
        };
        if *db.code() == SqlState::QUERY_CANCELED || *db.code() == SqlState::LOCK_NOT_AVAILABLE {
            return Error::Timeout;
        }
        let kind = if is_plain_error(db) {
            kind_of(db)
        } else {
            DbKind::Lost
        };
        if kind == DbKind::StalePlan {
            self.statements.clear();
        }
        Error::db(kind, words(db) + &head(text))
    }
}

fn dynamic<'p>(params: &'p [P<'p>]) -> Vec<&'p (dyn ToSql + Sync)> {
    params.iter().map(|p| p as &(dyn ToSql + Sync)).collect()
}

fn is_plain_error(db: &DbError) -> bool {
    db.parsed_severity() == Some(postgres::error::Severity::Error)
}

fn has_io_source(e: &postgres::Error) -> bool {
    std::error::Error::source(e).is_some_and(|source| source.is::<std::io::Error>())
}

fn kind_of(db: &DbError) -> DbKind {
    let code = db.code();
    if *code == SqlState::FEATURE_NOT_SUPPORTED && db.message().contains("cached plan") {
        return DbKind::StalePlan;
    }
    if *code == SqlState::INVALID_SQL_STATEMENT_NAME {
        // A connection pooler in transaction mode, or DEALLOCATE ALL: our statements are gone.
        return DbKind::StalePlan;
    }
    match code.code() {
        "23505" => DbKind::Unique,
        "23503" => DbKind::ForeignKey,
        "23502" => DbKind::NotNull,
        "23514" => DbKind::Check,
        "40001" => DbKind::Serialization,
        "40P01" => DbKind::Deadlock,
        "25006" => DbKind::ReadOnly,
        "53100" => DbKind::DiskFull,
        "58030" => DbKind::Io,
        "XX001" | "XX002" => DbKind::Corrupt,
        other => match other.get(..2) {
            Some("22") => DbKind::Value,
            Some("42") => DbKind::Statement,
            Some("53") => DbKind::Busy,
            Some("08") => DbKind::Lost,
            _ => DbKind::Other,
        },
    }
}

/// The server's message without its detail, which holds values of rows.
fn words(db: &DbError) -> String {
    let mut words = format!("{} [{}]", db.message(), db.code().code());
    if let Some(constraint) = db.constraint() {
        words += &format!(" constraint {constraint}");
    }
    if let Some(ErrorPosition::Original(at)) = db.position() {
        words += &format!(" at character {at}");
    }
    words
}

/// The driver puts the useful words into the source.
pub(crate) fn chain(e: &postgres::Error) -> String {
    match std::error::Error::source(e) {
        Some(source) => format!("{e}: {source}"),
        None => e.to_string(),
    }
}
