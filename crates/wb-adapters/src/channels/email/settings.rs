//! Which mail server, and how: `smtp.url` and `smtp.from` of the boot configuration.

use core::fmt;
use core::net::IpAddr;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use reqwest::Url;

use crate::net::Roots;

/// A mail server and how to talk to it.
#[derive(Clone)]
pub struct Smtp {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Tls,
    pub(super) credentials: Option<Credentials>,
    /// The password, so that no report repeats it.
    pub(super) password: Option<String>,
    pub(super) helo: ClientId,
    pub(super) from: Mailbox,
}

/// When the connection is encrypted.
#[derive(Clone)]
pub(super) enum Tls {
    /// From the first byte.
    Implicit(TlsParameters),
    /// By STARTTLS, or not at all.
    Required(TlsParameters),
    /// By STARTTLS where the server offers it.
    Offered(TlsParameters),
    /// Never.
    None,
}

/// Boot configuration that names no usable mail server. The words never hold the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpError {
    /// Not an address of a mail server.
    #[error(
        "smtp.url: give smtp://user:password@host:port or smtps://...; encode special characters of user and password as %40"
    )]
    Url,
    /// An unknown part after the question mark.
    #[error(
        "smtp.url: after ? there may be tls=required, tls=opportunistic or tls=none (not with smtps://), and helo=NAME"
    )]
    Option,
    /// Not a sender's address.
    #[error("smtp.from: give an address, such as Watchbell <pager@example.com>")]
    From,
    /// TLS cannot be set up.
    #[error("smtp.url: TLS could not be set up for this host")]
    Tls,
}

impl Smtp {
    /// Reads both settings.
    ///
    /// `smtps://` encrypts from the first byte (port 465). `smtp://` requires STARTTLS (port 587
    /// with a user, else 25), because mails hold links that act without a login. `?tls=` changes
    /// that: `opportunistic` encrypts where the server offers it, `none` never. On loopback nobody
    /// listens in, so there STARTTLS is used where offered and any certificate will do.
    ///
    /// # Errors
    /// Which of the two cannot be used, and how to mend it.
    pub fn parse(url: &str, from: &str, roots: &Roots) -> Result<Self, SmtpError> {
        let from = from.trim().parse().map_err(|_| SmtpError::From)?;
        let url = Url::parse(url.trim()).map_err(|_| SmtpError::Url)?;
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or(SmtpError::Url)?;
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let (user, password) = (
            decode(url.username())?,
            decode(url.password().unwrap_or(""))?,
        );
        let credentials =
            (!user.is_empty()).then(|| Credentials::new(user.clone(), password.clone()));
        let options = Options::of(&url)?;
        let implicit = url.scheme() == "smtps";
        let tls = match (implicit, options.tls.as_deref(), is_loopback(&host)) {
            (true, None, _) => Tls::Implicit(parameters(&host, roots, false)?),
            (false, Some("required"), _) | (false, None, false) => {
                Tls::Required(parameters(&host, roots, false)?)
            }
            (false, Some("opportunistic"), _) => Tls::Offered(parameters(&host, roots, false)?),
            (false, None, true) => Tls::Offered(parameters(&host, roots, true)?),
            (false, Some("none"), _) => Tls::None,
            _ => return Err(SmtpError::Option),
        };
        let usual_port = match (implicit, &credentials) {
            (true, _) => 465,
            (false, Some(_)) => 587,
            (false, None) => 25,
        };
        Ok(Self {
            port: url.port().unwrap_or(usual_port),
            host,
            tls,
            credentials,
            password: Some(password).filter(|password| !password.is_empty()),
            helo: options
                .helo
                .map_or_else(ClientId::default, ClientId::Domain),
            from,
        })
    }
}

/// Without the password.
impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            host, port, from, ..
        } = self;
        f.debug_struct("Smtp")
            .field("host", host)
            .field("port", port)
            .field("from", from)
            .finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Options {
    tls: Option<String>,
    helo: Option<String>,
}

impl Options {
    fn of(url: &Url) -> Result<Self, SmtpError> {
        if !matches!(url.scheme(), "smtp" | "smtps") || !matches!(url.path(), "" | "/") {
            return Err(SmtpError::Url);
        }
        let mut options = Self::default();
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "tls" => options.tls = Some(value.into_owned()),
                "helo" if is_helo(&value) => options.helo = Some(value.into_owned()),
                _ => return Err(SmtpError::Option),
            }
        }
        Ok(options)
    }
}

fn is_helo(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c))
}

fn decode(text: &str) -> Result<String, SmtpError> {
    Ok(percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| SmtpError::Url)?
        .into_owned())
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.to_canonical().is_loopback())
}

fn parameters(host: &str, roots: &Roots, any: bool) -> Result<TlsParameters, SmtpError> {
    let mut builder = TlsParameters::builder(host.to_owned())
        .dangerous_accept_invalid_certs(any)
        .dangerous_accept_invalid_hostnames(any);
    // An authority that cannot be read is left out, as in the HTTP client.
    let added = roots
        .added()
        .iter()
        .filter_map(|der| Certificate::from_der(der.to_vec()).ok());
    for certificate in added {
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|_| SmtpError::Tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Smtp, SmtpError> {
        Smtp::parse(url, "Watchbell <pager@example.com>", &Roots::load())
    }

    #[test]
    fn tls_is_required_unless_told_or_on_loopback() {
        let kind = |url: &str| match parse(url).unwrap().tls {
            Tls::Implicit(_) => "implicit",
            Tls::Required(_) => "required",
            Tls::Offered(_) => "offered",
            Tls::None => "none",
        };
        assert_eq!(kind("smtps://mail.example.com"), "implicit");
        assert_eq!(kind("smtp://mail.example.com"), "required");
        assert_eq!(kind("smtp://user:pw@mail.example.com"), "required");
        assert_eq!(kind("smtp://mail.example.com?tls=none"), "none");
        assert_eq!(kind("smtp://mail.example.com?tls=opportunistic"), "offered");
        assert_eq!(kind("smtp://127.0.0.1:2525"), "offered");
        assert_eq!(kind("smtp://localhost?tls=required"), "required");
    }

    #[test]
    fn ports_and_credentials() {
        let smtp = parse("smtp://ann%40example.com:p%2Fw%3A@mail.example.com?helo=pager").unwrap();
        assert_eq!((smtp.port, smtp.password.as_deref()), (587, Some("p/w:")));
        assert_eq!(smtp.helo, ClientId::Domain("pager".to_owned()));
        assert!(!format!("{smtp:?}").contains("p/w"));
        assert_eq!(parse("smtp://mail.example.com").unwrap().port, 25);
        assert_eq!(parse("smtps://mail.example.com").unwrap().port, 465);
        assert_eq!(parse("smtp://[::1]:2525").unwrap().host, "::1");
    }

    #[test]
    fn what_cannot_work_is_named_without_the_password() {
        for (url, error) in [
            ("mail.example.com", SmtpError::Url),
            ("http://mail.example.com", SmtpError::Url),
            ("smtp://", SmtpError::Url),
            ("smtp://a:b@host/path", SmtpError::Url),
            ("smtp://a:b@host?tls=maybe", SmtpError::Option),
            ("smtps://a:b@host?tls=none", SmtpError::Option),
            ("smtp://a:b@host?colour=red", SmtpError::Option),
        ] {
            assert_eq!(parse(url).err(), Some(error), "{url}");
        }
        let error = Smtp::parse("smtp://host", "nobody", &Roots::load()).err();
        assert_eq!(error, Some(SmtpError::From));
    }
}
