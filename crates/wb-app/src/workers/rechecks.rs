//! Tests every proved contact method once a month, at an hour of its person's day.

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Arc;

use wb_core::actor::Actor;
use wb_core::config::{Config, ContactMethod, User};
use wb_core::ids::{MethodId, UserId};
use wb_core::recheck::{PAUSE_S, Slot, next_at};
use wb_core::time::Timestamp;
use wb_store::db::Lane;
use wb_store::notices::Notice;
use wb_store::rechecks::{self, Recheck};

use super::{Report, Worker};
use crate::app::App;
use crate::error::AppError;
use crate::rechecks::claim;

/// Tests that one tick asks for.
const AT_ONCE: usize = 16;

/// Asks for the monthly tests; the notices' worker sends them.
#[derive(Debug)]
pub struct Rechecks;

#[async_trait::async_trait]
impl Worker for Rechecks {
    fn name(&self) -> &'static str {
        "rechecks"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(300)
    }

    async fn tick(&self, app: &Arc<App>, now: Timestamp) -> Result<Report, AppError> {
        if app.settings.public_url.is_none() {
            // Without an address there is no link by which a test could be answered.
            return Ok(Report::default());
        }
        let tests = app.store.read(rechecks::all).await?;
        let config = app.config();
        let gone = outdated(&config, &tests);
        let due = due(app, &config, &tests, now);
        if gone.is_empty() && due.is_empty() {
            return Ok(Report::default());
        }
        let more = due.len() >= AT_ONCE;
        let done = app
            .store
            .write(Lane::People, move |tx| {
                for method in &gone {
                    rechecks::forget(tx, *method)?;
                }
                if wb_store::meta::sending_held(tx)? {
                    return Ok::<_, AppError>(None);
                }
                let mut claimed = 0;
                for notice in &due {
                    let quiet_since = now.plus_secs(-PAUSE_S);
                    claimed += u64::from(claim(tx, notice, Actor::System, now, quiet_since)?);
                }
                Ok(Some(claimed))
            })
            .await?;
        if done.is_some_and(|done| done > 0) {
            app.notices_poke.notify_one();
        }
        Ok(Report {
            done: done.unwrap_or(0),
            more: more && done.is_some(),
            ..Report::default()
        })
    }
}

/// The messages of the tests that are due, as many as one tick asks for.
fn due(app: &App, config: &Config, tests: &[Recheck], now: Timestamp) -> Vec<Notice> {
    let tests: BTreeMap<MethodId, &Recheck> = tests.iter().map(|t| (t.method, t)).collect();
    let mut due = Vec::new();
    for (id, user) in &config.users {
        let owner = &user.value;
        if !is_there(config, *id, owner, now) {
            continue;
        }
        for method in &owner.methods {
            let is_due = app.channels.get(&method.channel).is_some()
                && is_due(owner, method, tests.get(&method.id).copied(), now);
            if is_due && due.len() < AT_ONCE {
                due.push(app.test_notice(*id, owner, method));
            }
        }
    }
    due
}

/// Whether somebody can be asked for an answer now: nobody is who is ill or away.
fn is_there(config: &Config, id: UserId, user: &User, now: Timestamp) -> bool {
    let mut time_off = config.time_off_of(id);
    let is_off = time_off.any(|(_, off)| (off.value.from..off.value.to).contains(&now));
    user.active && user.monthly_test && user.pause_at(now).is_none() && !is_off
}

fn is_due(user: &User, method: &ContactMethod, test: Option<&Recheck>, now: Timestamp) -> bool {
    let Some(verified_at) = method.verified_at else {
        return false;
    };
    let known = test.map(|test| test.asked_at.max(test.confirmed_at));
    let last = known.flatten().unwrap_or(verified_at).max(verified_at);
    // What takes longer to find out only where it can matter.
    last.plus_secs(PAUSE_S) <= now
        && next_at(&user.zone, Slot::of(method.id), last, now) == Some(now)
}

/// What is known of methods that are gone, or have an address that nobody proved.
fn outdated(config: &Config, tests: &[Recheck]) -> Vec<MethodId> {
    let is_kept = |test: &&Recheck| {
        let owner = config.users.get(&test.user);
        let mut methods = owner.into_iter().flat_map(|owner| &owner.value.methods);
        methods.any(|method| method.id == test.method && method.verified_at.is_some())
    };
    let gone = tests.iter().filter(|test| !is_kept(test));
    gone.map(|test| test.method).collect()
}
