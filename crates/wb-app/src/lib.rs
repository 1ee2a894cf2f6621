//! Use cases and workers: load, decide, save.
//!
//! A use case is a synchronous function over one transaction ([`wb_store::db::Tx`]); the store runs
//! it, may run it again, and answers after the commit. Everything that decides lives in `wb-core`;
//! everything that touches the world goes through a port and is carried out by a worker
//! ([`workers`]) from what the transaction wrote.

pub mod access;
pub mod app;
pub mod backup;
pub mod caller;
pub mod configure;
pub mod error;
pub mod filters;
pub mod incidents;
pub mod ingest;
pub mod links;
pub mod live;
pub mod monitors;
mod notices;
pub mod rechecks;
pub mod sending;
pub mod us;
pub mod vault;
pub mod verify;
pub mod workers;

pub use app::{App, AppParts, Settings};
pub use caller::Caller;
pub use error::{AppError, FieldProblem};
