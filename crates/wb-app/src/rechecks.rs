//! Contact methods that were proved prove themselves again: by the link in a monthly test message, or
//! by the link in a page.
//!
//! A test's token is `base64url(version, user, method, time of sending, signature)`. As with the links
//! of pages, opening it changes nothing; the form on the page does.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;
use wb_core::actor::Actor;
use wb_core::config::{Config, ContactMethod, Permission, User};
use wb_core::ids::{MethodId, UserId};
use wb_core::incident::Recipient;
use wb_core::recheck::ANSWER_WITHIN_S;
use wb_core::time::Timestamp;
use wb_ports::catalogue;
use wb_store::db::{Lane, Tx};
use wb_store::notices::{self, Notice};
use wb_store::rechecks::{self, Recheck, RecheckFact};

use crate::app::App;
use crate::caller::Caller;
use crate::configure::Problems;
use crate::error::AppError;
use crate::links::Link;

const VERSION: u8 = 1;
const BODY_BYTES: usize = 1 + 16 + 16 + 8;

/// What tells these signatures from all others.
const PURPOSE: &str = "recheck";

/// Between two tests of a method that somebody asks for.
const PAUSE_S: i64 = 60;

/// What the link in a test says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecheckLink {
    /// Who was tested.
    pub user: UserId,
    /// Over which method.
    pub method: MethodId,
    /// When it was sent.
    pub sent_at: Timestamp,
}

/// What following the link of a test did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rechecked {
    /// Who was tested.
    pub person: String,
    /// What they call the method.
    pub method: String,
}

/// A contact method that was proved, and how its tests went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub method: MethodId,
    /// What its person calls it.
    pub name: String,
    /// When it was last seen to reach them: by a code, a test, or a page that they answered.
    pub confirmed_at: Timestamp,
    /// The tests; none when there was none yet.
    pub tests: Option<Recheck>,
}

impl App {
    /// The address of the link in a test; `None` when this instance has no public address.
    #[must_use]
    pub(crate) fn recheck_address(&self, link: &RecheckLink) -> Option<String> {
        let base = self.settings.public_url.as_deref()?;
        let mut bytes = encode(link);
        let signature = self.vault.sign_link(PURPOSE, &bytes);
        bytes.extend_from_slice(&signature);
        Some(format!("{base}/l/{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Reads the token of a test's link; none when it is something else.
    #[must_use]
    pub fn read_recheck_link(&self, token: &str) -> Option<RecheckLink> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (body, signature) = bytes.split_at_checked(BODY_BYTES)?;
        self.vault
            .check_link(PURPOSE, body, signature)
            .then(|| decode(body))?
    }

    /// What a test's link would confirm; none when it ended, or its method has another address now.
    #[must_use]
    pub fn rechecked(&self, link: &RecheckLink) -> Option<Rechecked> {
        let config = self.config();
        self.answerable(&config, link)
            .map(|(user, method)| Rechecked {
                person: user.name.clone(),
                method: method.name.clone(),
            })
    }

    fn answerable<'a>(
        &self,
        config: &'a Config,
        link: &RecheckLink,
    ) -> Option<(&'a User, &'a ContactMethod)> {
        let ended = link.sent_at.plus_secs(ANSWER_WITHIN_S) <= self.now();
        proved(config, (link.user, link.method), link.sent_at).filter(|_| !ended)
    }

    /// Notes that somebody followed the link of a test: pages reach them there. A repeat changes
    /// nothing and is answered like the first time.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the link ended; when the store fails.
    pub async fn confirm_recheck(&self, link: &RecheckLink) -> Result<Rechecked, AppError> {
        let rechecked = self.rechecked(link).ok_or(AppError::NotFound)?;
        let (now, link) = (self.now(), *link);
        let (method, by) = ((link.user, link.method), Actor::User(link.user));
        self.store
            .write(Lane::People, move |tx| {
                if confirmed_after(tx, method, link.sent_at)? {
                    return Ok::<_, AppError>(());
                }
                rechecks::confirm(tx, method, now)?;
                Ok(rechecks::note(tx, method, RecheckFact::Confirmed, by, now)?)
            })
            .await?;
        Ok(rechecked)
    }

    /// Notes that the link in a page was followed: pages reach its person over the method that the
    /// page went to. A method that nobody proved stays so.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reached_by_link(&self, link: &Link) -> Result<(), AppError> {
        let (incident, delivery, now) = (link.incident, link.delivery, self.now());
        let lifetime_s = i64::try_from(self.settings.link_lifetime.as_secs()).unwrap_or(i64::MAX);
        let sent_at = link.expires_at.plus_secs(-lifetime_s);
        let config = self.config();
        self.store
            .write(Lane::People, move |tx| {
                let Some(loaded) = wb_store::incidents::load(tx, incident)? else {
                    return Ok::<_, AppError>(());
                };
                let found = loaded.state.delivery(delivery);
                let Some((page, delivery)) = found else {
                    return Ok(());
                };
                let (Recipient::Person(user), Some(method)) = (page.recipient, delivery.method)
                else {
                    return Ok(());
                };
                let method = (user, method);
                if proved(&config, method, sent_at).is_some()
                    && !confirmed_after(tx, method, sent_at)?
                {
                    rechecks::confirm(tx, method, now)?;
                }
                Ok(())
            })
            .await
    }

