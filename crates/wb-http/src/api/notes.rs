//! Notes people write into the record.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_store::notes::NoteRow;

use super::configured::Tagged;
use super::record::NoteMark;
use super::refs::{ActorView, Names};
use crate::etag;
use crate::etag::IfMatch;
use crate::extract::{Body, Path};
use crate::identity::Auth;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, IncidentIdText, NoteIdText, Time};

/// A note for the record.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteBody {
    /// What to write down (Markdown).
    pub text: String,
}

/// A note.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoteView {
    /// The note.
    #[serde(flatten)]
    pub note: NoteMark,
    /// Who wrote it.
    pub author: ActorView,
    /// When.
    pub written_at: Time,
    /// What it says, as typed (Markdown); empty when it was deleted.
    pub text: String,
    /// What it said before, oldest first.
    pub earlier: Vec<NoteTextView>,
}

/// What a note said.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoteTextView {
    /// Since when.
    pub at: Time,
    /// What; empty when it was erased.
    pub text: String,
}

impl NoteView {
    fn new(row: NoteRow, names: Names<'_>) -> Self {
        let mut texts = row.texts;
        let last = texts.pop();
        Self {
            note: NoteMark::new(&row.note),
            author: names.actor(row.note.author),
            written_at: Time(row.note.written_at),
            text: last.map(|version| version.text).unwrap_or_default(),
            earlier: texts
                .into_iter()
                .map(|version| NoteTextView {
                    at: Time(version.at),
                    text: version.text,
                })
                .collect(),
        }
    }
}

fn tagged(state: &HttpState, row: NoteRow) -> Tagged<NoteView> {
    let version = row.note.version;
    Tagged::new(version, NoteView::new(row, Names(&state.app.config())))
}

/// Writes a note into the record.
#[utoipa::path(
    post, path = "/incidents/{id}/notes", tag = "incidents", operation_id = "add_note",
    params(("id" = IncidentIdText, Path)),
    request_body = NoteBody, responses((status = 201, body = NoteView)),
)]
pub async fn add(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<IncidentIdText>,
    Body(body): Body<NoteBody>,
) -> Result<impl IntoResponse, Problem> {
    let note = state.app.note(&caller, id, body.text).await?;
    let row = state.app.note_of(&caller, id, note).await?;
    let location = format!("/api/v1/incidents/{id}/notes/{note}");
    let version = row.note.version;
    let view = NoteView::new(row, Names(&state.app.config()));
    Ok((
        StatusCode::CREATED,
        etag::tag(version),
        [(LOCATION, location)],
        Json(view),
    ))
}

/// Shows a note with what it said before.
#[utoipa::path(
    get, path = "/incidents/{id}/notes/{note}", tag = "incidents", operation_id = "get_note",
    params(("id" = IncidentIdText, Path), ("note" = NoteIdText, Path)),
    responses((status = 200, body = NoteView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(ids): Path<(IncidentIdText, NoteIdText)>,
) -> Result<Tagged<NoteView>, Problem> {
    let (Id(id), Id(note)) = ids;
    let row = state.app.note_of(&caller, id, note).await?;
    Ok(tagged(&state, row))
}

/// Changes one's own note, for 15 minutes after it was written; what it said before is kept.
#[utoipa::path(
    put, path = "/incidents/{id}/notes/{note}", tag = "incidents", operation_id = "edit_note",
    params(
        ("id" = IncidentIdText, Path), ("note" = NoteIdText, Path),
        ("If-Match" = String, Header, example = "\"v1\""),
    ),
    request_body = NoteBody, responses((status = 200, body = NoteView)),
)]
pub async fn edit(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(ids): Path<(IncidentIdText, NoteIdText)>,
    IfMatch(version): IfMatch,
    Body(body): Body<NoteBody>,
) -> Result<Tagged<NoteView>, Problem> {
    let (Id(id), Id(note)) = ids;
    let row = state
        .app
        .edit_note(&caller, id, note, version, body.text)
        .await?;
    Ok(tagged(&state, row))
}

/// Deletes one's own note, for 15 minutes after it was written: what it said is erased; that there
/// was one stays in the record.
#[utoipa::path(
    delete, path = "/incidents/{id}/notes/{note}", tag = "incidents", operation_id = "delete_note",
    params(
        ("id" = IncidentIdText, Path), ("note" = NoteIdText, Path),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 204)),
)]
pub async fn delete(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(ids): Path<(IncidentIdText, NoteIdText)>,
    version: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    let (Id(id), Id(note)) = ids;
    let expected = version.map(|IfMatch(version)| version);
    state.app.delete_note(&caller, id, note, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}
