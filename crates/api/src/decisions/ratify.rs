//! Approving, in a meeting, a decision that was taken between two.

use actix_web::post;
use domain::access::Operation;
use domain::change::Outcome as GenericOutcome;
use domain::decision::DecisionError;
use domain::id::MeetingId;
use domain::meeting::Status;
use persistence::cases::Hold;
use persistence::{decisions, meetings};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::tag;
use super::{Decision, DecisionPath};
use crate::call::Call;
use crate::endpoint;
use crate::meetings::not_met;
use crate::problem::{Issue, Problem};
use crate::reply::Reply;
use crate::work::Refusal;

/// The meeting that approves it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"meetingId": "019a9d3e-0000-7000-8000-0000000000e1"})))]
pub struct RatifyBody {
    /// The meeting, which is in session or was held.
    #[schema(value_type = uuid::Uuid)]
    meeting_id: MeetingId,
}

endpoint!(
    /// Ratifies a decision.
    pub RatifyDecision, path = DecisionPath, body = RatifyBody
);

/// Ratify a decision.
///
/// One that was taken between two meetings, once.
#[utoipa::path(
    tag = "Meetings",
    params(DecisionPath),
    request_body = RatifyBody,
    responses((status = 200, description = "The decision after it", body = Decision))
)]
#[post("/decisions/{decisionId}/ratify")]
pub async fn ratify_decision(call: Call<RatifyDecision>) -> Result<Reply, Problem> {
    let id = call.path.decision_id;
    let meeting_id = call.body.meeting_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let not_found = || Problem::not_found("decisionId");
        let decision = decisions::find(unit.connection(), &sight, id)?.ok_or_else(not_found)?;
        let seat = principal.seat(Operation::RatifyDecision, decision.consultation_id);
        unit.act_for(seat.ok_or_else(not_found)?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(decision.version)?;
        let meeting = meetings::hold(unit, &sight, meeting_id, Hold::Still)?;
        let meeting = meeting.filter(|meeting| meeting.consultation_id == decision.consultation_id);
        let Some(meeting) = meeting else {
            return Err(Problem::bad_request([Issue::not_found("meetingId")]).into());
        };
        if !matches!(meeting.status, Status::InSession | Status::Held) {
            return Err(Problem::bad_request([not_met("meetingId")]).into());
        }
        let decision = match decision.ratify(meeting_id, &unit.stamp())? {
            GenericOutcome::Unchanged(decision) => decision,
            GenericOutcome::Changed(change) => {
                unit.save(&change)?;
                change.state
            }
        };
        let came = decisions::yields(unit.connection(), [id])?.remove(&id).unwrap_or_default();
        let tag = tag(&decision, &came);
        Ok::<_, Refusal>(Reply::ok(&Decision::of(&decision, came, &base_url))?.tag(&tag))
    })
    .await
}

impl From<DecisionError> for Refusal {
    fn from(error: DecisionError) -> Self {
        let from = match error {
            DecisionError::TakenInMeeting => "takenInMeeting",
            DecisionError::Ratified => "ratified",
        };
        Problem::illegal_transition(from, "ratify", &error.to_string(), [""; 0]).into()
    }
}
