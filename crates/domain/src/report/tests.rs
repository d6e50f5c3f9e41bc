use std::collections::HashMap;

use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::action::{self, Action, Description, Owner};
use crate::agenda::{self, About, AboutKind, AgendaItem, Figures, Reason, Section};
use crate::case;
use crate::consultation::FunctionCode;
use crate::decision::{self, Decision, DecisionKind, Taken};
use crate::id::{
    ActionId, AgendaItemId, CaseId, ConsultationId, DecisionId, MeetingId, NoteId, OrganisationId, ReportId,
};
use crate::meeting::tests::{at, planned, stamp};
use crate::meeting::{self, Meeting};
use crate::note::{Note, Visibility};
use crate::place::LocationKind;
use crate::text::{Paragraph, Title};

fn organisation(number: u128) -> OrganisationId {
    OrganisationId::new(Uuid::from_u128(number))
}

fn meeting() -> MeetingId {
    MeetingId::new(Uuid::from_u128(1))
}

fn draft() -> Report {
    let create = Create {
        id: ReportId::new(Uuid::from_u128(9)),
        meeting_id: meeting(),
        consultation_id: ConsultationId::new(Uuid::from_u128(2)),
        met_at: at("2026-03-10 13:00"),
    };
    Report::create(create, &stamp("2026-03-10 13:01")).state
}

fn other_meeting(number: u128, starts: &str) -> Meeting {
    let create = meeting::Create {
        id: MeetingId::new(Uuid::from_u128(number)),
        consultation_id: ConsultationId::new(Uuid::from_u128(2)),
        starts_at: at(starts),
        ends_at: at(starts) + jiff::SignedDuration::from_hours(4),
        place: None,
        occurrence: None,
        moved: None,
    };
    Meeting::create(create, &stamp("2026-01-05 09:00")).unwrap().state
}

fn rendition(addendum: u32) -> Vec<Rendition> {
    vec![Rendition { reader: Reader::Team, addendum, content: "{}".to_owned(), hash: "44".to_owned() }]
}

#[track_caller]
fn changed(outcome: Result<Outcome, ReportError>) -> Change {
    match outcome.unwrap() {
        Outcome::Changed(change) => change,
        Outcome::Unchanged(report) => panic!("{} did not change", report.id),
    }
}

fn circulated() -> Report {
    let held = meeting::Status::Held;
    changed(draft().circulate(held, rendition(0), &stamp("2026-03-12 09:00"))).state
}

fn approved() -> Report {
    changed(circulated().approve(&other_meeting(5, "2026-04-14 13:00"), &stamp("2026-04-14 13:10"))).state
}

#[test]
fn what_circulates_is_written_down_and_approval_leaves_it() {
    let held = meeting::Status::Held;
    let change = changed(draft().circulate(held, rendition(0), &stamp("2026-03-12 09:00")));
    assert_eq!(change.events[0].renditions, rendition(0));
    let circulated = change.state;
    assert_eq!((circulated.status, circulated.circulation), (Status::Circulated, 1));
    assert_eq!(circulated.circulated_at, Some(at("2026-03-12 09:00")));

    let next = other_meeting(5, "2026-04-14 13:00");
    let change = changed(circulated.approve(&next, &stamp("2026-04-14 13:10")));
    assert_eq!(change.events[0].renditions, [], "nothing is written anew");
    let approval = Approval { at: at("2026-04-14 13:10"), meeting_id: next.id };
    assert_eq!(change.state.approval, Some(approval));
}

#[test]
fn a_report_circulates_once_its_meeting_was_held() {
    for state in [meeting::Status::Planned, meeting::Status::InSession, meeting::Status::Cancelled] {
        let outcome = draft().circulate(state, rendition(0), &stamp("2026-03-12 09:00"));
        assert_eq!(outcome, Err(ReportError::NotHeld), "{state}");
    }
}

