//! The main database, only read.

use core::time::Duration;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::ExposeSecret as _;
use wb_core::recheck::is_overdue;
use wb_core::time::Timestamp;
use wb_ports::Clock as _;
use wb_store::db::{
    Inspection, OpenError, PostgresInspection, PostgresOptions, damage_sqlite, inspect_postgres,
    inspect_sqlite,
};

use super::files::{Directory, Key};
use super::report::Finding;
use super::{Context, rules};
use crate::lifecycle::probe;

const CHECK: &str = "database";

/// How long a SQLite file may take to be read whole.
const WHOLE_WITHIN: Duration = Duration::from_secs(45);

/// From this difference to the database's clock on a node claims no timers while others are right.
const CLOCK_OFF_US_MAX: u64 = 2_000_000;

/// From this one on somebody should look at its time service.
const CLOCK_OFF_US_WARN: u64 = 500_000;

pub(super) async fn findings(context: &Arc<Context>, key: &Key) -> Vec<Finding> {
    if let Some(url) = &context.boot.database.url {
        let options = PostgresOptions {
            ca_file: context.boot.database.ca_file.clone(),
            ..PostgresOptions::url(url.expose_secret())
        };
        return postgres(context, options, key).await;
    }
    let file = probe::database_file(&context.boot.data.dir);
    match context.directory {
        Directory::Unusable => vec![Finding::not_run(
            CHECK,
            "SQLite's data directory cannot be used",
        )],
        Directory::Held => vec![in_use()],
        Directory::Usable if probe::restore_waits(&context.boot.data.dir) => {
            let found = "a restore was cut off; the next start, or another restore, finishes it";
            vec![Finding::warning(CHECK, found, "start the server")]
        }
        Directory::Usable if !file.exists() => {
            let found = format!("SQLite; the first start makes {}", file.display());
            vec![Finding::ok(CHECK, found)]
        }
        Directory::Usable => sqlite(context, file, key).await,
    }
}

fn in_use() -> Finding {
    Finding::not_run(
        CHECK,
        "the running server has the SQLite file; the server itself was asked",
    )
}

/// Runs something that blocks; none when its thread went away.
async fn apart<T: Send + 'static>(looking: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(looking).await.ok()
}

async fn sqlite(context: &Arc<Context>, file: PathBuf, key: &Key) -> Vec<Finding> {
    let path = file.clone();
    let looked = apart(move || inspect_sqlite(&path)).await;
    let whole = soundness(&file).await;
    // The file is read without locks: what a server that has started meanwhile writes looks broken.
    if probe::is_held(&context.boot.data.dir).unwrap_or(true) {
        return vec![in_use()];
    }
    let looked = match looked {
        Some(Ok(looked)) => looked,
        Some(Err(error)) => return vec![unreadable(&error)],
        None => return vec![Finding::not_run(CHECK, "the look at it broke off")],
    };
    let upgrade = "; the file is copied aside first";
    let mut found = vec![
        whole,
        schema(&looked, upgrade),
        sending(&looked),
        tests(&looked, context.clock.now()),
        key_fits(&looked, key),
    ];
    found.extend(rules::findings(&looked.people, &context.boot));
    found
}

/// Reads the whole file, as far as there is time for it.
async fn soundness(file: &Path) -> Finding {
    let (shown, path) = (file.display(), file.to_path_buf());
    let reading = tokio::time::timeout(WHOLE_WITHIN, apart(move || damage_sqlite(&path)));
    match reading.await {
        Ok(Some(Ok(damage))) if damage.is_empty() => {
            Finding::ok(CHECK, format!("SQLite, {shown}, sound"))
        }
        Ok(Some(Ok(damage))) => Finding::problem(
            CHECK,
            format!("{shown} is damaged: {}", damage.join("; ")),
            "keep a copy of the file, put back the last backup, and have the disk looked at",
        ),
        Ok(Some(Err(error))) => unreadable(&error),
        Ok(None) => Finding::not_run(CHECK, "the look at it broke off"),
        Err(_) => Finding::warning(
            CHECK,
            format!(
                "SQLite, {shown}, is too big to be read whole within {} s; it can be opened",
                WHOLE_WITHIN.as_secs()
            ),
            "when in doubt, run PRAGMA quick_check on a copy",
        ),
    }
}

