//! The machine: clock, zone data, open files.

use rustix::process::{Resource, getrlimit};
use wb_core::time::Timestamp;
use wb_ports::Clock;

use super::report::Finding;

/// Each connection, file and socket takes one; systems that give 1024 run out at a few hundred clients.
const OPEN_FILES_MIN: u64 = 4_096;

/// Seconds from 1970 to 2026, when this program came to be.
const CLOCK_FROM_S: i64 = 1_767_225_600;

/// Zones that a broken zone database would lack.
const ZONES: [&str; 3] = ["Europe/Berlin", "America/New_York", "Pacific/Apia"];

pub(super) fn findings(clock: &dyn Clock) -> Vec<Finding> {
    vec![time(clock.now()), zones(), open_files(soft_limit())]
}

fn time(now: Timestamp) -> Finding {
    if now.as_secs() < CLOCK_FROM_S {
        return Finding::problem(
            "clock",
            format!("the system's clock says {now}, which is past"),
            "set the clock and keep it right with NTP; every time in the records comes from it",
        );
    }
    Finding::ok("clock", format!("{now}"))
}

fn zones() -> Finding {
    let database = jiff::tz::db();
    let missing: Vec<_> = ZONES
        .into_iter()
        .filter(|name| database.get(name).is_err())
        .collect();
    if missing.is_empty() {
        let count = database.available().count();
        return Finding::ok("zone data", format!("{count} time zones"));
    }
    Finding::problem(
        "zone data",
        format!("no time zone {}", missing.join(", ")),
        "see that TZDIR, if set, leads to a whole zone database, or unset it",
    )
}

/// The limit of open files; none when there is no limit.
fn soft_limit() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

fn open_files(limit: Option<u64>) -> Finding {
    match limit {
        None => Finding::ok("open files", "no limit"),
        Some(limit) if limit < OPEN_FILES_MIN => Finding::warning(
            "open files",
            format!("this process may have {limit} files and connections open"),
            format!(
                "allow at least {OPEN_FILES_MIN}: LimitNOFILE= in the service's unit, or `ulimit -n`"
            ),
        ),
        Some(limit) => Finding::ok("open files", format!("up to {limit}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_open_files_are_warned_of() {
        assert!(open_files(Some(1_024)).to_string().starts_with("warning"));
        for enough in [Some(4_096), None] {
            assert!(open_files(enough).to_string().starts_with("ok"));
        }
    }

    #[test]
    fn a_clock_before_this_program_is_a_problem() {
        let early = time(Timestamp::EPOCH).to_string();
        assert!(early.contains("1970") && early.contains("NTP"), "{early}");
        let now = Timestamp::EPOCH.plus_secs(CLOCK_FROM_S);
        assert!(time(now).to_string().starts_with("ok"));
    }

    #[test]
    fn our_own_zones_are_there() {
        assert!(zones().to_string().starts_with("ok"), "{}", zones());
    }
}
