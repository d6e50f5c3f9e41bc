//! Reading one organisation.

use actix_web::get;
use persistence::organisations;

use super::view::Viewing;
use super::{Organisation, OrganisationPath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

endpoint!(
    /// Reads an organisation.
    pub GetOrganisation, path = OrganisationPath
);

/// Read an organisation.
///
/// Services and partners see their own in full and, by name, the services that take requests.
#[utoipa::path(
    tag = "Reference Data",
    params(OrganisationPath),
    responses((status = 200, description = "The organisation", body = Organisation))
)]
#[get("/organisations/{organisationId}")]
pub async fn get_organisation(call: Call<GetOrganisation>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.organisation_id;
        let found = call.read(move |connection| Ok(organisations::find(connection, id)?)).await?;
        let viewing = Viewing { sight: call.permit.sight(), base_url: &call.state.base_url };
        let found = found.filter(|found| viewing.sees(&found.organisation));
        let found = found.ok_or_else(|| Problem::not_found("organisationId"))?;
        Ok(Reply::ok(&viewing.view(&found))?.tag(&viewing.tag(&found.organisation)).cache(Cache::Revalidate))
    })
    .await
}
