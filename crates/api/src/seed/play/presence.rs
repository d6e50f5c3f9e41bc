//! A year of shifts of the community guards.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::calendar::{Calendar, local_date, start_of_day, start_of_hour};
use domain::id::{AreaId, GuardGroupId, PresenceRecordId};
use domain::place::Wgs84;
use domain::presence::{PresenceRecord, Shift, Task};
use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use persistence::{Circumstances, Transaction, guard_groups, presence};

use super::{Scene, missing};
use crate::clock::Ids;
use crate::seed::SeedError;
use crate::seed::story::Who;

/// How many days the shifts go back.
const DAYS: i64 = 365;

/// A place in the core of the neighbourhood, and one in its northern periphery.
const PLACES: [(f64, f64); 2] = [(4.0465, 50.942), (4.05, 50.958)];

/// A shift that the guards have on some days.
struct Plan {
    /// From this hour and minute.
    from: (i8, i64),
    /// For so many minutes.
    minutes: i64,
    task: Task,
    guards: u16,
}

const SCHOOL: Plan = Plan { from: (7, 45), minutes: 60, task: Task::ParkingAndCrossing, guards: 2 };
const ROUND: Plan = Plan { from: (13, 0), minutes: 240, task: Task::InformAndSignal, guards: 2 };
const EVENING: Plan = Plan { from: (20, 0), minutes: 270, task: Task::DissuasivePresence, guards: 3 };
const SUNDAY: Plan = Plan { from: (14, 0), minutes: 180, task: Task::RaiseAwareness, guards: 2 };

/// Gives the shifts of a day: the school gate and a round on working days, evenings before the weekend, some Sundays.
fn plans(day: Date) -> Vec<&'static Plan> {
    let is_working = Calendar::default().is_working_day(day);
    let is_holiday_month = matches!(day.month(), 7 | 8);
    let is_even = day.day() % 2 == 0;
    [
        (&SCHOOL, is_working && !is_holiday_month),
        (&ROUND, is_working),
        (&EVENING, matches!(day.weekday(), Weekday::Friday | Weekday::Saturday)),
        (&SUNDAY, day.weekday() == Weekday::Sunday && is_even),
    ]
    .into_iter()
    .filter_map(|(plan, is_held)| is_held.then_some(plan))
    .collect()
}

impl Plan {
    fn shift(&self, day: Date, group: GuardGroupId, area: AreaId) -> Option<Shift> {
        let (hour, minute) = self.from;
        let started_at = start_of_hour(day, hour).checked_add(SignedDuration::from_mins(minute)).ok()?;
        let ended_at = started_at.checked_add(SignedDuration::from_mins(self.minutes)).ok()?;
        // More people outside in summer.
        let season = 7_i8.saturating_sub((day.month() - 7).abs());
        let contacts = i16::from(season).saturating_mul(2).saturating_add(i16::from(day.day()) % 9);
        Some(Shift {
            guard_group_id: group,
            area_id: area,
            started_at,
            ended_at,
            task: self.task,
            guards: self.guards,
            contacts: contacts.unsigned_abs(),
            remarks: None,
        })
    }
}

/// Records the shifts of the year before now: those before the consultation used the program at once when it began to,
/// the others each Monday.
pub(in crate::seed) fn shifts(
    scene: &Scene<'_>,
    group: GuardGroupId,
    begin: Timestamp,
    now: Timestamp,
    ids: &Arc<dyn Ids>,
) -> Result<(), SeedError> {
    let areas =
        PLACES.map(|(lon, lat)| Wgs84::new(lon, lat).ok().and_then(|it| scene.reference.areas.locate(it)));
    let [Some(core), Some(north)] = areas else { return Err(missing("area", "of the guards")) };
    let mut by_moment: BTreeMap<Timestamp, Vec<Shift>> = BTreeMap::new();
    for ago in (0..=DAYS).rev() {
        let day = scene.today.saturating_sub(ago.days());
        let area = if day.day() % 5 == 0 { north } else { core };
        for shift in plans(day).into_iter().filter_map(|plan| plan.shift(day, group, area)) {
            if shift.ended_at < now {
                by_moment.entry(recorded_at(&shift, begin, now)).or_default().push(shift);
            }
        }
    }
    for (at, shifts) in by_moment {
        let circumstances = Circumstances {
            at,
            recorded_at: at,
            actor: scene.actor(Who::Guard)?,
            roles: String::new(),
            purpose: None,
            operation: "seedDemo",
            request_id: ids.next(),
            ids: Arc::clone(ids),
        };
        scene.store.write(&circumstances, |transaction| record(transaction, group, &shifts))?;
    }
    Ok(())
}

/// Gives the moment at which a shift is recorded: nine o'clock on the Monday after it, but not before the program is used,
/// nor after now.
fn recorded_at(shift: &Shift, begin: Timestamp, now: Timestamp) -> Timestamp {
    let day = local_date(shift.ended_at);
    let to_monday = 7 - i64::from(day.weekday().to_monday_zero_offset());
    let monday = start_of_day(day.saturating_add(to_monday.days()));
    let monday = monday.checked_add(SignedDuration::from_hours(9)).unwrap_or(now);
    monday.min(now).max(begin)
}

fn record(transaction: &mut Transaction<'_>, group: GuardGroupId, shifts: &[Shift]) -> Result<(), SeedError> {
    let groups = guard_groups::hold(transaction, [group])?;
    let organisation =
        groups.get(&group).ok_or_else(|| missing("guard group", "of the demo"))?.organisation_id;
    for shift in shifts {
        let faults = shift.time_faults(transaction.now());
        let other = presence::find_overlapping(transaction.connection(), shift, None)?;
        if !faults.is_empty() || other.is_some() {
            return Err(SeedError::Story(format!("no shift at {}: {faults:?}", shift.started_at)));
        }
        let id: PresenceRecordId = transaction.new_id().into();
        let change = PresenceRecord::record(id, organisation, shift.clone(), &transaction.stamp());
        transaction.save(&change)?;
    }
    Ok(())
}
