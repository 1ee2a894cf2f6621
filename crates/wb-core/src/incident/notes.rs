//! Notes people write into the record: who may change one, and until when.

use super::decide::Work;
use super::{IncidentError, IncidentFact, Situation};
use crate::actor::{Actor, Via};
use crate::ids::NoteId;
use crate::limits;
use crate::time::Timestamp;

/// A note as its facts tell it. No part of the incident's state: it decides nothing but whether it
/// may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// Who wrote it.
    pub author: Actor,
    /// When it was written.
    pub written_at: Timestamp,
    /// How often it was written: 1 before the first edit.
    pub version: u32,
    /// When its text was last changed.
    pub edited_at: Option<Timestamp>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// What a note said, or says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoteText<'a> {
    /// Which note.
    pub note: NoteId,
    /// The text, as typed.
    pub text: &'a str,
}

impl NoteText<'_> {
    /// The text that a fact gives a note, if it does.
    #[must_use]
    pub fn of(fact: &IncidentFact) -> Option<NoteText<'_>> {
        match fact {
            IncidentFact::Noted { note, text, .. }
            | IncidentFact::NoteEdited { note, text, .. } => Some(NoteText { note: *note, text }),
            _ => None,
        }
    }
}

impl Note {
    /// The note that a fact writes, if it does.
    #[must_use]
    pub const fn written(at: Timestamp, by: Actor, fact: &IncidentFact) -> Option<Self> {
        let IncidentFact::Noted { note, .. } = fact else {
            return None;
        };
        Some(Self {
            id: *note,
            author: by,
            written_at: at,
            version: 1,
            edited_at: None,
            deleted_at: None,
        })
    }

    /// Changes it by a later fact of its incident.
    pub fn apply(&mut self, at: Timestamp, later: &IncidentFact) {
        match later {
            IncidentFact::NoteEdited { note, version, .. } if *note == self.id => {
                self.version = *version;
                self.edited_at = Some(at);
            }
            IncidentFact::NoteDeleted { note, .. } if *note == self.id => {
                self.deleted_at = Some(at);
            }
            _ => {}
        }
    }

    /// Until when who wrote it may change or delete it.
    #[must_use]
    pub fn editable_until(&self) -> Timestamp {
        self.written_at.plus_secs(limits::NOTE_EDIT_S)
    }

    fn check(&self, actor: Actor, now: Timestamp) -> Result<(), IncidentError> {
        // Without a person there is nobody to be the same one.
        if actor.user().is_none() || self.author != actor {
            return Err(IncidentError::NoteOfAnother);
        }
        if self.deleted_at.is_some() {
            return Err(IncidentError::NoteDeleted);
        }
        if now >= self.editable_until() {
            return Err(IncidentError::NoteTooOld);
        }
        Ok(())
    }
}

/// Whether a text is one for a note.
pub(super) fn check_length(text: &str) -> Result<(), IncidentError> {
    if text.trim().is_empty() || text.len() > limits::NOTE_BYTES {
        Err(IncidentError::NoteLength)
    } else {
        Ok(())
    }
}

impl Work<'_> {
    pub(super) fn edit_note(
        &mut self,
        note: Note,
        via: Via,
        text: String,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        note.check(situation.actor, self.now)?;
        check_length(&text)?;
        let fact = IncidentFact::NoteEdited {
            note: note.id,
            via,
            version: note.version.saturating_add(1),
            text,
        };
        self.emit(situation.actor, fact);
        Ok(())
    }

    pub(super) fn delete_note(
        &mut self,
        note: Note,
        via: Via,
        situation: Situation<'_>,
    ) -> Result<(), IncidentError> {
        note.check(situation.actor, self.now)?;
        let fact = IncidentFact::NoteDeleted { note: note.id, via };
        self.emit(situation.actor, fact);
        Ok(())
    }
}
