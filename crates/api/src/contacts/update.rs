//! Correcting a contact, by merge patch.

use actix_web::patch;
use domain::calendar::local_date;
use domain::change::Outcome;
use domain::contact::{Contact, Particulars, Partner};
use domain::follow_up::Channel;
use domain::id::OrganisationId;
use jiff::civil::Date;
use persistence::{ReferenceData, cases, contacts};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::describe::{check_day, partner};
use super::of_case::of_case;
use super::view::tag;
use super::{CaseContact, ContactPath};
use crate::call::Call;
use crate::cases::not_team;
use crate::codes::ChannelCode;
use crate::endpoint;
use crate::input::Faults;
use crate::problem::{Code, Problem};
use crate::ref_data::given;
use crate::reply::Reply;

/// A merge patch of a contact (RFC 7396): what is absent stays, `null` takes away.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"result": "Twee avonden per week tot eind april."})))]
#[allow(clippy::option_option, reason = "absent leaves as is, null takes away")]
pub struct ContactPatch {
    /// The day on which it took place; not in the future.
    #[schema(nullable = false)]
    contacted_on: Option<Date>,
    /// The partner, when the register of organisations knows it; this or `partnerName`.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    partner_organisation_id: Option<Option<OrganisationId>>,
    /// The name of an external organisation that the register does not know; no name of a person.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    partner_name: Option<Option<String>>,
    /// How.
    #[schema(value_type = ChannelCode, required = false)]
    channel: Option<Channel>,
    /// What for; no names of persons.
    #[schema(min_length = 1, max_length = 2000, nullable = false)]
    purpose: Option<String>,
    /// What came of it; no names of persons.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 10000)]
    result: Option<Option<String>>,
}

impl ContactPatch {
    /// Lays the patch over what a contact says. The partner keeps its kind unless another one takes its place.
    fn applied(
        &self,
        to: &Particulars,
        reference: &ReferenceData,
        today: Date,
    ) -> Result<Particulars, Problem> {
        let mut faults = Faults::default();
        let contacted_on = self.contacted_on.unwrap_or(to.contacted_on);
        check_day(contacted_on, today, &mut faults);
        let (known_id, known_name) = match &to.partner {
            Partner::Organisation(id) => (Some(*id), None),
            Partner::Named(name) => (None, Some(name.to_string())),
        };
        let organisation = self.partner_organisation_id.unwrap_or(known_id);
        let name = self.partner_name.clone().unwrap_or_else(|| known_name.clone());
        let patched = if (organisation, &name) == (known_id, &known_name) {
            Some((to.partner.clone(), to.kind))
        } else {
            partner(organisation, name.as_ref(), reference, &mut faults)
        };
        let purpose = match &self.purpose {
            Some(purpose) => faults.text("purpose", purpose),
            None => Some(to.purpose.clone()),
        };
        let result = match &self.result {
            Some(result) => faults.optional_text("result", result.as_ref()),
            None => Some(to.result.clone()),
        };
        let (((partner, kind), purpose), result) = faults.finish(patched.zip(purpose).zip(result))?;
        let channel = self.channel.unwrap_or(to.channel);
        Ok(Particulars { contacted_on, partner, kind, channel, purpose, result })
    }
}

endpoint!(
    /// Corrects a contact.
    pub UpdateCaseContact, path = ContactPath, body = ContactPatch
);

/// Correct a contact.
///
/// Guards and housing officers correct what their own organisation recorded. A new partner takes the place of the one
/// before: take `partnerName` away with `null` when you give `partnerOrganisationId`, and the other way round. A patch
/// that changes nothing leaves the version as it is.
#[utoipa::path(
    tag = "Contacts",
    params(ContactPath),
    request_body = ContactPatch,
    responses((status = 200, description = "The contact after it", body = CaseContact))
)]
#[patch("/cases/{caseId}/contacts/{contactId}")]
pub async fn update_case_contact(call: Call<UpdateCaseContact>) -> Result<Reply, Problem> {
    let ContactPath { case_id, contact_id } = call.path;
    let patch = call.body.clone();
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let not_found = |name: &'static str| move || Problem::not_found(name);
        let case = cases::find(unit.connection(), &sight, case_id)?.ok_or_else(not_found("caseId"))?;
        let of_case = of_case(&sight, &case);
        let contact: Contact = contacts::find(unit.connection(), &of_case, case_id, contact_id)?
            .ok_or_else(not_found("contactId"))?;
        let author = contact.created_by.organisation_id;
        let editor = principal.contact_editor(case.team(), author);
        unit.act_for(editor.ok_or_else(|| not_team(&case, || Problem::new(Code::MissingPermission)))?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(contact.version)?;
        let today = local_date(unit.now());
        let particulars = patch.applied(&contact.particulars, unit.reference, today)?;
        let contact = match contact.correct(particulars, &unit.stamp()) {
            Outcome::Unchanged(contact) => contact,
            Outcome::Changed(change) => {
                unit.save(&change)?;
                cases::tell_leader(unit, &case);
                change.state
            }
        };
        Ok(Reply::ok(&CaseContact::of(&contact, &base_url))?.tag(&tag(&contact)))
    })
    .await
}
