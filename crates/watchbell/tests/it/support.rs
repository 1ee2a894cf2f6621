//! A server process, and a client for it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use reqwest::{Certificate, Client, RequestBuilder, Response, Url};
use serde_json::Value;

/// The first admin's token of every server in these tests.
pub(crate) const TOKEN: &str = "test-admin-token-0123456789";

/// Until when something must have happened; only ever waited for in vain by a failing test.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// The pause between two looks at a process that cannot tell us.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How to start a server.
pub(crate) struct Start {
    command: Command,
}

impl Start {
    /// `watchbell serve` with a data directory, on a free port.
    pub(crate) fn new(data: &Path) -> Self {
        Self::bare()
            .flag("--data", data.to_str().expect("UTF-8"))
            .flag("--listen", "127.0.0.1:0")
    }

    /// `watchbell serve` without flags.
    pub(crate) fn bare() -> Self {
        Self::command("serve")
    }

    /// `watchbell demo` on a free port.
    pub(crate) fn demo() -> Self {
        Self::demo_at("127.0.0.1:0")
    }

    /// `watchbell demo` at an address.
    pub(crate) fn demo_at(address: &str) -> Self {
        Self::command("demo").flag("--listen", address)
    }

    /// `watchbell doctor` with a data directory, for a free port.
    pub(crate) fn doctor(data: &Path) -> Self {
        Self::command("doctor")
            .flag("--data", data.to_str().expect("UTF-8"))
            .flag("--listen", "127.0.0.1:0")
    }

    fn command(name: &str) -> Self {
        let mut command = program();
        command.arg(name).env("WATCHBELL_ADMIN_TOKEN", TOKEN);
        // Tests run beside each other, and beside whatever else listens on carbon's own port.
        command.env("WATCHBELL__CARBON__LISTEN", "127.0.0.1:0");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self { command }
    }

    pub(crate) fn flag(mut self, name: &str, value: &str) -> Self {
        self.command.args([name, value]);
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Adds a flag without a value.
    pub(crate) fn switch(mut self, name: &str) -> Self {
        self.command.arg(name);
        self
    }

    /// Runs it to its end.
    pub(crate) fn output(mut self) -> Output {
        self.command.output().expect("the program starts")
    }

    /// Starts it and waits until it is ready.
    pub(crate) fn ready(self) -> Server {
        match self.run() {
            Ok(server) => server,
            Err(end) => panic!("the server ended with {}:\n{}", end.status, end.stderr),
        }
    }

    /// Starts it and waits until it refuses to run.
    pub(crate) fn refused(self) -> Ended {
        match self.run() {
            Ok(server) => panic!("the server started at {}", server.url),
            Err(end) => end,
        }
    }

    fn run(mut self) -> Result<Server, Ended> {
        let mut child = self.command.spawn().expect("the program starts");
        let (lines, read) = channel();
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        let stdout = std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                drop(lines.send(line));
            }
        });
        let stderr = Arc::new(Mutex::new(String::new()));
        let log = log_reader(child.stderr.take().expect("piped"), Arc::clone(&stderr));
        let mut server = Server {
            child,
            url: String::new(),
            lines: read,
            stderr,
            readers: vec![stdout, log],
        };
        match server.lines.recv_timeout(DEADLINE) {
            Ok(line) => {
                let url = line
                    .strip_prefix("ready ")
                    .expect("the line is `ready URL`");
                server.url = url.to_owned();
                Ok(server)
            }
            Err(_) => Err(server.end()),
        }
    }
}

/// The program, knowing nothing of the settings of whoever runs the tests.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_watchbell"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WATCHBELL") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end.
pub(crate) async fn run(arguments: &[&str]) -> Output {
    let mut command = program();
    command.args(arguments).stdin(Stdio::null());
    let ran = tokio::task::spawn_blocking(move || command.output());
    ran.await.expect("ran").expect("the program starts")
}

fn log_reader(
    mut from: impl std::io::Read + Send + 'static,
    into: Arc<Mutex<String>>,
) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut buffer = [0; 4_096];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            into.lock()
                .expect("whole")
                .push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    })
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    /// What it said after `ready`.
    pub(crate) url: String,
    lines: Receiver<String>,
    stderr: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

/// How a server ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// What it wrote to standard output after `ready`.
    pub(crate) lines: Vec<String>,
    pub(crate) stderr: String,
}

impl Server {
    /// Everything on standard error so far.
    pub(crate) fn stderr(&self) -> String {
        self.stderr.lock().expect("whole").clone()
    }

    /// Asks it to stop, as a service manager does, and waits for its end.
    pub(crate) fn terminate(self) -> Ended {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .expect("kill runs");
        assert!(sent.success());
        self.end()
    }

    /// kill -9.
    pub(crate) fn kill(mut self) -> Ended {
        self.child.kill().expect("killed");
        self.end()
    }

