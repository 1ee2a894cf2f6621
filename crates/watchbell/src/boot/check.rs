//! What values must look like, alone and together.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};

use garde::Validate as _;
use secrecy::{ExposeSecret as _, SecretString};
use wb_adapters::channels::email::{Smtp, SmtpError};
use wb_adapters::listen::carbon::Peers;
use wb_adapters::net::{AllowList, Roots};
use wb_http::{ForwardHeader, Proxies};

use super::given::Givens;
use super::known;
use super::{Boot, BootError, OFF, Problem};

type Checked = garde::Result;

fn refuse(message: impl Into<String>) -> Checked {
    Err(garde::Error::new(message.into()))
}

/// Parses an http or https address with a host.
fn web_address(text: &str) -> Option<reqwest::Url> {
    let url = reqwest::Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

pub(super) fn public_url(text: &str, _: &()) -> Checked {
    match web_address(text) {
        Some(url) if url.query().is_none() && url.fragment().is_none() => Ok(()),
        _ => refuse("write an http or https address such as https://watchbell.example.com"),
    }
}

pub(super) fn secret_url(text: &SecretString, _: &()) -> Checked {
    match web_address(text.expose_secret()) {
        Some(_) => Ok(()),
        None => refuse("write an http or https address"),
    }
}

pub(super) fn database_url(text: &SecretString, _: &()) -> Checked {
    let text = text.expose_secret();
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        Ok(())
    } else {
        refuse("write postgres://user:password@host:port/database, or leave it out for SQLite")
    }
}

pub(super) fn mail_address(text: &str, _: &()) -> Checked {
    let halves = text.rsplit_once('@');
    if halves.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()) {
        Ok(())
    } else {
        refuse(format!("`{text}` is no e-mail address"))
    }
}

pub(super) fn allow_list(entries: &[String], _: &()) -> Checked {
    match AllowList::parse(entries.iter().map(String::as_str)) {
        Ok(_) => Ok(()),
        Err(error) => refuse(error.to_string()),
    }
}

pub(super) fn host_and_port(text: &str, _: &()) -> Checked {
    let words = "write HOST:PORT, such as 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:8080; \
                 port 0 takes a free one";
    if is_host_and_port(text) {
        Ok(())
    } else {
        refuse(words)
    }
}

pub(super) fn host_and_port_or_off(text: &str, _: &()) -> Checked {
    if text == OFF || is_host_and_port(text) {
        Ok(())
    } else {
        refuse("write HOST:PORT, such as 127.0.0.1:2003 (port 0 takes a free one), or off")
    }
}

