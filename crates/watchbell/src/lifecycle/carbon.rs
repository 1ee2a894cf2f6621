//! The carbon listener: bound with the other ports, before the database is touched.

use std::io;
use std::net::SocketAddr;

use tokio::net::lookup_host;
use wb_adapters::listen::carbon::{CarbonListener, Counters, Peers};
use wb_core::time::Timestamp;
use wb_http::{Intake, IntakeFault};
use wb_ports::networks::BadNetwork;

use super::listen::and_next_ports;
use crate::boot::Carbon;

/// Carbon's lines cannot be listened for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CarbonError {
    /// Something else listens there.
    #[error(
        "{0} is taken, where metrics would come in as carbon's lines: another program listens there; \
         stop it, listen elsewhere (--carbon HOST:PORT), or do without (--carbon off)"
    )]
    Taken(String),
    /// An entry of the list of those who may send.
    #[error("carbon.allow: {0}")]
    Allow(#[from] BadNetwork),
    /// Anything else.
    #[error("cannot listen on {address} for carbon's lines: {source}")]
    Other {
        /// What was asked for.
        address: String,
        /// What the system says.
        source: io::Error,
    },
}

/// Binds the address of the boot configuration, if one is wanted.
///
/// # Errors
/// When the port is taken or the host is none of this machine.
pub(super) async fn bind(carbon: &Carbon) -> Result<Option<CarbonListener>, CarbonError> {
    let Some(wanted) = carbon.address() else {
        return Ok(None);
    };
    bind_at(wanted, &carbon.allow).await.map(Some)
}

/// The same, but a taken port leads to the next free one.
///
/// # Errors
/// When none of many is free, or the host is none of this machine.
pub(super) async fn bind_or_next(carbon: &Carbon) -> Result<Option<CarbonListener>, CarbonError> {
    let Some(wanted) = carbon.address() else {
        return Ok(None);
    };
    let mut bound = bind_at(wanted, &carbon.allow).await;
    for next in and_next_ports(wanted) {
        if !matches!(bound, Err(CarbonError::Taken(_))) {
            break;
        }
        bound = bind_at(&next, &carbon.allow).await;
    }
    bound.map(Some)
}

async fn bind_at(wanted: &str, allow: &[String]) -> Result<CarbonListener, CarbonError> {
    let peers = Peers::parse(allow.iter().map(String::as_str))?;
    let other = |source| CarbonError::Other {
        address: wanted.to_owned(),
        source,
    };
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in lookup_host(wanted).await.map_err(other)? {
        match CarbonListener::bind(address, peers.clone()).await {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    if last.kind() == io::ErrorKind::AddrInUse {
        return Err(CarbonError::Taken(wanted.to_owned()));
    }
    Err(other(last))
}

/// What came in, as the status shows it.
pub(super) fn intake(counters: &Counters) -> Intake {
    let stats = counters.stats();
    Intake {
        connections_open: stats.connections_open,
        samples: stats.samples,
        bad_lines: stats.bad_lines_total(),
        dropped: stats.dropped_total(),
        refused_peers: stats.refused_peers,
        recent_bad_lines: stats
            .recent
            .into_iter()
            .map(|bad| IntakeFault {
                at: Timestamp::EPOCH.plus_secs(bad.at_s),
                peer: bad.peer,
                reason: bad.fault.word(),
                line: bad.line,
            })
            .collect(),
    }
}

/// Says where, for whoever looks at the log.
pub(super) fn say(address: SocketAddr) {
    tracing::info!(%address, "metrics are taken in at {address}, as carbon's lines");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(listen: &str) -> Carbon {
        Carbon {
            listen: listen.to_owned(),
            allow: Vec::new(),
        }
    }

    #[tokio::test]
    async fn a_taken_port_is_said_or_passed_over() {
        assert!(bind(&at("off")).await.expect("nothing to bind").is_none());
        let first = bind(&at("127.0.0.1:0")).await.expect("free").expect("on");
        let taken = at(&first.address().to_string());
        let error = bind(&taken).await.expect_err("taken");
        assert!(error.to_string().contains("--carbon off"), "{error}");
        let next = bind_or_next(&taken)
            .await
            .expect("one is free")
            .expect("on");
        assert!(next.address().port() > first.address().port());
        let error = bind_or_next(&at("192.0.2.1:0"))
            .await
            .expect_err("not ours");
        assert!(matches!(error, CarbonError::Other { .. }), "{error}");
    }
}
