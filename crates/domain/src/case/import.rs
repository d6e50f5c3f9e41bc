//! Cases behind requests that are taken over from another system.

use jiff::Timestamp;

use super::code::{CloseReason, Kind, Status, Verb};
use super::command::Create;
use super::error::CaseError;
use super::facts::{Description, Ending, Facts};
use super::reference::CaseReference;
use super::{Case, Change};
use crate::change::Stamp;
use crate::id::{CaseId, ConsultationId};

/// A case as another system kept it.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The name that the case gets.
    pub id: CaseId,
    /// Its reference.
    pub reference: CaseReference,
    /// The consultation that handles it.
    pub consultation_id: ConsultationId,
    /// Situation or need.
    pub kind: Kind,
    /// What describes it, with the organisation that leads.
    pub description: Description,
    /// When it was written and taken up.
    pub created_at: Timestamp,
    /// When it was closed as solved; absent while it is open.
    pub closed_at: Option<Timestamp>,
}

impl Case {
    /// Takes a case over; each event has the time at which it happened, only `updated_at` tells the import.
    pub fn imported(row: Imported, stamp: &Stamp) -> Result<Change, CaseError> {
        let Imported { id, reference, consultation_id, kind, description, created_at, closed_at } = row;
        if description.lead_organisation_id.is_none() {
            return Err(CaseError::LeadRequired);
        }
        let command =
            Create { id, reference, consultation_id, kind, description, admit: true, earlier_cases: None };
        let mut facts = Facts { created_at, ..Facts::new(command, stamp) };
        let mut events = vec![facts.tell(Verb::Create, created_at, None)];
        if let Some(at) = closed_at {
            facts.status = Status::Closed;
            facts.ending = Ending::Ended { reason: CloseReason::Solved, at };
            facts.next_step_at = None;
            events.push(facts.tell(Verb::Close, at, None));
        }
        Ok(Change { before: None, state: Self { facts }, events })
    }
}
