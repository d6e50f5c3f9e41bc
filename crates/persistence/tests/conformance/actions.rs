//! Actions: loaded as they were saved, listed to whom they concern, counted where they are open.

use domain::access::Sight;
use domain::action::{
    Action, Cancel, Complete, Create, Description, Kind, Outcome, Owner, Reopen, Start, Status,
};
use domain::change::Stamp;
use domain::consultation::FunctionCode;
use domain::id::{ActionId, ConsultationId, DecisionId, MeetingId, OrganisationId};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use persistence::actions::{self, Filter, Order};
use persistence::{Direction, PageRequest, Place, StoreError, Subject, cases};
use uuid::Uuid;

use crate::world::*;

const ALL: PageRequest = PageRequest { direction: Direction::Ascending, after: None, size: 500 };
const TODAY: Date = date(2026, 3, 10);

/// Tells whether a list with a filter should hold an action.
type Holds = Box<dyn Fn(&Action) -> bool>;

fn own(organisation: OrganisationId) -> Sight {
    Sight { own: [organisation].into(), ..Sight::default() }
}

fn create(world: &World<'_>, owner: OrganisationId, due_on: Option<Date>) -> Create {
    Create {
        id: ActionId::new(world.database.new_id()),
        consultation_id: world.kroonwijk,
        led_by: None,
        case_id: None,
        decision_id: None,
        meeting_id: None,
        description: Description {
            kind: Kind::Presence,
            title: title("Elke avond langs het plein"),
            description: None,
            owner: Owner { organisation_id: owner, function: FunctionCode::parse("guard").unwrap() },
            due_on,
        },
    }
}

fn save(world: &World<'_>, at: Timestamp, command: Create) -> Action {
    let change = Action::create(command, &world.stamp(at));
    world.write(at, |transaction| transaction.save(&change)).unwrap();
    change.state
}

fn act(
    world: &World<'_>,
    at: Timestamp,
    action: Action,
    verb: impl FnOnce(Action, &Stamp) -> Outcome,
) -> Action {
    let Outcome::Changed(change) = verb(action, &world.stamp(at)) else { panic!("nothing changed") };
    world.write(at, |transaction| transaction.save(&change)).unwrap();
    change.state
}

fn load(world: &World<'_>, id: ActionId) -> Option<Action> {
    world.store().read(|connection| actions::find(connection, &everything(), id)).unwrap()
}

fn list(world: &World<'_>, sight: &Sight, filter: &Filter, order: Order) -> Vec<ActionId> {
    let page = world.store().read(|c| actions::list(c, sight, filter, TODAY, order, ALL)).unwrap();
    page.items.iter().map(|action| action.id).collect()
}

/// A meeting and a decision as rows: what an action names must be there.
fn meeting_and_decision(world: &World<'_>) -> (MeetingId, DecisionId) {
    let (meeting, decision) = (world.database.new_id(), world.database.new_id());
    let kroonwijk = world.kroonwijk;
    world.database.execute(&format!(
        "INSERT INTO meetings (id, version, sequence, consultation_id, status, starts_at, ends_at, created_at, \
         updated_at, details) SELECT '{meeting}', 1, 1, id, 'held', created_at, created_at, created_at, created_at, \
         '{{}}' FROM consultations WHERE id = '{kroonwijk}'"
    ));
    world.database.execute(&format!(
        "INSERT INTO decisions (id, version, sequence, consultation_id, kind, text, decided_at, created_at, \
         updated_at, details) SELECT '{decision}', 1, 1, id, 'other', 'Beslist.', created_at, created_at, \
         created_at, '{{}}' FROM consultations WHERE id = '{kroonwijk}'"
    ));
    (MeetingId::new(meeting), DecisionId::new(decision))
}

