//! Named cases of who is there: time off, shadows, people who can only coordinate, first come.

use super::rows::check;

// ---- time off ----

#[test]
fn the_next_slot_stands_in_and_has_its_own_turn_as_well() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-05
         rotation first 2026-01-01T00:00 every 1 days: ann | bob | cat
         off ann 2026-01-01T12:00Z 2026-01-02T00:00Z
         off bob 2026-01-02T06:00Z 2026-01-02T18:00Z
         off cat 2026-01-02T12:00Z 2026-01-02T18:00Z",
        "2026-01-01T00:00+00 .. 2026-01-01T12:00+00 12h ann first#0
         2026-01-01T12:00+00 .. 2026-01-02T00:00+00 12h bob first#0 for ann
         2026-01-02T00:00+00 .. 2026-01-02T06:00+00 6h  bob first#1
         2026-01-02T06:00+00 .. 2026-01-02T12:00+00 6h  cat first#1 for bob
         2026-01-02T12:00+00 .. 2026-01-02T18:00+00 6h  ann first#1 for bob
         2026-01-02T18:00+00 .. 2026-01-03T00:00+00 6h  bob first#1
         2026-01-03T00:00+00 .. 2026-01-04T00:00+00 24h cat first#2
         2026-01-04T00:00+00 .. 2026-01-05T00:00+00 24h ann first#3",
    );
}

#[test]
fn nobody_stands_in_where_that_was_chosen() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-03
         rotation first 2026-01-01T00:00 every 1 days when-off-nobody: ann | bob
         off ann 2026-01-01T12:00Z 2026-01-01T18:00Z",
        "2026-01-01T00:00+00 .. 2026-01-01T12:00+00 12h ann first#0
         2026-01-01T12:00+00 .. 2026-01-01T18:00+00 6h  nobody
         2026-01-01T18:00+00 .. 2026-01-02T00:00+00 6h  ann first#0
         2026-01-02T00:00+00 .. 2026-01-03T00:00+00 24h bob first#1",
    );
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-02
         rotation first 2026-01-01T00:00 every 1 days when-off-nobody: ann | bob
         rotation second 2026-01-01T00:00 every 1 weeks: cat
         off ann 2026-01-01T12:00Z 2026-01-01T18:00Z",
        "2026-01-01T00:00+00 .. 2026-01-01T12:00+00 12h ann first#0
         2026-01-01T12:00+00 .. 2026-01-01T18:00+00 6h  cat second#0
         2026-01-01T18:00+00 .. 2026-01-02T00:00+00 6h  ann first#0",
    );
}

#[test]
fn a_slot_with_somebody_left_needs_no_cover() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-02
         rotation first 2026-01-01T00:00 every 1 days: ann bob dan~ | cat
         off ann 2026-01-01T06:00Z 2026-01-01T18:00Z
         off bob 2026-01-01T12:00Z 2026-01-01T20:00Z",
        "2026-01-01T00:00+00 .. 2026-01-01T06:00+00 6h  ann first#0
         2026-01-01T00:00+00 .. 2026-01-01T12:00+00 12h bob first#0
         2026-01-01T00:00+00 .. 2026-01-01T12:00+00 12h dan~ first#0
         2026-01-01T12:00+00 .. 2026-01-01T18:00+00 6h  cat first#0 for ann
         2026-01-01T18:00+00 .. 2026-01-02T00:00+00 6h  ann first#0
         2026-01-01T18:00+00 .. 2026-01-02T00:00+00 6h  dan~ first#0
         2026-01-01T20:00+00 .. 2026-01-02T00:00+00 4h  bob first#0",
    );
}

#[test]
fn when_all_are_off_there_is_a_gap_to_see() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-02
         rotation first 2026-01-01T00:00 every 1 days: ann | bob | eve~
         off ann 2026-01-01T06:00Z 2026-01-01T18:00Z
         off bob 2026-01-01T12:00Z 2026-01-01T18:00Z",
        "2026-01-01T00:00+00 .. 2026-01-01T06:00+00 6h ann first#0
         2026-01-01T06:00+00 .. 2026-01-01T12:00+00 6h bob first#0 for ann
         2026-01-01T12:00+00 .. 2026-01-01T18:00+00 6h nobody
         2026-01-01T18:00+00 .. 2026-01-02T00:00+00 6h ann first#0",
    );
}

#[test]
fn an_override_that_says_who_is_there_settles_a_time_off() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-02
         rotation first 2026-01-01T00:00 every 1 days: ann | bob
         off ann 2026-01-01T06:00Z 2026-01-01T18:00Z
         override 1 all 2026-01-01T06:00Z 2026-01-01T12:00Z replace ann with dan",
        "2026-01-01T00:00+00 .. 2026-01-01T06:00+00 6h ann first#0
         2026-01-01T06:00+00 .. 2026-01-01T12:00+00 6h dan all by 1
         2026-01-01T12:00+00 .. 2026-01-01T18:00+00 6h bob first#0 for ann
         2026-01-01T18:00+00 .. 2026-01-02T00:00+00 6h ann first#0",
    );
}

