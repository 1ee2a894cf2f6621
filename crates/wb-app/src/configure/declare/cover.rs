//! Declared overrides and times off: they have no names, so that each keeps its identity by what it
//! is about and when it begins.

use wb_core::config::{Config, Override, OverrideChange, OverrideOrigin, TimeOff};
use wb_core::ids::{OverrideId, RotationId, ScheduleId, TimeOffId, UserId};
use wb_core::time::Timestamp;

use super::diff::{Fields, email};
use super::names::Names;
use super::resolve::{Resolver, known};
use crate::configure::problems::{Problems, same_name};

/// A declared override, known by its schedule, rotation, begin and change: its end may move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredOverride {
    /// The schedule's name.
    pub schedule: String,
    /// The name of the one rotation it changes; none means the whole schedule.
    pub rotation: Option<String>,
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// What changes.
    pub change: DeclaredOverrideChange,
}

/// What a declared override does, with people by their addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeclaredOverrideChange {
    /// One more person is on call.
    Add(String),
    /// Somebody is on call instead of one person, or of everybody.
    Replace {
        /// Who is replaced; none means everybody.
        who: Option<String>,
        /// Who is on call instead.
        with: String,
    },
    /// One person is not on call.
    Remove(String),
    /// One more person is told and never counted on.
    Shadow(String),
}

/// A declared time off, known by its person and its begin: its end may move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredTimeOff {
    /// The person's address.
    pub user: String,
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
}

impl DeclaredOverride {
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let both = self.rotation.as_deref().zip(other.rotation.as_deref());
        same_name(&self.schedule, &other.schedule)
            && (self.rotation.is_none() && other.rotation.is_none()
                || both.is_some_and(|(a, b)| same_name(a, b)))
            && self.from == other.from
            && self.change.is_same(&other.change)
    }
}

impl DeclaredOverrideChange {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Add(a), Self::Add(b))
            | (Self::Remove(a), Self::Remove(b))
            | (Self::Shadow(a), Self::Shadow(b)) => same_name(a, b),
            (Self::Replace { who: a, with: x }, Self::Replace { who: b, with: y }) => {
                let both = a.as_deref().zip(b.as_deref());
                let same = a.is_none() && b.is_none() || both.is_some_and(|(a, b)| same_name(a, b));
                same && same_name(x, y)
            }
            _ => false,
        }
    }

    /// The change, when everybody in it is somebody.
    fn resolved(
        &self,
        mut user: impl FnMut(&str, &str) -> Option<UserId>,
    ) -> Option<OverrideChange> {
        Some(match self {
            Self::Add(who) => OverrideChange::Add(user("change.user", who)?),
            Self::Remove(who) => OverrideChange::Remove(user("change.user", who)?),
            Self::Shadow(who) => OverrideChange::Shadow(user("change.user", who)?),
            Self::Replace { who, with } => OverrideChange::Replace {
                who: match who {
                    Some(who) => Some(user("change.who", who)?),
                    None => None,
                },
                with: user("change.with", with)?,
            },
        })
    }
}

impl DeclaredTimeOff {
    pub(super) fn is_same(&self, other: &Self) -> bool {
        same_name(&self.user, &other.user) && self.from == other.from
    }
}

impl Names<'_> {
    fn rotation(&self, schedule: ScheduleId, name: &str) -> Option<RotationId> {
        let rotations = &self.0.schedules.get(&schedule)?.value.rotations;
        let found = rotations.iter().find(|one| same_name(&one.name, name));
        found.map(|one| one.id)
    }

    pub(super) fn r#override(&self, declared: &DeclaredOverride) -> Option<OverrideId> {
        let schedule = self.schedule(&declared.schedule)?;
        let rotation = match &declared.rotation {
            Some(name) => Some(self.rotation(schedule, name)?),
            None => None,
        };
        let change = declared.change.resolved(|_, email| self.user(email))?;
        let mut present = self.0.overrides_of(schedule);
        let is_it = |value: &Override| {
            (value.rotation, value.from, value.change) == (rotation, declared.from, change)
        };
        present.find(|(_, one)| is_it(&one.value)).map(|(id, _)| id)
    }

    pub(super) fn time_off(&self, declared: &DeclaredTimeOff) -> Option<TimeOffId> {
        let mut present = self.0.time_off_of(self.user(&declared.user)?);
        let found = present.find(|(_, one)| one.value.from == declared.from);
        found.map(|(id, _)| id)
    }
}

impl Resolver<'_> {
    pub(super) fn r#override(
        &self,
        declared: &DeclaredOverride,
        problems: &mut Problems,
    ) -> Override {
        let names = Names(self.config);
        let found = names.schedule(&declared.schedule);
        let schedule = known(
            "schedule",
            "schedule",
            &declared.schedule,
            found.map(|id| id.0),
            problems,
        );
        let schedule = ScheduleId(schedule);
        let rotation = declared.rotation.as_ref().map(|name| {
            let found = names.rotation(schedule, name).map(|id| id.0);
            RotationId(known("rotation", "rotation", name, found, problems))
        });
        let person = |path: &str, email: &str| Some(self.person(path, email, problems));
        let change = declared.change.resolved(person);
        Override {
            schedule,
            rotation,
            from: declared.from,
            to: declared.to,
            // Whoever is unknown got an id that is nobody's, and a problem.
            change: change.unwrap_or(OverrideChange::Remove(UserId(uuid::Uuid::nil()))),
            origin: OverrideOrigin::Set,
        }
    }

    pub(super) fn time_off(&self, declared: &DeclaredTimeOff, problems: &mut Problems) -> TimeOff {
        TimeOff {
            user: self.person("user", &declared.user, problems),
            from: declared.from,
            to: declared.to,
        }
    }
}

/// The fields of an override as people read them.
pub(super) fn flatten_override(config: &Config, value: &Override, fields: &mut Fields) {
    let schedule = config.schedules.get(&value.schedule);
    let schedule = schedule.map(|schedule| &schedule.value);
    fields.put("schedule", schedule.map_or("", |schedule| &schedule.name));
    if let Some(id) = value.rotation {
        let mut rotations = schedule.into_iter().flat_map(|one| &one.rotations);
        let found = rotations.find(|rotation| rotation.id == id);
        fields.put("rotation", found.map_or("", |rotation| &rotation.name));
    }
    fields.put("from", value.from.to_string());
    fields.put("to", value.to.to_string());
    let email = |id| email(config, id);
    let (kind, user) = match value.change {
        OverrideChange::Add(user) => ("add", user),
        OverrideChange::Remove(user) => ("remove", user),
        OverrideChange::Shadow(user) => ("shadow", user),
        OverrideChange::Replace { who, with } => {
            fields.put("change.type", "replace");
            if let Some(who) = who {
                fields.put("change.who", email(who));
            }
            fields.put("change.with", email(with));
            return;
        }
    };
    fields.put("change.type", kind);
    fields.put("change.user", email(user));
}

/// The fields of a time off as people read them.
pub(super) fn flatten_time_off(config: &Config, value: &TimeOff, fields: &mut Fields) {
    fields.put("user", email(config, value.user));
    fields.put("from", value.from.to_string());
    fields.put("to", value.to.to_string());
}
