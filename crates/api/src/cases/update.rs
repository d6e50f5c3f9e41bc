//! Editing what describes a case, by merge patch.

use actix_web::patch;
use domain::case::{Description, Pattern, Source, TimeSlot};
use domain::id::OrganisationId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::act;
use super::describe::{LocationBody, Members, SeverityBody};
use super::{Case, CasePath};
use crate::call::Call;
use crate::codes::{CasePatternCode, CaseSourceCode, TimeSlotCode};
use crate::endpoint;
use crate::forms::CategoryCode;
use crate::input::Faults;
use crate::problem::Problem;
use crate::ref_data::given;
use crate::reply::Reply;

#[allow(clippy::option_option, reason = "absent and null differ in a merge patch")]
/// A merge patch of a case (RFC 7396): what is absent stays, `null` takes away.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"title": "Sluikstort aan de glasbol en in de berm", "pattern": "structural"})))]
pub struct CasePatch {
    /// The primary category.
    #[schema(value_type = CategoryCode, required = false)]
    category: Option<String>,
    /// Further categories.
    #[schema(value_type = Vec<CategoryCode>, max_items = 10, required = false)]
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
/// What describes it, as long as it is not closed, dismissed or merged.
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
        let now = &case.description;
        let location = match &patch.location {
            Some(location) => location.parsed(unit.reference, &mut faults),
            None => Some(now.location.clone()),
        };
        let kept: Vec<String> =
            now.secondary_categories.iter().map(|code| code.as_str().to_owned()).collect();
        let kept_description = now.description.as_ref().map(ToString::to_string);
        let description = patch.description.clone().unwrap_or(kept_description);
        let members = Members {
            category: patch.category.as_deref().unwrap_or(now.category.as_str()),
            secondary_categories: patch.secondary_categories.as_deref().unwrap_or(&kept),
            title: patch.title.as_deref().unwrap_or(now.title.as_str()),
            description: description.as_ref(),
            source: patch.source.unwrap_or(now.source),
            pattern: patch.pattern.unwrap_or(now.pattern),
            time_slots: patch.time_slots.as_deref().unwrap_or(&now.time_slots),
            lead_organisation_id: patch.lead_organisation_id.unwrap_or(now.lead_organisation_id),
            severity: patch.severity.flatten(),
        };
        let described =
            members.described(location, &state.categories, unit.reference, unit.now(), &mut faults);
        let mut described = faults.finish(described)?;
        if patch.severity.is_none() {
            described.severity = now.severity;
        }
        if patch.category.is_none() && patch.secondary_categories.is_none() {
            keep_categories(&mut described, now);
        }
        Ok(case.edit(&described, &unit.stamp())?)
    })
    .await
}

/// Keeps the categories as they are when nobody asked to change them.
fn keep_categories(described: &mut Description, now: &Description) {
    described.category = now.category.clone();
    described.secondary_categories.clone_from(&now.secondary_categories);
}
