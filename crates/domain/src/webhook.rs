//! Webhook subscriptions: an endpoint of a client to which the changes that it may see are sent.
//!
//! A subscription begins unverified: nothing is sent to an endpoint before it has echoed a challenge. While it is active,
//! what happens is delivered in the order of the feed; it is paused by its owner, or by us with the reason, and its place in
//! the feed is kept. It never gives more than its client had when it subscribed and still has.

mod back_off;
mod code;
mod edge;
mod error;
mod event;
mod facts;
mod pattern;
#[cfg(test)]
mod tests;

pub use back_off::{LONGEST, Retry, retry};
pub use code::{DeliveryState, EndReason, PauseReason, SignatureScheme, Status, Verb};
pub use edge::{allowed, edge};
pub use error::WebhookError;
pub use event::Event;
pub use facts::{Facts, Grant, MOST_PATTERNS, SigningSecret};
pub use pattern::{MalformedPattern, Pattern, wants};

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use crate::change::{Change as GenericChange, DoneVerb, Outcome as GenericOutcome, Stamp, Version};
use crate::id::{OrganisationId, WebhookSubscriptionId};
use crate::text::Title;

/// A new state of a subscription with its events.
pub type Change = GenericChange<WebhookSubscription, Event>;
/// What a verb comes to.
pub type Outcome = GenericOutcome<WebhookSubscription, Event>;

/// Subscribes an endpoint.
#[derive(Debug, Clone)]
pub struct Create {
    /// The name that the new subscription gets.
    pub id: WebhookSubscriptionId,
    /// The organisation that it belongs to.
    pub organisation_id: OrganisationId,
    /// The address of the endpoint, checked.
    pub url: String,
    /// What it is for, in words of who made it.
    pub label: Option<Title>,
    /// The types that it wants; all when there are none.
    pub patterns: BTreeSet<Pattern>,
    /// Whose rights it has.
    pub grant: Grant,
    /// What its messages are signed with.
    pub secret: SigningSecret,
}

/// A new endpoint, label or list of types; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Edit {
    /// The address of the endpoint, checked; another one has to be verified anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it is for; `Some(None)` takes it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Option<Title>>,
    /// The types that it wants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patterns: Option<BTreeSet<Pattern>>,
}

/// A webhook subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookSubscription {
    facts: Facts,
}

impl std::ops::Deref for WebhookSubscription {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl WebhookSubscription {
    /// Takes a subscription back from storage.
    pub const fn restore(facts: Facts) -> Self {
        Self { facts }
    }

    /// Subscribes an endpoint, which has to be verified first.
    pub fn create(command: Create, stamp: &Stamp) -> Change {
        let facts = Facts::new(command, stamp);
        let event = facts.tell(Verb::Create, stamp.at);
        Change { before: None, state: Self { facts }, events: vec![event] }
    }

    /// Changes what it is told; another endpoint has to be verified anew.
    pub fn edit(self, command: Edit, stamp: &Stamp) -> Result<Outcome, WebhookError> {
        let moves = command.url.as_ref().is_some_and(|url| *url != self.facts.url);
        let verb = if moves { Verb::MoveEndpoint } else { Verb::Edit };
        self.act(verb, &command, stamp, |facts| {
            if let Some(url) = command.url.clone() {
                facts.url = url;
            }
            if let Some(label) = command.label.clone() {
                facts.label = label;
            }
            if let Some(patterns) = command.patterns.clone() {
                facts.patterns = patterns;
            }
            if moves {
                facts.verified_at = None;
                facts.pause_reason = None;
                facts.paused_at = None;
            }
        })
    }

    /// Notes that the endpoint echoed the challenge.
    pub fn verify(self, stamp: &Stamp) -> Result<Outcome, WebhookError> {
        self.act(Verb::Verify, &(), stamp, |facts| facts.verified_at = Some(stamp.at))
    }

