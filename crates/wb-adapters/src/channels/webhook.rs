//! A signed webhook, as <https://www.standardwebhooks.com> describes.

mod body;

use core::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use sha2::Sha256;
use wb_core::incident::FailureReason;
use wb_ports::{
    Capabilities, Channel, ChannelDescriptor, Field, FieldError, FieldKind, Message,
    OpenedSettings, Receipt, SendFailure,
};

use super::http_call;
use super::words::{self, given};
use crate::net::{HttpClient, HttpRequest};

const URL: Field = Field {
    name: "url",
    kind: FieldKind::Url,
    required: true,
};
const SECRET: Field = Field {
    name: "secret",
    kind: FieldKind::Secret,
    required: false,
};

static DESCRIPTOR: ChannelDescriptor = ChannelDescriptor {
    name: "webhook",
    fields: &[URL, SECRET],
    capabilities: Capabilities {
        person: true,
        endpoint: true,
        can_thread: false,
        links: true,
        priority: true,
    },
};

const SECRET_PREFIX: &str = "whsec_";

/// The webhook channel.
pub struct Webhook {
    http: HttpClient,
    deadline: Duration,
}

impl Webhook {
    /// A webhook channel over this client.
    #[must_use]
    pub const fn new(http: HttpClient) -> Self {
        Self {
            http,
            deadline: Duration::from_secs(10),
        }
    }

    /// The same with another deadline.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }
}

#[async_trait::async_trait]
impl Channel for Webhook {
    fn descriptor(&self) -> &'static ChannelDescriptor {
        &DESCRIPTOR
    }

    fn check(&self, settings: &OpenedSettings) -> Result<(), Vec<FieldError>> {
        let mut errors = DESCRIPTOR.shape_errors(settings);
        if let Some(url) = given(settings, &URL) {
            errors.extend(http_call::check_url(&self.http, URL.name, url));
        }
        if let Some(secret) = given(settings, &SECRET)
            && secret_bytes(secret).is_none()
        {
            errors.push(FieldError::new(
                SECRET.name,
                "channels.webhook.errors.secret",
                &[],
            ));
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    async fn send(
        &self,
        settings: &OpenedSettings,
        message: &Message,
    ) -> Result<Receipt, SendFailure> {
        let body = body::render(message);
        let headers = headers(settings, message, &body)?;
        let url = given(settings, &URL).unwrap_or_default();
        let request = HttpRequest {
            method: Method::POST,
            url: url.to_owned(),
            headers,
            body,
            timeout: self.deadline,
        };
        let mut secrets = words::secrets_of(message);
        secrets.push(url);
        secrets.extend(given(settings, &SECRET));
        let (receipt, _) = http_call::call(&self.http, request, message.sent_at, &secrets).await?;
        Ok(receipt)
    }

    fn deadline(&self) -> Duration {
        self.deadline
    }
}

/// The signing key of a secret; none when it is not of the described form.
fn secret_bytes(secret: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(secret.strip_prefix(SECRET_PREFIX)?).ok()?;
    (24..=64).contains(&bytes.len()).then_some(bytes)
}

fn headers(
    settings: &OpenedSettings,
    message: &Message,
    body: &[u8],
) -> Result<HeaderMap, SendFailure> {
    let id = &message.delivery_id;
    let timestamp = message.sent_at.as_secs().to_string();
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    insert(&mut headers, "webhook-id", id)?;
    insert(&mut headers, "webhook-timestamp", &timestamp)?;
    if let Some(secret) = given(settings, &SECRET) {
        let signature = sign(secret, id, &timestamp, body).ok_or_else(|| {
            let error = FieldError::new(SECRET.name, "channels.webhook.errors.secret", &[]);
            unusable(&error.message)
        })?;
        insert(&mut headers, "webhook-signature", &signature)?;
    }
    Ok(headers)
}

fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) -> Result<(), SendFailure> {
    let value = HeaderValue::from_str(value).map_err(|_| unusable(name))?;
    headers.insert(HeaderName::from_static(name), value);
    Ok(())
}

fn unusable(words: &str) -> SendFailure {
    SendFailure::new(
        FailureReason::Misconfigured,
        "delivery.failed.setting",
        &[("words", &words)],
    )
}

/// `v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`.
fn sign(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret_bytes(secret)?).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    Some(format!(
        "v1,{}",
        STANDARD.encode(mac.finalize().into_bytes())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn signs_like_the_reference() {
        let signature = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(
            signature.as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
    }

    #[test]
    fn secrets_have_the_described_form() {
        let of = |length: usize| format!("whsec_{}", STANDARD.encode(vec![7; length]));
        assert!(secret_bytes(&of(24)).is_some() && secret_bytes(&of(64)).is_some());
        for bad in [
            of(23),
            of(65),
            "whsec_%%%".to_owned(),
            STANDARD.encode([7; 32]),
        ] {
            assert!(secret_bytes(&bad).is_none(), "{bad}");
        }
    }
}
