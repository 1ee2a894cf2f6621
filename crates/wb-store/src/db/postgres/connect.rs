//! Reaching the server: address, TLS, session settings.

use std::sync::Arc;
use std::time::Duration;

use postgres::config::SslMode;
use postgres::{Client, Config, NoTls};
use refinery::Runner;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::PostgresOptions;
use super::pg::{Pg, chain};
use crate::db::error::OpenError;
use crate::db::migrate;

/// Makes connections, all alike.
#[derive(Clone)]
pub(crate) struct Connector {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    settings: Arc<str>,
}

impl Connector {
    pub(crate) fn new(options: &PostgresOptions) -> Result<Connector, OpenError> {
        let mut config = parse(&options.url)?;
        config
            .connect_timeout(Duration::from_millis(options.connect_timeout_ms))
            .keepalives(true)
            .keepalives_idle(Duration::from_secs(5))
            .keepalives_interval(Duration::from_secs(2))
            .keepalives_retries(3)
            .tcp_user_timeout(Duration::from_millis(
                options.statement_timeout_ms + options.lock_timeout_ms,
            ));
        if config.get_application_name().is_none() {
            config.application_name("watchbell");
        }
        let tls = match config.get_ssl_mode() {
            SslMode::Disable => None,
            _ => Some(MakeRustlsConnect::new(tls(options)?)),
        };
        // A node that stops in the middle of a transaction must not hold its locks for ever.
        let settings = format!(
            "SET statement_timeout = {statement}; SET lock_timeout = {lock};
             SET idle_in_transaction_session_timeout = {idle};
             SET client_min_messages = 'warning'; SET timezone = 'UTC';
             SET default_transaction_isolation = 'read committed'",
            statement = options.statement_timeout_ms,
            lock = options.lock_timeout_ms,
            idle = options.statement_timeout_ms * 2,
        );
        Ok(Connector {
            config,
            tls,
            settings: settings.into(),
        })
    }

    /// Connects. Only on plain threads: this client brings its own event loop.
    pub(crate) fn connect(&self) -> Result<Pg, String> {
        let client = match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        };
        let mut client = client.map_err(|e| chain(&e))?;
        client
            .batch_execute(&self.settings)
            .map_err(|e| chain(&e))?;
        Ok(Pg::new(client))
    }
}

fn parse(url: &str) -> Result<Config, OpenError> {
    // The client verifies whenever it uses TLS, but does not know these two words for it.
    let known = url
        .replace("sslmode=verify-full", "sslmode=require")
        .replace("sslmode=verify-ca", "sslmode=require");
    // The words of the error name the option, never the password.
    known
        .parse()
        .map_err(|e: postgres::Error| OpenError::Url(chain(&e)))
}

/// TLS with ring, named here and not as the process's default: whoever links us decides about that.
fn tls(options: &PostgresOptions) -> Result<ClientConfig, OpenError> {
    let fail = |what: String| OpenError::Tls(what);
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(path) = &options.ca_file {
        let shown = path.display();
        let pems =
            CertificateDer::pem_file_iter(path).map_err(|e| fail(format!("{shown}: {e}")))?;
        for pem in pems {
            let certificate = pem.map_err(|e| fail(format!("{shown}: {e}")))?;
            roots
                .add(certificate)
                .map_err(|e| fail(format!("{shown}: {e}")))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|e| fail(e.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// Checks the server and brings the schema up to date; returns this binary's schema version.
pub(crate) fn prepare(connector: &Connector, runner: Runner) -> Result<i64, OpenError> {
    let mut pg = connector.connect().map_err(OpenError::Connect)?;
    check(pg.client())?;
    migrate::postgres(pg.client(), runner)
}

pub(crate) fn check(client: &mut Client) -> Result<(), OpenError> {
    let text =
        "SELECT current_setting('server_version_num')::int, current_setting('server_encoding')";
    let row = client
        .query_one(text, &[])
        .map_err(|e| OpenError::Connect(chain(&e)))?;
    let (version, encoding): (i32, String) = (row.get(0), row.get(1));
    if version < 150_000 {
        return Err(OpenError::Server(format!(
            "version {version}; 15 or newer is needed"
        )));
    }
    if encoding != "UTF8" {
        return Err(OpenError::Server(format!(
            "its encoding is {encoding}; create the database with UTF8"
        )));
    }
    Ok(())
}
