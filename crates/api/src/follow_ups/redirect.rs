//! Passing a request on: it ends here and lives on with another service.

use domain::change::Outcome as GenericOutcome;
use domain::follow_up::{FollowUpRequest, Outcome, Redirect};
use persistence::follow_ups;

use super::act::Scene;
use crate::work::Refusal;

/// Ends the request and sends the one that follows it, unless that service has the same question open already.
pub(super) fn redirect(
    request: FollowUpRequest,
    command: &Redirect,
    scene: &mut Scene<'_, '_, '_>,
) -> Result<Outcome, Refusal> {
    let organisation_id = command.organisation_id;
    let clockwork = scene.clockwork(&request, organisation_id)?;
    let calendar = scene.calendar(&request);
    let (stamp, side) = (scene.unit.stamp(), scene.acting.side);
    let (case_id, question_kind) = (request.case_id, request.question_kind);
    let open = follow_ups::find_open(scene.unit.connection(), case_id, organisation_id, question_kind)?;
    let successor_id = open.unwrap_or_else(|| scene.unit.new_id().into());
    let original = request.clone();
    let outcome = request.redirect(command, successor_id, side, &calendar, &stamp)?;
    if open.is_none() && matches!(outcome, GenericOutcome::Changed(_)) {
        let successor =
            FollowUpRequest::successor(&original, successor_id, organisation_id, &clockwork, &stamp);
        scene.unit.save(&successor)?;
    }
    Ok(outcome)
}
