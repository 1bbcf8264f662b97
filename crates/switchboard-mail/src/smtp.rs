//! Hands mails to the relay.

use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::Tls;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use switchboard::port::PortError;

use crate::config::{MailConfig, Security};
use crate::error::MailError;
use crate::tls;

/// The relay.
pub(crate) struct Relay {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    name: String,
}

/// What the relay made of a mail.
pub(crate) enum Handed {
    /// It has it and is responsible for it now.
    Taken,
    /// It will never take it, for this reason.
    Refused(String),
}

impl Relay {
    pub(crate) fn new(config: &MailConfig) -> Result<Self, MailError> {
        let server = &config.smtp;
        let parameters = || tls::parameters(&server.host, config.roots.as_deref());
        let protection = match server.security {
            Security::Tls => Tls::Wrapper(parameters()?),
            Security::StartTls => Tls::Required(parameters()?),
            Security::Plain => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .hello_name(ClientId::Domain(config.domain().to_owned()))
            .tls(protection)
            .timeout(Some(Duration::from_secs(u64::from(config.times.answer))));
        if let (Some(user), Some(password)) = (&server.user, &server.password) {
            let password = password.reveal().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        let name = format!("relay {}:{}", server.host, server.port);
        Ok(Self { transport: builder.build(), name })
    }

    /// Hands a mail over. What the relay cannot do now is an error: the adapter keeps no queue of its own,
    /// the effect's deadline says how long asking again makes sense.
    pub(crate) async fn hand_over(&self, mail: Message) -> Result<Handed, PortError> {
        match self.transport.send(mail).await {
            Ok(_) => Ok(Handed::Taken),
            Err(error) if error.is_permanent() => Ok(Handed::Refused(error.to_string())),
            Err(error) if error.is_timeout() => Err(PortError::timed_out(&self.name)),
            Err(error) => Err(PortError::unavailable(&self.name, error)),
        }
    }
}
