//! Writing a policy.

use actix_web::post;
use domain::access::Operation;
use domain::calendar::local_date;
use domain::escalation_policy::{self as policy, Document, Scope};
use domain::id::{ConsultationId, OrganisationId};
use persistence::escalation_policies;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::EscalationPolicy;
use super::steps::{EscalationStep, document};
use super::view::tag;
use crate::call::Call;
use crate::endpoint;
use crate::forms::CategoryOrGroupCode;
use crate::input::Faults;
use crate::problem::{Code, Problem};
use crate::ref_data::{Known, all_or_none};
use crate::reply::Reply;

/// A new policy: what it judges, and its steps. What is absent of the scope holds for all.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "consultationId": "019a9d3e-0000-7000-8000-0000000000a1",
    "steps": [
        {"id": "receiptOverdue", "condition": "receiptOverdue", "workingDays": 0, "effects": ["remindService"]},
        {"id": "answerLate", "condition": "answerLate", "workingDays": 3, "effects": ["informHead", "putOnAgenda"]}
    ]
})))]
pub struct CreateEscalationPolicyBody {
    /// What belongs to this consultation; required of all but administrators.
    #[schema(value_type = Option<uuid::Uuid>)]
    consultation_id: Option<ConsultationId>,
    /// Cases of this category or main group, and requests about them.
    #[schema(value_type = Option<CategoryOrGroupCode>)]
    category: Option<String>,
    /// Requests to this service.
    #[schema(value_type = Option<uuid::Uuid>)]
    organisation_id: Option<OrganisationId>,
    /// Its steps, in the order in which they take effect when several do at the same instant.
    #[schema(min_items = 1, max_items = 50)]
    steps: Vec<EscalationStep>,
}

/// The members of a scope as a body has them.
#[derive(Debug, Clone, Copy)]
pub(super) struct GivenScope<'a> {
    /// Where they stand in the body.
    pub(super) within: &'static str,
    pub(super) consultation_id: Option<ConsultationId>,
    pub(super) category: Option<&'a str>,
    pub(super) organisation_id: Option<OrganisationId>,
}

impl GivenScope<'_> {
    /// Reads a scope, and notes what of it is unknown.
    pub(super) fn parsed(&self, known: &Known<'_>, faults: &mut Faults) -> Option<Scope> {
        let Self { within, consultation_id, category, organisation_id } = *self;
        let name = |member: &str| format!("{within}{member}");
        known.consultation(name("consultationId"), consultation_id, faults);
        known.organisation(name("organisationId"), organisation_id, faults);
        let category = category.map(|code| known.category(name("category"), code, faults));
        Some(Scope { consultation_id, category: all_or_none(category)?, organisation_id })
    }

    /// Gives the scope without its category: what steps may do depends on what it names, known or not.
    pub(super) const fn named(&self) -> Scope {
        Scope { consultation_id: self.consultation_id, category: None, organisation_id: self.organisation_id }
    }
}

impl CreateEscalationPolicyBody {
    fn parsed(&self, known: &Known<'_>) -> Result<(Scope, Document), Problem> {
        let mut faults = Faults::default();
        let given = GivenScope {
            within: "",
            consultation_id: self.consultation_id,
            category: self.category.as_deref(),
            organisation_id: self.organisation_id,
        };
        let scope = given.parsed(known, &mut faults);
        let named = scope.clone().unwrap_or_else(|| given.named());
        let document = document(&self.steps, &named, &mut faults);
        faults.finish(scope.zip(document))
    }
}

endpoint!(
    /// Writes a policy.
    pub CreateEscalationPolicy, body = CreateEscalationPolicyBody
);

/// Write an escalation policy.
///
/// It is a draft, which judges nothing until it is activated. It is checked as a whole, and every fault is named with its
/// step. Neighbourhood managers and members of the city team write those of their own consultations.
#[utoipa::path(
    tag = "Escalation",
    request_body = CreateEscalationPolicyBody,
    responses((status = 201, description = "The new policy", body = EscalationPolicy))
)]
#[post("/escalationPolicies")]
pub async fn create_escalation_policy(call: Call<CreateEscalationPolicy>) -> Result<Reply, Problem> {
    let reference = call.reference().await?;
    let known = Known {
        sight: call.permit.sight(),
        reference: &reference,
        categories: &call.state.categories,
        today: local_date(call.request.now),
    };
    let (scope, document) = call.body.parsed(&known)?;
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        if let Some(consultation) = scope.consultation_id {
            let seat = principal.seat(Operation::CreateEscalationPolicy, consultation);
            unit.act_for(seat.ok_or_else(|| Problem::new(Code::MissingPermission))?);
        }
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        let number = escalation_policies::next_number(unit.connection(), &scope)?;
        let id = unit.new_id().into();
        let change =
            policy::EscalationPolicy::create(id, scope.clone(), number, document.clone(), &unit.stamp());
        unit.save(&change)?;
        let view = EscalationPolicy::of(&change.state, &base_url);
        let location = view.href.clone();
        Ok(Reply::created(&view, location)?.tag(&tag(&change.state)))
    })
    .await
}
