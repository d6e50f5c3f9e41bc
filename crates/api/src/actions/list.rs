//! Lists of actions.

use std::collections::BTreeSet;

use actix_web::get;
use domain::access::Sight;
use domain::action::Status;
use domain::calendar::{local_date, start_of_day};
use domain::consultation;
use domain::id::{CaseId, ConsultationId, DecisionId, MeetingId, OrganisationId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use persistence::Direction;
use persistence::actions::{self, Filter, Order};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Action;
use super::view::Viewing;
use crate::call::Call;
use crate::codes::ActionStateCode;
use crate::endpoint;
use crate::forms::{ActionOrder, FunctionCode};
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::{Detail, Issue, Kind, Place, Problem};
use crate::reply::{Cache, Reply};

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// In any of these states.
    #[serde(default)]
    #[param(value_type = Vec<ActionStateCode>, required = false)]
    state: Vec<Status>,
    /// Of this organisation.
    #[param(value_type = Option<uuid::Uuid>)]
    owner_organisation_id: Option<OrganisationId>,
    /// Of this function.
    #[param(inline, value_type = Option<FunctionCode>)]
    owner_function: Option<String>,
    /// Of this consultation.
    #[param(value_type = Option<uuid::Uuid>)]
    consultation_id: Option<ConsultationId>,
    /// About this case; for members of the consultation.
    #[param(value_type = Option<uuid::Uuid>)]
    case_id: Option<CaseId>,
    /// Decided in this meeting.
    #[param(value_type = Option<uuid::Uuid>)]
    meeting_id: Option<MeetingId>,
    /// That come from this decision; for members of the consultation.
    #[param(value_type = Option<uuid::Uuid>)]
    decision_id: Option<DecisionId>,
    /// Overdue ones, or those that are not: `open` or `inProgress` although their day is over in Europe/Brussels.
    overdue: Option<bool>,
    /// `open` or `inProgress`, and due before this day.
    due_before: Option<Date>,
    /// `createdAt` or `dueOn`, with `-` before it for descending; by `dueOn` only what has a day is listed.
    #[serde(default)]
    #[param(inline, value_type = Vec<ActionOrder>, max_items = 1, required = false, example = json!(["-createdAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

impl ListQuery {
    /// Gives what the list is made of: the actions that the caller may see, or those of its consultations when it filters
    /// by what an owner does not see.
    fn within(&self, sight: &Sight) -> Result<Sight, Problem> {
        let hidden = [("caseId", self.case_id.is_some()), ("decisionId", self.decision_id.is_some())];
        let mut asked = hidden.into_iter().filter(|(_, is_asked)| *is_asked).peekable();
        if asked.peek().is_none() || sight.everything {
            return Ok(sight.clone());
        }
        if sight.consultations.is_empty() {
            return Err(Problem::bad_request(asked.map(|(name, _)| {
                Issue::new(Kind::InvalidInput, Place::Query, name).detail(Detail::new(
                    "Enkel leden van het overleg kunnen hierop filteren.",
                    "Seuls les membres de la concertation peuvent filtrer sur ce critère.",
                    "Only members of the consultation can filter by this.",
                ))
            })));
        }
        Ok(Sight { own: BTreeSet::new(), ..sight.clone() })
    }

    fn filter(&self) -> Filter {
        Filter {
            states: self.state.clone(),
            owner_organisation_id: self.owner_organisation_id,
            owner_function: self.owner_function.as_deref().and_then(consultation::FunctionCode::parse),
            consultation_id: self.consultation_id,
            case_id: self.case_id,
            meeting_id: self.meeting_id,
            decision_id: self.decision_id,
            overdue: self.overdue,
            due_before: self.due_before,
        }
    }

    /// Gives the moment at which time alone changes the list: the next day makes more of them overdue.
    fn until(&self, today: Date) -> Option<Timestamp> {
        self.overdue.and_then(|_| today.tomorrow().ok()).map(start_of_day)
    }
}

endpoint!(
    /// Lists actions.
    pub ListActions, query = ListQuery
);

/// List actions.
///
/// Those of the consultations that the caller is a member of, and those that its organisation owns; newest first unless
/// told otherwise.
///
/// These pairs of filter and order cost the same whatever the size of the history: any one of `state`,
/// `ownerOrganisationId`, `caseId`, `meetingId`, `decisionId` or none with `createdAt`; `overdue=true`, `dueBefore` or none
/// with `dueOn`.
#[utoipa::path(
    tag = "Actions",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of actions", body = Collection<Action>))
)]
#[get("/actions")]
pub async fn list_actions(call: Call<ListActions>) -> Result<Reply, Problem> {
    let (order, direction) = call.order_by(
        &call.query.sort,
        &[("createdAt", Order::CreatedAt), ("dueOn", Order::DueOn)],
        (Order::CreatedAt, Direction::Descending),
    )?;
    let page = call.page_request(&call.query.page, direction);
    let (page, sight) = Problem::both(page, call.query.within(call.permit.sight()))?;
    let today = local_date(call.request.now);
    let fingerprint = call.view_fingerprint(&sight).await?;
    let tag = call.list_tag(&sight, fingerprint, call.query.until(today));
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag).cache(Cache::Revalidate));
    }
    let filter = call.query.filter();
    let found = call
        .read(move |connection| Ok(actions::list(connection, &sight, &filter, today, order, page)?))
        .await?;
    let viewing = Viewing { sight: call.permit.sight(), base_url: &call.state.base_url };
    let items = found.items.iter().map(|action| viewing.view(action)).collect();
    let next = found.items.last().filter(|_| found.has_more).and_then(|action| match order {
        Order::CreatedAt => Some(At::new(action.created_at, action.id)),
        Order::DueOn => {
            let midnight = action.description.due_on?.to_zoned(TimeZone::UTC).ok()?;
            Some(At::new(midnight.timestamp(), action.id))
        }
    });
    let view = call.collection(&call.query.page, items, next.as_ref(), None);
    Ok(Reply::ok(&view)?.tag(&tag).cache(Cache::Revalidate))
}
