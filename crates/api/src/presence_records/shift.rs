//! From the members of a body to a shift: what the domain and the other records have to say about it.

use std::collections::{BTreeMap, BTreeSet};

use domain::calendar::local_date;
use domain::guard_group::GuardGroup;
use domain::id::{AreaId, GuardGroupId, OrganisationId, PresenceRecordId};
use domain::presence::{AHEAD, LONGEST, Shift, Task, TimeFault};
use jiff::Timestamp;
use persistence::ReferenceData;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::codes::GuardTaskCode;
use crate::input::Faults;
use crate::problem::{Code, Detail, Issue, Kind, Place, Problem};

/// A shift as it is recorded; no names of citizens.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "guardGroupId": "019a9d3e-0000-7000-8000-0000000000d1",
    "areaId": "019a9d3e-0000-7000-8000-0000000000b1",
    "startedAt": "2026-02-28T21:00:00Z",
    "endedAt": "2026-03-01T01:00:00Z",
    "task": "dissuasivePresence",
    "guards": 2,
    "contacts": 14,
    "remarks": "Rustige avond aan het plein."
})))]
pub struct PresenceRecordBody {
    /// The group; one of the caller's own service that exists on the day.
    #[schema(value_type = uuid::Uuid)]
    pub(super) guard_group_id: GuardGroupId,
    /// Where: an area of the reference data.
    #[schema(value_type = uuid::Uuid)]
    pub(super) area_id: AreaId,
    /// When the shift began; a whole minute.
    pub(super) started_at: Timestamp,
    /// When it ended; a whole minute after the begin, 14 hours at the most, and no more than a day ahead of now.
    pub(super) ended_at: Timestamp,
    /// What they did.
    #[schema(value_type = GuardTaskCode)]
    pub(super) task: Task,
    /// How many guards.
    #[schema(minimum = 1, maximum = 100)]
    pub(super) guards: u16,
    /// How many contacts with citizens: a count only.
    #[schema(minimum = 0, maximum = 10000)]
    pub(super) contacts: u16,
    /// What else there is to say; no names of citizens.
    #[schema(min_length = 1, max_length = 2000)]
    pub(super) remarks: Option<String>,
}

/// What a shift is held to.
pub(super) struct Known<'a> {
    /// The organisations that the caller records for.
    pub(super) own: &'a BTreeSet<OrganisationId>,
    /// The groups that the shifts name, as far as there are such.
    pub(super) groups: &'a BTreeMap<GuardGroupId, GuardGroup>,
    pub(super) reference: &'a ReferenceData,
    pub(super) now: Timestamp,
    /// What the record said before; a group that ended meanwhile may stay with its day.
    pub(super) before: Option<&'a Shift>,
}

impl Known<'_> {
    /// Gives a group of one of the caller's organisations.
    pub(super) fn group(&self, id: GuardGroupId) -> Option<&GuardGroup> {
        self.groups.get(&id).filter(|group| self.own.contains(&group.organisation_id))
    }

    /// Takes a shift with the organisation of its group, and notes every fault; `at` is the place of the body, such as
    /// `items[3].`.
    pub(super) fn shift(
        &self,
        at: &str,
        body: &PresenceRecordBody,
        faults: &mut Faults,
    ) -> Option<(Shift, OrganisationId)> {
        let place = |member: &str| format!("{at}{member}");
        let group = self.group(body.guard_group_id);
        if group.is_none() {
            faults.add(Issue::not_found(place("guardGroupId")));
        }
        let day = local_date(body.started_at);
        let is_kept = self.before.is_some_and(|before| {
            before.guard_group_id == body.guard_group_id && local_date(before.started_at) == day
        });
        if group.is_some_and(|group| !group.is_valid_on(day) && !is_kept) {
            let detail = Detail::new(
                "De groep bestaat niet op de dag waarop de shift begint.",
                "Le groupe n'existe pas le jour où le service commence.",
                "The group does not exist on the day on which the shift begins.",
            );
            faults.add(Issue::invalid(place("guardGroupId"), detail));
        }
        if !self.reference.has_area(body.area_id) {
            faults.add(Issue::not_found(place("areaId")));
        }
        let remarks = faults.optional_text(&place("remarks"), body.remarks.as_ref());
        let shift = Shift {
            guard_group_id: body.guard_group_id,
            area_id: body.area_id,
            started_at: body.started_at,
            ended_at: body.ended_at,
            task: body.task,
            guards: body.guards,
            contacts: body.contacts,
            remarks: None,
        };
        for fault in shift.time_faults(self.now) {
            faults.add(time_issue(at, fault));
        }
        Some((Shift { remarks: remarks?, ..shift }, group?.organisation_id))
    }
}

