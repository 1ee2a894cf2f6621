//! Putting a restored database in the place of the one that is there, so that a crash at any moment
//! leaves something the next start can finish.
//!
//! A checked copy first gets a name of its own, `watchbell.db.restored-STAMP`. As long as that file is
//! there the restore is not finished: whatever is called `watchbell.db`, or lies beside it, is moved
//! aside as `watchbell.db.replaced-STAMP`, and then the copy takes its name. Each step is one rename,
//! and doing them again does no harm.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use wb_core::time::Timestamp;

use crate::lifecycle::DATABASE_FILE;

/// What a checked copy is called, before its stamp.
const READY: &str = ".restored-";

/// What a replaced database is called, before its stamp.
const ASIDE: &str = ".replaced-";

/// The files that SQLite keeps beside a database; they belong to it. The database itself goes last:
/// it must never be found without its log.
const PARTS: [&str; 3] = ["-wal", "-shm", ""];

/// A restore that was finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replaced {
    /// Where the database is that was there before; none when there was none.
    pub(crate) aside: Option<PathBuf>,
}

/// A stamp whose names are free.
pub(crate) fn free_stamp(data: &Path, now: Timestamp) -> String {
    let target = data.join(DATABASE_FILE);
    let mut stamp = now.to_jiff().strftime("%Y%m%dT%H%M%SZ").to_string();
    while !existing(&aside(&target, &stamp)).is_empty() || ready(data, &stamp).exists() {
        stamp.push_str("-again");
    }
    stamp
}

/// The name of a checked copy.
pub(crate) fn ready(data: &Path, stamp: &str) -> PathBuf {
    beside(&data.join(DATABASE_FILE), &format!("{READY}{stamp}"))
}

/// The checked copy that waits to be put in place, with its stamp.
///
/// # Errors
/// When the directory cannot be read.
pub(crate) fn waiting(data: &Path) -> io::Result<Option<(PathBuf, String)>> {
    let prefix = format!("{DATABASE_FILE}{READY}");
    for entry in std::fs::read_dir(data)? {
        let entry = entry?;
        let name = entry.file_name();
        if let Some(stamp) = name.to_str().and_then(|name| name.strip_prefix(&prefix)) {
            return Ok(Some((entry.path(), stamp.to_owned())));
        }
    }
    Ok(None)
}

/// Finishes a restore; none when there is nothing to finish. The directory must be held.
///
/// # Errors
/// When a file cannot be renamed; the next call goes on from there.
pub(crate) fn finish(data: &Path) -> io::Result<Option<Replaced>> {
    let Some((copy, stamp)) = waiting(data)? else {
        return Ok(None);
    };
    sync(data)?;
    let target = data.join(DATABASE_FILE);
    let aside = aside(&target, &stamp);
    for part in PARTS {
        let from = beside(&target, part);
        if from.exists() {
            std::fs::rename(&from, beside(&aside, part))?;
        }
    }
    // The old one must be known to be aside before the new one has its name.
    sync(data)?;
    std::fs::rename(&copy, &target)?;
    sync(data)?;
    let is_kept = !existing(&aside).is_empty();
    Ok(Some(Replaced {
        aside: is_kept.then_some(aside),
    }))
}

/// The database of a name with the files that belong to it, as far as they are there.
pub(crate) fn existing(target: &Path) -> Vec<&'static str> {
    let parts = PARTS.into_iter();
    parts.filter(|part| beside(target, part).exists()).collect()
}

/// The name of a file that lies beside another.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn aside(target: &Path, stamp: &str) -> PathBuf {
    beside(target, &format!("{ASIDE}{stamp}"))
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(data: &Path, name: &str, text: &str) {
        std::fs::write(data.join(name), text).expect("written");
    }

    fn read(path: &Path) -> String {
        std::fs::read_to_string(path).expect("read")
    }

    #[test]
    fn a_crash_between_any_two_renames_is_finished() {
        // How many of the renames were done before the crash.
        for done in 0..=3 {
            let folder = tempfile::tempdir().expect("a folder");
            let data = folder.path();
            write(data, "watchbell.db.restored-S", "new");
            for (n, part) in PARTS.iter().enumerate() {
                let place = if n < done { ".replaced-S" } else { "" };
                write(data, &format!("watchbell.db{place}{part}"), part);
            }
            let replaced = finish(data).expect("finished").expect("something to do");
            let aside = replaced.aside.expect("kept");
            assert_eq!(read(&data.join(DATABASE_FILE)), "new", "after {done}");
            assert_eq!(existing(&data.join(DATABASE_FILE)), [""]);
            for part in PARTS {
                assert_eq!(read(&beside(&aside, part)), part, "after {done}");
            }
            assert_eq!(finish(data).expect("read"), None);
        }
    }

    #[test]
    fn without_a_database_nothing_is_put_aside() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path();
        assert_eq!(finish(data).expect("read"), None);
        let stamp = free_stamp(data, Timestamp::EPOCH);
        std::fs::write(ready(data, &stamp), "new").expect("written");
        assert_ne!(free_stamp(data, Timestamp::EPOCH), stamp);
        let replaced = finish(data).expect("finished");
        assert_eq!(replaced, Some(Replaced { aside: None }));
        assert_eq!(read(&data.join(DATABASE_FILE)), "new");
    }
}
