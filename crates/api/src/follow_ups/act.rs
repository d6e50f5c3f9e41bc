//! The frame of every verb on a follow-up request: find, replay, check the version, decide, save, answer.

use domain::access::{Operation, Principal, Scope, Sight};
use domain::calendar::local_date;
use domain::case;
use domain::category::CategoryCode;
use domain::change::Outcome as GenericOutcome;
use domain::follow_up::{
    Clockwork, FollowUpError, FollowUpRequest, Head, Outcome, QuestionKind, Side, Urgency, Verb, allowed,
};
use domain::id::{ConsultationId, DataSharingProtocolId, FollowUpRequestId, OrganisationId};
use domain::organisation::Organisation;
use domain::term::TermSubject;
use jiff::Timestamp;
use persistence::ReferenceData;
use persistence::cases::{self, Hold};
use persistence::follow_ups::{self, CaseSummary};
use serde_json::Value;

use super::RequestPath;
use super::cover::Sending;
use super::get::unseen;
use super::hands::Hands;
use super::viewing::{Viewing, side};
use crate::auth::Permit;
use crate::call::Call;
use crate::cases::led_elsewhere;
use crate::endpoint::Operates;
use crate::problem::{Code, Detail, Issue, Kind, Place, Problem};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// On which side of a request a caller acts, and for which organisation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Acting {
    pub(super) side: Side,
    pub(super) organisation_id: OrganisationId,
}

/// Finds the side of a caller: the addressed service when it is one of its organisations, else the team. Its token must
/// allow what that side does, also for what either side may do.
pub(super) fn acting(
    principal: &Principal,
    operation: Operation,
    sight: &Sight,
    request: &FollowUpRequest,
) -> Result<Acting, Problem> {
    let acting = if sight.addressed.contains(&request.organisation_id) {
        Acting { side: Side::Service, organisation_id: request.organisation_id }
    } else {
        principal
            .seat(operation, request.team())
            .map(|organisation_id| Acting { side: Side::Team, organisation_id })
            .ok_or_else(|| match request.led_by {
                Some(_) => led_elsewhere(),
                None => Problem::not_found("followUpRequestId"),
            })?
    };
    let needed = scope_of(acting.side);
    if principal.scopes.contains(&needed) { Ok(acting) } else { Err(Problem::missing_scope(&[needed])) }
}

/// Gives the scope that a side needs for its verbs.
pub(super) const fn scope_of(side: Side) -> Scope {
    match side {
        Side::Team => Scope::FollowUpRequestsWrite,
        Side::Service => Scope::FollowUpRequestsAnswer,
    }
}

/// What a verb knows beside the request.
pub(super) struct Scene<'a, 'u, 't> {
    pub(super) acting: Acting,
    pub(super) case: &'a CaseSummary,
    pub(super) unit: &'a mut Unit<'u, 't>,
}

