//! What a frozen dossier says to one audience, in a form of its own: codes, names as they were, and texts.

use domain::case::{Kind, Pattern, SeverityLevel, Source, Status, TimeSlot};
use domain::category::CategoryCode;
use domain::id::{CaseId, ConsultationId, EscalationId};
use domain::labels::Labels;
use domain::place::LocationKind;
use domain::report::Audience;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{EscalationCriteria, LegalGate};
use crate::codes::{
    CaseKindCode, CasePatternCode, CaseSourceCode, CaseStateCode, LocationKindCode, ReportAudienceCode,
    SeverityLevelCode, TimeSlotCode,
};
use crate::ref_data::LabelsView;
use crate::reports::{ReportAction, ReportNote, ReportOrganisation, ReportRequest};

/// What the dossier of a submission says to one audience.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DossierContent {
    /// The form in which it is written.
    #[schema(example = "wijkoverlegDossier1")]
    pub(super) format: String,
    /// Whom it is for.
    #[schema(value_type = ReportAudienceCode)]
    pub(super) audience: Audience,
    /// When it was frozen.
    pub(super) frozen_at: Timestamp,
    /// The escalation.
    #[schema(value_type = uuid::Uuid)]
    pub(super) escalation_id: EscalationId,
    /// The number of the submission.
    pub(super) submission: u32,
    /// The consultation of the case.
    pub(super) from_consultation: DossierConsultation,
    /// The consultation above.
    pub(super) to_consultation: DossierConsultation,
    /// Why it was proposed; a rule has no words.
    pub(super) reason: Option<String>,
    /// What the consultation above is asked.
    pub(super) text: String,
    /// The ground on which it may take the case.
    pub(super) legal_gate: Option<LegalGate>,
    /// What speaks for it.
    pub(super) criteria: EscalationCriteria,
    /// The case.
    pub(super) case: DossierCase,
    /// What services were asked, and what they answered; what was never sent is not in it.
    pub(super) follow_up_requests: Vec<ReportRequest>,
    /// What was agreed to do.
    pub(super) actions: Vec<ReportAction>,
    /// The notes that the audience reads.
    pub(super) notes: Vec<ReportNote>,
    /// What happened, as far as the audience may know of it; the last thousand events, oldest first.
    pub(super) timeline: Vec<DossierEvent>,
}

/// A consultation, by the name that it had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DossierConsultation {
    /// The consultation.
    #[schema(value_type = uuid::Uuid)]
    pub(super) id: ConsultationId,
    /// Its name.
    #[schema(value_type = LabelsView)]
    pub(super) name: Labels,
}

/// The case as it was.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DossierCase {
    /// The case.
    #[schema(value_type = uuid::Uuid)]
    pub(super) id: CaseId,
    /// Its reference.
    pub(super) reference: String,
    /// Situation or need.
    #[schema(value_type = CaseKindCode)]
    pub(super) kind: Kind,
    /// Its state.
    #[schema(value_type = CaseStateCode)]
    pub(super) state: Status,
    /// Its primary category.
    #[schema(value_type = String)]
    pub(super) category: CategoryCode,
    /// Further categories.
    #[schema(value_type = Vec<String>)]
    pub(super) secondary_categories: Vec<CategoryCode>,
    /// The case in a few words.
    pub(super) title: String,
    /// The case in full.
    pub(super) description: Option<String>,
    /// Who noticed it.
    #[schema(value_type = CaseSourceCode)]
    pub(super) source: Source,
    /// How it shows itself over time.
    #[schema(value_type = Option<CasePatternCode>)]
    pub(super) pattern: Option<Pattern>,
    /// When it happens.
    #[schema(value_type = Vec<TimeSlotCode>)]
    pub(super) time_slots: Vec<TimeSlot>,
    /// What kind of place it is.
    #[schema(value_type = LocationKindCode)]
    pub(super) location_kind: LocationKind,
    /// The address or a description of the place.
    pub(super) address: Option<String>,
    /// The address in the Flemish address register.
    #[schema(format = "uri")]
    pub(super) address_uri: Option<String>,
    /// The longitude of the point, WGS 84.
    pub(super) longitude: Option<f64>,
    /// The latitude of the point, WGS 84.
    pub(super) latitude: Option<f64>,
    /// The statistical sector.
    pub(super) sector: Option<String>,
    /// The organisation that leads.
    pub(super) lead_organisation: Option<ReportOrganisation>,
    /// How heavy it weighs.
    #[schema(value_type = Option<SeverityLevelCode>)]
    pub(super) severity: Option<SeverityLevel>,
    /// The sum of what makes it weigh.
    pub(super) severity_score: Option<u8>,
    /// When it was written.
    pub(super) created_at: Timestamp,
}

/// Something that happened.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DossierEvent {
    /// What kind of thing it happened to.
    pub(super) subject_kind: String,
    /// Which one.
    pub(super) subject_id: Uuid,
    /// What was done.
    pub(super) verb: String,
    /// The addressed service, the organisation that wrote a note or recorded a contact, or the owner of an action.
    pub(super) organisation: Option<ReportOrganisation>,
    /// When it took effect.
    pub(super) effective_at: Timestamp,
    /// When it was recorded.
    pub(super) recorded_at: Timestamp,
    /// Codes, ids and dates that belong to it.
    #[schema(value_type = Object)]
    pub(super) detail: Map<String, Value>,
}
