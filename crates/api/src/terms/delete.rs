//! Taking a row out of the term table.

use actix_web::delete;
use domain::access::Operation;
use persistence::terms;

use super::TermPath;
use super::view::VERSION;
use crate::call::Call;
use crate::endpoint;
use crate::problem::{Code, Problem};
use crate::reply::Reply;

endpoint!(
    /// Takes a row out of the term table.
    pub DeleteTerm, path = TermPath
);

/// Take a row out of the term table.
///
/// Requests that were sent keep their terms. Neighbourhood managers and members of the city team take away the rows of
/// their own consultations.
#[utoipa::path(
    tag = "Reference Data",
    params(TermPath),
    responses((status = 204, description = "The row is taken away"))
)]
#[delete("/terms/{termId}")]
pub async fn delete_term(call: Call<DeleteTerm>) -> Result<Reply, Problem> {
    let id = call.path.term_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    call.write(move |unit| {
        let not_found = || Problem::not_found("termId");
        let term = terms::find(unit.connection(), id)?.ok_or_else(not_found)?;
        let consultation = term.rule.consultation_id;
        let seat = consultation.and_then(|consultation| principal.seat(Operation::DeleteTerm, consultation));
        match seat {
            Some(seat) => unit.act_for(seat),
            None if sight.everything => {}
            // The row can be read, so there is nothing to hide.
            None => return Err(Problem::new(Code::MissingPermission).into()),
        }
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(VERSION)?;
        if !terms::remove(unit, id)? {
            return Err(not_found().into());
        }
        Ok(Reply::no_content())
    })
    .await
}
