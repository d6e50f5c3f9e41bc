//! Calendar feeds: secret addresses at which calendar programs read when a consultation meets.
//!
//! Whoever has the address reads, so that a feed tells when and where a consultation meets and which functions take part,
//! and nothing of who or what it is about. What is kept is a hash of the secret.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::calendar::{Period, local_date};
use crate::change::{Actor, Change as GenericChange, Stamp, Version};
use crate::code::codes;
use crate::id::{CalendarFeedId, ConsultationId};
use crate::text::Title;

/// A new state of a feed with its events.
pub type Change = GenericChange<CalendarFeed, Event>;

codes! {
    /// What is done with a feed.
    Verb {
        /// Give it an address.
        Create = "create",
        /// Take the address away.
        Revoke = "revoke",
    }
}

/// Something that happened to a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// What was done.
    pub verb: Verb,
    /// When it took effect.
    pub at: Timestamp,
}

/// Gives a feed an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// The name that the new feed gets.
    pub id: CalendarFeedId,
    /// The consultation whose meetings it shows.
    pub consultation_id: ConsultationId,
    /// The SHA-256 of the secret in its address, in hexadecimal.
    pub secret_hash: String,
    /// What it is for, in words of who made it.
    pub label: Option<Title>,
}

/// A calendar feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarFeed {
    /// Its name.
    pub id: CalendarFeedId,
    /// The number of its changes.
    pub version: Version,
    /// The consultation whose meetings it shows.
    pub consultation_id: ConsultationId,
    /// The SHA-256 of the secret in its address, in hexadecimal.
    pub secret_hash: String,
    /// What it is for, in words of who made it.
    pub label: Option<Title>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: Actor,
    /// When its address was taken away, for good.
    pub revoked_at: Option<Timestamp>,
}

impl CalendarFeed {
    /// Makes a feed.
    pub fn create(command: Create, stamp: &Stamp) -> Change {
        let Create { id, consultation_id, secret_hash, label } = command;
        let state = Self {
            id,
            version: Version::FIRST,
            consultation_id,
            secret_hash,
            label,
            created_at: stamp.at,
            created_by: stamp.by.clone(),
            revoked_at: None,
        };
        Change { before: None, state, events: vec![Event { verb: Verb::Create, at: stamp.at }] }
    }

    /// Takes its address away; absent when that was done before.
    pub fn revoke(self, stamp: &Stamp) -> Option<Change> {
        if self.revoked_at.is_some() {
            return None;
        }
        let state = Self { version: self.version.next(), revoked_at: Some(stamp.at), ..self.clone() };
        let event = Event { verb: Verb::Revoke, at: stamp.at };
        Some(Change { before: Some(self), state, events: vec![event] })
    }
}

/// Gives the days whose meetings a feed shows at a moment: from a year ago up to two years ahead.
pub fn shown(now: Timestamp) -> Period {
    let today: Date = local_date(now);
    Period { from: today.saturating_sub(1.year()), to: today.saturating_add(2.years()) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::{ClientId, OrganisationId};

    fn stamp(at: &str) -> Stamp {
        let organisation_id = OrganisationId::new(Uuid::from_u128(1));
        let by = Actor { client_id: ClientId::new(Uuid::from_u128(2)), user: None, organisation_id };
        Stamp { at: at.parse().unwrap(), by }
    }

    fn created() -> Change {
        let command = Create {
            id: CalendarFeedId::new(Uuid::from_u128(3)),
            consultation_id: ConsultationId::new(Uuid::from_u128(4)),
            secret_hash: "ab".repeat(32),
            label: Some(Title::parse("Outlook van het team").unwrap()),
        };
        CalendarFeed::create(command, &stamp("2026-03-02T09:00:00Z"))
    }

    #[test]
    fn a_feed_is_made_and_revoked_once() {
        let created = created();
        assert_eq!(
            (created.before, created.state.version, created.state.revoked_at),
            (None, Version(1), None)
        );
        assert_eq!(created.events.iter().map(|event| event.verb).collect::<Vec<_>>(), [Verb::Create]);

        let feed = created.state;
        let later = stamp("2026-03-03T09:00:00Z");
        let revoked = feed.clone().revoke(&later).unwrap();
        assert_eq!(revoked.before.as_ref(), Some(&feed));
        let expected = CalendarFeed { version: Version(2), revoked_at: Some(later.at), ..feed };
        assert_eq!(revoked.state, expected);
        assert_eq!(revoked.events, [Event { verb: Verb::Revoke, at: later.at }]);
        assert_eq!(revoked.state.revoke(&later), None);
    }

    #[test]
    fn a_feed_shows_whole_local_days_from_a_year_ago_to_two_years_ahead() {
        let days = |now: &str| {
            let Period { from, to } = shown(now.parse().unwrap());
            (from.to_string(), to.to_string())
        };
        let told = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(days("2026-03-02T09:00:00Z"), told("2025-03-02", "2028-03-02"));
        // Already the next day in Brussels; and a day that only leap years have.
        assert_eq!(days("2026-03-01T23:30:00Z"), told("2025-03-02", "2028-03-02"));
        assert_eq!(days("2028-02-29T12:00:00Z"), told("2027-02-28", "2030-02-28"));
    }
}
