//! A node: the program's application on a runtime of its own, so that it can die with everything it was about to do.

use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use wb_app::error::AppError;
use wb_app::vault::Vault;
use wb_app::workers::{Nodes, Sender, Timers, Worker};
use wb_app::{App, AppParts, Settings};
use wb_core::time::Timestamp;
use wb_ports::{Channel, Channels, Clock};
use wb_store::db::{Steps, Store};

use crate::clock::{Counted, NodeClock, Time};
use crate::people::Deed;
use crate::provider::Providers;

/// How often the tasks of a node are looked at before it counts as waiting for something.
const ROUNDS: usize = 24;

/// The workers that a simulation needs, in this order.
pub(crate) const WORKERS: usize = 3;

/// The one that watches the other nodes.
pub(crate) const NODES: usize = 2;

pub(crate) struct Node {
    pub(crate) number: usize,
    pub(crate) app: Arc<App>,
    pub(crate) steps: Steps,
    pub(crate) clock: Arc<NodeClock>,
    /// It stands still until then: nothing of it runs, and it does not know.
    pub(crate) paused_until: Option<Timestamp>,
    workers: [Arc<dyn Worker>; WORKERS],
    ticking: [Option<JoinHandle<()>>; WORKERS],
    deeds: Vec<(Deed, JoinHandle<Result<(), AppError>>)>,
    runtime: Runtime,
}

/// What a node is made of.
pub(crate) struct Parts<'a> {
    pub(crate) number: usize,
    /// How many nodes were started before it.
    pub(crate) generation: u64,
    pub(crate) store: Store,
    pub(crate) steps: Steps,
    pub(crate) time: &'a Time,
    pub(crate) wrong_by_us: i64,
    pub(crate) providers: &'a Arc<Providers>,
}

impl Node {
    /// Starts a node; its own start is never disturbed.
    pub(crate) fn start(parts: Parts<'_>) -> Result<Self, String> {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(|e| e.to_string())?;
        let clock = NodeClock::new(parts.time, parts.wrong_by_us);
        let door = parts.providers.door(parts.number, parts.time);
        let app_parts = AppParts {
            store: parts.store,
            vault: Vault::new(&[7; 32]),
            clock: clock.clone() as Arc<dyn Clock>,
            random: Arc::new(Counted::stream(parts.generation + 1)),
            channels: Channels::new([door as Arc<dyn Channel>]),
            settings: Settings {
                public_url: Some("https://watch.example".into()),
                sends_at_once: 8,
                ..Settings::default()
            },
            metrics: None,
            disk: None,
            before_deciding: None,
        };
        let starting = runtime.spawn(async move {
            let app = App::start(app_parts).await?;
            app.bootstrap(None).await?;
            Ok::<_, AppError>(app)
        });
        let app = run_through(&runtime, &parts.steps, starting)?;
        Ok(Self {
            number: parts.number,
            app,
            steps: parts.steps,
            clock,
            paused_until: None,
            workers: [
                Arc::new(Timers),
                Arc::new(Sender),
                Arc::new(Nodes::default()),
            ],
            ticking: [const { None }; WORKERS],
            deeds: Vec::new(),
            runtime,
        })
    }

    /// Does something whole, with every transaction as it comes.
    pub(crate) fn run_now<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, AppError>> + Send + 'static,
    ) -> Result<T, String> {
        let task = self.runtime.spawn(work);
        run_through(&self.runtime, &self.steps, task)
    }

    /// Lets a worker look, unless it is still at it.
    pub(crate) fn tick(&mut self, worker: usize) -> Option<&'static str> {
        let slot = self.ticking.get_mut(worker)?;
        if slot.is_some() {
            return None;
        }
        let of = Arc::clone(self.workers.get(worker)?);
        let name = of.name();
        let app = Arc::clone(&self.app);
        *slot = Some(self.runtime.spawn(async move {
            // A tick that fails is one that comes again.
            drop(of.tick(&app, app.now()).await);
        }));
        self.settle();
        Some(name)
    }

    /// Begins a deed; what comes of it is found by [`Node::ended`].
    pub(crate) fn begin(&mut self, deed: Deed) {
        let app = Arc::clone(&self.app);
        let task = self.runtime.spawn(deed.clone().run(app));
        self.deeds.push((deed, task));
        self.settle();
    }

    /// The deeds that came to their end, with what came of them.
    pub(crate) fn ended(&mut self) -> Vec<(Deed, Result<(), AppError>)> {
        let mut ended = Vec::new();
        let mut at = 0;
        while at < self.deeds.len() {
            if !self
                .deeds
                .get(at)
                .is_some_and(|(_, task)| task.is_finished())
            {
                at += 1;
                continue;
            }
            let (deed, task) = self.deeds.remove(at);
            let result = self.runtime.block_on(task);
            let panicked = |error: tokio::task::JoinError| AppError::Internal(error.to_string());
            ended.push((deed, result.map_err(panicked).and_then(|done| done)));
        }
        ended
    }

    /// The deeds nobody will ever answer, because the node is about to die.
    pub(crate) fn unanswered(self) -> Vec<Deed> {
        self.steps.forget();
        self.deeds.into_iter().map(|(deed, _)| deed).collect()
    }

    /// Whether nothing of it is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.deeds.is_empty()
            && self.ticking.iter().all(Option::is_none)
            && self.app.sends.under_way() == 0
            && self.steps.waiting() == 0
    }

    /// Lets its tasks run until each waits for something.
    pub(crate) fn settle(&mut self) {
        let ticking = &mut self.ticking;
        self.runtime.block_on(async {
            rounds().await;
            for slot in ticking {
                if slot.as_ref().is_some_and(JoinHandle::is_finished) {
                    *slot = None;
                }
            }
        });
    }
}

async fn rounds() {
    for _ in 0..ROUNDS {
        tokio::task::yield_now().await;
    }
}

fn run_through<T>(
    runtime: &Runtime,
    steps: &Steps,
    task: JoinHandle<Result<T, AppError>>,
) -> Result<T, String> {
    while !task.is_finished() {
        runtime.block_on(rounds());
        while steps.waiting() > 0 {
            steps.load(0);
            steps.save(0);
        }
    }
    let done = runtime.block_on(task).map_err(|e| e.to_string())?;
    done.map_err(|e| e.to_string())
}
