//! How this instance is: workers, queues, listeners, versions.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wb_app::AppError;
use wb_core::config::Permission;
use wb_core::time::Timestamp;
use wb_store::db::{Engine, Stats};

use super::sending::why_text;
use crate::identity::Auth;
use crate::problem::Problem;
use crate::state::{HttpState, Intake};
use crate::values::{Id, NodeIdText, Time};

/// How this instance is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatusView {
    /// Whether the pager works.
    pub ready: bool,
    /// What keeps it from working, in words.
    pub problems: Vec<String>,
    /// What does not work on this node while paging does.
    pub troubles: Vec<TroubleView>,
    /// The release.
    #[schema(value_type = String)]
    pub version: &'static str,
    /// `sqlite` or `postgres`.
    #[schema(value_type = String)]
    pub engine: &'static str,
    /// The database's schema.
    pub schema_version: i64,
    /// The version of the deciders.
    pub decider_version: u32,
    /// The time by which decisions are made.
    pub now: Time,
    /// When this process started.
    pub started_at: Time,
    /// This process.
    pub node: NodeIdText,
    /// Which instance key it has.
    pub key_id: String,
    /// Where people reach this instance.
    pub public_url: Option<String>,
    /// Whether this is the demo: what it sends goes into the outbox instead of the world.
    pub demo: bool,
    /// Nothing is sent, because this database was restored or copied.
    pub sending_held: bool,
    /// Since when.
    pub held_since: Option<Time>,
    /// Why, in words.
    pub held_why: Option<String>,
    /// When a copy of the database was last made through the API; null when none was. What other
    /// tools made is not known here.
    pub last_backup_at: Option<Time>,
    /// Where this process listens.
    pub listeners: Vec<ListenerView>,
    /// What each worker of this process last did.
    pub workers: Vec<WorkerStatus>,
    /// What waits.
    pub queues: QueuesView,
    /// The processes that work on this database.
    pub nodes: Vec<NodeView>,
}

/// Something that does not work while paging does.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TroubleView {
    /// A fixed word, such as `metrics_off`, `metrics_write`, `disk_low` or `metrics_node`.
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// What it means.
    pub title: String,
    /// What was found, and how to mend it. For admins: it may name files.
    pub detail: Option<String>,
}

/// A listener with the address it really has.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListenerView {
    /// What is spoken there.
    #[schema(value_type = String)]
    pub protocol: &'static str,
    /// Where.
    pub address: String,
    /// What came in there since the start, where samples do.
    pub intake: Option<IntakeView>,
}

/// What a listener for samples took in since it started.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IntakeView {
    /// Connections that are open.
    pub connections_open: u64,
    /// Samples stored.
    pub samples: u64,
    /// Lines that could not be read.
    pub bad_lines: u64,
    /// Samples of good lines that were not stored: not a number, too old, too far in the future, one
    /// new series too many, or the store was full or broken.
    pub dropped: u64,
    /// Connections and datagrams of peers that may not send.
    pub refused_peers: u64,
    /// The last lines that could not be read, the oldest first. For admins: they may hold anything.
    pub recent_bad_lines: Option<Vec<BadLineView>>,
}

/// A line that could not be read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BadLineView {
    /// When it came.
    pub at: Time,
    /// The address of who sent it.
    pub peer: String,
    /// What is wrong with it: `too_long`, `unfinished`, `not_utf8`, `fields`, `value`, `timestamp`,
    /// `name` or `tag`.
    #[schema(value_type = String)]
    pub reason: &'static str,
    /// Its beginning; what is not printable is escaped.
    pub line: String,
}

/// What one worker last did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkerStatus {
    /// Its name.
    #[schema(value_type = String)]
    pub name: &'static str,
    /// When its last tick ended.
    pub last_tick_at: Time,
    /// When its last good tick ended.
    pub last_good_at: Option<Time>,
    /// Ticks so far.
    pub ticks: u64,
    /// Items carried out so far.
    pub done: u64,
    /// Items that failed so far.
    pub failed: u64,
    /// What went wrong in the last tick.
    pub error: Option<String>,
}

/// What waits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QueuesView {
    /// Deliveries that wait for their time or a retry.
    pub deliveries_pending: u64,
    /// Deliveries of which an attempt is under way.
    pub deliveries_under_way: u64,
    /// When the oldest unsent delivery is, or was, due.
    pub next_delivery_at: Option<Time>,
    /// When the next wake-up of any incident is, or was, due.
    pub next_wake_up_at: Option<Time>,
    /// Transactions that wait in each lane of this process's store.
    pub lanes: LanesView,
}

/// Transactions that wait in each lane of the store.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LanesView {
    /// Of people.
    pub people: usize,
    /// Of timers.
    pub timers: usize,
    /// Of senders.
    pub ingest: usize,
    /// Of maintenance.
    pub maintenance: usize,
    /// Reads.
    pub reads: usize,
}

