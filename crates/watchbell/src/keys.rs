//! The instance's master key: one file, the same on every node.
//!
//! Secrets in the database, links and sessions hang on it, so a database without its key is half
//! lost, and a node with another key would refuse what the others wrote. The database therefore
//! knows the id of its key, and a node that holds another one does not start.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretBox, SecretString};
use serde::Deserialize;
use wb_app::vault::key_id;
use wb_ports::Random;

/// The name of the key file in the data directory.
pub(crate) const FILE_NAME: &str = "keys.toml";

const HEADER: &str = "\
# The key of this Watchbell instance. Whoever has it can read the secrets in the database.
# Every node of the instance needs this file (keys.file). Keep a copy apart from the database:
# without it the secrets in the database, links and sessions are lost.
";

/// A master key and its id.
#[derive(Debug)]
pub(crate) struct Master {
    /// Names the key without giving it away.
    pub(crate) id: String,
    bytes: SecretBox<[u8; 32]>,
}

impl Master {
    fn new(bytes: Box<[u8; 32]>) -> Self {
        Self {
            id: key_id(&bytes),
            bytes: SecretBox::new(bytes),
        }
    }

    /// The key itself.
    pub(crate) fn expose(&self) -> &[u8; 32] {
        self.bytes.expose_secret()
    }
}

/// Why there is no usable key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    /// The file cannot be read.
    #[error("the key file {path} cannot be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("the key file {path} cannot be written: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Others may read the file.
    #[error("the key file {path} may be read by others (mode {mode:o}); run `chmod 600 {path}`")]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file is not a key file.
    #[error("the key file {path} is damaged: {what}; put back the copy you kept")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
    /// The database belongs to a key, and this node has none.
    #[error(
        "this node lacks key {wanted}, to which the database belongs; \
         give it the key file of the node that made the database (keys.file), \
         or put the file at {path}"
    )]
    Lacking {
        /// The id of the database's key.
        wanted: String,
        /// Where the file was looked for.
        path: PathBuf,
    },
    /// The database belongs to another key.
    #[error(
        "this node lacks key {wanted}, to which the database belongs; {path} holds key {held}; \
         give the node the key file of the node that made the database (keys.file)"
    )]
    Other {
        /// The id of the database's key.
        wanted: String,
        /// The id of the key in the file.
        held: String,
        /// The file.
        path: PathBuf,
    },
}

/// The form of the key file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    id: String,
    master: SecretString,
}

/// Reads a key file.
///
/// # Errors
/// When it cannot be read, is open to others, or is not a key file.
pub(crate) fn load(path: &Path) -> Result<Master, KeyError> {
    let unreadable = |source| KeyError::Read {
        path: path.to_path_buf(),
        source,
    };
    let damaged = |what| KeyError::Damaged {
        path: path.to_path_buf(),
        what,
    };
    let mode = path.metadata().map_err(unreadable)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Open {
            path: path.to_path_buf(),
            mode,
        });
    }
    let text = SecretString::from(std::fs::read_to_string(path).map_err(unreadable)?);
    let file: KeyFile = toml::from_str(text.expose_secret())
        .map_err(|_| damaged("it must hold exactly `id` and `master`"))?;
    let bytes = STANDARD
        .decode(file.master.expose_secret().trim())
        .unwrap_or_default();
    let bytes: Box<[u8; 32]> = bytes
        .into_boxed_slice()
        .try_into()
        .map_err(|_| damaged("`master` is not 32 bytes in base64"))?;
    let master = Master::new(bytes);
    if master.id == file.id {
        Ok(master)
    } else {
        Err(damaged("`id` is not the id of `master`"))
    }
}

/// Makes a new key and writes its file, which must not exist; on disk before this returns.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn create(path: &Path, random: &dyn Random) -> Result<Master, KeyError> {
    let mut bytes = Box::new([0_u8; 32]);
    random.fill(&mut bytes[..]);
    let encoded = STANDARD.encode(&bytes[..]);
    let master = Master::new(bytes);
    let text = format!("{HEADER}id = \"{}\"\nmaster = \"{encoded}\"\n", master.id);
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        // The name is durable only with the directory: a key lost to a power failure after the
        // database took its id could never be made again.
        path.parent()
            .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    write().map_err(|source| KeyError::Write {
        path: path.to_path_buf(),
        source,
    })?;
    Ok(master)
}

/// The key of this node and whether it was made just now.
#[derive(Debug)]
pub(crate) struct Held {
    /// The key.
    pub(crate) master: Master,
    /// Its file.
    pub(crate) path: PathBuf,
    /// Whether this start made it.
    pub(crate) made: bool,
}

