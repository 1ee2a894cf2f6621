//! What the doctor asks of a start, without starting: the same parts, and nothing is kept.

use std::io;
use std::path::{Path, PathBuf};

use tokio::net::lookup_host;

use super::carbon::{self, CarbonError};
use super::listen::{self, ListenError};
use super::{ServeError, lock, opening, points, serving};
use crate::boot::Boot;
use crate::replace;

/// The row of `meta` with the id of the database's key.
pub(crate) const KEY_ID: &str = opening::KEY_ID;

/// The SQLite database of a data directory.
pub(crate) fn database_file(data: &Path) -> PathBuf {
    data.join(opening::DATABASE_FILE)
}

/// The metric store of a data directory.
pub(crate) fn metrics_file(data: &Path) -> PathBuf {
    points::file(data)
}

/// Whether a restore was cut off in this data directory.
pub(crate) fn restore_waits(data: &Path) -> bool {
    replace::waiting(data).is_ok_and(|found| found.is_some())
}

/// Whether a server has this data directory.
///
/// # Errors
/// When its lock cannot be looked at.
pub(crate) fn is_held(data: &Path) -> io::Result<bool> {
    lock::is_held(data)
}

/// Whether an address can be listened on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    /// It can.
    Free,
    /// Somebody listens there.
    Taken,
    /// It cannot; what the system says.
    Unusable(String),
}

/// Tries the address of API and UI.
pub(crate) async fn http_port(boot: &Boot) -> Port {
    match listen::bind(&boot.listen.http, false).await {
        Ok(_) => Port::Free,
        Err(ListenError::Taken(_)) => Port::Taken,
        Err(ListenError::Other { source, .. }) => Port::Unusable(source.to_string()),
    }
}

/// Tries the address for carbon's lines; none when it is off.
pub(crate) async fn carbon_port(boot: &Boot) -> Option<Port> {
    match carbon::bind(&boot.carbon).await {
        Ok(None) => None,
        Ok(Some(_)) => Some(Port::Free),
        Err(CarbonError::Taken(_)) => Some(Port::Taken),
        Err(CarbonError::Allow(error)) => Some(Port::Unusable(error.to_string())),
        Err(CarbonError::Other { source, .. }) => Some(Port::Unusable(source.to_string())),
    }
}

/// Where a server with this configuration is reached from this machine; none when it took whatever
/// port was free.
pub(crate) async fn own_url(boot: &Boot) -> Option<String> {
    let wanted = &boot.listen.http;
    let address = lookup_host(wanted).await.ok()?.next()?;
    let tls = boot.tls.cert_file.is_some();
    (address.port() != 0).then(|| listen::url(wanted, address, tls))
}

/// Reads certificate and key as the server does.
///
/// # Errors
/// When they cannot be read or used.
pub(crate) async fn tls(boot: &Boot) -> Result<(), ServeError> {
    serving::tls(&boot.tls).await.map(drop)
}

/// Reads the rules of the metric store.
///
/// # Errors
/// The file and what is wrong with it.
pub(crate) fn metric_rules(boot: &Boot) -> Result<(), ServeError> {
    Ok(points::rules(boot).map(drop)?)
}