/// The metric store's file. A damaged one keeps nobody from being paged.
pub(super) async fn metrics(context: &Context) -> Vec<Finding> {
    const CHECK: &str = "metric store";
    let boot = &context.boot;
    let file = probe::metrics_file(&boot.data.dir);
    let shown = file.display();
    if boot.carbon.address().is_none() {
        return vec![Finding::ok(CHECK, "off, as carbon is (carbon.listen)")];
    }
    if context.directory == Directory::Held {
        let why = "the running server has the file; its status says whether it can use it";
        return vec![Finding::not_run(CHECK, why)];
    }
    if !file.exists() {
        return vec![Finding::ok(CHECK, format!("the first start makes {shown}"))];
    }
    let path = file.clone();
    let reading = tokio::time::timeout(WHOLE_WITHIN, apart(move || damage_sqlite(&path)));
    let damage = match reading.await {
        Ok(Some(Ok(damage))) => damage.join("; "),
        Ok(Some(Err(error))) => error.to_string(),
        Ok(None) => return vec![Finding::not_run(CHECK, "the look at it broke off")],
        Err(_) => {
            return vec![Finding::ok(
                CHECK,
                format!("{shown} is there; too big to be read whole"),
            )];
        }
    };
    if damage.is_empty() {
        return vec![Finding::ok(CHECK, format!("{shown}, sound"))];
    }
    vec![Finding::warning(
        CHECK,
        format!(
            "{shown} is damaged: {damage}. The server pages without it and takes no metrics in"
        ),
        format!(
            "with the server stopped, move {shown}, {shown}-wal and {shown}-shm to another \
             directory; the next start makes a new store"
        ),
    )]
}

fn unreadable(error: &OpenError) -> Finding {
    let found = match error {
        OpenError::File { path, message } => format!("{path}: {message}"),
        other => other.to_string(),
    };
    let mend = "let the server's user read it; put back a backup if it is damaged";
    Finding::problem(CHECK, found, mend)
}

async fn postgres(context: &Arc<Context>, options: PostgresOptions, key: &Key) -> Vec<Finding> {
    let clock = Arc::clone(&context.clock);
    let looked = apart(move || inspect_postgres(&options, move || clock.now())).await;
    let looked = match looked {
        Some(Ok(looked)) => looked,
        Some(Err(error)) => {
            let found = format!("database.url: {}", reason(&error));
            return vec![Finding::problem(CHECK, found, postgres_mend(&error))];
        }
        None => return vec![Finding::not_run(CHECK, "the look at it broke off")],
    };
    let mut found = vec![
        Finding::ok(CHECK, format!("PostgreSQL {}", looked.version)),
        encrypted(&looked),
        migrates(&looked),
        schema(&looked.inspection, ""),
        sending(&looked.inspection),
        tests(&looked.inspection, context.clock.now()),
        key_fits(&looked.inspection, key),
        clock_offset(looked.clock_ahead_us),
    ];
    found.extend(rules::findings(&looked.inspection.people, &context.boot));
    found
}

/// The words of an error without its advice, for which there is a place of its own.
fn reason(error: &OpenError) -> String {
    match error {
        OpenError::Connect(words) => format!("cannot connect to PostgreSQL: {words}"),
        other => other.to_string(),
    }
}

fn postgres_mend(error: &OpenError) -> &'static str {
    match error {
        OpenError::Url(_) => "write postgres://user:password@host:port/database",
        OpenError::Tls(_) => "correct database.ca_file: certificate authorities in PEM form",
        OpenError::Server(_) => "use PostgreSQL 15 or newer, and a database in UTF8",
        _ => {
            "see that the server runs and takes connections from here, and that user, password and \
             database in database.url are right"
        }
    }
}

fn encrypted(looked: &PostgresInspection) -> Finding {
    const CHECK: &str = "database encryption";
    match &looked.tls {
        Some(version) => Finding::ok(CHECK, version.clone()),
        None if looked.is_local => Finding::ok(CHECK, "none; the server is on this machine"),
        None => Finding::warning(
            CHECK,
            "none, over the network",
            "switch TLS on at the server and add ?sslmode=require to database.url",
        ),
    }
}

fn migrates(looked: &PostgresInspection) -> Finding {
    const CHECK: &str = "database rights";
    match &looked.cannot_migrate {
        None => Finding::ok(CHECK, "the schema can be brought up to date"),
        Some(why) => Finding::problem(
            CHECK,
            why.clone(),
            "let this user own the database's schema, such as ALTER SCHEMA public OWNER TO the user",
        ),
    }
}

fn schema(found: &Inspection, upgrade: &str) -> Finding {
    const CHECK: &str = "database schema";
    let (have, ours) = (found.schema, found.schema_ours);
    if let Err(error) = found.may_write() {
        let mend = "install the newer release; this one must not write here any more";
        return Finding::problem(CHECK, error.to_string(), mend);
    }
    match have {
        0 => Finding::ok(CHECK, "empty; the first start makes it"),
        _ if have > ours => Finding::warning(
            CHECK,
            format!(
                "version {have}, of a newer release; this one knows {ours} and may still write"
            ),
            "finish the upgrade on every node",
        ),
        _ if have < ours => {
            let found = format!("version {have}; the next start brings it to {ours}{upgrade}");
            Finding::ok(CHECK, found)
        }
        _ => Finding::ok(
            CHECK,
            format!("version {have}, the newest this release knows"),
        ),
    }
}

