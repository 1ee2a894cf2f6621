//! Changing and deleting notes.

use std::sync::Arc;

use wb_core::config::{Config, Permission};
use wb_core::decision::Ctx;
use wb_core::ids::{IncidentId, NoteId, TeamId};
use wb_core::incident::{self, IncidentInput};
use wb_store::db::{Lane, Tx};
use wb_store::notes::{self, NoteRow};
use wb_store::save::{InputBody, Save};

use super::{Deps, LoadedIncident};
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// What is done with a note.
#[derive(Clone, Debug)]
enum NoteChange {
    Edit(String),
    Delete,
}

/// A note that was changed, and what the views are told.
struct Done {
    row: NoteRow,
    version: u64,
    team: TeamId,
}

impl App {
    /// A note with everything it ever said.
    ///
    /// # Errors
    /// When there is no such note, or the caller may not see it, or the store fails.
    pub async fn note_of(
        &self,
        caller: &Caller,
        id: IncidentId,
        note: NoteId,
    ) -> Result<NoteRow, AppError> {
        let scope = caller.scope.clone();
        self.store
            .read(move |tx| {
                if wb_store::incidents::get(tx, &scope, id)?.is_none() {
                    return Ok(None);
                }
                Ok::<_, AppError>(notes::get(tx, id, note)?)
            })
            .await?
            .ok_or(AppError::NotFound)
    }

    /// Changes the text of one's own note, for a while after it was written. The texts it had stay
    /// in the stream.
    ///
    /// # Errors
    /// When it is at another version than `expected`, somebody else's, too old or deleted, the text
    /// is empty or too long, or the store fails.
    pub async fn edit_note(
        self: &Arc<Self>,
        caller: &Caller,
        id: IncidentId,
        note: NoteId,
        expected: u32,
        text: String,
    ) -> Result<NoteRow, AppError> {
        let change = NoteChange::Edit(text);
        self.change_note(caller, (id, note), Some(expected), change)
            .await
    }

    /// Deletes one's own note, for a while after it was written: its texts are erased; that there
    /// was one stays in the record.
    ///
    /// # Errors
    /// As [`App::edit_note`].
    pub async fn delete_note(
        self: &Arc<Self>,
        caller: &Caller,
        id: IncidentId,
        note: NoteId,
        expected: Option<u32>,
    ) -> Result<(), AppError> {
        self.change_note(caller, (id, note), expected, NoteChange::Delete)
            .await
            .map(drop)
    }

    async fn change_note(
        self: &Arc<Self>,
        caller: &Caller,
        (id, note): (IncidentId, NoteId),
        expected: Option<u32>,
        change: NoteChange,
    ) -> Result<NoteRow, AppError> {
        let (deps, caller) = (self.deps(), caller.clone());
        let done = self
            .decide(Lane::People, move |tx, config| {
                run(tx, config, &deps, &caller, (id, note), expected, &change)
            })
            .await?;
        self.incident_changed(id, done.version, done.team);
        Ok(done.row)
    }
}

fn run(
    tx: &mut Tx<'_>,
    config: &Config,
    deps: &Deps,
    caller: &Caller,
    (id, note): (IncidentId, NoteId),
    expected: Option<u32>,
    change: &NoteChange,
) -> Result<Done, AppError> {
    let loaded = LoadedIncident::load(tx, config, id)?.ok_or(AppError::NotFound)?;
    caller.require(Permission::Write, loaded.state.team)?;
    let row = notes::get(tx, id, note)?.ok_or(AppError::NotFound)?;
    let current = row.note.version;
    if expected.is_some_and(|expected| expected != current) {
        return Err(AppError::Edited { current });
    }
    let (via, kind) = (caller.via, change.word());
    let input = match change {
        NoteChange::Edit(text) => IncidentInput::EditNote {
            note: row.note,
            via,
            text: text.clone(),
        },
        NoteChange::Delete => IncidentInput::DeleteNote {
            note: row.note,
            via,
        },
    };
    let ctx = Ctx {
        now: deps.now,
        input: deps.input,
        config,
    };
    let body = InputBody::Incident(input.clone());
    let decision = incident::decide(&loaded.state, input, loaded.situation(caller.actor), ctx)?;
    let mut save = Save::new(deps.salt_key);
    save.input(deps.row(kind, caller, id, body, config));
    save.incident(Some(loaded.head), &decision)?;
    save.flush(tx)?;
    if matches!(change, NoteChange::Delete) {
        notes::erase(tx, id, &row)?;
    }
    Ok(Done {
        row: notes::get(tx, id, note)?.ok_or(AppError::NotFound)?,
        version: loaded.head.seq + decision.facts.len() as u64,
        team: loaded.state.team,
    })
}

impl NoteChange {
    const fn word(&self) -> &'static str {
        match self {
            Self::Edit(_) => "edit_note",
            Self::Delete => "delete_note",
        }
    }
}
