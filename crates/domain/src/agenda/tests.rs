use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::change::Version;
use crate::id::{
    ActionId, AgendaItemId, CaseId, ConsultationId, DecisionId, FollowUpRequestId, LedgerEntryId, MeetingId,
};
use crate::meeting::tests::{at, stamp};
use crate::text::Title;

const NOW: &str = "2026-03-10 13:00";

fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

fn case(number: u128) -> CaseLine {
    CaseLine {
        id: id::<CaseId>(number),
        reference: format!("KRO-2026-{number:04}"),
        title: format!("Dossier {number}"),
    }
}

/// A request that was sent some days ago and is late since some days.
fn request(number: u128, of: u128, sent: i64, late: Option<i64>, seriously: bool) -> AgedRequest {
    let ago = |days: i64| at(NOW) - (days * 24).hours();
    AgedRequest {
        id: id::<FollowUpRequestId>(number),
        case: case(of),
        sent_at: ago(sent),
        receipt_late_from: None,
        late_from: late.map(ago),
        seriously_late_from: late.filter(|_| seriously).map(|late| ago(late - 1)),
        never_seen: false,
    }
}

fn action(number: u128, carry_over: i64, due_on: Option<&str>) -> OpenAction {
    OpenAction {
        id: id::<ActionId>(number),
        case_id: None,
        title: format!("Actie {number}"),
        due_on: due_on.map(|day| day.parse().unwrap()),
        carry_over,
    }
}

/// Something that a step put on the agenda.
fn ruled(entry: u128, of: u128, subject: About) -> Ruled {
    Ruled { id: id::<LedgerEntryId>(entry), case: case(of), subject }
}

fn snapshot() -> Snapshot {
    Snapshot {
        reports_to_approve: vec![(id(1), at("2026-02-10 13:00"))],
        last_meeting: Some(id(1)),
        last_closed_at: Some(at("2026-02-10 17:00")),
        unanswered: vec![
            request(10, 1, 20, Some(5), false),
            request(11, 2, 60, Some(40), true),
            request(12, 1, 10, Some(2), false),
            request(13, 3, 40, None, false),
            // Sent after the last meeting and not late: not on the agenda.
            request(14, 4, 5, None, false),
        ],
        answered: vec![AnsweredRequest {
            id: id::<FollowUpRequestId>(15),
            case: case(5),
            at: at("2026-03-01 10:00"),
        }],
        actions: vec![
            action(20, 0, Some("2026-03-01")),
            action(21, 3, None),
            action(22, 0, Some("2026-02-20")),
        ],
        decisions: vec![UnratifiedDecision {
            id: id::<DecisionId>(30),
            case_id: Some(id(6)),
            text: "Hek  plaatsen\naan de kade".to_owned(),
            decided_at: at("2026-02-20 10:00"),
        }],
        left_over: vec![LeftOver {
            id: id::<AgendaItemId>(40),
            section: Section::OtherBusiness,
            title: "Werking zomerperiode".to_owned(),
            case_id: None,
            carry_over: 1,
        }],
        signals: vec![(case(8), at("2026-03-03 10:00")), (case(7), at("2026-02-20 10:00"))],
        inactive: vec![(case(9), at("2026-01-09 13:00"))],
        aftercare: vec![(case(10), "2026-03-09".parse().unwrap())],
        ruled: vec![
            // Late anyhow: it stands on the agenda already.
            ruled(50, 2, About::new(AboutKind::FollowUpRequest, id::<FollowUpRequestId>(11))),
            ruled(51, 11, About::new(AboutKind::Case, id::<CaseId>(11))),
            ruled(52, 11, About::new(AboutKind::Case, id::<CaseId>(11))),
        ],
        escalations: Vec::new(),
        counts: Counts {
            new_cases: 4,
            ended_cases: 1,
            requests_sent: 5,
            requests_answered: 2,
            shift_minutes: 120,
            guard_minutes: 240,
        },
    }
}

fn told(line: &Line) -> String {
    let title = line.title.as_deref().unwrap_or("-");
    format!("{} {} {title} ({})", line.section, line.reason, line.about.len())
}

