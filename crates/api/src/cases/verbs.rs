//! The verbs of a case's life cycle.

use actix_web::post;
use domain::action::Cancel;
use domain::calendar::local_date;
use domain::case::{Close, CloseReason, Dismiss, Link, LinkKind, Monitor, Open, Reopen};
use domain::follow_up::{FollowUpRequest, Say, Status};
use domain::id::{CaseId, OrganisationId};
use domain::text::Remark;
use jiff::civil::Date;
use persistence::{actions, cases, follow_ups};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{act, act_alone, led_elsewhere};
use super::{Case, CasePath};
use crate::call::Call;
use crate::codes::CloseReasonCode;
use crate::endpoint;
use crate::escalations::end_with_case as end_escalation;
use crate::input::Faults;
use crate::problem::{Issue, Kind, Place, Problem};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// Who leads.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"leadOrganisationId": "019a9d3e-0000-7000-8000-000000000001"})))]
pub struct OpenBody {
    /// The organisation that leads.
    #[schema(value_type = uuid::Uuid)]
    lead_organisation_id: OrganisationId,
}

/// When to look again, and at what.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"checkOn": "2099-02-10", "text": "Nakijken of de nieuwe verlichting helpt."})))]
pub struct MonitorBody {
    /// The day on which it returns to an agenda; not in the past.
    check_on: Date,
    /// What to look at.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// How it ended.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"closeReason": "solved", "text": "Al twee maanden geen sluikstort meer."})))]
pub struct CloseBody {
    /// How, coded.
    #[schema(value_type = CloseReasonCode)]
    close_reason: CloseReason,
    /// How, in words.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// Whether open requests and actions are withdrawn with it; without it they are a conflict.
    #[serde(default)]
    #[schema(default = false)]
    withdraw_open: bool,
}

/// Why it is not taken up.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"closeReason": "notFounded", "text": "Ter plaatse niets vastgesteld."})))]
pub struct DismissBody {
    /// Why, coded.
    #[schema(value_type = CloseReasonCode)]
    close_reason: CloseReason,
    /// Why, in words.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// Whether open requests and actions are withdrawn with it; without it they are a conflict.
    #[serde(default)]
    #[schema(default = false)]
    withdraw_open: bool,
}

/// Why it is taken up again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"text": "Opnieuw meldingen sinds vorige week."})))]
pub struct ReopenBody {
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// The case that goes on.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"intoCaseId": "019a9d3e-0000-7000-8000-0000000000c2"})))]
pub struct MergeBody {
    /// The case that goes on.
    #[schema(value_type = uuid::Uuid)]
    into_case_id: CaseId,
}

endpoint!(
    /// Takes a case up.
    pub OpenCase, path = CasePath, body = OpenBody
);

/// Take a case up.
///
/// From `signalled` to `open`, led by one organisation.
#[utoipa::path(
    tag = "Cases",
    params(CasePath),
    request_body = OpenBody,
    responses((status = 200, description = "The case after it", body = Case))
)]
#[post("/cases/{caseId}/open")]
pub async fn open_case(call: Call<OpenCase>) -> Result<Reply, Problem> {
    let command = Open { lead_organisation_id: call.body.lead_organisation_id };
    act(call, move |case, unit| {
        let today = local_date(unit.now());
        let lead = unit.reference.organisation(command.lead_organisation_id);
        if !lead.is_some_and(|lead| lead.is_valid_on(today)) {
            let issue = Issue::new(Kind::ReferencedResourceNotFound, Place::Body, "leadOrganisationId");
            return Err(Problem::bad_request([issue]).into());
        }
        Ok(case.open(&command, &unit.stamp())?)
    })
    .await
}

endpoint!(
    /// Lets a case rest.
    pub MonitorCase, path = CasePath, body = MonitorBody
);

/// Let a case rest until a day.
///
/// From `open` to `monitoring`; it returns to an agenda on that day.
#[utoipa::path(
    tag = "Cases",
    params(CasePath),
    request_body = MonitorBody,
    responses((status = 200, description = "The case after it", body = Case))
)]
#[post("/cases/{caseId}/monitor")]
pub async fn monitor_case(call: Call<MonitorCase>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let check_on = call.body.check_on;
    let command = faults.finish(text.map(|text| Monitor { check_on, text }))?;
    act(call, move |case, unit| Ok(case.monitor(&command, &unit.stamp())?)).await
}

