//! Sends the notices that are no pages, each over the first contact method of its person.

use core::time::Duration;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use wb_core::actor::Actor;
use wb_core::ids::DeliveryId;
use wb_core::incident::FailureReason;
use wb_core::time::Timestamp;
use wb_ports::{Content, Links};
use wb_store::db::Lane;
use wb_store::notices::Notice;
use wb_store::rechecks::{self, RecheckFact};

use super::{Report, Worker};
use crate::app::App;
use crate::configure::{first_method, proved_method};
use crate::error::AppError;
use crate::rechecks::RecheckLink;

/// Notices sent side by side.
const AT_ONCE: u32 = 16;

/// Seconds until a notice whose try failed, or whose sender died, is tried again; longer than any
/// channel's deadline.
const AGAIN_S: i64 = 120;

/// Tries of one notice; what it tells of stands in the views.
const TRIES: u32 = 5;

/// Sends notices.
#[derive(Debug)]
pub struct Notices;

#[async_trait::async_trait]
impl Worker for Notices {
    fn name(&self) -> &'static str {
        "notices"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(30)
    }

    fn poke<'a>(&self, app: &'a App) -> Option<&'a Notify> {
        Some(&app.notices_poke)
    }

    async fn tick(&self, app: &Arc<App>, now: Timestamp) -> Result<Report, AppError> {
        let next_at = app
            .store
            .read(|tx| Ok::<_, AppError>(wb_store::notices::next_due(tx)?))
            .await?;
        if next_at.is_none_or(|at| at > now) {
            return Ok(Report {
                next_at,
                ..Report::default()
            });
        }
        let taken = app
            .store
            .write(Lane::People, move |tx| {
                if wb_store::meta::sending_held(tx)? {
                    return Ok::<_, AppError>(Vec::new());
                }
                let again = now.plus_secs(AGAIN_S);
                Ok(wb_store::notices::take(tx, now, again, AT_ONCE)?)
            })
            .await?;
        let mut report = Report {
            more: taken.len() >= AT_ONCE as usize,
            ..Report::default()
        };
        let mut tasks = JoinSet::new();
        for notice in taken {
            let app = Arc::clone(app);
            tasks.spawn(async move { app.send_notice(notice).await });
        }
        while let Some(sent) = tasks.join_next().await {
            match sent {
                Ok(Ok(true)) => report.done += 1,
                Ok(Ok(false)) => report.failed += 1,
                // It stays, and is due again; the others go on.
                Ok(Err(error)) => {
                    tracing::error!(%error, "a notice could not be sent: {error}");
                    report.failed += 1;
                }
                Err(panic) => {
                    tracing::error!(%panic, "sending a notice panicked");
                    report.failed += 1;
                }
            }
        }
        Ok(report)
    }
}

impl App {
    /// One try; whether it went out.
    async fn send_notice(&self, notice: Notice) -> Result<bool, AppError> {
        let config = self.config();
        let address = match notice.tests {
            Some(method) => proved_method(self, &config, (notice.user, method)),
            None => first_method(self, &config, notice.user),
        };
        let Some(address) = address else {
            // Nowhere to send it to: whoever it is for sees it in the views.
            self.drop_notice(notice.id).await?;
            return Ok(false);
        };
        let base = self.settings.public_url.as_deref();
        let links = Links {
            view: base.map(|base| format!("{base}{}", notice.path)),
            confirm: self.confirm_link(&notice),
            ..Links::default()
        };
        let (title, body) = (notice.title.clone(), notice.body.clone());
        let id = (DeliveryId(notice.id), notice.attempts);
        let content = Content::Notice { title, body };
        let report = self.send_as(address, content, links, id).await;
        if report.accepted || notice.attempts >= TRIES {
            self.end_notice(&notice, report.reason).await?;
        }
        if !report.accepted {
            tracing::warn!(
                user = %notice.user,
                attempt = notice.attempts,
                reason = ?report.reason,
                "a notice could not be sent"
            );
        }
        Ok(report.accepted)
    }

    /// Where the person says that a test reached them.
    fn confirm_link(&self, notice: &Notice) -> Option<String> {
        self.recheck_address(&RecheckLink {
            user: notice.user,
            method: notice.tests?,
            sent_at: self.now(),
        })
    }

    /// Drops a notice that was sent or given up; of a test this is written down.
    async fn end_notice(
        &self,
        notice: &Notice,
        failed: Option<FailureReason>,
    ) -> Result<(), AppError> {
        let (id, user, tests, now) = (notice.id, notice.user, notice.tests, self.now());
        self.store
            .write(Lane::People, move |tx| {
                if let Some(method) = tests {
                    rechecks::sent(tx, method, failed, now)?;
                    if let Some(reason) = failed {
                        let fact = RecheckFact::NotSent(reason);
                        rechecks::note(tx, (user, method), fact, Actor::System, now)?;
                    }
                }
                Ok::<_, AppError>(wb_store::notices::delete(tx, id)?)
            })
            .await
    }

    async fn drop_notice(&self, id: uuid::Uuid) -> Result<(), AppError> {
        self.store
            .write(Lane::People, move |tx| {
                Ok::<_, AppError>(wb_store::notices::delete(tx, id)?)
            })
            .await
    }
}
