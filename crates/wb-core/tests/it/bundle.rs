//! Pages that are held back and put together.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use uuid::Uuid;
use wb_core::bundle::{self, Bundle, Candidate, HeldBack, PACE, Plan, Sent};
use wb_core::event::Urgency;
use wb_core::ids::{BundleId, DeliveryId, IncidentId, ServiceId};
use wb_core::limits::{PAGE_HELD_MAX_S, SERVICE_QUIET_S};
use wb_core::time::Timestamp;

fn at(seconds: i64) -> Timestamp {
    Timestamp::EPOCH.plus_secs(1_790_000_000 + seconds)
}

fn service(n: u8) -> ServiceId {
    ServiceId(Uuid::from_u128(0x1000 + u128::from(n)))
}

fn page(n: u32, service_n: u8, urgency: Urgency, due_s: i64) -> Candidate {
    Candidate {
        delivery: DeliveryId(Uuid::from_u128(n.into())),
        incident: IncidentId(Uuid::from_u128(n.into())),
        service: service(service_n),
        urgency,
        due_at: at(due_s),
        held_until: None,
    }
}

fn sent(n: u32, service_n: u8, at_s: i64) -> Sent {
    Sent {
        id: BundleId(Uuid::from_u128(n.into())),
        at: at(at_s),
        services: BTreeSet::from([service(service_n)]),
    }
}

fn sizes(plan: &Plan) -> Vec<usize> {
    plan.messages.iter().map(Vec::len).collect()
}

#[test]
fn an_ordinary_day_is_not_touched() {
    let due: Vec<_> = (0..5).map(|n| page(n, 1, Urgency::High, 0)).collect();
    let plan = bundle::decide(&Bundle::default(), &PACE, &due, at(0));
    assert_eq!((sizes(&plan), plan.held), (vec![1; 5], vec![]));
}

#[test]
fn what_is_too_much_at_once_shares_the_last_message() {
    let due: Vec<_> = (0..500_u32)
        .map(|n| page(n, (n % 3).try_into().unwrap(), Urgency::High, 0))
        .collect();
    let plan = bundle::decide(&Bundle::default(), &PACE, &due, at(0));
    assert_eq!((sizes(&plan), plan.held), (vec![1, 1, 1, 1, 496], vec![]));
}

#[test]
fn beyond_the_pace_pages_wait_for_the_next_message() {
    let bundle = Bundle {
        sent: (0..5).map(|n| sent(n, 1, n.into())).collect(),
    };
    let due = [page(9, 1, Urgency::Low, 10), page(8, 1, Urgency::High, 10)];
    let plan = bundle::decide(&bundle, &PACE, &due, at(10));
    let until = HeldBack {
        until: at(60),
        sent: 5,
        within_s: 60,
    };
    let held = [(due[1].delivery, until), (due[0].delivery, until)];
    assert_eq!((sizes(&plan), plan.held), (vec![], held.to_vec()));
}

#[test]
fn high_urgency_waits_for_its_time_and_takes_along_what_waits() {
    // A full hour: the next message is far off.
    let bundle = Bundle {
        sent: (0..60).map(|n| sent(n, 1, i64::from(n) * 50)).collect(),
    };
    let due = [
        page(1, 1, Urgency::High, 3_000),
        page(2, 1, Urgency::Low, 3_000),
    ];
    let plan = bundle::decide(&bundle, &PACE, &due, at(3_000));
    let untils: Vec<_> = plan.held.iter().map(|(_, held)| held.until).collect();
    assert_eq!(untils, [at(3_000 + i64::from(PAGE_HELD_MAX_S)), at(3_600)]);
    let waiting = [
        Candidate {
            held_until: Some(untils[0]),
            ..due[0]
        },
        Candidate {
            held_until: Some(untils[1]),
            ..due[1]
        },
    ];
    let plan = bundle::decide(&bundle, &PACE, &waiting, untils[0]);
    assert_eq!((sizes(&plan), plan.held), (vec![2], vec![]));
}

#[test]
fn the_first_page_of_a_service_goes_out_whatever_was_sent() {
    let bundle = Bundle {
        sent: (0..60).map(|n| sent(n, 1, n.into())).collect(),
    };
    let due = [
        page(1, 1, Urgency::Low, 60),
        page(2, 2, Urgency::Low, 60),
        page(3, 3, Urgency::Low, 60),
    ];
    let plan = bundle::decide(&bundle, &PACE, &due, at(60));
    assert_eq!(plan.messages, [vec![due[1].delivery, due[2].delivery]]);
    assert_eq!(plan.held.len(), 1);
}

#[test]
fn a_message_that_did_not_go_out_counts_no_more() {
    let mut bundle = Bundle {
        sent: (0..5).map(|n| sent(n, 1, 0)).collect(),
    };
    assert!(bundle.take_back(BundleId(Uuid::from_u128(3))));
    assert!(!bundle.take_back(BundleId(Uuid::from_u128(3))));
    let due = [page(9, 1, Urgency::Low, 1)];
    assert_eq!(sizes(&bundle::decide(&bundle, &PACE, &due, at(1))), [1]);
}

