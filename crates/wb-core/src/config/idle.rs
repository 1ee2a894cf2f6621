//! Personal rules that can never do anything.

use super::{Hours, PersonalRule, User};
use crate::event::Urgency;
use crate::oncall;
use crate::time::Timestamp;

/// A personal rule that can never do anything of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdleRule {
    /// For which urgency it stands.
    pub urgency: Urgency,
    /// Its place among the rules of that urgency, from 0.
    pub place: usize,
    /// Why.
    pub why: Idle,
}

/// Why a rule can never do anything. All but the last are refused when rules are saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// The person has no such contact method any more.
    NoMethod,
    /// One before it says the same.
    Twice,
    /// It waits for the end of quiet hours that have none.
    AlwaysQuiet,
    /// The method's channel is not set up on this server.
    ChannelAbsent,
}

/// The rules of a person that can never do anything, in order, each with the first reason.
#[must_use]
pub fn idle_rules(user: &User, is_set_up: impl Fn(&str) -> bool) -> Vec<IdleRule> {
    let is_quiet = user.rules.quiet_hours.as_ref().is_some_and(never_end);
    let mut found = Vec::new();
    for (urgency, rules) in [
        (Urgency::High, &user.rules.high),
        (Urgency::Low, &user.rules.low),
    ] {
        for (place, rule) in rules.iter().enumerate() {
            let method = user.methods.iter().find(|one| one.id == rule.method);
            let why = match method {
                None => Some(Idle::NoMethod),
                Some(_) if is_repeat(rules, place, *rule) => Some(Idle::Twice),
                Some(_) if is_quiet && urgency == Urgency::Low => Some(Idle::AlwaysQuiet),
                Some(method) if !is_set_up(&method.channel) => Some(Idle::ChannelAbsent),
                Some(_) => None,
            };
            found.extend(why.map(|why| IdleRule {
                urgency,
                place,
                why,
            }));
        }
    }
    found
}

fn is_repeat(rules: &[PersonalRule], place: usize, rule: PersonalRule) -> bool {
    rules.iter().take(place).any(|earlier| *earlier == rule)
}

/// Whether hours are open all week, so that what waits for their end waits for ever. Hours that
/// cannot be read are another matter.
#[must_use]
pub fn never_end(hours: &Hours) -> bool {
    let at = Timestamp::EPOCH;
    oncall::is_open(hours, at) == Some(true) && oncall::next_closed(hours, at).is_none()
}
