use jiff::Timestamp;
use jiff::civil::DateTime;
use proptest::{collection::vec, prelude::*};
use uuid::Uuid;

use super::*;
use crate::change::{Actor, Version};
use crate::id::{CaseId, ClientId, ConsultationId, EscalationId, OrganisationId};
use crate::report::Reader;
use crate::text::{Reference, Remark};

fn at(local: &str) -> Timestamp {
    let local: DateTime = local.parse().unwrap();
    local.in_tz("Europe/Brussels").unwrap().timestamp()
}

fn stamp(local: &str) -> Stamp {
    let client_id = ClientId::new(Uuid::from_u128(1));
    let organisation_id = OrganisationId::new(Uuid::from_u128(1));
    Stamp { at: at(local), by: Actor { client_id, user: None, organisation_id } }
}

const MONDAY: &str = "2026-03-02 09:00";
const TUESDAY: &str = "2026-03-03 09:00";
const LATER: &str = "2026-03-09 09:00";

fn lower() -> ConsultationId {
    ConsultationId::new(Uuid::from_u128(10))
}

fn upper() -> ConsultationId {
    ConsultationId::new(Uuid::from_u128(11))
}

fn words(text: &str) -> Remark {
    Remark::parse(text).unwrap()
}

fn paragraph(text: &str) -> Paragraph {
    Paragraph::parse(text).unwrap()
}

fn create_command() -> Create {
    Create {
        id: EscalationId::new(Uuid::from_u128(20)),
        case_id: CaseId::new(Uuid::from_u128(30)),
        from_consultation_id: lower(),
        to_consultation_id: upper(),
        reason: Some(words("Het raakt meer dan één dienst")),
        origin: Origin::Team,
        criteria: Criteria { services: 2, ..Criteria::default() },
    }
}

fn by_a_rule() -> Origin {
    Origin::Rule {
        policy_id: Uuid::from_u128(40),
        policy_number: 2,
        step: "secondReminder".to_owned(),
        round: 1,
    }
}

fn proposed() -> Escalation {
    Escalation::create(create_command(), &stamp(MONDAY)).unwrap().state
}

fn submission(gate: Option<LegalGateKind>) -> Submit {
    let document_reference = Reference::parse("PV-2026-17").unwrap();
    let legal_gate = gate.map(|kind| LegalGate { kind, document_reference });
    Submit { text: paragraph("Wie neemt dit op?"), legal_gate }
}

fn rendition(number: u32) -> Rendition {
    Rendition { reader: Reader::Team, submission: number, content: "{}".to_owned(), hash: "0".repeat(64) }
}

fn changed(outcome: Result<Outcome, EscalationError>) -> Change {
    match outcome.unwrap() {
        Outcome::Changed(change) => change,
        Outcome::Unchanged(state) => panic!("nothing changed: {state:?}"),
    }
}

fn submit(escalation: Escalation, local: &str) -> Change {
    let criteria = Criteria { services: 3, ..Criteria::default() };
    let number = escalation.next_submission();
    let command = submission(None);
    changed(escalation.submit(&command, &criteria, vec![rendition(number)], false, &stamp(local)))
}

fn accept(escalation: Escalation, local: &str) -> Change {
    changed(escalation.accept(&Accept::default(), &stamp(local)))
}

fn give_back(escalation: Escalation, local: &str) -> Change {
    changed(escalation.send_back(&Return { advice: paragraph("Vraag eerst de eigenaar") }, &stamp(local)))
}

fn give_outcome(escalation: Escalation, local: &str) -> Change {
    changed(
        escalation
            .give_outcome(&GiveOutcome { text: paragraph("Het gebouw wordt verzegeld") }, &stamp(local)),
    )
}

