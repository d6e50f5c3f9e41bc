//! Writing a guard group.

use actix_web::post;
use domain::access::Sight;
use domain::change::{Change, Version};
use domain::guard_group::GuardGroup as Aggregate;
use domain::id::{GuardGroupId, OrganisationId};
use jiff::civil::Date;
use persistence::guard_groups::StoredGuardGroup;
use persistence::{Edit, ReferenceData};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::GuardGroup;
use super::view::tag;
use crate::call::Call;
use crate::endpoint;
use crate::input::Faults;
use crate::problem::{Issue, Kind, Place, Problem};
use crate::ref_data::LabelsBody;
use crate::reply::Reply;

/// A new guard group.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "organisationId": "019a9d3e-0000-7000-8000-000000000003",
    "name": {"nl": "Ploeg Centrum", "fr": "Équipe Centre", "en": "Centre team"},
    "validFrom": "2026-01-01"
})))]
pub struct CreateGuardGroupBody {
    /// The service that it belongs to; guards write groups of their own.
    #[schema(value_type = uuid::Uuid)]
    organisation_id: OrganisationId,
    /// Its name; no names of persons.
    name: LabelsBody,
    /// The first day on which it exists.
    valid_from: Date,
    /// The last day on which it exists.
    valid_to: Option<Date>,
}

impl CreateGuardGroupBody {
    fn group(
        &self,
        id: GuardGroupId,
        sight: &Sight,
        reference: &ReferenceData,
    ) -> Result<Aggregate, Problem> {
        let mut faults = Faults::default();
        let may_name = sight.everything || sight.own.contains(&self.organisation_id);
        if !may_name || reference.organisation(self.organisation_id).is_none() {
            faults.add(Issue::not_found("organisationId"));
        }
        let name = self.name.parsed("name", &mut faults);
        check_period(self.valid_from, self.valid_to, &mut faults);
        Ok(Aggregate {
            id,
            version: Version::FIRST,
            organisation_id: self.organisation_id,
            name: faults.finish(name)?,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
        })
    }
}

/// Notes a last day that lies before the first.
pub(super) fn check_period(valid_from: Date, valid_to: Option<Date>, faults: &mut Faults) {
    if valid_to.is_some_and(|last| last < valid_from) {
        faults.add(Issue::new(Kind::InvalidPeriod, Place::Body, "validTo"));
    }
}

endpoint!(
    /// Writes a guard group.
    pub CreateGuardGroup, body = CreateGuardGroupBody
);

/// Write a guard group.
///
/// Administrators write groups of any service, guards those of their own.
#[utoipa::path(
    tag = "Presence",
    request_body = CreateGuardGroupBody,
    responses((status = 201, description = "The new guard group", body = GuardGroup))
)]
#[post("/guardGroups")]
pub async fn create_guard_group(call: Call<CreateGuardGroup>) -> Result<Reply, Problem> {
    let reference = call.reference().await?;
    let sight = call.permit.sight().clone();
    let group = call.body.group(call.state.ids.next().into(), &sight, &reference)?;
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        if !sight.everything {
            unit.act_for(group.organisation_id);
        }
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        let edit = Edit { verb: "create", at: unit.now() };
        let state = StoredGuardGroup { group: group.clone(), created_at: unit.now() };
        unit.save(&Change { before: None, state, events: vec![edit] })?;
        let view = GuardGroup::of(&group, &base_url);
        let location = view.href.clone();
        Ok(Reply::created(&view, location)?.tag(&tag(&group)))
    })
    .await
}
