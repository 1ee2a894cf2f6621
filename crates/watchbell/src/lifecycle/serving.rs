//! The HTTP server.

use core::time::Duration;
use std::io;
use std::net::{SocketAddr, TcpListener};

use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::TokioTimer;
use tokio::task::JoinHandle;
use wb_http::HttpState;

use super::ServeError;
use crate::boot::Tls;

/// How long a client may take for a request's head, and keep a connection it does not use. Longer
/// than the 60 s that proxies usually keep theirs, so that they never send into a closing one.
const HEADERS_WITHIN: Duration = Duration::from_secs(75);

/// Reads certificate and key, if they are given.
///
/// # Errors
/// When they cannot be read or used.
pub(super) async fn tls(tls: &Tls) -> Result<Option<RustlsConfig>, ServeError> {
    let (Some(cert), Some(key)) = (&tls.cert_file, &tls.key_file) else {
        return Ok(None);
    };
    let config = RustlsConfig::from_pem_file(cert, key).await;
    config.map(Some).map_err(|source| ServeError::Tls {
        cert: cert.display().to_string(),
        key: key.display().to_string(),
        source,
    })
}

/// A running server.
pub(super) struct Server {
    handle: Handle<SocketAddr>,
    task: JoinHandle<io::Result<()>>,
}

/// Serves on a bound socket, from now on.
///
/// # Errors
/// When the socket cannot be used.
pub(super) fn start(
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    state: HttpState,
) -> io::Result<Server> {
    let handle = Handle::new();
    let service = wb_http::router(state).into_make_service_with_connect_info::<SocketAddr>();
    // Answers are small and written at once; waiting to fill a packet would only delay them.
    let mut server = axum_server::from_tcp(listener)?.handle(handle.clone());
    server
        .http_builder()
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(Some(HEADERS_WITHIN));
    let task = match tls {
        Some(config) => {
            let acceptor = RustlsAcceptor::new(config).acceptor(NoDelayAcceptor);
            tokio::spawn(server.acceptor(acceptor).serve(service))
        }
        None => tokio::spawn(server.acceptor(NoDelayAcceptor).serve(service)),
    };
    Ok(Server { handle, task })
}

impl Server {
    /// Waits until the server ends by itself, which it should not, and says why it did.
    pub(super) async fn ended(&mut self) -> io::Error {
        match (&mut self.task).await {
            Ok(Ok(())) => io::Error::other("it was told to"),
            Ok(Err(error)) => error,
            Err(error) => io::Error::other(error),
        }
    }

    /// Accepts nothing more and waits for the requests under way, at most for `patience`.
    pub(super) async fn drain(&mut self, patience: Duration) {
        self.handle.graceful_shutdown(Some(patience));
        if !self.task.is_finished()
            && let Err(error) = (&mut self.task).await
        {
            tracing::error!(%error, "the server ended badly");
        }
    }
}
