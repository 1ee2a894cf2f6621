//! Migrations come as twins, one for each engine, and never change once released.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use sha2::{Digest, Sha256};

use super::Finding;
use crate::{command::say, error::Error, repo::Repo};

const FOLDER: &str = "crates/wb-store/migrations/";
const LOCK: &str = "crates/wb-store/migrations/LOCK";
const ENGINES: [&str; 2] = ["sqlite", "postgres"];

/// Migration texts by `engine/file`.
type Migrations<'a> = BTreeMap<&'a str, &'a str>;

pub(super) fn check(repo: &Repo) -> Vec<Finding> {
    let all = migrations(repo);
    let mut findings = twins(&all);
    findings.extend(names(&all));
    findings.extend(casts(&all));
    findings.extend(locked(&all, repo.text(LOCK).unwrap_or_default()));
    findings
}

/// Adds every migration that is not yet locked to the lock file. Run by a release, never by hand to
/// make a changed migration pass: databases out there already ran the old text.
pub(crate) fn write_lock(root: &Path) -> Result<(), Error> {
    let repo = Repo::load(root)?;
    let all = migrations(&repo);
    let old = repo.text(LOCK).unwrap_or_default();
    let broken = locked(&all, old);
    for finding in &broken {
        say(finding);
    }
    if !broken.is_empty() {
        return Err(Error::Untidy(broken.len()));
    }
    let path = root.join(LOCK);
    fs::write(&path, lock_text(&all)).map_err(Error::file(&path))
}

fn migrations(repo: &Repo) -> Migrations<'_> {
    repo.under(FOLDER)
        .filter(|(below, _)| below.ends_with(".sql"))
        .map(|(below, file)| (below, file.text.as_str()))
        .collect()
}

fn twins(all: &Migrations) -> Vec<Finding> {
    let of = |engine: &str| -> BTreeSet<&str> {
        all.keys()
            .filter_map(|path| path.strip_prefix(engine)?.strip_prefix('/'))
            .collect()
    };
    let mut findings = Vec::new();
    for (engine, other) in [(ENGINES[0], ENGINES[1]), (ENGINES[1], ENGINES[0])] {
        for name in of(engine).difference(&of(other)) {
            let what = format!("has no twin {other}/{name}");
            let mend = "every migration is written for both engines, under one name";
            findings.push(Finding::new(
                &format!("{FOLDER}{engine}/{name}"),
                1,
                what,
                mend,
            ));
        }
    }
    findings
}

/// `V<number>__<snake_case>.sql`, each number once per engine and without a gap.
fn names(all: &Migrations) -> Vec<Finding> {
    let mut findings = Vec::new();
    for engine in ENGINES {
        let mut numbers = BTreeSet::new();
        let own: Vec<_> = all.keys().filter(|path| path.starts_with(engine)).collect();
        for path in &own {
            let number = path.rsplit('/').next().and_then(number_of);
            if !number.is_some_and(|number| numbers.insert(number)) {
                let mend = "name it V<number>__<snake_case>.sql with a number of its own";
                let file = format!("{FOLDER}{path}");
                findings.push(Finding::new(
                    &file,
                    1,
                    "is badly named or numbered twice",
                    mend,
                ));
            }
        }
        let gap = (1..)
            .zip(&numbers)
            .find(|(expected, number)| expected != *number);
        if let Some((expected, number)) = gap {
            let what = format!("the numbers jump to {number} where {expected} is due");
            findings.push(Finding::new(
                &format!("{FOLDER}{engine}"),
                1,
                what,
                "number without gaps",
            ));
        }
    }
    findings
}

fn number_of(name: &str) -> Option<u32> {
    let (number, words) = name
        .strip_prefix('V')?
        .strip_suffix(".sql")?
        .split_once("__")?;
    let snake = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (!words.is_empty() && words.chars().all(snake)).then(|| number.parse().ok())?
}

