//! What was refused: who asked for what in vain is part of the audit trail.
//!
//! A call of somebody who is known is written down when the right to it is missing, when it names what is not there for its
//! caller, and when the state of things forbids it. What cannot be read at all is not: nobody could say what was asked for.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use domain::access::Operation;
use persistence::audit;
use persistence::{Circumstances, Deed, Subject};
use uuid::Uuid;

use crate::clock::Ids;
use crate::envelope::Context;
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::work::{blocking, own_circumstances};

/// Writes down that a call was refused. When that fails the caller is refused all the same, and the log has it.
pub(crate) async fn note(state: &Arc<State>, context: &Context, response: &ServiceResponse) {
    let is_refusal =
        matches!(response.status(), StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::CONFLICT);
    if !is_refusal {
        return;
    }
    let Some(principal) = context.principal.get() else { return };
    let Some(operation) = Operation::from_code(context.operation.get()) else { return };
    let problem = response.response().error().and_then(|error| error.as_error::<Problem>());
    let code = problem.map_or_else(|| Code::of_status(response.status()), Problem::code);
    let subject = subject(response.request());
    let refused = Deed {
        refused: Some(code.entry().code),
        ..subject.map_or_else(Deed::default, |(of, id)| Deed::of(of, id))
    };
    let now = state.clock.now();
    let circumstances = Circumstances {
        actor: principal.actor_of(operation),
        roles: principal.role_codes(),
        request_id: context.request_id,
        ..own_circumstances(now, operation.code(), Arc::<dyn Ids>::clone(&state.ids))
    };
    let store = state.store.clone();
    let written = blocking(move || {
        let written = store.write(&circumstances, |transaction| {
            let case = match refused.subject {
                Some((_, id)) if refused.case_id.is_none() => audit::case_of(transaction.connection(), id)?,
                _ => None,
            };
            transaction.record(&refused.within(case)).map(drop)
        });
        Ok(written?)
    });
    if let Err(problem) = written.await {
        let cause = problem.cause().unwrap_or_default();
        tracing::error!(request_id = %context.request_id, cause, "what was refused is not in the audit trail");
    }
}

/// Gives what the path names: the outermost thing of which there are events.
fn subject(request: &HttpRequest) -> Option<(Subject, Uuid)> {
    request.match_info().iter().find_map(|(name, id)| {
        let subject = Subject::from_code(name.strip_suffix("Id")?)?;
        Some((subject, id.parse().ok()?))
    })
}
