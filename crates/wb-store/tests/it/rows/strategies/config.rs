//! Arbitrary configuration objects.

use jiff::civil::{Date, DateTime, Time, Weekday};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;
use wb_core::config::{
    Chart, Choices, Condition, ContactMethod, Dashboard, Duty, Endpoint, Handoff, HandoffUnit,
    Holiday, Hours, Integration, Object, OnHolidays, Override, OverrideChange, OverrideOrigin,
    Participant, PersonalRule, PersonalRules, Policy, Role, Rotation, Schedule, Service, Setting,
    Settings, Slot, Step, Swap, SwapState, Team, TimeOff, Timeouts, TurnRule, UrgencyRule, User,
    Variable, WhenOff, Window,
};
use wb_core::number::Number;

use super::{at, target, text, urgency};

fn settings() -> impl Strategy<Value = Settings> {
    let setting = prop_oneof![
        text().prop_map(Setting::Plain),
        text().prop_map(Setting::Sealed)
    ];
    btree_map(text(), setting, 0..3)
}

fn user() -> impl Strategy<Value = User> {
    let role = || select(&Role::ALL[..]);
    let method = (id!(MethodId), text(), text(), settings(), option::of(at()));
    let method = method.prop_map(|(id, name, channel, settings, verified_at)| ContactMethod {
        id,
        name,
        channel,
        settings,
        verified_at,
    });
    let rule = || {
        (any::<u32>(), id!(MethodId)).prop_map(|(after_s, method)| PersonalRule { after_s, method })
    };
    let repeat = || option::of(any::<u32>());
    let rules = (
        vec(rule(), 0..3),
        vec(rule(), 0..3),
        repeat(),
        repeat(),
        option::of(hours()),
    );
    let rules =
        rules.prop_map(
            |(high, low, repeat_high_s, repeat_low_s, quiet_hours)| PersonalRules {
                high,
                low,
                repeat_high_s,
                repeat_low_s,
                quiet_hours,
            },
        );
    let teams = btree_map(id!(TeamId), role(), 0..3);
    let parts = (
        text(),
        text(),
        text(),
        option::of(role()),
        teams,
        any::<bool>(),
        vec(method, 0..3),
        (rules, option::of(at()), any::<bool>()),
    );
    parts.prop_map(
        |(name, email, zone, role, teams, active, methods, (rules, paused_until, monthly_test))| {
            User {
                name,
                email,
                zone,
                role,
                teams,
                active,
                methods,
                rules,
                paused_until,
                monthly_test,
            }
        },
    )
}

fn hours() -> impl Strategy<Value = Hours> {
    (text(), vec(window(), 0..3)).prop_map(|(zone, windows)| Hours { zone, windows })
}

fn condition() -> impl Strategy<Value = Condition> {
    let severity = option::of(select(&wb_core::event::Severity::ALL[..]));
    let parts = (
        option::of(urgency()),
        severity,
        option::of(hours()),
        option::of(hours()),
    );
    parts.prop_map(|(urgency, severity_at_least, within, outside)| Condition {
        urgency,
        severity_at_least,
        within,
        outside,
    })
}

pub(super) fn civil_date() -> impl Strategy<Value = Date> {
    (-9_999..9_999_i16, 1..13_i8, 1..29_i8).prop_map(|(y, mo, d)| jiff::civil::date(y, mo, d))
}

fn civil_time() -> impl Strategy<Value = Time> {
    (0..24_i8, 0..60_i8).prop_map(|(h, m)| jiff::civil::time(h, m, 0, 0))
}

fn civil() -> impl Strategy<Value = DateTime> {
    (civil_date(), civil_time()).prop_map(|(date, time)| DateTime::from_parts(date, time))
}

fn slot() -> impl Strategy<Value = Slot> {
    let duty = select(&Duty::ALL[..]);
    let dates = (option::of(civil_date()), option::of(civil_date()));
    let one = (id!(UserId), duty, dates);
    let one = one.prop_map(|(user, duty, (joins, leaves))| Participant {
        user,
        duty,
        joins,
        leaves,
    });
    (vec(one, 0..3), any::<bool>()).prop_map(|(people, first_come)| Slot { people, first_come })
}

