//! A copy of the database, streamed to whoever keeps it.

use core::time::Duration;
use std::io::{self, Read as _};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures::Stream;
use futures::stream::try_unfold;
use tokio::sync::mpsc;
use wb_app::backup::BackupError;
use wb_store::db::Snapshot;

use crate::identity::Auth;
use crate::limits::{BACKUP, BACKUP_CHUNK_BYTES, BACKUP_STALLS};
use crate::problem::Problem;
use crate::state::HttpState;

/// Where this route is, for the time limit that it does not have.
pub const ROUTE: &str = "/api/v1/backup";

/// The media type of a SQLite database.
const SQLITE: &str = "application/vnd.sqlite3";

/// The header with the id of the key that the backup's secrets are sealed with.
pub static KEY_ID: HeaderName = HeaderName::from_static("watchbell-key-id");

/// The header with the place of the key file on the server.
pub static KEY_FILE: HeaderName = HeaderName::from_static("watchbell-key-file");

/// Back up the database.
///
/// A consistent copy as of now, while everything goes on. However it is put back, sending is held
/// then. The key file is not in it, nor are metrics. SQLite only: PostgreSQL has its own tools. One
/// at a time. For global admins.
#[utoipa::path(
    post, path = "/backup", tag = "system", operation_id = "create_backup",
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/vnd.sqlite3"),
        (status = 409, description = "Another backup is being made, or the data is in PostgreSQL"),
        (status = 507, description = "There is no room for a copy in the data directory"),
    ),
)]
pub async fn create(
    State(state): State<HttpState>,
    Auth(caller): Auth,
) -> Result<Response, Problem> {
    let snapshot = state.app.backup(&caller).await?;
    let bytes = snapshot.bytes;
    let pieces = pieces(snapshot, BACKUP_CHUNK_BYTES, BACKUP_STALLS);
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(SQLITE));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes));
    let attachment = HeaderValue::from_static("attachment; filename=\"watchbell.db\"");
    headers.insert(CONTENT_DISPOSITION, attachment);
    let said = [
        (&KEY_ID, Some(state.app.vault.key_id())),
        (&KEY_FILE, state.app.settings.key_file.as_deref()),
    ];
    for (name, value) in said {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    Ok(response)
}

/// The copy, piece by piece as the caller takes them. A caller that takes nothing for `patience`, or
/// is not done in time, loses the copy, so that somebody else can have one.
fn pieces(
    snapshot: Snapshot,
    piece_bytes: usize,
    patience: Duration,
) -> impl Stream<Item = io::Result<Bytes>> {
    let left = snapshot.bytes;
    let (give, take) = mpsc::channel(1);
    tokio::spawn(async move {
        let all = hand_over(snapshot, piece_bytes, patience, give);
        if tokio::time::timeout(BACKUP, all).await.is_err() {
            tracing::warn!("a backup was not taken in time and is dropped");
        }
    });
    try_unfold((take, left), async |(mut take, left)| {
        match take.recv().await {
            Some(piece) => {
                let piece: Bytes = piece?;
                let left = left.saturating_sub(piece.len() as u64);
                Ok(Some((piece, (take, left))))
            }
            None if left == 0 => Ok(None),
            None => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the backup was not taken in time",
            )),
        }
    })
}

/// Reads the copy and hands it on; it is dropped at the end, however that comes.
async fn hand_over(
    mut snapshot: Snapshot,
    piece_bytes: usize,
    patience: Duration,
    give: mpsc::Sender<io::Result<Bytes>>,
) {
    loop {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; piece_bytes];
            let length = snapshot.file.read(&mut piece)?;
            piece.truncate(length);
            Ok::<_, io::Error>((Bytes::from(piece), snapshot))
        });
        let piece = match read.await.map_err(io::Error::other).flatten() {
            Ok((piece, rest)) => {
                snapshot = rest;
                Ok(piece)
            }
            Err(error) => {
                drop(give.try_send(Err(error)));
                return;
            }
        };
        if piece.as_ref().is_ok_and(Bytes::is_empty) {
            return;
        }
        match tokio::time::timeout(patience, give.send(piece)).await {
            Ok(Ok(())) => {}
            // The caller went away.
            Ok(Err(_)) => return,
            Err(_) => {
                tracing::warn!("a backup was not taken any further and is dropped");
                return;
            }
        }
    }
}

impl From<BackupError> for Problem {
    fn from(error: BackupError) -> Self {
        tracing::warn!(%error, "no backup: {error}");
        match error {
            BackupError::Running => Self::new(StatusCode::CONFLICT, "backup_running", &[]),
            BackupError::Postgres => Self::new(StatusCode::CONFLICT, "backup_postgres", &[]),
            BackupError::NoRoom(words) => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "backup_no_room",
                &[("words", &words)],
            ),
            BackupError::Failed(words) => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "backup_failed",
                &[("words", &words)],
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;
    use wb_store::db::{SqliteOptions, Store};

    use super::*;

    const PIECE_BYTES: usize = 4_096;

    async fn snapshot(store: &Store) -> Result<Snapshot, wb_store::db::Error> {
        let store = store.clone();
        let copied = tokio::task::spawn_blocking(move || store.snapshot(&[]));
        copied.await.expect("ran")
    }

    #[tokio::test]
    async fn who_takes_nothing_loses_the_copy_and_frees_the_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = SqliteOptions::file(folder.path().join("watchbell.db"));
        let store = Store::open_sqlite(options).expect("opened");
        let first = snapshot(&store).await.expect("copied");
        let bytes = first.bytes;
        let mut taken = Box::pin(pieces(first, PIECE_BYTES, Duration::MAX));
        let mut length = 0;
        while let Some(piece) = taken.next().await {
            length += piece.expect("a piece").len() as u64;
        }
        assert_eq!(length, bytes);

        // No patience at all: what is not taken at once is never taken.
        let second = snapshot(&store).await.expect("the place is free");
        let mut slow = Box::pin(pieces(second, PIECE_BYTES, Duration::ZERO));
        let mut third = snapshot(&store).await;
        while third.is_err() {
            tokio::task::yield_now().await;
            third = snapshot(&store).await;
        }
        let mut last = slow.next().await;
        while let Some(Ok(_)) = last {
            last = slow.next().await;
        }
        assert!(matches!(last, Some(Err(_))), "cut off, and said so");
    }
}