/// A process that works on this database.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NodeView {
    /// Its id, new with each start.
    pub id: NodeIdText,
    /// What its operator calls it.
    pub name: String,
    /// Its release.
    pub version: String,
    /// When it started.
    pub started_at: Time,
    /// Whether it keeps metrics. Each node that does has points of its own: monitors are judged, and
    /// graphs drawn, by what came in there.
    pub keeps_metrics: bool,
}

/// Shows how this instance is.
#[utoipa::path(
    get, path = "/status", tag = "status", operation_id = "get_status",
    responses((status = 200, body = StatusView)),
)]
pub async fn get(
    State(state): State<HttpState>,
    Auth(caller): Auth,
) -> Result<Json<StatusView>, Problem> {
    let app = &state.app;
    let (held, counts, next_delivery, next_wake, nodes, keepers, last_backup) = app
        .store
        .read(|tx| {
            Ok::<_, AppError>((
                wb_store::sending::held(tx)?,
                wb_store::outbox::counts(tx)?,
                wb_store::outbox::next_due(tx)?,
                wb_store::incidents::next_wake(tx, Timestamp::EPOCH)?,
                wb_store::nodes::live(tx)?,
                wb_store::nodes::metrics_nodes(tx)?,
                wb_store::meta::last_backup(tx)?,
            ))
        })
        .await?;
    let readiness = (state.readiness)();
    let is_admin = caller.scope.allows_globally(Permission::Manage);
    Ok(Json(StatusView {
        ready: readiness.is_ready(),
        problems: readiness.problems,
        troubles: troubles(&state, is_admin),
        version: state.build.version,
        engine: match app.store.engine() {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        },
        schema_version: app.store.schema_version(),
        decider_version: wb_core::DECIDER_VERSION,
        now: Time(app.now()),
        started_at: Time(state.build.started_at),
        node: Id(app.node.id),
        key_id: app.vault.key_id().to_owned(),
        public_url: app.settings.public_url.clone(),
        demo: state.demo.is_some(),
        sending_held: held.is_some(),
        held_since: held.and_then(|hold| hold.since).map(Time),
        held_why: held.map(|hold| why_text(hold.why)),
        last_backup_at: last_backup.map(Time),
        listeners: listeners(&state, is_admin),
        workers: workers(&state),
        queues: QueuesView {
            deliveries_pending: counts.pending,
            deliveries_under_way: counts.claimed,
            next_delivery_at: next_delivery.map(Time),
            next_wake_up_at: next_wake.map(Time),
            lanes: lanes(&app.store.stats()),
        },
        nodes: nodes
            .into_iter()
            .map(|node| NodeView {
                id: Id(node.id),
                name: node.name,
                version: node.version,
                started_at: Time(node.started_at),
                keeps_metrics: keepers.iter().any(|keeper| keeper.last == Some(node.id)),
            })
            .collect(),
    }))
}

fn troubles(state: &HttpState, to_admin: bool) -> Vec<TroubleView> {
    let troubles = state.app.troubles.view().into_iter();
    troubles
        .map(|(trouble, detail)| TroubleView {
            kind: trouble.word(),
            title: trouble.title(&state.app.node.name),
            detail: to_admin.then_some(detail),
        })
        .collect()
}

fn listeners(state: &HttpState, to_admin: bool) -> Vec<ListenerView> {
    state
        .listeners
        .iter()
        .map(|listener| ListenerView {
            protocol: listener.protocol,
            address: listener.address.to_string(),
            intake: listener
                .intake
                .as_ref()
                .map(|count| intake(count(), to_admin)),
        })
        .collect()
}

fn intake(intake: Intake, to_admin: bool) -> IntakeView {
    let recent = intake.recent_bad_lines.into_iter().map(|bad| BadLineView {
        at: Time(bad.at),
        peer: bad.peer.to_string(),
        reason: bad.reason,
        line: bad.line,
    });
    IntakeView {
        connections_open: intake.connections_open,
        samples: intake.samples,
        bad_lines: intake.bad_lines,
        dropped: intake.dropped,
        refused_peers: intake.refused_peers,
        recent_bad_lines: to_admin.then(|| recent.collect()),
    }
}

fn workers(state: &HttpState) -> Vec<WorkerStatus> {
    state
        .app
        .board
        .view()
        .into_iter()
        .map(|worker| WorkerStatus {
            name: worker.name,
            last_tick_at: Time(worker.last_tick_at),
            last_good_at: worker.last_good_at.map(Time),
            ticks: worker.ticks,
            done: worker.done,
            failed: worker.failed,
            error: worker.error,
        })
        .collect()
}

const fn lanes(stats: &Stats) -> LanesView {
    LanesView {
        people: stats.waiting_people,
        timers: stats.waiting_timers,
        ingest: stats.waiting_ingest,
        maintenance: stats.waiting_maintenance,
        reads: stats.waiting_reads,
    }
}
