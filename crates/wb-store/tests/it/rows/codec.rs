//! Stored forms: what goes in comes out, and what was ever written can be read for ever.

use proptest::prelude::*;
use wb_core::alert::AlertFact;
use wb_core::chain;
use wb_core::config::{Condition, Config, ObjectId, Policy, Step, Target};
use wb_core::event::{Severity, Urgency};
use wb_core::incident::IncidentFact;
use wb_store::codec::{self, CodecError, StoredFact, TextKind};

use super::strategies;
use super::world::{POLICY, TEAM, USER, opening};

const SALT: [u8; 32] = [9; 32];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn alerts_go_round(state in strategies::alert()) {
        let bytes = codec::encode_alert(&state).unwrap();
        prop_assert_eq!(&bytes, &canonical(&bytes));
        prop_assert_eq!(codec::decode_alert(&bytes).unwrap(), state);
    }

    #[test]
    fn incidents_go_round(state in strategies::incident()) {
        let bytes = codec::encode_incident(&state).unwrap();
        prop_assert_eq!(&bytes, &canonical(&bytes));
        prop_assert_eq!(codec::decode_incident(&bytes).unwrap(), state);
    }

    #[test]
    fn objects_go_round(object in strategies::object()) {
        let bytes = codec::encode_object(&object).unwrap();
        prop_assert_eq!(codec::decode_object(object.id(), &bytes).unwrap(), object);
    }

    #[test]
    fn actors_go_round(actor in strategies::actor()) {
        prop_assert_eq!(codec::parse_actor(&codec::actor_text(actor)).unwrap(), actor);
    }

    #[test]
    fn alert_facts_go_round(fact in strategies::alert_fact()) {
        goes_round(&fact);
    }

    #[test]
    fn incident_facts_go_round(fact in strategies::incident_fact()) {
        goes_round(&fact);
    }
}

/// The same document as RFC 8785 writes it, by the general way.
fn canonical(bytes: &[u8]) -> Vec<u8> {
    let value: serde_json::Value = serde_json::from_slice(bytes).unwrap();
    serde_json_canonicalizer::to_vec(&value).unwrap()
}

/// With its text a fact comes back whole; without it, it comes back with empty texts, as if it had
/// been written with them.
fn goes_round<F: StoredFact + PartialEq + std::fmt::Debug>(fact: &F) {
    let encoded = fact.encode().unwrap();
    let (kind, text) = (encoded.kind, encoded.text.clone());
    let body = encoded.seal(&SALT).unwrap();
    assert_eq!(body, canonical(&body));
    let text = text.map(|text| text.bytes);
    let whole = F::decode(kind, &body, text.as_deref()).unwrap();
    assert_eq!((&whole.fact, whole.erased), (fact, false));

    let committed = codec::commitment_in(&body).unwrap();
    assert_eq!(
        committed,
        text.as_ref().map(|text| chain::commitment(&SALT, text))
    );
    let blank = F::decode(kind, &body, None).unwrap();
    assert_eq!(blank.erased, text.is_some());
    let again = blank.fact.encode().unwrap();
    assert_eq!(again.kind, kind);
    if kind != "opened" {
        assert_eq!(again.text, None, "nothing of the text is left");
    }
}

#[test]
fn no_free_text_is_in_what_is_hashed() {
    let (alert, incident) = opening(&Config::default(), 1, "secret", 1);
    let alert = alert.facts[0].fact.encode().unwrap();
    let incident = incident.facts[0].fact.encode().unwrap();
    for encoded in [alert, incident] {
        let text = encoded.text.clone().unwrap();
        assert!(String::from_utf8(text.bytes).unwrap().contains("secret"));
        assert_eq!(text.kind, TextKind::Text);
        let body = String::from_utf8(encoded.seal(&SALT).unwrap()).unwrap();
        assert!(!body.contains("secret"), "{body}");
    }
}

#[test]
fn numbers_that_would_be_rounded_are_refused() {
    let fact = AlertFact::Resolved {
        signal: None,
        count: 1 << 53,
    };
    let error = fact.encode().unwrap().seal(&SALT).unwrap_err();
    assert!(matches!(error, CodecError::Number { .. }), "{error}");
}

