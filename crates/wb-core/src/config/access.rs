//! Who may see and do what.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::TeamId;

/// An access role, held globally or in a team; each includes the ones below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// May look.
    Observer,
    /// May act on incidents and edit configuration.
    Member,
    /// May also manage people, tokens and the system.
    Admin,
}

impl Role {
    /// All of them, least first.
    pub const ALL: [Self; 3] = [Self::Observer, Self::Member, Self::Admin];

    /// The word used in code, API and configuration.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Observer => "observer",
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }

    /// The role of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.word() == word)
    }
}

/// What somebody wants to do with an object of a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// See it.
    Read,
    /// Act on incidents, edit configuration.
    Write,
    /// Manage the team itself and who is in it.
    Manage,
}

impl Permission {
    const fn needs(self) -> Role {
        match self {
            Self::Read => Role::Observer,
            Self::Write => Role::Member,
            Self::Manage => Role::Admin,
        }
    }
}

/// What a caller may see and do. Every read of the store takes one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    global: Option<Role>,
    teams: BTreeMap<TeamId, Role>,
}

impl Scope {
    /// The scope of a person's roles.
    #[must_use]
    pub const fn new(global: Option<Role>, teams: BTreeMap<TeamId, Role>) -> Self {
        Self { global, teams }
    }

    /// Everything: for the program's own work (workers, `verify`), never for a request.
    #[must_use]
    pub const fn system() -> Self {
        Self {
            global: Some(Role::Admin),
            teams: BTreeMap::new(),
        }
    }

    /// Whether this caller may do `permission` to an object that belongs to `team`.
    #[must_use]
    pub fn allows(&self, permission: Permission, team: TeamId) -> bool {
        let role = self.global.max(self.teams.get(&team).copied());
        role >= Some(permission.needs())
    }

    /// Whether this caller may do `permission` to what belongs to no team: users, the system.
    #[must_use]
    pub fn allows_globally(&self, permission: Permission) -> bool {
        self.global >= Some(permission.needs())
    }

    /// The teams whose objects this caller may read; `None` means all.
    #[must_use]
    pub fn readable_teams(&self) -> Option<BTreeSet<TeamId>> {
        match self.global {
            Some(_) => None,
            None => Some(self.teams.keys().copied().collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const OURS: TeamId = TeamId(Uuid::from_u128(1));
    const THEIRS: TeamId = TeamId(Uuid::from_u128(2));

    #[test]
    fn roles_grant_what_the_matrix_says() {
        let in_ours = |role| Scope::new(None, BTreeMap::from([(OURS, role)]));
        let everywhere = |role| Scope::new(Some(role), BTreeMap::new());
        // (scope, team) -> (read, write, manage)
        let rows = [
            (Scope::default(), OURS, [false, false, false]),
            (in_ours(Role::Observer), OURS, [true, false, false]),
            (in_ours(Role::Member), OURS, [true, true, false]),
            (in_ours(Role::Admin), OURS, [true, true, true]),
            (in_ours(Role::Admin), THEIRS, [false, false, false]),
            (everywhere(Role::Observer), THEIRS, [true, false, false]),
            (everywhere(Role::Admin), THEIRS, [true, true, true]),
        ];
        for (scope, team, expected) in rows {
            let got = [Permission::Read, Permission::Write, Permission::Manage]
                .map(|permission| scope.allows(permission, team));
            assert_eq!(got, expected, "{scope:?}");
        }
    }
}
