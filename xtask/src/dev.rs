//! `make dev`: the demo server, rebuilt and restarted when its source changes, beside Vite.

use std::{
    fs,
    path::Path,
    process::Child,
    thread,
    time::{Duration, SystemTime},
};

use crate::{
    command::{self, say},
    error::Error,
    web,
};

const LOOK_EVERY: Duration = Duration::from_millis(700);

/// Folders and files whose change means a new build.
const WATCHED: [&str; 3] = ["crates", "catalogue", "Cargo.toml"];

/// Runs until Vite ends or the terminal's interrupt reaches us all.
pub(crate) fn run(root: &Path) -> Result<(), Error> {
    let mut vite = None;
    if web::exists(root) {
        web::install(root)?;
        vite = Some(Stopped(command::spawn(
            &root.join("web"),
            "npm",
            &["run", "dev"],
        )?));
    }
    loop {
        let seen = newest(root);
        let server = match command::run(root, "cargo", &["build", "-p", "watchbell"]) {
            Ok(()) => Some(Stopped(command::spawn(
                root,
                "target/debug/watchbell",
                &["demo"],
            )?)),
            Err(error) => {
                say(format_args!("{error}; waiting for a change"));
                None
            }
        };
        while newest(root) == seen {
            if vite.as_mut().is_some_and(Stopped::has_ended) {
                return Ok(());
            }
            thread::sleep(LOOK_EVERY);
        }
        say("changed; building");
        drop(server);
    }
}

/// When any watched file last changed. Comparing times of files needs no watcher library, and a
/// tree of this size is walked in milliseconds.
fn newest(root: &Path) -> Option<SystemTime> {
    WATCHED
        .iter()
        .filter_map(|name| newest_under(&root.join(name)))
        .max()
}

fn newest_under(path: &Path) -> Option<SystemTime> {
    let own = fs::metadata(path).ok()?.modified().ok();
    let Ok(entries) = fs::read_dir(path) else {
        return own;
    };
    let below = entries
        .flatten()
        .filter_map(|entry| newest_under(&entry.path()))
        .max();
    own.max(below)
}

/// A child that does not outlive us.
struct Stopped(Child);

impl Stopped {
    fn has_ended(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        // Already gone is as good as stopped.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_deep_down_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("crates/a/src/lib.rs");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "a").unwrap();
        let before = newest(folder.path());
        let later = before.unwrap() + Duration::from_secs(5);
        fs::File::options()
            .write(true)
            .open(&file)
            .unwrap()
            .set_modified(later)
            .unwrap();
        assert_eq!(newest(folder.path()), Some(later));
    }
}
