//! A PostgreSQL cluster for tests, shared by all test processes, and a fresh database in it for each test.
//!
//! Test runners give every test a process of its own, so the cluster must outlive them: the first test starts it
//! under a file lock, the others find it, also in the next run, and a small watchdog stops it after ten idle minutes.
//! It listens on a Unix socket in a private folder only. `test-pg` (a binary of this crate) ends it at once.
//!
//! `WB_TEST_PG_URL` names a server to use instead; its user must be allowed to create databases.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use postgres::{Client, NoTls};
use tempfile::TempDir;

/// The user the server runs as when the tests run as root, which PostgreSQL refuses.
const NOBODY: u32 = 65_534;

/// Why there is no test database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// PostgreSQL is not installed.
    #[error(
        "PostgreSQL's server binaries are missing (looked in /usr/lib/postgresql/*/bin and PATH): apt-get install postgresql"
    )]
    Missing,
    /// A file or process could not be had.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
    /// One of PostgreSQL's programs failed.
    #[error("{program} failed: {words}")]
    Program {
        /// Which one.
        program: &'static str,
        /// What it said.
        words: String,
    },
    /// The server refused something.
    #[error("the test server said: {0}")]
    Server(String),
}

/// A fresh, empty database; dropped with this value.
#[derive(Debug)]
pub struct PgDb {
    admin_url: String,
    name: String,
}

/// A fresh database in the shared cluster.
pub fn database() -> Result<PgDb, Error> {
    let admin_url = match given_url() {
        Some(url) => url,
        None => Cluster::shared()?.admin_url(),
    };
    create(admin_url)
}

/// Stops the shared cluster, if it runs, and removes it.
pub fn stop() -> Result<(), Error> {
    let dir = shared_dir();
    let _lock = lock(&dir)?;
    let cluster = Cluster {
        dir: dir.clone(),
        _temp: None,
    };
    if cluster.is_alive() {
        cluster.stop()?;
    }
    match fs::remove_dir_all(&dir) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => {
            Err(io_error("remove the test cluster", e))
        }
        _ => Ok(()),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are configured by their environment"
)]
fn given_url() -> Option<String> {
    std::env::var("WB_TEST_PG_URL")
        .ok()
        .filter(|url| !url.is_empty())
}

fn create(admin_url: String) -> Result<PgDb, Error> {
    // The server counts its transactions, so the name is new whatever died before.
    let name = "t".to_owned() + &ask(&admin_url, "SELECT pg_current_xact_id()::text")?;
    run(
        &admin_url,
        &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"),
    )?;
    Ok(PgDb { admin_url, name })
}

impl PgDb {
    /// The url to open it with.
    pub fn url(&self) -> String {
        with_database(&self.admin_url, &self.name)
    }

    /// Its name, to find it in the server's views.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The folder of the server's Unix socket, for a proxy in between; `None` for a server given by url.
    pub fn socket(&self) -> Option<PathBuf> {
        let (_, query) = self.admin_url.split_once("host=/")?;
        let dir = query.split('&').next()?;
        Some(Path::new("/").join(dir).join(".s.PGSQL.5432"))
    }

    /// A copy of this database as it is now, in the same server. Nobody may be connected.
    pub fn copy(&self) -> Result<PgDb, Error> {
        let copy = format!("{}copy", self.name);
        let sql = format!("CREATE DATABASE {copy} TEMPLATE {}", self.name);
        run(&self.admin_url, &sql)?;
        Ok(PgDb {
            admin_url: self.admin_url.clone(),
            name: copy,
        })
    }

    /// Runs statements in this database from outside the code under test.
    pub fn run(&self, sql: &str) -> Result<(), Error> {
        run(&self.url(), sql)
    }

    /// Asks for one text from outside the code under test.
    pub fn ask(&self, sql: &str) -> Result<String, Error> {
        ask(&self.url(), sql)
    }

