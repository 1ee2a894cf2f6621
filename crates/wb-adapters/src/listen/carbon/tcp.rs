//! Lines over connections.

use core::net::IpAddr;
use core::time::Duration;
use std::io;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::allow::Peers;
use super::feed::{Batch, Feed};
use super::line::LineFault;
use super::split::Splitter;

/// Connections at once; a further one waits to be accepted.
const CONNECTIONS_MAX: usize = 1_024;

/// How long a client may be silent. Collectors keep their connection between rounds, and some have
/// one round a quarter of an hour.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// Bytes asked for at once.
const READ_BYTES: usize = 16 * 1_024;

/// Reads in a row, so that a client that sends nothing but rubbish as fast as it can lets others
/// have their turn.
const READS_IN_A_ROW: usize = 16;

/// The wait after the system had no connection for us, such as for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// Accepts connections until told to stop, and waits for those that are open.
pub(super) async fn serve(listener: TcpListener, peers: &Peers, feed: &Arc<Feed>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let open = TaskTracker::new();
    let accepting = async {
        while let Ok(place) = Arc::clone(&places).acquire_owned().await {
            let Some((stream, peer)) = accept(&listener, peers, feed).await else {
                continue;
            };
            let feed = Arc::clone(feed);
            let counted = feed.counters.opened();
            open.spawn(async move {
                if let Err(error) = read(stream, peer, &feed).await {
                    tracing::debug!(%error, %peer, "a carbon client went away: {error}");
                }
                drop((counted, place));
            });
        }
    };
    tokio::select! {
        () = feed.stop.cancelled() => {}
        () = accepting => {}
    }
    drop(listener);
    open.close();
    open.wait().await;
}

/// The next connection, if it came from a peer that may send.
async fn accept(listener: &TcpListener, peers: &Peers, feed: &Feed) -> Option<(TcpStream, IpAddr)> {
    match listener.accept().await {
        Ok((stream, peer)) if peers.permit(peer.ip()) => Some((stream, peer.ip().to_canonical())),
        Ok((_, peer)) => {
            refuse(feed, peer.ip());
            None
        }
        Err(error) => {
            tracing::warn!(%error, "a carbon connection could not be accepted: {error}");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

/// Counts a refused peer, and logs it ever more rarely: somebody may knock all day.
pub(super) fn refuse(feed: &Feed, peer: IpAddr) {
    let peer = peer.to_canonical();
    let count = feed.counters.refused_peer();
    if count.is_power_of_two() {
        tracing::warn!(%peer, count, "{peer} sends metrics and is not on the list of those who may (carbon.allow)");
    }
}

/// Reads one connection to its end.
async fn read(stream: TcpStream, peer: IpAddr, feed: &Feed) -> io::Result<()> {
    let mut client = Client {
        stream,
        peer,
        buffer: vec![0; READ_BYTES].into_boxed_slice(),
        splitter: Splitter::default(),
        batch: Batch::default(),
    };
    loop {
        let readable = tokio::time::timeout(PATIENCE, client.stream.readable());
        tokio::select! {
            biased;
            () = feed.stop.cancelled() => return Ok(()),
            readable = readable => readable.map_err(|_| io::ErrorKind::TimedOut)??,
        }
        let gathered = client.gather(feed);
        // What was read before the connection broke counts.
        if feed.deliver(&mut client.batch).await.is_err() {
            return Ok(());
        }
        if gathered? == Gathered::Ended {
            return Ok(());
        }
    }
}

/// How a connection goes on.
#[derive(Debug, PartialEq, Eq)]
enum Gathered {
    /// There will be more.
    Open,
    /// The client is done.
    Ended,
}

struct Client {
    stream: TcpStream,
    peer: IpAddr,
    buffer: Box<[u8]>,
    splitter: Splitter,
    batch: Batch,
}

impl Client {
    /// Reads what is there, up to a batch.
    fn gather(&mut self, feed: &Feed) -> io::Result<Gathered> {
        let Self {
            stream,
            peer,
            buffer,
            splitter,
            batch,
        } = self;
        let (counters, now_s) = (&*feed.counters, feed.now_s());
        for _ in 0..READS_IN_A_ROW {
            match stream.try_read(buffer) {
                Ok(0) => {
                    // As carbon does: a number cut short is a wrong number.
                    if let Some(line) = splitter.finish() {
                        counters.bad_line(LineFault::Unfinished, line, *peer, now_s);
                    }
                    return Ok(Gathered::Ended);
                }
                Ok(count) => {
                    let bytes = buffer.get(..count).unwrap_or_default();
                    splitter.feed(bytes, |line| batch.take(&line, *peer, now_s, counters));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
            if batch.is_full() {
                break;
            }
        }
        Ok(Gathered::Open)
    }
}
