//! Carbon's plaintext protocol: `path value timestamp`, one to a line, over TCP and UDP on one
//! address.
//!
//! A bad line is counted and remembered, and costs nothing else: the connection stays. A sender is
//! slowed down by not being read from while the sink stores what came before; datagrams, which
//! cannot be slowed down, are dropped and counted.

mod allow;
mod feed;
mod line;
mod split;
mod stats;
mod tcp;
mod udp;

use core::net::SocketAddr;
use core::sync::atomic::AtomicBool;
use std::io;
use std::sync::Arc;

use tokio::net::{TcpListener, UdpSocket};
use tokio_util::sync::CancellationToken;
use wb_ports::{Clock, SampleSink};

pub use allow::Peers;
pub use line::{LineFault, parse_line};
pub use stats::{BadLine, CarbonStats, Counters, DropReason, RECENT_BAD_LINES};

use feed::{Feed, Retry};

/// Ports tried until one is free for TCP and UDP both, where any will do.
const TRIES_FOR_A_PORT: u32 = 20;

/// A bound listener. Clients may connect from now on; they are read from once it serves.
#[derive(Debug)]
pub struct CarbonListener {
    tcp: TcpListener,
    udp: UdpSocket,
    address: SocketAddr,
    peers: Peers,
    counters: Arc<Counters>,
}

impl CarbonListener {
    /// Binds TCP and UDP to one address; port 0 takes one that is free for both.
    ///
    /// # Errors
    /// When the address cannot be had, or when it is off loopback and nobody is named who may send.
    pub async fn bind(address: SocketAddr, peers: Peers) -> io::Result<Self> {
        if peers.is_empty() && !address.ip().to_canonical().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "carbon has no passwords: off loopback the addresses that may send must be named",
            ));
        }
        let mut tries = 0;
        let (tcp, udp) = loop {
            tries += 1;
            match both(address).await {
                Err(error)
                    if error.kind() == io::ErrorKind::AddrInUse
                        && address.port() == 0
                        && tries < TRIES_FOR_A_PORT => {}
                result => break result?,
            }
        };
        Ok(Self {
            address: tcp.local_addr()?,
            tcp,
            udp,
            peers,
            counters: Arc::default(),
        })
    }

    /// The address it really has.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its work is counted.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    /// Serves until told to stop; then nothing is read any more, and it returns when every batch that
    /// was read is stored or counted as dropped.
    pub async fn serve(
        self,
        sink: Arc<dyn SampleSink>,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
    ) {
        let feed = Arc::new(Feed {
            sink,
            clock,
            counters: self.counters,
            stop,
            retry: Retry::default(),
            in_trouble: AtomicBool::new(false),
        });
        tokio::join!(
            tcp::serve(self.tcp, &self.peers, &feed),
            udp::serve(self.udp, &self.peers, &feed),
        );
    }
}

async fn both(address: SocketAddr) -> io::Result<(TcpListener, UdpSocket)> {
    let tcp = TcpListener::bind(address).await?;
    let udp = UdpSocket::bind(tcp.local_addr()?).await?;
    Ok((tcp, udp))
}
