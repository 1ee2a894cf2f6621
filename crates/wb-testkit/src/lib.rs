//! The test kit: real counterparts for tests, never a dependency of shipped code.
//!
//! - [`smtp`]: a mail server inside the test, with STARTTLS, implicit TLS and login, that keeps what
//!   it receives and can refuse, hang or break off for single recipients.
//! - [`python`]: the pinned Python environment, and `aiosmtpd`, a mail server that is not ours, in
//!   a process of its own.
//! - [`http`]: a web server inside the test that records requests and answers from a script.
//! - [`pg`]: a PostgreSQL cluster shared by all tests, and a fresh database in it for each.
//! - [`tls`]: a certificate authority and a server certificate for one test.
//! - [`Mail`]: a received mail taken apart.
//!
//! Every server listens on a free port of loopback, runs on a thread or process of its own, and
//! stops when dropped. Nothing here panics: a test unwraps the [`Error`], which says what was
//! missing.

use std::{io, time::Duration};

mod background;
pub mod http;
mod mail;
pub mod pg;
pub mod python;
mod record;
pub mod smtp;
pub mod tls;

pub use mail::Mail;

/// Why a counterpart could not be had, or what did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The machine refused a port, a file or a process.
    #[error("the machine refused: {0}")]
    Io(#[from] io::Error),
    /// No certificate could be made.
    #[error("no certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library refused the certificate.
    #[error("no TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The Python environment is not there.
    #[error("no Python environment in target/py; run `cargo xtask setup`")]
    NoPython,
    /// A Python program failed.
    #[error("Python said: {0}")]
    Python(String),
    /// Less came than was waited for.
    #[error("{got} of {wanted} {what} came within {deadline:?}")]
    TooFew {
        /// Mails, requests.
        what: &'static str,
        /// How many were waited for.
        wanted: usize,
        /// How many came.
        got: usize,
        /// How long was waited.
        deadline: Duration,
    },
}