    /// The contact methods that were proved, and how their tests went: the caller's own, or, for an
    /// admin, everybody's.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn proofs(&self, caller: &Caller) -> Result<Vec<Proof>, AppError> {
        let own = caller.actor.user();
        let everybody = caller.scope.allows_globally(Permission::Manage);
        let config = self.config();
        let tests = self
            .store
            .read(move |tx| match own {
                _ if everybody => rechecks::all(tx),
                Some(user) => rechecks::of_user(tx, user),
                None => Ok(Vec::new()),
            })
            .await?;
        let seen = |user: &UserId| everybody || own == Some(*user);
        let users = config.users.iter().filter(|(user, _)| seen(user));
        let proofs = users.flat_map(|(user, found)| {
            let methods = found.value.methods.iter();
            methods.filter_map(|method| proof(*user, method, &tests))
        });
        Ok(proofs.collect())
    }

    /// Tests a method now: the message goes out with the notices.
    ///
    /// # Errors
    /// When it is somebody else's and the caller is no admin, when nobody proved it yet, when there
    /// is no address for a link, or it was tested a moment ago.
    pub async fn recheck(
        &self,
        caller: &Caller,
        user: UserId,
        method: MethodId,
    ) -> Result<Proof, AppError> {
        if caller.actor.user() != Some(user) {
            caller.require_globally(Permission::Manage)?;
        }
        let config = self.config();
        let owner = &config.users.get(&user).ok_or(AppError::NotFound)?.value;
        let mut methods = owner.methods.iter();
        let found = methods.find(|found| found.id == method);
        let found = found.ok_or(AppError::NotFound)?;
        let mut problems = Problems::default();
        if found.verified_at.is_none() {
            problems.add("method", "recheck_unproved", &[("name", &found.name)]);
        }
        if self.settings.public_url.is_none() {
            problems.add("method", "recheck_no_address", &[]);
        }
        problems.into_result()?;
        let (now, by) = (self.now(), caller.actor);
        let notice = self.test_notice(user, owner, found);
        let tests = self
            .store
            .write(Lane::People, move |tx| {
                if !claim(tx, &notice, by, now, now.plus_secs(-PAUSE_S))? {
                    return Err(AppError::TestsTooOften {
                        retry_after_s: u32::try_from(PAUSE_S).unwrap_or(u32::MAX),
                    });
                }
                Ok(rechecks::of_user(tx, user)?)
            })
            .await?;
        self.notices_poke.notify_one();
        proof(user, found, &tests).ok_or(AppError::NotFound)
    }

    /// The message that tests a method.
    pub(crate) fn test_notice(&self, user: UserId, owner: &User, method: &ContactMethod) -> Notice {
        let values: [catalogue::Named<'_>; 2] = [("name", &owner.name), ("method", &method.name)];
        Notice {
            id: self.fresh_id(),
            user,
            tests: Some(method.id),
            title: catalogue::text("notice.recheck.title", &values),
            body: catalogue::text("notice.recheck.body", &values),
            path: "/me".to_owned(),
            due_at: self.now(),
            attempts: 0,
        }
    }
}

/// Claims a test and writes its message; false when the method was tested after `quiet_since`.
pub(crate) fn claim(
    tx: &mut Tx<'_>,
    notice: &Notice,
    by: Actor,
    now: Timestamp,
    quiet_since: Timestamp,
) -> Result<bool, AppError> {
    let Some(method) = notice.tests.map(|method| (notice.user, method)) else {
        return Ok(false);
    };
    if !rechecks::claim(tx, method, now, quiet_since)? {
        return Ok(false);
    }
    notices::add(tx, notice)?;
    rechecks::note(tx, method, RecheckFact::Asked, by, now)?;
    Ok(true)
}

/// A method that was proved before something was sent to it, and its person: what was sent to an
/// address before the present one was proved says nothing about that.
fn proved(
    config: &Config,
    (user, method): (UserId, MethodId),
    sent_at: Timestamp,
) -> Option<(&User, &ContactMethod)> {
    let user = &config.users.get(&user)?.value;
    let mut methods = user.methods.iter();
    let method = methods.find(|found| found.id == method)?;
    method
        .verified_at
        .is_some_and(|at| at <= sent_at)
        .then_some((user, method))
}

fn confirmed_after(
    tx: &mut Tx<'_>,
    (user, method): (UserId, MethodId),
    at: Timestamp,
) -> Result<bool, AppError> {
    let of_user = rechecks::of_user(tx, user)?;
    let found = of_user.iter().find(|test| test.method == method);
    let confirmed = found.and_then(|test| test.confirmed_at);
    Ok(confirmed.is_some_and(|confirmed| confirmed >= at))
}

fn proof(user: UserId, method: &ContactMethod, tests: &[Recheck]) -> Option<Proof> {
    let verified_at = method.verified_at?;
    let mut tests = tests.iter().filter(|test| test.method == method.id);
    let tests = tests.next().copied();
    let answered = tests.and_then(|test| test.confirmed_at);
    Some(Proof {
        user,
        method: method.id,
        name: method.name.clone(),
        confirmed_at: verified_at.max(answered.unwrap_or(verified_at)),
        tests,
    })
}

fn encode(link: &RecheckLink) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(link.user.0.as_bytes());
    bytes.extend_from_slice(link.method.0.as_bytes());
    bytes.extend_from_slice(&link.sent_at.as_micros().to_be_bytes());
    bytes
}

fn decode(bytes: &[u8]) -> Option<RecheckLink> {
    let (version, rest) = bytes.split_first()?;
    let (user, rest) = rest.split_first_chunk::<16>()?;
    let (method, rest) = rest.split_first_chunk::<16>()?;
    let sent_at = i64::from_be_bytes(*rest.first_chunk::<8>()?);
    (*version == VERSION).then(|| RecheckLink {
        user: UserId(Uuid::from_bytes(*user)),
        method: MethodId(Uuid::from_bytes(*method)),
        sent_at: Timestamp::from_micros(sent_at),
    })
}
