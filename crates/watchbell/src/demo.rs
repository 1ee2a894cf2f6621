//! The demo: a server of its own on loopback, with a small team, a problem, and an outbox in which
//! everything that would go to phones and mailboxes arrives over real sockets.
//!
//! It is the same server as `watchbell serve`; what it adds stands here: where its mails and calls
//! end, its login, its configuration, and the story that is told over and over.

mod login;
mod outbox;
mod story;

use core::fmt;
use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use tokio_util::sync::CancellationToken;
use wb_app::{App, AppError};
use wb_ports::{Clock, Random};

use self::login::Login;
use self::outbox::{Addresses, Sink};
use crate::boot::{self, Boot, BootError, Flag, Variables};
use crate::cli::api::Api;
use crate::cli::declare::{self, Declaration, Mode};
use crate::cli::{self, CommandError};

/// The shipped configuration; `{{http}}` stands for the address of the outbox.
const TEAM: &str = include_str!("demo/team.yaml");

/// How the demo's points are kept.
const SCHEMAS: &str = "[demo]\npattern = .*\nretentions = 1s:2h,10s:1d\n";

/// The sender of the demo's mails.
const FROM: &str = "Watchbell demo <watchbell@demo.example>";

/// Where our own troubles would be told; ends in the outbox like everything else.
const EMERGENCY: &str = "sofia@demo.example";

/// Characters of randomness in the name of a temporary directory.
const DIRECTORY_CHARS: usize = 12;

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// The address can be reached from elsewhere.
    #[error(
        "the demo listens on this machine only, and {0} may be reached from others, \
         who would find its login printed; listen on 127.0.0.1, or run `watchbell serve`"
    )]
    OffLoopback(String),
    /// Another database is configured.
    #[error(
        "the demo keeps its data in SQLite; leave out database.url (WATCHBELL__DATABASE__URL), \
         or run `watchbell serve`"
    )]
    Database,
    /// The directory is somebody else's.
    #[error(
        "{0} holds the database of a server, which the demo leaves alone; \
         give it a directory of its own (--data)"
    )]
    Foreign(PathBuf),
    /// The file with the login cannot be had.
    #[error("the demo's login {path}: {words}")]
    Login {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        words: String,
    },
    /// The file that says how points are kept cannot be written.
    #[error("{path} cannot be written: {source}")]
    Schemas {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The outbox cannot listen.
    #[error("the demo's outbox cannot listen on loopback: {0}")]
    Outbox(#[from] io::Error),
    /// The first account cannot be made.
    #[error("the demo's login cannot be made: {0}")]
    App(#[from] AppError),
    /// The shipped configuration was not taken.
    #[error("the demo's configuration cannot be applied: {0}")]
    Apply(#[from] CommandError),
}

/// The boot configuration of a demo, and the directory that goes away with it.
pub(crate) struct Prepared {
    /// The boot configuration.
    pub(crate) boot: Boot,
    /// The temporary directory, if none was given.
    pub(crate) temporary: Option<Temporary>,
}

/// A directory that is removed when this is dropped.
pub(crate) struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %self.0.display(), %error, "the demo's data stay behind");
        }
    }
}

/// Reads the boot configuration as `serve` does, with the demo's defaults.
///
/// # Errors
/// What `serve` would refuse.
pub(crate) fn prepare(
    flags: &cli::Demo,
    variables: &Variables,
    random: &dyn Random,
) -> Result<Prepared, BootError> {
    let name = format!("watchbell-demo-{}", login::words(random, DIRECTORY_CHARS));
    let temporary = std::env::temp_dir().join(name);
    let default = |name, value: &str| -> Flag { ("the demo", name, value.to_owned()) };
    let defaults = [
        default("data.dir", &temporary.to_string_lossy()),
        // So that nobody is asked for one: the address in mails is the one listened on.
        default("public_url", "http://127.0.0.1"),
        // What is printed should not drown; and nobody keeps a copy of a demo's key.
        default("log.level", "warn,watchbell::lifecycle::opening=error"),
    ];
    let file = flags.process.config.as_deref();
    let boot = boot::load_over(&defaults, file, variables, &flags.process.flags())?;
    let is_temporary = boot.data.dir == temporary;
    Ok(Prepared {
        boot,
        temporary: is_temporary.then_some(Temporary(temporary)),
    })
}

/// What a demo adds to a server.
pub(crate) struct Demo {
    login: Login,
    sink: Arc<Sink>,
    addresses: Addresses,
    clock: Arc<dyn Clock>,
    data: PathBuf,
}

/// Refuses what a demo does not do.
///
/// # Errors
/// [`DemoError`].
pub(crate) fn check(boot: &Boot, database_file: &str) -> Result<(), DemoError> {
    if !boot::is_loopback(&boot.listen.http) {
        return Err(DemoError::OffLoopback(boot.listen.http.clone()));
    }
    if boot.database.url.is_some() {
        return Err(DemoError::Database);
    }
    let data = &boot.data.dir;
    if data.join(database_file).exists() && !data.join(login::FILE_NAME).exists() {
        return Err(DemoError::Foreign(data.clone()));
    }
    Ok(())
}

