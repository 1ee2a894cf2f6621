//! The boot configuration: what a process must know before it can read the database.
//!
//! It comes from one TOML file (`--config`), variables (`WATCHBELL__SECTION__KEY`) and flags; a flag
//! beats a variable, a variable beats the file. A secret may also be read from a file, by adding
//! `_file` to its name in any of the three. Names that do not exist are refused, because a misspelt
//! setting that is silently dropped is found out on the worst night of the year.

mod check;
mod given;
mod known;

use core::fmt;
use core::time::Duration;
use std::path::{Path, PathBuf};

use garde::Validate;
use secrecy::SecretString;
use serde::Deserialize;
use wb_core::limits;

pub(crate) use check::is_loopback;
use given::Givens;
pub(crate) use given::Variables;

/// Something that is wrong with the boot configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The file and key, the variable or the flag.
    pub(crate) place: String,
    /// What is wrong and how to mend it.
    pub(crate) message: String,
}

/// The boot configuration cannot be used; everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) struct BootError(pub(crate) Vec<Problem>);

impl fmt::Display for BootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the boot configuration cannot be used")?;
        for problem in &self.0 {
            write!(f, "\n  {}: {}", problem.place, problem.message)?;
        }
        Ok(())
    }
}

/// The boot configuration.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Boot {
    /// Where people and senders reach this instance, without a slash at the end.
    #[garde(inner(custom(check::public_url)))]
    pub(crate) public_url: Option<String>,
    /// Called each minute while the pager works; a service elsewhere raises the alarm when the
    /// calls stop.
    #[garde(inner(custom(check::secret_url)))]
    pub(crate) deadman_url: Option<SecretString>,
    /// Whether `/metrics` needs no token.
    #[garde(skip)]
    pub(crate) metrics_public: bool,
    /// What this node is called where several work on one database; the host's name when left out.
    #[garde(inner(length(chars, min = 1, max = 120)))]
    pub(crate) node_name: Option<String>,
    #[garde(dive)]
    pub(crate) listen: Listen,
    #[garde(dive)]
    pub(crate) http: Http,
    #[garde(dive)]
    pub(crate) carbon: Carbon,
    #[garde(skip)]
    pub(crate) metrics: Metrics,
    #[garde(skip)]
    pub(crate) data: Data,
    #[garde(dive)]
    pub(crate) database: Database,
    #[garde(skip)]
    pub(crate) keys: Keys,
    #[garde(skip)]
    pub(crate) tls: Tls,
    #[garde(dive)]
    pub(crate) smtp: Smtp,
    #[garde(dive)]
    pub(crate) outbound: Outbound,
    #[garde(dive)]
    pub(crate) emergency: Emergency,
    #[garde(dive)]
    pub(crate) links: LinkLife,
    #[garde(dive)]
    pub(crate) sessions: Sessions,
    #[garde(dive)]
    pub(crate) retention: Retention,
    #[garde(dive)]
    pub(crate) limits: Limits,
    #[garde(dive)]
    pub(crate) log: Log,
}

/// What the process listens on.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Listen {
    /// Host and port of API and UI.
    #[garde(custom(check::host_and_port))]
    pub(crate) http: String,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            http: "127.0.0.1:8080".to_owned(),
        }
    }
}

/// What stands in front of API and UI.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Http {
    /// Addresses and networks of the proxies that say who calls them; nobody is believed by default.
    #[garde(custom(check::networks))]
    pub(crate) trusted_proxies: Vec<String>,
    /// The header in which they say it.
    #[garde(custom(check::client_address_header))]
    pub(crate) client_address_header: String,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            client_address_header: "X-Forwarded-For".to_owned(),
        }
    }
}

/// Metrics that come in as carbon's lines.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Carbon {
    /// Host and port for TCP and UDP, or `off`.
    #[garde(custom(check::host_and_port_or_off))]
    pub(crate) listen: String,
    /// Addresses and networks that may send; none means this machine only.
    #[garde(custom(check::peers))]
    pub(crate) allow: Vec<String>,
}

impl Default for Carbon {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:2003".to_owned(),
            allow: Vec::new(),
        }
    }
}

impl Carbon {
    /// Host and port; none when it is off.
    pub(crate) fn address(&self) -> Option<&str> {
        (self.listen != OFF).then_some(&self.listen)
    }
}

/// What stands where an address could, where nothing is wanted.
const OFF: &str = "off";

