//! Arbitrary values of the core's types, for properties of their stored forms.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;
use wb_core::actor::{Actor, Via};
use wb_core::alert::{Alert, AlertFact};
use wb_core::bundle::{HeldBack, Together};
use wb_core::config::{Duty, Target};
use wb_core::event::{Event, EventAction, EventImage, EventLink, EventNote, Severity, Urgency};
use wb_core::ids::UserId;
use wb_core::incident::{
    Answer, Attempt, AttemptOutcome, Cause, Delivery, DeliveryState, Escalation, EscalationState,
    FailureReason, HelpFrom, Incident, IncidentFact, IncidentState, Merged, NewDelivery, NextStep,
    NotTold, Page, PageWhy, PolicyRef, ReassignTo, Recipient, Responder, Snooze, TurnTaken, Unmet,
};
use wb_core::oncall;
use wb_core::time::Timestamp;

macro_rules! id {
    ($name:ident) => {
        any::<u128>().prop_map(|n| wb_core::ids::$name(Uuid::from_u128(n)))
    };
}

mod config;
mod facts;

pub(super) use config::object;
pub(super) use facts::incident_fact;

/// Text with everything that JSON has trouble with.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,12}",
        Just(String::new()),
        Just("a\0\"\\\u{2028}\u{fffd}é𝄞".to_owned())
    ]
}

fn opt_text() -> impl Strategy<Value = Option<String>> {
    option::of(text())
}

fn at() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp::from_micros)
}

fn severity() -> impl Strategy<Value = Severity> {
    select(&Severity::ALL[..])
}

fn urgency() -> impl Strategy<Value = Urgency> {
    select(&Urgency::ALL[..])
}

pub(super) fn actor() -> impl Strategy<Value = Actor> {
    prop_oneof![
        Just(Actor::System),
        Just(Actor::Anonymous),
        id!(UserId).prop_map(Actor::User),
        id!(IntegrationId).prop_map(Actor::Integration),
    ]
}

fn via() -> impl Strategy<Value = Via> {
    prop_oneof![
        Just(Via::Web),
        Just(Via::System),
        id!(TokenId).prop_map(Via::Api),
        id!(DeliveryId).prop_map(Via::Link),
        id!(SignalId).prop_map(Via::Signal),
    ]
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        Just(Target::Admins),
        id!(UserId).prop_map(Target::User),
        id!(ScheduleId).prop_map(Target::Schedule),
        id!(TeamId).prop_map(Target::Team),
        id!(EndpointId).prop_map(Target::Endpoint),
    ]
}

