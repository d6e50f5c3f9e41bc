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
        let asked = open.as_ref().unwrap_or(&original);
        // What that service has already is not sent to it anew.
        let clockwork = if open.as_ref().is_some_and(|open| open.sent_at.is_some()) {
            scene.clockwork(asked, organisation_id)?
        } else {
            let wanted = open.as_ref().and_then(|open| open.data_sharing_protocol_id);
            scene.sending(asked, asked.asking_organisation(), organisation_id, wanted)?
        };
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