fn window() -> impl Strategy<Value = Window> {
    let days = vec(0..7_i8, 0..7).prop_map(|days| {
        let day = |day| Weekday::from_monday_zero_offset(day).expect("a weekday");
        days.into_iter().map(day).collect()
    });
    let parts = (days, civil_time(), civil_time(), any::<bool>());
    parts.prop_map(|(days, from, to, coordinate_only)| Window {
        days,
        from,
        to,
        coordinate_only,
    })
}

fn rotation() -> impl Strategy<Value = Rotation> {
    let unit = select(&HandoffUnit::ALL[..]);
    let handoff = (any::<u32>(), unit).prop_map(|(every, unit)| Handoff { every, unit });
    let names = (id!(RotationId), text(), option::of(text()));
    let rules = (
        select(&TurnRule::ALL[..]),
        select(&WhenOff::ALL[..]),
        any::<bool>(),
        select(&OnHolidays::ALL[..]),
    );
    let span = (civil(), option::of(civil()));
    let parts = (
        names,
        span,
        handoff,
        rules,
        vec(window(), 0..3),
        vec(slot(), 0..3),
    );
    parts.prop_map(
        |((id, name, zone), (start, end), handoff, rules, windows, slots)| {
            let (turn, when_off, beside, on_holidays) = rules;
            Rotation {
                id,
                name,
                zone,
                start,
                end,
                handoff,
                turn,
                windows,
                slots,
                when_off,
                beside,
                on_holidays,
            }
        },
    )
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let holiday = (civil_date(), text()).prop_map(|(date, name)| Holiday { date, name });
    let parts = (
        id!(TeamId),
        text(),
        text(),
        vec(rotation(), 0..3),
        vec(holiday, 0..3),
    );
    parts.prop_map(|(team, name, zone, rotations, holidays)| Schedule {
        team,
        name,
        zone,
        rotations,
        holidays,
    })
}

fn origin() -> impl Strategy<Value = OverrideOrigin> {
    prop_oneof![
        Just(OverrideOrigin::Set),
        Just(OverrideOrigin::TakeOver),
        id!(SwapId).prop_map(OverrideOrigin::Swap),
    ]
}

fn swap() -> impl Strategy<Value = Swap> {
    let state = prop_oneof![
        Just(SwapState::Asked),
        id!(UserId).prop_map(SwapState::Accepted),
        Just(SwapState::Declined),
        Just(SwapState::Withdrawn),
    ];
    let parts = (
        (id!(ScheduleId), id!(UserId), option::of(id!(UserId))),
        (at(), at(), option::of((at(), at()))),
        state,
    );
    parts.prop_map(
        |((schedule, asker, asked), (from, to, in_return), state)| Swap {
            schedule,
            asker,
            from,
            to,
            asked,
            in_return,
            state,
        },
    )
}

fn change() -> impl Strategy<Value = OverrideChange> {
    prop_oneof![
        id!(UserId).prop_map(OverrideChange::Add),
        id!(UserId).prop_map(OverrideChange::Remove),
        id!(UserId).prop_map(OverrideChange::Shadow),
        (option::of(id!(UserId)), id!(UserId))
            .prop_map(|(who, with)| OverrideChange::Replace { who, with }),
    ]
}

fn urgency_rule() -> impl Strategy<Value = UrgencyRule> {
    prop_oneof![
        Just(UrgencyRule::BySeverity),
        urgency().prop_map(UrgencyRule::Fixed)
    ]
}

fn policy() -> impl Strategy<Value = Policy> {
    let step = (
        vec(target(), 0..3),
        any::<u32>(),
        condition(),
        any::<[bool; 2]>(),
    );
    let step = step.prop_map(|(targets, escalate_after_s, only, more)| Step {
        targets,
        escalate_after_s,
        only,
        needs_everyone: more[0],
        round_robin: more[1],
    });
    let more = (any::<u32>(), option::of(hours()), vec(target(), 0..3));
    let parts = (id!(TeamId), text(), vec(step, 0..3), more);
    parts.prop_map(
        |(team, name, steps, (repeat, low_urgency_hours, fallback))| Policy {
            team,
            name,
            steps,
            repeat,
            low_urgency_hours,
            fallback,
        },
    )
}