#[test]
fn there_and_back_with_its_terms_and_who_leads() {
    let proposed = proposed();
    assert_eq!((proposed.status, proposed.is_known_above()), (Status::Proposed, false));
    assert_eq!(
        (proposed.on_agenda_of(), proposed.leader(), proposed.late_from()),
        (Some(lower()), None, None)
    );

    let submitted = submit(proposed, MONDAY);
    assert_eq!(submitted.events[0].renditions, [rendition(1)]);
    assert_eq!(submitted.events[0].criteria_met, Some(vec![Criterion::SeveralServices]));
    let submitted = submitted.state;
    assert_eq!((submitted.on_agenda_of(), submitted.is_known_above()), (Some(upper()), true));
    // Ten working days from the Monday: the end of the Monday two weeks later.
    assert_eq!(submitted.acceptance_due_at(), Some(at("2026-03-16 23:59:59")));

    let accepted = accept(submitted, TUESDAY);
    assert_eq!(accepted.events[0].leadership, Leadership::Taken);
    let accepted = accepted.state;
    assert_eq!((accepted.leader(), accepted.on_agenda_of()), (Some(upper()), Some(upper())));
    assert!(accepted.outcome_due_at() > accepted.acceptance_due_at());
    assert_eq!(accepted.submission().unwrap().working_days_to_acceptance(), Some(1));

    let outcome = give_outcome(accepted, LATER);
    assert_eq!(outcome.events[0].leadership, Leadership::GivenBack);
    let outcome = outcome.state;
    assert_eq!((outcome.leader(), outcome.on_agenda_of()), (None, Some(lower())));
    assert_eq!(outcome.submission().unwrap().working_days_to_outcome(), Some(4));
    assert_eq!(outcome.last_said(Verb::GiveOutcome).unwrap().text, paragraph("Het gebouw wordt verzegeld"));
    assert!(outcome.ended_at.is_none() && outcome.status.is_running());

    let closed = changed(outcome.close(&Close::default(), &stamp(LATER))).state;
    assert_eq!((closed.status, closed.ended_at), (Status::Closed, Some(at(LATER))));
    assert_eq!((closed.on_agenda_of(), closed.late_from()), (None, None));
    assert_eq!((closed.version, closed.sequence), (Version(5), 5));
}

#[test]
fn a_team_gives_its_reason_and_a_rule_has_no_words() {
    let silent = |origin| Create { reason: None, origin, ..create_command() };
    assert_eq!(
        Escalation::create(silent(Origin::Team), &stamp(MONDAY)),
        Err(EscalationError::ReasonRequired)
    );
    let by_rule = Escalation::create(silent(by_a_rule()), &stamp(MONDAY)).unwrap();
    assert_eq!((by_rule.state.reason.clone(), by_rule.state.origin.clone()), (None, by_a_rule()));
    assert_eq!(by_rule.events[0].criteria_met, Some(vec![Criterion::SeveralServices]));
}

#[test]
fn what_needs_a_legal_gate_is_not_submitted_without_one() {
    let submit = |gate| {
        let command = submission(gate);
        proposed().submit(&command, &Criteria::default(), Vec::new(), true, &stamp(MONDAY))
    };
    assert_eq!(submit(None), Err(EscalationError::LegalGateRequired));
    let submitted = changed(submit(Some(LegalGateKind::Protocol)));
    assert_eq!(submitted.events[0].legal_gate, Some(LegalGateKind::Protocol));
    assert_eq!(
        submitted.state.submission().unwrap().legal_gate,
        submission(Some(LegalGateKind::Protocol)).legal_gate
    );
}

#[test]
fn a_second_submission_starts_its_own_term_and_keeps_the_first() {
    let returned = give_back(submit(proposed(), MONDAY).state, TUESDAY).state;
    assert_eq!((returned.status, returned.on_agenda_of()), (Status::Returned, Some(lower())));
    assert!(returned.status.is_running() && !returned.status.holds_case());

    let again = submit(returned, LATER);
    assert_eq!(again.events[0].renditions, [rendition(2)]);
    let again = again.state;
    let numbers: Vec<_> = again.submissions.iter().map(|it| (it.number, it.at)).collect();
    assert_eq!(numbers, [(1, at(MONDAY)), (2, at(LATER))]);
    assert_eq!(again.acceptance_due_at(), Some(at("2026-03-23 23:59:59")));
    assert_eq!((again.accepted_at(), again.outcome_due_at()), (None, None));
}

#[test]
fn what_is_returned_while_led_is_given_back_and_before_that_stays() {
    let submitted = submit(proposed(), MONDAY).state;
    let untouched = give_back(submitted.clone(), TUESDAY);
    assert_eq!(untouched.events[0].leadership, Leadership::Stays);
    let led = accept(submitted, TUESDAY).state;
    let given_back = give_back(led, LATER);
    assert_eq!((given_back.events[0].leadership, given_back.state.leader()), (Leadership::GivenBack, None));
}

#[test]
fn late_stays_late() {
    let submitted = submit(proposed(), MONDAY).state;
    let due = submitted.acceptance_due_at().unwrap();
    assert_eq!(submitted.late_from(), Some(due));
    // Accepted in time, the due instant of the outcome is the next; too late, it stays the first.
    let in_time = accept(submitted.clone(), TUESDAY).state;
    assert_eq!(in_time.late_from(), in_time.outcome_due_at());
    let too_late = accept(submitted, "2026-03-17 09:00").state;
    assert_eq!(too_late.late_from(), Some(due));
    let given = give_outcome(too_late, "2026-03-18 09:00").state;
    assert_eq!(given.late_from(), Some(due));
    let closed = changed(given.close(&Close::default(), &stamp("2026-03-19 09:00"))).state;
    assert_eq!(closed.late_from(), Some(due));
    let again = submit(
        give_back(accept(submit(proposed(), MONDAY).state, "2026-03-17 09:00").state, "2026-03-18 09:00")
            .state,
        "2026-03-19 09:00",
    )
    .state;
    assert_eq!(again.late_from(), Some(due));
}

