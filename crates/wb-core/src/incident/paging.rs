//! From "this recipient is to be told" to planned deliveries, by the recipient's own rules.

use super::decide::Work;
use super::{IncidentFact, NewDelivery, PageWhy, Recipient};
use crate::actor::Actor;
use crate::config::{ContactMethod, PersonalRule, User};
use crate::decision::{Effect, PlannedDelivery};
use crate::event::Urgency;
use crate::ids::{DeliveryId, EndpointId, MethodId, PageId, UserId};

/// A page before it becomes a fact.
pub(super) struct PlannedPage {
    page: PageId,
    recipient: Recipient,
    recipient_version: u32,
    cycle: u32,
    step: Option<u32>,
    why: PageWhy,
    deliveries: Vec<NewDelivery>,
}

impl PlannedPage {
    /// Whether somebody is told by it who is counted on.
    pub(super) fn is_reachable(&self) -> bool {
        !self.deliveries.is_empty() && !self.why.is_shadow()
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
        let (recipient_version, deliveries) = match recipient {
            Recipient::Person(user) => self.plan_person(user),
            Recipient::Endpoint(endpoint) => self.plan_endpoint(endpoint),
        };
        PlannedPage {
            page,
            recipient,
            recipient_version,
            cycle,
            step,
            why,
            deliveries,
        }
    }

    pub(super) fn page(&mut self, planned: PlannedPage) {
        let PlannedPage {
            page,
            recipient,
            recipient_version,
            cycle,
            step,
            why,
            deliveries,
        } = planned;
        for delivery in &deliveries {
            self.effects.push(Effect::Plan(PlannedDelivery {
                delivery: delivery.id,
                page,
                incident: self.state.id,
                recipient,
                method: delivery.method,
                channel: delivery.channel.clone(),
                due_at: delivery.due_at,
            }));
        }
        self.emit(
            Actor::System,
            IncidentFact::Paged {
                page,
                recipient,
                recipient_version,
                cycle,
                step,
                why,
                deliveries,
            },
        );
    }

    /// A page outside of the policy's steps.
    pub(super) fn plan_one(&mut self, user: UserId, why: PageWhy) -> PlannedPage {
        self.plan_page(Recipient::Person(user), why, 0, None)
    }

    pub(super) fn page_one(&mut self, user: UserId, why: PageWhy) {
        let planned = self.plan_one(user, why);
        self.page(planned);
    }

    fn plan_person(&mut self, id: UserId) -> (u32, Vec<NewDelivery>) {
        let Some(user) = self.ctx.config.users.get(&id) else {
            return (0, Vec::new());
        };
        if !user.value.active {
            return (user.version, Vec::new());
        }
        let rules = rules_for(&user.value, self.state.urgency);
        let deliveries = rules
            .iter()
            .filter_map(|rule| Some((rule, method(&user.value, rule.method)?)))
            .map(|(rule, method)| NewDelivery {
                id: DeliveryId(self.ids.next("delivery")),
                method: Some(method.id),
                channel: method.channel.clone(),
                due_at: self.now.plus_secs(i64::from(rule.after_s)),
            })
            .collect();
        (user.version, deliveries)
    }

    /// Whether a person is told when paged: active, and with a way to be reached.
    pub(super) fn is_within_reach(&self, id: UserId) -> bool {
        let user = self.ctx.config.users.get(&id);
        user.is_some_and(|user| user.value.active && !user.value.methods.is_empty())
    }

    fn plan_endpoint(&mut self, id: EndpointId) -> (u32, Vec<NewDelivery>) {
        let Some(endpoint) = self.ctx.config.endpoints.get(&id) else {
            return (0, Vec::new());
        };
        let delivery = NewDelivery {
            id: DeliveryId(self.ids.next("delivery")),
            method: None,
            channel: endpoint.value.channel.clone(),
            due_at: self.now,
        };
        (endpoint.version, vec![delivery])
    }
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
