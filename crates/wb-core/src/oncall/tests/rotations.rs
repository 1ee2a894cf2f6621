//! Named cases of rotations: months, windows, worked turns, people who join and leave, zones of
//! their own.

use super::rows::check;

// ---- months ----

#[test]
fn the_last_of_the_month_hands_off_on_the_last_day_there_is() {
    check(
        "zone Europe/Berlin
         from 2028-01-31T09:00
         to 2028-05-31T09:00
         rotation first 2028-01-31T09:00 every 1 months: ann | bob",
        "2028-01-31T09:00+01 .. 2028-02-29T09:00+01 696h ann first#0
         2028-02-29T09:00+01 .. 2028-03-31T09:00+02 743h bob first#1
         2028-03-31T09:00+02 .. 2028-04-30T09:00+02 720h ann first#2
         2028-04-30T09:00+02 .. 2028-05-31T09:00+02 744h bob first#3",
    );
}

#[test]
fn every_quarter_keeps_its_local_time_over_clock_changes() {
    check(
        "zone America/New_York
         from 2026-01-01T17:00
         to 2027-01-01T17:00
         rotation first 2026-01-01T17:00 every 3 months: ann | bob",
        "2026-01-01T17:00-05 .. 2026-04-01T17:00-04 2159h ann first#0
         2026-04-01T17:00-04 .. 2026-07-01T17:00-04 2184h bob first#1
         2026-07-01T17:00-04 .. 2026-10-01T17:00-04 2208h ann first#2
         2026-10-01T17:00-04 .. 2027-01-01T17:00-05 2209h bob first#3",
    );
}

// ---- windows ----

#[test]
fn office_hours_leave_gaps_outside() {
    check(
        "zone Europe/Berlin
         from 2026-03-27
         to 2026-03-31
         rotation first 2026-03-02T00:00 every 1 weeks on mon,tue,wed,thu,fri 09:00-17:00: ann | bob",
        "2026-03-27T00:00+01 .. 2026-03-27T09:00+01 9h  nobody
         2026-03-27T09:00+01 .. 2026-03-27T17:00+01 8h  bob first#3
         2026-03-27T17:00+01 .. 2026-03-30T09:00+02 63h nobody
         2026-03-30T09:00+02 .. 2026-03-30T17:00+02 8h  ann first#4
         2026-03-30T17:00+02 .. 2026-03-31T00:00+02 7h  nobody",
    );
}

#[test]
fn a_night_window_belongs_to_the_day_it_begins_on() {
    check(
        "zone Europe/Berlin
         from 2026-03-27T12:00
         to 2026-03-30T12:00
         rotation first 2026-03-27T22:00 every 1 days on fri,sat 22:00-06:00: ann | bob",
        "2026-03-27T12:00+01 .. 2026-03-27T22:00+01 10h nobody
         2026-03-27T22:00+01 .. 2026-03-28T06:00+01 8h  ann first#0
         2026-03-28T06:00+01 .. 2026-03-28T22:00+01 16h nobody
         2026-03-28T22:00+01 .. 2026-03-29T06:00+02 7h  bob first#1
         2026-03-29T06:00+02 .. 2026-03-30T12:00+02 30h nobody",
    );
}

#[test]
fn a_window_that_ends_where_the_next_begins_meets_it_in_the_gap_and_in_the_overlap() {
    check(
        "zone Europe/Berlin
         from 2026-03-29
         to 2026-03-29T06:00
         rotation first 2026-03-01T00:00 every 1 weeks on every-day 00:00-02:30: ann
         rotation second 2026-03-01T00:00 every 1 weeks on every-day 02:30-00:00: bob",
        "2026-03-29T00:00+01 .. 2026-03-29T03:30+02 2.5h ann first#4
         2026-03-29T03:30+02 .. 2026-03-29T06:00+02 2.5h bob second#4",
    );
    check(
        "zone Europe/Berlin
         from 2026-10-25
         to 2026-10-25T06:00
         rotation first 2026-03-01T00:00 every 1 weeks on every-day 00:00-02:30: ann
         rotation second 2026-03-01T00:00 every 1 weeks on every-day 02:30-00:00: bob",
        "2026-10-25T00:00+02 .. 2026-10-25T02:30+02 2.5h ann first#34
         2026-10-25T02:30+02 .. 2026-10-25T06:00+01 4.5h bob second#34",
    );
}

#[test]
fn windows_of_whole_days_that_meet_are_one_stretch() {
    check(
        "zone UTC
         from 2026-01-02
         to 2026-01-06
         rotation first 2026-01-01T00:00 every 1 months on sat,sun 00:00-00:00: ann",
        "2026-01-02T00:00+00 .. 2026-01-03T00:00+00 24h nobody
         2026-01-03T00:00+00 .. 2026-01-05T00:00+00 48h ann first#0
         2026-01-05T00:00+00 .. 2026-01-06T00:00+00 24h nobody",
    );
}

