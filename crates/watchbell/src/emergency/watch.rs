//! The look every few seconds, and the carrying out.

use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, Method};
use secrecy::{ExposeSecret as _, SecretString};
use tokio_util::sync::CancellationToken;
use wb_adapters::net::{HttpClient, HttpRequest};
use wb_app::App;
use wb_http::Readiness;
use wb_store::db::{self, Lane};
use wb_store::sending::{self, Hold};

use crate::lifecycle::origin::words;

use super::{Action, Contacts, Observation, State, Trouble, step};

/// The pause between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// How long a probe may take; a store that answers later than this counts as one that does not.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a dead-man's ping may take.
const PING_TIMEOUT: Duration = Duration::from_secs(20);

/// The worker that processes wake-ups.
const TIMERS: &str = "timers";

/// What the watch found, shared with readiness.
#[derive(Clone)]
pub(crate) struct Watch(Arc<Mutex<Found>>);

/// What readiness says.
#[derive(Clone)]
struct Found {
    trouble: Option<Trouble>,
    hold: Option<Hold>,
}

impl Watch {
    /// A watch that has not looked yet; what holds sending is known from the start.
    pub(crate) fn new(hold: Option<Hold>) -> Self {
        let trouble = None;
        Self(Arc::new(Mutex::new(Found { trouble, hold })))
    }

    /// Whether the pager works.
    pub(crate) fn readiness(&self) -> Readiness {
        let Found { trouble, hold } = self.found().clone();
        let trouble = trouble.map(|trouble| match trouble {
            Trouble::Store(error) => format!("the database cannot be written: {error}"),
            Trouble::Pager => "wake-ups are not processed".to_owned(),
        });
        Readiness {
            problems: trouble.into_iter().chain(hold.map(words)).collect(),
        }
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the dead-man's ping goes.
#[derive(Clone)]
pub(crate) struct DeadMan {
    pub(crate) http: HttpClient,
    pub(crate) url: SecretString,
}

/// Looks until `stop`.
pub(crate) async fn run(
    app: Arc<App>,
    watch: Watch,
    contacts: Contacts,
    dead_man: Option<DeadMan>,
    stop: CancellationToken,
) {
    let mut state = State::new(app.clock.monotonic());
    let mut opened_at = app.now();
    tell_hold(&app, &watch, &contacts).await;
    while !stop.is_cancelled() {
        let seen = look(&app, &watch).await;
        let (next, actions) = step(state, seen, app.clock.monotonic());
        state = next;
        watch.found().trouble = state.trouble().cloned();
        for action in actions {
            match action {
                Action::TellOutage(trouble) => {
                    opened_at = app.now();
                    tracing::error!(
                        ?trouble,
                        "the pager is broken; telling the emergency contacts"
                    );
                    contacts.outage(&trouble, opened_at);
                }
                Action::TellClear(lasted) => {
                    tracing::info!(lasted_s = lasted.as_secs(), "the pager works again");
                    contacts.clear(lasted, opened_at);
                }
                Action::Ping => {
                    if let Some(dead_man) = dead_man.clone() {
                        tokio::spawn(dead_man.ping());
                    }
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// Tells the contacts, once for each hold, that this start found sending held: whoever is on call
/// trusts a pager that pages nobody.
async fn tell_hold(app: &App, watch: &Watch, contacts: &Contacts) {
    let Some(hold) = watch.found().hold else {
        return;
    };
    let asked = app
        .store
        .write(Lane::People, move |tx| sending::tell_once(tx, hold));
    match asked.await {
        Ok(true) => contacts.held(words(hold), hold.since.unwrap_or_else(|| app.now())),
        Ok(false) => {}
        Err(error) => {
            tracing::error!(%error, "the emergency contacts could not be told of the hold: {error}");
        }
    }
}

async fn look(app: &App, watch: &Watch) -> Observation {
    let at = app.now();
    // In the lane of people: what stands before a page must not wait behind maintenance.
    let probe = app.store.write(Lane::People, move |tx| {
        wb_store::meta::probe(tx, at)?;
        sending::held(tx)
    });
    let store = match tokio::time::timeout(PROBE_TIMEOUT, probe).await {
        // A full queue is a store that works hard, not one that is gone.
        Ok(Err(db::Error::Full { .. })) => Ok(()),
        Ok(Ok(hold)) => {
            watch.found().hold = hold;
            Ok(())
        }
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no answer within {} s", PROBE_TIMEOUT.as_secs())),
    };
    let timers = app
        .board
        .view()
        .into_iter()
        .find(|worker| worker.name == TIMERS);
    Observation {
        store,
        pager_mark: timers.and_then(|worker| worker.last_good_at),
        is_held: watch.found().hold.is_some(),
    }
}

impl DeadMan {
    /// Sends one ping. A failure is only logged: that the pings stop is the message.
    async fn ping(self) {
        let request = HttpRequest {
            method: Method::GET,
            url: self.url.expose_secret().to_owned(),
            headers: HeaderMap::new(),
            body: Vec::new(),
            timeout: PING_TIMEOUT,
        };
        match self.http.send(request).await {
            Ok(response) if response.status.is_success() => {}
            Ok(response) => {
                tracing::warn!(status = %response.status, "the dead-man's ping was not taken");
            }
            Err(error) => tracing::warn!(%error, "the dead-man's ping was not sent: {error}"),
        }
    }
}
