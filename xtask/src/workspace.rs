//! The crates and packages of the build, reduced to what the checks ask about.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};
use serde_json::Value;

use crate::error::Error;

/// Platforms whose dependencies count as shipped.
const PLATFORMS: [&str; 2] = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];

/// One crate of ours.
pub(crate) struct Member {
    pub(crate) name: String,
    /// Relative to the root.
    pub(crate) manifest: String,
    /// Direct normal dependencies by package name; dev and build ones are no part of the rules.
    pub(crate) dependencies: Vec<String>,
}

/// One package of somebody else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) licence: Option<String>,
    pub(crate) repository: Option<String>,
    /// Part of the binary or of the UI it carries, not only of the build or the tests.
    pub(crate) shipped: bool,
}

/// The dependency graph.
pub(crate) struct Workspace {
    pub(crate) members: Vec<Member>,
    pub(crate) crates: Vec<Package>,
    pub(crate) npm: Vec<Package>,
}

impl Workspace {
    /// Asks cargo, and reads the UI's lock file if there is a UI.
    pub(crate) fn load(root: &Path) -> Result<Self, Error> {
        let filter = PLATFORMS
            .iter()
            .flat_map(|name| ["--filter-platform".to_owned(), (*name).to_owned()]);
        let metadata = MetadataCommand::new()
            .manifest_path(root.join("Cargo.toml"))
            .other_options(filter.collect::<Vec<_>>())
            .exec()?;
        let lock = root.join("web/package-lock.json");
        let npm = match std::fs::read_to_string(&lock) {
            Ok(text) => npm_packages(&text)?,
            Err(_) => Vec::new(),
        };
        Ok(Self {
            members: members(&metadata, root),
            crates: crates(&metadata),
            npm,
        })
    }
}

fn members(metadata: &Metadata, root: &Path) -> Vec<Member> {
    let member = |package: &cargo_metadata::Package| Member {
        name: package.name.to_string(),
        manifest: package
            .manifest_path
            .as_std_path()
            .strip_prefix(root)
            .unwrap_or(package.manifest_path.as_std_path())
            .to_string_lossy()
            .into_owned(),
        dependencies: package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
            .map(|dependency| dependency.name.clone())
            .collect(),
    };
    metadata
        .workspace_packages()
        .into_iter()
        .map(member)
        .collect()
}

fn crates(metadata: &Metadata) -> Vec<Package> {
    let shipped = shipped_ids(metadata);
    let mut all: Vec<Package> = metadata
        .packages
        .iter()
        .filter(|package| package.source.is_some())
        .map(|package| Package {
            name: package.name.to_string(),
            version: package.version.to_string(),
            licence: package.license.clone(),
            repository: package.repository.clone(),
            shipped: shipped.contains(&package.id),
        })
        .collect();
    all.sort();
    all
}

/// What the binary is linked from: normal dependencies of `watchbell`, all the way down.
fn shipped_ids(metadata: &Metadata) -> BTreeSet<&PackageId> {
    let Some(resolve) = &metadata.resolve else {
        return BTreeSet::new();
    };
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let binary = metadata
        .packages
        .iter()
        .find(|package| package.name.as_str() == "watchbell");
    let mut open: Vec<&PackageId> = binary.map(|package| &package.id).into_iter().collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let normal = nodes
            .get(id)
            .into_iter()
            .flat_map(|node| &node.deps)
            .filter(|dependency| {
                dependency
                    .dep_kinds
                    .iter()
                    .any(|kind| kind.kind == DependencyKind::Normal)
            });
        open.extend(normal.map(|dependency| &dependency.pkg));
    }
    seen
}

/// The packages of an npm lock file (version 3).
fn npm_packages(lock: &str) -> Result<Vec<Package>, Error> {
    let lock: Value = serde_json::from_str(lock).map_err(|error| Error::Format {
        path: "web/package-lock.json".to_owned(),
        what: error.to_string(),
    })?;
    let Some(entries) = lock.get("packages").and_then(Value::as_object) else {
        return Ok(Vec::new());
    };
    let text = |entry: &Value, field: &str| entry.get(field)?.as_str().map(str::to_owned);
    let flag = |entry: &Value, field: &str| entry.get(field).is_some_and(|value| *value == true);
    let mut all: Vec<Package> = entries
        .iter()
        .filter_map(|(path, entry)| {
            let (_, name) = path.rsplit_once("node_modules/")?;
            Some(Package {
                name: name.to_owned(),
                version: text(entry, "version")?,
                licence: text(entry, "license"),
                repository: Some(format!("https://www.npmjs.com/package/{name}")),
                shipped: !flag(entry, "dev") && !flag(entry, "devOptional"),
            })
        })
        .collect();
    all.sort();
    all.dedup();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn npm_lock_gives_names_versions_and_what_is_shipped() {
        let lock = r#"{"packages": {
            "": {"name": "web"},
            "node_modules/@a/b": {"version": "1.0.0", "license": "MIT"},
            "node_modules/c": {"version": "2.0.0", "license": "ISC", "dev": true}
        }}"#;
        let all = npm_packages(lock).unwrap();
        let short: Vec<_> = all.iter().map(|p| (p.name.as_str(), p.shipped)).collect();
        assert_eq!(short, [("@a/b", true), ("c", false)]);
    }

    #[test]
    fn this_workspace_is_read() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let workspace = Workspace::load(root).unwrap();
        let core = workspace
            .members
            .iter()
            .find(|member| member.name == "wb-core")
            .unwrap();
        assert_eq!(core.manifest, "crates/wb-core/Cargo.toml");
        assert!(
            !core.dependencies.contains(&"proptest".to_owned()),
            "dev dependency counted"
        );
        let jiff = workspace
            .crates
            .iter()
            .find(|package| package.name == "jiff")
            .unwrap();
        assert!(jiff.shipped);
        assert!(
            workspace
                .crates
                .iter()
                .any(|package| package.name == "proptest" && !package.shipped)
        );
    }
}
