//! What the tests need on a machine besides cargo, and how to get it.

use std::{fs, path::Path};

use crate::{
    command::{self, say},
    error::Error,
    web,
};

/// Client libraries the tests drive us with, pinned; installed by plain pip.
const PYTHON_PACKAGES: &str = include_str!("../python-requirements.txt");

/// The first Node release the web tools run on.
const NODE_MIN: (u32, u32) = (20, 19);

/// Something a machine may lack.
struct Need {
    what: &'static str,
    why: &'static str,
    /// Debian's packages.
    apt: &'static [&'static str],
    present: fn(&Path) -> bool,
}

const PYTHON: Need = Need {
    what: "python3 with venv",
    why: "real client libraries and a real mail server in tests",
    apt: &["python3", "python3-venv"],
    present: |root| command::succeeds(root, "python3", &["-c", "import ensurepip, venv"]),
};

const POSTGRES: Need = Need {
    what: "the PostgreSQL server (15 or newer)",
    why: "the store's contract suite runs on both engines",
    apt: &["postgresql"],
    present: |_| has_postgres(),
};

const NODE: Need = Need {
    what: "Node 20.19 or newer with npm",
    why: "the web UI is built and tested with it",
    apt: &["nodejs", "npm"],
    present: |root| has_node(root) && command::which("npm").is_some(),
};

const CHROMIUM: Need = Need {
    what: "Chromium",
    why: "the views are tested in a real browser",
    apt: &["chromium"],
    present: |_| {
        ["chromium", "chromium-browser"]
            .iter()
            .any(|name| command::which(name).is_some())
    },
};

/// Installs what is missing, or says how to; then makes the Python environment.
pub(crate) fn run(root: &Path) -> Result<(), Error> {
    let needs: &[Need] = if web::exists(root) {
        &[PYTHON, POSTGRES, NODE, CHROMIUM]
    } else {
        &[PYTHON, POSTGRES]
    };
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.present)(root)).collect();
    if !missing.is_empty() && may_install(root) {
        let packages: Vec<&str> = missing.iter().flat_map(|need| need.apt).copied().collect();
        command::run(root, "apt-get", &["update", "-q"])?;
        let install = [
            &["install", "-y", "-q", "--no-install-recommends"],
            &*packages,
        ]
        .concat();
        let env = [("DEBIAN_FRONTEND", "noninteractive")];
        command::run_with_env(root, "apt-get", &install, &env)?;
    }
    let still: Vec<String> = missing
        .iter()
        .filter(|need| !(need.present)(root))
        .map(|need| need.help())
        .collect();
    if !still.is_empty() {
        return Err(Error::Missing(still.join("\n")));
    }
    python_environment(root)
}

impl Need {
    fn help(&self) -> String {
        let Self { what, why, apt, .. } = self;
        format!(
            "  {what} ({why}); on Debian and Ubuntu: sudo apt-get install {}",
            apt.join(" ")
        )
    }
}

fn may_install(root: &Path) -> bool {
    let root_user = command::output(root, "id", &["-u"]).is_ok_and(|id| id.trim() == "0");
    root_user && command::which("apt-get").is_some()
}

/// Debian keeps the server's programs off the PATH.
fn has_postgres() -> bool {
    if command::which("initdb").is_some() {
        return true;
    }
    let Ok(versions) = fs::read_dir("/usr/lib/postgresql") else {
        return false;
    };
    versions.flatten().any(|version| {
        let new = version
            .file_name()
            .to_string_lossy()
            .parse()
            .is_ok_and(|major: u32| major >= 15);
        new && version.path().join("bin/initdb").is_file()
    })
}

fn has_node(root: &Path) -> bool {
    command::which("node").is_some()
        && command::output(root, "node", &["--version"]).is_ok_and(|text| node_fits(&text))
}

fn node_fits(version: &str) -> bool {
    let mut parts = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .map(str::parse);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= NODE_MIN,
        _ => false,
    }
}

fn python_environment(root: &Path) -> Result<(), Error> {
    let home = root.join("target/py");
    let stamp = home.join("installed-requirements.txt");
    let python = home.join("bin/python");
    let current = fs::read_to_string(&stamp).is_ok_and(|installed| installed == PYTHON_PACKAGES);
    if current && python.exists() {
        return Ok(());
    }
    say("making the Python environment in target/py");
    fs::create_dir_all(&home).map_err(Error::file(&home))?;
    command::run(root, "python3", &["-m", "venv", "--clear", "target/py"])?;
    let packages: Vec<&str> = PYTHON_PACKAGES.split_whitespace().collect();
    let pip = [
        &["-m", "pip", "install", "--quiet", "--no-input"],
        &*packages,
    ]
    .concat();
    command::run(root, &python.to_string_lossy(), &pip)?;
    fs::write(&stamp, PYTHON_PACKAGES).map_err(Error::file(stamp))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_are_compared_as_numbers() {
        for fits in ["v20.19.0\n", "v20.20.2", "v22.0.0", "v100.1.0"] {
            assert!(node_fits(fits), "{fits}");
        }
        for old in ["v20.9.0", "v18.20.0", "nonsense", ""] {
            assert!(!node_fits(old), "{old}");
        }
    }

    #[test]
    fn python_packages_are_pinned() {
        assert!(
            PYTHON_PACKAGES.lines().all(|line| line.contains("==")),
            "{PYTHON_PACKAGES}"
        );
    }

    #[test]
    fn help_names_what_why_and_how() {
        let help = POSTGRES.help();
        assert!(
            help.contains("PostgreSQL") && help.contains("apt-get install postgresql"),
            "{help}"
        );
    }
}
