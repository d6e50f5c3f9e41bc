//! The one door: a change is written with its events, messages and audit record, or not at all.

use std::collections::BTreeSet;

use domain::audit::{Outcome, Purpose};
use domain::follow_up::{Accept, FollowUpRequest, MaySay, Receive, Say, Side};
use persistence::{Circumstances, Deed, Direction, PageRequest, StoreError, Subject, audit, follow_ups};
use uuid::Uuid;

use crate::world::*;

const ALL: PageRequest = PageRequest { direction: Direction::Ascending, after: None, size: 500 };

on_both! {
    fn a_change_is_written_with_its_events_messages_and_audit_record(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let before = (database.count("events"), database.count("audit_records"));

        let sent = world.send(now(), world.ask(&case));
        let words = MaySay { text: Some(remark("Graag antwoord")) };
        let reminded = sent.remind(&words, &world.stamp(minutes(5))).unwrap();
        world.write(minutes(5), |transaction| transaction.save(&reminded)).unwrap();

        assert_eq!(world.load(reminded.state.id), reminded.state);
        assert_eq!(database.count("events"), before.0 + 3, "create, send and remind");
        assert_eq!(database.count("audit_records"), before.1 + 2);
        let messages = world.store().read(|c| follow_ups::list_messages(c, reminded.state.id, Side::Team, 0, 50)).unwrap();
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0].text.as_deref(), Some("Graag antwoord"));
        assert_eq!((messages[0].sequence, messages[0].said_at), (3, minutes(5)));
    }

    fn an_audit_record_tells_who_did_what_to_what(database) {
        let world = World::new(database);
        let sent = world.sent(now());

        let filter = audit::Filter { subject_id: Some(sent.id.into()), ..audit::Filter::default() };
        let page = world.store().read(|c| audit::list(c, &filter, ALL)).unwrap();

        let [told] = page.items.as_slice() else { panic!("{page:?}") };
        let record = &told.record;
        assert_eq!(record.recorded_at, now());
        assert_eq!((record.client_id, record.user.as_deref()), (client(), Some("an.peeters")));
        assert_eq!((record.organisation_id, record.operation.as_str()), (world.city, "testOperation"));
        assert_eq!((record.subject.as_deref(), record.version), (Some("followUpRequest"), Some(1)));
        assert_eq!((record.subject_id, record.case_id), (Some(sent.id.into()), Some(sent.case_id)));
        assert_eq!(record.roles().collect::<Vec<_>>(), ["neighbourhoodManager", "policeOfficer"]);
        assert_eq!((record.outcome.as_str(), &record.problem, &told.purpose), (Outcome::Succeeded.code(), &None, &None));
    }

    fn deeds_are_recorded_many_at_once_with_what_they_are_for(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort").id;
        let purpose = Purpose { text: "Inzage".to_owned(), salt: "zout".to_owned(), hash: "12ab".to_owned() };
        let circumstances = Circumstances { purpose: Some(purpose), ..world.circumstances(minutes(5)) };
        let read = Deed::of(Subject::Case, case.into());
        let refused = Deed { refused: Some("missingPermission"), ..Deed::default() };
        let request = Deed::of(Subject::FollowUpRequest, Uuid::from_u128(9)).within(Some(case));
        world
            .store()
            .write(&circumstances, |transaction| {
                transaction.record_all(&[(read, world.city), (request, world.green)])?;
                transaction.record(&refused)
            })
            .unwrap();
        let list = |filter| world.store().read(|c| audit::list(c, &filter, ALL)).unwrap().items;
        let of_case = list(audit::Filter { case_id: Some(case), recorded_from: Some(minutes(5)), ..Default::default() });
        let organisations: BTreeSet<_> = of_case.iter().map(|told| told.record.organisation_id).collect();
        assert_eq!(organisations, [world.city, world.green].into());
        let of_refused = list(audit::Filter { outcome: Some(Outcome::Refused), ..Default::default() });
        let [told] = of_refused.as_slice() else { panic!("{of_refused:?}") };
        assert_eq!((told.record.problem.as_deref(), told.record.subject_id), (Some("missingPermission"), None));
        for told in of_case.iter().chain(&of_refused) {
            assert_eq!(told.record.purpose_hash.as_deref(), Some("12ab"));
            let kept = told.purpose.as_ref().unwrap();
            assert_eq!((kept.text.as_str(), kept.salt.as_str()), ("Inzage", "zout"));
        }
        assert_eq!(list(audit::Filter { user: Some("an.peeters".to_owned()), ..Default::default() }).len(), 9);
        assert!(list(audit::Filter { user: Some("niemand".to_owned()), ..Default::default() }).is_empty());
    }

    fn any_number_of_deeds_is_recorded_at_once(database) {
        let world = World::new(database);
        let before = (database.count("audit_records"), database.count("audit_pending"));
        let deeds = vec![(Deed::of(Subject::Case, Uuid::from_u128(9)), world.city); 5_000];
        world.write(now(), |transaction| transaction.record_all(&deeds)).unwrap();
        let after = (database.count("audit_records"), database.count("audit_pending"));
        assert_eq!(after, (before.0 + 5_000, before.1 + 5_000));
    }

    fn a_failure_after_the_save_leaves_nothing(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let tables = ["cases", "follow_up_requests", "follow_up_messages", "events", "audit_records", "case_search"];
        let count = || tables.map(|table| database.count(table));
        let before = (count(), database.texts("SELECT CAST(sum(version) AS TEXT) AS value FROM view_versions"));

        let asked = FollowUpRequest::create_and_send(world.ask(&case), &clockwork(now()), &world.stamp(now()));
        let closed = world.close(case.clone(), now());
        let outcome: Result<(), StoreError> = world.write(now(), |transaction| {
            transaction.save(&asked)?;
            transaction.save(&closed)?;
            Err(StoreError::NotFound)
        });

        assert!(matches!(outcome, Err(StoreError::NotFound)));
        assert_eq!(count(), before.0);
        assert_eq!(database.texts("SELECT CAST(sum(version) AS TEXT) AS value FROM view_versions"), before.1);
        assert_eq!(world.load_case(case.id), case);
    }

    fn a_failed_statement_that_is_passed_over_is_not_committed(database) {
        let world = World::new(database);
        let sent = world.sent(now());
        let again = world.ask(&world.load_case(sent.case_id));
        let again = FollowUpRequest::create(again, &world.stamp(now()));

        let outcome: Result<(), StoreError> = world.write(now(), |transaction| {
            audit_something(transaction, sent.case_id.into())?;
            // PostgreSQL aborts the transaction here; whoever does not say so must not be told that it took effect.
            let _ = transaction.save(&again);
            Ok(())
        });

        let written = database.number(
            "SELECT count(*) AS value FROM audit_records WHERE subject_kind = 'case' AND version IS NULL",
        );
        assert_eq!(written, i64::from(outcome.is_ok()));
    }

    fn a_change_that_was_decided_on_an_older_version_is_stale_and_writes_nothing(database) {
        let world = World::new(database);
        let sent = world.sent(now());
        let first = changed(sent.clone().receive(&Receive::default(), &world.stamp(minutes(1))));
        let second = changed(sent.accept(&Accept::default(), &world.stamp(minutes(2))));
        world.save(first.clone());
        let before = (database.count("events"), database.count("audit_records"));

        let outcome = world.write(minutes(2), |transaction| transaction.save(&second));

        assert!(matches!(outcome, Err(StoreError::Stale)), "{outcome:?}");
        assert_eq!(world.load(first.state.id), first.state);
        assert_eq!((database.count("events"), database.count("audit_records")), before);
    }

    fn reference_data_and_notes_that_changed_meanwhile_are_stale(database) {
        let world = World::new(database);
        let mut stored = world.store().read(|c| persistence::organisations::find(c, world.green)).unwrap().unwrap();
        let before = Some(stored.clone());
        stored.organisation.version = stored.organisation.version.next();
        let edit = persistence::Edit { verb: "update", at: now() };
        let change = domain::change::Change { before, state: stored, events: vec![edit] };
        world.write(now(), |transaction| transaction.save(&change)).unwrap();

        let outcome = world.write(now(), |transaction| transaction.save(&change));

        assert!(matches!(outcome, Err(StoreError::Stale)), "{outcome:?}");
    }

    fn two_reminders_decided_on_the_same_state_do_not_both_count(database) {
        let world = World::new(database);
        let sent = world.sent(now());
        let remind = |request: &FollowUpRequest| {
            request.clone().remind(&MaySay::default(), &world.stamp(minutes(1))).unwrap()
        };
        let (first, second) = (remind(&sent), remind(&sent));
        world.write(minutes(1), |transaction| transaction.save(&first)).unwrap();

        let outcome = world.write(minutes(1), |transaction| transaction.save(&second));

        assert!(matches!(outcome, Err(StoreError::Stale)), "{outcome:?}");
        assert_eq!(world.load(sent.id).reminder_count, 1);
        assert_eq!(world.load(sent.id).version, sent.version);
    }

    fn the_events_of_a_request_are_numbered_without_gaps(database) {
        let world = World::new(database);
        let say = |text: &str| Say { text: remark(text) };

        let request = world.sent(now());
        let request = world.act(minutes(1), request, |it, stamp| it.ask_back(&say("welke haag?"), stamp));
        let calendar = domain::calendar::Calendar::default();
        let request = world.act(minutes(2), request, |it, stamp| it.reply(&say("de linkse"), &calendar, stamp));
        let reminded = request.remind(&MaySay::default(), &world.stamp(minutes(3))).unwrap();
        world.write(minutes(3), |transaction| transaction.save(&reminded)).unwrap();
        let withdrawn =
            world.act(minutes(4), reminded.state, |it, stamp| it.withdraw(&say("toch niet"), &calendar, stamp));

        let told = database.texts(&format!(
            "SELECT CAST(sequence AS TEXT) || ' ' || CAST(version AS TEXT) || ' ' || verb AS value FROM events \
             WHERE subject_id = '{}' ORDER BY sequence",
            withdrawn.id
        ));
        assert_eq!(told, ["1 1 create", "2 1 send", "3 2 askBack", "4 3 reply", "5 3 remind", "6 4 withdraw"]);
        assert_eq!(withdrawn.sequence, 6);
    }

    fn each_event_tells_when_it_took_effect_and_when_it_was_recorded(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let late = persistence::Circumstances { recorded_at: minutes(90), ..world.circumstances(minutes(30)) };
        let change = FollowUpRequest::create(world.ask(&case), &world.stamp(minutes(30)));

        world.store().write::<_, StoreError>(&late, |transaction| transaction.save(&change)).unwrap();

        let page = world
            .store()
            .read(|c| {
                let notes = domain::access::NoteSight { team: [world.kroonwijk].into(), ..Default::default() };
                persistence::timeline::list(c, &notes, &[world.kroonwijk], case.id, ALL)
            })
            .unwrap();
        let event = page.items.iter().find(|event| event.subject == "followUpRequest").unwrap();
        assert_eq!((event.effective_at, event.recorded_at), (minutes(30), minutes(90)));
    }
}

fn audit_something(
    transaction: &mut persistence::Transaction<'_>,
    case: uuid::Uuid,
) -> Result<(), StoreError> {
    transaction.audit(persistence::Subject::Case, case, None)
}
