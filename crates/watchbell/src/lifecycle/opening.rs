//! Database, key and first account.

use std::io::Write as _;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use wb_app::vault::Vault;
use wb_app::{App, AppError};
use wb_core::time::Timestamp;
use wb_ports::Random;
use wb_store::db::{self, Lane, PostgresOptions, SqliteOptions, Store};
use wb_store::sending::Hold;

use super::origin::{self, OriginError};
use crate::boot::Boot;
use crate::keys::{self, Held, KeyError};

/// The name of the SQLite database in the data directory.
pub(crate) const DATABASE_FILE: &str = "watchbell.db";

/// The row of `meta` with the id of the database's key.
pub(super) const KEY_ID: &str = "key_id";

/// The first admin's API token, if one was given.
pub(crate) type AdminToken = Option<SecretString>;

/// Database, key or first account cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] db::OpenError),
    /// The key cannot be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database cannot be read or written.
    #[error("the database cannot be used: {0}")]
    Store(#[from] db::Error),
    /// Configuration or first account cannot be loaded.
    #[error("the database cannot be used: {0}")]
    App(#[from] AppError),
    /// Whether it was moved cannot be told.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// A thread went away.
    #[error("the database could not be opened: {0}")]
    Thread(#[from] tokio::task::JoinError),
}

/// An open database and the key that belongs to it.
pub(super) struct Opened {
    pub(super) store: Store,
    pub(super) vault: Vault,
    /// Where the key lies.
    pub(super) key_file: PathBuf,
    /// What holds sending, if something does.
    pub(super) hold: Option<Hold>,
}

/// Opens the database and finds, or makes, its key.
///
/// # Errors
/// When one of the two cannot be had, or they do not belong together.
pub(super) async fn open(
    boot: &Boot,
    now: Timestamp,
    random: &dyn Random,
) -> Result<Opened, OpenError> {
    let sqlite = boot.data.dir.join(DATABASE_FILE);
    let postgres = boot.database.url.as_ref().map(|url| PostgresOptions {
        connections: boot.database.connections,
        ca_file: boot.database.ca_file.clone(),
        ..PostgresOptions::url(url.expose_secret())
    });
    let store = tokio::task::spawn_blocking(move || open_store(postgres, sqlite)).await??;
    let wanted = store.read(|tx| wb_store::meta::get(tx, KEY_ID)).await?;
    let held = keys::hold(
        boot.keys.file.as_deref(),
        &boot.data.dir,
        wanted.as_deref(),
        random,
    )?;
    let held = belong(&store, held).await?;
    if held.made {
        tracing::warn!(
            path = %held.path.display(),
            "a new key was made; keep a copy of {} apart from the database",
            held.path.display()
        );
    }
    let hold = origin::settle(&store, &boot.data.dir, now, random).await?;
    Ok(Opened {
        store,
        hold,
        vault: Vault::new(held.master.expose()),
        key_file: held.path,
    })
}

fn open_store(postgres: Option<PostgresOptions>, sqlite: PathBuf) -> Result<Store, db::OpenError> {
    match postgres {
        Some(options) => Store::open_postgres(options),
        None => Store::open_sqlite(SqliteOptions::file(sqlite)),
    }
}

/// Binds the database to this key, unless it is bound already; of two nodes that start on one empty
/// database the first wins.
async fn belong(store: &Store, held: Held) -> Result<Held, OpenError> {
    let id = held.master.id.clone();
    let wanted = store
        .write(Lane::People, move |tx| {
            wb_store::meta::set_once(tx, KEY_ID, &id)
        })
        .await?;
    Ok(held.fits(&wanted)?)
}

/// Makes the first admin on an empty database, and shows the set-up link until it was used.
///
/// # Errors
/// When the database cannot be written.
pub(super) async fn bootstrap(app: &App, token: AdminToken, url: &str) -> Result<(), OpenError> {
    let token = token.as_ref().map(|token| token.expose_secret());
    let bootstrapped = app.bootstrap(token).await?;
    if let Some(secret) = bootstrapped.setup_secret {
        let url = app.settings.public_url.as_deref().unwrap_or(url);
        let mut err = std::io::stderr().lock();
        // Not through the log: it may go to a place that more people read than may be admin.
        drop(writeln!(
            err,
            "Set up the first admin's sign-in once, here: {url}/set-up#{secret}"
        ));
    }
    Ok(())
}