    /// Waits for its end.
    fn end(mut self) -> Ended {
        let status = self.child.wait().expect("a status");
        for reader in self.readers.drain(..) {
            reader.join().expect("read to the end");
        }
        Ended {
            status,
            lines: self.lines.try_iter().collect(),
            stderr: self.stderr(),
        }
    }

    /// A client that trusts its certificate authority, if it has one of its own.
    pub(crate) fn client(&self, authority_pem: Option<&str>) -> Api {
        Api {
            client: client(authority_pem),
            url: self.url.clone(),
        }
    }

    /// A client.
    pub(crate) fn api(&self) -> Api {
        self.client(None)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[expect(clippy::disallowed_methods, reason = "a test talks to its own server")]
fn client(authority_pem: Option<&str>) -> Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut builder = Client::builder().timeout(DEADLINE).no_proxy();
    if let Some(pem) = authority_pem {
        let authority = Certificate::from_pem(pem.as_bytes()).expect("PEM");
        builder = builder.tls_certs_only([authority]);
    }
    builder.build().expect("a client")
}

/// The API of one server, as its admin.
#[derive(Clone)]
pub(crate) struct Api {
    client: Client,
    url: String,
}

impl Api {
    /// The whole address of a path.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// GET without a token.
    pub(crate) async fn open(&self, path: &str) -> Response {
        self.client
            .get(self.at(path))
            .send()
            .await
            .expect("an answer")
    }

    /// GET that must work.
    pub(crate) async fn get(&self, path: &str) -> Value {
        self.try_get(path).await.expect("an answer")
    }

    /// POST of a form as a browser sends it, without a token.
    pub(crate) async fn post_form(&self, path: &str, fields: &[(String, String)]) -> Response {
        let mut body = Url::parse("http://localhost").expect("an address");
        body.query_pairs_mut().extend_pairs(fields);
        let request = self.client.post(self.at(path));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let body = body.query().unwrap_or_default().to_owned();
        request.body(body).send().await.expect("an answer")
    }

    /// GET of a text that must work.
    pub(crate) async fn text(&self, path: &str) -> String {
        let request = self.client.get(self.at(path)).bearer_auth(TOKEN);
        let response = request.send().await.expect("an answer");
        assert!(
            response.status().is_success(),
            "{path} answered {}",
            response.status()
        );
        response.text().await.expect("a body")
    }

    /// POST that must work.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        self.try_post(path, body).await.expect("an answer")
    }

    /// GET that must work, as long as the server is there.
    pub(crate) async fn try_get(&self, path: &str) -> Option<Value> {
        self.try_send(self.client.get(self.at(path)), path).await
    }

    /// POST that must work, as long as the server is there.
    pub(crate) async fn try_post(&self, path: &str, body: &Value) -> Option<Value> {
        self.try_send(self.client.post(self.at(path)).json(body), path)
            .await
    }

    async fn try_send(&self, request: RequestBuilder, path: &str) -> Option<Value> {
        let response = request.bearer_auth(TOKEN).send().await.ok()?;
        let status = response.status();
        let body = response.text().await.ok()?;
        assert!(status.is_success(), "{path} answered {status}: {body}");
        Some(serde_json::from_str(&body).unwrap_or(Value::Null))
    }

    /// All items of a list, page by page.
    pub(crate) async fn all(&self, path: &str) -> Vec<Value> {
        let glue = if path.contains('?') { '&' } else { '?' };
        let mut items = Vec::new();
        let mut cursor = None::<String>;
        loop {
            let more = cursor
                .map(|cursor| format!("&cursor={cursor}"))
                .unwrap_or_default();
            let page = self.get(&format!("{path}{glue}limit=200{more}")).await;
            items.extend(page["items"].as_array().expect("items").iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return items,
            }
        }
    }

    /// Sends one event as a proxy passes it on from somebody else; the status.
    pub(crate) async fn enqueue_for(&self, event: &Value, client: &str) -> u16 {
        let request = self.client.post(self.at("/v2/enqueue")).json(event);
        let request = request.header("x-forwarded-for", client);
        request.send().await.expect("an answer").status().as_u16()
    }

    /// Sends one event; the status, or none when the server went away.
    pub(crate) async fn enqueue(&self, event: &Value) -> Option<u16> {
        let request = self.client.post(self.at("/v2/enqueue")).json(event);
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        // An answer that breaks off was not received.
        response.bytes().await.ok()?;
        Some(status)
    }
}

/// Looks until `found` gives something.
pub(crate) async fn until<T>(what: &str, mut found: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(value) = found().await {
                return value;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let result = tokio::time::timeout(DEADLINE, looking).await;
    result.unwrap_or_else(|_| panic!("{what} did not happen within {DEADLINE:?}"))
}
