//! The index: every series by its name, and the tree to find them in.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::rules::{Policy, Rules};
use super::tree::Tree;

/// The number of a series in the file; never used again for another.
pub(crate) type SeriesId = i64;

/// One series.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) id: SeriesId,
    pub(crate) name: Arc<str>,
    /// Found when first needed: matching every name at the start would make a start slow.
    policy: OnceLock<Policy>,
}

impl Series {
    pub(crate) fn new(id: SeriesId, name: &str) -> Arc<Self> {
        Arc::new(Self {
            id,
            name: name.into(),
            policy: OnceLock::new(),
        })
    }

    pub(crate) fn policy(&self, rules: &Rules) -> &Policy {
        self.policy.get_or_init(|| rules.policy(&self.name))
    }
}

/// All series.
#[derive(Debug, Default)]
pub(crate) struct Index {
    by_name: HashMap<Arc<str>, Arc<Series>>,
    by_id: HashMap<SeriesId, Arc<Series>>,
    pub(crate) tree: Tree,
}

impl Index {
    pub(crate) fn get(&self, name: &str) -> Option<&Arc<Series>> {
        self.by_name.get(name)
    }

    pub(crate) fn by_id(&self, id: SeriesId) -> Option<&Arc<Series>> {
        self.by_id.get(&id)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_name.len()
    }

    pub(crate) fn insert(&mut self, series: &Arc<Series>) {
        self.tree.insert(series);
        self.by_id.insert(series.id, Arc::clone(series));
        self.by_name
            .insert(Arc::clone(&series.name), Arc::clone(series));
    }

    pub(crate) fn remove(&mut self, series: &Series) {
        self.tree.remove(&series.name);
        self.by_name.remove(&series.name);
        self.by_id.remove(&series.id);
    }
}
