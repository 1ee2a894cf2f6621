//! What a fake server has received, to be waited for.

use std::time::Duration;

use tokio::sync::watch;

use crate::Error;

/// A growing list; cheap to share with the server that fills it.
#[derive(Clone)]
pub(crate) struct Record<T>(watch::Sender<Vec<T>>);

impl<T: Clone> Record<T> {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Vec::new()))
    }

    pub(crate) fn push(&self, item: T) {
        self.0.send_modify(|items| items.push(item));
    }

    pub(crate) fn all(&self) -> Vec<T> {
        self.0.borrow().clone()
    }

    /// Waits until there are at least `count`, woken by each arrival.
    pub(crate) async fn wait_for(
        &self,
        count: usize,
        deadline: Duration,
        what: &'static str,
    ) -> Result<Vec<T>, Error> {
        let mut watched = self.0.subscribe();
        let enough = watched.wait_for(|items| items.len() >= count);
        match tokio::time::timeout(deadline, enough).await {
            Ok(Ok(items)) => Ok(items.clone()),
            _ => Err(Error::TooFew {
                what,
                wanted: count,
                got: self.0.borrow().len(),
                deadline,
            }),
        }
    }
}
