//! What may be there once, and what must be there first; both databases name the constraint alike.

use domain::calendar::WorkingDays;
use domain::follow_up::{FollowUpRequest, QuestionKind, Say, Urgency};
use domain::id::{CaseId, ClosureDayId, OrganisationId, TermId};
use domain::term::{TermDays, TermRule};
use persistence::closure_days::{self, ClosureDay};
use persistence::terms::{self, StoredTerm};
use persistence::{Direction, PageRequest, StoreError, follow_ups};
use uuid::Uuid;

use crate::world::*;

fn taken<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> String {
    match outcome {
        Err(StoreError::Taken { constraint }) => constraint,
        other => panic!("{other:?}"),
    }
}

on_both! {
    fn a_service_has_one_open_request_of_a_kind_about_a_case(database) {
        let world = World::new(database);
        let sent = world.sent(now());
        let case = world.load_case(sent.case_id);
        let again = FollowUpRequest::create(world.ask(&case), &world.stamp(now()));

        let outcome = world.write(now(), |transaction| transaction.save(&again));

        assert_eq!(taken(outcome), "follow_up_requests_open");
        let open = world.store().read(|c| {
            follow_ups::find_open(c, case.id, world.green, QuestionKind::CleanOrRepair)
        });
        assert_eq!(open.unwrap(), Some(sent.id));
    }

    fn a_question_of_another_kind_to_another_service_or_after_the_end_is_a_request_of_its_own(database) {
        let world = World::new(database);
        let sent = world.sent(now());
        let case = world.load_case(sent.case_id);

        world.send(now(), domain::follow_up::Create { question_kind: QuestionKind::Inspect, ..world.ask(&case) });
        world.send(now(), domain::follow_up::Create { organisation_id: world.roads, ..world.ask(&case) });
        let say = Say { text: remark("niet meer nodig") };
        let calendar = domain::calendar::Calendar::default();
        world.act(minutes(1), sent, |it, stamp| it.withdraw(&say, &calendar, stamp));
        world.send(minutes(2), world.ask(&case));

        assert_eq!(world.store().read(|c| follow_ups::count_open(c, case.id)).unwrap(), 3);
        let open = world.store().read(|c| follow_ups::load_open(c, case.id)).unwrap();
        assert_eq!(open.len(), 3);
        assert!(open.is_sorted_by_key(|request| (request.created_at, request.id)));
    }

    fn a_reference_is_given_once(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let mut command = world.create_case("Nog een");
        command.reference = case.reference.clone();
        let change = domain::case::Case::create(command, &world.stamp(now())).unwrap();

        assert_eq!(taken(world.write(now(), |transaction| transaction.save(&change))), "cases_reference");
    }

    fn an_id_is_given_once(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let mut command = world.create_case("Nog een");
        command.id = case.id;
        let change = domain::case::Case::create(command, &world.stamp(now())).unwrap();

        assert_eq!(taken(world.write(now(), |transaction| transaction.save(&change))), "cases_pk");
    }

    fn an_organisation_closes_once_on_a_day(database) {
        let world = World::new(database);
        let day = |id: Uuid| ClosureDay {
            id: ClosureDayId::new(id),
            organisation_id: world.green,
            closed_on: "2026-05-15".parse().unwrap(),
            name: Some("Brugdag".to_owned()),
            recorded_at: now(),
        };
        let (first, second) = (day(database.new_id()), day(database.new_id()));
        world.write(now(), |transaction| closure_days::add(transaction, &first)).unwrap();

        assert_eq!(taken(world.write(now(), |transaction| closure_days::add(transaction, &second))), "closure_days_day");

        assert!(world.write(now(), |transaction| closure_days::remove(transaction, first.id)).unwrap());
        world.write(now(), |transaction| closure_days::add(transaction, &second)).unwrap();
    }

    fn one_rule_holds_for_the_same_requests(database) {
        let world = World::new(database);
        let term = |rule: TermRule| StoredTerm { id: TermId::new(database.new_id()), rule, recorded_at: now() };
        let days = TermDays { receipt: WorkingDays::clamped(2), answer: WorkingDays::clamped(5) };
        let none = TermRule {
            organisation_id: None, consultation_id: None, category_group: None, urgency: None, days,
        };
        let rules = [
            none.clone(),
            TermRule { organisation_id: Some(world.green), ..none.clone() },
            TermRule { consultation_id: Some(world.kroonwijk), ..none.clone() },
            TermRule { category_group: Some(category("AFV")), urgency: Some(Urgency::Low), ..none.clone() },
        ];
        for rule in &rules {
            world.write(now(), |transaction| terms::add(transaction, &term(rule.clone()))).unwrap();
        }

        for rule in rules {
            let again = term(TermRule { days: TermDays { answer: WorkingDays::clamped(9), ..days }, ..rule });
            let outcome = world.write(now(), |transaction| terms::add(transaction, &again));
            assert_eq!(taken(outcome), "term_rules_applies_to");
        }
        let all = PageRequest { direction: Direction::Ascending, after: None, size: 50 };
        let first = world.store().read(|c| terms::list(c, &everything(), all)).unwrap().items.remove(0);
        assert!(world.write(now(), |transaction| terms::remove(transaction, first.id)).unwrap());
        world.write(now(), |transaction| terms::add(transaction, &term(first.rule.clone()))).unwrap();
    }

    fn a_consultation_has_a_code_of_its_own(database) {
        let world = World::new(database);
        let twin = created(consultation(database.new_id(), "KRO", Vec::new()));

        assert_eq!(taken(world.write(now(), |transaction| transaction.save(&twin))), "consultations_code");
    }

    fn a_row_refers_only_to_what_exists(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let nobody = OrganisationId::new(Uuid::from_u128(404));
        let to_nobody = domain::follow_up::Create { organisation_id: nobody, ..world.ask(&case) };
        let about_nothing =
            domain::follow_up::Create { case_id: CaseId::new(Uuid::from_u128(404)), ..world.ask(&case) };

        for (command, constraint) in
            [(to_nobody, "follow_up_requests_organisation_fk"), (about_nothing, "follow_up_requests_case_fk")]
        {
            let change = FollowUpRequest::create(command, &world.stamp(now()));
            match world.write(now(), |transaction| transaction.save(&change)) {
                Err(StoreError::Dangling { constraint: Some(told) }) => assert_eq!(told, constraint),
                Err(StoreError::Dangling { constraint: None }) => {
                    assert_eq!(database.backend(), persistence::Backend::Sqlite, "SQLite does not tell");
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(database.count("follow_up_requests"), 0);
    }
}
