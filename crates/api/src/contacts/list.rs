//! Contacts over all cases.

use actix_web::get;
use domain::contact::Kind;
use domain::id::{CaseId, ConsultationId, OrganisationId};
use jiff::civil::Date;
use persistence::Direction;
use persistence::contacts::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::CaseContact;
use super::view::place;
use crate::call::Call;
use crate::codes::ContactKindCode;
use crate::endpoint;
use crate::forms::ContactedOnOrder;
use crate::page::{Collection, PageQuery};
use crate::problem::{Issue, Kind as IssueKind, Place, Problem};
use crate::reply::Reply;

/// What contacts are narrowed to.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ContactFilter {
    /// Of this consultation.
    #[param(value_type = Option<uuid::Uuid>)]
    consultation_id: Option<ConsultationId>,
    /// On this case.
    #[param(value_type = Option<uuid::Uuid>)]
    case_id: Option<CaseId>,
    /// Of this kind.
    #[param(value_type = Option<ContactKindCode>)]
    kind: Option<Kind>,
    /// With this organisation of the register.
    #[param(value_type = Option<uuid::Uuid>)]
    partner_organisation_id: Option<OrganisationId>,
    /// On or after this day.
    contacted_from: Option<Date>,
    /// Before this day.
    contacted_before: Option<Date>,
}

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    #[serde(flatten)]
    #[param(ignore)]
    filter: ContactFilter,
    /// `contactedOn`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<ContactedOnOrder>, max_items = 1, required = false, example = json!(["-contactedOn"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

impl ContactFilter {
    /// Makes the filter, or tells that its period ends before it begins.
    pub(super) fn filter(&self) -> Result<Filter, Problem> {
        let (contacted_from, contacted_before) = period(self.contacted_from, self.contacted_before)?;
        Ok(Filter {
            consultation_id: self.consultation_id,
            case_id: self.case_id,
            kind: self.kind,
            partner_organisation_id: self.partner_organisation_id,
            contacted_from,
            contacted_before,
        })
    }
}

/// Takes a period that does not end before it begins.
pub(super) fn period(
    from: Option<Date>,
    before: Option<Date>,
) -> Result<(Option<Date>, Option<Date>), Problem> {
    if from.zip(before).is_some_and(|(from, before)| before < from) {
        return Err(Problem::bad_request([Issue::new(
            IssueKind::InvalidPeriod,
            Place::Query,
            "contactedBefore",
        )]));
    }
    Ok((from, before))
}

endpoint!(
    /// Lists contacts.
    pub ListContacts, query = ListQuery
);

/// List contacts.
///
/// Those of the consultations that the caller is a member of; housing companies see what they recorded themselves. The
/// latest first unless told otherwise. Any one filter of `kind`, `partnerOrganisationId` or `caseId` costs the same whatever
/// the size of the history.
#[utoipa::path(
    tag = "Contacts",
    params(ContactFilter, ListQuery, PageQuery),
    responses((status = 200, description = "A page of contacts", body = Collection<CaseContact>))
)]
#[get("/contacts")]
pub async fn list_contacts(call: Call<ListContacts>) -> Result<Reply, Problem> {
    let ((), direction) =
        call.order_by(&call.query.sort, &[("contactedOn", ())], ((), Direction::Descending))?;
    let page = call.page_request(&call.query.page, direction);
    let (page, filter) = Problem::both(page, call.query.filter.filter())?;
    let sight = call.permit.sight().clone();
    let fingerprint = call.view_fingerprint(&sight).await?;
    let tag = call.list_tag(&sight, fingerprint, None);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag));
    }
    let found = call.read(move |connection| Ok(contacts::list(connection, &sight, &filter, page)?)).await?;
    let next = found.items.last().filter(|_| found.has_more).and_then(place);
    let items = found.items.iter().map(|contact| CaseContact::of(contact, &call.state.base_url)).collect();
    Ok(Reply::ok(&call.collection(&call.query.page, items, next.as_ref(), None))?.tag(&tag))
}