    /// Stops sending, and keeps the place in the feed.
    pub fn pause(self, reason: PauseReason, stamp: &Stamp) -> Result<Outcome, WebhookError> {
        self.act(Verb::Pause, &reason, stamp, |facts| {
            facts.pause_reason = Some(reason);
            facts.paused_at = Some(stamp.at);
        })
    }

    /// Sends again, from where it was.
    pub fn resume(self, stamp: &Stamp) -> Result<Outcome, WebhookError> {
        self.act(Verb::Resume, &(), stamp, |facts| {
            facts.pause_reason = None;
            facts.paused_at = None;
        })
    }

    /// Signs with another secret; until `overlap_until` messages carry a signature of the one before as well.
    pub fn rotate_secret(
        self,
        secret: SigningSecret,
        overlap_until: Option<Timestamp>,
        stamp: &Stamp,
    ) -> Result<Change, WebhookError> {
        // Each rotation gives another secret, so that none is a repetition.
        self.act_anew(Verb::RotateSecret, stamp, |facts| {
            let before = std::mem::replace(&mut facts.secret, secret);
            facts.previous_secret = overlap_until.map(|until| (before, until));
        })
    }

    /// Notes that what came after a place in the feed is sent again.
    pub fn replay(self, stamp: &Stamp) -> Result<Change, WebhookError> {
        // What was sent since then is sent once more, so that none is a repetition.
        self.act_anew(Verb::Replay, stamp, |_| ())
    }

    /// Ends it for good.
    pub fn end(self, reason: EndReason, stamp: &Stamp) -> Result<Outcome, WebhookError> {
        self.act(Verb::End, &reason, stamp, |facts| {
            facts.end_reason = Some(reason);
            facts.ended_at = Some(stamp.at);
            facts.previous_secret = None;
        })
    }

    /// The frame of a verb that does something each time.
    fn act_anew(
        mut self,
        verb: Verb,
        stamp: &Stamp,
        change: impl FnOnce(&mut Facts),
    ) -> Result<Change, WebhookError> {
        self.facts.done.forget_last();
        match self.act(verb, &stamp.at, stamp, change)? {
            Outcome::Changed(change) => Ok(change),
            Outcome::Unchanged(state) => Ok(Change { before: None, state, events: Vec::new() }),
        }
    }

    /// The frame of every verb: already so? allowed? then change, count and tell.
    fn act(
        mut self,
        verb: Verb,
        command: &impl Serialize,
        stamp: &Stamp,
        change: impl FnOnce(&mut Facts),
    ) -> Result<Outcome, WebhookError> {
        let done = DoneVerb::new(verb.code(), &stamp.by, command);
        if self.facts.done.holds(&done) {
            return Ok(Outcome::Unchanged(self));
        }
        let before = Some(self.clone());
        let facts = &mut self.facts;
        let from = facts.status;
        let to = edge(from, verb).ok_or_else(|| WebhookError { from, verb, allowed: allowed(from) })?;
        change(facts);
        if from == to {
            facts.done.stay(done);
        } else {
            facts.done.enter(done);
        }
        facts.status = to;
        facts.version = facts.version.next();
        facts.updated_at = stamp.at;
        let event = facts.tell(verb, stamp.at);
        Ok(Outcome::Changed(Change { before, state: self, events: vec![event] }))
    }
}

impl Facts {
    /// Gives what is known of a subscription before its first event.
    fn new(command: Create, stamp: &Stamp) -> Self {
        let Create { id, organisation_id, url, label, patterns, grant, secret } = command;
        Self {
            id,
            version: Version::FIRST,
            organisation_id,
            status: Status::PendingVerification,
            url,
            label,
            patterns,
            grant,
            secret,
            previous_secret: None,
            created_at: stamp.at,
            updated_at: stamp.at,
            verified_at: None,
            paused_at: None,
            pause_reason: None,
            ended_at: None,
            end_reason: None,
            created_by: stamp.by.clone(),
            done: crate::change::DoneVerbs::default(),
        }
    }
}
