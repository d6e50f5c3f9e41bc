//! The clock of a request explains itself: what counted, what did not, and why.

use std::sync::Arc;

use actix_web::get;
use domain::calendar::{Clock, Explanation, Pause, Reason, WorkingDays, local_date};
use domain::escalation_policy::{Effect, PolicyBook};
use domain::escalation_rules::{Fired, evaluate, stretches_of_request};
use domain::follow_up::{FollowUpRequest, Head, Round, Side, Status, TermFacts};
use domain::id::FollowUpRequestId;
use jiff::Timestamp;
use jiff::civil::Date;
use persistence::{ReferenceData, escalation_ledger, escalation_policies, follow_ups};
use serde::Serialize;
use utoipa::ToSchema;

use super::RequestPath;
use super::hands::Hands;
use super::viewing::Viewing;
use crate::call::Call;
use crate::codes::{EscalationEffectCode, FollowUpRequestStateCode};
use crate::endpoint;
use crate::etag::EntityTag;
use crate::forms::StepId;
use crate::language::Language;
use crate::problem::Problem;
use crate::reply::Reply;

/// The clock of a request.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FollowUpRequestClock {
    /// The request.
    #[schema(value_type = uuid::Uuid)]
    follow_up_request_id: FollowUpRequestId,
    /// Its state.
    #[schema(value_type = FollowUpRequestStateCode)]
    state: Status,
    /// The moment of the explanation.
    as_of: Timestamp,
    /// The round that is explained; absent for a draft, whose clock does not run.
    round: Option<u32>,
    /// When the terms of the round started.
    started_at: Option<Timestamp>,
    /// The moment whose knowledge of closure days counts for the terms that run.
    calendar_known_at: Option<Timestamp>,
    /// The receipt term.
    receipt: Option<TermExplanation>,
    /// The answer term.
    answer: Option<TermExplanation>,
    /// The step of the rules that takes effect next if nothing else happens; a service is told when it reaches it.
    next_step: Option<NextStep>,
}

/// A step of the rules that is still to take effect.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NextStep {
    /// The step.
    #[schema(value_type = StepId)]
    step: String,
    /// When it takes effect.
    at: Timestamp,
    /// What it does.
    #[schema(value_type = Vec<EscalationEffectCode>)]
    effects: Vec<Effect>,
}

impl NextStep {
    /// Tells a reader of the next step.
    fn of(
        request: &FollowUpRequest,
        reference: &ReferenceData,
        rules: &(PolicyBook, Fired),
        now: Timestamp,
        side: Side,
    ) -> Option<Self> {
        let calendar = |known_at| Arc::new(reference.calendar(request.organisation_id, known_at));
        let (book, fired) = rules;
        let next = evaluate(&stretches_of_request(request, calendar), book, fired, now).next?;
        let seen = |effect: &Effect| side == Side::Team || effect.reaches_service();
        let effects: Vec<Effect> = next.step.effects.iter().copied().filter(seen).collect();
        (!effects.is_empty()).then(|| Self { step: next.step.id.as_str().to_owned(), at: next.at, effects })
    }
}

/// A term, day by day.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TermExplanation {
    /// Its length; absent when the due date was given.
    working_days: Option<u32>,
    /// The moment whose knowledge of closure days counts for this term.
    calendar_known_at: Timestamp,
    /// How many working days have counted.
    elapsed_working_days: u32,
    /// How many are left; absent while there is no due date.
    remaining_working_days: Option<u32>,
    /// The due date as fixed at the start.
    original_due_at: Option<Timestamp>,
    /// The effective due date; absent while waiting.
    due_at: Option<Timestamp>,
    /// The threshold of seriously late: the end of working day 3 n.
    seriously_late_at: Option<Timestamp>,
    /// When the term ended.
    ended_at: Option<Timestamp>,
    /// The due date that was exceeded.
    breached_at: Option<Timestamp>,
    /// Whether it is, or was, exceeded.
    late: bool,
    /// Whether it is, or was, exceeded three times over.
    seriously_late: bool,
    /// The days from the start on, run by run.
    segments: Vec<ClockSegment>,
    /// Whether the list of days is cut off; the counts are not.
    truncated: bool,
}

/// A run of days that count, or do not, for the same reason.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClockSegment {
    /// The first day.
    from: Date,
    /// The last day.
    to: Date,
    /// The number of days.
    days: u32,
    /// Whether they count.
    counted: bool,
    /// Why.
    #[schema(value_type = ClockReasonCode)]
    reason: &'static str,
    /// The name of the holiday or closure day.
    name: Option<String>,
}

/// Why a day counts or does not.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "documents the codes of a segment")]
enum ClockReasonCode {
    /// A working day that counts.
    WorkingDay,
    /// The day on which the term started; day 1 is the next working day.
    StartDay,
    /// Saturday or Sunday.
    Weekend,
    /// A legal holiday.
    Holiday,
    /// A closure day of the service.
    ClosureDay,
    /// The request waited for the team at the end of the day.
    Waiting,
}

