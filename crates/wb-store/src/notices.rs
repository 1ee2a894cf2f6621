//! Notices to people that are no pages: written with what they tell of, sent once, and gone then.

use uuid::Uuid;
use wb_core::ids::{MethodId, UserId};
use wb_core::time::Timestamp;

use crate::db::{Error, Row, Sql, Tx, sql};
use crate::params;
use crate::read;

/// A notice that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub id: Uuid,
    /// Whom it is for.
    pub user: UserId,
    /// Over which of their methods, where it is a test of that one; else over the first that works.
    pub tests: Option<MethodId>,
    /// It, in a line.
    pub title: String,
    /// It, in a sentence or two.
    pub body: String,
    /// The view that shows it, as a path of the UI.
    pub path: String,
    /// When it is due; the next try, once one was begun.
    pub due_at: Timestamp,
    /// How many tries were begun.
    pub attempts: u32,
}

const INSERT: Sql = sql(
    "INSERT INTO notice (id, user_id, title, body, path, due_at, attempts, method_id)
     VALUES ($1, $2, $3, $4, $5, $6, 0, $7)",
);
const NEXT: Sql = sql("SELECT due_at FROM notice ORDER BY due_at, id LIMIT 1");
const DUE: Sql = sql(
    "SELECT id, user_id, title, body, path, due_at, attempts, method_id FROM notice
      WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2",
);
const LEASE: Sql = sql("UPDATE notice SET due_at = $3, attempts = attempts + 1
      WHERE id = $1 AND due_at = $2");
const DELETE: Sql = sql("DELETE FROM notice WHERE id = $1");

/// Writes a notice.
///
/// # Errors
/// When the store fails.
pub fn add(tx: &mut Tx<'_>, notice: &Notice) -> Result<(), Error> {
    let params = params![
        notice.id,
        notice.user.0,
        notice.title.as_str(),
        notice.body.as_str(),
        notice.path.as_str(),
        notice.due_at.as_micros(),
        notice.tests.map(|method| method.0),
    ];
    tx.put(&INSERT, params, 1)
}

/// When the next one is due.
///
/// # Errors
/// When the store fails.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    tx.query_opt(&NEXT, params![], |row| read::at(row, 0))
}

/// Takes those that are due at `now` for a try each, and has them due again at `again`, should their
/// sender not come back. Of two nodes each gets others.
///
/// # Errors
/// When the store fails.
pub fn take(
    tx: &mut Tx<'_>,
    now: Timestamp,
    again: Timestamp,
    limit: u32,
) -> Result<Vec<Notice>, Error> {
    let due = tx.query(&DUE, params![now.as_micros(), limit], notice)?;
    let mut taken = Vec::with_capacity(due.len());
    for notice in due {
        let (was, again) = (notice.due_at.as_micros(), again.as_micros());
        if tx.exec(&LEASE, params![notice.id, was, again])? == 1 {
            taken.push(Notice {
                attempts: notice.attempts.saturating_add(1),
                ..notice
            });
        }
    }
    Ok(taken)
}

/// Drops a notice: it was sent, or will not be.
///
/// # Errors
/// When the store fails.
pub fn delete(tx: &mut Tx<'_>, id: Uuid) -> Result<(), Error> {
    tx.exec(&DELETE, params![id])?;
    Ok(())
}

fn notice(row: &Row<'_>) -> Result<Notice, Error> {
    Ok(Notice {
        id: row.id(0)?,
        user: UserId(row.id(1)?),
        title: row.text(2)?,
        body: row.text(3)?,
        path: row.text(4)?,
        due_at: read::at(row, 5)?,
        attempts: read::number32(row, 6)?,
        tests: row.opt_id(7)?.map(MethodId),
    })
}
