//! Actions, meetings, agendas and decisions.

use diesel::connection::SimpleConnection as _;
use domain::access::Sight;
use domain::action::Status as ActionStatus;
use domain::agenda::{About, AboutKind, AgendaItem, Event, Figures, Reason, Section};
use domain::calendar::Period;
use domain::change::Change;
use domain::id::CaseId;
use domain::meeting::{Create, Meeting, Status as MeetingStatus};
use domain::note::Visibility;
use domain::text::Title;
use persistence::actions::Order as ActionOrder;
use persistence::{
    AnyConnection, Direction, PageRequest, actions, agenda, calendar_feeds, decisions, hourly_rates,
    meetings, reports,
};
use uuid::Uuid;

use super::check;
use super::plan::{plans, sorts, uses};
use crate::world::*;

pub(super) fn lists_of_actions(world: &World<'_>, connection: &mut AnyConnection) {
    let none = actions::Filter::default;
    let day = now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let ask = |c: &mut AnyConnection, sight: &Sight, filter: &actions::Filter, order, page| {
        actions::list(c, sight, filter, day, order, page).map(drop)
    };
    let own = Sight { own: [world.green].into(), ..Sight::default() };
    for (side, sight) in [("team", team_of(world.kroonwijk)), ("owner", own)] {
        for (ending, order, filter) in [
            ("", ActionOrder::CreatedAt, none()),
            (
                "_by_status",
                ActionOrder::CreatedAt,
                actions::Filter { states: vec![ActionStatus::Open], ..none() },
            ),
            ("_by_day", ActionOrder::DueOn, none()),
            ("_by_due", ActionOrder::DueOn, actions::Filter { overdue: Some(true), ..none() }),
            ("_by_due", ActionOrder::DueOn, actions::Filter { due_before: Some(day), ..none() }),
        ] {
            let index = format!("actions_of_{side}{ending}");
            check(connection, &index, |c, page| ask(c, &sight, &filter, order, page));
        }
    }
    let id = Uuid::from_u128(3);
    for (index, filter) in [
        ("actions_of_team_by_owner", actions::Filter { owner_organisation_id: Some(world.green), ..none() }),
        ("actions_case", actions::Filter { case_id: Some(id.into()), ..none() }),
        ("actions_of_decision", actions::Filter { decision_id: Some(id.into()), ..none() }),
        ("actions_of_meeting", actions::Filter { meeting_id: Some(id.into()), ..none() }),
    ] {
        check(connection, index, |c, page| {
            ask(c, &team_of(world.kroonwijk), &filter, ActionOrder::CreatedAt, page)
        });
    }
}

pub(super) fn lists_of_meetings(world: &World<'_>, connection: &mut AnyConnection) {
    let team = team_of(world.kroonwijk);
    let held = meetings::Filter { states: vec![MeetingStatus::Held], ..Default::default() };
    for (index, filter) in
        [("meetings_of_team", meetings::Filter::default()), ("meetings_of_team_by_status", held)]
    {
        check(connection, index, |c, page| meetings::list(c, &team, &filter, page).map(drop));
    }
    let period = Period { from: "2016-01-01".parse().unwrap(), to: "2025-12-31".parse().unwrap() };
    let counted = plans(connection, |c| meetings::held_in(c, &team, world.kroonwijk, period));
    assert_eq!(counted.len(), 1, "one statement, whatever there is to count");
    assert!(uses(&counted[0], "meetings_of_team_by_status|meetings_of_team"), "{}", counted[0]);
    assert!(!sorts(&counted[0]), "it sorts: {}", counted[0]);
    let shown = plans(connection, |c| meetings::starting_in(c, world.kroonwijk, period));
    assert_eq!(shown.len(), 1);
    assert!(uses(&shown[0], "meetings_of_team") && !sorts(&shown[0]), "{}", shown[0]);
    let feed = plans(connection, |c| calendar_feeds::with_secret(c, "a"));
    assert!(uses(&feed[0], "calendar_feeds_secret"), "{}", feed[0]);
    check(connection, "calendar_feeds_consultation", |c, page| {
        calendar_feeds::list(c, &team, world.kroonwijk, page).map(drop)
    });
    let rates = plans(connection, |c| hourly_rates::of_consultation(c, world.kroonwijk));
    assert_eq!(rates.len(), 1);
    assert!(uses(&rates[0], "hourly_rates_consultation|hourly_rates_begin"), "{}", rates[0]);
    let none = decisions::Filter::default;
    let of_case = decisions::Filter { case_id: Some(Uuid::from_u128(3).into()), ..none() };
    let of_meeting = decisions::Filter { meeting_id: Some(Uuid::from_u128(3).into()), ..none() };
    let to_ratify = decisions::Filter { to_ratify: Some(true), ..none() };
    for (index, filter) in [
        ("decisions_of_team", none()),
        ("decisions_case", of_case),
        ("decisions_of_meeting", of_meeting),
        ("decisions_to_ratify", to_ratify),
    ] {
        check(connection, index, |c, page| decisions::list(c, &team, &filter, page).map(drop));
    }
    two_indexes_at_once(connection);
    let plans = plans(connection, |c| {
        let areas = [Uuid::from_u128(4).into()].into();
        agenda::snapshot(c, world.kroonwijk, areas, now(), "2026-03-10".parse().unwrap()).map(drop)
    });
    // A statement for each thing that a proposal is made of, whatever there is of it.
    let indexes = [
        "meetings_of_team_by_status|meetings_of_team",
        "presence_records_of_area|presence_records_started",
        "reports_to_approve",
        "follow_up_requests_of_team_by_status",
        "follow_up_requests_of_team_by_status",
        "actions_of_team_by_status|actions_of_team_by_due|actions_of_team|actions_of_team_by_day",
        "decisions_to_ratify",
        "cases_by_status",
        "cases_by_status",
        "cases_by_status",
        "escalation_ledger_of_agenda",
        "escalations_agenda",
        "events_of_team",
    ];
    assert_eq!(plans.len(), indexes.len(), "without a meeting before there is nothing left over");
    for (plan, index) in plans.iter().zip(indexes) {
        assert!(uses(plan, index), "{index} is not used: {plan}");
    }
    assert!(uses(&plans[8], "events_case"), "{}", plans[8]);
    let agenda = super::plan::plans(connection, |c| agenda::load(c, Uuid::from_u128(3).into()).map(drop));
    assert!(uses(&agenda[0], "agenda_items_of_meeting"), "{}", agenda[0]);
}

