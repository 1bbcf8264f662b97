//! Whom to trust: the system's certificates, or those of the configuration.

use std::sync::Arc;

use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::config::Security;
use crate::error::MailError;

#[allow(clippy::needless_pass_by_value)] // for `map_err`
fn failed(error: impl ToString) -> MailError {
    MailError::Tls(error.to_string())
}

/// For IMAP; nobody where the connection is not protected.
pub(crate) fn connector(
    roots: Option<&str>,
    security: Security,
) -> Result<Option<TlsConnector>, MailError> {
    if security == Security::Plain {
        return Ok(None);
    }
    let mut store = RootCertStore::empty();
    match roots {
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                store.add(certificate.map_err(failed)?).map_err(failed)?;
            }
        }
        // Some systems hold certificates that cannot be read; the others count.
        None => {
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if store.is_empty() {
        return Err(MailError::Tls("there is no certificate to trust".into()));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(Some(TlsConnector::from(Arc::new(config))))
}

/// For SMTP.
pub(crate) fn parameters(host: &str, roots: Option<&str>) -> Result<TlsParameters, MailError> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = roots {
        builder = builder.certificate_store(CertificateStore::None);
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let der = certificate.map_err(failed)?.to_vec();
            builder = builder.add_root_certificate(Certificate::from_der(der).map_err(failed)?);
        }
    }
    builder.build_rustls().map_err(failed)
}
