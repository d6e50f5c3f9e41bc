//! The ledger, and what the rules look at.

use domain::access::Sight;
use domain::escalation_policy::{StepId, SubjectKind};
use persistence::escalation_ledger::{self, Filter};
use persistence::{AnyConnection, escalation_policies, sweep};
use uuid::Uuid;

use super::check;
use super::plan::{plans, sorts, uses};
use crate::world::*;

pub(super) fn lists_of_the_ledger(world: &World<'_>, connection: &mut AnyConnection) {
    let none = Filter::default;
    let (team, own, above) = (
        team_of(world.kroonwijk),
        service(world.green),
        Sight { led: [world.kroonwijk].into(), ..Sight::default() },
    );
    let id = Uuid::from_u128(3);
    let step = Filter { step: StepId::parse("answerLate"), ..none() };
    let period = Filter { from: Some(now()), before: Some(minutes(90)), ..none() };
    for (index, sight, filter) in [
        ("escalation_ledger_of_team", &team, none()),
        ("escalation_ledger_of_team_by_step", &team, step.clone()),
        ("escalation_ledger_of_team", &team, period.clone()),
        ("escalation_ledger_led_by", &above, none()),
        ("escalation_ledger_led_by_step", &above, step.clone()),
        ("escalation_ledger_of_service", &own, none()),
        ("escalation_ledger_of_service_by_step", &own, step),
        ("escalation_ledger_of_service", &own, period),
        ("escalation_ledger_case", &team, Filter { case_id: Some(id.into()), ..none() }),
        ("escalation_ledger_action", &team, Filter { action_id: Some(id.into()), ..none() }),
        ("escalation_ledger_request", &team, Filter { follow_up_request_id: Some(id.into()), ..none() }),
    ] {
        check(connection, index, |c, page| escalation_ledger::list(c, sight, &filter, page).map(drop));
    }
    check(connection, "escalation_policies_created", |c, page| {
        escalation_policies::list(c, &team, &escalation_policies::Filter::default(), page).map(drop)
    });
}

/// A sweep with nothing due costs one statement, which reads the first entry of three indexes; one with something due finds
/// it along an index.
pub(super) fn sweeps(connection: &mut AnyConnection) {
    let idle = plans(connection, |c| sweep::next_looks(c).map(drop));
    assert_eq!(idle.len(), 1);
    for table in ["follow_up_requests", "cases", "actions"] {
        assert!(uses(&idle[0], &format!("{table}_next_step")), "{table}: {}", idle[0]);
    }
    for (kind, table) in [
        (SubjectKind::FollowUpRequest, "follow_up_requests"),
        (SubjectKind::Case, "cases"),
        (SubjectKind::Action, "actions"),
    ] {
        let plans = plans(connection, |c| sweep::claim(c, kind, now(), 250).map(drop));
        assert!(uses(&plans[0], &format!("{table}_next_step")), "{}", plans[0]);
        assert!(!sorts(&plans[0]), "it sorts: {}", plans[0]);
    }
}
