//! Editing what describes a case, by merge patch.

use actix_web::patch;
use domain::calendar::local_date;
use domain::case::{Description, Pattern, Source, TimeSlot};
use domain::category::CategoryCode;
use domain::id::OrganisationId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::act;
use super::describe::{Known, LocationBody, SeverityBody, beside, in_order};
use super::{Case, CasePath};
use crate::call::Call;
use crate::codes::{CasePatternCode, CaseSourceCode, TimeSlotCode};
use crate::endpoint;
use crate::forms;
use crate::input::Faults;
use crate::problem::Problem;
use crate::ref_data::{all_or_none, given};
use crate::reply::Reply;

#[allow(clippy::option_option, reason = "absent and null differ in a merge patch")]
/// A merge patch of a case (RFC 7396): what is absent stays, `null` takes away.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"title": "Sluikstort aan de glasbol en in de berm", "pattern": "structural"})))]
pub struct CasePatch {
    /// The primary category.
    #[schema(value_type = forms::CategoryCode, required = false)]
    category: Option<String>,
    /// Further categories.
    #[schema(value_type = Vec<forms::CategoryCode>, max_items = 10, required = false)]
    secondary_categories: Option<Vec<String>>,
    /// The case in a few words.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    title: Option<String>,
    /// The case in full.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 10000)]
    description: Option<Option<String>>,
    /// Who noticed it.
    #[schema(value_type = CaseSourceCode, required = false)]
    source: Option<Source>,
    /// How it shows itself over time.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<CasePatternCode>)]
    pattern: Option<Option<Pattern>>,
    /// When it happens.
    #[schema(value_type = Vec<TimeSlotCode>, max_items = 8, required = false)]
    time_slots: Option<Vec<TimeSlot>>,
    /// Where it happens; as a whole.
    #[schema(nullable = false)]
    location: Option<LocationBody>,
    /// The organisation that leads; an open case keeps one.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    lead_organisation_id: Option<Option<OrganisationId>>,
    /// How heavy it weighs; as a whole.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SeverityBody>)]
    severity: Option<Option<SeverityBody>>,
}

endpoint!(
    /// Edits a case.
    pub UpdateCase, path = CasePath, body = CasePatch
);

/// Edit a case.
///
/// What describes it, as long as it is not closed, dismissed or merged. Only what the patch changes is checked: a category
/// or lead organisation that ended meanwhile may stay.
#[utoipa::path(
    tag = "Cases",
    params(CasePath),
    request_body = CasePatch,
    responses((status = 200, description = "The case after it", body = Case))
)]
#[patch("/cases/{caseId}")]
pub async fn update_case(call: Call<UpdateCase>) -> Result<Reply, Problem> {
    let patch = call.body.clone();
    let state = std::sync::Arc::clone(&call.state);
    act(call, move |case, unit| {
        let mut faults = Faults::default();
        let today = local_date(unit.now());
        let known = Known { categories: &state.categories, reference: unit.reference, today };
        let described = patch.applied(&case.description, &known, &mut faults);
        let described = faults.finish(described)?;
        Ok(case.edit(&described, &unit.stamp())?)
    })
    .await
}

impl CasePatch {
    /// Lays the patch over a description. Only what it changes is held to the rules of today: a category or an
    /// organisation that ended meanwhile stays as long as nobody replaces it.
    fn applied(&self, to: &Description, known: &Known<'_>, faults: &mut Faults) -> Option<Description> {
        let category = match &self.category {
            Some(code) if code != to.category.as_str() => known.category("category", code, faults),
            _ => Some(to.category.clone()),
        };
        let are_kept = |codes: &Vec<String>| {
            codes.iter().map(String::as_str).eq(to.secondary_categories.iter().map(CategoryCode::as_str))
        };
        let secondary = match &self.secondary_categories {
            Some(codes) if !are_kept(codes) => known.secondary_categories(codes, faults),
            _ => Some(to.secondary_categories.clone()),
        };
        let title = match &self.title {
            Some(title) => faults.text("title", title),
            None => Some(to.title.clone()),
        };
        let description = match &self.description {
            Some(description) => faults.optional_text("description", description.as_ref()),
            None => Some(to.description.clone()),
        };
        let location = match &self.location {
            Some(location) => location.parsed(known.reference, faults),
            None => Some(to.location.clone()),
        };
        let lead_organisation_id = self.lead_organisation_id.unwrap_or(to.lead_organisation_id);
        if lead_organisation_id != to.lead_organisation_id {
            known.check_lead(lead_organisation_id, faults);
        }
        let severity = match self.severity {
            Some(severity) => all_or_none(severity.map(|severity| severity.parsed(faults))),
            None => Some(to.severity),
        };
        let category = category?;
        Some(Description {
            secondary_categories: beside(&category, secondary?),
            category,
            title: title?,
            description: description?,
            source: self.source.unwrap_or(to.source),
            pattern: self.pattern.unwrap_or(to.pattern),
            time_slots: self.time_slots.as_deref().map_or_else(|| to.time_slots.clone(), in_order),
            location: location?,
            lead_organisation_id,
            severity: severity?,
        })
    }
}
