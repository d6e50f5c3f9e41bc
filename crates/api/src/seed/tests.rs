use std::collections::BTreeSet;

use domain::access::Role;
use domain::calendar::Period;
use domain::case::Status as CaseStatus;
use domain::category;
use domain::contact::Kind as ContactKind;
use domain::escalation::{Escalation, Origin, Status as EscalationStatus};
use domain::follow_up::{FollowUpRequest, Status};
use domain::hourly_rate::rate_on;
use domain::meeting::Status as MeetingStatus;
use domain::presence::{Dimension, PresenceRecord, Totals};
use domain::report::Status as ReportStatus;
use persistence::escalations;
use persistence::follow_ups::{self, Order};
use persistence::presence::{self, PresenceSight};
use persistence::{
    DatabaseUrl, PoolSizes, actions, cases, consultations, contacts, decisions, hourly_rates, meetings,
    reports,
};

use jiff::ToSpan as _;

use super::*;
use crate::clock::SequentialIds;

/// A seeded database in a folder that is removed with it.
struct Demo {
    _folder: tempfile::TempDir,
    store: Store,
    now: Timestamp,
    registered: Vec<Registered>,
}

fn demo(now: &str) -> Demo {
    let now: Timestamp = now.parse().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("demo.sqlite"));
    let store = Store::open(&url, PoolSizes::default());
    store.migrate().unwrap();
    assert!(is_empty(&store).unwrap());
    let registered = seed(&store, now, Arc::new(SequentialIds::default())).unwrap();
    assert!(!is_empty(&store).unwrap());
    Demo { _folder: folder, store, now, registered }
}

impl Demo {
    fn requests(&self) -> Vec<FollowUpRequest> {
        let page = PageRequest { direction: Direction::Ascending, after: None, size: 500 };
        let filter = follow_ups::Filter::default();
        let listed = self.store.read(|connection| {
            follow_ups::list(connection, &everything(), &filter, self.now, Order::CreatedAt, page)
        });
        listed.unwrap().items.into_iter().map(|(request, _)| request).collect()
    }

    fn cases(&self) -> Vec<domain::case::Case> {
        let page = PageRequest { direction: Direction::Ascending, after: None, size: 500 };
        let listed = self
            .store
            .read(|connection| cases::list(connection, &everything(), &cases::Filter::default(), page));
        listed.unwrap().items
    }
}

const NOW: &str = "2026-11-23T10:00:00Z";

#[test]
fn the_demo_shows_every_state_and_what_goes_wrong() {
    let demo = demo(NOW);
    let requests = demo.requests();
    let states: BTreeSet<_> = requests.iter().map(|request| request.status()).collect();
    assert_eq!(states, Status::ALL.iter().copied().collect());
    assert!((50..75).contains(&requests.len()), "{}", requests.len());
    let count =
        |test: &dyn Fn(&FollowUpRequest) -> bool| requests.iter().filter(|request| test(request)).count();
    assert!(count(&|request| request.is_never_seen()) >= 2);
    assert!(count(&|request| request.rounds.len() > 1) >= 2, "reopened ones");
    assert!(count(&|request| request.redirected_from.is_some()) >= 2, "a chain");
    assert!(count(&|request| !request.amendments.is_empty()) >= 1);
    assert!(count(&|request| !request.promises.is_empty()) >= 3);
    assert!(count(&|request| request.answers.iter().any(|answer| answer.channel.is_some())) >= 3);
    assert!(count(&|request| request.reminder_count > 0) >= 3);

    let cases = demo.cases();
    let states: BTreeSet<_> = cases.iter().map(|case| case.status).collect();
    assert_eq!(states, CaseStatus::ALL.iter().copied().collect());
    assert!(
        cases.iter().all(|case| case.description.location.area_id.is_some()),
        "every place lies in an area"
    );
    let shipped = category::shipped().unwrap();
    let known: BTreeSet<_> = shipped.iter().map(|category| &category.code).collect();
    let used = cases.iter().flat_map(|case| {
        std::iter::once(&case.description.category).chain(&case.description.secondary_categories)
    });
    for code in used {
        assert!(known.contains(code) && !code.is_group(), "{code}");
    }
}

