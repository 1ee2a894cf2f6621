//! Lines in datagrams.

use core::time::Duration;
use std::io;

use tokio::net::UdpSocket;

use super::allow::Peers;
use super::feed::{Batch, Feed, Over};
use super::split::{Line, Splitter};
use super::tcp;

/// Bytes of the largest datagram there is.
const DATAGRAM_BYTES_MAX: usize = 65_536;

/// Datagrams in a row before others have their turn.
const DATAGRAMS_IN_A_ROW: usize = 256;

/// The wait after the system could not receive.
const PAUSE: Duration = Duration::from_secs(1);

/// Receives until told to stop.
pub(super) async fn serve(socket: UdpSocket, peers: &Peers, feed: &Feed) {
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX].into_boxed_slice();
    let mut batch = Batch::default();
    loop {
        let readable = tokio::select! {
            biased;
            () = feed.stop.cancelled() => return,
            readable = socket.readable() => readable,
        };
        let gathered =
            readable.and_then(|()| gather(&socket, &mut buffer, &mut batch, peers, feed));
        if feed.offer(&mut batch).await == Err(Over) {
            return;
        }
        if let Err(error) = gathered {
            tracing::warn!(%error, "carbon datagrams cannot be received: {error}");
            tokio::select! {
                () = feed.stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }
}

/// Reads what is there, up to a batch.
fn gather(
    socket: &UdpSocket,
    buffer: &mut [u8],
    batch: &mut Batch,
    peers: &Peers,
    feed: &Feed,
) -> io::Result<()> {
    let now_s = feed.now_s();
    for _ in 0..DATAGRAMS_IN_A_ROW {
        let (count, peer) = match socket.try_recv_from(buffer) {
            Ok(received) => received,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        };
        if !peers.permit(peer.ip()) {
            tcp::refuse(feed, peer.ip());
            continue;
        }
        let peer = peer.ip().to_canonical();
        let mut take = |line: Line<'_>| batch.take(&line, peer, now_s, &feed.counters);
        let mut splitter = Splitter::default();
        splitter.feed(buffer.get(..count).unwrap_or_default(), &mut take);
        // A datagram comes whole: its end is the end of its last line.
        if let Some(line) = splitter.finish() {
            take(Line::Whole(line));
        }
        if batch.is_full() {
            return Ok(());
        }
    }
    Ok(())
}
