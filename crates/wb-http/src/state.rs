//! What the HTTP face is given by the binary.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use wb_app::App;
use wb_core::time::Timestamp;
use wb_ports::Inbound;

use crate::demo::Outbox;
use crate::limits::Limits;
use crate::proxies::Proxies;

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
    /// The proxies in front, by which it is told who calls.
    pub proxies: Arc<Proxies>,
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
#[derive(Clone)]
pub struct Listener {
    /// What is spoken there, such as `http`, `https` or `carbon`.
    pub protocol: &'static str,
    /// Where.
    pub address: SocketAddr,
    /// Counts the samples that come in there; none where none do.
    pub intake: Option<CountIntake>,
}

/// Tells what a listener for samples took in so far.
pub type CountIntake = Arc<dyn Fn() -> Intake + Send + Sync>;

/// What a listener for samples took in since it started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intake {
    /// Connections that are open.
    pub connections_open: u64,
    /// Samples stored.
    pub samples: u64,
    /// Lines that could not be read.
    pub bad_lines: u64,
    /// Samples of good lines that were not stored.
    pub dropped: u64,
    /// Connections and datagrams of peers that may not send.
    pub refused_peers: u64,
    /// The last lines that could not be read, the oldest first.
    pub recent_bad_lines: Vec<IntakeFault>,
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntakeFault {
    /// When it came.
    pub at: Timestamp,
    /// Who sent it.
    pub peer: IpAddr,
    /// What is wrong with it, in one fixed word.
    pub reason: &'static str,
    /// Its beginning, escaped.
    pub line: String,
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