    /// Ends every connection to this database on the server's side.
    pub fn terminate_backends(&self) -> Result<(), Error> {
        let of = &self.name;
        let sql = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{of}'"
        );
        run(&self.admin_url, &sql)
    }
}

impl Drop for PgDb {
    fn drop(&mut self) {
        // Best effort: a server that a test has stopped has nothing to drop.
        drop(run(
            &self.admin_url,
            &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name),
        ));
    }
}

/// A running cluster of one's own, for tests that stop and start the server.
#[derive(Debug)]
pub struct Cluster {
    dir: PathBuf,
    /// Present on a private cluster; removed after the server stopped.
    _temp: Option<TempDir>,
}

impl Cluster {
    /// A new cluster for one test; stopped and removed when dropped.
    pub fn private() -> Result<Cluster, Error> {
        let temp =
            TempDir::with_prefix("wb-pg-").map_err(|e| io_error("make a temporary folder", e))?;
        let dir = temp.path().join("c");
        let cluster = Cluster {
            dir,
            _temp: Some(temp),
        };
        open_up(cluster.dir.parent().unwrap_or(&cluster.dir))?;
        cluster.init()?;
        cluster.start()?;
        Ok(cluster)
    }

    /// A new cluster for one test that also listens on loopback, with TLS only.
    pub fn private_tls(certificate: &crate::tls::TestCertificate) -> Result<(Cluster, u16), Error> {
        let cluster = Cluster::private()?;
        cluster.stop()?;
        let pick = |e| io_error("pick a free port", e);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(pick)?;
        let port = listener.local_addr().map_err(pick)?.port();
        drop(listener);
        let data = cluster.dir.join("data");
        let pems = [
            ("server.crt", &certificate.cert_pem),
            ("server.key", &certificate.key_pem),
        ];
        for (name, pem) in pems {
            cluster.write(&data.join(name), pem)?;
        }
        let hba = "hostssl all all 127.0.0.1/32 trust\nlocal all all trust\n";
        cluster.write(&data.join("pg_hba.conf"), hba)?;
        cluster.start_with(&format!(
            "-c ssl=on -c listen_addresses=127.0.0.1 -c port={port}"
        ))?;
        Ok((cluster, port))
    }

    /// A fresh database in it.
    pub fn database(&self) -> Result<PgDb, Error> {
        create(self.admin_url())
    }

    /// Starts the stopped server and waits until it answers.
    pub fn start(&self) -> Result<(), Error> {
        self.start_with("-c listen_addresses='' -c port=5432")
    }

    fn start_with(&self, more: &str) -> Result<(), Error> {
        let options = format!(
            "-c unix_socket_directories='{dir}' -c max_connections=300 -c shared_buffers=64MB \
             -c fsync={fsync} {more}",
            dir = self.dir.display(),
            fsync = fsync(),
        );
        let mut command = self.program("pg_ctl")?;
        command
            .args(["start", "-w", "-t", "60", "-s", "-o", &options, "-l"])
            .arg(self.dir.join("log"));
        command.arg("-D").arg(self.dir.join("data"));
        let status = command.status().map_err(|e| io_error("run pg_ctl", e))?;
        if status.success() {
            return Ok(());
        }
        let words = fs::read_to_string(self.dir.join("log")).unwrap_or_default();
        Err(Error::Program {
            program: "pg_ctl start",
            words,
        })
    }

    /// Stops the server as a crash would: connections are cut, nothing is finished.
    pub fn stop(&self) -> Result<(), Error> {
        let mut command = self.program("pg_ctl")?;
        command
            .args(["stop", "-w", "-s", "-m", "immediate", "-D"])
            .arg(self.dir.join("data"));
        finish("pg_ctl stop", command)
    }

