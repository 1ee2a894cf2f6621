//! The monthly tests of contact methods.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wb_app::rechecks::Proof;
use wb_core::incident::FailureReason;
use wb_core::recheck::is_overdue;
use wb_core::time::Timestamp;

use super::configured::ListQuery;
use crate::extract::{Path, Query};
use crate::identity::Auth;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, MethodIdText, Time, UserIdText};

/// A contact method that was proved, and how its tests went.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecheckView {
    /// Whose.
    pub user: UserIdText,
    /// Which.
    pub method: MethodIdText,
    /// What its person calls it.
    pub name: String,
    /// When it was last seen to reach them: by a code, a test, or a page that they answered by its
    /// link.
    pub confirmed_at: Time,
    /// When it was last tested; null when it was not yet.
    pub asked_at: Option<Time>,
    /// When the first test was asked for that nobody answered since; null when nothing is open.
    pub unanswered_since: Option<Time>,
    /// Whether it has been unanswered for a week or more: somebody should look. Pages go there all
    /// the same.
    pub overdue: bool,
    /// When a provider took the newest test.
    pub sent_at: Option<Time>,
    /// Why none took it, in a word, once that is given up.
    #[schema(value_type = Option<String>)]
    pub failed: Option<&'static str>,
}

impl RecheckView {
    fn new(proof: Proof, now: Timestamp) -> Self {
        let tests = proof.tests;
        let open = tests.and_then(|tests| tests.unanswered_since);
        Self {
            user: Id(proof.user),
            method: Id(proof.method),
            name: proof.name,
            confirmed_at: Time(proof.confirmed_at),
            asked_at: tests.and_then(|tests| tests.asked_at).map(Time),
            unanswered_since: open.map(Time),
            overdue: open.is_some_and(|since| is_overdue(since, now)),
            sent_at: tests.and_then(|tests| tests.sent_at).map(Time),
            failed: tests
                .and_then(|tests| tests.failed)
                .map(FailureReason::word),
        }
    }
}

/// Lists the contact methods that were proved, and how their monthly tests went: your own, or, for an
/// admin, everybody's.
#[utoipa::path(
    get, path = "/rechecks", tag = "users", operation_id = "list_rechecks", params(ListQuery),
    responses((status = 200, body = Page<RecheckView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<RecheckView>>, Problem> {
    let mut proofs = state.app.proofs(&caller).await?;
    proofs.sort_by_key(|proof| proof.method);
    let now = state.app.now();
    Ok(query.page(proofs.into_iter().map(|proof| {
        let id = proof.method.0;
        (id, RecheckView::new(proof, now))
    })))
}

/// Sends a test over a contact method that was proved, with a link by which its person confirms it.
#[utoipa::path(
    post, path = "/users/{id}/methods/{method}/recheck", tag = "users",
    operation_id = "recheck_method",
    params(("id" = UserIdText, Path), ("method" = MethodIdText, Path)),
    responses((status = 200, body = RecheckView)),
)]
pub async fn ask(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path((id, method)): Path<(UserIdText, MethodIdText)>,
) -> Result<Json<RecheckView>, Problem> {
    let proof = state.app.recheck(&caller, id.0, method.0).await?;
    Ok(Json(RecheckView::new(proof, state.app.now())))
}
