//! Notes in the record of an incident, with everything they ever said.

use wb_core::ids::{IncidentId, NoteId};
use wb_core::incident::{IncidentFact, Note, NoteText};
use wb_core::time::Timestamp;

use crate::codec::{self, StoredFact};
use crate::db::{Error, Row, Sql, Tx, sql};
use crate::params;
use crate::read;
use crate::retention;

/// A note with its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteRow {
    /// The note.
    pub note: Note,
    /// Its texts, oldest first.
    pub texts: Vec<NoteVersion>,
}

/// One text of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteVersion {
    /// The number of its fact in the incident's stream.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// What it says; empty when it was erased.
    pub text: String,
}

const FACTS: Sql = sql("SELECT f.seq, f.at, f.actor, f.kind, f.body, t.text
       FROM fact f LEFT JOIN fact_text t ON t.stream = f.stream AND t.seq = f.seq
      WHERE f.stream = $1 AND f.kind IN ('noted', 'note_edited', 'note_deleted')
      ORDER BY f.seq");

/// A note of an incident. Whether the caller may read the incident is asked before.
///
/// # Errors
/// When the store fails or a fact is damaged.
pub fn get(tx: &mut Tx<'_>, incident: IncidentId, note: NoteId) -> Result<Option<NoteRow>, Error> {
    let facts = tx.query(&FACTS, params![&incident.to_string()], fact)?;
    let mut found: Option<NoteRow> = None;
    for (seq, at, actor, fact) in facts {
        if let Some(row) = &mut found {
            row.note.apply(at, &fact);
        } else if let Some(written) = Note::written(at, actor, &fact).filter(|n| n.id == note) {
            found = Some(NoteRow {
                note: written,
                texts: Vec::new(),
            });
        }
        if let Some(row) = &mut found
            && let Some(text) = NoteText::of(&fact).filter(|text| text.note == note)
        {
            let text = text.text.to_owned();
            row.texts.push(NoteVersion { seq, at, text });
        }
    }
    Ok(found)
}

/// Erases every text of a note; the chain still verifies.
///
/// # Errors
/// When the store fails.
pub fn erase(tx: &mut Tx<'_>, incident: IncidentId, note: &NoteRow) -> Result<(), Error> {
    for version in &note.texts {
        retention::erase_text(tx, &incident.to_string(), version.seq)?;
    }
    Ok(())
}

type Fact = (u64, Timestamp, wb_core::actor::Actor, IncidentFact);

fn fact(row: &Row<'_>) -> Result<Fact, Error> {
    let text = row.opt_blob(5)?;
    let decoded = IncidentFact::decode(&row.text(3)?, &row.blob(4)?, text.as_deref())?;
    Ok((
        read::number(row, 0)?,
        read::at(row, 1)?,
        codec::parse_actor(&row.text(2)?)?,
        decoded.fact,
    ))
}
