//! What its organisation sees of a subscription and of its deliveries.

use domain::access::Principal;
use domain::id::{ClientId, OrganisationId, WebhookDeliveryId, WebhookSubscriptionId};
use domain::webhook::{
    self, DeliveryState, EndReason, Facts, PauseReason, SignatureScheme, SigningSecret, Status, Verb, allowed,
};
use jiff::Timestamp;
use persistence::webhooks::{Delivery, Progress};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::codes::{
    WebhookDeliveryStateCode, WebhookEndReasonCode, WebhookPauseReasonCode, WebhookSignatureSchemeCode,
    WebhookSubscriptionStateCode, WebhookSubscriptionVerbCode,
};
use crate::etag::EntityTag;
use crate::fingerprint;
use crate::follow_ups::ActorView;
use crate::webhooks::{signing, source};

/// A webhook subscription; its secret was shown when it was made.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookSubscription {
    /// Its address in this API.
    #[schema(format = "uri")]
    pub(super) href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: WebhookSubscriptionId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// The organisation that it belongs to.
    #[schema(value_type = uuid::Uuid)]
    organisation_id: OrganisationId,
    /// The client whose rights it has, as they are now and at the most as they were when it subscribed.
    #[schema(value_type = uuid::Uuid)]
    client_id: ClientId,
    /// Its state.
    #[schema(value_type = WebhookSubscriptionStateCode)]
    state: Status,
    /// The address of the endpoint.
    #[schema(format = "uri")]
    url: String,
    /// How messages are signed.
    #[schema(value_type = WebhookSignatureSchemeCode)]
    signature_scheme: SignatureScheme,
    /// What messages are verified with, when they are signed with a private key (Standard Webhooks).
    #[schema(pattern = "^whpk_[A-Za-z0-9+/]+=*$")]
    public_key: Option<String>,
    /// What messages are signed with, when both sides know it (Standard Webhooks): only in the answer that makes it, and kept by whoever asked.
    #[schema(pattern = "^whsec_[A-Za-z0-9+/]+=*$")]
    secret: Option<String>,
    /// What it is for, in words of who made it.
    label: Option<String>,
    /// The types that it wants; all when there are none.
    types: Vec<String>,
    /// Until when messages carry a signature of the secret before as well.
    previous_secret_until: Option<Timestamp>,
    /// When its endpoint echoed a challenge.
    verified_at: Option<Timestamp>,
    /// Since when it is paused.
    paused_at: Option<Timestamp>,
    /// Why it is paused.
    #[schema(value_type = Option<WebhookPauseReasonCode>)]
    pause_reason: Option<PauseReason>,
    /// When it ended.
    ended_at: Option<Timestamp>,
    /// Why it ended.
    #[schema(value_type = Option<WebhookEndReasonCode>)]
    end_reason: Option<EndReason>,
    /// What its endpoint did last.
    endpoint: WebhookEndpoint,
    /// When it was made.
    created_at: Timestamp,
    /// When it changed last.
    updated_at: Timestamp,
    /// Who made it.
    created_by: ActorView,
    /// What can be done with it now.
    #[schema(value_type = Vec<WebhookSubscriptionVerbCode>)]
    allowed_verbs: Vec<Verb>,
}

/// What an endpoint did last.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookEndpoint {
    /// How many attempts failed since it last took something.
    failed_attempts: u32,
    /// Since when they fail.
    failing_since: Option<Timestamp>,
    /// The last status that it answered with.
    last_status: Option<u16>,
    /// What was wrong with the last attempt.
    last_error: Option<String>,
    /// When it last took something.
    last_delivered_at: Option<Timestamp>,
    /// When something is sent again, or the endpoint is verified again.
    next_attempt_at: Option<Timestamp>,
}

/// Gives the entity tag of a subscription.
pub(super) fn tag(subscription: &Facts, progress: &Progress) -> EntityTag {
    let Progress { endpoint, next_due_at, .. } = progress;
    let shown = format!("{endpoint:?}{next_due_at:?}");
    EntityTag::document(subscription.version, fingerprint::of([shown.as_bytes()]))
}

