//! The facts of a subscription.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::code::{EndReason, PauseReason, SignatureScheme, Status, Verb};
use super::event::Event;
use super::pattern::Pattern;
use crate::access::{Role, Scope};
use crate::change::{Actor, DoneVerbs, Version};
use crate::id::{ClientId, OrganisationId, WebhookSubscriptionId};
use crate::text::Title;

/// The most types that a subscription names.
pub const MOST_PATTERNS: usize = 100;

/// What messages are signed with, in the words of Standard Webhooks: 32 bytes in base64 after `whsec_`, which both sides know, or
/// after `whsk_`, the private key of an Ed25519 pair (RFC 8032), which only we know; never shown in a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SigningSecret(String);

impl SigningSecret {
    /// Wraps a secret.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// Tells how it signs.
    pub fn scheme(&self) -> SignatureScheme {
        if self.0.starts_with("whsk_") { SignatureScheme::Ed25519 } else { SignatureScheme::HmacSha256 }
    }

    /// Gives the text, for use where it is needed.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// What a client had when it subscribed: a subscription never gives more, and less when the client has less now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// The client.
    pub client_id: ClientId,
    /// The organisations that it acted for.
    pub organisations: BTreeSet<OrganisationId>,
    /// The roles of its token.
    pub roles: BTreeSet<Role>,
    /// The scopes of its token.
    pub scopes: BTreeSet<Scope>,
}

/// Everything that is known about a subscription, but how far its deliveries are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its name.
    pub id: WebhookSubscriptionId,
    /// The number of its changes.
    pub version: Version,
    /// The organisation that it belongs to.
    pub organisation_id: OrganisationId,
    /// Its state.
    pub status: Status,
    /// The address of the endpoint.
    pub url: String,
    /// What it is for, in words of who made it.
    pub label: Option<Title>,
    /// The types that it wants; all when there are none.
    pub patterns: BTreeSet<Pattern>,
    /// Whose rights it has.
    pub grant: Grant,
    /// What its messages are signed with.
    pub secret: SigningSecret,
    /// The secret before, and until when messages carry a signature of it as well.
    pub previous_secret: Option<(SigningSecret, Timestamp)>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// When its endpoint echoed a challenge.
    pub verified_at: Option<Timestamp>,
    /// Since when it is paused.
    pub paused_at: Option<Timestamp>,
    /// Why it is paused.
    pub pause_reason: Option<PauseReason>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub end_reason: Option<EndReason>,
    /// Who made it.
    pub created_by: Actor,
    /// The verbs that would change nothing if they came again.
    pub done: DoneVerbs,
}

impl Facts {
    /// Gives the secrets that a message is signed with at a moment, the newest first.
    pub fn secrets(&self, now: Timestamp) -> impl Iterator<Item = &SigningSecret> {
        let previous = self.previous_secret.as_ref().filter(|(_, until)| now < *until);
        std::iter::once(&self.secret).chain(previous.map(|(secret, _)| secret))
    }

    /// Tells an event, which shows the subscription as it is now.
    pub(super) const fn tell(&self, verb: Verb, at: Timestamp) -> Event {
        Event { verb, at, state: self.status, pause_reason: self.pause_reason, end_reason: self.end_reason }
    }
}
