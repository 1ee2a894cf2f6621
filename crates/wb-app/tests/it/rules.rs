//! Personal rules that could never do anything are refused.

use jiff::civil::{Weekday, time};
use wb_app::Caller;
use wb_app::configure::declare::{Declared, DeclaredUser};
use wb_core::config::{Hours, Weekdays, Window};

use crate::story::person;
use crate::world::{On, world};

/// What is wrong with declaring this person.
async fn problems(user: DeclaredUser) -> String {
    let world = world(On::Sqlite).await;
    let declared = Declared {
        users: vec![user],
        ..Declared::default()
    };
    let applied = world.app.apply(&Caller::system(), &declared).await;
    format!("{:?}", applied.map(|plan| plan.problems))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_stands_there_twice_is_refused() {
    let twice = person("aiko", &[(0, "mail"), (60, "phone"), (60, "phone")]);
    let told = problems(twice).await;
    assert!(told.contains("rules.high[2].method"), "{told}");
    assert!(told.contains("would never do anything"), "{told}");
    // The same method later, or another one at the same time, is something of its own.
    let fine = person("aiko", &[(0, "mail"), (0, "phone"), (60, "mail")]);
    assert_eq!(problems(fine).await, "Ok([])");
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_hours_that_never_end_are_refused() {
    let quiet = |hour| {
        let all = (0..7).map(|n| Weekday::from_monday_zero_offset(n).unwrap());
        let mut user = person("aiko", &[(0, "mail")]);
        user.rules.quiet_hours = Some(Hours {
            zone: "Europe/Berlin".into(),
            windows: vec![Window {
                days: all.collect::<Weekdays>(),
                from: time(0, 0, 0, 0),
                to: time(hour, 0, 0, 0),
                coordinate_only: false,
            }],
        });
        user
    };
    let told = problems(quiet(0)).await;
    assert!(told.contains("rules.quiet_hours.windows"), "{told}");
    assert!(told.contains("never end"), "{told}");
    assert_eq!(problems(quiet(23)).await, "Ok([])");
}
