//! Seeds that failed once, each with what they had found.

use wb_sim::{Mode, Options, run};

/// Mode, steps and seed.
const PINNED: [(Mode, usize, u64); 2] = [
    // The end of a policy told somebody who had acknowledged for themselves before.
    (Mode::One, 160, 744_277_553_232_494_599),
    (Mode::One, 160, 744_277_553_232_494_847),
];

#[test]
fn what_was_found_once_stays_mended() {
    for (mode, steps, seed) in PINNED {
        if let Err(failure) = run(seed, Options { mode, steps }) {
            panic!("{failure}");
        }
    }
}
