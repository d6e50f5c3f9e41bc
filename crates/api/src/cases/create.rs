//! Writing a case: signalled, or taken up at once by who may.

use std::collections::BTreeSet;

use actix_web::post;
use domain::access::Operation;
use domain::calendar::local_date;
use domain::case::{
    Case as Aggregate, CaseReference, Create, Description, Kind, Location, Pattern, Source, TimeSlot,
};
use domain::id::{CaseId, ConsultationId, OrganisationId};
use jiff::SignedDuration;
use persistence::cases::{self, Nearby, Number};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Case;
use super::describe::{Known, LocationBody, SeverityBody, beside, in_order};
use super::view::Viewing;
use crate::call::Call;
use crate::codes::{CaseKindCode, CasePatternCode, CaseSourceCode, TimeSlotCode};
use crate::endpoint;
use crate::forms::CategoryCode;
use crate::input::Faults;
use crate::problem::{Code, Issue, Kind as IssueKind, Place, Problem};
use crate::ref_data::all_or_none;
use crate::reply::Reply;
use crate::work::Refusal;

/// How long ago a case may be to count as an earlier one.
pub(crate) const EARLIER: SignedDuration = SignedDuration::from_hours(180 * 24);

/// A new case.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "consultationId": "019a9d3e-0000-7000-8000-0000000000a1",
    "kind": "situation",
    "category": "AFV.SLUIK",
    "title": "Sluikstort aan de glasbol",
    "description": "Elke week zakken en grofvuil naast de glasbol.",
    "source": "guard",
    "pattern": "recurring",
    "timeSlots": ["weekendNight"],
    "location": {"kind": "pointOfInterest", "address": "Glasbol Hoveniersplein", "point": {"x": 4.0466, "y": 50.9419}},
    "severity": {"timeOfDay": 1, "place": 2, "intensity": 1, "spread": 2, "recurrence": 2}
})))]
pub struct CreateCaseBody {
    /// The consultation that handles it.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// Situation or need.
    #[schema(value_type = CaseKindCode)]
    kind: Kind,
    /// The primary category: one of a main group, such as `AFV.SLUIK`.
    #[schema(value_type = CategoryCode)]
    category: String,
    /// Further categories.
    #[serde(default)]
    #[schema(value_type = Vec<CategoryCode>, max_items = 10)]
    secondary_categories: Vec<String>,
    /// The case in a few words; no names of persons.
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// The case in full; no names of persons.
    #[schema(min_length = 1, max_length = 10000)]
    description: Option<String>,
    /// Who noticed it.
    #[schema(value_type = CaseSourceCode)]
    source: Source,
    /// How it shows itself over time.
    #[schema(value_type = Option<CasePatternCode>)]
    pattern: Option<Pattern>,
    /// When it happens.
    #[serde(default)]
    #[schema(value_type = Vec<TimeSlotCode>, max_items = 8)]
    time_slots: Vec<TimeSlot>,
    /// Where it happens.
    location: LocationBody,
    /// The organisation that leads; required with `admit`.
    #[schema(value_type = Option<uuid::Uuid>)]
    lead_organisation_id: Option<OrganisationId>,
    /// How heavy it weighs.
    severity: Option<SeverityBody>,
    /// Whether it is taken up at once; for the neighbourhood manager and the police.
    #[serde(default)]
    #[schema(default = false)]
    admit: bool,
}

impl CreateCaseBody {
    fn described(
        &self,
        location: Option<Location>,
        known: &Known<'_>,
        faults: &mut Faults,
    ) -> Option<Description> {
        let category = known.category("category", &self.category, faults);
        let secondary = known.secondary_categories(&self.secondary_categories, faults);
        let title = faults.text("title", &self.title);
        let description = faults.optional_text("description", self.description.as_ref());
        known.check_lead(self.lead_organisation_id, faults);
        let severity = all_or_none(self.severity.map(|severity| severity.parsed(faults)));
        let category = category?;
        Some(Description {
            secondary_categories: beside(&category, secondary?),
            category,
            title: title?,
            description: description?,
            source: self.source,
            pattern: self.pattern,
            time_slots: in_order(&self.time_slots),
            location: location?,
            lead_organisation_id: self.lead_organisation_id,
            severity: severity?,
        })
    }
}

endpoint!(
    /// Writes a case.
    pub CreateCase, body = CreateCaseBody
);

/// Write a case.
///
/// It is signalled, or open at once with `admit`. The answer tells how many earlier cases lie at the same place and
/// category.
#[utoipa::path(
    tag = "Cases",
    request_body = CreateCaseBody,
    responses((status = 201, description = "The new case", body = Case))
)]
#[post("/cases")]
pub async fn create_case(call: Call<CreateCase>) -> Result<Reply, Problem> {
    let body = call.body.clone();
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    let now = call.request.now;
    let year = local_date(now).year();
    let consultation = body.consultation_id;
    let reference = call.reference().await?;
    let mut faults = Faults::default();
    let seat = principal.seat(Operation::CreateCase, consultation);
    let is_seated = seat.is_some();
    if is_seated && body.admit && principal.seat(Operation::AdmitCase, consultation).is_none() {
        return Err(Problem::new(Code::MissingPermission));
    }
    let code = reference.consultation(consultation).map(|found| found.code.clone());
    if seat.is_none() || code.is_none() {
        faults.add(Issue::new(IssueKind::ReferencedResourceNotFound, Place::Body, "consultationId"));
    }
    if body.admit && body.lead_organisation_id.is_none() {
        faults.add(Issue::new(IssueKind::RequiredInput, Place::Body, "leadOrganisationId"));
    }
    let location = body.location.parsed(&reference, &mut faults);
    let known = Known { categories: &call.state.categories, reference: &reference, today: local_date(now) };
    let description = body.described(location, &known, &mut faults);
    let sound = faults.finish(description.zip(seat).zip(code));
    let ((description, seat), code) = match sound {
        Ok(sound) => sound,
        Err(problem) if is_seated => return call.earlier_reply_or(problem).await,
        Err(problem) => return Err(problem),
    };
    let (admit, kind) = (body.admit, body.kind);
    call.write_prepared(
        move |state| Ok(Number::prepare(&state.store, consultation, year)?),
        move |unit, number| {
            unit.act_for(seat);
            if let Some(reply) = unit.earlier_reply()? {
                return Ok(reply);
            }
            let id: CaseId = unit.new_id().into();
            let number = cases::next_number(unit, number, consultation, year)?;
            let nearby = Nearby {
                consultation_id: consultation,
                category: &description.category,
                location: &description.location,
                since: now.saturating_sub(EARLIER).unwrap_or(now),
                except: id,
            };
            let earlier = cases::count_earlier(unit.connection(), &nearby)?;
            let command = Create {
                id,
                reference: CaseReference::new(&code, year, number),
                consultation_id: consultation,
                kind,
                description: description.clone(),
                admit,
                earlier_cases: u32::try_from(earlier).ok(),
            };
            let change = Aggregate::create(command, &unit.stamp())?;
            unit.save(&change)?;
            let viewing = Viewing { sight: &sight, base_url: &base_url, visible: &BTreeSet::new() };
            let view = viewing.created(&change.state, earlier);
            let location = format!("{base_url}/cases/{id}");
            Ok::<_, Refusal>(Reply::created(&view, location)?.tag(&viewing.tag(&change.state)))
        },
    )
    .await
}
