//! What decisions change in the outbox.

use std::collections::BTreeMap;

use wb_core::decision::{Effect, PlannedDelivery};
use wb_core::ids::DeliveryId;
use wb_core::time::Timestamp;

use crate::db::{Error, SetSql, Tx, set};
use crate::read::{clean, put_checked, recipient_parts};
use crate::row;

const INSERT: SetSql = set(
    &[
        "id",
        "kind",
        "incident_id",
        "page_id",
        "recipient_kind",
        "recipient_id",
        "method_id",
        "channel",
        "due_at",
        "state",
    ],
    "INSERT INTO outbox (id, kind, incident_id, page_id, recipient_kind, recipient_id, method_id,
            channel, due_at, state, attempts)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)",
    "INSERT INTO outbox (id, kind, incident_id, page_id, recipient_kind, recipient_id, method_id,
            channel, due_at, state, attempts)
     SELECT t.id, t.kind, t.incident_id, t.page_id, t.recipient_kind, t.recipient_id, t.method_id,
            t.channel, t.due_at, t.state, 0
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, kind text, incident_id uuid, page_id uuid,
            recipient_kind text, recipient_id uuid, method_id uuid, channel text, due_at bigint,
            state text)",
);

/// The fence: a delivery that somebody claimed since it was looked at cannot be cancelled, and the
/// count of rows tells. One that has ended anyway stays as it is: an acknowledgement never fails
/// because of it.
const CANCEL: SetSql = set(
    &["id"],
    "UPDATE outbox SET state = CASE state WHEN 'pending' THEN 'cancelled' ELSE state END
      WHERE id = $1 AND state <> 'claimed'",
    "UPDATE outbox SET state = CASE state WHEN 'pending' THEN 'cancelled' ELSE state END
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid)
      WHERE outbox.id = t.id AND outbox.state <> 'claimed'",
);

const RESTORE: SetSql = set(
    &["id", "due_at"],
    "UPDATE outbox SET state = 'pending', due_at = $2, held_since = NULL
      WHERE id = $1 AND state <> 'claimed'",
    "UPDATE outbox SET state = 'pending', due_at = t.due_at, held_since = NULL
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, due_at bigint)
      WHERE outbox.id = t.id AND outbox.state <> 'claimed'",
);

const RETRY: SetSql = set(
    &["id", "due_at"],
    "UPDATE outbox SET state = 'pending', due_at = $2, attempts = attempts + 1, claim_node = NULL,
            claimed_at = NULL, claim_deadline = NULL, held_since = NULL
      WHERE id = $1",
    "UPDATE outbox SET state = 'pending', due_at = t.due_at, attempts = attempts + 1,
            held_since = NULL, claim_node = NULL, claimed_at = NULL, claim_deadline = NULL
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, due_at bigint)
      WHERE outbox.id = t.id",
);

const FINISH: SetSql = set(
    &["id"],
    "UPDATE outbox SET state = 'done', attempts = attempts + 1, claim_node = NULL,
            claimed_at = NULL, claim_deadline = NULL
      WHERE id = $1",
    "UPDATE outbox SET state = 'done', attempts = attempts + 1, claim_node = NULL,
            claimed_at = NULL, claim_deadline = NULL
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid)
      WHERE outbox.id = t.id",
);

/// What becomes of one delivery's row.
#[derive(Debug)]
enum Change {
    Plan {
        delivery: PlannedDelivery,
        cancelled: bool,
    },
    Cancel,
    Restore(Timestamp),
    Retry(Timestamp),
    Finish,
}

/// The changes of one transaction, one for each delivery: the last one decides.
#[derive(Debug)]
pub(super) struct Changes(BTreeMap<DeliveryId, Change>);

impl Changes {
    pub(super) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    pub(super) fn add(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Plan(delivery) => {
                    let change = Change::Plan {
                        delivery: delivery.clone(),
                        cancelled: false,
                    };
                    self.0.insert(delivery.delivery, change);
                }
                Effect::Cancel(ids) => ids.iter().for_each(|id| self.change(*id, Change::Cancel)),
                Effect::Restore(list) => {
                    list.iter()
                        .for_each(|(id, due)| self.change(*id, Change::Restore(*due)));
                }
                Effect::Retry { delivery, due_at } => {
                    self.change(*delivery, Change::Retry(*due_at));
                }
                Effect::Finish { delivery } => self.change(*delivery, Change::Finish),
                // Of another table.
                Effect::TakeTurn { .. } => {}
            }
        }
    }

    /// A change of a delivery planned in the same transaction changes the plan instead: its row
    /// does not exist yet.
    fn change(&mut self, id: DeliveryId, change: Change) {
        let Some(Change::Plan {
            delivery,
            cancelled,
        }) = self.0.get_mut(&id)
        else {
            self.0.insert(id, change);
            return;
        };
        *cancelled = matches!(change, Change::Cancel | Change::Finish);
        if let Change::Restore(due_at) | Change::Retry(due_at) = change {
            delivery.due_at = due_at;
        }
    }

    pub(super) fn flush(self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let (mut plan, mut cancel, mut restore) = (Vec::new(), Vec::new(), Vec::new());
        let (mut retry, mut finish) = (Vec::new(), Vec::new());
        for (id, change) in self.0 {
            match change {
                Change::Plan {
                    delivery,
                    cancelled,
                } => plan.push(new_row(delivery, cancelled)),
                Change::Cancel => cancel.push(row![id.0]),
                Change::Restore(due_at) => restore.push(row![id.0, due_at.as_micros()]),
                Change::Retry(due_at) => retry.push(row![id.0, due_at.as_micros()]),
                Change::Finish => finish.push(row![id.0]),
            }
        }
        put_checked(tx, &CANCEL, &cancel)?;
        tx.put_many(&RESTORE, &restore)?;
        tx.put_many(&RETRY, &retry)?;
        tx.put_many(&FINISH, &finish)?;
        tx.put_many(&INSERT, &plan)?;
        Ok(())
    }
}

fn new_row(delivery: PlannedDelivery, cancelled: bool) -> Vec<crate::db::Value> {
    let (recipient_kind, recipient_id) = recipient_parts(delivery.recipient);
    row![
        delivery.delivery.0,
        if delivery.is_asked { "asked" } else { "page" },
        delivery.incident.0,
        delivery.page.0,
        recipient_kind,
        recipient_id,
        delivery.method.map(|id| id.0),
        clean(&delivery.channel),
        delivery.due_at.as_micros(),
        if cancelled { "cancelled" } else { "pending" },
    ]
}
