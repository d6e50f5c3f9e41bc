//! Recording a contact.

use actix_web::post;
use domain::calendar::local_date;
use domain::contact::{Contact, Particulars};
use domain::follow_up::Channel;
use domain::id::OrganisationId;
use jiff::civil::Date;
use persistence::{ReferenceData, cases, follow_ups};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CaseContact;
use super::describe::{check_day, partner};
use super::view::tag;
use crate::call::Call;
use crate::cases::{CasePath, not_team};
use crate::codes::ChannelCode;
use crate::endpoint;
use crate::input::Faults;
use crate::problem::{Code, Problem};
use crate::reply::Reply;
use crate::work::Refusal;

/// A new contact.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(
    json!({
        "contactedOn": "2026-02-27",
        "partnerOrganisationId": "019a9d3e-0000-7000-8000-000000000002",
        "channel": "phone",
        "purpose": "Nagaan of de wijkpolitie extra toezicht kan houden.",
        "result": "Twee avonden per week tot eind maart."
    }),
    json!({
        "contactedOn": "2026-02-27",
        "partnerName": "Straathoekwerk",
        "channel": "onSite",
        "purpose": "Afstemmen over de groep aan het plein."
    })
))]
pub struct CreateContactBody {
    /// The day on which it took place; not in the future.
    contacted_on: Date,
    /// The partner, when the register of organisations knows it; this or `partnerName`.
    #[schema(value_type = Option<uuid::Uuid>)]
    partner_organisation_id: Option<OrganisationId>,
    /// The name of an external organisation that the register does not know; no name of a person.
    #[schema(min_length = 1, max_length = 200)]
    partner_name: Option<String>,
    /// How.
    #[schema(value_type = ChannelCode)]
    channel: Channel,
    /// What for; no names of persons.
    #[schema(min_length = 1, max_length = 2000)]
    purpose: String,
    /// What came of it; no names of persons.
    #[schema(min_length = 1, max_length = 10000)]
    result: Option<String>,
}

impl CreateContactBody {
    fn particulars(&self, reference: &ReferenceData, today: Date) -> Result<Particulars, Problem> {
        let mut faults = Faults::default();
        check_day(self.contacted_on, today, &mut faults);
        let partner =
            partner(self.partner_organisation_id, self.partner_name.as_ref(), reference, &mut faults);
        let purpose = faults.text("purpose", &self.purpose);
        let result = faults.optional_text("result", self.result.as_ref());
        let (((partner, kind), purpose), result) = faults.finish(partner.zip(purpose).zip(result))?;
        let (contacted_on, channel) = (self.contacted_on, self.channel);
        Ok(Particulars { contacted_on, partner, kind, channel, purpose, result })
    }
}

endpoint!(
    /// Records a contact.
    pub CreateCaseContact, path = CasePath, body = CreateContactBody
);

/// Record a contact.
///
/// A consultation with a partner on the case. It is internal when the partner is a service of the city or the police, else
/// external; it stays so when the partner changes. Housing companies record it on cases that they are asked about.
#[utoipa::path(
    tag = "Contacts",
    params(CasePath),
    request_body = CreateContactBody,
    responses((status = 201, description = "The new contact", body = CaseContact))
)]
#[post("/cases/{caseId}/contacts")]
pub async fn create_case_contact(call: Call<CreateCaseContact>) -> Result<Reply, Problem> {
    let id = call.path.case_id;
    let body = call.body.clone();
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let case = cases::find(unit.connection(), &sight, id)?.ok_or_else(|| Problem::not_found("caseId"))?;
        let asked = follow_ups::addressees(unit.connection(), id)?;
        let author = principal.contact_author(case.team(), &asked);
        unit.act_for(author.ok_or_else(|| not_team(&case, || Problem::new(Code::MissingPermission)))?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        let particulars = body.particulars(unit.reference, local_date(unit.now()))?;
        let contact_id = unit.new_id().into();
        let change = Contact::record(contact_id, id, case.consultation_id, particulars, &unit.stamp());
        unit.save(&change)?;
        cases::tell_leader(unit, &case);
        let view = CaseContact::of(&change.state, &base_url);
        let location = view.href.clone();
        Ok::<_, Refusal>(Reply::created(&view, location)?.tag(&tag(&change.state)))
    })
    .await
}
