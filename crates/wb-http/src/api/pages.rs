//! Who was told, and what became of each message.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use wb_core::config::{Config, Duty, Target};
use wb_core::ids::{DeliveryId, MethodId};
use wb_core::incident::{
    Attempt, AttemptOutcome, Delivery, DeliveryState, FailureReason, Incident, Page, PageWhy,
    Recipient,
};
use wb_ports::catalogue;

use super::record::{held_text, together_text};
use super::refs::{Names, RecipientView, channel_label, shown};
use crate::values::{BundleIdText, DeliveryIdText, Id, MethodIdText, PageIdText, Time};

/// A recipient is to be told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PageView {
    /// Its id.
    pub id: PageIdText,
    /// Who is told.
    pub recipient: RecipientView,
    /// When it was decided.
    pub at: Time,
    /// In which climb of the ladder, counted from 1.
    pub cycle: u32,
    /// By which step, counted from 1; null when a person reassigned the incident.
    pub step: Option<u32>,
    /// Why this recipient, in words.
    pub why: String,
    /// What they are on call for; null when they were not paged because they are on call. A shadow is
    /// told and never counted on.
    #[schema(value_type = Option<String>)]
    pub duty: Option<&'static str>,
    /// By which ways.
    pub deliveries: Vec<DeliveryView>,
}

/// A page over one contact method or endpoint.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// Its id.
    pub id: DeliveryIdText,
    /// The contact method; null for an endpoint.
    pub method: Option<MethodIdText>,
    /// What the person calls the method.
    pub method_name: Option<String>,
    /// The channel's name.
    pub channel: String,
    /// What people call the channel.
    pub channel_label: String,
    /// When it was planned to go out.
    pub due_at: Time,
    /// `planned`, `sent`, `given_up` or `cancelled`.
    #[schema(value_type = String)]
    pub state: &'static str,
    /// Until when it is held back, because much went to this address; null when it is not.
    pub held_until: Option<Time>,
    /// What became of it, in words.
    pub text: String,
    /// What was tried.
    pub attempts: Vec<AttemptView>,
}

/// One try with one provider.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttemptView {
    /// 1 for the first.
    pub number: u32,
    /// When it was claimed.
    pub claimed_at: Time,
    /// When its outcome was known.
    pub finished_at: Time,
    /// `accepted`, `retry`, `given_up` or `withheld`.
    #[schema(value_type = String)]
    pub outcome: &'static str,
    /// Why it failed, as a stable word.
    #[schema(value_type = Option<String>)]
    pub reason: Option<&'static str>,
    /// What became of it, in words.
    pub text: String,
    /// What the provider said; null when nothing, or when it was deleted after its time.
    pub detail: Option<String>,
    /// When it is tried again.
    pub retry_at: Option<Time>,
    /// An earlier attempt's answer was lost, so the recipient may have been told twice.
    pub possible_duplicate: bool,
    /// How many other deliveries went with it in one message; 0 when it went alone.
    pub others: u32,
    /// The message it went in, which the attempts of the others name too; null when it went alone.
    pub message: Option<BundleIdText>,
}

/// What providers said, by delivery and number of the attempt.
pub type Details = BTreeMap<(DeliveryId, u32), String>;

/// The pages of an incident.
#[must_use]
pub fn views(incident: &Incident, details: &Details, config: &Config) -> Vec<PageView> {
    incident
        .pages
        .iter()
        .map(|page| view(page, details, config))
        .collect()
}

fn view(page: &Page, details: &Details, config: &Config) -> PageView {
    PageView {
        id: Id(page.id),
        recipient: Names(config).recipient(page.recipient),
        at: Time(page.at),
        cycle: page.cycle.saturating_add(1),
        step: page.step.map(|step| step.saturating_add(1)),
        why: why(page.why, page.step, Names(config)),
        duty: match page.why {
            PageWhy::OnCall { duty, .. } => Some(duty.word()),
            _ => None,
        },
        deliveries: page
            .deliveries
            .iter()
            .map(|delivery| delivery_view(page.recipient, delivery, details, config))
            .collect(),
    }
}

