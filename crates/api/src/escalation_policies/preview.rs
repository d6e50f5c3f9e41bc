//! What a policy would do, or would have done, beside what the active ones do. Writes nothing.

mod run;
mod tally;
mod view;

use std::sync::Arc;

use actix_web::post;
use domain::calendar::{end_of_day, local_date, start_of_day};
use domain::change::Stamp;
use domain::escalation_policy::{EscalationPolicy as Policy, Scope};
use domain::id::{ConsultationId, EscalationPolicyId, OrganisationId};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use persistence::escalation_policies;
use persistence::sweep::Reach;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::run::Preview;
use self::view::EscalationPreview;
use super::create::GivenScope;
use super::get::is_visible;
use super::steps::{EscalationStep, document};
use crate::call::Call;
use crate::endpoint;
use crate::forms::CategoryOrGroupCode;
use crate::input::Faults;
use crate::period;
use crate::problem::{Detail, Issue, Kind, Place, Problem};
use crate::ref_data::Known;
use crate::reply::Reply;

/// The longest period, and how far ahead it reaches, in years.
const LONGEST: i8 = 5;

/// How far back it reaches, in years.
const FARTHEST: i8 = 20;

/// Whose requests, cases and actions are judged.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreviewScope {
    /// Of this consultation.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// Cases of this category or main group, and requests about them.
    #[schema(value_type = Option<CategoryOrGroupCode>)]
    category: Option<String>,
    /// Requests to this service.
    #[schema(value_type = Option<uuid::Uuid>)]
    organisation_id: Option<OrganisationId>,
}

/// A policy, stored or given, and what to judge with it until when.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "steps": [{"id": "answerLate", "condition": "answerLate", "workingDays": 0, "effects": ["informHead"]}],
    "scope": {"consultationId": "019a9d3e-0000-7000-8000-0000000000a1"},
    "from": "2026-01-01",
    "until": "2026-12-31"
})))]
pub struct PreviewEscalationPolicyBody {
    /// A stored policy, in any state; it judges its own scope.
    #[schema(value_type = Option<uuid::Uuid>)]
    escalation_policy_id: Option<EscalationPolicyId>,
    /// Or the steps of one that is not stored; it judges the scope below. Without either, only the active policies are told.
    #[schema(min_items = 1, max_items = 50)]
    steps: Option<Vec<EscalationStep>>,
    /// Whose requests, cases and actions are judged.
    scope: PreviewScope,
    /// The day from whose beginning on the policy is taken to be active, and entries are told; today unless told otherwise.
    from: Option<Date>,
    /// The last day that is told; what lies ahead is judged as if nothing else happened.
    until: Date,
}

endpoint!(
    /// Tells what a policy would do.
    pub PreviewEscalationPolicy, body = PreviewEscalationPolicyBody
);

/// Preview an escalation policy.
///
/// Tells which steps would take effect until a day, or would have over a past period, when and why, beside what the active
/// policies do. The same rules as those of the sweep judge the same history; nothing is written. At most 500 entries are told,
/// the earliest; the counts are of all.
#[utoipa::path(
    tag = "Escalation",
    request_body = PreviewEscalationPolicyBody,
    responses((status = 200, description = "What would take effect", body = EscalationPreview)),
    extensions(("x-idempotency-key" = json!(false)))
)]
#[post("/escalationPolicies/preview")]
pub async fn preview_escalation_policy(call: Call<PreviewEscalationPolicy>) -> Result<Reply, Problem> {
    let reference = call.reference().await?;
    let known = Known {
        sight: call.permit.sight(),
        reference: &reference,
        categories: &call.state.categories,
        today: local_date(call.request.now),
    };
    let asked = call.body.parsed(&known)?;
    let reading = call.permit.shared_principal().sight(domain::access::Operation::GetEscalationPolicy);
    let (now, ids) = (call.request.now, Arc::clone(&call.state.ids));
    let actor = call.permit.principal().actor_of(domain::access::Operation::PreviewEscalationPolicy);
    let view = call
        .snapshot(move |connection| {
            let policy = match &asked.policy {
                Wanted::Active => None,
                Wanted::Stored(id) => {
                    let found = escalation_policies::find(connection, *id)?;
                    let found = found.filter(|policy| is_visible(&reading, policy));
                    let fault = || Problem::bad_request([Issue::not_found("escalationPolicyId")]);
                    Some(found.ok_or_else(fault)?)
                }
                Wanted::Given(scope, document) => {
                    let stamp = Stamp { at: now, by: actor.clone() };
                    let id = ids.next().into();
                    Some(Policy::create(id, scope.clone(), 0, document.clone(), &stamp).state)
                }
            };
            let book = escalation_policies::book(connection)?;
            let preview = Preview {
                reference: &reference,
                supposed: policy.map(|policy| book.supposing(policy, asked.from)),
                book,
                from: asked.from,
                until: asked.until,
            };
            let tally = preview.run(connection, &asked.reach)?;
            Ok(EscalationPreview::of(&tally, &asked, now))
        })
        .await?;
    Reply::ok(&view)
}