impl Scene<'_, '_, '_> {
    /// Gives the terms and the calendar for a request to a service.
    pub(super) fn clockwork(
        &self,
        request: &FollowUpRequest,
        organisation_id: OrganisationId,
    ) -> Result<Clockwork, Refusal> {
        let question = Question {
            organisation_id,
            consultation_id: request.consultation_id,
            category: &self.case.category,
            urgency: request.urgency,
        };
        question.clockwork(self.unit.reference, self.unit.now())
    }

    /// Gives the clockwork of a question that is sent now, under the data-sharing protocol that covers it.
    pub(super) fn sending(
        &mut self,
        request: &FollowUpRequest,
        sender: OrganisationId,
        recipient: OrganisationId,
        wanted: Option<DataSharingProtocolId>,
    ) -> Result<Clockwork, Refusal> {
        let clockwork = self.clockwork(request, recipient)?;
        let category = self.case.category.clone();
        let carries_personal_data = request.carries_personal_data;
        let sending = Sending { carries_personal_data, sender, recipient, category: &category, wanted };
        Ok(Clockwork { protocol_id: sending.cover(self.unit)?, ..clockwork })
    }

    /// Fails unless a request may be open on its case: the case goes on, and nothing of the kind is open there already.
    pub(super) fn can_be_open(&mut self, request: &FollowUpRequest, verb: Verb) -> Result<(), Refusal> {
        let (case_id, kind) = (request.case_id, request.question_kind);
        let state = cases::hold(self.unit, case_id, Hold::Still)?;
        if let Some(state) = state.filter(|state| case::edge(*state, case::Verb::Edit).is_none()) {
            return Err(self.not_now(request, verb, &format!("the case is {state}")).into());
        }
        let open = follow_ups::find_open(self.unit.connection(), case_id, request.organisation_id, kind)?;
        match open.filter(|open| *open != request.id) {
            Some(open) => Err(duplicate(Some(open), kind).into()),
            None => Ok(()),
        }
    }

    /// Fails unless the service of a request still takes requests.
    pub(super) fn can_be_asked(&self, request: &FollowUpRequest, verb: Verb) -> Result<(), Refusal> {
        let organisation = self.unit.reference.organisation(request.organisation_id);
        if organisation.is_some_and(|organisation| takes_requests(organisation, self.unit.now())) {
            return Ok(());
        }
        let problem = self.not_now(request, verb, "the organisation takes no requests");
        let successor = organisation.and_then(|organisation| organisation.successor_id);
        Err(match successor {
            Some(successor) => problem.member("successorId", successor.to_string()),
            None => problem,
        }
        .into())
    }

    /// Makes the problem of a verb that the state of a request allows and something beside it does not.
    fn not_now(&self, request: &FollowUpRequest, verb: Verb, reason: &str) -> Problem {
        let others = allowed(request.status(), &[self.acting.side]).into_iter().filter(|it| *it != verb);
        let others = others.map(Verb::code);
        Problem::illegal_transition(request.status().code(), verb.code(), reason, others)
    }

    /// Gives the calendar by which the current round of a request is counted.
    pub(super) fn calendar(&self, request: &FollowUpRequest) -> domain::calendar::Calendar {
        let known_at = request.round().map_or(self.unit.now(), |round| round.calendar_known_at);
        self.unit.reference.calendar(request.organisation_id, known_at)
    }
}

/// What decides the terms of a request.
pub(super) struct Question<'a> {
    pub(super) organisation_id: OrganisationId,
    pub(super) consultation_id: ConsultationId,
    pub(super) category: &'a str,
    pub(super) urgency: Urgency,
}

impl Question<'_> {
    pub(super) fn clockwork(&self, reference: &ReferenceData, now: Timestamp) -> Result<Clockwork, Refusal> {
        let subject = TermSubject {
            organisation_id: self.organisation_id,
            consultation_id: self.consultation_id,
            category: CategoryCode::parse(self.category).map_err(Problem::internal)?,
            urgency: self.urgency,
        };
        Ok(Clockwork {
            terms: reference.terms(&subject),
            calendar: reference.calendar(self.organisation_id, now),
            known_at: now,
            category: subject.category,
            protocol_id: None,
        })
    }
}