#[test]
fn a_recalled_report_circulates_anew_and_its_lead_time_counts_to_the_first_time() {
    let recalled = changed(circulated().recall(&stamp("2026-03-13 09:00"))).state;
    assert_eq!((recalled.status, recalled.circulated_at), (Status::Draft, None));
    let held = meeting::Status::Held;
    let again = changed(recalled.circulate(held, rendition(0), &stamp("2026-03-16 09:00"))).state;
    assert_eq!(again.circulation, 2);
    assert_eq!(again.first_circulated_at, Some(at("2026-03-12 09:00")));
    assert_eq!(again.circulated_at, Some(at("2026-03-16 09:00")));
}

#[test]
fn a_report_is_approved_in_a_later_meeting() {
    let now = stamp("2026-04-14 13:10");
    for (number, starts, why) in [
        (1, "2026-03-10 13:00", "not in its own"),
        (4, "2026-02-10 13:00", "not in one before"),
        (6, "2026-03-10 13:00", "not in one at the same time"),
    ] {
        let refused = circulated().approve(&other_meeting(number, starts), &now);
        assert_eq!(refused, Err(ReportError::NotLater), "{why}");
    }
    // It was sent round on 12 March.
    let meeting::Outcome::Changed(opened) =
        other_meeting(7, "2026-03-11 09:00").start(&stamp("2026-03-11 09:00")).unwrap()
    else {
        panic!()
    };
    let meeting::Outcome::Changed(over) = opened.state.finish(&stamp("2026-03-11 13:00")).unwrap() else {
        panic!()
    };
    let refused = circulated().approve(&over.state, &now);
    assert_eq!(refused, Err(ReportError::NotLater), "not in one that was over by then");
}

#[test]
fn corrections_are_numbered() {
    let change = approved().add_addendum(rendition(1), &stamp("2026-04-20 09:00")).unwrap();
    assert_eq!((change.state.addenda, change.events[0].renditions[0].addendum), (1, 1));
    assert_eq!(change.state.version, approved().version, "who does not read it does not learn of it");
    let second = change.state.add_addendum(rendition(2), &stamp("2026-04-21 09:00")).unwrap();
    assert_eq!((second.state.addenda, second.state.status), (2, Status::Approved));
    let early = circulated().add_addendum(rendition(1), &stamp("2026-04-20 09:00"));
    assert!(matches!(early, Err(ReportError::Illegal { .. })), "only what was approved is corrected");
}

/// What a test writes under one item.
#[derive(Debug)]
struct Written {
    visibility: Visibility,
    author: OrganisationId,
    owner: OrganisationId,
}

fn item(case: CaseId, action: ActionId) -> AgendaItem {
    let create = agenda::Create {
        id: AgendaItemId::new(Uuid::from_u128(case.uuid().as_u128() + 1_000)),
        meeting_id: meeting(),
        consultation_id: ConsultationId::new(Uuid::from_u128(2)),
        position: 1,
        section: Section::RunningCases,
        reason: Reason::Member,
        title: Title::parse("Sluikstort in het park").unwrap(),
        case_id: Some(case),
        about: vec![About::new(AboutKind::Action, action)],
        figures: Figures::default(),
        carry_over: 0,
        moved_from_id: None,
    };
    AgendaItem::create(create, &stamp("2026-03-09 09:00")).state
}

fn action_of(owner: OrganisationId, id: ActionId, case_id: CaseId) -> Action {
    let create = action::Create {
        id,
        consultation_id: ConsultationId::new(Uuid::from_u128(2)),
        led_by: None,
        case_id: Some(case_id),
        decision_id: None,
        meeting_id: None,
        description: Description {
            kind: action::Kind::ALL[0],
            title: Title::parse("Camera plaatsen").unwrap(),
            description: None,
            owner: Owner { organisation_id: owner, function: FunctionCode::parse("guard").unwrap() },
            due_on: None,
        },
    };
    Action::create(create, &stamp("2026-03-10 14:00")).state
}

fn note_on(case: CaseId, number: u128, visibility: Visibility, author: OrganisationId) -> Note {
    let mut stamp = stamp("2026-03-10 14:00");
    stamp.by.organisation_id = author;
    let text = Paragraph::parse("gezien").unwrap();
    Note::write(NoteId::new(Uuid::from_u128(number)), case, visibility, text, &stamp)
}

