//! Actions, meetings, agendas and decisions.

use domain::access::Sight;
use domain::action::Status as ActionStatus;
use domain::calendar::Period;
use domain::meeting::Status as MeetingStatus;
use persistence::actions::Order as ActionOrder;
use persistence::{AnyConnection, actions, agenda, calendar_feeds, decisions, hourly_rates, meetings};
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
    let plans = plans(connection, |c| {
        agenda::snapshot(c, world.kroonwijk, now(), "2026-03-10".parse().unwrap()).map(drop)
    });
    // A statement for each thing that a proposal is made of, whatever there is of it.
    let indexes = [
        "meetings_of_team_by_status|meetings_of_team",
        "follow_up_requests_of_team_by_status",
        "follow_up_requests_of_team_by_status",
        "actions_of_team_by_status|actions_of_team_by_due|actions_of_team",
        "decisions_to_ratify",
        "cases_by_status",
        "cases_by_status",
        "cases_by_status",
        "events_of_team",
    ];
    assert_eq!(plans.len(), indexes.len(), "without a meeting before there is nothing left over");
    for (plan, index) in plans.iter().zip(indexes) {
        assert!(uses(plan, index), "{index} is not used: {plan}");
    }
    assert!(uses(&plans[6], "events_case"), "{}", plans[6]);
    let agenda = super::plan::plans(connection, |c| agenda::load(c, Uuid::from_u128(3).into()).map(drop));
    assert!(uses(&agenda[0], "agenda_items_of_meeting"), "{}", agenda[0]);
}