fn sending(found: &Inspection) -> Finding {
    const CHECK: &str = "sending";
    if found.sending_held() {
        return Finding::warning(
            CHECK,
            "held, because this database was restored or copied: nobody is paged",
            "`watchbell resume` lists what is due and lets it go",
        );
    }
    Finding::ok(CHECK, "not held")
}

/// Contact methods that did not answer their monthly test.
fn tests(found: &Inspection, now: Timestamp) -> Finding {
    const CHECK: &str = "contact methods";
    let open = found.unanswered_since.iter();
    let count = open.filter(|at| is_overdue(**at, now)).count();
    if count == 0 {
        return Finding::ok(CHECK, "none left its monthly test unanswered for a week");
    }
    let found = match count {
        1 => "1 left its monthly test unanswered for a week or more".to_owned(),
        _ => format!("{count} left their monthly test unanswered for a week or more"),
    };
    let mend = "ask those whom the view People marks whether pages reach them there";
    Finding::warning(CHECK, found, mend)
}

fn key_fits(found: &Inspection, key: &Key) -> Finding {
    const CHECK: &str = "database key";
    let give = "give this node the key file of the node that made the database (keys.file)";
    match (found.meta.get(probe::KEY_ID), key) {
        (None, _) => Finding::ok(CHECK, "the database belongs to no key yet"),
        (Some(_), Key::Unusable) => Finding::not_run(CHECK, "the key file cannot be used"),
        (Some(wanted), Key::Held(held)) if wanted == held => {
            Finding::ok(CHECK, format!("{held}, the one this node holds"))
        }
        (Some(wanted), Key::Held(held)) => Finding::problem(
            CHECK,
            format!("the database belongs to key {wanted}; this node holds {held}"),
            give,
        ),
        (Some(wanted), Key::Absent(path)) => Finding::problem(
            CHECK,
            format!("the database belongs to key {wanted}; this node has none"),
            format!("{give}, or put it at {}", path.display()),
        ),
    }
}

fn clock_offset(ahead_us: i64) -> Finding {
    const CHECK: &str = "clock and database";
    let off_us = ahead_us.unsigned_abs();
    let off_ms = off_us / 1_000;
    let found = format!("{off_ms} ms apart");
    let mend = "keep both clocks right with NTP";
    if off_us > CLOCK_OFF_US_MAX {
        let found = format!("{found}: this node would leave timers to others");
        return Finding::problem(CHECK, found, mend);
    }
    if off_us > CLOCK_OFF_US_WARN {
        return Finding::warning(CHECK, found, mend);
    }
    Finding::ok(CHECK, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(schema: i64, min_writer: &str) -> Inspection {
        Inspection {
            schema,
            schema_ours: 3,
            meta: [("min_writer".to_owned(), min_writer.to_owned())].into(),
            unanswered_since: Vec::new(),
            people: Vec::new(),
        }
    }

    #[test]
    fn a_newer_schema_is_stood_until_it_shuts_us_out() {
        let words = |schema, min_writer| self::schema(&found(schema, min_writer), "").to_string();
        assert!(words(3, "1").starts_with("ok"));
        assert!(words(2, "1").contains("brings it to 3"));
        assert!(words(4, "1").starts_with("warning"));
        assert!(words(4, "4").starts_with("problem"));
    }

    #[test]
    fn tests_that_nobody_answered_are_counted_after_a_week() {
        let now = Timestamp::EPOCH.plus_secs(30 * 86_400);
        let days_ago = |days: &[i64]| Inspection {
            unanswered_since: days.iter().map(|d| now.plus_secs(-d * 86_400)).collect(),
            ..found(3, "1")
        };
        let words = |days: &[i64]| tests(&days_ago(days), now).to_string();
        assert!(words(&[6, 1]).starts_with("ok"));
        assert!(words(&[8, 7, 1]).contains("2 left their"));
        assert!(words(&[9]).starts_with("warning"));
    }

    #[test]
    fn clocks_apart_are_said_by_how_much() {
        assert!(clock_offset(-20_000).to_string().starts_with("ok"));
        assert!(clock_offset(-900_000).to_string().contains("900 ms"));
        assert!(clock_offset(3_000_000).to_string().starts_with("problem"));
    }
}
