//! Lists of requests: who sees what, every filter, and the instants at which time alone changes them.

use std::collections::BTreeSet;

use domain::access::Sight;
use domain::calendar::Calendar;
use domain::follow_up::{
    Accept, Answer, AnswerOutcome, Create, FollowUpRequest, Imported, ImportedEnd, QuestionKind, Receive,
    Say, Side, Status, Urgency,
};
use domain::id::FollowUpRequestId;
use domain::text::Reference;
use jiff::{Timestamp, ToSpan};
use persistence::follow_ups::{self, Filter, Order};
use persistence::{Direction, PageRequest};

use crate::world::*;

const ALL: PageRequest = PageRequest { direction: Direction::Ascending, after: None, size: 500 };

fn list(
    world: &World<'_>,
    sight: &Sight,
    filter: &Filter,
    at: Timestamp,
    order: Order,
) -> Vec<FollowUpRequestId> {
    let page = world.store().read(|c| follow_ups::list(c, sight, filter, at, order, ALL)).unwrap();
    page.items.iter().map(|(request, _)| request.id).collect()
}

/// Writes requests in many states, in both consultations, to both services, over two months.
fn write_many(world: &World<'_>) -> Vec<FollowUpRequest> {
    let calendar = Calendar::default();
    let say = Say { text: remark("zo is het") };
    let mut all = Vec::new();
    for number in 0..36_u8 {
        let at = now() + (i64::from(number) * 37).hours();
        let later = |hours: i64| at + hours.hours();
        let case = if number % 4 == 3 { world.case_elsewhere("Daar") } else { world.case("Hier") };
        let command = Create {
            organisation_id: if number % 3 == 0 { world.roads } else { world.green },
            question_kind: QuestionKind::ALL[usize::from(number) % 3],
            urgency: Urgency::ALL[usize::from(number) % 2],
            ..world.ask(&case)
        };
        let request = match number % 9 {
            0 => world.draft(at, command),
            1 => {
                let draft = world.draft(at, command);
                world.act(later(1), draft, |it, stamp| it.withdraw(&say, &calendar, stamp))
            }
            2 => world.send(at, command),
            3 => {
                let sent = world.send(at, command);
                world.write(later(1), |transaction| follow_ups::see(transaction, [sent.id])).unwrap();
                sent
            }
            4 => {
                let sent = world.send(at, command);
                let receive =
                    Receive { external_reference: Some(Reference::parse(format!("WB-{number}")).unwrap()) };
                world.act(later(2), sent, |it, stamp| it.receive(&receive, stamp))
            }
            5 => {
                let sent = world.send(at, command);
                world.act(later(3), sent, |it, stamp| it.accept(&Accept::default(), stamp))
            }
            6 => {
                let sent = world.send(at, command);
                world.act(later(24 * 20), sent, |it, stamp| it.ask_back(&say, stamp))
            }
            7 => {
                let sent = world.send(at, command);
                let days = if number % 2 == 0 { 3 } else { 60 };
                let answer = Answer { text: paragraph("Klaar"), outcome: AnswerOutcome::Done, channel: None };
                world.act(later(24 * days), sent, |it, stamp| {
                    it.answer(&answer, Side::Service, &calendar, stamp)
                })
            }
            _ => {
                let imported = Imported {
                    id: command.id,
                    consultation_id: command.consultation_id,
                    case_id: command.case_id,
                    category: category("AFV.SLUIK"),
                    organisation_id: command.organisation_id,
                    question_kind: command.question_kind,
                    urgency: command.urgency,
                    subject: command.subject,
                    question: command.question,
                    external_reference: Some(Reference::parse("OUD-1").unwrap()),
                    created_at: at,
                    due_at: (number % 2 == 0).then(|| later(24)),
                    ended: (number % 4 == 0).then(|| (ImportedEnd::Closed, later(48))),
                };
                world.save(FollowUpRequest::imported(imported, &world.stamp(later(1))))
            }
        };
        all.push(world.load(request.id));
    }
    all
}

fn is_visible(sight: &Sight, request: &FollowUpRequest) -> bool {
    sight.everything
        || sight.consultations.contains(&request.consultation_id)
        || (sight.addressed.contains(&request.organisation_id) && request.is_visible_to_service())
}