/// The stories count in working days, so that the demo looks the same on every day of the year.
#[test]
fn the_demo_is_current_whenever_it_is_made() {
    for now in
        ["2026-01-02T00:05:00Z", "2026-03-01T23:55:00Z", "2026-08-17T07:00:00Z", "2026-12-28T12:00:00Z"]
    {
        let demo = demo(now);
        let requests = demo.requests();
        let (now, early) = (demo.now, demo.now.to_string());
        assert!(requests.iter().all(|request| request.updated_at < now), "{early}");
        let late: BTreeSet<_> = requests
            .iter()
            .filter(|request| request.status().is_open() && request.answer_breached_at(now).is_some())
            .map(|request| request.subject.as_str())
            .collect();
        let expected = BTreeSet::from([
            "Glasbol vaker ledigen",
            "Lamp boven de zithoek brandt niet",
            "Geluidsmeting van de koelmotor",
            "Controle aan de schoolpoort",
            "Snoeien aan het kruispunt",
            "Sluitingsuur van de terrassen",
        ]);
        assert_eq!(late, expected, "{early}");
        let seriously = requests.iter().filter(|request| {
            request.status().is_open() && request.seriously_late_from().is_some_and(|from| now > from)
        });
        assert!(seriously.count() >= 2, "{early}");
        let missed = requests
            .iter()
            .filter(|request| !request.status().is_open() && request.rounds[0].answer.breached_at.is_some());
        assert!(missed.count() >= 4, "{early}");
    }
}

#[test]
fn every_role_has_a_client_and_so_has_every_service() {
    let demo = demo(NOW);
    let keys: BTreeSet<_> = demo.registered.iter().map(|known| known.client.key.as_str()).collect();
    assert_eq!(keys.len(), demo.registered.len(), "each key once");
    for role in Role::ALL {
        assert!(keys.contains(role.code()), "{role}");
    }
    for key in [
        "serviceAgent.groen",
        "serviceAgent.openbareVerlichting",
        "housingOfficer.woonmaatschappij",
        "policeOfficer.stadAalst",
    ] {
        assert!(keys.contains(key), "{key}");
    }
    let organisations: BTreeSet<_> = demo.registered.iter().map(|known| known.organisation).collect();
    for request in demo.requests() {
        assert!(organisations.contains(&request.organisation_id), "{}", request.subject.as_str());
    }
}

#[test]
fn the_same_moment_gives_the_same_demo() {
    let (one, other) = (demo(NOW), demo(NOW));
    assert_eq!(one.requests(), other.requests());
    assert_eq!(one.cases(), other.cases());
}

#[test]
fn eight_persons_sit_at_the_table_of_the_neighbourhood() {
    let demo = demo(NOW);
    let page = PageRequest { direction: Direction::Ascending, after: None, size: 500 };
    let found = demo.store.read(|connection| consultations::list(connection, &everything(), page)).unwrap();
    let lower = found.items.iter().find(|it| it.consultation.code.as_str() == "KRO").unwrap();
    let members = &lower.consultation.members;
    let mut seats: Vec<_> =
        members.iter().map(|member| (member.function.as_str(), member.number.get())).collect();
    seats.sort_unstable();
    let expected = [
        ("chiefInspector", 1),
        ("communityGuard", 1),
        ("housingRepresentative", 1),
        ("neighbourhoodInspector", 4),
        ("neighbourhoodManager", 1),
    ];
    assert_eq!(seats, expected);
    let upper = lower.consultation.escalates_to.unwrap();
    assert!(
        found.items.iter().any(|it| it.consultation.id == upper && it.consultation.code.as_str() == "OOT")
    );
}

#[test]
fn the_guards_have_a_year_of_shifts_and_the_team_consults_partners_of_both_kinds() {
    for now in [NOW, "2026-01-02T00:05:00Z", "2026-03-29T02:30:00Z"] {
        let demo = demo(now);
        let all = PresenceSight { everything: true, ..PresenceSight::default() };
        let period =
            Period { from: local_date(demo.now).saturating_sub(366.days()), to: local_date(demo.now) };
        let filter = presence::Filter::default;
        let counted = demo.store.read(|c| presence::counted(c, &all, &filter(), period)).unwrap();
        assert!((400..700).contains(&counted.len()), "{}", counted.len());
        let totals = Totals::of(period, &[Dimension::Month].into(), counted, []);
        assert!(totals.cells.len() >= 12 && totals.cells.values().all(|month| month.contacts > 0));
        let page = PageRequest { direction: Direction::Descending, after: None, size: 500 };
        let latest = demo.store.read(|c| presence::list(c, &all, &filter(), page)).unwrap().items;
        let is_sound = |it: &PresenceRecord| it.shift.ended_at <= it.created_at && it.created_at <= demo.now;
        assert!(latest.iter().all(is_sound));

        let found = demo.store.read(|c| contacts::list(c, &everything(), &contacts::Filter::default(), page));
        let kinds: BTreeSet<_> =
            found.unwrap().items.iter().map(|contact| contact.particulars.kind).collect();
        assert_eq!(kinds, ContactKind::ALL.iter().copied().collect());
    }
}