fn note() -> impl Strategy<Value = EventNote> {
    prop_oneof![
        any::<u32>().prop_map(|characters| EventNote::SummaryLong { characters }),
        any::<u32>().prop_map(|count| EventNote::CharactersReplaced { count }),
        text().prop_map(|given| EventNote::TimestampUnreadable { given }),
        vec(text(), 0..3).prop_map(|names| EventNote::UnknownFields { names }),
        (text(), text()).prop_map(|(field, why)| EventNote::LeftOut { field, why }),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let action = select(
        &[
            EventAction::Trigger,
            EventAction::Acknowledge,
            EventAction::Resolve,
        ][..],
    );
    let link = (text(), opt_text()).prop_map(|(href, text)| EventLink { href, text });
    let image =
        (text(), opt_text(), opt_text()).prop_map(|(src, href, alt)| EventImage { src, href, alt });
    let must = (action, text(), severity(), text(), text(), at());
    let may = (
        opt_text(),
        opt_text(),
        opt_text(),
        opt_text(),
        opt_text(),
        opt_text(),
    );
    let lists = (vec(link, 0..3), vec(image, 0..3), vec(note(), 0..3));
    (must, may, lists).prop_map(|(must, may, (links, images, notes))| {
        let (action, dedup_key, severity, summary, source, occurred_at) = must;
        let (component, group, class, details, client, client_url) = may;
        Event {
            action,
            dedup_key,
            severity,
            summary,
            source,
            component,
            group,
            class,
            occurred_at,
            details,
            links,
            images,
            client,
            client_url,
            notes,
        }
    })
}

pub(super) fn alert() -> impl Strategy<Value = Alert> {
    let ids = (
        id!(AlertId),
        id!(IntegrationId),
        id!(ServiceId),
        id!(TeamId),
        id!(IncidentId),
    );
    let rest = (
        severity(),
        urgency(),
        at(),
        option::of(at()),
        at(),
        id!(SignalId),
        event(),
    );
    (ids, rest).prop_map(|((id, integration, service, team, incident), rest)| {
        let (severity, urgency, opened_at, resolved_at, updated_at, opened_by, event) = rest;
        Alert {
            id,
            integration,
            service,
            team,
            incident,
            severity,
            urgency,
            opened_at,
            resolved_at,
            updated_at,
            opened_by,
            event,
        }
    })
}

pub(super) fn alert_fact() -> impl Strategy<Value = AlertFact> {
    let raised = (severity(), urgency(), id!(SignalId), 0..1_u64 << 53);
    let resolved = (option::of(id!(SignalId)), 0..1_u64 << 53);
    prop_oneof![
        alert().prop_map(|alert| AlertFact::Opened {
            alert: alert.id,
            integration: alert.integration,
            service: alert.service,
            team: alert.team,
            incident: alert.incident,
            severity: alert.severity,
            urgency: alert.urgency,
            signal: alert.opened_by,
            event: Box::new(alert.event),
        }),
        raised.prop_map(|(to, urgency, signal, count)| AlertFact::SeverityRaised {
            to,
            urgency,
            signal,
            count
        }),
        resolved.prop_map(|(signal, count)| AlertFact::Resolved { signal, count }),
        (id!(IncidentId), 0..1_u64 << 53).prop_map(|(to, count)| AlertFact::Moved { to, count }),
    ]
}

fn policy_ref() -> impl Strategy<Value = PolicyRef> {
    (id!(PolicyId), any::<u32>()).prop_map(|(id, version)| PolicyRef { id, version })
}

fn cause() -> impl Strategy<Value = Cause> {
    prop_oneof![
        (id!(AlertId), id!(SignalId)).prop_map(|(alert, signal)| Cause::Alert { alert, signal }),
        via().prop_map(|via| Cause::Declared { via }),
    ]
}

fn recipient() -> impl Strategy<Value = Recipient> {
    prop_oneof![
        id!(UserId).prop_map(Recipient::Person),
        id!(EndpointId).prop_map(Recipient::Endpoint),
    ]
}

fn page_why() -> impl Strategy<Value = PageWhy> {
    let why = (
        option::of(id!(RotationId)),
        option::of(-9_999..9_999_i64),
        option::of(id!(OverrideId)),
        option::of(id!(UserId)),
        option::of(id!(SwapId)),
        option::of(config::civil_date()),
    )
        .prop_map(
            |(rotation, turn, overridden_by, covers, swap, holiday)| oncall::Why {
                rotation,
                turn,
                overridden_by,
                covers,
                swap,
                holiday,
            },
        );
    prop_oneof![
        Just(PageWhy::Reassigned),
        Just(PageWhy::Louder),
        id!(RequestId).prop_map(|request| PageWhy::Asked { request }),
        target().prop_map(PageWhy::Target),
        (id!(ScheduleId), any::<u32>(), select(&Duty::ALL[..]), why).prop_map(
            |(schedule, version, duty, why)| PageWhy::OnCall {
                schedule,
                version,
                duty,
                why,
            }
        ),
    ]
}

fn outcome() -> impl Strategy<Value = AttemptOutcome> {
    let reason = || select(&FailureReason::ALL[..]);
    prop_oneof![
        Just(AttemptOutcome::Accepted),
        Just(AttemptOutcome::Withheld),
        (reason(), at()).prop_map(|(reason, at)| AttemptOutcome::Retry { reason, at }),
        reason().prop_map(|reason| AttemptOutcome::GivenUp { reason }),
    ]
}

fn together() -> impl Strategy<Value = Together> {
    (id!(BundleId), any::<u32>()).prop_map(|(message, others)| Together { message, others })
}

fn held_back() -> impl Strategy<Value = HeldBack> {
    (at(), any::<u32>(), any::<u32>()).prop_map(|(until, sent, within_s)| HeldBack {
        until,
        sent,
        within_s,
    })
}

fn delivery() -> impl Strategy<Value = Delivery> {
    let states = [
        DeliveryState::Planned,
        DeliveryState::Sent,
        DeliveryState::GivenUp,
        DeliveryState::Cancelled,
    ];
    let together = option::of(together());
    let attempt = (any::<u32>(), at(), at(), outcome(), any::<bool>(), together);
    let attempt = attempt.prop_map(
        |(number, claimed_at, finished_at, outcome, duplicate, together)| Attempt {
            number,
            claimed_at,
            finished_at,
            outcome,
            possible_duplicate: duplicate,
            together,
        },
    );
    let parts = (
        id!(DeliveryId),
        option::of(id!(MethodId)),
        text(),
        at(),
        select(states.to_vec()),
        option::of(held_back()),
        vec(attempt, 0..3),
    );
    parts.prop_map(
        |(id, method, channel, due_at, state, held_back, attempts)| Delivery {
            id,
            method,
            channel,
            due_at,
            state,
            held_back,
            attempts,
        },
    )
}

fn page() -> impl Strategy<Value = Page> {
    let parts = (
        id!(PageId),
        recipient(),
        any::<u32>(),
        any::<u32>(),
        option::of(any::<u32>()),
        at(),
        page_why(),
        vec(delivery(), 0..3),
    );
    parts.prop_map(
        |(id, recipient, recipient_version, cycle, step, at, why, deliveries)| Page {
            id,
            recipient,
            recipient_version,
            cycle,
            step,
            at,
            why,
            deliveries,
        },
    )
}

fn escalation() -> impl Strategy<Value = Escalation> {
    let state = prop_oneof![
        Just(EscalationState::Off),
        Just(EscalationState::Exhausted),
        at().prop_map(EscalationState::Due),
        option::of(at()).prop_map(|was_due| EscalationState::Held { was_due }),
    ];
    let parts = (any::<u32>(), any::<u32>(), state, any::<bool>());
    parts.prop_map(|(cycle, next_step, state, fell_back)| Escalation {
        cycle,
        next_step,
        state,
        fell_back,
    })
}

type TimesOut = (
    Option<Timestamp>,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<Timestamp>,
);

/// What time does to an incident, and who is waited for.
fn timers() -> impl Strategy<Value = (Option<Snooze>, TimesOut, BTreeMap<UserId, bool>)> {
    let snooze = (at(), any::<bool>()).prop_map(|(until, was_acknowledged)| Snooze {
        until,
        was_acknowledged,
    });
    let times_out = (
        option::of(at()),
        option::of(at()),
        option::of(at()),
        option::of(at()),
    );
    let awaited = btree_map(id!(UserId), any::<bool>(), 0..3);
    (option::of(snooze), times_out, awaited)
}

fn responder() -> impl Strategy<Value = Responder> {
    let answer = (any::<bool>(), at()).prop_map(|(accepted, at)| Answer { accepted, at });
    let by = prop_oneof![
        id!(UserId).prop_map(Actor::User),
        id!(IntegrationId).prop_map(Actor::Integration)
    ];
    let parts = (id!(UserId), id!(RequestId), by, at(), option::of(answer));
    parts.prop_map(|(user, request, by, asked_at, answer)| Responder {
        user,
        request,
        by,
        asked_at,
        answer,
    })
}

pub(super) fn incident() -> impl Strategy<Value = Incident> {
    let ids = (
        id!(IncidentId),
        id!(ServiceId),
        id!(TeamId),
        option::of(id!(UserId)),
    );
    let words = (
        text(),
        text(),
        severity(),
        urgency(),
        select(&IncidentState::ALL[..]),
        cause(),
    );
    let times = (at(), option::of(at()), option::of(at()), at());
    let alerts = btree_map(id!(AlertId), any::<bool>(), 0..3);
    let stopped = vec(id!(DeliveryId), 0..3);
    let merged = (id!(IncidentId), vec(id!(AlertId), 0..3))
        .prop_map(|(into, alerts)| Merged { into, alerts });
    let merges = (option::of(merged), vec(id!(IncidentId), 0..3));
    let rest = (
        option::of(policy_ref()),
        alerts,
        escalation(),
        vec(page(), 0..3),
        stopped,
        merges,
        (timers(), vec(responder(), 0..3)),
    );
    (ids, words, times, rest).prop_map(|(ids, words, times, rest)| {
        let (id, service, team, owner) = ids;
        let (title, summary, severity, urgency, state, cause) = words;
        let (opened_at, acknowledged_at, resolved_at, updated_at) = times;
        let (policy, alerts, escalation, pages, stopped, (merged, absorbed), more) = rest;
        let (timers, responders) = more;
        let (snooze, times_out, awaited) = timers;
        let (acknowledge_expires_at, auto_resolve_at, deferred_until, rings_from) = times_out;
        Incident {
            id,
            service,
            team,
            title,
            summary,
            severity,
            urgency,
            state,
            cause,
            policy,
            opened_at,
            acknowledged_at,
            resolved_at,
            owner,
            snooze,
            acknowledge_expires_at,
            auto_resolve_at,
            alerts,
            escalation,
            deferred_until,
            awaited,
            rings_from,
            pages,
            responders,
            stopped,
            merged,
            absorbed,
            updated_at,
        }
    })
}
