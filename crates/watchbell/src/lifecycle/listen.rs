//! The listener: bound before the database is touched, serving when everything stands.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::{TcpSocket, lookup_host};

/// Connections that may wait to be accepted; std's 128 are fewer than a load test opens at once.
const BACKLOG: u32 = 1_024;

/// Ports tried after a taken one, where the next free one will do.
const NEXT_PORTS: u16 = 100;

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListenError {
    /// Something else listens there.
    #[error("{0} is taken: another program listens there; stop it, or listen elsewhere (--listen)")]
    Taken(String),
    /// Anything else.
    #[error("cannot listen on {address}: {source}")]
    Other {
        /// What was asked for.
        address: String,
        /// What the system says.
        source: io::Error,
    },
}

/// A bound listener.
#[derive(Debug)]
pub(crate) struct Bound {
    /// The socket, not serving yet.
    pub(crate) listener: std::net::TcpListener,
    /// Its real address.
    pub(crate) address: SocketAddr,
    /// The address under which it is reached from this machine.
    pub(crate) url: String,
}

/// Binds `HOST:PORT`.
///
/// # Errors
/// When the port is taken or the host is none of this machine.
pub(crate) async fn bind(wanted: &str, tls: bool) -> Result<Bound, ListenError> {
    let other = |source| ListenError::Other {
        address: wanted.to_owned(),
        source,
    };
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in lookup_host(wanted).await.map_err(other)? {
        match try_bind(address) {
            Ok(listener) => {
                let address = listener.local_addr().map_err(other)?;
                return Ok(Bound {
                    listener,
                    address,
                    url: url(wanted, address, tls),
                });
            }
            Err(error) => last = error,
        }
    }
    if last.kind() == io::ErrorKind::AddrInUse {
        return Err(ListenError::Taken(wanted.to_owned()));
    }
    Err(other(last))
}

/// The same, but a taken port leads to the next free one.
///
/// # Errors
/// When none of many is free, or the host is none of this machine.
pub(crate) async fn bind_or_next(wanted: &str, tls: bool) -> Result<Bound, ListenError> {
    let mut bound = bind(wanted, tls).await;
    for next in and_next_ports(wanted) {
        if !matches!(bound, Err(ListenError::Taken(_))) {
            break;
        }
        bound = bind(&next, tls).await;
    }
    bound
}

/// The same host with the ports after this one.
pub(super) fn and_next_ports(wanted: &str) -> impl Iterator<Item = String> {
    let (host, port) = wanted.rsplit_once(':').unwrap_or((wanted, ""));
    let first: u16 = port.parse().unwrap_or(0);
    let next = first.saturating_add(1)..=first.saturating_add(NEXT_PORTS);
    next.map(move |port| format!("{host}:{port}"))
}

fn try_bind(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // Without this a restart has to wait until the old connections are forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

/// The address as somebody on this machine types it: the host as given, so that a certificate's
/// name fits, and loopback where everything is listened on.
pub(super) fn url(wanted: &str, address: SocketAddr, tls: bool) -> String {
    let scheme = if tls { "https" } else { "http" };
    let port = address.port();
    let given = wanted.rsplit_once(':').map_or(wanted, |(host, _)| host);
    let host = match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => "127.0.0.1",
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => "[::1]",
        _ => given,
    };
    format!("{scheme}://{host}:{port}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_free_port_is_found_and_a_taken_one_said() {
        let first = bind("127.0.0.1:0", false).await.expect("free");
        assert_eq!(
            first.url,
            format!("http://127.0.0.1:{}", first.address.port())
        );
        let taken = format!("127.0.0.1:{}", first.address.port());
        assert!(matches!(
            bind(&taken, false).await,
            Err(ListenError::Taken(_))
        ));
        assert!(matches!(
            bind("192.0.2.1:0", false).await,
            Err(ListenError::Other { .. })
        ));
    }

    #[tokio::test]
    async fn where_the_next_port_will_do_a_taken_one_is_passed_over() {
        let first = bind("127.0.0.1:0", false).await.expect("free");
        let port = first.address.port();
        let next = bind_or_next(&format!("127.0.0.1:{port}"), false)
            .await
            .expect("one is free");
        assert!(next.address.port() > port);
        assert!(matches!(
            bind_or_next("192.0.2.1:0", false).await,
            Err(ListenError::Other { .. })
        ));
    }

    #[test]
    fn the_url_keeps_the_name_and_takes_the_real_port() {
        let address: SocketAddr = "127.0.0.1:4711".parse().expect("good");
        assert_eq!(url("localhost:0", address, true), "https://localhost:4711");
        let all: SocketAddr = "0.0.0.0:80".parse().expect("good");
        assert_eq!(url("0.0.0.0:80", all, false), "http://127.0.0.1:80");
        let six: SocketAddr = "[::1]:80".parse().expect("good");
        assert_eq!(url("[::1]:0", six, false), "http://[::1]:80");
    }
}
