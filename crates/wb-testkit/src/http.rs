//! A web server inside the test that records every request and answers from a script.

use std::{
    collections::{BTreeMap, VecDeque},
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, StatusCode,
    body::{Bytes, Incoming},
    header::{HeaderName, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::{Error, background::Background, record::Record};

/// One request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `POST` and so on.
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// The query, or nothing.
    pub query: String,
    /// The headers, names in small letters.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A header, if it is there and is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When it is not JSON.
    pub fn json(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }
}

/// What to answer.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A normal answer, perhaps late.
    Answer {
        /// The status code.
        status: u16,
        /// More headers, such as `location` or `retry-after`.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
        /// How long to wait first.
        delay: Duration,
    },
    /// The request is recorded and the connection closed without an answer.
    Close,
    /// The request is recorded and no answer ever comes.
    Hang,
}

impl Reply {
    /// A status with an empty body, at once.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Answer {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            delay: Duration::ZERO,
        }
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// The same answer with this body.
    #[must_use]
    pub fn with_body(mut self, text: impl Into<Vec<u8>>) -> Self {
        if let Self::Answer { body, .. } = &mut self {
            *body = text.into();
        }
        self
    }

    /// The same answer, later.
    #[must_use]
    pub fn after(mut self, wait: Duration) -> Self {
        if let Self::Answer { delay, .. } = &mut self {
            *delay = wait;
        }
        self
    }
}

/// The web server.
pub struct Sink {
    background: Background,
    shared: Arc<Shared>,
}

struct Shared {
    requests: Record<Request>,
    scripts: Mutex<BTreeMap<String, Script>>,
}

/// The answers for one path: one after the other, and the last one for ever.
type Script = VecDeque<Reply>;

impl Sink {
    /// Starts a server on a free port of loopback that answers 200 to everything.
    ///
    /// # Errors
    /// When no port can be opened.
    pub fn start() -> Result<Self, Error> {
        let shared = Arc::new(Shared {
            requests: Record::new(),
            scripts: Mutex::default(),
        });
        let served = Arc::clone(&shared);
        let background = Background::start("http-sink", move |listener| serve(listener, served))?;
        Ok(Self { background, shared })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.background.address()
    }

    /// The URL of a path (`/hook`).
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// From now on this path answers these one after the other, and the last one for ever.
    pub fn script(&self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        let mut scripts = self
            .shared
            .scripts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        scripts.insert(path.to_owned(), replies.into_iter().collect());
    }

    /// The requests so far, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.all()
    }

    /// Waits until at least `count` requests have come.
    ///
    /// # Errors
    /// When they have not come before the deadline. (Real time: not for a paused runtime.)
    pub async fn wait_for(&self, count: usize, deadline: Duration) -> Result<Vec<Request>, Error> {
        self.shared
            .requests
            .wait_for(count, deadline, "requests")
            .await
    }
}

impl Shared {
    fn next_reply(&self, path: &str) -> Reply {
        let mut scripts = self.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(script) = scripts.get_mut(path) else {
            return Reply::status(200);
        };
        let next = if script.len() > 1 {
            script.pop_front()
        } else {
            script.front().cloned()
        };
        next.unwrap_or_else(|| Reply::status(200))
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, &shared));
            // A client that goes away, or that we hang up on, is part of the game.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// Hyper closes the connection when a service fails, which is what `Reply::Close` asks for.
#[derive(Debug, thiserror::Error)]
enum NoAnswer {
    #[error("the script says to hang up")]
    Close,
    #[error(transparent)]
    Broken(#[from] hyper::Error),
}

async fn answer(
    request: hyper::Request<Incoming>,
    shared: &Shared,
) -> Result<hyper::Response<Full<Bytes>>, NoAnswer> {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let request = Request {
        method: head.method.to_string(),
        path: path.clone(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: body.collect().await?.to_bytes().to_vec(),
    };
    let reply = shared.next_reply(&path);
    shared.requests.push(request);
    match reply {
        Reply::Close => Err(NoAnswer::Close),
        Reply::Hang => match std::future::pending::<Infallible>().await {},
        Reply::Answer {
            status,
            headers,
            body,
            delay,
        } => {
            tokio::time::sleep(delay).await;
            let mut response = hyper::Response::new(Full::from(body));
            *response.status_mut() =
                StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            for (name, value) in headers {
                let name = HeaderName::try_from(name);
                if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
                    response.headers_mut().append(name, value);
                }
            }
            Ok(response)
        }
    }
}
