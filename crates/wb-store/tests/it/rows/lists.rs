//! Lists, filters and who sees what.

use std::collections::BTreeSet;

use wb_core::config::Scope;
use wb_core::event::{Severity, Urgency};
use wb_core::ids::{IncidentId, ServiceId};
use wb_core::incident::IncidentState;
use wb_store::Page;
use wb_store::alerts::{self, AlertFilter};
use wb_store::incidents::{self, IncidentFilter};
use wb_store::{record, signals};

use super::on_both;
use super::world::{INTEGRATION, OTHER_TEAM, SERVICE, TEAM, USER, World, member};

on_both! {
    incidents_by_every_filter,
    incidents_in_pages,
    alerts_by_every_filter,
    others_see_nothing,
    the_record_in_pieces,
}

fn three(world: &World) -> [IncidentId; 3] {
    let ids = [1, 2, 3].map(|n| world.open(n, &format!("key {n}"), i64::from(n)).incident);
    world.acknowledge(ids[1], 5);
    ids
}

fn found(world: &World, scope: Scope, filter: IncidentFilter, limit: u32) -> Vec<IncidentId> {
    let rows = world.read(move |tx| incidents::list(tx, &scope, &filter, Page::newest(limit)));
    rows.into_iter().map(|row| row.incident.state.id).collect()
}

fn incidents_by_every_filter(world: &World) {
    let [a, b, c] = three(world);
    let other_service = ServiceId(USER.0);
    let none = IncidentFilter::default;
    let rows: Vec<(IncidentFilter, Vec<IncidentId>)> = vec![
        (none(), vec![c, b, a]),
        (
            IncidentFilter {
                states: states(&[IncidentState::Triggered]),
                ..none()
            },
            vec![c, a],
        ),
        (
            IncidentFilter {
                states: states(&[IncidentState::Resolved]),
                ..none()
            },
            vec![],
        ),
        (
            IncidentFilter {
                states: states(&IncidentState::ALL),
                ..none()
            },
            vec![c, b, a],
        ),
        (
            IncidentFilter {
                owner: Some(USER),
                ..none()
            },
            vec![b],
        ),
        (
            IncidentFilter {
                services: BTreeSet::from([SERVICE]),
                ..none()
            },
            vec![c, b, a],
        ),
        (
            IncidentFilter {
                services: BTreeSet::from([SERVICE, other_service]),
                ..none()
            },
            vec![c, b, a],
        ),
        (
            IncidentFilter {
                services: BTreeSet::from([other_service]),
                ..none()
            },
            vec![],
        ),
        (
            IncidentFilter {
                teams: BTreeSet::from([TEAM]),
                ..none()
            },
            vec![c, b, a],
        ),
        (
            IncidentFilter {
                teams: BTreeSet::from([TEAM, OTHER_TEAM]),
                ..none()
            },
            vec![c, b, a],
        ),
        (
            IncidentFilter {
                teams: BTreeSet::from([OTHER_TEAM]),
                ..none()
            },
            vec![],
        ),
        (
            IncidentFilter {
                urgency: Some(Urgency::High),
                ..none()
            },
            vec![c, b, a],
        ),
        (
            IncidentFilter {
                urgency: Some(Urgency::Low),
                ..none()
            },
            vec![],
        ),
        (
            IncidentFilter {
                severity: Some(Severity::Critical),
                ..none()
            },
            vec![c, b, a],
        ),
        (
            IncidentFilter {
                severity: Some(Severity::Minor),
                ..none()
            },
            vec![],
        ),
        (
            IncidentFilter {
                search: Some("KEY 2".to_owned()),
                ..none()
            },
            vec![b],
        ),
        (
            IncidentFilter {
                search: Some("größe \\".to_owned()),
                ..none()
            },
            vec![c, b, a],
        ),
        (
            IncidentFilter {
                search: Some("100%".to_owned()),
                ..none()
            },
            vec![c, b, a],
        ),
        (
            IncidentFilter {
                search: Some("key_2".to_owned()),
                ..none()
            },
            vec![],
        ),
        (
            IncidentFilter {
                search: Some("%".to_owned()),
                ..none()
            },
            vec![c, b, a],
        ),
    ];
    for (filter, expected) in rows {
        assert_eq!(
            found(world, Scope::system(), filter.clone(), 10),
            expected,
            "{filter:?}"
        );
        assert_eq!(
            found(world, member(TEAM), filter.clone(), 10),
            expected,
            "{filter:?}"
        );
        assert_eq!(
            found(world, member(OTHER_TEAM), filter.clone(), 10),
            [],
            "{filter:?}"
        );
        assert_eq!(found(world, Scope::default(), filter, 10), []);
    }
}

