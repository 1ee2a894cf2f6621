//! Swaps: requests that somebody else has a stretch of one's shifts.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::Caller;
use wb_app::configure::{AskSwap, Saved, SwapAnswer};
use wb_core::config::{Config, Object, ObjectId, Swap, SwapState};
use wb_core::ids::SwapId;

use super::configured::{ListQuery, Tagged, readable, wrong_kind};
use super::refs::{Names, Ref};
use crate::extract::{Body, Path, Query};
use crate::identity::Auth;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, ScheduleIdText, SwapIdText, Time, UserIdText};

/// A stretch of time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StretchBounds {
    /// First instant.
    pub from: Time,
    /// First instant after.
    pub to: Time,
}

/// What somebody asks for.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskSwapBody {
    /// First instant of the stretch; it is to come.
    pub from: Time,
    /// First instant after.
    pub to: Time,
    /// Who is asked; null means anyone of the schedule's people.
    #[serde(default)]
    pub asked: Option<UserIdText>,
    /// The stretch of the asked one's shifts that the asker has in return; null without one.
    #[serde(default)]
    pub in_return: Option<StretchBounds>,
    /// Whose shifts; null means whoever asks. For somebody else an admin of the team does.
    #[serde(default)]
    pub asker: Option<UserIdText>,
}

/// Who takes it.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptSwapBody {
    /// Null means whoever answers. For somebody else an admin of the team does.
    #[serde(default)]
    pub by: Option<UserIdText>,
}

/// What a swap is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SwapBody {
    /// Its id.
    pub id: SwapIdText,
    /// The schedule.
    pub schedule: Ref,
    /// Whose shifts they are.
    pub asker: Ref,
    /// First instant of the stretch.
    pub from: Time,
    /// First instant after.
    pub to: Time,
    /// Who is asked; null means anyone of the schedule's people.
    pub asked: Option<Ref>,
    /// The stretch that the asker has in return; null without one.
    pub in_return: Option<StretchBounds>,
    /// Who took it.
    pub accepted_by: Option<Ref>,
}

/// A swap, as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SwapView {
    /// Rises with each answer.
    pub version: u32,
    /// `asked`, `accepted`, `declined`, `withdrawn`, or `expired` when it has begun without an answer.
    #[schema(value_type = String)]
    pub state: &'static str,
    /// Whether the caller may take it.
    pub may_accept: bool,
    /// Whether the caller may decline it.
    pub may_decline: bool,
    /// Whether the caller may take it back.
    pub may_withdraw: bool,
    /// What it is about.
    #[serde(flatten)]
    pub body: SwapBody,
}

impl SwapBody {
    /// What a swap is about, with names.
    #[must_use]
    pub fn of(config: &Config, id: SwapId, swap: &Swap) -> Self {
        let names = Names(config);
        Self {
            id: Id(id),
            schedule: names.schedule(swap.schedule),
            asker: names.user(swap.asker),
            from: Time(swap.from),
            to: Time(swap.to),
            asked: swap.asked.map(|user| names.user(user)),
            in_return: swap.in_return.map(|(from, to)| StretchBounds {
                from: Time(from),
                to: Time(to),
            }),
            accepted_by: match swap.state {
                SwapState::Accepted(by) => Some(names.user(by)),
                _ => None,
            },
        }
    }
}

fn view(state: &HttpState, caller: &Caller, (id, version): (SwapId, u32), swap: &Swap) -> SwapView {
    let config = state.app.config();
    let rights = state.app.swap_rights(&config, caller, swap);
    SwapView {
        version,
        state: swap.word(state.app.now()),
        may_accept: rights.accept,
        may_decline: rights.decline,
        may_withdraw: rights.withdraw,
        body: SwapBody::of(&config, id, swap),
    }
}

fn saved_view(state: &HttpState, caller: &Caller, saved: &Saved) -> Result<SwapView, Problem> {
    let Object::Swap(id, swap) = &saved.object else {
        return Err(wrong_kind(saved));
    };
    Ok(view(state, caller, (*id, saved.version), swap))
}

/// Lists the swaps of the schedules the caller may see that are not over yet.
#[utoipa::path(
    get, path = "/swaps", tag = "schedules", operation_id = "list_swaps", params(ListQuery),
    responses((status = 200, body = Page<SwapView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<SwapView>>, Problem> {
    let config = state.app.config();
    let now = state.app.now();
    let all = config.swaps.iter().filter(|(_, swap)| {
        swap.value.stretches().any(|(_, to)| to > now)
            && readable(&caller, &config, ObjectId::Schedule(swap.value.schedule)).is_ok()
    });
    let views = all.map(|(id, swap)| {
        let shown = view(&state, &caller, (*id, swap.version), &swap.value);
        (id.0, shown)
    });
    Ok(query.page(views))
}

/// Asks somebody, or anyone, to have a stretch of one's shifts. They are told by a notice.
#[utoipa::path(
    post, path = "/schedules/{id}/swaps", tag = "schedules", operation_id = "ask_swap",
    params(("id" = ScheduleIdText, Path)),
    request_body = AskSwapBody, responses((status = 201, body = SwapView)),
)]
pub async fn ask(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(schedule)): Path<ScheduleIdText>,
    Body(body): Body<AskSwapBody>,
) -> Result<Tagged<SwapView>, Problem> {
    let wanted = AskSwap {
        asker: body.asker.map(|asker| asker.0),
        stretch: (body.from.0, body.to.0),
        asked: body.asked.map(|asked| asked.0),
        in_return: body.in_return.map(|back| (back.from.0, back.to.0)),
    };
    let saved = state.app.ask_swap(&caller, schedule, wanted).await?;
    let path = format!("/api/v1/swaps/{}", saved.id());
    let shown = saved_view(&state, &caller, &saved)?;
    Ok(Tagged::created(saved.version, path, shown))
}

async fn answer(
    state: &HttpState,
    caller: &Caller,
    id: SwapId,
    answer: SwapAnswer,
) -> Result<Json<SwapView>, Problem> {
    let saved = state.app.answer_swap(caller, id, answer).await?;
    saved_view(state, caller, &saved).map(Json)
}

/// Takes a swap: the overrides that make it so are written at once.
#[utoipa::path(
    post, path = "/swaps/{id}/accept", tag = "schedules", operation_id = "accept_swap",
    params(("id" = SwapIdText, Path)),
    request_body = AcceptSwapBody, responses((status = 200, body = SwapView)),
)]
pub async fn accept(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<SwapIdText>,
    Body(body): Body<AcceptSwapBody>,
) -> Result<Json<SwapView>, Problem> {
    let by = body.by.map(|by| by.0);
    answer(&state, &caller, id, SwapAnswer::Accept(by)).await
}

/// Declines a swap one was asked for.
#[utoipa::path(
    post, path = "/swaps/{id}/decline", tag = "schedules", operation_id = "decline_swap",
    params(("id" = SwapIdText, Path)), responses((status = 200, body = SwapView)),
)]
pub async fn decline(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<SwapIdText>,
) -> Result<Json<SwapView>, Problem> {
    answer(&state, &caller, id, SwapAnswer::Decline).await
}

/// Takes back what one asked for.
#[utoipa::path(
    post, path = "/swaps/{id}/withdraw", tag = "schedules", operation_id = "withdraw_swap",
    params(("id" = SwapIdText, Path)), responses((status = 200, body = SwapView)),
)]
pub async fn withdraw(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<SwapIdText>,
) -> Result<Json<SwapView>, Problem> {
    answer(&state, &caller, id, SwapAnswer::Withdraw).await
}
