//! The page behind the link in a test of a contact method.

use axum::http::StatusCode;
use axum::response::Response;
use wb_app::AppError;
use wb_app::rechecks::{RecheckLink, Rechecked};
use wb_ports::catalogue;

use super::page::{self, FormView, MessagePage};
use crate::state::HttpState;

/// Asks for the confirmation; changes nothing.
pub(super) fn ask(state: &HttpState, token: &str, link: &RecheckLink) -> Response {
    let Some(rechecked) = state.app.rechecked(link) else {
        return ended(state);
    };
    let form = FormView {
        action: format!("/l/{token}"),
        nonce: state.app.nonce(token),
        what: "confirm",
        button: catalogue::text("link.recheck.confirm", &[]),
        is_primary: true,
        hint: Some(catalogue::text("link.recheck.hint", &[])),
    };
    show(state, "ask", &rechecked, Some(form))
}

/// Notes that the test reached its person.
pub(super) async fn confirm(state: &HttpState, link: &RecheckLink) -> Response {
    match state.app.confirm_recheck(link).await {
        Ok(rechecked) => show(state, "done", &rechecked, None),
        Err(AppError::NotFound) => ended(state),
        Err(error) => page::refuse(state, &error),
    }
}

fn ended(state: &HttpState) -> Response {
    page::message(state, StatusCode::GONE, "recheck_ended")
}

fn show(state: &HttpState, key: &str, of: &Rechecked, form: Option<FormView>) -> Response {
    let values: [catalogue::Named<'_>; 2] = [("name", &of.person), ("method", &of.method)];
    let text = |part: &str| catalogue::text(&format!("link.recheck.{key}.{part}"), &values);
    let (heading, text) = (text("heading"), text("text"));
    page::show_message(
        state,
        StatusCode::OK,
        &MessagePage::new(heading, text).with_form(form),
    )
}
