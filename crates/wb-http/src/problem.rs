//! The one error envelope: problem details (RFC 9457) with a stable code and words on how to mend.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, ETAG, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use wb_app::AppError;
use wb_core::incident::IncidentError;
use wb_ports::catalogue;

/// What went wrong, as the API answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem; the code as a URI.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    kind: Box<str>,
    /// The HTTP status.
    status: u16,
    /// Stable: programs may decide by it.
    #[schema(value_type = String)]
    code: &'static str,
    /// What went wrong, in a line.
    #[schema(value_type = String)]
    title: Box<str>,
    /// What holds, and how to mend it.
    #[schema(value_type = String)]
    detail: Box<str>,
    /// Each thing that is wrong with what was sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldIssue>,
    #[serde(skip)]
    retry_after_s: Option<u64>,
    #[serde(skip)]
    version: Option<u32>,
}

/// One thing that is wrong with what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldIssue {
    /// Where: a path such as `steps[1].targets[0]`; empty for the whole body.
    pub field: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// The media type of problem details.
pub const PROBLEM_JSON: &str = "application/problem+json";

impl Problem {
    /// A problem whose words are the catalogue's `api.errors.<code>`.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, values: &[catalogue::Named<'_>]) -> Self {
        Self {
            kind: format!("urn:watchbell:problem:{code}").into(),
            status: status.as_u16(),
            code,
            title: catalogue::text(&format!("api.errors.{code}.title"), values).into(),
            detail: catalogue::text(&format!("api.errors.{code}.detail"), values).into(),
            errors: Vec::new(),
            retry_after_s: None,
            version: None,
        }
    }

    /// What was sent cannot be used.
    #[must_use]
    pub fn invalid(errors: Vec<FieldIssue>) -> Self {
        let count = errors.len();
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            &[("count", &count)],
        );
        problem.errors = errors;
        problem
    }

    /// What was sent cannot be read.
    #[must_use]
    pub fn unreadable(field: impl Into<String>, message: impl Into<String>) -> Self {
        let mut problem = Self::new(StatusCode::BAD_REQUEST, "unreadable", &[]);
        problem.errors = vec![FieldIssue {
            field: field.into(),
            message: message.into(),
        }];
        problem
    }

    /// There is no such thing, or the caller may not see it.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", &[])
    }

    /// The caller may not do this.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", &[])
    }

    /// Nobody is signed in.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", &[])
    }

    /// A defect of ours; the log has the rest under the same request id.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", &[])
    }

    /// The same, with when to try again.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Whether the same request may do better later.
    #[must_use]
    pub fn is_for_now(&self) -> bool {
        self.status().is_server_error() || self.status() == StatusCode::TOO_MANY_REQUESTS
    }

    /// Asking others to help, and their answers.
    fn of_help(error: IncidentError) -> Self {
        let field = |field: &str, key: &str, max: usize| {
            Self::invalid(vec![FieldIssue {
                field: field.to_owned(),
                message: catalogue::text(key, &[("max", &max)]),
            }])
        };
        match error {
            IncidentError::HelpTargets => field(
                "targets",
                "api.help_targets",
                wb_core::limits::TARGETS_PER_STEP,
            ),
            IncidentError::HelpMessageLength => field(
                "message",
                "api.help_message",
                wb_core::limits::HELP_MESSAGE_CHARS,
            ),
            IncidentError::TooManyResponders => {
                let limit = wb_core::limits::RESPONDERS_PER_INCIDENT;
                let values: [catalogue::Named<'_>; 1] = [("limit", &limit)];
                Self::new(StatusCode::CONFLICT, "too_many_responders", &values)
            }
            IncidentError::NotAsked => Self::new(StatusCode::CONFLICT, "not_asked", &[]),
            _ => Self::new(StatusCode::CONFLICT, "nobody_to_help", &[]),
        }
    }

    fn of_incident(error: IncidentError) -> Self {
        let conflict = |code| Self::new(StatusCode::CONFLICT, code, &[]);
        match error {
            IncidentError::AlreadyResolved => conflict("already_resolved"),
            IncidentError::NotAcknowledged => conflict("not_acknowledged"),
            IncidentError::NotResolved => conflict("not_resolved"),
            IncidentError::NotSnoozed => conflict("not_snoozed"),
            IncidentError::NoPolicy => conflict("no_policy"),
            IncidentError::NoSuchStep { steps } => Self::invalid(vec![FieldIssue {
                field: "step".to_owned(),
                message: catalogue::plural("api.no_such_step", steps as u64, &[]),
            }]),
            IncidentError::SnoozeTime => {
                let days = wb_core::limits::SNOOZE_MAX_S / 86_400;
                Self::invalid(vec![FieldIssue {
                    field: "until".to_owned(),
                    message: catalogue::text("api.snooze_time", &[("days", &days)]),
                }])
            }
            IncidentError::UnknownAttempt => conflict("unknown_attempt"),
            IncidentError::Merged { into } => {
                Self::new(StatusCode::CONFLICT, "merged", &[("into", &into)])
            }
            IncidentError::MergeIntoItself => conflict("merge_into_itself"),
            IncidentError::MergeTargetResolved => conflict("merge_target_resolved"),
            IncidentError::TooManyAlerts => {
                let limit = wb_core::limits::ALERTS_PER_INCIDENT;
                Self::new(
                    StatusCode::CONFLICT,
                    "too_many_alerts",
                    &[("limit", &limit)],
                )
            }
            IncidentError::HelpTargets
            | IncidentError::HelpMessageLength
            | IncidentError::NobodyToHelp
            | IncidentError::TooManyResponders
            | IncidentError::NotAsked => Self::of_help(error),
            IncidentError::NoteOfAnother => {
                Self::new(StatusCode::FORBIDDEN, "note_of_another", &[])
            }
            IncidentError::NoteTooOld => {
                let minutes = wb_core::limits::NOTE_EDIT_S / 60;
                Self::new(
                    StatusCode::CONFLICT,
                    "note_too_old",
                    &[("minutes", &minutes)],
                )
            }
            IncidentError::NoteDeleted => conflict("note_deleted"),
            IncidentError::NoteLength => Self::invalid(vec![FieldIssue {
                field: "text".to_owned(),
                message: catalogue::text(
                    "api.note_length",
                    &[("limit", &wb_core::limits::NOTE_BYTES)],
                ),
            }]),
        }
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound => Self::not_found(),
            AppError::Forbidden => Self::forbidden(),
            AppError::Invalid(problems) => Self::invalid(
                problems
                    .into_iter()
                    .map(|p| FieldIssue {
                        field: p.field,
                        message: p.message,
                    })
                    .collect(),
            ),
            AppError::Edited { current } => {
                let mut problem = Self::new(
                    StatusCode::PRECONDITION_FAILED,
                    "edited",
                    &[("version", &current)],
                );
                problem.version = Some(current);
                problem
            }
            AppError::InUse(by) => {
                let names = by.join(", ");
                Self::new(StatusCode::CONFLICT, "in_use", &[("by", &names)])
            }
            AppError::Incident(error) => Self::of_incident(error),
            AppError::Backup(error) => error.into(),
            AppError::Busy { retry_after_ms } => {
                let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "busy", &[]);
                problem.retry_after_s = Some(retry_after_ms.div_ceil(1_000).max(1));
                problem
            }
            AppError::CodesTooOften { retry_after_s } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "codes_too_often",
                &[("seconds", &retry_after_s)],
            )
            .retry_after(u64::from(retry_after_s)),
            AppError::TestsTooOften { retry_after_s } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "tests_too_often",
                &[("seconds", &retry_after_s)],
            )
            .retry_after(u64::from(retry_after_s)),
            AppError::Unavailable(reason) => {
                tracing::error!(%reason, "the store is not available");
                let mut problem =
                    Self::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", &[]);
                problem.retry_after_s = Some(5);
                problem
            }
            AppError::Unknown => Self::new(StatusCode::SERVICE_UNAVAILABLE, "outcome_unknown", &[]),
            AppError::ConfigMoved | AppError::Internal(_) => {
                tracing::error!(%error, "a request failed by a defect of ours");
                Self::internal()
            }
        }
    }
}

impl From<wb_store::db::Error> for Problem {
    fn from(error: wb_store::db::Error) -> Self {
        AppError::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(version) = self.version
            && let Ok(tag) = HeaderValue::from_str(&format!("\"v{version}\""))
        {
            headers.insert(ETAG, tag);
        }
        response
    }
}
