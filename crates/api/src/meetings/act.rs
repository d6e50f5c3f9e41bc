//! The frame of every verb on a meeting: find, replay, check the version, decide, save, answer.

use domain::change::Outcome as GenericOutcome;
use domain::meeting::{Facts, Meeting, MeetingError, Outcome, Verb};
use persistence::meetings;
use serde::Serialize;

use super::MeetingPath;
use super::view::tag;
use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint::Operates;
use crate::problem::{Issue, Kind, Place, Problem};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// Carries out a verb and answers with a view of the meeting after it.
pub(super) async fn act<E, V: Serialize>(
    call: Call<E>,
    decide: impl Fn(Meeting, &mut Unit<'_, '_>) -> Result<Outcome, Refusal> + Send + 'static,
    view: impl Fn(&Facts, &str) -> V + Send + 'static,
) -> Result<Reply, Problem>
where
    E: Operates<Permit = Permit<E>, Path = MeetingPath>,
{
    let id = call.path.meeting_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let not_found = || Problem::not_found("meetingId");
        let meeting = meetings::find(unit.connection(), &sight, id)?.ok_or_else(not_found)?;
        let seat = principal.seat(E::OPERATION, meeting.consultation_id).ok_or_else(not_found)?;
        unit.act_for(seat);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(meeting.version)?;
        let meeting = match decide(meeting, unit)? {
            GenericOutcome::Unchanged(meeting) => meeting,
            GenericOutcome::Changed(change) => {
                unit.save(&change)?;
                change.state
            }
        };
        Ok(Reply::ok(&view(&meeting, &base_url))?.tag(&tag(&meeting)))
    })
    .await
}

impl From<MeetingError> for Refusal {
    fn from(error: MeetingError) -> Self {
        let problem = match error {
            MeetingError::Illegal { from, verb, allowed } => {
                let reason = format!("{verb} is not possible from {from}");
                let allowed: Vec<&str> = allowed.into_iter().map(Verb::code).collect();
                Problem::illegal_transition(from.code(), verb.code(), &reason, allowed)
            }
            MeetingError::Length => {
                Problem::bad_request([Issue::new(Kind::InvalidPeriod, Place::Body, "endsAt")])
            }
        };
        problem.into()
    }
}