/// Why a recipient was chosen, in words.
#[must_use]
pub fn why(why: PageWhy, step: Option<u32>, names: Names<'_>) -> String {
    let Some(step) = step.map(|step| step.saturating_add(1)) else {
        return match why {
            PageWhy::Reassigned => catalogue::text("record.why.reassigned", &[]),
            PageWhy::Louder => catalogue::text("record.why.louder", &[]),
            PageWhy::Asked { .. } => catalogue::text("record.why.asked", &[]),
            PageWhy::Target(target) => {
                let target = names.target(target);
                catalogue::text("record.why.fallback", &[("target", &target)])
            }
            PageWhy::OnCall { schedule, .. } => {
                let target = names.target(Target::Schedule(schedule));
                catalogue::text("record.why.fallback", &[("target", &target)])
            }
        };
    };
    match why {
        PageWhy::Target(target) => catalogue::text(
            "record.why.target",
            &[("step", &step), ("target", &names.target(target))],
        ),
        PageWhy::OnCall {
            schedule,
            why: on_call,
            duty,
            ..
        } => {
            let schedule = shown(&names.schedule(schedule));
            let values: [catalogue::Named<'_>; 2] = [("step", &step), ("schedule", &schedule)];
            let key = match duty {
                Duty::Shadow => "record.why.shadow",
                Duty::Coordinate => "record.why.coordinate",
                Duty::Act if on_call.swap.is_some() => "record.why.swap",
                Duty::Act if on_call.overridden_by.is_some() => "record.why.override",
                Duty::Act if on_call.holiday.is_some() => "record.why.holiday",
                Duty::Act => "record.why.on_call",
            };
            catalogue::text(key, &values)
        }
        PageWhy::Reassigned => catalogue::text("record.why.reassigned", &[]),
        PageWhy::Louder => catalogue::text("record.why.louder", &[]),
        PageWhy::Asked { .. } => catalogue::text("record.why.asked", &[]),
    }
}

fn delivery_view(
    recipient: Recipient,
    delivery: &Delivery,
    details: &Details,
    config: &Config,
) -> DeliveryView {
    let last = delivery.attempts.last();
    let held = delivery.held_back.as_ref();
    let held = held.filter(|_| delivery.state == DeliveryState::Planned);
    DeliveryView {
        id: Id(delivery.id),
        method: delivery.method.map(Id),
        method_name: delivery
            .method
            .and_then(|id| method_name(recipient, id, config)),
        channel: delivery.channel.clone(),
        channel_label: channel_label(&delivery.channel),
        due_at: Time(delivery.due_at),
        state: state_word(delivery.state),
        held_until: held.map(|held| Time(held.until)),
        text: held.map_or_else(|| delivery_text(delivery.state, last), held_text),
        attempts: delivery
            .attempts
            .iter()
            .map(|attempt| attempt_view(delivery.id, attempt, details))
            .collect(),
    }
}

fn method_name(recipient: Recipient, id: MethodId, config: &Config) -> Option<String> {
    let Recipient::Person(user) = recipient else {
        return None;
    };
    let user = config.users.get(&user)?;
    let method = user.value.methods.iter().find(|method| method.id == id)?;
    Some(method.name.clone())
}

const fn state_word(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Planned => "planned",
        DeliveryState::Sent => "sent",
        DeliveryState::GivenUp => "given_up",
        DeliveryState::Cancelled => "cancelled",
    }
}

fn delivery_text(state: DeliveryState, last: Option<&Attempt>) -> String {
    match (state, last.map(|attempt| attempt.outcome)) {
        (DeliveryState::Planned, Some(AttemptOutcome::Retry { reason, .. })) => catalogue::text(
            "record.delivery.retrying",
            &[("reason", &reason_text(reason))],
        ),
        (DeliveryState::GivenUp, Some(AttemptOutcome::GivenUp { reason })) => catalogue::text(
            "record.delivery.failed",
            &[("reason", &reason_text(reason))],
        ),
        (DeliveryState::Planned, _) => catalogue::text("record.delivery.planned", &[]),
        (DeliveryState::Sent, _) => match last.and_then(|attempt| attempt.together) {
            Some(together) => catalogue::plural(
                "record.delivery.sent_together",
                u64::from(together.others),
                &[],
            ),
            None => catalogue::text("record.delivery.sent", &[]),
        },
        (DeliveryState::GivenUp, _) => catalogue::text("record.delivery.given_up", &[]),
        (DeliveryState::Cancelled, _) => catalogue::text("record.delivery.cancelled", &[]),
    }
}

fn attempt_view(delivery: DeliveryId, attempt: &Attempt, details: &Details) -> AttemptView {
    let (outcome, reason, retry_at) = match attempt.outcome {
        AttemptOutcome::Accepted => ("accepted", None, None),
        AttemptOutcome::Retry { reason, at } => ("retry", Some(reason), Some(Time(at))),
        AttemptOutcome::GivenUp { reason } => ("given_up", Some(reason), None),
        AttemptOutcome::Withheld => ("withheld", None, None),
    };
    AttemptView {
        number: attempt.number,
        claimed_at: Time(attempt.claimed_at),
        finished_at: Time(attempt.finished_at),
        outcome,
        reason: reason.map(FailureReason::word),
        text: attempt_text(attempt),
        detail: details
            .get(&(delivery, attempt.number))
            .filter(|detail| !detail.is_empty())
            .cloned(),
        retry_at,
        possible_duplicate: attempt.possible_duplicate,
        others: attempt.together.map_or(0, |together| together.others),
        message: attempt.together.map(|together| Id(together.message)),
    }
}

fn attempt_text(attempt: &Attempt) -> String {
    let outcome = outcome_text(attempt.outcome);
    match attempt.together {
        Some(together) => format!("{outcome} {}", together_text(attempt.outcome, together)),
        None => outcome,
    }
}

/// What became of an attempt, in words.
#[must_use]
pub fn outcome_text(outcome: AttemptOutcome) -> String {
    match outcome {
        AttemptOutcome::Accepted => catalogue::text("record.outcome.accepted", &[]),
        AttemptOutcome::Retry { reason, .. } => {
            catalogue::text("record.outcome.retry", &[("reason", &reason_text(reason))])
        }
        AttemptOutcome::GivenUp { reason } => catalogue::text(
            "record.outcome.given_up",
            &[("reason", &reason_text(reason))],
        ),
        AttemptOutcome::Withheld => catalogue::text("record.outcome.withheld", &[]),
    }
}

fn reason_text(reason: FailureReason) -> String {
    catalogue::text(&format!("record.reason.{}", reason.word()), &[])
}
