//! A webhook that answers 200 and remembers when what came.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::Outcome;
use super::machine::now;

/// A call that came in.
#[derive(Clone)]
pub(crate) struct Arrival {
    /// When all of it was there.
    pub(crate) at: Instant,
    /// What it said.
    pub(crate) body: Bytes,
}

type Arrivals = Arc<Mutex<Vec<Arrival>>>;

/// A listening webhook; gone when dropped.
pub(crate) struct Sink {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    arrivals: Arrivals,
    task: JoinHandle<()>,
}

impl Sink {
    /// Listens on a free port of loopback.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn start() -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let arrivals = Arrivals::default();
        let task = tokio::spawn(serve(listener, Arc::clone(&arrivals)));
        Ok(Self {
            address,
            arrivals,
            task,
        })
    }

    /// How many calls came.
    pub(crate) fn count(&self) -> usize {
        lock(&self.arrivals).len()
    }

    /// The calls so far.
    pub(crate) fn arrivals(&self) -> Vec<Arrival> {
        lock(&self.arrivals).clone()
    }

    /// Waits until so many calls came.
    ///
    /// # Errors
    /// When nothing came any more for `patience`.
    pub(crate) async fn wait_for(&self, calls: usize, patience: Duration) -> Outcome<()> {
        let (mut seen, mut since) = (0, now());
        loop {
            let count = self.count();
            if count >= calls {
                return Ok(());
            }
            if count > seen {
                (seen, since) = (count, now());
            }
            if since.elapsed() > patience {
                return Err(format!("only {count} of {calls} webhooks came").into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, arrivals: Arrivals) {
    while let Ok((stream, _)) = listener.accept().await {
        // Without it answers wait for more to send.
        drop(stream.set_nodelay(true));
        let arrivals = Arc::clone(&arrivals);
        let service = service_fn(move |request| take(request, Arc::clone(&arrivals)));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move { drop(connection.await) });
    }
}

async fn take(
    request: Request<Incoming>,
    arrivals: Arrivals,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if let Ok(body) = request.into_body().collect().await {
        let (at, body) = (now(), body.to_bytes());
        lock(&arrivals).push(Arrival { at, body });
    }
    Ok(Response::new(Full::default()))
}

fn lock(arrivals: &Arrivals) -> std::sync::MutexGuard<'_, Vec<Arrival>> {
    arrivals.lock().unwrap_or_else(PoisonError::into_inner)
}