endpoint!(
    /// Explains the clock of a request.
    pub GetFollowUpRequestClock, path = RequestPath
);

/// Have the clock explained.
///
/// Every day since the start of the round: whether it counted and why, what has elapsed, what remains, when it is due.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    responses((status = 200, description = "The clock", body = FollowUpRequestClock))
)]
#[get("/followUpRequests/{followUpRequestId}/clock")]
pub async fn get_follow_up_request_clock(call: Call<GetFollowUpRequestClock>) -> Result<Reply, Problem> {
    let id = call.path.follow_up_request_id;
    let reference = call.reference().await?;
    let sight = call.permit.sight().clone();
    let found = call
        .snapshot(move |connection| {
            let Some(found) = follow_ups::find(connection, &sight, id)? else { return Ok(None) };
            let fired = escalation_ledger::fired(connection, &[id.into()])?.remove(&id.into());
            Ok(Some((found, (escalation_policies::book(connection)?, fired.unwrap_or_default()))))
        })
        .await?;
    let ((request, case), rules) = found.ok_or_else(|| Problem::not_found("followUpRequestId"))?;
    let now = call.request.now;
    let side = super::viewing::side(call.permit.sight(), request.consultation_id, request.led_by);
    let next_step = NextStep::of(&request, &reference, &rules, now, side);
    let next_tag = next_step.as_ref().map(|next| format!("{}{}", next.step, next.at.as_microsecond()));
    let clock = FollowUpRequestClock {
        follow_up_request_id: id,
        state: request.status(),
        as_of: now,
        round: request.round().map(|round| round.number),
        started_at: request.round().map(|round| round.started_at),
        calendar_known_at: request.round().map(|round| round.calendar_known_at),
        receipt: request.round().and_then(|round| {
            explain(&reference, &request, round, round.receipt.as_ref()?, &[], now, call.language)
        }),
        answer: request.round().and_then(|round| {
            explain(&reference, &request, round, &round.answer, &round.pauses, now, call.language)
        }),
        next_step,
    };
    let hands = Hands::of(call.permit.principal());
    let viewing = Viewing {
        sight: call.permit.sight(),
        hands: &hands,
        now,
        base_url: &call.state.base_url,
        reference: &reference,
        language: call.language,
    };
    // What is elapsed changes with the day.
    let day = local_date(now);
    let version = viewing.tag(&Head::from(&*request), &case);
    let state = version.as_str().trim_matches('"');
    let next_tag = next_tag.unwrap_or_default();
    let tag = EntityTag::document(request.version, format_args!("{day}.{state}.{next_tag}"));
    Ok(Reply::ok(&clock)?.tag(&tag).language(call.language))
}

fn explain(
    reference: &ReferenceData,
    request: &domain::follow_up::Facts,
    round: &Round,
    facts: &TermFacts,
    pauses: &[Pause],
    now: Timestamp,
    language: Language,
) -> Option<TermExplanation> {
    let calendar = reference.calendar(request.organisation_id, round.known_for(facts));
    let clock = Clock::new(facts.term(round.started_at)?, &calendar, pauses);
    let Explanation { segments, truncated, elapsed_days, remaining_days, .. } =
        clock.explain(facts.ended_at, now);
    Some(TermExplanation {
        working_days: facts.working_days.map(WorkingDays::get),
        calendar_known_at: round.known_for(facts),
        elapsed_working_days: elapsed_days,
        remaining_working_days: remaining_days,
        original_due_at: facts.original_due_at,
        due_at: facts.due_at,
        seriously_late_at: facts.seriously_late_at,
        ended_at: facts.ended_at,
        breached_at: facts.breached_at(now),
        late: facts.breached_at(now).is_some(),
        seriously_late: facts.seriously_late_from().is_some_and(|from| now > from),
        segments: segments
            .into_iter()
            .map(|segment| {
                let counted = segment.reason.is_counted();
                let (reason, name) = told(segment.reason, language);
                ClockSegment { from: segment.from, to: segment.to, days: segment.days, counted, reason, name }
            })
            .collect(),
        truncated,
    })
}

fn told(reason: Reason, language: Language) -> (&'static str, Option<String>) {
    match reason {
        Reason::WorkingDay => ("workingDay", None),
        Reason::StartDay => ("startDay", None),
        Reason::Weekend => ("weekend", None),
        Reason::Holiday(holiday) => {
            let name = holiday.name();
            let name = match language {
                Language::Nl => name.nl,
                Language::Fr => name.fr,
                Language::En => name.en,
            };
            ("holiday", Some(name.to_owned()))
        }
        Reason::Closure(name) => ("closureDay", name),
        Reason::Waiting => ("waiting", None),
    }
}
