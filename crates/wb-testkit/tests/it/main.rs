//! The fake counterparts, driven by real clients.

// Marked as test code, so that helpers beside the tests may unwrap.
#[cfg(test)]
mod http;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod python;
