//! Links between cases.

use actix_web::post;
use domain::access::Sight;
use domain::case::{Link, LinkKind};
use persistence::cases;

use super::act::act;
use super::view::CaseLink;
use super::{Case, CasePath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::{Issue, Kind, Place, Problem};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

endpoint!(
    /// Links a case to another one.
    pub LinkCase, path = CasePath, body = CaseLink
);

/// Link a case to another one.
///
/// `related`, or `earlierElsewhere` when the nuisance moved here; `duplicate` is set by merging only.
#[utoipa::path(
    tag = "Cases",
    params(CasePath),
    request_body = CaseLink,
    responses((status = 200, description = "The case after it", body = Case))
)]
#[post("/cases/{caseId}/link")]
pub async fn link_case(call: Call<LinkCase>) -> Result<Reply, Problem> {
    let link = link(call.body)?;
    let sight = call.permit.sight().clone();
    act(call, move |case, unit| {
        visible(unit, &sight, link)?;
        Ok(case.link(link, &unit.stamp())?)
    })
    .await
}

endpoint!(
    /// Takes a link away.
    pub UnlinkCase, path = CasePath, body = CaseLink
);

/// Take a link away.
///
/// A link that is not there is none afterwards either: the answer is the case as it is.
#[utoipa::path(
    tag = "Cases",
    params(CasePath),
    request_body = CaseLink,
    responses((status = 200, description = "The case after it", body = Case))
)]
#[post("/cases/{caseId}/unlink")]
pub async fn unlink_case(call: Call<UnlinkCase>) -> Result<Reply, Problem> {
    let link = link(call.body)?;
    act(call, move |case, unit| Ok(case.unlink(link, &unit.stamp())?)).await
}

fn link(body: CaseLink) -> Result<Link, Problem> {
    if body.kind == LinkKind::Duplicate {
        return Err(Problem::bad_request([Issue::new(Kind::InvalidInput, Place::Body, "kind")]));
    }
    Ok(Link { kind: body.kind, case_id: body.case_id })
}

fn visible(unit: &mut Unit<'_, '_>, sight: &Sight, link: Link) -> Result<(), Refusal> {
    if cases::find(unit.connection(), sight, link.case_id)?.is_some() {
        return Ok(());
    }
    let issue = Issue::new(Kind::ReferencedResourceNotFound, Place::Body, "caseId");
    Err(Problem::bad_request([issue]).into())
}
