//! The metric store: this node's own, in the data directory, also where the main database is
//! PostgreSQL.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wb_adapters::listen::carbon::CarbonListener;
use wb_app::App;
use wb_metrics::store::{Limits, MetricStore, Rules, RulesError};
use wb_ports::{AppendError, Appended, Clock, Sample, SampleSink, catalogue};

use super::CLOSE;
use crate::boot::Boot;

/// The name of its database in the data directory.
const FILE_NAME: &str = "metrics.db";

/// The metric store cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PointsError {
    /// A file of rules cannot be read.
    #[error("{name}: {path} cannot be read: {source}")]
    File {
        /// The setting that names it.
        name: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The rules cannot be used.
    #[error(
        "the rules of metrics.storage_schemas and metrics.storage_aggregation cannot be used: {0}"
    )]
    Rules(#[from] RulesError),
}

/// The metric store of this node.
pub(super) enum Store {
    /// None is wanted: carbon is off.
    Off,
    /// It is open.
    Open(Arc<MetricStore>),
    /// It cannot be opened, and why. Nobody's page depends on it, so the start goes on without.
    Broken(String),
}

impl Store {
    /// The store, if it is open.
    pub(super) fn open(&self) -> Option<Arc<MetricStore>> {
        match self {
            Self::Open(store) => Some(Arc::clone(store)),
            Self::Off | Self::Broken(_) => None,
        }
    }

    /// What is wrong with it, if something is.
    pub(super) fn trouble(&self) -> Option<String> {
        match self {
            Self::Broken(words) => Some(words.clone()),
            Self::Off | Self::Open(_) => None,
        }
    }

    /// The listener whose lines go in here. Without a store it is closed: a sender that is refused
    /// keeps what it has, one that is listened to believes that it was taken.
    pub(super) fn fed_by(&self, carbon: Option<CarbonListener>) -> Option<CarbonListener> {
        carbon.filter(|_| matches!(self, Self::Open(_)))
    }
}

/// Reads how points are kept. Before the main database is touched: a wrong file changes nothing.
///
/// # Errors
/// The file and what is wrong with it.
pub(super) fn rules(boot: &Boot) -> Result<Rules, PointsError> {
    let metrics = &boot.metrics;
    let schemas = text(
        "metrics.storage_schemas",
        metrics.storage_schemas.as_deref(),
    )?;
    let aggregation = text(
        "metrics.storage_aggregation",
        metrics.storage_aggregation.as_deref(),
    )?;
    Ok(Rules::from_carbon(
        schemas.as_deref(),
        aggregation.as_deref(),
    )?)
}

fn text(name: &'static str, path: Option<&Path>) -> Result<Option<String>, PointsError> {
    let Some(path) = path else {
        return Ok(None);
    };
    let read = std::fs::read_to_string(path);
    read.map(Some).map_err(|source| PointsError::File {
        name,
        path: path.to_path_buf(),
        source,
    })
}

/// The store, while the disk has room for metrics.
pub(super) struct WhileThereIsRoom {
    store: Arc<MetricStore>,
    app: Arc<App>,
}

impl WhileThereIsRoom {
    pub(super) const fn new(store: Arc<MetricStore>, app: Arc<App>) -> Self {
        Self { store, app }
    }
}

#[async_trait::async_trait]
impl SampleSink for WhileThereIsRoom {
    async fn append(&self, batch: Vec<Sample>) -> Result<Appended, AppendError> {
        if self.app.room.is_for_metrics() {
            return self.store.append(batch).await;
        }
        Err(AppendError::Store(catalogue::text(
            "us.disk_low_refused",
            &[],
        )))
    }
}

/// The file of the store in a data directory.
pub(crate) fn file(data: &Path) -> PathBuf {
    data.join(FILE_NAME)
}

/// Opens the store in the data directory, which must be held. Off where carbon is: a node that takes
/// no metrics in has none to show, and to its monitors every series would look silent.
pub(super) async fn open(boot: &Boot, rules: Rules, clock: Arc<dyn Clock>) -> Store {
    if boot.carbon.address().is_none() {
        return Store::Off;
    }
    let path = file(&boot.data.dir);
    let open = move || MetricStore::open(&path, rules, Limits::default(), clock);
    // A damaged file may also make its reading panic.
    match tokio::task::spawn_blocking(open).await {
        Ok(Ok(store)) => Store::Open(Arc::new(store)),
        Ok(Err(error)) => Store::Broken(with_mend(&error.to_string())),
        Err(panic) => Store::Broken(with_mend(&panic.to_string())),
    }
}

fn with_mend(what: &str) -> String {
    catalogue::text("us.metrics_off_mend", &[("what", &what)])
}

/// Closes the store. What was stored is safe without this; the next start is faster with it.
pub(super) async fn close(points: Store) {
    let Store::Open(points) = points else {
        return;
    };
    let closing = tokio::task::spawn_blocking(move || points.close());
    drop(tokio::time::timeout(CLOSE, closing).await);
}