/// How metrics are kept, in carbon's own files.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Metrics {
    /// `storage-schemas.conf`: how long at which step.
    pub(crate) storage_schemas: Option<PathBuf>,
    /// `storage-aggregation.conf`: how several points become one.
    pub(crate) storage_aggregation: Option<PathBuf>,
}

/// Where the process keeps its files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Data {
    /// One directory, used by one process.
    pub(crate) dir: PathBuf,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("watchbell-data"),
        }
    }
}

/// The main database.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Database {
    /// A PostgreSQL address; none means SQLite in the data directory.
    #[garde(inner(custom(check::database_url)))]
    pub(crate) url: Option<SecretString>,
    /// Certificate authorities to trust for it besides the public ones, in PEM form.
    #[garde(skip)]
    pub(crate) ca_file: Option<PathBuf>,
    /// Connections for writing to PostgreSQL.
    #[garde(range(min = 2, max = 128))]
    pub(crate) connections: usize,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: None,
            ca_file: None,
            connections: 8,
        }
    }
}

/// The instance's key.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Keys {
    /// The key file; none means `keys.toml` in the data directory.
    pub(crate) file: Option<PathBuf>,
}

/// Native TLS; both or none.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tls {
    /// The certificate chain in PEM form.
    pub(crate) cert_file: Option<PathBuf>,
    /// Its private key in PEM form.
    pub(crate) key_file: Option<PathBuf>,
}

/// Outgoing mail.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Smtp {
    /// `smtp://user:password@host:port` or `smtps://...`.
    #[garde(skip)]
    pub(crate) url: Option<SecretString>,
    /// A second server, tried at once when the first refuses, fails or stays silent.
    #[garde(skip)]
    pub(crate) second_url: Option<SecretString>,
    /// The sender of our mail.
    #[garde(skip)]
    pub(crate) from: Option<String>,
}

impl Smtp {
    /// The servers that are set, each with the setting's name, in the order in which they are tried.
    pub(crate) fn servers(&self) -> Vec<(&'static str, &SecretString)> {
        let all = [
            ("smtp.url", &self.url),
            ("smtp.second_url", &self.second_url),
        ];
        let set = all
            .into_iter()
            .filter_map(|(name, url)| Some((name, url.as_ref()?)));
        set.collect()
    }
}

/// Outgoing HTTP.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Outbound {
    /// Hosts, addresses and networks that may be called although they are private.
    #[garde(custom(check::allow_list))]
    pub(crate) allow: Vec<String>,
}

/// Who is told when the database cannot be written, without the database.
#[derive(Debug, Default, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Emergency {
    /// Mail addresses.
    #[garde(inner(custom(check::mail_address)))]
    pub(crate) email: Vec<String>,
    /// The address of a webhook.
    #[garde(inner(custom(check::secret_url)))]
    pub(crate) webhook: Option<SecretString>,
    /// The secret that signs the webhook's calls.
    #[garde(skip)]
    pub(crate) webhook_secret: Option<SecretString>,
}

/// Acknowledge and resolve links.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LinkLife {
    /// Hours for which they work.
    #[garde(range(min = 1, max = 720))]
    pub(crate) lifetime_h: u32,
}

impl Default for LinkLife {
    fn default() -> Self {
        Self { lifetime_h: 24 }
    }
}

/// Sessions of browsers.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Sessions {
    /// Hours they last without being used.
    #[garde(range(min = 1, max = 8_760))]
    pub(crate) idle_h: u32,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { idle_h: 14 * 24 }
    }
}

/// How long what is kept.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Retention {
    /// Days for which received signals are kept.
    #[garde(range(min = 1, max = 3_650))]
    pub(crate) signals_days: u32,
    /// Bytes of received signals that are kept at most.
    #[garde(range(min = 1_048_576))]
    pub(crate) signals_bytes: u64,
    /// Days for which the details of attempts are kept.
    #[garde(range(min = 1, max = 3_650))]
    pub(crate) attempts_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            signals_days: 14,
            signals_bytes: 10 << 30,
            attempts_days: 90,
        }
    }
}

/// What one process does at once.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// Attempts under way at once.
    #[garde(range(min = 1, max = 1_024))]
    pub(crate) sends_at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { sends_at_once: 64 }
    }
}

/// The log on standard error.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    /// `error`, `warn`, `info`, `debug`, `trace`, or filters by module.
    #[garde(custom(check::log_level))]
    pub(crate) level: String,
    /// `text` for people or `json` for machines.
    #[garde(custom(check::log_format))]
    pub(crate) format: String,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
            format: "text".to_owned(),
        }
    }
}