endpoint!(
    /// Ends a case.
    pub CloseCase, path = CasePath, body = CloseBody
);

/// End a case.
///
/// From `open` or `monitoring` to `closed`. Open requests and actions are a conflict, unless they are withdrawn with it; so is
/// an escalation that runs, of which only a proposed one is dropped along.
#[utoipa::path(
    tag = "Cases",
    params(CasePath),
    request_body = CloseBody,
    responses((status = 200, description = "The case after it", body = Case))
)]
#[post("/cases/{caseId}/close")]
pub async fn close_case(call: Call<CloseCase>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let CloseBody { close_reason, withdraw_open, .. } = call.body;
    let command = faults.finish(text.map(|text| Close { close_reason, text, withdraw_open }))?;
    let held = vec![call.path.case_id];
    act_alone(call, held, move |case, unit| {
        let open = count_open_work(unit, case.id)?;
        let outcome = case.clone().close(&command, open, &unit.stamp())?;
        if matches!(outcome, domain::change::Outcome::Changed(_)) {
            end_escalation(unit, case.id, command.withdraw_open.then_some(&command.text))?;
            withdraw_open_work(unit, case.id, &command.text)?;
        }
        Ok(outcome)
    })
    .await
}

/// Counts what is still open on a case: requests and actions.
fn count_open_work(unit: &mut Unit<'_, '_>, case: CaseId) -> Result<i64, Refusal> {
    let requests = follow_ups::count_open(unit.connection(), case)?;
    Ok(requests.saturating_add(actions::count_open(unit.connection(), case)?))
}

/// Withdraws the requests that are still open on a case, and cancels its open actions.
fn withdraw_open_work(unit: &mut Unit<'_, '_>, case: CaseId, text: &Remark) -> Result<(), Refusal> {
    let stamp = unit.stamp();
    let cancel = Cancel { text: text.clone() };
    for action in actions::load_open(unit.connection(), case)? {
        if let domain::change::Outcome::Changed(change) = action.cancel(&cancel, &stamp)? {
            unit.save(&change)?;
        }
    }
    let command = &Say { text: text.clone() };
    for request in follow_ups::load_open(unit.connection(), case)? {
        let known_at = request.round().map_or(stamp.at, |round| round.calendar_known_at);
        let calendar = unit.reference.calendar(request.organisation_id, known_at);
        if let domain::change::Outcome::Changed(change) = request.withdraw(command, &calendar, &stamp)? {
            unit.save(&change)?;
        }
    }
    Ok(())
}

endpoint!(
    /// Does not take a case up.
    pub DismissCase, path = CasePath, body = DismissBody
);

/// Not take a case up.
///
/// From `signalled` to `dismissed`. Open requests and actions are a conflict, unless they are withdrawn with it; so is an
/// escalation that runs, of which only a proposed one is dropped along.
#[utoipa::path(
    tag = "Cases",
    params(CasePath),
    request_body = DismissBody,
    responses((status = 200, description = "The case after it", body = Case))
)]
#[post("/cases/{caseId}/dismiss")]
pub async fn dismiss_case(call: Call<DismissCase>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let DismissBody { close_reason, withdraw_open, .. } = call.body;
    let command = faults.finish(text.map(|text| Dismiss { close_reason, text, withdraw_open }))?;
    let held = vec![call.path.case_id];
    act_alone(call, held, move |case, unit| {
        let open = count_open_work(unit, case.id)?;
        let outcome = case.clone().dismiss(&command, open, &unit.stamp())?;
        if matches!(outcome, domain::change::Outcome::Changed(_)) {
            end_escalation(unit, case.id, command.withdraw_open.then_some(&command.text))?;
            withdraw_open_work(unit, case.id, &command.text)?;
        }
        Ok(outcome)
    })
    .await
}

endpoint!(
    /// Takes a case up again.
    pub ReopenCase, path = CasePath, body = ReopenBody
);

