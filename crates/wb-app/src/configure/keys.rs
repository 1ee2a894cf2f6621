//! Integration keys: made or given, sealed for their team, found by keyed hash.

use wb_core::config::{Integration, ObjectId, Permission};
use wb_core::ids::IntegrationId;
use wb_core::limits;
use wb_ports::Random;

use super::draft::IntegrationDraft;
use super::problems::Problems;
use super::{Draft, Saved};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// Characters of a key that is made: as many as a PagerDuty routing key has, because clients check.
const KEY_CHARS: usize = 32;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A key as it is stored.
pub(super) struct StoredKey {
    pub(super) sealed: String,
    pub(super) hash: String,
}

/// The key an integration gets: the given one, else the one it has, else a new one.
pub(super) fn choose(
    app: &App,
    id: IntegrationId,
    given: Option<&str>,
    old: Option<&Integration>,
    problems: &mut Problems,
) -> StoredKey {
    if let Some(key) = given {
        let (min, max) = (*limits::KEY_CHARS.start(), *limits::KEY_CHARS.end());
        let fits =
            key.chars().all(|c| c.is_ascii_graphic()) && limits::KEY_CHARS.contains(&key.len());
        if !fits {
            problems.add("key", "key_form", &[("min", &min), ("max", &max)]);
        }
    }
    let unchanged =
        |old: &&Integration| given.is_none_or(|key| app.vault.key_hash(key) == old.key_hash);
    if let Some(old) = old.filter(unchanged) {
        return StoredKey {
            sealed: old.key_sealed.clone(),
            hash: old.key_hash.clone(),
        };
    }
    let key = given.map_or_else(|| fresh_key(&*app.random), ToOwned::to_owned);
    StoredKey {
        sealed: app.vault.seal(&key, &place(id), &*app.random),
        hash: app.vault.key_hash(&key),
    }
}

/// What a sealed key is bound to.
fn place(id: IntegrationId) -> String {
    format!("{id}/key")
}

/// A new random key.
fn fresh_key(random: &dyn Random) -> String {
    let mut key = String::with_capacity(KEY_CHARS);
    while key.len() < KEY_CHARS {
        let mut bytes = [0_u8; KEY_CHARS];
        random.fill(&mut bytes);
        let fair = bytes.iter().filter_map(|byte| {
            // 62 does not divide 256: bytes beyond the last whole round would favour some letters.
            let at = usize::from(*byte);
            (at < 4 * ALPHABET.len())
                .then(|| ALPHABET.get(at % ALPHABET.len()).copied())
                .flatten()
        });
        key.extend(fair.take(KEY_CHARS - key.len()).map(char::from));
    }
    key
}

impl App {
    /// Shows an integration's key again, to those who may edit it.
    ///
    /// # Errors
    /// Without the right to edit it, or when the key was sealed under another instance's key.
    pub fn reveal_key(&self, caller: &Caller, id: IntegrationId) -> Result<String, AppError> {
        let config = self.config();
        let team = config
            .team_of(ObjectId::Integration(id))
            .ok_or(AppError::NotFound)?;
        caller.require(Permission::Write, team)?;
        let integration = config.integrations.get(&id).ok_or(AppError::NotFound)?;
        self.vault
            .open(&integration.value.key_sealed, &place(id))
            .map_err(|error| AppError::invalid("key", error.to_string()))
    }

    /// Gives an integration a new key and returns it; the old one stops working at once.
    ///
    /// # Errors
    /// As for an update.
    pub async fn rotate_key(
        &self,
        caller: &Caller,
        id: IntegrationId,
        expected: Option<u32>,
    ) -> Result<(String, Saved), AppError> {
        let config = self.config();
        let now = &config
            .integrations
            .get(&id)
            .ok_or(AppError::NotFound)?
            .value;
        let key = fresh_key(&*self.random);
        let draft = IntegrationDraft {
            service: now.service,
            name: now.name.clone(),
            dialect: now.dialect.clone(),
            key: Some(key.clone()),
        };
        let saved = self
            .update(
                caller,
                ObjectId::Integration(id),
                expected,
                Draft::Integration(draft),
            )
            .await?;
        Ok((key, saved))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Rolling(std::sync::atomic::AtomicU8);
    impl Random for Rolling {
        fn fill(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0.fetch_add(37, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn fresh_keys_have_the_form_clients_expect() {
        let random = Rolling(250.into());
        let (one, two) = (fresh_key(&random), fresh_key(&random));
        assert!(
            one.len() == 32 && one.bytes().all(|b| b.is_ascii_alphanumeric()),
            "{one}"
        );
        assert_ne!(one, two);
    }
}