impl WebhookSubscription {
    /// Makes the view of a subscription.
    pub(super) fn of(
        subscription: &webhook::WebhookSubscription,
        progress: &Progress,
        base_url: &str,
    ) -> Self {
        let facts: &Facts = subscription;
        let last = progress.endpoint.clone();
        Self {
            href: format!("{base_url}/webhookSubscriptions/{}", facts.id),
            id: facts.id,
            version: facts.version.0,
            etag: tag(facts, progress).as_str().to_owned(),
            organisation_id: facts.organisation_id,
            client_id: facts.grant.client_id,
            state: facts.status,
            url: facts.url.clone(),
            signature_scheme: facts.secret.scheme(),
            public_key: signing::public_key(&facts.secret),
            secret: None,
            label: facts.label.as_ref().map(ToString::to_string),
            types: facts.patterns.iter().map(ToString::to_string).collect(),
            previous_secret_until: facts.previous_secret.as_ref().map(|(_, until)| *until),
            verified_at: facts.verified_at,
            paused_at: facts.paused_at,
            pause_reason: facts.pause_reason,
            ended_at: facts.ended_at,
            end_reason: facts.end_reason,
            endpoint: WebhookEndpoint {
                failed_attempts: last.attempts,
                failing_since: last.failing_since,
                last_status: last.last_status,
                last_error: last.last_error,
                last_delivered_at: last.last_delivered_at,
                next_attempt_at: progress.next_due_at,
            },
            created_at: facts.created_at,
            updated_at: facts.updated_at,
            created_by: (&facts.created_by).into(),
            allowed_verbs: allowed(facts.status),
        }
    }

    /// Adds the secret, when it is one that both sides know: a private key is never shown.
    pub(super) fn with_secret(mut self, secret: &SigningSecret) -> Self {
        let is_shared = secret.scheme() == SignatureScheme::HmacSha256;
        self.secret = is_shared.then(|| secret.reveal().to_owned());
        self
    }
}

/// A message to an endpoint, and what became of it.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookDelivery {
    /// Its address.
    #[schema(format = "uri")]
    pub(super) href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: WebhookDeliveryId,
    /// The id of the event, which its message carries as `webhook-id`; the same for whatever is sent twice.
    webhook_id: Uuid,
    /// The type of the event, without the name of the service.
    #[schema(example = "followUpRequest.notify.sent")]
    event_type: String,
    /// What the event is about.
    subject_id: Uuid,
    /// Its state.
    #[schema(value_type = WebhookDeliveryStateCode)]
    state: DeliveryState,
    /// How often it was sent.
    attempts: u32,
    /// When it was taken over from the change feed.
    created_at: Timestamp,
    /// When it is sent next, while it is pending.
    next_attempt_at: Option<Timestamp>,
    /// When it was sent last.
    last_attempt_at: Option<Timestamp>,
    /// The status that the endpoint answered with.
    last_status: Option<u16>,
    /// What was wrong with the last attempt.
    error: Option<String>,
    /// How long the last attempt took.
    duration_milliseconds: Option<i64>,
    /// The place in the change feed right after the event: what `after` takes, here and in `replay`. For the client that
    /// subscribed.
    cursor: Option<String>,
}

impl WebhookDelivery {
    /// Makes the view of a delivery.
    pub(super) fn of(delivery: &Delivery, base_url: &str) -> Self {
        let entry = &delivery.entry;
        let milliseconds =
            |duration: jiff::SignedDuration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self {
            href: format!(
                "{base_url}/webhookSubscriptions/{}/deliveries/{}",
                delivery.subscription_id, delivery.id
            ),
            id: delivery.id,
            webhook_id: entry.webhook_id,
            event_type: format!("{}.notify.{}", entry.subject_kind, entry.verb),
            subject_id: entry.subject_id,
            state: delivery.state,
            attempts: delivery.attempts,
            created_at: delivery.created_at,
            next_attempt_at: Some(delivery.next_attempt_at)
                .filter(|_| delivery.state == DeliveryState::Pending),
            last_attempt_at: delivery.last_attempt_at,
            last_status: delivery.last_status,
            error: delivery.error.clone(),
            duration_milliseconds: delivery.duration.map(milliseconds),
            cursor: None,
        }
    }

    /// Adds the place after the event, when the reader is the client that subscribed.
    pub(super) fn with_cursor(
        mut self,
        delivery: &Delivery,
        subscription: &Facts,
        principal: &Principal,
    ) -> Self {
        let is_its_client = subscription.grant.client_id == principal.client_id;
        self.cursor = is_its_client.then(|| source::cursor(principal, delivery.entry.position));
        self
    }

    /// Gives its entity tag.
    pub(super) fn tag(&self) -> EntityTag {
        let Self { state, attempts, next_attempt_at, last_status, .. } = self;
        EntityTag::opaque(fingerprint::of([
            format!("{state}{attempts}{next_attempt_at:?}{last_status:?}").as_bytes()
        ]))
    }
}