#[test]
fn the_proposal_follows_the_order_of_a_meeting() {
    let proposal = proposal(&snapshot(), at(NOW));
    let lines: Vec<String> = proposal.lines.iter().map(told).collect();
    assert_eq!(
        lines,
        [
            "previousReport reportToApprove Goedkeuring van het verslag van 10/02/2026 (1)",
            "openWork lateRequest KRO-2026-0002 Dossier 2 (2)",
            "openWork lateRequest KRO-2026-0001 Dossier 1 (3)",
            "openWork unansweredRequest KRO-2026-0003 Dossier 3 (2)",
            "openWork answeredRequest KRO-2026-0005 Dossier 5 (2)",
            "openWork openAction Actie 21 (1)",
            "openWork openAction Actie 22 (1)",
            "openWork openAction Actie 20 (1)",
            "openWork decisionToRatify Hek plaatsen aan de kade (1)",
            "newCases newSignal KRO-2026-0007 Dossier 7 (1)",
            "newCases newSignal KRO-2026-0008 Dossier 8 (1)",
            "runningCases inactiveCase KRO-2026-0009 Dossier 9 (1)",
            "runningCases aftercareDue KRO-2026-0010 Dossier 10 (1)",
            "runningCases rule KRO-2026-0011 Dossier 11 (3)",
            "barometer figures - (0)",
            "otherBusiness leftOver Werking zomerperiode (1)",
        ]
    );
    assert!(proposal.omitted.is_empty());
}

#[test]
fn a_line_has_the_figures_behind_it() {
    let proposal = proposal(&snapshot(), at(NOW));
    let figures = |reason: Reason| proposal.lines.iter().find(|line| line.reason == reason).unwrap().figures;
    assert_eq!(
        figures(Reason::LateRequest),
        Figures {
            requests: Some(1),
            late: Some(1),
            seriously_late: Some(1),
            days_late: Some(40),
            ..Figures::default()
        }
    );
    assert_eq!(figures(Reason::OpenAction), Figures { carry_over: Some(3), ..Figures::default() });
    assert_eq!(figures(Reason::InactiveCase).days_without_activity, Some(60));
    assert_eq!(figures(Reason::LeftOver).carry_over, Some(2));
    assert_eq!(figures(Reason::Figures).new_cases, Some(4));
}

#[test]
fn what_is_late_in_receipt_only_is_late_too() {
    let mut snapshot = Snapshot::default();
    let mut request = request(1, 1, 5, None, false);
    request.receipt_late_from = Some(at("2026-03-09 23:00"));
    request.never_seen = true;
    snapshot.unanswered.push(request);
    let proposal = proposal(&snapshot, at(NOW));
    let line = &proposal.lines[0];
    assert_eq!((line.reason, line.figures.never_seen), (Reason::LateRequest, Some(1)));
}

#[test]
fn before_the_first_meeting_nothing_was_open_at_the_last() {
    let snapshot = Snapshot { last_closed_at: None, ..snapshot() };
    let proposal = proposal(&snapshot, at(NOW));
    assert!(proposal.lines.iter().all(|line| line.reason != Reason::UnansweredRequest));
}

#[test]
fn a_long_list_is_cut_and_says_how_much() {
    let actions = (0..u128::try_from(MOST_LINES).unwrap() + 7).map(|number| action(number, 0, None));
    let snapshot = Snapshot { actions: actions.collect(), ..Snapshot::default() };
    let proposal = proposal(&snapshot, at(NOW));
    assert_eq!(proposal.lines.len(), MOST_LINES + 1, "the figures are a line as well");
    assert_eq!(proposal.omitted, [(Reason::OpenAction, 7)].into());
}

#[test]
fn every_title_fits_an_item() {
    let long = CaseLine { title: "é".repeat(200), ..case(1) };
    let decision = UnratifiedDecision {
        id: id::<DecisionId>(1),
        case_id: None,
        text: "woord ".repeat(2_000),
        decided_at: at(NOW),
    };
    let snapshot =
        Snapshot { signals: vec![(long, at(NOW))], decisions: vec![decision], ..Snapshot::default() };
    for line in proposal(&snapshot, at(NOW)).lines {
        if let Some(title) = line.title {
            assert!(Title::parse(&title).is_ok(), "{title}");
        }
    }
}

