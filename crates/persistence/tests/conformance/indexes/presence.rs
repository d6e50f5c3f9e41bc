//! Contacts and the presence of guards.

use domain::access::Sight;
use domain::contact::Kind;
use domain::id::{AreaId, GuardGroupId};
use domain::presence::{Shift, Task};
use persistence::presence::PresenceSight;
use persistence::{AnyConnection, contacts, guard_groups, presence};
use uuid::Uuid;

use super::plan::{plans, sorting, times, uses};
use super::{check, pages};
use crate::world::*;

pub(super) fn lists_of_contacts(world: &World<'_>, connection: &mut AnyConnection) {
    let none = contacts::Filter::default;
    let (team, own) = (team_of(world.kroonwijk), service(world.roads));
    let of_case = contacts::Filter { case_id: Some(Uuid::from_u128(3).into()), ..none() };
    let by_kind = contacts::Filter { kind: Some(Kind::External), ..none() };
    let by_partner = contacts::Filter { partner_organisation_id: Some(world.green), ..none() };
    for (index, sight, filter) in [
        ("case_contacts_of_team", &team, none()),
        ("case_contacts_of_team_by_kind", &team, by_kind),
        ("case_contacts_of_team_by_partner", &team, by_partner),
        ("case_contacts_of_organisation", &own, none()),
        ("case_contacts_case", &team, of_case),
    ] {
        check(connection, index, |c, page| contacts::list(c, sight, &filter, page).map(drop));
    }
}

pub(super) fn lists_of_presence(world: &World<'_>, connection: &mut AnyConnection) {
    let none = presence::Filter::default;
    let area: AreaId = Uuid::from_u128(3).into();
    let group: GuardGroupId = Uuid::from_u128(4).into();
    let nobody = PresenceSight::default;
    let everything = PresenceSight { everything: true, ..nobody() };
    let team = PresenceSight { areas: [area].into(), ..nobody() };
    let own = PresenceSight { own: [world.green].into(), ..nobody() };
    let by_task = presence::Filter { tasks: vec![Task::SchoolEscort], ..none() };
    let of_group = presence::Filter { guard_group_id: Some(group), ..none() };
    let in_area = presence::Filter { areas: Some([area].into()), ..none() };
    for (index, sight, filter) in [
        ("presence_records_started", &everything, none()),
        ("presence_records_of_area", &team, none()),
        ("presence_records_of_area_by_task", &team, by_task.clone()),
        ("presence_records_of_group", &everything, of_group.clone()),
        ("presence_records_of_group|presence_records_of_area", &team, of_group.clone()),
        ("presence_records_of_group|presence_records_of_organisation", &own, of_group),
        ("presence_records_of_organisation", &own, none()),
        ("presence_records_of_organisation_by_task", &own, by_task),
        ("presence_records_of_area|presence_records_of_organisation", &own, in_area),
    ] {
        check(connection, index, |c, page| presence::list(c, sight, &filter, page).map(drop));
    }
    let seen = Sight { own: [world.green].into(), ..Sight::default() };
    for (index, sight) in
        [("guard_groups_created", &Sight::everything()), ("guard_groups_organisation", &seen)]
    {
        check(connection, index, |c, page| guard_groups::list(c, sight, None, page).map(drop));
    }

    let areas = PresenceSight { areas: [area, Uuid::from_u128(5).into()].into(), ..nobody() };
    for page in pages() {
        let plans = plans(connection, |c| presence::list(c, &areas, &none(), page).map(drop));
        assert_eq!(times(&plans[0], "presence_records_of_area"), 2, "{}", plans[0]);
        assert!(sorting(&plans[0]) <= 1, "it sorts more than the pages: {}", plans[0]);
    }
    let shift = Shift {
        guard_group_id: group,
        area_id: area,
        started_at: now(),
        ended_at: minutes(90),
        task: Task::SchoolEscort,
        guards: 1,
        contacts: 0,
        remarks: None,
    };
    let overlapping = plans(connection, |c| presence::find_overlapping(c, &shift, None));
    assert!(uses(&overlapping[0], "presence_records_of_group"), "{}", overlapping[0]);
}
