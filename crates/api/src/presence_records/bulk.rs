//! Recording many shifts at once: all of them or none.

use std::collections::BTreeSet;

use actix_web::post;
use domain::presence::PresenceRecord as Aggregate;
use persistence::{guard_groups, presence};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PresenceRecord;
use super::shift::{Known, PresenceRecordBody, all_overlapping, check_apart};
use crate::call::Call;
use crate::endpoint;
use crate::input::Faults;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::work::Refusal;

/// Shifts to record.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"items": [
    {
        "guardGroupId": "019a9d3e-0000-7000-8000-0000000000d1",
        "areaId": "019a9d3e-0000-7000-8000-0000000000b1",
        "startedAt": "2026-02-27T07:00:00Z",
        "endedAt": "2026-02-27T08:00:00Z",
        "task": "parkingAndCrossing",
        "guards": 2,
        "contacts": 30
    },
    {
        "guardGroupId": "019a9d3e-0000-7000-8000-0000000000d1",
        "areaId": "019a9d3e-0000-7000-8000-0000000000b1",
        "startedAt": "2026-02-27T13:00:00Z",
        "endedAt": "2026-02-27T17:00:00Z",
        "task": "informAndSignal",
        "guards": 2,
        "contacts": 9
    }
]})))]
pub struct PresenceRecordsBody {
    /// The shifts.
    #[schema(min_items = 1, max_items = 500)]
    items: Vec<PresenceRecordBody>,
}

/// The shifts that were recorded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecordedPresence {
    /// The new presence records, in the order in which the shifts were given.
    items: Vec<PresenceRecord>,
}

endpoint!(
    /// Records many shifts.
    pub CreatePresenceRecords, body = PresenceRecordsBody
);

/// Record many shifts.
///
/// Up to 500 at once, all of them or none: every fault is told by its place, such as `items[3].endedAt`, and so is every
/// shift that overlaps with another one of its group, in the body or on record.
#[utoipa::path(
    tag = "Presence",
    request_body = PresenceRecordsBody,
    responses((status = 201, description = "The new presence records", body = RecordedPresence)),
    extensions(("x-etag" = json!(false)))
)]
#[post("/presenceRecords/bulk")]
pub async fn create_presence_records(call: Call<CreatePresenceRecords>) -> Result<Reply, Problem> {
    let items = call.body.items.clone();
    let sight = call.permit.sight().clone();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let named: BTreeSet<_> = items.iter().map(|item| item.guard_group_id).collect();
        let groups = guard_groups::hold(unit, named.iter().copied())?;
        let (reference, now) = (unit.reference, unit.now());
        let known = Known { own: &sight.own, groups: &groups, reference, now, before: None };
        // What the answer tells is the caller's own when every group is.
        if named.iter().all(|group| known.group(*group).is_some())
            && let Some(reply) = unit.earlier_reply()?
        {
            return Ok(reply);
        }
        let mut faults = Faults::default();
        let shifts: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(position, item)| known.shift(&format!("items[{position}]."), item, &mut faults))
            .collect();
        check_apart(&items, &mut faults);
        let shifts: Option<Vec<_>> = shifts.into_iter().collect();
        let shifts = faults.finish(shifts)?;
        let mut others = Vec::new();
        for (position, (shift, _)) in shifts.iter().enumerate() {
            let other = presence::find_overlapping(unit.connection(), shift, None)?;
            others.extend(other.map(|other| (position, other)));
        }
        if !others.is_empty() {
            return Err(all_overlapping(&others).into());
        }
        let mut recorded = Vec::with_capacity(shifts.len());
        for (shift, organisation) in shifts {
            unit.act_for(organisation);
            let change = Aggregate::record(unit.new_id().into(), organisation, shift, &unit.stamp());
            unit.save(&change)?;
            recorded.push(PresenceRecord::of(&change.state, &base_url));
        }
        let location = format!("{base_url}/presenceRecords");
        Ok::<_, Refusal>(Reply::created(&RecordedPresence { items: recorded }, location)?)
    })
    .await
}
