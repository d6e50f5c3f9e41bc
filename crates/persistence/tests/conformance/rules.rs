//! Policies, the ledger and the claims of a sweep.

use std::sync::mpsc;
use std::thread;

use domain::access::Sight;
use domain::change::Outcome;
use domain::escalation_ledger::{Concerned, Delivery, Entry, Ground, LedgerSubject};
use domain::escalation_policy::{
    Document, Effect, EscalationPolicy, Scope, Status, StepId, SubjectKind, WrittenStep, default_steps,
};
use domain::escalation_rules::Figures;
use persistence::escalation_policies::{self, Filter};
use persistence::{Backend, Direction, PageRequest, StoreError, escalation_ledger, sweep};
use uuid::Uuid;

use crate::world::*;

fn everything() -> PageRequest {
    PageRequest { direction: Direction::Ascending, after: None, size: 100 }
}

fn the_only_policy(world: &World<'_>) -> EscalationPolicy {
    let listed = world.store().read(|connection| {
        escalation_policies::list(connection, &Sight::everything(), &Filter::default(), everything())
    });
    listed.unwrap().items.into_iter().next().unwrap()
}

fn entry(world: &World<'_>, id: Uuid, request: &domain::follow_up::FollowUpRequest) -> Entry {
    let policy = the_only_policy(world);
    Entry {
        id: id.into(),
        subject: LedgerSubject::FollowUpRequest(request.id),
        case_id: Some(request.case_id),
        consultation_id: world.kroonwijk,
        led_by: None,
        organisation_id: Some(world.green),
        step: StepId::parse("answerLate").unwrap(),
        round: 1,
        effective_at: now(),
        fired_at: minutes(5),
        obsolete: false,
        ground: Some(Ground { policy_id: policy.id, number: 1, step: WrittenStep::default() }),
        effects: vec![Concerned::from(&**request).delivered(Effect::InformHead, Delivery::Delivered)],
        figures: Figures { elapsed_working_days: Some(6), ..Figures::default() },
    }
}