/// A method over a stretch of time: what is due comes in, and the decider is asked whenever something
/// is due, as the sender does.
#[derive(Default)]
struct Method {
    bundle: Bundle,
    outbox: BTreeMap<DeliveryId, Candidate>,
    gone: BTreeMap<DeliveryId, (Timestamp, Candidate)>,
    messages: u32,
}

impl Method {
    fn run(&mut self, coming: &[Candidate]) {
        let mut coming: Vec<_> = coming.to_vec();
        coming.sort_by_key(|c| c.due_at);
        let mut coming = coming.into_iter().peekable();
        loop {
            let wakes = self
                .outbox
                .values()
                .map(|c| c.held_until.unwrap_or(c.due_at));
            let next = wakes.chain(coming.peek().map(|c| c.due_at)).min();
            let Some(now) = next else {
                return;
            };
            while let Some(c) = coming.next_if(|c| c.due_at <= now) {
                self.outbox.insert(c.delivery, c);
            }
            self.ask(now);
        }
    }

    fn ask(&mut self, now: Timestamp) {
        self.bundle.prune(&PACE, now);
        let candidates: Vec<_> = self.outbox.values().copied().collect();
        let plan = bundle::decide(&self.bundle, &PACE, &candidates, now);
        let is_due = |c: &&Candidate| c.held_until.is_none_or(|until| until <= now);
        let due: BTreeSet<_> = candidates
            .iter()
            .filter(is_due)
            .map(|c| c.delivery)
            .collect();
        let mut seen = BTreeSet::new();
        for message in &plan.messages {
            self.send(message, now);
            assert!(
                message.iter().all(|id| seen.insert(*id)),
                "in one message only"
            );
        }
        for (delivery, held) in &plan.held {
            assert!(seen.insert(*delivery), "sent or held");
            assert!(held.until > now);
            let waiting = self.outbox.get_mut(delivery).expect("a candidate");
            waiting.held_until = Some(held.until);
        }
        assert!(due.is_subset(&seen), "nothing that is due is left out");
    }

    fn send(&mut self, message: &[DeliveryId], now: Timestamp) {
        let rows: Vec<_> = message
            .iter()
            .map(|id| self.outbox.remove(id).unwrap())
            .collect();
        let quiet_since = now.plus_secs(-i64::from(SERVICE_QUIET_S));
        let is_quiet = |c: &Candidate| {
            let recent = self.bundle.sent.iter().filter(|sent| sent.at > quiet_since);
            !recent
                .clone()
                .any(|sent| sent.services.contains(&c.service))
        };
        let is_late = |c: &Candidate| {
            let latest = c.due_at.plus_secs(i64::from(PAGE_HELD_MAX_S));
            c.urgency == Urgency::High && now >= latest
        };
        for window in PACE {
            let begin = now.plus_secs(-i64::from(window.span_s));
            let before = self
                .bundle
                .sent
                .iter()
                .filter(|sent| sent.at > begin)
                .count();
            assert!(
                before < usize::try_from(window.messages).unwrap()
                    || rows.iter().any(|c| is_quiet(c) || is_late(c)),
                "above the limit of {window:?} for no reason"
            );
        }
        self.messages += 1;
        self.bundle.sent.push(Sent {
            id: BundleId(Uuid::from_u128(self.messages.into())),
            at: now,
            services: rows.iter().map(|c| c.service).collect(),
        });
        for row in rows {
            self.gone.insert(row.delivery, (now, row));
        }
    }
}

fn storms() -> impl Strategy<Value = Vec<Candidate>> {
    let urgency = prop_oneof![Just(Urgency::High), Just(Urgency::Low)];
    let one = (0..6_u8, urgency, 0..5_000_i64, 1..40_u32, 0..60_i64);
    prop::collection::vec(one, 1..25).prop_map(|bursts| {
        let mut list = Vec::new();
        for (service, urgency, from_s, count, spread_s) in bursts {
            for i in 0..count {
                let n = u32::try_from(list.len()).unwrap();
                let due_s = from_s + i64::from(i) * spread_s / 10;
                list.push(page(n, service, urgency, due_s));
            }
        }
        list
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Every page goes out once, never later than it may, the first of a service at once, and the
    /// pace is kept but for these two (asserted with every message).
    #[test]
    fn everything_goes_out_in_time(coming in storms()) {
        let mut method = Method::default();
        method.run(&coming);
        prop_assert_eq!(method.gone.len(), coming.len());
        let longest_s = PACE.iter().map(|window| window.span_s).max().unwrap();
        for (gone_at, page) in method.gone.values() {
            let most_s = match page.urgency {
                Urgency::High => PAGE_HELD_MAX_S,
                Urgency::Low | Urgency::None => longest_s,
            };
            prop_assert!(*gone_at <= page.due_at.plus_secs(i64::from(most_s)), "{:?}", page);
        }
        let mut heard = BTreeSet::new();
        let mut by_due: Vec<_> = coming.clone();
        by_due.sort_by_key(|c| c.due_at);
        for page in by_due {
            if heard.insert(page.service) {
                let of_service = method.gone.values().filter(|(_, c)| c.service == page.service);
                let first = of_service.map(|(gone_at, _)| *gone_at).min();
                prop_assert_eq!(first, Some(page.due_at), "the first of its service");
            }
        }
    }
}
