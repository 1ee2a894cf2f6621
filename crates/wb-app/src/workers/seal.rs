//! The daily seal: one signature over the last fact of every stream, so that a whole stream cannot
//! be rewritten, or taken out, without a trace.

use core::time::Duration;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use wb_core::time::Timestamp;
use wb_store::db::Lane;
use wb_store::seals::SealRow;

use super::{Report, Worker};
use crate::app::App;
use crate::error::AppError;

const DAY_S: i64 = 86_400;

/// Streams read in one transaction.
const STREAMS_PER_READ: u32 = 10_000;

/// Seals each day (UTC) once it is over.
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
        let yesterday = now.as_secs().div_euclid(DAY_S) - 1;
        let last =
            app.store.read(|tx| Ok::<_, AppError>(wb_store::seals::last_day(tx)?)).await?;
        if last.is_some_and(|last| last >= yesterday) {
            return Ok(Report::default());
        }
        let (root, count) = app.root_of_streams().await?;
        let signature = app.vault.sign_seal(&seal_bytes(yesterday, &root, count));
        let row = SealRow {
            day: yesterday,
            at: now,
            key_id: app.vault.key_id().to_owned(),
            root,
            count,
            signature: signature.to_vec(),
        };
        app.store
            .write(Lane::Maintenance, move |tx| {
                Ok::<_, AppError>(wb_store::seals::put(tx, &row)?)
            })
            .await?;
        Ok(Report { done: 1, ..Report::default() })
    }
}

impl App {
    /// The hash over (stream, seq, hash) of every stream's last fact, in the order of their names.
    async fn root_of_streams(&self) -> Result<([u8; 32], u64), AppError> {
        let mut hasher = Sha256::new();
        let mut count = 0_u64;
        let mut after = String::new();
        loop {
            let from = after.clone();
            let heads = self
                .store
                .read(move |tx| {
                    let heads = wb_store::seals::heads(tx, &from, STREAMS_PER_READ)?;
                    Ok::<_, AppError>(heads)
                })
                .await?;
            let Some(last) = heads.last() else { break };
            after.clone_from(&last.stream);
            for head in &heads {
                hasher.update((head.stream.len() as u64).to_be_bytes());
                hasher.update(head.stream.as_bytes());
                hasher.update(head.seq.to_be_bytes());
                hasher.update(head.hash);
            }
            count += heads.len() as u64;
        }
        Ok((hasher.finalize().into(), count))
    }
}

/// What a seal's signature covers.
#[must_use]
pub fn seal_bytes(day: i64, root: &[u8; 32], count: u64) -> Vec<u8> {
    let mut bytes = b"watchbell seal v1".to_vec();
    bytes.extend_from_slice(&day.to_be_bytes());
    bytes.extend_from_slice(&count.to_be_bytes());
    bytes.extend_from_slice(root);
    bytes
}