#[test]
fn cases_go_up_and_one_came_back() {
    let demo = demo(NOW);
    let page = PageRequest { direction: Direction::Ascending, after: None, size: 500 };
    let filter = escalations::Filter::default();
    let order = escalations::Order::CreatedAt;
    let found =
        demo.store.read(|c| escalations::list(c, &everything(), &filter, demo.now, order, page)).unwrap();
    let number = |state: EscalationStatus| found.items.iter().filter(|it| it.status == state).count();
    assert_eq!((number(EscalationStatus::Closed), number(EscalationStatus::Submitted)), (1, 1));
    // The rules propose more than the team does.
    let by_rule = |it: &Escalation| it.origin != Origin::Team;
    assert!(number(EscalationStatus::Proposed) >= 3);
    assert!(found.items.iter().any(by_rule) && !found.items.iter().all(by_rule));
    for escalation in &found.items {
        let frozen = demo.store.read(|c| escalations::all_renditions(c, escalation.id)).unwrap();
        assert_eq!(frozen.len(), 3 * escalation.submissions.len());
    }
}

/// A year of meetings, each with its agenda, its decision and its report.
#[test]
fn the_consultation_has_met_for_a_year() {
    for now in [NOW, "2026-01-02T00:05:00Z", "2026-03-10T13:30:00Z", "2026-11-10T23:00:00Z"] {
        let demo = demo(now);
        let page = PageRequest { direction: Direction::Ascending, after: None, size: 500 };
        let found = demo.store.read(|c| meetings::list(c, &everything(), &meetings::Filter::default(), page));
        let (held, planned): (Vec<_>, Vec<_>) =
            found.unwrap().items.into_iter().partition(|meeting| meeting.status == MeetingStatus::Held);
        assert!((12..=13).contains(&held.len()), "{now}: {}", held.len());
        assert!(planned.len() >= 3 && planned.iter().all(|it| it.status == MeetingStatus::Planned), "{now}");
        let states: Vec<_> = held
            .iter()
            .map(|meeting| {
                let report = demo.store.read(|c| reports::find(c, &everything(), meeting.id));
                report.unwrap().expect("each has a report").status
            })
            .collect();
        let (last, before) = states.split_last().unwrap();
        assert!(before.iter().all(|state| *state == ReportStatus::Approved), "{now}: {states:?}");
        assert_ne!(*last, ReportStatus::Approved, "{now}");

        let everything = everything();
        let found = demo.store.read(|c| decisions::list(c, &everything, &decisions::Filter::default(), page));
        let decisions = found.unwrap().items;
        assert!(decisions.len() >= 11, "{now}: {}", decisions.len());
        let yields = demo.store.read(|c| decisions::yields(c, decisions.iter().map(|it| it.id))).unwrap();
        assert!(yields.values().all(|came| came.actions.len() == 1 && came.follow_up_requests.len() == 1));
        let filter = actions::Filter::default();
        let today = local_date(demo.now);
        let order = actions::Order::CreatedAt;
        let found = demo.store.read(|c| actions::list(c, &everything, &filter, today, order, page));
        let actions = found.unwrap().items;
        assert!(actions.iter().any(|action| !action.carried_in.is_empty()), "some took longer than a month");
        let consultation = held[0].consultation_id;
        let rates = demo.store.read(|c| hourly_rates::of_consultation(c, consultation)).unwrap();
        for meeting in &held {
            let day = local_date(meeting.starts_at);
            let has_rate = |function| rate_on(&rates, function, day).is_some();
            assert!(meeting.attendances.iter().all(|it| has_rate(&it.function)), "every hour has its price");
        }
        let minutes: i64 = held.iter().map(|meeting| meeting.person_minutes()).sum();
        assert!(minutes > 0 && held.iter().all(|meeting| (7..=8).contains(&meeting.present())), "{now}");
    }
}
