//! Every setting there is, by name. The one list behind the file, the variables and the answers to
//! misspelt names.

/// How the text of a variable or flag becomes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text, a number or a truth value; the field's type decides.
    Plain,
    /// Text that must not be shown; may also come from a file named by `<name>_file`.
    Secret,
    /// A path; one from the configuration file is relative to that file.
    Path,
    /// A list; in a variable its entries are separated by commas.
    List,
}

/// One setting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// Its name with dots between section and key.
    pub(crate) name: &'static str,
    /// How it is read.
    pub(crate) kind: Kind,
}

const fn known(name: &'static str, kind: Kind) -> Known {
    Known { name, kind }
}

/// All settings.
pub(crate) const KNOWN: [Known; 33] = [
    known("public_url", Kind::Plain),
    known("deadman_url", Kind::Secret),
    known("metrics_public", Kind::Plain),
    known("node_name", Kind::Plain),
    known("listen.http", Kind::Plain),
    known("http.trusted_proxies", Kind::List),
    known("http.client_address_header", Kind::Plain),
    known("carbon.listen", Kind::Plain),
    known("carbon.allow", Kind::List),
    known("metrics.storage_schemas", Kind::Path),
    known("metrics.storage_aggregation", Kind::Path),
    known("data.dir", Kind::Path),
    known("database.url", Kind::Secret),
    known("database.ca_file", Kind::Path),
    known("keys.file", Kind::Path),
    known("tls.cert_file", Kind::Path),
    known("tls.key_file", Kind::Path),
    known("smtp.url", Kind::Secret),
    known("smtp.second_url", Kind::Secret),
    known("smtp.from", Kind::Plain),
    known("outbound.allow", Kind::List),
    known("emergency.email", Kind::List),
    known("emergency.webhook", Kind::Secret),
    known("emergency.webhook_secret", Kind::Secret),
    known("links.lifetime_h", Kind::Plain),
    known("sessions.idle_h", Kind::Plain),
    known("retention.signals_days", Kind::Plain),
    known("retention.signals_bytes", Kind::Plain),
    known("retention.attempts_days", Kind::Plain),
    known("limits.sends_at_once", Kind::Plain),
    known("database.connections", Kind::Plain),
    known("log.level", Kind::Plain),
    known("log.format", Kind::Plain),
];

/// The setting of this name.
pub(crate) fn find(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

/// The setting that `<name>_file` reads from a file, if it may be read from one.
pub(crate) fn secret_of_file(name: &str) -> Option<&'static Known> {
    find(name.strip_suffix("_file")?).filter(|known| known.kind == Kind::Secret)
}

/// Whether this is a section: something with settings below it.
pub(crate) fn is_section(name: &str) -> bool {
    KNOWN.iter().any(|known| {
        known
            .name
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with('.'))
    })
}

/// The known name that a misspelt one is nearest to.
pub(crate) fn nearest(name: &str) -> &'static str {
    let distance = |known: &Known| {
        // A key in the wrong section is nearer than its section's other keys.
        let last = |name: &str| {
            name.rsplit('.')
                .next()
                .map(str::to_owned)
                .unwrap_or_default()
        };
        let whole = strsim::damerau_levenshtein(known.name, name);
        whole.min(1 + strsim::damerau_levenshtein(&last(known.name), &last(name)) * 2)
    };
    KNOWN
        .iter()
        .min_by_key(|known| distance(known))
        .map_or("", |known| known.name)
}

/// The variable of a setting.
pub(crate) fn variable(name: &str) -> String {
    format!("{PREFIX}{}", name.replace('.', "__").to_uppercase())
}

/// What the variables of settings begin with. Others that begin with `WATCHBELL_` are not ours:
/// Kubernetes sets some for a service of that name.
pub(crate) const PREFIX: &str = "WATCHBELL__";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_find_their_neighbour() {
        for (wrong, right) in [
            ("smtp.form", "smtp.from"),
            ("public.url", "public_url"),
            ("listen.htpp", "listen.http"),
            ("outbound.allowed", "outbound.allow"),
            ("carbon.listn", "carbon.listen"),
            ("metrics.storage_schema", "metrics.storage_schemas"),
            ("retention.signal_days", "retention.signals_days"),
            ("keys.path", "keys.file"),
            ("server.public_url", "public_url"),
        ] {
            assert_eq!(nearest(wrong), right, "{wrong}");
        }
    }

    #[test]
    fn the_guide_has_every_setting_and_no_other() {
        let guide = include_str!("../../../../docs/guide/boot-settings.md");
        let rows: Vec<(&str, &str)> = guide
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once("` | `"))
            .filter_map(|(name, rest)| Some((name, rest.split_once("` |")?.0)))
            .collect();
        for known in KNOWN {
            let variable = variable(known.name);
            let of_it: Vec<_> = rows
                .iter()
                .filter(|(name, _)| *name == known.name)
                .collect();
            assert_eq!(of_it, [&(known.name, variable.as_str())], "{known:?}");
            let says_secret = guide
                .lines()
                .filter(|line| line.starts_with(&format!("| `{}` |", known.name)))
                .any(|line| line.contains("A secret."));
            assert_eq!(says_secret, known.kind == Kind::Secret, "{known:?}");
        }
        assert_eq!(rows.len(), KNOWN.len(), "{rows:?}");
    }

    #[test]
    fn names_that_end_in_file_are_settings_or_secrets() {
        assert!(find("keys.file").is_some() && find("tls.key_file").is_some());
        assert_eq!(
            secret_of_file("smtp.url_file").map(|k| k.name),
            Some("smtp.url")
        );
        assert!(secret_of_file("smtp.from_file").is_none());
        assert!(is_section("smtp") && !is_section("smt") && !is_section("public_url"));
    }
}
