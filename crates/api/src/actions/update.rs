//! Editing what describes an action, by merge patch.

use actix_web::patch;
use domain::access::Operation;
use domain::action::{Description, Facts, Kind};
use domain::id::OrganisationId;
use jiff::civil::Date;
use persistence::ReferenceData;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::act;
use super::describe::{home, owner};
use super::{Action, ActionPath};
use crate::call::Call;
use crate::codes::ActionKindCode;
use crate::endpoint;
use crate::forms::FunctionCode;
use crate::input::Faults;
use crate::problem::{Code, Problem};
use crate::ref_data::given;
use crate::reply::Reply;

#[allow(clippy::option_option, reason = "absent and null differ in a merge patch")]
/// A merge patch of an action (RFC 7396): what is absent stays, `null` takes away.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"title": "Elke avond langs het plein en de school", "dueOn": "2099-06-30"})))]
pub struct ActionPatch {
    /// What is done.
    #[schema(value_type = ActionKindCode, required = false)]
    kind: Option<Kind>,
    /// The action in a few words.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    title: Option<String>,
    /// The action in full.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 10000)]
    description: Option<Option<String>>,
    /// The organisation that does it.
    #[schema(value_type = uuid::Uuid, required = false)]
    owner_organisation_id: Option<OrganisationId>,
    /// The function that does it.
    #[schema(value_type = FunctionCode, required = false)]
    owner_function: Option<String>,
    /// By when.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Date>)]
    due_on: Option<Option<Date>>,
}

endpoint!(
    /// Edits an action.
    pub UpdateAction, path = ActionPath, body = ActionPatch
);

/// Edit an action.
///
/// What describes it, as long as it is `open` or `inProgress`. Only what the patch changes is checked: an owner that left
/// the consultation may stay. Guards and housing officers do not give their actions to another organisation.
#[utoipa::path(
    tag = "Actions",
    params(ActionPath),
    request_body = ActionPatch,
    responses((status = 200, description = "The action after it", body = Action))
)]
#[patch("/actions/{actionId}")]
pub async fn update_action(call: Call<UpdateAction>) -> Result<Reply, Problem> {
    let patch = call.body.clone();
    let principal = call.permit.shared_principal();
    let sight = call.permit.sight().clone();
    act(call, move |action, unit| {
        let mut faults = Faults::default();
        let described = patch.applied(&action, unit.reference, &mut faults);
        let is_team = principal.seat(Operation::UpdateAction, action.team()).is_some();
        let wanted = patch.owner_organisation_id;
        if !is_team && wanted.is_some_and(|wanted| !sight.own.contains(&wanted)) {
            return Err(Problem::new(Code::MissingPermission).into());
        }
        let described = faults.finish(described)?;
        Ok(action.edit(&described, &unit.stamp())?)
    })
    .await
}

impl ActionPatch {
    /// Lays the patch over a description. Only what it changes is held to the rules of today.
    fn applied(&self, to: &Facts, reference: &ReferenceData, faults: &mut Faults) -> Option<Description> {
        let present = &to.description;
        let title = match &self.title {
            Some(title) => faults.text("title", title),
            None => Some(present.title.clone()),
        };
        let description = match &self.description {
            Some(description) => faults.optional_text("description", description.as_ref()),
            None => Some(present.description.clone()),
        };
        let organisation = self.owner_organisation_id.unwrap_or(present.owner.organisation_id);
        let function = self.owner_function.as_deref().unwrap_or(present.owner.function.as_str());
        let stays =
            organisation == present.owner.organisation_id && function == present.owner.function.as_str();
        let owner = if stays {
            Some(present.owner.clone())
        } else {
            let home = home(organisation, to.consultation_id, to.led_by, reference);
            owner(organisation, function, home, reference, "", faults)
        };
        Some(Description {
            kind: self.kind.unwrap_or(present.kind),
            title: title?,
            description: description?,
            owner: owner?,
            due_on: self.due_on.unwrap_or(present.due_on),
        })
    }
}
