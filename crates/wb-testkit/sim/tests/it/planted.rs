//! A simulator that finds nothing may be blind: each planted bug has to be found, by what it does wrong.

use wb_core::planted::{Bug, plant};
use wb_sim::{Mode, Options, run};

/// Seeds within which a bug has to be found.
const SEEDS: u64 = 200;

const STEPS: usize = 160;

/// Plays until the bug is found; says how.
fn find(bug: Bug, mode: Mode) -> String {
    for seed in 0..SEEDS {
        let options = Options { mode, steps: STEPS };
        plant(Some(bug));
        let played = run(seed, options);
        plant(None);
        if let Err(failure) = played {
            // It is the bug that does it, and not the night.
            assert!(
                run(seed, options).is_ok(),
                "seed {seed} fails without a bug"
            );
            return failure.what;
        }
    }
    panic!("{bug:?} was not found in {SEEDS} seeds");
}

#[test]
fn an_acknowledgement_that_leaves_a_delivery() {
    let what = find(Bug::AcknowledgeLeavesOne, Mode::One);
    assert!(what.contains("nobody wants it"), "{what}");
}

#[test]
fn a_wake_up_saved_apart() {
    find(Bug::WakeUpApart, Mode::One);
}

#[test]
fn a_claim_that_does_not_look_again() {
    find(Bug::ClaimUnchecked, Mode::Split);
}

#[test]
fn a_retry_after_success() {
    let what = find(Bug::RetryAfterSuccess, Mode::One);
    assert!(what.contains("sent twice"), "{what}");
}

#[test]
fn a_hand_off_off_by_an_hour() {
    let what = find(Bug::HandOffOffByAnHour, Mode::One);
    assert!(what.contains("on call was"), "{what}");
}