/// Makes a report with an item, a decision, an action and a note for each of what was written.
fn material(written: &[Written]) -> Material {
    let mut material = Material {
        meeting: planned(),
        items: Vec::new(),
        cases: HashMap::new(),
        decisions: Vec::new(),
        ratified: Vec::new(),
        requests: Vec::new(),
        actions: Vec::new(),
        notes: Vec::new(),
        next: None,
    };
    for (number, Written { visibility, author, owner }) in (100_u128..).step_by(100).zip(written) {
        let id = CaseId::new(Uuid::from_u128(number));
        let action = ActionId::new(Uuid::from_u128(number + 1));
        let item = item(id, action);
        let decision = decision::Create {
            id: DecisionId::new(Uuid::from_u128(number + 2)),
            consultation_id: item.consultation_id,
            taken: Taken::InMeeting { meeting_id: meeting(), agenda_item_id: item.id },
            case_id: Some(id),
            kind: DecisionKind::Act,
            text: Paragraph::parse("We plaatsen een camera.").unwrap(),
        };
        material.decisions.push(Decision::create(decision, &stamp("2026-03-10 14:00")).state);
        material.items.push(item);
        material.actions.push(action_of(*owner, action, id));
        material.notes.push(note_on(id, number + 3, *visibility, *author));
        material.cases.insert(
            id,
            CaseLine {
                id,
                reference: format!("KRO-2026-{number:04}"),
                title: "Sluikstort".to_owned(),
                category: "AFV.SLUIK".to_owned(),
                status: case::Status::Open,
                location_kind: LocationKind::ALL[0],
                address: None,
            },
        );
    }
    material
}

fn written() -> impl Strategy<Value = Vec<Written>> {
    let visibility = prop::sample::select(Visibility::ALL.to_vec());
    let one = (visibility, 1_u128..5, 1_u128..5).prop_map(|(visibility, author, owner)| Written {
        visibility,
        author: organisation(author),
        owner: organisation(owner),
    });
    prop::collection::vec(one, 0..8)
}

proptest! {
    #[test]
    fn a_member_finds_every_item_and_the_notes_of_its_audience(written in written()) {
        let material = material(&written);
        for (reader, guarded) in [
            (Reader::Team, None),
            (Reader::Police, Some(Visibility::PoliceOnly)),
            (Reader::Housing, Some(Visibility::HousingOnly)),
        ] {
            let treated = material.treated(reader);
            prop_assert_eq!(treated.len(), written.len());
            for (treated, written) in treated.iter().zip(&written) {
                let is_read = written.visibility == Visibility::Team || Some(written.visibility) == guarded;
                prop_assert_eq!(treated.notes.len(), usize::from(is_read));
                prop_assert_eq!((treated.decisions.len(), treated.actions.len()), (1, 1));
            }
        }
    }

    #[test]
    fn a_partner_finds_what_is_its_own_and_nothing_tells_of_the_rest(written in written(), partner in 1_u128..5) {
        let partner = organisation(partner);
        let all = material(&written);
        let is_own = |it: &&Written| {
            it.owner == partner || (it.author == partner && it.visibility == Visibility::HousingOnly)
        };
        let treated = all.treated(Reader::Partner(partner));
        prop_assert_eq!(treated.len(), written.iter().filter(is_own).count());
        for treated in &treated {
            prop_assert!(treated.decisions.is_empty());
            prop_assert!(treated.actions.iter().all(|action| action.owner().organisation_id == partner));
            let is_own_note = |note: &&Note| {
                note.created_by.organisation_id == partner && note.visibility == Visibility::HousingOnly
            };
            prop_assert!(treated.notes.iter().all(is_own_note));
        }
    }
}

#[test]
fn a_partner_is_known_by_its_organisation() {
    assert_eq!(Reader::Police.to_string(), "police");
    let reader = Reader::Partner(organisation(7));
    assert_eq!(reader.to_string(), "partner:00000000-0000-0000-0000-000000000007");
    let met_at: Timestamp = at("2026-03-10 13:00");
    assert_eq!(draft().met_at, met_at);
}
