//! `verify` finds what was changed behind our back, and nothing else.

use wb_core::ids::{AlertId, IncidentId};
use wb_store::db::{P, Sql, sql, two};
use wb_store::retention;
use wb_store::verify::{self, Finding};

use super::on_both;
use super::world::{TEAM, USER, World};

on_both! {
    an_untouched_store_is_clean,
    streams_come_in_pieces,
    a_changed_byte_is_found,
    a_changed_actor_is_found,
    a_missing_fact_is_found,
    a_missing_last_fact_is_found,
    a_changed_text_is_found,
    an_exchanged_fact_is_found,
    a_changed_state_is_found,
    a_changed_wake_up_is_found,
    a_changed_object_is_found,
    a_missing_row_is_found,
    a_row_without_facts_is_found,
    erased_texts_still_verify,
}

struct Broken<'a> {
    world: &'a World,
    incident: IncidentId,
    alert: AlertId,
}

impl<'a> Broken<'a> {
    fn new(world: &'a World) -> Self {
        let opened = world.open(1, "disk", 1);
        world.acknowledge(opened.incident, 2);
        Self {
            world,
            incident: opened.incident,
            alert: opened.alert,
        }
    }

    /// Changes something past the store's own functions; exactly one row.
    fn by(&self, sql: Sql, name: &str) -> &Self {
        let name = name.to_owned();
        self.world
            .write(move |tx| tx.put(&sql, &[P::Text(&name)], 1));
        self
    }

    fn by_incident(&self, sql: Sql) -> Vec<Finding> {
        let name = self.incident.to_string();
        self.by(sql, &name);
        self.findings(&name)
    }

    fn findings(&self, stream: &str) -> Vec<Finding> {
        let stream = stream.to_owned();
        self.world
            .read(move |tx| verify::check_stream(tx, &stream))
            .findings
    }
}

fn all_findings(world: &World) -> Vec<(String, Vec<Finding>)> {
    world.read(|tx| {
        let mut found = Vec::new();
        for stream in verify::streams(tx, "", 100)? {
            let checked = verify::check_stream(tx, &stream)?;
            if !checked.findings.is_empty() {
                found.push((stream, checked.findings));
            }
        }
        for stream in verify::rows_without_facts(tx, 100)? {
            found.push((stream, vec![Finding::FactsMissing]));
        }
        Ok(found)
    })
}

fn an_untouched_store_is_clean(world: &World) {
    Broken::new(world);
    assert_eq!(all_findings(world), []);
}

fn streams_come_in_pieces(world: &World) {
    Broken::new(world);
    let whole = world.read(|tx| verify::streams(tx, "", 100));
    assert_eq!(whole.len(), 8);
    let mut pieces: Vec<String> = Vec::new();
    loop {
        let after = pieces.last().cloned().unwrap_or_default();
        let next = world.read(move |tx| verify::streams(tx, &after, 3));
        if next.is_empty() {
            break;
        }
        pieces.extend(next);
    }
    assert_eq!(pieces, whole);
}

fn a_changed_byte_is_found(world: &World) {
    let broken = Broken::new(world);
    let found = broken.by_incident(two(
        "UPDATE fact SET body = CAST(replace(CAST(body AS TEXT), '\"cycle\":0', '\"cycle\":1') AS BLOB)
          WHERE stream = $1 AND kind = 'step_executed'",
        "UPDATE fact SET body = convert_to(replace(convert_from(body, 'UTF8'), '\"cycle\":0',
                '\"cycle\":1'), 'UTF8')
          WHERE stream = $1 AND kind = 'step_executed'",
    ));
    assert!(matches!(found[..], [Finding::Changed { .. }]), "{found:?}");
}

fn a_changed_actor_is_found(world: &World) {
    let broken = Broken::new(world);
    let found = broken.by_incident(sql(
        "UPDATE fact SET actor = 'system' WHERE stream = $1 AND kind = 'acknowledged'",
    ));
    assert!(matches!(found[..], [Finding::Changed { .. }]), "{found:?}");
}

fn a_missing_fact_is_found(world: &World) {
    let broken = Broken::new(world);
    let found = broken.by_incident(sql("DELETE FROM fact WHERE stream = $1 AND seq = 2"));
    assert_eq!(found, [Finding::Missing { from: 2, to: 2 }]);
}

fn a_missing_last_fact_is_found(world: &World) {
    let broken = Broken::new(world);
    let found = broken.by_incident(sql(
        "DELETE FROM fact WHERE stream = $1 AND kind = 'acknowledged'",
    ));
    assert!(found.contains(&Finding::HeadDiffers), "{found:?}");
    assert!(found.contains(&Finding::StateDiffers), "{found:?}");
}

