//! Users, their contact methods and personal rules.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wb_app::Caller;
use wb_app::configure::{
    MethodDraft, MethodRef, RuleDraft, RulesDraft, Saved, TestTarget, UserDraft,
};
use wb_core::config::{ContactMethod, Object, ObjectId, Permission, PersonalRule, User};
use wb_core::ids::UserId;

use super::affected::DeleteQuery;
use super::configured::{ListQuery, Tagged, wrong_kind};
use super::hours::HoursBody;
use super::settings::{SettingsBody, TestView, settings_draft, settings_view};
use crate::etag::IfMatch;
use crate::extract::{Body, Path, Query};
use crate::identity::Auth;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::HttpState;
use crate::values::{Id, MethodIdText, RoleWord, TeamIdText, Time, UserIdText, Word};

/// A user, as they are set up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserBody {
    /// Shown name.
    pub name: String,
    /// Sign-in name and default address, unique among users.
    pub email: String,
    /// IANA zone in which times are shown to this person, such as `Pacific/Auckland`.
    #[serde(default = "utc")]
    pub zone: String,
    /// Access role everywhere, if any.
    #[serde(default)]
    pub role: Option<RoleWord>,
    /// Access roles by team; being listed here is membership.
    #[serde(default)]
    pub teams: Vec<MembershipBody>,
    /// Inactive users cannot sign in and are never paged.
    #[serde(default = "yes")]
    pub active: bool,
    /// Ways to reach this person, in order of preference.
    #[serde(default)]
    pub methods: Vec<MethodBody>,
    /// What to do when this person is paged.
    #[serde(default)]
    pub rules: RulesBody,
    /// Whether contact methods that were proved are tested every month.
    #[serde(default = "yes")]
    pub monthly_test: bool,
}

fn utc() -> String {
    "UTC".to_owned()
}

const fn yes() -> bool {
    true
}

/// An access role in a team.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipBody {
    /// Which team.
    pub team: TeamIdText,
    /// The role.
    pub role: RoleWord,
}

/// One way to reach a person, as it is set up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MethodBody {
    /// Its id; without one it is the present method of that name, or new.
    #[serde(default)]
    pub id: Option<MethodIdText>,
    /// What the person calls it, unique among their methods.
    pub name: String,
    /// The channel's name; see `/channels`.
    pub channel: String,
    /// The channel's settings. A secret is shown as null; null keeps it as it is.
    #[serde(default)]
    pub settings: SettingsBody,
}

/// What to do when a person is paged, per urgency.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesBody {
    /// For high urgency. Empty means: every method at once.
    #[serde(default)]
    pub high: Vec<RuleBody>,
    /// For low urgency. Empty means: the first method, at once.
    #[serde(default)]
    pub low: Vec<RuleBody>,
    /// Seconds after which the last rule for high urgency comes once more, again and again, until
    /// somebody acknowledges (60 to 86400); null means once.
    #[serde(default)]
    pub repeat_high_s: Option<u32>,
    /// The same for low urgency.
    #[serde(default)]
    pub repeat_low_s: Option<u32>,
    /// When low urgency does not disturb: what would go out within these hours waits for their end.
    /// Null means never.
    #[serde(default)]
    pub quiet_hours: Option<HoursBody>,
}

/// After a delay, use a method, unless somebody has acknowledged by then.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleBody {
    /// Seconds after the page was decided.
    pub after_s: u32,
    /// Which method: its id, or its name when it is new.
    pub method: String,
}

impl UserBody {
    fn draft(self) -> UserDraft {
        let method = |body: MethodBody| MethodDraft {
            id: body.id.map(|id| id.0),
            name: body.name,
            channel: body.channel,
            settings: settings_draft(body.settings),
        };
        UserDraft {
            name: self.name,
            email: self.email,
            zone: self.zone,
            role: self.role.map(|role| role.0),
            teams: self
                .teams
                .into_iter()
                .map(|m| (m.team.0, m.role.0))
                .collect(),
            active: self.active,
            methods: self.methods.into_iter().map(method).collect(),
            rules: RulesDraft {
                high: self.rules.high.into_iter().map(RuleBody::draft).collect(),
                low: self.rules.low.into_iter().map(RuleBody::draft).collect(),
                repeat_high_s: self.rules.repeat_high_s,
                repeat_low_s: self.rules.repeat_low_s,
                quiet_hours: self.rules.quiet_hours.map(HoursBody::hours),
            },
            monthly_test: self.monthly_test,
        }
    }
}

