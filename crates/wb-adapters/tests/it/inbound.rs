//! Every registered dialect against a corpus of bad inputs and against random bytes.

use proptest::prelude::*;
use uuid::Uuid;
use wb_adapters::inbound;
use wb_core::limits::DEDUP_KEY_CHARS;
use wb_core::time::Timestamp;
use wb_ports::Inbound;

/// Whatever comes in, the answer is an event with a usable key, or a refusal that says why; twice
/// the same.
fn check(dialect: &dyn Inbound, body: &[u8]) {
    let at = Timestamp::from_micros(1_795_230_725_000_000);
    let answer = dialect.normalize(body, at, Uuid::max());
    assert_eq!(answer, dialect.normalize(body, at, Uuid::max()));
    match answer {
        Ok(normalized) => {
            let event = normalized.event;
            assert!(!normalized.routing_key.trim().is_empty());
            assert!(!event.dedup_key.trim().is_empty());
            assert!(event.dedup_key.chars().count() <= DEDUP_KEY_CHARS);
            for text in [&event.summary, &event.source, &event.dedup_key] {
                assert!(!text.contains('\0'));
            }
            assert!(event.details.is_none_or(|json| !json.contains("\\u0000")));
        }
        Err(refusal) => {
            assert!(!refusal.message.is_empty() && !refusal.errors.is_empty());
        }
    }
}

#[test]
fn the_corpus_never_breaks_a_dialect() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/inbound");
    let mut count = 0;
    for entry in std::fs::read_dir(corpus).expect("the corpus") {
        let body = std::fs::read(entry.expect("an entry").path()).expect("a body");
        inbound::all()
            .iter()
            .for_each(|dialect| check(&**dialect, &body));
        count += 1;
    }
    assert!(count >= 20, "only {count} inputs were found");
}

/// JSON that looks like an event often enough to get past the first checks.
fn eventish() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        prop::sample::select(vec![
            "trigger",
            "resolve",
            "acknowledge",
            "critical",
            "info",
            "\0",
            "2026-11-21T03:12:05Z",
        ])
        .prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        let name = prop::sample::select(vec![
            "routing_key",
            "event_action",
            "dedup_key",
            "payload",
            "summary",
            "source",
            "severity",
            "timestamp",
            "links",
            "images",
            "href",
            "src",
            "custom_details",
            "_unknown",
            "other",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map(name, inner, 0..12).prop_map(|members| {
                let members = members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value));
                serde_json::Value::Object(members.collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_break_a_dialect(body in any::<Vec<u8>>()) {
        inbound::all().iter().for_each(|dialect| check(&**dialect, &body));
    }

    #[test]
    fn nothing_that_looks_like_an_event_breaks_a_dialect(
        value in eventish(),
        action in prop::sample::select(vec!["trigger", "acknowledge", "resolve"]),
        cut in any::<prop::sample::Index>(),
    ) {
        let body = serde_json::json!({
            "routing_key": "k", "event_action": action, "dedup_key": "d", "payload": value,
        })
        .to_string();
        for body in [body.as_bytes(), &body.as_bytes()[..cut.index(body.len())]] {
            inbound::all().iter().for_each(|dialect| check(&**dialect, body));
        }
    }
}