fn passes(filter: &Filter, request: &FollowUpRequest, at: Timestamp) -> bool {
    let one_of = |wanted: bool, empty: bool| wanted || empty;
    let agrees = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
    one_of(filter.states.contains(&request.status()), filter.states.is_empty())
        && filter.organisation_id.is_none_or(|id| id == request.organisation_id)
        && filter.consultation_id.is_none_or(|id| id == request.consultation_id)
        && filter.case_id.is_none_or(|id| id == request.case_id)
        && one_of(filter.question_kinds.contains(&request.question_kind), filter.question_kinds.is_empty())
        && one_of(filter.urgencies.contains(&request.urgency), filter.urgencies.is_empty())
        && agrees(filter.late, request.late_from().is_some_and(|late| at > late))
        && agrees(filter.seriously_late, request.seriously_late_from().is_some_and(|late| at > late))
        && agrees(filter.never_seen, request.is_never_seen())
        && filter.due_before.is_none_or(|before| {
            request.status().is_open() && request.answer_due_at().is_some_and(|due| due < before)
        })
        && filter
            .external_reference
            .as_ref()
            .is_none_or(|wanted| request.external_reference.as_ref().is_some_and(|it| it.as_str() == wanted))
}

fn sights(world: &World<'_>) -> Vec<Sight> {
    let consultations: [BTreeSet<_>; 3] =
        [[].into(), [world.kroonwijk].into(), [world.kroonwijk, world.molenwijk].into()];
    let services: [BTreeSet<_>; 3] = [[].into(), [world.green].into(), [world.green, world.roads].into()];
    let mut sights = vec![everything()];
    for consultations in &consultations {
        for addressed in &services {
            let (consultations, addressed) = (consultations.clone(), addressed.clone());
            sights.push(Sight { consultations, addressed, ..Sight::default() });
        }
    }
    sights
}

fn filters(world: &World<'_>, some: &FollowUpRequest) -> Vec<Filter> {
    let none = Filter::default;
    vec![
        none(),
        Filter { states: vec![Status::Sent], ..none() },
        Filter { states: vec![Status::Draft, Status::Withdrawn, Status::Answered], ..none() },
        Filter { organisation_id: Some(world.roads), ..none() },
        Filter { consultation_id: Some(world.molenwijk), ..none() },
        Filter { case_id: Some(some.case_id), ..none() },
        Filter { question_kinds: vec![QuestionKind::ALL[0], QuestionKind::ALL[2]], ..none() },
        Filter { urgencies: vec![Urgency::Urgent], ..none() },
        Filter { late: Some(true), ..none() },
        Filter { late: Some(false), ..none() },
        Filter { seriously_late: Some(true), ..none() },
        Filter { seriously_late: Some(false), ..none() },
        Filter { never_seen: Some(true), ..none() },
        Filter { never_seen: Some(false), ..none() },
        Filter { due_before: Some(at("2026-04-10T00:00:00Z")), ..none() },
        Filter { external_reference: Some("OUD-1".to_owned()), ..none() },
    ]
}

/// Both filters at once, where they do not speak of the same.
fn both(one: &Filter, two: &Filter) -> Filter {
    Filter {
        states: [one.states.clone(), two.states.clone()].concat(),
        organisation_id: one.organisation_id.or(two.organisation_id),
        consultation_id: one.consultation_id.or(two.consultation_id),
        case_id: one.case_id.or(two.case_id),
        question_kinds: [one.question_kinds.clone(), two.question_kinds.clone()].concat(),
        urgencies: [one.urgencies.clone(), two.urgencies.clone()].concat(),
        late: one.late.or(two.late),
        seriously_late: one.seriously_late.or(two.seriously_late),
        never_seen: one.never_seen.or(two.never_seen),
        due_before: one.due_before.or(two.due_before),
        external_reference: one.external_reference.clone().or(two.external_reference.clone()),
    }
}

