//! Named cases, among them failures that users of other schedulers reported.

use super::rows::check;

// ---- clock changes ----

#[test]
fn a_nine_o_clock_hand_off_stays_at_nine_when_clocks_go_forward() {
    check(
        "zone Europe/Berlin
         from 2026-03-28
         to 2026-03-31
         rotation first 2026-01-01T09:00 every 1 days: ann | bob",
        "2026-03-28T00:00+01 .. 2026-03-28T09:00+01 9h  bob first#85
         2026-03-28T09:00+01 .. 2026-03-29T09:00+02 23h ann first#86
         2026-03-29T09:00+02 .. 2026-03-30T09:00+02 24h bob first#87
         2026-03-30T09:00+02 .. 2026-03-31T00:00+02 15h ann first#88",
    );
}

#[test]
fn a_nine_o_clock_hand_off_stays_at_nine_when_clocks_go_back() {
    check(
        "zone Europe/Berlin
         from 2026-10-24T09:00
         to 2026-10-26T09:00
         rotation first 2026-10-24T09:00 every 1 days: ann | bob",
        "2026-10-24T09:00+02 .. 2026-10-25T09:00+01 25h ann first#0
         2026-10-25T09:00+01 .. 2026-10-26T09:00+01 24h bob first#1",
    );
}

/// grafana/oncall#5247: one hour without anybody when DST ended, one hour twice when it began.
#[test]
fn weekly_turns_meet_without_gap_or_overlap_over_both_changes() {
    check(
        "zone America/Chicago
         from 2024-10-29T09:00
         to 2024-11-12T09:00
         rotation first 2024-10-01T09:00 every 1 weeks: ann | bob",
        "2024-10-29T09:00-05 .. 2024-11-05T09:00-06 169h ann first#4
         2024-11-05T09:00-06 .. 2024-11-12T09:00-06 168h bob first#5",
    );
    check(
        "zone America/Chicago
         from 2025-03-04T09:00
         to 2025-03-18T09:00
         rotation first 2024-10-01T09:00 every 1 weeks: ann | bob",
        "2025-03-04T09:00-06 .. 2025-03-11T09:00-05 167h ann first#22
         2025-03-11T09:00-05 .. 2025-03-18T09:00-05 168h bob first#23",
    );
}

/// grafana/oncall#3261: every hand-off moved by an hour after the change, for half a year.
#[test]
fn a_schedule_made_in_summer_keeps_its_hours_in_winter() {
    check(
        "zone Europe/London
         from 2023-11-10
         to 2023-11-12
         rotation first 2023-07-03T08:30 every 1 days: ann | bob | cat",
        "2023-11-10T00:00+00 .. 2023-11-10T08:30+00 8.5h  ann first#129
         2023-11-10T08:30+00 .. 2023-11-11T08:30+00 24h   bob first#130
         2023-11-11T08:30+00 .. 2023-11-12T00:00+00 15.5h cat first#131",
    );
}

/// grafana/oncall#4197, grafana/terraform-provider-grafana#1330: outside UTC everybody was on call
/// every day. The local day is not the day of UTC.
#[test]
fn daily_turns_alternate_in_zones_far_from_utc() {
    check(
        "zone Pacific/Auckland
         from 2024-01-01
         to 2024-01-04
         rotation first 2024-01-01T00:00 every 1 days: ann | bob",
        "2024-01-01T00:00+13 .. 2024-01-02T00:00+13 24h ann first#0
         2024-01-02T00:00+13 .. 2024-01-03T00:00+13 24h bob first#1
         2024-01-03T00:00+13 .. 2024-01-04T00:00+13 24h ann first#2",
    );
}

/// grafana/oncall#5455: a turn over the change was cut short, and nobody had its last hour.
#[test]
fn a_short_first_turn_over_the_change_is_followed_at_once() {
    check(
        "zone America/New_York
         from 2025-03-08T12:00
         to 2025-03-10T12:00
         rotation first 2025-03-08T18:00 every 1 days: ann | bob",
        "2025-03-08T12:00-05 .. 2025-03-08T18:00-05 6h  nobody
         2025-03-08T18:00-05 .. 2025-03-09T18:00-04 23h ann first#0
         2025-03-09T18:00-04 .. 2025-03-10T12:00-04 18h bob first#1",
    );
}

#[test]
fn a_hand_off_in_the_gap_comes_late_once_and_is_back_the_next_day() {
    check(
        "zone Europe/London
         from 2027-03-27T01:30
         to 2027-03-30T01:30
         rotation first 2027-03-27T01:30 every 1 days: ann | bob",
        "2027-03-27T01:30+00 .. 2027-03-28T02:30+01 24h ann first#0
         2027-03-28T02:30+01 .. 2027-03-29T01:30+01 23h bob first#1
         2027-03-29T01:30+01 .. 2027-03-30T01:30+01 24h ann first#2",
    );
}