fn is_host_and_port(text: &str) -> bool {
    let halves = text.rsplit_once(':');
    halves.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

pub(super) fn peers(entries: &[String], _: &()) -> Checked {
    match Peers::parse(entries.iter().map(String::as_str)) {
        Ok(_) => Ok(()),
        Err(error) => refuse(error.to_string()),
    }
}

pub(super) fn networks(entries: &[String], _: &()) -> Checked {
    let entries = entries.iter().map(String::as_str);
    match Proxies::parse(entries, ForwardHeader::default()) {
        Ok(_) => Ok(()),
        Err(error) => refuse(error.to_string()),
    }
}

pub(super) fn client_address_header(name: &str, _: &()) -> Checked {
    match ForwardHeader::named(name) {
        Some(_) => Ok(()),
        None => refuse("write X-Forwarded-For or Forwarded, whichever the proxies write"),
    }
}

pub(super) fn log_level(text: &str, _: &()) -> Checked {
    match text.parse::<tracing_subscriber::EnvFilter>() {
        Ok(_) => Ok(()),
        Err(error) => refuse(format!(
            "write error, warn, info, debug or trace, or filters such as info,wb_app=debug ({error})"
        )),
    }
}

pub(super) fn log_format(text: &str, _: &()) -> Checked {
    if matches!(text, "text" | "json") {
        Ok(())
    } else {
        refuse("write text or json")
    }
}

/// Whether this host and port is reached from this machine only. A name that does not resolve is
/// taken for the outside: asking for a `public_url` too often does no harm.
pub(crate) fn is_loopback(listen: &str) -> bool {
    let addresses: Option<Vec<SocketAddr>> = listen.to_socket_addrs().ok().map(Iterator::collect);
    addresses.is_some_and(|all| {
        !all.is_empty()
            && all
                .iter()
                .all(|one| IpAddr::to_canonical(&one.ip()).is_loopback())
    })
}

/// Checks every field by itself and then, unless something was or is wrong, all of them together:
/// what another setting asks for may be the very one that could not be read.
pub(super) fn whole(
    boot: &Boot,
    givens: &Givens,
    mut problems: Vec<Problem>,
) -> Result<(), BootError> {
    if let Err(report) = boot.validate() {
        let wrong = report.iter();
        problems
            .extend(wrong.map(|(path, error)| problem(givens, &path.to_string(), error.message())));
    }
    if problems.is_empty() {
        problems.extend(together(boot).map(|(name, message)| problem(givens, name, message)));
        problems.extend(mail(boot).map(|(name, message)| problem(givens, name, &message)));
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(BootError(problems))
    }
}

/// What the mail channel says of the servers and of `smtp.from`.
fn mail(boot: &Boot) -> Option<(&'static str, String)> {
    let from = boot.smtp.from.as_ref()?;
    boot.smtp.servers().into_iter().find_map(|(name, url)| {
        let error = Smtp::parse(url.expose_secret(), from, &Roots::load()).err()?;
        let name = if error == SmtpError::From {
            "smtp.from"
        } else {
            name
        };
        Some((name, error.to_string()))
    })
}

/// What one setting asks of another.
fn together(boot: &Boot) -> impl Iterator<Item = (&'static str, &'static str)> {
    let smtp = (&boot.smtp.url, &boot.smtp.from);
    let tls = (&boot.tls.cert_file, &boot.tls.key_file);
    let carbon_outside =
        boot.carbon.allow.is_empty() && boot.carbon.address().is_some_and(|at| !is_loopback(at));
    let outside = boot.public_url.is_none() && !is_loopback(&boot.listen.http);
    [
        outside.then_some((
            "public_url",
            "required when listening off loopback: the address by which people reach this \
             instance stands in mails and decides about cookies; \
             set it, or listen on 127.0.0.1",
        )),
        carbon_outside.then_some((
            "carbon.allow",
            "required when carbon listens off loopback, because it has no passwords: \
             name the addresses and networks that may send, such as 10.0.0.0/8, \
             or listen on 127.0.0.1",
        )),
        (boot.smtp.second_url.is_some() && boot.smtp.url.is_none()).then_some((
            "smtp.url",
            "required with smtp.second_url: the server that is tried first",
        )),
        matches!(smtp, (Some(_), None)).then_some((
            "smtp.from",
            "required with smtp.url: the sender of our mails",
        )),
        (!boot.emergency.email.is_empty() && boot.smtp.url.is_none()).then_some((
            "smtp.url",
            "required with emergency.email, which is told by mail",
        )),
        matches!(tls, (Some(_), None)).then_some((
            "tls.key_file",
            "required with tls.cert_file: TLS takes both",
        )),
        matches!(tls, (None, Some(_))).then_some((
            "tls.cert_file",
            "required with tls.key_file: TLS takes both",
        )),
    ]
    .into_iter()
    .flatten()
}

/// A problem with a setting: where it was given or, if it was not, how it can be.
fn problem(givens: &Givens, path: &str, message: &str) -> Problem {
    // Entries of lists are reported as `outbound.allow[0]`.
    let name = path.split('[').next().unwrap_or(path);
    let place = givens.place(name).map_or_else(
        || format!("{name} ({})", known::variable(name)),
        str::to_owned,
    );
    Problem {
        place,
        message: message.to_owned(),
    }
}
