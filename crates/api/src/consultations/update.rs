//! Editing a consultation, by merge patch.

use actix_web::patch;
use domain::change::Change;
use domain::consultation::{Consultation as Aggregate, Level};
use domain::id::ConsultationId;
use persistence::Edit;
use persistence::consultations::{self, StoredConsultation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::ConsultationMemberBody;
use super::{Consultation, ConsultationPath, describe, view};
use crate::call::Call;
use crate::codes::ConsultationLevelCode;
use crate::endpoint;
use crate::forms::{AreaCode, SchemeVersion};
use crate::input::Faults;
use crate::problem::Problem;
use crate::ref_data::{LabelsPatch, given};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// A merge patch of a consultation (RFC 7396): what is absent stays, `null` takes away. Its code never changes, as the
/// references of its cases begin with it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"nuisanceRisk": true})))]
#[allow(clippy::option_option, reason = "absent leaves as is, null takes away")]
pub struct ConsultationPatch {
    /// Its name, language by language.
    #[schema(value_type = LabelsPatch, required = false)]
    name: Option<LabelsPatch>,
    /// Where it stands on the ladder.
    #[schema(value_type = ConsultationLevelCode, required = false)]
    level: Option<Level>,
    /// The sectors and neighbourhoods that it is about; as a whole.
    #[schema(value_type = Vec<AreaCode>, max_items = 500, required = false)]
    area_codes: Option<Vec<String>>,
    /// The version of the scheme that these codes belong to; required with codes.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SchemeVersion>)]
    area_version: Option<Option<String>>,
    /// Whether the area is one with a risk of nuisance.
    #[schema(nullable = false)]
    nuisance_risk: Option<bool>,
    /// Its members; as a whole.
    #[schema(max_items = 200, nullable = false)]
    members: Option<Vec<ConsultationMemberBody>>,
    /// The consultation that complex cases are handed to.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    escalates_to_id: Option<Option<ConsultationId>>,
    /// Whether it takes only cases that passed a legal gate; told with each submission to it.
    #[schema(nullable = false)]
    requires_legal_gate: Option<bool>,
}

impl ConsultationPatch {
    fn applied(&self, to: &Aggregate, unit: &mut Unit<'_, '_>) -> Result<Aggregate, Refusal> {
        let mut faults = Faults::default();
        let name = match &self.name {
            Some(patch) => patch.applied(&to.name, "name", &mut faults),
            None => Some(to.name.clone()),
        };
        let area = match &self.area_codes {
            Some(codes) => describe::area(codes, &mut faults),
            None => Some(to.area.clone()),
        };
        let area_version = self.area_version.clone().unwrap_or_else(|| to.area_version.clone());
        let has_codes = self.area_codes.as_ref().map_or(!to.area.is_empty(), |codes| !codes.is_empty());
        describe::check_area_version(has_codes, area_version.as_deref(), &mut faults);
        if self.area_codes.is_some() || area_version != to.area_version {
            let given = self.area_codes.as_deref().unwrap_or_default();
            let parsed = area.as_deref().unwrap_or_default();
            describe::check_area(parsed, area_version.as_deref(), unit.reference, given, &mut faults);
        }
        let members = match &self.members {
            Some(members) => describe::members(members, unit.reference, &mut faults),
            None => Some(to.members.clone()),
        };
        let escalates_to = self.escalates_to_id.unwrap_or(to.escalates_to);
        if escalates_to != to.escalates_to {
            describe::check_escalates_to(escalates_to, unit.reference, &mut faults);
            describe::check_ladder(to.id, escalates_to, unit, &mut faults)?;
        }
        let ((name, area), members) = faults.finish(name.zip(area).zip(members))?;
        Ok(Aggregate {
            id: to.id,
            version: to.version,
            code: to.code.clone(),
            name,
            level: self.level.unwrap_or(to.level),
            area,
            area_version,
            nuisance_risk: self.nuisance_risk.unwrap_or(to.nuisance_risk),
            members,
            escalates_to,
            requires_legal_gate: self.requires_legal_gate.unwrap_or(to.requires_legal_gate),
        })
    }
}

endpoint!(
    /// Edits a consultation.
    pub UpdateConsultation, path = ConsultationPath, body = ConsultationPatch
);

/// Edit a consultation.
///
/// Its members decide who sees its cases: a change takes effect within a second. A patch that changes nothing leaves
/// the version as it is.
#[utoipa::path(
    tag = "Reference Data",
    params(ConsultationPath),
    request_body = ConsultationPatch,
    responses((status = 200, description = "The consultation after it", body = Consultation))
)]
#[patch("/consultations/{consultationId}")]
pub async fn update_consultation(call: Call<UpdateConsultation>) -> Result<Reply, Problem> {
    let id = call.path.consultation_id;
    let patch = call.body.clone();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let found = consultations::find(unit.connection(), id)?;
        let mut stored = found.ok_or_else(|| Problem::not_found("consultationId"))?;
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(stored.consultation.version)?;
        // The store keeps members in an order of its own.
        describe::sort(&mut stored.consultation.members);
        let patched = patch.applied(&stored.consultation, unit)?;
        if patched != stored.consultation {
            let consultation = Aggregate { version: stored.consultation.version.next(), ..patched };
            let edit = Edit { verb: "update", at: unit.now() };
            let state = StoredConsultation { consultation, ..stored };
            let change = Change { before: Some(stored), state, events: vec![edit] };
            unit.save(&change)?;
            stored = change.state;
        }
        let reply = Reply::ok(&Consultation::of(&stored, &base_url))?;
        Ok(reply.tag(&view::tag(&stored.consultation)))
    })
    .await
}
