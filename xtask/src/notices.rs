//! THIRD-PARTY-NOTICES.md: what the binary and its UI are made of, one line a package.

use std::{fmt::Write as _, fs, path::Path};

use crate::{
    error::Error,
    repo::Repo,
    tidy::Finding,
    workspace::{Package, Workspace},
};

const FILE: &str = "THIRD-PARTY-NOTICES.md";

/// Writes the file anew.
pub(crate) fn write(root: &Path) -> Result<(), Error> {
    let path = root.join(FILE);
    fs::write(&path, render(&Workspace::load(root)?)).map_err(Error::file(&path))
}

/// Whether the committed file is the one that would be written now.
pub(crate) fn check(workspace: &Workspace, repo: &Repo) -> Vec<Finding> {
    let now = render(workspace);
    let committed = repo.text(FILE).unwrap_or_default();
    if now == committed {
        return Vec::new();
    }
    let same = now
        .lines()
        .zip(committed.lines())
        .take_while(|(a, b)| a == b)
        .count();
    vec![Finding {
        path: FILE.to_owned(),
        line: same + 1,
        what: "does not match the dependencies".to_owned(),
        mend: "run `cargo xtask notices` and commit the file".to_owned(),
    }]
}

fn render(workspace: &Workspace) -> String {
    let mut text = String::from(
        "# Third-party notices\n\n\
         Watchbell is under Apache-2.0 and contains the following packages, each under its own licence.\n\
         Written by `cargo xtask notices`.\n",
    );
    section(&mut text, "Rust crates in the binary", &workspace.crates);
    section(
        &mut text,
        "npm packages in the user interface",
        &workspace.npm,
    );
    text
}

fn section(text: &mut String, title: &str, packages: &[Package]) {
    let mut shipped = packages.iter().filter(|package| package.shipped).peekable();
    if shipped.peek().is_none() {
        return;
    }
    // Writing into a String cannot fail.
    let _ = writeln!(text, "\n## {title}\n");
    for Package {
        name,
        version,
        licence,
        repository,
        ..
    } in shipped
    {
        let licence = licence.as_deref().unwrap_or("no licence stated");
        let _ = write!(text, "- {name} {version}: {licence}");
        if let Some(repository) = repository {
            let _ = write!(text, ", <{repository}>");
        }
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::repo;

    fn workspace(version: &str) -> Workspace {
        let package = |name: &str, shipped| Package {
            name: name.to_owned(),
            version: version.to_owned(),
            licence: Some("MIT".to_owned()),
            repository: Some("https://example.com/a".to_owned()),
            shipped,
        };
        Workspace {
            members: vec![],
            crates: vec![package("inside", true), package("tests-only", false)],
            npm: vec![],
        }
    }

    #[test]
    fn only_what_is_shipped_is_listed() {
        let text = render(&workspace("1.0.0"));
        assert!(
            text.ends_with("\n- inside 1.0.0: MIT, <https://example.com/a>\n"),
            "{text}"
        );
    }

    #[test]
    fn a_new_version_makes_the_file_stale() {
        let committed = render(&workspace("1.0.0"));
        let repo = repo(&[(FILE, &committed)]);
        assert_eq!(check(&workspace("1.0.0"), &repo), []);
        assert_eq!(check(&workspace("1.0.1"), &repo)[0].line, 8);
        assert_eq!(
            check(&workspace("1.0.0"), &crate::fixture::repo(&[])).len(),
            1
        );
    }
}
