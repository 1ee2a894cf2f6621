//! The application: what every use case and worker needs, wired once by the binary.

use core::time::Duration;
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use tokio::sync::Notify;
use uuid::Uuid;
use wb_core::config::Config;
use wb_core::ids::{NodeId, ServiceId};
use wb_core::time::Timestamp;
use wb_ports::{Channels, Clock, Disk, MetricSource, Random};
use wb_store::db::{Lane, Store, Tx};
use wb_store::nodes::Node;

use crate::error::AppError;
use crate::live::Live;
use crate::us::Troubles;
use crate::vault::Vault;
use crate::workers::{Board, Room, Sends};

/// How often a use case is redone because the configuration moved under it.
const CONFIG_REDOS_MAX: u32 = 8;

/// What the operator set in the boot configuration, as far as use cases need it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where people reach this instance, without a slash at the end; none means links are left out.
    pub public_url: Option<String>,
    /// How long acknowledge and resolve links work.
    pub link_lifetime: Duration,
    /// How long a browser session lasts without being used.
    pub session_idle: Duration,
    /// Days for which signals are kept.
    pub signals_kept_days: u32,
    /// Bytes of signal bodies that are kept at most.
    pub signals_kept_bytes: u64,
    /// Days for which the details of attempts are kept.
    pub attempts_kept_days: u32,
    /// Attempts under way at once on this node.
    pub sends_at_once: usize,
    /// The dialects an integration may have; the binary passes those it has an adapter for.
    pub dialects: Vec<&'static str>,
    /// Where this node's key file lies, to remind people of it.
    pub key_file: Option<String>,
    /// What the operator calls this node.
    pub node_name: String,
    /// The release this node runs.
    pub version: &'static str,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: None,
            link_lifetime: Duration::from_secs(24 * 3_600),
            session_idle: Duration::from_secs(14 * 24 * 3_600),
            signals_kept_days: 14,
            signals_kept_bytes: 10 << 30,
            attempts_kept_days: 90,
            sends_at_once: 64,
            key_file: None,
            node_name: String::new(),
            version: env!("CARGO_PKG_VERSION"),
            dialects: vec!["events_v2"],
        }
    }
}

/// What the application is made of.
pub struct AppParts {
    /// The database.
    pub store: Store,
    /// The instance's keys.
    pub vault: Vault,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The ways out.
    pub channels: Channels,
    /// Where monitors and graphs read their points; none on a node that keeps no metrics.
    pub metrics: Option<Arc<dyn MetricSource>>,
    /// The disk that holds the data directory; none where it does not matter.
    pub disk: Option<Arc<dyn Disk>>,
    /// What the operator set.
    pub settings: Settings,
    /// Runs before each event is decided; tests plant faults here, the program passes none.
    pub before_deciding: Option<Probe>,
}

/// A function that is shown each event before it is decided.
pub type Probe = Arc<dyn Fn(&wb_core::event::Event) + Send + Sync>;

/// The application.
pub struct App {
    /// The database.
    pub store: Store,
    /// The instance's keys.
    pub vault: Vault,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The ways out.
    pub channels: Channels,
    /// Where monitors and graphs read their points; none on a node that keeps no metrics.
    pub metrics: Option<Arc<dyn MetricSource>>,
    /// What the operator set.
    pub settings: Settings,
    /// This process.
    pub node: Node,
    /// Wakes the sender: something may be due.
    pub sender_poke: Notify,
    /// Wakes the timers: a wake-up may have come nearer.
    pub timers_poke: Notify,
    /// Wakes what sends notices.
    pub notices_poke: Notify,
    /// What the workers last did.
    pub board: Board,
    /// The attempts under way on this node.
    pub sends: Sends,
    /// Tells views what changed.
    pub live: Live,
    /// What is wrong with this node while it pages.
    pub troubles: Troubles,
    /// What gives way while the disk runs low.
    pub room: Room,
    pub(crate) disk: Option<Arc<dyn Disk>>,
    pub(crate) told: crate::us::Told,
    pub(crate) before_deciding: Option<Probe>,
    pub(crate) monitors: crate::monitors::Memory,
    pub(crate) batcher: crate::ingest::Batcher,
    pub(crate) refusals: crate::ingest::Refusals,
    pub(crate) passwords: crate::access::Passwords,
    pub(crate) catch_all: OnceLock<ServiceId>,
    config: ArcSwap<Config>,
}

