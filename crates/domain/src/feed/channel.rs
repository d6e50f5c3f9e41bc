//! Channels, and which of them a principal follows.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::access::{Operation, Principal};
use crate::code::codes;
use crate::subject::Subject;

codes! {
    /// What a channel carries, and to whom.
    Channel {
        /// Cases with what belongs to them, meetings and what follows from them: for all members of a consultation.
        Team = "team",
        /// Escalations, the escalation ledger and presence: for the members that are no guards.
        Office = "office",
        /// Calendar feeds and hourly rates: for those who run the consultation.
        Desk = "desk",
        /// Notes for the police of a consultation.
        Police = "police",
        /// Notes for the housing team of a consultation.
        Housing = "housing",
        /// Requests that were sent to a service.
        Service = "service",
        /// Actions that an organisation carries out.
        Owner = "owner",
        /// Shifts of the guards of an organisation.
        Shifts = "shifts",
        /// Notes and contacts that a housing partner wrote.
        Author = "author",
        /// Reference data: for those who read all of it.
        Reference = "reference",
        /// The services that take requests and the terms of all of them: for everybody else.
        Services = "services",
        /// Reference data of one organisation, for itself.
        Affairs = "affairs",
        /// Hourly rates of all consultations.
        Rates = "rates",
        /// The webhook subscriptions of an organisation.
        Webhooks = "webhooks",
        /// Reports that were circulated to a partner.
        Reports = "reports",
    }
}

impl Channel {
    /// Gives the name of the channel of a consultation or organisation.
    ///
    /// Ids begin with the time at which they were made, in which the first byte stays the same for centuries: names of
    /// different channels never meet.
    pub fn of(self, id: impl Into<Uuid>) -> Uuid {
        let mut bytes = id.into().into_bytes();
        if let Some(first) = bytes.first_mut() {
            *first ^= self.mark();
        }
        Uuid::from_bytes(bytes)
    }

    /// Gives the name of a channel that there is one of.
    pub fn only(self) -> Uuid {
        self.of(Uuid::nil())
    }

    const fn mark(self) -> u8 {
        match self {
            Self::Team => 0x80,
            Self::Office => 0x81,
            Self::Desk => 0x82,
            Self::Police => 0x83,
            Self::Housing => 0x84,
            Self::Service => 0x85,
            Self::Owner => 0x86,
            Self::Shifts => 0x87,
            Self::Author => 0x88,
            Self::Reference => 0x89,
            Self::Services => 0x8a,
            Self::Affairs => 0x8b,
            Self::Rates => 0x8c,
            Self::Webhooks => 0x8d,
            Self::Reports => 0x8e,
        }
    }
}

impl Subject {
    /// Gives the operation that reads a thing of this kind; none for what no operation reads.
    pub const fn reading(self) -> Option<Operation> {
        Some(match self {
            Self::Case => Operation::GetCase,
            Self::CaseNote => Operation::GetCaseNote,
            Self::CaseContact => Operation::GetCaseContact,
            Self::FollowUpRequest => Operation::GetFollowUpRequest,
            Self::PresenceRecord => Operation::GetPresenceRecord,
            Self::GuardGroup => Operation::GetGuardGroup,
            Self::Organisation => Operation::GetOrganisation,
            Self::Consultation => Operation::GetConsultation,
            Self::Area => Operation::GetArea,
            Self::ClosureDay => Operation::GetClosureDay,
            Self::Term => Operation::GetTerm,
            Self::MeetingSeries => Operation::GetMeetingSeries,
            Self::Meeting => Operation::GetMeeting,
            Self::Report => Operation::GetReport,
            Self::ReportComment => Operation::ListReportComments,
            Self::AgendaItem => Operation::GetAgendaItem,
            Self::Decision => Operation::GetDecision,
            Self::Action => Operation::GetAction,
            Self::HourlyRate => Operation::GetHourlyRate,
            Self::CalendarFeed => Operation::GetCalendarFeed,
            Self::EscalationPolicy => Operation::GetEscalationPolicy,
            Self::LedgerEntry => Operation::GetEscalationLedgerEntry,
            Self::Escalation => Operation::GetEscalation,
            Self::WebhookSubscription => Operation::GetWebhookSubscription,
            Self::DataSharingProtocol => Operation::GetDataSharingProtocol,
            Self::Client => return None,
        })
    }
}

/// What a principal follows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readership {
    /// The channels.
    pub channels: BTreeSet<Uuid>,
    /// The kinds of things that its token does not let it read.
    pub hidden: BTreeSet<Subject>,
}

impl Principal {
    /// Gives what it may be told of now.
    pub fn readership(&self) -> Readership {
        let team = self.sight(Operation::GetCase);
        let office = self.sight(Operation::GetEscalation);
        let desk = self.sight(Operation::GetCalendarFeed);
        let requests = self.sight(Operation::GetFollowUpRequest);
        let actions = self.sight(Operation::GetAction);
        let shifts = self.sight(Operation::GetPresenceRecord);
        let reference = self.sight(Operation::GetOrganisation);
        let webhooks = self.sight(Operation::GetWebhookSubscription);
        let reports = self.sight(Operation::GetReport);
        let notes = self.note_sight();
        let mut channels: BTreeSet<Uuid> = BTreeSet::new();
        channels.extend(team.consultations.iter().map(|id| Channel::Team.of(*id)));
        channels.extend(office.consultations.iter().map(|id| Channel::Office.of(*id)));
        channels.extend(desk.consultations.iter().map(|id| Channel::Desk.of(*id)));
        channels.extend(notes.police.iter().map(|id| Channel::Police.of(*id)));
        channels.extend(notes.housing.iter().map(|id| Channel::Housing.of(*id)));
        channels.extend(notes.own_housing.iter().map(|id| Channel::Author.of(*id)));
        channels.extend(requests.addressed.iter().map(|id| Channel::Service.of(*id)));
        channels.extend(actions.own.iter().map(|id| Channel::Owner.of(*id)));
        channels.extend(shifts.own.iter().map(|id| Channel::Shifts.of(*id)));
        channels.extend(reports.addressed.iter().map(|id| Channel::Reports.of(*id)));
        channels.extend(webhooks.own.iter().map(|id| Channel::Webhooks.of(*id)));
        channels.extend(reference.own.iter().map(|id| Channel::Affairs.of(*id)));
        if reference.everything {
            channels.insert(Channel::Reference.only());
        } else if !reference.own.is_empty() {
            channels.insert(Channel::Services.only());
        }
        if webhooks.everything {
            channels.insert(Channel::Webhooks.only());
        }
        if self.sight(Operation::GetHourlyRate).everything {
            channels.insert(Channel::Rates.only());
        }
        let hidden = Subject::ALL.iter().copied();
        let hidden = hidden.filter(|kind| kind.reading().is_some_and(|operation| !self.has_scope(operation)));
        Readership { channels, hidden: hidden.collect() }
    }
}