on_both! {
    fn the_policy_of_a_new_installation_is_the_default(database) {
        let world = World::new(database);
        let policy = the_only_policy(&world);
        let document = Document::parse(&default_steps().unwrap(), &Scope::default()).unwrap();
        assert_eq!(policy.document, document, "the migration and the domain tell the same");
        assert_eq!((policy.status, policy.number, &policy.scope), (Status::Active, 1, &Scope::default()));
    }

    fn a_policy_is_loaded_as_it_was_saved_and_one_of_a_scope_is_active(database) {
        let world = World::new(database);
        let document = the_only_policy(&world).document.clone();
        let scope = Scope { consultation_id: Some(world.kroonwijk), ..Scope::default() };
        let write = |number| {
            let id = database.new_id().into();
            let draft = EscalationPolicy::create(id, scope.clone(), number, document.clone(), &world.stamp(now()));
            world.write(now(), |transaction| transaction.save(&draft)).map(|()| draft.state)
        };
        let [first, second] = [1, 2].map(|number| write(number).unwrap());
        let find = |id| world.store().read(|c| escalation_policies::find(c, id)).unwrap().unwrap();
        assert_eq!(find(first.id), first);
        assert_eq!(world.store().read(|c| escalation_policies::next_number(c, &scope)).unwrap(), 3);
        let taken = write(2).unwrap_err();
        assert!(matches!(&taken, StoreError::Taken { constraint } if constraint == "escalation_policies_number"), "{taken}");

        let activate = |policy: EscalationPolicy| {
            let Ok(Outcome::Changed(change)) = policy.activate(&world.stamp(minutes(1))) else { panic!("not activated") };
            world.write(minutes(1), |transaction| transaction.save(&change)).map(|()| change.state)
        };
        let active = activate(first).unwrap();
        assert_eq!(world.store().read(|c| escalation_policies::find_active(c, &scope)).unwrap(), Some(active));
        let taken = activate(second).unwrap_err();
        assert!(matches!(&taken, StoreError::Taken { constraint } if constraint == "escalation_policies_active"), "{taken}");
    }

    fn a_step_is_entered_once_in_a_round_and_a_reminder_by_hand_each_time(database) {
        let world = World::new(database);
        let request = world.sent(now());
        let enter = |entry: &Entry| {
            world.write(minutes(5), |transaction| escalation_ledger::enter(transaction, std::slice::from_ref(entry)))
        };
        let first = entry(&world, database.new_id(), &request);
        enter(&first).unwrap();
        let found = world.store().read(|c| escalation_ledger::find(c, &team_of(world.kroonwijk), first.id)).unwrap();
        assert_eq!(found, Some(first.clone()));
        let again = enter(&Entry { id: database.new_id().into(), ..first.clone() }).unwrap_err();
        assert!(matches!(&again, StoreError::Taken { constraint } if constraint == "escalation_ledger_once"), "{again}");
        enter(&Entry { id: database.new_id().into(), round: 2, ..first.clone() }).unwrap();
        for _ in 0..2 {
            enter(&Entry { id: database.new_id().into(), ground: None, ..first.clone() }).unwrap();
        }
        let fired = world.store().read(|c| escalation_ledger::fired(c, &[request.id.into()])).unwrap();
        let rounds: Vec<u32> = fired[&request.id.into()].iter().map(|(_, round)| *round).collect();
        assert_eq!(rounds, [1, 2], "a reminder by hand is no step");

        let seen = |sight: &Sight| {
            let filter = escalation_ledger::Filter::default();
            world.store().read(|c| escalation_ledger::list(c, sight, &filter, everything())).unwrap().items.len()
        };
        assert_eq!((seen(&team_of(world.kroonwijk)), seen(&team_of(world.molenwijk))), (4, 0));
        assert_eq!((seen(&service(world.green)), seen(&service(world.roads))), (4, 0));

        let above = above(world.molenwijk);
        assert_eq!(seen(&above), 0);
        let led = Entry { id: database.new_id().into(), round: 3, led_by: Some(world.molenwijk), ..first };
        enter(&led).unwrap();
        assert_eq!((seen(&above), seen(&team_of(world.kroonwijk)), seen(&service(world.green))), (1, 5, 5));
        let found = world.store().read(|c| escalation_ledger::find(c, &above, led.id)).unwrap();
        assert_eq!(found, Some(led));
    }

    fn two_sweeps_take_different_subjects_and_neither_waits(database) {
        if database.backend() == Backend::Sqlite {
            // One writer: the second begins when the first has ended.
            return;
        }
        let world = World::new(database);
        for _ in 0..4 {
            world.sent(now());
        }
        let (claimed, has_claimed) = mpsc::channel();
        let (release, go_on) = mpsc::channel::<()>();
        let claim = |size| {
            world.write(minutes(5), |transaction| {
                sweep::claim(transaction.connection(), SubjectKind::FollowUpRequest, minutes(5), size)
            })
        };
        let (first, second) = thread::scope(|scope| {
            let world = &world;
            let first = scope.spawn(move || {
                world.write(minutes(5), |transaction| {
                    let ids = sweep::claim(transaction.connection(), SubjectKind::FollowUpRequest, minutes(5), 3)?;
                    claimed.send(()).unwrap();
                    go_on.recv().unwrap();
                    Ok(ids)
                })
            });
            has_claimed.recv().unwrap();
            let second = claim(3).unwrap();
            release.send(()).unwrap();
            (first.join().unwrap().unwrap(), second)
        });
        assert_eq!((first.len(), second.len()), (3, 1));
        assert!(first.iter().all(|id| !second.contains(id)));
    }

    fn the_rules_look_again_when_they_are_told_to(database) {
        let world = World::new(database);
        let request = world.sent(now());
        let due = || world.store().read(sweep::next_looks).unwrap().map(|(_, at)| at);
        assert_eq!(due(), [Some(now()), Some(now()), None]);
        let kind = SubjectKind::FollowUpRequest;
        let later = Some(minutes(60));
        world.write(minutes(5), |t| sweep::look_again(t, kind, &[(request.id.into(), later)])).unwrap();
        assert_eq!(due()[0], later);
        world.write(minutes(5), |t| sweep::look_at_scope(t, &Scope::default(), minutes(5))).unwrap();
        assert_eq!(due(), [Some(minutes(5)), Some(minutes(5)), None], "also what was due already");
        world.write(minutes(5), |t| sweep::look_again(t, SubjectKind::Case, &[(request.case_id.into(), None)])).unwrap();
        world.write(minutes(6), |t| sweep::look_at_cases(t, [request.case_id], minutes(6))).unwrap();
        assert_eq!(due()[1], Some(minutes(6)));
        let others = Scope { organisation_id: Some(world.roads), ..Scope::default() };
        world.write(minutes(5), |t| sweep::look_again(t, kind, &[(request.id.into(), None)])).unwrap();
        world.write(minutes(9), |t| sweep::look_at_scope(t, &others, minutes(9))).unwrap();
        assert_eq!(due()[0], None);
    }
}
