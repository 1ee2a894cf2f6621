//! The daily seal: one signature over the last fact of every stream, so that a whole stream cannot
//! be rewritten, or taken out, without a trace.

use core::time::Duration;
use std::sync::Arc;

use wb_core::time::Timestamp;
use wb_store::db::Lane;
use wb_store::seals::Seal;

use super::{Report, Worker};
use crate::app::App;
use crate::error::AppError;

const DAY_S: i64 = 86_400;

/// How long after its end a day is sealed, in seconds: the time of a fact is taken when its input
/// arrives, so one from before midnight may be committed after it, and nodes differ a little. Longer
/// than any input waits for the database.
const SETTLED_AFTER_S: i64 = 300;

/// Seals each day (UTC) once it is over and nothing of it can come any more.
#[derive(Debug)]
pub struct Sealer;

#[async_trait::async_trait]
impl Worker for Sealer {
    fn name(&self) -> &'static str {
        "seal"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(600)
    }

    async fn tick(&self, app: &Arc<App>, now: Timestamp) -> Result<Report, AppError> {
        let over = (now.as_secs() - SETTLED_AFTER_S).div_euclid(DAY_S) - 1;
        let end_of_day = Timestamp::EPOCH.plus_secs((over + 1) * DAY_S);
        let found = app
            .store
            .read(move |tx| {
                let last = wb_store::seals::list(tx, None, 1)?
                    .first()
                    .map(|seal| seal.day);
                if last.is_some_and(|last| last >= over) {
                    return Ok::<_, AppError>(None);
                }
                Ok(Some(wb_store::seals::root(tx, end_of_day)?))
            })
            .await?;
        let Some((root, count)) = found else {
            return Ok(Report::default());
        };
        let signature = app.vault.sign_seal(&seal_bytes(over, &root, count));
        let row = Seal {
            day: over,
            at: now,
            key_id: app.vault.key_id().to_owned(),
            root,
            count,
            signature: signature.to_vec(),
        };
        app.store
            .write(Lane::Maintenance, move |tx| {
                wb_store::seals::put(tx, &row)?;
                Ok::<_, AppError>(())
            })
            .await?;
        Ok(Report {
            done: 1,
            ..Report::default()
        })
    }
}

/// What a seal's signature covers.
#[must_use]
pub(crate) fn seal_bytes(day: i64, root: &[u8; 32], count: u64) -> Vec<u8> {
    let mut bytes = b"watchbell seal v1".to_vec();
    bytes.extend_from_slice(&day.to_be_bytes());
    bytes.extend_from_slice(&count.to_be_bytes());
    bytes.extend_from_slice(root);
    bytes
}