/// Finds the key of this node, or makes one for a database that has none.
///
/// # Errors
/// When a key file was named and cannot be used, or the database belongs to a key that is not here.
pub(crate) fn hold(
    given: Option<&Path>,
    data: &Path,
    wanted: Option<&str>,
    random: &dyn Random,
) -> Result<Held, KeyError> {
    let path = given.map_or_else(|| data.join(FILE_NAME), Path::to_path_buf);
    if given.is_none() && !path.exists() {
        return match wanted {
            Some(wanted) => Err(KeyError::Lacking {
                wanted: wanted.to_owned(),
                path,
            }),
            None => Ok(Held {
                master: create(&path, random)?,
                path,
                made: true,
            }),
        };
    }
    let held = Held {
        master: load(&path)?,
        path,
        made: false,
    };
    match wanted {
        Some(wanted) => held.fits(wanted),
        None => Ok(held),
    }
}

impl Held {
    /// This key, if it is the one the database belongs to. A key made just now that lost the race
    /// for an empty database is taken away again: two key files would only confuse.
    ///
    /// # Errors
    /// [`KeyError::Other`].
    pub(crate) fn fits(self, wanted: &str) -> Result<Self, KeyError> {
        if self.master.id == wanted {
            return Ok(self);
        }
        if self.made
            && let Err(source) = std::fs::remove_file(&self.path)
        {
            return Err(KeyError::Write {
                path: self.path,
                source,
            });
        }
        Err(KeyError::Other {
            wanted: wanted.to_owned(),
            held: self.master.id,
            path: self.path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::SystemRandom;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    #[test]
    fn the_first_node_makes_a_key_that_only_its_user_reads() {
        let data = folder();
        let held = hold(None, data.path(), None, &SystemRandom).expect("made");
        assert!(held.made);
        let mode = held.path.metadata().expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let again = hold(None, data.path(), Some(&held.master.id), &SystemRandom).expect("read");
        assert_eq!(again.master.expose(), held.master.expose());
        assert!(!again.made);
        assert!(!format!("{held:?}").contains(&STANDARD.encode(held.master.expose())));
    }

    #[test]
    fn a_node_without_the_key_names_the_id_it_lacks() {
        let data = folder();
        let error = hold(None, data.path(), Some("00aa"), &SystemRandom).expect_err("refused");
        assert!(error.to_string().contains("lacks key 00aa"), "{error}");
        assert!(!data.path().join(FILE_NAME).exists());

        let key = create(&data.path().join("other.toml"), &SystemRandom).expect("made");
        let given = data.path().join("other.toml");
        let error = hold(Some(&given), data.path(), Some("00aa"), &SystemRandom);
        let error = error.expect_err("refused").to_string();
        assert!(
            error.contains("lacks key 00aa") && error.contains(&key.id),
            "{error}"
        );
    }

    #[test]
    fn a_key_that_lost_the_race_is_taken_away_and_a_given_one_is_not() {
        let data = folder();
        let made = hold(None, data.path(), None, &SystemRandom).expect("made");
        let path = made.path.clone();
        assert!(made.fits("00aa").is_err());
        assert!(!path.exists());
        create(&path, &SystemRandom).expect("made");
        let given = hold(Some(&path), data.path(), None, &SystemRandom).expect("read");
        assert!(given.fits("00aa").is_err());
        assert!(path.exists());
    }

    #[test]
    fn a_file_others_may_read_is_refused() {
        let data = folder();
        let path = data.path().join(FILE_NAME);
        create(&path, &SystemRandom).expect("made");
        for mode in [0o640, 0o604] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
            let error = load(&path).expect_err("refused").to_string();
            assert!(error.contains("chmod 600"), "{error}");
        }
    }

    #[test]
    fn a_named_file_must_be_there_and_whole() {
        let data = folder();
        let path = data.path().join("k.toml");
        let error = hold(Some(&path), data.path(), None, &SystemRandom).expect_err("refused");
        assert!(matches!(error, KeyError::Read { .. }), "{error}");

        let key = create(&path, &SystemRandom).expect("made");
        let text = std::fs::read_to_string(&path).expect("read");
        for broken in [
            text.replace(&key.id, "0011223344556677"),
            text.replace("master = \"", "master = \"AAAA"),
            text.replace("master", "mister"),
            String::new(),
        ] {
            std::fs::write(&path, broken).expect("written");
            let error = load(&path).expect_err("refused").to_string();
            assert!(error.contains("damaged"), "{error}");
        }
        assert!(
            create(&path, &SystemRandom).is_err(),
            "an existing file is never overwritten"
        );
    }
}