on_both! {
    fn an_action_is_loaded_as_it_was_saved_in_every_state(database) {
        let world = World::new(database);
        let case = world.case("Plein");
        let (meeting, decision) = meeting_and_decision(&world);
        let mut command = create(&world, world.green, Some(date(2026, 3, 9)));
        command.case_id = Some(case.id);
        command.decision_id = Some(decision);
        command.meeting_id = Some(meeting);
        command.description.description = Some(paragraph("Ça alors — 50 €\nen een tweede regel"));
        let open = save(&world, now(), command);
        assert_eq!(load(&world, open.id), Some(open.clone()));

        let carried = act(&world, minutes(1), open, |it, stamp| it.carry_over(meeting, stamp));
        assert_eq!(load(&world, carried.id), Some(carried.clone()));
        assert_eq!((carried.carry_over_count(), carried.carried_in.as_slice()), (1, &[meeting][..]));
        let started = act(&world, minutes(2), carried, |it, stamp| it.start(&Start {}, stamp).unwrap());
        assert_eq!(load(&world, started.id), Some(started.clone()));
        let complete = Complete { result: remark("Het is rustig.") };
        let done = act(&world, minutes(3), started, |it, stamp| it.complete(&complete, stamp).unwrap());
        assert_eq!(load(&world, done.id), Some(done.clone()));
        let reopen = Reopen { text: remark("Toch niet.") };
        let again = act(&world, minutes(4), done, |it, stamp| it.reopen(&reopen, stamp).unwrap());
        let cancel = Cancel { text: remark("Niet meer nodig.") };
        let cancelled = act(&world, minutes(5), again, |it, stamp| it.cancel(&cancel, stamp).unwrap());
        assert_eq!(load(&world, cancelled.id), Some(cancelled.clone()));
        assert_eq!(load(&world, ActionId::new(Uuid::nil())), None);

        let filters = [
            Filter { case_id: Some(case.id), ..Filter::default() },
            Filter { meeting_id: Some(meeting), ..Filter::default() },
            Filter { decision_id: Some(decision), ..Filter::default() },
        ];
        for filter in filters {
            assert_eq!(list(&world, &team_of(world.kroonwijk), &filter, Order::CreatedAt), [cancelled.id]);
        }
    }

    fn what_was_changed_meanwhile_is_not_changed_again(database) {
        let world = World::new(database);
        let action = save(&world, now(), create(&world, world.green, None));
        let start = |minute| match action.clone().start(&Start {}, &world.stamp(minutes(minute))).unwrap() {
            Outcome::Changed(change) => change,
            Outcome::Unchanged(_) => panic!("nothing changed"),
        };
        world.write(minutes(1), |transaction| transaction.save(&start(1))).unwrap();

        let late = world.write(minutes(2), |transaction| transaction.save(&start(2)));

        assert!(matches!(late, Err(StoreError::Stale)), "{late:?}");
    }

    fn an_action_is_seen_through_its_consultation_or_its_owner(database) {
        let world = World::new(database);
        let own_one = save(&world, minutes(0), create(&world, world.green, None));
        let other = save(&world, minutes(1), create(&world, world.roads, None));
        let elsewhere = Create { consultation_id: world.molenwijk, ..create(&world, world.green, None) };
        let elsewhere = save(&world, minutes(2), elsewhere);
        let both = Sight { consultations: [world.molenwijk].into(), ..own(world.green) };
        let all = [own_one.id, other.id, elsewhere.id];

        for (sight, seen) in [
            (team_of(world.kroonwijk), vec![all[0], all[1]]),
            (own(world.green), vec![all[0], all[2]]),
            (both, vec![all[0], all[2]]),
            (Sight { consultations: [world.kroonwijk].into(), ..own(world.green) }, all.to_vec()),
            (Sight { consultations: [world.kroonwijk, world.molenwijk].into(), ..Sight::default() }, all.to_vec()),
            (everything(), all.to_vec()),
            (Sight::default(), vec![]),
            (service(world.green), vec![]),
        ] {
            assert_eq!(list(&world, &sight, &Filter::default(), Order::CreatedAt), seen, "{sight:?}");
            for id in all {
                let found = world.store().read(|c| actions::find(c, &sight, id)).unwrap();
                assert_eq!(found.is_some(), seen.contains(&id), "{sight:?}");
            }
        }
    }

    fn every_filter_gives_what_it_says(database) {
        let world = World::new(database);
        let days = [None, Some(date(2026, 3, 9)), Some(TODAY), Some(date(2026, 4, 1))];
        let owners = [world.green, world.roads, world.city];
        let written: Vec<Action> = (0..24_usize)
            .map(|number| {
                let minute = i64::try_from(number).unwrap();
                let mut command = create(&world, owners[number % 3], days[number % 4]);
                if number % 5 == 0 {
                    command.description.owner.function = FunctionCode::parse("chiefInspector").unwrap();
                }
                let action = save(&world, minutes(minute), command);
                let at = minutes(100 + minute);
                match number % 7 {
                    1 => act(&world, at, action, |it, stamp| it.start(&Start {}, stamp).unwrap()),
                    2 | 5 => {
                        let complete = Complete { result: remark("Klaar.") };
                        act(&world, at, action, |it, stamp| it.complete(&complete, stamp).unwrap())
                    }
                    3 => {
                        let cancel = Cancel { text: remark("Niet meer nodig.") };
                        act(&world, at, action, |it, stamp| it.cancel(&cancel, stamp).unwrap())
                    }
                    _ => action,
                }
            })
            .collect();
        let none = Filter::default;
        let chief = FunctionCode::parse("chiefInspector").unwrap();
        let (green, city) = (world.green, world.city);
        let filters: Vec<(Filter, Holds)> = vec![
            (none(), Box::new(|_| true)),
            (Filter { states: vec![Status::Done], ..none() }, Box::new(|it| it.status == Status::Done)),
            (
                Filter { states: vec![Status::Open, Status::InProgress], ..none() },
                Box::new(|it| it.status.is_open()),
            ),
            (
                Filter { owner_organisation_id: Some(green), ..none() },
                Box::new(move |it| it.owner().organisation_id == green),
            ),
            (
                Filter { owner_function: Some(chief.clone()), ..none() },
                Box::new(move |it| it.owner().function == chief),
            ),
            (Filter { overdue: Some(true), ..none() }, Box::new(|it| it.is_overdue_on(TODAY))),
            (Filter { overdue: Some(false), ..none() }, Box::new(|it| !it.is_overdue_on(TODAY))),
            (
                Filter { due_before: Some(date(2026, 3, 11)), ..none() },
                Box::new(|it| it.is_overdue_on(date(2026, 3, 11))),
            ),
            (
                Filter { owner_organisation_id: Some(city), overdue: Some(true), ..none() },
                Box::new(move |it| it.owner().organisation_id == city && it.is_overdue_on(TODAY)),
            ),
            (Filter { consultation_id: Some(world.molenwijk), ..none() }, Box::new(|_| false)),
            (Filter { meeting_id: Some(MeetingId::new(Uuid::nil())), ..none() }, Box::new(|_| false)),
        ];
        let several = Sight { own: [green, city].into(), ..team_of(world.kroonwijk) };
        for sight in [team_of(world.kroonwijk), several] {
            for (filter, holds) in &filters {
                let held = written.iter().filter(|it| holds(it));
                let expected: Vec<ActionId> = held.clone().map(|it| it.id).collect();
                assert_eq!(list(&world, &sight, filter, Order::CreatedAt), expected, "{filter:?}");
                let mut due: Vec<_> = held.filter_map(|it| Some((it.description.due_on?, it.id))).collect();
                due.sort_unstable();
                let expected: Vec<ActionId> = due.into_iter().map(|(_, id)| id).collect();
                assert_eq!(list(&world, &sight, filter, Order::DueOn), expected, "{filter:?}");
            }
        }
    }

    fn a_list_by_day_is_walked_without_gap_or_repetition(database) {
        let world = World::new(database);
        for number in 0..17_i64 {
            let day = date(2026, 3, 1 + i8::try_from(number / 4).unwrap());
            save(&world, minutes(number), create(&world, [world.green, world.roads][usize::from(number % 2 == 0)], Some(day)));
        }
        let place = |action: &Action| {
            let midnight = action.description.due_on.unwrap().to_zoned(TimeZone::UTC).unwrap();
            Place { at: midnight.timestamp(), id: action.id.into() }
        };
        let several = Sight { own: [world.green, world.roads].into(), ..Sight::default() };
        for sight in [team_of(world.kroonwijk), several] {
            for direction in [Direction::Ascending, Direction::Descending] {
                let read = |after| {
                    let page = PageRequest { direction, after, size: 3 };
                    world
                        .store()
                        .read(|c| actions::list(c, &sight, &Filter::default(), TODAY, Order::DueOn, page))
                        .unwrap()
                };
                let walked: Vec<_> =
                    all_pages(read, place).iter().map(|it| (it.description.due_on, it.id)).collect();
                assert_eq!(walked.len(), 17);
                let ascending = walked.is_sorted();
                assert!(ascending == (direction == Direction::Ascending) && (ascending || walked.is_sorted_by(|a, b| a > b)));
            }
        }
    }

    fn the_open_actions_of_a_case_are_counted_and_loaded_oldest_first(database) {
        let world = World::new(database);
        let case = world.case("Plein");
        let about = |minute| {
            save(&world, minutes(minute), Create { case_id: Some(case.id), ..create(&world, world.green, None) })
        };
        let (first, second, ended) = (about(1), about(2), about(3));
        let complete = Complete { result: remark("Klaar.") };
        act(&world, minutes(4), ended, |it, stamp| it.complete(&complete, stamp).unwrap());
        save(&world, minutes(5), create(&world, world.green, Some(TODAY)));

        let open = world.store().read(|c| actions::load_open(c, case.id)).unwrap();

        assert_eq!(open, [first.clone(), second.clone()]);
        assert_eq!(world.store().read(|c| actions::count_open(c, case.id)).unwrap(), 2);
        let of_team = |id: ConsultationId| world.store().read(|c| actions::load_open_of(c, id)).unwrap();
        assert_eq!(of_team(world.kroonwijk).len(), 3);
        assert_eq!(of_team(world.kroonwijk)[0].description.due_on, Some(TODAY));
        assert_eq!(of_team(world.molenwijk), []);
    }

    fn the_timeline_of_a_case_tells_its_actions_without_free_text(database) {
        let world = World::new(database);
        let case = world.case("Plein");
        let action = Create { case_id: Some(case.id), ..create(&world, world.green, Some(TODAY)) };
        let action = save(&world, minutes(1), action);
        let complete = Complete { result: remark("Geheim resultaat.") };
        act(&world, minutes(2), action, |it, stamp| it.complete(&complete, stamp).unwrap());
        let sight = domain::access::NoteSight { team: [world.kroonwijk].into(), ..Default::default() };

        let told = world
            .store()
            .read(|c| persistence::timeline::list(c, &sight, &[world.kroonwijk], case.id, ALL))
            .unwrap()
            .items;

        let verbs: Vec<_> = told.iter().map(|it| (it.subject.as_str(), it.verb.as_str(), it.sequence)).collect();
        assert_eq!(verbs, [("case", "create", 1), (Subject::Action.code(), "create", 1), ("action", "complete", 2)]);
        assert_eq!(told[2].organisation_id, Some(world.green));
        assert_eq!((&told[2].data["state"], &told[2].data["dueOn"]), (&"done".into(), &"2026-03-10".into()));
        assert!(told.iter().all(|it| !it.data.to_string().contains("Geheim")));
        // The case itself did not change.
        let loaded = world.store().read(|c| cases::find(c, &everything(), case.id)).unwrap().unwrap();
        assert_eq!(loaded.version, case.version);
    }
}
