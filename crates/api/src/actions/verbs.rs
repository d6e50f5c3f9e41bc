//! The verbs of an action's life cycle.

use actix_web::post;
use domain::action::{Cancel, Complete, Reopen, Start};
use domain::change::Outcome;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::act;
use super::create::check_reopening;
use super::{Action, ActionPath};
use crate::call::Call;
use crate::endpoint;
use crate::input::Faults;
use crate::problem::Problem;
use crate::reply::Reply;

/// Nothing to say.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({})))]
pub struct StartActionBody {}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"result": "Twaalf avonden aanwezig; sinds vorige week is het rustig."})))]
pub struct CompleteActionBody {
    /// What came of it; no names of persons.
    #[schema(min_length = 1, max_length = 2000)]
    result: String,
}

/// Why it is not needed any more.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"text": "De groep komt er niet meer samen."})))]
pub struct CancelActionBody {
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// Why it is taken up again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"text": "Opnieuw meldingen sinds vorige week."})))]
pub struct ReopenActionBody {
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

endpoint!(
    /// Begins with an action.
    pub StartAction, path = ActionPath, body = StartActionBody
);

/// Begin with an action.
///
/// From `open` to `inProgress`.
#[utoipa::path(
    tag = "Actions",
    params(ActionPath),
    request_body = StartActionBody,
    responses((status = 200, description = "The action after it", body = Action))
)]
#[post("/actions/{actionId}/start")]
pub async fn start_action(call: Call<StartAction>) -> Result<Reply, Problem> {
    act(call, |action, unit| Ok(action.start(&Start {}, &unit.stamp())?)).await
}

endpoint!(
    /// Ends an action with a result.
    pub CompleteAction, path = ActionPath, body = CompleteActionBody
);

/// End an action with a result.
///
/// From `open` or `inProgress` to `done`.
#[utoipa::path(
    tag = "Actions",
    params(ActionPath),
    request_body = CompleteActionBody,
    responses((status = 200, description = "The action after it", body = Action))
)]
#[post("/actions/{actionId}/complete")]
pub async fn complete_action(call: Call<CompleteAction>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let result = faults.text("result", &call.body.result);
    let command = faults.finish(result.map(|result| Complete { result }))?;
    act(call, move |action, unit| Ok(action.complete(&command, &unit.stamp())?)).await
}

endpoint!(
    /// Ends an action without a result.
    pub CancelAction, path = ActionPath, body = CancelActionBody
);

/// End an action without a result.
///
/// From `open` or `inProgress` to `cancelled`.
#[utoipa::path(
    tag = "Actions",
    params(ActionPath),
    request_body = CancelActionBody,
    responses((status = 200, description = "The action after it", body = Action))
)]
#[post("/actions/{actionId}/cancel")]
pub async fn cancel_action(call: Call<CancelAction>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let command = faults.finish(text.map(|text| Cancel { text }))?;
    act(call, move |action, unit| Ok(action.cancel(&command, &unit.stamp())?)).await
}

endpoint!(
    /// Takes an action up again.
    pub ReopenAction, path = ActionPath, body = ReopenActionBody
);

/// Take an action up again.
///
/// From `done` or `cancelled` to `open`; what it came to is not its result any more. An action on a case that is over
/// stays as it is.
#[utoipa::path(
    tag = "Actions",
    params(ActionPath),
    request_body = ReopenActionBody,
    responses((status = 200, description = "The action after it", body = Action))
)]
#[post("/actions/{actionId}/reopen")]
pub async fn reopen_action(call: Call<ReopenAction>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let command = faults.finish(text.map(|text| Reopen { text }))?;
    act(call, move |action, unit| {
        let outcome = action.clone().reopen(&command, &unit.stamp())?;
        if matches!(outcome, Outcome::Changed(_)) {
            check_reopening(unit, &action)?;
        }
        Ok(outcome)
    })
    .await
}
