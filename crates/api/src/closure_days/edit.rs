//! Adding closure days and taking them away.

use actix_web::{delete, post};
use domain::id::OrganisationId;
use jiff::civil::Date;
use persistence::closure_days;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::{VERSION, tag};
use super::{ClosureDay, ClosureDayPath};
use crate::call::Call;
use crate::endpoint;
use crate::input::Faults;
use crate::problem::{Issue, Problem};
use crate::ref_data::Unique;
use crate::reply::Reply;

/// The most characters of a name.
const LONGEST_NAME: usize = 200;

/// A new closure day.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "organisationId": "019a9d3e-0000-7000-8000-000000000001",
    "closedOn": "2027-02-08",
    "name": "Carnavalsmaandag"
})))]
pub struct CreateClosureDayBody {
    /// The organisation.
    #[schema(value_type = uuid::Uuid)]
    organisation_id: OrganisationId,
    /// The day.
    closed_on: Date,
    /// What the day is called.
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
}

endpoint!(
    /// Adds a closure day.
    pub CreateClosureDay, body = CreateClosureDayBody
);

/// Add a closure day.
///
/// Requests that are sent from now on count it; those that were sent keep their terms until they are recalculated. A
/// day that the organisation has already is a conflict.
#[utoipa::path(
    tag = "Reference Data",
    request_body = CreateClosureDayBody,
    responses((status = 201, description = "The new closure day", body = ClosureDay))
)]
#[post("/closureDays")]
pub async fn create_closure_day(call: Call<CreateClosureDay>) -> Result<Reply, Problem> {
    let reference = call.reference().await?;
    let CreateClosureDayBody { organisation_id, closed_on, ref name } = call.body;
    let mut faults = Faults::default();
    let name = faults.optional_text::<LONGEST_NAME>("name", name.as_ref());
    if reference.organisation(organisation_id).is_none() {
        faults.add(Issue::not_found("organisationId"));
    }
    let name = faults.finish(name)?.map(String::from);
    let base_url = call.state.base_url.clone();
    let mut unique = Unique::new(&[("closure_days_day", "closedOn")]);
    call.write(move |unit| {
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        let day = closure_days::ClosureDay {
            id: unit.new_id().into(),
            organisation_id,
            closed_on,
            name: name.clone(),
            recorded_at: unit.now(),
        };
        unique.check(closure_days::add(unit, &day))?;
        let view = ClosureDay::of(&day, &base_url);
        let location = view.href.clone();
        Ok(Reply::created(&view, location)?.tag(&tag()))
    })
    .await
}

endpoint!(
    /// Takes a closure day away.
    pub DeleteClosureDay, path = ClosureDayPath
);

/// Take a closure day away.
///
/// Requests that counted it keep their terms until they are recalculated.
#[utoipa::path(
    tag = "Reference Data",
    params(ClosureDayPath),
    responses((status = 204, description = "The closure day is taken away"))
)]
#[delete("/closureDays/{closureDayId}")]
pub async fn delete_closure_day(call: Call<DeleteClosureDay>) -> Result<Reply, Problem> {
    let id = call.path.closure_day_id;
    call.write(move |unit| {
        let not_found = || Problem::not_found("closureDayId");
        closure_days::find(unit.connection(), id)?.ok_or_else(not_found)?;
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(VERSION)?;
        if !closure_days::remove(unit, id)? {
            return Err(not_found().into());
        }
        Ok(Reply::no_content())
    })
    .await
}
