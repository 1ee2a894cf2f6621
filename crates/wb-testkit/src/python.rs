//! Programs and libraries of the Python world that Watchbell must get on with.
//!
//! They live in a virtual environment that `cargo xtask setup` makes from pinned versions. A test
//! that needs them fails without it: it never passes by not running.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    Error, Mail,
    record::Record,
    smtp::{Options, Tls},
    tls::TestCertificate,
};

const SERVER: &str = include_str!("python/mail_server.py");

/// The interpreter with the pinned packages (`pagerduty`, `aiosmtpd`).
///
/// # Errors
/// When the environment has not been made.
pub fn interpreter() -> Result<PathBuf, Error> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python = root.join("target/py/bin/python");
    // The packages, not only the interpreter: an interrupted set-up leaves the latter behind.
    let done = root.join("target/py/installed-requirements.txt");
    if done.is_file() && python.exists() {
        Ok(python)
    } else {
        Err(Error::NoPython)
    }
}

/// Runs a Python script to its end and gives what it wrote to standard output.
///
/// # Errors
/// When the environment is missing or the script fails; the error holds what it said.
pub fn run(script: &str, arguments: &[&str]) -> Result<String, Error> {
    let output = Command::new(interpreter()?)
        .args(["-c", script])
        .args(arguments)
        .stdin(Stdio::null())
        .output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Error::Python(
        String::from_utf8_lossy(&output.stderr).into_owned(),
    ))
}

/// The real `aiosmtpd` in a process of its own, storing what it receives in a maildir.
pub struct AioSmtpd {
    process: Child,
    address: SocketAddr,
    options: Options,
    certificate: TestCertificate,
    mails: Record<Mail>,
    folder: TempDir,
}

impl AioSmtpd {
    /// Starts a server on a free port of loopback.
    ///
    /// # Errors
    /// When the environment is missing or the server does not come up.
    pub fn start(options: Options) -> Result<Self, Error> {
        let certificate = TestCertificate::new()?;
        let folder = tempfile::tempdir()?;
        let pem = folder.path().join("server.pem");
        fs::write(
            &pem,
            format!("{}{}", certificate.key_pem, certificate.cert_pem),
        )?;
        let tls = match options.tls {
            Tls::None => "none",
            Tls::StartTls => "starttls",
            Tls::Implicit => "implicit",
        };
        let (name, password) = options.login.clone().unwrap_or_default();
        let mut process = Command::new(interpreter()?)
            .args(["-u", "-c", SERVER])
            .args([folder.path().join("mail").as_os_str(), pem.as_os_str()])
            .args([tls, &name, &password])
            // The server ends when this pipe does, so it cannot outlive a killed test.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let Some(stdout) = process.stdout.take() else {
            return Err(Error::Python("no standard output".to_owned()));
        };
        let mails = Record::new();
        let mut lines = BufReader::new(stdout);
        let mut first = String::new();
        lines.read_line(&mut first)?;
        let Ok(address) = first.trim().parse() else {
            let _ = process.kill();
            let _ = process.wait();
            return Err(Error::Python(format!("aiosmtpd did not start: {first}")));
        };
        let received = mails.clone();
        thread::Builder::new()
            .name("aiosmtpd".to_owned())
            .spawn(move || receive(lines, &received))?;
        Ok(Self {
            process,
            address,
            options,
            certificate,
            mails,
            folder,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL a client is configured with: `smtp://user:password@localhost:port`, or `smtps://`.
    #[must_use]
    pub fn url(&self) -> String {
        self.options.url(self.address)
    }

    /// The authority that signed its certificate, PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.certificate.ca_pem
    }

    /// The maildir it stores mails in.
    #[must_use]
    pub fn maildir(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    /// The mails so far, in order of arrival.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.mails.all()
    }

    /// Waits until at least `count` mails have come.
    ///
    /// # Errors
    /// When they have not come before the deadline. (Real time: not for a paused runtime.)
    pub async fn wait_for(&self, count: usize, deadline: Duration) -> Result<Vec<Mail>, Error> {
        self.mails.wait_for(count, deadline, "mails").await
    }
}

impl Drop for AioSmtpd {
    fn drop(&mut self) {
        // Already gone is as good as stopped.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One line of JSON for each stored mail.
fn receive(lines: BufReader<ChildStdout>, mails: &Record<Mail>) {
    for line in lines.lines().map_while(Result::ok) {
        match stored_mail(&line) {
            Some(mail) => mails.push(mail),
            // The test will miss a mail; this says why.
            None => drop(writeln!(std::io::stderr(), "aiosmtpd wrote: {line}")),
        }
    }
}

fn stored_mail(line: &str) -> Option<Mail> {
    let entry: Value = serde_json::from_str(line).ok()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let to = entry
        .get("to")?
        .as_array()?
        .iter()
        .filter_map(text)
        .collect();
    let raw = fs::read(entry.get("file")?.as_str()?).ok()?;
    Some(Mail::parse(text(entry.get("from")?)?, to, raw))
}
