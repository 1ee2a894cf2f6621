//! The path of a service adds up, on both engines, and only for those who may read it.

use wb_core::config::Scope;
use wb_core::ids::IntegrationId;
use wb_core::monitor;
use wb_core::time::Timestamp;
use wb_store::service_path::{self, Alerts, Count, Incidents};

use super::on_both;
use super::world::{INTEGRATION, OTHER_TEAM, SERVICE, TEAM, World, at, member};

on_both! {
    events_alerts_incidents_and_pages,
    what_was_before_is_left_out,
    others_see_no_path,
}

fn path(world: &World, scope: Scope, from: Timestamp) -> Option<service_path::ServicePath> {
    world.read(move |tx| service_path::since(tx, &scope, SERVICE, &[INTEGRATION], from))
}

fn events_alerts_incidents_and_pages(world: &World) {
    let ids = [1, 2, 3].map(|n| world.open(n, &format!("key {n}"), i64::from(n)).incident);
    world.acknowledge(ids[1], 5);
    // The signals of these tests have ids without a time.
    let found = path(world, member(TEAM), Timestamp::EPOCH).unwrap();
    let ways: Vec<IntegrationId> = found.ways.iter().map(|way| way.integration).collect();
    assert_eq!(ways, [INTEGRATION, monitor::INTEGRATION]);
    let hour = u32::try_from(at(1).as_secs() / 3_600).unwrap();
    let opened = Count {
        outcome: "opened".to_owned(),
        hour,
        count: 3,
    };
    assert_eq!(found.ways[0].counts, [opened]);
    assert_eq!(found.ways[0].last_at, Some(at(3)));
    assert_eq!(found.ways[1].counts, []);
    assert_eq!(
        found.alerts,
        Alerts {
            count: 3,
            open: 3,
            incidents: 3,
        }
    );
    assert_eq!(
        found.incidents,
        Incidents {
            count: 3,
            triggered: 2,
            acknowledged: 1,
            median_s: None,
        }
    );
    let pages = found.pages;
    assert!(pages.count > 0, "{pages:?}");
    assert!(pages.messages >= pages.count, "{pages:?}");
    assert!(pages.done + pages.cancelled <= pages.messages, "{pages:?}");
}

fn what_was_before_is_left_out(world: &World) {
    for n in [1, 2, 3] {
        world.open(n, &format!("key {n}"), i64::from(n));
    }
    let found = path(world, Scope::system(), at(3)).unwrap();
    assert_eq!((found.alerts.count, found.incidents.count), (1, 1));
    assert_eq!(found.ways[0].last_at, Some(at(3)));
    let later = path(world, Scope::system(), at(60)).unwrap();
    assert_eq!((later.alerts.count, later.incidents.count), (0, 0));
    assert_eq!(later.pages.messages, 0);
}

fn others_see_no_path(world: &World) {
    assert_eq!(path(world, member(OTHER_TEAM), Timestamp::EPOCH), None);
    assert_eq!(path(world, Scope::default(), Timestamp::EPOCH), None);
}
