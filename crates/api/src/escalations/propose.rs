//! Proposing an escalation inside a unit of work, by a team or a rule, and what becomes of it when its case ends.

use std::collections::BTreeSet;

use domain::case::Case;
use domain::change::Outcome;
use domain::escalation::{Create, Criteria, Drop, Escalation, Origin, Status};
use domain::follow_up;
use domain::id::CaseId;
use domain::text::Remark;
use domain::{action, escalation};
use jiff::Timestamp;
use persistence::cases::{self, Hold, Nearby};
use persistence::{AnyConnection, ReferenceData, StoreError, Transaction, actions, escalations, follow_ups};

use crate::cases::EARLIER;
use crate::problem::{Code, Problem};
use crate::work::{Refusal, Unit};

/// What a proposal comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Proposed {
    /// A new escalation.
    New(Box<Escalation>),
    /// One of the case runs already.
    Running(Box<Escalation>),
    /// The consultation of the case escalates to none.
    NothingAbove,
}

/// Proposes to hand a case to the consultation above its own, with what speaks for it now; a team gives its reason, a rule has
/// none. Whether the case goes on is for the caller to know.
///
/// The case is held alone, so that of two who propose at the same time the second finds what the first proposed.
pub(crate) fn propose(
    transaction: &mut Transaction<'_>,
    reference: &ReferenceData,
    case: &Case,
    origin: Origin,
    reason: Option<Remark>,
) -> Result<Proposed, Refusal> {
    let own = reference.consultation(case.consultation_id);
    let Some(to_consultation_id) = own.and_then(|own| own.escalates_to) else {
        return Ok(Proposed::NothingAbove);
    };
    cases::hold(transaction, case.id, Hold::Alone)?;
    if let Some(running) = escalations::find_running(transaction.connection(), case.id)? {
        return Ok(Proposed::Running(Box::new(running)));
    }
    let now = transaction.now();
    let command = Create {
        id: transaction.new_id().into(),
        case_id: case.id,
        from_consultation_id: case.consultation_id,
        to_consultation_id,
        reason,
        origin,
        criteria: criteria(transaction.connection(), case, now)?,
    };
    let change = Escalation::create(command, &transaction.stamp())?;
    transaction.save(&change)?;
    Ok(Proposed::New(Box::new(change.state)))
}

/// Counts what speaks for handing a case over.
pub(crate) fn criteria(
    connection: &mut AnyConnection,
    case: &Case,
    now: Timestamp,
) -> Result<Criteria, StoreError> {
    let requests = follow_ups::load_of_case(connection, case.id)?;
    let actions = actions::load_of_case(connection, case.id)?;
    let description = &case.description;
    let nearby = Nearby {
        consultation_id: case.consultation_id,
        category: &description.category,
        location: &description.location,
        since: now.saturating_sub(EARLIER).unwrap_or(Timestamp::MIN),
        except: case.id,
    };
    let earlier = cases::count_earlier(connection, &nearby)?;
    let sent = || requests.iter().filter(|request| request.sent_at.is_some());
    let services: BTreeSet<_> = sent().map(|request| request.organisation_id).collect();
    let categories = std::iter::once(&description.category).chain(&description.secondary_categories);
    let groups: BTreeSet<_> = categories.map(|category| category.group().as_str().to_owned()).collect();
    let passed = |from: Option<Timestamp>| from.is_some_and(|from| from < now);
    Ok(Criteria {
        services: number(services.len()),
        category_groups: number(groups.len()),
        late_requests: number(sent().filter(|request| passed(request.late_from())).count()),
        seriously_late_requests: number(
            sent().filter(|request| passed(request.seriously_late_from())).count(),
        ),
        refused_requests: number(
            sent().filter(|request| request.status() == follow_up::Status::Refused).count(),
        ),
        actions_done: number(actions.iter().filter(|it| it.status == action::Status::Done).count()),
        most_carried_over: number(actions.iter().map(|it| it.carry_over_count()).max().unwrap_or_default()),
        earlier_cases: number(earlier),
        days_open: u32::try_from(case.created_at.duration_until(now).as_hours() / 24).unwrap_or_default(),
        severity: description.severity.map(|severity| severity.level()),
    })
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Why a proposal of a rule is dropped with its case.
const ENDED: &str = "Het dossier is beëindigd.";

/// Lets the escalation of a case that ends not outlive it: one that is only proposed is dropped along when there are words for
/// that or a rule proposed it, any other that somebody waits for is a conflict.
pub(crate) fn end_with_case(
    unit: &mut Unit<'_, '_>,
    case: CaseId,
    words: Option<&Remark>,
) -> Result<(), Refusal> {
    let found = escalations::find_running(unit.connection(), case)?;
    let Some(found) = found.filter(|found| found.status.holds_case()) else { return Ok(()) };
    // Nobody asked for what a rule proposed, so nobody has to drop it by hand.
    let by_rule = (found.origin != Origin::Team).then(|| Remark::from_stored(ENDED.to_owned()));
    let text = words.cloned().or(by_rule).filter(|_| found.status == Status::Proposed);
    let Some(text) = text else { return Err(running(&found).into()) };
    if let Outcome::Changed(change) = found.drop(&Drop { text }, &unit.stamp())? {
        unit.save(&change)?;
    }
    Ok(())
}

/// Makes the problem of what an escalation that runs stands in the way of.
pub(super) fn running(escalation: &escalation::Facts) -> Problem {
    Problem::new(Code::RunningEscalation)
        .member("escalationId", escalation.id.to_string())
        .member("state", escalation.status.code())
}
