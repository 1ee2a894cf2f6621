//! What the HTTP face is given by the binary.

use std::net::SocketAddr;
use std::sync::Arc;

use wb_app::App;
use wb_core::time::Timestamp;
use wb_ports::Inbound;

use crate::demo::Outbox;
use crate::limits::Limits;

/// Renders the metrics in Prometheus' text format.
pub type RenderMetrics = Arc<dyn Fn() -> String + Send + Sync>;

/// Says whether the pager works.
pub type CheckReadiness = Arc<dyn Fn() -> Readiness + Send + Sync>;

/// What every handler needs, wired once by the binary.
#[derive(Clone)]
pub struct HttpState {
    /// The application.
    pub app: Arc<App>,
    /// The dialects that senders speak.
    pub inbound: Arc<[Box<dyn Inbound>]>,
    /// Renders the metrics.
    pub metrics: RenderMetrics,
    /// Whether `/metrics` is open to everybody, because the operator said so.
    pub metrics_public: bool,
    /// Where this process listens.
    pub listeners: Arc<[Listener]>,
    /// Says whether the pager works.
    pub readiness: CheckReadiness,
    /// What this program is.
    pub build: Build,
    /// Limits an operator may change.
    pub limits: Limits,
    /// The demo's sink of messages; none outside the demo, and then its resource does not exist.
    pub demo: Option<Arc<dyn Outbox>>,
}

impl HttpState {
    /// The dialect of a name.
    #[must_use]
    pub fn dialect(&self, name: &str) -> Option<&dyn Inbound> {
        self.inbound
            .iter()
            .find(|inbound| inbound.dialect() == name)
            .map(|inbound| &**inbound)
    }

    /// Whether people reach this instance over https, so that cookies may be marked Secure.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.app
            .settings
            .public_url
            .as_deref()
            .is_some_and(|url| url.starts_with("https://"))
    }
}

/// A listener with the address it really has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// What is spoken there, such as `http`, `https` or `carbon`.
    pub protocol: &'static str,
    /// Where.
    pub address: SocketAddr,
}

/// What this program is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// Its version.
    pub version: &'static str,
    /// When this process started.
    pub started_at: Timestamp,
}

/// Whether the pager works.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// What keeps it from working, in words; empty when it works.
    pub problems: Vec<String>,
}

impl Readiness {
    /// Whether the pager works.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.problems.is_empty()
    }
}
