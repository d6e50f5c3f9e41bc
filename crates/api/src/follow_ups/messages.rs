//! The thread of a request: what team and service said to each other.

use actix_web::get;
use domain::follow_up::{DelayReason, Head, Side, Verb};
use domain::id::{MessageId, OrganisationId};
use jiff::Timestamp;
use jiff::civil::Date;
use persistence::follow_ups::{self, StoredMessage};
use serde::Serialize;
use utoipa::ToSchema;

use super::RequestPath;
use super::get::note_sensitive;
use super::viewing::side;
use crate::call::Call;
use crate::codes::{DelayReasonCode, FollowUpRequestVerbCode, SideCode};
use crate::endpoint;
use crate::page::{Collection, PageQuery};
use crate::problem::Problem;
use crate::reply::Reply;

/// A message of the thread.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FollowUpRequestMessage {
    /// The address of the thread.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: MessageId,
    /// The verb that it came with.
    #[schema(value_type = FollowUpRequestVerbCode)]
    verb: Verb,
    /// The side that said it.
    #[schema(value_type = SideCode)]
    side: Side,
    /// The organisation in whose name it was said.
    #[schema(value_type = uuid::Uuid)]
    organisation_id: OrganisationId,
    /// What was said.
    text: Option<String>,
    /// The promised day.
    promised_on: Option<Date>,
    /// Why it lies after the original term.
    #[schema(value_type = Option<DelayReasonCode>)]
    delay_reason: Option<DelayReason>,
    /// When it was said.
    said_at: Timestamp,
}

endpoint!(
    /// Reads the thread of a request.
    pub ListFollowUpRequestMessages, path = RequestPath, query = PageQuery
);

/// Read the thread of a request.
///
/// What team and service said to each other, oldest first: asking back, replies, promises, reminders and why it is asked
/// again. The team also reads the remarks that went with its other verbs, which are not for the service.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath, PageQuery),
    responses((status = 200, description = "A page of messages", body = Collection<FollowUpRequestMessage>))
)]
#[get("/followUpRequests/{followUpRequestId}/messages")]
pub async fn list_follow_up_request_messages(
    call: Call<ListFollowUpRequestMessages>,
) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.follow_up_request_id;
        let after = call.position::<i64>(&call.query)?.unwrap_or(0);
        let size = i64::from(call.query.page_size);
        let sight = call.permit.sight().clone();
        let fingerprint = call.view_fingerprint(&sight).await?;
        let tag = call.list_tag(&sight, fingerprint, None);
        let (head, case, mut messages) = call
            .snapshot(move |connection| {
                let Some((request, case)) = follow_ups::find(connection, &sight, id)? else {
                    return Err(Problem::not_found("followUpRequestId").into());
                };
                let reader = side(&sight, request.consultation_id, request.led_by);
                let messages = follow_ups::list_messages(connection, id, reader, after, size)?;
                Ok((Head::from(&*request), case, messages))
            })
            .await?;
        if !call.has(&tag) {
            note_sensitive(&call, [(&head, &case)]).await?;
        }
        let has_more = messages.len() > usize::from(call.query.page_size);
        messages.truncate(usize::from(call.query.page_size));
        let next = messages.last().filter(|_| has_more).map(|message| message.sequence);
        let href = format!("{}/followUpRequests/{id}/messages", call.state.base_url);
        let items = messages.into_iter().map(|message| view(message, &href)).collect();
        Ok(Reply::ok(&call.collection(&call.query, items, next.as_ref(), None))?.tag(&tag))
    })
    .await
}

fn view(message: StoredMessage, href: &str) -> FollowUpRequestMessage {
    FollowUpRequestMessage {
        href: href.to_owned(),
        id: message.id,
        verb: message.verb,
        side: message.side,
        organisation_id: message.said_by.organisation_id,
        text: message.text,
        promised_on: message.promised_on,
        delay_reason: message.delay_reason,
        said_at: message.said_at,
    }
}