/// Which policy is meant.
enum Wanted {
    Active,
    Stored(EscalationPolicyId),
    Given(Scope, domain::escalation_policy::Document),
}

/// What a caller asks, checked.
struct Asked {
    policy: Wanted,
    reach: Reach,
    from: Timestamp,
    until: Timestamp,
}

impl PreviewEscalationPolicyBody {
    fn parsed(&self, known: &Known<'_>) -> Result<Asked, Problem> {
        let mut faults = Faults::default();
        let PreviewScope { consultation_id, category, organisation_id } = &self.scope;
        let given = GivenScope {
            within: "scope.",
            consultation_id: Some(*consultation_id),
            category: category.as_deref(),
            organisation_id: *organisation_id,
        };
        let scope = given.parsed(known, &mut faults);
        let policy = match (self.escalation_policy_id, &self.steps) {
            (Some(_), Some(_)) => {
                faults.add(Issue::new(Kind::InvalidInput, Place::Body, "steps").detail(Detail::new(
                    "Geef een bewaard beleid of stappen, niet beide.",
                    "Donnez une politique enregistrée ou des étapes, pas les deux.",
                    "Give a stored policy or steps, not both.",
                )));
                None
            }
            (Some(id), None) => Some(Wanted::Stored(id)),
            (None, Some(steps)) => {
                let named = scope.clone().unwrap_or_else(|| given.named());
                document(steps, &named, &mut faults).map(|document| Wanted::Given(named, document))
            }
            (None, None) => Some(Wanted::Active),
        };
        let from = self.from.unwrap_or(known.today);
        let bounds =
            [-FARTHEST, LONGEST].map(|years| known.today.checked_add(years.years()).unwrap_or(known.today));
        let within = |day| (bounds[0]..=bounds[1]).contains(&day);
        let days = [("from", from), ("until", self.until)];
        if let Some((name, _)) = days.into_iter().find(|(_, day)| !within(*day)) {
            let detail = Detail::new(
                "Een voorbeeld reikt van {past} jaar terug tot {ahead} jaar vooruit.",
                "Un aperçu va de {past} ans en arrière à {ahead} ans en avant.",
                "A preview reaches from {past} years back to {ahead} years ahead.",
            );
            let issue = Issue::new(Kind::OutOfRange, Place::Body, name);
            faults.add(issue.detail(detail.with("past", FARTHEST).with("ahead", LONGEST)));
        } else if self.until < from {
            faults.add(Issue::new(Kind::InvalidPeriod, Place::Body, "until"));
        } else if let Some(issue) = period::too_long(from, self.until, LONGEST, Place::Body, "until") {
            faults.add(issue);
        }
        let (policy, scope) = faults.finish(policy.zip(scope))?;
        let reach = Reach {
            consultation_id: *consultation_id,
            category: scope.category,
            organisation_id: scope.organisation_id,
        };
        Ok(Asked { policy, reach, from: start_of_day(from), until: end_of_day(self.until) })
    }
}