    fn shared() -> Result<Cluster, Error> {
        let cluster = Cluster {
            dir: shared_dir(),
            _temp: None,
        };
        if cluster.is_alive() {
            return Ok(cluster);
        }
        let _lock = lock(&cluster.dir)?;
        if cluster.is_alive() {
            return Ok(cluster);
        }
        if !cluster.dir.join("ready").exists() {
            if cluster.dir.exists() {
                fs::remove_dir_all(&cluster.dir)
                    .map_err(|e| io_error("remove a half-made cluster", e))?;
            }
            cluster.init()?;
            fs::write(cluster.dir.join("ready"), "")
                .map_err(|e| io_error("mark the cluster", e))?;
        }
        cluster.start()?;
        cluster.watch()?;
        Ok(cluster)
    }

    fn init(&self) -> Result<(), Error> {
        let what = "make the cluster's folder";
        fs::create_dir(&self.dir).map_err(|e| io_error(what, e))?;
        fs::set_permissions(&self.dir, fs::Permissions::from_mode(0o700))
            .map_err(|e| io_error(what, e))?;
        if is_root(&self.dir)? {
            chown(&self.dir, Some(NOBODY), Some(NOBODY)).map_err(|e| io_error(what, e))?;
        }
        let mut command = self.program("initdb")?;
        command.args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
            "-D",
        ]);
        command.arg(self.dir.join("data"));
        finish("initdb", command)
    }

    /// Writes a file that only the cluster's owner may read, as PostgreSQL wants it for keys.
    fn write(&self, path: &Path, text: &str) -> Result<(), Error> {
        let fail = |e| io_error("write a file for the cluster", e);
        fs::write(path, text).map_err(fail)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(fail)?;
        let owner = fs::metadata(&self.dir).map_err(fail)?;
        chown(path, Some(owner.uid()), Some(owner.gid())).map_err(fail)
    }

    fn admin_url(&self) -> String {
        format!(
            "postgresql:///postgres?host={}&user=postgres",
            self.dir.display()
        )
    }

    fn is_alive(&self) -> bool {
        self.dir.join(".s.PGSQL.5432").exists() && run(&self.admin_url(), "SELECT 1").is_ok()
    }

    /// Leaves a process behind that stops the server once nobody has used it for ten minutes.
    fn watch(&self) -> Result<(), Error> {
        const SCRIPT: &str = r#"
            idle=0
            while [ $idle -lt 10 ]; do
                sleep 60
                busy=$(psql -h "$1" -U postgres -Atc "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE 't%'
                       AND datname <> 'template1'" postgres) || exit 0
                if [ "$busy" = 0 ]; then idle=$((idle + 1)); else idle=0; fi
            done
            exec pg_ctl stop -s -m fast -D "$1/data""#;
        let mut command = self.command(Path::new("/bin/sh"));
        command
            .arg("-c")
            .arg(SCRIPT)
            .arg("test-pg-watchdog")
            .arg(&self.dir)
            .env("PATH", self.path()?);
        command
            .process_group(0)
            .spawn()
            .map_err(|e| io_error("start the watchdog", e))
            .map(drop)
    }

    fn path(&self) -> Result<String, Error> {
        Ok(format!("{}:/usr/bin:/bin", binaries()?.display()))
    }

    fn program(&self, name: &'static str) -> Result<Command, Error> {
        Ok(self.command(&binaries()?.join(name)))
    }

    /// A command as the cluster's owner, without our standard streams: the server would keep a test runner's pipe.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.dir)
            .env_clear()
            .env("LC_ALL", "C")
            .env("PATH", "/usr/bin:/bin");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if fs::metadata(&self.dir).is_ok_and(|m| m.uid() == NOBODY) {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self._temp.is_some() {
            // Already stopped is fine.
            drop(self.stop());
        }
    }
}

/// One cluster for each checkout of the source.
fn shared_dir() -> PathBuf {
    let key = env!("CARGO_MANIFEST_DIR")
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    std::env::temp_dir().join(format!("wb-test-pg-{key:016x}"))
}