impl Demo {
    /// Opens the outbox, finds or makes the login, and turns everything that goes out to the
    /// outbox. The data directory must be held.
    ///
    /// # Errors
    /// When one of these cannot be had.
    pub(crate) async fn open(
        boot: &mut Boot,
        given: Option<&SecretString>,
        clock: Arc<dyn Clock>,
        random: &dyn Random,
    ) -> Result<Self, DemoError> {
        let login = login::hold(&boot.data.dir, given, random)?;
        let (sink, addresses) = Sink::open(Arc::clone(&clock)).await?;
        boot.public_url = None;
        boot.smtp.url = Some(format!("smtp://{}", addresses.smtp).into());
        boot.smtp.from = Some(FROM.to_owned());
        boot.outbound.allow.push(addresses.http.ip().to_string());
        if boot.emergency.email.is_empty() {
            boot.emergency.email.push(EMERGENCY.to_owned());
        }
        Ok(Self {
            login,
            sink,
            addresses,
            clock,
            data: boot.data.dir.clone(),
        })
    }

    /// Where messages end.
    pub(crate) fn outbox(&self) -> Arc<dyn wb_http::demo::Outbox> {
        Arc::clone(&self.sink) as _
    }

    /// Makes the first admin with their password, if they are not there yet.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub(crate) async fn furnish(&self, app: &Arc<App>) -> Result<(), DemoError> {
        self.sink.attach(Arc::clone(app));
        let Login {
            email,
            password,
            token,
            ..
        } = &self.login;
        let bootstrapped = app.bootstrap(Some(token.expose_secret())).await?;
        if let Some(secret) = bootstrapped.setup_secret {
            let password = password.expose_secret();
            app.set_up(&secret, login::NAME, email, password, login::ZONE)
                .await?;
        }
        Ok(())
    }

    /// Applies the shipped configuration to the running server, prints what a newcomer needs, and
    /// gives what tells the story.
    ///
    /// # Errors
    /// When the server does not take it.
    pub(crate) async fn begin(
        &self,
        url: &str,
        carbon: Option<SocketAddr>,
        stop: CancellationToken,
    ) -> Result<impl Future<Output = ()> + Send + 'static, DemoError> {
        let api = Api::own(url, self.login.token.clone())?;
        let declaration = Declaration::of_text("demo/team.yaml", &self.team())?;
        declare::submit(&api, &declaration, Mode::Apply).await?;
        let mut err = io::stderr().lock();
        // Whoever closed our standard error does not want to know.
        drop(write!(
            err,
            "{}",
            Welcome {
                url,
                carbon,
                login: &self.login,
                data: &self.data
            }
        ));
        let clock = Arc::clone(&self.clock);
        Ok(async move {
            match carbon {
                Some(carbon) => story::tell(carbon, clock, stop).await,
                None => stop.cancelled().await,
            }
        })
    }

    fn team(&self) -> String {
        TEAM.replace("{{http}}", &format!("http://{}", self.addresses.http))
    }
}

/// What is printed when the demo stands.
struct Welcome<'a> {
    url: &'a str,
    carbon: Option<SocketAddr>,
    login: &'a Login,
    data: &'a Path,
}

impl fmt::Display for Welcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            url,
            carbon,
            login,
            data,
        } = self;
        let kept = if is_temporary(data) {
            " (removed when the demo ends)"
        } else {
            ""
        };
        let metrics = carbon.map_or_else(|| "off".to_owned(), |at| format!("{at} (carbon)"));
        writeln!(
            f,
            "\n\
             The Watchbell demo is at {url}\n\n  \
             e-mail     {}\n  \
             password   {}\n  \
             API token  {}\n  \
             metrics    {metrics}\n  \
             data       {}{kept}\n\n\
             What to watch: in a few seconds the service checkout gets slow. Its latency comes in as\n\
             carbon lines; a monitor sees it over 500 ms for 15 seconds, an incident opens, and\n\
             whoever is on call is paged. The mails and pushes arrive in {url}/outbox; tap\n\
             Acknowledge in one of them, and the incident calms down.\n\
             If nobody does, the next step pages Sofia after a minute. The latency heals after\n\
             three minutes and comes back after ten. Ctrl-C ends the demo.\n",
            login.email,
            login.password.expose_secret(),
            login.token.expose_secret(),
            data.display(),
        )
    }
}

/// Says how points are kept, unless the operator did: by the second, so that a short story has a
/// long line. A file of carbon's own format, as any Graphite has one. The data directory must be
/// held.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn keep_points(boot: &mut Boot) -> Result<(), DemoError> {
    if boot.metrics.storage_schemas.is_some() {
        return Ok(());
    }
    let path = boot.data.dir.join("storage-schemas.conf");
    if let Err(source) = std::fs::write(&path, SCHEMAS) {
        return Err(DemoError::Schemas { path, source });
    }
    boot.metrics.storage_schemas = Some(path);
    Ok(())
}

/// Whether this is a directory that [`prepare`] thought of.
fn is_temporary(data: &Path) -> bool {
    let name = data.file_name().and_then(OsStr::to_str).unwrap_or_default();
    data.parent() == Some(&std::env::temp_dir()) && name.starts_with("watchbell-demo-")
}
