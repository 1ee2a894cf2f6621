//! The HTTP face on a real application, a real store in memory, and the real Events v2 dialect.

mod access;
mod edits;
mod enqueue;
mod incidents;
mod itself;
mod links;
mod openapi;
mod test_app;
