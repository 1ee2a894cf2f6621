//! Arbitrary facts of an incident.

use super::*;

const UNMET: [Unmet; 3] = [Unmet::Urgency, Unmet::Severity, Unmet::Hours];

fn next_step() -> impl Strategy<Value = NextStep> {
    (any::<u32>(), any::<u32>(), at()).prop_map(|(cycle, step, at)| NextStep { cycle, step, at })
}

fn turn() -> impl Strategy<Value = TurnTaken> {
    let parts = (id!(UserId), option::of(id!(UserId)), vec(id!(UserId), 0..3));
    parts.prop_map(|(user, after, missed)| TurnTaken {
        user,
        after,
        missed,
    })
}

fn step_executed() -> impl Strategy<Value = IncidentFact> {
    (
        any::<u32>(),
        any::<u32>(),
        any::<u32>(),
        (
            vec(id!(UserId), 0..3),
            vec(id!(UserId), 0..3),
            option::of(turn()),
        ),
        next_step(),
    )
        .prop_map(
            |(cycle, step, reachable, (passed_over, awaits, turn), next)| {
                IncidentFact::StepExecuted {
                    cycle,
                    step,
                    reachable,
                    passed_over,
                    awaits,
                    turn,
                    next,
                }
            },
        )
}

/// Facts that open, escalate and page.
fn escalating_fact() -> impl Strategy<Value = IncidentFact> {
    let opened = incident().boxed().prop_map(|state| IncidentFact::Opened {
        incident: state.id,
        service: state.service,
        team: state.team,
        severity: state.severity,
        urgency: state.urgency,
        cause: state.cause,
        policy: state.policy,
        auto_resolve_at: state.auto_resolve_at,
        title: state.title,
        summary: state.summary,
    });
    let raised = (
        severity(),
        urgency(),
        id!(AlertId),
        option::of(policy_ref()),
    );
    let paged = page().boxed().prop_map(|page| IncidentFact::Paged {
        page: page.id,
        recipient: page.recipient,
        recipient_version: page.recipient_version,
        cycle: page.cycle,
        step: page.step,
        why: page.why,
        deliveries: page.deliveries.into_iter().map(new_delivery).collect(),
        not_told: match page.cycle % 5 {
            0 => Some(NotTold::Gone),
            1 => Some(NotTold::Inactive),
            2 => Some(NotTold::Paused { until: page.at }),
            3 => Some(NotTold::NoMethod),
            _ => None,
        },
    });
    prop_oneof![
        opened,
        id!(AlertId).prop_map(|alert| IncidentFact::AlertResolved { alert }),
        raised.prop_map(
            |(to, urgency, alert, policy)| IncidentFact::SeverityRaised {
                to,
                urgency,
                alert,
                policy
            }
        ),
        step_executed(),
        paged,
        any::<u32>().prop_map(|cycles| IncidentFact::EscalationExhausted { cycles }),
        at().prop_map(|next_at| IncidentFact::EscalationHastened { next_at }),
    ]
}

fn new_delivery(d: Delivery) -> NewDelivery {
    NewDelivery {
        id: d.id,
        method: d.method,
        channel: d.channel,
        due_at: d.due_at,
        after_quiet_hours: d.attempts.is_empty(),
    }
}

/// Facts of steps that are left out or put off, of ends, repeats, and of those who acknowledge for
/// themselves.
fn climbing_fact() -> impl Strategy<Value = IncidentFact> {
    prop_oneof![
        (any::<u32>(), any::<u32>(), select(&UNMET[..]), next_step()).prop_map(
            |(cycle, step, unmet, next)| IncidentFact::StepSkipped {
                cycle,
                step,
                unmet,
                next,
            }
        ),
        at().prop_map(|until| IncidentFact::Deferred { until }),
        at().prop_map(|next_at| IncidentFact::DeferralEnded { next_at }),
        (any::<bool>(), any::<u32>()).prop_map(|(to_admins, reachable)| IncidentFact::FellBack {
            to_admins,
            reachable,
        }),
        (id!(PageId), delivery()).prop_map(|(page, d)| IncidentFact::Repeated {
            page,
            delivery: new_delivery(d),
        }),
        (
            via(),
            vec(id!(DeliveryId), 0..3),
            vec(id!(DeliveryId), 0..3),
            any::<u32>(),
            text()
        )
            .prop_map(
                |(via, cancelled, under_way, left, from)| IncidentFact::Confirmed {
                    via,
                    cancelled,
                    under_way,
                    left,
                    from,
                }
            ),
    ]
}

