//! Certificate and key of native TLS.

use std::path::Path;

use rustls::Error as TlsError;
use rustls::client::verify_server_name;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use wb_core::time::Timestamp;
use wb_ports::Clock as _;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use super::Context;
use super::outward::host_of;
use super::report::Finding;
use crate::lifecycle::probe;

const CHECK: &str = "tls";

/// Seconds before its end in which a certificate should have been renewed.
const RENEW_BEFORE_S: i64 = 14 * DAY_S;

const DAY_S: i64 = 86_400;

pub(super) async fn findings(context: &Context) -> Vec<Finding> {
    let tls = &context.boot.tls;
    let (Some(cert), Some(key)) = (&tls.cert_file, &tls.key_file) else {
        return vec![Finding::ok(CHECK, "not used; HTTP is spoken in the clear")];
    };
    let leaf = match chain(cert, key) {
        Ok(chain) => chain,
        Err(problem) => return vec![problem],
    };
    let mut findings = leaf
        .iter()
        .take(1)
        .map(|one| validity(one, cert, context.clock.now()))
        .collect::<Vec<_>>();
    if let (Some(url), Some(leaf)) = (&context.boot.public_url, leaf.first()) {
        findings.push(covers(leaf, cert, url));
    }
    // What the server itself says of the two, in case it knows better.
    if let Err(error) = probe::tls(&context.boot).await {
        let mend = "give a certificate chain and its key in PEM form (tls.cert_file, tls.key_file)";
        findings.push(Finding::problem(CHECK, error.to_string(), mend));
    }
    findings
}

/// The chain, if both files can be read and belong together.
fn chain(cert: &Path, key: &Path) -> Result<Vec<CertificateDer<'static>>, Finding> {
    let bad_cert = |words: String| {
        Finding::problem(
            CHECK,
            format!("tls.cert_file: {}: {words}", cert.display()),
            "name the certificate chain in PEM form, the server's own certificate first",
        )
    };
    let bad_key = |words: String| {
        Finding::problem(
            CHECK,
            format!("tls.key_file: {}: {words}", key.display()),
            "name the private key of tls.cert_file in PEM form, readable for the server's user",
        )
    };
    let chain: Vec<_> = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect)
        .map_err(|error| bad_cert(error.to_string()))?;
    if chain.is_empty() {
        return Err(bad_cert("there is no certificate in it".to_owned()));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| bad_key(error.to_string()))?;
    match CertifiedKey::from_der(chain.clone(), private, &ring::default_provider()) {
        Ok(_) => Ok(chain),
        Err(TlsError::InconsistentKeys(_)) => {
            let found = format!("this is not the key of the certificate {}", cert.display());
            Err(bad_key(found))
        }
        Err(error @ TlsError::InvalidCertificate(_)) => Err(bad_cert(error.to_string())),
        Err(error) => Err(bad_key(error.to_string())),
    }
}

fn validity(leaf: &CertificateDer<'_>, file: &Path, now: Timestamp) -> Finding {
    let shown = file.display();
    let renew = "renew the certificate (tls.cert_file) and start the server again";
    let parsed = match Certificate::from_der(leaf) {
        Ok(parsed) => parsed,
        Err(error) => {
            let found = format!("tls.cert_file: {shown}: {error}");
            return Finding::problem(CHECK, found, "give a certificate that can be read");
        }
    };
    let validity = parsed.tbs_certificate.validity;
    let seconds = |at: x509_cert::time::Time| {
        i64::try_from(at.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
    };
    let (from_s, until_s) = (seconds(validity.not_before), seconds(validity.not_after));
    let day = |at_s: i64| {
        Timestamp::EPOCH
            .plus_secs(at_s)
            .to_jiff()
            .strftime("%F")
            .to_string()
    };
    let left_s = until_s.saturating_sub(now.as_secs());
    if left_s <= 0 {
        let found = format!("tls.cert_file: {shown}: expired on {}", day(until_s));
        return Finding::problem(CHECK, found, renew);
    }
    if from_s > now.as_secs() {
        let found = format!("tls.cert_file: {shown}: not valid before {}", day(from_s));
        let mend = "use a certificate that is valid now, or set the system's clock";
        return Finding::problem(CHECK, found, mend);
    }
    let found = format!("{shown} with its key, valid until {}", day(until_s));
    if left_s < RENEW_BEFORE_S {
        let found = format!("{found}: {} days left", left_s / DAY_S);
        return Finding::warning(CHECK, found, renew);
    }
    Finding::ok(CHECK, found)
}

fn covers(leaf: &CertificateDer<'_>, file: &Path, url: &str) -> Finding {
    const CHECK: &str = "tls and public_url";
    let host = host_of(url).unwrap_or_default();
    let fits = ServerName::try_from(host.as_str()).is_ok_and(|name| {
        ParsedCertificate::try_from(leaf).is_ok_and(|leaf| verify_server_name(&leaf, &name).is_ok())
    });
    if fits {
        return Finding::ok(CHECK, format!("the certificate covers {host}"));
    }
    Finding::warning(
        CHECK,
        format!("the certificate {} does not cover {host}", file.display()),
        "use a certificate made out to the host of public_url, unless a proxy stands before this server",
    )
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    /// What is said of a certificate for May 2026 at so many days after 2026-05-01.
    fn on_day(day: i64) -> String {
        let mut params = CertificateParams::new(["bell.example".to_owned()]).expect("good");
        params.not_before = date_time_ymd(2026, 5, 1);
        params.not_after = date_time_ymd(2026, 5, 31);
        let key = KeyPair::generate().expect("a key");
        let cert = params.self_signed(&key).expect("a certificate");
        let may: jiff::Timestamp = "2026-05-01T00:00:00Z".parse().expect("a time");
        let now = Timestamp::from_jiff(may).plus_secs(day * DAY_S);
        validity(cert.der(), Path::new("c.pem"), now).to_string()
    }

    #[test]
    fn a_certificate_is_judged_by_the_days_it_has_left() {
        for (day, level, words) in [
            (-1, "problem", "not valid before 2026-05-01"),
            (1, "ok", "valid until 2026-05-31"),
            (16, "ok", "valid until"),
            (17, "warning", "13 days left"),
            (30, "problem", "expired on 2026-05-31"),
        ] {
            let said = on_day(day);
            assert!(
                said.starts_with(level) && said.contains(words),
                "{day}: {said}"
            );
        }
    }
}
