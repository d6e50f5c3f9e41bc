//! Presence records: seen by area and service, counted by period, and never two of a group at one time.

use std::collections::BTreeSet;
use std::sync::Barrier;

use domain::area::AreaCode;
use domain::calendar::Period;
use domain::change::{Outcome, Version};
use domain::guard_group::GuardGroup;
use domain::id::{AreaId, GuardGroupId, PresenceRecordId};
use domain::labels::Labels;
use domain::presence::{Counted, PresenceRecord, Shift, Status, Task};
use jiff::{Timestamp, ToSpan};
use persistence::areas::{self, Area, AreaKind};
use persistence::guard_groups::{self, StoredGuardGroup};
use persistence::presence::{self, Filter, PresenceSight};
use persistence::{Direction, PageRequest, Place, StoreError, cases};

use crate::world::*;

/// Two areas, and two groups of the city and one of the green service.
struct Field<'a> {
    world: World<'a>,
    areas: [AreaId; 2],
    groups: [GuardGroupId; 3],
}

impl<'a> Field<'a> {
    fn new(world: World<'a>) -> Self {
        let area_ids: [AreaId; 2] = std::array::from_fn(|_| world.database.new_id().into());
        let groups: [GuardGroupId; 3] = std::array::from_fn(|_| world.database.new_id().into());
        let name = |nl: &str| Labels { nl: nl.to_owned(), fr: None, en: None };
        world
            .write(now(), |transaction| {
                for (id, code) in area_ids.into_iter().zip(["41002W06", "41002W07"]) {
                    let area = Area {
                        id,
                        code: AreaCode::parse(code).unwrap(),
                        scheme_version: "2025".to_owned(),
                        kind: AreaKind::Neighbourhood,
                        name: name(code),
                        parent_code: None,
                        geometry: None,
                        valid_from: "2025-01-01".parse().unwrap(),
                        valid_to: None,
                        created_at: now(),
                        version: Version::FIRST,
                    };
                    areas::put(transaction, &area)?;
                }
                for (id, organisation_id) in groups.into_iter().zip([world.city, world.city, world.green]) {
                    let group = GuardGroup {
                        id,
                        version: Version::FIRST,
                        organisation_id,
                        name: name("Ploeg"),
                        valid_from: "2020-01-01".parse().unwrap(),
                        valid_to: None,
                    };
                    transaction.save(&created(StoredGuardGroup { group, created_at: now() }))?;
                }
                Ok(())
            })
            .unwrap();
        Self { world, areas: area_ids, groups }
    }

    fn shift(&self, group: usize, area: usize, started_at: Timestamp, hours: i64) -> Shift {
        Shift {
            guard_group_id: self.groups[group],
            area_id: self.areas[area],
            started_at,
            ended_at: started_at + hours.hours(),
            task: if hours > 2 { Task::DissuasivePresence } else { Task::SchoolEscort },
            guards: 2,
            contacts: 7,
            remarks: Some(remark("Rustig 🙂")),
        }
    }

    /// Records a shift unless its group has another one then.
    fn record(&self, shift: &Shift) -> Option<PresenceRecord> {
        let id: PresenceRecordId = self.world.database.new_id().into();
        self.world
            .write(now(), |transaction| {
                let groups = guard_groups::hold(transaction, [shift.guard_group_id])?;
                if presence::find_overlapping(transaction.connection(), shift, None)?.is_some() {
                    return Ok(None);
                }
                let organisation = groups[&shift.guard_group_id].organisation_id;
                let change = PresenceRecord::record(id, organisation, shift.clone(), &transaction.stamp());
                transaction.save(&change)?;
                Ok(Some(change.state))
            })
            .unwrap()
    }

    fn list(&self, sight: &PresenceSight, filter: &Filter) -> Vec<PresenceRecord> {
        all_pages(
            |after| {
                let page = PageRequest { direction: Direction::Descending, after, size: 2 };
                self.world.store().read(|c| presence::list(c, sight, filter, page)).unwrap()
            },
            |record: &PresenceRecord| Place { at: record.shift.started_at, id: record.id.uuid() },
        )
    }

    /// Eight shifts, one of which is withdrawn.
    fn fill(&self) -> Vec<PresenceRecord> {
        let start = at("2026-02-01T08:00:00Z");
        let mut records: Vec<_> = (0..8)
            .map(|number: i64| {
                let index = usize::try_from(number).unwrap();
                let hours = if number % 2 == 0 { 4 } else { 1 };
                let shift = self.shift(index % 3, index % 2, start + (number * 24).hours(), hours);
                self.record(&shift).unwrap()
            })
            .collect();
        let withdrawn = records[2].clone().withdraw(remark("Dubbel"), &self.world.stamp(minutes(1)));
        let Outcome::Changed(change) = withdrawn.unwrap() else { panic!() };
        self.world.write(minutes(1), |transaction| transaction.save(&change)).unwrap();
        records[2] = change.state;
        records
    }

    fn sights(&self) -> Vec<PresenceSight> {
        let none = PresenceSight::default;
        vec![
            PresenceSight { everything: true, ..none() },
            PresenceSight { areas: [self.areas[0]].into(), ..none() },
            PresenceSight { areas: self.areas.into(), ..none() },
            PresenceSight { own: [self.world.green].into(), ..none() },
            PresenceSight { areas: [self.areas[1]].into(), own: [self.world.green].into(), ..none() },
            PresenceSight { own: [self.world.city, self.world.green].into(), ..none() },
            none(),
        ]
    }
}

/// Whether a filter holds of a record.
type Holds<'a> = &'a dyn Fn(&PresenceRecord) -> bool;

