//! Personal rules that can never do anything are found, each with the reason.

use jiff::civil::{Weekday, time};
use uuid::Uuid;
use wb_core::config::{Hours, Idle, PersonalRule, User, Weekdays, Window, idle_rules};
use wb_core::event::Urgency::{High, Low};
use wb_core::ids::MethodId;

use crate::world::{AIKO, config};

#[test]
fn each_rule_that_can_never_fire_is_found_with_its_reason() {
    let mut aiko = config(Vec::new(), 0).users[&AIKO].value.clone();
    let found = |user: &User| -> Vec<_> {
        let idle = idle_rules(user, |channel| channel != "email");
        idle.iter()
            .map(|one| (one.urgency, one.place, one.why))
            .collect()
    };
    // Mail at once, a push after a minute; there is no mail server.
    assert_eq!(found(&aiko), [(High, 0, Idle::ChannelAbsent)]);
    let rule = |after_s, id| PersonalRule {
        after_s,
        method: MethodId(Uuid::from_u128(id)),
    };
    aiko.rules
        .high
        .extend([rule(60, 112), rule(120, 112), rule(0, 999)]);
    aiko.rules.low = vec![rule(0, 112)];
    let expected = [
        (High, 0, Idle::ChannelAbsent),
        (High, 2, Idle::Twice),
        (High, 4, Idle::NoMethod),
    ];
    assert_eq!(found(&aiko), expected);
    aiko.rules.high.clear();
    let quiet = |hour| Hours {
        zone: "Pacific/Auckland".into(),
        windows: vec![Window {
            days: (0..7)
                .map(|n| Weekday::from_monday_zero_offset(n).unwrap())
                .collect::<Weekdays>(),
            from: time(0, 0, 0, 0),
            to: time(hour, 0, 0, 0),
            coordinate_only: false,
        }],
    };
    aiko.rules.quiet_hours = Some(quiet(0));
    assert_eq!(found(&aiko), [(Low, 0, Idle::AlwaysQuiet)]);
    aiko.rules.quiet_hours = Some(quiet(23));
    assert_eq!(found(&aiko), []);
}
