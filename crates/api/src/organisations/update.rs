//! Editing an organisation, by merge patch.

use actix_web::patch;
use domain::access::Regime;
use domain::change::Change;
use domain::id::OrganisationId;
use domain::organisation::{Kind, Organisation as Aggregate};
use jiff::civil::Date;
use persistence::Edit;
use persistence::organisations::{self, StoredOrganisation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::Viewing;
use super::{Organisation, OrganisationPath, describe};
use crate::call::Call;
use crate::codes::{OrganisationKindCode, RegimeCode};
use crate::endpoint;
use crate::forms::{EnterpriseNumber, OvoCode};
use crate::input::Faults;
use crate::problem::Problem;
use crate::ref_data::{LabelsPatch, given};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// A merge patch of an organisation (RFC 7396): what is absent stays, `null` takes away.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"contactFunction": "Dispatching openbare werken"})))]
#[allow(clippy::option_option, reason = "absent leaves as is, null takes away")]
pub struct OrganisationPatch {
    /// What it is.
    #[schema(value_type = OrganisationKindCode, required = false)]
    kind: Option<Kind>,
    /// The law and the owner under which its data stands.
    #[schema(value_type = RegimeCode, required = false)]
    regime: Option<Regime>,
    /// Its name, language by language.
    #[schema(value_type = LabelsPatch, required = false)]
    name: Option<LabelsPatch>,
    /// Its enterprise number, plain or grouped.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<EnterpriseNumber>)]
    enterprise_number: Option<Option<String>>,
    /// Its code in the Flemish register of organisations.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<OvoCode>)]
    ovo_code: Option<Option<String>>,
    /// Whether it takes follow-up requests.
    #[schema(nullable = false)]
    takes_requests: Option<bool>,
    /// The function to turn to; no name of a person.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    contact_function: Option<Option<String>>,
    /// The first day on which it exists.
    #[schema(nullable = false)]
    valid_from: Option<Date>,
    /// The last day on which it exists.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Date>)]
    valid_to: Option<Option<Date>>,
    /// The organisation that took its place.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    successor_id: Option<Option<OrganisationId>>,
}

impl OrganisationPatch {
    fn applied(&self, to: &Aggregate, unit: &mut Unit<'_, '_>) -> Result<Aggregate, Refusal> {
        let mut faults = Faults::default();
        let name = match &self.name {
            Some(patch) => patch.applied(&to.name, "name", &mut faults),
            None => Some(to.name.clone()),
        };
        let enterprise_number = match &self.enterprise_number {
            Some(number) => describe::enterprise_number(number.as_ref(), &mut faults),
            None => Some(to.enterprise_number),
        };
        let ovo_code = match &self.ovo_code {
            Some(code) => describe::ovo_code(code.as_ref(), &mut faults),
            None => Some(to.ovo_code.clone()),
        };
        let contact_function = match &self.contact_function {
            Some(function) => describe::contact_function(function.as_ref(), &mut faults),
            None => Some(to.contact_function.clone()),
        };
        let valid_from = self.valid_from.unwrap_or(to.valid_from);
        let valid_to = self.valid_to.unwrap_or(to.valid_to);
        let successor_id = self.successor_id.unwrap_or(to.successor_id);
        describe::check_period(valid_from, valid_to, &mut faults);
        if successor_id != to.successor_id {
            describe::check_successor(successor_id, unit.reference, &mut faults);
            describe::check_succession(to.id, successor_id, unit, &mut faults)?;
        }
        let parsed = name.zip(enterprise_number).zip(ovo_code).zip(contact_function);
        let (((name, enterprise_number), ovo_code), contact_function) = faults.finish(parsed)?;
        Ok(Aggregate {
            id: to.id,
            version: to.version,
            kind: self.kind.unwrap_or(to.kind),
            regime: self.regime.unwrap_or(to.regime),
            name,
            enterprise_number,
            ovo_code,
            takes_requests: self.takes_requests.unwrap_or(to.takes_requests),
            contact_function,
            valid_from,
            valid_to,
            successor_id,
        })
    }
}

endpoint!(
    /// Edits an organisation.
    pub UpdateOrganisation, path = OrganisationPath, body = OrganisationPatch
);

/// Edit an organisation.
///
/// Give a service that ends a last day and its successor. A patch that changes nothing leaves the version as it is.
#[utoipa::path(
    tag = "Reference Data",
    params(OrganisationPath),
    request_body = OrganisationPatch,
    responses((status = 200, description = "The organisation after it", body = Organisation))
)]
#[patch("/organisations/{organisationId}")]
pub async fn update_organisation(call: Call<UpdateOrganisation>) -> Result<Reply, Problem> {
    let id = call.path.organisation_id;
    let patch = call.body.clone();
    let sight = call.permit.sight().clone();
    let base_url = call.state.base_url.clone();
    let mut unique = describe::unique();
    call.write(move |unit| {
        let found = organisations::find(unit.connection(), id)?;
        let mut stored = found.ok_or_else(|| Problem::not_found("organisationId"))?;
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(stored.organisation.version)?;
        let patched = patch.applied(&stored.organisation, unit)?;
        if patched != stored.organisation {
            let organisation = Aggregate { version: stored.organisation.version.next(), ..patched };
            let edit = Edit { verb: "update", at: unit.now() };
            let state = StoredOrganisation { organisation, ..stored };
            let change = Change { before: Some(stored), state, events: vec![edit] };
            unique.check(unit.save(&change))?;
            stored = change.state;
        }
        let viewing = Viewing { sight: &sight, base_url: &base_url };
        Ok(Reply::ok(&viewing.view(&stored))?.tag(&viewing.tag(&stored.organisation)))
    })
    .await
}
