//! The render engine: compared with graphite-web, and against random input.

mod expressions;
mod memory;
