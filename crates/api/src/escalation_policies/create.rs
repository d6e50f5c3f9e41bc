//! Writing a policy.

use actix_web::post;
use domain::access::{Operation, Sight};
use domain::calendar::local_date;
use domain::category::{self, Category};
use domain::escalation_policy::{self as policy, Document, Scope};
use domain::id::{ConsultationId, OrganisationId};
use jiff::civil::Date;
use persistence::{ReferenceData, escalation_policies};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::EscalationPolicy;
use super::steps::{EscalationStep, document};
use super::view::tag;
use crate::call::Call;
use crate::endpoint;
use crate::forms::CategoryOrGroupCode;
use crate::input::Faults;
use crate::problem::{Code, Issue, Place, Problem};
use crate::ref_data::all_or_none;
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

/// What a scope is held to.
pub(super) struct Known<'a> {
    pub(super) sight: &'a Sight,
    pub(super) reference: &'a ReferenceData,
    pub(super) categories: &'a [Category],
    pub(super) today: Date,
}

impl Known<'_> {
    /// Reads a scope; `within` is where its members stand in the body.
    pub(super) fn scope(
        &self,
        within: &str,
        (consultation_id, category, organisation_id): (
            Option<ConsultationId>,
            Option<&str>,
            Option<OrganisationId>,
        ),
        faults: &mut Faults,
    ) -> Option<Scope> {
        let name = |member: &str| format!("{within}{member}");
        let may_see = |id| self.sight.everything || self.sight.consultations.contains(&id);
        match consultation_id {
            None if !self.sight.everything => {
                faults.add(Issue::required(Place::Body, name("consultationId")));
            }
            Some(id) if self.reference.consultation(id).is_none() || !may_see(id) => {
                faults.add(Issue::not_found(name("consultationId")));
            }
            _ => {}
        }
        if organisation_id.is_some_and(|id| self.reference.organisation(id).is_none()) {
            faults.add(Issue::not_found(name("organisationId")));
        }
        let category = category.map(|code| {
            let known = |code: &category::CategoryCode| {
                self.categories.iter().any(|known| known.code == *code && known.is_valid_on(self.today))
            };
            let code = category::CategoryCode::parse(code).ok().filter(known);
            if code.is_none() {
                faults.add(Issue::not_found(name("category")));
            }
            code
        });
        Some(Scope { consultation_id, category: all_or_none(category)?, organisation_id })
    }
}

impl CreateEscalationPolicyBody {
    fn parsed(&self, known: &Known<'_>) -> Result<(Scope, Document), Problem> {
        let mut faults = Faults::default();
        let given = (self.consultation_id, self.category.as_deref(), self.organisation_id);
        let scope = known.scope("", given, &mut faults);
        // What the steps may do depends on what the scope names, known or not.
        let named = scope.clone().unwrap_or(Scope {
            consultation_id: self.consultation_id,
            category: None,
            organisation_id: self.organisation_id,
        });
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
