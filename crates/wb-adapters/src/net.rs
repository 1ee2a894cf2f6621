//! The one guarded client for outbound HTTP.
//!
//! People and tokens may choose addresses that we then call (webhooks, push servers), so an address
//! could point back into the network we stand in. Every outbound HTTP request therefore goes
//! through [`HttpClient`], which resolves names itself and refuses private, loopback, link-local,
//! shared, metadata and other special addresses, unless the boot configuration allows them
//! (`WATCHBELL__OUTBOUND__ALLOW`). It follows no redirects, uses no proxy from the environment,
//! keeps a deadline and reads a bounded answer. Errors never contain the address called.

mod allow;
mod client;
mod guard;
mod roots;

pub use allow::{AllowList, AllowListError};
pub use client::{HttpClient, HttpRequest, HttpResponse, NetError, NetSettings};
pub use guard::{Lookup, SystemLookup, is_special};
pub use roots::Roots;
