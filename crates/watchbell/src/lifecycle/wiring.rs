//! Putting the parts together.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use secrecy::ExposeSecret as _;
use wb_adapters::channels::email::{Smtp, SmtpError};
use wb_adapters::listen::carbon::CarbonListener;
use wb_adapters::net::{AllowList, AllowListError, HttpClient, NetError, NetSettings, Roots};
use wb_adapters::{channels, inbound};
use wb_app::{App, AppParts, Settings};
use wb_http::demo::Outbox;
use wb_http::{Build, ForwardHeader, HttpState, Limits, Listener, Proxies, RenderMetrics};
use wb_ports::{Channels, Disk, MetricSource};

use super::carbon;
use super::listen::Bound;
use super::opening::Opened;
use crate::ambient::{SystemClock, SystemRandom};
use crate::boot::Boot;
use crate::emergency::{Contacts, DeadMan, Watch};

/// The ways out cannot be set up. Most of this was checked with the boot configuration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WiringError {
    /// The HTTP client.
    #[error(transparent)]
    Http(#[from] NetError),
    /// The list of private addresses that may be called.
    #[error(transparent)]
    Allow(#[from] AllowListError),
    /// The mail server.
    #[error(transparent)]
    Smtp(#[from] SmtpError),
    /// The emergency contacts.
    #[error("the boot configuration cannot be used: {0}")]
    Emergency(String),
}

/// What leads to the outside.
pub(super) struct Outside {
    http: HttpClient,
    channels: Channels,
}

/// The guarded HTTP client and the channels over it.
///
/// # Errors
/// When one cannot be set up.
pub(super) fn outside(boot: &Boot) -> Result<Outside, WiringError> {
    let allow = AllowList::parse(boot.outbound.allow.iter().map(String::as_str))?;
    let http = HttpClient::new(NetSettings::new(allow))?;
    let roots = Roots::load();
    let mut servers = Vec::new();
    if let Some(from) = &boot.smtp.from {
        for (_, url) in boot.smtp.servers() {
            servers.push(Smtp::parse(url.expose_secret(), from, &roots)?);
        }
    }
    let channels = channels::all(&http, servers);
    Ok(Outside { http, channels })
}

/// What the application is made of.
pub(super) fn parts(
    boot: &Boot,
    bound_url: &str,
    opened: Opened,
    outside: &Outside,
    metrics: Option<Arc<dyn MetricSource>>,
    clock: &Arc<SystemClock>,
    random: &Arc<SystemRandom>,
) -> AppParts {
    AppParts {
        store: opened.store,
        vault: opened.vault,
        clock: Arc::clone(clock) as _,
        random: Arc::clone(random) as _,
        channels: outside.channels.clone(),
        metrics,
        disk: Some(Arc::new(DataDisk(boot.data.dir.clone()))),
        settings: Settings {
            public_url: Some(public_url(boot, bound_url)),
            link_lifetime: boot.link_lifetime(),
            session_idle: boot.session_idle(),
            signals_kept_days: boot.retention.signals_days,
            signals_kept_bytes: boot.retention.signals_bytes,
            attempts_kept_days: boot.retention.attempts_days,
            sends_at_once: boot.limits.sends_at_once,
            key_file: Some(opened.key_file.display().to_string()),
            node_name: boot.node_name.clone().unwrap_or_else(host_name),
            version: env!("CARGO_PKG_VERSION"),
            dialects: inbound::all()
                .iter()
                .map(|dialect| dialect.dialect())
                .collect(),
        },
        before_deciding: None,
    }
}

/// The disk of the data directory.
struct DataDisk(PathBuf);

impl Disk for DataDisk {
    fn free_bytes(&self) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.0)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}

/// The host's name as the system knows it; empty where it cannot be read.
fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    name.trim().to_owned()
}

/// The address in mails and links: the one given or, on loopback, the one listened on.
fn public_url(boot: &Boot, bound_url: &str) -> String {
    boot.public_url
        .clone()
        .unwrap_or_else(|| bound_url.to_owned())
}

/// The emergency contacts.
///
/// # Errors
/// When one of them could never be reached.
pub(super) fn contacts(boot: &Boot, app: &App, bound_url: &str) -> Result<Contacts, WiringError> {
    let instance = public_url(boot, bound_url);
    let contacts = Contacts::new(
        &boot.emergency,
        app.channels.clone(),
        Arc::clone(&app.clock),
        instance,
    );
    let problems = contacts.problems();
    if !problems.is_empty() {
        return Err(WiringError::Emergency(problems.join("; ")));
    }
    if contacts.is_empty() {
        tracing::warn!(
            "nobody is told when this process cannot reach its database; \
             set emergency.email or emergency.webhook"
        );
    }
    Ok(contacts)
}

/// The dead-man's ping, if one is wanted.
pub(super) fn dead_man(boot: &Boot, outside: &Outside) -> Option<DeadMan> {
    let url = boot.deadman_url.clone()?;
    Some(DeadMan {
        http: outside.http.clone(),
        url,
    })
}

/// What the HTTP face needs.
pub(super) fn http_state(
    boot: &Boot,
    app: &Arc<App>,
    listeners: Arc<[Listener]>,
    metrics: RenderMetrics,
    watch: Watch,
    demo: Option<Arc<dyn Outbox>>,
) -> HttpState {
    HttpState {
        app: Arc::clone(app),
        inbound: inbound::all().into(),
        metrics,
        metrics_public: boot.metrics_public,
        listeners,
        proxies: Arc::new(proxies(boot)),
        readiness: Arc::new(move || watch.readiness()),
        build: Build {
            version: env!("CARGO_PKG_VERSION"),
            started_at: app.clock.now(),
        },
        limits: Limits::default(),
        demo,
    }
}

/// The proxies that are trusted. What cannot be read was refused with the boot configuration.
fn proxies(boot: &Boot) -> Proxies {
    let header = ForwardHeader::named(&boot.http.client_address_header).unwrap_or_default();
    let entries = boot.http.trusted_proxies.iter().map(String::as_str);
    Proxies::parse(entries, header).unwrap_or_default()
}

/// Where this process listens, for the status.
pub(super) fn listeners(http: &Bound, carbon: Option<&CarbonListener>) -> Arc<[Listener]> {
    let is_https = http.url.starts_with("https");
    let http = Listener {
        protocol: if is_https { "https" } else { "http" },
        address: http.address,
        intake: None,
    };
    let carbon = carbon.map(|listener| {
        let counters = listener.counters();
        Listener {
            protocol: "carbon",
            address: listener.address(),
            intake: Some(Arc::new(move || carbon::intake(&counters))),
        }
    });
    core::iter::once(http).chain(carbon).collect()
}