#[test]
fn a_rotation_that_starts_in_the_gap_keeps_its_own_time_afterwards() {
    check(
        "zone Europe/London
         from 2027-03-28
         to 2027-03-29T12:00
         rotation first 2027-03-28T01:30 every 1 days: ann | bob",
        "2027-03-28T00:00+00 .. 2027-03-28T02:30+01 1.5h  nobody
         2027-03-28T02:30+01 .. 2027-03-29T01:30+01 23h   ann first#0
         2027-03-29T01:30+01 .. 2027-03-29T12:00+01 10.5h bob first#1",
    );
}

#[test]
fn a_hand_off_in_the_overlap_happens_once_at_the_first_of_both() {
    check(
        "zone Europe/London
         from 2027-10-30T01:30
         to 2027-11-01T01:30
         rotation first 2027-10-30T01:30 every 1 days: ann | bob",
        "2027-10-30T01:30+01 .. 2027-10-31T01:30+01 24h ann first#0
         2027-10-31T01:30+01 .. 2027-11-01T01:30+00 25h bob first#1",
    );
}

#[test]
fn every_twelve_hours_repeats_and_skips_nothing_over_the_gap() {
    check(
        "zone Europe/Berlin
         from 2026-03-28T20:00
         to 2026-03-30T09:00
         rotation first 2026-03-28T20:00 every 12 hours: ann | bob",
        "2026-03-28T20:00+01 .. 2026-03-29T09:00+02 12h ann first#0
         2026-03-29T09:00+02 .. 2026-03-29T21:00+02 12h bob first#1
         2026-03-29T21:00+02 .. 2026-03-30T09:00+02 12h ann first#2",
    );
}

#[test]
fn every_hour_repeats_and_skips_nothing_over_the_overlap() {
    check(
        "zone Europe/London
         from 2027-10-31T00:00
         to 2027-10-31T03:00
         rotation first 2027-10-30T23:00 every 1 hours: ann | bob",
        "2027-10-31T00:00+01 .. 2027-10-31T01:00+01 1h bob first#1
         2027-10-31T01:00+01 .. 2027-10-31T01:00+00 1h ann first#2
         2027-10-31T01:00+00 .. 2027-10-31T02:00+00 1h bob first#3
         2027-10-31T02:00+00 .. 2027-10-31T03:00+00 1h ann first#4",
    );
}

/// At 00:01 clocks went back to 23:01 of the day before: the date repeats, the hand-off does not.
#[test]
fn a_midnight_hand_off_holds_when_clocks_go_back_to_the_day_before() {
    check(
        "zone America/St_Johns
         from 2010-11-06
         to 2010-11-08
         rotation first 2010-11-01T00:00 every 1 days: ann | bob",
        "2010-11-06T00:00-02:30 .. 2010-11-07T00:00-02:30 24h bob first#5
         2010-11-07T00:00-02:30 .. 2010-11-08T00:00-03:30 25h ann first#6",
    );
}

#[test]
fn a_change_by_half_an_hour_makes_a_day_half_an_hour_shorter() {
    check(
        "zone Australia/Lord_Howe
         from 2026-10-03T02:15
         to 2026-10-05T02:15
         rotation first 2026-10-03T02:15 every 1 days: ann | bob",
        "2026-10-03T02:15+10:30 .. 2026-10-04T02:45+11 24h   ann first#0
         2026-10-04T02:45+11 .. 2026-10-05T02:15+11    23.5h bob first#1",
    );
}

#[test]
fn a_day_that_the_calendar_skipped_takes_its_turn_with_it() {
    check(
        "zone Pacific/Apia
         from 2011-12-28T10:00
         to 2012-01-01T10:00
         rotation first 2011-12-28T10:00 every 1 days: ann | bob | cat | dan",
        "2011-12-28T10:00-10 .. 2011-12-29T10:00-10 24h ann first#0
         2011-12-29T10:00-10 .. 2011-12-31T10:00+14 24h bob first#1
         2011-12-31T10:00+14 .. 2012-01-01T10:00+14 24h dan first#3",
    );
}

#[test]
fn a_weekly_hand_off_on_the_skipped_day_comes_the_day_after() {
    check(
        "zone Pacific/Apia
         from 2011-12-23T10:00
         to 2012-01-06T10:00
         rotation first 2011-12-23T10:00 every 1 weeks: ann | bob",
        "2011-12-23T10:00-10 .. 2011-12-31T10:00+14 168h ann first#0
         2011-12-31T10:00+14 .. 2012-01-06T10:00+14 144h bob first#1",
    );
}

