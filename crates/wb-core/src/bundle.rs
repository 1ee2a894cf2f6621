//! A person's bundle: what one of their contact methods was sent lately, and how what is due goes
//! out over it: alone, together with others in one message, or a little later.
//!
//! A hundred incidents at once are one thing to the person who is paged, and a hundred messages
//! hide what matters. So each method has a pace. Within it every page is a message of its own; what
//! comes beyond it is put together. Three things stand above the pace: the first page of a service
//! goes out at once, high urgency waits for a bounded time only, and nothing is ever dropped.
//! Endpoints are no persons, and nothing here is about them.

use std::collections::BTreeSet;

use crate::event::Urgency;
use crate::ids::{BundleId, DeliveryId, IncidentId, ServiceId};
use crate::limits;
use crate::time::Timestamp;

/// So many messages within a span of time, and not more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// How long the span is, in seconds.
    pub span_s: u32,
    /// How many messages it may hold.
    pub messages: u32,
}

/// The pace of a contact method: all of these hold at any time.
pub type Pace = [Window];

/// The pace of mail, push and webhooks to a person. An ordinary day does not come near it; a rule
/// that rings every minute fits in.
pub const PACE: [Window; 3] = [
    Window {
        span_s: 60,
        messages: limits::MESSAGES_PER_MINUTE,
    },
    Window {
        span_s: 900,
        messages: limits::MESSAGES_PER_QUARTER_HOUR,
    },
    Window {
        span_s: 3_600,
        messages: limits::MESSAGES_PER_HOUR,
    },
];

/// A message that was sent over a method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its id.
    pub id: BundleId,
    /// When its deliveries were claimed.
    pub at: Timestamp,
    /// About which services.
    pub services: BTreeSet<ServiceId>,
}

/// What a method was sent lately, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// The messages.
    pub sent: Vec<Sent>,
}

/// A delivery over the method that is due, or is held back and could go along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which delivery.
    pub delivery: DeliveryId,
    /// About which incident.
    pub incident: IncidentId,
    /// About which service.
    pub service: ServiceId,
    /// How loudly it is told.
    pub urgency: Urgency,
    /// When it was due before anything held it back.
    pub due_at: Timestamp,
    /// Until when it is held back, if it is.
    pub held_until: Option<Timestamp>,
}

/// What becomes of the deliveries of one method.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The messages that go out now, each with its deliveries, the most pressing first.
    pub messages: Vec<Vec<DeliveryId>>,
    /// The deliveries that were due and wait.
    pub held: Vec<(DeliveryId, HeldBack)>,
}

/// Until when a delivery waits, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldBack {
    /// Until when; it may go along with another message before.
    pub until: Timestamp,
    /// So many messages went to this address ...
    pub sent: u32,
    /// ... within so many seconds.
    pub within_s: u32,
}

/// The message that an attempt was part of, when it carried other deliveries too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Together {
    /// The message; the attempts of the others name the same one.
    pub message: BundleId,
    /// How many other deliveries it carried.
    pub others: u32,
}

impl Bundle {
    /// Forgets what no window of any pace, and no quiet of a service, looks back to.
    pub fn prune(&mut self, pace: &Pace, now: Timestamp) {
        let spans = pace.iter().map(|window| window.span_s);
        let longest_s = spans.max().unwrap_or(0).max(limits::SERVICE_QUIET_S);
        self.sent.retain(|sent| is_within(sent.at, now, longest_s));
    }

    /// Takes a message back that did not go out, so that it counts no more; whether it was there.
    pub fn take_back(&mut self, message: BundleId) -> bool {
        let before = self.sent.len();
        self.sent.retain(|sent| sent.id != message);
        self.sent.len() < before
    }
}

/// How the due deliveries of one method go out. Every due candidate is in exactly one message or
/// held; what is held back and not due yet goes along with a message that is put together now.
#[must_use]
pub fn decide(bundle: &Bundle, pace: &Pace, candidates: &[Candidate], now: Timestamp) -> Plan {
    let is_due = |c: &&Candidate| c.held_until.is_none_or(|until| until <= now);
    let (mut due, waiting): (Vec<&Candidate>, Vec<_>) = candidates.iter().partition(is_due);
    due.sort_by_key(|c| (c.urgency, c.due_at, c.delivery));
    let mut work = Work {
        times: bundle.sent.iter().map(|sent| sent.at).collect(),
        pace,
        now,
        plan: Plan::default(),
    };
    let (firsts, rest) = work.firsts(bundle, due);
    work.send_firsts(&firsts);
    work.send_or_hold(rest, waiting);
    work.plan
}

