//! What every channel over HTTP shares: which answer means what.

use core::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use reqwest::Url;
use wb_core::incident::FailureReason;
use wb_core::time::Timestamp;
use wb_ports::{FieldError, Receipt, SendFailure, catalogue};

use super::words;
use crate::net::{HttpClient, HttpRequest, HttpResponse, NetError};

/// Makes the call and judges its answer; a good one comes with its body. `secrets`, and the address
/// called, never appear in what is reported, not even when the server repeats them.
pub(super) async fn call(
    http: &HttpClient,
    request: HttpRequest,
    now: Timestamp,
    secrets: &[&str],
) -> Result<(Receipt, Vec<u8>), SendFailure> {
    let deadline = request.timeout;
    let url = request.url.clone();
    let response = http
        .send(request)
        .await
        .map_err(|error| net_failure(&error, deadline))?;
    let url = Url::parse(&url).ok();
    let path_and_query = url
        .as_ref()
        .map(|url| (url.path(), url.query().unwrap_or_default()));
    let of_url = path_and_query.map_or(["", ""], |(path, query)| [path, query]);
    let secrets: Vec<_> = secrets.iter().chain(&of_url).copied().collect();
    Ok((judge(&response, now, &secrets)?, response.body))
}

/// Checks an address that somebody gave as a setting.
pub(super) fn check_url(http: &HttpClient, field: &str, url: &str) -> Option<FieldError> {
    match http.check_url(url) {
        Ok(()) => None,
        Err(NetError::Forbidden) => {
            Some(FieldError::new(field, "channels.errors.url_forbidden", &[]))
        }
        Err(_) => Some(FieldError::new(field, "channels.errors.url", &[])),
    }
}

fn net_failure(error: &NetError, deadline: Duration) -> SendFailure {
    let reason = error.reason();
    match error {
        NetError::SetUp(_) => SendFailure::new(reason, "delivery.failed.set_up", &[]),
        NetError::BadUrl => SendFailure::new(reason, "delivery.failed.url", &[]),
        NetError::Forbidden => SendFailure::new(reason, "delivery.failed.forbidden", &[]),
        NetError::Unreachable(words) => {
            SendFailure::new(reason, "delivery.failed.unreachable", &[("words", words)])
        }
        NetError::TimedOut => {
            let seconds = deadline.as_secs();
            SendFailure::new(
                reason,
                "delivery.failed.no_answer",
                &[("seconds", &seconds)],
            )
        }
        NetError::BrokenOff => SendFailure::new(reason, "delivery.failed.broken_off", &[]),
    }
}

/// The table: which status means what.
const fn reason_of(status: u16) -> FailureReason {
    match status {
        401 | 403 | 407 => FailureReason::Unauthorised,
        429 => FailureReason::RateLimited,
        // A timeout or "too early" of theirs, and every fault of theirs, may pass.
        408 | 425 | 500.. => FailureReason::ProviderFault,
        // Redirects, a missing or gone address, a body they do not want: the same again is no use.
        _ => FailureReason::Refused,
    }
}

fn judge(
    response: &HttpResponse,
    now: Timestamp,
    secrets: &[&str],
) -> Result<Receipt, SendFailure> {
    let status = response.status;
    if status.is_success() {
        let detail = catalogue::text("delivery.accepted.http", &[("status", &status)]);
        return Ok(Receipt {
            provider_id: None,
            detail,
        });
    }
    let reason = reason_of(status.as_u16());
    let mut failure = if status.is_redirection() {
        SendFailure::new(reason, "delivery.failed.redirect", &[("status", &status)])
    } else {
        status_failure(reason, status, &words::first_words(&response.body, secrets))
    };
    if reason.is_worth_retrying() {
        failure.retry_after_s = retry_after_s(&response.headers, now);
    }
    Err(failure)
}

fn status_failure(reason: FailureReason, status: StatusCode, words: &str) -> SendFailure {
    if words.is_empty() {
        SendFailure::new(
            reason,
            "delivery.failed.http_status",
            &[("status", &status)],
        )
    } else {
        let values: [catalogue::Named<'_>; 2] = [("status", &status), ("words", &words)];
        SendFailure::new(reason, "delivery.failed.http_status_words", &values)
    }
}

/// `Retry-After`, which is a number of seconds or a date.
fn retry_after_s(headers: &HeaderMap, now: Timestamp) -> Option<u32> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(seconds);
    }
    let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    u32::try_from(at.as_second() - now.as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = Timestamp::from_micros(784_111_760_000_000);
        let read = |value: &str| {
            retry_after_s(
                &HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]),
                now,
            )
        };
        assert_eq!(read("120"), Some(120));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(17));
        assert_eq!(read("Sun, 06 Nov 1994 08:00:00 GMT"), None);
        assert_eq!(read("soon"), None);
    }
}
