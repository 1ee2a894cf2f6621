//! What came in and what was left out.

use core::net::IpAddr;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use wb_ports::Appended;

use super::line::LineFault;

/// Bad lines that are remembered; the oldest goes first.
pub const RECENT_BAD_LINES: usize = 20;

/// Characters of a bad line that are remembered.
const SHOWN_CHARS: usize = 120;

/// Why a sample of a good line was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DropReason {
    /// It is not a number.
    Nan,
    /// The store took no more for the moment, and a datagram cannot be made to wait.
    Full,
    /// The store could not be written for too long.
    Store,
    /// The store does not keep it: too old, too far in the future, or one new series too many.
    Refused,
    /// The program was stopping.
    Stopping,
}

impl DropReason {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Nan,
        Self::Full,
        Self::Store,
        Self::Refused,
        Self::Stopping,
    ];

    /// One fixed word, for counters and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nan => "nan",
            Self::Full => "full",
            Self::Store => "store",
            Self::Refused => "refused",
            Self::Stopping => "stopping",
        }
    }
}

/// A line that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// When it came, in seconds since 1970 UTC.
    pub at_s: i64,
    /// Who sent it.
    pub peer: IpAddr,
    /// What is wrong with it.
    pub fault: LineFault,
    /// Its beginning, safe to show: everything that is not printable is escaped.
    pub line: String,
}

/// What a listener did since it started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CarbonStats {
    /// Connections that are open.
    pub connections_open: u64,
    /// Connections that were let in.
    pub connections: u64,
    /// Connections and datagrams of peers that may not send.
    pub refused_peers: u64,
    /// Samples stored.
    pub samples: u64,
    /// Lines left out, by what is wrong with them, in the order of [`LineFault::ALL`].
    pub bad_lines: [u64; LineFault::ALL.len()],
    /// Samples of good lines left out, by reason, in the order of [`DropReason::ALL`].
    pub dropped: [u64; DropReason::ALL.len()],
    /// The last bad lines, the oldest first.
    pub recent: Vec<BadLine>,
}

impl CarbonStats {
    /// All lines left out.
    #[must_use]
    pub fn bad_lines_total(&self) -> u64 {
        self.bad_lines.iter().sum()
    }

    /// All samples of good lines left out.
    #[must_use]
    pub fn dropped_total(&self) -> u64 {
        self.dropped.iter().sum()
    }
}

/// Counts while the listener works; outlives it.
#[derive(Debug, Default)]
pub struct Counters {
    connections_open: AtomicU64,
    connections: AtomicU64,
    refused_peers: AtomicU64,
    samples: AtomicU64,
    bad_lines: [AtomicU64; LineFault::ALL.len()],
    dropped: [AtomicU64; DropReason::ALL.len()],
    recent: Mutex<VecDeque<BadLine>>,
}

impl Counters {
    /// What was counted so far.
    #[must_use]
    pub fn stats(&self) -> CarbonStats {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        CarbonStats {
            connections_open: self.connections_open.load(Relaxed),
            connections: self.connections.load(Relaxed),
            refused_peers: self.refused_peers.load(Relaxed),
            samples: self.samples.load(Relaxed),
            bad_lines: self.bad_lines.each_ref().map(|count| count.load(Relaxed)),
            dropped: self.dropped.each_ref().map(|count| count.load(Relaxed)),
            recent: recent.iter().cloned().collect(),
        }
    }

    /// Counts a connection, as open for as long as the answer lives.
    pub(super) fn opened(self: &Arc<Self>) -> OpenConnection {
        self.connections.fetch_add(1, Relaxed);
        self.connections_open.fetch_add(1, Relaxed);
        OpenConnection(Arc::clone(self))
    }

    /// Counts a refused peer, and says how many there were with it.
    pub(super) fn refused_peer(&self) -> u64 {
        self.refused_peers.fetch_add(1, Relaxed) + 1
    }

    pub(super) fn appended(&self, appended: Appended) {
        self.samples.fetch_add(appended.stored as u64, Relaxed);
        self.dropped(DropReason::Refused, appended.refused);
    }

    pub(super) fn dropped(&self, reason: DropReason, count: usize) {
        if let Some(counter) = self.dropped.get(reason as usize) {
            counter.fetch_add(count as u64, Relaxed);
        }
    }

    pub(super) fn bad_line(&self, fault: LineFault, line: &[u8], peer: IpAddr, at_s: i64) {
        if let Some(counter) = self.bad_lines.get(fault as usize) {
            counter.fetch_add(1, Relaxed);
        }
        let bad = BadLine {
            at_s,
            peer,
            fault,
            line: shown(line),
        };
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() >= RECENT_BAD_LINES {
            recent.pop_front();
        }
        recent.push_back(bad);
    }
}

/// A connection that is open.
pub(super) struct OpenConnection(Arc<Counters>);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.connections_open.fetch_sub(1, Relaxed);
    }
}

/// The beginning of a line in printable characters.
fn shown(line: &[u8]) -> String {
    // A character takes up to four bytes; there is no point in looking at more.
    let cut = line.get(..SHOWN_CHARS * 4).unwrap_or(line);
    let mut text = String::new();
    for chunk in cut.utf8_chunks() {
        text.extend(chunk.valid().chars().flat_map(char::escape_debug));
        text.extend(chunk.invalid().escape_ascii().map(char::from));
    }
    let is_whole = cut.len() == line.len() && text.chars().count() <= SHOWN_CHARS;
    if !is_whole {
        text = text.chars().take(SHOWN_CHARS).collect();
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use core::net::Ipv4Addr;

    use super::*;

    #[test]
    fn what_is_shown_is_short_and_printable() {
        assert_eq!(shown(b"a.b x 1\r"), "a.b x 1\\r");
        assert_eq!(
            shown("größe\u{202e}\u{1b}[0m".as_bytes()),
            "größe\\u{202e}\\u{1b}[0m"
        );
        assert_eq!(shown(b"\xff\x00"), "\\xff\\0");
        let long = shown(&[b'a'; 4_096]);
        assert_eq!(long.chars().count(), SHOWN_CHARS + 1);
        assert!(long.ends_with('…'));
        assert_eq!(shown(&[b'a'; SHOWN_CHARS]), "a".repeat(SHOWN_CHARS));
    }

    #[test]
    fn the_last_bad_lines_are_remembered() {
        let counters = Counters::default();
        let peer = Ipv4Addr::LOCALHOST.into();
        for number in 0..25 {
            counters.bad_line(
                LineFault::Fields,
                format!("{number}").as_bytes(),
                peer,
                number,
            );
        }
        let stats = counters.stats();
        assert_eq!(stats.bad_lines_total(), 25);
        assert_eq!(stats.bad_lines[LineFault::Fields as usize], 25);
        assert_eq!(stats.recent.len(), RECENT_BAD_LINES);
        assert_eq!(
            (stats.recent[0].at_s, stats.recent[19].line.as_str()),
            (5, "24")
        );
    }

    #[test]
    fn every_reason_has_a_place_and_a_word() {
        for (at, reason) in DropReason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, at);
            assert!(
                DropReason::ALL[..at]
                    .iter()
                    .all(|other| other.word() != reason.word())
            );
        }
    }
}
