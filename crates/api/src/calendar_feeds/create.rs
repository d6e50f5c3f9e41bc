//! Making a calendar feed.

use actix_web::post;
use domain::calendar_feed::{CalendarFeed as Aggregate, Create};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::{CalendarFeed, CreatedCalendarFeed, tag};
use crate::call::Call;
use crate::consultations::ConsultationPath;
use crate::endpoint;
use crate::input::Faults;
use crate::issuer::secret_hash;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::secret;
use crate::work::Refusal;

/// A new calendar feed.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"label": "Outlook van de wijkregisseur"}), json!({})))]
pub struct CreateCalendarFeedBody {
    /// What it is for, so that the right one can be revoked later; no name of a person.
    #[schema(min_length = 1, max_length = 200)]
    label: Option<String>,
}

endpoint!(
    /// Makes a calendar feed.
    pub CreateCalendarFeed, path = ConsultationPath, body = CreateCalendarFeedBody
);

/// Make a calendar feed.
///
/// The answer holds the secret address that calendar programs subscribe to without a token. It is shown this once, as only a
/// hash of the secret is kept: the answer is not given again to a repeated request, which makes another feed. Whoever has
/// the address reads when and where the consultation meets, until the feed is revoked; so give each program its own.
#[utoipa::path(
    tag = "Calendars",
    params(ConsultationPath),
    request_body = CreateCalendarFeedBody,
    responses((status = 201, description = "The new feed with its address", body = CreatedCalendarFeed)),
    extensions(("x-idempotency-key" = json!(false)))
)]
#[post("/consultations/{consultationId}/calendarFeeds")]
pub async fn create_calendar_feed(call: Call<CreateCalendarFeed>) -> Result<Reply, Problem> {
    let consultation_id = call.path.consultation_id;
    let seat = call.permit.seat(consultation_id).ok_or_else(|| Problem::not_found("consultationId"))?;
    let mut faults = Faults::default();
    let label = faults.optional_text("label", call.body.label.as_ref());
    let label = faults.finish(label)?;
    let secret = secret::random().ok_or_else(|| Problem::internal("no random bytes"))?;
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        unit.act_for(seat);
        let command = Create {
            id: unit.new_id().into(),
            consultation_id,
            secret_hash: secret_hash(secret.reveal()),
            label: label.clone(),
        };
        let change = Aggregate::create(command, &unit.stamp());
        unit.save(&change)?;
        let view = CalendarFeed::of(&change.state, &base_url);
        let location = view.href.clone();
        let reply = Reply::created(&view.with_secret(&secret, &base_url), location)?;
        Ok::<_, Refusal>(reply.tag(&tag(&change.state)).in_full())
    })
    .await
}