fn a_changed_text_is_found(world: &World) {
    let broken = Broken::new(world);
    let found = broken.by_incident(two(
        "UPDATE fact_text SET text = X'7b7d' WHERE stream = $1 AND seq = 1",
        "UPDATE fact_text SET text = '\\x7b7d' WHERE stream = $1 AND seq = 1",
    ));
    assert!(
        found.contains(&Finding::TextChanged { seq: 1 }),
        "{found:?}"
    );
}

fn an_exchanged_fact_is_found(world: &World) {
    let broken = Broken::new(world);
    let found = broken.by_incident(two(
        "UPDATE fact SET prev_hash = zeroblob(32) WHERE stream = $1 AND seq = 2",
        "UPDATE fact SET prev_hash = decode(repeat('00', 32), 'hex') WHERE stream = $1 AND seq = 2",
    ));
    assert_eq!(
        found,
        [Finding::Unlinked { seq: 2 }, Finding::Changed { seq: 2 }]
    );
}

fn a_changed_state_is_found(world: &World) {
    let broken = Broken::new(world);
    broken.by(
        two(
            "UPDATE incident SET data = CAST(replace(CAST(data AS TEXT), '100%', '200%') AS BLOB)
              WHERE 'inc_' || lower(hex(id)) = $1",
            "UPDATE incident SET data = convert_to(replace(convert_from(data, 'UTF8'), '100%',
                    '200%'), 'UTF8')
              WHERE 'inc_' || replace(id::text, '-', '') = $1",
        ),
        &broken.incident.to_string(),
    );
    assert_eq!(
        broken.findings(&broken.incident.to_string()),
        [Finding::StateDiffers]
    );
}

fn a_changed_wake_up_is_found(world: &World) {
    let broken = Broken::new(world);
    let stream = broken.incident.to_string();
    broken.by(
        two(
            "UPDATE incident SET wake_at = 5 WHERE 'inc_' || lower(hex(id)) = $1",
            "UPDATE incident SET wake_at = 5 WHERE 'inc_' || replace(id::text, '-', '') = $1",
        ),
        &stream,
    );
    assert_eq!(broken.findings(&stream), [Finding::ColumnsDiffer]);
    let stream = broken.alert.to_string();
    broken.by(
        two(
            "UPDATE alert SET open = FALSE WHERE 'alr_' || lower(hex(id)) = $1",
            "UPDATE alert SET open = FALSE WHERE 'alr_' || replace(id::text, '-', '') = $1",
        ),
        &stream,
    );
    assert_eq!(broken.findings(&stream), [Finding::ColumnsDiffer]);
}

fn a_changed_object_is_found(world: &World) {
    let broken = Broken::new(world);
    broken.by(
        two(
            "UPDATE config_object SET body = X'7b7d' WHERE kind = $1",
            "UPDATE config_object SET body = '\\x7b7d' WHERE kind = $1",
        ),
        "user",
    );
    broken.by(
        sql("UPDATE config_object SET deleted = TRUE WHERE kind = $1"),
        "service",
    );
    let found = all_findings(world);
    assert_eq!(found.len(), 2);
    assert!(
        found.contains(&(USER.to_string(), vec![Finding::StateDiffers])),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|(_, found)| found == &[Finding::ColumnsDiffer]),
        "{found:?}"
    );
}

fn a_missing_row_is_found(world: &World) {
    let broken = Broken::new(world);
    broken.by(sql("DELETE FROM config_object WHERE kind = $1"), "policy");
    let found = all_findings(world);
    assert!(
        matches!(&found[..], [(_, found)] if found == &[Finding::RowMissing]),
        "{found:?}"
    );
}

fn a_row_without_facts_is_found(world: &World) {
    let broken = Broken::new(world);
    let alert = broken.alert.to_string();
    broken.by(sql("DELETE FROM fact WHERE stream = $1"), &alert);
    broken.by(sql("DELETE FROM fact WHERE stream = $1"), &TEAM.to_string());
    let found = all_findings(world);
    let expected = [alert, TEAM.to_string()].map(|stream| (stream, vec![Finding::FactsMissing]));
    assert_eq!(found, expected);
}

fn erased_texts_still_verify(world: &World) {
    let broken = Broken::new(world);
    for stream in [
        broken.incident.to_string(),
        broken.alert.to_string(),
        TEAM.to_string(),
    ] {
        let name = stream.clone();
        assert!(world.write(move |tx| retention::erase_text(tx, &name, 1)));
        let name = stream.clone();
        assert!(!world.write(move |tx| retention::erase_text(tx, &name, 1)));
        let checked = world.read(move |tx| verify::check_stream(tx, &stream));
        assert_eq!((checked.findings, checked.erased), (vec![], 1));
    }
}
