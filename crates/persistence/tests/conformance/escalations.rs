//! Escalations as they are kept, and who leads a case with everything about it.

use domain::access::Sight;
use domain::case::Case;
use domain::change::Outcome;
use domain::escalation::{
    Accept, Close, Create, Criteria, Drop, Escalation, GiveOutcome, LegalGate, LegalGateKind, Origin, Refuse,
    Rendition, Return, Status, Submit,
};
use domain::id::EscalationId;
use domain::report::Reader;
use domain::text::{Paragraph, Reference, Remark};
use persistence::escalations::{self, Filter, Order};
use persistence::{Direction, PageRequest, StoreError, actions, cases, follow_ups};
use uuid::Uuid;

use crate::world::*;

const ALL: PageRequest = PageRequest { direction: Direction::Ascending, after: None, size: 500 };

fn words(text: &str) -> Remark {
    Remark::parse(text).unwrap()
}

fn create(world: &World<'_>, case: &Case, origin: Origin) -> Create {
    Create {
        id: EscalationId::new(world.database.new_id()),
        case_id: case.id,
        from_consultation_id: world.molenwijk,
        to_consultation_id: world.kroonwijk,
        reason: (origin == Origin::Team).then(|| words("Het blijft terugkomen")),
        origin,
        criteria: Criteria { services: 3, days_open: 200, ..Criteria::default() },
    }
}

fn proposed(world: &World<'_>, case: &Case) -> Escalation {
    let change = Escalation::create(create(world, case, Origin::Team), &world.stamp(now())).unwrap();
    world.write(now(), |transaction| transaction.save(&change)).unwrap();
    change.state
}

fn save(
    world: &World<'_>,
    outcome: Result<domain::escalation::Outcome, domain::escalation::EscalationError>,
) -> Escalation {
    let Outcome::Changed(change) = outcome.unwrap() else { panic!("nothing changed") };
    world.write(now(), |transaction| transaction.save(&change)).unwrap();
    change.state
}

fn submit(world: &World<'_>, escalation: Escalation) -> Escalation {
    let gate = LegalGate {
        kind: LegalGateKind::MayorMeasure,
        document_reference: Reference::parse("BP 2026/3").unwrap(),
    };
    let command = Submit { text: Paragraph::parse("Wie neemt dit op?").unwrap(), legal_gate: Some(gate) };
    let number = escalation.next_submission();
    let renditions = [Reader::Team, Reader::Police, Reader::Housing].map(|reader| Rendition {
        reader,
        submission: number,
        content: format!("{{\"audience\":\"{reader}\"}}"),
        hash: format!("{number:064}"),
    });
    let criteria = Criteria { services: 4, ..Criteria::default() };
    save(world, escalation.submit(&command, &criteria, renditions.into(), true, &world.stamp(now())))
}

fn accept(world: &World<'_>, escalation: Escalation) -> Escalation {
    save(world, escalation.accept(&Accept { text: Some(words("Goed")) }, &world.stamp(now())))
}

fn loaded(world: &World<'_>, sight: &Sight, id: EscalationId) -> Option<Escalation> {
    world.store().read(|c| escalations::find(c, sight, id)).unwrap()
}