#[test]
fn what_a_newer_release_wrote_is_refused() {
    let newer = br#"{"name":"a","description":"","v":2}"#;
    let error = codec::decode_object(ObjectId::Team(TEAM), newer).unwrap_err();
    assert_eq!(
        error,
        CodecError::TooNew {
            what: "team",
            version: 2
        }
    );
    let unmarked = br#"{"name":"a","description":""}"#;
    assert!(codec::decode_object(ObjectId::Team(TEAM), unmarked).is_err());
    let unknown = br#"{"name":"a","description":"","colour":"red","v":1}"#;
    assert!(codec::decode_object(ObjectId::Team(TEAM), unknown).is_err());
}

// Fixtures of version 1. They are never edited: when a form changes, its version rises, these go on
// being read through the new step, and the newer form gets a fixture of its own.

const ALERT_FACTS_V1: [(&str, &str, Option<&str>); 4] = [
    (
        "opened",
        r#"{"alert":"alr_00000000000000000000000000000001","incident":"inc_00000000000000000000000000000005","integration":"int_00000000000000000000000000000002","service":"svc_00000000000000000000000000000003","severity":"critical","signal":"sig_00000000000000000000000000000006","team":"tea_00000000000000000000000000000004","text":"00","urgency":"high","v":1}"#,
        Some(
            r#"{"event":{"action":"trigger","class":null,"client":null,"client_url":null,"component":null,"dedup_key":"disk","details":null,"group":null,"images":[{"alt":null,"href":null,"src":"https://example.org/a.png"}],"links":[{"href":"https://example.org","text":"run book"}],"notes":[{"summary_long":{"characters":2000}},{"unknown_fields":{"names":["x"]}}],"occurred_at":"2026-11-21T04:00:00.000000Z","severity":"critical","source":"db-7","summary":"full"}}"#,
        ),
    ),
    (
        "severity_raised",
        r#"{"count":7,"signal":"sig_00000000000000000000000000000006","to":"major","urgency":"high","v":1}"#,
        None,
    ),
    ("resolved", r#"{"count":8,"signal":null,"v":1}"#, None),
    (
        "moved",
        r#"{"count":8,"to":"inc_00000000000000000000000000000012","v":1}"#,
        None,
    ),
];

const INCIDENT_FACTS_V1: [(&str, &str, Option<&str>); 21] = [
    (
        "opened",
        r#"{"cause":{"alert":{"alert":"alr_00000000000000000000000000000001","signal":"sig_00000000000000000000000000000006"}},"incident":"inc_00000000000000000000000000000005","policy":{"id":"pol_00000000000000000000000000000007","version":3},"service":"svc_00000000000000000000000000000003","severity":"critical","team":"tea_00000000000000000000000000000004","text":"00","urgency":"high","v":1}"#,
        Some(r#"{"summary":"","title":"full"}"#),
    ),
    (
        "alert_resolved",
        r#"{"alert":"alr_00000000000000000000000000000001","v":1}"#,
        None,
    ),
    (
        "severity_raised",
        r#"{"alert":"alr_00000000000000000000000000000001","policy":null,"to":"critical","urgency":"high","v":1}"#,
        None,
    ),
    (
        "step_executed",
        r#"{"cycle":0,"next":{"at":"2026-11-21T04:05:00.000000Z","cycle":0,"step":1},"reachable":2,"step":0,"v":1}"#,
        None,
    ),
    (
        "paged",
        r#"{"cycle":0,"deliveries":[{"channel":"email","due_at":"2026-11-21T04:00:00.000000Z","id":"dlv_00000000000000000000000000000009","method":"cm_0000000000000000000000000000000a"}],"page":"pag_00000000000000000000000000000008","recipient":{"person":"usr_0000000000000000000000000000000b"},"recipient_version":4,"step":0,"v":1,"why":{"on_call":{"schedule":"sch_0000000000000000000000000000000c","version":2,"why":{"overridden_by":null,"rotation":"rot_0000000000000000000000000000000d","turn":-3}}}}"#,
        None,
    ),
    ("escalation_exhausted", r#"{"cycles":2,"v":1}"#, None),
    (
        "escalation_hastened",
        r#"{"next_at":"2026-11-21T04:05:00.000000Z","v":1}"#,
        None,
    ),
    (
        "attempted",
        r#"{"claimed_at":"2026-11-21T04:00:00.000000Z","crossed":false,"delivery":"dlv_00000000000000000000000000000009","number":1,"outcome":{"retry":{"at":"2026-11-21T04:00:05.000000Z","reason":"no_answer"}},"possible_duplicate":true,"text":"00","v":1}"#,
        Some(r#"{"detail":"timed out"}"#),
    ),
    (
        "acknowledged",
        r#"{"cancelled":["dlv_00000000000000000000000000000009"],"text":"00","under_way":[],"v":1,"via":{"link":"dlv_0000000000000000000000000000000e"}}"#,
        Some(r#"{"from":"192.0.2.7"}"#),
    ),
    (
        "unacknowledged",
        r#"{"next_at":null,"restored":[["dlv_00000000000000000000000000000009","2026-11-21T04:00:05.000000Z"]],"v":1,"via":"web"}"#,
        None,
    ),
    (
        "resolved",
        r#"{"cancelled":[],"under_way":[],"v":1,"via":"system"}"#,
        None,
    ),
    (
        "reopened",
        r#"{"next_at":"2026-11-21T04:05:00.000000Z","restored":[],"v":1,"via":{"api":"tok_0000000000000000000000000000000f"}}"#,
        None,
    ),
    (
        "reassigned",
        r#"{"cancelled":[],"next_at":null,"to":{"user":"usr_0000000000000000000000000000000b"},"v":1,"via":"web"}"#,
        None,
    ),
    (
        "dropped",
        r#"{"deliveries":["dlv_00000000000000000000000000000009"],"due_before":"2026-11-21T04:05:00.000000Z","v":1,"via":"web"}"#,
        None,
    ),
    (
        "noted",
        r#"{"note":"nte_00000000000000000000000000000010","text":"00","v":1,"via":"web"}"#,
        Some(r#"{"text":"**look** at the log"}"#),
    ),
    (
        "escalation_restarted",
        r#"{"next":{"at":"2026-11-21T04:05:00.000000Z","cycle":0,"step":1},"v":1}"#,
        None,
    ),
    (
        "recalled",
        r#"{"next_at":"2026-11-21T04:05:00.000000Z","owner":"usr_0000000000000000000000000000000b","v":1}"#,
        None,
    ),
    (
        "merged_into",
        r#"{"alerts":["alr_00000000000000000000000000000001"],"cancelled":["dlv_00000000000000000000000000000009"],"into":"inc_00000000000000000000000000000012","text":"00","under_way":[],"v":1,"via":"web"}"#,
        Some(r#"{"from":"192.0.2.7"}"#),
    ),
    (
        "absorbed",
        r#"{"firing":["alr_00000000000000000000000000000001"],"incident":"inc_00000000000000000000000000000005","policy":null,"resolved":[],"severity":"major","urgency":"high","v":1,"via":"web"}"#,
        None,
    ),
    (
        "note_edited",
        r#"{"note":"nte_00000000000000000000000000000010","text":"00","v":1,"version":2,"via":"web"}"#,
        Some(r#"{"text":"look at the **other** log"}"#),
    ),
    (
        "note_deleted",
        r#"{"note":"nte_00000000000000000000000000000010","v":1,"via":"web"}"#,
        None,
    ),
];

/// What facts gained later, each in the form it came in.
const LATER_INCIDENT_FACTS: [(&str, &str, Option<&str>); 25] = [
    (
        "step_executed",
        r#"{"cycle":0,"next":{"at":"2026-11-21T04:05:00.000000Z","cycle":0,"step":1},"reachable":1,"step":0,"turn":{"after":"usr_0000000000000000000000000000000b","missed":["usr_0000000000000000000000000000000c"],"user":"usr_0000000000000000000000000000000e"},"v":1}"#,
        None,
    ),
    (
        "responders_asked",
        r#"{"people":["usr_0000000000000000000000000000000b"],"reachable":1,"request":"req_00000000000000000000000000000014","targets":[{"target":{"schedule":"sch_0000000000000000000000000000000c"}},{"policy":{"id":"pol_00000000000000000000000000000015","version":2}}],"text":"00","v":1,"via":"web"}"#,
        Some(r#"{"message":"can you look?"}"#),
    ),
    (
        "paged",
        r#"{"cycle":0,"deliveries":[],"page":"pag_00000000000000000000000000000008","recipient":{"person":"usr_0000000000000000000000000000000b"},"recipient_version":1,"step":null,"v":1,"why":{"asked":{"request":"req_00000000000000000000000000000014"}}}"#,
        None,
    ),
    (
        "responder_answered",
        r#"{"accepted":true,"cancelled":["dlv_00000000000000000000000000000009"],"text":"00","under_way":[],"v":1,"via":{"link":"dlv_00000000000000000000000000000009"}}"#,
        Some(r#"{"from":"192.0.2.1"}"#),
    ),
    (
        "attempted",
        r#"{"claimed_at":"2026-11-21T04:00:00.000000Z","crossed":false,"delivery":"dlv_00000000000000000000000000000009","number":1,"outcome":"accepted","possible_duplicate":false,"together":{"message":"bnd_00000000000000000000000000000013","others":37},"v":1}"#,
        None,
    ),
    (
        "held_back",
        r#"{"delivery":"dlv_00000000000000000000000000000009","held":{"sent":5,"until":"2026-11-21T04:01:00.000000Z","within_s":60},"v":1}"#,
        None,
    ),
    (
        "step_executed",
        r#"{"awaits":["usr_0000000000000000000000000000000e"],"cycle":0,"next":{"at":"2026-11-21T04:05:00.000000Z","cycle":0,"step":1},"reachable":2,"step":0,"v":1}"#,
        None,
    ),
    (
        "step_skipped",
        r#"{"cycle":0,"next":{"at":"2026-11-21T04:05:00.000000Z","cycle":0,"step":1},"step":0,"unmet":"hours","v":1}"#,
        None,
    ),
    (
        "deferred",
        r#"{"until":"2026-11-23T08:00:00.000000Z","v":1}"#,
        None,
    ),
    (
        "deferral_ended",
        r#"{"next_at":"2026-11-21T04:05:00.000000Z","v":1}"#,
        None,
    ),
    (
        "paged",
        r#"{"cycle":0,"deliveries":[],"not_told":{"paused":{"until":"2026-11-23T08:00:00.000000Z"}},"page":"pag_00000000000000000000000000000008","recipient":{"person":"usr_0000000000000000000000000000000e"},"recipient_version":1,"step":null,"v":1,"why":"reassigned"}"#,
        None,
    ),
    (
        "repeated",
        r#"{"delivery":{"after_quiet_hours":true,"channel":"email","due_at":"2026-11-21T04:05:00.000000Z","id":"dlv_00000000000000000000000000000009","method":null},"page":"pag_00000000000000000000000000000008","v":1}"#,
        None,
    ),
    (
        "fell_back",
        r#"{"reachable":1,"to_admins":true,"v":1}"#,
        None,
    ),
    (
        "confirmed",
        r#"{"cancelled":[],"left":1,"text":"00","under_way":[],"v":1,"via":"web"}"#,
        Some(r#"{"from":"192.0.2.7"}"#),
    ),
    (
        "step_executed",
        r#"{"cycle":0,"next":{"at":"2026-11-21T04:05:00.000000Z","cycle":0,"step":1},"passed_over":["usr_0000000000000000000000000000000e"],"reachable":2,"step":0,"v":1}"#,
        None,
    ),
    (
        "paged",
        r#"{"cycle":0,"deliveries":[],"page":"pag_00000000000000000000000000000008","recipient":{"person":"usr_0000000000000000000000000000000b"},"recipient_version":4,"step":0,"v":1,"why":{"on_call":{"duty":"shadow","schedule":"sch_0000000000000000000000000000000c","version":2,"why":{"overridden_by":null,"rotation":null,"turn":null}}}}"#,
        None,
    ),
    (
        "opened",
        r#"{"auto_resolve_at":"2026-11-21T08:00:00.000000Z","cause":{"declared":{"via":"web"}},"incident":"inc_00000000000000000000000000000005","policy":null,"service":"svc_00000000000000000000000000000003","severity":"critical","team":"tea_00000000000000000000000000000004","text":"00","urgency":"high","v":1}"#,
        Some(r#"{"summary":"","title":"full"}"#),
    ),
    (
        "acknowledged",
        r#"{"cancelled":[],"expires_at":"2026-11-21T04:30:00.000000Z","under_way":[],"v":1,"via":"web"}"#,
        None,
    ),
    (
        "resolved",
        r#"{"cancelled":[],"timed_out":true,"under_way":[],"v":1,"via":"system"}"#,
        None,
    ),
    (
        "reopened",
        r#"{"auto_resolve_at":"2026-11-21T08:00:00.000000Z","next_at":null,"restored":[],"v":1,"via":"web"}"#,
        None,
    ),
    (
        "acknowledgement_expired",
        r#"{"next_at":"2026-11-21T04:30:00.000000Z","owner":"usr_0000000000000000000000000000000b","restored":[["dlv_00000000000000000000000000000009","2026-11-21T04:30:00.000000Z"]],"v":1}"#,
        None,
    ),
    (
        "snoozed",
        r#"{"cancelled":["dlv_00000000000000000000000000000009"],"under_way":[],"until":"2026-11-21T08:00:00.000000Z","v":1,"via":"web"}"#,
        None,
    ),
    (
        "unsnoozed",
        r#"{"acknowledged":false,"expires_at":null,"next_at":"2026-11-21T04:05:00.000000Z","restored":[],"v":1,"via":"web"}"#,
        None,
    ),
    (
        "snooze_ended",
        r#"{"next_at":"2026-11-21T08:00:00.000000Z","owner":null,"v":1}"#,
        None,
    ),
    (
        "escalated",
        r#"{"next":{"at":"2026-11-21T04:05:00.000000Z","cycle":0,"step":1},"v":1,"via":"web"}"#,
        None,
    ),
];

/// Reads a fixture and writes it again: today's writer gives the same but for the commitment.
fn rewritten<F: StoredFact>(fixture: &(&'static str, &str, Option<&str>)) {
    let (kind, body, text) = *fixture;
    let read = F::decode(kind, body.as_bytes(), text.map(str::as_bytes)).unwrap();
    assert!(!read.erased);
    let encoded = read.fact.encode().unwrap();
    assert_eq!(encoded.kind, kind);
    let written = encoded
        .text
        .clone()
        .map(|text| String::from_utf8(text.bytes).unwrap());
    assert_eq!(written.as_deref(), text);
    let sealed = String::from_utf8(encoded.seal(&SALT).unwrap()).unwrap();
    let commitment = text.map(|text| chain::commitment(&SALT, text.as_bytes()));
    let hex: String = commitment
        .iter()
        .flatten()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        sealed,
        body.replace("\"text\":\"00\"", &format!("\"text\":\"{hex}\""))
    );
}

#[test]
fn facts_of_version_1_are_read_for_ever() {
    ALERT_FACTS_V1.iter().for_each(rewritten::<AlertFact>);
    INCIDENT_FACTS_V1.iter().for_each(rewritten::<IncidentFact>);
    LATER_INCIDENT_FACTS
        .iter()
        .for_each(rewritten::<IncidentFact>);
}

const ALERT_V1: &str = r#"{"event":{"action":"resolve","class":"c","client":"n","client_url":"https://example.org","component":"disk","dedup_key":"disk","details":"{}","group":"g","images":[],"links":[],"notes":[{"characters_replaced":{"count":1}},{"timestamp_unreadable":{"given":"x"}},{"left_out":{"field":"f","why":"w"}}],"occurred_at":"-000044-03-15T12:00:00.000001Z","severity":"info","source":"","summary":""},"id":"alr_00000000000000000000000000000001","incident":"inc_00000000000000000000000000000005","integration":"int_00000000000000000000000000000002","opened_at":"2026-11-21T04:00:00.000000Z","opened_by":"sig_00000000000000000000000000000006","resolved_at":"2026-11-21T04:01:00.000000Z","service":"svc_00000000000000000000000000000003","severity":"minor","team":"tea_00000000000000000000000000000004","updated_at":"2026-11-21T04:01:00.000000Z","urgency":"low","v":1}"#;

const INCIDENT_V1: &str = r#"{"acknowledged_at":null,"alerts":{"alr_00000000000000000000000000000001":true},"cause":{"declared":{"via":"web"}},"escalation":{"cycle":0,"next_step":1,"state":{"due":"2026-11-21T04:05:00.000000Z"}},"id":"inc_00000000000000000000000000000005","opened_at":"2026-11-21T04:00:00.000000Z","owner":null,"pages":[{"at":"2026-11-21T04:00:00.000000Z","cycle":0,"deliveries":[{"attempts":[{"claimed_at":"2026-11-21T04:00:00.000000Z","finished_at":"2026-11-21T04:00:01.000000Z","number":1,"outcome":"accepted","possible_duplicate":false}],"channel":"webhook","due_at":"2026-11-21T04:00:00.000000Z","id":"dlv_00000000000000000000000000000009","method":null,"state":"sent"}],"id":"pag_00000000000000000000000000000008","recipient":{"endpoint":"end_00000000000000000000000000000011"},"recipient_version":1,"step":null,"why":{"target":{"endpoint":"end_00000000000000000000000000000011"}}}],"policy":null,"resolved_at":null,"service":"svc_00000000000000000000000000000003","severity":"major","state":"triggered","stopped":["dlv_00000000000000000000000000000009"],"summary":"","team":"tea_00000000000000000000000000000004","title":"full","updated_at":"2026-11-21T04:00:00.000000Z","urgency":"high","v":1}"#;

#[test]
fn states_of_version_1_are_read_for_ever() {
    let alert = codec::decode_alert(ALERT_V1.as_bytes()).unwrap();
    assert_eq!(
        String::from_utf8(codec::encode_alert(&alert).unwrap()).unwrap(),
        ALERT_V1
    );
    assert_eq!(
        (alert.severity, alert.urgency),
        (Severity::Minor, Urgency::Low)
    );
    let incident = codec::decode_incident(INCIDENT_V1.as_bytes()).unwrap();
    assert_eq!(
        String::from_utf8(codec::encode_incident(&incident).unwrap()).unwrap(),
        INCIDENT_V1
    );
    // With what merges add, which other incidents do not have.
    let merged = INCIDENT_V1
        .replace(
            r#"{"acknowledged_at""#,
            r#"{"absorbed":["inc_00000000000000000000000000000013"],"acknowledged_at""#,
        )
        .replace(
            r#""opened_at""#,
            r#""merged":{"alerts":["alr_00000000000000000000000000000001"],"into":"inc_00000000000000000000000000000012"},"opened_at""#,
        );
    let incident = codec::decode_incident(merged.as_bytes()).unwrap();
    assert_eq!(
        String::from_utf8(codec::encode_incident(&incident).unwrap()).unwrap(),
        merged
    );
    // With what conditions, repeats and needing everybody add.
    let climbed = INCIDENT_V1
        .replace(
            r#""cause""#,
            r#""awaited":{"usr_0000000000000000000000000000000e":true},"cause""#,
        )
        .replace(
            r#""escalation":{"cycle":0,"#,
            r#""deferred_until":"2026-11-21T04:05:00.000000Z","escalation":{"cycle":0,"fell_back":true,"#,
        )
        .replace(
            r#""service""#,
            r#""rings_from":"2026-11-21T04:00:00.000000Z","service""#,
        );
    let incident = codec::decode_incident(climbed.as_bytes()).unwrap();
    assert_eq!(
        String::from_utf8(codec::encode_incident(&incident).unwrap()).unwrap(),
        climbed
    );
    // With what time adds, which incidents that do not wait for it do not have.
    let snoozed = INCIDENT_V1
        .replace(
            r#"{"acknowledged_at""#,
            r#"{"acknowledge_expires_at":"2026-11-21T04:30:00.000000Z","acknowledged_at""#,
        )
        .replace(
            r#""cause""#,
            r#""auto_resolve_at":"2026-11-21T08:00:00.000000Z","cause""#,
        )
        .replace(
            r#""state":"triggered""#,
            r#""snooze":{"until":"2026-11-21T07:00:00.000000Z","was_acknowledged":true},"state":"acknowledged""#,
        );
    let incident = codec::decode_incident(snoozed.as_bytes()).unwrap();
    assert_eq!(
        String::from_utf8(codec::encode_incident(&incident).unwrap()).unwrap(),
        snoozed
    );
}

#[test]
fn who_is_asked_to_help_is_read_for_ever() {
    let asked = INCIDENT_V1.replace(
        r#""service""#,
        r#""responders":[{"answer":{"accepted":false,"at":"2026-11-21T04:01:00.000000Z"},"asked_at":"2026-11-21T04:00:00.000000Z","by":"usr_0000000000000000000000000000000b","request":"req_00000000000000000000000000000014","user":"usr_0000000000000000000000000000000e"}],"service""#,
    );
    let incident = codec::decode_incident(asked.as_bytes()).unwrap();
    assert_eq!(
        String::from_utf8(codec::encode_incident(&incident).unwrap()).unwrap(),
        asked
    );
}

const OBJECTS_V1: [(&str, &str); 8] = [
    ("team", r#"{"description":"","name":"Databases","v":1}"#),
    (
        "user",
        r#"{"active":true,"email":"aroha@example.org","methods":[{"channel":"ntfy","id":"cm_0000000000000000000000000000000a","name":"phone","settings":{"token":{"sealed":"x"},"topic":{"plain":"t"}},"verified_at":null}],"name":"Aroha","role":"admin","rules":{"high":[{"after_s":60,"method":"cm_0000000000000000000000000000000a"}],"low":[]},"teams":{"tea_00000000000000000000000000000004":"member"},"v":1,"zone":"Pacific/Auckland"}"#,
    ),
    (
        "endpoint",
        r#"{"channel":"webhook","name":"room","settings":{"url":{"plain":"https://example.org"}},"team":"tea_00000000000000000000000000000004","v":1}"#,
    ),
    (
        "service",
        r#"{"description":"","name":"Orders","policy":null,"team":"tea_00000000000000000000000000000004","urgency":{"fixed":"high"},"v":1}"#,
    ),
    (
        "integration",
        r#"{"dialect":"events_v2","key_hash":"ab","key_sealed":"s","name":"Prometheus","service":"svc_00000000000000000000000000000003","v":1}"#,
    ),
    (
        "policy",
        r#"{"name":"p","repeat":1,"steps":[{"escalate_after_s":300,"targets":[{"user":"usr_00000000000000000000000000000003"},"admins"]}],"team":"tea_00000000000000000000000000000001","v":1}"#,
    ),
    (
        "schedule",
        r#"{"name":"s","rotations":[{"handoff":{"every":1,"unit":"weeks"},"id":"rot_0000000000000000000000000000000d","name":"r","slots":[{"people":["usr_0000000000000000000000000000000b"]},{"people":[]}],"start":"2026-11-02T09:00:00"}],"team":"tea_00000000000000000000000000000004","v":1,"zone":"Europe/Berlin"}"#,
    ),
    (
        "override",
        r#"{"change":{"replace":{"who":null,"with":"usr_0000000000000000000000000000000b"}},"from":"2026-11-21T04:00:00.000000Z","rotation":null,"schedule":"sch_0000000000000000000000000000000c","to":"2026-11-22T04:00:00.000000Z","v":1}"#,
    ),
];

/// The schedule of format 1 as it is written today.
const SCHEDULE_V1_NOW: &str = r#"{"name":"s","rotations":[{"beside":false,"end":null,"handoff":{"every":1,"unit":"weeks"},"id":"rot_0000000000000000000000000000000d","name":"r","slots":[{"first_come":false,"people":[{"duty":"act","joins":null,"leaves":null,"user":"usr_0000000000000000000000000000000b"}]},{"first_come":false,"people":[]}],"start":"2026-11-02T09:00:00","turn":"calendar","when_off":"next","windows":[],"zone":null}],"team":"tea_00000000000000000000000000000004","v":2,"zone":"Europe/Berlin"}"#;

/// What came after format 1, each in the format it came in.
const LATER_OBJECTS: [(&str, &str); 13] = [
    (
        "policy",
        r#"{"name":"p","repeat":1,"steps":[{"escalate_after_s":60,"round_robin":true,"targets":["admins"]}],"team":"tea_00000000000000000000000000000001","v":1}"#,
    ),
    (
        "policy",
        r#"{"fallback":["admins"],"low_urgency_hours":{"windows":[{"coordinate_only":false,"days":["monday"],"from":"09:00:00","to":"17:00:00"}],"zone":"Europe/Berlin"},"name":"p","repeat":1,"steps":[{"escalate_after_s":60,"needs_everyone":true,"only":{"outside":{"windows":[],"zone":"UTC"},"severity_at_least":"major","urgency":"high","within":{"windows":[],"zone":"UTC"}},"targets":[]}],"team":"tea_00000000000000000000000000000001","v":1}"#,
    ),
    (
        "user",
        r#"{"active":true,"email":"aroha@example.org","methods":[],"name":"Aroha","paused_until":"2026-11-21T04:00:00.000000Z","role":null,"rules":{"high":[],"low":[],"quiet_hours":{"windows":[],"zone":"UTC"},"repeat_high_s":300,"repeat_low_s":600},"teams":{},"v":1,"zone":"Pacific/Auckland"}"#,
    ),
    (
        "user",
        r#"{"active":true,"email":"aroha@example.org","methods":[],"monthly_test":false,"name":"Aroha","role":null,"rules":{"high":[],"low":[]},"teams":{},"v":1,"zone":"Pacific/Auckland"}"#,
    ),
    (
        "service",
        r#"{"description":"","name":"Orders","policy":null,"team":"tea_00000000000000000000000000000004","timeouts":{"acknowledge_expires_after_s":1800},"urgency":{"fixed":"high"},"v":1}"#,
    ),
    (
        "schedule",
        r#"{"name":"s","rotations":[{"beside":true,"end":"2027-01-01T00:00:00","handoff":{"every":2,"unit":"days"},"id":"rot_0000000000000000000000000000000d","name":"r","slots":[{"first_come":true,"people":[{"duty":"coordinate","joins":"2026-12-01","leaves":"2026-12-24","user":"usr_0000000000000000000000000000000b"},{"duty":"shadow","joins":null,"leaves":null,"user":"usr_0000000000000000000000000000000e"}]}],"start":"2026-11-02T09:00:00","turn":"worked","when_off":"nobody","windows":[{"coordinate_only":true,"days":["monday","sunday"],"from":"22:00:00","to":"06:00:00"}],"zone":"Asia/Tokyo"}],"team":"tea_00000000000000000000000000000004","v":2,"zone":"Europe/Berlin"}"#,
    ),
    (
        "override",
        r#"{"change":{"shadow":"usr_0000000000000000000000000000000b"},"from":"2026-11-21T04:00:00.000000Z","rotation":null,"schedule":"sch_0000000000000000000000000000000c","to":"2026-11-22T04:00:00.000000Z","v":1}"#,
    ),
    (
        "schedule",
        r#"{"holidays":[{"date":"2026-12-25","name":"Christmas Day"}],"name":"s","rotations":[{"beside":false,"end":null,"handoff":{"every":1,"unit":"weeks"},"id":"rot_0000000000000000000000000000000d","name":"r","on_holidays":"nobody","slots":[],"start":"2026-11-02T09:00:00","turn":"calendar","when_off":"next","windows":[],"zone":null}],"team":"tea_00000000000000000000000000000004","v":2,"zone":"Europe/Berlin"}"#,
    ),
    (
        "override",
        r#"{"change":{"replace":{"who":null,"with":"usr_0000000000000000000000000000000b"}},"from":"2026-11-21T04:00:00.000000Z","origin":"take_over","rotation":null,"schedule":"sch_0000000000000000000000000000000c","to":"2026-11-22T04:00:00.000000Z","v":1}"#,
    ),
    (
        "override",
        r#"{"change":{"replace":{"who":null,"with":"usr_0000000000000000000000000000000b"}},"from":"2026-11-21T04:00:00.000000Z","origin":{"swap":"swp_0000000000000000000000000000000f"},"rotation":null,"schedule":"sch_0000000000000000000000000000000c","to":"2026-11-22T04:00:00.000000Z","v":1}"#,
    ),
    (
        "swap",
        r#"{"asked":null,"asker":"usr_0000000000000000000000000000000b","from":"2026-11-21T04:00:00.000000Z","in_return":["2026-11-23T04:00:00.000000Z","2026-11-24T04:00:00.000000Z"],"schedule":"sch_0000000000000000000000000000000c","state":{"accepted":"usr_0000000000000000000000000000000e"},"to":"2026-11-22T04:00:00.000000Z","v":1}"#,
    ),
    (
        "time_off",
        r#"{"from":"2026-11-21T04:00:00.000000Z","to":"2026-11-22T04:00:00.000000Z","user":"usr_0000000000000000000000000000000b","v":1}"#,
    ),
    (
        "dashboard",
        r#"{"charts":[{"targets":["a.$host","b"],"title":"t","unit":"ms","width":2,"y_min":"0.5"},{"targets":[],"title":"u","unit":null,"width":1,"y_min":null}],"description":"d","name":"n","refresh_s":30,"span_s":3600,"team":"tea_00000000000000000000000000000004","v":1,"variables":[{"choices":{"find":"a.*"},"default":null,"name":"host"},{"choices":{"list":["x","y"]},"default":"x","name":"zone"}]}"#,
    ),
];

#[test]
fn later_objects_are_read_for_ever() {
    for (kind, fixture) in LATER_OBJECTS {
        let id = ObjectId::from_parts(kind, POLICY.0).unwrap();
        let object = codec::decode_object(id, fixture.as_bytes()).unwrap();
        let written = String::from_utf8(codec::encode_object(&object).unwrap()).unwrap();
        assert_eq!(written, fixture);
    }
}

#[test]
fn objects_of_version_1_are_read_for_ever() {
    for (kind, fixture) in OBJECTS_V1 {
        let id = ObjectId::from_parts(kind, POLICY.0).unwrap();
        let object = codec::decode_object(id, fixture.as_bytes()).unwrap();
        let written = String::from_utf8(codec::encode_object(&object).unwrap()).unwrap();
        let now = if kind == "schedule" {
            SCHEDULE_V1_NOW
        } else {
            fixture
        };
        assert_eq!(written, now);
        if let wb_core::config::Object::Policy(_, policy) = object {
            let step = Step {
                targets: vec![Target::User(USER), Target::Admins],
                escalate_after_s: 300,
                only: Condition::default(),
                needs_everyone: false,
                round_robin: false,
            };
            let name = "p".to_owned();
            assert_eq!(
                policy,
                Policy {
                    team: TEAM,
                    name,
                    steps: vec![step],
                    repeat: 1,
                    low_urgency_hours: None,
                    fallback: Vec::new(),
                }
            );
        }
    }
}
