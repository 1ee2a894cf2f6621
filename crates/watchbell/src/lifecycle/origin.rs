//! Is the database where it was? A restored or copied one starts with its sending held.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use wb_core::time::Timestamp;
use wb_ports::{Random, catalogue};
use wb_store::db::{Engine, Error, Lane, Store};
use wb_store::sending::Hold;
use wb_store::{origin, sending};

/// The file beside a SQLite database that holds the database's id.
const INSTANCE_FILE: &str = "instance";

/// The database's place cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OriginError {
    /// The file beside it.
    #[error("{path} cannot be used: {source}; it holds the id of the database beside it")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The database.
    #[error("the database cannot be used: {0}")]
    Store(#[from] Error),
}

/// Looks whether the database is where it was, holds its sending if not, and says what holds it.
///
/// # Errors
/// When the file beside it or the database cannot be read or written.
pub(super) async fn settle(
    store: &Store,
    data: &Path,
    now: Timestamp,
    random: &dyn Random,
) -> Result<Option<Hold>, OriginError> {
    match store.engine() {
        Engine::Sqlite => settle_directory(store, data, now, random).await?,
        Engine::Postgres => {
            store
                .write(Lane::People, move |tx| {
                    origin::settle_server(tx, Engine::Postgres, now)
                })
                .await?;
        }
    }
    let hold = store.read(sending::held).await?;
    if let Some(hold) = hold {
        tracing::error!("{}", words(hold));
    }
    Ok(hold)
}

/// That nothing is sent, why, and what to do.
pub(crate) fn words(hold: Hold) -> String {
    let why = wb_http::api::sending::why_text(hold.why);
    catalogue::text("sending.not_ready", &[("why", &why)])
}

async fn settle_directory(
    store: &Store,
    data: &Path,
    now: Timestamp,
    random: &dyn Random,
) -> Result<(), OriginError> {
    let path = data.join(INSTANCE_FILE);
    let fail = |source| OriginError::File {
        path: path.clone(),
        source,
    };
    let found = read(&path).map_err(fail)?;
    let known = store.read(origin::instance).await?;
    if known.is_some() && known == found {
        return Ok(());
    }
    let mut bits = [0_u8; 16];
    random.fill(&mut bits);
    let id = uuid::Builder::from_random_bytes(bits).into_uuid();
    let id = id.simple().to_string();
    // The file first: dying in between leaves two ids that differ, and that holds.
    write(data, &path, &id).map_err(fail)?;
    store
        .write(Lane::People, move |tx| origin::set_instance(tx, &id, now))
        .await?;
    Ok(())
}

fn read(path: &Path) -> io::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn write(folder: &Path, path: &Path, id: &str) -> io::Result<()> {
    use std::io::Write as _;
    let mut file = NamedTempFile::new_in(folder)?;
    writeln!(file, "{id}")?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use wb_store::db::SqliteOptions;
    use wb_store::sending::HeldWhy;

    use super::*;
    use crate::ambient::SystemRandom;

    async fn start(data: &Path) -> (Store, Option<Hold>) {
        let store = Store::open_sqlite(SqliteOptions::file(data.join("watchbell.db")));
        let store = store.expect("opened");
        let settled = settle(&store, data, Timestamp::EPOCH, &SystemRandom).await;
        (store, settled.expect("settled"))
    }

    #[tokio::test]
    async fn only_a_database_that_moved_is_held() {
        let (one, two) = (
            tempfile::tempdir().expect("a folder"),
            tempfile::tempdir().expect("a folder"),
        );
        for _ in 0..2 {
            let (store, held) = start(one.path()).await;
            assert_eq!(held, None);
            store.close();
        }
        let name = "watchbell.db";
        std::fs::copy(one.path().join(name), two.path().join(name)).expect("copied");
        // Held until somebody lets it go, however often it is started.
        for _ in 0..2 {
            let (store, held) = start(two.path()).await;
            assert_eq!(held.map(|hold| hold.why), Some(HeldWhy::Directory));
            store.close();
        }
        let (store, _) = start(two.path()).await;
        let by = wb_core::actor::Actor::System;
        let let_go = store.write(Lane::People, move |tx| {
            sending::resume(tx, by, Timestamp::EPOCH, 0)
        });
        let_go.await.expect("written");
        store.close();
        assert_eq!(start(two.path()).await.1, None);
        std::fs::remove_file(one.path().join(INSTANCE_FILE)).expect("removed");
        assert!(start(one.path()).await.1.is_some());
    }
}
