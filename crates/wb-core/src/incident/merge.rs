//! Two incidents that turn out to be one: the alerts of one go to the other.

use super::decide::Work;
use super::{Absorbed, IncidentError, IncidentFact, Situation};
use crate::actor::Via;
use crate::ids::IncidentId;
use crate::limits;

impl Work<'_> {
    /// Ends this incident in another one. What it had planned is stopped, and its escalation with
    /// it: who is to be told is the other one's business now.
    pub(super) fn merge_into(
        &mut self,
        into: IncidentId,
        via: Via,
        from: String,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        if into == self.state.id {
            return Err(IncidentError::MergeIntoItself);
        }
        if let Some(merged) = &self.state.merged {
            return Err(IncidentError::Merged { into: merged.into });
        }
        if !self.state.is_open() {
            return Err(IncidentError::AlreadyResolved);
        }
        let (cancelled, under_way) = self.cancel_planned(situation);
        let fact = IncidentFact::MergedInto {
            into,
            via,
            alerts: self.state.alerts.keys().copied().collect(),
            cancelled,
            under_way,
            from,
        };
        self.emit(situation.actor, fact);
        Ok(())
    }

    /// Takes up the alerts of another incident. This one keeps its own policy; it is as bad, and as
    /// loud, as the worse of the two.
    pub(super) fn absorb(
        &mut self,
        other: Absorbed,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        if !self.state.is_open() {
            return Err(IncidentError::MergeTargetResolved);
        }
        if self.state.alerts.len() + other.alerts.len() > limits::ALERTS_PER_INCIDENT {
            return Err(IncidentError::TooManyAlerts);
        }
        let before = self.weight();
        let urgency = before.urgency.min(other.urgency);
        let pick = |wanted: bool| {
            let alerts = other.alerts.iter();
            let picked = alerts.filter(move |(_, is_open)| **is_open == wanted);
            picked.map(|(id, _)| *id).collect()
        };
        let fact = IncidentFact::Absorbed {
            incident: other.incident,
            via: other.via,
            firing: pick(true),
            resolved: pick(false),
            severity: self.state.severity.min(other.severity),
            urgency,
            policy: self.policy_at(urgency),
        };
        self.emit(situation.actor, fact);
        self.tell_again_if_louder(before, situation);
        Ok(())
    }
}
