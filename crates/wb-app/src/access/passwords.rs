//! Password hashing and checking: slow on purpose, so bounded on purpose.

use std::sync::{Mutex, PoisonError};

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use wb_core::time::Timestamp;
use wb_ports::Random;

use super::throttle::Throttle;
use crate::error::AppError;

/// Memory of one hash in KiB, passes over it and lanes: what OWASP recommends for argon2id.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

const SALT_BYTES: usize = 16;

/// Checks that may wait for a core; further ones are told to come back.
const WAITING_MAX: usize = 64;

const RETRY_AFTER_MS: u64 = 2_000;

/// Hashes and checks passwords, a few at a time, and slows down guessing.
pub struct Passwords {
    /// One per core: each hash takes 19 MiB and a core for some tens of milliseconds.
    cores: Semaphore,
    waiting: Semaphore,
    throttle: Mutex<Throttle>,
}

impl Default for Passwords {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            cores: Semaphore::new(cores),
            waiting: Semaphore::new(WAITING_MAX),
            throttle: Mutex::default(),
        }
    }
}

/// What checking a password gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Checked {
    /// It is the right one.
    Right,
    /// It is not, or there is no such account.
    Wrong,
    /// Too many wrong ones; nothing was checked.
    Wait {
        /// When to try again.
        retry_after_s: u32,
    },
}

/// Who is tried and from where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Try<'a> {
    pub(super) account: &'a str,
    pub(super) address: &'a str,
    pub(super) now: Timestamp,
}

impl Passwords {
    /// The stored form (PHC string) of a password.
    pub(super) async fn hash(
        &self,
        password: &str,
        random: &dyn Random,
    ) -> Result<String, AppError> {
        let mut salt = [0_u8; SALT_BYTES];
        random.fill(&mut salt);
        let password = password.to_owned();
        self.on_a_core(move || hash(&password, &salt)).await?
    }

    /// Checks a password against a stored hash. Without a hash (no such account, no password set,
    /// inactive) the same work is done, so that the time taken gives nothing away.
    pub(super) async fn check(
        &self,
        who: Try<'_>,
        password: &str,
        stored: Option<String>,
    ) -> Result<Checked, AppError> {
        if let Some(retry_after_s) = self.throttle().wait_s(who.account, who.address, who.now) {
            return Ok(Checked::Wait { retry_after_s });
        }
        let password = password.to_owned();
        let verify = move || match stored {
            Some(stored) => verify(&password, &stored),
            // The same work as a check, and the result does not matter.
            None => hash(&password, &[0; SALT_BYTES]).map(|_| false),
        };
        let right = self.on_a_core(verify).await??;
        let mut throttle = self.throttle();
        // Looked at again: others may have failed while this one waited for a core.
        if let Some(retry_after_s) = throttle.wait_s(who.account, who.address, who.now) {
            return Ok(Checked::Wait { retry_after_s });
        }
        if right {
            throttle.succeeded(who.account);
            Ok(Checked::Right)
        } else {
            throttle.failed(who.account, who.address, who.now);
            Ok(Checked::Wrong)
        }
    }

    async fn on_a_core<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let busy = |_| AppError::Busy {
            retry_after_ms: RETRY_AFTER_MS,
        };
        let _place = self.waiting.try_acquire().map_err(busy)?;
        let closed = |error: &dyn core::fmt::Display| AppError::Internal(error.to_string());
        let _core = self.cores.acquire().await.map_err(|e| closed(&e))?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|e| closed(&e))
    }

    fn throttle(&self) -> std::sync::MutexGuard<'_, Throttle> {
        // A panic while counting leaves counters behind that are at worst off by one.
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn argon2() -> Result<Argon2<'static>, AppError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str, salt: &[u8]) -> Result<String, AppError> {
    let hash: PasswordHash = argon2()?
        .hash_password_with_salt(password.as_bytes(), salt)
        .map_err(internal)?;
    Ok(hash.to_string())
}

fn verify(password: &str, stored: &str) -> Result<bool, AppError> {
    let stored = PasswordHash::new(stored).map_err(internal)?;
    Ok(argon2()?
        .verify_password(password.as_bytes(), &stored)
        .is_ok())
}

fn internal(error: impl core::fmt::Display) -> AppError {
    AppError::Internal(format!("password hashing: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_say_how_they_were_made_and_verify() {
        let stored = hash("correct horse battery", &[7; SALT_BYTES]).unwrap();
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        assert!(verify("correct horse battery", &stored).unwrap());
        assert!(!verify("correct horse batterz", &stored).unwrap());
        assert!(verify("x", "not a hash").is_err());
    }

    #[tokio::test]
    async fn a_locked_account_is_not_even_checked() {
        let passwords = Passwords::default();
        let who = Try {
            account: "ana",
            address: "10.0.0.1",
            now: Timestamp::EPOCH,
        };
        for _ in 0..5 {
            assert_eq!(
                passwords.check(who, "wrong", None).await.unwrap(),
                Checked::Wrong
            );
        }
        let right = hash("right", &[1; SALT_BYTES]).unwrap();
        let locked = passwords
            .check(who, "right", Some(right.clone()))
            .await
            .unwrap();
        assert_eq!(locked, Checked::Wait { retry_after_s: 60 });
        let later = Try {
            now: Timestamp::EPOCH.plus_secs(60),
            ..who
        };
        assert_eq!(
            passwords.check(later, "right", Some(right)).await.unwrap(),
            Checked::Right
        );
    }
}