// ---- the calendar ----

#[test]
fn daily_turns_pass_through_a_leap_day_and_a_month_end() {
    check(
        "zone UTC
         from 2028-02-28T08:00
         to 2028-03-02T08:00
         rotation first 2028-01-31T08:00 every 1 days: ann | bob",
        "2028-02-28T08:00+00 .. 2028-02-29T08:00+00 24h ann first#28
         2028-02-29T08:00+00 .. 2028-03-01T08:00+00 24h bob first#29
         2028-03-01T08:00+00 .. 2028-03-02T08:00+00 24h ann first#30",
    );
}

#[test]
fn every_other_week_keeps_its_weekday_over_new_year() {
    check(
        "zone Asia/Kolkata
         from 2026-12-21T09:30
         to 2027-01-18T09:30
         rotation first 2026-12-21T09:30 every 2 weeks: ann | bob",
        "2026-12-21T09:30+05:30 .. 2027-01-04T09:30+05:30 336h ann first#0
         2027-01-04T09:30+05:30 .. 2027-01-18T09:30+05:30 336h bob first#1",
    );
}

#[test]
fn one_person_alone_still_has_a_shift_for_each_turn() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-03
         rotation first 2026-01-01T00:00 every 1 days: ann",
        "2026-01-01T00:00+00 .. 2026-01-02T00:00+00 24h ann first#0
         2026-01-02T00:00+00 .. 2026-01-03T00:00+00 24h ann first#1",
    );
}

// ---- priority ----

#[test]
fn the_first_rotation_with_somebody_counts_alone() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-05
         rotation first 2026-01-02T00:00 every 1 days: ann bob | | ann ann
         rotation second 2026-01-01T00:00 every 1 weeks: cat",
        "2026-01-01T00:00+00 .. 2026-01-02T00:00+00 24h cat second#0
         2026-01-02T00:00+00 .. 2026-01-03T00:00+00 24h ann first#0
         2026-01-02T00:00+00 .. 2026-01-03T00:00+00 24h bob first#0
         2026-01-03T00:00+00 .. 2026-01-04T00:00+00 24h cat second#0
         2026-01-04T00:00+00 .. 2026-01-05T00:00+00 24h ann first#2",
    );
}

#[test]
fn a_rotation_emptied_by_an_override_gives_way_to_the_next() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-02
         rotation first 2026-01-01T00:00 every 1 days: ann
         rotation second 2026-01-01T00:00 every 1 weeks: cat
         override 1 first 2026-01-01T06:00Z 2026-01-01T12:00Z remove ann",
        "2026-01-01T00:00+00 .. 2026-01-01T06:00+00 6h  ann first#0
         2026-01-01T06:00+00 .. 2026-01-01T12:00+00 6h  cat second#0
         2026-01-01T12:00+00 .. 2026-01-02T00:00+00 12h ann first#0",
    );
}

#[test]
fn an_override_of_a_rotation_lifts_it_over_the_next_even_before_its_start() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-02
         rotation first 2027-01-01T00:00 every 1 days: ann
         rotation second 2026-01-01T00:00 every 1 weeks: cat
         override 1 first 2026-01-01T06:00Z 2026-01-01T12:00Z add bob",
        "2026-01-01T00:00+00 .. 2026-01-01T06:00+00 6h  cat second#0
         2026-01-01T06:00+00 .. 2026-01-01T12:00+00 6h  bob first by 1
         2026-01-01T12:00+00 .. 2026-01-02T00:00+00 12h cat second#0",
    );
}

// ---- overrides ----

#[test]
fn an_override_over_a_hand_off_replaces_only_the_named_person() {
    check(
        "zone Europe/Berlin
         from 2026-03-28T09:00
         to 2026-03-30T09:00
         rotation first 2026-03-28T09:00 every 1 days: ann | bob
         override 1 all 2026-03-29T03:00+02 2026-03-29T21:00+02 replace ann with cat",
        "2026-03-28T09:00+01 .. 2026-03-29T03:00+02 17h ann first#0
         2026-03-29T03:00+02 .. 2026-03-29T09:00+02 6h  cat all by 1
         2026-03-29T09:00+02 .. 2026-03-30T09:00+02 24h bob first#1",
    );
}

#[test]
fn an_override_of_everybody_over_a_hand_off_is_one_shift() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-03
         rotation first 2026-01-01T00:00 every 1 days: ann bob | bob
         override 1 all 2026-01-01T20:00Z 2026-01-02T04:00Z replace all with cat",
        "2026-01-01T00:00+00 .. 2026-01-01T20:00+00 20h ann first#0
         2026-01-01T00:00+00 .. 2026-01-01T20:00+00 20h bob first#0
         2026-01-01T20:00+00 .. 2026-01-02T04:00+00 8h  cat all by 1
         2026-01-02T04:00+00 .. 2026-01-03T00:00+00 20h bob first#1",
    );
}

