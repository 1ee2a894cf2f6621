//! What decisions change in whose turn it is.

use std::collections::BTreeMap;

use wb_core::decision::Effect;
use wb_core::ids::PolicyId;
use wb_core::incident::Turn;

use crate::codec;
use crate::db::{Error, SetSql, Tx, set};
use crate::read::{int, put_checked};
use crate::row;

// The rows are there: whoever decides about turns locked them.
const UPDATE: SetSql = set(
    &["policy_id", "step", "before", "version", "turn"],
    "UPDATE policy_turn SET version = $4, turn = $5
      WHERE policy_id = $1 AND step = $2 AND version = $3",
    "UPDATE policy_turn SET version = t.version, turn = decode(t.turn, 'hex')
       FROM jsonb_to_recordset($1::jsonb) AS t(policy_id uuid, step bigint, before bigint,
            version bigint, turn text)
      WHERE policy_turn.policy_id = t.policy_id AND policy_turn.step = t.step
        AND policy_turn.version = t.before",
);

/// The turns of one transaction by policy and step: the version that was loaded, and the last one.
#[derive(Debug)]
pub(super) struct Changes(BTreeMap<(PolicyId, u32), (u64, Turn)>);

impl Changes {
    pub(super) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Incidents are not saved in the order in which they were decided, so the versions tell which
    /// turn was the last.
    pub(super) fn add(&mut self, effects: &[Effect]) {
        for effect in effects {
            let Effect::TakeTurn { policy, step, turn } = effect else {
                continue;
            };
            let before = turn.version.saturating_sub(1);
            let known = self.0.entry((*policy, *step));
            let known = known.or_insert_with(|| (before, turn.clone()));
            known.0 = known.0.min(before);
            if turn.version > known.1.version {
                known.1 = turn.clone();
            }
        }
    }

    pub(super) fn flush(self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let rows = self.0.into_iter().map(|((policy, step), (before, turn))| {
            let bytes = codec::encode_turn(&turn)?;
            Ok(row![
                policy.0,
                i64::from(step),
                int(before),
                int(turn.version),
                bytes
            ])
        });
        let rows: Vec<_> = rows.collect::<Result<_, Error>>()?;
        put_checked(tx, &UPDATE, &rows)
    }
}
