//! What lies on this machine's disk: data directory, key file, the rules of the metric store.

use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access, statvfs};

use super::report::Finding;
use crate::boot::Boot;
use crate::keys::{self, KeyError};
use crate::lifecycle::probe;

/// Below this the database may soon find no room.
const FREE_BYTES_MIN: u64 = 1 << 30;

/// What can be said of the data directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Directory {
    /// It can be used; perhaps only the start makes it.
    Usable,
    /// A running server has it.
    Held,
    /// It cannot be used.
    Unusable,
}

pub(super) fn directory(path: &Path) -> (Directory, Finding) {
    const CHECK: &str = "data directory";
    let shown = path.display();
    let unusable = |found: String, mend: &str| {
        let mend = format!("{mend}, or name another directory (data.dir, --data)");
        (Directory::Unusable, Finding::problem(CHECK, found, mend))
    };
    let (existing, exists) = nearest(path);
    let near = existing.display();
    match existing.metadata() {
        Err(error) => return unusable(format!("{near}: {error}"), "make it reachable"),
        Ok(there) if !there.is_dir() => {
            return unusable(format!("{near} is no directory"), "move that file away");
        }
        Ok(_) => {}
    }
    if let Err(error) = access(&existing, Access::WRITE_OK | Access::EXEC_OK) {
        return unusable(
            format!("{near} cannot be written: {error}"),
            "give the server's user the right to write there",
        );
    }
    match probe::is_held(path) {
        Ok(true) => {
            let found = format!("{shown} is in use by a running server");
            return (Directory::Held, Finding::ok(CHECK, found));
        }
        Ok(false) => {}
        Err(error) => {
            let found = format!("the lock in {shown} cannot be read: {error}");
            return unusable(found, "give the server's user the right to read it");
        }
    }
    let state = if exists {
        format!("{shown} is there and writable")
    } else {
        format!("{shown} is made by the first start")
    };
    (Directory::Usable, room(CHECK, &existing, &state))
}

fn room(check: &'static str, path: &Path, state: &str) -> Finding {
    let free = statvfs(path).map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    match free {
        Ok(free) if free < FREE_BYTES_MIN => Finding::warning(
            check,
            format!("{state}; {} MiB free", free >> 20),
            "make room: when the disk is full no event can be taken in",
        ),
        Ok(free) => Finding::ok(check, format!("{state}; {} GiB free", free >> 30)),
        Err(error) => Finding::ok(check, format!("{state}; free space unknown ({error})")),
    }
}

/// The path, or the nearest one above it that exists, and whether it is the path itself.
fn nearest(path: &Path) -> (PathBuf, bool) {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let there = absolute
        .ancestors()
        .find(|one| one.symlink_metadata().is_ok());
    let there = there.unwrap_or(&absolute).to_path_buf();
    let is_itself = there == absolute;
    (there, is_itself)
}

/// The key of this node, as the check of the database needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Its id.
    Held(String),
    /// There is none yet; a first start would make one here.
    Absent(PathBuf),
    /// There is one that cannot be used.
    Unusable,
}

pub(super) fn key(boot: &Boot) -> (Key, Finding) {
    const CHECK: &str = "keys";
    let given = boot.keys.file.clone();
    let named = given.is_some();
    let path = given.unwrap_or_else(|| boot.data.dir.join(keys::FILE_NAME));
    let is_missing = |error: &KeyError| {
        matches!(error, KeyError::Read { source, .. } if matches!(
            source.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
        ))
    };
    match keys::load(&path) {
        Ok(master) => {
            let found = format!(
                "{} holds key {}, for its user only",
                path.display(),
                master.id
            );
            (Key::Held(master.id), Finding::ok(CHECK, found))
        }
        Err(error) if !named && is_missing(&error) => {
            let found = format!("none yet; the first start makes {}", path.display());
            (Key::Absent(path), Finding::ok(CHECK, found))
        }
        Err(error) => {
            let mend = key_mend(&error, &path);
            (
                Key::Unusable,
                Finding::problem(CHECK, error.to_string(), mend),
            )
        }
    }
}

fn key_mend(error: &KeyError, path: &Path) -> String {
    match error {
        KeyError::Open { .. } => format!("chmod 600 {}", path.display()),
        KeyError::Damaged { .. } => "put back the copy you kept".to_owned(),
        _ => "name the key file of this instance (keys.file) and let the server's user read it"
            .to_owned(),
    }
}

pub(super) fn metric_rules(boot: &Boot) -> Finding {
    const CHECK: &str = "metric rules";
    let files = [
        &boot.metrics.storage_schemas,
        &boot.metrics.storage_aggregation,
    ];
    let named: Vec<_> = files
        .into_iter()
        .flatten()
        .map(|path| path.display().to_string())
        .collect();
    match probe::metric_rules(boot) {
        Err(error) => Finding::problem(
            CHECK,
            error.to_string(),
            "correct the file, or leave the setting out for the built-in rules",
        ),
        Ok(()) if named.is_empty() => Finding::ok(CHECK, "the built-in ones"),
        Ok(()) => Finding::ok(CHECK, format!("read from {}", named.join(" and "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_to_come_is_judged_by_the_one_above_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let deep = folder.path().join("a/b");
        let (state, found) = directory(&deep);
        assert_eq!(state, Directory::Usable, "{found}");
        assert!(found.to_string().contains("made by the first start"));
        assert!(!deep.exists());

        let file = folder.path().join("file");
        std::fs::write(&file, "").expect("written");
        for path in [file.clone(), file.join("below")] {
            let (state, found) = directory(&path);
            assert_eq!(state, Directory::Unusable);
            let words = format!("{} is no directory", file.display());
            assert!(found.to_string().contains(&words), "{found}");
            assert!(found.to_string().contains("--data"), "{found}");
        }
    }
}
