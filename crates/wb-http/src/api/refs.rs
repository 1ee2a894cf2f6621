//! Things named inside other things: an id and the name it has now.

use serde::Serialize;
use utoipa::ToSchema;
use wb_core::actor::{Actor, Via};
use wb_core::config::{Config, Target};
use wb_core::ids::{
    EndpointId, IntegrationId, MonitorId, PolicyId, ScheduleId, ServiceId, TeamId, UserId,
};
use wb_core::incident::Recipient;
use wb_core::monitor::INTEGRATION;
use wb_ports::catalogue;

/// A thing and what it is called now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Ref {
    /// Its id.
    pub id: String,
    /// Its name; null when it was deleted.
    pub name: Option<String>,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActorView {
    /// `system`, `user`, `integration` or `anonymous`.
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// The id of the user or integration.
    pub id: Option<String>,
    /// The name of the user or integration.
    pub name: Option<String>,
}

/// The kind of a recipient who is a person.
pub const PERSON: &str = "person";

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecipientView {
    /// `person` or `endpoint`.
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Its name; null when it was deleted.
    pub name: Option<String>,
}

/// The names of things, by the configuration as it is now.
#[derive(Clone, Copy)]
pub struct Names<'a>(pub &'a Config);

macro_rules! names {
    ($($(#[$doc:meta])* $fn:ident, $id:ident, $field:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $fn(&self, id: $id) -> Ref {
            let name = self.0.$field.get(&id).map(|object| object.value.name.clone());
            Ref { id: id.to_string(), name }
        }
    )*};
}

impl Names<'_> {
    names! {
        /// A user.
        user, UserId, users;
        /// A team.
        team, TeamId, teams;
        /// A service.
        service, ServiceId, services;
        /// A monitor.
        monitor, MonitorId, monitors;
        /// A policy.
        policy, PolicyId, policies;
        /// A schedule.
        schedule, ScheduleId, schedules;
        /// An endpoint.
        endpoint, EndpointId, endpoints;
    }

    /// An integration.
    #[must_use]
    pub fn integration(&self, id: IntegrationId) -> Ref {
        let found = self.0.integrations.get(&id);
        let name = found.map(|found| found.value.name.clone());
        let built_in = || catalogue::text("monitors.integration", &[]);
        Ref {
            id: id.to_string(),
            name: name.or_else(|| (id == INTEGRATION).then(built_in)),
        }
    }

    /// Who did something.
    #[must_use]
    pub fn actor(&self, actor: Actor) -> ActorView {
        let (kind, named) = match actor {
            Actor::System => ("system", None),
            Actor::Anonymous => ("anonymous", None),
            Actor::User(id) => ("user", Some(self.user(id))),
            Actor::Integration(id) => ("integration", Some(self.integration(id))),
        };
        let (id, name) = named.map_or((None, None), |named| (Some(named.id), named.name));
        ActorView { kind, id, name }
    }

    /// Who is told.
    #[must_use]
    pub fn recipient(&self, recipient: Recipient) -> RecipientView {
        let (kind, named) = match recipient {
            Recipient::Person(id) => (PERSON, self.user(id)),
            Recipient::Endpoint(id) => ("endpoint", self.endpoint(id)),
        };
        RecipientView {
            kind,
            id: named.id,
            name: named.name,
        }
    }

    /// Whom a step pages, in words.
    #[must_use]
    pub fn target(&self, target: Target) -> String {
        match target {
            Target::User(id) => shown(&self.user(id)),
            Target::Endpoint(id) => shown(&self.endpoint(id)),
            Target::Schedule(id) => catalogue::text(
                "record.target.schedule",
                &[("name", &shown(&self.schedule(id)))],
            ),
            Target::Team(id) => {
                catalogue::text("record.target.team", &[("name", &shown(&self.team(id)))])
            }
            Target::Admins => catalogue::text("record.target.admins", &[]),
        }
    }
}

/// The name of a thing, or its id when it was deleted.
#[must_use]
pub fn shown(thing: &Ref) -> String {
    thing.name.clone().unwrap_or_else(|| thing.id.clone())
}

/// What people call a channel.
#[must_use]
pub fn channel_label(name: &str) -> String {
    let key = format!("channels.{name}.label");
    if catalogue::has(&key) {
        catalogue::text(&key, &[])
    } else {
        name.to_owned()
    }
}

/// The word for the way something was done.
#[must_use]
pub const fn via_word(via: Via) -> &'static str {
    match via {
        Via::Web => "web",
        Via::Api(_) => "api",
        Via::Link(_) => "link",
        Via::Signal(_) => "signal",
        Via::System => "system",
    }
}