on_both! {
    fn an_escalation_is_loaded_as_it_was_saved_in_every_state(database) {
        let world = World::new(database);
        let stamp = world.stamp(now());
        let new = || proposed(&world, &world.case_elsewhere("Overdracht"));
        let by_rule = Origin::Rule {
            policy_id: Uuid::from_u128(7), policy_number: 3, step: "tweede".to_owned(), round: 2,
        };
        let case = world.case_elsewhere("Regel");
        let change = Escalation::create(create(&world, &case, by_rule), &stamp).unwrap();
        world.write(now(), |transaction| transaction.save(&change)).unwrap();
        let text = words("Toch niet");
        let returned = |escalation: Escalation| {
            let advice = Paragraph::parse("Vraag eerst de eigenaar").unwrap();
            save(&world, escalation.send_back(&Return { advice }, &stamp))
        };
        let given = |escalation: Escalation| {
            let text = Paragraph::parse("Verzegeld").unwrap();
            save(&world, escalation.give_outcome(&GiveOutcome { text }, &stamp))
        };
        let all = [
            change.state,
            save(&world, new().drop(&Drop { text: text.clone() }, &stamp)),
            submit(&world, new()),
            accept(&world, submit(&world, new())),
            save(&world, submit(&world, new()).refuse(&Refuse { text }, &stamp)),
            submit(&world, returned(submit(&world, new()))),
            returned(accept(&world, submit(&world, new()))),
            given(accept(&world, submit(&world, new()))),
            save(&world, given(accept(&world, submit(&world, new()))).close(&Close::default(), &stamp)),
        ];
        for escalation in &all {
            assert_eq!(loaded(&world, &everything(), escalation.id).as_ref(), Some(escalation));
        }
        let states: std::collections::BTreeSet<Status> = all.iter().map(|escalation| escalation.status).collect();
        assert_eq!(states.len(), Status::ALL.len());
        let renditions = world.store().read(|c| escalations::all_renditions(c, all[5].id)).unwrap();
        assert_eq!(renditions.len(), 6);
        let police = world.store().read(|c| escalations::rendition(c, all[5].id, 2, Reader::Police)).unwrap();
        assert_eq!(police.unwrap().content, "{\"audience\":\"police\"}");
    }

    fn one_escalation_of_a_case_runs(database) {
        let world = World::new(database);
        let case = world.case_elsewhere("Twee keer");
        let first = proposed(&world, &case);
        let second = Escalation::create(create(&world, &case, Origin::Team), &world.stamp(now())).unwrap();
        let refused = world.write(now(), |transaction| transaction.save(&second)).unwrap_err();
        assert!(
            matches!(&refused, StoreError::Taken { constraint, .. } if constraint == "escalations_running"),
            "{refused:?}"
        );
        let running = || world.store().read(|c| escalations::find_running(c, case.id)).unwrap();
        assert_eq!(running().map(|found| found.id), Some(first.id));
        save(&world, first.drop(&Drop { text: words("Niet meer nodig") }, &world.stamp(now())));
        assert_eq!(running(), None);
        world.write(now(), |transaction| transaction.save(&second)).unwrap();
    }

    fn the_consultation_above_knows_what_was_submitted_to_it(database) {
        let world = World::new(database);
        let (lower, upper) = (team_of(world.molenwijk), team_of(world.kroonwijk));
        let quiet = proposed(&world, &world.case_elsewhere("Voorgesteld"));
        let sent = submit(&world, proposed(&world, &world.case_elsewhere("Overgedragen")));
        let dropped = save(
            &world,
            proposed(&world, &world.case_elsewhere("Niet doorgezet"))
                .drop(&Drop { text: words("Toch niet") }, &world.stamp(now())),
        );
        for (escalation, is_known) in [(&quiet, false), (&sent, true), (&dropped, false)] {
            assert!(loaded(&world, &lower, escalation.id).is_some());
            assert_eq!(loaded(&world, &upper, escalation.id).is_some(), is_known);
        }
        let list = |sight: &Sight, filter: Filter| {
            let found = world.store().read(|c| {
                escalations::list(c, sight, &filter, now(), Order::UpdatedAt, ALL)
            });
            found.unwrap().items.iter().map(|found| found.id).collect::<Vec<_>>()
        };
        assert_eq!(list(&lower, Filter::default()).len(), 3);
        assert_eq!(list(&upper, Filter::default()), [sent.id]);
        let both = Sight { consultations: [world.kroonwijk, world.molenwijk].into(), ..Sight::default() };
        assert_eq!(list(&both, Filter::default()).len(), 3);
        let proposed = Filter { states: vec![Status::Proposed], ..Filter::default() };
        assert_eq!(list(&lower, proposed), [quiet.id]);
        let to = Filter { to_consultation_id: Some(world.kroonwijk), case_id: Some(sent.case_id), ..Filter::default() };
        assert_eq!(list(&lower, to), [sent.id]);
        assert_eq!(list(&lower, Filter { late: Some(true), ..Filter::default() }), []);
    }

    fn whoever_leads_a_case_finds_it_with_all_about_it(database) {
        let world = World::new(database);
        let case = world.case_elsewhere("Geleid dossier");
        let request = world.send(now(), world.ask(&case));
        let action = domain::action::Create {
            id: domain::id::ActionId::new(world.database.new_id()),
            consultation_id: world.molenwijk,
            led_by: None,
            case_id: Some(case.id),
            decision_id: None,
            meeting_id: None,
            description: domain::action::Description {
                kind: domain::action::Kind::Presence,
                title: domain::text::Title::parse("Avondronde").unwrap(),
                description: None,
                owner: domain::action::Owner {
                    organisation_id: world.green,
                    function: domain::consultation::FunctionCode::parse("guard").unwrap(),
                },
                due_on: None,
            },
        };
        let action = domain::action::Action::create(action, &world.stamp(now()));
        world.write(now(), |transaction| transaction.save(&action)).unwrap();
        let upper = above(world.kroonwijk);
        let found = |sight: &Sight| {
            let words = cases::Filter { words: Some("geleid".to_owned()), ..cases::Filter::default() };
            let of_lower =
                cases::Filter { consultation_id: Some(world.molenwijk), ..cases::Filter::default() };
            world
                .store()
                .read(|c| {
                    let listed = |c: &mut _, filter: &cases::Filter| {
                        cases::list(c, sight, filter, ALL).map(|page| page.items.len() == 1)
                    };
                    let today = jiff::civil::date(2026, 3, 2);
                    let order = actions::Order::CreatedAt;
                    Ok::<_, StoreError>([
                        cases::find(c, sight, case.id)?.is_some(),
                        cases::visible(c, sight, [case.id])?.contains(&case.id),
                        listed(c, &cases::Filter::default())?,
                        listed(c, &words)?,
                        listed(c, &of_lower)?,
                        follow_ups::find(c, sight, request.id)?.is_some(),
                        actions::find(c, sight, action.state.id)?.is_some(),
                        !actions::list(c, sight, &actions::Filter::default(), today, order, ALL)?.items.is_empty(),
                    ])
                })
                .unwrap()
        };
        let submitted = submit(&world, proposed(&world, &case));
        assert_eq!(found(&upper), [false; 8]);
        let before = world.load_case(case.id);
        let accepted = accept(&world, submitted);
        assert_eq!(found(&upper), [true; 8]);
        assert_eq!(found(&team_of(world.molenwijk)), [true; 8]);
        let led = world.load_case(case.id);
        assert_eq!((led.led_by, led.version), (Some(world.kroonwijk), before.version));

        // Who changes what another leads by now is told.
        let edited = before.monitor(
            &domain::case::Monitor { check_on: jiff::civil::date(2030, 1, 1), text: words("Nakijken") },
            &world.stamp(now()),
        );
        let Outcome::Changed(edited) = edited.unwrap() else { panic!("nothing changed") };
        let stale = world.write(now(), |transaction| transaction.save(&edited)).unwrap_err();
        assert!(matches!(stale, StoreError::Stale), "{stale:?}");

        let text = Paragraph::parse("Verzegeld").unwrap();
        save(&world, accepted.give_outcome(&GiveOutcome { text }, &world.stamp(now())));
        assert_eq!(found(&upper), [false; 8]);
        assert_eq!(found(&team_of(world.molenwijk)), [true; 8]);
    }
}