impl App {
    /// Wires the application and loads the configuration.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn start(parts: AppParts) -> Result<Arc<Self>, AppError> {
        let config = parts
            .store
            .read(|tx| Ok::<_, AppError>(wb_store::config::load_all(tx)?))
            .await?;
        let node = announce(&parts).await?;
        Ok(Arc::new(Self {
            batcher: crate::ingest::Batcher::default(),
            refusals: crate::ingest::Refusals::default(),
            passwords: crate::access::Passwords::default(),
            catch_all: OnceLock::new(),
            sends: Sends::new(parts.settings.sends_at_once),
            store: parts.store,
            vault: parts.vault,
            clock: parts.clock,
            random: parts.random,
            channels: parts.channels,
            metrics: parts.metrics,
            monitors: crate::monitors::Memory::default(),
            settings: parts.settings,
            before_deciding: parts.before_deciding,
            node,
            sender_poke: Notify::new(),
            timers_poke: Notify::new(),
            notices_poke: Notify::new(),
            board: Board::default(),
            config: ArcSwap::from_pointee(config),
            live: Live::default(),
            troubles: Troubles::default(),
            room: Room::default(),
            disk: parts.disk,
            told: crate::us::Told::default(),
        }))
    }

    /// The configuration as this node knows it.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        self.config.load_full()
    }

    /// Loads the configuration again if its epoch moved.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn refresh_config(&self) -> Result<Arc<Config>, AppError> {
        let known = self.config().epoch;
        let fresh = self
            .store
            .read(move |tx| {
                if wb_store::config::epoch(tx)? == known {
                    return Ok::<_, AppError>(None);
                }
                Ok(Some(wb_store::config::load_all(tx)?))
            })
            .await?;
        if let Some(config) = fresh {
            self.config.store(Arc::new(config));
        }
        Ok(self.config())
    }

    /// Runs a use case that decides by the configuration: inside the transaction the epoch is
    /// compared, and when it moved the use case is redone with the new configuration.
    ///
    /// # Errors
    /// What the use case, or the store, says.
    pub async fn decide<T, F>(&self, lane: Lane, use_case: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Config) -> Result<T, AppError> + Clone + Send + 'static,
    {
        for _ in 0..CONFIG_REDOS_MAX {
            let config = self.config();
            let run = use_case.clone();
            let result = self
                .store
                .write(lane, move |tx| {
                    check_epoch(tx, &config)?;
                    run(tx, &config)
                })
                .await;
            match result {
                Err(AppError::ConfigMoved) => drop(self.refresh_config().await?),
                other => return other,
            }
        }
        Err(AppError::Busy {
            retry_after_ms: 1_000,
        })
    }

    /// The time of decisions.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new id for an input, a signal, a token: time-ordered and unpredictable.
    #[must_use]
    pub fn fresh_id(&self) -> Uuid {
        fresh_uuid(&*self.clock, &*self.random)
    }
}

/// Makes this node known before it claims anything, so that no peer takes its claims for those of a
/// process that is gone.
async fn announce(parts: &AppParts) -> Result<Node, AppError> {
    let node = Node {
        id: NodeId(fresh_uuid(&*parts.clock, &*parts.random)),
        name: parts.settings.node_name.clone(),
        key_id: parts.vault.key_id().to_owned(),
        beat: 0,
        started_at: parts.clock.now(),
        version: parts.settings.version.to_owned(),
        url: parts.settings.public_url.clone(),
    };
    let (row, keeps) = (node.clone(), parts.metrics.is_some());
    parts
        .store
        .write(Lane::People, move |tx| {
            wb_store::nodes::beat(tx, &row)?;
            Ok::<_, AppError>(wb_store::nodes::keep_metrics(tx, &row, keeps)?)
        })
        .await?;
    Ok(node)
}

/// Fails when the configuration is not the one the database has.
///
/// A plain read, on purpose. On PostgreSQL an edit may commit between this look and the commit of the
/// decision, which then counts as made just before the edit: edits read nothing that decisions
/// write, so every outcome is one of that order; and whoever sends an event after the edit was
/// answered is decided by the edit. Holding the row with FOR SHARE was measured (8 connections,
/// empty transactions otherwise: within the noise of the plain read), but lets later decisions join
/// earlier ones, so that an edit may wait for as long as ingest is busy, and every decision waits
/// for a large edit. Edits themselves follow one another ([`wb_store::config::epoch_for_edit`]).
///
/// # Errors
/// [`AppError::ConfigMoved`], or the store's error.
pub fn check_epoch(tx: &mut Tx<'_>, config: &Config) -> Result<(), AppError> {
    if wb_store::config::epoch(tx)? == config.epoch {
        Ok(())
    } else {
        Err(AppError::ConfigMoved)
    }
}

fn fresh_uuid(clock: &dyn Clock, random: &dyn Random) -> Uuid {
    let mut bits = [0_u8; 10];
    random.fill(&mut bits);
    let millis = u64::try_from(clock.now().as_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bits).into_uuid()
}
