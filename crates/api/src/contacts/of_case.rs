//! The contacts of one case.

use actix_web::get;
use domain::access::Sight;
use domain::case::Case;
use domain::contact::Kind;
use domain::id::OrganisationId;
use jiff::civil::Date;
use persistence::contacts::{self, Filter};
use persistence::{Direction, cases};
use serde::Deserialize;
use utoipa::IntoParams;

use super::CaseContact;
use super::list::period;
use super::view::place;
use crate::call::Call;
use crate::cases::CasePath;
use crate::codes::ContactKindCode;
use crate::endpoint;
use crate::forms::ContactedOnOrder;
use crate::page::{Collection, PageQuery};
use crate::problem::Problem;
use crate::reply::Reply;

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListOfCaseQuery {
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
    /// `contactedOn`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<ContactedOnOrder>, max_items = 1, required = false, example = json!(["-contactedOn"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

/// Gives the contacts that a reader of a case sees of it: who leads it meanwhile those of its consultation too.
pub(super) fn of_case(sight: &Sight, case: &Case) -> Sight {
    let mut sight = sight.clone();
    if sight.covers(case.consultation_id, case.led_by) {
        sight.consultations.insert(case.consultation_id);
    }
    sight
}

endpoint!(
    /// Lists the contacts of a case.
    pub ListCaseContacts, path = CasePath, query = ListOfCaseQuery
);

/// List the contacts of a case.
///
/// Housing companies see what they recorded themselves. The latest first unless told otherwise.
#[utoipa::path(
    tag = "Contacts",
    params(CasePath, ListOfCaseQuery, PageQuery),
    responses((status = 200, description = "A page of contacts", body = Collection<CaseContact>))
)]
#[get("/cases/{caseId}/contacts")]
pub async fn list_case_contacts(call: Call<ListCaseContacts>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.case_id;
        let ((), direction) =
            call.order_by(&call.query.sort, &[("contactedOn", ())], ((), Direction::Descending))?;
        let ListOfCaseQuery { kind, partner_organisation_id, contacted_from, contacted_before, .. } =
            call.query;
        let page = call.page_request(&call.query.page, direction);
        let (page, (contacted_from, contacted_before)) =
            Problem::both(page, period(contacted_from, contacted_before))?;
        let filter = Filter {
            consultation_id: None,
            case_id: Some(id),
            kind,
            partner_organisation_id,
            contacted_from,
            contacted_before,
        };
        let sight = call.permit.sight().clone();
        let fingerprint = call.view_fingerprint(&sight).await?;
        let tag = call.list_tag(&sight, fingerprint, None);
        let (case, found) = call
            .snapshot(move |connection| {
                let case =
                    cases::find(connection, &sight, id)?.ok_or_else(|| Problem::not_found("caseId"))?;
                let found = contacts::list(connection, &of_case(&sight, &case), &filter, page)?;
                Ok((case, found))
            })
            .await?;
        if !call.has(&tag) {
            call.note_sensitive([&*case]).await?;
        }
        let next = found.items.last().filter(|_| found.has_more).and_then(place);
        let items =
            found.items.iter().map(|contact| CaseContact::of(contact, &call.state.base_url)).collect();
        Ok(Reply::ok(&call.collection(&call.query.page, items, next.as_ref(), None))?.tag(&tag))
    })
    .await
}
