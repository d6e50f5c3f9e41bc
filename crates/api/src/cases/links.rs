//! Links between cases.

use actix_web::post;
use domain::access::Sight;
use domain::case::{Link, LinkKind};
use domain::id::CaseId;
use persistence::cases;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::act;
use super::{Case, CasePath};
use crate::call::Call;
use crate::codes::MadeCaseLinkKindCode;
use crate::endpoint;
use crate::problem::{Issue, Kind, Place, Problem};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// A link that is made or taken away.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"kind": "related", "caseId": "019a9d3e-0000-7000-8000-0000000000c2"})))]
pub struct CaseLinkBody {
    /// How they belong together.
    #[schema(value_type = MadeCaseLinkKindCode)]
    kind: LinkKind,
    /// The other case.
    #[schema(value_type = uuid::Uuid)]
    case_id: CaseId,
}

impl From<CaseLinkBody> for Link {
    fn from(body: CaseLinkBody) -> Self {
        Self { kind: body.kind, case_id: body.case_id }
    }
}

endpoint!(
    /// Links a case to another one.
    pub LinkCase, path = CasePath, body = CaseLinkBody
);

/// Link a case to another one.
///
/// `related`, or `earlierElsewhere` when the nuisance moved here; `duplicate` is set by merging only.
#[utoipa::path(
    tag = "Cases",
    params(CasePath),
    request_body = CaseLinkBody,
    responses((status = 200, description = "The case after it", body = Case))
)]
#[post("/cases/{caseId}/link")]
pub async fn link_case(call: Call<LinkCase>) -> Result<Reply, Problem> {
    let link = Link::from(call.body);
    let sight = call.permit.sight().clone();
    act(call, move |case, unit| {
        visible(unit, &sight, link)?;
        Ok(case.link(link, &unit.stamp())?)
    })
    .await
}

endpoint!(
    /// Takes a link away.
    pub UnlinkCase, path = CasePath, body = CaseLinkBody
);

/// Take a link away.
///
/// A link that is not there is none afterwards either: the answer is the case as it is.
#[utoipa::path(
    tag = "Cases",
    params(CasePath),
    request_body = CaseLinkBody,
    responses((status = 200, description = "The case after it", body = Case))
)]
#[post("/cases/{caseId}/unlink")]
pub async fn unlink_case(call: Call<UnlinkCase>) -> Result<Reply, Problem> {
    let link = Link::from(call.body);
    act(call, move |case, unit| Ok(case.unlink(link, &unit.stamp())?)).await
}

fn visible(unit: &mut Unit<'_, '_>, sight: &Sight, link: Link) -> Result<(), Refusal> {
    if cases::find(unit.connection(), sight, link.case_id)?.is_some() {
        return Ok(());
    }
    let issue = Issue::new(Kind::ReferencedResourceNotFound, Place::Body, "caseId");
    Err(Problem::bad_request([issue]).into())
}
