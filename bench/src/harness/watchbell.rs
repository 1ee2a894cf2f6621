//! Watchbell as it is shipped: the release binary as a child process.

use std::io::BufReader;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ChildStdout, Command};
use std::time::Duration;

use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};

use super::http::Connection;
use super::machine::now;
use super::process::Process;
use super::{Bench, Outcome};

/// The first admin's token of every server here.
pub(crate) const TOKEN: &str = "bench-admin-token-0123456789";

/// The key of the integration of [`declared`].
pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A running server.
pub(crate) struct Watchbell {
    /// Where API and UI are.
    pub(crate) address: SocketAddr,
    /// From starting the process to its `ready`.
    pub(crate) ready_after: Duration,
    process: Process,
    // A closed pipe would be an error to the server.
    _lines: BufReader<ChildStdout>,
}

impl Watchbell {
    /// Starts it over a data directory, with every way in and out on loopback.
    ///
    /// # Errors
    /// When it does not get ready.
    pub(crate) fn start(bench: &Bench, data: &Path) -> Outcome<Self> {
        let mut command = Command::new(&bench.program);
        command.arg("serve");
        Self::start_as(command, data)
    }

    /// Starts a command that takes the flags of `watchbell serve` and says `ready URL`.
    ///
    /// # Errors
    /// When it does not get ready.
    pub(crate) fn start_as(mut command: Command, data: &Path) -> Outcome<Self> {
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("WATCHBELL") {
                command.env_remove(name);
            }
        }
        command
            .arg("--data")
            .arg(data)
            .args(["--listen", "127.0.0.1:0", "--carbon", "127.0.0.1:0"])
            .env("WATCHBELL_ADMIN_TOKEN", TOKEN)
            .env("WATCHBELL__OUTBOUND__ALLOW", "127.0.0.1");
        let log = data.with_extension("log");
        let begun = now();
        let mut process = Process::start(command, log)?;
        let mut lines = process.lines()?;
        let line = process.line(&mut lines)?;
        let ready_after = begun.elapsed();
        let url = line.strip_prefix("ready http://");
        let url = url.ok_or_else(|| process.said("is not ready"))?;
        Ok(Self {
            address: url.trim_end_matches('/').parse()?,
            ready_after,
            process,
            _lines: lines,
        })
    }

    /// The number of the process.
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// Calls the API as the first admin.
    ///
    /// # Errors
    /// When it is not answered 2xx.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Outcome<Value> {
        let mut connection = Connection::open(self.address, Some(TOKEN)).await?;
        let bytes = body.map_or_else(Bytes::new, |body| body.to_string().into());
        let answer = connection.send(method, path, bytes).await?;
        if !answer.status.is_success() {
            let text = String::from_utf8_lossy(&answer.body);
            return Err(format!("{path} {}: {text}", answer.status).into());
        }
        Ok(serde_json::from_slice(&answer.body)?)
    }

    /// Applies a declaration.
    ///
    /// # Errors
    /// When it is refused.
    pub(crate) async fn apply(&self, declaration: &Value) -> Outcome<()> {
        let path = "/api/v1/config/apply";
        self.call(Method::POST, path, Some(declaration)).await?;
        Ok(())
    }

    /// How many incidents were opened, as numbers are given without gaps.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) async fn incidents_opened(&self) -> Outcome<u64> {
        // Of those opened in one moment any may be listed first, so the first is not always the last that got a number.
        let path = "/api/v1/incidents?limit=200";
        let page = self.call(Method::GET, path, None).await?;
        let items = page["items"].as_array().into_iter().flatten();
        let numbers = items.filter_map(|item| item["number"].as_u64());
        Ok(numbers.max().unwrap_or(0))
    }
}

/// What a service does with what it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paging {
    /// Its policy's first step is a webhook, without delay.
    Webhook(SocketAddr),
    /// Urgency none: it records, and pages nobody.
    Nobody,
}

/// One service with one integration.
pub(crate) fn declared(paging: Paging) -> Value {
    let mut declaration = json!({
        "teams": [{ "name": "Bench" }],
        "services": [{ "name": "checkout", "team": "Bench", "urgency": "none" }],
        "integrations": [
            { "service": "checkout", "name": "Load", "dialect": "events_v2", "key": KEY },
        ],
    });
    if let Paging::Webhook(sink) = paging {
        declaration["endpoints"] = json!([{
            "name": "Sink", "team": "Bench", "channel": "webhook",
            "settings": { "url": format!("http://{sink}/page") },
        }]);
        declaration["policies"] = json!([{
            "name": "Straight", "team": "Bench",
            "steps": [{ "targets": [{ "endpoint": "Sink" }], "escalate_after_s": 3_600 }],
        }]);
        declaration["services"][0]["urgency"] = "high".into();
        declaration["services"][0]["policy"] = "Straight".into();
    }
    declaration
}

/// The dedup key of an event.
pub(crate) fn dedup_key(number: usize) -> String {
    format!("bench/{number:06}")
}

/// Bytes of the payload of [`trigger`].
const PAYLOAD_BYTES: usize = 300;

/// A trigger with a dedup key of its own and a payload of 300 bytes.
pub(crate) fn trigger(number: usize) -> Bytes {
    let head = format!(
        r#"{{"summary":"checkout is slow on host {number:06}","source":"host-{number:06}","severity":"critical","component":"till","custom_details":{{"text":""#
    );
    let fill = "x".repeat(PAYLOAD_BYTES.saturating_sub(head.len() + 3));
    let key = dedup_key(number);
    format!(
        r#"{{"routing_key":"{KEY}","event_action":"trigger","dedup_key":"{key}","payload":{head}{fill}"}}}}}}"#
    )
    .into()
}
