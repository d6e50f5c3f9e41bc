//! Correcting a presence record.

use actix_web::post;
use domain::change::Outcome;
use domain::id::{AreaId, GuardGroupId};
use domain::presence::{IsWithdrawn, Status, Task, Verb};
use jiff::Timestamp;
use persistence::{guard_groups, presence};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shift::{Known, PresenceRecordBody, overlapping};
use super::sight::own;
use super::view::tag;
use super::{PresenceRecord, PresenceRecordPath};
use crate::call::Call;
use crate::codes::GuardTaskCode;
use crate::endpoint;
use crate::input::Faults;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::work::Refusal;

/// A correction of a presence record: everything that it says from now on, and why.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "reason": "De shift liep een uur langer.",
    "guardGroupId": "019a9d3e-0000-7000-8000-0000000000d1",
    "areaId": "019a9d3e-0000-7000-8000-0000000000b1",
    "startedAt": "2026-02-26T21:00:00Z",
    "endedAt": "2026-02-27T02:00:00Z",
    "task": "dissuasivePresence",
    "guards": 2,
    "contacts": 14
})))]
pub struct CorrectBody {
    /// Why; no names of citizens.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
    /// The group; one of the caller's own service that exists on the day.
    #[schema(value_type = uuid::Uuid)]
    guard_group_id: GuardGroupId,
    /// Where: an area of the reference data.
    #[schema(value_type = uuid::Uuid)]
    area_id: AreaId,
    /// When the shift began; a whole minute.
    started_at: Timestamp,
    /// When it ended; a whole minute after the begin, 14 hours at the most, and no more than a day ahead of now.
    ended_at: Timestamp,
    /// What they did.
    #[schema(value_type = GuardTaskCode)]
    task: Task,
    /// How many guards.
    #[schema(minimum = 1, maximum = 100)]
    guards: u16,
    /// How many contacts with citizens: a count only.
    #[schema(minimum = 0, maximum = 10000)]
    contacts: u16,
    /// What else there is to say; no names of citizens. Absent takes it away.
    #[schema(min_length = 1, max_length = 2000)]
    remarks: Option<String>,
}

impl CorrectBody {
    fn shift(&self) -> PresenceRecordBody {
        PresenceRecordBody {
            guard_group_id: self.guard_group_id,
            area_id: self.area_id,
            started_at: self.started_at,
            ended_at: self.ended_at,
            task: self.task,
            guards: self.guards,
            contacts: self.contacts,
            remarks: self.remarks.clone(),
        }
    }
}

endpoint!(
    /// Corrects a presence record.
    pub CorrectPresenceRecord, path = PresenceRecordPath, body = CorrectBody
);

/// Correct a presence record.
///
/// What it said before is kept with the reason. A correction to what it says already changes nothing; one that overlaps
/// with another shift of the group is a conflict, and so is one of a withdrawn record.
#[utoipa::path(
    tag = "Presence",
    params(PresenceRecordPath),
    request_body = CorrectBody,
    responses((status = 200, description = "The presence record after it", body = PresenceRecord))
)]
#[post("/presenceRecords/{presenceRecordId}/correct")]
pub async fn correct_presence_record(call: Call<CorrectPresenceRecord>) -> Result<Reply, Problem> {
    let id = call.path.presence_record_id;
    let body = call.body.clone();
    let sight = call.permit.sight().clone();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let found = presence::find(unit.connection(), &own(&sight), id)?;
        let record = found.ok_or_else(|| Problem::not_found("presenceRecordId"))?;
        unit.act_for(record.organisation_id);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(record.version)?;
        if record.status() == Status::Withdrawn {
            return Err(withdrawn(Verb::Correct).into());
        }
        let groups = guard_groups::hold(unit, [record.shift.guard_group_id, body.guard_group_id])?;
        let (reference, now) = (unit.reference, unit.now());
        // A record stays with the service that it is of.
        let service = [record.organisation_id].into();
        let before = Some(&record.shift);
        let known = Known { own: &service, groups: &groups, reference, now, before };
        let mut faults = Faults::default();
        let shift = known.shift("", &body.shift(), &mut faults);
        let reason = faults.text("reason", &body.reason);
        let ((shift, _), reason) = faults.finish(shift.zip(reason))?;
        if shift != record.shift
            && let Some(other) = presence::find_overlapping(unit.connection(), &shift, Some(id))?
        {
            return Err(overlapping(other).into());
        }
        let record = match record.correct(shift, reason, &unit.stamp()) {
            Err(IsWithdrawn) => return Err(withdrawn(Verb::Correct).into()),
            Ok(Outcome::Unchanged(record)) => record,
            Ok(Outcome::Changed(change)) => {
                unit.save(&change)?;
                change.state
            }
        };
        Ok::<_, Refusal>(Reply::ok(&PresenceRecord::of(&record, &base_url))?.tag(&tag(&record)))
    })
    .await
}

/// Makes the problem of a verb on a withdrawn record.
pub(super) fn withdrawn(verb: Verb) -> Problem {
    let (state, verb) = (Status::Withdrawn.code(), verb.code());
    Problem::illegal_transition(state, verb, &IsWithdrawn.to_string(), [""; 0])
}
