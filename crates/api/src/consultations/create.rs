//! Writing a consultation.

use actix_web::post;
use domain::case;
use domain::change::{Change, Version};
use domain::consultation::{Consultation as Aggregate, Level};
use domain::id::ConsultationId;
use persistence::consultations::StoredConsultation;
use persistence::{Edit, ReferenceData};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::ConsultationMemberBody;
use super::{Consultation, describe, view};
use crate::call::Call;
use crate::codes::ConsultationLevelCode;
use crate::endpoint;
use crate::forms::{AreaCode, ConsultationCode, SchemeVersion};
use crate::input::Faults;
use crate::problem::{Kind, Problem};
use crate::ref_data::LabelsBody;
use crate::reply::Reply;

/// A new consultation.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "code": "KRO",
    "name": {"nl": "Wijkteamoverleg Kern Rechteroever"},
    "level": "neighbourhood",
    "areaCodes": ["41002W06"],
    "areaVersion": "2025",
    "nuisanceRisk": true,
    "members": [{
        "organisationId": "019a9d3e-0000-7000-8000-000000000001",
        "role": "neighbourhoodManager",
        "function": "neighbourhoodManager",
        "functionName": {"nl": "Wijkmanager"},
        "number": 1
    }],
    "escalatesToId": "019a9d3e-0000-7000-8000-0000000000a2"
})))]
pub struct CreateConsultationBody {
    /// The short code that the references of its cases begin with; unique, and never changed.
    #[schema(value_type = ConsultationCode)]
    code: String,
    /// Its name.
    name: LabelsBody,
    /// Where it stands on the ladder.
    #[schema(value_type = ConsultationLevelCode)]
    level: Level,
    /// The sectors and neighbourhoods that it is about, by code; codes of a version that is loaded have to be in it.
    #[serde(default)]
    #[schema(value_type = Vec<AreaCode>, max_items = 500)]
    area_codes: Vec<String>,
    /// The version of the scheme that these codes belong to; required with codes.
    #[schema(value_type = Option<SchemeVersion>)]
    area_version: Option<String>,
    /// Whether the area is one with a risk of nuisance.
    #[serde(default)]
    #[schema(default = false)]
    nuisance_risk: bool,
    /// Its members: organisations that exist, each at most once in a role and function.
    #[serde(default)]
    #[schema(max_items = 200)]
    members: Vec<ConsultationMemberBody>,
    /// The consultation that complex cases are handed to.
    #[schema(value_type = Option<uuid::Uuid>)]
    escalates_to_id: Option<ConsultationId>,
    /// Whether it takes only cases that passed a legal gate; told with each submission to it.
    #[serde(default)]
    #[schema(default = false)]
    requires_legal_gate: bool,
}

impl CreateConsultationBody {
    fn described(&self, id: ConsultationId, reference: &ReferenceData) -> Result<Aggregate, Problem> {
        let mut faults = Faults::default();
        let code = case::ConsultationCode::parse(&self.code).ok_or(());
        let code = faults.take("code", Kind::SchemaViolation, code);
        let name = self.name.parsed("name", &mut faults);
        let area = describe::area(&self.area_codes, &mut faults);
        describe::check_area_version(!self.area_codes.is_empty(), self.area_version.as_deref(), &mut faults);
        let parsed = area.as_deref().unwrap_or_default();
        let version = self.area_version.as_deref();
        describe::check_area(parsed, version, reference, &self.area_codes, &mut faults);
        let members = describe::members(&self.members, reference, &mut faults);
        describe::check_escalates_to(self.escalates_to_id, reference, &mut faults);
        let (((code, name), area), members) = faults.finish(code.zip(name).zip(area).zip(members))?;
        Ok(Aggregate {
            id,
            version: Version::FIRST,
            code,
            name,
            level: self.level,
            area,
            area_version: self.area_version.clone(),
            nuisance_risk: self.nuisance_risk,
            members,
            escalates_to: self.escalates_to_id,
            requires_legal_gate: self.requires_legal_gate,
        })
    }
}

endpoint!(
    /// Writes a consultation.
    pub CreateConsultation, body = CreateConsultationBody
);

/// Write a consultation.
///
/// A code that another consultation has is a conflict.
#[utoipa::path(
    tag = "Reference Data",
    request_body = CreateConsultationBody,
    responses((status = 201, description = "The new consultation", body = Consultation))
)]
#[post("/consultations")]
pub async fn create_consultation(call: Call<CreateConsultation>) -> Result<Reply, Problem> {
    let reference = call.reference().await?;
    let consultation = call.body.described(call.state.ids.next().into(), &reference)?;
    let base_url = call.state.base_url.clone();
    let mut unique = describe::unique();
    call.write(move |unit| {
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        let state = StoredConsultation { consultation: consultation.clone(), created_at: unit.now() };
        let edit = Edit { verb: "create", at: unit.now() };
        let change = Change { before: None, state, events: vec![edit] };
        unique.check(unit.save(&change))?;
        let document = Consultation::of(&change.state, &base_url);
        let reply = Reply::created(&document, view::href(consultation.id, &base_url))?;
        Ok(reply.tag(&view::tag(&consultation)))
    })
    .await
}
