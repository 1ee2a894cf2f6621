//! The addresses that people reach us by, and that we call. They are resolved, not called: a call
//! of the dead-man's switch would say that a pager runs.

use core::net::IpAddr;
use core::time::Duration;
use std::sync::Arc;

use reqwest::Url;
use secrecy::ExposeSecret as _;
use wb_adapters::channels;
use wb_adapters::net::{HttpClient, Lookup as _, NetSettings, SystemLookup, is_special};

use super::Context;
use super::report::Finding;
use crate::boot::is_loopback;
use crate::emergency::Contacts;

/// How long a resolver gets.
const RESOLVE_WITHIN: Duration = Duration::from_secs(8);

/// The host of an address, as a resolver wants it.
pub(super) fn host_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let host = url
        .host_str()?
        .trim_start_matches('[')
        .trim_end_matches(']');
    Some(host.to_owned())
}

/// The addresses of a host; none when it has none, or nobody says so in time.
async fn resolve(host: &str) -> Vec<IpAddr> {
    let asked = tokio::time::timeout(RESOLVE_WITHIN, SystemLookup.lookup(host)).await;
    asked.map(Result::unwrap_or_default).unwrap_or_default()
}

pub(super) async fn public_url(context: &Context) -> Vec<Finding> {
    const CHECK: &str = "public_url";
    let Some(url) = &context.boot.public_url else {
        let found = format!(
            "not set; links lead to {}, on this machine",
            context.boot.listen.http
        );
        return vec![Finding::ok(CHECK, found)];
    };
    let host = host_of(url).unwrap_or_default();
    let on_loopback = is_loopback(&format!("{}:80", bracketed(&host)));
    if url.starts_with("http://") && !on_loopback {
        return vec![Finding::warning(
            CHECK,
            format!("{url} is not encrypted: passwords, sessions and signed links go in the clear"),
            "use https: with tls.cert_file and tls.key_file, or with a proxy before this server",
        )];
    }
    vec![match resolve(&host).await {
        found if !found.is_empty() => Finding::ok(CHECK, format!("{url}; {host} resolves")),
        _ => Finding::warning(
            CHECK,
            format!("{url}: {host} does not resolve on this machine"),
            "correct public_url, or enter the name in the DNS that people and senders use",
        ),
    }]
}

fn bracketed(host: &str) -> String {
    if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

pub(super) fn allowed(context: &Context) -> Finding {
    const CHECK: &str = "outbound.allow";
    let entries = &context.boot.outbound.allow;
    if entries.is_empty() {
        return Finding::ok(CHECK, "empty; no private address is called");
    }
    Finding::ok(CHECK, format!("{}, although private", entries.join(", ")))
}

pub(super) async fn contacts(context: &Context) -> Vec<Finding> {
    const CHECK: &str = "emergency contacts";
    let emergency = &context.boot.emergency;
    let contacts = HttpClient::new(NetSettings::new(context.allow.clone())).map(|http| {
        let channels = channels::all(&http, Vec::new());
        let clock = Arc::clone(&context.clock) as _;
        Contacts::new(emergency, channels, clock, String::new())
    });
    let contacts = match contacts {
        Ok(contacts) => contacts,
        Err(error) => {
            let mend = "see that the system's certificate authorities can be read";
            return vec![Finding::problem(CHECK, error.to_string(), mend)];
        }
    };
    if contacts.is_empty() {
        return vec![Finding::warning(
            CHECK,
            "none: nobody is told when this process cannot reach its database",
            "set emergency.email or emergency.webhook",
        )];
    }
    let problems = contacts.problems();
    if !problems.is_empty() {
        let mend = "correct emergency.email and emergency.webhook";
        return vec![Finding::problem(CHECK, problems.join("; "), mend)];
    }
    match &emergency.webhook {
        Some(url) => {
            let url = url.expose_secret();
            vec![destination(context, CHECK, "emergency.webhook", url).await]
        }
        None => Vec::new(),
    }
}

/// The emergency contacts that are told by mail, when it is known whether mail works.
pub(super) fn contacts_by_mail(context: &Context, mail: &[Finding]) -> Option<Finding> {
    const CHECK: &str = "emergency contacts by mail";
    let addresses = &context.boot.emergency.email;
    if addresses.is_empty() {
        return None;
    }
    let found = format!("{}, over smtp", addresses.join(", "));
    Some(if mail.iter().any(Finding::is_problem) {
        Finding::not_run(CHECK, format!("{found}, which is not in order"))
    } else {
        Finding::ok(CHECK, found)
    })
}

pub(super) async fn dead_man(context: &Context) -> Vec<Finding> {
    const CHECK: &str = "deadman_url";
    let Some(url) = &context.boot.deadman_url else {
        return vec![Finding::ok(
            CHECK,
            "not set; nobody outside notices when this process is gone",
        )];
    };
    vec![destination(context, CHECK, "deadman_url", url.expose_secret()).await]
}

/// Whether the host of an address can be found and may be called. Only the host is shown: the rest
/// of the address is a secret.
async fn destination(context: &Context, check: &'static str, setting: &str, url: &str) -> Finding {
    let host = host_of(url).unwrap_or_default();
    let found = resolve(&host).await;
    if found.is_empty() {
        return Finding::problem(
            check,
            format!("{setting}: {host} does not resolve"),
            format!("correct {setting}, or this machine's DNS"),
        );
    }
    let allow = &context.allow;
    let may_call = allow.has_host(&host)
        || found
            .iter()
            .any(|address| !is_special(*address) || allow.has_address(*address));
    if may_call {
        return Finding::ok(
            check,
            format!("{setting}: {host} resolves; it was not called"),
        );
    }
    Finding::problem(
        check,
        format!("{setting}: {host} is a private address, which is not called"),
        format!("add {host} to outbound.allow"),
    )
}
