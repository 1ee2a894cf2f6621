//! A copy of the database, streamed to whoever keeps it.

use std::io::{self, Read as _};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures::Stream;
use futures::stream::try_unfold;
use wb_app::backup::BackupError;
use wb_store::db::Snapshot;

use crate::identity::Auth;
use crate::limits::BACKUP_CHUNK_BYTES;
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
    let mut response = Body::from_stream(chunks(snapshot)).into_response();
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

/// The copy, piece by piece as the caller takes them.
fn chunks(snapshot: Snapshot) -> impl Stream<Item = io::Result<Bytes>> {
    try_unfold(snapshot, async |mut snapshot| {
        let read = tokio::task::spawn_blocking(move || {
            let mut chunk = vec![0; BACKUP_CHUNK_BYTES];
            let length = snapshot.file.read(&mut chunk)?;
            chunk.truncate(length);
            Ok::<_, io::Error>((Bytes::from(chunk), snapshot))
        });
        let (chunk, snapshot) = read.await.map_err(io::Error::other)??;
        Ok((!chunk.is_empty()).then_some((chunk, snapshot)))
    })
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
