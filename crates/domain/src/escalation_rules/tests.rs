//! The default policy at work.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use uuid::Uuid;

use super::*;
use crate::action;
use crate::calendar::{Calendar, local_time};
use crate::case;
use crate::category::CategoryCode;
use crate::change::{Actor, Outcome, Stamp};
use crate::escalation_policy::{Document, Scope, default_steps};
use crate::follow_up::{Clockwork, Create, FollowUpRequest, QuestionKind, Urgency};
use crate::id::{CaseId, ClientId, ConsultationId, FollowUpRequestId, OrganisationId};
use crate::term::{TermSubject, terms_for};
use crate::text::{Paragraph, Title};

fn at(local: &str) -> Timestamp {
    let local: DateTime = local.parse().unwrap();
    local.in_tz("Europe/Brussels").unwrap().timestamp()
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn stamp(at: Timestamp) -> Stamp {
    let by =
        Actor { client_id: ClientId::new(id(1)), user: None, organisation_id: OrganisationId::new(id(2)) };
    Stamp { at, by }
}

/// The default policy, in force since 2012.
fn book() -> PolicyBook {
    let document = Document::parse(&default_steps().unwrap(), &Scope::default()).unwrap();
    let stamp = stamp(at("2012-01-01 00:00"));
    let id = EscalationPolicyId::new(id(9));
    let draft = EscalationPolicy::create(id, Scope::default(), 1, document, &stamp).state;
    let Ok(Outcome::Changed(active)) = draft.activate(&stamp) else { panic!("not activated") };
    PolicyBook::new([active.state])
}

/// A request that is sent at a moment and that nobody ever answers.
fn unanswered(sent_at: &str, category: &str, urgency: Urgency, calendar: &Calendar) -> FollowUpRequest {
    let (consultation_id, organisation_id) = (ConsultationId::new(id(10)), OrganisationId::new(id(20)));
    let category = CategoryCode::parse(category).unwrap();
    let subject = TermSubject { organisation_id, consultation_id, category: category.clone(), urgency };
    let known_at = at(sent_at);
    let clockwork = Clockwork {
        terms: terms_for(&subject, &[]),
        calendar: calendar.clone(),
        known_at,
        category,
        protocol_id: None,
    };
    let question = Create {
        id: FollowUpRequestId::new(id(30)),
        consultation_id,
        case_id: CaseId::new(id(40)),
        led_by: None,
        organisation_id,
        question_kind: QuestionKind::CleanOrRepair,
        urgency,
        subject: Title::parse("Haag").unwrap(),
        question: Paragraph::parse("Kan de haag gesnoeid worden?").unwrap(),
        carries_personal_data: false,
        data_sharing_protocol_id: None,
        decision_id: None,
    };
    FollowUpRequest::create_and_send(question, &clockwork, &stamp(known_at)).state
}

/// What happens to a request that nobody answers, with the working day of the term on which it does; a change of the rules
/// or of the clock is a visible difference here.
#[test]
fn a_request_that_nobody_answers_meets_the_default_policy_like_this() {
    let closed =
        |dates: &[&str]| Calendar::new(dates.iter().map(|date| (date.parse().unwrap(), None)).collect());
    let stories = [
        ("2026-03-02 09:00", "GEL.MUZIEK", Urgency::Normal, closed(&[]), "over Easter and Labour Day"),
        (
            "2026-07-15 16:30",
            "AFV.SLUIK",
            Urgency::Normal,
            closed(&["2026-07-20"]),
            "over 21 July, closed on the 20th",
        ),
        ("2026-12-17 10:00", "GEL.MUZIEK", Urgency::Low, closed(&[]), "over Christmas and New Year"),
        ("2026-10-23 23:30", "OPD.PUT", Urgency::Urgent, closed(&[]), "over the end of summer time"),
    ];
    let mut table = String::new();
    for (sent_at, category, urgency, calendar, what) in stories {
        let request = unanswered(sent_at, category, urgency, &calendar);
        writeln!(table, "sent {sent_at}, {category}, {urgency}, {what}").unwrap();
        let stretches = stretches_of_request(&request, |_| Arc::new(calendar.clone()));
        for firing in in_time(&stretches) {
            let effects: Vec<_> = firing.step.effects.iter().map(|effect| effect.code()).collect();
            let Figures { elapsed_working_days: Some(elapsed), term_working_days: Some(days), .. } =
                firing.figures
            else {
                panic!("no figures")
            };
            let local = local_time(firing.effective_at).strftime("%a %Y-%m-%d %H:%M:%S");
            writeln!(
                table,
                "  {local}  after day {elapsed} of {days}  {}: {}",
                firing.step.id,
                effects.join(", ")
            )
            .unwrap();
            assert!(!firing.obsolete, "nobody answered");
        }
    }
    let file = "crates/domain/src/escalation_rules/unanswered.txt";
    crate::golden::assert_is(&table, include_str!("unanswered.txt"), file);
}

/// Looks whenever something is due until nothing is any more.
fn in_time(stretches: &[Stretch<RequestStretch<'_>>]) -> Vec<Firing> {
    let (mut fired, mut firings) = (Fired::new(), Vec::new());
    let mut now = stretches.first().map(|stretch| stretch.from);
    while let Some(at) = now {
        let Evaluation { firings: new, next } = evaluate(stretches, &book(), &fired, at);
        fired.extend(new.iter().map(|firing| (firing.step.id.clone(), firing.round)));
        firings.extend(new);
        now = next.map(|next| next.at);
    }
    firings
}

fn of_case(
    at: &str,
    status: case::Status,
    categories: &[&str],
    earlier: Option<u32>,
    reopened: bool,
) -> CaseMoment {
    let categories = categories.iter().map(|code| CategoryCode::parse(code).unwrap()).collect();
    let consultation_id = ConsultationId::new(id(10));
    let what = What::Case { consultation_id, status, categories, earlier_cases: earlier, reopened };
    CaseMoment { at: self::at(at), what }
}

fn told(evaluation: &Evaluation) -> Vec<(String, u32, Timestamp)> {
    evaluation.firings.iter().map(|it| (it.step.id.to_string(), it.round, it.effective_at)).collect()
}

#[test]
fn a_case_to_which_nothing_happens_comes_back_once_a_round() {
    let activity = |at: &str| CaseMoment { at: self::at(at), what: What::Activity };
    let moments = [
        of_case("2026-01-05 09:00", case::Status::Open, &["GEL.BUREN"], None, false),
        activity("2026-01-20 17:00"),
        activity("2026-03-01 08:00"),
        of_case("2026-05-01 08:00", case::Status::Closed, &["GEL.BUREN"], None, false),
        of_case("2026-06-01 08:00", case::Status::Open, &["GEL.BUREN"], None, true),
    ];
    let judged = |until: usize, now: &str| {
        evaluate(&stretches_of_case(&moments[..until]), &book(), &Fired::new(), at(now))
    };
    let first = ("caseInactive".to_owned(), 1, at("2026-02-20 00:00"));
    let before = judged(2, "2026-02-19 23:59");
    assert_eq!((told(&before), before.next.unwrap().at), (Vec::new(), first.2), "thirty whole days");
    assert_eq!(told(&judged(2, "2026-02-20 00:00")), std::slice::from_ref(&first));
    assert_eq!(
        told(&judged(4, "2026-12-01 00:00")),
        std::slice::from_ref(&first),
        "once, though it was quiet twice"
    );
    assert_eq!(
        told(&judged(5, "2026-12-01 00:00")),
        [first, ("caseInactive".to_owned(), 2, at("2026-07-02 00:00"))]
    );
}

#[test]
fn a_case_with_several_services_and_groups_is_proposed_for_escalation_when_the_last_is_asked() {
    let asked = |at: &str, service: u128| CaseMoment {
        at: self::at(at),
        what: What::Asked(OrganisationId::new(id(service))),
    };
    let moments = [
        of_case("2026-01-05 09:00", case::Status::Open, &["GEL.BUREN", "GEL.NACHT"], Some(2), false),
        asked("2026-01-06 09:00", 1),
        asked("2026-01-07 09:00", 2),
        asked("2026-01-07 10:00", 2),
        asked("2026-01-08 09:00", 3),
        of_case("2026-01-09 09:00", case::Status::Open, &["GEL.BUREN", "AFV.SLUIK"], None, false),
    ];
    let judged = |until: usize| {
        evaluate(&stretches_of_case(&moments[..until]), &book(), &Fired::new(), at("2026-01-10 00:00"))
    };
    assert_eq!(told(&judged(5)), [], "three services, but one group");
    let evaluation = judged(6);
    assert_eq!(told(&evaluation), [("severalServices".to_owned(), 1, at("2026-01-09 09:00"))]);
    let figures = &evaluation.firings[0].figures;
    assert_eq!((figures.services, figures.category_groups, figures.earlier_cases), (Some(3), Some(2), None));
}

#[test]
fn a_case_at_a_place_with_three_earlier_ones_goes_on_the_agenda_at_once() {
    let case = |earlier| {
        [of_case("2026-01-05 09:00", case::Status::Signalled, &["GEL.BUREN"], Some(earlier), false)]
    };
    let judged = |earlier| {
        evaluate(&stretches_of_case(&case(earlier)), &book(), &Fired::new(), at("2026-01-06 00:00"))
    };
    assert_eq!(told(&judged(2)), []);
    assert_eq!(told(&judged(3)), [("repeatAtPlace".to_owned(), 1, at("2026-01-05 09:00"))]);
}

#[test]
fn an_action_goes_on_the_agenda_when_it_is_carried_over_the_third_time() {
    let moment = |at: &str, status, carry_over, reopened| ActionMoment {
        at: self::at(at),
        consultation_id: ConsultationId::new(id(10)),
        status,
        carry_over,
        reopened,
    };
    let open = action::Status::Open;
    let moments = [
        moment("2026-01-05 09:00", open, 0, false),
        moment("2026-02-05 12:00", open, 1, false),
        moment("2026-03-05 12:00", open, 2, false),
        moment("2026-04-05 12:00", action::Status::InProgress, 3, false),
        moment("2026-04-20 12:00", action::Status::Done, 3, false),
        moment("2026-04-21 12:00", open, 3, true),
    ];
    let judged = |until: usize| {
        evaluate(&stretches_of_action(&moments[..until]), &book(), &Fired::new(), at("2026-06-01 00:00"))
    };
    assert_eq!(told(&judged(3)), []);
    let first = ("actionCarriedOver".to_owned(), 1, at("2026-04-05 12:00"));
    assert_eq!(told(&judged(4)), std::slice::from_ref(&first));
    let done = judged(5);
    assert_eq!((told(&done), done.firings[0].obsolete), (vec![first.clone()], true));
    assert_eq!(told(&judged(6)), [first, ("actionCarriedOver".to_owned(), 2, at("2026-04-21 12:00"))]);
}
