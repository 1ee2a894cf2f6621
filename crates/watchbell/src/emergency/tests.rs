use super::*;

/// One look per 5 s: `w` all works, `x` the store fails, `s` the store works and the timers stand
/// still, `b` both fail, `h` all works but sending is held. Gives what was done at which second.
fn play(script: &str) -> Vec<(u64, Action)> {
    let mut state = State::new(Duration::ZERO);
    let mut done = Vec::new();
    let mut mark = 0;
    for (look, letter) in script.chars().enumerate() {
        let at_s = look as u64 * 5;
        if matches!(letter, 'w' | 'x' | 'h') {
            mark += 1;
        }
        let store = if matches!(letter, 'x' | 'b') {
            Err("gone".to_owned())
        } else {
            Ok(())
        };
        let seen = Observation {
            store,
            pager_mark: Some(Timestamp::from_micros(mark)),
            is_held: letter == 'h',
        };
        let (next, actions) = step(state, seen, Duration::from_secs(at_s));
        state = next;
        done.extend(actions.into_iter().map(|action| (at_s, action)));
    }
    done
}

fn told(script: &str) -> Vec<(u64, Action)> {
    play(script)
        .into_iter()
        .filter(|(_, action)| *action != Action::Ping)
        .collect()
}

fn pings(script: &str) -> Vec<u64> {
    play(script)
        .into_iter()
        .filter(|(_, a)| *a == Action::Ping)
        .map(|(at, _)| at)
        .collect()
}

fn gone() -> Action {
    Action::TellOutage(Trouble::Store("gone".to_owned()))
}

#[test]
fn an_outage_is_told_once_after_30_s_and_cleared_once() {
    // The store fails from 10 s on: told at 40 s; works from 70 s on: cleared at 100 s.
    let script = "wwbbbbbbbbbbbbwwwwwwwwwwww";
    let clear = Action::TellClear(Duration::from_secs(90));
    assert_eq!(told(script), [(40, gone()), (100, clear)]);
}

#[test]
fn a_short_failure_is_nobodys_business() {
    assert_eq!(told("wwxxxxxxwwwwxxxxxxww"), []);
}

#[test]
fn a_store_that_comes_and_goes_is_one_outage() {
    let script = "xxxxxxxxwwwxxxxxxxxxxwwwxxxxxxxxxx";
    assert_eq!(told(script), [(30, gone())]);
}

#[test]
fn timers_that_stand_still_are_an_outage_too() {
    assert_eq!(
        told("wssssssssssssss"),
        [(60, Action::TellOutage(Trouble::Pager))]
    );
    assert_eq!(told("wsssssssssssw"), []);
}

#[test]
fn readiness_fails_with_the_outage() {
    let mut state = State::new(Duration::ZERO);
    for at_s in (0..=30).step_by(5) {
        assert!(state.trouble().is_none());
        let seen = Observation {
            store: Err("gone".to_owned()),
            pager_mark: None,
            is_held: false,
        };
        state = step(state, seen, Duration::from_secs(at_s)).0;
    }
    assert_eq!(state.trouble(), Some(&Trouble::Store("gone".to_owned())));
}

#[test]
fn pings_go_each_minute_while_all_works_and_stop_with_it() {
    assert_eq!(pings(&"w".repeat(26)), [0, 60, 120]);
    // The store fails at 55 s: the ping of 60 s is not sent, before anybody is told.
    assert_eq!(pings(&("w".repeat(11) + "xxxxx")), [0]);
    // The timers stand still from 25 s on.
    assert_eq!(pings(&("w".repeat(5) + "ssssssssss")), [0]);
    // A database that was put back pages nobody before somebody lets it go.
    assert_eq!(pings(&("h".repeat(20) + "w")), [100]);
    assert_eq!(told(&"h".repeat(20)), []);
}

#[test]
fn a_process_whose_timers_never_ran_never_pings() {
    let seen = Observation {
        store: Ok(()),
        pager_mark: None,
        is_held: false,
    };
    let (_, actions) = step(State::new(Duration::ZERO), seen, Duration::from_secs(5));
    assert_eq!(actions, []);
}
