mod cost;

use jiff::Timestamp;
use jiff::civil::DateTime;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::change::{Actor, Version};
use crate::consultation::FunctionCode;
use crate::id::{ClientId, ConsultationId, MeetingId, OrganisationId};
use crate::text::Remark;

pub(crate) fn at(local: &str) -> Timestamp {
    let local: DateTime = local.parse().unwrap();
    local.in_tz("Europe/Brussels").unwrap().timestamp()
}

pub(crate) fn stamp(local: &str) -> Stamp {
    let client_id = ClientId::new(Uuid::from_u128(1));
    Stamp {
        at: at(local),
        by: Actor { client_id, user: None, organisation_id: OrganisationId::new(Uuid::from_u128(1)) },
    }
}

fn create() -> Create {
    Create {
        id: MeetingId::new(Uuid::from_u128(1)),
        consultation_id: ConsultationId::new(Uuid::from_u128(2)),
        starts_at: at("2026-03-10 13:00"),
        ends_at: at("2026-03-10 17:00"),
        place: None,
        occurrence: None,
        moved: None,
    }
}

pub(crate) fn planned() -> Meeting {
    Meeting::create(create(), &stamp("2026-01-05 09:00")).unwrap().state
}

#[track_caller]
fn changed(outcome: Result<Outcome, MeetingError>) -> Meeting {
    match outcome.unwrap() {
        Outcome::Changed(change) => change.state,
        Outcome::Unchanged(meeting) => panic!("{} did not change", meeting.id),
    }
}

fn present(from: Option<&str>, until: Option<&str>) -> Attendance {
    Attendance {
        organisation_id: OrganisationId::new(Uuid::from_u128(3)),
        function: FunctionCode::parse("guard").unwrap(),
        state: AttendanceState::Present,
        presence: Presence { from: from.map(at), until: until.map(at) },
    }
}

#[test]
fn a_meeting_is_planned_opened_and_closed() {
    let opened = changed(planned().start(&stamp("2026-03-10 13:05")));
    let held = changed(opened.finish(&stamp("2026-03-10 16:40")));

    assert_eq!(held.status, Status::Held);
    assert_eq!((held.version, held.sequence), (Version(3), 3));
    assert_eq!(held.opened_at, Some(at("2026-03-10 13:05")));
    assert_eq!(held.closed_at, Some(at("2026-03-10 16:40")));
}

#[test]
fn the_same_again_changes_nothing_and_another_is_refused() {
    let opened = changed(planned().start(&stamp("2026-03-10 13:05")));
    assert!(matches!(opened.clone().start(&stamp("2026-03-10 13:06")), Ok(Outcome::Unchanged(_))));

    let text = Remark::parse("Te weinig leden").unwrap();
    let refused = opened.cancel(&Cancel { text }, &stamp("2026-03-10 13:07"));
    let Err(MeetingError::Illegal { from: Status::InSession, verb: Verb::Cancel, allowed }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(allowed, [Verb::RecordAttendances, Verb::AdoptProposal, Verb::ReorderAgenda, Verb::Finish]);
}

#[test]
fn a_meeting_lasts_up_to_a_day() {
    for (starts_at, ends_at, is_sound) in [
        ("2026-03-10 13:00", "2026-03-10 13:00", false),
        ("2026-03-10 13:00", "2026-03-10 12:59", false),
        ("2026-03-10 13:00", "2026-03-11 13:00", true),
        ("2026-03-10 13:00", "2026-03-11 13:01", false),
    ] {
        let command = Create { starts_at: at(starts_at), ends_at: at(ends_at), ..create() };
        let edit = Edit { starts_at: at(starts_at), ends_at: at(ends_at), place: None };
        let now = stamp("2026-01-05 09:00");
        assert_eq!(Meeting::create(command, &now).is_ok(), is_sound, "{starts_at} {ends_at}");
        assert_eq!(planned().edit(&edit, &now).is_ok(), is_sound, "{starts_at} {ends_at}");
    }
}

#[test]
fn person_minutes_count_who_was_there_within_the_meeting() {
    let excused = Attendance { state: AttendanceState::Excused, ..present(None, None) };
    for (attendances, minutes) in [
        (vec![], 0),
        (vec![present(None, None)], 240),
        (vec![present(None, None), excused], 240),
        (vec![present(Some("2026-03-10 14:30"), None)], 150),
        (vec![present(None, Some("2026-03-10 14:00")), present(None, None)], 300),
        (vec![present(Some("2026-03-10 12:00"), Some("2026-03-10 18:00"))], 240),
        (vec![present(Some("2026-03-10 17:30"), None)], 0),
    ] {
        let command = RecordAttendances { attendances: attendances.clone() };
        let meeting = changed(planned().record_attendances(&command, &stamp("2026-03-10 17:00")));
        assert_eq!(meeting.person_minutes(), minutes, "{attendances:?}");
    }
}

proptest! {
    #[test]
    fn nobody_is_there_longer_than_the_meeting(from in -600_i64..600, minutes in 1_i64..900) {
        let start = at("2026-03-10 13:00");
        let minute = |after: i64| start + SignedDuration::from_mins(after);
        let presence = Presence { from: Some(minute(from)), until: Some(minute(from + minutes)) };
        let attendance = Attendance { presence, ..present(None, None) };
        prop_assert!(attendance.is_sound());
        let counted = attendance.minutes(start, minute(240));
        let expected = (0..240).filter(|minute| (from..from + minutes).contains(minute)).count();
        prop_assert_eq!(usize::try_from(counted).unwrap(), expected);
    }
}
