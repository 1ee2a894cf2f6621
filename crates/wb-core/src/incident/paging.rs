//! From "this recipient is to be told" to planned deliveries, by the recipient's own rules.

use super::decide::Work;
use super::{DeliveryState, IncidentFact, NewDelivery, NotTold, Page, PageWhy, Recipient};
use crate::actor::Actor;
use crate::config::{ContactMethod, PersonalRule, User};
use crate::decision::{Effect, PlannedDelivery};
use crate::event::Urgency;
use crate::ids::{DeliveryId, EndpointId, MethodId, PageId, UserId};
use crate::limits;
use crate::oncall;
use crate::time::Timestamp;

/// A page before it becomes a fact.
pub(super) struct PlannedPage {
    page: PageId,
    recipient: Recipient,
    cycle: u32,
    step: Option<u32>,
    why: PageWhy,
    told: Told,
}

/// How a recipient is told.
struct Told {
    /// The version of the user or endpoint.
    version: u32,
    /// By which ways.
    deliveries: Vec<NewDelivery>,
    /// Why a person is not.
    not_told: Option<NotTold>,
}

impl PlannedPage {
    /// Whether somebody is told by it who is counted on.
    pub(super) fn is_reachable(&self) -> bool {
        !self.told.deliveries.is_empty() && !self.why.is_shadow()
    }

    /// Whether a person is told by it who is counted on.
    pub(super) fn reaches_person(&self) -> bool {
        self.person().is_some()
    }

    /// The person who is told by it and counted on.
    pub(super) fn person(&self) -> Option<UserId> {
        match self.recipient {
            Recipient::Person(user) if self.is_reachable() => Some(user),
            Recipient::Person(_) | Recipient::Endpoint(_) => None,
        }
    }
}

