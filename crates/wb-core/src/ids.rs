//! Typed ids: a UUIDv7 shown as prefixed text (`inc_0190...`), and their derivation.
//!
//! Ids made inside a decision are derived from its time and its input, never drawn at random, so
//! that a retry, the other engine and a replay make the same ones (`ARCHITECTURE.md`, invariants).

use core::fmt;
use core::str::FromStr;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::time::Timestamp;

/// A text that is not an id of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind: expected `{prefix}_` and 32 hexadecimal digits")]
pub struct ParseIdError {
    /// The prefix that was expected, without the underscore.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl $name {
            /// What stands before the underscore in the text form.
            pub const PREFIX: &'static str = $prefix;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, self.0.as_simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                parse_prefixed(text, $prefix).map(Self)
            }
        }
    )*};
}

fn parse_prefixed(text: &str, prefix: &'static str) -> Result<Uuid, ParseIdError> {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .filter(|hex| hex.len() == 32)
        .and_then(|hex| Uuid::try_parse(hex).ok())
        .ok_or(ParseIdError { prefix })
}

ids! {
    /// A raw payload as received.
    SignalId = "sig";
    /// All events of one integration with one dedup key, until resolved.
    AlertId = "alr";
    /// What people work on.
    IncidentId = "inc";
    /// A recipient is to be told about an incident.
    PageId = "pag";
    /// A page over one contact method or endpoint.
    DeliveryId = "dlv";
    /// A message over a contact method, which may carry several deliveries.
    BundleId = "bnd";
    /// A note somebody wrote on an incident.
    NoteId = "nte";
    /// A request to others to help with an incident.
    RequestId = "req";
    /// Something that led to a decision: a command, a tick, a provider's receipt.
    InputId = "inp";
    /// An account; a person when on call or paged.
    UserId = "usr";
    /// A user's address on one channel.
    MethodId = "cm";
    /// A group that owns configuration.
    TeamId = "tea";
    /// A service.
    ServiceId = "svc";
    /// A key and a dialect, feeding a service.
    IntegrationId = "int";
    /// An escalation policy.
    PolicyId = "pol";
    /// A schedule.
    ScheduleId = "sch";
    /// A rotation within a schedule.
    RotationId = "rot";
    /// An override of a schedule.
    OverrideId = "ovr";
    /// A request that somebody else has a stretch of one's shifts.
    SwapId = "swp";
    /// A person's time off.
    TimeOffId = "off";
    /// An endpoint that is paged without being a person: a webhook, a room.
    EndpointId = "end";
    /// A monitor.
    MonitorId = "mon";
    /// A dashboard.
    DashboardId = "dsh";
    /// One series that a monitor watches.
    GroupId = "grp";
    /// An API token.
    TokenId = "tok";
    /// A browser session.
    SessionId = "ses";
    /// A filter of the list of incidents that somebody saved.
    FilterId = "flt";
    /// A running process of Watchbell.
    NodeId = "nod";
}

/// Makes the ids of one decision: the n-th id of a kind depends on nothing but the decision's
/// time, its input and the order of making.
#[derive(Clone, Debug)]
pub struct IdSource {
    now: Timestamp,
    input: Uuid,
    made: u32,
}

impl IdSource {
    /// A source for the decision about `input` at `now`.
    #[must_use]
    pub const fn new(now: Timestamp, input: Uuid) -> Self {
        Self {
            now,
            input,
            made: 0,
        }
    }

    /// The next id of a kind; `kind` keeps two aggregates decided on one input apart.
    pub fn next(&mut self, kind: &str) -> Uuid {
        let ordinal = self.made;
        self.made = self.made.saturating_add(1);
        derive(self.now, self.input, kind, ordinal)
    }
}

/// The derived id: a UUIDv7 of `now` in milliseconds whose random bits are the first ten bytes of
/// SHA-256(input id ‖ kind ‖ ordinal as big-endian u32).
#[must_use]
pub fn derive(now: Timestamp, input: Uuid, kind: &str, ordinal: u32) -> Uuid {
    let digest = Sha256::new()
        .chain_update(input.as_bytes())
        .chain_update(kind.as_bytes())
        .chain_update(ordinal.to_be_bytes())
        .finalize();
    let mut random = [0_u8; 10];
    random.copy_from_slice(digest.get(..10).unwrap_or(&[0; 10]));
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_refuses_the_wrong_kind() {
        let id = IncidentId(derive(
            Timestamp::from_micros(1),
            Uuid::nil(),
            "incident",
            0,
        ));
        assert_eq!(id.to_string().parse::<IncidentId>(), Ok(id));
        assert!(id.to_string().parse::<AlertId>().is_err());
        assert!("inc_zz".parse::<IncidentId>().is_err());
    }

    #[test]
    fn derived_ids_depend_on_every_part() {
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        let base = derive(now, Uuid::nil(), "page", 0);
        assert_eq!(base, derive(now, Uuid::nil(), "page", 0));
        assert_eq!(base.get_version_num(), 7);
        for other in [
            derive(now.plus_millis(1), Uuid::nil(), "page", 0),
            derive(now, Uuid::max(), "page", 0),
            derive(now, Uuid::nil(), "delivery", 0),
            derive(now, Uuid::nil(), "page", 1),
        ] {
            assert_ne!(base, other);
        }
    }
}
