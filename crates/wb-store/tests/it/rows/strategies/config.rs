//! Arbitrary configuration objects.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;
use wb_core::config::{
    ContactMethod, Endpoint, Handoff, HandoffUnit, Integration, Object, Override, OverrideChange,
    PersonalRule, PersonalRules, Policy, Role, Rotation, Schedule, Service, Setting, Settings,
    Slot, Step, Team, UrgencyRule, User,
};

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
    let rules =
        (vec(rule(), 0..3), vec(rule(), 0..3)).prop_map(|(high, low)| PersonalRules { high, low });
    let teams = btree_map(id!(TeamId), role(), 0..3);
    let parts = (
        text(),
        text(),
        text(),
        option::of(role()),
        teams,
        any::<bool>(),
        vec(method, 0..3),
        rules,
    );
    parts.prop_map(
        |(name, email, zone, role, teams, active, methods, rules)| User {
            name,
            email,
            zone,
            role,
            teams,
            active,
            methods,
            rules,
        },
    )
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let unit = select(&[HandoffUnit::Hours, HandoffUnit::Days, HandoffUnit::Weeks][..]);
    let handoff = (any::<u32>(), unit).prop_map(|(every, unit)| Handoff { every, unit });
    let slot = vec(id!(UserId), 0..3).prop_map(|people| Slot { people });
    let start = (-9_999..9_999_i16, 1..13_i8, 1..29_i8, 0..24_i8, 0..60_i8)
        .prop_map(|(y, mo, d, h, mi)| jiff::civil::date(y, mo, d).at(h, mi, 0, 0));
    let rotation = (id!(RotationId), text(), start, handoff, vec(slot, 0..3)).prop_map(
        |(id, name, start, handoff, slots)| Rotation {
            id,
            name,
            start,
            handoff,
            slots,
        },
    );
    (id!(TeamId), text(), text(), vec(rotation, 0..3)).prop_map(|(team, name, zone, rotations)| {
        Schedule {
            team,
            name,
            zone,
            rotations,
        }
    })
}

fn change() -> impl Strategy<Value = OverrideChange> {
    prop_oneof![
        id!(UserId).prop_map(OverrideChange::Add),
        id!(UserId).prop_map(OverrideChange::Remove),
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
    let step = (vec(target(), 0..3), any::<u32>()).prop_map(|(targets, escalate_after_s)| Step {
        targets,
        escalate_after_s,
    });
    (id!(TeamId), text(), vec(step, 0..3), any::<u32>()).prop_map(|(team, name, steps, repeat)| {
        Policy {
            team,
            name,
            steps,
            repeat,
        }
    })
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
    )
        .prop_map(|(team, name, description, urgency, policy)| Service {
            team,
            name,
            description,
            urgency,
            policy,
        });
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
    )
        .prop_map(|(schedule, rotation, from, to, change)| Override {
            schedule,
            rotation,
            from,
            to,
            change,
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
    ]
}
