//! Which certificate authorities we trust when calling out.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

/// Trusted certificate authorities: the ones built in (so that an empty container works), the ones
/// of the system (so that a company's own authority works), and any added by hand.
#[derive(Clone, Debug)]
pub struct Roots {
    added: Vec<CertificateDer<'static>>,
}

impl Roots {
    /// The built-in ones and those of the system, read now.
    #[must_use]
    pub fn load() -> Self {
        let system = rustls_native_certs::load_native_certs();
        for error in &system.errors {
            tracing::debug!(%error, "a certificate of the system was left out");
        }
        Self {
            added: system.certs,
        }
    }

    /// These and one more authority.
    #[must_use]
    pub fn with(mut self, authority: CertificateDer<'static>) -> Self {
        self.added.push(authority);
        self
    }

    /// The ones that are not built in.
    #[must_use]
    pub fn added(&self) -> &[CertificateDer<'static>] {
        &self.added
    }

    /// A TLS client that trusts these.
    pub(super) fn client_config(&self) -> Result<ClientConfig, rustls::Error> {
        let mut store = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        // Certificates that cannot be parsed are left out: one odd file must not stop all calls.
        store.add_parsable_certificates(self.added.iter().cloned());
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(store)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}