impl RuleBody {
    fn of(rule: &PersonalRule) -> Self {
        Self {
            after_s: rule.after_s,
            method: rule.method.to_string(),
        }
    }

    fn draft(self) -> RuleDraft {
        RuleDraft {
            after_s: self.after_s,
            method: MethodRef::parse(&self.method),
        }
    }
}

/// A user, as the API shows them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserView {
    /// Their id.
    pub id: UserIdText,
    /// Rises with each edit.
    pub version: u32,
    /// Shown name.
    pub name: String,
    /// Sign-in name and default address.
    pub email: String,
    /// IANA zone in which times are shown to this person.
    pub zone: String,
    /// Access role everywhere, if any.
    pub role: Option<RoleWord>,
    /// Access roles by team.
    pub teams: Vec<MembershipBody>,
    /// Inactive users cannot sign in and are never paged.
    pub active: bool,
    /// Ways to reach this person; null unless it is you, or you are an admin.
    pub methods: Option<Vec<MethodView>>,
    /// What to do when this person is paged; null unless it is you, or you are an admin.
    pub rules: Option<RulesBody>,
    /// Until when nobody pages this person; null when they are not paused.
    pub paused_until: Option<Time>,
    /// Whether contact methods that were proved are tested every month.
    pub monthly_test: bool,
}

/// One way to reach a person, as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MethodView {
    /// Its id.
    pub id: MethodIdText,
    /// What the person calls it.
    pub name: String,
    /// The channel's name.
    pub channel: String,
    /// The channel's settings; a secret is shown as null.
    pub settings: SettingsBody,
    /// When the person last proved to receive messages on it.
    pub verified_at: Option<Time>,
}

impl MethodView {
    fn of(method: &ContactMethod) -> Self {
        Self {
            id: Id(method.id),
            name: method.name.clone(),
            channel: method.channel.clone(),
            settings: settings_view(&method.settings),
            verified_at: method.verified_at.map(Time),
        }
    }
}

impl UserView {
    /// A user as the caller may see them: how to reach somebody is their own affair.
    #[must_use]
    pub fn new(caller: &Caller, id: UserId, version: u32, user: &User) -> Self {
        let is_private =
            caller.actor.user() != Some(id) && !caller.scope.allows_globally(Permission::Manage);
        let rules = |rules: &[PersonalRule]| rules.iter().map(RuleBody::of).collect();
        Self {
            id: Id(id),
            version,
            name: user.name.clone(),
            email: user.email.clone(),
            zone: user.zone.clone(),
            role: user.role.map(Word),
            teams: user
                .teams
                .iter()
                .map(|(team, role)| MembershipBody {
                    team: Id(*team),
                    role: Word(*role),
                })
                .collect(),
            active: user.active,
            methods: (!is_private).then(|| user.methods.iter().map(MethodView::of).collect()),
            rules: (!is_private).then(|| RulesBody {
                high: rules(&user.rules.high),
                low: rules(&user.rules.low),
                repeat_high_s: user.rules.repeat_high_s,
                repeat_low_s: user.rules.repeat_low_s,
                quiet_hours: user.rules.quiet_hours.as_ref().map(HoursBody::of),
            }),
            paused_until: user.paused_until.map(Time),
            monthly_test: user.monthly_test,
        }
    }

    /// The view of a user who was just changed.
    ///
    /// # Errors
    /// When what was changed is no user.
    pub fn of(caller: &Caller, saved: &Saved) -> Result<Self, Problem> {
        let Object::User(id, user) = &saved.object else {
            return Err(wrong_kind(saved));
        };
        Ok(Self::new(caller, *id, saved.version, user))
    }
}

/// Lists the users: everybody who is signed in may know who there is.
#[utoipa::path(
    get, path = "/users", tag = "users", operation_id = "list_users", params(ListQuery),
    responses((status = 200, body = Page<UserView>)),
)]
pub async fn list(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Query(query): Query<ListQuery>,
) -> Json<Page<UserView>> {
    let config = state.app.config();
    query.page(
        config
            .users
            .iter()
            .map(|(id, user)| (id.0, UserView::new(&caller, *id, user.version, &user.value))),
    )
}