#[test]
fn somebody_who_is_off_and_put_there_by_an_override_is_there() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-02
         rotation first 2026-01-01T00:00 every 1 days: ann | bob
         off bob 2026-01-01T00:00Z 2026-01-02T00:00Z
         override 1 all 2026-01-01T06:00Z 2026-01-01T12:00Z replace ann with bob",
        "2026-01-01T00:00+00 .. 2026-01-01T06:00+00 6h  ann first#0
         2026-01-01T06:00+00 .. 2026-01-01T12:00+00 6h  bob all by 1
         2026-01-01T12:00+00 .. 2026-01-02T00:00+00 12h ann first#0",
    );
}

#[test]
fn time_off_over_a_clock_change_is_by_instants() {
    check(
        "zone Europe/Berlin
         from 2026-10-24T09:00
         to 2026-10-26T09:00
         rotation first 2026-10-24T09:00 every 1 days: ann | bob
         off ann 2026-10-25T02:30+02 2026-10-25T02:30+01",
        "2026-10-24T09:00+02 .. 2026-10-25T02:30+02 17.5h ann first#0
         2026-10-25T02:30+02 .. 2026-10-25T02:30+01 1h    bob first#0 for ann
         2026-10-25T02:30+01 .. 2026-10-25T09:00+01 6.5h  ann first#0
         2026-10-25T09:00+01 .. 2026-10-26T09:00+01 24h   bob first#1",
    );
}

// ---- who counts ----

#[test]
fn shadows_are_told_with_those_they_look_at_and_never_alone() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-04
         rotation first 2026-01-01T00:00 every 1 days: ann eve~ | eve~ |
         rotation second 2026-01-03T00:00 every 1 weeks: bob
         rotation third 2026-01-01T00:00 every 1 weeks beside: dan~",
        "2026-01-01T00:00+00 .. 2026-01-02T00:00+00 24h ann first#0
         2026-01-01T00:00+00 .. 2026-01-02T00:00+00 24h dan~ third#0
         2026-01-01T00:00+00 .. 2026-01-02T00:00+00 24h eve~ first#0
         2026-01-02T00:00+00 .. 2026-01-03T00:00+00 24h nobody
         2026-01-03T00:00+00 .. 2026-01-04T00:00+00 24h bob second#0
         2026-01-03T00:00+00 .. 2026-01-04T00:00+00 24h dan~ third#0",
    );
}

#[test]
fn a_shadow_who_is_also_on_call_counts() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-02
         rotation first 2026-01-01T00:00 every 1 days: ann eve~
         override 1 all 2026-01-01T06:00Z 2026-01-01T12:00Z add eve
         override 2 all 2026-01-01T12:00Z 2026-01-01T18:00Z shadow dan",
        "2026-01-01T00:00+00 .. 2026-01-02T00:00+00 24h ann first#0
         2026-01-01T00:00+00 .. 2026-01-01T06:00+00 6h  eve~ first#0
         2026-01-01T06:00+00 .. 2026-01-01T12:00+00 6h  eve all by 1
         2026-01-01T12:00+00 .. 2026-01-01T18:00+00 6h  dan~ all by 2
         2026-01-01T12:00+00 .. 2026-01-02T00:00+00 12h eve~ first#0",
    );
}

#[test]
fn whoever_replaces_somebody_has_the_same_shift() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-02
         rotation first 2026-01-01T00:00 every 1 days: first: ann? bob
         override 1 all 2026-01-01T06:00Z 2026-01-01T12:00Z replace ann with cat",
        "2026-01-01T00:00+00 .. 2026-01-01T06:00+00 6h  ann?! first#0
         2026-01-01T00:00+00 .. 2026-01-02T00:00+00 24h bob! first#0
         2026-01-01T06:00+00 .. 2026-01-01T12:00+00 6h  cat?! all by 1
         2026-01-01T12:00+00 .. 2026-01-02T00:00+00 12h ann?! first#0",
    );
}

#[test]
fn rotations_beside_are_on_call_together_as_in_opsgenie() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-03
         rotation first 2026-01-01T00:00 every 1 days beside: ann | bob
         rotation second 2026-01-01T00:00 every 2 days beside: cat bob",
        "2026-01-01T00:00+00 .. 2026-01-02T00:00+00 24h ann first#0
         2026-01-01T00:00+00 .. 2026-01-02T00:00+00 24h bob second#0
         2026-01-01T00:00+00 .. 2026-01-03T00:00+00 48h cat second#0
         2026-01-02T00:00+00 .. 2026-01-03T00:00+00 24h bob first#1",
    );
}

#[test]
fn an_override_of_a_rotation_stays_within_its_windows() {
    check(
        "zone UTC
         from 2026-01-05
         to 2026-01-06
         rotation day 2026-01-01T00:00 every 1 weeks on every-day 09:00-17:00: ann
         rotation rest 2026-01-01T00:00 every 1 weeks: bob
         override 1 day 2026-01-05T00:00Z 2026-01-06T00:00Z replace all with cat",
        "2026-01-05T00:00+00 .. 2026-01-05T09:00+00 9h bob rest#0
         2026-01-05T09:00+00 .. 2026-01-05T17:00+00 8h cat day#0 by 1
         2026-01-05T17:00+00 .. 2026-01-06T00:00+00 7h bob rest#0",
    );
}
