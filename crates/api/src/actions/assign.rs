//! Giving somebody something to do as part of a decision.

use domain::action::{Action as Aggregate, Create, Description, Kind};
use domain::id::{ActionId, CaseId, ConsultationId, DecisionId, MeetingId, OrganisationId};
use domain::text::{Paragraph, Title};
use jiff::civil::Date;
use persistence::ReferenceData;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::describe::owner;
use crate::codes::ActionKindCode;
use crate::forms::FunctionCode;
use crate::input::Faults;
use crate::work::{Refusal, Unit};

/// An action that comes of a decision.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecidedActionBody {
    /// What is done.
    #[schema(value_type = ActionKindCode)]
    kind: Kind,
    /// The action in a few words; no names of persons.
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// The action in full; no names of persons.
    #[schema(min_length = 1, max_length = 10000)]
    description: Option<String>,
    /// The organisation that does it: a member of the consultation.
    #[schema(value_type = uuid::Uuid)]
    owner_organisation_id: OrganisationId,
    /// The function that does it: one that the organisation has in the consultation.
    #[schema(value_type = FunctionCode)]
    owner_function: String,
    /// By when; a day in Europe/Brussels.
    due_on: Option<Date>,
}

/// An action that is to be written.
#[derive(Debug, Clone)]
pub(crate) struct Assigned {
    kind: Kind,
    title: Title,
    description: Option<Paragraph>,
    owner_organisation_id: OrganisationId,
    owner_function: String,
    due_on: Option<Date>,
}

impl DecidedActionBody {
    /// Reads the action that stands at a place of a body.
    pub(crate) fn parsed(&self, place: &str, faults: &mut Faults) -> Option<Assigned> {
        let title = faults.text(&format!("{place}.title"), &self.title);
        let description = faults.optional_text(&format!("{place}.description"), self.description.as_ref());
        Some(Assigned {
            kind: self.kind,
            title: title?,
            description: description?,
            owner_organisation_id: self.owner_organisation_id,
            owner_function: self.owner_function.clone(),
            due_on: self.due_on,
        })
    }
}

/// Where an action comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) consultation: ConsultationId,
    pub(crate) led_by: Option<ConsultationId>,
    pub(crate) case: Option<CaseId>,
    pub(crate) decision: DecisionId,
    pub(crate) meeting: Option<MeetingId>,
}

impl Assigned {
    /// Finds the owner; the faults are told by the place in the body.
    pub(crate) fn described(
        &self,
        place: &str,
        consultation: ConsultationId,
        reference: &ReferenceData,
        faults: &mut Faults,
    ) -> Option<Description> {
        let (organisation, function) = (self.owner_organisation_id, self.owner_function.as_str());
        let owner = owner(organisation, function, consultation, reference, &format!("{place}."), faults)?;
        Some(Description {
            kind: self.kind,
            title: self.title.clone(),
            description: self.description.clone(),
            owner,
            due_on: self.due_on,
        })
    }
}

/// Writes an action that comes of a decision.
pub(crate) fn assign(
    unit: &mut Unit<'_, '_>,
    origin: Origin,
    description: Description,
) -> Result<ActionId, Refusal> {
    let Origin { consultation, led_by, case, decision, meeting } = origin;
    let id: ActionId = unit.new_id().into();
    let command = Create {
        id,
        consultation_id: consultation,
        led_by,
        case_id: case,
        decision_id: Some(decision),
        meeting_id: meeting,
        description,
    };
    let change = Aggregate::create(command, &unit.stamp());
    unit.save(&change)?;
    Ok(id)
}
