//! An HTTP client over kept connections, and the load made of many.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::Outcome;
use super::machine::now;

/// A kept connection.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    token: Option<String>,
}

/// An answer.
pub(crate) struct Answer {
    /// What came of it.
    pub(crate) status: StatusCode,
    /// The body as it came over the wire.
    pub(crate) body: Bytes,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub(crate) async fn open(address: SocketAddr, token: Option<&str>) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Its errors come out of the requests.
        tokio::spawn(async move { drop(connection.await) });
        Ok(Self {
            sender,
            host: address.to_string(),
            token: token.map(|token| format!("Bearer {token}")),
        })
    }

    /// Sends a JSON body and reads the answer.
    ///
    /// # Errors
    /// When the connection breaks.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Outcome<Answer> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, &self.host)
            .header(ACCEPT_ENCODING, "identity");
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token);
        }
        self.exchange(request.body(Full::new(body))?).await
    }

    /// Gets a file as a browser does: compressed, or (`identity`) to read it.
    ///
    /// # Errors
    /// When the connection breaks.
    pub(crate) async fn get(&mut self, path: &str, encodings: &str) -> Outcome<Answer> {
        let request = Request::get(path)
            .header(HOST, &self.host)
            .header(ACCEPT, "text/html, */*")
            .header(ACCEPT_ENCODING, encodings);
        self.exchange(request.body(Full::default())?).await
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Outcome<Answer> {
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let (head, body) = answer.into_parts();
        Ok(Answer {
            status: head.status,
            body: body.collect().await?.to_bytes(),
        })
    }
}

/// Many requests over many connections, each of which sends its next when the last is answered.
#[derive(Clone)]
pub(crate) struct Load {
    /// Where they go.
    pub(crate) address: SocketAddr,
    /// The path.
    pub(crate) path: &'static str,
    /// How many connections.
    pub(crate) connections: usize,
    /// How many requests.
    pub(crate) requests: usize,
    /// Makes the body of a request from its number.
    pub(crate) body: Arc<dyn Fn(usize) -> Bytes + Send + Sync>,
    /// Ends the load early when set.
    pub(crate) stop: Arc<AtomicBool>,
}

/// What a load came to.
pub(crate) struct Loaded {
    /// When the first request went out.
    pub(crate) begun: Instant,
    /// Until the last answer.
    pub(crate) took: Duration,
    /// From sending to the whole answer, sorted.
    pub(crate) latencies: Vec<Duration>,
}

impl Loaded {
    /// Answers a second.
    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }
}

impl Load {
    /// Runs it; the connections are open before the clock starts.
    ///
    /// # Errors
    /// When one request is not answered 2xx.
    pub(crate) async fn run(self) -> Outcome<Loaded> {
        let mut connections = Vec::new();
        for _ in 0..self.connections {
            connections.push(Connection::open(self.address, None).await?);
        }
        let next = Arc::new(AtomicUsize::new(0));
        let begun = now();
        let mut tasks = JoinSet::new();
        for connection in connections {
            tasks.spawn(self.clone().drive(connection, Arc::clone(&next)));
        }
        let mut latencies = Vec::with_capacity(self.requests.min(1 << 20));
        while let Some(done) = tasks.join_next().await {
            latencies.extend(done??);
        }
        let took = begun.elapsed();
        latencies.sort_unstable();
        Ok(Loaded {
            begun,
            took,
            latencies,
        })
    }

    async fn drive(
        self,
        mut connection: Connection,
        next: Arc<AtomicUsize>,
    ) -> Outcome<Vec<Duration>> {
        let mut latencies = Vec::new();
        while !self.stop.load(Relaxed) {
            let number = next.fetch_add(1, Relaxed);
            if number >= self.requests {
                break;
            }
            let body = (self.body)(number);
            let sent = now();
            let answer = connection.send(Method::POST, self.path, body).await?;
            if !answer.status.is_success() {
                let text = String::from_utf8_lossy(&answer.body);
                return Err(format!("{} {}: {text}", self.path, answer.status).into());
            }
            latencies.push(sent.elapsed());
        }
        Ok(latencies)
    }
}

/// The value below which this share of the sorted values lies.
pub(crate) fn quantile(sorted: &[Duration], share: f64) -> Duration {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    let found = sorted.get(rank.clamp(1, sorted.len().max(1)) - 1);
    found.copied().unwrap_or_default()
}
