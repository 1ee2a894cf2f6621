//! Providers: a message waits until the simulator says what becomes of it.

use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use wb_core::incident::FailureReason;
use wb_core::time::Timestamp;
use wb_ports::{
    Capabilities, Channel, ChannelDescriptor, Field, FieldError, FieldKind, Message,
    OpenedSettings, Receipt, SendFailure,
};

use crate::clock::Time;

/// How long a provider may take.
pub(crate) const DEADLINE_S: i64 = 10;

const DESCRIPTOR: ChannelDescriptor = ChannelDescriptor {
    name: "email",
    fields: &[Field {
        name: "address",
        kind: FieldKind::Text,
        required: true,
    }],
    capabilities: Capabilities {
        person: true,
        endpoint: true,
        can_thread: false,
        links: true,
        priority: false,
    },
};

/// A message that a provider took: its recipient has it.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) at: Timestamp,
    /// The address it went to.
    pub(crate) to: String,
    pub(crate) message: Message,
}

/// A message on its way to a provider.
pub(crate) struct Pending {
    /// The node that sends it.
    pub(crate) node: usize,
    /// Since when.
    pub(crate) since: Timestamp,
    to: String,
    message: Message,
    answer: oneshot::Sender<Result<Receipt, SendFailure>>,
}

/// All providers.
#[derive(Default)]
pub(crate) struct Providers {
    pending: Mutex<Vec<Pending>>,
    taken: Mutex<Vec<Taken>>,
}

/// A node's way to them.
pub(crate) struct Door {
    node: usize,
    time: Time,
    providers: Arc<Providers>,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Becomes {
    /// It is taken, and the answer arrives.
    Taken,
    /// It is taken, and the answer is lost.
    TakenUnheard,
    /// It never arrives, and nobody knows.
    LostUnheard,
    /// It is refused, or cannot be sent.
    Failed(FailureReason),
}

impl Providers {
    pub(crate) fn door(self: &Arc<Self>, node: usize, time: &Time) -> Arc<Door> {
        Arc::new(Door {
            node,
            time: time.clone(),
            providers: Arc::clone(self),
        })
    }

    /// The messages under way, by the node that sends each.
    pub(crate) fn under_way(&self) -> Vec<(usize, Timestamp)> {
        let pending = lock(&self.pending);
        pending.iter().map(|one| (one.node, one.since)).collect()
    }

    /// What every recipient has got, in order.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        lock(&self.taken).clone()
    }

    pub(crate) fn taken_from(&self, at: usize) -> Vec<Taken> {
        lock(&self.taken).get(at..).unwrap_or_default().to_vec()
    }

    /// Settles what becomes of a message under way.
    pub(crate) fn settle(&self, at: usize, becomes: Becomes, now: Timestamp) -> Option<String> {
        let mut pending = lock(&self.pending);
        if at >= pending.len() {
            return None;
        }
        let one = pending.remove(at);
        drop(pending);
        let delivery = one.message.delivery_id.clone();
        let answer = match becomes {
            Becomes::Taken => Ok(Receipt {
                provider_id: None,
                detail: "taken".to_owned(),
            }),
            Becomes::TakenUnheard | Becomes::LostUnheard => Err(failed(FailureReason::NoAnswer)),
            Becomes::Failed(reason) => Err(failed(reason)),
        };
        if matches!(becomes, Becomes::Taken | Becomes::TakenUnheard) {
            lock(&self.taken).push(Taken {
                at: now,
                to: one.to,
                message: one.message,
            });
        }
        // Whoever sent it may be gone.
        drop(one.answer.send(answer));
        Some(delivery)
    }

    /// The first message under way of a node.
    pub(crate) fn first_of(&self, node: usize) -> Option<usize> {
        lock(&self.pending).iter().position(|one| one.node == node)
    }
}

fn failed(reason: FailureReason) -> SendFailure {
    SendFailure {
        reason,
        detail: "as the dice fell".to_owned(),
        retry_after_s: None,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait::async_trait]
impl Channel for Door {
    fn descriptor(&self) -> &'static ChannelDescriptor {
        &DESCRIPTOR
    }

    fn check(&self, _settings: &OpenedSettings) -> Result<(), Vec<FieldError>> {
        Ok(())
    }

    async fn send(
        &self,
        settings: &OpenedSettings,
        message: &Message,
    ) -> Result<Receipt, SendFailure> {
        let (answer, wait) = oneshot::channel();
        lock(&self.providers.pending).push(Pending {
            node: self.node,
            since: self.time.now(),
            to: settings.get("address").cloned().unwrap_or_default(),
            message: message.clone(),
            answer,
        });
        wait.await
            .unwrap_or_else(|_| Err(failed(FailureReason::NoAnswer)))
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(DEADLINE_S.unsigned_abs())
    }
}
