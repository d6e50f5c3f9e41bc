//! Escalations and what a consultation leads meanwhile, along their indexes.

use domain::escalation::Status;
use persistence::actions::Order as ActionOrder;
use persistence::escalations::{Filter, Order};
use persistence::follow_ups::Order as RequestOrder;
use persistence::{AnyConnection, PageRequest, StoreError, actions, cases, escalations, follow_ups};
use uuid::Uuid;

use super::pages;
use super::plan::{plans, sorting, uses};
use crate::world::*;

/// Checks that a list of several branches is read along an index for each of them, with the pages left to sort.
fn check(
    connection: &mut AnyConnection,
    indexes: &[&str],
    ask: impl Fn(&mut AnyConnection, PageRequest) -> Result<(), StoreError>,
) {
    for page in pages() {
        let plans = plans(connection, |connection| ask(connection, page));
        let plan = plans.first().unwrap();
        for index in indexes {
            assert!(uses(plan, index), "{index} is not used: {plan}");
        }
        assert!(sorting(plan) <= 1, "it sorts more than the pages: {plan}");
    }
}

/// The sight of a member of a consultation that others hand cases to.
pub(super) fn lists_of_escalations(world: &World<'_>, connection: &mut AnyConnection) {
    let team = team_of(world.kroonwijk);
    let none = Filter::default;
    for (order, indexes) in [
        (Order::CreatedAt, ["escalations_from", "escalations_to"]),
        (Order::UpdatedAt, ["escalations_from_updated", "escalations_to_updated"]),
    ] {
        for filter in [
            none(),
            Filter { states: vec![Status::Submitted], ..none() },
            Filter { late: Some(true), ..none() },
        ] {
            check(connection, &indexes, |c, page| {
                escalations::list(c, &team, &filter, now(), order, page).map(drop)
            });
        }
        let from = Filter { from_consultation_id: Some(world.kroonwijk), ..none() };
        check(connection, &indexes[..1], |c, page| {
            escalations::list(c, &team, &from, now(), order, page).map(drop)
        });
    }
    let case = Filter { case_id: Some(Uuid::from_u128(3).into()), ..none() };
    check(connection, &["escalations_case|escalations_running"], |c, page| {
        escalations::list(c, &team, &case, now(), Order::CreatedAt, page).map(drop)
    });
    let running = plans(connection, |c| escalations::find_running(c, Uuid::from_u128(3).into()));
    assert!(uses(&running[0], "escalations_running"), "{}", running[0]);
}

pub(super) fn led_by_a_consultation(world: &World<'_>, connection: &mut AnyConnection) {
    let above = above(world.kroonwijk);
    check(connection, &["cases_led_by"], |c, page| {
        cases::list(c, &above, &cases::Filter::default(), page).map(drop)
    });
    for (order, index) in [
        (RequestOrder::CreatedAt, "follow_up_requests_led_by"),
        (RequestOrder::AnswerDueAt, "follow_up_requests_led_by_due"),
    ] {
        check(connection, &[index], |c, page| {
            follow_ups::list(c, &above, &follow_ups::Filter::default(), now(), order, page).map(drop)
        });
    }
    for (order, index) in
        [(ActionOrder::CreatedAt, "actions_led_by"), (ActionOrder::DueOn, "actions_led_by_due")]
    {
        let today = jiff::civil::date(2026, 3, 2);
        check(connection, &[index], |c, page| {
            actions::list(c, &above, &actions::Filter::default(), today, order, page).map(drop)
        });
    }
    // The list of who is above nobody has no branch more.
    let team = team_of(world.kroonwijk);
    let plans = plans(connection, |c| follow_ups::next_moment(c, &team, now()));
    assert_eq!(plans.len(), 1);
}