fn time_issue(at: &str, fault: TimeFault) -> Issue {
    let (start, end) = (format!("{at}startedAt"), format!("{at}endedAt"));
    let whole = || {
        Detail::new(
            "Verwacht wordt: een volle minuut.",
            "On attend : une minute entière.",
            "Expected: a whole minute.",
        )
    };
    match fault {
        TimeFault::StartNotWhole => Issue::invalid(start, whole()),
        TimeFault::EndNotWhole => Issue::invalid(end, whole()),
        TimeFault::NoDuration => Issue::new(Kind::InvalidPeriod, Place::Body, end).detail(Detail::new(
            "De shift moet na haar begin eindigen.",
            "Le service doit se terminer après son début.",
            "The shift must end after it begins.",
        )),
        TimeFault::TooLong => Issue::new(Kind::OutOfRange, Place::Body, end).detail(
            Detail::new(
                "Een shift duurt hoogstens {hours} uur.",
                "Un service dure au plus {hours} heures.",
                "A shift lasts {hours} hours at the most.",
            )
            .with("hours", LONGEST.as_hours()),
        ),
        TimeFault::TooFarAhead => Issue::new(Kind::OutOfRange, Place::Body, end).detail(
            Detail::new(
                "Een shift die pas over meer dan {hours} uur eindigt, wordt nog niet geregistreerd.",
                "Un service qui ne se termine que dans plus de {hours} heures n'est pas encore enregistré.",
                "A shift that ends more than {hours} hours from now is not recorded yet.",
            )
            .with("hours", AHEAD.as_hours()),
        ),
    }
}

/// Makes the problem of a shift at whose time its group has another one.
pub(super) fn overlapping(other: PresenceRecordId) -> Problem {
    Problem::new(Code::OverlappingShift).member("presenceRecordId", other.to_string())
}

/// Makes the problem of shifts at whose times their groups have others, each by its place.
pub(super) fn all_overlapping(others: &[(usize, PresenceRecordId)]) -> Problem {
    let conflicts = others.iter().map(|(position, other)| {
        json!({"name": format!("items[{position}]"), "presenceRecordId": other.to_string()})
    });
    Problem::new(Code::OverlappingShift).member("conflicts", conflicts.collect::<Vec<Value>>())
}

/// Notes the shifts of a body that overlap with another one of the same group in it, each by its place.
pub(super) fn check_apart(items: &[PresenceRecordBody], faults: &mut Faults) {
    let mut in_order: Vec<(usize, &PresenceRecordBody)> = items.iter().enumerate().collect();
    in_order.sort_by_key(|(position, item)| (item.guard_group_id, item.started_at, *position));
    let mut last: Option<(usize, &PresenceRecordBody)> = None;
    for (position, item) in in_order {
        let before = last.filter(|(_, before)| before.guard_group_id == item.guard_group_id);
        if let Some((other, _)) = before.filter(|(_, before)| item.started_at < before.ended_at) {
            let detail = Detail::new(
                "Deze shift overlapt met die van items[{other}] van dezelfde groep.",
                "Ce service chevauche celui de items[{other}] du même groupe.",
                "This shift overlaps with that of items[{other}] of the same group.",
            );
            faults.add(Issue::invalid(format!("items[{position}].startedAt"), detail.with("other", other)));
        }
        // The one that reaches furthest is what the next one may meet.
        if before.is_none_or(|(_, before)| before.ended_at < item.ended_at) {
            last = Some((position, item));
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn item(group: u128, started_at: &str, ended_at: &str) -> PresenceRecordBody {
        PresenceRecordBody {
            guard_group_id: Uuid::from_u128(group).into(),
            area_id: Uuid::from_u128(9).into(),
            started_at: format!("2026-03-01T{started_at}:00Z").parse().unwrap(),
            ended_at: format!("2026-03-01T{ended_at}:00Z").parse().unwrap(),
            task: Task::InformAndSignal,
            guards: 1,
            contacts: 0,
            remarks: None,
        }
    }

    #[test]
    fn shifts_of_one_body_overlap_with_whichever_reaches_furthest() {
        let items = [
            item(1, "12:00", "13:00"),
            item(1, "08:00", "16:00"),
            item(2, "09:00", "10:00"),
            item(1, "16:00", "17:00"),
            item(1, "15:59", "16:00"),
            item(2, "10:00", "11:00"),
        ];
        let mut faults = Faults::default();
        check_apart(&items, &mut faults);
        let problem = faults.finish(Some(())).unwrap_err();
        let names: Vec<_> = problem.faults().iter().map(Issue::name).collect();
        assert_eq!(names, ["items[0].startedAt", "items[4].startedAt"]);
    }
}