#[test]
fn a_window_on_a_day_that_the_calendar_skipped_is_none() {
    check(
        "zone Pacific/Apia
         from 2011-12-29
         to 2012-01-01
         rotation first 2011-12-01T00:00 every 1 months on fri 09:00-17:00: ann
         rotation second 2011-12-01T00:00 every 1 months on thu 22:00-06:00: bob",
        "2011-12-29T00:00-10 .. 2011-12-29T22:00-10 22h nobody
         2011-12-29T22:00-10 .. 2011-12-31T06:00+14 8h  bob second#0
         2011-12-31T06:00+14 .. 2012-01-01T00:00+14 18h nobody",
    );
}

#[test]
fn in_a_window_without_a_computer_people_can_only_coordinate() {
    check(
        "zone UTC
         from 2026-01-05
         to 2026-01-06
         rotation first 2026-01-01T00:00 every 1 weeks on every-day 09:00-17:00 on every-day 16:00-19:00 coordinate: ann bob? cat~",
        "2026-01-05T00:00+00 .. 2026-01-05T09:00+00 9h  nobody
         2026-01-05T09:00+00 .. 2026-01-05T17:00+00 8h  ann first#0
         2026-01-05T09:00+00 .. 2026-01-05T19:00+00 10h bob? first#0
         2026-01-05T09:00+00 .. 2026-01-05T19:00+00 10h cat~ first#0
         2026-01-05T17:00+00 .. 2026-01-05T19:00+00 2h  ann? first#0
         2026-01-05T19:00+00 .. 2026-01-06T00:00+00 5h  nobody",
    );
}

/// The 4-day and 3-day split that target/goalert#1138 asks for: two rotations share the people.
#[test]
fn four_and_three_days_go_round_the_same_people() {
    check(
        "zone America/Chicago
         from 2026-02-01
         to 2026-02-15
         rotation first 2026-02-01T00:00 every 1 weeks on sun,mon,tue,wed 00:00-00:00: ann | cat | bob
         rotation second 2026-02-01T00:00 every 1 weeks on thu,fri,sat 00:00-00:00: bob | ann | cat",
        "2026-02-01T00:00-06 .. 2026-02-05T00:00-06 96h ann first#0
         2026-02-05T00:00-06 .. 2026-02-08T00:00-06 72h bob second#0
         2026-02-08T00:00-06 .. 2026-02-12T00:00-06 96h cat first#1
         2026-02-12T00:00-06 .. 2026-02-15T00:00-06 72h ann second#1",
    );
}

// ---- what a turn counts ----

/// target/goalert#55: of 14 people on a daily rotation without weekends, 4 never had a shift.
#[test]
fn calendar_turns_are_lost_on_free_days_and_worked_ones_are_not() {
    check(
        "zone UTC
         from 2026-01-08
         to 2026-01-14
         rotation first 2026-01-05T00:00 every 1 days on mon,tue,wed,thu,fri 00:00-00:00: ann | bob | cat | dan | eve | fay | gil",
        "2026-01-08T00:00+00 .. 2026-01-09T00:00+00 24h dan first#3
         2026-01-09T00:00+00 .. 2026-01-10T00:00+00 24h eve first#4
         2026-01-10T00:00+00 .. 2026-01-12T00:00+00 48h nobody
         2026-01-12T00:00+00 .. 2026-01-13T00:00+00 24h ann first#7
         2026-01-13T00:00+00 .. 2026-01-14T00:00+00 24h bob first#8",
    );
    check(
        "zone UTC
         from 2026-01-08
         to 2026-01-14
         rotation first 2026-01-05T00:00 every 1 days worked on mon,tue,wed,thu,fri 00:00-00:00: ann | bob | cat | dan | eve | fay | gil",
        "2026-01-08T00:00+00 .. 2026-01-09T00:00+00 24h dan first#3
         2026-01-09T00:00+00 .. 2026-01-10T00:00+00 24h eve first#4
         2026-01-10T00:00+00 .. 2026-01-12T00:00+00 48h nobody
         2026-01-12T00:00+00 .. 2026-01-13T00:00+00 24h fay first#5
         2026-01-13T00:00+00 .. 2026-01-14T00:00+00 24h gil first#6",
    );
}

