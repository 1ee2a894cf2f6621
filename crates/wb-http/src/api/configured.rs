//! What the resources of configuration share: reading within the caller's scope, and answers that
//! carry the object's version.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;
use wb_app::Caller;
use wb_app::configure::Saved;
use wb_core::config::{Config, ObjectId, Permission};

use crate::etag;
use crate::page::{Cursor, Limit, Page};
use crate::problem::Problem;

/// Which page of a list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Items per page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Limit,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
}

impl ListQuery {
    /// The page of a list that stands whole in memory.
    pub fn page<T>(self, all: impl IntoIterator<Item = (Uuid, T)>) -> Json<Page<T>> {
        Json(Page::cut(all, self.cursor, self.limit))
    }
}

/// An object's representation with its version as ETag.
pub struct Tagged<T> {
    version: u32,
    created_at: Option<String>,
    body: T,
}

impl<T> Tagged<T> {
    /// An object that was read or changed.
    pub const fn new(version: u32, body: T) -> Self {
        Self {
            version,
            created_at: None,
            body,
        }
    }

    /// An object that was created, and where it is found.
    pub const fn created(version: u32, path: String, body: T) -> Self {
        Self {
            version,
            created_at: Some(path),
            body,
        }
    }
}

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let tag = etag::tag(self.version);
        match self.created_at {
            None => (tag, Json(self.body)).into_response(),
            Some(path) => (
                StatusCode::CREATED,
                tag,
                [(LOCATION, path)],
                Json(self.body),
            )
                .into_response(),
        }
    }
}

/// Makes sure the caller may see an object; what they may not see does not exist for them.
///
/// # Errors
/// [`Problem::not_found`].
pub fn readable(caller: &Caller, config: &Config, id: ObjectId) -> Result<(), Problem> {
    let team = config.team_of(id).ok_or_else(Problem::not_found)?;
    if caller.scope.allows(Permission::Read, team) {
        Ok(())
    } else {
        Err(Problem::not_found())
    }
}

/// The problem of a use case that answered with an object of another kind: a defect of ours.
#[must_use]
pub fn wrong_kind(saved: &Saved) -> Problem {
    tracing::error!(id = %saved.id(), "a use case answered with an object of another kind");
    Problem::internal()
}
