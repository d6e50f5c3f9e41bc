//! Recording one shift.

use actix_web::post;
use domain::presence::PresenceRecord as Aggregate;
use persistence::{guard_groups, presence};

use super::PresenceRecord;
use super::shift::{Known, PresenceRecordBody, overlapping};
use super::view::tag;
use crate::call::Call;
use crate::endpoint;
use crate::input::Faults;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::work::Refusal;

endpoint!(
    /// Records a shift.
    pub CreatePresenceRecord, body = PresenceRecordBody
);

/// Record a shift.
///
/// A group is in one place at a time: a shift that overlaps with another one of its group is a conflict, which names the
/// other one.
#[utoipa::path(
    tag = "Presence",
    request_body = PresenceRecordBody,
    responses((status = 201, description = "The new presence record", body = PresenceRecord))
)]
#[post("/presenceRecords")]
pub async fn create_presence_record(call: Call<CreatePresenceRecord>) -> Result<Reply, Problem> {
    let body = call.body.clone();
    let sight = call.permit.sight().clone();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        // Whoever records a shift of the group at the same time waits, and meets this one then.
        let groups = guard_groups::hold(unit, [body.guard_group_id])?;
        let (reference, now) = (unit.reference, unit.now());
        let known = Known { own: &sight.own, groups: &groups, reference, now, before: None };
        if let Some(group) = known.group(body.guard_group_id) {
            unit.act_for(group.organisation_id);
            if let Some(reply) = unit.earlier_reply()? {
                return Ok(reply);
            }
        }
        let mut faults = Faults::default();
        let shift = known.shift("", &body, &mut faults);
        let (shift, organisation) = faults.finish(shift)?;
        let other = presence::find_overlapping(unit.connection(), &shift, None)?;
        if let Some(other) = other {
            return Err(overlapping(other).into());
        }
        let change = Aggregate::record(unit.new_id().into(), organisation, shift, &unit.stamp());
        unit.save(&change)?;
        let view = PresenceRecord::of(&change.state, &base_url);
        let location = view.href.clone();
        Ok::<_, Refusal>(Reply::created(&view, location)?.tag(&tag(&change.state)))
    })
    .await
}
