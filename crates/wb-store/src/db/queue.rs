//! The bounded queue in front of the writers: lanes served in order, nobody starved for ever.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::job::Job;

/// Which queue a write waits in; they are served in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// People waiting for an answer, and claims of due work.
    People,
    /// Timers, attempts' outcomes and everything else the engine does by itself.
    Timers,
    /// Accepted signals, in batches.
    Ingest,
    /// Retention, sealing, statistics: in slices of at most 50 ms.
    Maintenance,
}

/// How many closures may wait; one more is answered [`Error::Full`](super::Error::Full).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueLimits {
    /// In the lane of people and claims.
    pub people: usize,
    /// In the lane of timers.
    pub timers: usize,
    /// In the lane of ingest.
    pub ingest: usize,
    /// In the lane of maintenance.
    pub maintenance: usize,
    /// Reads waiting for a reader.
    pub reads: usize,
}

impl Default for QueueLimits {
    fn default() -> Self {
        QueueLimits {
            people: 4096,
            timers: 4096,
            ingest: 8192,
            maintenance: 256,
            reads: 1024,
        }
    }
}

/// Why a job was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Full,
    Closed,
}

/// What a worker takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Diet {
    Everything,
    /// People and timers only: on PostgreSQL one connection is kept free for them, whatever ingest does.
    Urgent,
}

type BoxJob = Box<dyn Job>;

pub(crate) struct Queue {
    state: Mutex<State>,
    any: Condvar,
    urgent: Condvar,
    limits: QueueLimits,
}

#[derive(Default)]
struct State {
    people: VecDeque<BoxJob>,
    timers: VecDeque<BoxJob>,
    ingest: VecDeque<BoxJob>,
    maintenance: VecDeque<BoxJob>,
    turn: u64,
    closed: bool,
}

impl Queue {
    pub(crate) fn new(limits: QueueLimits) -> Queue {
        Queue {
            state: Mutex::default(),
            any: Condvar::new(),
            urgent: Condvar::new(),
            limits,
        }
    }

    pub(crate) fn push(&self, lane: Lane, job: BoxJob) -> Result<(), Refusal> {
        let mut state = self.lock();
        if state.closed {
            return Err(Refusal::Closed);
        }
        let (line, limit) = match lane {
            Lane::People => (&mut state.people, self.limits.people),
            Lane::Timers => (&mut state.timers, self.limits.timers),
            Lane::Ingest => (&mut state.ingest, self.limits.ingest),
            Lane::Maintenance => (&mut state.maintenance, self.limits.maintenance),
        };
        if line.len() >= limit {
            return Err(Refusal::Full);
        }
        line.push_back(job);
        if matches!(lane, Lane::People | Lane::Timers) {
            self.urgent.notify_one();
        }
        self.any.notify_one();
        Ok(())
    }

