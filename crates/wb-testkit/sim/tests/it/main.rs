//! The seeds of this change, in both modes, and the planted bugs.

use wb_sim::{Mode, Options, run};

#[test]
fn some_seeds() {
    for mode in [Mode::One, Mode::Split] {
        for seed in 0..20 {
            match run(seed, Options { mode, steps: 400 }) {
                Ok(report) => eprintln!("{seed} {mode:?} {report:?}"),
                Err(failure) => panic!("{failure}"),
            }
        }
    }
}
