//! Which special addresses the boot configuration allows.

use core::net::IpAddr;
use std::collections::BTreeSet;

use ipnet::IpNet;

/// The hosts and networks that may be called although their addresses are special.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowList {
    hosts: BTreeSet<String>,
    networks: Vec<IpNet>,
}

/// An entry of the list that is neither host, address nor network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "outbound.allow: `{entry}` is no host name, IP address or network; \
     write `chat.internal`, `10.1.2.3` or `10.0.0.0/8`, without scheme and port"
)]
pub struct AllowListError {
    /// The entry.
    pub entry: String,
}

impl AllowList {
    /// The list of these entries, each a host name, an IP address or a network; blank ones are
    /// skipped.
    ///
    /// # Errors
    /// The first entry that is none of these.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, AllowListError> {
        let mut list = Self::default();
        for entry in entries
            .into_iter()
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
        {
            let bare = entry.trim_start_matches('[').trim_end_matches(']');
            if let Ok(address) = bare.parse::<IpAddr>() {
                list.networks.push(address.to_canonical().into());
            } else if let Ok(network) = entry.parse::<IpNet>() {
                list.networks.push(network.trunc());
            } else if is_host_name(entry) {
                list.hosts.insert(canonical_host(entry));
            } else {
                return Err(AllowListError {
                    entry: entry.to_owned(),
                });
            }
        }
        Ok(list)
    }

    /// Whether this name may resolve to anything.
    #[must_use]
    pub fn has_host(&self, host: &str) -> bool {
        self.hosts.contains(&canonical_host(host))
    }

    /// Whether this address stands in the list, by itself or in a network.
    #[must_use]
    pub fn has_address(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks
            .iter()
            .any(|network| network.contains(&address))
    }
}

fn canonical_host(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

fn is_host_name(entry: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let labels = entry.trim_end_matches('.').split('.');
    entry.contains(|c: char| c.is_ascii_alphabetic())
        && labels
            .clone()
            .all(|label| !label.is_empty() && label.chars().all(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_hosts_addresses_and_networks() {
        let list =
            AllowList::parse(["Chat.Internal.", " 10.0.0.0/8", "::1", "[fd00::1]", ""]).unwrap();
        assert!(list.has_host("chat.internal") && list.has_host("CHAT.internal."));
        assert!(!list.has_host("other.internal"));
        for address in ["10.9.8.7", "::ffff:10.9.8.7", "::1", "fd00::1"] {
            assert!(list.has_address(address.parse().unwrap()), "{address}");
        }
        assert!(!list.has_address("11.0.0.1".parse().unwrap()));
    }

    #[test]
    fn names_the_entry_that_is_none_of_these() {
        for entry in ["http://chat", "chat:80", "10.0.0.0/99", "a..b", "300.1.1.1"] {
            let error = AllowList::parse(["ok.example", entry]).unwrap_err();
            assert_eq!(error.entry, entry);
        }
    }
}