/// A plan in the making.
struct Work<'a> {
    /// When messages went out, those of this plan too.
    times: Vec<Timestamp>,
    pace: &'a Pace,
    now: Timestamp,
    plan: Plan,
}

impl Work<'_> {
    /// For each service that the method heard nothing of for a while, its most pressing page; and
    /// all the others.
    fn firsts<'c>(
        &self,
        bundle: &Bundle,
        due: Vec<&'c Candidate>,
    ) -> (Vec<&'c Candidate>, Vec<&'c Candidate>) {
        let recent = bundle
            .sent
            .iter()
            .filter(|sent| is_within(sent.at, self.now, limits::SERVICE_QUIET_S));
        let mut heard: BTreeSet<ServiceId> = recent.flat_map(|s| s.services.clone()).collect();
        due.into_iter().partition(|c| heard.insert(c.service))
    }

    /// First pages never wait. Where there are more of them than messages left, the last ones share
    /// one.
    fn send_firsts(&mut self, firsts: &[&Candidate]) {
        let free = self.free();
        let alone = if firsts.len() <= free {
            firsts.len()
        } else {
            free.saturating_sub(1)
        };
        self.send(firsts, alone);
    }

    fn send_or_hold<'c>(&mut self, mut rest: Vec<&'c Candidate>, waiting: Vec<&'c Candidate>) {
        let free = self.free();
        let is_overdue = rest
            .iter()
            .any(|c| c.urgency == Urgency::High && self.now >= latest(c));
        if free == 0 && !is_overdue {
            return self.hold(&rest);
        }
        let has_waited = rest.iter().any(|c| c.held_until.is_some());
        let alone = match rest.len() {
            _ if has_waited || !waiting.is_empty() => 0,
            due if due <= free => due,
            _ => free.saturating_sub(1),
        };
        // Whatever waits goes along, or it would need a message of its own a moment later.
        if alone < rest.len() {
            rest.extend(waiting);
        }
        self.send(&rest, alone);
    }

    /// Sends the first of the list alone, and the others together.
    fn send(&mut self, list: &[&Candidate], alone: usize) {
        let (singles, others) = list.split_at(alone.min(list.len()));
        let singles = singles.iter().map(|c| vec![c.delivery]);
        let together = others.iter().map(|c| c.delivery).collect::<Vec<_>>();
        let messages = singles.chain((!together.is_empty()).then_some(together));
        for message in messages {
            self.times.push(self.now);
            self.plan.messages.push(message);
        }
    }

    fn hold(&mut self, rest: &[&Candidate]) {
        let Some((next_at, full)) = self.next_slot() else {
            // No window is full, so nothing holds anything back.
            return self.send(rest, rest.len());
        };
        let held = rest.iter().map(|c| {
            let until = match c.urgency {
                Urgency::High => next_at.min(latest(c)),
                Urgency::Low | Urgency::None => next_at,
            };
            let held = HeldBack {
                until,
                sent: full.messages,
                within_s: full.span_s,
            };
            (c.delivery, held)
        });
        self.plan.held.extend(held);
    }

    /// How many messages may go out now.
    fn free(&self) -> usize {
        let left = |window: &Window| {
            let sent = self.within(window).len();
            size(window.messages).saturating_sub(sent)
        };
        self.pace.iter().map(left).min().unwrap_or(usize::MAX)
    }

    /// When the next message may go out, and the window that says so; none when one may now.
    fn next_slot(&self) -> Option<(Timestamp, Window)> {
        let opens = |window: &Window| {
            let mut times = self.within(window);
            times.sort();
            let too_many = (times.len() + 1).checked_sub(size(window.messages).max(1))?;
            let last = times.get(too_many.checked_sub(1)?)?;
            Some((last.plus_secs(i64::from(window.span_s)), *window))
        };
        let slots = self.pace.iter().filter_map(opens);
        slots.max_by_key(|(at, window)| (*at, window.span_s))
    }

    fn within(&self, window: &Window) -> Vec<Timestamp> {
        let times = self.times.iter().copied();
        times
            .filter(|at| is_within(*at, self.now, window.span_s))
            .collect()
    }
}

/// The last moment for which a page of high urgency may be held back.
fn latest(candidate: &Candidate) -> Timestamp {
    candidate
        .due_at
        .plus_secs(i64::from(limits::PAGE_HELD_MAX_S))
}

fn is_within(at: Timestamp, now: Timestamp, span_s: u32) -> bool {
    at > now.plus_secs(-i64::from(span_s))
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
