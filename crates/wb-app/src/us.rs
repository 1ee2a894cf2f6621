//! What is wrong with Watchbell itself, while paging works: noted in memory by whoever notices it,
//! told by one worker ([`crate::workers::AboutUs`]) as an alert on the catch-all, in the status and in
//! the metrics.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;
use wb_core::event::{Event, EventAction, Severity};
use wb_core::ids::ServiceId;
use wb_core::limits::DEDUP_KEY_CHARS;
use wb_core::monitor::INTEGRATION;
use wb_ports::catalogue::text;
use wb_store::alerts;

use crate::app::App;
use crate::error::AppError;
use crate::ingest::RawSignal;

/// What can be wrong with a node while it pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// The metric store could not be opened: no samples are taken in, monitors see nothing.
    MetricsOff,
    /// Samples cannot be stored.
    MetricsWrite,
    /// The disk runs low.
    DiskLow,
    /// No node that keeps metrics runs.
    MetricsNode,
}

impl Trouble {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::MetricsOff,
        Self::MetricsWrite,
        Self::DiskLow,
        Self::MetricsNode,
    ];

    /// The word used in status, readiness, metrics and dedup keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::MetricsOff => "metrics_off",
            Self::MetricsWrite => "metrics_write",
            Self::DiskLow => "disk_low",
            Self::MetricsNode => "metrics_node",
        }
    }

    /// What is wrong, in a sentence.
    #[must_use]
    pub fn title(self, node: &str) -> String {
        text(&format!("us.{}", self.word()), &[("node", &node)])
    }

    /// Whether it is one alert for all nodes together, and not one for each.
    const fn is_shared(self) -> bool {
        matches!(self, Self::MetricsNode)
    }
}

/// What is wrong with this node. What nobody has judged yet is neither told nor taken back.
#[derive(Debug, Default)]
pub struct Troubles(Mutex<BTreeMap<Trouble, Option<String>>>);

impl Troubles {
    /// Notes what is wrong, in the words of whoever found it; none when it is well.
    pub fn set(&self, trouble: Trouble, detail: Option<String>) {
        let before = self.all().insert(trouble, detail.clone()).flatten();
        let word = trouble.word();
        match (before, detail) {
            (None, Some(detail)) => tracing::error!(trouble = word, "{word}: {detail}"),
            (Some(_), None) => tracing::info!(trouble = word, "{word}: no longer"),
            _ => {}
        }
    }

    /// Everything that is wrong, with its details.
    #[must_use]
    pub fn view(&self) -> BTreeMap<Trouble, String> {
        let all = self.all();
        let wrong = all.iter();
        wrong
            .filter_map(|(trouble, detail)| Some((*trouble, detail.clone()?)))
            .collect()
    }

    fn judged(&self) -> BTreeMap<Trouble, Option<String>> {
        self.all().clone()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Trouble, Option<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which of our own alerts are open, as far as this process knows.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<BTreeMap<String, bool>>);

/// One of our own alerts.
#[derive(Clone, Debug)]
pub(crate) struct AboutUs {
    /// Its dedup key.
    pub(crate) key: String,
    /// Whom it concerns; none means the catch-all.
    pub(crate) service: Option<ServiceId>,
    /// What is wrong, in a sentence.
    pub(crate) summary: String,
    /// More, in the words of whoever found it.
    pub(crate) detail: Option<String>,
    /// How bad it is.
    pub(crate) severity: Severity,
}

impl App {
    /// Opens one of our own alerts, or ends it: only a change is sent. What an earlier process opened
    /// is known from the database.
    pub(crate) async fn tell_of_us(
        self: &Arc<Self>,
        about: AboutUs,
        is_wrong: bool,
    ) -> Result<(), AppError> {
        let key = about.key.clone();
        let is_open = match self.told.known(&key) {
            Some(is_open) => is_open,
            None => self.is_open(&key).await?,
        };
        match (is_open, is_wrong) {
            (false, true) => self.send_about_us(about, EventAction::Trigger).await?,
            (true, false) => self.send_about_us(about, EventAction::Resolve).await?,
            _ => {}
        }
        self.told.note(key, is_wrong);
        Ok(())
    }

    /// Opens or ends the alerts about what is wrong with this node; says how much is.
    pub(crate) async fn tell_troubles(self: &Arc<Self>) -> Result<u64, AppError> {
        let mut wrong = 0;
        for (trouble, detail) in self.troubles.judged() {
            let node = &self.node.name;
            let key = if trouble.is_shared() {
                trouble.word().to_owned()
            } else {
                format!("{}:{node}", trouble.word())
            };
            let is_wrong = detail.is_some();
            let about = AboutUs {
                key: key.chars().take(DEDUP_KEY_CHARS).collect(),
                service: None,
                summary: trouble.title(node),
                detail,
                severity: Severity::Major,
            };
            self.tell_of_us(about, is_wrong).await?;
            wrong += u64::from(is_wrong);
        }
        Ok(wrong)
    }

    /// Reads, of all these of our own alerts at once, which are open, where that is not known yet.
    pub(crate) async fn learn_told(&self, keys: &[&str]) -> Result<(), AppError> {
        let unknown = keys.iter().filter(|key| self.told.known(key).is_none());
        let unknown: Vec<_> = unknown
            .map(|key| (INTEGRATION, (*key).to_owned()))
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let asked = unknown.clone();
        let open = self
            .store
            .read(move |tx| Ok::<_, AppError>(alerts::open_by_keys(tx, &asked)?))
            .await?;
        for key in unknown {
            let is_open = open.contains_key(&key);
            self.told.note(key.1, is_open);
        }
        Ok(())
    }

    async fn is_open(&self, key: &str) -> Result<bool, AppError> {
        let keys = [(INTEGRATION, key.to_owned())];
        let open = self
            .store
            .read(move |tx| Ok::<_, AppError>(alerts::open_by_keys(tx, &keys)?))
            .await?;
        Ok(!open.is_empty())
    }

    async fn send_about_us(
        self: &Arc<Self>,
        about: AboutUs,
        action: EventAction,
    ) -> Result<(), AppError> {
        let body = json!({
            "kind": about.key, "action": action.word(), "node": self.node.name,
            "detail": about.detail,
        });
        let raw = RawSignal {
            body: body.to_string().into_bytes(),
            content_type: Some("application/json".to_owned()),
            remote: None,
        };
        let event = Event {
            action,
            dedup_key: about.key,
            severity: about.severity,
            summary: about.summary,
            source: self.node.name.clone(),
            component: None,
            group: None,
            class: Some(text("us.class", &[])),
            occurred_at: self.now(),
            details: about
                .detail
                .map(|detail| json!({ "what": detail }).to_string()),
            links: Vec::new(),
            images: Vec::new(),
            client: None,
            client_url: None,
            notes: Vec::new(),
        };
        let service = about.service.or_else(|| self.catch_all());
        self.ingest_to(INTEGRATION, service, event, raw).await?;
        Ok(())
    }
}

impl Told {
    fn known(&self, key: &str) -> Option<bool> {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.get(key).copied()
    }

    /// Whether this is known to be told otherwise; not for what nobody looked at.
    pub(crate) fn differs(&self, key: &str, is_wrong: bool) -> bool {
        self.known(key).is_some_and(|is_open| is_open != is_wrong)
    }

    fn note(&self, key: String, is_open: bool) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert(key, is_open);
    }
}
