//! The tree of dotted names in memory, and finding in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use wb_ports::Node;

use super::glob::Part;
use super::index::Series;
use super::name;

#[derive(Debug, Default)]
struct Branch {
    children: BTreeMap<Box<str>, Branch>,
    leaf: Option<Arc<Series>>,
}

/// All names.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    root: Branch,
}

impl Tree {
    pub(crate) fn insert(&mut self, series: &Arc<Series>) {
        let mut branch = &mut self.root;
        for part in name::parts(&series.name) {
            branch = branch.children.entry(part.into()).or_default();
        }
        branch.leaf = Some(Arc::clone(series));
    }

    pub(crate) fn remove(&mut self, name: &str) {
        prune(&mut self.root, &name::parts(name));
    }

    /// The nodes that fit, in the order of their paths.
    pub(crate) fn find(&self, pattern: &[Part]) -> Vec<Node> {
        let mut found = Vec::new();
        walk(&self.root, pattern, &mut Vec::new(), &mut |path, branch| {
            found.push(Node {
                path: path.join("."),
                leaf: branch.leaf.is_some(),
                branch: !branch.children.is_empty(),
            });
            true
        });
        found.sort();
        found
    }

    /// The series that fit, in the order of their names; `None` when they are more than `most`.
    pub(crate) fn series(&self, pattern: &[Part], most: usize) -> Option<Vec<Arc<Series>>> {
        let mut found = Vec::new();
        let all = walk(&self.root, pattern, &mut Vec::new(), &mut |_, branch| {
            found.extend(branch.leaf.clone());
            found.len() <= most
        });
        found.sort_by(|a, b| a.name.cmp(&b.name));
        all.then_some(found)
    }
}

/// Calls `found` for each branch that fits, until it says no; false when it did.
fn walk<'a>(
    branch: &'a Branch,
    pattern: &[Part],
    path: &mut Vec<&'a str>,
    found: &mut impl FnMut(&[&'a str], &'a Branch) -> bool,
) -> bool {
    let Some((part, rest)) = pattern.split_first() else {
        return found(path, branch);
    };
    let mut below = |name: &'a str, child: &'a Branch| {
        path.push(name);
        let goes_on = walk(child, rest, path, found);
        path.pop();
        goes_on
    };
    match part {
        Part::Exact(name) => {
            let child = branch.children.get_key_value(name.as_str());
            child.is_none_or(|(name, child)| below(name, child))
        }
        Part::Glob(glob) => {
            let mut fitting = branch
                .children
                .iter()
                .filter(|(name, _)| glob.is_match(&***name));
            fitting.all(|(name, child)| below(name, child))
        }
    }
}

/// Takes a leaf away and every branch that held nothing else.
fn prune(branch: &mut Branch, parts: &[&str]) {
    let Some((part, rest)) = parts.split_first() else {
        branch.leaf = None;
        return;
    };
    if let Some(child) = branch.children.get_mut(*part) {
        prune(child, rest);
        if child.leaf.is_none() && child.children.is_empty() {
            branch.children.remove(*part);
        }
    }
}