on_both! {
    fn every_reader_with_every_filter_is_given_what_the_domain_says(database) {
        let world = World::new(database);
        let mut all = write_many(&world);
        let at = at("2026-04-20T10:00:00Z");
        let filters = filters(&world, &all[2]);
        let mut expectations = 0;

        let always: fn(&FollowUpRequest) -> bool = |_| true;
        for (order, is_in) in [
            (Order::CreatedAt, always),
            (Order::AnswerDueAt, |request| request.answer_due_at().is_some()),
        ] {
            match order {
                Order::CreatedAt => all.sort_by_key(|it| (it.created_at, it.id)),
                Order::AnswerDueAt => all.sort_by_key(|it| (it.answer_due_at(), it.id)),
            }
            for sight in sights(&world) {
                for (index, one) in filters.iter().enumerate() {
                    for two in &filters[index..] {
                        let filter = both(one, two);
                        let expected: Vec<FollowUpRequestId> = all
                            .iter()
                            .filter(|it| is_in(it) && is_visible(&sight, it) && passes(&filter, it, at))
                            .map(|it| it.id)
                            .collect();
                        assert_eq!(list(&world, &sight, &filter, at, order), expected, "{sight:?} {filter:?}");
                        expectations += usize::from(!expected.is_empty());
                    }
                }
            }
        }
        assert!(expectations > 500, "most lists hold something: {expectations}");
    }

    fn a_service_never_sees_a_draft_nor_one_that_was_taken_back(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let draft = world.draft(now(), world.ask(&case));
        let seen_by = |sight: &Sight| {
            let listed = !list(&world, sight, &Filter::default(), now(), Order::CreatedAt).is_empty();
            let found = world.store().read(|c| follow_ups::find(c, sight, draft.id)).unwrap().is_some();
            let case = world.store().read(|c| persistence::cases::find(c, sight, case.id)).unwrap().is_some();
            (listed, found, case)
        };

        let before = (seen_by(&service(world.green)), seen_by(&team_of(world.kroonwijk)));
        let say = Say { text: remark("toch niet") };
        world.act(minutes(1), draft.clone(), |it, stamp| it.withdraw(&say, &Calendar::default(), stamp));
        let after = (seen_by(&service(world.green)), seen_by(&team_of(world.kroonwijk)));

        assert_eq!(before, ((false, false, false), (true, true, true)));
        assert_eq!(after, before);
    }

    fn a_service_sees_what_is_sent_to_it_and_the_case_that_it_is_about(database) {
        let world = World::new(database);
        let sent = world.sent(now());
        let find = |sight: &Sight| world.store().read(|c| follow_ups::find(c, sight, sent.id)).unwrap();
        let case = |sight: &Sight| world.store().read(|c| persistence::cases::find(c, sight, sent.case_id)).unwrap();

        let (found, summary) = find(&service(world.green)).unwrap();
        assert_eq!(found, sent);
        assert_eq!((summary.category.as_str(), summary.location_kind.as_str()), ("AFV.SLUIK", "unknown"));
        assert!(case(&service(world.green)).is_some());
        for stranger in [service(world.roads), team_of(world.molenwijk), Sight::default()] {
            assert_eq!(find(&stranger), None);
            assert_eq!(case(&stranger), None);
        }
    }

    fn what_is_due_now_is_not_late_yet(database) {
        let world = World::new(database);
        let sent = world.sent(now());
        let one = 1.microseconds();
        let is_in = |filter: Filter, at: Timestamp| {
            !list(&world, &service(world.green), &filter, at, Order::CreatedAt).is_empty()
        };

        let late: fn(bool) -> Filter = |is| Filter { late: Some(is), ..Filter::default() };
        for (from, filter) in [
            (sent.late_from(), late),
            (sent.seriously_late_from(), |is| Filter { seriously_late: Some(is), ..Filter::default() }),
        ] {
            let from = from.unwrap();
            for (at, is) in [(from - one, false), (from, false), (from + one, true)] {
                assert_eq!(is_in(filter(true), at), is, "{at}");
                assert_eq!(is_in(filter(false), at), !is, "{at}");
            }
        }
        let due = sent.answer_due_at().unwrap();
        let due_before = |before| is_in(Filter { due_before: Some(before), ..Filter::default() }, now());
        assert_eq!((due_before(due), due_before(due + one)), (false, true));
    }

    fn a_request_counts_as_never_seen_until_it_is_seen_or_received(database) {
        let world = World::new(database);
        let (seen, received) = (world.sent(now()), world.sent(now()));
        let unseen = Filter { never_seen: Some(true), ..Filter::default() };
        let count = || list(&world, &team_of(world.kroonwijk), &unseen, now(), Order::CreatedAt).len();

        let before = count();
        world.write(minutes(1), |transaction| follow_ups::see(transaction, [seen.id])).unwrap();
        let after_seeing = count();
        world.act(minutes(1), received, |it, stamp| it.receive(&Receive::default(), stamp));

        assert_eq!((before, after_seeing, count()), (2, 1, 0));
    }

    fn the_next_moment_is_the_first_at_which_something_becomes_late(database) {
        let world = World::new(database);
        let sent = world.sent(now());
        let next = |sight: &Sight, at: Timestamp| {
            world.store().read(|c| follow_ups::next_moment(c, sight, at)).unwrap()
        };
        let one = 1.microseconds();
        let service = service(world.green);
        let moments = [sent.receipt_late_from(), sent.late_from(), sent.seriously_late_from()];

        let mut at = now();
        for moment in moments {
            assert_eq!(next(&service, at), moment);
            assert_eq!(next(&service, moment.unwrap()), moment, "at the instant itself it is not late yet");
            at = moment.unwrap() + one;
        }
        assert_eq!(next(&service, at), None);
        assert_eq!(next(&team_of(world.kroonwijk), now()), moments[0]);
        for stranger in [team_of(world.molenwijk), crate::world::service(world.roads), Sight::default()] {
            assert_eq!(next(&stranger, now()), None);
        }
    }

    fn the_next_moment_of_many_requests_is_what_the_domain_says(database) {
        let world = World::new(database);
        let all = write_many(&world);

        for sight in sights(&world) {
            for at in [now(), at("2026-03-20T12:00:00Z"), at("2026-04-20T12:00:00Z"), at("2027-01-01T00:00:00Z")] {
                let expected = all
                    .iter()
                    .filter(|it| is_visible(&sight, it))
                    .flat_map(|it| [it.receipt_late_from(), it.late_from(), it.seriously_late_from()])
                    .flatten()
                    .filter(|moment| *moment >= at)
                    .min();
                let told = world.store().read(|c| follow_ups::next_moment(c, &sight, at)).unwrap();
                assert_eq!(told, expected, "{sight:?} {at}");
            }
        }
    }

    fn a_list_tells_what_the_service_may_know_of_the_case(database) {
        let world = World::new(database);
        let mut command = world.create_case("Sluikstort");
        command.description.location.point = Some(point(4.03, 50.93));
        command.description.location.address = Some(title("Molenstraat 12"));
        let case = world.save_case(now(), command);
        world.send(now(), world.ask(&case));

        let page = world.store().read(|c| {
            follow_ups::list(c, &service(world.green), &Filter::default(), now(), Order::CreatedAt, ALL)
        });

        let summary = &page.unwrap().items[0].1;
        assert_eq!(*summary, follow_ups::CaseSummary::of(&case));
        assert_eq!((summary.longitude, summary.latitude), (Some(4.03), Some(50.93)));
        assert_eq!((summary.address.as_deref(), summary.version), (Some("Molenstraat 12"), 1));
    }

    fn some_requests_are_found_at_once_as_far_as_they_may_be_seen(database) {
        let world = World::new(database);
        let (sent, other) = (world.sent(now()), world.sent(now()));
        let draft = world.draft(now(), world.ask(&world.case("Sluikstort")));
        let find = |sight: &Sight| {
            let ids = [sent.id, draft.id, FollowUpRequestId::new(uuid::Uuid::from_u128(404))];
            let found = world.store().read(|c| follow_ups::find_all(c, sight, ids)).unwrap();
            found.into_keys().collect::<BTreeSet<_>>()
        };

        assert_eq!(find(&team_of(world.kroonwijk)), [sent.id, draft.id].into());
        assert_eq!(find(&service(world.green)), [sent.id].into());
        assert_eq!(find(&service(world.roads)), [].into());
        assert!(!find(&everything()).contains(&other.id), "it was not asked for");
    }

    fn the_services_that_are_asked_about_a_case_are_those_that_were_sent_something(database) {
        let world = World::new(database);
        let sent = world.sent(now());
        let case = world.load_case(sent.case_id);
        world.draft(now(), Create { organisation_id: world.roads, ..world.ask(&case) });

        let asked = world.store().read(|c| follow_ups::addressees(c, case.id)).unwrap();

        assert_eq!(asked, [world.green]);
    }

    fn a_thread_is_read_from_any_place_on(database) {
        let world = World::new(database);
        let mut request = world.sent(now());
        for minute in 1..=3 {
            let say = Say { text: remark(&format!("vraag {minute}")) };
            request = world.act(minutes(minute * 2), request, |it, stamp| it.ask_back(&say, stamp));
            let say = Say { text: remark(&format!("antwoord {minute}")) };
            request = world.act(minutes(minute * 2 + 1), request, |it, stamp| {
                it.reply(&say, &Calendar::default(), stamp)
            });
        }
        let read = |after, size| {
            let messages = world.store().read(|c| follow_ups::list_messages(c, request.id, Side::Team, after, size)).unwrap();
            messages.into_iter().map(|message| (message.sequence, message.text.unwrap())).collect::<Vec<_>>()
        };

        let whole = read(0, 50);
        assert_eq!(whole.iter().map(|(sequence, _)| *sequence).collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8]);
        assert_eq!(read(0, 2), whole[..3], "one more than asked for tells that more follow");
        assert_eq!(read(5, 50), whole[3..]);
        assert_eq!(read(8, 50), []);
    }
}