    /// Waits for work and takes up to `max` jobs, in the order they are to run. `None` once closed and empty.
    pub(crate) fn take(&self, max: usize, diet: Diet) -> Option<Vec<BoxJob>> {
        let mut state = self.lock();
        loop {
            let jobs = state.drain(max, diet);
            if !jobs.is_empty() {
                return Some(jobs);
            }
            if state.closed {
                return None;
            }
            let bell = if diet == Diet::Urgent {
                &self.urgent
            } else {
                &self.any
            };
            state = bell.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes nothing more in; what waits is still served.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.any.notify_all();
        self.urgent.notify_all();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Waiting jobs: people, timers, ingest, maintenance.
    pub(crate) fn depths(&self) -> [usize; 4] {
        let state = self.lock();
        [
            state.people.len(),
            state.timers.len(),
            state.ingest.len(),
            state.maintenance.len(),
        ]
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No closure runs under this lock, so a poisoned one still holds a sound queue.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn drain(&mut self, max: usize, diet: Diet) -> Vec<BoxJob> {
        self.turn = self.turn.wrapping_add(1);
        if diet == Diet::Urgent {
            let mut jobs = Vec::new();
            move_up_to(max, &mut self.people, &mut jobs);
            move_up_to(max - jobs.len(), &mut self.timers, &mut jobs);
            return jobs;
        }
        if max == 1 {
            return self.one().into_iter().collect();
        }
        // Each lower lane has a small share of a batch for sure; the rest goes by rank.
        let (mut timers, mut ingest, mut maintenance) = (Vec::new(), Vec::new(), Vec::new());
        move_up_to(max / 8, &mut self.timers, &mut timers);
        move_up_to(max / 8, &mut self.ingest, &mut ingest);
        move_up_to((max / 64).max(1), &mut self.maintenance, &mut maintenance);
        let mut free = max.saturating_sub(timers.len() + ingest.len() + maintenance.len());
        let mut jobs = Vec::new();
        free -= move_up_to(free, &mut self.people, &mut jobs);
        free -= move_up_to(free, &mut self.timers, &mut timers);
        free -= move_up_to(free, &mut self.ingest, &mut ingest);
        move_up_to(free, &mut self.maintenance, &mut maintenance);
        jobs.append(&mut timers);
        jobs.append(&mut ingest);
        jobs.append(&mut maintenance);
        jobs
    }

    /// One job by rank; now and then a lower lane is asked first, so that a flood above cannot starve it.
    fn one(&mut self) -> Option<BoxJob> {
        let first = match self.turn % 48 {
            0 => self.maintenance.pop_front(),
            16 => self.ingest.pop_front(),
            32 => self.timers.pop_front(),
            _ => None,
        };
        first
            .or_else(|| self.people.pop_front())
            .or_else(|| self.timers.pop_front())
            .or_else(|| self.ingest.pop_front())
            .or_else(|| self.maintenance.pop_front())
    }
}

fn move_up_to(max: usize, from: &mut VecDeque<BoxJob>, to: &mut Vec<BoxJob>) -> usize {
    let count = max.min(from.len());
    to.extend(from.drain(..count));
    count
}

#[cfg(test)]
mod tests {
    use super::super::error::Error;
    use super::super::job::{Fate, Verdict};
    use super::super::tx::Tx;
    use super::super::watch::Watch;
    use super::*;

    struct Named(&'static str);

    impl Job for Named {
        fn run(&mut self, _: &mut Tx<'_>) -> Verdict {
            Verdict::Failed(Error::Closed)
        }
        fn answer(self: Box<Self>, _: Fate) {}
        fn name(&self) -> &'static str {
            self.0
        }
        fn watch(&self) -> Watch {
            Watch::start()
        }
    }

    fn push(queue: &Queue, lane: Lane, name: &'static str) -> Result<(), Refusal> {
        queue.push(lane, Box::new(Named(name)))
    }

    fn names(jobs: Option<Vec<BoxJob>>) -> Vec<&'static str> {
        jobs.into_iter().flatten().map(|job| job.name()).collect()
    }

    #[test]
    fn a_full_lane_takes_nothing_more_until_it_is_served() {
        let queue = Queue::new(QueueLimits {
            ingest: 2,
            ..QueueLimits::default()
        });
        for _ in 0..2 {
            push(&queue, Lane::Ingest, "in time").unwrap();
        }
        assert_eq!(push(&queue, Lane::Ingest, "late"), Err(Refusal::Full));
        push(&queue, Lane::Timers, "timers").unwrap();
        assert_eq!(queue.depths(), [0, 1, 2, 0]);
        let served = names(queue.take(256, Diet::Everything));
        assert_eq!(served, ["timers", "in time", "in time"]);
        push(&queue, Lane::Ingest, "again").unwrap();
    }

    #[test]
    fn a_flood_above_starves_nobody() {
        let queue = Queue::new(QueueLimits::default());
        for _ in 0..1_000 {
            push(&queue, Lane::People, "people").unwrap();
        }
        push(&queue, Lane::Timers, "timers").unwrap();
        push(&queue, Lane::Ingest, "ingest").unwrap();
        push(&queue, Lane::Maintenance, "maintenance").unwrap();
        let batch = names(queue.take(256, Diet::Everything));
        assert_eq!(batch.len(), 256);
        assert_eq!(batch[253..], ["timers", "ingest", "maintenance"]);
        push(&queue, Lane::Timers, "timers").unwrap();
        push(&queue, Lane::Ingest, "ingest").unwrap();
        push(&queue, Lane::Maintenance, "maintenance").unwrap();
        let singles: Vec<_> = (0..48)
            .flat_map(|_| names(queue.take(1, Diet::Everything)))
            .collect();
        assert_eq!(
            singles.iter().filter(|name| **name != "people").count(),
            3,
            "{singles:?}"
        );
    }

    #[test]
    fn the_urgent_take_no_ingest_and_a_closed_queue_is_emptied_first() {
        let queue = Queue::new(QueueLimits::default());
        push(&queue, Lane::Ingest, "ingest").unwrap();
        push(&queue, Lane::Timers, "timers").unwrap();
        push(&queue, Lane::People, "people").unwrap();
        assert_eq!(names(queue.take(256, Diet::Urgent)), ["people", "timers"]);
        queue.close();
        assert_eq!(push(&queue, Lane::People, "late"), Err(Refusal::Closed));
        assert!(queue.take(1, Diet::Urgent).is_none());
        assert_eq!(names(queue.take(1, Diet::Everything)), ["ingest"]);
        assert!(queue.take(1, Diet::Everything).is_none());
    }
}
