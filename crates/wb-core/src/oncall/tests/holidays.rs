//! Named cases of public holidays.

use super::rows::check;

#[test]
fn a_rotation_that_is_free_on_a_holiday_leaves_it_to_the_next_one() {
    check(
        "zone Europe/Berlin
         from 2026-12-24
         to 2026-12-28
         rotation office 2026-12-21T09:00 every 1 weeks no-holidays: ann
         rotation spare 2026-12-21T09:00 every 1 weeks: bob
         holiday 2026-12-25
         holiday 2026-12-26",
        "2026-12-24T00:00+01 .. 2026-12-25T00:00+01 24h ann office#0
         2026-12-25T00:00+01 .. 2026-12-26T00:00+01 24h bob spare#0 on 2026-12-25
         2026-12-26T00:00+01 .. 2026-12-27T00:00+01 24h bob spare#0 on 2026-12-26
         2026-12-27T00:00+01 .. 2026-12-28T00:00+01 24h ann office#0",
    );
}

#[test]
fn without_a_next_one_a_holiday_is_a_gap() {
    check(
        "zone Europe/Berlin
         from 2026-12-31
         to 2027-01-02
         rotation office 2026-12-21T00:00 every 1 weeks no-holidays: ann
         holiday 2027-01-01",
        "2026-12-31T00:00+01 .. 2027-01-01T00:00+01 24h ann office#1
         2027-01-01T00:00+01 .. 2027-01-02T00:00+01 24h nobody",
    );
}

#[test]
fn a_rotation_for_holidays_only_has_nobody_else_and_counts_its_turns_on() {
    check(
        "zone Europe/Berlin
         from 2027-03-27
         to 2027-03-30
         rotation feasts 2027-03-26T00:00 every 1 days only-holidays: ann | bob | cat
         rotation spare 2027-03-01T00:00 every 4 weeks: dan
         holiday 2027-03-28
         holiday 2027-03-29",
        "2027-03-27T00:00+01 .. 2027-03-28T00:00+01 24h dan spare#0
         2027-03-28T00:00+01 .. 2027-03-29T00:00+02 23h cat feasts#2 on 2027-03-28
         2027-03-29T00:00+02 .. 2027-03-30T00:00+02 24h ann feasts#3 on 2027-03-29",
    );
}

#[test]
fn a_holiday_is_a_day_where_the_rotation_is() {
    check(
        "zone Europe/Berlin
         from 2026-04-30T12:00
         to 2026-05-02T00:00
         rotation tokyo 2026-04-27T00:00 every 1 weeks zone Asia/Tokyo no-holidays: ann
         rotation spare 2026-04-27T00:00 every 1 weeks: bob
         holiday 2026-05-01",
        "2026-04-30T12:00+02 .. 2026-04-30T17:00+02 5h  ann tokyo#0
         2026-04-30T17:00+02 .. 2026-05-01T17:00+02 24h bob spare#0 on 2026-05-01
         2026-05-01T17:00+02 .. 2026-05-02T00:00+02 7h  ann tokyo#0",
    );
}

#[test]
fn a_window_that_reaches_into_a_holiday_ends_at_midnight() {
    check(
        "zone Europe/Berlin
         from 2026-12-24T12:00
         to 2026-12-25T12:00
         rotation night 2026-12-21T00:00 every 1 weeks on every-day 22:00-06:00 no-holidays: ann
         holiday 2026-12-25",
        "2026-12-24T12:00+01 .. 2026-12-24T22:00+01 10h nobody
         2026-12-24T22:00+01 .. 2026-12-25T00:00+01 2h  ann night#0
         2026-12-25T00:00+01 .. 2026-12-25T12:00+01 12h nobody",
    );
}

#[test]
fn an_override_of_the_schedule_holds_on_a_holiday_too() {
    check(
        "zone Europe/Berlin
         from 2027-01-01
         to 2027-01-02
         rotation office 2026-12-21T00:00 every 1 weeks no-holidays: ann
         holiday 2027-01-01
         override 1 office 2027-01-01T00:00+01 2027-01-01T06:00+01 add bob
         override 2 all 2027-01-01T12:00+01 2027-01-01T18:00+01 add cat",
        "2027-01-01T00:00+01 .. 2027-01-01T12:00+01 12h nobody
         2027-01-01T12:00+01 .. 2027-01-01T18:00+01 6h  cat all by 2
         2027-01-01T18:00+01 .. 2027-01-02T00:00+01 6h  nobody",
    );
}
