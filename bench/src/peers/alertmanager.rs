//! Prometheus' Alertmanager.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use bytes::Bytes;

use super::Peer;
use crate::harness::Outcome;
use crate::harness::process::{Process, free_address};

/// Where it comes from.
pub(crate) const ALERTMANAGER: Peer = Peer {
    program: "prometheus-alertmanager",
    package: "prometheus-alertmanager",
};

/// Where alerts go.
pub(crate) const ALERTS: &str = "/api/v2/alerts";

/// A running Alertmanager.
pub(crate) struct Alertmanager {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    _process: Process,
}

impl Alertmanager {
    /// Starts it in a directory, with a webhook receiver or with one that does nothing. Every alert is a group of its
    /// own that is told at once.
    ///
    /// # Errors
    /// When it does not listen.
    pub(crate) fn start(folder: &Path, webhook: Option<SocketAddr>) -> Outcome<Self> {
        std::fs::create_dir_all(folder)?;
        let receiver = webhook.map_or_else(String::new, |sink| {
            format!("    webhook_configs:\n      - url: http://{sink}/page\n        send_resolved: false\n")
        });
        let config = format!(
            "route:\n  receiver: sink\n  group_by: ['...']\n  group_wait: 0s\n  group_interval: 5m\n  \
             repeat_interval: 4h\nreceivers:\n  - name: sink\n{receiver}"
        );
        let file = folder.join("alertmanager.yml");
        std::fs::write(&file, config)?;
        let address = free_address()?;
        let mut command = Command::new(ALERTMANAGER.program);
        command
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.path={}", folder.join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .arg("--cluster.listen-address=");
        let mut process = Process::start(command, folder.join("alertmanager.log"))?;
        process.listens(address)?;
        Ok(Self {
            address,
            _process: process,
        })
    }
}

/// Bytes of an alert, as many as the payload of an event.
const ALERT_BYTES: usize = 300;

/// One distinct alert of 300 bytes, in a request of its own.
pub(crate) fn alert(number: usize) -> Bytes {
    let head = format!(
        r#"{{"labels":{{"alertname":"CheckoutSlow","instance":"host-{number:06}","severity":"critical","key":"bench/{number:06}"}},"annotations":{{"summary":"checkout is slow on host {number:06}","text":""#
    );
    let fill = "x".repeat(ALERT_BYTES.saturating_sub(head.len() + 3));
    format!(r#"[{head}{fill}"}}}}]"#).into()
}
