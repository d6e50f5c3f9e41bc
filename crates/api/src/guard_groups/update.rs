//! Renaming a guard group and ending it, by merge patch.

use actix_web::patch;
use domain::change::Change;
use domain::guard_group::GuardGroup as Aggregate;
use jiff::civil::Date;
use persistence::Edit;
use persistence::guard_groups::{self, StoredGuardGroup};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::create::check_period;
use super::view::tag;
use super::{GuardGroup, GuardGroupPath};
use crate::call::Call;
use crate::endpoint;
use crate::input::Faults;
use crate::problem::{Code, Problem};
use crate::ref_data::{LabelsPatch, given};
use crate::reply::Reply;

/// A merge patch of a guard group (RFC 7396): what is absent stays, `null` takes away.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"name": {"nl": "Ploeg Rechteroever"}})))]
#[allow(clippy::option_option, reason = "absent leaves as is, null takes away")]
pub struct GuardGroupPatch {
    /// Its name, language by language; no names of persons.
    #[schema(value_type = LabelsPatch, required = false)]
    name: Option<LabelsPatch>,
    /// The first day on which it exists.
    #[schema(nullable = false)]
    valid_from: Option<Date>,
    /// The last day on which it exists.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Date>)]
    valid_to: Option<Option<Date>>,
}

impl GuardGroupPatch {
    fn applied(&self, to: &Aggregate) -> Result<Aggregate, Problem> {
        let mut faults = Faults::default();
        let name = match &self.name {
            Some(patch) => patch.applied(&to.name, "name", &mut faults),
            None => Some(to.name.clone()),
        };
        let valid_from = self.valid_from.unwrap_or(to.valid_from);
        let valid_to = self.valid_to.unwrap_or(to.valid_to);
        check_period(valid_from, valid_to, &mut faults);
        Ok(Aggregate { name: faults.finish(name)?, valid_from, valid_to, ..to.clone() })
    }
}

endpoint!(
    /// Edits a guard group.
    pub UpdateGuardGroup, path = GuardGroupPath, body = GuardGroupPatch
);

/// Rename or end a guard group.
///
/// Administrators edit groups of any service, guards those of their own. Shifts that were recorded stay. A patch that
/// changes nothing leaves the version as it is.
#[utoipa::path(
    tag = "Presence",
    params(GuardGroupPath),
    request_body = GuardGroupPatch,
    responses((status = 200, description = "The guard group after it", body = GuardGroup))
)]
#[patch("/guardGroups/{guardGroupId}")]
pub async fn update_guard_group(call: Call<UpdateGuardGroup>) -> Result<Reply, Problem> {
    let id = call.path.guard_group_id;
    let patch = call.body.clone();
    let sight = call.permit.sight().clone();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let found = guard_groups::find(unit.connection(), id)?;
        let mut stored = found.ok_or_else(|| Problem::not_found("guardGroupId"))?;
        if !sight.everything {
            // Whoever may edit some group may read all of them.
            if !sight.own.contains(&stored.group.organisation_id) {
                return Err(Problem::new(Code::MissingPermission).into());
            }
            unit.act_for(stored.group.organisation_id);
        }
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(stored.group.version)?;
        let patched = patch.applied(&stored.group)?;
        if patched != stored.group {
            let group = Aggregate { version: stored.group.version.next(), ..patched };
            let edit = Edit { verb: "update", at: unit.now() };
            let state = StoredGuardGroup { group, ..stored };
            let change = Change { before: Some(stored), state, events: vec![edit] };
            unit.save(&change)?;
            stored = change.state;
        }
        Ok(Reply::ok(&GuardGroup::of(&stored.group, &base_url))?.tag(&tag(&stored.group)))
    })
    .await
}
