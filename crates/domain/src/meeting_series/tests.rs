use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use uuid::Uuid;

use super::*;
use crate::change::{Actor, Version};
use crate::id::{ClientId, ConsultationId, MeetingSeriesId, OrganisationId};
use crate::planning::{MoveReason, Recurrence, Rhythm};
use crate::text::Remark;

fn at(local: &str) -> Timestamp {
    let local: DateTime = local.parse().unwrap();
    local.in_tz("Europe/Brussels").unwrap().timestamp()
}

fn organisation(number: u128) -> OrganisationId {
    OrganisationId::new(Uuid::from_u128(number))
}

fn stamp(local: &str) -> Stamp {
    let client_id = ClientId::new(Uuid::from_u128(1));
    Stamp { at: at(local), by: Actor { client_id, user: None, organisation_id: organisation(1) } }
}

const MONDAY: &str = "2026-03-02 09:00";

fn series() -> MeetingSeries {
    let command = Create {
        id: MeetingSeriesId::new(Uuid::from_u128(7)),
        consultation_id: ConsultationId::new(Uuid::from_u128(10)),
        host_organisation_id: organisation(1),
        rhythm: Rhythm {
            recurrence: Recurrence::parse("FREQ=MONTHLY;BYDAY=2TU").unwrap(),
            starts: date(2026, 1, 1).at(13, 30, 0, 0),
            minutes: 240,
        },
        place: None,
    };
    MeetingSeries::create(command, &stamp(MONDAY)).state
}

fn changed(outcome: Result<Outcome, MeetingSeriesError>) -> MeetingSeries {
    match outcome.unwrap() {
        Outcome::Changed(change) => change.state,
        Outcome::Unchanged(_) => panic!("nothing changed"),
    }
}

#[test]
fn meetings_are_planned_from_today_up_to_a_day() {
    let planned = series().meetings_until(date(2026, 5, 12), date(2026, 3, 2), &Calendar::default());
    let days: Vec<_> = planned.iter().map(|meeting| meeting.held_on.to_string()).collect();
    assert_eq!(days, ["2026-03-10", "2026-04-14", "2026-05-12"]);
    assert_eq!(planned[0].starts_at, at("2026-03-10 13:30"));
    assert_eq!(planned[0].ends_at, at("2026-03-10 17:30"));
    let closed = Calendar::new([(date(2026, 3, 10), None)].into_iter().collect());
    let moved = series().meetings_until(date(2026, 3, 31), date(2026, 3, 2), &closed);
    assert_eq!((moved[0].occurrence_on, moved[0].held_on), (date(2026, 3, 10), date(2026, 3, 11)));
    assert_eq!(moved[0].moved, Some(MoveReason::Closure(None)));
}

#[test]
fn planning_goes_on_from_day_to_day_and_never_back() {
    let planned = changed(series().plan(&Plan { until: date(2026, 12, 31) }, &stamp(MONDAY)));
    assert_eq!((planned.planned_until, planned.version), (Some(date(2026, 12, 31)), Version(2)));
    let again = planned.clone().plan(&Plan { until: date(2026, 12, 31) }, &stamp(MONDAY));
    assert!(matches!(again.unwrap(), Outcome::Unchanged(_)));
    let nearer = changed(planned.plan(&Plan { until: date(2026, 6, 30) }, &stamp(MONDAY)));
    assert_eq!(nearer.planned_until, Some(date(2026, 12, 31)));
}

#[test]
fn meetings_are_planned_for_days_ahead_within_two_years() {
    let plan = |until| series().plan(&Plan { until }, &stamp(MONDAY)).map(|_| ());
    assert_eq!(plan(date(2026, 3, 1)), Err(MeetingSeriesError::DayInThePast));
    assert_eq!(plan(date(2026, 3, 2)), Ok(()));
    assert_eq!(plan(date(2028, 3, 2)), Ok(()));
    assert_eq!(plan(date(2028, 3, 3)), Err(MeetingSeriesError::TooFar));
}

#[test]
fn a_series_that_ended_plans_no_more() {
    let end = End { text: Remark::parse("Wij komen anders samen.").unwrap() };
    let ended = changed(series().end(&end, &stamp(MONDAY)));
    assert_eq!((ended.status, ended.remark.clone()), (Status::Ended, Some(end.text.clone())));
    assert!(matches!(ended.clone().end(&end, &stamp(MONDAY)).unwrap(), Outcome::Unchanged(_)));
    let illegal = MeetingSeriesError::Illegal { from: Status::Ended, verb: Verb::Plan, allowed: vec![] };
    assert_eq!(ended.plan(&Plan { until: date(2026, 12, 31) }, &stamp(MONDAY)), Err(illegal));
}
