//! What readers see of a consultation.

use domain::access::{Role, Sight};
use domain::consultation::{self, Level, Member};
use domain::id::{ConsultationId, OrganisationId};
use jiff::Timestamp;
use persistence::consultations::StoredConsultation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::codes::{ConsultationLevelCode, RoleCode};
use crate::etag::EntityTag;
use crate::ref_data::{LabelsBody, LabelsView};

/// A body that meets about an area.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Consultation {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: ConsultationId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// The short code that the references of its cases begin with.
    #[schema(example = "KRO")]
    code: String,
    /// Its name.
    name: LabelsView,
    /// Where it stands on the ladder.
    #[schema(value_type = ConsultationLevelCode)]
    level: Level,
    /// The sectors and neighbourhoods that it is about, by code.
    area_codes: Vec<String>,
    /// The version of the scheme that these codes belong to.
    area_version: Option<String>,
    /// Whether the area is one with a risk of nuisance.
    nuisance_risk: bool,
    /// Its members.
    members: Vec<ConsultationMember>,
    /// The consultation that complex cases are handed to.
    #[schema(value_type = Option<uuid::Uuid>)]
    escalates_to_id: Option<ConsultationId>,
    /// Whether it takes only cases that passed a legal gate; told with each submission to it.
    requires_legal_gate: bool,
    /// When it was written.
    created_at: Timestamp,
}

/// A member of a consultation: an organisation in a role and a function.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsultationMember {
    /// The organisation.
    #[schema(value_type = uuid::Uuid)]
    organisation_id: OrganisationId,
    /// The role that it takes part in; it decides what the organisation may see and do.
    #[schema(value_type = RoleCode)]
    role: Role,
    /// The function that takes part, by a code of the city's own.
    #[schema(example = "neighbourhoodInspector")]
    function: String,
    /// The name of the function.
    function_name: LabelsView,
    /// How many persons take part in it.
    number: u16,
}

/// A member of a consultation: an organisation in a role and a function.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConsultationMemberBody {
    /// The organisation.
    #[schema(value_type = uuid::Uuid)]
    pub(super) organisation_id: OrganisationId,
    /// The role that it takes part in; it decides what the organisation may see and do.
    #[schema(value_type = RoleCode)]
    pub(super) role: Role,
    /// The function that takes part, by a code of the city's own; once per organisation and role.
    #[schema(pattern = "^[a-z][A-Za-z0-9]*$", max_length = 40, example = "neighbourhoodInspector")]
    pub(super) function: String,
    /// The name of the function.
    pub(super) function_name: LabelsBody,
    /// How many persons take part in it.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1000, default = 1)]
    pub(super) number: u16,
}

const fn one() -> u16 {
    1
}

impl From<&Member> for ConsultationMember {
    fn from(member: &Member) -> Self {
        Self {
            organisation_id: member.organisation_id,
            role: member.role,
            function: member.function.as_str().to_owned(),
            function_name: (&member.function_name).into(),
            number: member.number.get(),
        }
    }
}

/// Tells whether a reader sees a consultation: services and partners see those that they are a member of.
pub(super) fn sees(sight: &Sight, consultation: &consultation::Consultation) -> bool {
    sight.everything || consultation.members.iter().any(|member| sight.own.contains(&member.organisation_id))
}

/// Gives the entity tag of a consultation.
pub(super) fn tag(consultation: &consultation::Consultation) -> EntityTag {
    EntityTag::document(consultation.version, "c")
}

impl Consultation {
    /// Makes the view of a consultation.
    pub(super) fn of(stored: &StoredConsultation, base_url: &str) -> Self {
        let consultation = &stored.consultation;
        Self {
            href: href(consultation.id, base_url),
            id: consultation.id,
            version: consultation.version.0,
            etag: tag(consultation).as_str().to_owned(),
            code: consultation.code.as_str().to_owned(),
            name: (&consultation.name).into(),
            level: consultation.level,
            area_codes: consultation.area.iter().map(|area| area.as_str().to_owned()).collect(),
            area_version: consultation.area_version.clone(),
            nuisance_risk: consultation.nuisance_risk,
            members: consultation.members.iter().map(Into::into).collect(),
            escalates_to_id: consultation.escalates_to,
            requires_legal_gate: consultation.requires_legal_gate,
            created_at: stored.created_at,
        }
    }
}

/// Gives the address of a consultation.
pub(super) fn href(id: ConsultationId, base_url: &str) -> String {
    format!("{base_url}/consultations/{id}")
}
