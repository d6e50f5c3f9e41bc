//! Adding a row to the term table.

use actix_web::post;
use domain::access::{Operation, Sight};
use domain::calendar::{WorkingDays, local_date};
use domain::follow_up::Urgency;
use domain::id::{ConsultationId, OrganisationId};
use domain::term::{TermDays, TermRule};
use persistence::terms::{self, StoredTerm};
use persistence::{Direction, PageRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Term;
use super::view::tag;
use crate::call::Call;
use crate::codes::UrgencyCode;
use crate::endpoint;
use crate::forms::CategoryGroupCode;
use crate::input::Faults;
use crate::problem::{Code, Detail, Issue, Kind, Place, Problem};
use crate::ref_data::{Known, all_or_none};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// The longest term to confirm receipt.
const LONGEST_RECEIPT: u32 = 100;
/// The longest term to answer.
const LONGEST_ANSWER: u32 = 250;

/// A new row of the term table: for which requests it holds, and their terms. What is absent holds for all.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "consultationId": "019a9d3e-0000-7000-8000-0000000000a1",
    "categoryGroup": "AFV",
    "urgency": "normal",
    "receiptWorkingDays": 2,
    "answerWorkingDays": 5
})))]
pub struct CreateTermBody {
    /// For requests to this service.
    #[schema(value_type = Option<uuid::Uuid>)]
    organisation_id: Option<OrganisationId>,
    /// For requests of this consultation; required of all but administrators.
    #[schema(value_type = Option<uuid::Uuid>)]
    consultation_id: Option<ConsultationId>,
    /// For cases with a category of this main group.
    #[schema(value_type = Option<CategoryGroupCode>)]
    category_group: Option<String>,
    /// For requests of this urgency.
    #[schema(value_type = Option<UrgencyCode>)]
    urgency: Option<Urgency>,
    /// The term to confirm receipt, in working days.
    #[schema(minimum = 1, maximum = 100)]
    receipt_working_days: u32,
    /// The term to answer, in working days.
    #[schema(minimum = 1, maximum = 250)]
    answer_working_days: u32,
}

impl CreateTermBody {
    fn rule(&self, known: &Known<'_>) -> Result<TermRule, Problem> {
        let mut faults = Faults::default();
        known.organisation("organisationId".to_owned(), self.organisation_id, &mut faults);
        known.consultation("consultationId".to_owned(), self.consultation_id, &mut faults);
        // The contract takes main groups only.
        let group = self.category_group.as_deref();
        let group = group.map(|group| known.category("categoryGroup".to_owned(), group, &mut faults));
        let mut days = |name: &str, days: u32, longest: u32| {
            let term = WorkingDays::new(days).filter(|_| days <= longest);
            if term.is_none() {
                let issue = Issue::new(Kind::OutOfRange, Place::Body, name);
                faults.add(issue.bounds(Some(1.into()), Some(longest.into())));
            }
            term
        };
        let receipt = days("receiptWorkingDays", self.receipt_working_days, LONGEST_RECEIPT);
        let answer = days("answerWorkingDays", self.answer_working_days, LONGEST_ANSWER);
        let ((receipt, answer), category_group) =
            faults.finish(receipt.zip(answer).zip(all_or_none(group)))?;
        Ok(TermRule {
            organisation_id: self.organisation_id,
            consultation_id: self.consultation_id,
            category_group,
            urgency: self.urgency,
            days: TermDays { receipt, answer },
        })
    }
}

endpoint!(
    /// Adds a row to the term table.
    pub CreateTerm, body = CreateTermBody
);

/// Add a row to the term table.
///
/// Requests that are sent from now on follow it; those that were sent keep their terms. Neighbourhood managers and
/// members of the city team add rows for their own consultations. A second row for the same service, consultation,
/// group and urgency is a conflict: take the first one away.
#[utoipa::path(
    tag = "Reference Data",
    request_body = CreateTermBody,
    responses((status = 201, description = "The new row", body = Term))
)]
#[post("/terms")]
pub async fn create_term(call: Call<CreateTerm>) -> Result<Reply, Problem> {
    let reference = call.reference().await?;
    let sight = call.permit.sight();
    let today = local_date(call.request.now);
    let known = Known { sight, reference: &reference, categories: &call.state.categories, today };
    let rule = call.body.rule(&known)?;
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        if let Some(consultation) = rule.consultation_id {
            let seat = principal.seat(Operation::CreateTerm, consultation);
            unit.act_for(seat.ok_or_else(|| Problem::new(Code::MissingPermission))?);
        }
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        check_new(unit, &rule)?;
        let term = StoredTerm { id: unit.new_id().into(), rule: rule.clone(), recorded_at: unit.now() };
        terms::add(unit, &term)?;
        let view = Term::of(&term, &base_url);
        let location = view.href.clone();
        Ok(Reply::created(&view, location)?.tag(&tag()))
    })
    .await
}

/// Fails when the table has a row for the same requests; the table is small.
///
/// A row that is added at the same moment is in the way of the store, which tries again; then it is seen here.
fn check_new(unit: &mut Unit<'_, '_>, rule: &TermRule) -> Result<(), Refusal> {
    let everything = Sight::everything();
    let whole = PageRequest { direction: Direction::Ascending, after: None, size: i64::MAX };
    let present = terms::list(unit.connection(), &everything, whole)?;
    let keys = |rule: &TermRule| {
        (rule.organisation_id, rule.consultation_id, rule.category_group.clone(), rule.urgency)
    };
    if present.items.iter().any(|term| keys(&term.rule) == keys(rule)) {
        return Err(Problem::new(Code::Conflict).detail(duplicate()).into());
    }
    Ok(())
}

fn duplicate() -> Detail {
    Detail::new(
        "Er is al een rij voor deze organisationId, consultationId, categoryGroup en urgency.",
        "Il y a déjà une ligne pour ces organisationId, consultationId, categoryGroup et urgency.",
        "There is a row for this organisationId, consultationId, categoryGroup and urgency already.",
    )
}
