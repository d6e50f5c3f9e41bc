//! Passing a request on: it ends here and lives on with another service.

use domain::change::Outcome as GenericOutcome;
use domain::follow_up::{FollowUpRequest, Outcome, Redirect};
use persistence::cases::{self, Hold};
use persistence::follow_ups;

use super::act::Scene;
use crate::work::Refusal;

/// Ends the request and sends the one that follows it; what that service has open already, or is about to be asked, follows
/// instead.
pub(super) fn redirect(
    request: FollowUpRequest,
    command: &Redirect,
    scene: &mut Scene<'_, '_, '_>,
) -> Result<Outcome, Refusal> {
    let organisation_id = command.organisation_id;
    // Whoever takes the case over at the same time waits, and meets the request that follows then.
    cases::hold(scene.unit, request.case_id, Hold::Still)?;
    let calendar = scene.calendar(&request);
    let (stamp, side) = (scene.unit.stamp(), scene.acting.side);
    let connection = scene.unit.connection();
    let open = follow_ups::load_same(connection, request.case_id, organisation_id, request.question_kind)?;
    let successor_id = open.as_ref().map_or_else(|| scene.unit.new_id().into(), |open| open.id);
    let original = request.clone();
    let outcome = request.redirect(command, successor_id, side, &calendar, &stamp)?;
    if matches!(outcome, GenericOutcome::Changed(_)) {
        let clockwork = scene.clockwork(open.as_ref().unwrap_or(&original), organisation_id)?;
        let successor = match open {
            Some(open) => open.take_over(&original, &clockwork, &stamp),
            None => {
                Some(FollowUpRequest::successor(&original, successor_id, organisation_id, &clockwork, &stamp))
            }
        };
        if let Some(successor) = successor {
            scene.unit.save(&successor)?;
        }
    }
    Ok(outcome)
}
