//! The client itself.

use core::error::Error;
use core::time::Duration;
use std::sync::Arc;

use http::{HeaderMap, Method, StatusCode};
use reqwest::{Client, Url, redirect};
use wb_core::incident::FailureReason;

use super::allow::AllowList;
use super::guard::{Forbidden, Guard, Lookup, SystemLookup};
use super::roots::Roots;

/// Bytes of an answer that are read; the rest is dropped, since only its first words are shown.
const ANSWER_BYTES: usize = 16_384;

/// The longest wait for a connection; a request's own timeout may be shorter.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How the client is set up.
pub struct NetSettings {
    /// Special addresses that may be called all the same.
    pub allow: AllowList,
    /// Trusted certificate authorities.
    pub roots: Roots,
    /// How names are looked up.
    pub lookup: Arc<dyn Lookup>,
}

impl NetSettings {
    /// The settings of a running instance.
    #[must_use]
    pub fn new(allow: AllowList) -> Self {
        Self {
            allow,
            roots: Roots::load(),
            lookup: Arc::new(SystemLookup),
        }
    }
}

/// The guarded client; clones share one pool of connections.
#[derive(Clone)]
pub struct HttpClient {
    client: Client,
    guard: Guard,
}

/// One request.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The whole address.
    pub url: String,
    /// Headers besides the client's own.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Vec<u8>,
    /// How long the whole exchange may take.
    pub timeout: Duration,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The first 16 KiB of the body.
    pub body: Vec<u8>,
}

/// Why there is no answer. The words never contain the address, which may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// The client could not be set up.
    #[error("the HTTP client could not be set up: {0}")]
    SetUp(String),
    /// Not an address that can be called.
    #[error("this is no http or https address")]
    BadUrl,
    /// The address is private or special.
    #[error(
        "the address is private or special; it can be allowed by outbound.allow in the boot configuration"
    )]
    Forbidden,
    /// No connection.
    #[error("no connection: {0}")]
    Unreachable(String),
    /// The time was over before an answer came; the request may have been taken.
    #[error("no answer in time")]
    TimedOut,
    /// The connection broke off before an answer came; the request may have been taken.
    #[error("the connection broke off before an answer")]
    BrokenOff,
}

impl NetError {
    /// The closed reason of a failed attempt.
    #[must_use]
    pub const fn reason(&self) -> FailureReason {
        match self {
            Self::SetUp(_) | Self::BadUrl => FailureReason::Misconfigured,
            Self::Forbidden => FailureReason::Forbidden,
            Self::Unreachable(_) => FailureReason::Unreachable,
            Self::TimedOut | Self::BrokenOff => FailureReason::NoAnswer,
        }
    }
}

impl HttpClient {
    /// A client with these settings.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that builds a client"
    )]
    pub fn new(settings: NetSettings) -> Result<Self, NetError> {
        let tls = settings
            .roots
            .client_config()
            .map_err(|e| NetError::SetUp(e.to_string()))?;
        let guard = Guard::new(settings.allow, settings.lookup);
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Arc::new(guard.clone()))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("Watchbell/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| NetError::SetUp(root_cause(&e.without_url())))?;
        Ok(Self { client, guard })
    }

    /// Checks an address without calling it: scheme, and a literal IP address. A name is judged
    /// when it is resolved.
    ///
    /// # Errors
    /// [`NetError::BadUrl`] or [`NetError::Forbidden`].
    pub fn check_url(&self, url: &str) -> Result<(), NetError> {
        self.parse(url).map(|_| ())
    }

    /// Makes one request and reads the beginning of its answer.
    ///
    /// # Errors
    /// When there is no answer; an answer of any status is a success here, a redirect too.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, NetError> {
        let url = self.parse(&request.url)?;
        let mut response = self
            .client
            .request(request.method, url)
            .headers(request.headers)
            .timeout(request.timeout)
            .body(request.body)
            .send()
            .await
            .map_err(classify)?;
        let status = response.status();
        let headers = response.headers().clone();
        let mut body = Vec::new();
        // The status decides; a body that breaks off is as good as a short one.
        while let Ok(Some(chunk)) = response.chunk().await {
            let room = ANSWER_BYTES - body.len();
            body.extend(chunk.iter().take(room));
            if body.len() == ANSWER_BYTES {
                break;
            }
        }
        Ok(HttpResponse {
            status,
            headers,
            body,
        })
    }

    fn parse(&self, url: &str) -> Result<Url, NetError> {
        let url = Url::parse(url.trim()).map_err(|_| NetError::BadUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NetError::BadUrl);
        }
        let host = url.host_str().ok_or(NetError::BadUrl)?;
        self.guard
            .check_literal(host)
            .map_err(|Forbidden| NetError::Forbidden)?;
        Ok(url)
    }
}

fn classify(error: reqwest::Error) -> NetError {
    let error = error.without_url();
    if causes(&error).any(|cause| cause.is::<Forbidden>()) {
        NetError::Forbidden
    } else if error.is_connect() {
        NetError::Unreachable(root_cause(&error))
    } else if error.is_builder() {
        NetError::BadUrl
    } else if error.is_timeout() {
        NetError::TimedOut
    } else {
        NetError::BrokenOff
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    core::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        (*error).source()
    })
}

/// The words of the innermost error: the outer ones only repeat what the kind says.
fn root_cause(error: &(dyn Error + 'static)) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}