#[test]
fn an_override_of_a_rotation_names_the_turn_it_changed() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-03
         rotation first 2026-01-01T00:00 every 1 days: ann | bob
         override 1 first 2026-01-01T20:00Z 2026-01-02T04:00Z replace all with cat",
        "2026-01-01T00:00+00 .. 2026-01-01T20:00+00 20h ann first#0
         2026-01-01T20:00+00 .. 2026-01-02T00:00+00 4h  cat first#0 by 1
         2026-01-02T00:00+00 .. 2026-01-02T04:00+00 4h  cat first#1 by 1
         2026-01-02T04:00+00 .. 2026-01-03T00:00+00 20h bob first#1",
    );
}

#[test]
fn replacing_everybody_works_when_nobody_is_on_call_and_replacing_one_does_not() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-02
         override 1 all 2026-01-01T06:00Z 2026-01-01T08:00Z replace ann with bob
         override 2 all 2026-01-01T12:00Z 2026-01-01T14:00Z replace all with cat",
        "2026-01-01T00:00+00 .. 2026-01-01T12:00+00 12h nobody
         2026-01-01T12:00+00 .. 2026-01-01T14:00+00 2h  cat all by 2
         2026-01-01T14:00+00 .. 2026-01-02T00:00+00 10h nobody",
    );
}

#[test]
fn overrides_apply_in_the_order_of_their_ids_not_of_the_list() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-02
         rotation first 2026-01-01T00:00 every 1 days: ann
         override 3 all 2026-01-01T00:00Z 2026-01-02T00:00Z replace bob with dan
         override 2 all 2026-01-01T00:00Z 2026-01-01T12:00Z replace cat with eve
         override 1 all 2026-01-01T00:00Z 2026-01-02T00:00Z replace ann with bob",
        "2026-01-01T00:00+00 .. 2026-01-02T00:00+00 24h dan all by 3",
    );
}

#[test]
fn somebody_added_twice_keeps_the_first_reason() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-02
         rotation first 2026-01-01T00:00 every 1 days: ann
         override 1 all 2026-01-01T00:00Z 2026-01-01T12:00Z add ann
         override 2 all 2026-01-01T00:00Z 2026-01-01T12:00Z add bob
         override 3 all 2026-01-01T06:00Z 2026-01-01T18:00Z add bob",
        "2026-01-01T00:00+00 .. 2026-01-02T00:00+00 24h ann first#0
         2026-01-01T00:00+00 .. 2026-01-01T12:00+00 12h bob all by 2
         2026-01-01T12:00+00 .. 2026-01-01T18:00+00 6h  bob all by 3",
    );
}

#[test]
fn removing_the_last_person_leaves_a_gap_to_see() {
    check(
        "zone Asia/Kolkata
         from 2026-01-01
         to 2026-01-02
         rotation first 2026-01-01T00:00 every 1 days: ann
         override 1 all 2026-01-01T22:00+05:30 2026-01-09T00:00+05:30 remove ann",
        "2026-01-01T00:00+05:30 .. 2026-01-01T22:00+05:30 22h ann first#0
         2026-01-01T22:00+05:30 .. 2026-01-02T00:00+05:30 2h  nobody",
    );
}

#[test]
fn one_override_ends_exactly_where_the_next_begins() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-02
         rotation first 2026-01-01T00:00 every 1 days: ann
         override 1 all 2026-01-01T06:00Z 2026-01-01T12:00Z replace ann with bob
         override 2 all 2026-01-01T12:00Z 2026-01-01T18:00Z replace ann with bob",
        "2026-01-01T00:00+00 .. 2026-01-01T06:00+00 6h ann first#0
         2026-01-01T06:00+00 .. 2026-01-01T12:00+00 6h bob all by 1
         2026-01-01T12:00+00 .. 2026-01-01T18:00+00 6h bob all by 2
         2026-01-01T18:00+00 .. 2026-01-02T00:00+00 6h ann first#0",
    );
}

#[test]
fn an_override_of_an_unknown_rotation_changes_nothing() {
    check(
        "zone UTC
         from 2026-01-01
         to 2026-01-02
         rotation first 2026-01-01T00:00 every 1 days: ann
         override 1 gone 2026-01-01T00:00Z 2026-01-02T00:00Z replace all with bob",
        "2026-01-01T00:00+00 .. 2026-01-02T00:00+00 24h ann first#0",
    );
}
