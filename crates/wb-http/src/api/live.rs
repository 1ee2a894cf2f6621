//! Live events: hints that something changed, over server-sent events.

use core::convert::Infallible;
use core::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream, StreamExt as _};
use serde::Serialize;
use tokio_stream::wrappers::BroadcastStream;
use utoipa::ToSchema;
use wb_app::live::{Listening, Numbered};
use wb_core::config::Scope;

use crate::identity::Auth;
use crate::state::HttpState;

/// How long one connection lives; the browser comes back by itself, and is asked again who it is.
const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// How often a silent connection is kept alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The header by which proxies are told to pass on what comes at once.
const NO_BUFFER: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Something changed; ask for it again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HintView {
    /// What kind of thing, such as `incident`, `service` or `outbox`.
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// Which one; empty when it has no id.
    pub id: String,
    /// Its version now; 0 where it has none.
    pub version: u64,
}

/// Live events.
///
/// An event `hint` for each change the caller may see, with `{kind, id, version}`. Begins with
/// `ready`, or with `reset` when what was missed since `Last-Event-ID` is not known any more: ask for
/// everything again then. Ends after some minutes; come back with `Last-Event-ID`.
#[utoipa::path(
    get,
    path = "/live",
    operation_id = "listen_live",
    tag = "live",
    responses((status = 200, description = "A stream of events", content_type = "text/event-stream", body = HintView)),
)]
pub async fn listen(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    headers: HeaderMap,
) -> impl IntoResponse {
    let node = state.app.node.id.to_string();
    let after = headers.get("last-event-id").map(|value| {
        value
            .to_str()
            .ok()
            .and_then(|id| id.strip_prefix(&node)?.strip_prefix(':')?.parse().ok())
            // An id of another node, or of an earlier start, is one we cannot follow.
            .unwrap_or(u64::MAX)
    });
    let listening = state.app.live.listen(after);
    let events = events(node, listening, caller.scope).take_until(tokio::time::sleep(LIFETIME));
    // Else a proxy in front may keep the hints until it has a page full of them.
    let unbuffered = [(NO_BUFFER, HeaderValue::from_static("no"))];
    (
        unbuffered,
        Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)),
    )
}

fn events(
    node: String,
    listening: Listening,
    scope: Scope,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let Listening {
        missed,
        last,
        hints,
    } = listening;
    let first = match &missed {
        Some(missed) => {
            let from = missed.first().map_or(last, |(number, _)| number - 1);
            ("ready", from)
        }
        None => ("reset", last),
    };
    let greeting = named(&node, first.0, first.1);
    let reset_node = node.clone();
    let coming = BroadcastStream::new(hints).map(move |hint| match hint {
        Ok(numbered) => Told::Hint(numbered),
        Err(_) => Told::Lost,
    });
    let later = stream::iter(missed.into_iter().flatten().map(Told::Hint))
        .chain(coming)
        .filter_map(move |told| {
            let event = match told {
                Told::Hint((number, hint)) => hint.is_for(&scope).then(|| {
                    let view = HintView {
                        kind: hint.kind,
                        id: hint.id,
                        version: hint.version,
                    };
                    let data = serde_json::to_string(&view).unwrap_or_default();
                    named(&reset_node, "hint", number).data(data)
                }),
                // The listener was too slow for this many hints.
                Told::Lost => Some(Event::default().event("reset").data("{}")),
            };
            core::future::ready(event)
        });
    stream::once(core::future::ready(greeting.data("{}")))
        .chain(later)
        .map(Ok)
}

enum Told {
    Hint(Numbered),
    Lost,
}

fn named(node: &str, name: &str, number: u64) -> Event {
    Event::default().event(name).id(format!("{node}:{number}"))
}
