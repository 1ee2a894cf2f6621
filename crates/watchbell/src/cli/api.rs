//! The API, as commands use it.

use core::time::Duration;

use reqwest::{Certificate, Client, Method, RequestBuilder, Response, StatusCode, Url};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Remote;

const TIMEOUT: Duration = Duration::from_secs(60);

/// How long a file may take to arrive.
const FETCH_TIMEOUT: Duration = Duration::from_secs(24 * 3_600);

/// Why a command did not get its answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// The address is none.
    #[error("--url {0}: write an http or https address such as https://watchbell.example.com")]
    BadUrl(String),
    /// The certificate authority cannot be used.
    #[error("--ca-cert {0}: {1}")]
    BadAuthority(String, String),
    /// Nobody answers.
    #[error("no answer from {url}: {words}; is the server running, and is --url right?")]
    NoAnswer {
        /// The address.
        url: String,
        /// What went wrong.
        words: String,
    },
    /// The token is missing or wrong.
    #[error("{0} does not accept this token; give an API token with --token or WATCHBELL_TOKEN")]
    Unauthorized(String),
    /// The server said no.
    #[error("{url} answered {status}: {words}")]
    Refused {
        /// The address.
        url: String,
        /// The status.
        status: StatusCode,
        /// What it said.
        words: String,
        /// Each thing that is wrong with what was sent.
        issues: Vec<Issue>,
    },
    /// The answer is not the one expected.
    #[error(
        "{url} gave an answer this program does not understand ({words}); are both of one version?"
    )]
    Strange {
        /// The address.
        url: String,
        /// What is odd.
        words: String,
    },
    /// The thing asked for cannot be.
    #[error("{0}")]
    Asked(String),
    /// Something that was checked is not in order; the report says what.
    #[error("{0}")]
    Found(String),
    /// A file cannot be written.
    #[error("{0} cannot be written: {1}")]
    File(String, #[source] std::io::Error),
    /// Nobody said yes.
    #[error("nothing was changed: say yes with --yes, or type yes on a terminal")]
    Unconfirmed,
    /// The answer cannot be shown.
    #[error("cannot write the answer: {0}")]
    Output(#[from] std::io::Error),
}

/// What a refusal looks like (RFC 9457).
#[derive(Default, Deserialize)]
struct Refusal {
    title: Option<String>,
    detail: Option<String>,
    #[serde(default)]
    errors: Vec<Issue>,
}

/// One thing that is wrong with what was sent.
#[derive(Debug, Deserialize)]
pub(crate) struct Issue {
    /// Where: a path such as `steps[1].targets[0]`; empty for the whole.
    pub(crate) field: String,
    /// What is wrong and how to mend it.
    pub(crate) message: String,
}

/// An instance and the right to use it.
pub(crate) struct Api {
    client: Client,
    base: Url,
    token: Option<secrecy::SecretString>,
}

impl Api {
    /// The API of an instance.
    ///
    /// # Errors
    /// When address or certificate authority cannot be used.
    #[expect(
        clippy::disallowed_methods,
        reason = "the guard is against addresses that strangers chose; this one is the operator's own"
    )]
    pub(crate) fn new(remote: &Remote) -> Result<Self, CommandError> {
        let base = Url::parse(&remote.url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| CommandError::BadUrl(remote.url.clone()))?;
        let mut builder = Client::builder().timeout(TIMEOUT);
        if let Some(path) = &remote.ca_cert {
            let bad = |words: String| CommandError::BadAuthority(path.display().to_string(), words);
            let pem = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
            let authorities = Certificate::from_pem_bundle(&pem)
                .map_err(|_| bad("this is no PEM file of certificates".to_owned()))?;
            for authority in authorities {
                builder = builder.add_root_certificate(authority);
            }
        }
        Self::over(builder, base, remote.token.clone())
    }

    /// The API of this very process, on loopback. Its certificate is not checked: it may be made
    /// out to a name, and nobody stands in between.
    ///
    /// # Errors
    /// When the address cannot be used.
    #[expect(
        clippy::disallowed_methods,
        reason = "the guard refuses loopback, and this is it"
    )]
    pub(crate) fn own(
        url: &str,
        token: impl Into<Option<secrecy::SecretString>>,
    ) -> Result<Self, CommandError> {
        let base = Url::parse(url).map_err(|_| CommandError::BadUrl(url.to_owned()))?;
        let builder = Client::builder().timeout(TIMEOUT).no_proxy();
        Self::over(
            builder.tls_danger_accept_invalid_certs(true),
            base,
            token.into(),
        )
    }

    fn over(
        builder: reqwest::ClientBuilder,
        base: Url,
        token: Option<secrecy::SecretString>,
    ) -> Result<Self, CommandError> {
        let client = builder.build().map_err(|error| CommandError::NoAnswer {
            url: base.to_string(),
            words: error.to_string(),
        })?;
        Ok(Self {
            client,
            base,
            token,
        })
    }

    /// What a path answers to GET, whatever it is.
    ///
    /// # Errors
    /// When there is no answer.
    pub(crate) async fn status(&self, path: &str) -> Result<StatusCode, CommandError> {
        let url = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        let answer = self.client.get(&url).send().await;
        answer
            .map(|response| response.status())
            .map_err(|error| CommandError::NoAnswer {
                url,
                words: innermost(&error.without_url()),
            })
    }

    /// Reads something.
    ///
    /// # Errors
    /// When there is no answer, or not the one asked for.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CommandError> {
        self.call(Method::GET, path, None).await
    }

    /// Has something done.
    ///
    /// # Errors
    /// When there is no answer, or not the one asked for.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &serde_json::Value,
    ) -> Result<T, CommandError> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Has a file made; its content is still to be read.
    ///
    /// # Errors
    /// When there is no answer, or not the one asked for.
    pub(crate) async fn fetch(&self, path: &str) -> Result<Response, CommandError> {
        let request = self.request(Method::POST, path).timeout(FETCH_TIMEOUT);
        self.send(request, &self.at(path)).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<T, CommandError> {
        let url = self.at(path);
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = self.send(request, &url).await?;
        let body = response.bytes().await;
        let body = body.map_err(|error| no_answer(error, &url))?;
        serde_json::from_slice(&body).map_err(|error| CommandError::Strange {
            url,
            words: error.to_string(),
        })
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base.as_str().trim_end_matches('/'))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, self.at(path));
        match &self.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        }
    }

    /// Sends a request whose answer must be a good one.
    async fn send(&self, request: RequestBuilder, url: &str) -> Result<Response, CommandError> {
        let response = request.send().await;
        let response = response.map_err(|error| no_answer(error, url))?;
        let status = response.status();
        if status == StatusCode::UNAUTHORIZED {
            let base = self.base.as_str().trim_end_matches('/');
            return Err(CommandError::Unauthorized(base.to_owned()));
        }
        if status.is_success() {
            return Ok(response);
        }
        let body = response.bytes().await;
        let body = body.map_err(|error| no_answer(error, url))?;
        let refusal: Option<Refusal> = serde_json::from_slice(&body).ok();
        let refusal = refusal.unwrap_or_default();
        Err(CommandError::Refused {
            url: url.to_owned(),
            status,
            words: refusal.detail.or(refusal.title).unwrap_or_default(),
            issues: refusal.errors,
        })
    }
}

fn no_answer(error: reqwest::Error, url: &str) -> CommandError {
    CommandError::NoAnswer {
        url: url.to_owned(),
        words: innermost(&error.without_url()),
    }
}

/// The words of the innermost error; the outer ones only say that a request failed.
fn innermost(error: &(dyn core::error::Error + 'static)) -> String {
    let causes = core::iter::successors(Some(error), |error| error.source());
    causes.last().map(ToString::to_string).unwrap_or_default()
}
