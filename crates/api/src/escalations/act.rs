//! The frame of every verb on an escalation: find, hold its case, replay, check the version, decide, save, answer.

use domain::access::Operation;
use domain::change::Outcome as GenericOutcome;
use domain::escalation::{Escalation, EscalationError, Outcome, Side, Verb, side};
use persistence::cases::{self, Hold};
use persistence::escalations;

use super::EscalationPath;
use super::view::Viewing;
use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint::Operates;
use crate::problem::{Code, Detail, Issue, Place, Problem};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// Carries out a verb, while its case is held: alone by who gives the lead away or takes it, so that what is asked and done
/// about the case meanwhile is led by who leads then.
pub(super) async fn act<E>(
    call: Call<E>,
    verb: Verb,
    decide: impl Fn(Escalation, &mut Unit<'_, '_>) -> Result<Outcome, Refusal> + Send + 'static,
) -> Result<Reply, Problem>
where
    E: Operates<Permit = Permit<E>, Path = EscalationPath>,
{
    let id = call.path.escalation_id;
    let principal = call.permit.shared_principal();
    let reading = principal.sight(Operation::GetEscalation);
    let writing = call.permit.sight().clone();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let not_found = || Problem::not_found("escalationId");
        let found = escalations::find(unit.connection(), &reading, id)?.ok_or_else(not_found)?;
        cases::hold(unit, found.case_id, Hold::Alone)?;
        // Somebody else may have acted before it was held.
        let found = escalations::find(unit.connection(), &reading, id)?.ok_or_else(not_found)?;
        let acting = match side(verb) {
            Side::Lower => found.from_consultation_id,
            Side::Upper => found.to_consultation_id,
        };
        let seat = principal.seat(E::OPERATION, acting);
        unit.act_for(seat.ok_or_else(|| other_side(verb))?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(found.version)?;
        let escalation = match decide(found, unit)? {
            GenericOutcome::Unchanged(escalation) => escalation,
            GenericOutcome::Changed(change) => {
                unit.save(&change)?;
                change.state
            }
        };
        let viewing = Viewing { hands: &writing, now: unit.now(), base_url: &base_url };
        Ok(Reply::ok(&viewing.view(&escalation))?.tag(&viewing.tag(&escalation)))
    })
    .await
}

/// Makes the problem of a verb of the other side; whoever reads the escalation may know whose it is.
fn other_side(verb: Verb) -> Problem {
    Problem::new(Code::MissingPermission).detail(match side(verb) {
        Side::Lower => Detail::new(
            "Dit doet een lid van het overleg dat het dossier overdraagt.",
            "Ceci revient à un membre de la concertation qui transmet le dossier.",
            "A member of the consultation that hands the case over does this.",
        ),
        Side::Upper => Detail::new(
            "Dit doet een lid van het overleg waaraan het dossier overgedragen is.",
            "Ceci revient à un membre de la concertation à laquelle le dossier est transmis.",
            "A member of the consultation that the case is handed to does this.",
        ),
    })
}

impl From<EscalationError> for Refusal {
    fn from(error: EscalationError) -> Self {
        let problem = match error {
            EscalationError::Illegal { from, verb, allowed } => {
                let reason = format!("{verb} is not possible from {from}");
                let allowed: Vec<&str> = allowed.into_iter().map(Verb::code).collect();
                Problem::illegal_transition(from.code(), verb.code(), &reason, allowed)
            }
            EscalationError::ReasonRequired => Problem::bad_request([Issue::required(Place::Body, "reason")]),
            EscalationError::LegalGateRequired => {
                let issue = Issue::required(Place::Body, "legalGate").detail(Detail::new(
                    "Dit overleg neemt enkel dossiers aan met een wettelijke grond.",
                    "Cette concertation n'accepte que des dossiers avec une base légale.",
                    "This consultation only takes cases that have a legal ground.",
                ));
                Problem::bad_request([issue])
            }
        };
        problem.into()
    }
}