fn timeouts() -> impl Strategy<Value = Timeouts> {
    (option::of(any::<u32>()), option::of(any::<u32>())).prop_map(|(expires, ends)| Timeouts {
        acknowledge_expires_after_s: expires,
        auto_resolve_after_s: ends,
    })
}

fn dashboard() -> impl Strategy<Value = Dashboard> {
    let choices = prop_oneof![
        text().prop_map(Choices::Find),
        vec(text(), 0..3).prop_map(Choices::List)
    ];
    let variable =
        (text(), choices, option::of(text())).prop_map(|(name, choices, default)| Variable {
            name,
            choices,
            default,
        });
    let chart = (
        text(),
        vec(text(), 0..3),
        option::of(text()),
        option::of(any::<f64>()),
        any::<u8>(),
    );
    let chart = chart.prop_map(|(title, targets, unit, y_min, width)| Chart {
        title,
        targets,
        unit,
        y_min: y_min.and_then(Number::new),
        width,
    });
    let parts = (
        (id!(TeamId), text(), text()),
        vec(variable, 0..3),
        vec(chart, 0..3),
        any::<u32>(),
        option::of(any::<u32>()),
    );
    parts.prop_map(
        |((team, name, description), variables, charts, span_s, refresh_s)| Dashboard {
            team,
            name,
            description,
            variables,
            charts,
            span_s,
            refresh_s,
        },
    )
}

pub(in crate::rows) fn object() -> impl Strategy<Value = Object> {
    let team = (text(), text()).prop_map(|(name, description)| Team { name, description });
    let endpoint =
        (id!(TeamId), text(), text(), settings()).prop_map(|(team, name, channel, settings)| {
            Endpoint {
                team,
                name,
                channel,
                settings,
            }
        });
    let service = (
        id!(TeamId),
        text(),
        text(),
        urgency_rule(),
        option::of(id!(PolicyId)),
        timeouts(),
    )
        .prop_map(
            |(team, name, description, urgency, policy, timeouts)| Service {
                team,
                name,
                description,
                urgency,
                policy,
                timeouts,
            },
        );
    let integration = (id!(ServiceId), text(), text(), text(), text()).prop_map(
        |(service, name, dialect, key_sealed, key_hash)| Integration {
            service,
            name,
            dialect,
            key_sealed,
            key_hash,
        },
    );
    let spans = (
        id!(ScheduleId),
        option::of(id!(RotationId)),
        at(),
        at(),
        change(),
        origin(),
    )
        .prop_map(|(schedule, rotation, from, to, change, origin)| Override {
            schedule,
            rotation,
            from,
            to,
            change,
            origin,
        });
    prop_oneof![
        (id!(TeamId), team).prop_map(|(id, value)| Object::Team(id, value)),
        (id!(UserId), user()).prop_map(|(id, value)| Object::User(id, value)),
        (id!(EndpointId), endpoint).prop_map(|(id, value)| Object::Endpoint(id, value)),
        (id!(ServiceId), service).prop_map(|(id, value)| Object::Service(id, value)),
        (id!(IntegrationId), integration).prop_map(|(id, value)| Object::Integration(id, value)),
        (id!(PolicyId), policy()).prop_map(|(id, value)| Object::Policy(id, value)),
        (id!(ScheduleId), schedule()).prop_map(|(id, value)| Object::Schedule(id, value)),
        (id!(OverrideId), spans).prop_map(|(id, value)| Object::Override(id, value)),
        (id!(TimeOffId), id!(UserId), at(), at())
            .prop_map(|(id, user, from, to)| Object::TimeOff(id, TimeOff { user, from, to })),
        (id!(SwapId), swap()).prop_map(|(id, value)| Object::Swap(id, value)),
        (id!(DashboardId), dashboard()).prop_map(|(id, value)| Object::Dashboard(id, value)),
    ]
}