/// Carries out a verb.
pub(super) async fn act<E>(
    call: Call<E>,
    decide: impl Fn(FollowUpRequest, &mut Scene<'_, '_, '_>) -> Result<Outcome, Refusal> + Send + 'static,
) -> Result<Reply, Problem>
where
    E: Operates<Permit = Permit<E>, Path = RequestPath>,
{
    let id = call.path.follow_up_request_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let (base_url, language) = (call.state.base_url.clone(), call.language);
    let hands = Hands::of(&principal);
    let gives_document = !call.prefer.return_minimal;
    call.write(move |unit| {
        let Some((request, case)) = follow_ups::find(unit.connection(), &sight, id)? else {
            return Err(Problem::not_found("followUpRequestId").into());
        };
        let acting = acting(&principal, E::OPERATION, &sight, &request)?;
        unit.act_for(acting.organisation_id);
        // An answer with the document is a sighting as any other.
        let seen =
            unseen(&sight, &Head::from(&*request)).filter(|_| gives_document && acting.side == Side::Service);
        if let Some(reply) = unit.earlier_reply()? {
            // Who saw the team's side then may see no more than the service's now.
            let told: Value = reply.document()?;
            let side = side(&sight, request.consultation_id, request.led_by);
            if told.get("view").and_then(Value::as_str) != Some(side.code()) {
                return Err(Problem::new(Code::MissingPermission).into());
            }
            follow_ups::see(unit, seen)?;
            return Ok(reply);
        }
        unit.check_version(request.version)?;
        let decided = decide(request, &mut Scene { acting, case: &case, unit: &mut *unit })?;
        let request = match decided {
            GenericOutcome::Unchanged(request) if seen.is_some() => {
                follow_ups::see(unit, seen)?;
                request.seen(unit.now())
            }
            GenericOutcome::Unchanged(request) => request,
            GenericOutcome::Changed(mut change) => {
                if seen.is_some() {
                    change.state = change.state.seen(unit.now());
                }
                unit.save(&change)?;
                change.state
            }
        };
        let (now, reference) = (unit.now(), unit.reference);
        let viewing = Viewing { sight: &sight, hands: &hands, now, base_url: &base_url, reference, language };
        let reply = Reply::ok(&viewing.view(&request, &case))?;
        Ok(reply.tag(&viewing.tag(&Head::from(&*request), &case)).language(language))
    })
    .await
}

/// Checks that an organisation takes requests; else gives the fault of the member of the body that names it.
pub(super) fn addressee(
    reference: &ReferenceData,
    organisation_id: OrganisationId,
    now: Timestamp,
    name: &str,
) -> Result<(), Issue> {
    let unknown = || Issue::new(Kind::ReferencedResourceNotFound, Place::Body, name);
    let organisation = reference.organisation(organisation_id).ok_or_else(unknown)?;
    if takes_requests(organisation, now) {
        return Ok(());
    }
    let detail = match organisation.successor_id {
        None => Detail::new(
            "Deze organisatie neemt geen opvolgvragen aan.",
            "Cette organisation n'accepte pas de demandes de suivi.",
            "This organisation does not take follow-up requests.",
        ),
        Some(successor) => Detail::new(
            "Deze organisatie neemt geen opvolgvragen aan; haar opvolger is {successor}.",
            "Cette organisation n'accepte pas de demandes de suivi ; son successeur est {successor}.",
            "This organisation does not take follow-up requests; its successor is {successor}.",
        )
        .with("successor", successor),
    };
    Err(Issue::new(Kind::InvalidInput, Place::Body, name).detail(detail))
}

fn takes_requests(organisation: &Organisation, now: Timestamp) -> bool {
    organisation.takes_requests && organisation.is_valid_on(local_date(now))
}

/// Makes the problem of a second open request to the same service with the same kind of question.
pub(super) fn duplicate(open: Option<FollowUpRequestId>, question_kind: QuestionKind) -> Problem {
    let problem = Problem::new(Code::DuplicateOpenRequest).member("questionKind", question_kind.code());
    match open {
        Some(id) => problem.member("followUpRequestId", id.to_string()),
        None => problem,
    }
}

/// Tells why a verb is refused; `day` is the member of the body that holds the day of the verb.
pub(super) fn refused(day: &'static str) -> impl Fn(FollowUpError) -> Refusal {
    move |error| {
        let body = |kind, name: &str| Problem::bad_request([Issue::new(kind, Place::Body, name)]);
        let problem = match error {
            FollowUpError::Illegal { from, verb, allowed } => {
                let reason = format!("{verb} is not possible from {from}");
                let allowed: Vec<&str> = allowed.into_iter().map(Verb::code).collect();
                Problem::illegal_transition(from.code(), verb.code(), &reason, allowed)
            }
            FollowUpError::ChannelRequired => body(Kind::RequiredInput, "channel"),
            FollowUpError::ChannelNotAllowed => body(Kind::UnknownInput, "channel"),
            FollowUpError::DelayReasonRequired => body(Kind::RequiredInput, "delayReason"),
            FollowUpError::DayInThePast => body(Kind::OutOfRange, day),
            FollowUpError::SameOrganisation => body(Kind::InvalidInput, "organisationId"),
        };
        problem.into()
    }
}

impl From<FollowUpError> for Refusal {
    fn from(error: FollowUpError) -> Self {
        refused("")(error)
    }
}
