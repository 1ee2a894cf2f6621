//! Who may change a note, and until when.

use uuid::Uuid;
use wb_core::actor::{Actor, Via};
use wb_core::decision::Decided;
use wb_core::event::Severity;
use wb_core::ids::NoteId;
use wb_core::incident::{IncidentError, IncidentFact, IncidentInput, Note, NoteText};
use wb_core::limits;

use crate::world::{AIKO, MARTA, World, at, config};

const NOTE: NoteId = NoteId(Uuid::from_u128(81));

/// A world with a note of Marta's.
fn with_a_note() -> World {
    let mut world = World::open(config(Vec::new(), 0), Severity::Critical);
    let input = IncidentInput::Note {
        note: NOTE,
        via: Via::Web,
        text: "first".into(),
    };
    world.input(input).unwrap();
    world
}

fn note(world: &World) -> Note {
    let mut facts = world.facts.iter();
    let written = |f: &Decided<IncidentFact>| Note::written(f.at, f.actor, &f.fact);
    let mut note = facts.find_map(written).unwrap();
    facts.for_each(|later| note.apply(later.at, &later.fact));
    note
}

fn texts(world: &World) -> Vec<&str> {
    let facts = world.facts.iter();
    let texts = facts.filter_map(|fact| NoteText::of(&fact.fact));
    texts.map(|text| text.text).collect()
}

fn edit(world: &World, text: &str) -> IncidentInput {
    IncidentInput::EditNote {
        note: note(world),
        via: Via::Web,
        text: text.into(),
    }
}

fn delete(world: &World) -> IncidentInput {
    IncidentInput::DeleteNote {
        note: note(world),
        via: Via::Web,
    }
}

#[test]
fn its_author_may_change_it_and_every_text_stays_in_the_stream() {
    let mut world = with_a_note();
    world.now_s = 60;
    world.input(edit(&world, "second")).unwrap();
    world.now_s = limits::NOTE_EDIT_S - 1;
    world.input(edit(&world, "third")).unwrap();
    let note = note(&world);
    assert_eq!((note.version, note.edited_at), (3, Some(at(world.now_s))));
    assert_eq!(texts(&world), ["first", "second", "third"]);
}

#[test]
fn nobody_else_may_and_nobody_for_ever() {
    let mut world = with_a_note();
    for other in [Actor::User(AIKO), Actor::System, Actor::Anonymous] {
        let refused = Err(IncidentError::NoteOfAnother);
        assert_eq!(world.input_by(other, edit(&world, "no")), refused);
        assert_eq!(world.input_by(other, delete(&world)), refused);
    }
    assert_eq!(
        world.input(edit(&world, " ")),
        Err(IncidentError::NoteLength)
    );
    world.now_s = limits::NOTE_EDIT_S;
    let late = Err(IncidentError::NoteTooOld);
    assert_eq!(world.input(edit(&world, "late")), late);
    assert_eq!(world.input(delete(&world)), late);
    assert_eq!(texts(&world), ["first"]);
}

#[test]
fn what_the_program_wrote_is_nobodys() {
    let mut world = World::open(config(Vec::new(), 0), Severity::Critical);
    let input = IncidentInput::Note {
        note: NOTE,
        via: Via::System,
        text: "by itself".into(),
    };
    world.input_by(Actor::System, input).unwrap();
    let refused = world.input_by(Actor::System, edit(&world, "no"));
    assert_eq!(refused, Err(IncidentError::NoteOfAnother));
}

#[test]
fn a_deleted_note_stays_deleted() {
    let mut world = with_a_note();
    world.now_s = 30;
    world.input(delete(&world)).unwrap();
    assert_eq!(note(&world).deleted_at, Some(at(30)));
    let gone = Err(IncidentError::NoteDeleted);
    assert_eq!(world.input(edit(&world, "back")), gone);
    assert_eq!(world.input(delete(&world)), gone);
    assert!(world.incident.is_open(), "{}", MARTA);
}