/// A `::` cast is PostgreSQL's; SQLite takes it for a parameter name and fails silently.
fn casts(all: &Migrations) -> Vec<Finding> {
    let sqlite = all.iter().filter(|(path, _)| path.starts_with(ENGINES[0]));
    let mut findings = Vec::new();
    for (path, text) in sqlite {
        for (index, line) in text.lines().enumerate() {
            let code = line.split("--").next().unwrap_or_default();
            if code.contains("::") {
                let file = format!("{FOLDER}{path}");
                findings.push(Finding::new(
                    &file,
                    index + 1,
                    "`::` in SQLite text",
                    "use CAST(x AS y)",
                ));
            }
        }
    }
    findings
}

fn locked(all: &Migrations, lock: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in lock.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((hash, path)) = line.split_once("  ") else {
            findings.push(Finding::new(
                LOCK,
                index + 1,
                "unreadable line",
                "restore it from git",
            ));
            continue;
        };
        let now = all.get(path).map(|text| hash_of(text));
        if now.as_deref() != Some(hash) {
            let state = if now.is_some() {
                "was changed"
            } else {
                "is gone"
            };
            let what = format!("{path} was released and {state}");
            let mend = "restore it from git and write a new migration";
            findings.push(Finding::new(LOCK, index + 1, what, mend));
        }
    }
    findings
}

fn lock_text(all: &Migrations) -> String {
    let head = "# SHA-256 of every released migration. Written by `cargo xtask lock-migrations`.\n";
    let lines = all
        .iter()
        .map(|(path, text)| format!("{}  {path}\n", hash_of(text)));
    std::iter::once(head.to_owned()).chain(lines).collect()
}

fn hash_of(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::repo;

    const A: &str = "crates/wb-store/migrations/sqlite/V1__first.sql";
    const B: &str = "crates/wb-store/migrations/postgres/V1__first.sql";

    fn whats(files: &[(&str, &str)]) -> Vec<String> {
        check(&repo(files))
            .into_iter()
            .map(|finding| finding.what)
            .collect()
    }

    #[test]
    fn twins_pass_and_a_single_one_does_not() {
        assert_eq!(whats(&[(A, "x"), (B, "y::int")]), [""; 0]);
        assert_eq!(whats(&[(A, "x")]), ["has no twin postgres/V1__first.sql"]);
    }

    #[test]
    fn postgres_casts_in_sqlite_are_found_but_not_in_comments() {
        assert_eq!(
            whats(&[(A, "-- a::b\nx::int"), (B, "y")]),
            ["`::` in SQLite text"]
        );
    }

    #[test]
    fn numbers_have_no_gaps_and_names_a_form() {
        let gap = "crates/wb-store/migrations/sqlite/V3__third.sql";
        let twin = "crates/wb-store/migrations/postgres/V3__third.sql";
        assert_eq!(whats(&[(A, ""), (B, ""), (gap, ""), (twin, "")]).len(), 2);
        assert_eq!(number_of("V12__a_b.sql"), Some(12));
        assert_eq!(number_of("V12_a.sql"), None);
        assert_eq!(number_of("V1__Big.sql"), None);
    }

    #[test]
    fn a_released_migration_never_changes() {
        let files = [(A, "x"), (B, "y")];
        let before = repo(&files);
        let lock = lock_text(&migrations(&before));
        assert_eq!(locked(&migrations(&before), &lock), []);
        let changed = repo(&[(A, "changed"), (B, "y")]);
        assert!(
            locked(&migrations(&changed), &lock)[0]
                .what
                .contains("was changed")
        );
        let gone = repo(&[(B, "y")]);
        assert!(
            locked(&migrations(&gone), &lock)[0]
                .what
                .contains("is gone")
        );
    }

    #[test]
    fn the_lock_file_is_only_added_to() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        crate::command::output(root, "git", &["init", "-q"]).unwrap();
        for (path, text) in [(A, "x"), (B, "y")] {
            let full = root.join(path);
            fs::create_dir_all(full.parent().unwrap()).unwrap();
            fs::write(full, text).unwrap();
        }
        write_lock(root).unwrap();
        write_lock(root).unwrap();
        fs::write(root.join(A), "changed").unwrap();
        assert!(matches!(write_lock(root), Err(Error::Untidy(1))));
    }
}
