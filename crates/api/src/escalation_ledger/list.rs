//! Lists of entries.

use std::collections::BTreeSet;

use actix_web::get;
use domain::access::Sight;
use domain::escalation_policy;
use domain::id::{ActionId, CaseId, ConsultationId, FollowUpRequestId};
use jiff::Timestamp;
use persistence::Direction;
use persistence::escalation_ledger::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::EscalationLedgerEntry;
use crate::call::Call;
use crate::endpoint;
use crate::forms::{EffectiveAtOrder, StepId};
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::{Detail, Issue, Kind, Place, Problem};
use crate::reply::{Cache, Reply};

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// About this request.
    #[param(value_type = Option<uuid::Uuid>)]
    follow_up_request_id: Option<FollowUpRequestId>,
    /// About this case, its requests and actions; for members of the consultation.
    #[param(value_type = Option<uuid::Uuid>)]
    case_id: Option<CaseId>,
    /// About this action; for members of the consultation.
    #[param(value_type = Option<uuid::Uuid>)]
    action_id: Option<ActionId>,
    /// Of this consultation; for its members.
    #[param(value_type = Option<uuid::Uuid>)]
    consultation_id: Option<ConsultationId>,
    /// Of this step.
    #[param(inline, value_type = Option<StepId>)]
    step: Option<String>,
    /// That took effect at this moment or later.
    effective_from: Option<Timestamp>,
    /// That took effect before this moment.
    effective_before: Option<Timestamp>,
    /// Those that came too late to help, or the others.
    obsolete: Option<bool>,
    /// `effectiveAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<EffectiveAtOrder>, max_items = 1, required = false, example = json!(["-effectiveAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

impl ListQuery {
    /// Gives what the list is made of: the entries that the caller may see, or those of its consultations when it filters by
    /// what a service does not see.
    fn within(&self, sight: &Sight) -> Result<Sight, Problem> {
        let hidden = [
            ("caseId", self.case_id.is_some()),
            ("actionId", self.action_id.is_some()),
            ("consultationId", self.consultation_id.is_some()),
        ];
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
        Ok(Sight { addressed: BTreeSet::new(), ..sight.clone() })
    }

    fn filter(&self) -> Result<Filter, Problem> {
        let (from, before) = (self.effective_from, self.effective_before);
        if from.zip(before).is_some_and(|(from, before)| before < from) {
            let issue = Issue::new(Kind::InvalidPeriod, Place::Query, "effectiveBefore");
            return Err(Problem::bad_request([issue]));
        }
        Ok(Filter {
            follow_up_request_id: self.follow_up_request_id,
            case_id: self.case_id,
            action_id: self.action_id,
            consultation_id: self.consultation_id,
            step: self.step.as_deref().and_then(escalation_policy::StepId::parse),
            from,
            before,
            obsolete: self.obsolete,
        })
    }
}

endpoint!(
    /// Lists the escalation ledger.
    pub ListEscalationLedger, query = ListQuery
);

/// List the escalation ledger.
///
/// Which step took effect when, on which request, case or action, by which policy, and what became of its effects. Services
/// see the reminders of the requests that are addressed to them. Newest first unless told otherwise.
///
/// Each filter by itself, or none, costs the same whatever the size of the history.
#[utoipa::path(
    tag = "Escalation",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of the ledger", body = Collection<EscalationLedgerEntry>))
)]
#[get("/escalationLedger")]
pub async fn list_escalation_ledger(call: Call<ListEscalationLedger>) -> Result<Reply, Problem> {
    let ((), direction) =
        call.order_by(&call.query.sort, &[("effectiveAt", ())], ((), Direction::Descending))?;
    let page = call.page_request(&call.query.page, direction);
    let narrowed = Problem::both(call.query.filter(), call.query.within(call.permit.sight()));
    let (page, (filter, sight)) = Problem::both(page, narrowed)?;
    let fingerprint = call.view_fingerprint(&sight).await?;
    let tag = call.list_tag(&sight, fingerprint, None);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag).cache(Cache::Revalidate));
    }
    let found =
        call.read(move |connection| Ok(escalation_ledger::list(connection, &sight, &filter, page)?)).await?;
    let (sight, base_url) = (call.permit.sight(), &call.state.base_url);
    let items = found.items.iter().map(|entry| EscalationLedgerEntry::of(entry, sight, base_url)).collect();
    let next = found.items.last().filter(|_| found.has_more);
    let next = next.map(|entry| At::new(entry.effective_at, entry.id));
    let view = call.collection(&call.query.page, items, next.as_ref(), None);
    Ok(Reply::ok(&view)?.tag(&tag).cache(Cache::Revalidate))
}
