//! The metric store: this node's own, in the data directory, also where the main database is
//! PostgreSQL.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wb_metrics::store::{Limits, MetricStore, OpenError, Rules, RulesError};
use wb_ports::Clock;

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
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// A thread went away.
    #[error("the metric store could not be opened: {0}")]
    Thread(#[from] tokio::task::JoinError),
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

/// Opens the store in the data directory, which must be held. None where carbon is off: a node that
/// takes no metrics in has none to show, and to its monitors every series would look silent.
///
/// # Errors
/// When it cannot be opened.
pub(super) async fn open(
    boot: &Boot,
    rules: Rules,
    clock: Arc<dyn Clock>,
) -> Result<Option<Arc<MetricStore>>, PointsError> {
    if boot.carbon.address().is_none() {
        return Ok(None);
    }
    let path = boot.data.dir.join(FILE_NAME);
    let open = move || MetricStore::open(&path, rules, Limits::default(), clock);
    Ok(Some(Arc::new(tokio::task::spawn_blocking(open).await??)))
}

/// Closes the store. What was stored is safe without this; the next start is faster with it.
pub(super) async fn close(points: Option<Arc<MetricStore>>) {
    let Some(points) = points else {
        return;
    };
    let closing = tokio::task::spawn_blocking(move || points.close());
    drop(tokio::time::timeout(CLOSE, closing).await);
}
