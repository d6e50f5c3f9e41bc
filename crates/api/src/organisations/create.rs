//! Writing an organisation.

use actix_web::post;
use domain::access::Regime;
use domain::change::{Change, Version};
use domain::id::OrganisationId;
use domain::organisation::{Kind, Organisation as Aggregate};
use jiff::civil::Date;
use persistence::organisations::StoredOrganisation;
use persistence::{Edit, ReferenceData};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::Viewing;
use super::{Organisation, describe};
use crate::call::Call;
use crate::codes::{OrganisationKindCode, RegimeCode};
use crate::endpoint;
use crate::forms::{EnterpriseNumber, OvoCode};
use crate::input::Faults;
use crate::problem::Problem;
use crate::ref_data::LabelsBody;
use crate::reply::Reply;

/// A new organisation.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "kind": "cityService",
    "regime": "city",
    "name": {"nl": "Dienst Openbare Werken", "fr": "Travaux publics", "en": "Public works"},
    "enterpriseNumber": "0123.456.749",
    "ovoCode": "OVO001234",
    "takesRequests": true,
    "contactFunction": "Dispatching openbare werken",
    "validFrom": "2026-01-01"
})))]
pub struct CreateOrganisationBody {
    /// What it is.
    #[schema(value_type = OrganisationKindCode)]
    kind: Kind,
    /// The law and the owner under which its data stands.
    #[schema(value_type = RegimeCode)]
    regime: Regime,
    /// Its name.
    name: LabelsBody,
    /// Its enterprise number, plain or grouped; unique among the organisations without a last day.
    #[schema(value_type = Option<EnterpriseNumber>)]
    enterprise_number: Option<String>,
    /// Its code in the Flemish register of organisations; unique among the organisations without a last day.
    #[schema(value_type = Option<OvoCode>)]
    ovo_code: Option<String>,
    /// Whether it takes follow-up requests.
    #[serde(default)]
    #[schema(default = false)]
    takes_requests: bool,
    /// The function to turn to; no name of a person.
    #[schema(min_length = 1, max_length = 200)]
    contact_function: Option<String>,
    /// The first day on which it exists.
    valid_from: Date,
    /// The last day on which it exists.
    valid_to: Option<Date>,
    /// The organisation that took its place.
    #[schema(value_type = Option<uuid::Uuid>)]
    successor_id: Option<OrganisationId>,
}

impl CreateOrganisationBody {
    fn described(&self, id: OrganisationId, reference: &ReferenceData) -> Result<Aggregate, Problem> {
        let mut faults = Faults::default();
        let name = self.name.parsed("name", &mut faults);
        let enterprise_number = describe::enterprise_number(self.enterprise_number.as_ref(), &mut faults);
        let ovo_code = describe::ovo_code(self.ovo_code.as_ref(), &mut faults);
        let contact_function = describe::contact_function(self.contact_function.as_ref(), &mut faults);
        describe::check_period(self.valid_from, self.valid_to, &mut faults);
        describe::check_successor(self.successor_id, reference, &mut faults);
        let parsed = name.zip(enterprise_number).zip(ovo_code).zip(contact_function);
        let (((name, enterprise_number), ovo_code), contact_function) = faults.finish(parsed)?;
        Ok(Aggregate {
            id,
            version: Version::FIRST,
            kind: self.kind,
            regime: self.regime,
            name,
            enterprise_number,
            ovo_code,
            takes_requests: self.takes_requests,
            contact_function,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            successor_id: self.successor_id,
        })
    }
}

endpoint!(
    /// Writes an organisation.
    pub CreateOrganisation, body = CreateOrganisationBody
);

/// Write an organisation.
///
/// An enterprise number or OVO code that another organisation without a last day has is a conflict.
#[utoipa::path(
    tag = "Reference Data",
    request_body = CreateOrganisationBody,
    responses((status = 201, description = "The new organisation", body = Organisation))
)]
#[post("/organisations")]
pub async fn create_organisation(call: Call<CreateOrganisation>) -> Result<Reply, Problem> {
    let reference = call.reference().await?;
    let organisation = call.body.described(call.state.ids.next().into(), &reference)?;
    let sight = call.permit.sight().clone();
    let base_url = call.state.base_url.clone();
    let mut unique = describe::unique();
    call.write(move |unit| {
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        let stored = StoredOrganisation { organisation: organisation.clone(), created_at: unit.now() };
        let edit = Edit { verb: "create", at: unit.now() };
        let change = Change { before: None, state: stored, events: vec![edit] };
        unique.check(unit.save(&change))?;
        let viewing = Viewing { sight: &sight, base_url: &base_url };
        let organisation = &change.state.organisation;
        let reply = Reply::created(&viewing.view(&change.state), viewing.href(organisation))?;
        Ok(reply.tag(&viewing.tag(organisation)))
    })
    .await
}
