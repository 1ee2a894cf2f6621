//! Every licence in the build is on the list in deny.toml; runs without cargo-deny installed.

use spdx::{Expression, Licensee, ParseMode};
use toml::{Table, Value};

use super::Finding;
use crate::{
    error::Error,
    repo::Repo,
    workspace::{Package, Workspace},
};

const LIST: &str = "deny.toml";

pub(super) fn check(workspace: &Workspace, repo: &Repo) -> Result<Vec<Finding>, Error> {
    let allowed = allow_list(repo.text(LIST).unwrap_or_default())?;
    let shipped_npm = workspace.npm.iter().filter(|package| package.shipped);
    let all = workspace.crates.iter().chain(shipped_npm);
    Ok(all
        .filter_map(|package| check_one(package, &allowed))
        .collect())
}

fn allow_list(text: &str) -> Result<Vec<Licensee>, Error> {
    let broken = |what: String| Error::Format {
        path: LIST.to_owned(),
        what,
    };
    let table: Table = text.parse().map_err(|error| broken(format!("{error}")))?;
    let names = table
        .get("licenses")
        .and_then(|section| section.get("allow"));
    let names = names
        .and_then(Value::as_array)
        .ok_or_else(|| broken("no licenses.allow".into()))?;
    let parse = |name: &Value| {
        let name = name.as_str().unwrap_or_default();
        Licensee::parse(name).map_err(|error| broken(format!("`{name}`: {error}")))
    };
    names.iter().map(parse).collect()
}

fn check_one(package: &Package, allowed: &[Licensee]) -> Option<Finding> {
    let Package { name, version, .. } = package;
    let Some(licence) = &package.licence else {
        let what = format!("{name} {version} states no licence");
        return Some(Finding::new(LIST, 1, what, "use another library"));
    };
    let fits = Expression::parse_mode(licence, ParseMode::LAX).is_ok_and(|expression| {
        expression.evaluate(|wanted| allowed.iter().any(|ours| ours.satisfies(wanted)))
    });
    let what = format!("{name} {version} is under `{licence}`, which is not on the list");
    let mend = "use another library, or allow the licence with a decision in docs/decisions/";
    (!fits).then(|| Finding::new(LIST, 1, what, mend))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::repo;

    fn whats(licence: Option<&str>) -> Vec<String> {
        let package = Package {
            name: "a".to_owned(),
            version: "1.0.0".to_owned(),
            licence: licence.map(str::to_owned),
            repository: None,
            shipped: true,
        };
        let workspace = Workspace {
            members: vec![],
            crates: vec![package],
            npm: vec![],
        };
        let list = r#"licenses.allow = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"]"#;
        let found = check(&workspace, &repo(&[(LIST, list)])).unwrap();
        found.into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn what_is_not_on_the_list_is_found() {
        for licence in ["GPL-3.0-only", "MIT AND AGPL-3.0-only", "Made-Up"] {
            assert_eq!(whats(Some(licence)).len(), 1, "{licence}");
        }
        assert_eq!(whats(None), ["a 1.0.0 states no licence"]);
    }

    #[test]
    fn a_choice_that_can_be_met_passes() {
        for licence in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0-only OR MIT",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert_eq!(whats(Some(licence)), [""; 0], "{licence}");
        }
    }

    #[test]
    fn a_broken_list_is_an_error_and_not_a_pass() {
        let empty = Workspace {
            members: vec![],
            crates: vec![],
            npm: vec![],
        };
        assert!(check(&empty, &repo(&[(LIST, "a = 1")])).is_err());
        assert!(check(&empty, &repo(&[])).is_err());
    }
}