#[test]
fn the_same_verb_again_changes_nothing_and_another_is_refused() {
    let submitted = submit(proposed(), MONDAY).state;
    let again =
        submitted.clone().submit(&submission(None), &Criteria::default(), Vec::new(), false, &stamp(TUESDAY));
    assert_eq!(again, Ok(Outcome::Unchanged(submitted.clone())));
    let other = submitted.drop(&Drop { text: words("Toch niet") }, &stamp(TUESDAY));
    assert_eq!(
        other,
        Err(EscalationError::Illegal { from: Status::Submitted, verb: Verb::Drop, allowed: Vec::new() })
    );
    let early = proposed().give_outcome(&GiveOutcome { text: paragraph("Te vroeg") }, &stamp(TUESDAY));
    assert_eq!(
        early,
        Err(EscalationError::Illegal {
            from: Status::Proposed,
            verb: Verb::GiveOutcome,
            allowed: Vec::new()
        })
    );
}

fn attempt(escalation: Escalation, verb: Verb, word: u8, now: &Stamp) -> Result<Outcome, EscalationError> {
    let text = format!("Woord {word}");
    let (remark, long) = (words(&text), paragraph(&text));
    match verb {
        Verb::Create => Ok(Outcome::Unchanged(escalation)),
        Verb::Drop => escalation.drop(&Drop { text: remark }, now),
        Verb::Submit => {
            let number = escalation.next_submission();
            let command = Submit { text: long, legal_gate: None };
            escalation.submit(&command, &Criteria::default(), vec![rendition(number)], false, now)
        }
        Verb::Accept => escalation.accept(&Accept { text: Some(remark) }, now),
        Verb::Refuse => escalation.refuse(&Refuse { text: remark }, now),
        Verb::Return => escalation.send_back(&Return { advice: long }, now),
        Verb::GiveOutcome => escalation.give_outcome(&GiveOutcome { text: long }, now),
        Verb::Close => escalation.close(&Close { text: Some(remark) }, now),
    }
}

proptest! {
    #[test]
    fn every_life_of_an_escalation_keeps_its_rules(
        steps in vec((0..Verb::ALL.len(), 0_u8..3, 1_i64..40), 0..40),
    ) {
        let mut escalation = proposed();
        let (mut events, mut late, mut now) = (1, None::<Timestamp>, at(MONDAY));
        for (verb, word, days) in steps {
            let verb = Verb::ALL[verb];
            let before = escalation.clone();
            now += jiff::SignedDuration::from_hours(24 * days);
            late = late.or_else(|| before.late_from().filter(|from| *from < now));
            let stamp = Stamp { at: now, ..stamp(MONDAY) };
            escalation = match attempt(escalation, verb, word, &stamp) {
                Ok(Outcome::Changed(change)) => {
                    events += 1;
                    prop_assert_eq!(edge(before.status, verb), Some(change.state.status));
                    prop_assert_eq!(change.before.as_ref(), Some(&before));
                    prop_assert_eq!(change.state.version, before.version.next());
                    let [event] = change.events.as_slice() else { panic!("one event") };
                    prop_assert_eq!((event.state, event.at), (change.state.status, now));
                    // Whoever leads is told by the event, and only where it changes.
                    let told = match event.leadership {
                        Leadership::Taken => Some(upper()),
                        Leadership::GivenBack => None,
                        Leadership::Stays => before.leader(),
                    };
                    prop_assert_eq!(change.state.leader(), told);
                    // What was submitted once stays.
                    let kept = change.state.submissions.len() - usize::from(verb == Verb::Submit);
                    prop_assert_eq!(kept, before.submissions.len());
                    change.state
                }
                Ok(Outcome::Unchanged(same)) => {
                    prop_assert_eq!(&same, &before);
                    same
                }
                Err(EscalationError::Illegal { from, allowed: named, .. }) => {
                    prop_assert_eq!((from, named), (before.status, allowed(before.status, &[side(verb)])));
                    before
                }
                Err(error) => panic!("{error}"),
            };
            prop_assert_eq!(escalation.sequence, events);
            prop_assert_eq!(escalation.ended_at.is_none(), escalation.status.is_running());
            prop_assert_eq!(escalation.is_known_above(), escalation.submitted_at().is_some());
            // Late for good.
            if let Some(late) = late {
                prop_assert!(escalation.late_from().is_some_and(|from| from <= late));
            }
            let unanswered = escalation.submissions.iter().rev().skip(1);
            prop_assert!(unanswered.into_iter().all(|it| it.outcome_given_at.is_none()));
        }
    }
}
