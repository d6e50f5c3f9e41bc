//! Reading one action.

use actix_web::get;
use persistence::actions;

use super::view::Viewing;
use super::{Action, ActionPath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::Reply;

endpoint!(
    /// Reads an action.
    pub GetAction, path = ActionPath
);

/// Read an action.
///
/// Members of its consultation see it; a housing company sees the actions that it owns, without what they come from.
#[utoipa::path(
    tag = "Actions",
    params(ActionPath),
    responses((status = 200, description = "The action", body = Action))
)]
#[get("/actions/{actionId}")]
pub async fn get_action(call: Call<GetAction>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.action_id;
        let sight = call.permit.sight().clone();
        let found = call.read(move |connection| Ok(actions::find(connection, &sight, id)?)).await?;
        let action = found.ok_or_else(|| Problem::not_found("actionId"))?;
        let viewing = Viewing { sight: call.permit.sight(), base_url: &call.state.base_url };
        Ok(Reply::ok(&viewing.view(&action))?.tag(&viewing.tag(&action)))
    })
    .await
}
