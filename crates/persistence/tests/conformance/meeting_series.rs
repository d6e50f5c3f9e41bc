//! Series of meetings: loaded as they were saved, listed to their team.

use std::collections::BTreeSet;

use domain::access::Sight;
use domain::id::{ConsultationId, MeetingSeriesId};
use domain::meeting_series::{Change, Create, End, MeetingSeries, Outcome, Plan};
use domain::planning::{Recurrence, Rhythm};
use jiff::Timestamp;
use jiff::civil::date;
use persistence::{Direction, PageRequest, StoreError, meeting_series};

use crate::world::*;

const ALL: PageRequest = PageRequest { direction: Direction::Ascending, after: None, size: 500 };

fn series(world: &World<'_>, at: Timestamp, consultation_id: ConsultationId) -> MeetingSeries {
    let command = Create {
        id: MeetingSeriesId::new(world.database.new_id()),
        consultation_id,
        host_organisation_id: world.city,
        rhythm: Rhythm {
            recurrence: Recurrence::parse("FREQ=MONTHLY;BYDAY=2TU,-1FR;UNTIL=20281231T225959Z").unwrap(),
            starts: date(2026, 1, 13).at(20, 5, 0, 0),
            minutes: 240,
        },
        place: Some(title("Wijkkantoor — zaal “Ĳssel”")),
    };
    let change = MeetingSeries::create(command, &world.stamp(at));
    world.write(at, |transaction| transaction.save(&change)).unwrap();
    change.state
}

fn changed(outcome: Outcome) -> Change {
    match outcome {
        Outcome::Changed(change) => change,
        Outcome::Unchanged(_) => panic!("nothing changed"),
    }
}

on_both! {
    fn a_series_is_loaded_as_it_was_saved(database) {
        let world = World::new(database);
        let find = |id, sight: &Sight| world.store().read(|c| meeting_series::find(c, sight, id)).unwrap();
        let active = series(&world, now(), world.kroonwijk);
        assert_eq!(find(active.id, &everything()), Some(active.clone()));

        let plan = Plan { until: date(2026, 12, 31) };
        let planned = changed(active.clone().plan(&plan, &world.stamp(minutes(1))).unwrap());
        world.write(minutes(1), |transaction| transaction.save(&planned)).unwrap();
        assert_eq!(find(active.id, &team_of(world.kroonwijk)), Some(planned.state.clone()));
        let late = world.write(minutes(2), |transaction| transaction.save(&planned));
        assert!(matches!(late, Err(StoreError::Stale)), "{late:?}");

        let end = End { text: remark("Wij komen anders samen.") };
        let ended = changed(planned.state.end(&end, &world.stamp(minutes(3))).unwrap());
        world.write(minutes(3), |transaction| transaction.save(&ended)).unwrap();
        assert_eq!(find(active.id, &everything()), Some(ended.state));
        assert_eq!(find(active.id, &team_of(world.molenwijk)), None);
        assert_eq!(find(active.id, &service(world.city)), None);
    }

    fn series_are_listed_to_their_team(database) {
        let world = World::new(database);
        let first = series(&world, minutes(1), world.kroonwijk).id;
        let second = series(&world, minutes(2), world.kroonwijk).id;
        let elsewhere = series(&world, minutes(3), world.molenwijk).id;
        let list = |sight: &Sight, consultation| -> Vec<MeetingSeriesId> {
            let page = world.store().read(|c| meeting_series::list(c, sight, consultation, ALL)).unwrap();
            page.items.iter().map(|series| series.id).collect()
        };
        assert_eq!(list(&team_of(world.kroonwijk), None), [first, second]);
        assert_eq!(list(&everything(), None), [first, second, elsewhere]);
        assert_eq!(list(&everything(), Some(world.molenwijk)), [elsewhere]);
        assert_eq!(list(&team_of(world.kroonwijk), Some(world.molenwijk)), []);
    }

    fn the_days_for_which_there_is_a_meeting_are_known(database) {
        let world = World::new(database);
        let id = series(&world, now(), world.kroonwijk).id;
        let days = |from| world.store().read(|c| meeting_series::planned_days(c, id, from)).unwrap();
        assert_eq!(days(date(2026, 1, 1)), BTreeSet::new());
        let meeting = world.database.new_id();
        world.database.execute(&format!(
            "INSERT INTO meetings (id, version, sequence, consultation_id, status, starts_at, ends_at, series_id, \
             occurrence_on, created_at, updated_at, details) SELECT '{meeting}', 1, 1, consultation_id, 'cancelled', \
             created_at, created_at, id, starts_on, created_at, created_at, '{{}}' FROM meeting_series"
        ));
        assert_eq!(days(date(2026, 1, 13)), BTreeSet::from([date(2026, 1, 13)]));
        assert_eq!(days(date(2026, 1, 14)), BTreeSet::new());
    }
}
