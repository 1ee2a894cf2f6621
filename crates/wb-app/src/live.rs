//! Live hints: something changed, ask again. A hint is not the thing itself, so a lost one costs a
//! refresh and nothing else.
//!
//! The last hints are kept, so that a view that was away for a moment gets what it missed; one that
//! was away for longer, or was at another node, is told to reset.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::broadcast;
use wb_core::config::{Permission, Scope};
use wb_core::ids::TeamId;

/// Hints kept for views that come back, and for listeners that are slow.
const HINTS_KEPT: usize = 1_024;

/// Something changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// What kind of thing, such as `incident`.
    pub kind: &'static str,
    /// Which one.
    pub id: String,
    /// Its version now; 0 where it has none.
    pub version: u64,
    /// Whose it is; none for what belongs to no team.
    pub team: Option<TeamId>,
}

impl Hint {
    /// Whether this caller may know.
    #[must_use]
    pub fn is_for(&self, scope: &Scope) -> bool {
        match self.team {
            Some(team) => scope.allows(Permission::Read, team),
            None => scope.allows_globally(Permission::Read),
        }
    }
}

/// A hint with its number on this node, counted from 1.
pub type Numbered = (u64, Hint);

/// What a listener begins with.
#[derive(Debug)]
pub struct Listening {
    /// What it missed since it was last here; none when that is not known any more, and then it has
    /// to ask for everything again.
    pub missed: Option<Vec<Numbered>>,
    /// The number of the last hint so far.
    pub last: u64,
    /// What comes from now on.
    pub hints: broadcast::Receiver<Numbered>,
}

/// The hints of this node.
#[derive(Debug)]
pub struct Live {
    kept: Mutex<Kept>,
    sender: broadcast::Sender<Numbered>,
}

#[derive(Debug, Default)]
struct Kept {
    last: u64,
    hints: VecDeque<Numbered>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            sender: broadcast::channel(HINTS_KEPT).0,
        }
    }
}

impl Live {
    /// Tells everybody who listens.
    pub fn tell(&self, hint: Hint) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.last += 1;
        let numbered = (kept.last, hint);
        if kept.hints.len() == HINTS_KEPT {
            kept.hints.pop_front();
        }
        kept.hints.push_back(numbered.clone());
        // Under the lock, so that listeners see the numbers in order. Nobody listening is no error.
        drop(self.sender.send(numbered));
    }

    /// Listens from now on, and from `after` on as far as that is still known.
    #[must_use]
    pub fn listen(&self, after: Option<u64>) -> Listening {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let first_kept = kept
            .hints
            .front()
            .map_or(kept.last + 1, |(number, _)| *number);
        let missed = match after {
            None => Some(Vec::new()),
            Some(after) if after > kept.last || after + 1 < first_kept => None,
            Some(after) => Some(
                kept.hints
                    .iter()
                    .filter(|(number, _)| *number > after)
                    .cloned()
                    .collect(),
            ),
        };
        Listening {
            missed,
            last: kept.last,
            hints: self.sender.subscribe(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(n: usize) -> Hint {
        Hint {
            kind: "incident",
            id: n.to_string(),
            version: 1,
            team: None,
        }
    }

    #[test]
    fn who_comes_back_gets_what_was_missed_or_is_told_to_reset() {
        let live = Live::default();
        assert_eq!(live.listen(Some(0)).missed, Some(Vec::new()));
        assert_eq!(
            live.listen(Some(7)).missed,
            None,
            "a number of another node or start"
        );
        (0..3).for_each(|n| live.tell(hint(n)));
        let missed = live.listen(Some(1)).missed.unwrap();
        assert_eq!(missed.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(live.listen(Some(3)).missed, Some(Vec::new()));
        (0..HINTS_KEPT).for_each(|n| live.tell(hint(n)));
        assert_eq!(live.listen(Some(2)).missed, None, "too long ago");
        assert_eq!(
            live.listen(Some(3)).missed.map(|missed| missed.len()),
            Some(HINTS_KEPT)
        );
    }
}