/// A value given on the command line: the flag, the setting it stands for, the value.
pub(crate) type Flag = (&'static str, &'static str, String);

/// Reads and checks the boot configuration.
///
/// # Errors
/// Everything that is wrong, each with the file, variable or flag and how to mend it.
pub(crate) fn load(
    file: Option<&Path>,
    variables: &Variables,
    flags: &[Flag],
) -> Result<Boot, BootError> {
    load_over(&[], file, variables, flags)
}

/// The same, with other defaults.
///
/// # Errors
/// As above.
pub(crate) fn load_over(
    defaults: &[Flag],
    file: Option<&Path>,
    variables: &Variables,
    flags: &[Flag],
) -> Result<Boot, BootError> {
    let (mut givens, mut problems) = Givens::collect(defaults, file, variables, flags)?;
    // One value of the wrong type hides the others: it is noted and left out, and the rest read.
    let mut boot: Boot = loop {
        let read = config::Config::builder()
            .add_source(givens.clone())
            .build()
            .and_then(config::Config::try_deserialize);
        match read {
            Ok(boot) => break boot,
            Err(error) => {
                let problem = of_type(&error);
                let left_out = givens.leave_out(&problem.place);
                problems.push(problem);
                if !left_out {
                    return Err(BootError(problems));
                }
            }
        }
    };
    if let Some(url) = &mut boot.public_url {
        url.truncate(url.trim_end_matches('/').len());
    }
    check::whole(&boot, &givens, problems)?;
    Ok(boot)
}

/// The variables that may hold the first admin's API token; the later ones are aliases.
const ADMIN_TOKEN: [&str; 2] = ["WATCHBELL_ADMIN_TOKEN", "WATCHBELL_DEMO_TOKEN"];

/// The first admin's API token, from its variable or from the file that the variable with `_FILE`
/// names.
///
/// # Errors
/// When it cannot be read or is no usable token.
pub(crate) fn admin_token(variables: &Variables) -> Result<Option<SecretString>, BootError> {
    let value = |name: &str| {
        let found = variables
            .iter()
            .find(|(key, value)| key == name && !value.is_empty());
        found.map(|(_, value)| value.to_string_lossy().into_owned())
    };
    for name in ADMIN_TOKEN {
        let file = format!("{name}_FILE");
        let (place, token) = match (value(name), value(&file)) {
            (Some(token), _) => (name.to_owned(), Ok(token)),
            (None, Some(path)) => (file, std::fs::read_to_string(path)),
            (None, None) => continue,
        };
        let refuse = |message: String| Err(BootError(vec![Problem { place, message }]));
        return match token.as_deref().map(str::trim) {
            Err(error) => refuse(format!("the file cannot be read: {error}")),
            Ok(token) if token.len() < limits::ADMIN_TOKEN_CHARS_MIN => {
                let min = limits::ADMIN_TOKEN_CHARS_MIN;
                refuse(format!("the token must have at least {min} characters"))
            }
            Ok(token) if !token.bytes().all(|byte| byte.is_ascii_graphic()) => {
                refuse("the token may hold letters, digits and signs only, no blanks".to_owned())
            }
            Ok(token) => Ok(Some(SecretString::from(token))),
        };
    }
    Ok(None)
}

/// A value of the wrong type. The value itself is left out: it may be a secret.
fn of_type(error: &config::ConfigError) -> Problem {
    use config::ConfigError::{At, Type};
    match error {
        Type {
            origin,
            expected,
            key,
            ..
        } => {
            let place = origin.clone().or_else(|| key.clone()).unwrap_or_default();
            Problem {
                place,
                message: format!("this must be {expected}"),
            }
        }
        At {
            error,
            origin: Some(origin),
            ..
        } => Problem {
            place: origin.clone(),
            message: of_type(error).message,
        },
        other => Problem {
            place: "configuration".to_owned(),
            message: other.to_string(),
        },
    }
}

impl Boot {
    /// How long acknowledge and resolve links work.
    pub(crate) fn link_lifetime(&self) -> Duration {
        hours(self.links.lifetime_h)
    }

    /// How long a browser session lasts without being used.
    pub(crate) fn session_idle(&self) -> Duration {
        hours(self.sessions.idle_h)
    }
}

fn hours(hours: u32) -> Duration {
    Duration::from_secs(u64::from(hours) * 3_600)
}

#[cfg(test)]
mod tests;
