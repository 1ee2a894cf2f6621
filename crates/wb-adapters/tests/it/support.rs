//! A small HTTP server on loopback that answers as told and remembers what it got.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode, Uri};
use wb_adapters::net::{AllowList, HttpClient, Lookup, NetSettings, Roots, SystemLookup};

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Got {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .expect("the header")
            .to_str()
            .expect("text")
    }
}

/// How the server answers.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// With a status, headers and a body.
    With(u16, Vec<(&'static str, String)>, String),
    /// With a status and everything it got, for tests that secrets are not repeated.
    Echo(u16),
    /// Never.
    Silence,
}

#[derive(Clone)]
struct Shared {
    answer: Answer,
    got: Arc<Mutex<Vec<Got>>>,
}

/// The server; stops when the test's runtime does.
pub(crate) struct HttpSink {
    pub(crate) address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
}

impl HttpSink {
    pub(crate) async fn start(answer: Answer) -> Self {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("bind");
        let address = listener.local_addr().expect("address");
        let got = Arc::default();
        let shared = Shared {
            answer,
            got: Arc::clone(&got),
        };
        let router = Router::new().fallback(take).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, got }
    }

    pub(crate) async fn ok() -> Self {
        Self::start(Answer::With(200, vec![], "{}".to_owned())).await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().expect("lock").clone()
    }

    pub(crate) fn only(&self) -> Got {
        let got = self.got();
        assert_eq!(got.len(), 1, "{got:?}");
        got.into_iter().next().expect("one")
    }
}

async fn take(
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let echo = format!("{uri} {headers:?} {}", String::from_utf8_lossy(&body));
    shared.got.lock().expect("lock").push(Got {
        method,
        uri,
        headers,
        body: body.to_vec(),
    });
    match shared.answer {
        Answer::With(status, headers, text) => {
            let mut response = Response::new(text.into());
            *response.status_mut() = StatusCode::from_u16(status).expect("a status");
            for (name, value) in headers {
                response
                    .headers_mut()
                    .insert(name, value.parse().expect("a header value"));
            }
            response
        }
        Answer::Echo(status) => {
            let mut response = Response::new(echo.into());
            *response.status_mut() = StatusCode::from_u16(status).expect("a status");
            response
        }
        Answer::Silence => std::future::pending().await,
    }
}

/// A resolver that knows these names and no others.
pub(crate) struct FakeLookup(pub(crate) BTreeMap<&'static str, Vec<IpAddr>>);

#[async_trait::async_trait]
impl Lookup for FakeLookup {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        self.0
            .get(host)
            .cloned()
            .ok_or_else(|| io::Error::other("no such name"))
    }
}

/// A client that may call what `allow` lists.
pub(crate) fn client(allow: &[&str]) -> HttpClient {
    client_with(allow, SystemLookup, Roots::load())
}

pub(crate) fn client_with(
    allow: &[&str],
    lookup: impl Lookup + 'static,
    roots: Roots,
) -> HttpClient {
    let allow = AllowList::parse(allow.iter().copied()).expect("an allow list");
    HttpClient::new(NetSettings {
        allow,
        roots,
        lookup: Arc::new(lookup),
    })
    .expect("a client")
}
