//! Withdrawing a presence record that was entered by mistake.

use actix_web::post;
use domain::change::Outcome;
use domain::presence::{IsWithdrawn, Verb};
use persistence::presence;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::correct::withdrawn;
use super::sight::own;
use super::view::tag;
use super::{PresenceRecord, PresenceRecordPath};
use crate::call::Call;
use crate::endpoint;
use crate::input::Faults;
use crate::problem::Problem;
use crate::reply::Reply;

/// Why a presence record is withdrawn.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"reason": "Dubbel ingevoerd."})))]
pub struct WithdrawPresenceBody {
    /// Why; no names of citizens.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

endpoint!(
    /// Withdraws a presence record.
    pub WithdrawPresenceRecord, path = PresenceRecordPath, body = WithdrawPresenceBody
);

/// Withdraw a presence record.
///
/// One that was entered by mistake. It stays to be read and counts no more; its group may have another shift at that time.
#[utoipa::path(
    tag = "Presence",
    params(PresenceRecordPath),
    request_body = WithdrawPresenceBody,
    responses((status = 200, description = "The presence record after it", body = PresenceRecord))
)]
#[post("/presenceRecords/{presenceRecordId}/withdraw")]
pub async fn withdraw_presence_record(call: Call<WithdrawPresenceRecord>) -> Result<Reply, Problem> {
    let id = call.path.presence_record_id;
    let mut faults = Faults::default();
    let reason = faults.text("reason", &call.body.reason);
    let reason = faults.finish(reason)?;
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
        let record = match record.withdraw(reason.clone(), &unit.stamp()) {
            Err(IsWithdrawn) => return Err(withdrawn(Verb::Withdraw).into()),
            Ok(Outcome::Unchanged(record)) => record,
            Ok(Outcome::Changed(change)) => {
                unit.save(&change)?;
                change.state
            }
        };
        Ok(Reply::ok(&PresenceRecord::of(&record, &base_url))?.tag(&tag(&record)))
    })
    .await
}
