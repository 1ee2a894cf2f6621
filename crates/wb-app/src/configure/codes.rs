//! Codes by which people prove that a contact method reaches them. A method that nobody proved is
//! used for paging all the same: better a page too many than one too few.

use wb_core::config::{Config, ContactMethod, Setting};
use wb_core::ids::{MethodId, UserId};
use wb_core::time::Timestamp;
use wb_ports::{Content, Random};
use wb_store::codes::{self, Code, CodeFact};
use wb_store::db::{Lane, Tx};

use super::test_send::address;
use super::{Problems, Saved, TestReport, TestTarget, also};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// How long a code counts.
pub const CODE_LIFE_S: i64 = 15 * 60;

/// How often a code may be guessed.
const TRIES: u32 = 5;

/// Between two codes over one method.
const PAUSE_S: i64 = 60;

/// Codes for one person within an hour, over all their methods: a method may name anybody's address.
const CODES_PER_HOUR: usize = 10;

const HOUR_S: i64 = 3_600;

/// Codes are six digits.
const CODES: u32 = 1_000_000;

/// A code that was handed to a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCode {
    /// What became of the message.
    pub report: TestReport,
    /// Until when the code counts.
    pub expires_at: Timestamp,
}

/// What a guess was.
enum Guess {
    Right(uuid::Uuid),
    Wrong {
        left: u32,
    },
    /// There is no code that counts.
    Void,
}

impl App {
    /// Sends a code over a contact method of the caller's own; the codes before it no longer count.
    ///
    /// # Errors
    /// When it is somebody else's, or codes were sent too often. That the message did not go out is
    /// no error but in the report.
    pub async fn send_code(
        &self,
        caller: &Caller,
        user: UserId,
        method: MethodId,
    ) -> Result<SentCode, AppError> {
        require_self(caller, user)?;
        let config = self.config();
        let address = address(caller, &config, TestTarget::Method(user, method))?;
        let code = fresh_code(&*self.random);
        let now = self.now();
        let row = Code {
            id: self.fresh_id(),
            user,
            method,
            hash: self.hash_of_code(method_of(&config, user, method)?, &code),
            sent_at: now,
            expires_at: now.plus_secs(CODE_LIFE_S),
            attempts: 0,
            used_at: None,
        };
        let (expires_at, by) = (row.expires_at, caller.actor);
        self.store
            .write(Lane::People, move |tx| {
                // One after the other, also on PostgreSQL: the throttle counts what others sent.
                wb_store::config::epoch_for_edit(tx)?;
                throttle(tx, user, method, now)?;
                codes::forget(tx, user, now.plus_secs(-HOUR_S))?;
                codes::create(tx, &row)?;
                codes::note(tx, (user, method), CodeFact::Sent, by, now)?;
                Ok::<_, AppError>(())
            })
            .await?;
        let minutes = u32::try_from(CODE_LIFE_S / 60).unwrap_or(0);
        let report = self
            .send_at_once(address, Content::Code { code, minutes })
            .await;
        if let Some(reason) = report.reason {
            let (fact, at) = (CodeFact::NotSent(reason), self.now());
            self.store
                .write(Lane::People, move |tx| {
                    wb_store::config::epoch_for_edit(tx)?;
                    Ok::<_, AppError>(codes::note(tx, (user, method), fact, by, at)?)
                })
                .await?;
        }
        Ok(SentCode { report, expires_at })
    }

