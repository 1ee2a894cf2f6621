//! Lists, filters and who sees what.

use std::collections::BTreeSet;

use wb_core::config::Scope;
use wb_core::event::{Severity, Urgency};
use wb_core::ids::{IncidentId, ServiceId};
use wb_core::incident::IncidentState;
use wb_core::time::Timestamp;
use wb_store::Page;
use wb_store::alerts::{self, AlertFilter};
use wb_store::incidents::{self, Counted, IncidentFilter};
use wb_store::{record, signals};

use super::on_both;
use super::world::{INTEGRATION, OTHER_TEAM, SERVICE, TEAM, USER, World, at, member};

on_both! {
    incidents_by_every_filter,
    incidents_in_pages,
    a_summary_by_state_severity_and_service,
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

fn by(set: impl FnOnce(&mut IncidentFilter)) -> IncidentFilter {
    let mut filter = IncidentFilter::default();
    set(&mut filter);
    filter
}

fn incidents_by_every_filter(world: &World) {
    let [a, b, c] = three(world);
    let other = ServiceId(USER.0);
    for filter in [
        by(|_| ()),
        by(|f| f.states = states(&IncidentState::ALL)),
        by(|f| f.services = BTreeSet::from([SERVICE])),
        by(|f| f.services = BTreeSet::from([SERVICE, other])),
        by(|f| f.teams = BTreeSet::from([TEAM])),
        by(|f| f.teams = BTreeSet::from([TEAM, OTHER_TEAM])),
        by(|f| f.urgency = Some(Urgency::High)),
        by(|f| f.severities = BTreeSet::from([Severity::Critical, Severity::Info])),
        by(|f| f.search = Some("größe \\".to_owned())),
        by(|f| f.search = Some("100%".to_owned())),
        by(|f| f.search = Some("%".to_owned())),
        by(|f| (f.since, f.until) = (Some(at(1)), Some(at(4)))),
    ] {
        check(world, filter, &[c, b, a]);
    }
    for filter in [
        by(|f| f.states = states(&[IncidentState::Resolved])),
        by(|f| f.services = BTreeSet::from([other])),
        by(|f| f.teams = BTreeSet::from([OTHER_TEAM])),
        by(|f| f.urgency = Some(Urgency::Low)),
        by(|f| f.severities = BTreeSet::from([Severity::Minor])),
        by(|f| f.search = Some("key_2".to_owned())),
        by(|f| f.since = Some(at(4))),
        by(|f| f.until = Some(at(1))),
    ] {
        check(world, filter, &[]);
    }
    check(
        world,
        by(|f| f.states = states(&[IncidentState::Triggered])),
        &[c, a],
    );
    check(world, by(|f| f.owner = Some(USER)), &[b]);
    check(world, by(|f| f.since = Some(at(2))), &[c, b]);
    // To the microsecond, within the millisecond that the ids tell.
    let just_after = Timestamp::from_micros(at(2).as_micros() + 1);
    check(world, by(|f| f.since = Some(just_after)), &[c]);
    check(world, by(|f| f.until = Some(at(2))), &[a]);
    check(world, by(|f| f.until = Some(just_after)), &[b, a]);
    check(world, by(|f| f.search = Some("KEY 2".to_owned())), &[b]);
}

/// Everybody who may read the team sees the same, and nobody else anything.
fn check(world: &World, filter: IncidentFilter, expected: &[IncidentId]) {
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
    assert_eq!(found(world, Scope::default(), filter.clone(), 10), []);
    // A summary counts what a list holds.
    for (scope, count) in [
        (Scope::system(), expected.len() as u64),
        (member(TEAM), expected.len() as u64),
        (member(OTHER_TEAM), 0),
    ] {
        let filter = filter.clone();
        let rows = world.read(move |tx| incidents::summary(tx, &scope, &filter));
        assert_eq!(rows.iter().map(|row| row.count).sum::<u64>(), count);
    }
}

fn a_summary_by_state_severity_and_service(world: &World) {
    three(world);
    let all = IncidentFilter::default();
    let rows = world.read(move |tx| incidents::summary(tx, &Scope::system(), &all));
    let row = |state, count| Counted {
        state,
        severity: Severity::Critical,
        service: SERVICE,
        count,
    };
    let mut expected = [
        row(IncidentState::Acknowledged, 1),
        row(IncidentState::Triggered, 2),
    ];
    expected.sort_by_key(|row| row.state.word());
    let mut rows = rows;
    rows.sort_by_key(|row| row.state.word());
    assert_eq!(rows, expected);
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
    let by = |set: &dyn Fn(&mut AlertFilter)| {
        let mut filter = AlertFilter::default();
        set(&mut filter);
        filter
    };
    let list = |scope: Scope, filter: AlertFilter| {
        world.read(move |tx| alerts::list(tx, &scope, &filter, Page::newest(10)))
    };
    for (filter, expected) in [
        (by(&|_| ()), 3),
        (by(&|f| f.open = Some(true)), 3),
        (by(&|f| f.open = Some(false)), 0),
        (by(&|f| f.service = Some(SERVICE)), 3),
        (by(&|f| f.service = Some(ServiceId(USER.0))), 0),
        (by(&|f| f.integration = Some(INTEGRATION)), 3),
        (by(&|f| (f.incident, f.open) = (Some(a), Some(true))), 1),
        (by(&|f| f.teams = BTreeSet::from([OTHER_TEAM])), 0),
    ] {
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
    let newest = &list(Scope::system(), AlertFilter::default())[0];
    assert_eq!((newest.alert.state.incident, newest.count), (c, 1));
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
