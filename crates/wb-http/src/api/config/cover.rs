//! Declared overrides and times off.

use serde::Deserialize;
use utoipa::ToSchema;
use wb_app::configure::declare::{DeclaredOverride, DeclaredOverrideChange, DeclaredTimeOff};

use crate::values::Time;

/// A declared override, known by its schedule, rotation, begin and change: its end may move.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideItem {
    /// The schedule's name.
    pub schedule: String,
    /// The name of the one rotation it changes, within that rotation's windows; null means the whole
    /// schedule.
    #[serde(default)]
    pub rotation: Option<String>,
    /// First instant.
    pub from: Time,
    /// First instant after.
    pub to: Time,
    /// What changes.
    pub change: ChangeItem,
}

/// What a declared override does, with people by their addresses.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ChangeItem {
    /// One more person is on call.
    Add {
        /// Who.
        user: String,
    },
    /// Somebody is on call instead of one person, or of everybody.
    Replace {
        /// Who is replaced; null means everybody.
        #[serde(default)]
        who: Option<String>,
        /// Who is on call instead.
        with: String,
    },
    /// One person is not on call.
    Remove {
        /// Who.
        user: String,
    },
    /// One more person is told and never counted on.
    Shadow {
        /// Who.
        user: String,
    },
}

/// A declared time off, known by its person and its begin: its end may move.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeOffItem {
    /// The person's address.
    pub user: String,
    /// First instant.
    pub from: Time,
    /// First instant after.
    pub to: Time,
}

impl OverrideItem {
    pub(super) fn declared(self) -> DeclaredOverride {
        DeclaredOverride {
            schedule: self.schedule,
            rotation: self.rotation,
            from: self.from.0,
            to: self.to.0,
            change: match self.change {
                ChangeItem::Add { user } => DeclaredOverrideChange::Add(user),
                ChangeItem::Replace { who, with } => DeclaredOverrideChange::Replace { who, with },
                ChangeItem::Remove { user } => DeclaredOverrideChange::Remove(user),
                ChangeItem::Shadow { user } => DeclaredOverrideChange::Shadow(user),
            },
        }
    }
}

impl TimeOffItem {
    pub(super) fn declared(self) -> DeclaredTimeOff {
        DeclaredTimeOff {
            user: self.user,
            from: self.from.0,
            to: self.to.0,
        }
    }
}
