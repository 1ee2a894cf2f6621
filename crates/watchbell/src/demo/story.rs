//! What happens in the demo: metrics, sent as any service sends them, as carbon lines over TCP.

use core::fmt::Write as _;
use core::time::Duration;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use wb_ports::Clock;

/// How often everything is measured.
const EVERY: Duration = Duration::from_secs(1);

/// The pause before a lost connection is tried again.
const RECONNECT: Duration = Duration::from_secs(1);

/// Seconds of history that are sent first: a graph should show how it was before.
const HISTORY_S: i64 = 3_600;

/// When the latency rises: soon enough for whoever waits, late enough to have read what is printed.
const PROBLEM_AT_S: i64 = 5;

/// How long the problem lasts.
const PROBLEM_LASTS_S: i64 = 180;

/// A queue fills and empties again after the problem, so that the first page stands alone.
const NOISE_S: core::ops::Range<i64> = 270..360;

/// After this the story begins anew.
const CYCLE_S: i64 = 600;

/// One thing that is measured.
struct Series {
    name: &'static str,
    /// Its value, this many seconds into the round; negative before the story began.
    value: fn(i64) -> f64,
}

const SERIES: [Series; 6] = [
    Series {
        name: "checkout.latency_ms.p99",
        value: |at_s| waves(at_s, 210.0, 45.0) + slowness(at_s) * 760.0,
    },
    Series {
        name: "checkout.latency_ms.p95",
        value: |at_s| waves(at_s, 140.0, 25.0) + slowness(at_s) * 420.0,
    },
    Series {
        name: "checkout.requests.rate",
        value: |at_s| waves(at_s, 96.0, 12.0) - slowness(at_s) * 18.0,
    },
    Series {
        name: "ledger.bookings.rate",
        value: |at_s| waves(at_s, 31.0, 6.0) - slowness(at_s) * 9.0,
    },
    Series {
        name: "ledger.lag_s",
        value: |at_s| waves(at_s, 2.0, 1.0) + slowness(at_s) * 11.0,
    },
    Series {
        name: "receipts.queue.length",
        value: |at_s| waves(at_s, 60.0, 30.0) + filling(at_s) * 1_500.0,
    },
];

/// Tells the story until it is stopped.
pub(super) async fn tell(carbon: SocketAddr, clock: Arc<dyn Clock>, stop: CancellationToken) {
    let began_s = clock.now().as_secs();
    let mut told_s = began_s - HISTORY_S;
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            ended = send(carbon, &*clock, began_s, &mut told_s) => {
                if let Err(error) = ended {
                    tracing::warn!(%error, "the demo's metrics were cut off: {error}");
                }
            }
        }
        tokio::time::sleep(RECONNECT).await;
    }
}

/// Sends everything up to now, and then goes on, second by second, until the connection breaks.
async fn send(
    carbon: SocketAddr,
    clock: &dyn Clock,
    began_s: i64,
    told_s: &mut i64,
) -> io::Result<()> {
    let mut connection = TcpStream::connect(carbon).await?;
    loop {
        let now_s = clock.now().as_secs();
        while *told_s < now_s {
            let at_s = *told_s + 1;
            connection
                .write_all(lines(at_s, began_s).as_bytes())
                .await?;
            *told_s = at_s;
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Everything that is measured in one second, as carbon takes it.
fn lines(at_s: i64, began_s: i64) -> String {
    let mut lines = String::new();
    for series in &SERIES {
        let value = (series.value)(at_s - began_s);
        // Writing into a string does not fail.
        let _ = writeln!(lines, "{} {value:.2} {at_s}", series.name);
    }
    lines
}

/// How slow the checkout is: 0 as always, about 1 while it has its problem.
fn slowness(at_s: i64) -> f64 {
    let into_s = at_s.rem_euclid(CYCLE_S) - PROBLEM_AT_S;
    if at_s < 0 || !(0..PROBLEM_LASTS_S).contains(&into_s) {
        return 0.0;
    }
    0.9 + waves(at_s, 0.0, 0.2)
}

/// How full the queue of receipts is: rises and falls once a round.
fn filling(at_s: i64) -> f64 {
    let into_s = at_s.rem_euclid(CYCLE_S) - NOISE_S.start;
    let lasts_s = NOISE_S.end - NOISE_S.start;
    if at_s < 0 || !(0..lasts_s).contains(&into_s) {
        return 0.0;
    }
    let share = into_s as f64 / lasts_s as f64;
    (share * core::f64::consts::PI).sin()
}

/// A line that looks alive: the same in every run, around `middle`, never further off than `swing`.
fn waves(at_s: i64, middle: f64, swing: f64) -> f64 {
    let at = at_s as f64;
    let slow = (at / 97.0).sin() * 0.4;
    let quick = (at / 11.0).sin() * 0.35;
    let jitter = (at * 2.399_963).sin() * 0.25;
    middle + swing * (slow + quick + jitter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p99(at_s: i64) -> f64 {
        (SERIES[0].value)(at_s)
    }

    #[test]
    fn latency_crosses_the_line_soon_and_heals() {
        const { assert!(PROBLEM_AT_S <= 10) };
        for at_s in -HISTORY_S..PROBLEM_AT_S {
            assert!(p99(at_s) < 400.0, "{at_s}: {}", p99(at_s));
        }
        for at_s in PROBLEM_AT_S..PROBLEM_AT_S + PROBLEM_LASTS_S {
            assert!(p99(at_s) > 500.0, "{at_s}: {}", p99(at_s));
        }
        for at_s in PROBLEM_AT_S + PROBLEM_LASTS_S..CYCLE_S {
            assert!(p99(at_s) < 400.0, "{at_s}: {}", p99(at_s));
        }
        assert!(
            p99(CYCLE_S + PROBLEM_AT_S) > 500.0,
            "again in the next round"
        );
    }

    #[test]
    fn the_queue_fills_after_the_problem_is_over() {
        let queue = |at_s: i64| (SERIES[5].value)(at_s);
        let over: Vec<i64> = (0..CYCLE_S).filter(|at_s| queue(*at_s) > 1_000.0).collect();
        let first = *over.first().expect("it fills");
        assert!(first > PROBLEM_AT_S + PROBLEM_LASTS_S + 30);
        assert!(over.len() > 30, "for longer than its monitor waits");
        assert!(queue(CYCLE_S - 1) < 200.0);
    }

    #[test]
    fn every_series_of_a_monitor_is_sent() {
        for line in super::super::TEAM.lines() {
            let Some((_, target)) = line.split_once("target: ") else {
                continue;
            };
            assert!(
                SERIES.iter().any(|series| series.name == target),
                "{target}"
            );
        }
        assert_eq!(lines(1_000, 1_000).lines().count(), SERIES.len());
    }
}