/// Take a case up again.
///
/// From `monitoring`, `closed` or `dismissed` to `open`.
#[utoipa::path(
    tag = "Cases",
    params(CasePath),
    request_body = ReopenBody,
    responses((status = 200, description = "The case after it", body = Case))
)]
#[post("/cases/{caseId}/reopen")]
pub async fn reopen_case(call: Call<ReopenCase>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let command = faults.finish(text.map(|text| Reopen { text }))?;
    act(call, move |case, unit| Ok(case.reopen(&command, &unit.stamp())?)).await
}

endpoint!(
    /// Makes a case part of another one.
    pub MergeCase, path = CasePath, body = MergeBody
);

/// Make a case part of another one.
///
/// From `signalled`, `open` or `monitoring` to `merged`; it counts as one from then on. Its open actions and requests move
/// along; of two requests that ask the same of a service one ends, linked to the other: a draft, or else the one that would
/// move. Either case is linked to the other.
#[utoipa::path(
    tag = "Cases",
    params(CasePath),
    request_body = MergeBody,
    responses((status = 200, description = "The case after it", body = Case))
)]
#[post("/cases/{caseId}/merge")]
pub async fn merge_case(call: Call<MergeCase>) -> Result<Reply, Problem> {
    let into_id = call.body.into_case_id;
    let sight = call.permit.sight().clone();
    let held = vec![call.path.case_id, into_id];
    act_alone(call, held, move |case, unit| {
        let Some(into) = cases::find(unit.connection(), &sight, into_id)? else {
            let issue = Issue::new(Kind::ReferencedResourceNotFound, Place::Body, "intoCaseId");
            return Err(Problem::bad_request([issue]).into());
        };
        let id = case.id;
        let outcome = case.merge(&into, &unit.stamp())?;
        if matches!(outcome, domain::change::Outcome::Changed(_)) {
            // Who merges must be allowed to add to the other one too.
            if !sight.everything && !sight.consultations.contains(&into.team()) {
                return Err(led_elsewhere().into());
            }
            end_escalation(unit, id, None)?;
            move_open_actions(unit, id, &into)?;
            move_open_requests(unit, id, &into)?;
            // Either case names the other.
            let back = Link { kind: LinkKind::Duplicate, case_id: id };
            if let domain::change::Outcome::Changed(change) = into.link(back, &unit.stamp())? {
                unit.save(&change)?;
            }
        }
        Ok(outcome)
    })
    .await
}

/// Moves the open actions of a case along to the one that it became part of.
fn move_open_actions(
    unit: &mut Unit<'_, '_>,
    from: CaseId,
    into: &domain::case::Case,
) -> Result<(), Refusal> {
    let stamp = unit.stamp();
    for action in actions::load_open(unit.connection(), from)? {
        unit.save(&action.follow_case(into, &stamp))?;
    }
    Ok(())
}

/// Moves what is still asked about a case along to the one that it became part of.
fn move_open_requests(
    unit: &mut Unit<'_, '_>,
    from: CaseId,
    into: &domain::case::Case,
) -> Result<(), Refusal> {
    let stamp = unit.stamp();
    let mut there = follow_ups::load_open(unit.connection(), into.id)?;
    for request in follow_ups::load_open(unit.connection(), from)? {
        let same = there.iter().position(|open| {
            open.organisation_id == request.organisation_id && open.question_kind == request.question_kind
        });
        let Some(open) = same.map(|position| there.swap_remove(position)) else {
            unit.save(&request.follow_case(into, &stamp))?;
            continue;
        };
        let calendar = |unit: &Unit<'_, '_>, request: &FollowUpRequest| {
            let known_at = request.round().map_or(stamp.at, |round| round.calendar_known_at);
            unit.reference.calendar(request.organisation_id, known_at)
        };
        if open.status() == Status::Draft && request.status() != Status::Draft {
            // What the service has goes on; what nobody sent gives way.
            let change = open.yield_to(request.id, &calendar(unit, &request), &stamp);
            unit.save(&change)?;
            unit.save(&request.follow_case(into, &stamp))?;
        } else {
            let is_live = request.status() != Status::Draft;
            let change = request.clone().yield_to(open.id, &calendar(unit, &request), &stamp);
            unit.save(&change)?;
            if let Some(change) = open.follow(&request, &stamp).filter(|_| is_live) {
                unit.save(&change)?;
            }
        }
    }
    Ok(())
}
