//! The handshake: an endpoint shows that it expects messages by echoing a challenge that only it was sent.

use std::time::Duration;

use domain::webhook::Facts;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::signing;
use crate::outbound::{Failure, Outbound};
use crate::secret;

/// The media type of the question.
const JSON: &str = "application/json";

/// Why an endpoint is not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unverified {
    /// The status that it answered with.
    pub(super) status: Option<u16>,
    /// What was wrong, in words that its owner may read.
    pub(super) error: String,
}

impl From<Failure> for Unverified {
    fn from(failure: Failure) -> Self {
        Self { status: None, error: failure.to_string() }
    }
}

/// Sends a challenge and looks whether it comes back; never within a transaction.
pub(super) async fn shake(
    outbound: &Outbound,
    service: &str,
    subscription: &Facts,
    id: Uuid,
    now: Timestamp,
) -> (Result<(), Unverified>, Duration) {
    let unable = |error: &str| (Err(Unverified { status: None, error: error.to_owned() }), Duration::ZERO);
    let Some(challenge) = secret::random() else { return unable("no random bytes") };
    let question = json!({
        "type": format!("{service}.webhookSubscription.verify"),
        "webhookSubscriptionId": subscription.id,
        "challenge": challenge.reveal(),
    });
    let body = question.to_string().into_bytes();
    let headers = signing::headers(subscription.secrets(now), &id.to_string(), now, &body);
    let Some(headers) = headers else { return unable("no secret to sign with") };
    let (answer, took) = outbound.post(&subscription.url, &headers, JSON, body).await;
    let echoed = answer.map_err(Unverified::from).and_then(|answer| {
        let unverified =
            |error: &str| Err(Unverified { status: Some(answer.status), error: error.to_owned() });
        if answer.status != 200 {
            return unverified("the endpoint did not answer 200");
        }
        let echo: Option<Value> = serde_json::from_slice(&answer.body).ok();
        match echo.as_ref().and_then(|echo| echo.get("challenge")).and_then(Value::as_str) {
            Some(echo) if echo == challenge.reveal() => Ok(()),
            _ => unverified("the endpoint did not echo the challenge"),
        }
    });
    (echoed, took)
}