/// OneUptime/oneuptime#2413: whoever had Friday had Monday again, or somebody was left out.
#[test]
fn monday_is_the_turn_after_fridays() {
    check(
        "zone Europe/Kyiv
         from 2026-03-26
         to 2026-03-31
         rotation first 2026-03-23T09:00 every 1 days worked on mon,tue,wed,thu,fri 09:00-19:00: ann | bob | cat",
        "2026-03-26T00:00+02 .. 2026-03-26T09:00+02 9h  nobody
         2026-03-26T09:00+02 .. 2026-03-26T19:00+02 10h ann first#3
         2026-03-26T19:00+02 .. 2026-03-27T09:00+02 14h nobody
         2026-03-27T09:00+02 .. 2026-03-27T19:00+02 10h bob first#4
         2026-03-27T19:00+02 .. 2026-03-30T09:00+03 61h nobody
         2026-03-30T09:00+03 .. 2026-03-30T19:00+03 10h cat first#5
         2026-03-30T19:00+03 .. 2026-03-31T00:00+03 5h  nobody",
    );
}

#[test]
fn two_worked_days_each_go_over_the_weekend() {
    check(
        "zone UTC
         from 2026-01-05
         to 2026-01-14
         rotation first 2026-01-05T00:00 every 2 days worked on mon,tue,wed,thu,fri 08:00-18:00: ann | bob",
        "2026-01-05T00:00+00 .. 2026-01-05T08:00+00 8h  nobody
         2026-01-05T08:00+00 .. 2026-01-05T18:00+00 10h ann first#0
         2026-01-05T18:00+00 .. 2026-01-06T08:00+00 14h nobody
         2026-01-06T08:00+00 .. 2026-01-06T18:00+00 10h ann first#0
         2026-01-06T18:00+00 .. 2026-01-07T08:00+00 14h nobody
         2026-01-07T08:00+00 .. 2026-01-07T18:00+00 10h bob first#1
         2026-01-07T18:00+00 .. 2026-01-08T08:00+00 14h nobody
         2026-01-08T08:00+00 .. 2026-01-08T18:00+00 10h bob first#1
         2026-01-08T18:00+00 .. 2026-01-09T08:00+00 14h nobody
         2026-01-09T08:00+00 .. 2026-01-09T18:00+00 10h ann first#2
         2026-01-09T18:00+00 .. 2026-01-12T08:00+00 62h nobody
         2026-01-12T08:00+00 .. 2026-01-12T18:00+00 10h ann first#2
         2026-01-12T18:00+00 .. 2026-01-13T08:00+00 14h nobody
         2026-01-13T08:00+00 .. 2026-01-13T18:00+00 10h bob first#3
         2026-01-13T18:00+00 .. 2026-01-14T00:00+00 6h  nobody",
    );
}

// ---- joining and leaving ----

/// target/goalert#2196: additions and removals at a date, without moving the others.
#[test]
fn who_leaves_at_a_date_is_passed_over_and_the_next_is_who_would_have_been() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-09
         rotation first 2026-01-01T00:00 every 1 days: ann | bob-2026-01-04 | cat | dan",
        "2026-01-01T00:00+00 .. 2026-01-02T00:00+00 24h ann first#0
         2026-01-02T00:00+00 .. 2026-01-03T00:00+00 24h bob first#1
         2026-01-03T00:00+00 .. 2026-01-04T00:00+00 24h cat first#2
         2026-01-04T00:00+00 .. 2026-01-05T00:00+00 24h dan first#3
         2026-01-05T00:00+00 .. 2026-01-06T00:00+00 24h ann first#4
         2026-01-06T00:00+00 .. 2026-01-07T00:00+00 24h cat first#5
         2026-01-07T00:00+00 .. 2026-01-08T00:00+00 24h dan first#6
         2026-01-08T00:00+00 .. 2026-01-09T00:00+00 24h ann first#7",
    );
}

#[test]
fn who_joins_at_a_date_comes_in_at_their_place_in_the_ring() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-10
         rotation first 2026-01-01T00:00 every 1 days: ann | bob | cat | dan+2026-01-05",
        "2026-01-01T00:00+00 .. 2026-01-02T00:00+00 24h ann first#0
         2026-01-02T00:00+00 .. 2026-01-03T00:00+00 24h bob first#1
         2026-01-03T00:00+00 .. 2026-01-04T00:00+00 24h cat first#2
         2026-01-04T00:00+00 .. 2026-01-05T00:00+00 24h ann first#3
         2026-01-05T00:00+00 .. 2026-01-06T00:00+00 24h bob first#4
         2026-01-06T00:00+00 .. 2026-01-07T00:00+00 24h cat first#5
         2026-01-07T00:00+00 .. 2026-01-08T00:00+00 24h dan first#6
         2026-01-08T00:00+00 .. 2026-01-09T00:00+00 24h ann first#7
         2026-01-09T00:00+00 .. 2026-01-10T00:00+00 24h bob first#8",
    );
}

