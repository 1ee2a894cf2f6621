//! The API's description, made from the routes themselves.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    Components, Content, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use crate::problem::{FieldIssue, PROBLEM_JSON, Problem};

/// The name of the token's scheme.
const TOKEN: &str = "token";

/// The name of the scheme of a token as a password, for clients that know no other way.
const PASSWORD: &str = "password";

/// The name of the session's scheme.
const SESSION: &str = "session";

/// The document before the routes add themselves.
#[must_use]
pub(crate) fn base() -> OpenApi {
    let mut components = Components::new();
    components
        .schemas
        .insert(Problem::name().into_owned(), Problem::schema());
    components
        .schemas
        .insert(FieldIssue::name().into_owned(), FieldIssue::schema());
    components.add_security_scheme(
        TOKEN,
        SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
    );
    components.add_security_scheme(
        PASSWORD,
        SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)),
    );
    components.add_security_scheme(
        SESSION,
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(
            crate::identity::SESSION_COOKIE,
        ))),
    );
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Watchbell")
                .description(Some(
                    "Incidents, alerts, paging and configuration. Errors are problem details \
                     (RFC 9457) with a stable `code`; lists have `items` and `next`; edits carry \
                     `If-Match`; a POST may carry `Idempotency-Key`. Sessions send `x-csrf-token` \
                     with each change.",
                ))
                .version("v1")
                .build(),
        )
        .components(Some(components))
        .build()
}

/// Adds to every operation what holds for all: who may call, and how errors look.
pub(crate) fn finish(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
        ];
        for operation in operations.into_iter().flatten() {
            finish_operation(operation);
        }
    }
}

fn finish_operation(operation: &mut Operation) {
    if operation.security.is_none() {
        operation.security = Some(vec![
            SecurityRequirement::new(TOKEN, Vec::<String>::new()),
            SecurityRequirement::new(SESSION, Vec::<String>::new()),
        ]);
    }
    let schema = Ref::from_schema_name(Problem::name());
    let problem = ResponseBuilder::new()
        .description("What went wrong, and how to mend it")
        .content(PROBLEM_JSON, Content::new(Some(schema)))
        .build();
    operation
        .responses
        .responses
        .entry("default".to_owned())
        .or_insert(RefOr::T(problem));
}

/// The finished document as JSON, as the router keeps it.
#[derive(Clone)]
pub(crate) struct Document(pub(crate) Bytes);

/// Serves the document.
pub(crate) async fn serve(State(Document(json)): State<Document>) -> Response {
    ([(CONTENT_TYPE, "application/json")], json).into_response()
}
