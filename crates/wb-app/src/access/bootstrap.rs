//! The first start: an admin, their team, and the catch-all that pages them.

use wb_core::actor::Actor;
use wb_core::config::{
    Condition, Config, Object, PersonalRules, Policy, Role, Service, Step, Target, Team, Timeouts,
    UrgencyRule, User,
};
use wb_core::event::Urgency;
use wb_core::ids::{PolicyId, ServiceId, TeamId, TokenId, UserId};
use wb_core::limits;
use wb_ports::catalogue;
use wb_store::db::Tx;
use wb_store::tokens::{self, Token};
use wb_store::{credentials, meta};

use crate::app::App;
use crate::configure::{Edits, Problems, also};
use crate::error::AppError;

/// The row that names the catch-all service.
const CATCH_ALL: &str = "catch_all_service";

/// The first admin's address until they give their own.
const FIRST_EMAIL: &str = "admin@localhost";

const FIRST_ZONE: &str = "UTC";

/// Seconds between two climbs of the catch-all's policy.
const CATCH_ALL_AFTER_S: u32 = 300;

/// How often the catch-all's policy repeats.
const CATCH_ALL_REPEAT: u32 = 100;

/// What the start found or made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    /// The secret of a link by which the first admin sets name, address and password; none once an
    /// admin has a password.
    pub setup_secret: Option<String>,
    /// Whether the database was empty and the first admin was made now.
    pub created: bool,
}

impl App {
    /// Makes sure there are an admin, a team for them and the catch-all; call it once before the
    /// first request is served. On an empty database `admin_token` becomes the admin's API token.
    ///
    /// # Errors
    /// When the token is too short, or the store fails.
    pub async fn bootstrap(&self, admin_token: Option<&str>) -> Result<Bootstrap, AppError> {
        let fits = |token: &str| token.chars().count() >= limits::ADMIN_TOKEN_CHARS_MIN;
        let created = self
            .commit(Actor::System, |config| {
                if !config.users.is_empty() {
                    return Ok((Edits::default(), false));
                }
                if !admin_token.is_none_or(fits) {
                    let min = limits::ADMIN_TOKEN_CHARS_MIN;
                    let mut problems = Problems::default();
                    problems.add("admin_token", "admin_token_short", &[("min", &min)]);
                    problems.into_result()?;
                }
                Ok((self.first_objects(admin_token), true))
            })
            .await?;
        let found = self
            .store
            .read(|tx| Ok::<_, AppError>(meta::get(tx, CATCH_ALL)?))
            .await?;
        if let Some(service) = found.and_then(|id| id.parse().ok()) {
            // It never changes, so an earlier call set the same one.
            let _ = self.catch_all.set(service);
        }
        let setup_secret = self.first_set_up().await?;
        Ok(Bootstrap {
            setup_secret,
            created,
        })
    }

    /// The built-in service for what nobody else takes; known after [`App::bootstrap`].
    #[must_use]
    pub fn catch_all(&self) -> Option<ServiceId> {
        self.catch_all.get().copied()
    }

    fn first_objects(&self, admin_token: Option<&str>) -> Edits {
        let team = TeamId(self.fresh_id());
        let user = UserId(self.fresh_id());
        let policy = PolicyId(self.fresh_id());
        let service = ServiceId(self.fresh_id());
        let mut edits = Edits::default();
        for object in [
            Object::Team(team, admins_team()),
            Object::User(user, first_admin(team)),
            Object::Policy(policy, catch_all_policy(team)),
            Object::Service(service, catch_all_service(team, policy)),
        ] {
            edits.put(None, object);
        }
        let token = admin_token.map(|secret| {
            let token = Token {
                id: TokenId(self.fresh_id()),
                user,
                name: catalogue::text("bootstrap.token", &[]),
                created_at: self.now(),
                expires_at: None,
                last_used_at: None,
                revoked_at: None,
            };
            (token, self.vault.key_hash(secret))
        });
        edits.set_also(also(move |tx| {
            meta::set(tx, CATCH_ALL, &service.to_string())?;
            if let Some((token, hash)) = &token {
                tokens::create(tx, token, hash)?;
            }
            Ok(())
        }));
        edits
    }

    /// A set-up link for the first admin, as long as no admin can sign in.
    async fn first_set_up(&self) -> Result<Option<String>, AppError> {
        let config = self.config();
        let Some(first) = config.admins().next() else {
            return Ok(None);
        };
        let somebody = {
            let config = config.clone();
            self.store.read(move |tx| any_password(tx, &config)).await?
        };
        Ok((!somebody).then(|| self.set_up_link(first, None).secret))
    }
}

fn any_password(tx: &mut Tx<'_>, config: &Config) -> Result<bool, AppError> {
    for admin in config.admins() {
        if credentials::get(tx, admin)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn admins_team() -> Team {
    Team {
        name: catalogue::text("bootstrap.team", &[]),
        description: catalogue::text("bootstrap.team_description", &[]),
    }
}

fn first_admin(team: TeamId) -> User {
    User {
        name: catalogue::text("bootstrap.admin", &[]),
        email: FIRST_EMAIL.to_owned(),
        zone: FIRST_ZONE.to_owned(),
        role: Some(Role::Admin),
        teams: [(team, Role::Admin)].into(),
        active: true,
        methods: Vec::new(),
        rules: PersonalRules::default(),
        paused_until: None,
        monthly_test: true,
    }
}

fn catch_all_policy(team: TeamId) -> Policy {
    Policy {
        team,
        name: catalogue::text("bootstrap.catch_all", &[]),
        steps: vec![Step {
            targets: vec![Target::Admins],
            escalate_after_s: CATCH_ALL_AFTER_S,
            only: Condition::default(),
            needs_everyone: false,
            round_robin: false,
        }],
        repeat: CATCH_ALL_REPEAT,
        low_urgency_hours: None,
        fallback: Vec::new(),
    }
}

fn catch_all_service(team: TeamId, policy: PolicyId) -> Service {
    Service {
        team,
        name: catalogue::text("bootstrap.catch_all", &[]),
        description: catalogue::text("bootstrap.catch_all_description", &[]),
        urgency: UrgencyRule::Fixed(Urgency::High),
        policy: Some(policy),
        timeouts: Timeouts::default(),
    }
}
