//! Who is let in or trusted by address: the entries of settings that name machines and networks.

use core::net::IpAddr;

use ipnet::IpNet;

/// An entry that is neither an address nor a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an address such as 10.0.0.7 nor a network such as 10.0.0.0/8")]
pub struct BadNetwork(pub String);

/// Reads addresses and networks, an address as the network it is alone in.
///
/// # Errors
/// The first entry that is neither.
pub fn networks<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Vec<IpNet>, BadNetwork> {
    let network = |entry: &'a str| {
        let entry = entry.trim();
        let address = || entry.parse::<IpAddr>().map(IpNet::from);
        let network = entry.parse::<IpNet>();
        network
            .or_else(|_| address())
            .map_err(|_| BadNetwork(entry.to_owned()))
    };
    entries.into_iter().map(network).collect()
}
