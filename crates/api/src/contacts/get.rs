//! Reading one contact.

use actix_web::get;
use persistence::{cases, contacts};

use super::view::tag;
use super::{CaseContact, ContactPath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::Reply;

endpoint!(
    /// Reads a contact.
    pub GetCaseContact, path = ContactPath
);

/// Read a contact.
///
/// Housing companies read what they recorded themselves.
#[utoipa::path(
    tag = "Contacts",
    params(ContactPath),
    responses((status = 200, description = "The contact", body = CaseContact))
)]
#[get("/cases/{caseId}/contacts/{contactId}")]
pub async fn get_case_contact(call: Call<GetCaseContact>) -> Result<Reply, Problem> {
    call.document(async || {
        let ContactPath { case_id, contact_id } = call.path;
        let sight = call.permit.sight().clone();
        let found = call.snapshot(move |connection| {
            let not_found = |name: &'static str| move || Problem::not_found(name);
            let case = cases::find(connection, &sight, case_id)?.ok_or_else(not_found("caseId"))?;
            let contact = contacts::find(connection, &sight, case_id, contact_id)?;
            Ok((case, contact.ok_or_else(not_found("contactId"))?))
        });
        let (case, contact) = found.await?;
        if !call.has(&tag(&contact)) {
            call.note_sensitive([&*case]).await?;
        }
        Ok(Reply::ok(&CaseContact::of(&contact, &call.state.base_url))?.tag(&tag(&contact)))
    })
    .await
}