#[test]
fn who_leaves_finishes_the_turn_that_began_before() {
    check(
        "zone Europe/Berlin
         from 2026-03-23T09:00
         to 2026-04-06T09:00
         rotation first 2026-03-23T09:00 every 1 weeks: ann-2026-03-25 | bob",
        "2026-03-23T09:00+01 .. 2026-03-30T09:00+02 167h ann first#0
         2026-03-30T09:00+02 .. 2026-04-06T09:00+02 168h bob first#1",
    );
}

#[test]
fn a_rotation_that_everybody_has_left_has_nobody_and_one_who_comes_back_has_it_again() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-06
         rotation first 2026-01-01T00:00 every 1 days: ann-2026-01-03 | ann+2026-01-05
         rotation second 2026-01-01T00:00 every 1 weeks: bob",
        "2026-01-01T00:00+00 .. 2026-01-02T00:00+00 24h ann first#0
         2026-01-02T00:00+00 .. 2026-01-03T00:00+00 24h ann first#1
         2026-01-03T00:00+00 .. 2026-01-05T00:00+00 48h bob second#0
         2026-01-05T00:00+00 .. 2026-01-06T00:00+00 24h ann first#4",
    );
}

#[test]
fn a_rotation_ends_when_it_is_said_to() {
    check(
        "zone Europe/London
         from 2027-10-30T12:00
         to 2027-11-01T00:00
         rotation first 2027-10-30T12:00 every 1 days until 2027-10-31T01:30: ann | bob
         rotation second 2027-10-01T12:00 every 1 weeks: cat",
        "2027-10-30T12:00+01 .. 2027-10-31T01:30+01 13.5h ann first#0
         2027-10-31T01:30+01 .. 2027-11-01T00:00+00 23.5h cat second#4",
    );
}

/// target/goalert#3049: a pause of a week between two people's weeks.
#[test]
fn a_slot_for_nobody_is_a_pause() {
    check(
        "zone UTC
         from 2026-01-05
         to 2026-02-02
         rotation first 2026-01-05T00:00 every 1 weeks: ann | | bob |",
        "2026-01-05T00:00+00 .. 2026-01-12T00:00+00 168h ann first#0
         2026-01-12T00:00+00 .. 2026-01-19T00:00+00 168h nobody
         2026-01-19T00:00+00 .. 2026-01-26T00:00+00 168h bob first#2
         2026-01-26T00:00+00 .. 2026-02-02T00:00+00 168h nobody",
    );
}

// ---- zones ----

#[test]
fn work_follows_the_sun_over_a_change_that_only_some_zones_make() {
    check(
        "zone UTC
         from 2026-03-28
         to 2026-03-30
         rotation apac 2026-01-05T09:00 every 1 weeks zone Australia/Sydney on every-day 09:00-17:00: ann
         rotation emea 2026-01-05T08:00 every 1 weeks zone Europe/Berlin on every-day 07:00-17:00: bob
         rotation amer 2026-01-05T08:00 every 1 weeks zone America/Los_Angeles on every-day 08:00-16:00: cat",
        "2026-03-28T00:00+00 .. 2026-03-28T06:00+00 6h  ann apac#11
         2026-03-28T06:00+00 .. 2026-03-28T16:00+00 10h bob emea#11
         2026-03-28T16:00+00 .. 2026-03-28T22:00+00 6h  cat amer#11
         2026-03-28T22:00+00 .. 2026-03-29T06:00+00 8h  ann apac#11
         2026-03-29T06:00+00 .. 2026-03-29T15:00+00 9h  bob emea#11
         2026-03-29T15:00+00 .. 2026-03-29T22:00+00 7h  cat amer#11
         2026-03-29T22:00+00 .. 2026-03-30T00:00+00 2h  ann apac#12",
    );
}

/// grafana/oncall#2950: made in September, looked at after the change in November, an hour off.
#[test]
fn a_schedule_looked_at_months_ahead_has_its_own_hours() {
    check(
        "zone America/New_York
         from 2023-11-04
         to 2023-11-07
         rotation first 2023-09-01T09:00 every 1 days on every-day 09:00-17:00: ann | bob",
        "2023-11-04T00:00-04 .. 2023-11-04T09:00-04 9h  nobody
         2023-11-04T09:00-04 .. 2023-11-04T17:00-04 8h  ann first#64
         2023-11-04T17:00-04 .. 2023-11-05T09:00-05 17h nobody
         2023-11-05T09:00-05 .. 2023-11-05T17:00-05 8h  bob first#65
         2023-11-05T17:00-05 .. 2023-11-06T09:00-05 16h nobody
         2023-11-06T09:00-05 .. 2023-11-06T17:00-05 8h  ann first#66
         2023-11-06T17:00-05 .. 2023-11-07T00:00-05 7h  nobody",
    );
}