fn sees(sight: &PresenceSight, record: &PresenceRecord) -> bool {
    sight.everything
        || sight.areas.contains(&record.shift.area_id)
        || sight.own.contains(&record.organisation_id)
}

on_both! {
    fn a_record_comes_back_as_it_was_saved(database) {
        let field = Field::new(World::new(database));
        let record = field.record(&field.shift(0, 0, at("2026-02-01T08:00:00Z"), 4)).unwrap();
        let all = PresenceSight { everything: true, ..PresenceSight::default() };
        let find = || field.world.store().read(|c| presence::find(c, &all, record.id)).unwrap().unwrap();
        assert_eq!(find(), record);

        let longer = Shift { remarks: None, ..field.shift(1, 1, at("2026-02-01T08:00:00Z"), 6) };
        let outcome = record.clone().correct(longer, remark("Langer"), &field.world.stamp(minutes(3)));
        let Outcome::Changed(change) = outcome.unwrap() else { panic!() };
        field.world.write(minutes(3), |transaction| transaction.save(&change)).unwrap();
        assert_eq!(find(), change.state);
        let stale = field.world.write(minutes(4), |transaction| transaction.save(&change)).unwrap_err();
        assert!(matches!(stale, StoreError::Stale), "{stale}");
    }

    fn each_is_given_what_is_in_its_areas_and_what_is_its_own(database) {
        let field = Field::new(World::new(database));
        let all = field.fill();
        let none = Filter::default;
        let filters: [(Filter, Holds<'_>); 6] = [
            (none(), &|_| true),
            (Filter { areas: Some([field.areas[1]].into()), ..none() }, &|it| it.shift.area_id == field.areas[1]),
            (Filter { guard_group_id: Some(field.groups[2]), ..none() }, &|it| it.shift.guard_group_id == field.groups[2]),
            (Filter { tasks: vec![Task::SchoolEscort], ..none() }, &|it| it.shift.task == Task::SchoolEscort),
            (Filter { statuses: vec![Status::Withdrawn], ..none() }, &|it| it.status() == Status::Withdrawn),
            (
                Filter { started_from: Some(at("2026-02-03T00:00:00Z")), started_before: Some(at("2026-02-06T08:00:00Z")), ..none() },
                &|it| (at("2026-02-03T00:00:00Z")..at("2026-02-06T08:00:00Z")).contains(&it.shift.started_at),
            ),
        ];
        for sight in field.sights() {
            for (filter, holds) in &filters {
                let mut expected: Vec<_> = all.iter().filter(|it| sees(&sight, it) && holds(it)).cloned().collect();
                expected.reverse();
                assert_eq!(field.list(&sight, filter), expected, "{sight:?} {filter:?}");
            }
            for record in &all {
                let found = field.world.store().read(|c| presence::find(c, &sight, record.id)).unwrap();
                assert_eq!(found.is_some(), sees(&sight, record), "{sight:?}");
            }
        }
    }

    fn what_is_counted_meets_the_period_and_was_not_withdrawn(database) {
        let field = Field::new(World::new(database));
        let mut all = field.fill();
        // Over the midnight at which the period begins.
        all.push(field.record(&field.shift(1, 0, at("2026-02-03T20:00:00Z"), 6)).unwrap());
        let period = Period { from: "2026-02-04".parse().unwrap(), to: "2026-02-06".parse().unwrap() };
        for sight in field.sights() {
            let counted = field.world.store().read(|c| presence::counted(c, &sight, &Filter::default(), period));
            let counted: BTreeSet<_> =
                counted.unwrap().into_iter().map(|Counted { started_at, area_id, .. }| (started_at, area_id)).collect();
            let expected: BTreeSet<_> = all
                .iter()
                .filter(|it| sees(&sight, it) && it.status() == Status::Recorded)
                .filter(|it| it.shift.started_at < period.ends_at() && it.shift.ended_at > period.begins_at())
                .map(|it| (it.shift.started_at, it.shift.area_id))
                .collect();
            assert_eq!(counted, expected, "{sight:?}");
        }
        let nothing = field.world.store().read(|c| cases::detected_by_guards(c, &everything(), None, period)).unwrap();
        assert_eq!(nothing, []);
    }

    fn of_eight_who_record_one_shift_of_a_group_at_once_one_does(database) {
        let field = Field::new(World::new(database));
        for number in 0..5 {
            let start = at("2026-02-01T08:00:00Z") + (number * 24).hours();
            let barrier = Barrier::new(8);
            let recorded: Vec<_> = std::thread::scope(|scope| {
                let writers: Vec<_> = (0..8_i64)
                    .map(|writer| {
                        let (field, barrier) = (&field, &barrier);
                        scope.spawn(move || {
                            let shift = field.shift(0, 0, start + (writer * 10).minutes(), 3);
                            barrier.wait();
                            field.record(&shift)
                        })
                    })
                    .collect();
                writers.into_iter().filter_map(|writer| writer.join().unwrap()).collect()
            });
            assert_eq!(recorded.len(), 1);
        }
    }

    fn groups_are_held_in_whatever_order_they_are_named(database) {
        let field = Field::new(World::new(database));
        let barrier = Barrier::new(2);
        let holds = |ids: [GuardGroupId; 2]| {
            for _ in 0..20 {
                barrier.wait();
                let held = field.world.write(now(), |transaction| guard_groups::hold(transaction, ids));
                assert_eq!(held.unwrap().len(), 2);
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(|| holds([field.groups[0], field.groups[1]]));
            holds([field.groups[1], field.groups[0]]);
        });
    }
}
