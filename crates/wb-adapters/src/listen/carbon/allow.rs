//! Who may send: carbon has no passwords, so addresses are all there is.

use core::net::IpAddr;

use ipnet::IpNet;
use wb_ports::networks::{BadNetwork, networks};

/// The peers that may send. An empty list lets in this machine only; one that is not empty lets in
/// what it names and nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peers(Vec<IpNet>);

impl Peers {
    /// Reads addresses and networks.
    ///
    /// # Errors
    /// The first entry that is neither.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, BadNetwork> {
        networks(entries).map(Self)
    }

    /// Whether nobody is named.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this peer may send.
    #[must_use]
    pub fn permit(&self, peer: IpAddr) -> bool {
        // A socket for both families shows IPv4 peers as ::ffff:a.b.c.d.
        let peer = peer.to_canonical();
        if self.0.is_empty() {
            return peer.is_loopback();
        }
        self.0.iter().any(|network| network.contains(&peer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(entries: &[&str], peer: &str) -> bool {
        let peers = Peers::parse(entries.iter().copied()).expect("good entries");
        peers.permit(peer.parse().expect("an address"))
    }

    #[test]
    fn a_list_lets_in_what_it_names() {
        let list = ["10.0.0.0/8", " 192.0.2.7 ", "2001:db8::/32"];
        for peer in ["10.1.2.3", "192.0.2.7", "2001:db8::1", "::ffff:10.1.2.3"] {
            assert!(permits(&list, peer), "{peer}");
        }
        for peer in ["11.0.0.1", "192.0.2.8", "2001:db9::1", "127.0.0.1", "::1"] {
            assert!(!permits(&list, peer), "{peer}");
        }
    }

    #[test]
    fn no_list_lets_in_this_machine() {
        for peer in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert!(permits(&[], peer), "{peer}");
        }
        assert!(!permits(&[], "10.0.0.1"));
    }

    #[test]
    fn other_entries_are_named() {
        for entry in ["", "localhost", "10.0.0.0/33", "10.0.0"] {
            assert_eq!(Peers::parse([entry]), Err(BadNetwork(entry.to_owned())));
        }
    }
}
