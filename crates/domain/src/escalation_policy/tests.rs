use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::category::CategoryCode;
use crate::change::{Actor, Outcome, Stamp};
use crate::id::{ClientId, ConsultationId, EscalationPolicyId, OrganisationId};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn stamp(text: &str) -> Stamp {
    let by = Actor {
        client_id: ClientId::new(Uuid::from_u128(1)),
        user: None,
        organisation_id: OrganisationId::new(Uuid::from_u128(2)),
    };
    Stamp { at: at(text), by }
}

fn late(id: &str, working_days: u32) -> WrittenStep {
    WrittenStep {
        id: id.to_owned(),
        condition: Some(Condition::AnswerLate),
        working_days: Some(working_days),
        effects: vec![Effect::RemindService],
        ..WrittenStep::default()
    }
}

fn document(steps: &[WrittenStep]) -> Document {
    Document::parse(steps, &Scope::default()).unwrap()
}

/// A policy that was activated at one moment, and perhaps retired at another.
fn policy(number: u128, scope: Scope, from: &str, until: Option<&str>) -> EscalationPolicy {
    let id = EscalationPolicyId::new(Uuid::from_u128(number));
    let change = EscalationPolicy::create(id, scope, 1, document(&[late("late", 0)]), &stamp(from));
    let Ok(Outcome::Changed(active)) = change.state.activate(&stamp(from)) else { panic!("not activated") };
    match until {
        None => active.state,
        Some(until) => {
            let Ok(Outcome::Changed(retired)) = active.state.retire(&stamp(until)) else {
                panic!("not retired")
            };
            retired.state
        }
    }
}

fn category(code: &str) -> CategoryCode {
    CategoryCode::parse(code).unwrap()
}

const HERE: ConsultationId = ConsultationId::new(Uuid::from_u128(10));
const GREEN: OrganisationId = OrganisationId::new(Uuid::from_u128(20));

fn about() -> About {
    About { consultation_id: HERE, category: Some(category("AFV.SLUIK")), organisation_id: Some(GREEN) }
}

#[test]
fn the_default_policy_is_sound_and_comes_back_as_it_was_written() {
    let steps = default_steps().unwrap();
    assert_eq!(document(&steps).written(), steps);
}

#[test]
fn every_fault_of_a_policy_is_named_at_once() {
    let steps = [
        WrittenStep { id: "Late".to_owned(), working_days: Some(251), days: Some(3), ..late("", 0) },
        WrittenStep { condition: None, effects: Vec::new(), ..late("soon", 0) },
        late("twice", 5),
        late("twice", 2),
        WrittenStep {
            condition: Some(Condition::CaseInactive),
            effects: vec![Effect::RemindService, Effect::RemindService],
            ..late(MANUAL_REMINDER, 1)
        },
    ];
    let faults = Document::parse(&steps, &Scope { organisation_id: Some(GREEN), ..Scope::default() });
    let told: Vec<String> = faults
        .unwrap_err()
        .iter()
        .map(|fault| format!("{:?} {} {:?}", fault.step.unwrap(), fault.member, fault.kind))
        .collect();
    assert_eq!(
        told,
        [
            "0 id Malformed",
            "0 workingDays OutOfRange(0..=250)",
            "0 days NotAllowed",
            "1 condition Required",
            "1 effects Required",
            "3 id Duplicate",
            "3 workingDays NotAfter(StepId(\"twice\"))",
            "4 id Reserved",
            "4 condition OutOfScope(Case)",
            "4 days Required",
            "4 workingDays NotAllowed",
            "4 effects Duplicate",
            "4 effects NoService",
        ]
    );
    let none = Document::parse(&[], &Scope::default()).unwrap_err();
    assert_eq!(none, [Fault { step: None, member: "steps", kind: FaultKind::Number(1..=MOST_STEPS) }]);
    let many: Vec<_> = (0..51).map(|n| late(&format!("late{n}"), n)).collect();
    assert_eq!(Document::parse(&many, &Scope::default()).unwrap_err(), none);
}

#[test]
fn steps_before_an_end_come_in_their_order_too() {
    let soon = |id: &str, days| WrittenStep { condition: Some(Condition::AnswerDueWithin), ..late(id, days) };
    assert!(Document::parse(&[soon("five", 5), soon("two", 2)], &Scope::default()).is_ok());
    assert!(Document::parse(&[soon("two", 2), soon("five", 5)], &Scope::default()).is_err());
}

#[test]
fn the_policy_that_names_something_most_closely_judges_it() {
    let from = "2026-01-01T00:00:00Z";
    let consultation = Scope { consultation_id: Some(HERE), ..Scope::default() };
    let group = Scope { category: Some(category("AFV")), ..consultation.clone() };
    let exact = Scope { category: Some(category("AFV.SLUIK")), ..consultation.clone() };
    let service = Scope { organisation_id: Some(GREEN), ..Scope::default() };
    let elsewhere = Scope { category: Some(category("OPD")), ..Scope::default() };
    let ladder = [Scope::default(), consultation, group, exact, service];
    for most in 0..ladder.len() {
        let policies = ladder[..=most].iter().chain([&elsewhere]).cloned().zip(0..);
        let mut policies: Vec<_> = policies.map(|(scope, n)| policy(n, scope, from, None)).collect();
        policies.reverse();
        let book = PolicyBook::new(policies);
        let judging = book.in_force(&about());
        assert_eq!(judging.len(), 1);
        assert_eq!(judging[0].policy.scope, ladder[most]);
    }
}

#[test]
fn a_closer_policy_judges_while_it_is_active() {
    let scope = Scope { consultation_id: Some(HERE), ..Scope::default() };
    let book = PolicyBook::new([
        policy(1, Scope::default(), "2026-01-01T00:00:00Z", None),
        policy(2, scope, "2026-03-01T00:00:00Z", Some("2026-04-01T00:00:00Z")),
    ]);
    let judging: Vec<_> =
        book.in_force(&about()).iter().map(|it| (it.policy.id, it.from, it.until)).collect();
    let id = |n| EscalationPolicyId::new(Uuid::from_u128(n));
    let (march, april) = (at("2026-03-01T00:00:00Z"), at("2026-04-01T00:00:00Z"));
    assert_eq!(
        judging,
        [(id(1), at("2026-01-01T00:00:00Z"), Some(march)), (id(2), march, Some(april)), (id(1), april, None),]
    );
}

#[test]
fn a_supposed_policy_takes_the_place_of_those_of_its_scope() {
    let book = PolicyBook::new([
        policy(1, Scope::default(), "2026-01-01T00:00:00Z", Some("2026-06-01T00:00:00Z")),
        policy(2, Scope::default(), "2026-06-01T00:00:00Z", None),
    ]);
    let supposed = policy(3, Scope::default(), "2026-07-01T00:00:00Z", None);
    let from = at("2026-03-01T00:00:00Z");
    let book = book.supposing(supposed, from);
    let judging: Vec<_> =
        book.in_force(&about()).iter().map(|it| (it.policy.id.uuid().as_u128(), it.from)).collect();
    assert_eq!(judging, [(1, at("2026-01-01T00:00:00Z")), (3, from)]);
}

#[test]
fn an_active_policy_stays_as_it_is() {
    let active = policy(1, Scope::default(), "2026-01-01T00:00:00Z", None);
    let refused = active.edit(&document(&[late("other", 1)]), &stamp("2026-02-01T00:00:00Z")).unwrap_err();
    assert_eq!((refused.from, refused.allowed), (Status::Active, vec![Verb::Retire]));
}
