//! Notes: found again with every text, and erased whole.

use uuid::Uuid;
use wb_core::actor::{Actor, Via};
use wb_core::ids::{IncidentId, NoteId};
use wb_core::incident::IncidentInput;
use wb_store::notes::{self, NoteRow};

use super::on_both;
use super::world::{USER, World, at};

on_both! {
    a_note_is_found_with_all_its_texts,
    a_deleted_note_says_nothing_and_the_chain_holds,
}

const NOTE: NoteId = NoteId(Uuid::from_u128(7));
const OTHER: NoteId = NoteId(Uuid::from_u128(8));

fn write(world: &World, incident: IncidentId, note: NoteId, text: &str, seconds: i64) {
    let (via, text) = (Via::Web, text.to_owned());
    let input = IncidentInput::Note { note, via, text };
    world.decide(incident, input, Actor::User(USER), seconds);
}

fn edit(world: &World, incident: IncidentId, text: &str, seconds: i64) {
    let input = IncidentInput::EditNote {
        note: get(world, incident, NOTE).unwrap().note,
        via: Via::Web,
        text: text.to_owned(),
    };
    world.decide(incident, input, Actor::User(USER), seconds);
}

fn get(world: &World, incident: IncidentId, note: NoteId) -> Option<NoteRow> {
    world.read(move |tx| notes::get(tx, incident, note))
}

fn a_note_is_found_with_all_its_texts(world: &World) {
    let id = world.open(1, "disk", 1).incident;
    write(world, id, NOTE, "first", 2);
    write(world, id, OTHER, "another", 3);
    edit(world, id, "second", 4);
    let row = get(world, id, NOTE).unwrap();
    let texts: Vec<_> = row.texts.iter().map(|t| (t.at, t.text.as_str())).collect();
    assert_eq!(texts, [(at(2), "first"), (at(4), "second")]);
    assert_eq!((row.note.version, row.note.author), (2, Actor::User(USER)));
    assert_eq!(get(world, id, OTHER).unwrap().texts.len(), 1);
    assert_eq!(get(world, id, NoteId(Uuid::nil())), None);
    assert_eq!(get(world, IncidentId(Uuid::nil()), NOTE), None);
}

fn a_deleted_note_says_nothing_and_the_chain_holds(world: &World) {
    let id = world.open(1, "disk", 1).incident;
    write(world, id, NOTE, "first", 2);
    write(world, id, OTHER, "another", 3);
    edit(world, id, "second", 4);
    let row = get(world, id, NOTE).unwrap();
    let input = IncidentInput::DeleteNote {
        note: row.note,
        via: Via::Web,
    };
    world.decide(id, input, Actor::User(USER), 5);
    world.write(move |tx| notes::erase(tx, id, &row));
    let row = get(world, id, NOTE).unwrap();
    assert_eq!(row.note.deleted_at, Some(at(5)));
    assert!(row.texts.iter().all(|text| text.text.is_empty()));
    assert_eq!(get(world, id, OTHER).unwrap().texts[0].text, "another");
    let stream = id.to_string();
    let checked = world.read(move |tx| wb_store::verify::check_stream(tx, &stream));
    assert_eq!(checked.findings, []);
}
