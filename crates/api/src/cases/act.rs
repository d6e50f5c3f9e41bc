//! The frame of every verb on a case: find, replay, check the version, decide, save, answer.

use domain::case::{Case, CaseError, Outcome, Status, Verb, allowed, edge};
use domain::change::Outcome as GenericOutcome;
use domain::id::CaseId;
use persistence::cases::{self, Hold};

use super::CasePath;
use super::view::{Viewing, visible};
use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint::Operates;
use crate::problem::{Code, Detail, Issue, Kind, Place, Problem};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// Carries out a verb.
pub(super) async fn act<E>(
    call: Call<E>,
    decide: impl Fn(Case, &mut Unit<'_, '_>) -> Result<Outcome, Refusal> + Send + 'static,
) -> Result<Reply, Problem>
where
    E: Operates<Permit = Permit<E>, Path = CasePath>,
{
    act_alone(call, Vec::new(), decide).await
}

/// Carries out a verb while nobody asks something about these cases.
pub(super) async fn act_alone<E>(
    call: Call<E>,
    mut held: Vec<CaseId>,
    decide: impl Fn(Case, &mut Unit<'_, '_>) -> Result<Outcome, Refusal> + Send + 'static,
) -> Result<Reply, Problem>
where
    E: Operates<Permit = Permit<E>, Path = CasePath>,
{
    // Always in the same order, so that two who hold the same cases do not wait for each other.
    held.sort_unstable();
    held.dedup();
    let id = call.path.case_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        for case in &held {
            cases::hold(unit, *case, Hold::Alone)?;
        }
        let not_found = || Problem::not_found("caseId");
        let case = cases::find(unit.connection(), &sight, id)?.ok_or_else(not_found)?;
        let seat = principal.seat(E::OPERATION, case.team()).ok_or_else(|| not_team(&case, not_found))?;
        unit.act_for(seat);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(case.version)?;
        let case = match decide(case, unit)? {
            GenericOutcome::Unchanged(case) => case,
            GenericOutcome::Changed(change) => {
                unit.save(&change)?;
                change.state
            }
        };
        let visible = visible(unit.connection(), &sight, [&case])?;
        let viewing = Viewing { sight: &sight, base_url: &base_url, visible: &visible };
        Ok(Reply::ok(&viewing.view(&case))?.tag(&viewing.tag(&case)))
    })
    .await
}

impl From<CaseError> for Refusal {
    fn from(error: CaseError) -> Self {
        let body = |kind, name: &str| Problem::bad_request([Issue::new(kind, Place::Body, name)]);
        let problem = match error {
            CaseError::Illegal { from, verb, allowed } => {
                let reason = format!("{verb} is not possible from {from}");
                let allowed: Vec<&str> = allowed.into_iter().map(Verb::code).collect();
                Problem::illegal_transition(from.code(), verb.code(), &reason, allowed)
            }
            CaseError::OpenWork { count } => Problem::new(Code::OpenWork).member("openCount", count),
            CaseError::SameCase { verb: Verb::Merge } | CaseError::TargetNotOpen { .. } => {
                body(Kind::InvalidInput, "intoCaseId")
            }
            CaseError::SameCase { .. } => body(Kind::InvalidInput, "caseId"),
            CaseError::DayInThePast => body(Kind::OutOfRange, "checkOn"),
            CaseError::LeadRequired => body(Kind::RequiredInput, "leadOrganisationId"),
        };
        problem.into()
    }
}

/// Tells a reader of a case who is not its team that another consultation leads it; else gives the other problem.
pub(crate) fn not_team(case: &Case, other: impl FnOnce() -> Problem) -> Problem {
    if case.led_by.is_some() { led_elsewhere() } else { other() }
}

/// Makes the problem of a change by members of the lower consultation while the one above leads: they read, and may know.
pub(crate) fn led_elsewhere() -> Problem {
    Problem::new(Code::MissingPermission).detail(Detail::new(
        "Een ander overleg leidt dit dossier tijdens een escalatie; u kunt het lezen, niet wijzigen.",
        "Une autre concertation dirige ce dossier pendant une escalade ; vous pouvez le lire, non le modifier.",
        "Another consultation leads this case during an escalation; you can read it, not change it.",
    ))
}

/// Fails when a case is over: nothing new is opened on it. `operation` is what was asked for.
pub(crate) fn goes_on(state: Status, operation: &str) -> Result<(), Problem> {
    if edge(state, Verb::Edit).is_some() {
        return Ok(());
    }
    let verbs: Vec<&str> = allowed(state).into_iter().map(Verb::code).collect();
    Err(Problem::illegal_transition(state.code(), operation, &format!("the case is {state}"), verbs))
}