pub(super) fn reports_of_meetings(world: &World<'_>, connection: &mut AnyConnection) {
    let id = Uuid::from_u128(3);
    let partner = Sight { addressed: [world.green].into(), ..team_of(world.kroonwijk) };
    for (index, sight) in [
        ("reports_meeting", &team_of(world.kroonwijk)),
        (
            "report_renditions_organisation|report_renditions_pk|sqlite_autoindex_report_renditions_1",
            &partner,
        ),
    ] {
        let plans = plans(connection, |c| reports::find(c, sight, id.into()).map(drop));
        assert!(uses(&plans[0], index), "{index} is not used: {}", plans[0]);
    }
    check(connection, "reports_of_team", |c, page| {
        reports::list(c, &team_of(world.kroonwijk), &reports::Filter::default(), page).map(drop)
    });
    let page = PageRequest { direction: Direction::Ascending, after: None, size: 50 };
    let comments = plans(connection, |c| reports::list_comments(c, id.into(), page).map(drop));
    assert!(uses(&comments[0], "report_comments_report") && !sorts(&comments[0]), "{}", comments[0]);

    two_indexes_at_once(connection);
    // What a draft is made of: the same number of statements, whatever the meeting and the history hold.
    let indexes = [
        "agenda_items_of_meeting",
        "decisions_of_meeting",
        "cases_pk|sqlite_autoindex_cases_1",
        "follow_up_requests_decision",
        "actions_decision|actions_of_decision",
        "case_notes_case",
        "meetings_of_team_by_status|meetings_of_team",
    ];
    let meeting = a_meeting(world);
    let plans = plans(connection, |c| reports::material(c, meeting, Visibility::ALL).map(drop));
    assert_eq!(plans.len(), indexes.len());
    for (plan, index) in plans.iter().zip(indexes) {
        // Nothing is on this agenda: what it would be about is not looked for.
        let looks_for_nothing = plan.contains("1=0") || plan.contains("0 = 1") || plan.contains("0=1");
        assert!(looks_for_nothing || uses(plan, index), "{index} is not used: {plan}");
    }
}

/// Lets PostgreSQL read two indexes at once, as bitmaps.
fn two_indexes_at_once(connection: &mut AnyConnection) {
    if let AnyConnection::Postgresql(connection) = connection {
        connection.batch_execute("SET enable_bitmapscan = on; SET enable_seqscan = off").unwrap();
    }
}

fn a_meeting(world: &World<'_>) -> Meeting {
    Meeting::create(a_meeting_command(world), &world.stamp(now())).unwrap().state
}

fn a_meeting_command(world: &World<'_>) -> Create {
    Create {
        id: Uuid::from_u128(3).into(),
        consultation_id: world.kroonwijk,
        starts_at: now(),
        ends_at: now() + jiff::SignedDuration::from_hours(4),
        place: None,
        occurrence: None,
        moved: None,
    }
}

/// The reports of a year cost the same number of statements each, whatever is on their agendas.
pub(super) fn reports_of_a_year(world: &World<'_>, connection: &mut AnyConnection) {
    for month in 0..12_u32 {
        let mut meeting = a_meeting_command(world);
        meeting.id = world.database.new_id().into();
        let meeting = Meeting::create(meeting, &world.stamp(now())).unwrap();
        let items: Vec<_> = (0..month * 3)
            .map(|number| {
                let case = world.case(&format!("Dossier {number}"));
                agenda_item(world, &meeting.state, Some(case.id), i32::try_from(number).unwrap())
            })
            .collect();
        world
            .write(now(), |transaction| {
                transaction.save(&meeting)?;
                items.iter().try_for_each(|item| transaction.save(item))
            })
            .unwrap();
        let mut found = None;
        let meeting = meeting.state.clone();
        let plans = plans(connection, |c| {
            found = Some(reports::material(c, meeting, Visibility::ALL)?);
            Ok(())
        });
        let found = found.unwrap();
        assert_eq!((found.items.len(), found.cases.len()), (items.len(), items.len()));
        assert_eq!(plans.len(), 7, "{} items", items.len());
    }
}

fn agenda_item(
    world: &World<'_>,
    meeting: &Meeting,
    case_id: Option<CaseId>,
    position: i32,
) -> Change<AgendaItem, Event> {
    let create = domain::agenda::Create {
        id: world.database.new_id().into(),
        meeting_id: meeting.id,
        consultation_id: meeting.consultation_id,
        position,
        section: Section::RunningCases,
        reason: Reason::Member,
        title: Title::parse("Punt").unwrap(),
        case_id,
        about: case_id.map(|case| About::new(AboutKind::Case, case)).into_iter().collect(),
        figures: Figures::default(),
        carry_over: 0,
        moved_from_id: None,
    };
    AgendaItem::create(create, &world.stamp(now()))
}