/// Creates a user.
#[utoipa::path(
    post, path = "/users", tag = "users", operation_id = "create_user",
    request_body = UserBody, responses((status = 201, body = UserView)),
)]
pub async fn create(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Body(body): Body<UserBody>,
) -> Result<Tagged<UserView>, Problem> {
    let saved = state.app.create(&caller, body.draft()).await?;
    let path = format!("/api/v1/users/{}", saved.id());
    Ok(Tagged::created(
        saved.version,
        path,
        UserView::of(&caller, &saved)?,
    ))
}

/// Shows a user.
#[utoipa::path(
    get, path = "/users/{id}", tag = "users", operation_id = "get_user",
    params(("id" = UserIdText, Path)), responses((status = 200, body = UserView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<UserIdText>,
) -> Result<Tagged<UserView>, Problem> {
    let config = state.app.config();
    let user = config.users.get(&id).ok_or_else(Problem::not_found)?;
    Ok(Tagged::new(
        user.version,
        UserView::new(&caller, id, user.version, &user.value),
    ))
}

/// Changes a user; `If-Match` names the version the change was made from.
#[utoipa::path(
    put, path = "/users/{id}", tag = "users", operation_id = "update_user",
    params(("id" = UserIdText, Path), ("If-Match" = String, Header, example = "\"v3\"")),
    request_body = UserBody, responses((status = 200, body = UserView)),
)]
pub async fn update(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<UserIdText>,
    IfMatch(version): IfMatch,
    Body(body): Body<UserBody>,
) -> Result<Tagged<UserView>, Problem> {
    let id = ObjectId::User(id);
    let saved = state
        .app
        .update(&caller, id, Some(version), body.draft())
        .await?;
    Ok(Tagged::new(saved.version, UserView::of(&caller, &saved)?))
}

/// Deletes a user whom nothing refers to; with `everywhere`, takes it out of what refers to it.
#[utoipa::path(
    delete, path = "/users/{id}", tag = "users", operation_id = "delete_user",
    params(("id" = UserIdText, Path), ("If-Match" = Option<String>, Header), DeleteQuery),
    responses((status = 204)),
)]
pub async fn delete(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path(Id(id)): Path<UserIdText>,
    Query(query): Query<DeleteQuery>,
    version: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    let expected = version.map(|IfMatch(version)| version);
    query
        .delete(&state, &caller, ObjectId::User(id), expected)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a test message over a contact method, at once, and says what became of it.
#[utoipa::path(
    post, path = "/users/{id}/methods/{method}/test", tag = "users", operation_id = "test_method",
    params(("id" = UserIdText, Path), ("method" = MethodIdText, Path)),
    responses((status = 200, body = TestView)),
)]
pub async fn test_method(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path((id, method)): Path<(UserIdText, MethodIdText)>,
) -> Result<Json<TestView>, Problem> {
    let report = state
        .app
        .test_send(&caller, TestTarget::Method(id.0, method.0))
        .await?;
    Ok(Json(TestView::new(report)))
}

/// What role somebody gets in a team.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberBody {
    /// The role.
    pub role: RoleWord,
}

/// Makes somebody a member of a team, or changes their role in it.
#[utoipa::path(
    put, path = "/teams/{id}/members/{user}", tag = "teams", operation_id = "set_member",
    params(("id" = TeamIdText, Path), ("user" = UserIdText, Path)),
    request_body = MemberBody, responses((status = 200, body = UserView)),
)]
pub async fn set_member(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path((team, user)): Path<(TeamIdText, UserIdText)>,
    Body(body): Body<MemberBody>,
) -> Result<Json<UserView>, Problem> {
    let saved = state
        .app
        .set_member(&caller, team.0, user.0, Some(body.role.0))
        .await?;
    Ok(Json(UserView::of(&caller, &saved)?))
}

/// Takes somebody out of a team.
#[utoipa::path(
    delete, path = "/teams/{id}/members/{user}", tag = "teams", operation_id = "remove_member",
    params(("id" = TeamIdText, Path), ("user" = UserIdText, Path)),
    responses((status = 204)),
)]
pub async fn remove_member(
    State(state): State<HttpState>,
    Auth(caller): Auth,
    Path((team, user)): Path<(TeamIdText, UserIdText)>,
) -> Result<StatusCode, Problem> {
    state.app.set_member(&caller, team.0, user.0, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