fn lock(dir: &Path) -> Result<File, Error> {
    let what = "lock the test cluster";
    let file = File::options()
        .create(true)
        .append(true)
        .open(dir.with_extension("lock"));
    let file = file.map_err(|e| io_error(what, e))?;
    file.lock().map_err(|e| io_error(what, e))?;
    Ok(file)
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are configured by their environment"
)]
fn fsync() -> &'static str {
    match std::env::var("WB_TEST_PG_FSYNC").as_deref() {
        Ok("off") => "off",
        _ => "on",
    }
}

/// Lets the server's user pass through a temporary folder that only we may enter.
fn open_up(dir: &Path) -> Result<(), Error> {
    fs::set_permissions(dir, fs::Permissions::from_mode(0o711))
        .map_err(|e| io_error("open the temporary folder", e))
}

/// Whether we are root, seen by who owns what we just made.
fn is_root(made: &Path) -> Result<bool, Error> {
    fs::metadata(made)
        .map(|m| m.uid() == 0)
        .map_err(|e| io_error("look at the cluster's folder", e))
}

/// The newest installed server binaries.
fn binaries() -> Result<PathBuf, Error> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for entry in fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
    {
        let version = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        found.extend(version.map(|version| (version, entry.path().join("bin"))));
    }
    found.sort();
    let installed = found.into_iter().rev().map(|(_, dir)| dir);
    let elsewhere = [
        "/usr/local/bin",
        "/usr/local/pgsql/bin",
        "/opt/homebrew/bin",
        "/usr/bin",
    ]
    .map(PathBuf::from);
    installed
        .chain(elsewhere)
        .find(|dir| dir.join("initdb").exists())
        .ok_or(Error::Missing)
}

fn finish(program: &'static str, mut command: Command) -> Result<(), Error> {
    let output = command
        .stderr(Stdio::piped())
        .output()
        .map_err(|e| io_error(program, e))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Program {
        program,
        words: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

fn io_error(what: &str, source: io::Error) -> Error {
    Error::Io {
        what: what.to_owned(),
        source,
    }
}

/// The same server, another database.
fn with_database(url: &str, name: &str) -> String {
    let (address, query) = url
        .split_once('?')
        .map_or((url, None), |(a, q)| (a, Some(q)));
    let authority_at = address.find("://").map_or(0, |at| at + 3);
    let path_at = address[authority_at..]
        .find('/')
        .map_or(address.len(), |at| authority_at + at);
    let query = query.map(|q| format!("?{q}")).unwrap_or_default();
    format!("{}/{name}{query}", &address[..path_at])
}

fn run(url: &str, sql: &str) -> Result<(), Error> {
    on_thread(url, sql, |client, sql| client.batch_execute(sql))
}

fn ask(url: &str, sql: &str) -> Result<String, Error> {
    on_thread(url, sql, |client, sql| {
        client.query_one(sql, &[]).and_then(|row| row.try_get(0))
    })
}

/// The synchronous client must not run, nor be dropped, on an async test's own thread.
fn on_thread<T: Send>(
    url: &str,
    sql: &str,
    f: impl FnOnce(&mut Client, &str) -> Result<T, postgres::Error> + Send,
) -> Result<T, Error> {
    let work = || Client::connect(url, NoTls).and_then(|mut client| f(&mut client, sql));
    let outcome = std::thread::scope(|scope| scope.spawn(work).join());
    match outcome {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(e)) => Err(Error::Server(match std::error::Error::source(&e) {
            Some(source) => format!("{e}: {source} (in: {sql})"),
            None => format!("{e} (in: {sql})"),
        })),
        Err(_) => Err(Error::Server("the client panicked".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn the_database_is_the_path_of_the_url() {
        assert_eq!(
            with_database("postgresql:///postgres?host=/tmp/x", "t1"),
            "postgresql:///t1?host=/tmp/x"
        );
        assert_eq!(
            with_database("postgres://u:p@h:5/db", "t1"),
            "postgres://u:p@h:5/t1"
        );
        assert_eq!(with_database("postgres://u@h", "t1"), "postgres://u@h/t1");
    }
}
