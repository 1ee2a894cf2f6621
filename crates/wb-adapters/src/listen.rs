//! Listeners of protocols other than HTTP. What they receive is handed on through a function or a
//! port; they know neither store nor use cases.

pub mod carbon;
pub mod smtp;
