//! The demo's login: made at the first start, kept in its data directory, printed at each start.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use wb_ports::Random;

use super::DemoError;

/// The name of the file in the data directory; it also says that the directory is the demo's.
pub(super) const FILE_NAME: &str = "demo.toml";

/// The admin's shown name.
pub(super) const NAME: &str = "Demo Admin";

/// The admin's zone.
pub(super) const ZONE: &str = "Europe/Berlin";

const EMAIL: &str = "admin@demo.example";

const HEADER: &str = "# The login of this demo. It opens nothing but the demo in this directory.\n";

/// Letters and digits that nobody mistakes for one another; 32 of them, so that each random byte
/// gives one without preferring any.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

const PASSWORD_CHARS: usize = 16;
const TOKEN_CHARS: usize = 32;

/// Who may use the demo.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    /// The admin's address.
    pub(super) email: String,
    /// The admin's password.
    pub(super) password: SecretString,
    /// The admin's API token.
    pub(super) token: SecretString,
}

/// The login of a directory; a new one with the given token, or a random one, if it has none.
///
/// # Errors
/// When the file cannot be read or written.
pub(super) fn hold(
    directory: &Path,
    given: Option<&SecretString>,
    random: &dyn Random,
) -> Result<Login, DemoError> {
    let path = directory.join(FILE_NAME);
    let failed = |words: String| DemoError::Login {
        path: path.clone(),
        words,
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let login: Login = toml::from_str(&text).map_err(|_| {
                failed("this is no login; remove the directory and start again".to_owned())
            })?;
            if given.is_some_and(|given| given.expose_secret() != login.token.expose_secret()) {
                tracing::warn!(
                    "the given admin token counts on an empty directory only; \
                     this demo keeps the one it has"
                );
            }
            Ok(login)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let login = create(given, random);
            write(&path, &login).map_err(|error| failed(format!("cannot be written: {error}")))?;
            Ok(login)
        }
        Err(error) => Err(failed(format!("cannot be read: {error}"))),
    }
}

fn create(given: Option<&SecretString>, random: &dyn Random) -> Login {
    let token = || format!("wb_demo_{}", words(random, TOKEN_CHARS)).into();
    Login {
        email: EMAIL.to_owned(),
        password: words(random, PASSWORD_CHARS).into(),
        token: given.map_or_else(token, Clone::clone),
    }
}

fn write(path: &Path, login: &Login) -> io::Result<()> {
    let Login {
        email,
        password,
        token,
        ..
    } = login;
    let lines = [
        ("email", email.as_str()),
        ("password", password.expose_secret()),
        ("token", token.expose_secret()),
    ];
    let table: toml::Table = lines
        .map(|(name, value)| (name.to_owned(), value.into()))
        .into_iter()
        .collect();
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(format!("{HEADER}{table}").as_bytes())
}

/// Random letters and digits in groups of four, as people can type them.
pub(super) fn words(random: &dyn Random, chars: usize) -> String {
    let mut bytes = vec![0_u8; chars];
    random.fill(&mut bytes);
    let letters: Vec<u8> = bytes
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte % 32)).copied())
        .collect();
    letters
        .chunks(4)
        .map(String::from_utf8_lossy)
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use wb_core::limits;

    use super::*;
    use crate::ambient::SystemRandom;

    #[test]
    fn a_login_is_made_once_and_found_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = hold(folder.path(), None, &SystemRandom).expect("made");
        let other = SecretString::from("another-token-0123456789");
        let found = hold(folder.path(), Some(&other), &SystemRandom).expect("found");
        assert_eq!(found.token.expose_secret(), made.token.expose_secret());
        assert_eq!(
            found.password.expose_secret(),
            made.password.expose_secret()
        );
        assert!(limits::PASSWORD_CHARS.contains(&made.password.expose_secret().len()));
        assert!(made.token.expose_secret().len() >= limits::ADMIN_TOKEN_CHARS_MIN);
    }

    #[test]
    fn a_given_token_is_taken_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let given = SecretString::from("it's-\"quoted\"-\\-0123456789");
        hold(folder.path(), Some(&given), &SystemRandom).expect("made");
        let found = hold(folder.path(), None, &SystemRandom).expect("found");
        assert_eq!(found.token.expose_secret(), given.expose_secret());
    }

    #[test]
    fn a_damaged_file_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(FILE_NAME), "colour = 3").expect("written");
        assert!(matches!(
            hold(folder.path(), None, &SystemRandom),
            Err(DemoError::Login { .. })
        ));
    }

    #[test]
    fn words_are_groups_of_four() {
        let words = words(&SystemRandom, 16);
        assert_eq!(words.len(), 19);
        assert!(words.split('-').all(|group| group.len() == 4), "{words}");
    }
}
