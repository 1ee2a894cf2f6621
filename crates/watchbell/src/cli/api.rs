//! The API, as commands use it.

use core::time::Duration;

use reqwest::{Certificate, Client, Method, StatusCode, Url};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Remote;

const TIMEOUT: Duration = Duration::from_secs(60);

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
    pub(crate) fn own(url: &str, token: secrecy::SecretString) -> Result<Self, CommandError> {
        let base = Url::parse(url).map_err(|_| CommandError::BadUrl(url.to_owned()))?;
        let builder = Client::builder().timeout(TIMEOUT).no_proxy();
        Self::over(
            builder.tls_danger_accept_invalid_certs(true),
            base,
            Some(token),
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

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<T, CommandError> {
        let base = self.base.as_str().trim_end_matches('/');
        let url = format!("{base}{path}");
        let no_answer = |error: reqwest::Error| CommandError::NoAnswer {
            url: url.clone(),
            words: innermost(&error.without_url()),
        };
        let mut request = self.client.request(method, &url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose_secret());
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(no_answer)?;
        let status = response.status();
        let body = response.bytes().await.map_err(no_answer)?;
        if status == StatusCode::UNAUTHORIZED {
            return Err(CommandError::Unauthorized(base.to_owned()));
        }
        if !status.is_success() {
            let refusal: Option<Refusal> = serde_json::from_slice(&body).ok();
            let refusal = refusal.unwrap_or_default();
            let words = refusal.detail.or(refusal.title).unwrap_or_default();
            return Err(CommandError::Refused {
                url,
                status,
                words,
                issues: refusal.errors,
            });
        }
        serde_json::from_slice(&body).map_err(|error| CommandError::Strange {
            url,
            words: error.to_string(),
        })
    }
}

/// The words of the innermost error; the outer ones only say that a request failed.
fn innermost(error: &(dyn core::error::Error + 'static)) -> String {
    let causes = core::iter::successors(Some(error), |error| error.source());
    causes.last().map(ToString::to_string).unwrap_or_default()
}
