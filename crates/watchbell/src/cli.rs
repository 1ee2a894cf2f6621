//! The command line.

pub(crate) mod api;
pub(crate) mod backup;
pub(crate) mod declare;
pub(crate) mod explain;
pub(crate) mod restore;
pub(crate) mod resume;
pub(crate) mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use secrecy::SecretString;

use crate::boot::Flag;

pub(crate) use api::CommandError;

/// Open-source incident management in one binary: from an alert to a person who has it.
#[derive(Debug, Parser)]
#[command(name = "watchbell", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server: API, UI, pager.
    Serve(Serve),
    /// Run a demo on this machine: a small team, a service with a problem, and a built-in outbox.
    ///
    /// It listens on loopback only, on the next free port when the wanted one is taken, and keeps
    /// its data in a temporary directory unless --data is given. Its mails, pushes and webhooks end
    /// in its outbox.
    Demo(Demo),
    /// Show what `apply` would change; changes nothing.
    Plan(Declare),
    /// Make the configuration what YAML files declare; what they do not name stays as it is.
    Apply(Declare),
    /// Show why a page went out, or did not: from event to decision to attempts.
    Explain(Explain),
    /// Check the boot configuration and what it leads to, as `serve` would; changes nothing.
    Doctor(Doctor),
    /// Check the records: every chain, every state against its facts.
    Verify(Verify),
    /// Copy the running instance's database into a file (SQLite).
    ///
    /// The key file (keys.toml) and metrics are not in it. The copy starts with sending held.
    Backup(Backup),
    /// Put a backup in the place of the database, with no server running (SQLite).
    Restore(Restore),
    /// Let sending go that is held in a restored or copied database, after showing what is due.
    Resume(Resume),
}

/// Flags of `serve`. A flag beats a variable (`WATCHBELL__SECTION__KEY`), a variable beats the file.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) process: Process,
    /// A PostgreSQL database; SQLite in the data directory when left out.
    #[arg(long, value_name = "postgres://...")]
    database: Option<SecretString>,
}

/// Flags of `demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    pub(crate) process: Process,
}

/// Flags of `doctor`: those of the server it looks after, and its own.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) serve: Serve,
    /// Send a real mail to this address over the configured mail server.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) send_test_mail: Option<String>,
    /// Answer in JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Flags of everything that runs as a server.
#[derive(Debug, Args)]
pub(crate) struct Process {
    /// The directory for the database, the key file and the lock.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where API and UI listen; port 0 takes a free one.
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<String>,
    /// Where metrics come in as carbon's lines, over TCP and UDP.
    #[arg(long, value_name = "HOST:PORT|off")]
    carbon: Option<String>,
    /// The boot configuration.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The certificate chain for native TLS, in PEM form.
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// The private key for native TLS, in PEM form.
    #[arg(long, value_name = "FILE")]
    tls_key: Option<PathBuf>,
}

impl Serve {
    /// The flags that were given, as settings.
    pub(crate) fn flags(&self) -> Vec<Flag> {
        use secrecy::ExposeSecret as _;
        let database = self
            .database
            .as_ref()
            .map(|url| url.expose_secret().to_owned());
        let database = database.map(|url| ("--database", "database.url", url));
        self.process.flags().into_iter().chain(database).collect()
    }
}

impl Process {
    /// The flags that were given, as settings.
    pub(crate) fn flags(&self) -> Vec<Flag> {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|p| p.to_string_lossy().into_owned());
        [
            ("--data", "data.dir", path(&self.data)),
            ("--listen", "listen.http", self.listen.clone()),
            ("--carbon", "carbon.listen", self.carbon.clone()),
            ("--tls-cert", "tls.cert_file", path(&self.tls_cert)),
            ("--tls-key", "tls.key_file", path(&self.tls_key)),
        ]
        .into_iter()
        .filter_map(|(flag, name, value)| Some((flag, name, value?)))
        .collect()
    }
}

/// How a command reaches the API.
#[derive(Debug, Args)]
pub(crate) struct Remote {
    /// The address of the instance.
    #[arg(
        long,
        value_name = "URL",
        env = "WATCHBELL_URL",
        default_value = "http://127.0.0.1:8080"
    )]
    pub(crate) url: String,
    /// An API token.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "WATCHBELL_TOKEN",
        hide_env_values = true
    )]
    pub(crate) token: Option<SecretString>,
    /// A certificate authority to trust besides the system's, in PEM form.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_cert: Option<PathBuf>,
}

/// Flags of `explain`.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The id of a page (`pag_...`), a delivery (`dlv_...`) or an incident (`inc_...`).
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) remote: Remote,
}

/// Flags of `verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) remote: Remote,
}

/// Flags of `backup`.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// Where to write it.
    pub(crate) file: PathBuf,
    /// Replace the file if it is there.
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) remote: Remote,
}

/// Flags of `restore`.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup.
    pub(crate) file: PathBuf,
    /// The data directory it goes into.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Move a database that is there aside; it is kept under another name.
    #[arg(long)]
    pub(crate) force: bool,
}

/// Flags of `resume`.
#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// Do not ask.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Drop what has been due for longer than this, such as 2h, instead of sending it.
    #[arg(long, value_name = "DURATION", value_parser = resume::seconds)]
    pub(crate) drop_older_than: Option<u32>,
    #[command(flatten)]
    pub(crate) remote: Remote,
}

/// Flags of `plan` and `apply`.
#[derive(Debug, Args)]
pub(crate) struct Declare {
    /// A YAML file, or a folder with all its *.yaml and *.yml; may be given several times.
    #[arg(short = 'f', long = "file", value_name = "FILE|DIR", required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) remote: Remote,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }

    #[test]
    fn the_flags_of_serve_become_settings() {
        let line = "watchbell serve --data d --listen 127.0.0.1:0 --database postgres://db/w \
                    --tls-cert c --tls-key k --config f --carbon off";
        let cli = Cli::try_parse_from(line.split_whitespace()).expect("good");
        let Command::Serve(serve) = &cli.command else {
            panic!("{cli:?}")
        };
        let given: Vec<_> = serve
            .flags()
            .into_iter()
            .map(|(_, name, v)| (name, v))
            .collect();
        let expected = [
            ("data.dir", "d"),
            ("listen.http", "127.0.0.1:0"),
            ("carbon.listen", "off"),
            ("tls.cert_file", "c"),
            ("tls.key_file", "k"),
            ("database.url", "postgres://db/w"),
        ];
        assert_eq!(
            given,
            expected.map(|(name, value)| (name, value.to_owned()))
        );
        assert!(!format!("{cli:?}").contains("postgres"), "{cli:?}");
    }
    #[test]
    fn the_demo_has_no_other_database() {
        let parse = |line: &str| Cli::try_parse_from(line.split_whitespace());
        assert!(parse("watchbell demo --data d --listen 127.0.0.1:0").is_ok());
        assert!(parse("watchbell demo --database postgres://db/w").is_err());
    }

    #[test]
    fn files_may_be_given_several_times() {
        let cli = Cli::try_parse_from(["watchbell", "plan", "-f", "a", "-f", "b"]).expect("good");
        let Command::Plan(plan) = cli.command else {
            panic!("not a plan")
        };
        assert_eq!(plan.files, [PathBuf::from("a"), PathBuf::from("b")]);
        assert!(Cli::try_parse_from(["watchbell", "apply"]).is_err());
    }
}
