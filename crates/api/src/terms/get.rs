//! Reading one row of the term table.

use actix_web::get;
use persistence::terms;

use super::view::tag;
use super::{Term, TermPath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

endpoint!(
    /// Reads a row of the term table.
    pub GetTerm, path = TermPath
);

/// Read a row of the term table.
///
/// Services and partners see the rows for their own organisations and those for all.
#[utoipa::path(
    tag = "Reference Data",
    params(TermPath),
    responses((status = 200, description = "The row", body = Term))
)]
#[get("/terms/{termId}")]
pub async fn get_term(call: Call<GetTerm>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.term_id;
        let found = call.read(move |connection| Ok(terms::find(connection, id)?)).await?;
        let sight = call.permit.sight();
        let found = found.filter(|term| {
            sight.everything || term.rule.organisation_id.is_none_or(|service| sight.own.contains(&service))
        });
        let term = found.ok_or_else(|| Problem::not_found("termId"))?;
        let view = Term::of(&term, &call.state.base_url);
        Ok(Reply::ok(&view)?.tag(&tag()).cache(Cache::Revalidate))
    })
    .await
}
