//! Stored form of who is asked to help, and of whose turn it is.

use serde::{Deserialize, Serialize};
use serde_with::serde_as;
use wb_core::actor::Actor;
use wb_core::config::Target;
use wb_core::ids::{RequestId, UserId};
use wb_core::incident::{Answer, HelpFrom, PolicyRef, Responder, Turn, TurnTaken};
use wb_core::time::Timestamp;

use super::common::{ActorText, Id, Iso, PolicyRefV1, TargetV1, mirrors};

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "HelpFrom", rename_all = "snake_case")]
pub(super) enum HelpFromV1 {
    Target(#[serde_as(as = "TargetV1")] Target),
    Policy(#[serde_as(as = "PolicyRefV1")] PolicyRef),
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Answer", deny_unknown_fields)]
struct AnswerV1 {
    accepted: bool,
    #[serde_as(as = "Iso")]
    at: Timestamp,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Responder", deny_unknown_fields)]
pub(super) struct ResponderV1 {
    #[serde_as(as = "Id")]
    user: UserId,
    #[serde_as(as = "Id")]
    request: RequestId,
    #[serde_as(as = "ActorText")]
    by: Actor,
    #[serde_as(as = "Iso")]
    asked_at: Timestamp,
    #[serde_as(as = "Option<AnswerV1>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<Answer>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "TurnTaken", deny_unknown_fields)]
pub(super) struct TurnTakenV1 {
    #[serde_as(as = "Id")]
    user: UserId,
    #[serde_as(as = "Option<Id>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<UserId>,
    #[serde_as(as = "Vec<Id>")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    missed: Vec<UserId>,
}

#[serde_as]
#[derive(Serialize, Deserialize)]
#[serde(remote = "Turn", deny_unknown_fields)]
pub(super) struct TurnV1 {
    /// A column of its own.
    #[serde(skip)]
    version: u64,
    #[serde_as(as = "Option<Id>")]
    last: Option<UserId>,
    #[serde_as(as = "Vec<Id>")]
    order: Vec<UserId>,
}

mirrors! {
    HelpFromV1 => HelpFrom,
    AnswerV1 => Answer,
    ResponderV1 => Responder,
    TurnTakenV1 => TurnTaken,
    TurnV1 => Turn,
}
