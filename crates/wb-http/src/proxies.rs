//! Who really calls, where proxies stand between.
//!
//! A proxy adds the address it was called from at the end of a header. So that header is read from its
//! end, for as long as who wrote it is one of the proxies that the operator trusts: the first address
//! that is none of theirs is the client's. What stands before it the client may have made up. Only
//! one header is read, the one the proxies write: they pass on any other as the client sent it.

use core::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::FORWARDED;
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;
use wb_ports::networks::{BadNetwork, networks};

/// The header most proxies write.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The header in which the trusted proxies say who called them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardHeader {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl ForwardHeader {
    /// The header of a name; none for another one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match HeaderName::from_bytes(name.as_bytes()).ok()? {
            found if found == X_FORWARDED_FOR => Some(Self::XForwardedFor),
            found if found == FORWARDED => Some(Self::Forwarded),
            _ => None,
        }
    }
}

/// The proxies that are trusted; nobody by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    trusted: Vec<IpNet>,
    header: ForwardHeader,
}

impl Proxies {
    /// Reads addresses and networks.
    ///
    /// # Errors
    /// The first entry that is neither.
    pub fn parse<'a>(
        entries: impl IntoIterator<Item = &'a str>,
        header: ForwardHeader,
    ) -> Result<Self, BadNetwork> {
        let trusted = networks(entries)?;
        Ok(Self { trusted, header })
    }

    /// The address of the client of a request that came from `peer`.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trusts(client) {
            return client;
        }
        for hop in self.hops(headers) {
            // Who cannot be read, or hides, is behind the last one that was.
            let Some(address) = hop else { break };
            client = address.to_canonical();
            if !self.trusts(client) {
                break;
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|net| net.contains(&address))
    }

    /// The addresses of the header, the last one first; none for one that cannot be read.
    fn hops(&self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let name = match self.header {
            ForwardHeader::XForwardedFor => X_FORWARDED_FOR,
            ForwardHeader::Forwarded => FORWARDED,
        };
        let lines = headers.get_all(name).iter();
        let read = |line: &str| match self.header {
            ForwardHeader::XForwardedFor => x_forwarded_for(line),
            ForwardHeader::Forwarded => forwarded(line),
        };
        let mut hops: Vec<_> = lines
            .flat_map(|line| line.to_str().map_or_else(|_| vec![None], read))
            .collect();
        hops.reverse();
        hops
    }
}

fn x_forwarded_for(line: &str) -> Vec<Option<IpAddr>> {
    let address = |entry: &str| {
        let entry = entry.trim();
        let with_port = || entry.parse::<SocketAddr>().map(|both| both.ip());
        let bare = entry.trim_start_matches('[').trim_end_matches(']');
        bare.parse().or_else(|_| with_port()).ok()
    };
    line.split(',').map(address).collect()
}

fn forwarded(line: &str) -> Vec<Option<IpAddr>> {
    rfc7239::parse(line)
        .map(|hop| hop.ok()?.forwarded_for?.ip().copied())
        .collect()
}

/// Puts the client's address in the place of the last proxy's, for everything that comes after.
pub(crate) async fn see_through(
    State(proxies): State<Arc<Proxies>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    if let Some(ConnectInfo(peer)) = peer.copied() {
        let client = proxies.client(peer.ip(), request.headers());
        if client != peer.ip().to_canonical() {
            let seen = ConnectInfo(SocketAddr::new(client, 0));
            request.extensions_mut().insert(seen);
        }
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(header: ForwardHeader, peer: &str, lines: &[&'static str]) -> String {
        let proxies = Proxies::parse(["10.0.0.0/8", "2001:db8::7"], header).expect("good");
        let mut headers = HeaderMap::new();
        for line in lines {
            for name in [X_FORWARDED_FOR, FORWARDED] {
                headers.append(name, HeaderValue::from_static(line));
            }
        }
        let peer = peer.parse().expect("an address");
        proxies.client(peer, &headers).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let seen = |peer, lines| client(ForwardHeader::XForwardedFor, peer, lines);
        assert_eq!(seen("192.0.2.1", &["198.51.100.9"]), "192.0.2.1");
        assert_eq!(seen("10.1.1.1", &[]), "10.1.1.1");
        assert_eq!(seen("10.1.1.1", &["198.51.100.9"]), "198.51.100.9");
        assert_eq!(seen("::ffff:10.1.1.1", &["198.51.100.9"]), "198.51.100.9");
        // What the client made up stands before what the proxies wrote.
        let made_up = ["203.0.113.5, 198.51.100.9", "10.2.2.2, 2001:db8::7"];
        assert_eq!(seen("10.1.1.1", &made_up), "198.51.100.9");
        assert_eq!(seen("10.1.1.1", &["10.9.9.9"]), "10.9.9.9");
        assert_eq!(seen("10.1.1.1", &["198.51.100.9, unknown"]), "10.1.1.1");
        assert_eq!(seen("10.1.1.1", &["2001:db8::1"]), "2001:db8::1");
        assert_eq!(seen("10.1.1.1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(seen("10.1.1.1", &["198.51.100.9:5123"]), "198.51.100.9");
    }

    #[test]
    fn the_standard_header_is_read_where_it_is_chosen() {
        let seen = |lines| client(ForwardHeader::Forwarded, "10.1.1.1", lines);
        assert_eq!(seen(&["for=198.51.100.9;proto=https"]), "198.51.100.9");
        assert_eq!(
            seen(&["for=203.0.113.5, for=\"[2001:db8::1]:4711\", for=10.0.0.3"]),
            "2001:db8::1"
        );
        assert_eq!(seen(&["for=198.51.100.9, for=_hidden"]), "10.1.1.1");
        // The other header is the client's own.
        assert_eq!(seen(&["198.51.100.9"]), "10.1.1.1");
    }

    #[test]
    fn names_and_networks_are_read() {
        assert_eq!(
            ForwardHeader::named("X-Forwarded-For"),
            Some(ForwardHeader::XForwardedFor)
        );
        assert_eq!(
            ForwardHeader::named("forwarded"),
            Some(ForwardHeader::Forwarded)
        );
        assert_eq!(ForwardHeader::named("X-Real-IP"), None);
        let bad = Proxies::parse(["10.0.0.0/33"], ForwardHeader::default());
        assert_eq!(bad, Err(BadNetwork("10.0.0.0/33".to_owned())));
    }
}