impl Work<'_> {
    pub(super) fn plan_page(
        &mut self,
        recipient: Recipient,
        why: PageWhy,
        cycle: u32,
        step: Option<u32>,
    ) -> PlannedPage {
        let page = PageId(self.ids.next("page"));
        let told = match recipient {
            Recipient::Person(user) => self.plan_person(user, self.urgency_of(why)),
            Recipient::Endpoint(endpoint) => self.plan_endpoint(endpoint),
        };
        PlannedPage {
            page,
            recipient,
            cycle,
            step,
            why,
            told,
        }
    }

    pub(super) fn page(&mut self, planned: PlannedPage) {
        let PlannedPage {
            page,
            recipient,
            cycle,
            step,
            why,
            told,
        } = planned;
        for delivery in &told.deliveries {
            self.plan_delivery(page, recipient, why, delivery);
        }
        self.emit(
            Actor::System,
            IncidentFact::Paged {
                page,
                recipient,
                recipient_version: told.version,
                cycle,
                step,
                why,
                deliveries: told.deliveries,
                not_told: told.not_told,
            },
        );
    }

    /// How loudly somebody is told for this reason: who is asked to help is wanted now.
    const fn urgency_of(&self, why: PageWhy) -> Urgency {
        if why.is_asked() {
            Urgency::High
        } else {
            self.state.urgency
        }
    }

    fn plan_delivery(
        &mut self,
        page: PageId,
        recipient: Recipient,
        why: PageWhy,
        delivery: &NewDelivery,
    ) {
        self.effects.push(Effect::Plan(PlannedDelivery {
            delivery: delivery.id,
            page,
            incident: self.state.id,
            recipient,
            method: delivery.method,
            channel: delivery.channel.clone(),
            due_at: delivery.due_at,
            is_asked: why.is_asked(),
        }));
    }

    /// A page outside of the policy's steps.
    pub(super) fn plan_one(&mut self, user: UserId, why: PageWhy) -> PlannedPage {
        self.plan_page(Recipient::Person(user), why, 0, None)
    }

    pub(super) fn page_one(&mut self, user: UserId, why: PageWhy) {
        let planned = self.plan_one(user, why);
        self.page(planned);
    }

    fn plan_person(&mut self, id: UserId, urgency: Urgency) -> Told {
        let user = self.ctx.config.users.get(&id);
        let mut told = Told {
            version: user.map_or(0, |user| user.version),
            deliveries: Vec::new(),
            not_told: self.reach().not_told(id),
        };
        let Some(user) = user.filter(|_| told.not_told.is_none()) else {
            return told;
        };
        // Quiet hours move all rules together, so that what comes after another still does.
        let (begin, _) = after_quiet_hours(&user.value, self.now, urgency);
        for rule in rules_for(&user.value, urgency) {
            let Some(method) = method(&user.value, rule.method) else {
                continue;
            };
            let due_at = begin.plus_secs(i64::from(rule.after_s));
            let (due_at, waits) = after_quiet_hours(&user.value, due_at, urgency);
            let delivery = self.over(method, due_at, waits || begin > self.now);
            told.deliveries.push(delivery);
        }
        told
    }

    /// A delivery to a person over one of their methods.
    fn over(
        &mut self,
        method: &ContactMethod,
        due_at: Timestamp,
        after_quiet_hours: bool,
    ) -> NewDelivery {
        NewDelivery {
            id: DeliveryId(self.ids.next("delivery")),
            method: Some(method.id),
            channel: method.channel.clone(),
            due_at,
            after_quiet_hours,
        }
    }

    /// Plans the last of a person's rules once more, when what it sent last has come to its end and
    /// nobody acknowledged. Only for the newest page of a person: they are rung by one at a time.
    pub(super) fn ring_again(&mut self, delivery: DeliveryId) {
        let Some((page, recipient, why)) = self.rings_by(delivery) else {
            return;
        };
        let Recipient::Person(id) = recipient else {
            return;
        };
        let Some(user) = self.ctx.config.users.get(&id) else {
            return;
        };
        let urgency = self.urgency_of(why);
        let last = rules_for(&user.value, urgency).pop();
        let method = last.and_then(|rule| method(&user.value, rule.method));
        let repeat_s = user.value.rules.repeat_s(urgency);
        if let (Some(method), Some(repeat_s), None) = (method, repeat_s, self.reach().not_told(id))
        {
            let at = self.now.plus_secs(i64::from(repeat_s));
            let (due_at, waits) = after_quiet_hours(&user.value, at, urgency);
            let delivery = self.over(method, due_at, waits);
            self.plan_delivery(page, recipient, why, &delivery);
            self.emit(Actor::System, IncidentFact::Repeated { page, delivery });
        }
    }

    /// The page that a delivery is the last of, when that goes on ringing.
    fn rings_by(&self, delivery: DeliveryId) -> Option<(PageId, Recipient, PageWhy)> {
        let is_last = |page: &&Page| page.deliveries.last().is_some_and(|d| d.id == delivery);
        let page = self.state.pages.iter().find(is_last)?;
        let mut newest_first = self.state.pages.iter().rev();
        let newest = newest_first.find(|known| {
            known.recipient == page.recipient && self.state.wants(known.recipient, known.why)
        })?;
        let is_over = page
            .deliveries
            .last()
            .is_some_and(|last| matches!(last.state, DeliveryState::Sent | DeliveryState::GivenUp));
        let rings = is_over
            && newest.id == page.id
            && !page.why.is_shadow()
            && (page.why.is_asked() || self.state.rings_from.is_none_or(|from| page.at >= from))
            && page.deliveries.len() < limits::REPEATS_PER_PAGE;
        rings.then_some((page.id, page.recipient, page.why))
    }

    /// Goes on ringing where that had stopped only because somebody had the incident.
    pub(super) fn ring_on(&mut self) {
        let last = |page: &Page| page.deliveries.last().map(|delivery| delivery.id);
        let lasts: Vec<_> = self.state.pages.iter().filter_map(last).collect();
        for delivery in lasts {
            self.ring_again(delivery);
        }
    }

    fn plan_endpoint(&mut self, id: EndpointId) -> Told {
        let Some(endpoint) = self.ctx.config.endpoints.get(&id) else {
            return Told {
                version: 0,
                deliveries: Vec::new(),
                not_told: None,
            };
        };
        let delivery = NewDelivery {
            id: DeliveryId(self.ids.next("delivery")),
            method: None,
            channel: endpoint.value.channel.clone(),
            due_at: self.now,
            after_quiet_hours: false,
        };
        Told {
            version: endpoint.version,
            deliveries: vec![delivery],
            not_told: None,
        }
    }
}

/// The first time from `at` on at which an incident of this urgency may disturb this person, and
/// whether that is later. Quiet hours that cannot be read, or never end, are none.
fn after_quiet_hours(user: &User, at: Timestamp, urgency: Urgency) -> (Timestamp, bool) {
    let hours = user.rules.quiet_hours.as_ref();
    let end = hours
        .filter(|_| urgency != Urgency::High)
        .and_then(|hours| oncall::next_closed(hours, at));
    end.map_or((at, false), |end| (end, end > at))
}

fn method(user: &User, id: MethodId) -> Option<&ContactMethod> {
    user.methods.iter().find(|method| method.id == id)
}

/// The person's rules for this urgency, in order of time. Somebody without a usable rule is told
/// all the same: by every method at once when it is urgent, else by the first.
fn rules_for(user: &User, urgency: Urgency) -> Vec<PersonalRule> {
    let own = match urgency {
        Urgency::High => &user.rules.high,
        Urgency::Low | Urgency::None => &user.rules.low,
    };
    let mut rules: Vec<PersonalRule> = own
        .iter()
        .filter(|rule| method(user, rule.method).is_some())
        .copied()
        .collect();
    if rules.is_empty() {
        let how_many = if urgency == Urgency::High {
            usize::MAX
        } else {
            1
        };
        rules = user
            .methods
            .iter()
            .take(how_many)
            .map(|method| PersonalRule {
                after_s: 0,
                method: method.id,
            })
            .collect();
    }
    rules.sort_by_key(|rule| rule.after_s);
    rules
}
