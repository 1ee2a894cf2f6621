//! Everything SQL: transactions on SQLite and PostgreSQL, row mapping, stored JSON, migrations.
//!
//! The bottom is [`db`]: it alone knows that there are two engines. Above it stands one module for
//! each noun, with synchronous functions over a transaction; [`save`] is how decisions are written.

pub mod alerts;
pub mod codec;
pub mod config;
pub mod db;
pub mod incidents;
pub mod outbox;
mod page;
mod read;
pub mod save;

pub use page::{PAGE_ROWS_MAX, Page};