fn attempted() -> impl Strategy<Value = IncidentFact> {
    let parts = (
        id!(DeliveryId),
        any::<u32>(),
        at(),
        outcome(),
        any::<bool>(),
        any::<bool>(),
        option::of(together()),
        text(),
    );
    parts.prop_map(
        |(delivery, number, claimed_at, outcome, duplicate, crossed, together, detail)| {
            IncidentFact::Attempted {
                delivery,
                number,
                claimed_at,
                outcome,
                possible_duplicate: duplicate,
                crossed,
                together,
                detail,
            }
        },
    )
}

/// Facts of people and of attempts.
fn acting_fact() -> impl Strategy<Value = IncidentFact> {
    let ids = || vec(id!(DeliveryId), 0..3);
    let restored = || vec((id!(DeliveryId), at()), 0..3);
    let to = prop_oneof![
        id!(UserId).prop_map(ReassignTo::User),
        policy_ref().prop_map(ReassignTo::Policy)
    ];
    prop_oneof![
        attempted(),
        (id!(DeliveryId), held_back())
            .prop_map(|(delivery, held)| IncidentFact::HeldBack { delivery, held }),
        (via(), option::of(at()), ids(), ids(), text()).prop_map(
            |(via, expires_at, cancelled, under_way, from)| IncidentFact::Acknowledged {
                via,
                expires_at,
                cancelled,
                under_way,
                from,
            }
        ),
        (via(), restored(), option::of(at())).prop_map(|(via, restored, next_at)| {
            IncidentFact::Unacknowledged {
                via,
                restored,
                next_at,
            }
        }),
        (via(), any::<bool>(), ids(), ids(), text()).prop_map(
            |(via, timed_out, cancelled, under_way, from)| IncidentFact::Resolved {
                via,
                timed_out,
                cancelled,
                under_way,
                from,
            }
        ),
        (via(), option::of(at()), restored(), option::of(at())).prop_map(
            |(via, auto_resolve_at, restored, next_at)| IncidentFact::Reopened {
                via,
                auto_resolve_at,
                restored,
                next_at,
            }
        ),
        (via(), to, ids(), option::of(at())).prop_map(|(via, to, cancelled, next_at)| {
            IncidentFact::Reassigned {
                via,
                to,
                cancelled,
                next_at,
            }
        }),
        (via(), at(), ids()).prop_map(|(via, due_before, deliveries)| IncidentFact::Dropped {
            via,
            due_before,
            deliveries,
        }),
        (id!(NoteId), via(), text()).prop_map(|(note, via, text)| IncidentFact::Noted {
            note,
            via,
            text
        }),
    ]
}