fn item() -> AgendaItem {
    let create = Create {
        id: id(1),
        meeting_id: id(2),
        consultation_id: id::<ConsultationId>(3),
        position: 4,
        section: Section::RunningCases,
        reason: Reason::Member,
        title: Title::parse("Parkeerterrein Hoveniersplein").unwrap(),
        case_id: Some(id(5)),
        about: vec![About::new(AboutKind::Case, id::<CaseId>(5))],
        figures: Figures::default(),
        carry_over: 0,
        moved_from_id: None,
    };
    AgendaItem::create(create, &stamp(NOW)).state
}

#[test]
fn an_item_that_moves_counts_one_carry_over_more() {
    let next: MeetingId = id(9);
    let (here, there) = item().move_to(next, id(10), 0, &stamp(NOW)).unwrap();
    let Outcome::Changed(here) = here else { panic!() };
    assert_eq!(here.state.status, ItemStatus::Moved);
    assert_eq!((there.carry_over, there.moved_from_id), (1, Some(id(1))));
    let moved = AgendaItem::create(there, &stamp(NOW)).state;
    assert_eq!((moved.meeting_id, moved.case_id, moved.version), (next, Some(id(5)), Version::FIRST));
    let again = here.state.move_to(id(11), id(12), 0, &stamp("2026-03-10 13:01"));
    assert!(matches!(again, Ok((Outcome::Unchanged(_), _))));
}

#[test]
fn what_was_dealt_with_can_be_taken_up_again() {
    let Ok(Outcome::Changed(treated)) = item().treat(&Treat { text: None }, &stamp(NOW)) else { panic!() };
    let refused = treated
        .state
        .clone()
        .edit(&Edit { title: Title::parse("Anders").unwrap(), section: Section::NewCases }, &stamp(NOW));
    assert_eq!(
        refused,
        Err(AgendaItemError::Illegal {
            from: ItemStatus::Treated,
            verb: ItemVerb::Edit,
            allowed: vec![ItemVerb::Reopen]
        })
    );
    let Ok(Outcome::Changed(open)) = treated.state.reopen(&stamp(NOW)) else { panic!() };
    assert_eq!((open.state.status, open.state.version), (ItemStatus::Open, Version(3)));
}

fn shuffled(snapshot: &Snapshot, seed: usize) -> Snapshot {
    fn turned<T: Clone>(items: &[T], by: usize) -> Vec<T> {
        let mut items = items.to_vec();
        if !items.is_empty() {
            let length = items.len();
            items.rotate_left(by % length);
            if by % 2 == 1 {
                items.reverse();
            }
        }
        items
    }
    Snapshot {
        unanswered: turned(&snapshot.unanswered, seed),
        answered: turned(&snapshot.answered, seed),
        actions: turned(&snapshot.actions, seed),
        decisions: turned(&snapshot.decisions, seed),
        signals: turned(&snapshot.signals, seed),
        inactive: turned(&snapshot.inactive, seed),
        aftercare: turned(&snapshot.aftercare, seed),
        ..snapshot.clone()
    }
}

proptest! {
    #[test]
    fn the_same_data_gives_the_same_proposal_whatever_its_order(
        requests in prop::collection::vec((0_u128..6, 0_i64..90, prop::option::of(0_i64..60), any::<bool>()), 0..30),
        seed in 0_usize..100,
    ) {
        let requests = requests.into_iter().enumerate();
        let unanswered = requests
            .map(|(number, (of, sent, late, seriously))| {
                request(u128::try_from(number).unwrap(), of, sent, late, seriously)
            })
            .collect();
        let snapshot = Snapshot { unanswered, ..snapshot() };
        let now: Timestamp = at(NOW);
        let once = proposal(&snapshot, now);
        prop_assert_eq!(&once, &proposal(&shuffled(&snapshot, seed), now));
        // Nothing that is late is missing, and nothing stands twice.
        let late = snapshot.unanswered.iter().filter(|request| request.late_from.is_some_and(|from| from < now));
        let named: Vec<_> = once
            .lines
            .iter()
            .filter(|line| line.reason == Reason::LateRequest)
            .flat_map(|line| line.about.iter().filter(|about| about.kind == AboutKind::FollowUpRequest))
            .collect();
        prop_assert_eq!(named.len(), late.count());
    }
}
