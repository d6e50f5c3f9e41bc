//! Lists of meetings.

use actix_web::get;
use domain::id::ConsultationId;
use domain::meeting::Status;
use jiff::Timestamp;
use persistence::Direction;
use persistence::meetings::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Meeting;
use crate::call::Call;
use crate::codes::MeetingStateCode;
use crate::endpoint;
use crate::forms::StartsAtOrder;
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::{Issue, Kind, Place, Problem};
use crate::reply::{Cache, Reply};

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Of this consultation.
    #[param(value_type = Option<uuid::Uuid>)]
    consultation_id: Option<ConsultationId>,
    /// In any of these states.
    #[serde(default)]
    #[param(value_type = Vec<MeetingStateCode>, required = false)]
    state: Vec<Status>,
    /// That start at or after this moment.
    starts_from: Option<Timestamp>,
    /// That start before this moment.
    starts_before: Option<Timestamp>,
    /// `startsAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<StartsAtOrder>, max_items = 1, required = false, example = json!(["-startsAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

impl ListQuery {
    fn filter(&self) -> Result<Filter, Problem> {
        if self.starts_from.zip(self.starts_before).is_some_and(|(from, before)| before < from) {
            return Err(Problem::bad_request([Issue::new(
                Kind::InvalidPeriod,
                Place::Query,
                "startsBefore",
            )]));
        }
        Ok(Filter {
            consultation_id: self.consultation_id,
            states: self.state.clone(),
            starts_from: self.starts_from,
            starts_before: self.starts_before,
        })
    }
}

endpoint!(
    /// Lists meetings.
    pub ListMeetings, query = ListQuery
);

/// List meetings.
///
/// Those of the consultations that the caller is a member of; the latest first unless told otherwise.
#[utoipa::path(
    tag = "Meetings",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of meetings", body = Collection<Meeting>))
)]
#[get("/meetings")]
pub async fn list_meetings(call: Call<ListMeetings>) -> Result<Reply, Problem> {
    let ((), direction) =
        call.order_by(&call.query.sort, &[("startsAt", ())], ((), Direction::Descending))?;
    let page = call.page_request(&call.query.page, direction);
    let (page, filter) = Problem::both(page, call.query.filter())?;
    let sight = call.permit.sight().clone();
    let fingerprint = call.view_fingerprint(&sight).await?;
    let tag = call.list_tag(&sight, fingerprint, None);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag).cache(Cache::Revalidate));
    }
    let found = call.read(move |connection| Ok(meetings::list(connection, &sight, &filter, page)?)).await?;
    let items = found.items.iter().map(|meeting| Meeting::of(meeting, &call.state.base_url)).collect();
    let next = found.items.last().filter(|_| found.has_more).map(|last| At::new(last.starts_at, last.id));
    let view = call.collection(&call.query.page, items, next.as_ref(), None);
    Ok(Reply::ok(&view)?.tag(&tag).cache(Cache::Revalidate))
}
