//! Seeds that follow from the commit, so that each commit plays others, and a red one stays red.

use std::process::Command;

use rstest::rstest;
use wb_sim::{Mode, Options, Report, run};

/// Seeds in each of the eight parts below, a thousand in all; `make soak` plays on.
const SEEDS: u64 = 125;

const STEPS: usize = 120;

/// The first digits of the commit's hash; without one the seeds are always the same.
fn first_seed() -> u64 {
    let asked = Command::new("git").args(["rev-parse", "HEAD"]).output();
    let hash = asked
        .ok()
        .and_then(|out| String::from_utf8(out.stdout).ok());
    let digits = hash.as_deref().and_then(|hash| hash.get(..12));
    digits
        .and_then(|digits| u64::from_str_radix(digits, 16).ok())
        .unwrap_or(0)
        << 12
}

fn play(mode: Mode, part: u64) {
    let first = first_seed() + part * SEEDS;
    let mut all = Report::default();
    for seed in first..first + SEEDS {
        match run(seed, Options { mode, steps: STEPS }) {
            Ok(report) => all.add(report),
            Err(failure) => panic!("{failure}"),
        }
    }
    assert!(all.events > SEEDS && all.messages > SEEDS && all.deaths > SEEDS / 10);
    assert!(all.edits > 0 && all.merges > 0);
    assert!(mode == Mode::One || all.reruns > SEEDS / 10);
}

#[rstest]
fn one_node(#[values(0, 1, 2, 3)] part: u64) {
    play(Mode::One, part);
}

#[rstest]
fn several_nodes(#[values(4, 5, 6, 7)] part: u64) {
    play(Mode::Split, part);
}

#[test]
fn a_seed_is_the_same_night_every_time() {
    for mode in [Mode::One, Mode::Split] {
        for seed in 7..12 {
            let options = Options { mode, steps: STEPS };
            let [one, other] = [(); 2].map(|()| run(seed, options).unwrap());
            assert_eq!(one, other, "seed {seed}");
        }
    }
}
