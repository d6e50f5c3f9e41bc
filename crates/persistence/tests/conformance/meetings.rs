//! What is counted of the meetings of a period.

use domain::calendar::Period;
use domain::change::Outcome;
use domain::consultation::FunctionCode;
use domain::id::{ConsultationId, MeetingId};
use domain::meeting::cost::Sitting;
use domain::meeting::{
    Attendance, AttendanceState, Create, Meeting, MeetingError, Outcome as Step, Presence, RecordAttendances,
};
use jiff::{SignedDuration, Timestamp};
use persistence::meetings;

use crate::world::*;

fn saved(world: &World<'_>, step: Result<Step, MeetingError>) -> Meeting {
    let Ok(Outcome::Changed(change)) = step else { panic!("nothing changed") };
    world.write(now(), |transaction| transaction.save(&change)).unwrap();
    change.state
}

fn planned(world: &World<'_>, consultation_id: ConsultationId, starts_at: Timestamp) -> Meeting {
    let command = Create {
        id: MeetingId::new(world.database.new_id()),
        consultation_id,
        starts_at,
        ends_at: starts_at + SignedDuration::from_hours(2),
        place: None,
        occurrence: None,
        moved: None,
    };
    let change = Meeting::create(command, &world.stamp(now())).unwrap();
    world.write(now(), |transaction| transaction.save(&change)).unwrap();
    let attendance = Attendance {
        organisation_id: world.city,
        function: FunctionCode::parse("guard").unwrap(),
        state: AttendanceState::Present,
        presence: Presence { from: None, until: Some(starts_at + SignedDuration::from_hours(1)) },
    };
    let command = RecordAttendances { attendances: vec![attendance] };
    saved(world, change.state.record_attendances(&command, &world.stamp(now())))
}

fn held(world: &World<'_>, consultation: ConsultationId, starts_at: &str) -> Sitting {
    let started = saved(world, planned(world, consultation, at(starts_at)).start(&world.stamp(now())));
    Sitting::from(&*saved(world, started.finish(&world.stamp(now()))))
}

on_both! {
    fn the_meetings_that_were_held_in_a_period_are_counted(database) {
        let world = World::new(database);
        let own = world.kroonwijk;
        // The last moment before a local day, the first two of it, the last one, and the first of the next.
        let before = held(&world, own, "2026-02-28T22:59:59.999999Z");
        let first = held(&world, own, "2026-02-28T23:00:00Z");
        let last = held(&world, own, "2026-03-31T21:59:59.999999Z");
        let after = held(&world, own, "2026-03-31T22:00:00Z");
        let elsewhere = held(&world, world.molenwijk, "2026-03-10T13:00:00Z");
        planned(&world, own, at("2026-03-10T13:00:00Z"));

        let period = |from: &str, to: &str| Period { from: from.parse().unwrap(), to: to.parse().unwrap() };
        let count = |sight, consultation, period| {
            world.store().read(|c| meetings::held_in(c, &sight, consultation, period)).unwrap()
        };
        let march = period("2026-03-01", "2026-03-31");
        assert_eq!(count(team_of(own), own, march), [first.clone(), last.clone()]);
        assert_eq!(count(everything(), own, march), [first.clone(), last.clone()]);
        assert_eq!(count(everything(), own, period("2026-02-01", "2026-04-30")), [before, first, last, after]);
        assert_eq!(count(everything(), world.molenwijk, march), [elsewhere]);
        assert_eq!(count(team_of(own), world.molenwijk, march), []);
        assert_eq!(count(service(world.city), own, march), []);
    }
}
