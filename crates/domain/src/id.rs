//! Identifiers: one newtype per kind of thing, so that a case can never be looked up with a request's id.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An identifier that is not in its one canonical form: lower-case hexadecimal with hyphens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MalformedId;

impl fmt::Display for MalformedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a UUID in its canonical form")
    }
}

impl std::error::Error for MalformedId {}

fn parse_canonical(text: &str) -> Result<Uuid, MalformedId> {
    let id = Uuid::try_parse(text).map_err(|_| MalformedId)?;
    let mut buffer = Uuid::encode_buffer();
    if id.hyphenated().encode_lower(&mut buffer) == text { Ok(id) } else { Err(MalformedId) }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that is known to name this kind of thing.
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// Gives the bare UUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = MalformedId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse_canonical(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// Names an organisation: police zone, city service, housing company.
    OrganisationId;
    /// Names a consultation: a body that meets.
    ConsultationId;
    /// Names a case.
    CaseId;
    /// Names a note on a case.
    NoteId;
    /// Names a follow-up request.
    FollowUpRequestId;
    /// Names a message in the thread of a follow-up request.
    MessageId;
    /// Names a registered client application.
    ClientId;
    /// Names an area: one code in one version of its scheme.
    AreaId;
    /// Names a closure day of an organisation.
    ClosureDayId;
    /// Names a row of the term table.
    TermId;
    /// Names a series of meetings.
    MeetingSeriesId;
    /// Names a meeting.
    MeetingId;
    /// Names an item of the agenda of a meeting.
    AgendaItemId;
    /// Names the report of a meeting.
    ReportId;
    /// Names a comment on a report.
    ReportCommentId;
    /// Names a decision.
    DecisionId;
    /// Names an action.
    ActionId;
    /// Names an escalation.
    EscalationId;
    /// Names a contact with a partner on a case.
    ContactId;
    /// Names a group of community guards.
    GuardGroupId;
    /// Names a presence record.
    PresenceRecordId;
    /// Names an hourly rate.
    HourlyRateId;
    /// Names a calendar feed.
    CalendarFeedId;
    /// Names an escalation policy: one numbered version of the rules of a scope.
    EscalationPolicyId;
    /// Names a data-sharing protocol.
    DataSharingProtocolId;
    /// Names an entry of the escalation ledger.
    LedgerEntryId;
    /// Names an event.
    EventId;
    /// Names a webhook subscription.
    WebhookSubscriptionId;
    /// Names a delivery of a webhook subscription.
    WebhookDeliveryId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_exactly_one_string_form() {
        let text = "0190a4f2-7c1e-7d3a-8b2f-1f2e3d4c5b6a";
        assert_eq!(text.parse::<CaseId>().unwrap().to_string(), text);
        for other in [
            text.to_uppercase(),
            text.replace('-', ""),
            format!("{{{text}}}"),
            format!("urn:uuid:{text}"),
            String::new(),
        ] {
            assert_eq!(other.parse::<CaseId>(), Err(MalformedId), "{other}");
        }
    }
}
