//! Lists of cases.

use actix_web::get;
use domain::case::{Kind, Status};
use domain::category::CategoryCode;
use domain::id::{AreaId, ConsultationId, OrganisationId};
use domain::place;
use jiff::Timestamp;
use persistence::Direction;
use persistence::cases::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Case;
use super::view::{Viewing, visible};
use crate::call::Call;
use crate::codes::{CaseKindCode, CaseStateCode};
use crate::endpoint;
use crate::forms::{BoundingBox, CategoryOrGroupCode, CreatedAtOrder};
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::{Issue, Kind as IssueKind, Place, Problem};
use crate::reply::{Cache, Reply};

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// In any of these states.
    #[serde(default)]
    #[param(value_type = Vec<CaseStateCode>, required = false)]
    state: Vec<Status>,
    /// Situations or needs.
    #[param(value_type = Option<CaseKindCode>)]
    kind: Option<Kind>,
    /// With any of these primary categories; a main group such as `AFV` stands for all of its own.
    #[serde(default)]
    #[param(inline, value_type = Vec<CategoryOrGroupCode>, max_items = 20, required = false)]
    category: Vec<String>,
    /// In this neighbourhood.
    #[param(value_type = Option<uuid::Uuid>)]
    area_id: Option<AreaId>,
    /// Of this consultation.
    #[param(value_type = Option<uuid::Uuid>)]
    consultation_id: Option<ConsultationId>,
    /// Led by this organisation.
    #[param(value_type = Option<uuid::Uuid>)]
    lead_organisation_id: Option<OrganisationId>,
    /// With this reference, such as `KRO-2026-0042`.
    #[param(max_length = 40)]
    reference: Option<String>,
    /// Written at or after this moment.
    created_from: Option<Timestamp>,
    /// Written before this moment.
    created_before: Option<Timestamp>,
    /// With all of these words, or beginnings of words, in title, description, address or reference; among the newest
    /// 1,000 matches.
    #[param(min_length = 1, max_length = 200)]
    q: Option<String>,
    /// In this box: west, south, east, north in degrees, WGS 84; the newest 1,000 matches, among the newest 10,000 cases
    /// with a point of each consultation.
    #[param(inline, value_type = Option<BoundingBox>)]
    bbox: Option<String>,
    /// `createdAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<CreatedAtOrder>, max_items = 1, required = false, example = json!(["-createdAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

impl ListQuery {
    fn filter(&self) -> Result<Filter, Problem> {
        let mut issues = Vec::new();
        let invalid = |name: &str| Issue::new(IssueKind::SchemaViolation, Place::Query, name);
        let categories = self.category.iter().enumerate().filter_map(|(position, code)| {
            let parsed = CategoryCode::parse(code);
            parsed.map_err(|_| issues.push(invalid(&format!("category[{position}]")))).ok()
        });
        let categories = categories.collect();
        let bounding_box = self
            .bbox
            .as_deref()
            .map(place::BoundingBox::parse)
            .transpose()
            .map_err(|_| issues.push(Issue::new(IssueKind::OutOfRange, Place::Query, "bbox")))
            .unwrap_or_default();
        if self.created_from.zip(self.created_before).is_some_and(|(from, before)| before < from) {
            issues.push(Issue::new(IssueKind::InvalidPeriod, Place::Query, "createdBefore"));
        }
        if !issues.is_empty() {
            return Err(Problem::bad_request(issues));
        }
        Ok(Filter {
            states: self.state.clone(),
            kind: self.kind,
            categories,
            area_id: self.area_id,
            consultation_id: self.consultation_id,
            lead_organisation_id: self.lead_organisation_id,
            reference: self.reference.clone(),
            created_from: self.created_from,
            created_before: self.created_before,
            words: self.q.clone(),
            bounding_box,
        })
    }
}

endpoint!(
    /// Lists cases.
    pub ListCases, query = ListQuery
);

/// List cases.
///
/// Those of the consultations that the caller is a member of, and those that a housing company of its is asked about;
/// newest first unless told otherwise. A filter on something that a summary does not tell, such as `reference`,
/// leaves out the cases of which the caller sees a summary only. Any one filter of `state`, `category`, `areaId` or
/// `leadOrganisationId` costs the same whatever the size of the history.
#[utoipa::path(
    tag = "Cases",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of cases", body = Collection<Case>))
)]
#[get("/cases")]
pub async fn list_cases(call: Call<ListCases>) -> Result<Reply, Problem> {
    let ((), direction) =
        call.order_by(&call.query.sort, &[("createdAt", ())], ((), Direction::Descending))?;
    let page = call.page_request(&call.query.page, direction);
    let (page, filter) = Problem::both(page, call.query.filter())?;
    let sight = call.permit.sight().clone();
    let fingerprint = call.view_fingerprint(&sight).await?;
    let tag = call.list_tag(&sight, fingerprint, None);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag).cache(Cache::Revalidate));
    }
    let reading = sight.clone();
    let found = call.read(move |connection| {
        let found = cases::list(connection, &reading, &filter, page)?;
        let visible = visible(connection, &reading, &found.items)?;
        Ok((found, visible))
    });
    let (found, visible) = found.await?;
    call.note_sensitive(found.items.iter().map(|case| &**case)).await?;
    let viewing = Viewing { sight: &sight, base_url: &call.state.base_url, visible: &visible };
    let items = found.items.iter().map(|case| viewing.view(case)).collect();
    let next = found.items.last().filter(|_| found.has_more).map(|case| At::new(case.created_at, case.id));
    let view = call.collection(&call.query.page, items, next.as_ref(), None);
    Ok(Reply::ok(&view)?.tag(&tag).cache(Cache::Revalidate))
}