fn states(list: &[IncidentState]) -> BTreeSet<IncidentState> {
    list.iter().copied().collect()
}

fn incidents_in_pages(world: &World) {
    let [a, b, c] = three(world);
    let filter = IncidentFilter::default;
    assert_eq!(found(world, Scope::system(), filter(), 2), [c, b]);
    let rest = world.read(move |tx| {
        let page = Page {
            before: Some(b),
            limit: 2,
        };
        incidents::list(tx, &Scope::system(), &filter(), page)
    });
    assert_eq!(rest.len(), 1);
    assert_eq!((rest[0].number, rest[0].incident.state.id), (1, a));
}

fn alerts_by_every_filter(world: &World) {
    let [a, _, c] = three(world);
    let none = AlertFilter::default;
    let rows = [
        (none(), 3),
        (
            AlertFilter {
                open: Some(true),
                ..none()
            },
            3,
        ),
        (
            AlertFilter {
                open: Some(false),
                ..none()
            },
            0,
        ),
        (
            AlertFilter {
                service: Some(SERVICE),
                ..none()
            },
            3,
        ),
        (
            AlertFilter {
                service: Some(ServiceId(USER.0)),
                ..none()
            },
            0,
        ),
        (
            AlertFilter {
                integration: Some(INTEGRATION),
                ..none()
            },
            3,
        ),
        (
            AlertFilter {
                incident: Some(a),
                open: Some(true),
                ..none()
            },
            1,
        ),
        (
            AlertFilter {
                teams: BTreeSet::from([OTHER_TEAM]),
                ..none()
            },
            0,
        ),
    ];
    for (filter, expected) in rows {
        let list = |scope: Scope, filter: AlertFilter| {
            world.read(move |tx| alerts::list(tx, &scope, &filter, Page::newest(10)))
        };
        assert_eq!(
            list(Scope::system(), filter.clone()).len(),
            expected,
            "{filter:?}"
        );
        assert_eq!(
            list(member(TEAM), filter.clone()).len(),
            expected,
            "{filter:?}"
        );
        assert_eq!(list(member(OTHER_TEAM), filter).len(), 0);
    }
    let newest = world.read(|tx| {
        alerts::list(
            tx,
            &Scope::system(),
            &AlertFilter::default(),
            Page::newest(1),
        )
    });
    assert_eq!((newest[0].alert.state.incident, newest[0].count), (c, 1));
}

fn others_see_nothing(world: &World) {
    let opened = world.open(1, "disk", 1);
    let (alert, incident, signal) = (opened.alert, opened.incident, opened.signal);
    for (scope, expected) in [
        (Scope::system(), true),
        (member(TEAM), true),
        (member(OTHER_TEAM), false),
        (Scope::default(), false),
    ] {
        let seen = world.read(move |tx| {
            let page = Page::newest(10);
            Ok([
                incidents::get(tx, &scope, incident)?.is_some(),
                incidents::by_number(tx, &scope, 1)?.is_some(),
                alerts::get(tx, &scope, alert)?.is_some(),
                signals::get(tx, &scope, signal)?.is_some(),
                !signals::of_alert(tx, &scope, alert, page_of(&page))?.is_empty(),
                !signals::of_integration(tx, &scope, INTEGRATION, page)?.is_empty(),
                !record::of_incident(tx, &scope, incident, None, 9)?.is_empty(),
                !record::of_stream(tx, &scope, &incident.to_string(), 0, 9)?.is_empty(),
                !record::of_stream(tx, &scope, &alert.to_string(), 0, 9)?.is_empty(),
                !record::of_stream(tx, &scope, &SERVICE.to_string(), 0, 9)?.is_empty(),
            ])
        });
        assert_eq!(seen, [expected; 10]);
    }
}

fn page_of<I: Copy>(page: &Page<I>) -> Page<I> {
    *page
}

fn the_record_in_pieces(world: &World) {
    let opened = world.open(1, "disk", 1);
    world.acknowledge(opened.incident, 2);
    let incident = opened.incident;
    let whole =
        world.read(move |tx| record::of_incident(tx, &Scope::system(), incident, None, 100));
    let mut pieces = Vec::new();
    loop {
        let after = pieces.last().map(|entry: &record::Entry| record::Cursor {
            at: entry.at,
            stream: entry.stream.clone(),
            seq: entry.seq,
        });
        let next = world
            .read(move |tx| record::of_incident(tx, &Scope::system(), incident, after.as_ref(), 2));
        if next.is_empty() {
            break;
        }
        pieces.extend(next);
    }
    assert_eq!(pieces, whole);
    let own = world
        .read(move |tx| record::of_stream(tx, &Scope::system(), &incident.to_string(), 1, 100));
    assert_eq!(own.first().map(|entry| entry.seq), Some(2));
}
