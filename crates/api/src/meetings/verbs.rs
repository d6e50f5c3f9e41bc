//! Opening, closing and calling off a meeting.

use actix_web::post;
use domain::agenda::AboutKind;
use domain::change::Outcome as GenericOutcome;
use domain::id::MeetingId;
use domain::meeting::{Cancel, Facts};
use domain::report::{self, Report};
use persistence::{StoreError, Transaction, actions, agenda};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::act;
use super::{Meeting, MeetingPath};
use crate::call::Call;
use crate::endpoint;
use crate::input::Faults;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::work::Refusal;

/// Why it is called off.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"text": "Te weinig leden beschikbaar."})))]
pub struct CancelBody {
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

endpoint!(
    /// Opens a meeting.
    pub StartMeeting, path = MeetingPath
);

/// Open a meeting.
///
/// From `planned` to `inSession`; its report begins.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    responses((status = 200, description = "The meeting after it", body = Meeting))
)]
#[post("/meetings/{meetingId}/start")]
pub async fn start_meeting(call: Call<StartMeeting>) -> Result<Reply, Problem> {
    act(
        call,
        |meeting, unit| {
            let outcome = meeting.start(&unit.stamp())?;
            if let GenericOutcome::Changed(change) = &outcome {
                begin_report(unit, &change.state)?;
            }
            Ok(outcome)
        },
        Meeting::of,
    )
    .await
}

/// Begins the report of a meeting that opens.
pub(crate) fn begin_report(transaction: &mut Transaction<'_>, meeting: &Facts) -> Result<(), StoreError> {
    let create = report::Create {
        id: transaction.new_id().into(),
        meeting_id: meeting.id,
        consultation_id: meeting.consultation_id,
        met_at: meeting.starts_at,
    };
    let change = Report::create(create, &transaction.stamp());
    transaction.save(&change)
}

endpoint!(
    /// Closes a meeting.
    pub FinishMeeting, path = MeetingPath
);

/// Close a meeting.
///
/// From `inSession` to `held`. What members put on its agenda and it left open comes back in the next proposal; each action
/// on it that is still open counts one carry-over more.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    responses((status = 200, description = "The meeting after it", body = Meeting))
)]
#[post("/meetings/{meetingId}/finish")]
pub async fn finish_meeting(call: Call<FinishMeeting>) -> Result<Reply, Problem> {
    act(
        call,
        |meeting, unit| {
            let id = meeting.id;
            let outcome = meeting.finish(&unit.stamp())?;
            if matches!(outcome, GenericOutcome::Changed(_)) {
                carry_over(unit, id)?;
            }
            Ok(outcome)
        },
        Meeting::of,
    )
    .await
}

/// Counts, for each open action on the agenda of a meeting, that it was held without the action being done.
pub(crate) fn carry_over(transaction: &mut Transaction<'_>, meeting: MeetingId) -> Result<(), Refusal> {
    let items = agenda::load(transaction.connection(), meeting)?;
    let about = items.iter().flat_map(|item| item.ids_of(AboutKind::Action)).map(Into::into);
    let open = actions::load_open_among(transaction.connection(), about)?;
    let stamp = transaction.stamp();
    for action in open {
        if let GenericOutcome::Changed(change) = action.carry_over(meeting, &stamp) {
            transaction.save(&change)?;
        }
    }
    Ok(())
}

endpoint!(
    /// Calls a meeting off.
    pub CancelMeeting, path = MeetingPath, body = CancelBody
);

/// Call a meeting off.
///
/// From `planned` to `cancelled`.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    request_body = CancelBody,
    responses((status = 200, description = "The meeting after it", body = Meeting))
)]
#[post("/meetings/{meetingId}/cancel")]
pub async fn cancel_meeting(call: Call<CancelMeeting>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let command = Cancel { text: faults.finish(text)? };
    act(call, move |meeting, unit| Ok(meeting.cancel(&command, &unit.stamp())?), Meeting::of).await
}