    /// Takes the code somebody got: the right one proves that the method reaches them.
    ///
    /// # Errors
    /// When the method is somebody else's, or the code is wrong, too old, or was tried too often.
    pub async fn confirm_code(
        &self,
        caller: &Caller,
        user: UserId,
        method: MethodId,
        code: &str,
    ) -> Result<Saved, AppError> {
        require_self(caller, user)?;
        let config = self.config();
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(refused("code_form", None));
        }
        let hash = self.hash_of_code(method_of(&config, user, method)?, &code);
        let (now, by) = (self.now(), caller.actor);
        let guess = self
            .store
            .write(Lane::People, move |tx| {
                wb_store::config::epoch_for_edit(tx)?;
                let guess = guessed(tx, method, &hash, now)?;
                if let Guess::Wrong { left } = guess {
                    codes::note(tx, (user, method), CodeFact::Wrong { left }, by, now)?;
                }
                Ok::<_, AppError>(guess)
            })
            .await?;
        let id = match guess {
            Guess::Right(id) => id,
            Guess::Wrong { left: 0 } => return Err(refused("code_spent", None)),
            Guess::Wrong { left } => return Err(refused("code_wrong", Some(left))),
            Guess::Void => return Err(refused("code_void", None)),
        };
        let proven = method_of(&config, user, method)?.clone();
        self.commit(by, |config| {
            let (mut edits, saved) = self.change_user(config, caller, user, |user| {
                let found = user.methods.iter_mut().find(|m| m.id == method);
                let found = found.ok_or(AppError::NotFound)?;
                // Between the guess and now it may have got another address.
                if (&found.channel, &found.settings) != (&proven.channel, &proven.settings) {
                    return Err(refused("code_void", None));
                }
                found.verified_at = Some(now);
                Ok(())
            })?;
            edits.set_also(also(move |tx| {
                if !codes::use_up(tx, id, now)? {
                    return Err(refused("code_void", None));
                }
                wb_store::rechecks::confirm(tx, (user, method), now)?;
                Ok(codes::note(
                    tx,
                    (user, method),
                    CodeFact::Confirmed,
                    by,
                    now,
                )?)
            }));
            Ok((edits, saved))
        })
        .await
    }

    /// Bound to what the code was sent to: another address makes it void.
    fn hash_of_code(&self, method: &ContactMethod, code: &str) -> String {
        let settings = method.settings.iter().map(|(field, setting)| {
            let (Setting::Plain(value) | Setting::Sealed(value)) = setting;
            // With the length no value can be taken for the next field.
            format!("/{field}/{}/{value}", value.len())
        });
        let settings: String = settings.collect();
        let (id, channel) = (method.id, &method.channel);
        self.vault
            .key_hash(&format!("code/{id}/{code}/{channel}{settings}"))
    }
}

/// Nobody proves for somebody else that a method reaches them.
fn require_self(caller: &Caller, user: UserId) -> Result<(), AppError> {
    if caller.user()? == user {
        Ok(())
    } else {
        Err(AppError::Forbidden)
    }
}

fn method_of(config: &Config, user: UserId, method: MethodId) -> Result<&ContactMethod, AppError> {
    let methods = config.users.get(&user).map(|user| &user.value.methods);
    let mut methods = methods.into_iter().flatten();
    methods
        .find(|found| found.id == method)
        .ok_or(AppError::NotFound)
}

/// Every code as likely as any other: what would favour the low ones is thrown away.
fn fresh_code(random: &dyn Random) -> String {
    let fair = u32::MAX - u32::MAX % CODES;
    loop {
        let mut bytes = [0; 4];
        random.fill(&mut bytes);
        let number = u32::from_be_bytes(bytes);
        if number < fair {
            return format!("{:06}", number % CODES);
        }
    }
}

fn throttle(
    tx: &mut Tx<'_>,
    user: UserId,
    method: MethodId,
    now: Timestamp,
) -> Result<(), AppError> {
    let sent = codes::since(tx, user, now.plus_secs(-HOUR_S))?;
    let newest = sent.iter().rev().find(|(over, _)| *over == method);
    let paused = newest.map(|(_, at)| at.plus_secs(PAUSE_S));
    // The place of the oldest of the last ones is free an hour after it.
    let full = sent
        .len()
        .checked_sub(CODES_PER_HOUR)
        .and_then(|first| sent.get(first))
        .map(|(_, at)| at.plus_secs(HOUR_S));
    let Some(free_at) = paused.max(full).filter(|at| *at > now) else {
        return Ok(());
    };
    let left_s = free_at.micros_since(now).div_euclid(1_000_000) + 1;
    Err(AppError::CodesTooOften {
        retry_after_s: u32::try_from(left_s).unwrap_or(u32::MAX),
    })
}

/// Counts a guess and looks at it. Both hashes are keyed: how long they take to compare tells
/// nothing about the code.
fn guessed(
    tx: &mut Tx<'_>,
    method: MethodId,
    hash: &str,
    now: Timestamp,
) -> Result<Guess, AppError> {
    let Some(code) = codes::newest(tx, method)?.filter(|code| code.expires_at > now) else {
        return Ok(Guess::Void);
    };
    if !codes::count_try(tx, code.id, TRIES)? {
        return Ok(Guess::Void);
    }
    if code.hash == hash {
        return Ok(Guess::Right(code.id));
    }
    let left = TRIES.saturating_sub(code.attempts + 1);
    Ok(Guess::Wrong { left })
}

fn refused(word: &str, left: Option<u32>) -> AppError {
    let mut problems = Problems::default();
    match left {
        Some(left) => problems.add("code", word, &[("left", &left)]),
        None => problems.add("code", word, &[]),
    }
    AppError::Invalid(problems.into_list())
}