/// Facts of time, and of steps that are wanted at once.
fn timer_fact() -> impl Strategy<Value = IncidentFact> {
    let ids = || vec(id!(DeliveryId), 0..3);
    let restored = || vec((id!(DeliveryId), at()), 0..3);
    let owner = || option::of(id!(UserId));
    let next = (any::<u32>(), any::<u32>(), at());
    let back = (option::of(at()), restored(), option::of(at()));
    prop_oneof![
        (via(), at(), ids(), ids()).prop_map(|(via, until, cancelled, under_way)| {
            IncidentFact::Snoozed {
                via,
                until,
                cancelled,
                under_way,
            }
        }),
        (via(), any::<bool>(), back).prop_map(
            |(via, acknowledged, (expires_at, restored, next_at))| IncidentFact::Unsnoozed {
                via,
                acknowledged,
                expires_at,
                restored,
                next_at,
            }
        ),
        (owner(), option::of(at()))
            .prop_map(|(owner, next_at)| IncidentFact::SnoozeEnded { owner, next_at }),
        (owner(), restored(), option::of(at())).prop_map(|(owner, restored, next_at)| {
            IncidentFact::AcknowledgementExpired {
                owner,
                restored,
                next_at,
            }
        }),
        (via(), next).prop_map(|(via, (cycle, step, at))| IncidentFact::Escalated {
            via,
            next: NextStep { cycle, step, at },
        }),
    ]
}

/// Facts of merges, of notes that were changed, and of what is told once more.
fn later_fact() -> impl Strategy<Value = IncidentFact> {
    let ids = || vec(id!(DeliveryId), 0..3);
    let alerts = || vec(id!(AlertId), 0..3);
    let next = (any::<u32>(), any::<u32>(), at());
    let into = (id!(IncidentId), via(), alerts(), ids(), ids(), text());
    let weight = (severity(), urgency(), option::of(policy_ref()));
    let absorbed = (id!(IncidentId), via(), alerts(), alerts(), weight);
    prop_oneof![
        next.prop_map(|(cycle, step, at)| {
            let next = NextStep { cycle, step, at };
            IncidentFact::EscalationRestarted { next }
        }),
        (option::of(id!(UserId)), option::of(at()))
            .prop_map(|(owner, next_at)| IncidentFact::Recalled { owner, next_at }),
        into.prop_map(|(into, via, alerts, cancelled, under_way, from)| {
            IncidentFact::MergedInto {
                into,
                via,
                alerts,
                cancelled,
                under_way,
                from,
            }
        }),
        absorbed.prop_map(|(incident, via, firing, resolved, weight)| {
            let (severity, urgency, policy) = weight;
            IncidentFact::Absorbed {
                incident,
                via,
                firing,
                resolved,
                severity,
                urgency,
                policy,
            }
        }),
        (id!(NoteId), via(), any::<u32>(), text()).prop_map(|(note, via, version, text)| {
            IncidentFact::NoteEdited {
                note,
                via,
                version,
                text,
            }
        }),
        (id!(NoteId), via()).prop_map(|(note, via)| IncidentFact::NoteDeleted { note, via }),
    ]
}

/// Facts of who is asked to help.
fn helping_fact() -> impl Strategy<Value = IncidentFact> {
    let ids = || vec(id!(DeliveryId), 0..3);
    let from = prop_oneof![
        target().prop_map(HelpFrom::Target),
        policy_ref().prop_map(HelpFrom::Policy)
    ];
    let people = (vec(from, 0..3), vec(id!(UserId), 0..3), any::<u32>());
    prop_oneof![
        (id!(RequestId), via(), people, text()).prop_map(
            |(request, via, (targets, people, reachable), message)| {
                IncidentFact::RespondersAsked {
                    request,
                    via,
                    targets,
                    people,
                    reachable,
                    message,
                }
            }
        ),
        (via(), any::<bool>(), ids(), ids(), text()).prop_map(
            |(via, accepted, cancelled, under_way, from)| IncidentFact::ResponderAnswered {
                via,
                accepted,
                cancelled,
                under_way,
                from,
            }
        ),
    ]
}

// Boxed, as is the state: a value of all of these side by side is too large for a test's stack.
pub(crate) fn incident_fact() -> impl Strategy<Value = IncidentFact> {
    prop_oneof![
        escalating_fact().boxed(),
        climbing_fact().boxed(),
        acting_fact().boxed(),
        later_fact().boxed(),
        helping_fact().boxed(),
        timer_fact().boxed()
    ]
}
