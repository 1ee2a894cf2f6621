//! Everything SQL: transactions on SQLite and PostgreSQL, row mapping, stored JSON, migrations.
//!
//! The bottom is [`db`]: it alone knows that there are two engines. Above it stands one module for
//! each noun, with synchronous functions over a transaction; [`save`] is how decisions are written.

pub mod alerts;
pub mod bundles;
pub mod changes;
pub mod codec;
pub mod codes;
pub mod config;
pub mod credentials;
pub mod db;
pub mod filters;
pub mod graphs;
pub mod idempotency;
pub mod incidents;
pub mod meta;
pub mod monitors;
pub mod nodes;
pub mod notes;
pub mod notices;
pub mod origin;
pub mod outbox;
mod page;
mod read;
pub mod rechecks;
pub mod record;
pub mod refused;
pub mod responders;
pub mod retention;
pub mod save;
pub mod seals;
pub mod sending;
pub mod service_path;
pub mod sessions;
pub mod signals;
mod stream;
pub mod tokens;
pub mod turns;
pub mod verify;

pub use page::{PAGE_ROWS_MAX, Page};
